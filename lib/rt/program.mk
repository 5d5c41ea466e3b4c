# SPDX-License-Identifier: BSD-2-Clause
# For the Makefile of a root task, which sets PROGRAM and SOURCES and includes
# this; `make' there builds TOP/build/riscv64/PROGRAM/program.elf, `make run'
# boots it.  INCLUDES, DEPENDS (further files that it is made from),
# RT_STACK_BYTES and RT_HEAP_BYTES can be set too.

.DEFAULT_GOAL := program
TOP ?= ../..
RT := $(TOP)/lib/rt
OUT ?= $(TOP)/build/riscv64/$(PROGRAM)
CROSS ?= riscv64-unknown-elf-
# Headers of the kernel's build, and whether it has an FPU.
API ?= $(TOP)/build/api
HAVE_FPU ?= 1
RT_STACK_BYTES ?= 65536
RT_HEAP_BYTES ?= 1048576

# Names that the compiler's and picolibc's libraries go by.
RT_MACHINE := $(if $(filter 1,$(HAVE_FPU)),-march=rv64gc -mabi=lp64d,\
	-march=rv64imac -mabi=lp64)
RT_CC := $(CROSS)gcc -std=gnu11 -O2 -g --specs=picolibc.specs \
	$(RT_MACHINE) -mcmodel=medany -ftls-model=local-exec \
	-ffunction-sections -fdata-sections \
	-Wall -Wextra -I$(RT) -I$(TOP)/include -I$(API)/include $(INCLUDES) \
	-DRT_STACK_BYTES=$(RT_STACK_BYTES)
RT_SOURCES := $(RT)/start.S $(RT)/rt.c $(RT)/end.c $(TOP)/api/library.c

.PHONY: program run force
program: $(OUT)/program.elf

# One compilation: a root task is small, and so are its dependencies.
$(OUT)/program.elf: $(SOURCES) $(RT_SOURCES) $(RT)/rt.h $(RT)/program.ld \
		$(API)/made $(wildcard $(TOP)/include/sel4/*.h) $(OUT)/flags \
		$(DEPENDS)
	@echo "  RT    $@"
	@$(RT_CC) -nostartfiles -static -o $@ $(SOURCES) $(RT_SOURCES) \
		-T $(RT)/program.ld -Wl,--defsym=RT_HEAP_BYTES=$(RT_HEAP_BYTES) \
		-Wl,--build-id=none -Wl,--no-warn-rwx-segments

# Below the kernel's own build it is there already.
$(API)/made:
	@$(MAKE) -C $(TOP) api

$(OUT)/flags: force
	@mkdir -p $(@D)
	@echo '$(RT_CC) $(RT_HEAP_BYTES)' | cmp -s - $@ || \
		echo '$(RT_CC) $(RT_HEAP_BYTES)' >$@

run:
	@$(MAKE) -C $(TOP) run ARCH=riscv64 APP=$(patsubst \
		$(abspath $(TOP))/%,%,$(CURDIR))
