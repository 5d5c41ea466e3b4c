# SPDX-License-Identifier: BSD-2-Clause
# The physical map of lib/ut alone: what its tests link; `make bench-ut-pages',
# how it resists fragmentation; `make bench-ut-pmm', its instructions.

UT_PMM_C := $(wildcard lib/ut/ut_pmm*.c) lib/ut/ut_base.c
UT_PMM_BENCHES := $(addprefix $(B)/bench/,bench_ut_pmm ut_pmm_ops ut_pmm_pages)

$(B)/ut_pmm.a: $(call objects,$(UT_PMM_C))
$(filter $(B)/test/ut_pmm_%,$(TESTS)): $(B)/ut_pmm.a

$(B)/bench/bench_ut_pmm: $(addprefix $(B)/bench/,ut_pmm.o exact.o)
	$(call link)
$(B)/bench/ut_pmm_ops: $(addprefix $(B)/bench/,ut_pmm_ops.o ut_pmm_work.o \
	exact.o) $(B)/ut_pmm.a
	$(call link)
$(B)/bench/ut_pmm_pages: $(addprefix $(B)/bench/,ut_pmm_pages.o \
	ut_pmm_twins.o) $(B)/ut_pmm.a
	$(call link)
BENCHES += $(UT_PMM_BENCHES)

bench-ut-pages: $(B)/bench/ut_pmm_pages
	$(Q)xz -dc bench/traces/linux-6.1-pages.trace.xz | \
		$< $(B)/bench/ut_pmm_pages.tsv

bench-ut-pmm: $(UT_PMM_BENCHES) $(R)/pmm/console ## the map's instructions
	$(Q)$(B)/bench/bench_ut_pmm $(B)/bench/ut_pmm_ops $(B)/bench/ut_pmm.tsv \
		$(R)/pmm/console

-include $(patsubst %.c,$(B)/%.d,$(UT_PMM_C))

.PHONY: bench-ut-pages bench-ut-pmm
