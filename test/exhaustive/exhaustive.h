/* SPDX-License-Identifier: BSD-2-Clause */
/* The region index alone, in every state that a small window allows.
 *
 *   region 0      [              2^W units              ]   units of 16 bytes
 *   1, 2          [               ][                    ]   numbered by size,
 *   3 .. 6        [       ][      ][         ][         ]   then by place
 *   ...
 *
 *   state  =  a set of regions, and the tree that holds them
 *          =  the regions in pre-order (the block path does the rest)
 *
 * From the empty tree on, every insertion and every removal leads to another
 * state, until there is no new one: so every order of changes is covered.  In
 * each state every question is asked and compared with what the set says by
 * brute force; after each change the tree is well-formed (exhaustive_key).
 *
 * A state's key are its regions' numbers + 1 in pre-order, 7 bits each: exact,
 * no hash.  Region n lies in slot n + 1, its capability an untyped; every
 * region is a list of one.  What is called is kernel/core as it ships.
 */
#ifndef FALLOW_EXHAUSTIVE_H
#define FALLOW_EXHAUSTIVE_H
#include "index.h"

#define EXHAUSTIVE_W_MAX    6u /* log2 of the window's units, 7 bits a number */
#define EXHAUSTIVE_REGIONS  127u /* 2^(W_MAX + 1) - 1 */
#define EXHAUSTIVE_SET_MAX  6u   /* regions of a state, and one beyond */
#define EXHAUSTIVE_SLOTS    160u
#define EXHAUSTIVE_SPARE    150u /* a slot that no region has */
#define EXHAUSTIVE_UNIT     4u   /* log2 of a unit's bytes */
#define EXHAUSTIVE_KEY_BITS 7u
#define EXHAUSTIVE_NONE     UINT32_MAX

/* A set of region numbers. */
struct set {
    uint64_t low, high;
};

/* Operations, for counts, bounds and the self-test. */
enum operation {
    OP_INSERT,
    OP_INSERT_BELOW,
    OP_INSERT_RUN,
    OP_REMOVE,
    OP_MOVE,
    OP_SWAP,
    OP_FIND,
    OP_FIND_PLACE,
    OP_FIND_RUN,
    OP_FIRST_INSIDE,
    OP_CHILD,
    OP_NEXT,
    OP_ENCLOSING,
    OP_LOCATE,
    OP_OUTER,
    OP_INNERMOST,
    OP_NODE,
    OP_WALK,
    OP_LIST,
    OP_CHEAPEST,
    OP_CHECK,
    OPERATIONS,
};

/* What the self-test does to a tree after a change. */
enum damage {
    DAMAGE_NONE,
    DAMAGE_PARENT,
    DAMAGE_DEPTH,
    DAMAGE_ALONE,
    DAMAGE_SIDES,
    DAMAGE_LOST,
    DAMAGE_CIRCLE,
    DAMAGE_HEAP,
    DAMAGE_TWICE,
    DAMAGES,
};

struct exhaustive {
    unsigned w, set_max;
    unsigned region_count;

    /* By region number: */
    paddr_t base[EXHAUSTIVE_REGIONS];
    uint8_t size[EXHAUSTIVE_REGIONS]; /* log2 of its units */
    uint8_t bits[EXHAUSTIVE_REGIONS]; /* log2 of its bytes */
    struct set meets[EXHAUSTIVE_REGIONS];
    struct set inside[EXHAUSTIVE_REGIONS]; /* strictly */
    struct set around[EXHAUSTIVE_REGIONS]; /* strictly */

    /* The index in the state at hand, and that state. */
    struct regions regions;
    struct slot slots[EXHAUSTIVE_SLOTS];
    struct set set;
    unsigned order[EXHAUSTIVE_SET_MAX + 1]; /* its regions in pre-order */
    unsigned count;
    uint64_t key;

    /* To come back to it. */
    struct slot saved[EXHAUSTIVE_SET_MAX + 1];
    slotno_t saved_root;

    /* Known states: a table, half full at most, and a list. */
    uint64_t *table, *list;
    uint64_t table_mask, list_room, states;
    uint64_t sets; /* of them, the first with their set */

    uint64_t done[OPERATIONS], visits_max[OPERATIONS];
    uint64_t visits_before;

    /* Self-test: what to spoil, and after how many times. */
    enum operation spoiled_operation;
    enum damage damage;
    uint64_t spoil_in; /* 0: nothing */

    const char *why; /* NULL, or the first violation */
    enum operation at;
};

/* exhaustive_state.c */

static inline slotno_t exhaustive_slot(unsigned region)
{
    return region + 1;
}

static inline bool set_has(struct set s, unsigned region)
{
    return (region < 64 ? s.low >> region : s.high >> (region - 64)) & 1;
}

static inline bool set_is_empty(struct set s)
{
    return s.low == 0 && s.high == 0;
}

static inline struct set set_both(struct set a, struct set b)
{
    return (struct set){a.low & b.low, a.high & b.high};
}

static inline struct set set_with(struct set s, unsigned region)
{
    if (region < 64)
        s.low |= UINT64_C(1) << region;
    else
        s.high |= UINT64_C(1) << (region - 64);
    return s;
}

static inline struct set set_without(struct set s, unsigned region)
{
    if (region < 64)
        s.low &= ~(UINT64_C(1) << region);
    else
        s.high &= ~(UINT64_C(1) << (region - 64));
    return s;
}

/* w: 1 .. EXHAUSTIVE_W_MAX; set_max: 1 .. EXHAUSTIVE_SET_MAX - 1. */
void exhaustive_init(struct exhaustive *x, unsigned w, unsigned set_max);

/* The state with this key is at hand. */
void exhaustive_load(struct exhaustive *x, uint64_t key);

/* After changes, the state at hand again as it was; also slots `first' ..
 * first + count - 1, which it does not use. */
void exhaustive_restore(struct exhaustive *x, slotno_t first, uint64_t count);

/* Is the tree well-formed: shape, heap order, block path, parent links,
 * depths, no region twice, lists of one?  Then its key and set.  False: x->why
 * says what is broken. */
bool exhaustive_key(struct exhaustive *x, uint64_t *key, struct set *set);

/* A violation, unless there was one. */
bool exhaustive_fail(struct exhaustive *x, enum operation op, const char *why);

/* Every operation's visits are counted between these, and limited: to so many
 * times W + 1.  Smaller regions than a unit there are not, so that W is the
 * log2 of the units. */
static inline void exhaustive_begin(struct exhaustive *x)
{
    x->visits_before = x->regions.visits;
}

static inline bool exhaustive_end(struct exhaustive *x, enum operation op,
                                  unsigned walks)
{
    uint64_t made = x->regions.visits - x->visits_before;

    x->done[op]++;
    if (made > x->visits_max[op])
        x->visits_max[op] = made;
    return made <= walks * (x->w + 1) ||
           exhaustive_fail(x, op, "more visits than are promised");
}

/* exhaustive_spoil.c: the self-test's hands: an answer, perhaps a wrong one; a
 * tree, perhaps damaged. */
slotno_t exhaustive_spoil(struct exhaustive *x, enum operation op,
                          slotno_t got);
void exhaustive_damage(struct exhaustive *x);

static inline slotno_t exhaustive_answer(struct exhaustive *x,
                                         enum operation op, slotno_t got)
{
    return x->spoil_in == 0 ? got : exhaustive_spoil(x, op, got);
}

/* exhaustive_ask.c, exhaustive_revoke.c: all questions about the state at
 * hand.  False: x->why. */
bool exhaustive_ask(struct exhaustive *x);
bool exhaustive_revoke(struct exhaustive *x);

/* exhaustive_change.c: all changes of the state at hand, each reported to
 * exhaustive_reach (exhaustive_search.c). */
bool exhaustive_change(struct exhaustive *x);

/* The index holds another state, which must be that of set `want'. */
bool exhaustive_reach(struct exhaustive *x, enum operation op, struct set want);

/* All states.  False: a violation; it has been printed if `loud'. */
bool exhaustive_search(struct exhaustive *x, bool loud);
#endif
