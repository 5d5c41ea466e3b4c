/* SPDX-License-Identifier: BSD-2-Clause */
/* The region index and the region lists: which memory has a capability, and
 * which capability was derived from which.
 *
 *      root                          one node per distinct region; the node
 *       |                            at depth d covers an aligned block of
 *     [u 2^21]------[u' 2^21]--.     2^(W-d) bytes and holds the largest
 *      /    \        list: copies    region of its block that is not held
 *   [t 2^12] [v 2^16]--[e 2^16]      above it; the rest goes left or right by
 *             /                      the next address bit
 *         [n 2^5]
 *
 * A radix priority search tree (McCreight 1985) over regions, and for each
 * region one list of the capabilities that name it, in derivation order:
 * untypeds first, then the object's capabilities, or its embryo, or its
 * zombie.  The first of the list, the representative, carries the node.
 * Capabilities that are not memory live in plain lists of the same links,
 * whose first member has no predecessor.  retype.md C.3.
 *
 * Invariants (regions_check):
 *  - L: two regions are equal (one list), nested or disjoint; only untypeds
 *    have regions inside them;
 *  - path: a node's region lies in its node's block, so 2^bits <= 2^(W-d);
 *  - heap: no node is larger than its parent;
 *  - parent: a node's parent link names the node whose child it is;
 *  - lists: previous and next agree, all members of a list name one region,
 *    every slot in use is in exactly one list.
 * Lemma: a region of 2^s lies at depth <= W-s, hence every region that
 * contains an address lies on that address's path.
 *
 * No recursion; every loop is bounded by the depth, not by trust in the
 * links.  W + 1 node visits bound everything here but what says otherwise.
 * bench/region_list.c implements the same header by one plain linked list,
 * for comparison.
 */
#ifndef FALLOW_REGIONS_H
#define FALLOW_REGIONS_H
#include "bits.h"
#include "cap.h"

struct regions {
    struct slot *slots;  /* slot number 0: physical address 0 */
    slotno_t root;       /* SLOT_NIL: no region */
    uint8_t window_bits; /* W, <= WINDOW_BITS_MAX */
    uint64_t visits;     /* nodes visited since regions_init */
};

enum region_kind { /* as Next answers (architecture.md 3) */
                   REGION_NONE = 0,
                   REGION_UNTYPED = 1,
                   REGION_OBJECT = 2,
                   REGION_IN_TRANSITION = 3, /* embryo or zombie */
};

/* window_bits: 5 .. WINDOW_BITS_MAX.  slots: base of the window. */
void regions_init(struct regions *r, struct slot *slots, uint8_t window_bits);

/* Collision (R2): a region strictly inside untyped u that meets the aligned
 * block [base, base + 2^bits) of u, or SLOT_NIL.  It encloses the block,
 * equals it, or lies in it.  bits <= u's own.  Starts at u's node. */
slotno_t regions_find(struct regions *r, slotno_t u, paddr_t base,
                      uint8_t bits);

/* The same, and where nothing is met, *below is the node under which a region
 * of the block would hang: for regions_insert_below, while nothing changes. */
slotno_t regions_find_place(struct regions *r, slotno_t u, paddr_t base,
                            uint8_t bits, slotno_t *below);

/* The same for `count' >= 1 blocks back to back from base, all of them in
 * u: at most 4(W + 1) visits. */
slotno_t regions_find_run(struct regions *r, slotno_t u, paddr_t base,
                          uint8_t bits, uint64_t count);

/* The smallest region that contains [base, base + 2^bits), as the slot that
 * represents it, or SLOT_NIL. */
slotno_t regions_enclosing(struct regions *r, paddr_t base, uint8_t bits);

/* Is untyped u the innermost one around slot i's region: directly before i in
 * its list, or, where i is its region's first, the last in the list of the
 * smallest region around it?  i: an object's or embryo's first capability. */
bool regions_is_innermost(struct regions *r, slotno_t u, slotno_t i);

/* Slot i, whose region is not in the index, becomes a list of its own: in
 * the tree if its type is memory, else a plain list. */
void regions_insert(struct regions *r, slotno_t i);

/* Slots first .. first + count - 1 hold memory capabilities of equal size,
 * back to back, created from untyped u, with nothing in their way: all join
 * the index, or u's list directly after u where their region is u's own.
 * About one visit a slot; where the border of the run cuts through a ladder
 * of smaller regions, up to (W + 1)^2 more in all. */
void regions_insert_run(struct regions *r, slotno_t u, slotno_t first,
                        uint64_t count);

/* The same for one slot, below the node that regions_find_place has named: a
 * visit or, where a smaller region has to make room, W + 1. */
void regions_insert_below(struct regions *r, slotno_t u, slotno_t below,
                          slotno_t i);

/* Slot i joins the list of `source' directly after it.  O(1). */
void regions_insert_after(struct regions *r, slotno_t source, slotno_t i);

/* Slot i leaves; the second of its list takes over its node.  The slot keeps
 * its contents.  O(1) in a list; else the pull-up below its node: no more
 * levels than lie there, W + 1. */
void regions_remove(struct regions *r, slotno_t i);

/* Everything in `from' goes to the empty slot `to', place included; from is
 * cleared.  O(1). */
void regions_move(struct regions *r, slotno_t from, slotno_t to);

/* Two slots in use change contents and places.  O(1). */
void regions_swap(struct regions *r, slotno_t a, slotno_t b);

/* First child of slot i: the next of its list if it is a child (cap.h), else
 * for an untyped an outermost region inside it, else SLOT_NIL.  From i's node
 * down, which is looked for from the root only where i is third or later in
 * its list. */
slotno_t regions_child(struct regions *r, slotno_t i);

/* For those who ask again and again within one kernel entry: the node of slot
 * i's region, which is `known' if that is still it, else looked for as above;
 * and the two questions below a node that is known.  O(1) for the first. */
slotno_t regions_node(struct regions *r, slotno_t i, slotno_t known);
slotno_t regions_child_below(struct regions *r, slotno_t i, slotno_t node);
slotno_t regions_first_inside_below(struct regions *r, slotno_t node,
                                    paddr_t base, uint8_t bits);

/* What comes after slot i in its list, or SLOT_NIL: an untyped is open if
 * nothing does.  O(1). */
slotno_t regions_follower(const struct regions *r, slotno_t i);

/* Has the capability in slot i no neighbour to the same object?  O(1). */
bool regions_is_final(const struct regions *r, slotno_t i);

/* Outermost region of untyped u inside the aligned block [base, base +
 * 2^bits) of u, bits < u's own: its first capability, or SLOT_NIL. */
slotno_t regions_first_inside(struct regions *r, slotno_t u, paddr_t base,
                              uint8_t bits);

/* Of the outermost regions inside the block [base, base + 2^bits) of an
 * untyped, of which i is one's first capability (regions_child,
 * regions_first_inside): a capability, perhaps i itself, that is cheaper to
 * remove, since little or nothing lies below its node, or it has none.  From
 * i's node down. */
slotno_t regions_cheapest(struct regions *r, slotno_t i, paddr_t base,
                          uint8_t bits);

/* Where, once that capability, other than i, has been removed, and nothing
 * else, the next can be searched for: instead of i.  O(1). */
slotno_t regions_above(const struct regions *r, slotno_t i);

/* Next (R13): representative of the lowest outermost region strictly inside
 * untyped u that ends above `from' (an address in u), or SLOT_NIL.  At most
 * 2(W + 1) visits. */
slotno_t regions_next(struct regions *r, slotno_t u, paddr_t from);

enum region_kind regions_kind(const struct regions *r, slotno_t i);

/* Walks all representatives in pre-order: the first where i is SLOT_NIL, else
 * the one after i; SLOT_NIL at the end.  W + 1 steps up at most, no state. */
slotno_t regions_walk(const struct regions *r, slotno_t i);

/* Every invariant above, by brute force: NULL, or what is broken, with the
 * slot at fault in *at.  O(capabilities x W). */
const char *regions_check(const struct regions *r, slotno_t *at);
#endif
