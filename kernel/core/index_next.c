/* SPDX-License-Identifier: BSD-2-Clause */
/* Next: the lowest outermost region of an untyped above an address. */
#include "index.h"

/* The region of lowest base in the subtree of x, which lies below no region
 * of it: a node's left block is below its right one, so it is on the leftmost
 * path.  Where two have the same base the larger, met first, is around the
 * other. */
static slotno_t lowest(struct regions *r, slotno_t x, unsigned d)
{
    const struct slot *slots = r->slots;
    slotno_t best = x;

    while (x != SLOT_NIL && d <= r->window_bits) {
        r->visits++;
        if (slot_base(slots, x) < slot_base(slots, best))
            best = x;
        x = slot_left(slots, x) != SLOT_NIL ? slot_left(slots, x)
                                            : slot_right(slots, x);
        d++;
    }
    return best;
}

/* Three candidates: a region around `from', met first on its path; regions
 * on the path that begin above it; and the lowest of the deepest subtree that
 * the path leaves on its right. */
slotno_t index_next(struct regions *r, slotno_t u, paddr_t from)
{
    const struct slot *slots = r->slots;
    paddr_t base = slot_base(slots, u);
    uint8_t bits = slot_bits(slots, u);
    unsigned top = r->window_bits - (unsigned)bits;
    unsigned d = slot_depth(slots, u), turn_depth = 0;
    slotno_t x = u, best = SLOT_NIL, turn = SLOT_NIL;

    while (d < r->window_bits) {
        unsigned side = index_side(r, from, d);

        /* Above depth W - bits a right subtree is outside u. */
        if (side == 0 && d >= top && slot_right(slots, x) != SLOT_NIL) {
            turn = slot_right(slots, x);
            turn_depth = d + 1;
        }
        x = index_child(slots, x, side);
        if (x == SLOT_NIL)
            break;
        r->visits++;
        d++;
        if (!index_inside(slots, x, base, bits))
            continue;
        if (index_meets(slots, x, from, 0))
            return x;
        if (slot_base(slots, x) > from &&
            (best == SLOT_NIL || slot_base(slots, x) < slot_base(slots, best)))
            best = x;
    }
    if (turn != SLOT_NIL) {
        turn = lowest(r, turn, turn_depth);
        if (best == SLOT_NIL || slot_base(slots, turn) < slot_base(slots, best))
            best = turn;
    }
    return best;
}
