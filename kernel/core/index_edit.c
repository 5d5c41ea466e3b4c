/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes of the region index: small steps, and loops of them. */
#include "arch.h"
#include "index.h"

void index_set_link(struct regions *r, slotno_t parent, unsigned side,
                    slotno_t n)
{
    if (parent == SLOT_NIL)
        r->root = n;
    else if (side)
        slot_set_right(r->slots, parent, n);
    else
        slot_set_left(r->slots, parent, n);
}

void index_adopt_children(struct regions *r, slotno_t n)
{
    struct slot *slots = r->slots;

    if (slot_left(slots, n) != SLOT_NIL)
        slot_set_parent(slots, slot_left(slots, n), n);
    if (slot_right(slots, n) != SLOT_NIL)
        slot_set_parent(slots, slot_right(slots, n), n);
}

/* Step: the newcomer n, linked by parent, is a leaf. */
static inline void become_leaf(struct slot *slots, slotno_t n, slotno_t parent,
                               uint8_t depth)
{
    slot_set_left(slots, n, SLOT_NIL);
    slot_set_right(slots, n, SLOT_NIL);
    slot_set_alone(slots, n, parent);
    slot_set_depth(slots, n, depth);
}

/* Step: where parent has no left (right) child, that is n now. */
static inline bool link_left(struct slot *slots, slotno_t parent, slotno_t n)
{
    if (slot_left(slots, parent) != SLOT_NIL)
        return false;
    slot_set_left(slots, parent, n);
    return true;
}

static inline bool link_right(struct slot *slots, slotno_t parent, slotno_t n)
{
    if (slot_right(slots, parent) != SLOT_NIL)
        return false;
    slot_set_right(slots, parent, n);
    return true;
}

/* Step: n takes the place of x, which leaves the tree. */
static void replace(struct regions *r, slotno_t n, slotno_t x)
{
    struct slot *slots = r->slots;

    slot_set_left(slots, n, slot_left(slots, x));
    slot_set_right(slots, n, slot_right(slots, x));
    slot_set_depth(slots, n, slot_depth(slots, x));
    index_set_link(r, slot_parent(slots, x), index_side(slots, x), n);
    index_adopt_children(r, n);
}

/* Node n has lost its place to `top', whose block has 2^level bytes: it goes
 * on down its own bits and takes the place of every smaller node it meets. */
static void push_down(struct regions *r, slotno_t n, slotno_t top,
                      unsigned level)
{
    struct slot *slots = r->slots;

    for (;;) {
        unsigned side;
        slotno_t x;

        KERNEL_ASSERT(level > slot_bits(slots, n));
        level--;
        r->visits++;
        side = bits_bit(slot_base(slots, n), level);
        x = index_child(slots, top, side);
        if (x == SLOT_NIL) {
            index_set_link(r, top, side, n);
            slot_set_left(slots, n, SLOT_NIL);
            slot_set_right(slots, n, SLOT_NIL);
            slot_set_parent(slots, n, top);
            slot_set_depth(slots, n, (uint8_t)(r->window_bits - level));
            return;
        }
        if (slot_bits(slots, x) < slot_bits(slots, n)) {
            replace(r, n, x);
            slot_set_parent(slots, n, top);
            top = n;
            n = x;
        } else {
            top = x;
        }
    }
}

/* The newcomer n takes the place of x, which is smaller and goes on down. */
static void displace(struct regions *r, slotno_t n, slotno_t x, slotno_t parent,
                     unsigned level)
{
    replace(r, n, x);
    slot_set_alone(r->slots, n, parent);
    push_down(r, x, n, level);
}

/* The newcomer n takes the place on this side of parent, where x, if anything,
 * is, and is smaller. */
static void take_place(struct regions *r, slotno_t n, slotno_t x,
                       slotno_t parent, unsigned side, unsigned level)
{
    if (x != SLOT_NIL) {
        displace(r, n, x, parent, level);
        return;
    }
    index_set_link(r, parent, side, n);
    become_leaf(r->slots, n, parent, (uint8_t)(r->window_bits - level));
}

void index_insert(struct regions *r, slotno_t top, slotno_t n)
{
    const struct slot *slots = r->slots;
    paddr_t base = slot_base(slots, n);
    uint8_t bits = slot_bits(slots, n);
    slotno_t parent = top != SLOT_NIL ? top : r->root, x;
    unsigned level;

    if (top == SLOT_NIL &&
        (parent == SLOT_NIL || slot_bits(slots, parent) < bits)) {
        take_place(r, n, parent, SLOT_NIL, 0, r->window_bits);
        return;
    }
    level = index_level(r, parent);
    for (;;) {
        KERNEL_ASSERT(level > bits);
        level--;
        r->visits++;
        x = index_child(slots, parent, bits_bit(base, level));
        if (x == SLOT_NIL || slot_bits(slots, x) < bits)
            break;
        parent = x;
    }
    take_place(r, n, x, parent, bits_bit(base, level), level);
}

/* Puts object n of a run below node path[level], whatever is there: the level
 * of its place.  path grows by what is passed on the way. */
static unsigned place_in_run(struct regions *r, slotno_t path[], unsigned level,
                             paddr_t base, slotno_t n)
{
    uint8_t bits = slot_bits(r->slots, n);
    slotno_t parent = path[level], x;

    for (;;) {
        KERNEL_ASSERT(level > bits);
        level--;
        x = index_child(r->slots, parent, bits_bit(base, level));
        if (x == SLOT_NIL || slot_bits(r->slots, x) < bits)
            break;
        r->visits++;
        path[level] = x;
        parent = x;
    }
    take_place(r, n, x, parent, bits_bit(base, level), level);
    return level;
}

/* path[l] is the node with a block of 2^l bytes on the way to the object
 * before.  Of that way, the part above the first bit in which the next object
 * differs is its way, too; where to go on is found by going back up: two
 * levels an object on average, since the addresses count in binary, and so
 * that the level is never 0.  Nearly always the very next link is free.  A
 * retype of 256 objects spends its time here. */
void index_insert_run(struct regions *r, slotno_t top, slotno_t first,
                      uint64_t count)
{
    struct slot *slots = r->slots;
    slotno_t path[WINDOW_BITS_MAX + 1];
    paddr_t base = slot_base(slots, first), differing = 0;
    uint64_t object_bytes = bits_size(slot_bits(slots, first));
    unsigned window_bits = r->window_bits, level = index_level(r, top);

    r->visits += count;
    path[level] = top;
    for (slotno_t n = first; n < first + count; n++) {
        slotno_t parent;
        bool linked;

        for (differing = bits_down(differing, level); differing != 0;
             differing /= 2)
            level++;
        parent = path[level];
        if (bits_bit(base, level - 1))
            linked = link_right(slots, parent, n);
        else
            linked = link_left(slots, parent, n);
        if (linked) {
            level--;
            become_leaf(slots, n, parent, (uint8_t)(window_bits - level));
        } else {
            level = place_in_run(r, path, level, base, n);
        }
        path[level] = n;
        differing = base ^ (base + object_bytes);
        base += object_bytes;
    }
}

/* The place of n is taken by the larger of the two subtrees below it, whose
 * root leaves a place one level down, and so on: `hole' is the side of
 * `parent' to be filled from a (left) and b (right). */
void index_remove(struct regions *r, slotno_t n)
{
    struct slot *slots = r->slots;
    slotno_t a = slot_left(slots, n), b = slot_right(slots, n);
    slotno_t parent = slot_parent(slots, n);
    unsigned depth = slot_depth(slots, n);
    unsigned hole = index_side(slots, n);

    while (a != SLOT_NIL || b != SLOT_NIL) {
        bool right =
            a == SLOT_NIL ||
            (b != SLOT_NIL && slot_bits(slots, b) > slot_bits(slots, a));
        slotno_t c = right ? b : a, other = right ? a : b;

        KERNEL_ASSERT(depth < r->window_bits);
        r->visits++;
        index_set_link(r, parent, hole, c);
        slot_set_parent(slots, c, parent);
        slot_set_depth(slots, c, (uint8_t)depth);
        if (other != SLOT_NIL)
            slot_set_parent(slots, other, c);
        a = slot_left(slots, c);
        b = slot_right(slots, c);
        index_set_link(r, c, !right, other);
        parent = c;
        hole = right;
        depth++;
    }
    index_set_link(r, parent, hole, SLOT_NIL);
}
