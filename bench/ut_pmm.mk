# SPDX-License-Identifier: BSD-2-Clause
# The physical map of lib/ut alone: what its tests and benchmarks link.

UT_PMM_C := $(wildcard lib/ut/ut_pmm*.c)

$(B)/ut_pmm.a: $(call objects,$(UT_PMM_C))
$(filter $(B)/test/ut_pmm_%,$(TESTS)): $(B)/ut_pmm.a

-include $(patsubst %.c,$(B)/%.d,$(UT_PMM_C))
