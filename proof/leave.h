/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots leave region lists; another takes over a node. */
#ifndef FALLOW_PROOF_LEAVE_H
#define FALLOW_PROOF_LEAVE_H
#include "lists.h"
#include "tree.h"

/*@ requires index_memory(r) && is_slot(first) && linked(next);
  @ requires first != next && parent <= SLOTS;
  @ terminates \true; exits \false;
  @ assigns r->slots[first].next, r->slots[first].alone,
  @   r->slots[next].left, r->slots[next].right, field_next[first],
  @   field_alone[first], field_left[next], field_right[next];
  @ ensures packed: packed(r->slots);
  @ ensures alone: next == SLOTS ==>
  @   field_alone[first] == 1 && field_next[first] == parent;
  @ ensures second: next != SLOTS ==> field_alone[first] == 0 &&
  @   field_next[first] == next && field_left[next] == first &&
  @   field_right[next] == parent;
  @*/
static void set_second(struct regions *r, slotno_t first, slotno_t next,
                       slotno_t parent);

/* Listed slot i leaves: what was before it is before what came after it. */
/*@ requires index_memory(r) && wf && agree(r) && lists && listed(i);
  @ terminates \true; exits \false;
  @ assigns r->slots[0 .. SLOTS].left, r->slots[0 .. SLOTS].right,
  @   r->slots[0 .. SLOTS].next, r->slots[0 .. SLOTS].alone, field_left[..],
  @   field_right[..], field_next[..], field_alone[..], in_list[i];
  @ ENSURES_AGREE
  @ ENSURES_LISTS
  @ ensures kept: carried == SLOTS ==> kept;
  @ ensures closed: \old(field_left[i]) != SLOTS ==>
  @   next_field(\old(field_left[i])) == \old(next_field(i));
  @ ensures others: \forall integer j; member(j) &&
  @   j != \old(field_left[i]) ==> next_field(j) == \old(next_field(j));
  @ ensures members: \forall integer j;
  @   member(j) <==> \old(member(j)) && j != i;
  @*/
static void unlist(struct regions *r, slotno_t i);

/*@ predicate has_place(integer n, integer d, integer p) =
  @   region(base_of[n], bits_of[n]) && 0 <= d <= window - bits_of[n] &&
  @   (base_of[n] >> (window - d)) == p;
  @*/

/* n takes the place of x; x leaves the tree. */
/*@ ghost
  /@ requires shape && is_slot(n) && !live(n) && live(x) && s <= 1 &&
   @   linked(parent);
   @ requires at(parent, s, x, d, p) && depth_of[x] == d && prefix_of[x] == p;
   @ requires d > 0 ==> parent_of[x] == parent && parent != SLOTS;
   @ terminates \true; exits \false;
   @ assigns tree_root, left_of[..], right_of[..],
   @   depth_of[..], prefix_of[..], parent_of[..];
   @ ensures root: root_ok;
   @ ensures left: lefts;
   @ ensures right: rights;
   @ ensures up0: up_root;
   @ ensures up1: up_live;
   @ ensures up2: up_prefix;
   @ ensures up3: up_link;
   @ ensures live: live(n) && !live(x) && depth_of[n] == d && prefix_of[n] == p;
   @ ensures \forall integer i; i != n && i != x ==>
   @   (live(i) <==> \old(live(i))) && depth_of[i] == \old(depth_of[i]) &&
   @   prefix_of[i] == \old(prefix_of[i]);
   @ ensures kids: left_of[n] == \old(left_of[x]) &&
   @   right_of[n] == \old(right_of[x]);
   @ ensures heap: \old(heap) && bits_of[x] <= bits_of[n] &&
   @   (parent != SLOTS ==> bits_of[n] <= bits_of[parent]) ==> heap;
   @ ensures top: tree_root == (parent == SLOTS ? n : \old(tree_root));
   @ ensures lefts: \forall integer i; is_slot(i) ==> left_of[i] ==
   @   (i == n ? \old(left_of[x]) : i == parent && s == 0 ? n :
   @     \old(left_of[i]));
   @ ensures rights: \forall integer i; is_slot(i) ==> right_of[i] ==
   @   (i == n ? \old(right_of[x]) : i == parent && s != 0 ? n :
   @     \old(right_of[i]));
   @ ensures parents: \forall integer i; is_slot(i) ==> parent_of[i] ==
   @   (i == n ? parent :
   @     i == \old(left_of[x]) || i == \old(right_of[x]) ? n :
   @     \old(parent_of[i]));
   @ ensures blocks: \old(blocks && has_place(n, d, p)) ==> blocks;
   @/
  void tree_inherit(uint64_t n, uint64_t x, uint64_t parent, uint64_t s, int d,
                    uint64_t p);
*/

/* In the ghost tree n takes the place of x, which has the same region; the
 * kernel's links do that already, but for the parent links of its children.
 */
/*@ predicate taken_left(integer n, integer x, integer parent, integer s) =
  @   field_left[n] == left_of[x] && \forall integer j; live(j) && j != x ==>
  @   field_left[j] == (j == parent && s == 0 ? n : left_of[j]);
  @ predicate taken_right(integer n, integer x, integer parent, integer s) =
  @   field_right[n] == right_of[x] && \forall integer j; live(j) && j != x ==>
  @   field_right[j] == (j == parent && s != 0 ? n : right_of[j]);
  @ predicate taken_depth(integer n, integer x) =
  @   field_depth[n] == depth_of[x] && \forall integer j; live(j) && j != x ==>
  @   field_depth[j] == depth_of[j];
  @*/
/*@ logic integer side_of(integer x) =
  @   depth_of[x] == 0 ? 0 : prefix_of[x] % 2;
  @ logic integer above(integer x) = depth_of[x] == 0 ? SLOTS : parent_of[x];
  @ predicate own_child(integer n, integer j) =
  @   j == left_of[n] || j == right_of[n];
  @ predicate parents_of_others(integer i) = \forall integer j; live(j) &&
  @   j != i ==> parent_field(j) == above(j);
  @ predicate parents_but(integer n) = \forall integer j; live(j) ==>
  @   (own_child(n, j) ? parent_of[j] == n && depth_of[j] != 0
  @     : parent_field(j) == above(j));
  @*/

/*@ requires index_memory(r) && shape && live(i) && kept;
  @ requires agree(r) && is_slot(second) && !live(second);
  @ requires parent == above(i);
  @ terminates \true; exits \false;
  @ assigns r->root, r->slots[0 .. SLOTS].left, r->slots[0 .. SLOTS].right,
  @   r->slots[second].depth, field_left[..], field_right[..],
  @   field_depth[second];
  @ ensures packed: packed(r->slots);
  @ ensures left: taken_left(second, i, parent, side_of(i));
  @ ensures right: taken_right(second, i, parent, side_of(i));
  @ ensures depth: taken_depth(second, i);
  @ ensures root: r->root == (parent == SLOTS ? second : tree_root);
  @ ensures others: \forall integer j; is_slot(j) && !live(j) &&
  @   j != second ==> field_left[j] == \old(field_left[j]) &&
  @   field_right[j] == \old(field_right[j]);
  @*/
static void take_node(struct regions *r, slotno_t parent, slotno_t i,
                      slotno_t second);

/*@ ghost
  /@ requires wf && heap && distinct && is_slot(n) && !live(n) && live(x);
   @ requires base_of[n] == base_of[x] && bits_of[n] == bits_of[x];
   @ requires parent == above(x);
   @ requires left: taken_left(n, x, parent, side_of(x));
   @ requires right: taken_right(n, x, parent, side_of(x));
   @ requires depth: taken_depth(n, x);
   @ requires field_root == (parent == SLOTS ? n : tree_root);
   @ terminates \true; exits \false;
   @ assigns tree_root, left_of[..], right_of[..],
   @   depth_of[..], prefix_of[..], parent_of[..];
   @ ensures root: root_ok;
   @ ensures lefts: lefts;
   @ ensures rights: rights;
   @ ensures up_root: up_root;
   @ ensures up_live: up_live;
   @ ensures up_prefix: up_prefix;
   @ ensures up_link: up_link;
   @ ensures blocks: blocks;
   @ ensures heap: heap;
   @ ensures distinct: distinct;
   @ ensures agree_left: agree_left;
   @ ensures agree_right: agree_right;
   @ ensures agree_depth: agree_depth;
   @ ensures top: field_root == tree_root;
   @ ensures set: \forall integer j;
   @   live(j) <==> (\old(live(j)) && j != x) || j == n;
   @ ensures place: depth_of[n] == \old(depth_of[x]) && parent_of[n] == parent;
   @ ensures kids: left_of[n] == \old(left_of[x]) &&
   @   right_of[n] == \old(right_of[x]);
   @ ensures own: own(n, left_of[n]) && own(n, right_of[n]);
   @ ensures same: \forall integer j; j != n && j != x ==>
   @   depth_of[j] == \old(depth_of[j]);
   @ ensures others: parent_field(n) == parent &&
   @   \old(parents_of_others(x)) ==> parents_but(n);
   @ ensures parents: \forall integer j; live(j) && j != n ==> parent_of[j] ==
   @   (j == left_of[n] || j == right_of[n] ? n : \old(parent_of[j]));
   @/
  void tree_promote(uint64_t n, uint64_t x, uint64_t parent,
                    uint64_t field_root);
*/

/* The list of x is that of n now. */
/*@ ghost
  /@ requires is_slot(n) && is_slot(x);
   @ terminates \true; exits \false;
   @ assigns node_of[..], in_list[n], in_list[x];
   @ ensures in_list[n] == 0 && in_list[x] == 0;
   @ ensures \forall integer j; 0 <= j < SLOTS ==> node_of[j] ==
   @   (\old(node_of[j]) == x ? n : \old(node_of[j]));
   @/
  void lists_promote(uint64_t n, uint64_t x);
*/

/* Node i leaves; the second of its list takes over its place, so that the set
 * of regions is as it was.
 */
/*@ requires index_memory(r) && wf && heap && distinct && agree(r) && lists;
  @ requires carried == SLOTS && live(i) && field_alone[i] == 0;
  @ requires second == field_next[i];
  @ terminates \true; exits \false;
  @ assigns r->root, r->slots[0 .. SLOTS].left, r->slots[0 .. SLOTS].right,
  @   r->slots[0 .. SLOTS].next, r->slots[0 .. SLOTS].alone,
  @   r->slots[0 .. SLOTS].depth, field_left[..], field_right[..],
  @   field_next[..], field_alone[..], field_depth[..], tree_root,
  @   left_of[..], right_of[..], depth_of[..], prefix_of[..], parent_of[..],
  @   node_of[..], in_list[second], in_list[i];
  @ ensures root_ok: root_ok;
  @ ensures lefts: lefts;
  @ ensures rights: rights;
  @ ensures up_root: up_root;
  @ ensures up_live: up_live;
  @ ensures up_prefix: up_prefix;
  @ ensures up_link: up_link;
  @ ensures blocks: blocks;
  @ ensures heap: heap;
  @ ensures distinct: distinct;
  @ ensures agree_root: r->root == tree_root;
  @ ENSURES_AGREE
  @ ENSURES_LISTS
  @ ensures kept: kept;
  @ ensures set: \forall integer j;
  @   live(j) <==> (\old(live(j)) && j != i) || j == second;
  @ ensures same: base_of[second] == base_of[i] &&
  @   bits_of[second] == bits_of[i];
  @ ensures others: \forall integer j; member(j) ==>
  @   next_field(j) == \old(next_field(j));
  @ ensures members: \forall integer j;
  @   member(j) <==> \old(member(j)) && j != i;
  @*/
static void promote(struct regions *r, slotno_t i, slotno_t second);

/* From any member back there is an end: the node of its region, or the first
 * of a plain list.
 */
/*@ ghost
  /@ requires lists && member(i);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures member(\result);
   @ ensures live(\result) ? node_of[i] == \result
   @   : node_of[i] == SLOTS && field_left[\result] == SLOTS;
   @/
  uint64_t lemma_front(uint64_t i);
*/
#endif
