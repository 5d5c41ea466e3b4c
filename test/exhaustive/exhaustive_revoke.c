/* SPDX-License-Identifier: BSD-2-Clause */
/* What Revoke asks and does, taken to its end: from every state, for every
 * untyped and every block of it, remove what regions_cheapest names until
 * nothing is left inside (kernel/core/delete.c, delete_descendants). */
#include "exhaustive.h"

/* The regions inside block b of region u, while they are removed. */
struct drain {
    unsigned u, b;
    struct set left;
};

static bool is_outermost_left(const struct exhaustive *x, const struct drain *d,
                              slotno_t i)
{
    return i >= 1 && i <= x->region_count &&
           set_has(d->left, (unsigned)i - 1) &&
           set_is_empty(set_both(d->left, x->around[i - 1]));
}

static bool drain(struct exhaustive *x, struct drain *d)
{
    struct regions *r = &x->regions;
    paddr_t base = x->base[d->b];
    uint8_t bits = x->bits[d->b];
    slotno_t top = SLOT_NIL, start = SLOT_NIL, child;

    for (;;) {
        if (start == SLOT_NIL)
            start = top = regions_first_inside_below(r, exhaustive_slot(d->u),
                                                     base, bits);
        if (start == SLOT_NIL)
            return set_is_empty(d->left) ||
                   exhaustive_fail(x, OP_CHEAPEST, "a region was left");
        exhaustive_begin(x);
        child = regions_cheapest(r, start, base, bits);
        if (!exhaustive_end(x, OP_CHEAPEST, 1))
            return false;
        child = exhaustive_answer(x, OP_CHEAPEST, child);
        if (!is_outermost_left(x, d, child))
            return exhaustive_fail(x, OP_CHEAPEST,
                                   "it is no outermost region "
                                   "of the block");
        start = child == top ? SLOT_NIL : regions_above(r, child);
        regions_remove(r, child);
        slot_clear(x->slots, child);
        d->left = set_without(d->left, (unsigned)child - 1);
    }
}

/* All untypeds, as they are; and every choice of objects among the regions
 * that have nothing inside: `objects' has a bit for each of the state's. */
static void set_types(struct exhaustive *x, unsigned objects)
{
    for (unsigned n = 0; n < x->count; n++)
        if (objects >> n & 1)
            slot_set_type(x->slots, exhaustive_slot(x->order[n]), CAP_ENDPOINT);
}

static bool drain_all(struct exhaustive *x, unsigned u, unsigned objects)
{
    struct set children = set_both(x->set, x->inside[u]);

    for (unsigned b = u; b < x->region_count; b++) {
        struct drain d = {u, b, set_both(children, x->inside[b])};
        bool good;

        if (b != u && !set_has(x->inside[u], b))
            continue;
        if (set_has(children, b))
            d.left = set_with(d.left, b);
        if (set_is_empty(d.left))
            continue;
        set_types(x, objects);
        good = drain(x, &d);
        exhaustive_restore(x, EXHAUSTIVE_SPARE, 1);
        if (!good)
            return false;
    }
    return true;
}

bool exhaustive_revoke(struct exhaustive *x)
{
    unsigned leaves = 0;

    for (unsigned n = 0; n < x->count; n++)
        if (set_is_empty(set_both(x->set, x->inside[x->order[n]])))
            leaves |= 1u << n;
    for (unsigned n = 0; n < x->count; n++) {
        unsigned objects = leaves;

        if (leaves >> n & 1)
            continue;
        for (;;) { /* the subsets of `leaves' */
            if (!drain_all(x, x->order[n], objects))
                return false;
            if (objects == 0)
                break;
            objects = (objects - 1) & leaves;
        }
    }
    return true;
}
