# SPDX-License-Identifier: BSD-2-Clause
# The public interface, made from the description in api/, and what `make
# install' lays out for programs that are built against it (sel4-abi.md 10d).
#
#   $(A)/include        generated headers, beside those of include/
#   $(A)/labels.h       label tables for the kernel's build
#   $(A)/machine/       device tree and memory of the machine with MEM
#   PREFIX              bin/kernel.elf
#                       support/kernel.dtb, platform_gen.yaml
#                       libsel4/include/..., libsel4/lib/libsel4.a

include kernel/options.mk

# A kernel with other options has its own folder (kernel/arch/riscv64).
R ?= build/riscv64
A := $(if $(filter-out build/riscv64,$(R)),$(R),$(B))/api
PREFIX ?=

API_INCLUDES := -Iinclude -I$(A)/include
API_OPTIONS := $(foreach o,$(KERNEL_OPTIONS),$(o)=$($(o))) GEN3=$(GEN3)
API_MADE := $(wildcard api/*.txt api/generate.py api/describe.py \
	api/interfaces.py api/c_*.py)
PYTHON := PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3

api: $(A)/made ## headers and interface files: build/api

$(A)/made: $(API_MADE) $(A)/options
	@echo "  GEN   $(A)"
	$(Q)$(PYTHON) api/generate.py $(A) $(API_OPTIONS)
	@touch $@

$(A)/options: force
	@mkdir -p $(@D)
	@echo '$(API_OPTIONS)' | cmp -s - $@ || echo '$(API_OPTIONS)' >$@

# ---- Installation ----------------------------------------------------------

# What needs nothing but Python; the rest.
install-interface: $(A)/made
	$(Q)test -n '$(PREFIX)' || { \
		echo "install: say where to: make install PREFIX=FOLDER" >&2; \
		exit 1; }
	$(Q)mkdir -p '$(PREFIX)/libsel4/include/sel4'
	$(Q)cp -R $(A)/include/. '$(PREFIX)/libsel4/include'
	$(Q)cp include/sel4/*.h '$(PREFIX)/libsel4/include/sel4'

install: ## kernel, headers, interface files: PREFIX=... MEM=4G
	$(Q)for tool in $(RCC) qemu-system-riscv64 dtc; do \
		command -v $$tool >/dev/null || { \
		echo "install: $$tool is missing; scripts/packages says where" \
			"from" >&2; \
		exit 1; }; done
	$(Q)$(MAKE) install-interface PREFIX='$(PREFIX)'
	$(Q)$(MAKE) $(R)/kernel.elf $(A)/machine/$(MEM)/kernel.dtb $(A)/libsel4.a
	$(Q)mkdir -p '$(PREFIX)/bin' '$(PREFIX)/support' '$(PREFIX)/libsel4/lib'
	$(Q)cp $(R)/kernel.elf '$(PREFIX)/bin'
	$(Q)cp $(A)/machine/$(MEM)/kernel.dtb \
		$(A)/machine/$(MEM)/platform_gen.yaml '$(PREFIX)/support'
	$(Q)cp $(A)/libsel4.a '$(PREFIX)/libsel4/lib'

$(A)/machine/%/kernel.dtb: api/platform.py
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)qemu-system-riscv64 -display none -machine virt,dumpdtb=$@.dump \
		-m $* >$@.log 2>&1 || { cat $@.log >&2; exit 1; }
	$(Q)$(PYTHON) api/platform.py $@.dump $@ $(@D)/platform_gen.yaml

$(A)/libsel4.a: api/library.c $(wildcard include/sel4/*.h) $(A)/made
	@echo "  RAR   $@"
	$(Q)$(RCC) -std=c11 -O2 -ffreestanding $(WARNINGS) $(API_INCLUDES) \
		-mcmodel=medany $(if $(filter 1,$(HAVE_FPU)),-march=rv64gc \
		-mabi=lp64d,-march=rv64imac -mabi=lp64) -c -o $(A)/library.o $<
	$(Q)rm -f $@ && $(CROSS)ar rcs $@ $(A)/library.o

.PHONY: api install install-interface
