/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of many regions to remove first, if all are to go. */
#include "index.h"

/* A node directly below x of a region that x's does not enclose, or SLOT_NIL.
 * Around an object there is nothing but objects; what an untyped does not
 * reach is the other half of its block.  Above the level of the part asked
 * for, only one half is of interest. */
static slotno_t beside(const struct slot *slots, slotno_t x, uint64_t level,
                       paddr_t base, uint8_t bits)
{
    slotno_t y;

    if (slot_type(slots, x) == CAP_UNTYPED) {
        if (level > bits || slot_bits(slots, x) == level)
            return SLOT_NIL;
        return index_child(slots, x, !bits_bit(slot_base(slots, x), level - 1));
    }
    if (level > bits) {
        y = index_child(slots, x, bits_bit(base, level - 1));
        if (y == SLOT_NIL || !index_inside(slots, y, base, bits))
            return SLOT_NIL;
        return y;
    }
    y = slot_left(slots, x);
    return y != SLOT_NIL ? y : slot_right(slots, x);
}

slotno_t regions_cheapest(struct regions *r, slotno_t i, paddr_t base,
                          uint8_t bits)
{
    const struct slot *slots = r->slots;
    uint64_t level;
    slotno_t y;

    if (!slot_is_representative(slots, i))
        return i;
    level = index_level(r, i);
    while (level > 0) {
        y = beside(slots, i, level, base, bits);
        if (y == SLOT_NIL)
            break;
        r->visits++;
        i = y;
        level--;
    }
    y = slot_next(slots, i);
    return y != SLOT_NIL && slot_type(slots, i) != CAP_UNTYPED ? y : i;
}

slotno_t regions_above(const struct regions *r, slotno_t i)
{
    if (slot_is_representative(r->slots, i))
        return slot_parent(r->slots, i);
    return slot_previous(r->slots, i);
}
