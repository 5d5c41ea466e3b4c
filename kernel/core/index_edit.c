/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes of the region index: small steps, and loops of them. */
#include "arch.h"
#include "index.h"

void index_set_link(struct regions *r, const struct region_place *place,
                    slotno_t v)
{
    if (place->parent == SLOT_NIL)
        r->root = v;
    else if (place->side)
        slot_set_right(r->slots, place->parent, v);
    else
        slot_set_left(r->slots, place->parent, v);
}

/* Step: n hangs as a leaf at an empty place. */
static void hang(struct regions *r, slotno_t n,
                 const struct region_place *place)
{
    index_set_link(r, place, n);
    slot_set_left(r->slots, n, SLOT_NIL);
    slot_set_right(r->slots, n, SLOT_NIL);
    slot_set_depth(r->slots, n, place->depth);
}

/* Step: n takes over node x. */
void index_replace(struct regions *r, slotno_t n, slotno_t x,
                   const struct region_place *place)
{
    index_set_link(r, place, n);
    slot_set_left(r->slots, n, slot_left(r->slots, x));
    slot_set_right(r->slots, n, slot_right(r->slots, x));
    slot_set_depth(r->slots, n, slot_depth(r->slots, x));
}

/* Step: the place one level below node x on the way to address a. */
static slotno_t descend(const struct regions *r, slotno_t x, paddr_t a,
                        struct region_place *place)
{
    unsigned side = index_side(r, a, place->depth);

    *place =
        (struct region_place){x, (uint8_t)side, (uint8_t)(place->depth + 1)};
    return index_child(r->slots, x, side);
}

/* Node n was at *place, where its successor `top' is now: n goes on down its
 * own bits and changes places with every smaller node it meets. */
static void push_down(struct regions *r, slotno_t n, slotno_t top,
                      struct region_place place)
{
    slotno_t x = descend(r, top, slot_base(r->slots, n), &place);

    while (x != SLOT_NIL) {
        KERNEL_ASSERT(place.depth < r->window_bits);
        r->visits++;
        if (slot_bits(r->slots, x) < slot_bits(r->slots, n)) {
            index_replace(r, n, x, &place);
            top = n;
            n = x;
        } else {
            top = x;
        }
        x = descend(r, top, slot_base(r->slots, n), &place);
    }
    hang(r, n, &place);
}

/* Puts n at *place, where x (perhaps nothing) is. */
static void settle(struct regions *r, slotno_t n, slotno_t x,
                   const struct region_place *place)
{
    if (x == SLOT_NIL) {
        hang(r, n, place);
        return;
    }
    index_replace(r, n, x, place);
    push_down(r, x, n, *place);
}

void index_insert(struct regions *r, slotno_t top, slotno_t n)
{
    struct region_place place = {SLOT_NIL, 0, 0};
    paddr_t base = slot_base(r->slots, n);
    uint8_t bits = slot_bits(r->slots, n);
    slotno_t x = r->root;

    if (top != SLOT_NIL) {
        place.depth = slot_depth(r->slots, top);
        x = descend(r, top, base, &place);
    }
    while (x != SLOT_NIL && slot_bits(r->slots, x) >= bits) {
        KERNEL_ASSERT(place.depth < r->window_bits);
        r->visits++;
        x = descend(r, x, base, &place);
    }
    settle(r, n, x, &place);
}

/* path[d] is the node at depth d on the way to the object before; of it, the
 * part above the first bit in which the next object differs is the next
 * object's way, too.  Where to go on is found by going back up: about two
 * levels an object, since the addresses count in binary. */
void index_insert_run(struct regions *r, slotno_t top, slotno_t first,
                      uint64_t count)
{
    slotno_t path[WINDOW_BITS_MAX + 1];
    struct region_place place = {top, 0, slot_depth(r->slots, top)};
    paddr_t base = slot_base(r->slots, first);
    uint8_t bits = slot_bits(r->slots, first);
    unsigned depth = place.depth;

    path[depth] = top;
    for (slotno_t n = first; n < first + count; n++, base += bits_size(bits)) {
        slotno_t x;

        place.depth = (uint8_t)depth;
        x = descend(r, path[depth], base, &place);
        while (x != SLOT_NIL && slot_bits(r->slots, x) >= bits) {
            KERNEL_ASSERT(place.depth < r->window_bits);
            r->visits++;
            path[place.depth] = x;
            x = descend(r, x, base, &place);
        }
        settle(r, n, x, &place);
        r->visits++;
        path[place.depth] = n;
        depth = place.depth;
        while (depth > slot_depth(r->slots, top) &&
               bits_down(base ^ (base + bits_size(bits)),
                         r->window_bits - depth) != 0)
            depth--;
    }
}

/* The hole at *place is filled by the larger of the two subtrees a (left) and
 * b (right) of the node that left; then the hole is one level down. */
void index_remove(struct regions *r, slotno_t n,
                  const struct region_place *where)
{
    struct slot *slots = r->slots;
    struct region_place place = *where;
    slotno_t a = slot_left(slots, n), b = slot_right(slots, n);

    while (a != SLOT_NIL || b != SLOT_NIL) {
        bool right =
            a == SLOT_NIL ||
            (b != SLOT_NIL && slot_bits(slots, b) > slot_bits(slots, a));
        slotno_t c = right ? b : a;

        KERNEL_ASSERT(place.depth < r->window_bits);
        r->visits++;
        index_set_link(r, &place, c);
        slot_set_depth(slots, c, place.depth);
        place = (struct region_place){c, right, (uint8_t)(place.depth + 1)};
        if (right) {
            b = slot_right(slots, c);
            slotno_t left = slot_left(slots, c);
            slot_set_left(slots, c, a);
            a = left;
        } else {
            a = slot_left(slots, c);
            slotno_t other = slot_right(slots, c);
            slot_set_right(slots, c, b);
            b = other;
        }
    }
    index_set_link(r, &place, SLOT_NIL);
}
