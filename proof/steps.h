/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of insert and remove in the ghost tree: straight-line, each keeps
 * the shape and changes the set of live nodes as it says. */
#ifndef FALLOW_PROOF_STEPS_H
#define FALLOW_PROOF_STEPS_H
#include "tree.h"

/*@ predicate fits(integer n, integer d, integer p) =
  @   region(base_of[n], bits_of[n]) && 0 <= d <= window - bits_of[n] &&
  @   (base_of[n] >> (window - d)) == p;
  @*/

/* Hang the leaf n at an empty place. */
/*@ ghost
  /@ requires shape && is_slot(n) && !live(n) && s <= 1 && linked(parent);
   @ requires at(parent, s, SLOTS, d, p) && blocks;
   @ requires region(base_of[n], bits_of[n]) && d <= window - bits_of[n] &&
   @   (base_of[n] >> (window - d)) == p;
   @ terminates \true; exits \false;
   @ assigns tree_root, left_of[..], right_of[..],
   @   depth_of[n], prefix_of[n], parent_of[n];
   @ ensures root: root_ok;
   @ ensures left: lefts;
   @ ensures right: rights;
   @ ensures up0: up_root;
   @ ensures up1: up_live;
   @ ensures up2: up_prefix;
   @ ensures up3: up_link;
   @ ensures blocks: blocks;
   @ ensures live: live(n) && depth_of[n] == d && prefix_of[n] == p;
   @ ensures \forall integer i; i != n ==> (live(i) <==> \old(live(i)));
   @ ensures heap: \old(heap) && (parent != SLOTS ==>
   @   bits_of[n] <= bits_of[parent]) ==> heap;
   @ ensures top: tree_root == (parent == SLOTS ? n : \old(tree_root));
   @ ensures lefts: \forall integer i; is_slot(i) ==> left_of[i] ==
   @   (i == n ? SLOTS : i == parent && s == 0 ? n :
   @     \old(left_of[i]));
   @ ensures rights: \forall integer i; is_slot(i) ==> right_of[i] ==
   @   (i == n ? SLOTS : i == parent && s != 0 ? n :
   @     \old(right_of[i]));
   @ ensures parent: parent_of[n] == parent;
   @/
  void tree_hang(uint64_t n, uint64_t parent, uint64_t s, int d, uint64_t p);
*/

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
   @ ensures blocks: \old(blocks && fits(n, d, p)) ==> blocks;
   @/
  void tree_replace(uint64_t n, uint64_t x, uint64_t parent, uint64_t s, int d,
                   uint64_t p);
*/

/* A leaf leaves the tree. */
/*@ ghost
  /@ requires shape && live(n) && left_of[n] == SLOTS && right_of[n] == SLOTS;
   @ requires blocks_but(n);
   @ requires s <= 1 && linked(parent) && at(parent, s, n, d, p) &&
   @   depth_of[n] == d;
   @ requires d > 0 ==> parent_of[n] == parent && parent != SLOTS;
   @ terminates \true; exits \false;
   @ assigns tree_root, left_of[..], right_of[..],
   @   depth_of[n];
   @ ensures root: root_ok;
   @ ensures left: lefts;
   @ ensures right: rights;
   @ ensures up0: up_root;
   @ ensures up1: up_live;
   @ ensures up2: up_prefix;
   @ ensures up3: up_link;
   @ ensures blocks: blocks;
   @ ensures live: !live(n);
   @ ensures \forall integer i; i != n ==> (live(i) <==> \old(live(i)));
   @ ensures heap: \old(heap_but(n)) ==> heap;
   @ ensures top: tree_root == (parent == SLOTS ? SLOTS : \old(tree_root));
   @ ensures lefts: \forall integer i; is_slot(i) ==> left_of[i] ==
   @   (i == parent && s == 0 ? SLOTS :
   @     \old(left_of[i]));
   @ ensures rights: \forall integer i; is_slot(i) ==> right_of[i] ==
   @   (i == parent && s != 0 ? SLOTS :
   @     \old(right_of[i]));
   @/
  void tree_unhang(uint64_t n, uint64_t parent, uint64_t s, int d, uint64_t p);
*/

/* n changes places with its left child c. */
/*@ ghost
  /@ requires shape && live(n) && live(c) && s <= 1 && linked(parent);
   @ requires left_of[n] == c;
   @ requires at(parent, s, n, d, p) && depth_of[n] == d && prefix_of[n] == p;
   @ requires d > 0 ==> parent_of[n] == parent && parent != SLOTS;
   @ requires blocks_but(n) && 0 <= d < window;
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
   @ ensures blocks: blocks_but(n);
   @ ensures set: \forall integer i; live(i) <==> \old(live(i));
   @ ensures place: depth_of[n] == d + 1 && prefix_of[n] == 2 * p &&
   @   parent_of[n] == c &&
   @   live(c) && depth_of[c] == d && prefix_of[c] == p &&
   @   left_of[c] == n;
   @ ensures heap: \old(heap_but(n) && kids_fit(n, parent) &&
   @   (right_of[n] != SLOTS ==> bits_of[right_of[n]] <= bits_of[c])) ==>
   @   heap_but(n);
   @ ensures kids: \old(heap_but(n)) ==> kids_fit(n, c);
   @ ensures top: tree_root == (parent == SLOTS ? c : \old(tree_root));
   @ ensures lefts: \forall integer i; is_slot(i) ==> left_of[i] ==
   @   (i == n ? \old(left_of[c]) : i == c ? n :
   @     i == parent && s == 0 ? c :
   @     \old(left_of[i]));
   @ ensures rights: \forall integer i; is_slot(i) ==> right_of[i] ==
   @   (i == n ? \old(right_of[c]) : i == c ? \old(right_of[n]) :
   @     i == parent && s != 0 ? c :
   @     \old(right_of[i]));
   @ ensures parents: \forall integer i; is_slot(i) ==> parent_of[i] ==
   @   (i == n ? c : i == c ? parent :
   @     i == \old(left_of[c]) || i == \old(right_of[c]) ? n :
   @     i == \old(right_of[n]) ? c :
   @     \old(parent_of[i]));
   @ ensures same: \forall integer i; i != n && i != c ==>
   @   depth_of[i] == \old(depth_of[i]) && prefix_of[i] == \old(prefix_of[i]);
   @/
  void tree_sink_left(uint64_t n, uint64_t c, uint64_t parent, uint64_t s,
                int d, uint64_t p);
*/

/* n changes places with its right child c. */
/*@ ghost
  /@ requires shape && live(n) && live(c) && s <= 1 && linked(parent);
   @ requires right_of[n] == c;
   @ requires at(parent, s, n, d, p) && depth_of[n] == d && prefix_of[n] == p;
   @ requires d > 0 ==> parent_of[n] == parent && parent != SLOTS;
   @ requires blocks_but(n) && 0 <= d < window;
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
   @ ensures blocks: blocks_but(n);
   @ ensures set: \forall integer i; live(i) <==> \old(live(i));
   @ ensures place: depth_of[n] == d + 1 && prefix_of[n] == 2 * p + 1 &&
   @   parent_of[n] == c &&
   @   live(c) && depth_of[c] == d && prefix_of[c] == p &&
   @   right_of[c] == n;
   @ ensures heap: \old(heap_but(n) && kids_fit(n, parent) &&
   @   (left_of[n] != SLOTS ==> bits_of[left_of[n]] <= bits_of[c])) ==>
   @   heap_but(n);
   @ ensures kids: \old(heap_but(n)) ==> kids_fit(n, c);
   @ ensures top: tree_root == (parent == SLOTS ? c : \old(tree_root));
   @ ensures lefts: \forall integer i; is_slot(i) ==> left_of[i] ==
   @   (i == n ? \old(left_of[c]) : i == c ? \old(left_of[n]) :
   @     i == parent && s == 0 ? c :
   @     \old(left_of[i]));
   @ ensures rights: \forall integer i; is_slot(i) ==> right_of[i] ==
   @   (i == n ? \old(right_of[c]) : i == c ? n :
   @     i == parent && s != 0 ? c :
   @     \old(right_of[i]));
   @ ensures parents: \forall integer i; is_slot(i) ==> parent_of[i] ==
   @   (i == n ? c : i == c ? parent :
   @     i == \old(left_of[c]) || i == \old(right_of[c]) ? n :
   @     i == \old(left_of[n]) ? c :
   @     \old(parent_of[i]));
   @ ensures same: \forall integer i; i != n && i != c ==>
   @   depth_of[i] == \old(depth_of[i]) && prefix_of[i] == \old(prefix_of[i]);
   @/
  void tree_sink_right(uint64_t n, uint64_t c, uint64_t parent, uint64_t s,
                int d, uint64_t p);
*/
#endif
