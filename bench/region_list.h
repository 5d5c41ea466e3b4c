/* SPDX-License-Identifier: BSD-2-Clause */
/* The twin of the region index: regions.h by one plain linked list.
 *
 *   root -> [u 2^21] <-> [v 2^16] <-> [e 2^4] <-> [e 2^4] <-> [f 2^12] -> nil
 *              |            '-- inside v --'       a copy        |
 *              '------------------ inside u ---------------------'
 *
 * All memory capabilities in derivation order, as in the kernels whose
 * derivation tree is a list: what was derived from a capability follows it
 * directly, and whatever is new goes directly after its parent.  Links are
 * `previous' and `next' of the slots; root is the first.  Capabilities that
 * are not memory live in plain lists of the same links, as with the index.
 *
 * Invariants (regions_check):
 *  - previous and next agree, the root has no previous;
 *  - regions are equal, nested or disjoint (L), only untypeds have any inside;
 *  - the members of one region are neighbours: its group, of which the first
 *    is the representative;
 *  - all that lies inside a region follows its group directly.
 * Hence what lies inside untyped u is one stretch of the list, which ends at
 * the first member outside of u, and an outer region comes before all it
 * contains.
 *
 * Linking is constant work; every question about an address looks at the
 * members one by one: O(descendants of u), or of the whole list where no
 * untyped is given.  `visits' counts the members looked at.  No member is a
 * node but the first, which has nothing before it and so a depth, 0: whoever
 * asks whether a slot is in some list finds it in one.
 *
 * It is compared with the index by test/list_twin.c and measured beside it
 * by the benchmarks.  Never part of a kernel.
 */
#ifndef FALLOW_REGION_LIST_H
#define FALLOW_REGION_LIST_H
#include "index.h"

/* Do slots a and b name the same region? */
static inline bool list_same_region(const struct slot *slots, slotno_t a,
                                    slotno_t b)
{
    return slot_bits(slots, a) == slot_bits(slots, b) &&
           slot_base(slots, a) == slot_base(slots, b);
}

/* Does slot i lie in slot u's region, or equal it? */
static inline bool list_inside(const struct slot *slots, slotno_t i, slotno_t u)
{
    return index_inside(slots, i, slot_base(slots, u), slot_bits(slots, u));
}

/* Does slot i lie in slot u's region, and is smaller? */
static inline bool list_inside_strictly(const struct slot *slots, slotno_t i,
                                        slotno_t u)
{
    return slot_bits(slots, i) < slot_bits(slots, u) &&
           list_inside(slots, i, u);
}
#endif
