/* SPDX-License-Identifier: BSD-2-Clause */
/* Proofs of the steps of change.h. */
#include "change.h"
#include "shift.h"

/*@ ghost
  void lemma_names(uint64_t n)
  {
    //@ assert edge_ok(n, left_of[n], 0) && edge_ok(n, right_of[n], 1);
  }
*/

/*@ ghost
  void tree_pull(uint64_t n, uint64_t c, uint64_t o, uint64_t parent,
                 uint64_t hole, int d, uint64_t p, uint64_t right,
                 uint64_t field_root)
  {
    lemma_names(n);
    lemma_names(c);
    if (right) {
      tree_sink_right(n, c, parent, hole, d, p);
      //@ assert prefix_of[n] == 2 * prefix_of[c] + 1 && right_of[c] == n;
      //@ assert at(c, 1, n, d + 1, prefix_of[n]) && right == 1;
      //@ assert agree_left_but(n);
      //@ assert agree_right_but(n);
      //@ assert agree_parent_but(n);
    } else {
      tree_sink_left(n, c, parent, hole, d, p);
      //@ assert prefix_of[n] == 2 * prefix_of[c] && left_of[c] == n;
      //@ assert at(c, 0, n, d + 1, prefix_of[n]) && right == 0;
      //@ assert agree_left_but(n);
      //@ assert agree_right_but(n);
      //@ assert agree_parent_but(n);
    }
  }
*/

/*@ ghost
  void lemma_room(uint64_t n, uint64_t top, int level)
  {
    //@ assert block_ok(top) && bits_of[n] <= bits_of[top] <= level;
    //@ assert bits_of[n] == level ==> bits_of[top] == level;
    //@ assert (base_of[top] >> level) == (base_of[n] >> level);
    //@ assert bits_of[n] == level ==> same_region(top, n);
  }
*/

/*@ ghost
  void lemma_place(uint64_t n, uint64_t top, int level, uint64_t side)
  {
    lemma_bit(base_of[n], level);
    //@ assert edge_ok(top, left_of[top], 0) && edge_ok(top, right_of[top], 1);
    //@ assert side == 0 ==> child_of(top, side) == left_of[top];
    //@ assert side == 1 ==> child_of(top, side) == right_of[top];
  }
*/

/*@ ghost
  void tree_take(uint64_t n, uint64_t x, uint64_t parent, uint64_t s, int d,
                 uint64_t p, uint64_t field_root)
  {
    lemma_names(x);
    //@ assert block_ok(x);
    //@ assert parent != n && parent != x;
    //@ assert left_of[x] != n && right_of[x] != n;
    tree_replace(n, x, parent, s, d, p);
    carried = x;
    //@ assert was: \forall integer i; live(i) ==> \at(live(i), Pre) || i == n;
    /@ assert as: \forall integer i; live(i) && i != n ==>
     @   depth_of[i] == \at(depth_of[i], Pre); @/
    //@ assert agree_left;
    //@ assert agree_right;
    //@ assert agree_depth;
    //@ assert agree_parent;
  }
*/

/*@ ghost
  void tree_leaf(uint64_t n, uint64_t parent, uint64_t s, int d, uint64_t p,
                 uint64_t field_root)
  {
    //@ assert parent != n;
    tree_hang(n, parent, s, d, p);
    carried = SLOTS;
    //@ assert was: \forall integer i; live(i) ==> \at(live(i), Pre) || i == n;
    /@ assert as: \forall integer i; live(i) && i != n ==>
     @   depth_of[i] == \at(depth_of[i], Pre) &&
     @   parent_of[i] == \at(parent_of[i], Pre); @/
  }
*/
