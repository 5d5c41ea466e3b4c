# SPDX-License-Identifier: BSD-2-Clause
# `make bench': what the kernel costs, in instructions counted one by one and in
# units of its own work; never in time.  bench/README.md says what each does.

BENCH_C := $(wildcard bench/*.c)
BENCHES := $(addprefix $(B)/bench/,bench_index index_ops_tree index_ops_list \
	bench_attack attack_ops_tree attack_ops_list bench_stretch stretch_ops)

# With the list before it, nothing of the index is taken from kernel.a.
INDEX_OPS := $(addprefix $(B)/bench/,index_ops.o population.o deepest.o exact.o)
ATTACK_OPS := $(addprefix $(B)/bench/,attack_ops.o attack_build.o \
	attack_watch.o narrow.o exact.o)
LIST := $(addprefix $(B)/bench/,region_list.o region_list_check.o)

# Functions that measured programs put themselves in front of.
comma := ,
wrap = -Wl$(subst $(subst ,, ),,$(foreach f,$(1),$(comma)--wrap=$(f)))
NARROW := $(call wrap,hosted_create hosted_destroy)
WATCH := $(call wrap,regions_find regions_find_place regions_find_run \
	regions_is_innermost regions_child regions_first_inside regions_next \
	regions_child_below regions_first_inside_below regions_cheapest \
	regions_node \
	regions_insert_run regions_insert_below regions_remove)

BOUNDARIES := $(call wrap,invoke kernel_preempt_point arch_event arch_clear)

$(B)/bench/bench_index: $(addprefix $(B)/bench/,index.o exact.o)
	$(call link)
$(B)/bench/index_ops_tree: $(INDEX_OPS) $(B)/kernel.a
	$(call link)
$(B)/bench/index_ops_list: $(INDEX_OPS) $(LIST) $(B)/kernel.a
	$(call link)
$(B)/bench/bench_attack: $(addprefix $(B)/bench/,attack.o exact.o)
	$(call link)
$(B)/bench/attack_ops_tree: $(ATTACK_OPS) $(B)/kernel.a
	$(call link,$(NARROW) $(WATCH))
$(B)/bench/attack_ops_list: $(ATTACK_OPS) $(LIST) $(B)/kernel.a
	$(call link,$(NARROW) $(WATCH))

$(B)/bench/bench_stretch: $(addprefix $(B)/bench/,stretch.o exact.o)
	$(call link)
STRETCH_OPS := $(addprefix $(B)/bench/,stretch_ops.o narrow.o exact.o)
$(B)/bench/stretch_ops: $(STRETCH_OPS) $(filter-out %/testlib.a,$(LIBRARIES))
	$(call link,$(NARROW) $(BOUNDARIES))

bench: bench-index bench-attack bench-stretch ## all benchmarks

bench-index: $(BENCHES) ## instructions of each index operation, and the list's
	$(Q)$(B)/bench/bench_index $(B)/bench/index_ops_tree \
		$(B)/bench/index_ops_list $(B)/bench/index.tsv

bench-attack: $(BENCHES) ## what an adversary with 10^6 capabilities can do
	$(Q)$(B)/bench/bench_attack $(B)/bench/attack_ops_tree \
		$(B)/bench/attack_ops_list

bench-stretch: $(BENCHES) ## the longest stretches of a run without preemption
	$(Q)$(B)/bench/bench_stretch $(B)/bench/stretch_ops $(RUN)

# ---- The whole core on the list --------------------------------------------

# Not those tests that look at the tree itself or at lists by its links, nor
# those of the recorded run, whose tool does the latter, nor the library's.
TWIN_TESTS := $(patsubst $(B)/test/%,$(B)/twin/%,$(filter-out \
	$(addprefix $(B)/test/,regions_% check_finds_% map_% list_twin \
	preempt_everywhere preempt_random %_lockstep thread_random cli_% replay_% \
	devtree_twin ut_%), \
	$(TESTS)))

$(TWIN_TESTS): $(B)/twin/%: $(B)/test/%.o $(LIST) $(LIBRARIES)
	$(call link)

check-twin: $(B)/fallow $(TWIN_TESTS) ## the core's tests, on the linked list
	$(Q)FALLOW=$(B)/fallow scripts/tap-run $(B)/twin-results $(TWIN_TESTS)

-include $(patsubst %.c,$(B)/%.d,$(BENCH_C))

.PHONY: bench bench-index bench-attack bench-stretch check-twin
