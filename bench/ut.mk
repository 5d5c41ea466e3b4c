# SPDX-License-Identifier: BSD-2-Clause
# The allocator library beside the two designs of 2016: `make bench-ut'.

UT_BENCH := $(addprefix $(B)/bench/,ut_strategies.o ut_drive.o \
	ut_drive_calls.o ut_drive_library.o ut_drive_older.o ut_work_random.o \
	ut_work_recorded.o ut_work_shapes.o ut_work_curve.o)

$(B)/bench/ut_strategies: $(UT_BENCH) $(B)/ut.a $(B)/testlib.a $(B)/tool.a \
		$(B)/apps.a $(B)/kernel.a
	$(call link,$(call wrap,arch_clear))
BENCHES += $(B)/bench/ut_strategies

bench-ut: bench-ut-calls bench-ut-pages bench-ut-pmm ## lib/ut beside others

bench-ut-calls: $(B)/bench/ut_strategies
	$(Q)xz -dc bench/traces/linux-6.1-pages.trace.xz | \
		$(B)/bench/ut_strategies $(RUN) $(B)/bench

CHECKS += bench-ut-calls bench-ut-pages
.PHONY: bench-ut bench-ut-calls
