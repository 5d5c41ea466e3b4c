/* SPDX-License-Identifier: BSD-2-Clause */
/* What the walks and the changes of the index share: where the kernel's links
 * agree with the ghost tree, and contracts of what they call.
 */
#ifndef FALLOW_PROOF_WALK_H
#define FALLOW_PROOF_WALK_H
#include "pow2.h"
#include "tree.h"
#include "arch.h"
#include "index.h"

/*@ requires n <= POW2_MAX;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == (x >> n) && \result <= x;
  @*/
static inline uint64_t bits_down(uint64_t x, unsigned n);

/*@ requires n <= POW2_MAX;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == (x >> n) % 2 && \result <= 1;
  @*/
static inline unsigned bits_bit(uint64_t x, unsigned n);

/*@ logic integer child_of(integer x, integer side) =
  @   side != 0 ? right_of[x] : left_of[x];
  @ predicate agree_left = \forall integer i; live(i) ==>
  @   field_left[i] == left_of[i];
  @ predicate agree_right = \forall integer i; live(i) ==>
  @   field_right[i] == right_of[i];
  @ predicate agree_depth = \forall integer i; live(i) ==>
  @   field_depth[i] == depth_of[i];
  @ predicate agree_down(struct regions *r) = r->root == tree_root &&
  @   agree_left && agree_right && agree_depth;
  @ predicate linked_down = \forall integer i; is_slot(i) ==>
  @   linked(field_left[i]) && linked(field_right[i]) && bits_of[i] <= window;
  @ predicate index_memory(struct regions *r) =
  @   \valid(r) && \separated(r, r->slots + (0 .. SLOTS)) &&
  @   memory(r->slots) && packed(r->slots) &&
  @   window_ok && r->window_bits == window;
  @ predicate visits_left(struct regions *r, integer n) =
  @   r->visits <= 0xffffffffffffffff - n;
  @
  @ predicate inside(integer i, integer u) = bits_of[i] < bits_of[u] &&
  @   (base_of[i] >> bits_of[u]) == (base_of[u] >> bits_of[u]);
  @*/

/*@ requires \valid(r) && memory(r->slots) && packed(r->slots);
  @ requires is_slot(x) && field_depth[x] <= r->window_bits;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == r->window_bits - field_depth[x];
  @*/
static inline uint64_t index_level(const struct regions *r, slotno_t x);

/* Is the tree known to be well-formed?  Otherwise its contents are arbitrary,
 * and a walk is safe and bounded all the same. */
/*@ ghost int trusted; */

/*@ predicate trust(struct regions *r) =
  @   trusted != 0 ? wf && heap && distinct && agree_down(r)
  @                : linked(r->root) && linked_down;
  @ predicate trust_links = window_ok && (trusted != 0
  @   ? wf && agree_left && agree_right : linked_down);
  @ predicate narrow(integer x) = linked(x) &&
  @   (x != SLOTS ==> bits_of[x] <= window);
  @ predicate walk_place(integer x, integer level, integer a) =
  @   trusted != 0 && x != SLOTS ==> live(x) &&
  @     depth_of[x] == window - level && prefix_of[x] == (a >> level);
  @ predicate walk_only(integer x, integer level, integer a) =
  @   trusted != 0 ==> \forall integer i; live(i) &&
  @     depth_of[i] == window - level && prefix_of[i] == (a >> level) ==>
  @     i == x;
  @ predicate walk_missed(integer d, integer level, integer a, integer b) =
  @   trusted != 0 ==> \forall integer i; live(i) &&
  @     d < depth_of[i] < window - level &&
  @     prefix_of[i] == (a >> (window - depth_of[i])) ==> !meets(i, a, b);
  @*/

/*@ requires packed(slots) && memory(slots) && is_slot(x) && trust_links;
  @ requires trusted != 0 ==> live(x);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures narrow(\result);
  @ ensures \result == (side != 0 ? field_right[x] : field_left[x]);
  @ ensures trusted != 0 ==> \result == child_of(x, side);
  @*/
static inline slotno_t index_child(const struct slot *slots, slotno_t x,
                                   unsigned side);

/* In a well-formed tree no assertion fails. */
/*@ requires trusted == 0;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \false;
  @*/
_Noreturn void arch_panic(const char *what, const char *file, int line);

/* No other node has x's region. */
/*@ ghost
  /@ requires trusted != 0 ==> distinct && live(x);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures trusted != 0 ==> \forall integer i; live(i) &&
   @   bits_of[i] == bits_of[x] && base_of[i] == base_of[x] ==> i == x;
   @/
  void lemma_same(uint64_t x);
*/

/* The slot of the node of slot i's region. */
/*@ ghost uint64_t node_of[SLOTS]; */

/*@ predicate same_node(integer i) = is_slot(i) && live(node_of[i]) &&
  @   base_of[node_of[i]] == base_of[i] && bits_of[node_of[i]] == bits_of[i] &&
  @   (field_depth[i] != 63 ==> node_of[i] == i) &&
  @   (field_depth[i] == 63 ==> is_slot(field_left[i]) &&
  @     (field_depth[field_left[i]] != 63 ==> node_of[i] == field_left[i]));
  @*/

/*@ requires index_memory(r) && trust(r) && region(base, bits);
  @ requires visits_left(r, window + 1);
  @ terminates \true; exits \false; assigns r->visits;
  @ ensures linked: linked(\result);
  @ ensures bound: \old(r->visits) <= r->visits <=
  @   \old(r->visits) + window + 1;
  @ ensures sound: trusted != 0 && \result != SLOTS ==> live(\result) &&
  @   base_of[\result] == base && bits_of[\result] == bits;
  @ ensures complete: trusted != 0 && \result == SLOTS ==>
  @   \forall integer i; live(i) && bits_of[i] == bits ==>
  @   base_of[i] != base;
  @ ensures exact: trusted != 0 ==> \forall integer i; live(i) &&
  @   bits_of[i] == bits && base_of[i] == base ==> \result == i;
  @*/
slotno_t index_locate(struct regions *r, paddr_t base, uint8_t bits);

/*@ requires memory(slots) && packed(slots) && is_slot(i);
  @ requires bits_of[i] <= window && b <= window && window_ok;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures region(base_of[i], bits_of[i]) && region(a, b) && a % 16 == 0 ==>
  @   (\result != 0 <==> meets(i, a, b));
  @*/
static inline bool index_meets(const struct slot *slots, slotno_t i, paddr_t a,
                               uint8_t b);

/* One step down the bits of a. */
/*@ ghost
  /@ requires wf && live(x) && 0 < level <= window;
   @ requires depth_of[x] == window - level && prefix_of[x] == (a >> level);
   @ requires unique && (side == 0 || side == 1);
   @ requires side == (a >> (level - 1)) % 2;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures child_of(x, side) != SLOTS ==> live(child_of(x, side)) &&
   @   depth_of[child_of(x, side)] == window - (level - 1) &&
   @   prefix_of[child_of(x, side)] == (a >> (level - 1));
   @ ensures \forall integer i; live(i) &&
   @   depth_of[i] == window - (level - 1) &&
   @   prefix_of[i] == (a >> (level - 1)) ==> i == child_of(x, side);
   @/
  void lemma_child(uint64_t x, int level, uint64_t a, int side);
*/

/*@ ghost
  /@ requires trusted != 0 ==> wf;
   @ requires window_ok && 0 < level <= window && is_slot(x);
   @ requires walk_place(x, level, a) && walk_only(x, level, a);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures walk_place(child_of(x, (a >> (level - 1)) % 2), level - 1, a);
   @ ensures walk_only(child_of(x, (a >> (level - 1)) % 2), level - 1, a);
   @/
  void lemma_walk(uint64_t x, int level, uint64_t a);
*/

/* Below a place that is empty there is nothing. */
/*@ ghost
  /@ requires wf && 0 <= level <= window;
   @ requires \forall integer i; live(i) && depth_of[i] == window - level ==>
   @   prefix_of[i] != (a >> level);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures \forall integer i; live(i) && depth_of[i] >= window - level ==>
   @   (base_of[i] >> level) != (a >> level);
   @/
  void lemma_empty(int level, uint64_t a);
*/

/* Below a place that is empty nothing meets the block. */
/*@ ghost
  /@ requires wf && b <= level <= window && region(a, b) && 0 <= d;
   @ requires \forall integer i; live(i) && depth_of[i] == window - level ==>
   @   prefix_of[i] != (a >> level);
   @ requires \forall integer i; live(i) && d < depth_of[i] < window - level &&
   @   prefix_of[i] == (a >> (window - depth_of[i])) ==> !meets(i, a, b);
   @ requires d < window - level;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures \forall integer i; live(i) && depth_of[i] > d ==>
   @   !meets(i, a, b);
   @/
  void lemma_missed(int d, int level, uint64_t a, uint8_t b);
*/

/* What lies strictly inside u is below its node, and the other way round. */
/*@ ghost
  /@ requires wf && heap && distinct && live(u);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures unique;
   @ ensures \forall integer i; live(i) && inside(i, u) ==>
   @   depth_of[i] > depth_of[u];
   @ ensures \forall integer i; live(i) && depth_of[i] > depth_of[u] &&
   @   (base_of[i] >> (window - depth_of[u])) == prefix_of[u] ==>
   @   bits_of[i] <= bits_of[u] && !same_region(i, u);
   @/
  void lemma_inside(uint64_t u);
*/

/* What find is asked for: a block of u's region. */
/*@ predicate find_asked(integer u, integer a, integer b) =
  @   is_slot(u) && field_depth[u] < window && region(a, b) &&
  @   (trusted != 0 ==> live(u) && b <= bits_of[u] && a % 16 == 0 &&
  @     (a >> bits_of[u]) == (base_of[u] >> bits_of[u]));
  @ predicate find_none(integer u, integer a, integer b) =
  @   trusted != 0 ==> \forall integer i;
  @     live(i) && inside(i, u) ==> !meets(i, a, b);
  @ predicate find_one(integer u, integer a, integer b, integer x) =
  @   trusted != 0 ==> live(x) && inside(x, u) && meets(x, a, b);
  @ predicate find_below(integer u, integer a, integer b, integer x) =
  @   is_slot(x) && (trusted != 0 ==> live(x) && bits_of[x] >= b &&
  @     prefix_of[x] == (a >> (window - depth_of[x])));
  @*/
#endif
