/* SPDX-License-Identifier: BSD-2-Clause */
/* Region lists, and what they and the index do together. */
#include "arch.h"
#include "index.h"

void regions_init(struct regions *r, struct slot *slots, uint8_t window_bits)
{
    *r = (struct regions){
        .slots = slots,
        .root = SLOT_NIL,
        .window_bits = window_bits,
    };
}

/* The node of slot i's region.  A listed slot's is most often just before
 * it; further on in a list, it is looked for from the root. */
static slotno_t node_of(struct regions *r, slotno_t i)
{
    const struct slot *slots = r->slots;
    struct region_place place;
    slotno_t previous;

    if (slot_is_representative(slots, i))
        return i;
    previous = slot_previous(slots, i);
    if (slot_is_representative(slots, previous))
        return previous;
    return index_locate(r, slot_base(slots, i), slot_bits(slots, i), &place);
}

slotno_t regions_find(struct regions *r, slotno_t u, paddr_t base, uint8_t bits)
{
    return index_find(r, node_of(r, u), base, bits);
}

slotno_t regions_find_run(struct regions *r, slotno_t u, paddr_t base,
                          uint8_t bits, uint64_t count)
{
    slotno_t node = node_of(r, u);

    if (count == 1)
        return index_find(r, node, base, bits);
    return index_find_run(r, node, base, bits, count);
}

slotno_t regions_enclosing(struct regions *r, paddr_t base, uint8_t bits)
{
    return index_enclosing(r, base, bits);
}

bool regions_is_innermost(struct regions *r, slotno_t u, slotno_t i)
{
    const struct slot *slots = r->slots;
    slotno_t parent;

    if (!slot_is_representative(slots, i))
        return slot_previous(slots, i) == u;
    if (slot_next(slots, u) != SLOT_NIL)
        return false;
    parent = index_parent(r, i);
    return parent != SLOT_NIL &&
           slot_bits(slots, parent) == slot_bits(slots, u) &&
           slot_base(slots, parent) == slot_base(slots, u);
}

void regions_insert(struct regions *r, slotno_t i)
{
    slot_set_next(r->slots, i, SLOT_NIL);
    if (cap_type_is_memory(slot_type(r->slots, i))) {
        index_insert(r, SLOT_NIL, i);
        return;
    }
    slot_set_previous(r->slots, i, SLOT_NIL);
    slot_set_right(r->slots, i, SLOT_NIL);
    slot_set_depth(r->slots, i, SLOT_LISTED);
}

void regions_insert_after(struct regions *r, slotno_t source, slotno_t i)
{
    struct slot *slots = r->slots;
    slotno_t next = slot_next(slots, source);

    slot_set_previous(slots, i, source);
    slot_set_right(slots, i, SLOT_NIL);
    slot_set_next(slots, i, next);
    slot_set_depth(slots, i, SLOT_LISTED);
    slot_set_next(slots, source, i);
    if (next != SLOT_NIL)
        slot_set_previous(slots, next, i);
}

void regions_insert_run(struct regions *r, slotno_t u, slotno_t first,
                        uint64_t count)
{
    struct slot *slots = r->slots;

    if (slot_bits(slots, first) == slot_bits(slots, u)) {
        regions_insert_after(r, u, first);
        return;
    }
    for (slotno_t i = first; i < first + count; i++)
        slot_set_next(slots, i, SLOT_NIL);
    if (count == 1)
        index_insert(r, node_of(r, u), first);
    else
        index_insert_run(r, node_of(r, u), first, count);
}

/* Takes a listed slot out of its list. */
static void unlist(struct regions *r, slotno_t i)
{
    struct slot *slots = r->slots;
    slotno_t previous = slot_previous(slots, i), next = slot_next(slots, i);

    if (previous != SLOT_NIL)
        slot_set_next(slots, previous, next);
    if (next != SLOT_NIL)
        slot_set_previous(slots, next, previous);
}

void regions_remove(struct regions *r, slotno_t i,
                    const struct region_place *place)
{
    struct slot *slots = r->slots;
    struct region_place found;
    slotno_t next;

    if (!slot_is_representative(slots, i)) {
        unlist(r, i);
        return;
    }
    if (!place) {
        found = index_place(r, i);
        place = &found;
    }
    next = slot_next(slots, i);
    if (next == SLOT_NIL)
        index_remove(r, i, place);
    else /* the second of the list takes over the node */
        index_replace(r, next, i, place);
}

/* Where slot i's node hangs, if it has one. */
static struct region_place place_if_any(struct regions *r, slotno_t i)
{
    if (slot_is_representative(r->slots, i))
        return index_place(r, i);
    return (struct region_place){SLOT_NIL, 0, 0};
}

/* Every link to slot `from', except those in slot `other', now names `to'. */
static void redirect(struct regions *r, slotno_t from, slotno_t to,
                     slotno_t other, const struct region_place *place)
{
    struct slot *slots = r->slots;
    slotno_t next = slot_next(slots, from);

    if (slot_is_representative(slots, from)) {
        if (place->parent != other)
            index_set_link(r, place, to);
    } else {
        slotno_t previous = slot_previous(slots, from);

        if (previous != SLOT_NIL && previous != other)
            slot_set_next(slots, previous, to);
    }
    if (next != SLOT_NIL && next != other)
        slot_set_previous(slots, next, to);
}

void regions_move(struct regions *r, slotno_t from, slotno_t to)
{
    struct region_place place = place_if_any(r, from);

    redirect(r, from, to, from, &place);
    slot_copy(r->slots, to, from);
    slot_clear(r->slots, from);
}

/* Where the two named each other, the link now names the slot that the other
 * has left. */
static slotno_t exchange(slotno_t link, slotno_t a, slotno_t b)
{
    if (link == a)
        return b;
    return link == b ? a : link;
}

static void exchange_links(struct slot *slots, slotno_t i, slotno_t a,
                           slotno_t b)
{
    slot_set_left(slots, i, exchange(slot_left(slots, i), a, b));
    slot_set_right(slots, i, exchange(slot_right(slots, i), a, b));
    slot_set_next(slots, i, exchange(slot_next(slots, i), a, b));
}

void regions_swap(struct regions *r, slotno_t a, slotno_t b)
{
    struct region_place place_a = place_if_any(r, a);
    struct region_place place_b = place_if_any(r, b);

    redirect(r, a, b, b, &place_a);
    redirect(r, b, a, a, &place_b);
    slot_swap(r->slots, a, b);
    exchange_links(r->slots, a, a, b);
    exchange_links(r->slots, b, a, b);
}

slotno_t regions_child(struct regions *r, slotno_t i,
                       struct region_place *place)
{
    const struct slot *slots = r->slots;
    slotno_t next = slot_next(slots, i);
    struct region_place ignored;

    if (next != SLOT_NIL && cap_is_parent(slots, i, next))
        return next;
    if (slot_type(slots, i) != CAP_UNTYPED)
        return SLOT_NIL;
    return index_first_inside(r, node_of(r, i), slot_base(slots, i),
                              slot_bits(slots, i), place ? place : &ignored);
}

slotno_t regions_first_inside(struct regions *r, slotno_t u, paddr_t base,
                              uint8_t bits, struct region_place *place)
{
    struct region_place ignored;

    return index_first_inside(r, node_of(r, u), base, bits,
                              place ? place : &ignored);
}

slotno_t regions_follower(const struct regions *r, slotno_t i)
{
    return slot_next(r->slots, i);
}

bool regions_is_final(const struct regions *r, slotno_t i)
{
    const struct slot *slots = r->slots;
    slotno_t next = slot_next(slots, i), previous;

    if (next != SLOT_NIL && cap_same_object(slots, i, next))
        return false;
    if (slot_is_representative(slots, i))
        return true;
    previous = slot_previous(slots, i);
    return previous == SLOT_NIL || !cap_same_object(slots, previous, i);
}

slotno_t regions_next(struct regions *r, slotno_t u, paddr_t from)
{
    return index_next(r, node_of(r, u), from);
}

enum region_kind regions_kind(const struct regions *r, slotno_t i)
{
    if (i == SLOT_NIL)
        return REGION_NONE;
    switch (slot_type(r->slots, i)) {
    case CAP_UNTYPED:
        return REGION_UNTYPED;
    case CAP_EMBRYO:
    case CAP_ZOMBIE:
        return REGION_IN_TRANSITION;
    default:
        return REGION_OBJECT;
    }
}
