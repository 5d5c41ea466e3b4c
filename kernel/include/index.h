/* SPDX-License-Identifier: BSD-2-Clause */
/* The region index proper: a radix priority search tree of slots.
 *
 *   depth 0            [ largest region of the window ]
 *                       /  next address bit 0   \  1
 *   depth 1      [ largest left of it ]    [ ... ]      each node: a region of
 *                  /              \                     its block of 2^(W-d)
 *   depth 2      ...              ...                   bytes, no smaller than
 *                                                       what is below it
 *
 * Only the representatives of the region lists (regions.h) are nodes.  The
 * steps here know nothing of lists or capabilities: base, bits, left, right,
 * parent and depth of a slot are all they read or write.  Loops speak of a
 * node's level, W - depth: its block has 2^level bytes.  Each goes down or up
 * one level an iteration and is bounded by W, whatever the links say.
 */
#ifndef FALLOW_INDEX_H
#define FALLOW_INDEX_H
#include "regions.h"

/* Does region i meet the aligned block [a, a + 2^b)?  Aligned blocks nest or
 * are disjoint, so the larger of the two decides; of one size, as nearly all
 * are on a long way down, they are the same or disjoint. */
static inline bool index_meets(const struct slot *slots, slotno_t i, paddr_t a,
                               uint8_t b)
{
    uint8_t bits = slot_bits(slots, i);

    if (bits == b)
        return slot_has_base(slots, i, a);
    if (bits < b)
        bits = b;
    return bits_down(slot_base(slots, i), bits) == bits_down(a, bits);
}

/* Does region i lie in the aligned block [a, a + 2^b), or equal it? */
static inline bool index_inside(const struct slot *slots, slotno_t i, paddr_t a,
                                uint8_t b)
{
    return slot_bits(slots, i) <= b &&
           bits_down(slot_base(slots, i), b) == bits_down(a, b);
}

/* The child of node x on side 0 (left) or 1 (right). */
static inline slotno_t index_child(const struct slot *slots, slotno_t x,
                                   unsigned side)
{
    return side ? slot_right(slots, x) : slot_left(slots, x);
}

static inline void index_set_child(struct slot *slots, slotno_t x,
                                   unsigned side, slotno_t child)
{
    if (side)
        slot_set_right(slots, x, child);
    else
        slot_set_left(slots, x, child);
}

/* log2 of the bytes in node x's block.  Levels are as wide as an address: a
 * narrower number would be widened again wherever one is an index. */
static inline uint64_t index_level(const struct regions *r, slotno_t x)
{
    return (uint64_t)r->window_bits - slot_depth(r->slots, x);
}

/* The node of exactly this region, or SLOT_NIL.  From the root. */
slotno_t index_locate(struct regions *r, paddr_t base, uint8_t bits);

/* The node of slot i's region.  A listed slot's is most often just before
 * it; further on in a list, it is looked for from the root. */
static inline slotno_t index_node_of(struct regions *r, slotno_t i)
{
    const struct slot *slots = r->slots;
    slotno_t previous;

    if (slot_is_representative(slots, i))
        return i;
    previous = slot_previous(slots, i);
    if (slot_is_representative(slots, previous))
        return previous;
    return index_locate(r, slot_base(slots, i), slot_bits(slots, i));
}

/* A region below node u's that meets a run of count >= 2 blocks back to back,
 * the first [a, a + 2^b), all in u's region: strictly inside u, by heap order.
 * (Of a single block: regions_find.) */
slotno_t index_find_run(struct regions *r, slotno_t u, paddr_t a, uint8_t b,
                        uint64_t count);

/* Outermost region strictly inside node u's that lies in [a, a + 2^b): b is
 * u's own size or less. */
slotno_t index_first_inside(struct regions *r, slotno_t u, paddr_t a,
                            uint8_t b);

/* The smallest region around [a, a + 2^b), equal to it included.  From the
 * root. */
slotno_t index_enclosing(struct regions *r, paddr_t a, uint8_t b);

/* The smallest region strictly around node i's.  From i up. */
slotno_t index_outer(struct regions *r, slotno_t i);

/* Lowest outermost region strictly inside node u's that ends above `from'. */
slotno_t index_next(struct regions *r, slotno_t u, paddr_t from);

/* Slot n, whose region is in no node, becomes a node somewhere below node
 * `top' (whose region contains it), or below the root where top is SLOT_NIL;
 * its list is itself alone.  May push smaller nodes down. */
void index_insert(struct regions *r, slotno_t top, slotno_t n);

/* The same for `count' slots in a row that hold regions of equal size back
 * to back: each search goes on where the one before parts from it. */
void index_insert_run(struct regions *r, slotno_t top, slotno_t first,
                      uint64_t count);

/* Node n leaves; below it the larger child is pulled up, again and again. */
void index_remove(struct regions *r, slotno_t n);

/* The side on which node i hangs below its parent; 0 for the root. */
static inline unsigned index_side(const struct slot *slots, slotno_t i)
{
    slotno_t parent = slot_parent(slots, i);

    return parent != SLOT_NIL && slot_left(slots, parent) != i;
}

/* The link on this side of node `parent', or where that is SLOT_NIL the root,
 * now names n. */
void index_set_link(struct regions *r, slotno_t parent, unsigned side,
                    slotno_t n);

/* The children of node n name n as their parent. */
void index_adopt_children(struct slot *slots, slotno_t n);
#endif
