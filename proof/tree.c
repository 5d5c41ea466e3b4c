/* SPDX-License-Identifier: BSD-2-Clause */
/* Proofs of the lemmas of tree.h. */
#include "tree.h"
#include "shift.h"

/*@ ghost void lemma_step(int m) { ; } */
/*@ ghost void lemma_bit(uint64_t a, int m)
{
  uint64_t q = a >> m;
  lemma_step(m);
  //@ assert 0 <= q == (a >> m);
  //@ assert (a >> (m + 1)) == (a >> m) / 2;
}
*/

/* No two nodes have the same block. */
/*@ ghost
  /@ requires wf;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures unique;
   @/
  void lemma_unique(void)
  {
    int k = 0;
    /@ loop invariant 0 <= k <= window;
     @ loop invariant \forall integer i, j; live(i) && live(j) &&
     @   depth_of[i] == depth_of[j] && depth_of[j] <= k &&
     @   prefix_of[i] == prefix_of[j] ==> i == j;
     @ loop assigns k; loop variant window - k; @/
    while (k < window) {
      /@ assert \forall integer i, j; live(i) && live(j) &&
       @   depth_of[i] == k + 1 && depth_of[j] == k + 1 &&
       @   prefix_of[i] == prefix_of[j] ==>
       @   parent_of[i] == parent_of[j]; @/
      k = k + 1;
    }
    /@ assert \forall integer i; live(i) ==> block_ok(i) &&
     @   depth_of[i] <= window; @/
  }
*/

/* A node and its parent lie in the parent's block. */
/*@ ghost
  /@ requires wf && 0 <= k < window;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures \forall integer i; live(i) && depth_of[i] == k + 1 ==>
   @   live(parent_of[i]) && depth_of[parent_of[i]] == k &&
   @   (base_of[i] >> (window - k)) == (base_of[parent_of[i]] >> (window - k));
   @/
  void lemma_parent(int k)
  {
    lemma_step(window - 1 - k);
    /@ assert one: \forall integer i; live(i) && depth_of[i] == k + 1 ==>
     @   live(parent_of[i]) && depth_of[parent_of[i]] == k &&
     @   prefix_of[parent_of[i]] == prefix_of[i] / 2; @/
    /@ assert two: \forall integer i; live(i) && depth_of[i] == k + 1 ==>
     @   prefix_of[i] == (base_of[i] >> (window - 1 - k)) && 0 <= prefix_of[i];
     @   @/
    /@ assert three: \forall integer i; live(i) && depth_of[i] == k ==>
     @   prefix_of[i] == (base_of[i] >> (window - k)); @/
  }
*/

/* Above u nothing is smaller than u. */
/*@ ghost
  /@ requires wf && unique && heap && live(u);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures \forall integer i; live(i) && depth_of[i] <= depth_of[u] &&
   @   prefix_of[i] == (base_of[u] >> (window - depth_of[i])) ==>
   @   bits_of[i] >= bits_of[u];
   @/
  void lemma_above(uint64_t u)
  {
    uint64_t y = u;
    int k = depth_of[u];
    //@ assert block_ok(u);
    /@ loop invariant 0 <= k <= depth_of[u] && live(y) && depth_of[y] == k;
     @ loop invariant prefix_of[y] == (base_of[u] >> (window - k));
     @ loop invariant bits_of[y] >= bits_of[u];
     @ loop invariant \forall integer i; live(i) &&
     @   k <= depth_of[i] <= depth_of[u] &&
     @   prefix_of[i] == (base_of[u] >> (window - depth_of[i])) ==>
     @   bits_of[i] >= bits_of[u];
     @ loop assigns k, y; loop variant k; @/
    while (k > 0) {
      lemma_step(window - k);
      /@ assert live(parent_of[y]) && depth_of[parent_of[y]] == k - 1 &&
       @   prefix_of[parent_of[y]] == prefix_of[y] / 2; @/
      //@ assert 0 <= prefix_of[y];
      /@ assert (base_of[u] >> (window - k + 1)) == (base_of[u] >> (window -
       @   k)) / 2; @/
      y = parent_of[y];
      k = k - 1;
    }
  }
*/

/* Below u nothing is larger than u. */
/*@ ghost
  /@ requires wf && unique && heap && live(u);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures \forall integer i; live(i) && depth_of[i] >= depth_of[u] &&
   @   (base_of[i] >> (window - depth_of[u])) == prefix_of[u] ==>
   @   bits_of[i] <= bits_of[u];
   @/
  void lemma_below(uint64_t u)
  {
    int k = depth_of[u], m = window - depth_of[u];
    //@ assert block_ok(u);
    /@ assert \forall integer i; live(i) ==> block_ok(i) &&
     @   depth_of[i] <= window; @/
    /@ loop invariant depth_of[u] <= k <= window;
     @ loop invariant \forall integer i; live(i) &&
     @   depth_of[u] <= depth_of[i] <= k &&
     @   (base_of[i] >> m) == prefix_of[u] ==> bits_of[i] <= bits_of[u];
     @ loop assigns k; loop variant window - k; @/
    while (k < window) {
      lemma_parent(k);
      /@ assert lift: \forall integer i; live(i) && depth_of[i] == k + 1 ==>
       @   (base_of[i] >> m) == (base_of[parent_of[i]] >> m); @/
      k = k + 1;
    }
  }
*/

/* Below a leaf there is nothing. */
/*@ ghost
  /@ requires wf && unique && live(u) && left_of[u] == SLOTS &&
   @   right_of[u] == SLOTS;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures \forall integer i; live(i) && depth_of[i] > depth_of[u] ==>
   @   (base_of[i] >> (window - depth_of[u])) != prefix_of[u];
   @/
  void lemma_leaf(uint64_t u)
  {
    int k = depth_of[u], m = window - depth_of[u];
    //@ assert block_ok(u);
    /@ assert \forall integer i; live(i) ==> block_ok(i) &&
     @   depth_of[i] <= window; @/
    /@ loop invariant depth_of[u] <= k <= window;
     @ loop invariant \forall integer i; live(i) &&
     @   depth_of[u] < depth_of[i] <= k ==>
     @   (base_of[i] >> m) != prefix_of[u];
     @ loop assigns k; loop variant window - k; @/
    while (k < window) {
      lemma_parent(k);
      /@ assert lift: \forall integer i; live(i) && depth_of[i] == k + 1 ==>
       @   (base_of[i] >> m) == (base_of[parent_of[i]] >> m); @/
      /@ assert kids: \forall integer i; live(i) && depth_of[i] > 0 ==>
       @   parent_of[i] != u; @/
      /@ assert first: k == depth_of[u] ==>
       @   \forall integer i; live(i) && depth_of[i] == k + 1 ==>
       @   prefix_of[parent_of[i]] == (base_of[parent_of[i]] >> m) &&
       @   prefix_of[parent_of[i]] != prefix_of[u]; @/
      /@ assert later: k > depth_of[u] ==>
       @   \forall integer i; live(i) && depth_of[i] == k + 1 ==>
       @   (base_of[parent_of[i]] >> m) != prefix_of[u]; @/
      /@ assert both: \forall integer i; live(i) && depth_of[i] == k + 1 ==>
       @   (base_of[i] >> m) != prefix_of[u]; @/
      k = k + 1;
    }
  }
*/

/* The node above n at depth k. */
/*@ ghost
  /@ requires wf && live(n) && 0 <= k <= depth_of[n];
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures live(\result) && depth_of[\result] == k;
   @ ensures prefix_of[\result] == (base_of[n] >> (window - k));
   @/
  uint64_t lemma_ancestor(uint64_t n, int k)
  {
    uint64_t y = n;
    int j = depth_of[n];
    //@ assert block_ok(n);
    /@ loop invariant k <= j <= depth_of[n] && live(y) && depth_of[y] == j;
     @ loop invariant prefix_of[y] == (base_of[n] >> (window - j));
     @ loop assigns j, y; loop variant j; @/
    while (j > k) {
      lemma_step(window - j);
      /@ assert live(parent_of[y]) && depth_of[parent_of[y]] == j - 1 &&
       @   prefix_of[parent_of[y]] == prefix_of[y] / 2; @/
      //@ assert 0 <= prefix_of[y];
      /@ assert (base_of[n] >> (window - j + 1)) == (base_of[n] >> (window -
       @   j)) / 2; @/
      y = parent_of[y];
      j = j - 1;
    }
    return y;
  }
*/

/* What meets a block, and is no deeper, lies on the block's path. */
/*@ ghost
  /@ requires 1 <= window <= 44 && b <= window && region(a, b);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures wf ==> \forall integer i; live(i) && depth_of[i] <= window - b &&
   @   meets(i, a, b) ==> prefix_of[i] == (a >> (window - depth_of[i]));
   @/
  void lemma_path(uint64_t a, uint8_t b)
  {
    /@ assert big: wf ==> \forall integer i; live(i) &&
     @   depth_of[i] <= window - b &&
     @   bits_of[i] >= b && (base_of[i] >> bits_of[i]) == (a >> bits_of[i]) ==>
     @   (base_of[i] >> (window - depth_of[i])) == (a >> (window -
     @   depth_of[i])); @/
    /@ assert small: wf ==> \forall integer i; live(i) &&
     @   depth_of[i] <= window - b &&
     @   (base_of[i] >> b) == (a >> b) ==>
     @   (base_of[i] >> (window - depth_of[i])) == (a >> (window -
     @   depth_of[i])); @/
    /@ assert all: wf ==> \forall integer i; live(i) ==>
     @   prefix_of[i] == (base_of[i] >> (window - depth_of[i])); @/
  }
*/
