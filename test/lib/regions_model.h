/* SPDX-License-Identifier: BSD-2-Clause */
/* The naive twin of the region index: an array of capabilities, each with the
 * number of its region's list and its place in it.  Every answer is found by
 * looking at all of them.
 *
 *   caps:  slot 3  [0x100, 2^8) untyped  list 0 place 0
 *          slot 9  [0x100, 2^8) endpoint list 0 place 1
 *          slot 4  [0x140, 2^5) frame    list 1 place 0
 *
 * It shares no code with the kernel but the struct that names a capability.
 */
#ifndef FALLOW_REGIONS_MODEL_H
#define FALLOW_REGIONS_MODEL_H
#include "regions.h"
#include "tap.h"

#define MODEL_SLOTS 320u /* slot numbers 0 .. MODEL_SLOTS - 1 */

struct model_cap {
    bool used;
    struct cap cap;
    uint8_t flags;
    slotno_t previous, next; /* in the list, or SLOT_NIL */
};

/* The index under test, and what it should be. */
struct model {
    struct regions regions;
    struct slot slots[MODEL_SLOTS];
    struct model_cap caps[MODEL_SLOTS];
    unsigned live;
    unsigned claims, wrong; /* comparisons made and failed */
    uint64_t visits_before;
    uint64_t visits_max[8]; /* by enum model_bound */
};

/* The bounds that regions.h states. */
enum model_bound {
    BOUND_NONE,  /* 0: constant cost */
    BOUND_WALK,  /* W + 1 */
    BOUND_WALKS, /* 2 (W + 1) */
    BOUND_RUN,   /* 4 (W + 1) */
    BOUND_FILL,  /* (W + 1)^2, and 2 for each of the run's slots */
    BOUND_COUNT,
};

void model_init(struct model *m, uint8_t window_bits);

/* Changes, in the index and in the twin alike. */
void model_insert(struct model *m, slotno_t i, const struct cap *cap);
void model_insert_run(struct model *m, slotno_t u, slotno_t first,
                      uint64_t count, const struct cap *cap);
void model_insert_after(struct model *m, slotno_t source, slotno_t i,
                        const struct cap *cap, uint8_t flags);
void model_remove(struct model *m, slotno_t i);
void model_move(struct model *m, slotno_t from, slotno_t to);
void model_swap(struct model *m, slotno_t a, slotno_t b);

/* Questions, each answered by both and compared; the visits too. */
void model_find(struct model *m, slotno_t u, paddr_t base, uint8_t bits);
void model_find_run(struct model *m, slotno_t u, paddr_t base, uint8_t bits,
                    uint64_t count);
void model_enclosing(struct model *m, paddr_t base, uint8_t bits);
void model_child(struct model *m, slotno_t i);
void model_final(struct model *m, slotno_t i);
void model_first_inside(struct model *m, slotno_t u, paddr_t base,
                        uint8_t bits);
void model_next(struct model *m, slotno_t u, paddr_t from);
void model_innermost(struct model *m, slotno_t u, slotno_t i);

/* Everything: all links, the walk, and regions_check(). */
void model_compare(struct model *m);

/* What the twin knows. */
bool model_meets_run(const struct model *m, slotno_t u, paddr_t base,
                     uint8_t bits, uint64_t count);
slotno_t model_of_region(const struct model *m, paddr_t base, uint8_t bits);
slotno_t model_last_of(const struct model *m, slotno_t i);
slotno_t model_free_slot(const struct model *m, slotno_t from);
slotno_t model_used_slot(const struct model *m, slotno_t from);
bool model_is_open(const struct model *m, slotno_t i);

/* May a region be here?  Not inside an object, not around anything unless it
 * is an untyped, and not there already. */
bool model_may_insert(const struct model *m, paddr_t base, uint8_t bits,
                      bool untyped);

/* One claim over all comparisons of a run, then the visits that were met. */
void model_report(struct model *m, const char *name);
#endif
