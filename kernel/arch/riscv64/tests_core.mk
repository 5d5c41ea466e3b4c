# SPDX-License-Identifier: BSD-2-Clause
# The hosted tests of the core once more, unchanged, as root tasks in QEMU:
# the core, the hosted machine and the fixture, on memory that a pager of
# test/riscv64/core maps as it is touched.  Read after build.mk.
#
#   $(R)/core/tests.a               core, hosted machine, spec, fixture
#   $(R)/test/core_NAME/image.elf   test/NAME.c with it

# What a test needs that a root task has not: a compression library, files,
# processes, the host's pages, libfdt.  Tests of the loader and of headers are
# not the core's.
R_CORE_NOT := $(basename $(notdir $(shell grep -lE \
	'(lzma|jansson|fdt|wait|unistd|run_file|run|spoiled|map|cli)\.h|sys/mman' \
	test/*.c))) $(basename $(notdir $(wildcard test/ut_*.c)))
# Minutes under emulation: core-riscv64 runs them, test-riscv64 does not.
R_CORE_SLOW := circles_lockstep preempt_random
# strategy_%: they come with the tool.
R_CORE_TESTS := $(filter-out api_% loader_% strategy_% $(R_CORE_NOT) \
	$(R_CORE_SLOW),$(basename $(notdir $(wildcard test/*.c))))

R_CORE_LIB_C := $(KERNEL_C) $(SPEC_C) $(APPS_C) $(filter-out \
	%/run_file.c %/small_run.c %/lockstep_run.c %/spoiled.c \
	%/tap_host.c,$(TESTLIB_C))
R_CORE_LIB_O := $(patsubst %.c,$(R)/core/%.o,$(R_CORE_LIB_C))
R_CORE_FLAGS = $(if $(filter 1,$(HAVE_FPU)),-march=rv64gc -mabi=lp64d, \
	-march=rv64imac -mabi=lp64) -mcmodel=medany -ftls-model=local-exec
R_CORE_INCLUDES = -Itest/riscv64/core/include \
	-Itest/riscv64/core/include/sys $(INCLUDES)
R_CORE_CC = $(RCC) -std=gnu11 -O2 -g --specs=picolibc.specs $(R_CORE_FLAGS) \
	-ffunction-sections -fdata-sections -Wall -Wextra \
	-Wno-missing-prototypes -DFALLOW_GEN3=$(GEN3) $(R_CORE_INCLUDES)

$(R)/core/flags: force
	@mkdir -p $(@D)
	@echo '$(R_CORE_CC)' | cmp -s - $@ || echo '$(R_CORE_CC)' >$@

$(R_CORE_LIB_O): $(R)/core/%.o: %.c $(R)/core/flags
	@mkdir -p $(@D)
	$(Q)$(R_CORE_CC) -MMD -MP -c -o $@ $<

$(R)/core/tests.a: $(R_CORE_LIB_O)
	@echo "  AR    $@"
	$(Q)rm -f $@
	$(Q)$(CROSS)ar rcs $@ $^

R_CORE_SOURCES := test/riscv64/core/paged_memory.c \
	test/riscv64/lib/tap_console.c
R_CORE_ALL := $(R_CORE_TESTS) $(R_CORE_SLOW)
$(R_CORE_ALL:%=$(R)/test/core_%/program.elf): \
		$(R)/test/core_%/program.elf: test/%.c $(R)/core/tests.a \
		$(R_CORE_SOURCES) $(A)/made force
	+$(Q)$(call r_program,-f lib/rt/program.mk TOP=. PROGRAM=core_$* \
		RT_HEAP_BYTES=4096 RT_STACK_BYTES=1048576 \
		DEPENDS=$(R)/core/tests.a \
		SOURCES='$< $(R_CORE_SOURCES) $(R)/core/tests.a' \
		INCLUDES='-DFALLOW_GEN3=$(GEN3) -Wno-missing-prototypes \
		$(R_CORE_INCLUDES)')

$(R_CORE_ALL:%=$(R)/run/core_%): $(R)/run/core_%: force
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec scripts/qemu -m 2G -t 900 %s\n' \
		$(R)/test/core_$*/image.elf >$@
	@chmod +x $@

# Those that only make calls make them to the kernel that runs, by system
# calls: a second backend of the fixture.
R_REAL_TESTS := cnode_checks defect_01_enclosing_object \
	defect_02_offset_wraps defect_03_count_times_log2 \
	defect_06_untyped_children_unchecked defect_07_depth_saturates \
	defect_08_depth_without_parentage defect_09_order_corruption \
	defect_10_device_unchecked defect_11_silent_rounding \
	defect_14_bytes_reported retype_at_checks retype_checks \
	retype_whole_checks revoke_at_checks rotate_checks
R_REAL_SOURCES := test/riscv64/core/real_fixture.c \
	test/riscv64/lib/tap_console.c \
	$(addprefix test/lib/,fixture_calls.c faults.c tap.c)

$(R_REAL_TESTS:%=$(R)/test/real_%/program.elf): \
		$(R)/test/real_%/program.elf: test/%.c $(R_REAL_SOURCES) \
		$(A)/made force
	+$(Q)$(call r_program,-f lib/rt/program.mk TOP=. PROGRAM=real_$* \
		SOURCES='$< $(R_REAL_SOURCES)' \
		INCLUDES='-DFALLOW_GEN3=$(GEN3) -Wno-missing-prototypes \
		$(R_CORE_INCLUDES)')

$(R_REAL_TESTS:%=$(R)/run/real_%): $(R)/run/real_%: force
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec scripts/qemu -c -m 8G %s\n' \
		$(R)/test/real_$*/image.elf >$@
	@chmod +x $@

# They know the newest labels, the size of a TCB with floating-point registers,
# and untypeds of the default CNode.
ifeq ($(LABELS) $(ROOT_CNODE_SIZE_BITS) $(HAVE_FPU),15 12 1)
R_RUNS += $(R_REAL_TESTS:%=$(R)/run/real_%)
test-riscv64: $(R_REAL_TESTS:%=$(R)/test/real_%/image.elf) \
	$(R_REAL_TESTS:%=$(R)/run/real_%)
endif

# Of the kernel below them these tests need its memory, faults and messages,
# which options do not change, so that two of its builds are enough.
ifneq ($(filter $(R),build/riscv64 build/riscv64-GEN3=0),)
R_RUNS += $(R_CORE_TESTS:%=$(R)/run/core_%)
test-riscv64: $(R_CORE_TESTS:%=$(R)/test/core_%/image.elf) \
	$(R_CORE_TESTS:%=$(R)/run/core_%)
endif

core-riscv64: $(R_CORE_ALL:%=$(R)/test/core_%/image.elf) \
		$(R_CORE_ALL:%=$(R)/run/core_%) ## the core's tests, in QEMU
	$(Q)scripts/tap-run $(R)/core-results $(R_CORE_ALL:%=$(R)/run/core_%)

.PHONY: core-riscv64

-include $(R_CORE_LIB_O:.o=.d)
