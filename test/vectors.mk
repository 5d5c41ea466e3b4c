# SPDX-License-Identifier: BSD-2-Clause
# The list of test vectors is compared once and not for each compiler.

ifeq ($(VARIANT),)
TESTS += test/vectors_complete.py
endif
