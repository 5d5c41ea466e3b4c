# SPDX-License-Identifier: BSD-2-Clause
# `make bounds': retype.md D, row by row.  Read after bench/bench.mk.

BOUNDS_OBJECTS := $(addprefix $(B)/bench/,bounds.o bounds_memory.o \
	bounds_objects.o deepest.o)
BOUNDS_WRAP := $(call wrap,cspace_lookup_slot lookup_walk asid_free_word)

$(B)/bench/bench_bounds: $(BOUNDS_OBJECTS) $(LIBRARIES)
	$(call link,$(BOUNDS_WRAP))

bounds: $(B)/bench/bench_bounds $(B)/bench/attack_ops_tree ## retype.md D: steps
	$(Q)$(B)/bench/bench_bounds $(B)/bench/attack_ops_tree

programs: $(B)/bench/bench_bounds

CHECKS += bounds
.PHONY: bounds
