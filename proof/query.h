/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions about what lies in a block and around it: contracts, and lemmas
 * that the kernel's bodies call.
 */
#ifndef FALLOW_PROOF_QUERY_H
#define FALLOW_PROOF_QUERY_H
#include "walk.h"

/* Region i lies in the block, or around it; equal to it counts as both. */
/*@ predicate within(integer i, integer a, integer b) =
  @   bits_of[i] <= b && (base_of[i] >> b) == (a >> b);
  @ predicate around(integer i, integer a, integer b) =
  @   bits_of[i] >= b && meets(i, a, b);
  @*/

/*@ requires memory(slots) && packed(slots) && is_slot(i) && b <= POW2_MAX;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result != 0 <==> within(i, a, b);
  @*/
static inline bool index_inside(const struct slot *slots, slotno_t i, paddr_t a,
                                uint8_t b);

/* What lies around node x lies above it, on its path. */
/*@ ghost
  /@ requires wf && heap && distinct && live(x);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures unique;
   @ ensures \forall integer i; live(i) && inside(x, i) ==>
   @   depth_of[i] < depth_of[x] &&
   @   prefix_of[i] == (base_of[x] >> (window - depth_of[i]));
   @/
  void lemma_around(uint64_t x);
*/

/* index_first_inside: of nothing else inside u and the block is x inside. */
/*@ predicate first_asked(integer u, integer a, integer b) =
  @   is_slot(u) && field_depth[u] <= window && region(a, b) &&
  @   (trusted != 0 ==> live(u) && b <= bits_of[u] &&
  @     (a >> bits_of[u]) == (base_of[u] >> bits_of[u]));
  @ predicate first_one(integer u, integer a, integer b, integer x) =
  @   trusted != 0 ==> live(x) && inside(x, u) && within(x, a, b);
  @ predicate first_outermost(integer u, integer a, integer b, integer x) =
  @   trusted != 0 ==> \forall integer i;
  @     live(i) && inside(i, u) && within(i, a, b) ==> !inside(x, i);
  @ predicate first_none(integer u, integer a, integer b) =
  @   trusted != 0 ==> \forall integer i;
  @     live(i) && inside(i, u) ==> !within(i, a, b);
  @ predicate first_missed(integer d, integer level, integer a, integer b) =
  @   trusted != 0 ==> \forall integer i; live(i) &&
  @     d < depth_of[i] <= window - level &&
  @     prefix_of[i] == (a >> (window - depth_of[i])) ==> !within(i, a, b);
  @*/

/*@ requires index_memory(r) && trust(r) && first_asked(u, a, b);
  @ requires visits_left(r, window + 1);
  @ terminates \true; exits \false; assigns r->visits;
  @ ensures linked: linked(\result);
  @ ensures bound: \old(r->visits) <= r->visits <=
  @   \old(r->visits) + window + 1;
  @ ensures sound: \result != SLOTS ==> first_one(u, a, b, \result);
  @ ensures outermost: \result != SLOTS ==> first_outermost(u, a, b, \result);
  @ ensures complete: \result == SLOTS ==> first_none(u, a, b);
  @*/
slotno_t index_first_inside(struct regions *r, slotno_t u, paddr_t a,
                            uint8_t b);

/* The block is u's own, and u fills the block of its node. */
/*@ ghost
  /@ requires trusted != 0 ==> wf && heap && distinct;
   @ requires window_ok && first_asked(u, a, b);
   @ requires trusted != 0 ==> window - depth_of[u] <= b;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures trusted != 0 && left_of[u] == SLOTS && right_of[u] == SLOTS ==>
   @   first_none(u, a, b);
   @ ensures trusted != 0 && left_of[u] != SLOTS ==>
   @   first_one(u, a, b, left_of[u]) && first_outermost(u, a, b, left_of[u]);
   @ ensures trusted != 0 && right_of[u] != SLOTS ==>
   @   first_one(u, a, b, right_of[u]) &&
   @   first_outermost(u, a, b, right_of[u]);
   @/
  void lemma_first_whole(uint64_t u, uint64_t a, uint8_t b);
*/

/* The walk starts at u. */
/*@ ghost
  /@ requires trusted != 0 ==> wf && heap && distinct;
   @ requires window_ok && first_asked(u, a, b) && 0 < level <= window;
   @ requires trusted != 0 ==> level == window - depth_of[u];
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures walk_place(u, level, a) && walk_only(u, level, a);
   @/
  void lemma_first_start(uint64_t u, uint64_t a, uint8_t b, int level);
*/

/* Of u's inner regions within the block, x is the first on the path. */
/*@ ghost
  /@ requires trusted != 0 ==> wf && heap && distinct && within(x, a, b);
   @ requires window_ok && first_asked(u, a, b) && b <= level < window;
   @ requires is_slot(x) && walk_place(x, level, a);
   @ requires trusted != 0 ==> level < window - depth_of[u];
   @ requires trusted != 0 ==> first_missed(depth_of[u], level + 1, a, b);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures first_one(u, a, b, x);
   @ ensures first_outermost(u, a, b, x);
   @/
  void lemma_first_hit(uint64_t u, uint64_t x, uint64_t a, uint8_t b,
                       int level);
*/

/* The walk has come to an empty place. */
/*@ ghost
  /@ requires trusted != 0 ==> wf && heap && distinct;
   @ requires window_ok && first_asked(u, a, b) && b <= level < window;
   @ requires walk_only(SLOTS, level, a);
   @ requires trusted != 0 ==> level < window - depth_of[u];
   @ requires trusted != 0 ==> first_missed(depth_of[u], level + 1, a, b);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures first_none(u, a, b);
   @/
  void lemma_first_end(uint64_t u, uint64_t a, uint8_t b, int level);
*/

/* What is at the block's level lies in it. */
/*@ ghost
  /@ requires trusted != 0 ==> wf;
   @ requires is_slot(x) && window_ok && walk_place(x, b, a);
   @ requires 0 <= b <= window;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures trusted != 0 ==> within(x, a, b);
   @/
  void lemma_first_bottom(uint64_t x, uint64_t a, uint8_t b);
*/

/* index_enclosing: x is the smallest around the block. */
/*@ predicate smallest(integer level, integer a, integer b, integer x) =
  @   trusted != 0 ==>
  @     (x != SLOTS ==> live(x) && depth_of[x] < window - level &&
  @       around(x, a, b)) &&
  @     \forall integer i; live(i) && depth_of[i] < window - level &&
  @       around(i, a, b) ==> x != SLOTS && bits_of[x] <= bits_of[i];
  @*/

/*@ requires index_memory(r) && trust(r) && region(a, b) && a % 16 == 0;
  @ requires visits_left(r, window + 1);
  @ terminates \true; exits \false; assigns r->visits;
  @ ensures linked: linked(\result);
  @ ensures bound: \old(r->visits) <= r->visits <=
  @   \old(r->visits) + window + 1;
  @ ensures smallest: smallest(-1, a, b, \result);
  @*/
slotno_t index_enclosing(struct regions *r, paddr_t a, uint8_t b);

/* The walk has come to x. */
/*@ ghost
  /@ requires trusted != 0 ==> wf && heap;
   @ requires window_ok && region(a, b) && b <= level <= window;
   @ requires is_slot(x) && walk_place(x, level, a) && walk_only(x, level, a);
   @ requires smallest(level, a, b, found);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures around(x, a, b) ==> smallest(level - 1, a, b, x);
   @ ensures !around(x, a, b) ==> smallest(level - 1, a, b, found);
   @/
  void lemma_smaller(uint64_t x, uint64_t a, uint8_t b, int level,
                     uint64_t found);
*/

/* The walk has come to an empty place, or to the block's level. */
/*@ ghost
  /@ requires trusted != 0 ==> wf;
   @ requires window_ok && region(a, b) && b - 1 <= level <= window;
   @ requires b <= level ==> walk_only(SLOTS, level, a);
   @ requires smallest(level, a, b, found);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures smallest(-1, a, b, found);
   @/
  void lemma_smallest(int level, uint64_t a, uint8_t b, uint64_t found);
*/

/* index_outer: from node i up; in a tree of arbitrary contents, parent links
 * are in range.
 */
/*@ predicate agree_up = \forall integer i; live(i) ==> parent_kept(i) &&
  @   parent_field(i) == (depth_of[i] == 0 ? SLOTS : parent_of[i]);
  @ predicate linked_up = \forall integer i; is_slot(i) ==> parent_kept(i) &&
  @   linked(parent_field(i)) && bits_of[i] <= window;
  @ predicate trust_up = trusted != 0
  @   ? wf && heap && distinct && agree_depth && agree_up : linked_up;
  @ predicate up_place(integer i, integer x, integer d) =
  @   trusted != 0 ==> 0 <= d <= depth_of[i] && (d == 0 ? x == SLOTS
  @     : live(x) && depth_of[x] == d - 1 &&
  @       prefix_of[x] == (base_of[i] >> (window - (d - 1))));
  @ predicate up_missed(integer i, integer d) =
  @   trusted != 0 ==> \forall integer j;
  @     live(j) && d <= depth_of[j] ==> !inside(i, j);
  @ predicate outer(integer i, integer x) = live(x) && inside(i, x) &&
  @   \forall integer j; live(j) && inside(i, j) ==> bits_of[x] <= bits_of[j];
  @*/

/*@ requires index_memory(r) && trust_up && is_slot(i);
  @ requires base_of[i] % 16 == 0 && (trusted != 0 ==> live(i));
  @ requires field_depth[i] <= window;
  @ requires visits_left(r, window + 1);
  @ terminates \true; exits \false; assigns r->visits;
  @ ensures linked: linked(\result);
  @ ensures bound: \old(r->visits) <= r->visits <= \old(r->visits) + window;
  @ ensures sound: trusted != 0 && \result != SLOTS ==> outer(i, \result);
  @ ensures complete: trusted != 0 && \result == SLOTS ==>
  @   \forall integer j; live(j) ==> !inside(i, j);
  @*/
slotno_t index_outer(struct regions *r, slotno_t i);

/* From the node i up. */
/*@ ghost
  /@ requires trust_up && window_ok && is_slot(i);
   @ requires trusted != 0 ==> live(i) && d == depth_of[i];
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures up_place(i, parent_field(i), d) && up_missed(i, d);
   @/
  void lemma_up_start(uint64_t i, int d);
*/

/* From x, which is not around i, one up. */
/*@ ghost
  /@ requires trust_up && window_ok && is_slot(i) && is_slot(x) && 0 < d;
   @ requires trusted != 0 ==> live(i) && !inside(i, x);
   @ requires up_place(i, x, d) && up_missed(i, d);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures up_place(i, parent_field(x), d - 1) && up_missed(i, d - 1);
   @/
  void lemma_up(uint64_t i, uint64_t x, int d);
*/

/* x is around i. */
/*@ ghost
  /@ requires trust_up && window_ok && is_slot(i) && is_slot(x) && 0 < d;
   @ requires trusted != 0 ==> live(i) && inside(i, x);
   @ requires up_place(i, x, d) && up_missed(i, d);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures trusted != 0 ==> outer(i, x);
   @/
  void lemma_up_hit(uint64_t i, uint64_t x, int d);
*/
#endif
