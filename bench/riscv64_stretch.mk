# SPDX-License-Identifier: BSD-2-Clause
# The longest stretch with interrupts off, on the machine: as a kernel built
# with RECORD_STRETCH=1 records it, and, on the ordinary one, as an alarm's
# handler sees it.  bench/riscv64_stretch/cases.h.

R_STRETCH_C := $(addprefix bench/riscv64_stretch/,run.c waiters.c retype.c \
	revoke.c waiting.c spaces.c messages.c deepest.c) bench/riscv64/space.c
R_STRETCH_H := $(wildcard bench/riscv64_stretch/*.h) bench/riscv64/measure.h \
	kernel/arch/riscv64/stretch.h

# stretch-record, stretch-alarm: root tasks.
$(R)/stretch-%/program.elf: bench/riscv64_stretch/%.c $(R_STRETCH_C) \
		$(R_STRETCH_H) $(A)/made force
	+$(Q)$(call r_program,-f lib/rt/program.mk TOP=. PROGRAM=stretch-$* \
		SOURCES='$< $(R_STRETCH_C)' DEPENDS='$(R_STRETCH_H)' \
		INCLUDES='-Ibench/riscv64_stretch -Ibench/riscv64 -Ilib/rt \
			-Ikernel/arch/riscv64')

# One instruction takes one nanosecond, and so do the clock's.
$(R)/stretch-%/console: $(R)/stretch-%/image.elf scripts/qemu
	@echo "  COUNT $@"
	$(Q)scripts/qemu -m 8G -t 600 $< -icount shift=0,sleep=off \
		-rtc clock=vm >$@ || { cat $@; exit 1; }

# Without the firmware's words.
r_stretch = sed -n '/in instructions$$/,$$p' $(1)

R_RECORD := build/riscv64-record

bench-stretch-riscv64: ## the longest stretch with interrupts off, recorded
	$(Q)$(MAKE) R=$(R_RECORD) RECORD_STRETCH=1 \
		$(R_RECORD)/stretch-record/console
	$(Q)$(call r_stretch,$(R_RECORD)/stretch-record/console)

check-stretch-riscv64: $(R)/stretch-alarm/console ## the same, by an alarm
	$(Q)$(call r_stretch,$<)

.PRECIOUS: $(R)/stretch-%/program.elf
.PHONY: bench-stretch-riscv64 check-stretch-riscv64

CHECKS += bench-stretch-riscv64 check-stretch-riscv64
