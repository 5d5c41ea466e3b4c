/* SPDX-License-Identifier: BSD-2-Clause */
/* The questions of query.h are answered right, and safely whatever the tree
 * holds.
 */
#include "find.h"
#include "query.h"
#include "shift.h"

/*@ ghost
  void lemma_around(uint64_t x)
  {
    int d = depth_of[x];
    lemma_unique();
    lemma_below(x);
    //@ assert block_ok(x) && bits_of[x] <= window - d;
    /@ assert meet: \forall integer i; live(i) && inside(x, i) ==>
     @   block_ok(i) && bits_of[i] <= window - depth_of[i]; @/
    /@ assert path: \forall integer i; live(i) && inside(x, i) ==>
     @   prefix_of[i] == (base_of[x] >> (window - depth_of[i])); @/
    /@ assert deep: \forall integer i; live(i) && inside(x, i) &&
     @   depth_of[i] >= d ==> (base_of[i] >> (window - d)) == prefix_of[x]; @/
  }
*/

/*@ ghost
  void lemma_first_whole(uint64_t u, uint64_t a, uint8_t b)
  {
    if (trusted) {
      int d = depth_of[u];
      lemma_inside(u);
      //@ assert block_ok(u) && b == bits_of[u] && b == window - d;
      /@ assert under: \forall integer i; live(i) && inside(i, u) ==>
       @   (base_of[i] >> (window - d)) == prefix_of[u]; @/
      if (left_of[u] == SLOTS && right_of[u] == SLOTS)
        lemma_leaf(u);
      if (d < window) {
        lemma_parent(d);
        /@ assert kids: \forall integer i; live(i) && depth_of[i] == d + 1 &&
         @   parent_of[i] == u ==> block_ok(i) && bits_of[i] < b &&
         @   (base_of[i] >> b) == (a >> b); @/
      }
      //@ assert edge_ok(u, left_of[u], 0) && edge_ok(u, right_of[u], 1);
      if (left_of[u] != SLOTS)
        lemma_around(left_of[u]);
      if (right_of[u] != SLOTS)
        lemma_around(right_of[u]);
    }
  }
*/

/*@ ghost
  void lemma_first_start(uint64_t u, uint64_t a, uint8_t b, int level)
  {
    if (trusted) {
      lemma_unique();
      //@ assert block_ok(u);
      //@ assert (a >> level) == (base_of[u] >> level);
    }
  }
*/

/*@ ghost
  void lemma_first_hit(uint64_t u, uint64_t x, uint64_t a, uint8_t b,
                       int level)
  {
    if (trusted) {
      int m = window - depth_of[u];
      lemma_inside(u);
      lemma_around(x);
      //@ assert block_ok(u) && block_ok(x) && level < m;
      //@ assert on_path: (base_of[x] >> level) == (a >> level);
      //@ assert (base_of[x] >> m) == (a >> m);
      //@ assert (base_of[u] >> m) == (a >> m);
      //@ assert smaller: bits_of[x] <= bits_of[u] && !same_region(x, u);
      /@ assert same: (base_of[x] >> bits_of[u]) ==
       @   (base_of[u] >> bits_of[u]); @/
      /@ assert above: \forall integer i; live(i) && inside(x, i) ==>
       @   prefix_of[i] == (a >> (window - depth_of[i])); @/
    }
  }
*/

/*@ ghost
  void lemma_first_end(uint64_t u, uint64_t a, uint8_t b, int level)
  {
    if (trusted) {
      lemma_inside(u);
      lemma_empty(level, a);
      lemma_path(a, b);
      /@ assert all: \forall integer i; live(i) ==> block_ok(i); @/
      /@ assert met: \forall integer i; live(i) && within(i, a, b) ==>
       @   meets(i, a, b); @/
      /@ assert high: \forall integer i; live(i) && within(i, a, b) &&
       @   depth_of[i] < window - level ==>
       @   prefix_of[i] == (a >> (window - depth_of[i])); @/
      /@ assert low: \forall integer i; live(i) && within(i, a, b) ==>
       @   (base_of[i] >> level) == (a >> level); @/
    }
  }
*/

/*@ ghost
  void lemma_first_bottom(uint64_t x, uint64_t a, uint8_t b)
  {
    //@ assert trusted != 0 ==> block_ok(x) && bits_of[x] <= b;
  }
*/

/*@ ghost
  void lemma_smaller(uint64_t x, uint64_t a, uint8_t b, int level,
                     uint64_t found)
  {
    if (trusted) {
      lemma_unique();
      lemma_above(x);
      lemma_path(a, b);
      //@ assert block_ok(x);
      /@ assert all: \forall integer i; live(i) ==> block_ok(i); @/
      /@ assert path: \forall integer i; live(i) && around(i, a, b) &&
       @   depth_of[i] <= depth_of[x] ==>
       @   prefix_of[i] == (a >> (window - depth_of[i])); @/
      /@ assert up: \forall integer i; live(i) && around(i, a, b) &&
       @   depth_of[i] <= depth_of[x] ==>
       @   prefix_of[i] == (base_of[x] >> (window - depth_of[i])); @/
      /@ assert here: \forall integer i; live(i) && around(i, a, b) &&
       @   depth_of[i] == depth_of[x] ==> i == x; @/
    }
  }
*/

/*@ ghost
  void lemma_smallest(int level, uint64_t a, uint8_t b, uint64_t found)
  {
    if (trusted) {
      if (b <= level)
        lemma_empty(level, a);
      /@ assert all: \forall integer i; live(i) ==> block_ok(i); @/
      /@ assert low: \forall integer i; live(i) && around(i, a, b) ==>
       @   depth_of[i] < window - level; @/
    }
  }
*/

/*@ ghost
  void lemma_up_start(uint64_t i, int d)
  {
    if (trusted) {
      lemma_around(i);
      //@ assert block_ok(i);
      if (d > 0) {
        lemma_bit(base_of[i], window - d);
        //@ assert up: prefix_of[parent_of[i]] == prefix_of[i] / 2;
        //@ assert here: (base_of[i] >> (window - d)) == prefix_of[i];
        /@ assert next: (base_of[i] >> (window - (d - 1))) ==
         @   prefix_of[parent_of[i]]; @/
      }
    }
  }
*/

/*@ ghost
  void lemma_up(uint64_t i, uint64_t x, int d)
  {
    if (trusted) {
      lemma_around(i);
      //@ assert block_ok(i) && block_ok(x);
      if (d > 1) {
        lemma_bit(base_of[i], window - (d - 1));
        //@ assert up: prefix_of[parent_of[x]] == prefix_of[x] / 2;
      }
      /@ assert here: \forall integer j; live(j) && depth_of[j] == d - 1 &&
       @   inside(i, j) ==> j == x; @/
    }
  }
*/

/*@ ghost
  void lemma_up_hit(uint64_t i, uint64_t x, int d)
  {
    if (trusted) {
      lemma_around(i);
      lemma_above(x);
      //@ assert block_ok(i) && block_ok(x);
      /@ assert path: \forall integer j; live(j) && inside(i, j) ==>
       @   prefix_of[j] == (base_of[x] >> (window - depth_of[j])); @/
    }
  }
*/

#include "../kernel/core/index_find.c"
