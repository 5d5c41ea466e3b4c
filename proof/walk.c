/* SPDX-License-Identifier: BSD-2-Clause */
/* Proofs of the lemmas of walk.h. */
#include "walk.h"
#include "shift.h"

/*@ ghost
  void lemma_child(uint64_t x, int level, uint64_t a, int side)
  {
    lemma_step(level - 1);
    lemma_bit(a, level - 1);
    //@ assert up: (a >> (level - 1)) == 2 * prefix_of[x] + side;
    //@ assert edge_ok(x, left_of[x], 0) && edge_ok(x, right_of[x], 1);
    /@ assert left: side == 0 && left_of[x] != SLOTS ==> live(left_of[x]) &&
     @   depth_of[left_of[x]] == window - (level - 1) &&
     @   prefix_of[left_of[x]] == (a >> (level - 1)); @/
    /@ assert right: side == 1 && right_of[x] != SLOTS ==> live(right_of[x]) &&
     @   depth_of[right_of[x]] == window - (level - 1) &&
     @   prefix_of[right_of[x]] == (a >> (level - 1)); @/
    //@ assert child_of(x, side) == left_of[x] || side == 1;
    //@ assert child_of(x, side) == right_of[x] || side == 0;
    /@ assert under: \forall integer i; live(i) &&
     @   depth_of[i] == window - (level - 1) &&
     @   prefix_of[i] == (a >> (level - 1)) ==>
     @   prefix_of[parent_of[i]] == prefix_of[x] && parent_of[i] == x; @/
  }
*/

/*@ ghost
  void lemma_walk(uint64_t x, int level, uint64_t a)
  {
    if (trusted) {
      lemma_unique();
      lemma_bit(a, level - 1);
      lemma_child(x, level, a, (int)((a >> (level - 1)) % 2));
    }
  }
*/

/*@ ghost
  void lemma_empty(int level, uint64_t a)
  {
    int k = window - level;
    /@ loop invariant window - level <= k <= window;
     @ loop invariant \forall integer i; live(i) &&
     @   window - level <= depth_of[i] <= k ==>
     @   (base_of[i] >> level) != (a >> level);
     @ loop assigns k; loop variant window - k; @/
    while (k < window) {
      lemma_parent(k);
      /@ assert lift: \forall integer i; live(i) && depth_of[i] == k + 1 ==>
       @   (base_of[i] >> level) == (base_of[parent_of[i]] >> level); @/
      k = k + 1;
    }
    /@ assert all: \forall integer i; live(i) ==>
     @   block_ok(i) && depth_of[i] <= window; @/
  }
*/

/*@ ghost
  void lemma_same(uint64_t x)
  {
    /@ assert trusted != 0 ==> \forall integer i; live(i) &&
     @   bits_of[i] == bits_of[x] && base_of[i] == base_of[x] ==>
     @   same_region(i, x); @/
  }
*/

/*@ ghost
  void lemma_missed(int d, int level, uint64_t a, uint8_t b)
  {
    int k = level;
    /@ loop invariant b <= k <= level;
     @ loop invariant \forall integer i; live(i) &&
     @   depth_of[i] == window - k ==> prefix_of[i] != (a >> k);
     @ loop invariant \forall integer i; live(i) &&
     @   d < depth_of[i] < window - k &&
     @   prefix_of[i] == (a >> (window - depth_of[i])) ==> !meets(i, a, b);
     @ loop assigns k; loop variant k; @/
    while (k > b) {
      lemma_step(k - 1);
      lemma_bit(a, k - 1);
      k = k - 1;
    }
    /@ assert path: \forall integer i; live(i) &&
     @   d < depth_of[i] <= window - b &&
     @   prefix_of[i] == (a >> (window - depth_of[i])) ==> !meets(i, a, b); @/
    lemma_path(a, b);
    /@ assert shallow: \forall integer i; live(i) &&
     @   d < depth_of[i] <= window - b ==> !meets(i, a, b); @/
    /@ assert empty: \forall integer i; live(i) && depth_of[i] == window - b ==>
     @   (base_of[i] >> b) != (a >> b); @/
    lemma_empty(b, a);
    /@ assert all: \forall integer i; live(i) ==> block_ok(i) &&
     @   depth_of[i] <= window; @/
    /@ assert deep: \forall integer i; live(i) && depth_of[i] > window - b ==>
     @   bits_of[i] < b && !meets(i, a, b); @/
  }
*/

/*@ ghost
  void lemma_inside(uint64_t u)
  {
    int d = depth_of[u];
    lemma_unique();
    lemma_above(u);
    lemma_below(u);
    //@ assert block_ok(u) && d <= window - bits_of[u];
    //@ assert ub: (base_of[u] >> (window - d)) == prefix_of[u];
    /@ assert path: \forall integer i; live(i) && inside(i, u) &&
     @   depth_of[i] <= d ==>
     @   prefix_of[i] == (base_of[u] >> (window - depth_of[i])); @/
  }
*/
