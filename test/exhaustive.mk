# SPDX-License-Identifier: BSD-2-Clause
# The region index alone, in every state of a small window.

EXHAUSTIVE_C := $(wildcard test/exhaustive/*.c)
PARTS_C += $(EXHAUSTIVE_C)

$(B)/index_exhaustive: $(call objects,$(EXHAUSTIVE_C)) $(B)/kernel.a
	$(call link)

# Others than the usual windows: W and the largest number of regions, in pairs.
WINDOWS ?=

index-exhaustive: $(B)/index_exhaustive ## every state of the index
	$(Q)$(B)/index_exhaustive $(WINDOWS)

programs: $(B)/index_exhaustive

-include $(patsubst %.c,$(B)/%.d,$(EXHAUSTIVE_C))

CHECKS += index-exhaustive
.PHONY: index-exhaustive
