/* SPDX-License-Identifier: BSD-2-Clause */
/* Insert and remove keep the shape of the index and change the set of its
 * nodes by exactly one; links are set where they are kept, and nowhere else.
 */
#include "change.h"
#include "shift.h"

/* What the kernel asserts is proved, not only safe to find false. */
/*@ requires condition != 0;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures condition != 0;
  @*/
static void proved(int condition);
#undef KERNEL_ASSERT
#define KERNEL_ASSERT(condition) proved(condition)

/* The kernel's links alone. */
/*@ requires index_memory(r) && kept && live(c) && side <= 1;
  @ requires linked(parent) && (parent != SLOTS ==> live(parent));
  @ requires parent != c && own(c, other) && linked(other);
  @ terminates \true; exits \false;
  @ assigns r->root, r->slots[0 .. SLOTS].left, r->slots[0 .. SLOTS].right,
  @   r->slots[0 .. SLOTS].next, field_left[..], field_right[..],
  @   field_next[..];
  @ ensures packed: packed(r->slots);
  @ ensures kept: kept;
  @ ensures frame: lists_kept{Pre, Post}(SLOTS);
  @ ensures root: r->root == (parent == SLOTS ? c : \old(r->root));
  @ ensures lefts: \forall integer i; holds(i) ==> field_left[i] ==
  @   (i == c && right != 0 ? other : i == parent && side == 0 ? c :
  @   \old(field_left[i]));
  @ ensures rights: \forall integer i; holds(i) ==> field_right[i] ==
  @   (i == c && right == 0 ? other : i == parent && side != 0 ? c :
  @   \old(field_right[i]));
  @ ensures parents: \forall integer i; holds(i) ==> parent_field(i) ==
  @   (i == c ? parent : i == other ? c : \old(parent_field(i)));
  @*/
static inline void link_pulled(struct regions *r, slotno_t parent,
                               unsigned side, slotno_t c, slotno_t other,
                               unsigned right);

/* The carried node changes places with its child c. */
/*@ requires index_memory(r) && kept && shape && agree_but(r, carried);
  @ requires blocks_but(carried) && heap_but(carried);
  @ requires kids_fit(carried, parent) && depth < window;
  @ requires live(carried) && side <= 1 && linked(parent) && right <= 1;
  @ requires at(parent, side, carried, depth, prefix_of[carried]);
  @ requires depth_of[carried] == depth && field_alone[carried] != 0;
  @ requires depth > 0 ==> parent == parent_of[carried] && parent != SLOTS;
  @ requires right == 0 ==> c == left_of[carried] &&
  @   other == right_of[carried];
  @ requires right != 0 ==> c == right_of[carried] &&
  @   other == left_of[carried];
  @ requires live(c) && (other != SLOTS ==> bits_of[other] <= bits_of[c]);
  @ terminates \true; exits \false;
  @ ASSIGNS_INDEX
  @ ensures memory: index_memory(r);
  @ ensures shape: shape && blocks_but(carried);
  @ ensures heap: heap_but(carried) && kids_fit(carried, c);
  @ ensures agree: agree_but(r, carried);
  @ ensures kept: kept && field_alone[carried] != 0;
  @ ensures carried: carried == \old(carried);
  @ ensures kids: left_of[carried] == \old(left_of[c]) &&
  @   right_of[carried] == \old(right_of[c]);
  @ ensures place: at(c, right, carried, depth + 1, prefix_of[carried]);
  @ ensures here: depth_of[carried] == depth + 1 && parent_of[carried] == c;
  @ ensures set: \forall integer i; live(i) <==> \old(live(i));
  @ ensures frame: lists_kept{Pre, Post}(SLOTS);
  @*/
static inline void pull_up(struct regions *r, slotno_t parent, unsigned side,
                           slotno_t c, slotno_t other, unsigned right,
                           uint8_t depth);

/*@ requires memory(slots) && packed(slots) && is_slot(n) && linked(parent);
  @ terminates \true; exits \false;
  @ assigns slots[n].left, slots[n].right, slots[n].next, slots[n].alone,
  @   slots[n].depth, field_left[n], field_right[n], field_next[n],
  @   field_alone[n], field_depth[n];
  @ ensures packed: packed(slots);
  @ ensures field_left[n] == SLOTS && field_right[n] == SLOTS;
  @ ensures field_next[n] == parent && field_alone[n] == 1;
  @ ensures field_depth[n] == depth;
  @*/
static inline void become_leaf(struct slot *slots, slotno_t n, slotno_t parent,
                               uint8_t depth);

/*@ requires memory(slots) && packed(slots) && kept && holds(n) && n != top;
  @ requires live(top);
  @ terminates \true; exits \false;
  @ assigns slots[0 .. SLOTS].left, slots[0 .. SLOTS].right,
  @   slots[0 .. SLOTS].next, field_left[top], field_right[..],
  @   field_next[..];
  @ ensures packed: packed(slots);
  @ ensures kept: kept;
  @ ensures frame: lists_kept{Pre, Post}(SLOTS);
  @ ensures lefts: \forall integer i; holds(i) ==> field_left[i] ==
  @   (i == top && side == 0 ? n : \old(field_left[i]));
  @ ensures rights: \forall integer i; holds(i) ==> field_right[i] ==
  @   (i == top && side != 0 ? n : \old(field_right[i]));
  @ ensures parents: \forall integer i; holds(i) ==> parent_field(i) ==
  @   (i == n ? top : \old(parent_field(i)));
  @*/
static inline void link_below(struct slot *slots, slotno_t top, unsigned side,
                              slotno_t n);

/*@ requires memory(slots) && packed(slots) && kept && is_slot(n);
  @ requires is_slot(x) && n != x;
  @ requires \forall integer i; holds(i) && field_alone[i] == 0 ==>
  @   field_next[i] != n;
  @ requires own(n, field_left[x]) && own(n, field_right[x]);
  @ terminates \true; exits \false;
  @ assigns slots[n].left, slots[n].depth, slots[0 .. SLOTS].next,
  @   slots[0 .. SLOTS].right, field_left[n], field_depth[n],
  @   field_next[..], field_right[..];
  @ ensures packed: packed(slots);
  @ ensures kept: kept;
  @ ensures frame: lists_kept{Pre, Post}(n);
  @ ensures next: holds(n) && field_alone[n] == 0 ==>
  @   field_next[n] == \old(field_next[n]);
  @ ensures left: field_left[n] == field_left[x];
  @ ensures right: field_right[n] == \old(field_right[x]);
  @ ensures depth: field_depth[n] == field_depth[x];
  @ ensures rights: \forall integer i; holds(i) && i != n ==>
  @   field_right[i] == \old(field_right[i]);
  @ ensures parents: \forall integer i; holds(i) ==> parent_field(i) ==
  @   (i == field_left[x] || i == \old(field_right[x])
  @     ? n : \old(parent_field(i)));
  @*/
static inline void take_over(struct slot *slots, slotno_t n, slotno_t x);

/* The carried node n takes the place of x. */
/*@ requires index_memory(r) && wf && heap && distinct && agree(r) && kept;
  @ requires n == carried && fresh(n) && live(x) && live(top) && side <= 1;
  @ requires bits_of[x] < bits_of[n] <= bits_of[top];
  @ requires at(top, side, x, depth_of[x], prefix_of[x]);
  @ requires parent_of[x] == top && depth_of[x] > 0;
  @ requires fits(n, depth_of[x], prefix_of[x]);
  @ terminates \true; exits \false;
  @ ASSIGNS_INDEX
  @ ENSURES_SHAPE
  @ ensures carried: carried == x && fresh(x) && live(n);
  @ ensures place: depth_of[n] == \old(depth_of[x]) &&
  @   prefix_of[n] == \old(prefix_of[x]);
  @ ensures set: \forall integer i; live(i) <==>
  @   (\old(live(i)) && i != x) || i == n;
  @ ensures frame: lists_kept{Pre, Post}(SLOTS);
  @*/
static inline void displace(struct regions *r, slotno_t n, slotno_t x,
                            slotno_t top, unsigned side);

/* The carried node n finds its place. */
/*@ requires index_memory(r) && trusted != 0 && visits_left(r, level);
  @ requires wf && heap && distinct && agree(r) && kept;
  @ requires n == carried && fresh(n);
  @ requires live(top) && level == window - depth_of[top];
  @ requires prefix_of[top] == (base_of[n] >> level);
  @ requires bits_of[n] <= bits_of[top];
  @ terminates \true; exits \false;
  @ ASSIGNS_INDEX
  @ assigns r->visits;
  @ ENSURES_SHAPE
  @ ensures set: \forall integer i; live(i) <==> \old(live(i)) || i == n;
  @ ensures carried: carried == SLOTS;
  @ ensures bound: \old(r->visits) <= r->visits <= \old(r->visits) + level;
  @ ensures frame: lists_kept{Pre, Post}(SLOTS);
  @*/
static inline void push_down(struct regions *r, slotno_t n, slotno_t top,
                             uint64_t level);

/* The newcomer n, linked at its place by now. */
/*@ predicate linked_place(struct regions *r, integer n, integer x,
  @   integer parent, integer d, integer p) = kept && agree_depth &&
  @   agree_parent && linked(parent) && at(parent, p % 2, x, d, p) &&
  @   fits(n, d, p) && (parent != SLOTS ==> bits_of[n] <= bits_of[parent]) &&
  @   (x != SLOTS ==> live(x) && depth_of[x] == d && prefix_of[x] == p &&
  @     bits_of[x] < bits_of[n] &&
  @     (d > 0 ==> parent_of[x] == parent && parent != SLOTS)) &&
  @   linked_left(n, parent, p % 2) && linked_right(n, parent, p % 2) &&
  @   linked_root(r, n, parent);
  @*/

/*@ requires index_memory(r) && wf && heap && distinct && newcomer(n);
  @ requires live(x) && level == window - depth_of[x];
  @ requires left_of[x] == SLOTS && right_of[x] == SLOTS;
  @ requires field_left[x] == SLOTS && field_right[x] == SLOTS;
  @ requires linked_place(r, n, x, parent, depth_of[x], prefix_of[x]);
  @ terminates \true; exits \false;
  @ ASSIGNS_INDEX
  @ ENSURES_SHAPE
  @ ensures set: \forall integer i; live(i) <==> \old(live(i)) || i == n;
  @ ensures carried: carried == SLOTS;
  @ ensures frame: lists_kept{Pre, Post}(n);
  @ ensures alone: field_alone[n] == 1;
  @*/
static inline void take_place_of_leaf(struct regions *r, slotno_t n, slotno_t x,
                                      slotno_t parent, uint64_t level);

/*@ requires index_memory(r) && wf && heap && distinct && newcomer(n);
  @ requires live(x);
  @ requires linked_place(r, n, x, parent, depth_of[x], prefix_of[x]);
  @ requires field_left[x] == left_of[x] && field_right[x] == right_of[x];
  @ terminates \true; exits \false;
  @ ASSIGNS_INDEX
  @ ENSURES_SHAPE
  @ ensures carried: carried == x && fresh(x) && live(n);
  @ ensures place: depth_of[n] == \old(depth_of[x]) &&
  @   prefix_of[n] == \old(prefix_of[x]);
  @ ensures set: \forall integer i; live(i) <==>
  @   (\old(live(i)) && i != x) || i == n;
  @ ensures frame: lists_kept{Pre, Post}(n);
  @ ensures alone: field_alone[n] == 1;
  @*/
static inline void take_place_of(struct regions *r, slotno_t n, slotno_t x,
                                 slotno_t parent);

/*@ requires index_memory(r) && trusted != 0 && visits_left(r, level);
  @ requires wf && heap && distinct && newcomer(n) && level <= window;
  @ requires linked_place(r, n, x, parent, window - level,
  @   base_of[n] >> level);
  @ terminates \true; exits \false;
  @ ASSIGNS_INDEX
  @ assigns r->visits;
  @ ENSURES_SHAPE
  @ ensures set: \forall integer i; live(i) <==> \old(live(i)) || i == n;
  @ ensures carried: carried == SLOTS;
  @ ensures bound: \old(r->visits) <= r->visits <= \old(r->visits) + level;
  @ ensures frame: lists_kept{Pre, Post}(n);
  @ ensures alone: field_alone[n] == 1;
  @*/
static inline void take_place(struct regions *r, slotno_t n, slotno_t x,
                              slotno_t parent, uint64_t level);

/*@ requires index_memory(r) && trusted != 0 && visits_left(r, level);
  @ requires wf && heap && distinct && agree(r) && kept && newcomer(n);
  @ requires base == base_of[n] && bits == bits_of[n];
  @ requires live(parent) && level == window - depth_of[parent];
  @ requires prefix_of[parent] == (base >> level) && bits <= bits_of[parent];
  @ terminates \true; exits \false;
  @ ASSIGNS_INDEX
  @ assigns r->visits;
  @ ENSURES_SHAPE
  @ ensures set: \forall integer i; live(i) <==> \old(live(i)) || i == n;
  @ ensures carried: carried == SLOTS;
  @ ensures bound: \old(r->visits) <= r->visits <= \old(r->visits) + level;
  @ ensures frame: lists_kept{Pre, Post}(n);
  @ ensures alone: field_alone[n] == 1;
  @*/
static uint64_t insert_below(struct regions *r, slotno_t parent, uint64_t level,
                             paddr_t base, uint8_t bits, slotno_t n);

#include "../kernel/core/index_edit.c"
