/* SPDX-License-Identifier: BSD-2-Clause */
/* The hands of the self-test. */
#include "exhaustive.h"

/* Is it time? */
static bool due(struct exhaustive *x)
{
    return x->spoil_in != 0 && --x->spoil_in == 0;
}

slotno_t exhaustive_spoil(struct exhaustive *x, enum operation op, slotno_t got)
{
    if (op != x->spoiled_operation || x->damage != DAMAGE_NONE || !due(x))
        return got;
    return got == SLOT_NIL ? exhaustive_slot(0) : got == 0 ? 1 : SLOT_NIL;
}

/* A node other than the root, whose parent is *parent. */
static slotno_t find_child(const struct exhaustive *x, slotno_t *parent)
{
    slotno_t i;

    *parent = x->regions.root;
    if (*parent == SLOT_NIL)
        return SLOT_NIL;
    i = slot_left(x->slots, *parent);
    return i != SLOT_NIL ? i : slot_right(x->slots, *parent);
}

static void damage(struct exhaustive *x, slotno_t parent, slotno_t child)
{
    struct slot *slots = x->slots;
    slotno_t left = slot_left(slots, parent);

    switch (x->damage) {
    case DAMAGE_PARENT:
        slot_set_parent(slots, child, child);
        break;
    case DAMAGE_DEPTH:
        slot_set_depth(slots, child, SLOT_LISTED);
        break;
    case DAMAGE_ALONE:
        slot_set_next(slots, child, parent);
        break;
    case DAMAGE_SIDES:
        slot_set_left(slots, parent, slot_right(slots, parent));
        slot_set_right(slots, parent, left);
        break;
    case DAMAGE_LOST:
        slot_set_left(slots, parent, SLOT_NIL);
        slot_set_right(slots, parent, SLOT_NIL);
        break;
    case DAMAGE_CIRCLE:
        slot_set_left(slots, child, parent);
        break;
    case DAMAGE_HEAP:
        slot_set_region(slots, parent, slot_base(slots, child),
                        EXHAUSTIVE_UNIT);
        break;
    default:
        slot_set_region(slots, parent, slot_base(slots, child),
                        slot_bits(slots, child));
        break;
    }
}

void exhaustive_damage(struct exhaustive *x)
{
    slotno_t parent, child;

    if (x->spoil_in == 0 || x->damage == DAMAGE_NONE)
        return;
    child = find_child(x, &parent);
    if (child != SLOT_NIL &&
        (x->damage != DAMAGE_HEAP || slot_bits(x->slots, child) > 4) && due(x))
        damage(x, parent, child);
}
