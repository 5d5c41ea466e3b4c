# SPDX-License-Identifier: BSD-2-Clause
# The bootable kernel: everything that needs the cross compiler or QEMU.  The
# Makefile includes this; nothing of it is built unless it is asked for.
#
#   $(R)/kernel.elf           the kernel, with the options of kernel/options.mk
#   $(R)/APP/program.elf      a root task
#   $(R)/APP/image.elf        loader, kernel and root task: boots
#   $(R)/run/TEST-MEMORY      boots a test; for scripts/tap-run

R ?= build/riscv64
CROSS ?= riscv64-unknown-elf-
RCC := $(CROSS)gcc
# For run, image and gdb: the root task, as a folder or any ELF file.
APP ?= apps/recorded
ROOT ?=
MEM ?= 4G
# A device tree to be used instead of the firmware's.
TREE ?=

# ---- Kernel ----------------------------------------------------------------

R_KERNEL_C := $(CORE_C) $(wildcard kernel/arch/riscv64/*.c)
R_KERNEL_S := $(wildcard kernel/arch/riscv64/*.S)
R_KERNEL_O := $(patsubst %,$(R)/%.o,$(basename $(R_KERNEL_C) $(R_KERNEL_S)))
R_MACHINE := -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany
R_OPTIONS = $(foreach o,$(KERNEL_OPTIONS),-D$(o)=$($(o))) -DFALLOW_GEN3=$(GEN3)
# Memory changes its type as objects come and go, hence no strict aliasing.
# Bytes side by side are not to become a vector in a word: that takes more
# instructions than the bytes do.
R_OPTIMISE := -O2 -g -ffreestanding -fno-common -fno-strict-aliasing \
	-fno-asynchronous-unwind-tables -fno-schedule-insns -fno-tree-vectorize
R_CC = $(RCC) -std=gnu11 $(R_OPTIMISE) $(R_MACHINE) $(WARNINGS) \
	-Ikernel/include -Ikernel/arch/riscv64 -Iloader $(R_OPTIONS)
R_LINK = $(RCC) $(R_MACHINE) -nostdlib -static -Wl,--build-id=none \
	-Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments

# Optimised as one: what boot does not use alone, and is not called by the
# compiler itself.
R_WHOLE := -flto -flto-partition=one --param max-inline-insns-auto=100 \
	--param inline-unit-growth=200 --param large-function-insns=6000 \
	--param large-function-growth=400 --param large-unit-insns=20000 \
	--param large-stack-frame-growth=4000
R_WHOLE_O := $(filter-out %/memory.o,$(foreach o,$(R_KERNEL_C:%.c=$(R)/%.o), \
	$(if $(filter boot% devtree%,$(notdir $(o))),,$(o))))
$(R_WHOLE_O): private R_OPTIMISE += $(R_WHOLE)

$(R)/kernel/%.o: kernel/%.c $(R)/kernel.flags
	@mkdir -p $(@D)
	@echo "  RCC   $<"
	$(Q)$(R_CC) -MMD -MP -c -o $@ $<

$(R)/kernel/%.o: kernel/%.S $(R)/kernel.flags
	@mkdir -p $(@D)
	@echo "  RCC   $<"
	$(Q)$(R_CC) -MMD -MP -c -o $@ $<

$(R)/kernel.flags: force
	@mkdir -p $(@D)
	@echo '$(R_CC) $(R_WHOLE)' | cmp -s - $@ || \
		echo '$(R_CC) $(R_WHOLE)' >$@

# Those objects come out of the link as one.
$(R)/kernel.elf: kernel/arch/riscv64/link.ld $(R_KERNEL_O)
	@echo "  RLD   $@"
	$(Q)$(R_LINK) $(R_OPTIMISE) $(R_WHOLE) -T $< -o $@ $(R_KERNEL_O) -lgcc

# ---- Loader and image ------------------------------------------------------

R_LOADER_C := $(wildcard loader/*.c) kernel/core/ranges.c \
	$(addprefix kernel/arch/riscv64/,devtree.c boot_tree.c memory.c)
R_LOADER_O := $(patsubst %.c,$(R)/loader/%.o,$(R_LOADER_C))

$(R)/loader/%.o: %.c $(R)/kernel.flags
	@mkdir -p $(@D)
	@echo "  RCC   $<"
	$(Q)$(R_CC) -MMD -MP -c -o $@ $<

# $(1): the image; $(2): the root task.
r_pack = rm -rf $(1).d && mkdir -p $(1).d && \
	cp $(R)/kernel.elf $(1).d/kernel.elf && cp $(2) $(1).d/rootserver && \
	$(if $(TREE),cp $(TREE) $(1).d/kernel.dtb &&) \
	bsdtar --format newc -cf $(1).cpio -C $(1).d kernel.elf \
		$(if $(TREE),kernel.dtb) rootserver && rm -rf $(1).d

# $(1): the image; $(2): the root task; $(3): enum plan_flavour of loader/.
r_image = $(call r_pack,$(1),$(2)) && $(RCC) $(R_MACHINE) $(R_OPTIONS) \
	-DARCHIVE='"$(1).cpio"' -DFLAVOUR=$(3) -c -o $(1).o loader/start.S && \
	$(R_LINK) -T loader/link.ld -Wl,--defsym=LOADER_BASE=$$( \
		scripts/loader-base $(CROSS)readelf $(R)/kernel.elf) \
	-o $(1) $(1).o $(R_LOADER_O) -lgcc
R_IMAGE_NEEDS := $(R)/kernel.elf $(R_LOADER_O) loader/start.S loader/link.ld \
	scripts/loader-base $(TREE) $(R)/image.flags

$(R)/image.flags: force
	@mkdir -p $(@D)
	@echo '$(TREE)' | cmp -s - $@ || echo '$(TREE)' >$@

$(R)/%/image.elf: $(R)/%/program.elf $(R_IMAGE_NEEDS)
	@echo "  IMAGE $@"
	$(Q)$(call r_image,$@,$<,0)

# The same, by a loader that promises less (rust-sel4's).
$(R)/%/image-high.elf: $(R)/%/program.elf $(R_IMAGE_NEEDS)
	@echo "  IMAGE $@"
	$(Q)$(call r_image,$@,$<,1)

# ---- Root tasks ------------------------------------------------------------

r_program = $(MAKE) $(1) OUT=$(abspath $(@D)) CROSS=$(CROSS) \
	HAVE_FPU=$(HAVE_FPU) API=$(abspath $(A)) \
	STREAM=$(abspath $(R)/recorded.stream)

$(R)/%/program.elf: apps/%/Makefile $(A)/made force
	+$(Q)$(call r_program,-C apps/$*)

# The recorded allocations for apps/recorded; RUN is the Makefile's.
$(B)/stream: $(B)/tools/stream/stream.o $(LIBRARIES)
	$(call link)

# The same for every kernel, and so is what makes it.
$(R)/recorded.stream: $(RUN) tools/stream/stream.c apps/recorded/stream.h
	@echo "  GEN   $@"
	$(Q)$(MAKE) GEN3=1 $(B)/stream
	$(Q)$(B)/stream $(RUN) $@

$(R)/recorded/program.elf: $(R)/recorded.stream

# Another file of that name may be older than what is there.
$(R)/foreign/program.elf: $(ROOT) force
	@mkdir -p $(@D)
	@cmp -s $< $@ || cp $< $@

# A test is one file of test/riscv64, and what tests share.
R_TEST_LIB := $(wildcard test/riscv64/lib/*.c) test/lib/tap.c
R_TESTS := $(basename $(notdir $(wildcard test/riscv64/*.c)))

$(R)/test/%/program.elf: test/riscv64/%.c $(R_TEST_LIB) $(A)/made force
	+$(Q)$(call r_program,-f lib/rt/program.mk TOP=. PROGRAM=$* \
		SOURCES='$< $(R_TEST_LIB)' \
		INCLUDES='-Itest/lib -Itest/riscv64/lib -DLABELS=$(LABELS)')

# The machines that tests are run on: memory by test, or this; -high for an
# image-high.elf.
R_MEMORY := 1G
R_MEMORY_superpages := 8G
R_MEMORY_boot_memory := 128M 3G 64G 128M-high 3G-high 64G-high

r_runs = $(foreach m,$(or $(R_MEMORY_$(1)),$(R_MEMORY)),$(R)/run/$(1)-$(m))
R_RUNS := $(foreach t,$(R_TESTS),$(call r_runs,$(t)))

# TEST-MEMORY: a program that boots the one with the other, on clocks that a
# busy host does not make run ahead of the program.
r_word = $(word $(1),$(subst -, ,$(2)))
$(R)/run/%: force
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec scripts/qemu -c -m %s %s\n' $(call r_word,2,$*) \
		$(R)/test/$(call r_word,1,$*)/image$(addprefix -,$(call \
		r_word,3,$*)).elf >$@
	@chmod +x $@

$(R)/run/debugger: force
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec scripts/gdb-test %s %s %s\n' \
		$(R)/hello/image.elf $(R)/kernel.elf $(R)/hello/program.elf >$@
	@chmod +x $@

$(R)/run/refusals: force
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nMAKE="%s" exec scripts/refusal-test %s %s %s\n' \
		"$(MAKE)" $(R) $(R)/hello/program.elf \
		"HAVE_FPU=$(HAVE_FPU) API=$(abspath $(A))" >$@
	@chmod +x $@

R_SCRIPTS := $(R)/run/debugger $(R)/run/refusals

# ---- Targets ---------------------------------------------------------------

R_IMAGE := $(R)/$(if $(ROOT),foreign,$(notdir $(APP)))/image.elf

kernel: $(R)/kernel.elf ## the bootable kernel (ARCH=riscv64)

image: $(R_IMAGE) ## it with APP=apps/x or ROOT=file.elf: boots (ARCH=riscv64)
	@echo "  $(R_IMAGE)"

ifeq ($(ARCH),riscv64)
run: $(R_IMAGE) ## boot it with MEM=4G (ARCH=riscv64)
	$(Q)scripts/qemu -t 0 -m $(MEM) $(R_IMAGE)
endif

gdb: $(R_IMAGE) ## boot it and stop at the kernel's entry (ARCH=riscv64)
	$(Q)scripts/qemu-gdb -m $(MEM) $(R_IMAGE) $(R)/kernel.elf \
		$(R_IMAGE:image.elf=program.elf)

R_TEST_IMAGES := $(R_TESTS:%=$(R)/test/%/image.elf) \
	$(R)/test/boot_memory/image-high.elf $(R)/hello/image.elf

test-riscv64: $(R_TEST_IMAGES) $(R_RUNS) $(R_SCRIPTS) ## boot all tests
	$(Q)scripts/tap-run $(R)/test-results $(R_RUNS) $(R_SCRIPTS)

# The main job where memory is short, with and without the new calls.
main-job-riscv64: $(R)/recorded/image.elf
	$(Q)scripts/qemu -t 600 -m 128M $<

R_VARIANTS := LABELS=14 LABELS=13 GEN3=0 ROOT_CNODE_SIZE_BITS=13 HAVE_FPU=0 \
	NUM_DOMAINS=4 DEBUG_BUILD=1

check-riscv64: ## the same with each option that images depend on
	$(Q)$(MAKE) test-riscv64 main-job-riscv64
	$(Q)for o in $(R_VARIANTS); do \
		echo "with $$o"; \
		$(MAKE) test-riscv64 R=build/riscv64-$$o $$o || exit; done
	$(Q)$(MAKE) main-job-riscv64 R=build/riscv64-GEN3=0 GEN3=0
	@echo "the default kernel and $(words $(R_VARIANTS)) others boot and pass"

-include $(R_KERNEL_O:.o=.d) $(R_LOADER_O:.o=.d) $(B)/tools/stream/stream.d

# Slow to make again, and looked at when a test fails.
.PRECIOUS: $(R)/%/program.elf $(R)/test/%/program.elf $(R)/%/image.elf \
	$(R)/loader/%.o
.PHONY: kernel image gdb test-riscv64 main-job-riscv64 check-riscv64

CHECKS += check-riscv64

# ---- Hosted tests of this part ---------------------------------------------

$(B)/test/devtree_twin $(B)/fuzz_devtree: LIBS += -lfdt
