# SPDX-License-Identifier: BSD-2-Clause
# The bootable kernel: everything that needs the cross compiler or QEMU.
# Included by the Makefile; nothing here is built unless asked for by
# ARCH=riscv64, or by the targets test-riscv64, image and gdb.
#
#   build/riscv64/kernel.elf            the kernel
#   build/riscv64/APP/image.elf         a loader with kernel and root task

include kernel/options.mk

R := build/riscv64
CROSS ?= riscv64-unknown-elf-
RCC := $(CROSS)gcc
RLD_RELAX :=

# ---- Kernel ----------------------------------------------------------------

R_KERNEL_C := $(wildcard kernel/core/*.c kernel/arch/riscv64/*.c)
R_KERNEL_S := $(wildcard kernel/arch/riscv64/*.S)
R_KERNEL_O := $(patsubst %,$(R)/%.o,$(basename $(R_KERNEL_C) $(R_KERNEL_S)))
R_MACHINE := -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany
R_OPTIONS := $(foreach o,$(KERNEL_OPTIONS),-D$(o)=$($(o))) \
	-DFALLOW_GEN3=$(GEN3)
R_KERNEL_CC = $(RCC) -std=gnu11 -O2 -g -ffreestanding -fno-common \
	-fno-asynchronous-unwind-tables $(R_MACHINE) $(WARNINGS) \
	-Ikernel/include -Ikernel/arch/riscv64 $(R_OPTIONS)

$(R)/kernel/%.o: kernel/%.c $(R)/kernel.flags
	@mkdir -p $(@D)
	@echo "  RCC   $<"
	$(Q)$(R_KERNEL_CC) -MMD -MP -c -o $@ $<

$(R)/kernel/%.o: kernel/%.S $(R)/kernel.flags
	@mkdir -p $(@D)
	@echo "  RCC   $<"
	$(Q)$(R_KERNEL_CC) -MMD -MP -c -o $@ $<

$(R)/kernel.flags: force
	@mkdir -p $(@D)
	@echo '$(R_KERNEL_CC)' | cmp -s - $@ || echo '$(R_KERNEL_CC)' >$@

$(R)/kernel.elf: kernel/arch/riscv64/link.ld $(R_KERNEL_O)
	@echo "  RLD   $@"
	$(Q)$(RCC) $(R_MACHINE) -nostdlib -static -Wl,--build-id=none \
		-Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments \
		-T $< -o $@ $(filter %.o,$^) -lgcc

-include $(R_KERNEL_O:.o=.d)

# ---- Loader ----------------------------------------------------------------

R_LOADER_C := $(wildcard loader/*.c) kernel/core/ranges.c \
	$(addprefix kernel/arch/riscv64/,devtree.c boot_tree.c memory.c)
R_LOADER_O := $(patsubst %.c,$(R)/loader/%.o,$(R_LOADER_C))
R_LOADER_CC = $(R_KERNEL_CC) -Iloader

$(R)/loader/%.o: %.c $(R)/kernel.flags
	@mkdir -p $(@D)
	@echo "  RCC   $<"
	$(Q)$(R_LOADER_CC) -MMD -MP -c -o $@ $<

-include $(R_LOADER_O:.o=.d)

# A bootable image: $(1) its file, $(2) the root task, TREE perhaps a device
# tree to be used instead of the firmware's.
R_PACK = rm -rf $(1).d && mkdir -p $(1).d && \
	cp $(R)/kernel.elf $(1).d/kernel.elf && cp $(2) $(1).d/rootserver && \
	$(if $(TREE),cp $(TREE) $(1).d/kernel.dtb &&) \
	bsdtar --format newc -cf $(1).cpio -C $(1).d kernel.elf \
		$(if $(TREE),kernel.dtb) rootserver

$(R)/%/image.elf: $(R)/%/program.elf $(R)/kernel.elf $(R_LOADER_O) \
		loader/start.S loader/link.ld scripts/loader-base
	@echo "  IMAGE $@"
	$(Q)$(call R_PACK,$@,$<)
	$(Q)$(RCC) $(R_MACHINE) -DARCHIVE='"$@.cpio"' -c -o $@.o loader/start.S
	$(Q)$(RCC) $(R_MACHINE) -nostdlib -static -Wl,--build-id=none \
		-Wl,--no-warn-rwx-segments -T loader/link.ld \
		-Wl,--defsym=LOADER_BASE=$$(scripts/loader-base \
			$(CROSS)readelf $(R)/kernel.elf $<) \
		-o $@ $@.o $(R_LOADER_O) -lgcc
	$(Q)rm -rf $@.d
