/* SPDX-License-Identifier: BSD-2-Clause */
/* The region index and its twin, the linked list, side by side.
 *
 *   the same change ---> side[0]: regions, slots   index
 *                   '--> side[1]: regions, slots   list
 *   the same question -> two answers, compared, and judged slot by slot
 *
 * Slot numbers are the same on both sides, and so are capabilities.  What is
 * right is decided without either structure: by looking at all slots.
 */
#ifndef FALLOW_TWINS_H
#define FALLOW_TWINS_H
#include "index.h"
#include "seed.h"
#include "tap.h"

#define TWINS_SLOTS 80u

/* regions.h, of one of the two. */
struct twin {
    void (*init)(struct regions *, struct slot *, uint8_t);
    slotno_t (*find)(struct regions *, slotno_t, paddr_t, uint8_t);
    slotno_t (*find_place)(struct regions *, slotno_t, paddr_t, uint8_t,
                           slotno_t *);
    slotno_t (*find_run)(struct regions *, slotno_t, paddr_t, uint8_t,
                         uint64_t);
    slotno_t (*enclosing)(struct regions *, paddr_t, uint8_t);
    bool (*is_innermost)(struct regions *, slotno_t, slotno_t);
    void (*insert)(struct regions *, slotno_t);
    void (*insert_run)(struct regions *, slotno_t, slotno_t, uint64_t);
    void (*insert_below)(struct regions *, slotno_t, slotno_t, slotno_t);
    void (*insert_after)(struct regions *, slotno_t, slotno_t);
    void (*remove)(struct regions *, slotno_t);
    void (*move)(struct regions *, slotno_t, slotno_t);
    void (*swap)(struct regions *, slotno_t, slotno_t);
    slotno_t (*child)(struct regions *, slotno_t);
    slotno_t (*follower)(const struct regions *, slotno_t);
    bool (*is_final)(const struct regions *, slotno_t);
    slotno_t (*first_inside)(struct regions *, slotno_t, paddr_t, uint8_t);
    slotno_t (*next)(struct regions *, slotno_t, paddr_t);
    enum region_kind (*kind)(const struct regions *, slotno_t);
    slotno_t (*walk)(const struct regions *, slotno_t);
    const char *(*check)(const struct regions *, slotno_t *);
};

extern const struct twin twins_index, twins_list;

/* One of the two, with its slots. */
struct twins_side {
    const char *name;
    const struct twin *twin;
    struct regions regions;
    struct slot slots[TWINS_SLOTS];
};

struct twins {
    struct twins_side side[2]; /* the index, the list */
    struct seed seed;
    uint8_t window_bits;
    uint64_t step;
    uint64_t answers;   /* compared */
    uint64_t hits;      /* of them: something was found */
    uint64_t disagreed; /* the first few are shown */
};

/* One random change to both. */
void twins_change(struct twins *w);

/* Two answers: a from the index, b from the list; the first few that disagree
 * are shown. */
void twins_complain(struct twins *w, const char *what, uint64_t a, uint64_t b);
void twins_compare(struct twins *w, const char *what, uint64_t a, uint64_t b);

/* Both found something or neither did, and what they found is right. */
void twins_compare_found(struct twins *w, const char *what, slotno_t a,
                         slotno_t b, bool a_right, bool b_right);

/* The slots as the index has them, for deciding what is right. */
const struct slot *twins_slots(const struct twins *w);
bool twins_is_memory(const struct twins *w, slotno_t i);
bool twins_is_untyped(const struct twins *w, slotno_t i);

/* Is slot i a region strictly inside [base, base + 2^bits)? */
bool twins_inside(const struct twins *w, slotno_t i, paddr_t base,
                  uint8_t bits);

/* Is i strictly inside u, and nothing between the two within [base, bits)? */
bool twins_is_outermost(const struct twins *w, slotno_t i, slotno_t u,
                        paddr_t base, uint8_t bits);

/* Does region i, strictly inside u, meet [base, base + bytes)? */
bool twins_in_the_way(const struct twins *w, slotno_t i, slotno_t u,
                      paddr_t base, uint64_t bytes);

/* Is u the last of its region's list?  Is anything strictly inside u? */
bool twins_is_open(const struct twins *w, slotno_t u);
bool twins_has_inside(const struct twins *w, slotno_t u);

/* A random slot that is in use (or empty), or holds an untyped; SLOT_NIL if
 * luck has it so. */
slotno_t twins_any_slot(struct twins *w, bool used);
slotno_t twins_any_untyped(struct twins *w);

/* The first of `count' empty slots in a row, or SLOT_NIL. */
slotno_t twins_empty_row(struct twins *w, uint64_t count);

/* 4 .. max. */
uint8_t twins_any_bits(struct twins *w, uint8_t max);

/* A block of 2^bits bytes in [base, base + 2^around), often near others. */
paddr_t twins_any_block(struct twins *w, paddr_t base, uint8_t around,
                        uint8_t bits);
#endif
