/* SPDX-License-Identifier: BSD-2-Clause */
/* The walk over all regions, and every invariant of index and lists. */
#include "index.h"

/* Pre-order without a stack: down to the left, else to the right; else up to
 * the first node that has been left on its left side and has a right one. */
slotno_t regions_walk(const struct regions *r, slotno_t i)
{
    const struct slot *slots = r->slots;

    if (i == SLOT_NIL)
        return r->root;
    if (slot_left(slots, i) != SLOT_NIL)
        return slot_left(slots, i);
    if (slot_right(slots, i) != SLOT_NIL)
        return slot_right(slots, i);
    for (unsigned d = slot_depth(slots, i); d != 0; d--) {
        slotno_t parent = slot_parent(slots, i);

        if (index_side(slots, i) == 0 && slot_right(slots, parent) != SLOT_NIL)
            return slot_right(slots, parent);
        i = parent;
    }
    return SLOT_NIL;
}

/* May b follow a in the list of one region?  Untypeds come first; then one
 * object's capabilities, or one embryo or zombie alone. */
static bool may_follow(const struct slot *slots, slotno_t a, slotno_t b)
{
    uint8_t type_a = slot_type(slots, a), type_b = slot_type(slots, b);

    if (slot_base(slots, a) != slot_base(slots, b) ||
        slot_bits(slots, a) != slot_bits(slots, b))
        return false;
    if (type_a == CAP_UNTYPED)
        return cap_type_is_memory(type_b);
    return type_a == type_b && type_a != CAP_EMBRYO && type_a != CAP_ZOMBIE;
}

static const char *check_list(const struct regions *r, slotno_t head,
                              slotno_t *at)
{
    const struct slot *slots = r->slots;
    slotno_t previous = head;

    for (slotno_t i = slot_next(slots, head); i != SLOT_NIL;
         i = slot_next(slots, i)) {
        *at = i;
        if (slot_is_empty(slots, i))
            return "list: a member's slot is empty";
        if (slot_is_representative(slots, i))
            return "list: a member is a representative";
        if (slot_previous(slots, i) != previous)
            return "list: previous and next disagree";
        if (!may_follow(slots, previous, i))
            return "list: neighbours do not belong together";
        previous = i;
    }
    return NULL;
}

/* Only an untyped may have regions inside, so the last of the list decides:
 * what follows an untyped closes it (R1). */
static bool may_enclose(const struct slot *slots, slotno_t head)
{
    slotno_t last = head;

    while (slot_next(slots, last) != SLOT_NIL)
        last = slot_next(slots, last);
    return slot_type(slots, last) == CAP_UNTYPED;
}

/* A child that does not point back may be anything, the root included. */
static bool has_own_children(const struct regions *r, slotno_t i)
{
    const struct slot *slots = r->slots;

    for (unsigned side = 0; side < 2; side++) {
        slotno_t x = index_child(slots, i, side);

        if (x != SLOT_NIL &&
            (!slot_is_representative(slots, x) || slot_parent(slots, x) != i))
            return false;
    }
    return true;
}

/* Node i is asked for by its own region: the walk must pass only regions that
 * are disjoint from it or around it, and end at i itself.  By the lemma that
 * is all that could overlap from above; what is below i is checked when its
 * own turn comes. */
static const char *check_node(const struct regions *r, slotno_t i)
{
    const struct slot *slots = r->slots;
    paddr_t base = slot_base(slots, i);
    uint8_t bits = slot_bits(slots, i);
    slotno_t x = r->root, parent = SLOT_NIL;
    unsigned d = 0;

    if (slot_is_empty(slots, i) || !slot_is_representative(slots, i) ||
        !cap_type_is_memory(slot_type(slots, i)))
        return "tree: a node is no representative of memory";
    if (bits > r->window_bits || !bits_aligned(base, bits) ||
        bits_down(base, r->window_bits) != 0)
        return "tree: a region is not aligned, or outside the window";
    while (x != i) {
        unsigned level = r->window_bits - d;

        if (x == SLOT_NIL || level <= bits)
            return "tree: a node is not on the path of its own address";
        if (slot_bits(slots, x) == bits && slot_base(slots, x) == base)
            return "tree: two nodes have the same region";
        if (index_meets(slots, x, base, bits) && !may_enclose(slots, x))
            return "laminarity: a region lies inside what is no open untyped";
        parent = x;
        x = index_child(slots, x, bits_bit(base, level - 1));
        d++;
    }
    if (slot_parent(slots, i) != parent)
        return "tree: a node's parent link is wrong";
    if (slot_depth(slots, i) != d)
        return "tree: a node's depth is wrong";
    if (!has_own_children(r, i))
        return "tree: a child's parent link is wrong";
    if (parent != SLOT_NIL && slot_bits(slots, parent) < bits)
        return "heap: a node is larger than its parent";
    return NULL;
}

const char *regions_check(const struct regions *r, slotno_t *at)
{
    const char *broken = NULL;

    for (slotno_t i = regions_walk(r, SLOT_NIL); i != SLOT_NIL && !broken;
         i = regions_walk(r, i)) {
        *at = i;
        broken = check_node(r, i);
        if (!broken)
            broken = check_list(r, i, at);
    }
    return broken;
}
