/* SPDX-License-Identifier: BSD-2-Clause */
/* Leaving a region list. */
#include "leave.h"
#include "uncalled.h"
#include "shift.h"

/*@ ghost
  void lists_promote(uint64_t n, uint64_t x)
  {
    uint64_t k = 0;
    /@ loop invariant 0 <= k <= SLOTS;
     @ loop invariant \forall integer j; 0 <= j < k ==> node_of[j] ==
     @   (\at(node_of[j], Pre) == x ? n : \at(node_of[j], Pre));
     @ loop invariant \forall integer j; k <= j < SLOTS ==>
     @   node_of[j] == \at(node_of[j], Pre);
     @ loop assigns k, node_of[..]; loop variant SLOTS - k; @/
    while (k < SLOTS) {
      if (node_of[k] == x)
        node_of[k] = n;
      k = k + 1;
    }
    in_list[n] = 0;
    in_list[x] = 0;
  }
*/

/* n enters where x leaves: everybody's block is right. */
/*@ ghost
  /@ requires is_slot(n) && !live(n) && live(x) && 0 <= d;
   @ terminates \true; exits \false;
   @ assigns depth_of[n], prefix_of[n], depth_of[x];
   @ ensures depth_of[n] == d && prefix_of[n] == p && depth_of[x] == -1;
   @ ensures \old(blocks && has_place(n, d, p)) ==> blocks;
   @/
  void lemma_inherit(uint64_t n, uint64_t x, int d, uint64_t p)
  {
    depth_of[n] = d;
    prefix_of[n] = p;
    depth_of[x] = -1;
    //@ assert self: \at(has_place(n, d, p), Pre) ==> block_ok(n);
    /@ assert same: \forall integer i; live(i) && i != n ==>
     @   \at(live(i), Pre) && depth_of[i] == \at(depth_of[i], Pre) &&
     @   prefix_of[i] == \at(prefix_of[i], Pre); @/
    /@ assert new: \forall integer i; live(i) && i != n &&
     @   \at(block_ok(i), Pre) && depth_of[i] == \at(depth_of[i], Pre) &&
     @   prefix_of[i] == \at(prefix_of[i], Pre) ==> block_ok(i); @/
  }
*/

/*@ ghost
  void tree_inherit(uint64_t n, uint64_t x, uint64_t parent, uint64_t s, int d,
                    uint64_t p)
  {
      uint64_t l = left_of[x], r = right_of[x];

      /@ assert l != SLOTS ==> prefix_of[l] == 2 * p && prefix_of[l] / 2 == p;
       @   @/
      /@ assert r != SLOTS ==> prefix_of[r] == 2 * p + 1 &&
       @   prefix_of[r] / 2 == p; @/
      /@ assert parent != SLOTS ==> p / 2 == prefix_of[parent] && p % 2 == s; @/
      /@ assert \forall integer i; live(i) && left_of[i] == x ==>
       @   i == parent && s == 0; @/
      /@ assert \forall integer i; live(i) && right_of[i] == x ==>
       @   i == parent && s == 1; @/
      /@ assert l != SLOTS ==> \forall integer i; live(i) && i != x ==>
       @   left_of[i] != l && right_of[i] != l; @/
      /@ assert r != SLOTS ==> \forall integer i; live(i) && i != x ==>
       @   left_of[i] != r && right_of[i] != r; @/
      /@ assert apart_left: l != SLOTS ==> live(l) && l != n && l != x &&
       @   l != r && l != parent && depth_of[l] == d + 1; @/
      /@ assert apart_right: r != SLOTS ==> live(r) && r != n && r != x &&
       @   r != parent && depth_of[r] == d + 1; @/
      /@ assert beside: parent != SLOTS ==> parent != x && parent != n &&
       @   left_of[parent] != n && right_of[parent] != n &&
       @   (s == 0 ? right_of[parent] != x : left_of[parent] != x); @/
      left_of[n] = l;
      right_of[n] = r;
      if (parent == SLOTS)
          tree_root = n;
      else if (s)
          right_of[parent] = n;
      else
          left_of[parent] = n;
      parent_of[n] = parent;
      if (l != SLOTS) parent_of[l] = n;
      if (r != SLOTS) parent_of[r] = n;
      lemma_inherit(n, x, d, p);
      /@ assert same: \forall integer i; live(i) && i != n ==>
       @   \at(live(i), Pre) && i != x && depth_of[i] == \at(depth_of[i],
       @   Pre) &&
       @   prefix_of[i] == \at(prefix_of[i], Pre); @/
      //@ assert below_left: edge_ok(n, left_of[n], 0);
      //@ assert below_right: edge_ok(n, right_of[n], 1);
      /@ assert own: parent != SLOTS ==> (s == 0
       @   ? left_of[parent] == n && edge_ok(parent, n, 0)
       @   : right_of[parent] == n && edge_ok(parent, n, 1)); @/
      /@ assert other_right: parent != SLOTS && s == 0 ==>
       @   edge_ok(parent, right_of[parent], 1); @/
      /@ assert other_left: parent != SLOTS && s != 0 ==>
       @   edge_ok(parent, left_of[parent], 0); @/
      /@ assert links: \forall integer i; live(i) && i != n && i != parent ==>
       @   left_of[i] == \at(left_of[i], Pre) &&
       @   right_of[i] == \at(right_of[i], Pre); @/
      /@ assert linked: \forall integer i; live(i) && i != n && i != parent ==>
       @   left_of[i] != n && left_of[i] != x &&
       @   right_of[i] != n && right_of[i] != x; @/
      /@ assert lower: \forall integer i; live(i) && i != n && i != parent ==>
       @   (left_of[i] != SLOTS ==> left_of[i] != l && left_of[i] != r) &&
       @   (right_of[i] != SLOTS ==> right_of[i] != l && right_of[i] != r); @/
      /@ assert \forall integer i; live(i) && i != n && i != parent ==>
       @   edge_ok(i, left_of[i], 0); @/
      /@ assert \forall integer i; live(i) && i != n && i != parent ==>
       @   edge_ok(i, right_of[i], 1); @/
  }
*/

/*@ ghost
  void tree_promote(uint64_t n, uint64_t x, uint64_t parent,
                    uint64_t field_root)
  {
    int d = depth_of[x];
    uint64_t p = prefix_of[x], s = d == 0 ? 0 : p % 2;
    //@ assert block_ok(x);
    /@ assert names_left: \forall integer j; live(j) && left_of[j] == x ==>
     @   j == parent && s == 0; @/
    /@ assert names_right: \forall integer j; live(j) && right_of[j] == x ==>
     @   j == parent && s == 1; @/
    //@ assert top: d == 0 ==> prefix_of[tree_root] == 0 && x == tree_root;
    //@ assert has_place(n, d, p) && blocks;
    tree_inherit(n, x, parent, s, d, p);
    /@ assert same: \forall integer j; live(j) && j != n ==>
     @   j != x && \at(live(j), Pre); @/
    /@ assert new: \forall integer j; live(j) && j != n ==>
     @   !same_region(j, x) && !same_region(x, j); @/
    /@ assert like: \forall integer j; same_region(j, n) ==>
     @   same_region(j, x); @/
    /@ assert liken: \forall integer j; same_region(n, j) ==>
     @   same_region(x, j); @/
    /@ assert old: \forall integer i, j; live(i) && live(j) && i != n &&
     @   j != n && i != j ==> !same_region(i, j); @/
  }
*/

/*@ ghost
  uint64_t lemma_front(uint64_t i)
  {
    uint64_t y = i;
    /@ loop invariant member(y) && node_of[y] == node_of[i];
     @ loop assigns y; loop variant rank_of[y]; @/
    while (depth_of[y] < 0 && field_left[y] != SLOTS)
      y = field_left[y];
    return y;
  }
*/

#include "../kernel/core/regions.c"
