/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's links against the ghost tree's while the index changes.
 *
 * One slot may be on its way: `carried', or SLOTS.  It is out of the tree and
 * goes down to a place, or in it and goes down to a leaf, to leave.  Of each
 * node, and of that one, the parent link is kept in the slot
 * itself or in the second of its list, and nothing else is kept there.
 */
#ifndef FALLOW_PROOF_EDIT_H
#define FALLOW_PROOF_EDIT_H
#include "walk.h"

/*@ ghost uint64_t carried; */

/*@ predicate holds(integer i) = is_slot(i) && (live(i) || i == carried);
  @ predicate kept = \forall integer i; holds(i) && field_alone[i] == 0 ==>
  @   is_slot(field_next[i]) && !holds(field_next[i]) &&
  @   field_left[field_next[i]] == i;
  @ predicate agree_parent = \forall integer i; live(i) ==> parent_field(i) ==
  @   (depth_of[i] == 0 ? SLOTS : parent_of[i]);
  @ predicate agree(struct regions *r) = agree_down(r) && agree_parent;
  @*/

/* Nothing of the lists changes: neither a listed slot nor, but for the node's
 * own parent link, what a slot on hold has as its next.
 */
/*@ predicate lists_kept{L1, L2}(integer n) = \forall integer j;
  @   is_slot(j) && j != n ==>
  @   \at(field_alone[j], L2) == \at(field_alone[j], L1) &&
  @   (\at(holds(j), L1)
  @     ? \at(field_alone[j], L1) == 0 ==>
  @       \at(field_next[j], L2) == \at(field_next[j], L1)
  @     : \at(field_next[j], L2) == \at(field_next[j], L1) &&
  @       \at(field_left[j], L2) == \at(field_left[j], L1) &&
  @       \at(field_depth[j], L2) == \at(field_depth[j], L1));
  @*/

/*@ requires index_memory(r) && (parent == SLOTS || is_slot(parent));
  @ requires n <= SLOTS;
  @ terminates \true; exits \false;
  @ assigns r->root, r->slots[parent].left, r->slots[parent].right,
  @   field_left[parent], field_right[parent];
  @ ensures packed(r->slots);
  @ ensures r->root == (parent == SLOTS ? n : \old(r->root));
  @ ensures parent != SLOTS ==>
  @   field_left[parent] == (side == 0 ? n : \old(field_left[parent])) &&
  @   field_right[parent] == (side != 0 ? n : \old(field_right[parent]));
  @*/
void index_set_link(struct regions *r, slotno_t parent, unsigned side,
                    slotno_t n);

/*@ requires memory(slots) && packed(slots) && shape && live(i);
  @ requires kept && agree_left && agree_right && agree_parent;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == (depth_of[i] == 0 ? 0 : prefix_of[i] % 2);
  @*/
static inline unsigned index_side(const struct slot *slots, slotno_t i);

/*@ requires memory(slots) && packed(slots) && is_slot(x) && child <= SLOTS;
  @ terminates \true; exits \false;
  @ assigns slots[x].left, slots[x].right, field_left[x], field_right[x];
  @ ensures packed(slots);
  @ ensures field_left[x] == (side == 0 ? child : \old(field_left[x]));
  @ ensures field_right[x] == (side != 0 ? child : \old(field_right[x]));
  @*/
static inline void index_set_child(struct slot *slots, slotno_t x,
                                   unsigned side, slotno_t child);

/*@ predicate own(integer n, integer c) = c != SLOTS ==> live(c) && c != n;
  @*/

/*@ requires memory(slots) && packed(slots) && kept && is_slot(n);
  @ requires \forall integer i; holds(i) && field_alone[i] == 0 ==>
  @   field_next[i] != n;
  @ requires own(n, field_left[n]) && own(n, field_right[n]);
  @ terminates \true; exits \false;
  @ assigns slots[0 .. SLOTS].next, slots[0 .. SLOTS].right,
  @   field_next[..], field_right[..];
  @ ensures packed(slots);
  @ ensures kept: kept;
  @ ensures frame: lists_kept{Pre, Post}(SLOTS);
  @ ensures rights: \forall integer i; holds(i) ==>
  @   field_right[i] == \old(field_right[i]);
  @ ensures parents: \forall integer i; holds(i) ==> parent_field(i) ==
  @   (i == field_left[n] || i == \old(field_right[n])
  @     ? n : \old(parent_field(i)));
  @ ensures right: field_right[n] == \old(field_right[n]);
  @*/
void index_adopt_children(struct slot *slots, slotno_t n);
#endif
