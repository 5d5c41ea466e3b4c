# SPDX-License-Identifier: BSD-2-Clause
# Tests of how failure is reported: images that fail on purpose, and programs
# that look at what comes of them.  Read after build.mk, whose test-riscv64
# they join.

R_FAILING := $(basename $(notdir $(wildcard test/riscv64/failing/*.c)))

$(R_FAILING:%=$(R)/test/failing-%/program.elf): \
		$(R)/test/failing-%/program.elf: test/riscv64/failing/%.c \
		$(R_TEST_LIB) $(A)/made force
	+$(Q)$(call r_program,-f lib/rt/program.mk TOP=. PROGRAM=$* \
		SOURCES='$< $(R_TEST_LIB)' \
		INCLUDES='-Itest/lib -Itest/riscv64/lib -DLABELS=$(LABELS)')

$(R)/run/failures: force
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec scripts/failure-test %s %s %s %s\n' \
		$(CROSS)nm $(R)/kernel.elf $(R)/test/registers_kept/image.elf \
		$(R)/test/failing-unfinished/image.elf >$@
	@chmod +x $@

$(R)/run/crash: force
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec scripts/crash-test %s %s %s %s\n' \
		$(DEBUG_BUILD) $(R)/test/failing-crash/image.elf \
		$(R)/test/failing-crash/program.elf $(CROSS)addr2line >$@
	@chmod +x $@

R_SCRIPTS += $(R)/run/failures $(R)/run/crash
test-riscv64: $(R_FAILING:%=$(R)/test/failing-%/image.elf) \
	$(R)/run/failures $(R)/run/crash
