# SPDX-License-Identifier: BSD-2-Clause
# `make bench-riscv64': instructions of each system call on the machine, beside
# the real kernel's.  build/bench/riscv64.tsv.

R_BENCH_C := $(wildcard bench/riscv64/*.c)

$(R)/bench/program.elf: $(R_BENCH_C) bench/riscv64/measure.h $(A)/made force
	+$(Q)$(call r_program,-f lib/rt/program.mk TOP=. PROGRAM=bench \
		SOURCES='$(R_BENCH_C)' INCLUDES='-Ibench/riscv64 -Ilib/rt')

# QEMU counts: one instruction takes one nanosecond of its time.
$(R)/bench/console: $(R)/bench/image.elf bench/riscv64/measure.h scripts/qemu
	@echo "  COUNT $@"
	$(Q)scripts/qemu -m 4G -t 600 $< -icount shift=0,sleep=off >$@ || \
		{ cat $@; exit 1; }

bench-riscv64: $(R)/bench/console ## instructions of each call on the machine
	@mkdir -p $(B)/bench
	$(Q)$(CROSS)size -A $(R)/kernel.elf >$(R)/bench/sizes
	$(Q)awk -v tsv=$(B)/bench/riscv64.tsv -f bench/riscv64/report.awk \
		bench/riscv64/sel4.tsv $(R)/bench/console $(R)/bench/sizes

.PHONY: bench-riscv64

CHECKS += bench-riscv64
