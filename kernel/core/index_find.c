/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries of the region index: walks down the bits of an address. */
#include "arch.h"
#include "index.h"

slotno_t index_locate(struct regions *r, paddr_t base, uint8_t bits)
{
    const struct slot *slots = r->slots;
    uint64_t level = r->window_bits;
    slotno_t x = r->root;

    //@ ghost int l = (int)level;
    /*@ loop invariant bits <= level <= window && l == level && linked(x);
      @ loop invariant place: walk_place(x, level, base);
      @ loop invariant only: walk_only(x, level, base);
      @ loop invariant missed: locate_missed(level, base, bits);
      @ loop invariant \at(r->visits, Pre) <= r->visits <=
      @   \at(r->visits, Pre) + window - level;
      @ loop assigns x, level, l, r->visits;
      @ loop variant level; */
    while (x != SLOT_NIL) {
        r->visits++;
        if (slot_bits(slots, x) == bits && slot_base(slots, x) == base) {
            //@ ghost lemma_same(x);
            return x;
        }
        if (level <= bits)
            break;
        //@ ghost lemma_walk(x, l, base);
        //@ ghost l = l - 1;
        level--;
        //@ assert (unsigned)level == l;
        x = index_child(slots, x, bits_bit(base, level));
    }
    //@ ghost lemma_locate_end(x, l, base, bits);
    return SLOT_NIL;
}

/* Either child: what fills its block when u's region fills its own. */
static slotno_t any_child(struct regions *r, slotno_t u)
{
    slotno_t x = slot_left(r->slots, u);

    if (x == SLOT_NIL)
        x = slot_right(r->slots, u);
    if (x != SLOT_NIL)
        r->visits++;
    return x;
}

/* By heap order the nodes no smaller than the block come first; *below, where
 * asked for, is the last of them.  At level b a node's block is the block
 * asked for, and whatever is there meets it. */
static inline slotno_t find(struct regions *r, slotno_t u, paddr_t a, uint8_t b,
                            slotno_t *below)
{
    const struct slot *slots = r->slots;
    uint64_t start = index_level(r, u) - 1, level = start;
    slotno_t x;

    //@ ghost int d = depth_of[u], l = (int)level;
    //@ ghost if (start < b) lemma_find_whole(u, a, b);
    if (start < b) /* then b is u's size, and u fills its block */
        return any_child(r, u);
    if (below)
        *below = u;
    //@ ghost lemma_find_first(u, a, b, l);
    //@ assert (unsigned)level == l;
    x = index_child(slots, u, bits_bit(a, level));
    /*@ loop invariant b <= level <= start && l == level && narrow(x);
      @ loop invariant place: walk_place(x, level, a);
      @ loop invariant only: walk_only(x, level, a);
      @ loop invariant missed: walk_missed(d, level, a, b);
      @ loop invariant below != \null ==> find_below(u, a, b, *below);
      @ loop assigns x, level, l, *below;
      @ loop variant level; */
    while (x != SLOT_NIL) {
        if (below && slot_bits(slots, x) >= b)
            *below = x;
        if (index_meets(slots, x, a, b)) {
            //@ ghost lemma_find_hit(u, x, a, b, l);
            r->visits += start + 1 - level;
            return x;
        }
        //@ ghost if (l == b) lemma_find_bottom(x, a, b);
        //@ assert level <= b ==> trusted == 0;
        if (level <= b)
            break;
        //@ ghost lemma_find_down(x, d, a, b, l);
        //@ ghost l = l - 1;
        level--;
        //@ assert (unsigned)level == l;
        x = index_child(slots, x, bits_bit(a, level));
    }
    //@ ghost if (x == SLOT_NIL) lemma_find_end(u, d, a, b, l);
    r->visits += start - level;
    return SLOT_NIL;
}

slotno_t regions_find(struct regions *r, slotno_t u, paddr_t base, uint8_t bits)
{
    //@ ghost lemma_asked(u, base, bits);
    return find(r, index_node_of(r, u), base, bits, NULL);
}

slotno_t regions_find_place(struct regions *r, slotno_t u, paddr_t base,
                            uint8_t bits, slotno_t *below)
{
    //@ ghost lemma_asked(u, base, bits);
    return find(r, index_node_of(r, u), base, bits, below);
}

/* Blocks of 2^bits bytes back to back from the one at `first' to the one at
 * `last'; neither end need be aligned to more than a block. */
struct run {
    paddr_t first;
    paddr_t last;
    uint8_t bits;
};

/*@ requires memory(slots) && packed(slots) && is_slot(i) && window_ok;
  @ requires \valid_read(run) && run->last <= 0x7fffffffffffffff;
  @ requires bits_of[i] <= window && run->bits <= window;
  @ terminates \true; exits \false; assigns \nothing; */
static bool meets_run(const struct slot *slots, slotno_t i,
                      const struct run *run)
{
    paddr_t base = slot_base(slots, i);

    return base < run->last + bits_size(run->bits) &&
           base + bits_size(slot_bits(slots, i)) > run->first;
}

/* One boundary of a run, below the node where the two have parted: the path
 * of address a, and beside it, on the side `inner' that faces the other
 * boundary, the subtrees between the two: their blocks lie in the run, so
 * whatever is at their root meets it. */
/*@ requires index_memory(r) && trusted == 0 && trust(r) && linked(x);
  @ requires \valid_read(run) && run->last <= 0x7fffffffffffffff;
  @ requires run->bits <= window && \separated(run, &r->visits);
  @ requires level <= window && visits_left(r, level + 2);
  @ terminates \true; exits \false; assigns r->visits;
  @ ensures linked(\result);
  @ ensures \old(r->visits) <= r->visits <= \old(r->visits) + level + 2; */
static slotno_t walk_boundary(struct regions *r, slotno_t x, uint64_t level,
                              paddr_t a, unsigned inner, const struct run *run)
{
    const struct slot *slots = r->slots;

    /*@ loop invariant level <= \at(level, Pre) && linked(x);
      @ loop invariant \at(r->visits, Pre) <= r->visits <=
      @   \at(r->visits, Pre) + \at(level, Pre) - level;
      @ loop assigns x, level, r->visits;
      @ loop variant level; */
    while (x != SLOT_NIL) {
        unsigned side;

        r->visits++;
        if (meets_run(slots, x, run))
            return x;
        if (level <= run->bits)
            break;
        level--;
        side = bits_bit(a, level);
        if (side != inner && index_child(slots, x, inner) != SLOT_NIL) {
            r->visits++;
            return index_child(slots, x, inner);
        }
        x = index_child(slots, x, side);
    }
    return SLOT_NIL;
}

slotno_t index_find_run(struct regions *r, slotno_t u, paddr_t a, uint8_t b,
                        uint64_t count)
{
    const struct slot *slots = r->slots;
    struct run run = {a, a + bits_up(count - 1, b), b};
    uint64_t level = index_level(r, u) - 1;
    slotno_t x = u, hit;

    //@ ghost uint64_t start = level;
    /* First and last block differ at bit b or above: the paths part before
     * level b. */
    /*@ loop invariant level <= start && is_slot(x);
      @ loop invariant \at(r->visits, Pre) <= r->visits <=
      @   \at(r->visits, Pre) + start - level;
      @ loop assigns x, level, r->visits;
      @ loop variant level; */
    while (bits_bit(a, level) == bits_bit(run.last, level)) {
        x = index_child(slots, x, bits_bit(a, level));
        if (x == SLOT_NIL)
            return SLOT_NIL;
        r->visits++;
        if (meets_run(slots, x, &run))
            return x;
        KERNEL_ASSERT(level > b);
        level--;
    }
    hit = walk_boundary(r, slot_left(slots, x), level, run.first, 1, &run);
    if (hit != SLOT_NIL)
        return hit;
    return walk_boundary(r, slot_right(slots, x), level, run.last, 0, &run);
}

slotno_t index_first_inside(struct regions *r, slotno_t u, paddr_t a, uint8_t b)
{
    const struct slot *slots = r->slots;
    uint64_t level = index_level(r, u);
    slotno_t x = u;

    //@ ghost int d = depth_of[u], l = (int)level;
    //@ ghost if (level <= b) lemma_first_whole(u, a, b);
    if (level <= b) /* then b is u's size, and u fills its block */
        return any_child(r, u);
    //@ ghost lemma_first_start(u, a, b, l);
    /*@ loop invariant b <= level && l == level && is_slot(x);
      @ loop invariant place: walk_place(x, level, a);
      @ loop invariant only: walk_only(x, level, a);
      @ loop invariant missed: first_missed(d, level, a, b);
      @ loop invariant level <= window - field_depth[u];
      @ loop invariant \at(r->visits, Pre) <= r->visits <=
      @   \at(r->visits, Pre) + (window - field_depth[u]) - level;
      @ loop assigns x, level, l, r->visits;
      @ loop variant level; */
    while (level > b) {
        //@ ghost lemma_walk(x, l, a);
        //@ ghost l = l - 1;
        level--;
        //@ assert (unsigned)level == l;
        x = index_child(slots, x, bits_bit(a, level));
        //@ ghost if (x == SLOT_NIL) lemma_first_end(u, a, b, l);
        if (x == SLOT_NIL)
            return SLOT_NIL;
        r->visits++;
        if (index_inside(slots, x, a, b)) {
            //@ ghost lemma_first_hit(u, x, a, b, l);
            return x;
        }
    }
    //@ ghost lemma_first_bottom(x, a, b);
    return SLOT_NIL;
}

slotno_t index_enclosing(struct regions *r, paddr_t a, uint8_t b)
{
    const struct slot *slots = r->slots;
    uint64_t level = r->window_bits;
    slotno_t x = r->root, found = SLOT_NIL;

    //@ ghost int l = (int)level;
    /*@ loop invariant b <= level <= window && l == level && narrow(x);
      @ loop invariant linked(found);
      @ loop invariant place: walk_place(x, level, a);
      @ loop invariant only: walk_only(x, level, a);
      @ loop invariant smallest: smallest(level, a, b, found);
      @ loop invariant \at(r->visits, Pre) <= r->visits <=
      @   \at(r->visits, Pre) + window - level;
      @ loop assigns x, found, level, l, r->visits;
      @ loop variant level; */
    while (x != SLOT_NIL) {
        r->visits++;
        //@ ghost lemma_smaller(x, a, b, l, found);
        if (slot_bits(slots, x) >= b && index_meets(slots, x, a, b))
            found = x; /* what encloses and lies deeper is smaller */
        //@ ghost if (l == b) l = l - 1;
        if (level <= b)
            break;
        //@ ghost lemma_walk(x, l, a);
        //@ ghost l = l - 1;
        level--;
        //@ assert (unsigned)level == l;
        x = index_child(slots, x, bits_bit(a, level));
    }
    //@ ghost lemma_smallest(l, a, b, found);
    return found;
}

/* All regions around i's are above it on its path, the smallest lowest. */
slotno_t index_outer(struct regions *r, slotno_t i)
{
    const struct slot *slots = r->slots;
    paddr_t base = slot_base(slots, i);
    uint8_t bits = slot_bits(slots, i);
    slotno_t x = slot_parent(slots, i);

    //@ ghost lemma_up_start(i, field_depth[i]);
    /*@ loop invariant 0 <= d <= field_depth[i] && linked(x);
      @ loop invariant place: up_place(i, x, d);
      @ loop invariant missed: up_missed(i, d);
      @ loop invariant \at(r->visits, Pre) <= r->visits <=
      @   \at(r->visits, Pre) + field_depth[i] - d;
      @ loop assigns x, d, r->visits;
      @ loop variant d; */
    for (uint64_t d = slot_depth(slots, i); d != 0 && x != SLOT_NIL; d--) {
        r->visits++;
        //@ assert trusted != 0 ==> block_ok(i) && block_ok(x);
        if (slot_bits(slots, x) > bits && index_meets(slots, x, base, bits)) {
            //@ ghost lemma_up_hit(i, x, (int)d);
            return x;
        }
        //@ ghost lemma_up(i, x, (int)d);
        x = slot_parent(slots, x);
    }
    return SLOT_NIL;
}
