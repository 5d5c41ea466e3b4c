# SPDX-License-Identifier: BSD-2-Clause
# The public interface: build/api, made from the description in api/, and its
# installation.  Included by the Makefile, and at its end.
#
#   build/api/include        generated headers, beside those of include/
#   build/api/labels.h       label tables for the kernel's build
#   PREFIX                   what `make install' lays out (sel4-abi.md 10d)

include kernel/options.mk

A := build/api
API_INCLUDES := -Iinclude -I$(A)/include
API_OPTIONS := $(foreach o,$(KERNEL_OPTIONS),$(o)=$($(o))) GEN3=$(GEN3)
API_SOURCES := $(wildcard api/*.txt api/*.py)

api: $(A)/made ## headers and interface files: build/api

$(A)/made: $(API_SOURCES) $(A)/options
	@echo "  GEN   $(A)"
	$(Q)/usr/bin/python3 api/generate.py $(A) $(API_OPTIONS)
	@touch $@

$(A)/options: force
	@mkdir -p $(@D)
	@echo '$(API_OPTIONS)' | cmp -s - $@ || echo '$(API_OPTIONS)' >$@

.PHONY: api
