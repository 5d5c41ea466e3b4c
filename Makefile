# SPDX-License-Identifier: BSD-2-Clause
# GNU make, no configure.  `make help` lists the targets; V=1 shows commands.
#
#   build/            fallow; kernel.a spec.a testlib.a tool.a apps.a
#   build/test/       a program for each test/*.c
#   build/bench/      benchmarks (bench/bench.mk)
#   build/VARIANT/    the same once more: asan, clang, cov, gen2, fuzz
#
# A new source file needs no change here: the folders are searched.

MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

# ---- Knobs -----------------------------------------------------------------

# Options of the kernel, GEN3 among them.
include kernel/options.mk
# riscv64: `make run' boots a machine (riscv64.mk).
ARCH ?= hosted
# Distinct states that `make explore' visits; seconds of `make fuzz'.
STATES ?= 10000000
FUZZ_SECONDS ?= 60
# The recorded run of the main job.
RUN ?= bench/traces/sel4test-riscv64.trace.xz
# Empty for compilers that warn about other things than gcc 12 and clang 14.
WERROR ?= -Werror
CC = gcc
CLANG ?= clang-14
VARIANT ?=

B := build$(addprefix /,$(VARIANT))

# ---- Flags -----------------------------------------------------------------

INCLUDES := -Ikernel/include -Ikernel/arch/hosted -Ispec -Itest -Itest/lib \
	-Ilib -Iapps -Itools/fallow -Ibench
WARNINGS := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wshadow \
	-Wundef -Wvla $(WERROR)
OPTIMISE := -O2 -g
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
LIBS := -llzma -ljansson

ifeq ($(VARIANT),clang)
CC := $(CLANG)
else ifeq ($(VARIANT),asan)
OPTIMISE := -O1 -g $(SANITIZE)
else ifeq ($(VARIANT),cov)
OPTIMISE := -O1 -g --coverage
else ifeq ($(VARIANT),fuzz)
CC := $(CLANG)
OPTIMISE := -O1 -g -fsanitize=fuzzer-no-link $(SANITIZE)
else ifeq ($(VARIANT),gen2)
GEN3 := 0
else ifneq ($(VARIANT),)
$(error VARIANT=$(VARIANT) is none of asan, clang, cov, fuzz, gen2)
endif

CFLAGS = -std=c11 -D_GNU_SOURCE -DFALLOW_GEN3=$(GEN3) $(OPTIMISE) $(WARNINGS)
COMPILE = $(CC) $(CFLAGS) $(INCLUDES)
# Code that will also run without an operating system below it; tests that
# include a source file, its functions renamed.
FREESTANDING := -ffreestanding
flags_for = $(if $(filter kernel/core/% apps/%,$(1)),$(FREESTANDING)) \
	$(if $(filter test/%,$(1)),-Wno-missing-prototypes)

# ---- Sources ---------------------------------------------------------------

CORE_C := $(wildcard kernel/core/*.c)
KERNEL_C := $(CORE_C) $(wildcard kernel/arch/hosted/*.c)
SPEC_C := $(wildcard spec/*.c)
# What tests of lib/ut share needs that library: lib/ut.mk.
TESTLIB_C := $(filter-out test/lib/ut_bed%,$(wildcard test/lib/*.c))
APPS_C := $(wildcard apps/strategies/*.c)
TOOL_C := $(filter-out %/main.c,$(wildcard tools/fallow/*.c))
TEST_C := $(wildcard test/*.c)
EXPLORE_C := $(wildcard test/explore/*.c)
FUZZ_C := $(wildcard test/fuzz/*.c)
PARTS_C := $(KERNEL_C) $(SPEC_C) $(TESTLIB_C) $(APPS_C) $(TOOL_C) \
	tools/fallow/main.c $(TEST_C) $(EXPLORE_C) $(FUZZ_C)

objects = $(patsubst %.c,$(B)/%.o,$(1))
LIBRARIES := $(addprefix $(B)/,testlib.a tool.a apps.a spec.a kernel.a)
TESTS := $(patsubst %.c,$(B)/%,$(TEST_C))
FUZZERS := $(patsubst test/fuzz/%.c,$(B)/%,$(FUZZ_C))

# ---- Rules -----------------------------------------------------------------

Q := $(if $(V),,@)

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(COMPILE) $(call flags_for,$<) -MMD -MP -c -o $@ $<

# Changes when the command does, and so rebuilds everything.
$(B)/flags: force
	@mkdir -p $(@D)
	@echo '$(COMPILE)' | cmp -s - $@ || echo '$(COMPILE)' >$@

$(B)/kernel.a: $(call objects,$(KERNEL_C))
$(B)/spec.a: $(call objects,$(SPEC_C))
$(B)/testlib.a: $(call objects,$(TESTLIB_C))
$(B)/apps.a: $(call objects,$(APPS_C))
$(B)/tool.a: $(call objects,$(TOOL_C))
%.a:
	@mkdir -p $(@D)
	@echo "  AR    $@"
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

# Links the objects and libraries that the target depends on.
define link
@mkdir -p $(@D)
@echo "  LD    $@"
$(Q)$(COMPILE) $(1) -o $@ $(filter %.o %.a,$^) -Wl,--as-needed $(LIBS)
endef

$(B)/fallow: $(B)/tools/fallow/main.o $(B)/tool.a $(B)/apps.a $(B)/kernel.a
	$(call link)
$(TESTS): $(B)/%: $(B)/%.o $(LIBRARIES)
	$(call link)
$(B)/explore: $(call objects,$(EXPLORE_C)) $(LIBRARIES)
	$(call link)
$(FUZZERS): $(B)/%: $(B)/test/fuzz/%.o $(LIBRARIES)
	$(call link,-fsanitize=fuzzer)

# What CI adds to the tests, the longest last.
CHECKS := tidy check-shell check-cppcheck check-stack check-analyzer \
	check-clang-tidy check-clang check-gen2 check-twin check-replay \
	check-asan check-coverage check-explore fuzz bench check-riscv64

# Parts with rules of their own (benchmarks, machines that boot); they may add
# to CHECKS.
include $(filter-out kernel/options.mk,$(wildcard */*.mk kernel/arch/*/*.mk))

compile_commands.json: Makefile $(PARTS_C) $(BENCH_C) $(UT_C)
	@echo "  GEN   $@"
	@scripts/compile-commands $(COMPILE) -- $(PARTS_C) $(BENCH_C) $(UT_C) \
		$(UT_OPS_C) $(UT_BED_C) >$@

# ---- Targets ---------------------------------------------------------------

all: $(B)/fallow compile_commands.json ## build the tool: build/fallow

help: ## list the targets
	@echo "make TARGET [V=1]"
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | \
		awk -F'|' '{ printf "  %-16s %s\n", $$1, $$2 }'

ifneq ($(filter-out riscv64 hosted,$(ARCH)),)
$(error ARCH=$(ARCH) is neither hosted (or empty) nor riscv64)
endif

ifneq ($(ARCH),riscv64)
run: $(B)/fallow ## the main job: replay the recorded run, print what it showed
	$(Q)$(B)/fallow run $(RUN)
endif

programs: $(B)/fallow $(TESTS) $(BENCHES) $(if $(EXPLORE_C),$(B)/explore)

test: $(B)/fallow $(TESTS) ## run all tests; a few minutes
	$(Q)FALLOW=$(B)/fallow scripts/tap-run $(B)/test-results $(TESTS)

explore: $(B)/explore ## every state of a small machine, up to STATES
	$(Q)$(B)/explore $(STATES)

fuzz: ## random calls guided by coverage, for FUZZ_SECONDS
	$(Q)$(MAKE) VARIANT=fuzz fuzz-here
	$(Q)$(MAKE) VARIANT=cov B=build/fuzz-cov fuzz-coverage

fuzz-here: $(FUZZERS)
	$(Q)scripts/fuzz $(FUZZ_SECONDS) $(FUZZERS)

tidy: ## enforce the house rules on every file
	$(Q)scripts/tidy --self-test
	$(Q)scripts/tidy

format: ## lay out the C code
	$(Q)clang-format-14 -i $$(git ls-files --cached --others \
		--exclude-standard '*.c' '*.h')

clean: ## remove everything that was built
	rm -rf build compile_commands.json

# ---- Checks ----------------------------------------------------------------

check: ## everything that CI adds to the tests
	$(Q)MAKE='$(MAKE)' scripts/check build/check $(CHECKS)

check-shell: ## shellcheck
	$(Q)shellcheck $$(grep -l '^#!/bin/sh' scripts/*) .ci/run

# Of cspace.c it supposes a radix of 0, which no CNode has, and blames bits.h.
check-cppcheck: ## cppcheck on the kernel
	$(Q)cppcheck --quiet --std=c11 --enable=warning,performance,portability \
		--suppress=shiftTooManyBits:kernel/include/bits.h \
		--inline-suppr --error-exitcode=1 $(INCLUDES) $(KERNEL_C)
	@echo "$(words $(KERNEL_C)) files clean"

check-analyzer: ## gcc -fanalyzer on the core
	$(Q)set -e; for c in $(CORE_C); do \
		$(COMPILE) $(FREESTANDING) -fanalyzer -c -o /dev/null $$c; done
	@echo "$(words $(CORE_C)) files clean"

check-stack: ## deepest stack and size of the core, and no recursion
	$(Q)scripts/stack build/stack $(COMPILE) $(FREESTANDING) -- $(CORE_C)

# The analyser looks at one file at a time; of the others it must know that
# error_*() returns an error, or it follows paths that there are not.
check-clang-tidy: compile_commands.json ## clang-tidy on the kernel
	$(Q)clang-tidy-14 --quiet -p . --checks=-bugprone-suspicious-include \
		--extra-arg=-include --extra-arg=$(CURDIR)/kernel/core/error.c \
		$(filter-out %/error.c,$(KERNEL_C))
	$(Q)clang-tidy-14 --quiet -p . kernel/core/error.c
	@echo "$(words $(KERNEL_C)) files clean"

check-clang: ## build everything with the other compiler
	$(Q)$(MAKE) VARIANT=clang programs
	@echo "everything builds with $(CLANG)"

check-gen2: ## the tests on a kernel without the new calls
	$(Q)$(MAKE) VARIANT=gen2 test

check-asan: ## the tests under AddressSanitizer and UBSan
	$(Q)$(MAKE) VARIANT=asan test

check-replay: ## the recorded run under the sanitizers
	$(Q)$(MAKE) VARIANT=asan build/asan/fallow
	$(Q)build/asan/fallow replay $(RUN)
	@echo "$(RUN): no unexplained difference"

check-coverage: ## line coverage of the core by the tests, at least 95 %
	$(Q)rm -f $$(find build/cov -name '*.gcda' 2>/dev/null)
	$(Q)$(MAKE) VARIANT=cov test
	$(Q)gcovr --root . --filter kernel/core/ --fail-under-line 95 -s build/cov \
		>build/cov/core.txt || { cat build/cov/core.txt; exit 1; }
	$(Q)cat build/cov/core.txt
	$(Q)sed -n 's/^lines:/core:/p' build/cov/core.txt

check-explore: ## ten million states, most of them of machines that end
	$(Q)$(MAKE) explore STATES=10000000

-include $(patsubst %.c,$(B)/%.d,$(PARTS_C))

force:
.PHONY: all help run programs test explore fuzz fuzz-here tidy format clean \
	check $(CHECKS) force
