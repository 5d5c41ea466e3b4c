/* SPDX-License-Identifier: BSD-2-Clause */
/* Next: the lowest outermost region of an untyped above an address. */
#include "index.h"

/* The region of lowest base in the subtree of x, which lies below no region
 * of it: a node's left block is below its right one, so it is on the leftmost
 * path.  Where two have the same base the larger, met first, is around the
 * other. */
static slotno_t lowest(struct regions *r, slotno_t x, unsigned level)
{
    const struct slot *slots = r->slots;
    slotno_t best = x;

    for (;;) {
        r->visits++;
        if (slot_base(slots, x) < slot_base(slots, best))
            best = x;
        x = slot_left(slots, x) != SLOT_NIL ? slot_left(slots, x)
                                            : slot_right(slots, x);
        if (x == SLOT_NIL || level == 0)
            return best;
        level--;
    }
}

/* Three candidates: a region around `from', met first on its path; regions
 * on the path that begin above it; and the lowest of the deepest subtree that
 * the path leaves on its right. */
slotno_t index_next(struct regions *r, slotno_t u, paddr_t from)
{
    const struct slot *slots = r->slots;
    paddr_t base = slot_base(slots, u);
    uint8_t bits = slot_bits(slots, u);
    unsigned level = index_level(r, u), turn_level = 0;
    slotno_t x = u, best = SLOT_NIL, turn = SLOT_NIL;

    while (level > 0) {
        level--;
        /* A right subtree of a block larger than u is outside u. */
        if (level < bits && bits_bit(from, level) == 0 &&
            slot_right(slots, x) != SLOT_NIL) {
            turn = slot_right(slots, x);
            turn_level = level;
        }
        x = index_child(slots, x, bits_bit(from, level));
        if (x == SLOT_NIL)
            break;
        r->visits++;
        if (!index_inside(slots, x, base, bits))
            continue;
        if (index_meets(slots, x, from, 0))
            return x;
        if (slot_base(slots, x) > from &&
            (best == SLOT_NIL || slot_base(slots, x) < slot_base(slots, best)))
            best = x;
    }
    if (turn != SLOT_NIL) {
        turn = lowest(r, turn, turn_level);
        if (best == SLOT_NIL || slot_base(slots, turn) < slot_base(slots, best))
            best = turn;
    }
    return best;
}
