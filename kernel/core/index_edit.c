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

/* Step: n hangs on this side of node `top'. */
static inline void link_below(struct slot *slots, slotno_t top, unsigned side,
                              slotno_t n)
{
    index_set_child(slots, top, side, n);
    slot_set_parent(slots, n, top);
}

/* Step: n takes over depth and children of x, which leaves the tree. */
static inline void take_over(struct slot *slots, slotno_t n, slotno_t x)
{
    slot_set_left(slots, n, slot_left(slots, x));
    slot_set_right(slots, n, slot_right(slots, x));
    slot_set_depth(slots, n, slot_depth(slots, x));
    index_adopt_children(slots, n);
}

/* Step: n takes the place of x, on this side of node `top'. */
static inline void displace(struct regions *r, slotno_t n, slotno_t x,
                            slotno_t top, unsigned side)
{
    struct slot *slots = r->slots;

    //@ ghost lemma_names(x);
    link_below(slots, top, side, n);
    take_over(slots, n, x);
    //@ assert linked_left(n, top, side) && linked_right(n, top, side);
    //@ assert adopted(n, x) && agree_depth;
    /*@ ghost tree_take(n, x, top, side, depth_of[x], prefix_of[x],
                        r->root); */
}

/* Node n has lost its place to `top', whose block has 2^level bytes: it goes
 * on down its own bits and takes the place of every smaller node it meets. */
static inline void push_down(struct regions *r, slotno_t n, slotno_t top,
                             uint64_t level)
{
    struct slot *slots = r->slots;
    unsigned side;

    /*@ loop invariant memory: index_memory(r);
      @ loop invariant tree: wf && heap && distinct;
      @ loop invariant agree: agree(r);
      @ loop invariant kept: kept;
      @ loop invariant carried: n == carried && fresh(n);
      @ loop invariant place: live(top) && level == window - depth_of[top] &&
      @   prefix_of[top] == (base_of[n] >> level);
      @ loop invariant order: bits_of[n] <= bits_of[top];
      @ loop invariant set: \forall integer i; live(i) || i == n <==>
      @   \at(live(i), Pre) || i == \at(n, Pre);
      @ loop invariant bound: level <= \at(level, Pre) &&
      @   \at(r->visits, Pre) <= r->visits <=
      @   \at(r->visits, Pre) + \at(level, Pre) - level;
      @ loop invariant frame: lists_kept{Pre, Here}(SLOTS);
      @ LOOP_ASSIGNS_INDEX(n, top, level, side)
      @ loop variant level; */
    for (;;) {
        slotno_t x;

        //@ ghost lemma_room(n, top, (int)level);
        KERNEL_ASSERT(level > slot_bits(slots, n));
        level--;
        r->visits++;
        side = bits_bit(slot_base(slots, n), level);
        x = index_child(slots, top, side);
        //@ ghost lemma_place(n, top, (int)level, side);
        if (x == SLOT_NIL)
            break;
        //@ assert block_ok(x) && (base_of[x] >> level) == prefix_of[x];
        if (slot_bits(slots, x) < slot_bits(slots, n)) {
            displace(r, n, x, top, side);
            top = n;
            n = x;
        } else {
            top = x;
        }
    }
    link_below(slots, top, side, n);
    slot_set_left(slots, n, SLOT_NIL);
    slot_set_right(slots, n, SLOT_NIL);
    slot_set_depth(slots, n, (uint8_t)(r->window_bits - level));
    //@ assert linked_left(n, top, side) && linked_right(n, top, side);
    //@ ghost int d = (int)(window - level);
    //@ assert fit: d == window - level && fits(n, d, base_of[n] >> level);
    //@ assert depths: agree_depth;
    //@ assert parents: agree_parent;
    //@ assert kept: kept && kept_new(n);
    //@ ghost tree_leaf(n, top, side, d, base_of[n] >> level, r->root);
}

/* Step: the newcomer n, linked by parent, takes the place of the leaf x, which
 * goes one step down. */
static inline void take_place_of_leaf(struct regions *r, slotno_t n, slotno_t x,
                                      slotno_t parent, uint64_t level)
{
    struct slot *slots = r->slots;
    unsigned side = bits_bit(slot_base(slots, x), level - 1);
    uint8_t depth = (uint8_t)(r->window_bits - level);

    //@ assert depth == depth_of[x] && block_ok(x);
    //@ assert prefix: prefix_of[x] == (base_of[x] >> level) && level <= 64;
    become_leaf(slots, n, parent, depth);
    //@ assert index_memory(r);
    /*@ ghost tree_take(n, x, parent, prefix_of[x] % 2, depth, prefix_of[x],
                        r->root); */
    //@ assert above: level >= 1 && prefix_of[n] == (base_of[x] >> level);
    //@ ghost lemma_place(x, n, (int)(level - 1), side);
    link_below(slots, n, side, x);
    //@ assert index_memory(r);
    slot_set_depth(slots, x, (uint8_t)(depth + 1u));
    //@ assert index_memory(r);
    //@ assert linked_left(x, n, side) && linked_right(x, n, side);
    /*@ ghost tree_leaf(x, n, side, depth + 1, base_of[x] >> (level - 1),
                        r->root); */
}

/* Step: the newcomer n, linked by parent, takes the place of x. */
static inline void take_place_of(struct regions *r, slotno_t n, slotno_t x,
                                 slotno_t parent)
{
    struct slot *slots = r->slots;

    //@ ghost lemma_names(x);
    //@ assert block_ok(x);
    take_over(slots, n, x);
    slot_set_alone(slots, n, parent);
    //@ assert adopted(n, x) && agree_depth;
    /*@ ghost tree_take(n, x, parent, prefix_of[x] % 2, depth_of[x],
                        prefix_of[x], r->root); */
}

/* The newcomer n takes the place on one side of parent, which links it by now:
 * that of x, if anything was there, which is smaller and goes on down.  A leaf
 * goes one step. */
static inline void take_place(struct regions *r, slotno_t n, slotno_t x,
                              slotno_t parent, uint64_t level)
{
    struct slot *slots = r->slots;

    if (x == SLOT_NIL) {
        become_leaf(slots, n, parent, (uint8_t)(r->window_bits - level));
        //@ ghost int d = (int)(window - level);
        //@ ghost uint64_t p = base_of[n] >> level;
        //@ assert fit: d == window - level && fits(n, d, p);
        //@ ghost tree_leaf(n, parent, p % 2, d, p, r->root);
        //@ assert index_memory(r);
        //@ assert frame: lists_kept{Pre, Here}(n);
    } else if (slot_left(slots, x) == SLOT_NIL &&
               slot_right(slots, x) == SLOT_NIL) {
        take_place_of_leaf(r, n, x, parent, level);
    } else {
        take_place_of(r, n, x, parent);
        push_down(r, x, n, level);
        //@ assert frame: lists_kept{Pre, Here}(n);
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

    /*@ loop invariant live(parent) && level == window - depth_of[parent] &&
      @   prefix_of[parent] == (base >> level) && bits <= bits_of[parent];
      @ loop invariant level <= start;
      @ loop assigns level, side, x, parent;
      @ loop variant level; */
    for (;;) {
        //@ ghost lemma_room(n, parent, (int)level);
        KERNEL_ASSERT(level > bits);
        level--;
        side = bits_bit(base, level);
        x = index_child(slots, parent, side);
        //@ ghost lemma_place(n, parent, (int)level, side);
        if (x == SLOT_NIL || slot_bits(slots, x) < bits)
            break;
        parent = x;
    }
    r->visits += start - level;
    index_set_child(slots, parent, side, n);
    //@ assert side == (base >> level) % 2;
    //@ assert linked_left(n, parent, side) && linked_right(n, parent, side);
    //@ assert place: at(parent, side, x, window - level, base >> level);
    //@ assert fit: fits(n, window - level, base >> level);
    take_place(r, n, x, parent, level);
    return level;
}

void index_insert(struct regions *r, slotno_t top, slotno_t n)
{
    const struct slot *slots = r->slots;
    slotno_t parent = top != SLOT_NIL ? top : r->root;
    uint8_t bits = slot_bits(slots, n);

    //@ assert (base_of[n] >> window) == 0;
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

/* The links where c, a child on side `right' of what leaves this side of
 * parent, takes that place, and the other child hangs below c. */
static inline void link_pulled(struct regions *r, slotno_t parent,
                               unsigned side, slotno_t c, slotno_t other,
                               unsigned right)
{
    struct slot *slots = r->slots;

    index_set_link(r, parent, side, c);
    slot_set_parent(slots, c, parent);
    if (other != SLOT_NIL)
        slot_set_parent(slots, other, c);
    index_set_child(slots, c, !right, other);
}

/* Step: c takes the place of its parent at this depth. */
static inline void pull_up(struct regions *r, slotno_t parent, unsigned side,
                           slotno_t c, slotno_t other, unsigned right,
                           uint8_t depth)
{
    struct slot *slots = r->slots;

    //@ ghost uint64_t n = carried;
    //@ ghost lemma_names(n);
    //@ ghost lemma_names(c);
    //@ assert parent != c && own(c, other) && linked(other);
    link_pulled(r, parent, side, c, other, right);
    //@ assert is_slot(c);
    slot_set_depth(slots, c, depth);
    //@ assert depth: pulled_depth(n, c, depth);
    //@ assert left: pulled_left(n, c, parent, side, right);
    //@ assert right: pulled_right(n, c, parent, side, right);
    //@ assert parent: pulled_parent(n, c, other, parent);
    /*@ ghost tree_pull(n, c, other, parent, side, depth, prefix_of[n], right,
                        r->root); */
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

    //@ ghost uint64_t p = prefix_of[n];
    //@ ghost carried = n;
    /*@ loop invariant memory: index_memory(r);
      @ loop invariant shape: shape && blocks_but(n);
      @ loop invariant heap: heap_but(n) && kids_fit(n, parent);
      @ loop invariant agree: agree_but(r, n);
      @ loop invariant kept: kept && carried == n && field_alone[n] != 0;
      @ loop invariant live: live(n) && a == left_of[n] && b == right_of[n];
      @ loop invariant place: at(parent, hole, n, depth, p) && hole <= 1;
      @ loop invariant here: depth_of[n] == depth && prefix_of[n] == p &&
      @   (depth > 0 ==> parent == parent_of[n] && parent != SLOT_NIL);
      @ loop invariant depth <= window;
      @ loop invariant set: \forall integer i; live(i) <==>
      @   \at(live(i), Pre);
      @ loop invariant frame: lists_kept{Pre, Here}(SLOTS);
      @ loop invariant bound: \at(r->visits, Pre) <= r->visits <=
      @   \at(r->visits, Pre) + depth;
      @ LOOP_ASSIGNS_INDEX(a, b, parent, depth, hole, p)
      @ loop variant window - depth; */
    while (a != SLOT_NIL || b != SLOT_NIL) {
        bool right =
            a == SLOT_NIL ||
            (b != SLOT_NIL && slot_bits(slots, b) > slot_bits(slots, a));
        slotno_t c = right ? b : a, other = right ? a : b;

        //@ assert live(c) && block_ok(c) && depth_of[c] == depth + 1;
        //@ assert c == child_of(n, right);
        //@ assert other == (right != 0 ? left_of[n] : right_of[n]);
        KERNEL_ASSERT(depth < r->window_bits);
        r->visits++;
        a = slot_left(slots, c);
        b = slot_right(slots, c);
        pull_up(r, parent, hole, c, other, right, (uint8_t)depth);
        //@ ghost p = prefix_of[n];
        parent = c;
        hole = right;
        depth++;
    }
    //@ ghost lemma_names(n);
    index_set_link(r, parent, hole, SLOT_NIL);
    //@ ghost tree_unhang(n, parent, hole, depth, p);
    //@ ghost carried = SLOT_NIL;
}
