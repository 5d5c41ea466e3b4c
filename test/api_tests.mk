# SPDX-License-Identifier: BSD-2-Clause
# Tests of the public interface: in C, with its headers; in Python, of what is
# installed, once and not for each compiler.  Read after bench/bench.mk, which
# takes $(TESTS) for programs in C.

API_TESTS := $(patsubst %.c,$(B)/%,$(wildcard test/api_*.c))
$(API_TESTS:=.o): private INCLUDES += $(API_INCLUDES) -I$(A)
$(API_TESTS:=.o): $(A)/made

ifeq ($(VARIANT),)
TESTS += $(wildcard test/api_*.py)
endif
