/* SPDX-License-Identifier: BSD-2-Clause */
/* Next: the lowest outermost region of an untyped above an address. */
#include "index.h"

/* The region of lowest base in the subtree of x, which lies below no region
 * of it: a node's left block is below its right one, so it is on the leftmost
 * path.  Where two have the same base the larger, met first, is around the
 * other. */
static slotno_t lowest(struct regions *r, slotno_t x, uint64_t level)
{
    const struct slot *slots = r->slots;
    slotno_t best = x;

    /*@ loop invariant level <= \at(level, Pre) && is_slot(x) && is_slot(best);
      @ loop invariant \at(r->visits, Pre) <= r->visits <=
      @   \at(r->visits, Pre) + \at(level, Pre) - level;
      @ loop assigns x, best, level, r->visits;
      @ loop variant level; */
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

/* Of two regions, either of which may be none, that of lower base. */
static slotno_t lower(const struct slot *slots, slotno_t a, slotno_t b)
{
    if (a == SLOT_NIL)
        return b;
    if (b == SLOT_NIL || slot_base(slots, a) <= slot_base(slots, b))
        return a;
    return b;
}

/* Three candidates: a region around `from', met first on its path; regions
 * on the path that begin above it; and the lowest of the deepest subtree that
 * the path leaves on its right.  In a block larger than u, a region on the
 * path may be outside u, and a right subtree is. */
slotno_t index_next(struct regions *r, slotno_t u, paddr_t from)
{
    const struct slot *slots = r->slots;
    uint8_t bits = slot_bits(slots, u);
    uint64_t start = index_level(r, u), level = start, turn_level = 0;
    slotno_t x = u, best = SLOT_NIL, turn = SLOT_NIL;

    /*@ loop invariant level <= start && is_slot(x);
      @ loop invariant linked(best) && linked(turn) && turn_level < window;
      @ loop assigns x, best, turn, turn_level, level;
      @ loop variant level; */
    while (level > 0) {
        uint64_t below = level - 1;
        paddr_t base;

        if (bits_bit(from, below) != 0) {
            x = slot_right(slots, x);
        } else {
            if (below < bits && slot_right(slots, x) != SLOT_NIL) {
                turn = slot_right(slots, x);
                turn_level = below;
            }
            x = slot_left(slots, x);
        }
        if (x == SLOT_NIL)
            break;
        level = below;
        base = slot_base(slots, x);
        if (bits_down(base ^ from, slot_bits(slots, x)) == 0 &&
            slot_bits(slots, x) <= bits) {
            best = x;
            turn = SLOT_NIL;
            break;
        }
        if (base > from &&
            (level < bits || index_inside(slots, x, slot_base(slots, u), bits)))
            best = lower(slots, best, x);
    }
    r->visits += start - level;
    if (turn == SLOT_NIL)
        return best;
    return lower(slots, best, lowest(r, turn, turn_level));
}
