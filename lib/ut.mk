# SPDX-License-Identifier: BSD-2-Clause
# The allocator library: for programs of this process, and as it is linked on
# the machine.
#
#   $(B)/ut.a              all layers and the hosted backend
#   $(B)/ut_bed.a          what its tests share
#   $(R)/test/ut_x         test/ut_x.c as a root task

UT_C := $(wildcard lib/ut/*.c)
UT_OPS_C := lib/ut/ops/ut_hosted.c
UT_BED_C := test/lib/ut_bed_common.c test/lib/ut_bed_hosted.c \
	test/lib/ut_bed_large.c
UT_TESTS := $(filter $(B)/test/ut_%,$(TESTS))

$(B)/ut.a: $(call objects,$(UT_C) $(UT_OPS_C))
$(B)/ut_bed.a: $(call objects,$(UT_BED_C))

# What the library calls stands behind it.
UT_USERS := $(UT_TESTS) $(filter %/fuzz_ut,$(FUZZERS)) $(B)/play/fuzz_ut
$(UT_USERS): $(B)/ut_bed.a $(B)/ut.a
$(UT_USERS): LIBS += $(B)/testlib.a $(B)/kernel.a

# The kernel has a <sched.h> of its own, pthread.h wants the host's.
$(B)/test/ut_threads.o: private INCLUDES := -Ilib -Itest/lib

check-ut-threads: ## lib/ut's lock hooks under ThreadSanitizer
	$(Q)$(MAKE) B=build/tsan OPTIMISE='-O1 -g -fsanitize=thread' \
		build/tsan/test/ut_threads
	$(Q)build/tsan/test/ut_threads

$(call objects,$(UT_C)): private CFLAGS += $(FREESTANDING)

-include $(patsubst %.c,$(B)/%.d,$(UT_C) $(UT_OPS_C) $(UT_BED_C))

# ---- On the machine --------------------------------------------------------

R ?= build/riscv64
UT_R_TESTS := ut_random ut_faults ut_accounts ut_transfer ut_destroy ut_robust \
	ut_slabs ut_explain ut_dataspaces
UT_R_C := $(UT_C) lib/ut/ops/ut_sel4.c test/lib/ut_bed_common.c \
	$(wildcard test/riscv64/ut/*.c) test/riscv64/lib/tap_console.c \
	test/lib/tap.c
UT_R_INCLUDES := -Ilib -Itest/lib -Itest/riscv64/lib -DLABELS=$(LABELS)

$(UT_R_TESTS:%=$(R)/test/%/program.elf): $(R)/test/%/program.elf: test/%.c \
		$(UT_R_C) $(A)/made force
	+$(Q)$(call r_program,-f lib/rt/program.mk TOP=. PROGRAM=$* \
		SOURCES='$< $(UT_R_C)' INCLUDES='$(UT_R_INCLUDES)')

UT_RUNS := $(UT_R_TESTS:%=$(R)/run/%-256M)

UT_IMAGES := $(UT_R_TESTS:%=$(R)/test/%/image.elf)

test-ut-riscv64: $(UT_IMAGES) $(UT_RUNS) ## boot lib/ut's tests
	$(Q)scripts/tap-run $(R)/ut-results $(UT_RUNS)

# One backend for either header set: ours without our calls is the other.
check-ut-stock: $(A)/made ## lib/ut's backend on seL4's headers
	$(Q)$(CROSS)gcc -std=gnu11 -ffreestanding -fsyntax-only -DUT_STOCK_HEADERS \
		-mcmodel=medany -Wall -Wextra -Werror -Ilib -Iinclude -I$(A)/include \
		lib/ut/ops/ut_sel4.c
	@echo "lib/ut/ops/ut_sel4.c compiles without the new calls"

# Headers that C and C++ programs include alone; and the code behind them.
UT_HEADERS := $(addprefix lib/ut/,ut.h ut_types.h ut_ops.h ut_slots.h \
	ut_source.h ut_pmm.h ut_ds.h)

check-ut-headers: ## lib/ut's headers in C++, alone; no recursion
	$(Q)for h in $(UT_HEADERS); do \
		g++ -x c++ -std=c++17 -Wall -Wextra -Werror -fsyntax-only $$h && \
		$(CC) -x c -std=c11 -Wall -Wextra -Werror -fsyntax-only $$h || \
			exit; done
	$(Q)scripts/stack build/ut-stack $(COMPILE) $(FREESTANDING) -- $(UT_C) \
		>build/ut-stack.txt || true
	$(Q)! grep recursion: build/ut-stack.txt
	@echo "$(words $(UT_HEADERS)) headers stand alone; no recursion"

check-ut-riscv64: ## lib/ut in QEMU, the new calls or not
	$(Q)$(MAKE) test-ut-riscv64
	$(Q)$(MAKE) test-ut-riscv64 R=build/riscv64-GEN3=0 GEN3=0

.PHONY: test-ut-riscv64 check-ut-stock check-ut-headers check-ut-riscv64 \
	check-ut-threads
CHECKS += check-ut-stock check-ut-headers check-ut-threads check-ut-riscv64
