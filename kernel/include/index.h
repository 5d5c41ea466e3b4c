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
 * steps here know nothing of lists or capabilities: base, bits, left, right
 * and depth of a slot are all they read or write.  Each loop goes down one
 * level an iteration and is bounded by W, whatever the links say.
 */
#ifndef FALLOW_INDEX_H
#define FALLOW_INDEX_H
#include "regions.h"

/* Does region i meet the aligned block [a, a + 2^b)?  Aligned blocks nest or
 * are disjoint, so the larger of the two decides. */
static inline bool index_meets(const struct slot *slots, slotno_t i, paddr_t a,
                               uint8_t b)
{
    uint8_t m = slot_bits(slots, i) > b ? slot_bits(slots, i) : b;

    return bits_down(slot_base(slots, i) ^ a, m) == 0;
}

/* Does region i lie in the aligned block [a, a + 2^b), or equal it? */
static inline bool index_inside(const struct slot *slots, slotno_t i, paddr_t a,
                                uint8_t b)
{
    return slot_bits(slots, i) <= b &&
           bits_down(slot_base(slots, i) ^ a, b) == 0;
}

/* The child of node x on side 0 (left) or 1 (right). */
static inline slotno_t index_child(const struct slot *slots, slotno_t x,
                                   unsigned side)
{
    return side ? slot_right(slots, x) : slot_left(slots, x);
}

/* The side on which address a lies below a node of depth d < W. */
static inline unsigned index_side(const struct regions *r, paddr_t a,
                                  unsigned d)
{
    return bits_bit(a, r->window_bits - 1u - d);
}

/* The node of exactly this region and its place, or SLOT_NIL. */
slotno_t index_locate(struct regions *r, paddr_t base, uint8_t bits,
                      struct region_place *place);

/* Where node i hangs: i is in the tree. */
struct region_place index_place(struct regions *r, slotno_t i);

/* A region below node u's that meets the block [a, a + 2^b) of u's region:
 * strictly inside u, by heap order. */
slotno_t index_find(struct regions *r, slotno_t u, paddr_t a, uint8_t b);

/* The same for count >= 2 blocks back to back. */
slotno_t index_find_run(struct regions *r, slotno_t u, paddr_t a, uint8_t b,
                        uint64_t count);

/* Outermost region strictly inside node u's that lies in [a, a + 2^b): b is
 * u's own size or less.  Sets *place. */
slotno_t index_first_inside(struct regions *r, slotno_t u, paddr_t a, uint8_t b,
                            struct region_place *place);

/* The smallest region around [a, a + 2^b), equal to it included. */
slotno_t index_enclosing(struct regions *r, paddr_t a, uint8_t b);

/* The smallest region strictly around node i's. */
slotno_t index_parent(struct regions *r, slotno_t i);

/* Lowest outermost region strictly inside node u's that ends above `from'. */
slotno_t index_next(struct regions *r, slotno_t u, paddr_t from);

/* Node n, whose region is in no node, joins the tree somewhere below node
 * `top' (whose region contains it), or below the root where top is SLOT_NIL.
 * Sets its left, right and depth; may push smaller nodes down. */
void index_insert(struct regions *r, slotno_t top, slotno_t n);

/* The same for `count' slots in a row that hold regions of equal size back
 * to back: each search goes on where the one before parts from it. */
void index_insert_run(struct regions *r, slotno_t top, slotno_t first,
                      uint64_t count);

/* Node n leaves; below it the larger child is pulled up, again and again. */
void index_remove(struct regions *r, slotno_t n,
                  const struct region_place *place);

/* Slot n takes over the node of slot x, which hangs at *place. */
void index_replace(struct regions *r, slotno_t n, slotno_t x,
                   const struct region_place *place);

/* The link at *place now names v. */
void index_set_link(struct regions *r, const struct region_place *place,
                    slotno_t v);
#endif
