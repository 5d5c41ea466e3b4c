# SPDX-License-Identifier: BSD-2-Clause
# The allocator library: for programs of this process, and as it is linked on
# the machine.
#
#   $(B)/ut.a      all layers and the hosted backend

UT_C := $(wildcard lib/ut/*.c)
UT_OPS_C := lib/ut/ops/ut_hosted.c
UT_TESTS := $(filter $(B)/test/ut_%,$(TESTS))

$(B)/ut.a: $(call objects,$(UT_C) $(UT_OPS_C))

# What the library calls stands behind it.
$(UT_TESTS): $(B)/ut.a
$(UT_TESTS): LIBS += $(B)/kernel.a

$(call objects,$(UT_C)): private CFLAGS += $(FREESTANDING)

-include $(patsubst %.c,$(B)/%.d,$(UT_C) $(UT_OPS_C))
