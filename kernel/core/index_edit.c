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

/* The newcomer n takes the place of x, which is smaller and goes further down. */
static void displace(struct regions *r, slotno_t n, slotno_t x, slotno_t parent,
                     unsigned level)
{
    replace(r, n, x);
    slot_set_alone(r->slots, n, parent);
    push_down(r, x, n, level);
}

/* The newcomer n, no smaller than what is there, becomes the root. */
static void become_root(struct regions *r, slotno_t n)
{
    slotno_t x = r->root;

    if (x != SLOT_NIL) {
        displace(r, n, x, SLOT_NIL, r->window_bits);
        return;
    }
    become_leaf(r->slots, n, SLOT_NIL, 0);
    r->root = n;
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
        become_root(r, n);
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
    if (x != SLOT_NIL) {
        displace(r, n, x, parent, level);
        return;
    }
    index_set_link(r, parent, bits_bit(base, level), n);
    become_leaf(r->slots, n, parent, (uint8_t)(r->window_bits - level));
}

/* Goes down from node path[level] towards base, past everything of 2^bits
 * bytes or more, and links n where nothing is: the level of that place.  Where
 * something smaller is, it is left in *met, and nothing is linked. */
static inline unsigned link_in_run(struct regions *r, slotno_t path[],
                                   unsigned level, paddr_t base, uint8_t bits,
                                   slotno_t n, slotno_t *parent, slotno_t *met)
{
    struct slot *slots = r->slots;
    slotno_t above = path[level], x;

    for (;;) {
        KERNEL_ASSERT(level > bits);
        level--;
        if (bits_bit(base, level)) {
            x = slot_right(slots, above);
            if (x == SLOT_NIL) {
                slot_set_right(slots, above, n);
                break;
            }
        } else {
            x = slot_left(slots, above);
            if (x == SLOT_NIL) {
                slot_set_left(slots, above, n);
                break;
            }
        }
        if (slot_bits(slots, x) < bits)
            break;
        r->visits++;
        path[level] = x;
        above = x;
    }
    *parent = above;
    *met = x;
    return level;
}

/* path[l] is the node with a block of 2^l bytes on the way to the object
 * before.  Of that way, the part above the first bit in which the next object
 * differs is its way, too; where to go on is found by going back up: two
 * levels an object on average, since the addresses count in binary.  This is
 * the loop that a retype of 256 objects spends its time in. */
void index_insert_run(struct regions *r, slotno_t top, slotno_t first,
                      uint64_t count)
{
    struct slot *slots = r->slots;
    slotno_t path[WINDOW_BITS_MAX + 1];
    paddr_t base = slot_base(slots, first), before = base;
    uint8_t bits = slot_bits(slots, first), window_bits = r->window_bits;
    unsigned level = index_level(r, top);

    r->visits += count;
    path[level] = top;
    for (slotno_t n = first; n < first + count; n++) {
        slotno_t parent, met;

        for (paddr_t d = bits_down(base ^ before, level); d != 0; d /= 2)
            level++;
        level = link_in_run(r, path, level, base, bits, n, &parent, &met);
        if (met == SLOT_NIL)
            become_leaf(slots, n, parent, (uint8_t)(window_bits - level));
        else
            displace(r, n, met, parent, level);
        path[level] = n;
        before = base;
        base += bits_size(bits);
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
