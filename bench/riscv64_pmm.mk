# SPDX-License-Identifier: BSD-2-Clause
# The riscv64 half of `make bench-ut-pmm' (bench/ut_pmm.mk): the physical map's
# instructions on the machine, counted by a root task.

R_PMM_C := $(wildcard bench/riscv64_pmm/*.c lib/ut/ut_pmm*.c) \
	bench/ut_pmm_work.c lib/ut/ut_base.c

$(R)/pmm/program.elf: $(R_PMM_C) bench/ut_pmm_work.h $(wildcard lib/ut/*.h) \
		$(A)/made force
	+$(Q)$(call r_program,-f lib/rt/program.mk TOP=. PROGRAM=pmm \
		SOURCES='$(R_PMM_C)' DEPENDS='$(wildcard lib/ut/*.h)' \
		INCLUDES='-Ibench -Ilib -Ilib/ut')

$(R)/pmm/console: $(R)/pmm/image.elf scripts/qemu
	@echo "  COUNT $@"
	$(Q)scripts/qemu -m 1G -t 900 $< -icount shift=0,sleep=off >$@ || \
		{ cat $@; exit 1; }
