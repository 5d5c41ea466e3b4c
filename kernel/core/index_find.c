/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries of the region index: walks down the bits of an address. */
#include "index.h"

slotno_t index_locate(struct regions *r, paddr_t base, uint8_t bits,
                      struct region_place *place)
{
    const struct slot *slots = r->slots;
    unsigned limit = r->window_bits - (unsigned)bits;
    slotno_t x = r->root, parent = SLOT_NIL;
    unsigned d = 0, side = 0;

    while (x != SLOT_NIL && d <= limit) {
        if (slot_bits(slots, x) == bits && slot_base(slots, x) == base) {
            r->visits += d + 1;
            *place = (struct region_place){parent, (uint8_t)side, (uint8_t)d};
            return x;
        }
        if (d == limit)
            break;
        parent = x;
        side = index_side(r, base, d);
        x = index_child(slots, x, side);
        d++;
    }
    r->visits += d;
    return SLOT_NIL;
}

struct region_place index_place(struct regions *r, slotno_t i)
{
    const struct slot *slots = r->slots;
    paddr_t base = slot_base(slots, i);
    unsigned limit = slot_depth(slots, i), d = 0, side = 0;
    slotno_t x = r->root, parent = SLOT_NIL;

    while (x != i && d < limit) {
        parent = x;
        side = index_side(r, base, d);
        x = index_child(slots, x, side);
        d++;
    }
    r->visits += d + 1;
    return (struct region_place){parent, (uint8_t)side, (uint8_t)d};
}

/* Walks from the place (x, d) along a's bits: the first region that meets the
 * block [a, a + 2^b).  At depth W - b a node's block is this block. */
static slotno_t walk(struct regions *r, slotno_t x, unsigned d, paddr_t a,
                     uint8_t b)
{
    const struct slot *slots = r->slots;
    unsigned limit = r->window_bits - (unsigned)b, start = d;

    while (x != SLOT_NIL && d <= limit) {
        if (index_meets(slots, x, a, b)) {
            r->visits += d + 1 - start;
            return x;
        }
        if (d == limit)
            break;
        x = index_child(slots, x, index_side(r, a, d));
        d++;
    }
    r->visits += d - start;
    return SLOT_NIL;
}

/* Either child: what fills its block when u's region fills its own. */
static slotno_t any_child(struct regions *r, slotno_t u,
                          struct region_place *place)
{
    slotno_t x = slot_left(r->slots, u);
    uint8_t depth = slot_depth(r->slots, u);

    *place = (struct region_place){u, 0, (uint8_t)(depth + 1)};
    if (x == SLOT_NIL) {
        x = slot_right(r->slots, u);
        place->side = 1;
    }
    if (x != SLOT_NIL)
        r->visits++;
    return x;
}

slotno_t index_find(struct regions *r, slotno_t u, paddr_t a, uint8_t b)
{
    unsigned d = slot_depth(r->slots, u);
    struct region_place place;

    if (d == r->window_bits - (unsigned)b) /* then b is u's size */
        return any_child(r, u, &place);
    return walk(r, index_child(r->slots, u, index_side(r, a, d)), d + 1, a, b);
}

/* Blocks of 2^bits bytes back to back from the one at `first' to the one at
 * `last'; neither end need be aligned to more than a block. */
struct run {
    paddr_t first;
    paddr_t last;
    uint8_t bits;
};

static bool meets_run(const struct slot *slots, slotno_t i,
                      const struct run *run)
{
    paddr_t base = slot_base(slots, i);

    return base < run->last + bits_size(run->bits) &&
           base + bits_size(slot_bits(slots, i)) > run->first;
}

/* One boundary of a run, below the node where the two have parted: the path
 * of address a, and beside it, on the side `inner' that faces the other
 * boundary, the subtrees between the two: their blocks lie in the run, so
 * whatever is at their root meets it. */
static slotno_t walk_boundary(struct regions *r, slotno_t x, unsigned d,
                              paddr_t a, unsigned inner, const struct run *run)
{
    const struct slot *slots = r->slots;
    unsigned limit = r->window_bits - (unsigned)run->bits;

    while (x != SLOT_NIL && d <= limit) {
        unsigned side;

        r->visits++;
        if (meets_run(slots, x, run))
            return x;
        if (d == limit)
            break;
        side = index_side(r, a, d);
        if (side != inner && index_child(slots, x, inner) != SLOT_NIL) {
            r->visits++;
            return index_child(slots, x, inner);
        }
        x = index_child(slots, x, side);
        d++;
    }
    return SLOT_NIL;
}

slotno_t index_find_run(struct regions *r, slotno_t u, paddr_t a, uint8_t b,
                        uint64_t count)
{
    const struct slot *slots = r->slots;
    struct run run = {a, a + bits_up(count - 1, b), b};
    unsigned d = slot_depth(slots, u), side = index_side(r, a, d);
    slotno_t x = u, hit;

    /* First and last block differ above bit b: the paths part above depth
     * W - b. */
    while (side == index_side(r, run.last, d)) {
        x = index_child(slots, x, side);
        if (x == SLOT_NIL)
            return SLOT_NIL;
        r->visits++;
        if (meets_run(slots, x, &run))
            return x;
        d++;
        if (d >= r->window_bits - (unsigned)b)
            return SLOT_NIL; /* never in a run of two or more */
        side = index_side(r, a, d);
    }
    hit = walk_boundary(r, slot_left(slots, x), d + 1, run.first, 1, &run);
    if (hit != SLOT_NIL)
        return hit;
    return walk_boundary(r, slot_right(slots, x), d + 1, run.last, 0, &run);
}

slotno_t index_first_inside(struct regions *r, slotno_t u, paddr_t a, uint8_t b,
                            struct region_place *place)
{
    const struct slot *slots = r->slots;
    unsigned limit = r->window_bits - (unsigned)b;
    unsigned d = slot_depth(slots, u), side;
    slotno_t x, parent;

    if (d == limit) /* then b is u's size, and u fills its block */
        return any_child(r, u, place);
    parent = u;
    side = index_side(r, a, d);
    x = index_child(slots, u, side);
    for (d++; x != SLOT_NIL && d <= limit; d++) {
        r->visits++;
        if (index_inside(slots, x, a, b)) {
            *place = (struct region_place){parent, (uint8_t)side, (uint8_t)d};
            return x;
        }
        if (d == limit)
            break;
        parent = x;
        side = index_side(r, a, d);
        x = index_child(slots, x, side);
    }
    return SLOT_NIL;
}

slotno_t index_enclosing(struct regions *r, paddr_t a, uint8_t b)
{
    const struct slot *slots = r->slots;
    unsigned limit = r->window_bits - (unsigned)b, d = 0;
    slotno_t x = r->root, found = SLOT_NIL;

    while (x != SLOT_NIL && d <= limit) {
        r->visits++;
        if (slot_bits(slots, x) >= b && index_meets(slots, x, a, b))
            found = x; /* what encloses and lies deeper is smaller */
        if (d == limit)
            break;
        x = index_child(slots, x, index_side(r, a, d));
        d++;
    }
    return found;
}

slotno_t index_parent(struct regions *r, slotno_t i)
{
    const struct slot *slots = r->slots;
    paddr_t base = slot_base(slots, i);
    uint8_t bits = slot_bits(slots, i);
    unsigned limit = slot_depth(slots, i), d = 0;
    slotno_t x = r->root, found = SLOT_NIL;

    while (x != i && d < limit) {
        r->visits++;
        if (slot_bits(slots, x) > bits && index_meets(slots, x, base, bits))
            found = x;
        x = index_child(slots, x, index_side(r, base, d));
        d++;
    }
    return found;
}
