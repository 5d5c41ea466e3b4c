/* SPDX-License-Identifier: BSD-2-Clause */
/* The region index for the provers: a ghost tree.
 *
 *   depth d, prefix p: the block of 2^(W-d) bytes whose first address is
 *   p << (W-d).  depth_of[i]: of node i, or -1 where it is not in the tree;
 *   prefix_of[i]: of its block; parent_of, left_of, right_of: its links.
 *
 * Every predicate speaks of one edge or one node; no reachability, no sets.
 * The lemmas and the steps, which are ghost code, are proved in tree.c and
 * steps.c; the kernel's own links agree with these in all places but those
 * that `agrees_but' excepts.
 */
#ifndef FALLOW_PROOF_TREE_H
#define FALLOW_PROOF_TREE_H
#include "slots.h"

/*@ ghost int window; */ /* W: address bits of the window */
/*@ ghost uint64_t tree_root; */
/*@ ghost int depth_of[SLOTS]; */
/*@ ghost uint64_t prefix_of[SLOTS]; */
/*@ ghost uint64_t parent_of[SLOTS]; */
/*@ ghost uint64_t left_of[SLOTS]; */
/*@ ghost uint64_t right_of[SLOTS]; */

/*@ ghost
  /@ requires 0 <= m <= 62;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures \forall integer x; 0 <= (x >> m) ==>
   @   (x >> (m + 1)) == (x >> m) / 2;
   @/
  void lemma_step(int m);
*/
/*@ ghost
  /@ requires 0 <= m <= 62;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures (a >> m) == 2 * (a >> (m + 1)) + (a >> m) % 2;
   @ ensures 0 <= (a >> m) % 2 <= 1;
   @/
  void lemma_bit(uint64_t a, int m);
*/

/*@ predicate window_ok = 1 <= window <= 44;
  @ predicate region(integer a, integer b) =
  @   0 <= b <= window && 0 <= a && (a >> window) == 0 &&
  @   ((a >> b) << b) == a;
  @ predicate live(integer i) = is_slot(i) && depth_of[i] >= 0;
  @
  @ predicate block_ok(integer i) =
  @   0 <= depth_of[i] <= window - bits_of[i] && region(base_of[i],
  @   bits_of[i]) &&
  @   (base_of[i] >> (window - depth_of[i])) == prefix_of[i];
  @ predicate edge_ok(integer i, integer c, integer s) =
  @   c == SLOTS ||
  @   (live(c) && depth_of[c] == depth_of[i] + 1 &&
  @   prefix_of[c] == 2 * prefix_of[i] + s && parent_of[c] == i);
  @
  @ predicate root_ok =
  @   tree_root == SLOTS || (live(tree_root) && depth_of[tree_root] == 0 &&
  @   prefix_of[tree_root] == 0);
  @ predicate lefts = \forall integer i; live(i) ==> edge_ok(i, left_of[i], 0);
  @ predicate rights = \forall integer i; live(i) ==> edge_ok(i, right_of[i],
  @   1);
  @ predicate up_root = \forall integer i; live(i) && depth_of[i] == 0 ==>
  @   tree_root == i;
  @ predicate up_live = \forall integer i; live(i) && depth_of[i] > 0 ==>
  @   live(parent_of[i]) && depth_of[parent_of[i]] == depth_of[i] - 1;
  @ predicate up_prefix = \forall integer i; live(i) && depth_of[i] > 0 ==>
  @   prefix_of[parent_of[i]] == prefix_of[i] / 2;
  @ predicate up_link = \forall integer i; live(i) && depth_of[i] > 0 ==>
  @   (prefix_of[i] % 2 == 0 ? left_of[parent_of[i]] == i :
  @   right_of[parent_of[i]] == i);
  @ predicate shape = window_ok && root_ok && lefts && rights &&
  @   up_root && up_live && up_prefix && up_link;
  @ predicate blocks_but(integer n) =
  @   \forall integer i; live(i) && i != n ==> block_ok(i);
  @ predicate blocks = \forall integer i; live(i) ==> block_ok(i);
  @ predicate wf = shape && blocks;
  @
  @ predicate same_region(integer i, integer j) =
  @   bits_of[i] == bits_of[j] &&
  @   (base_of[i] >> bits_of[i]) == (base_of[j] >> bits_of[j]);
  @ predicate distinct = \forall integer i, j;
  @   live(i) && live(j) && i != j ==> !same_region(i, j);
  @ predicate meets(integer i, integer a, integer b) =
  @   bits_of[i] >= b ? (base_of[i] >> bits_of[i]) == (a >> bits_of[i])
  @                : (base_of[i] >> b) == (a >> b);
  @ predicate heap = \forall integer i; live(i) && depth_of[i] > 0 ==>
  @   bits_of[i] <= bits_of[parent_of[i]];
  @ predicate heap_but(integer n) = \forall integer i;
  @   live(i) && depth_of[i] > 0 && i != n ==>
  @   bits_of[i] <= bits_of[parent_of[i]];
  @ predicate kids_fit(integer n, integer parent) = parent != SLOTS ==>
  @   \forall integer i; live(i) && depth_of[i] > 0 && parent_of[i] == n ==>
  @   bits_of[i] <= bits_of[parent];
  @ predicate unique = \forall integer i, j; live(i) && live(j) &&
  @   depth_of[i] == depth_of[j] && prefix_of[i] == prefix_of[j] ==> i == j;
  @ predicate at(integer parent, integer s, integer x, integer d, integer p) =
  @   0 <= d && (parent == SLOTS ? tree_root == x && d == 0 && p == 0
  @     : live(parent) && depth_of[parent] == d - 1 &&
  @     p == 2 * prefix_of[parent] + s &&
  @       (s == 0 ? left_of[parent] == x : right_of[parent] == x));
  @*/

/* No two nodes have the same block. */
/*@ ghost
  /@ requires wf;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures unique;
   @/
  void lemma_unique(void);
*/

/* A node and its parent lie in the parent's block. */
/*@ ghost
  /@ requires wf && 0 <= k < window;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures \forall integer i; live(i) && depth_of[i] == k + 1 ==>
   @   live(parent_of[i]) && depth_of[parent_of[i]] == k &&
   @   (base_of[i] >> (window - k)) == (base_of[parent_of[i]] >> (window - k));
   @/
  void lemma_parent(int k);
*/

/* Above u nothing is smaller than u. */
/*@ ghost
  /@ requires wf && unique && heap && live(u);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures \forall integer i; live(i) && depth_of[i] <= depth_of[u] &&
   @   prefix_of[i] == (base_of[u] >> (window - depth_of[i])) ==>
   @   bits_of[i] >= bits_of[u];
   @/
  void lemma_above(uint64_t u);
*/

/* Below u nothing is larger than u. */
/*@ ghost
  /@ requires wf && unique && heap && live(u);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures \forall integer i; live(i) && depth_of[i] >= depth_of[u] &&
   @   (base_of[i] >> (window - depth_of[u])) == prefix_of[u] ==>
   @   bits_of[i] <= bits_of[u];
   @/
  void lemma_below(uint64_t u);
*/

/* Below a leaf there is nothing. */
/*@ ghost
  /@ requires wf && unique && live(u) && left_of[u] == SLOTS &&
   @   right_of[u] == SLOTS;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures \forall integer i; live(i) && depth_of[i] > depth_of[u] ==>
   @   (base_of[i] >> (window - depth_of[u])) != prefix_of[u];
   @/
  void lemma_leaf(uint64_t u);
*/

/* The node above n at depth k. */
/*@ ghost
  /@ requires wf && live(n) && 0 <= k <= depth_of[n];
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures live(\result) && depth_of[\result] == k;
   @ ensures prefix_of[\result] == (base_of[n] >> (window - k));
   @/
  uint64_t lemma_ancestor(uint64_t n, int k);
*/

/* What meets a block, and is no deeper, lies on the block's path. */
/*@ ghost
  /@ requires 1 <= window <= 44 && b <= window && region(a, b);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures wf ==> \forall integer i; live(i) && depth_of[i] <= window - b &&
   @   meets(i, a, b) ==> prefix_of[i] == (a >> (window - depth_of[i]));
   @/
  void lemma_path(uint64_t a, uint8_t b);
*/
#endif
