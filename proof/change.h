/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of insert and remove where the kernel's links have been changed
 * and the ghost tree follows; the contracts of both.
 */
#ifndef FALLOW_PROOF_CHANGE_H
#define FALLOW_PROOF_CHANGE_H
#include "edit.h"
#include "steps.h"

/*@ predicate agree_left_but(integer n) = \forall integer i; live(i) &&
  @   i != n && left_of[i] != n ==> field_left[i] == left_of[i];
  @ predicate agree_right_but(integer n) = \forall integer i; live(i) &&
  @   i != n && right_of[i] != n ==> field_right[i] == right_of[i];
  @ predicate agree_depth_but(integer n) = \forall integer i; live(i) &&
  @   i != n ==> field_depth[i] == depth_of[i];
  @ predicate agree_parent_but(integer n) = \forall integer i; live(i) &&
  @   i != n && (depth_of[i] == 0 || parent_of[i] != n) ==>
  @   parent_field(i) == (depth_of[i] == 0 ? SLOTS : parent_of[i]);
  @
  @ predicate agree_but(struct regions *r, integer n) =
  @   (tree_root != n ==> r->root == tree_root) && agree_left_but(n) &&
  @   agree_right_but(n) && agree_depth_but(n) && agree_parent_but(n);
  @
  @ predicate fresh(integer n) = is_slot(n) && !live(n) &&
  @   region(base_of[n], bits_of[n]) &&
  @   \forall integer i; live(i) ==> !same_region(i, n);
  @ predicate newcomer(integer n) = fresh(n) && carried == SLOTS &&
  @   \forall integer i; live(i) && field_alone[i] == 0 ==>
  @   field_next[i] != n;
  @*/

/* n, which is no larger than the node above it, does not fill that's block. */
/*@ ghost
  /@ requires wf && live(top) && fresh(n) && level == window - depth_of[top];
   @ requires prefix_of[top] == (base_of[n] >> level);
   @ requires bits_of[n] <= bits_of[top];
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures bits_of[n] < level;
   @/
  void lemma_room(uint64_t n, uint64_t top, int level);
*/

/* The place for n one level down. */
/*@ ghost
  /@ requires wf && live(top) && is_slot(n);
   @ requires region(base_of[n], bits_of[n]);
   @ requires 0 <= level == window - depth_of[top] - 1;
   @ requires prefix_of[top] == (base_of[n] >> (level + 1));
   @ requires side == (base_of[n] >> level) % 2 && bits_of[n] <= level;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures at(top, side, child_of(top, side), window - level,
   @   base_of[n] >> level);
   @ ensures child_of(top, side) != SLOTS ==> live(child_of(top, side)) &&
   @   depth_of[child_of(top, side)] == window - level &&
   @   prefix_of[child_of(top, side)] == (base_of[n] >> level) &&
   @   parent_of[child_of(top, side)] == top;
   @ ensures fits(n, window - level, base_of[n] >> level);
   @/
  void lemma_place(uint64_t n, uint64_t top, int level, uint64_t side);
*/

/* Who names n, and whom n names. */
/*@ ghost
  /@ requires shape && live(n);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures \forall integer i; live(i) && left_of[i] == n ==>
   @   i == parent_of[n] && prefix_of[n] % 2 == 0 && depth_of[n] > 0;
   @ ensures \forall integer i; live(i) && right_of[i] == n ==>
   @   i == parent_of[n] && prefix_of[n] % 2 == 1 && depth_of[n] > 0;
   @ ensures \forall integer i; live(i) && depth_of[i] > 0 &&
   @   parent_of[i] == n ==> i == left_of[n] || i == right_of[n];
   @ ensures depth_of[n] > 0 ==> tree_root != n;
   @ ensures left_of[n] != n && right_of[n] != n;
   @ ensures left_of[n] != SLOTS && right_of[n] != SLOTS ==>
   @   left_of[n] != right_of[n];
   @/
  void lemma_names(uint64_t n);
*/

/* The kernel's links where child c of n, on this side, has been pulled up. */
/*@ predicate pulled_left(integer n, integer c, integer parent, integer hole,
  @   integer right) =
  @   (\forall integer i; live(i) && i != n && i != c && left_of[i] != n ==>
  @     field_left[i] == left_of[i]) &&
  @   (right != 0 ==> field_left[c] == left_of[n]) &&
  @   (parent != SLOTS && hole == 0 ==> field_left[parent] == c);
  @ predicate pulled_right(integer n, integer c, integer parent, integer hole,
  @   integer right) =
  @   (\forall integer i; live(i) && i != n && i != c && right_of[i] != n ==>
  @     field_right[i] == right_of[i]) &&
  @   (right == 0 ==> field_right[c] == right_of[n]) &&
  @   (parent != SLOTS && hole != 0 ==> field_right[parent] == c);
  @ predicate pulled_depth(integer n, integer c, integer d) =
  @   \forall integer i; live(i) && i != n ==>
  @   field_depth[i] == (i == c ? d : depth_of[i]);
  @ predicate pulled_parent(integer n, integer c, integer o, integer parent) =
  @   (\forall integer i; live(i) && i != n && i != c && i != o &&
  @     (depth_of[i] == 0 || parent_of[i] != n) ==> parent_field(i) ==
  @     (depth_of[i] == 0 ? SLOTS : parent_of[i])) &&
  @   parent_field(c) == parent && (o != SLOTS ==> parent_field(o) == c);
  @*/

/* Then n changes places with c. */
/*@ ghost
  /@ requires shape && blocks_but(n) && heap_but(n) && kids_fit(n, parent);
   @ requires live(n) && live(c) && hole <= 1 && linked(parent);
   @ requires right <= 1;
   @ requires c == (right != 0 ? right_of[n] : left_of[n]);
   @ requires o == (right != 0 ? left_of[n] : right_of[n]);
   @ requires at(parent, hole, n, d, p) && 0 <= d < window;
   @ requires depth_of[n] == d && prefix_of[n] == p;
   @ requires d > 0 ==> parent_of[n] == parent && parent != SLOTS;
   @ requires o != SLOTS ==> bits_of[o] <= bits_of[c];
   @ requires parent != SLOTS || field_root == c;
   @ requires d > 0 ==> field_root == tree_root;
   @ requires pulled_left(n, c, parent, hole, right);
   @ requires pulled_right(n, c, parent, hole, right);
   @ requires pulled_depth(n, c, d) && pulled_parent(n, c, o, parent);
   @ terminates \true; exits \false;
   @ assigns tree_root, left_of[..], right_of[..], parent_of[..],
   @   depth_of[..], prefix_of[..];
   @ ensures shape: shape && blocks_but(n);
   @ ensures heap: heap_but(n) && kids_fit(n, c);
   @ ensures agree_root: tree_root != n ==> field_root == tree_root;
   @ ensures agree_left: agree_left_but(n);
   @ ensures agree_right: agree_right_but(n);
   @ ensures agree_depth: agree_depth_but(n);
   @ ensures agree_parent: agree_parent_but(n);
   @ ensures set: \forall integer i; live(i) <==> \old(live(i));
   @ ensures kept: \old(kept) ==> kept;
   @ ensures kids: left_of[n] == \old(left_of[c]) &&
   @   right_of[n] == \old(right_of[c]);
   @ ensures place: at(c, right, n, d + 1, prefix_of[n]);
   @ ensures here: depth_of[n] == d + 1 && parent_of[n] == c && live(c);
   @/
  void tree_pull(uint64_t n, uint64_t c, uint64_t o, uint64_t parent,
                 uint64_t hole, int d, uint64_t p, uint64_t right,
                 uint64_t field_root);
*/

/* clang-format off */
/* What all that change the index ask for and give back. */
#define ASSIGNS_INDEX                                                          \
    assigns r->root, r->slots[0 .. SLOTS].left, r->slots[0 .. SLOTS].right,    \
        r->slots[0 .. SLOTS].next, r->slots[0 .. SLOTS].alone,                 \
        r->slots[0 .. SLOTS].depth, field_left[..], field_right[..],           \
        field_next[..], field_alone[..], field_depth[..], tree_root,           \
        left_of[..], right_of[..], parent_of[..], depth_of[..],                \
        prefix_of[..], carried;
#define LOOP_ASSIGNS_INDEX(...)                                                \
    loop assigns __VA_ARGS__, r->visits, r->root,                              \
        r->slots[0 .. SLOTS].left, r->slots[0 .. SLOTS].right,                 \
        r->slots[0 .. SLOTS].next, r->slots[0 .. SLOTS].alone,                 \
        r->slots[0 .. SLOTS].depth, field_left[..], field_right[..],           \
        field_next[..], field_alone[..], field_depth[..], tree_root,           \
        left_of[..], right_of[..], parent_of[..], depth_of[..],                \
        prefix_of[..], carried;
#define ENSURES_TREE                                                           \
    ensures wf: wf;                                                            \
    ensures heap: heap;                                                        \
    ensures distinct: distinct;                                                \
    ensures agree_left: agree_left;                                            \
    ensures agree_right: agree_right;                                          \
    ensures agree_depth: agree_depth;                                          \
    ensures agree_parent: agree_parent;                                        \
    ensures kept: kept;
#define ENSURES_SHAPE                                                          \
    ensures memory: index_memory(r);                                           \
    ensures tree: wf && heap && distinct;                                      \
    ensures agree: agree(r);                                                   \
    ensures kept: kept;
/* clang-format on */

/* The kernel's links where n has been linked at a place of the tree: on side s
 * of parent, or as the root.
 */
/*@ predicate linked_left(integer n, integer parent, integer s) =
  @   \forall integer i; live(i) ==> field_left[i] ==
  @   (i == parent && s == 0 ? n : left_of[i]);
  @ predicate linked_right(integer n, integer parent, integer s) =
  @   \forall integer i; live(i) ==> field_right[i] ==
  @   (i == parent && s != 0 ? n : right_of[i]);
  @ predicate linked_root(struct regions *r, integer n, integer parent) =
  @   r->root == (parent == SLOTS ? n : tree_root);
  @ predicate adopted(integer n, integer x) = \forall integer i; live(i) ==>
  @   parent_field(i) == (i == left_of[x] || i == right_of[x] ? n :
  @   depth_of[i] == 0 ? SLOTS : parent_of[i]);
  @ predicate kept_new(integer n) = (carried == SLOTS || carried == n) &&
  @   (\forall integer i; live(i) && field_alone[i] == 0 ==>
  @     field_next[i] != n) &&
  @   (field_alone[n] == 0 ==> is_slot(field_next[n]) &&
  @     !live(field_next[n]) && field_next[n] != n &&
  @     field_left[field_next[n]] == n);
  @*/

/* Then n takes the place of x, or hangs as a leaf. */
/*@ ghost
  /@ requires wf && heap && distinct && fresh(n) && live(x);
   @ requires s <= 1 && linked(parent) && at(parent, s, x, d, p);
   @ requires depth_of[x] == d && prefix_of[x] == p && fits(n, d, p);
   @ requires d > 0 ==> parent_of[x] == parent && parent != SLOTS;
   @ requires bits_of[x] < bits_of[n];
   @ requires parent != SLOTS ==> bits_of[n] <= bits_of[parent];
   @ requires linked_left(n, parent, s) && linked_right(n, parent, s);
   @ requires field_root == (parent == SLOTS ? n : tree_root);
   @ requires agree_depth && adopted(n, x) && kept && kept_new(n);
   @ requires field_left[n] == left_of[x] && field_right[n] == right_of[x];
   @ requires field_depth[n] == d && parent_field(n) == parent;
   @ terminates \true; exits \false;
   @ assigns tree_root, left_of[..], right_of[..], parent_of[..],
   @   depth_of[..], prefix_of[..], carried;
   @ ENSURES_TREE
   @ ensures agree_root: field_root == tree_root;
   @ ensures carried: carried == x && fresh(x) && live(n);
   @ ensures place: depth_of[n] == d && prefix_of[n] == p;
   @ ensures set: \forall integer i; live(i) <==>
   @   (\old(live(i)) && i != x) || i == n;
   @/
  void tree_take(uint64_t n, uint64_t x, uint64_t parent, uint64_t s, int d,
                 uint64_t p, uint64_t field_root);
*/

/*@ ghost
  /@ requires wf && heap && distinct && fresh(n);
   @ requires s <= 1 && linked(parent) && at(parent, s, SLOTS, d, p);
   @ requires fits(n, d, p);
   @ requires parent != SLOTS ==> bits_of[n] <= bits_of[parent];
   @ requires linked_left(n, parent, s) && linked_right(n, parent, s);
   @ requires field_root == (parent == SLOTS ? n : tree_root);
   @ requires agree_depth && agree_parent && kept && kept_new(n);
   @ requires field_left[n] == SLOTS && field_right[n] == SLOTS;
   @ requires field_depth[n] == d && parent_field(n) == parent;
   @ terminates \true; exits \false;
   @ assigns tree_root, left_of[..], right_of[..], parent_of[n],
   @   depth_of[n], prefix_of[n], carried;
   @ ENSURES_TREE
   @ ensures agree_root: field_root == tree_root;
   @ ensures carried: carried == SLOTS && live(n);
   @ ensures place: depth_of[n] == d && prefix_of[n] == p;
   @ ensures set: \forall integer i; live(i) <==> \old(live(i)) || i == n;
   @/
  void tree_leaf(uint64_t n, uint64_t parent, uint64_t s, int d, uint64_t p,
                 uint64_t field_root);
*/

/* One region more, and nothing else. */
/*@ requires index_memory(r) && trusted != 0 && visits_left(r, window);
  @ requires wf && heap && distinct && agree(r) && kept && newcomer(n);
  @ requires top == SLOTS || (live(top) && bits_of[n] <= bits_of[top] &&
  @   prefix_of[top] == (base_of[n] >> (window - depth_of[top])));
  @ terminates \true; exits \false;
  @ ASSIGNS_INDEX
  @ assigns r->visits;
  @ ENSURES_SHAPE
  @ ensures set: \forall integer i; live(i) <==> \old(live(i)) || i == n;
  @ ensures carried: carried == SLOTS;
  @ ensures bound: \old(r->visits) <= r->visits <= \old(r->visits) + window;
  @ ensures frame: lists_kept{Pre, Post}(n);
  @ ensures alone: field_alone[n] == 1;
  @*/
void index_insert(struct regions *r, slotno_t top, slotno_t n);

/* One region less, and nothing else.  On the way n is exempt: it sinks to a
 * leaf of the ghost tree, while what names it in the kernel's links, and what
 * it names, is the hole that is filled from below.
 */
/*@ requires index_memory(r) && trusted != 0 && visits_left(r, window);
  @ requires wf && heap && distinct && agree(r) && kept && carried == SLOTS;
  @ requires live(n) && field_alone[n] != 0;
  @ terminates \true; exits \false;
  @ ASSIGNS_INDEX
  @ assigns r->visits;
  @ ENSURES_SHAPE
  @ ensures set: \forall integer i; live(i) <==> \old(live(i)) && i != n;
  @ ensures bound: \old(r->visits) <= r->visits <= \old(r->visits) + window;
  @ ensures frame: lists_kept{Pre, Post}(SLOTS);
  @*/
void index_remove(struct regions *r, slotno_t n);
#endif
