/* SPDX-License-Identifier: BSD-2-Clause */
/* Every insertion and removal in one state; moves and swaps, which change
 * slots and nothing else. */
#include "exhaustive.h"

/* Slot and capability of a region that is new. */
static void fill(struct exhaustive *x, unsigned region)
{
    struct cap cap = {
        .type = CAP_UNTYPED, .base = x->base[region], .bits = x->bits[region]};

    cap_write(x->slots, exhaustive_slot(region), &cap);
    slot_set_flags(x->slots, exhaustive_slot(region),
                   SLOT_REVOCABLE + SLOT_FIRST_BADGED);
}

/* From the root, where another region may be around it or inside. */
static bool insert(struct exhaustive *x, unsigned region)
{
    struct set want = x->set;
    bool good;

    want = set_with(want, region);
    fill(x, region);
    exhaustive_begin(x);
    regions_insert(&x->regions, exhaustive_slot(region));
    good =
        exhaustive_end(x, OP_INSERT, 1) && exhaustive_reach(x, OP_INSERT, want);
    exhaustive_restore(x, exhaustive_slot(region), 1);
    return good;
}

/* Below an untyped around it: by its node, and where nothing is in the way,
 * as retype does, at the place that find has named. */
static bool insert_below(struct exhaustive *x, unsigned u, unsigned region)
{
    slotno_t i = exhaustive_slot(region), below = SLOT_NIL;
    struct set want = x->set;
    bool good;

    want = set_with(want, region);
    fill(x, region);
    exhaustive_begin(x);
    index_insert(&x->regions, exhaustive_slot(u), i);
    good = exhaustive_end(x, OP_INSERT_BELOW, 1) &&
           exhaustive_reach(x, OP_INSERT_BELOW, want);
    exhaustive_restore(x, i, 1);
    if (!good || !set_is_empty(set_both(set_both(x->set, x->inside[u]),
                                        x->meets[region])))
        return good;
    fill(x, region);
    (void)regions_find_place(&x->regions, exhaustive_slot(u), x->base[region],
                             x->bits[region], &below);
    exhaustive_begin(x);
    regions_insert_below(&x->regions, exhaustive_slot(u), below, i);
    good = exhaustive_end(x, OP_INSERT_BELOW, 1) &&
           exhaustive_reach(x, OP_INSERT_BELOW, want);
    exhaustive_restore(x, i, 1);
    return good;
}

/* Runs of `region' and those after it, of 1 to as many as there is room for,
 * below untyped u with nothing in their way. */
static bool insert_runs(struct exhaustive *x, unsigned u, unsigned region)
{
    struct set want = x->set;
    struct set children = set_both(x->set, x->inside[u]);

    for (unsigned count = 1; x->count + count <= x->set_max; count++) {
        unsigned last = region + count - 1;
        bool good;

        if (last >= x->region_count || !set_has(x->inside[u], last) ||
            x->size[last] != x->size[region] ||
            !set_is_empty(set_both(children, x->meets[last])))
            return true;
        want = set_with(want, last);
        for (unsigned n = region; n <= last; n++)
            fill(x, n);
        exhaustive_begin(x);
        regions_insert_run(&x->regions, exhaustive_slot(u),
                           exhaustive_slot(region), count);
        good = exhaustive_end(x, OP_INSERT_RUN, x->w + 1 + count) &&
               exhaustive_reach(x, OP_INSERT_RUN, want);
        exhaustive_restore(x, exhaustive_slot(region), count);
        if (!good)
            return false;
    }
    return true;
}

static bool insert_all(struct exhaustive *x)
{
    for (unsigned region = 0; region < x->region_count; region++) {
        if (set_has(x->set, region))
            continue;
        if (!insert(x, region))
            return false;
        for (unsigned n = 0; n < x->count; n++)
            if (set_has(x->inside[x->order[n]], region) &&
                (!insert_below(x, x->order[n], region) ||
                 !insert_runs(x, x->order[n], region)))
                return false;
    }
    return true;
}

static bool remove_all(struct exhaustive *x)
{
    for (unsigned n = 0; n < x->count; n++) {
        slotno_t i = exhaustive_slot(x->order[n]);
        struct set want = x->set;
        bool good;

        want = set_without(want, x->order[n]);
        exhaustive_begin(x);
        regions_remove(&x->regions, i);
        good = exhaustive_end(x, OP_REMOVE, 1);
        slot_clear(x->slots, i);
        good = good && exhaustive_reach(x, OP_REMOVE, want);
        exhaustive_restore(x, i, 1);
        if (!good)
            return false;
    }
    return true;
}

/* The same tree, whichever slots it is in? */
static bool same(struct exhaustive *x, enum operation op)
{
    uint64_t key;
    struct set set;

    exhaustive_damage(x);
    if (!exhaustive_key(x, &key, &set)) {
        x->at = op;
        return false;
    }
    return key == x->key || exhaustive_fail(x, op, "another tree");
}

static bool move_all(struct exhaustive *x)
{
    for (unsigned n = 0; n < x->count; n++) {
        slotno_t i = exhaustive_slot(x->order[n]);
        bool good;

        exhaustive_begin(x);
        regions_move(&x->regions, i, EXHAUSTIVE_SPARE);
        good = exhaustive_end(x, OP_MOVE, 0) && same(x, OP_MOVE);
        exhaustive_restore(x, EXHAUSTIVE_SPARE, 1);
        for (unsigned k = n + 1; good && k < x->count; k++) {
            exhaustive_begin(x);
            regions_swap(&x->regions, i, exhaustive_slot(x->order[k]));
            good = exhaustive_end(x, OP_SWAP, 0) && same(x, OP_SWAP);
            exhaustive_restore(x, EXHAUSTIVE_SPARE, 1);
        }
        if (!good)
            return false;
    }
    return true;
}

bool exhaustive_change(struct exhaustive *x)
{
    return insert_all(x) && remove_all(x) && move_all(x);
}
