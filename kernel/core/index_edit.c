/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes of the region index: small steps, and loops of them. */
#include "arch.h"
#include "index.h"

void index_set_link(struct regions *r, slotno_t parent, unsigned side,
                    slotno_t n)
{
    if (parent == SLOT_NIL)
        r->root = n;
    else
        index_set_child(r->slots, parent, side, n);
}

void index_adopt_children(struct slot *slots, slotno_t n)
{
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

/* Step: n takes over depth and children of x, which leaves the tree. */
static inline void take_over(struct slot *slots, slotno_t n, slotno_t x)
{
    slot_set_left(slots, n, slot_left(slots, x));
    slot_set_right(slots, n, slot_right(slots, x));
    slot_set_depth(slots, n, slot_depth(slots, x));
    index_adopt_children(slots, n);
}

/* Node n has lost its place to `top', whose block has 2^level bytes: it goes
 * on down its own bits and takes the place of every smaller node it meets. */
static inline void push_down(struct regions *r, slotno_t n, slotno_t top,
                             uint64_t level)
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
        if (x != SLOT_NIL && slot_bits(slots, x) >= slot_bits(slots, n)) {
            top = x;
            continue;
        }
        index_set_child(slots, top, side, n);
        slot_set_parent(slots, n, top);
        if (x == SLOT_NIL)
            break;
        take_over(slots, n, x);
        top = n;
        n = x;
    }
    slot_set_left(slots, n, SLOT_NIL);
    slot_set_right(slots, n, SLOT_NIL);
    slot_set_depth(slots, n, (uint8_t)(r->window_bits - level));
}

/* The newcomer n takes the place on one side of parent, which links it by now:
 * that of x, if anything was there, which is smaller and goes on down.  A leaf
 * goes one step. */
static inline void take_place(struct regions *r, slotno_t n, slotno_t x,
                              slotno_t parent, uint64_t level)
{
    struct slot *slots = r->slots;
    uint8_t depth = (uint8_t)(r->window_bits - level);

    if (x == SLOT_NIL) {
        become_leaf(slots, n, parent, depth);
    } else if (slot_left(slots, x) == SLOT_NIL &&
               slot_right(slots, x) == SLOT_NIL) {
        become_leaf(slots, n, parent, depth);
        index_set_child(slots, n, bits_bit(slot_base(slots, x), level - 1), x);
        slot_set_parent(slots, x, n);
        slot_set_depth(slots, x, (uint8_t)(depth + 1u));
    } else {
        take_over(slots, n, x);
        slot_set_alone(slots, n, parent);
        push_down(r, x, n, level);
    }
}

/* Puts the newcomer n, of this base and size, somewhere below node `parent',
 * whose block has 2^level bytes: the level of its place. */
static uint64_t insert_below(struct regions *r, slotno_t parent, uint64_t level,
                             paddr_t base, uint8_t bits, slotno_t n)
{
    struct slot *slots = r->slots;
    uint64_t start = level;
    unsigned side;
    slotno_t x;

    for (;;) {
        KERNEL_ASSERT(level > bits);
        level--;
        side = bits_bit(base, level);
        x = index_child(slots, parent, side);
        if (x == SLOT_NIL || slot_bits(slots, x) < bits)
            break;
        parent = x;
    }
    r->visits += start - level;
    index_set_child(slots, parent, side, n);
    take_place(r, n, x, parent, level);
    return level;
}

void index_insert(struct regions *r, slotno_t top, slotno_t n)
{
    const struct slot *slots = r->slots;
    slotno_t parent = top != SLOT_NIL ? top : r->root;
    uint8_t bits = slot_bits(slots, n);

    if (top == SLOT_NIL &&
        (parent == SLOT_NIL || slot_bits(slots, parent) < bits)) {
        r->root = n;
        take_place(r, n, parent, SLOT_NIL, r->window_bits);
        return;
    }
    insert_below(r, parent, index_level(r, parent), slot_base(slots, n), bits,
                 n);
}

/* Above the first bit in which an object differs from the one before, the way
 * down is the same for both.  So the search goes back up from the one before,
 * to the node where the two ways part: one level an object on average, since
 * the addresses count in binary.  Nearly always the link there is free, and
 * the object's place.  A retype of 256 objects spends its time here. */
APART void index_insert_run(struct regions *r, slotno_t top, slotno_t first,
                            uint64_t count)
{
    struct slot *slots = r->slots;
    paddr_t base = slot_base(slots, first), next, differing;
    uint8_t bits = slot_bits(slots, first);
    uint64_t object_bytes = bits_size(bits);
    uint64_t window_bits = r->window_bits, level = index_level(r, top);
    slotno_t parent = top, last = first + count - 1;
    bool linked;

    r->visits += count;
    for (slotno_t n = first;; n++) {
        level--;
        if (bits_bit(base, level))
            linked = link_right(slots, parent, n);
        else
            linked = link_left(slots, parent, n);
        if (linked)
            become_leaf(slots, n, parent, (uint8_t)(window_bits - level));
        else
            level = insert_below(r, parent, level + 1, base, bits, n);
        if (n == last)
            return;
        parent = n;
        next = base + object_bytes;
        differing = bits_down(base ^ next, level);
        for (base = next; differing != 0; differing /= 2) {
            parent = slot_parent(slots, parent);
            level++;
        }
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
