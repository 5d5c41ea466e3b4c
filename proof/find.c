/* SPDX-License-Identifier: BSD-2-Clause */
/* The queries of the index: safe and bounded whatever the tree holds, and in
 * a well-formed one exact.
 */
#include "find.h"
#include "query.h"
#include "shift.h"

/*@ ghost
  void lemma_find_whole(uint64_t u, uint64_t a, uint8_t b)
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
    }
  }
*/

/*@ ghost
  void lemma_find_first(uint64_t u, uint64_t a, uint8_t b, int level)
  {
    if (trusted) {
      lemma_inside(u);
      lemma_bit(a, level);
      //@ assert block_ok(u);
      //@ assert (a >> (level + 1)) == (base_of[u] >> (level + 1));
      lemma_child(u, level + 1, a, (int)((a >> level) % 2));
    }
  }
*/

/*@ ghost
  void lemma_find_down(uint64_t x, int d, uint64_t a, uint8_t b, int level)
  {
    if (trusted) {
      lemma_unique();
      lemma_bit(a, level - 1);
      lemma_child(x, level, a, (int)((a >> (level - 1)) % 2));
    }
  }
*/

/*@ ghost
  void lemma_find_bottom(uint64_t x, uint64_t a, uint8_t b)
  {
    //@ assert trusted != 0 ==> block_ok(x) && bits_of[x] <= b;
  }
*/

/*@ ghost
  void lemma_find_hit(uint64_t u, uint64_t x, uint64_t a, uint8_t b, int level)
  {
    if (trusted) {
      int m = window - depth_of[u];
      lemma_inside(u);
      //@ assert block_ok(u) && block_ok(x) && level < m;
      //@ assert on_path: (base_of[x] >> level) == (a >> level);
      //@ assert (base_of[x] >> m) == (a >> m);
      //@ assert (base_of[u] >> m) == (a >> m);
      //@ assert smaller: bits_of[x] <= bits_of[u] && !same_region(x, u);
      /@ assert same: (base_of[x] >> bits_of[u]) ==
       @   (base_of[u] >> bits_of[u]); @/
    }
  }
*/

/*@ ghost
  void lemma_find_end(uint64_t u, int d, uint64_t a, uint8_t b, int level)
  {
    if (trusted) {
      lemma_inside(u);
      lemma_missed(d, level, a, b);
    }
  }
*/

/*@ ghost
  void lemma_asked(uint64_t u, uint64_t a, uint8_t b)
  {
    //@ assert block_ok(node_of[u]);
    //@ assert depth_of[node_of[u]] < window;
  }
*/

/*@ ghost
  void lemma_locate_end(uint64_t x, int level, uint64_t a, uint8_t b)
  {
    if (trusted) {
      if (x == SLOTS)
        lemma_empty(level, a);
      /@ assert all: \forall integer i; live(i) ==> block_ok(i); @/
      /@ assert here: \forall integer i; live(i) && bits_of[i] == b &&
       @   depth_of[i] == window - level ==> base_of[i] != a; @/
      /@ assert low: x != SLOTS ==> \forall integer i; live(i) &&
       @   bits_of[i] == b ==> depth_of[i] <= window - level; @/
    }
  }
*/

#include "../kernel/core/index_find.c"
