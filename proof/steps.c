/* SPDX-License-Identifier: BSD-2-Clause */
/* Proofs of the steps of steps.h: each changes one place of the tree. */
#include "steps.h"

/* A node that fits enters the tree: everybody's block is right. */
/*@ ghost
  /@ requires is_slot(n) && !live(n) && blocks && 0 <= d <= window - bits_of[n];
   @ requires region(base_of[n], bits_of[n]) &&
   @   (base_of[n] >> (window - d)) == p;
   @ terminates \true; exits \false; assigns depth_of[n], prefix_of[n];
   @ ensures blocks && depth_of[n] == d && prefix_of[n] == p;
   @/
  void lemma_enter(uint64_t n, int d, uint64_t p)
  {
    depth_of[n] = d;
    prefix_of[n] = p;
    //@ assert self: block_ok(n);
    /@ assert same: \forall integer i; i != n ==>
     @   depth_of[i] == \at(depth_of[i], Pre) &&
     @   prefix_of[i] == \at(prefix_of[i], Pre); @/
    /@ assert old: \forall integer i; live(i) && i != n ==>
     @   \at(live(i), Pre) && \at(block_ok(i), Pre); @/
    /@ assert new: \forall integer i; i != n && \at(block_ok(i), Pre) &&
     @   depth_of[i] == \at(depth_of[i], Pre) &&
     @   prefix_of[i] == \at(prefix_of[i], Pre) ==>
     @   block_ok(i); @/
  }
*/

/*@ ghost
  void tree_hang(uint64_t n, uint64_t parent, uint64_t s, int d, uint64_t p)
  {
      left_of[n] = SLOTS;
      right_of[n] = SLOTS;
      if (parent == SLOTS)
          tree_root = n;
      else if (s)
          right_of[parent] = n;
      else
          left_of[parent] = n;
      lemma_enter(n, d, p);
      parent_of[n] = parent;
  }
*/

/* n enters where x leaves: everybody's block is right. */
/*@ ghost
  /@ requires is_slot(n) && !live(n) && live(x) && 0 <= d;
   @ terminates \true; exits \false;
   @ assigns depth_of[n], prefix_of[n], depth_of[x];
   @ ensures depth_of[n] == d && prefix_of[n] == p && depth_of[x] == -1;
   @ ensures \old(blocks && fits(n, d, p)) ==> blocks;
   @/
  void lemma_change(uint64_t n, uint64_t x, int d, uint64_t p)
  {
    depth_of[n] = d;
    prefix_of[n] = p;
    depth_of[x] = -1;
    //@ assert self: \at(fits(n, d, p), Pre) ==> block_ok(n);
    /@ assert same: \forall integer i; live(i) && i != n ==>
     @   \at(live(i), Pre) && depth_of[i] == \at(depth_of[i], Pre) &&
     @   prefix_of[i] == \at(prefix_of[i], Pre); @/
    /@ assert new: \forall integer i; live(i) && i != n &&
     @   \at(block_ok(i), Pre) && depth_of[i] == \at(depth_of[i], Pre) &&
     @   prefix_of[i] == \at(prefix_of[i], Pre) ==> block_ok(i); @/
  }
*/

/*@ ghost
  void tree_replace(uint64_t n, uint64_t x, uint64_t parent, uint64_t s, int d,
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
      lemma_change(n, x, d, p);
      /@ assert same: \forall integer i; live(i) && i != n ==>
       @   \at(live(i), Pre) && i != x && depth_of[i] == \at(depth_of[i],
       @   Pre) &&
       @   prefix_of[i] == \at(prefix_of[i], Pre); @/
      //@ assert edge_ok(n, left_of[n], 0) && edge_ok(n, right_of[n], 1);
      /@ assert parent != SLOTS ==>
       @   edge_ok(parent, left_of[parent], 0) &&
       @   edge_ok(parent, right_of[parent], 1); @/
      /@ assert \forall integer i; live(i) && i != n && i != parent ==>
       @   edge_ok(i, left_of[i], 0); @/
      /@ assert \forall integer i; live(i) && i != n && i != parent ==>
       @   edge_ok(i, right_of[i], 1); @/
  }
*/

/* Leaving the tree costs nobody else his block. */
/*@ ghost
  /@ requires live(n) && blocks_but(n);
   @ terminates \true; exits \false; assigns depth_of[n];
   @ ensures blocks && depth_of[n] == -1;
   @/
  void lemma_leave(uint64_t n)
  {
    /@ assert old: \forall integer i; live(i) && i != n ==>
     @   fits(i, depth_of[i], prefix_of[i]); @/
    depth_of[n] = -1;
    /@ assert was: \forall integer i; live(i) ==> i != n &&
     @   \at(live(i), Pre) && depth_of[i] == \at(depth_of[i], Pre); @/
    /@ assert new: \forall integer i; live(i) ==>
     @   fits(i, depth_of[i], prefix_of[i]); @/
  }
*/

/*@ ghost
  void tree_unhang(uint64_t n, uint64_t parent, uint64_t s, int d, uint64_t p)
  {
      if (parent == SLOTS)
          tree_root = SLOTS;
      else if (s)
          right_of[parent] = SLOTS;
      else
          left_of[parent] = SLOTS;
      lemma_leave(n);
  }
*/

/*@ ghost
  void tree_sink_left(uint64_t n, uint64_t c, uint64_t parent, uint64_t s,
                     int d, uint64_t p)
  {
      uint64_t l = left_of[n], r = right_of[n];
      uint64_t cl = left_of[c], cr = right_of[c];

      /@ assert prefix_of[c] == 2 * p && prefix_of[c] / 2 == p &&
       @   prefix_of[c] % 2 == 0; @/
      /@ assert l != SLOTS ==> prefix_of[l] == 2 * p && prefix_of[l] / 2 == p &&
       @   prefix_of[l] % 2 == 0; @/
      /@ assert r != SLOTS ==> prefix_of[r] == 2 * p + 1 &&
       @   prefix_of[r] / 2 == p && prefix_of[r] % 2 == 1; @/
      /@ assert cl != SLOTS ==> prefix_of[cl] == 2 * prefix_of[c] &&
       @   prefix_of[cl] / 2 == prefix_of[c] && parent_of[cl] == c; @/
      /@ assert cr != SLOTS ==> prefix_of[cr] == 2 * prefix_of[c] + 1 &&
       @   prefix_of[cr] / 2 == prefix_of[c] && parent_of[cr] == c; @/
      /@ assert parent != SLOTS ==> p / 2 == prefix_of[parent] && p % 2 == s; @/
      //@ assert cl != n && cr != n && cl != c && cr != c && l != n && r != n;
      /@ assert l != SLOTS && r != SLOTS ==> l != r; @/
      /@ assert cl != SLOTS && cr != SLOTS ==> cl != cr; @/
      /@ assert \forall integer i; live(i) && left_of[i] == n ==>
       @   i == parent && s == 0; @/
      /@ assert \forall integer i; live(i) && right_of[i] == n ==>
       @   i == parent && s == 1; @/
      /@ assert \forall integer i; live(i) && i != n ==>
       @   (l != SLOTS ==> left_of[i] != l && right_of[i] != l) &&
       @   (r != SLOTS ==> left_of[i] != r && right_of[i] != r); @/
      /@ assert \forall integer i; live(i) && i != c ==>
       @   (cl != SLOTS ==> left_of[i] != cl && right_of[i] != cl) &&
       @   (cr != SLOTS ==> left_of[i] != cr && right_of[i] != cr); @/
      //@ assert block_ok(c) && depth_of[c] == d + 1;
      //@ assert (base_of[c] >> (window - 1 - d)) == prefix_of[c];
      lemma_bit(base_of[c], window - 1 - d);
      //@ assert up: (base_of[c] >> (window - d)) == p;
      /@ assert parent != SLOTS ==> parent != n && parent != c && parent != l &&
       @   parent != r && parent != cl && parent != cr; @/
      //@ assert depth_of[n] == d && depth_of[c] == d + 1;
      /@ assert room: region(base_of[c], bits_of[c]) &&
       @   bits_of[c] <= window - d &&
       @   (base_of[c] >> (window - d)) == p && 0 <= d; @/
      /@ assert order: heap_but(n) ==> bits_of[c] <= bits_of[n] &&
       @   (cl != SLOTS ==> bits_of[cl] <= bits_of[c]) &&
       @   (cr != SLOTS ==> bits_of[cr] <= bits_of[c]); @/
      /@ assert top: kids_fit(n, parent) && parent != SLOTS ==>
       @   bits_of[c] <= bits_of[parent]; @/
      /@ assert mine: \forall integer i; live(i) && depth_of[i] > 0 &&
       @   parent_of[i] == n ==> i == l || i == r; @/
      /@ assert under: \forall integer i; live(i) && depth_of[i] > 0 &&
       @   parent_of[i] == c ==> i == cl || i == cr; @/
      if (parent == SLOTS)
          tree_root = c;
      else if (s)
          right_of[parent] = c;
      else
          left_of[parent] = c;
      left_of[c] = n;
      right_of[c] = r;
      left_of[n] = cl;
      right_of[n] = cr;
      if (r != SLOTS) parent_of[r] = c;
      if (cl != SLOTS) parent_of[cl] = n;
      if (cr != SLOTS) parent_of[cr] = n;
      prefix_of[n] = prefix_of[c];
      prefix_of[c] = p;
      depth_of[c] = d;
      depth_of[n] = d + 1;
      parent_of[c] = parent;
      parent_of[n] = c;
      /@ assert depth_of[c] == d && prefix_of[c] == p && parent_of[c] == parent;
       @   @/
      //@ assert block_ok(c);
      /@ assert depth_of[n] == d + 1 && parent_of[n] == c && left_of[c] == n &&
       @   prefix_of[n] % 2 == 0; @/
      /@ assert r != SLOTS ==> parent_of[r] == c && right_of[c] == r &&
       @   prefix_of[r] % 2 == 1; @/
      /@ assert cl != SLOTS ==> parent_of[cl] == n && left_of[n] == cl &&
       @   prefix_of[cl] % 2 == 0; @/
      /@ assert cr != SLOTS ==> parent_of[cr] == n && right_of[n] == cr &&
       @   prefix_of[cr] % 2 == 1; @/
      /@ assert \forall integer i; live(i) && i != n && i != c ==>
       @   \at(block_ok(i), Pre) && depth_of[i] == \at(depth_of[i], Pre) &&
       @   prefix_of[i] == \at(prefix_of[i], Pre); @/
      /@ assert new: \forall integer i; live(i) && \at(block_ok(i), Pre) &&
       @   depth_of[i] == \at(depth_of[i], Pre) &&
       @   prefix_of[i] == \at(prefix_of[i], Pre) ==>
       @   block_ok(i); @/
      /@ assert kids: \forall integer i; live(i) && depth_of[i] > 0 &&
       @   parent_of[i] == n ==> i == cl || i == cr; @/
      /@ assert others: \forall integer i; live(i) && i != n && i != c &&
       @   i != r && i != cl && i != cr ==> parent_of[i] == \at(parent_of[i],
       @   Pre); @/
      /@ assert fit: \at(heap_but(n), Pre) ==> kids_fit(n, c); @/
      /@ assert links: \forall integer i; live(i) && i != n && i != c &&
       @   i != parent ==> left_of[i] == \at(left_of[i], Pre) &&
       @   right_of[i] == \at(right_of[i], Pre); @/
      /@ assert linked: \forall integer i; live(i) && i != n && i != c &&
       @   i != parent ==> left_of[i] != n && left_of[i] != c &&
       @   right_of[i] != n && right_of[i] != c; @/
      /@ assert lower: \forall integer i; live(i) && i != n && i != c &&
       @   i != parent ==>
       @   (left_of[i] != SLOTS ==> left_of[i] != r && left_of[i] != cl &&
       @     left_of[i] != cr) &&
       @   (right_of[i] != SLOTS ==> right_of[i] != r && right_of[i] != cl &&
       @     right_of[i] != cr); @/
      /@ assert upper: \forall integer i; live(i) && i != n && i != c &&
       @   i != r && i != cl && i != cr && depth_of[i] > 0 ==>
       @   parent_of[i] != n && parent_of[i] != c; @/
      /@ assert rest: \forall integer i; live(i) && i != n && i != c &&
       @   i != r && i != cl && i != cr && depth_of[i] > 0 ==>
       @   live(parent_of[i]) && depth_of[parent_of[i]] == depth_of[i] - 1; @/
      //@ assert near: depth_of[n] == d + 1 && parent_of[n] == c;
      /@ assert nearer: (r != SLOTS ==> depth_of[r] == d + 1) &&
       @   (cl != SLOTS ==> depth_of[cl] == d + 2) &&
       @   (cr != SLOTS ==> depth_of[cr] == d + 2); @/
      //@ assert edge_ok(c, left_of[c], 0) && edge_ok(c, right_of[c], 1);
      //@ assert edge_ok(n, left_of[n], 0) && edge_ok(n, right_of[n], 1);
      /@ assert parent != SLOTS ==>
       @   edge_ok(parent, left_of[parent], 0) && edge_ok(parent,
       @   right_of[parent], 1); @/
      /@ assert \forall integer i; live(i) && i != n && i != c &&
       @   i != parent ==> edge_ok(i, left_of[i], 0); @/
      /@ assert \forall integer i; live(i) && i != n && i != c &&
       @   i != parent ==> edge_ok(i, right_of[i], 1); @/
  }
*/

/*@ ghost
  void tree_sink_right(uint64_t n, uint64_t c, uint64_t parent, uint64_t s,
                      int d, uint64_t p)
  {
      uint64_t l = left_of[n], r = right_of[n];
      uint64_t cl = left_of[c], cr = right_of[c];

      /@ assert prefix_of[c] == 2 * p + 1 && prefix_of[c] / 2 == p &&
       @   prefix_of[c] % 2 == 1; @/
      /@ assert l != SLOTS ==> prefix_of[l] == 2 * p && prefix_of[l] / 2 == p &&
       @   prefix_of[l] % 2 == 0; @/
      /@ assert r != SLOTS ==> prefix_of[r] == 2 * p + 1 &&
       @   prefix_of[r] / 2 == p && prefix_of[r] % 2 == 1; @/
      /@ assert cl != SLOTS ==> prefix_of[cl] == 2 * prefix_of[c] &&
       @   prefix_of[cl] / 2 == prefix_of[c] && parent_of[cl] == c; @/
      /@ assert cr != SLOTS ==> prefix_of[cr] == 2 * prefix_of[c] + 1 &&
       @   prefix_of[cr] / 2 == prefix_of[c] && parent_of[cr] == c; @/
      /@ assert parent != SLOTS ==> p / 2 == prefix_of[parent] && p % 2 == s; @/
      //@ assert cl != n && cr != n && cl != c && cr != c && l != n && r != n;
      /@ assert l != SLOTS && r != SLOTS ==> l != r; @/
      /@ assert cl != SLOTS && cr != SLOTS ==> cl != cr; @/
      /@ assert \forall integer i; live(i) && left_of[i] == n ==>
       @   i == parent && s == 0; @/
      /@ assert \forall integer i; live(i) && right_of[i] == n ==>
       @   i == parent && s == 1; @/
      /@ assert \forall integer i; live(i) && i != n ==>
       @   (l != SLOTS ==> left_of[i] != l && right_of[i] != l) &&
       @   (r != SLOTS ==> left_of[i] != r && right_of[i] != r); @/
      /@ assert \forall integer i; live(i) && i != c ==>
       @   (cl != SLOTS ==> left_of[i] != cl && right_of[i] != cl) &&
       @   (cr != SLOTS ==> left_of[i] != cr && right_of[i] != cr); @/
      //@ assert block_ok(c) && depth_of[c] == d + 1;
      //@ assert (base_of[c] >> (window - 1 - d)) == prefix_of[c];
      lemma_bit(base_of[c], window - 1 - d);
      //@ assert up: (base_of[c] >> (window - d)) == p;
      /@ assert parent != SLOTS ==> parent != n && parent != c && parent != l &&
       @   parent != r && parent != cl && parent != cr; @/
      //@ assert depth_of[n] == d && depth_of[c] == d + 1;
      /@ assert room: region(base_of[c], bits_of[c]) &&
       @   bits_of[c] <= window - d &&
       @   (base_of[c] >> (window - d)) == p && 0 <= d; @/
      /@ assert order: heap_but(n) ==> bits_of[c] <= bits_of[n] &&
       @   (cl != SLOTS ==> bits_of[cl] <= bits_of[c]) &&
       @   (cr != SLOTS ==> bits_of[cr] <= bits_of[c]); @/
      /@ assert top: kids_fit(n, parent) && parent != SLOTS ==>
       @   bits_of[c] <= bits_of[parent]; @/
      /@ assert mine: \forall integer i; live(i) && depth_of[i] > 0 &&
       @   parent_of[i] == n ==> i == l || i == r; @/
      /@ assert under: \forall integer i; live(i) && depth_of[i] > 0 &&
       @   parent_of[i] == c ==> i == cl || i == cr; @/
      if (parent == SLOTS)
          tree_root = c;
      else if (s)
          right_of[parent] = c;
      else
          left_of[parent] = c;
      left_of[c] = l;
      right_of[c] = n;
      left_of[n] = cl;
      right_of[n] = cr;
      if (l != SLOTS) parent_of[l] = c;
      if (cl != SLOTS) parent_of[cl] = n;
      if (cr != SLOTS) parent_of[cr] = n;
      prefix_of[n] = prefix_of[c];
      prefix_of[c] = p;
      depth_of[c] = d;
      depth_of[n] = d + 1;
      parent_of[c] = parent;
      parent_of[n] = c;
      /@ assert depth_of[c] == d && prefix_of[c] == p && parent_of[c] == parent;
       @   @/
      //@ assert block_ok(c);
      /@ assert depth_of[n] == d + 1 && parent_of[n] == c && right_of[c] == n &&
       @   prefix_of[n] % 2 == 1; @/
      /@ assert l != SLOTS ==> parent_of[l] == c && left_of[c] == l &&
       @   prefix_of[l] % 2 == 0; @/
      /@ assert cl != SLOTS ==> parent_of[cl] == n && left_of[n] == cl &&
       @   prefix_of[cl] % 2 == 0; @/
      /@ assert cr != SLOTS ==> parent_of[cr] == n && right_of[n] == cr &&
       @   prefix_of[cr] % 2 == 1; @/
      /@ assert \forall integer i; live(i) && i != n && i != c ==>
       @   \at(block_ok(i), Pre) && depth_of[i] == \at(depth_of[i], Pre) &&
       @   prefix_of[i] == \at(prefix_of[i], Pre); @/
      /@ assert new: \forall integer i; live(i) && \at(block_ok(i), Pre) &&
       @   depth_of[i] == \at(depth_of[i], Pre) &&
       @   prefix_of[i] == \at(prefix_of[i], Pre) ==>
       @   block_ok(i); @/
      /@ assert kids: \forall integer i; live(i) && depth_of[i] > 0 &&
       @   parent_of[i] == n ==> i == cl || i == cr; @/
      /@ assert others: \forall integer i; live(i) && i != n && i != c &&
       @   i != l && i != cl && i != cr ==> parent_of[i] == \at(parent_of[i],
       @   Pre); @/
      /@ assert fit: \at(heap_but(n), Pre) ==> kids_fit(n, c); @/
      /@ assert links: \forall integer i; live(i) && i != n && i != c &&
       @   i != parent ==> left_of[i] == \at(left_of[i], Pre) &&
       @   right_of[i] == \at(right_of[i], Pre); @/
      /@ assert linked: \forall integer i; live(i) && i != n && i != c &&
       @   i != parent ==> left_of[i] != n && left_of[i] != c &&
       @   right_of[i] != n && right_of[i] != c; @/
      /@ assert lower: \forall integer i; live(i) && i != n && i != c &&
       @   i != parent ==>
       @   (left_of[i] != SLOTS ==> left_of[i] != l && left_of[i] != cl &&
       @     left_of[i] != cr) &&
       @   (right_of[i] != SLOTS ==> right_of[i] != l && right_of[i] != cl &&
       @     right_of[i] != cr); @/
      /@ assert upper: \forall integer i; live(i) && i != n && i != c &&
       @   i != l && i != cl && i != cr && depth_of[i] > 0 ==>
       @   parent_of[i] != n && parent_of[i] != c; @/
      /@ assert rest: \forall integer i; live(i) && i != n && i != c &&
       @   i != l && i != cl && i != cr && depth_of[i] > 0 ==>
       @   live(parent_of[i]) && depth_of[parent_of[i]] == depth_of[i] - 1; @/
      //@ assert near: depth_of[n] == d + 1 && parent_of[n] == c;
      /@ assert nearer: (l != SLOTS ==> depth_of[l] == d + 1) &&
       @   (cl != SLOTS ==> depth_of[cl] == d + 2) &&
       @   (cr != SLOTS ==> depth_of[cr] == d + 2); @/
      //@ assert edge_ok(c, left_of[c], 0) && edge_ok(c, right_of[c], 1);
      //@ assert edge_ok(n, left_of[n], 0) && edge_ok(n, right_of[n], 1);
      /@ assert parent != SLOTS ==>
       @   edge_ok(parent, left_of[parent], 0) && edge_ok(parent,
       @   right_of[parent], 1); @/
      /@ assert \forall integer i; live(i) && i != n && i != c &&
       @   i != parent ==> edge_ok(i, left_of[i], 0); @/
      /@ assert \forall integer i; live(i) && i != n && i != c &&
       @   i != parent ==> edge_ok(i, right_of[i], 1); @/
  }
*/
