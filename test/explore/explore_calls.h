/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files that make calls share. */
#ifndef FALLOW_EXPLORE_CALLS_H
#define FALLOW_EXPLORE_CALLS_H
#include "explore.h"

#define EXPLORE_NAMES_MAX 96u

/* What can be named in a state, by slot. */
struct explore_names {
    uint32_t used[EXPLORE_NAMES_MAX];
    uint32_t used_count;
    /* The root's first free slot, and all free ones of other CNodes; and how
     * many are free in a row from each on. */
    uint32_t free[EXPLORE_NAMES_MAX];
    uint32_t run[EXPLORE_NAMES_MAX];
    uint32_t free_count;
};

struct explore_place {
    uint32_t root; /* slot of a CNode capability */
    uint64_t index, depth;
};

/* How to name a slot: of the root, or through the first capability to the
 * CNode that it lies in; false where there is none. */
bool explore_place_(const struct explore *e, uint32_t slot,
                    struct explore_place *p);

/* A call from e->base, at once and stopped at each of the first preemption
 * points; e->reached after each.  False: a disagreement. */
bool explore_call_(struct explore *e, uint32_t slot, uint64_t label,
                   uint32_t length, const uint64_t *mr, uint32_t cap_count,
                   const uint32_t *caps);

/* explore_untyped.c */
bool explore_untyped_calls_(struct explore *e, const struct explore_names *n);
#endif
