/* SPDX-License-Identifier: BSD-2-Clause */
/* Every invariant of the list. */
#include "region_list.h"

/* What is wrong with member i by itself, or NULL. */
static const char *check_member(const struct regions *r, slotno_t i)
{
    const struct slot *slots = r->slots;
    slotno_t p = slot_previous(slots, i);

    if (p == SLOT_NIL ? r->root != i : slot_next(slots, p) != i)
        return "lists: previous and next disagree";
    if (slot_is_representative(slots, i) != (i == r->root))
        return "lists: a member other than the first has a node";
    if (!cap_type_is_memory(slot_type(slots, i)))
        return "lists: not a memory capability";
    if (slot_bits(slots, i) > r->window_bits ||
        bits_down(slot_base(slots, i), r->window_bits) != 0 ||
        !bits_aligned(slot_base(slots, i), slot_bits(slots, i)))
        return "L: a region is not aligned or not in the window";
    return NULL;
}

/* May b follow a in one group? */
static bool may_follow(const struct slot *slots, slotno_t a, slotno_t b)
{
    uint8_t type = slot_type(slots, a);

    if (type == CAP_UNTYPED)
        return true;
    return type == slot_type(slots, b) && type != CAP_EMBRYO &&
           type != CAP_ZOMBIE;
}

/* What is wrong between i and the later member x, or NULL. */
static const char *check_pair(const struct slot *slots, slotno_t i, slotno_t x)
{
    slotno_t p = slot_previous(slots, x);

    if (list_inside_strictly(slots, i, x))
        return "order: an outer region comes after an inner one";
    if (list_same_region(slots, i, x) && !may_follow(slots, i, x))
        return "order: members of a group do not belong together";
    if (list_same_region(slots, i, x))
        return list_same_region(slots, i, p) ? NULL : "order: a group is torn";
    if (!list_inside_strictly(slots, x, i))
        return NULL;
    if (slot_type(slots, i) != CAP_UNTYPED)
        return "L: a region inside something that is no untyped";
    return list_inside(slots, p, i) ? NULL
                                    : "order: an untyped's contents are torn";
}

/* Each against all that follow: O(n^2), for tests. */
const char *regions_check(const struct regions *r, slotno_t *at)
{
    const struct slot *slots = r->slots;
    const char *broken;

    for (slotno_t i = r->root; i != SLOT_NIL; i = slot_next(slots, i)) {
        *at = i;
        broken = check_member(r, i);
        for (slotno_t x = slot_next(slots, i); !broken && x != SLOT_NIL;
             x = slot_next(slots, x))
            broken = check_pair(slots, i, x);
        if (broken)
            return broken;
    }
    return NULL;
}
