/* SPDX-License-Identifier: BSD-2-Clause */
/* The search for regions that meet a block: contracts, and lemmas that the
 * kernel's bodies call.
 */
#ifndef FALLOW_PROOF_FIND_H
#define FALLOW_PROOF_FIND_H
#include "walk.h"

/*@ requires index_memory(r) && trust(r) && is_slot(u) && visits_left(r, 1);
  @ requires trusted != 0 ==> live(u);
  @ terminates \true; exits \false; assigns r->visits;
  @ ensures linked(\result);
  @ ensures \result == (field_left[u] != SLOTS ? field_left[u]
  @                                            : field_right[u]);
  @ ensures \old(r->visits) <= r->visits <= \old(r->visits) + 1;
  @*/
static slotno_t any_child(struct regions *r, slotno_t u);

/*@ requires index_memory(r) && trust(r) && find_asked(u, a, b);
  @ requires visits_left(r, window);
  @ requires below == \null ||
  @   (\valid(below) && \separated(below, r, r->slots + (0 .. SLOTS)));
  @ terminates \true; exits \false; assigns r->visits, *below;
  @ ensures linked: linked(\result);
  @ ensures bound: \old(r->visits) <= r->visits <= \old(r->visits) + window;
  @ ensures sound: \result != SLOTS ==> find_one(u, a, b, \result);
  @ ensures complete: \result == SLOTS ==> find_none(u, a, b);
  @ ensures below: \result == SLOTS && below != \null &&
  @   b < window - field_depth[u] ==> find_below(u, a, b, *below);
  @*/
static inline slotno_t find(struct regions *r, slotno_t u, paddr_t a, uint8_t b,
                            slotno_t *below);

/* The block is u's own, and u fills the block of its node. */
/*@ ghost
  /@ requires trusted != 0 ==> wf && heap && distinct;
   @ requires window_ok && find_asked(u, a, b);
   @ requires trusted != 0 ==> window - depth_of[u] <= b;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures trusted != 0 && left_of[u] == SLOTS && right_of[u] == SLOTS ==>
   @   \forall integer i; live(i) ==> !inside(i, u);
   @ ensures trusted != 0 && left_of[u] != SLOTS ==>
   @   find_one(u, a, b, left_of[u]);
   @ ensures trusted != 0 && right_of[u] != SLOTS ==>
   @   find_one(u, a, b, right_of[u]);
   @/
  void lemma_find_whole(uint64_t u, uint64_t a, uint8_t b);
*/

/* The first step, from u's node down. */
/*@ ghost
  /@ requires trusted != 0 ==> wf && heap && distinct;
   @ requires window_ok && find_asked(u, a, b) && 0 <= level < window;
   @ requires trusted != 0 ==> level == window - depth_of[u] - 1;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures walk_place(child_of(u, (a >> level) % 2), level, a);
   @ ensures walk_only(child_of(u, (a >> level) % 2), level, a);
   @ ensures trusted != 0 ==>
   @   prefix_of[u] == (a >> (window - depth_of[u]));
   @/
  void lemma_find_first(uint64_t u, uint64_t a, uint8_t b, int level);
*/

/* A step from x, which does not meet the block. */
/*@ ghost
  /@ requires trusted != 0 ==> wf && heap && distinct && !meets(x, a, b);
   @ requires window_ok && 0 < level < window && region(a, b) && b < level;
   @ requires is_slot(x) && walk_place(x, level, a) && walk_only(x, level, a);
   @ requires walk_missed(d, level, a, b);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures walk_place(child_of(x, (a >> (level - 1)) % 2), level - 1, a);
   @ ensures walk_only(child_of(x, (a >> (level - 1)) % 2), level - 1, a);
   @ ensures walk_missed(d, level - 1, a, b);
   @/
  void lemma_find_down(uint64_t x, int d, uint64_t a, uint8_t b, int level);
*/

/* What is at level b meets the block. */
/*@ ghost
  /@ requires trusted != 0 ==> wf;
   @ requires is_slot(x) && window_ok && walk_place(x, b, a);
   @ requires 0 <= b <= window;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures trusted != 0 ==> meets(x, a, b);
   @/
  void lemma_find_bottom(uint64_t x, uint64_t a, uint8_t b);
*/

/* The walk has met x. */
/*@ ghost
  /@ requires trusted != 0 ==> wf && heap && distinct && meets(x, a, b);
   @ requires window_ok && find_asked(u, a, b) && 0 <= level < window;
   @ requires is_slot(x) && walk_place(x, level, a);
   @ requires trusted != 0 ==> level < window - depth_of[u];
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures find_one(u, a, b, x);
   @/
  void lemma_find_hit(uint64_t u, uint64_t x, uint64_t a, uint8_t b, int level);
*/

/* The walk has come to an empty place. */
/*@ ghost
  /@ requires trusted != 0 ==> wf && heap && distinct;
   @ requires window_ok && find_asked(u, a, b) && b <= level < window;
   @ requires walk_only(SLOTS, level, a) && walk_missed(d, level, a, b);
   @ requires trusted != 0 ==> d == depth_of[u] && level < window - d;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures find_none(u, a, b);
   @/
  void lemma_find_end(uint64_t u, int d, uint64_t a, uint8_t b, int level);
*/

/*@ requires index_memory(r) && trusted != 0 && trust(r) && same_node(i);
  @ requires visits_left(r, window + 1);
  @ terminates \true; exits \false; assigns r->visits;
  @ ensures \result == node_of[i];
  @ ensures bound: \old(r->visits) <= r->visits <=
  @   \old(r->visits) + window + 1;
  @*/
static inline slotno_t index_node_of(struct regions *r, slotno_t i);

/*@ ghost
  /@ requires wf && agree_depth && same_node(u) && region(a, b);
   @ requires window_ok && 0 < bits_of[u] && b <= bits_of[u] && a % 16 == 0;
   @ requires (a >> bits_of[u]) == (base_of[u] >> bits_of[u]);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures find_asked(node_of[u], a, b);
   @/
  void lemma_asked(uint64_t u, uint64_t a, uint8_t b);
*/

/* What the rest of the kernel asks: of any slot of an untyped, whether it is
 * a node or listed, its whole range included.
 */
/*@ requires index_memory(r) && trusted != 0 && trust(r) && same_node(u);
  @ requires visits_left(r, 2 * window + 1) && region(base, bits);
  @ requires 0 < bits_of[u] && bits <= bits_of[u] && base % 16 == 0;
  @ requires (base >> bits_of[u]) == (base_of[u] >> bits_of[u]);
  @ terminates \true; exits \false; assigns r->visits;
  @ ensures bound: \old(r->visits) <= r->visits <=
  @   \old(r->visits) + 2 * window + 1;
  @ ensures sound: \result != SLOTS ==> live(\result) &&
  @   inside(\result, u) && meets(\result, base, bits);
  @ ensures complete: \result == SLOTS ==> \forall integer i;
  @   live(i) && inside(i, u) ==> !meets(i, base, bits);
  @*/
slotno_t regions_find(struct regions *r, slotno_t u, paddr_t base,
                      uint8_t bits);

/*@ requires index_memory(r) && trusted != 0 && trust(r) && same_node(u);
  @ requires visits_left(r, 2 * window + 1) && region(base, bits);
  @ requires 0 < bits_of[u] && bits <= bits_of[u] && base % 16 == 0;
  @ requires (base >> bits_of[u]) == (base_of[u] >> bits_of[u]);
  @ requires \valid(below) && \separated(below, r, r->slots + (0 .. SLOTS));
  @ terminates \true; exits \false; assigns r->visits, *below;
  @ ensures bound: \old(r->visits) <= r->visits <=
  @   \old(r->visits) + 2 * window + 1;
  @ ensures sound: \result != SLOTS ==> live(\result) &&
  @   inside(\result, u) && meets(\result, base, bits);
  @ ensures complete: \result == SLOTS ==> \forall integer i;
  @   live(i) && inside(i, u) ==> !meets(i, base, bits);
  @ ensures below: \result == SLOTS && bits < bits_of[u] ==>
  @   find_below(u, base, bits, *below);
  @*/
slotno_t regions_find_place(struct regions *r, slotno_t u, paddr_t base,
                            uint8_t bits, slotno_t *below);

/* index_locate: no node so far was the one; below an empty place is none. */
/*@ predicate locate_missed(integer level, integer a, integer b) =
  @   trusted != 0 ==> \forall integer i;
  @     live(i) && depth_of[i] < window - level && bits_of[i] == b ==>
  @     base_of[i] != a;
  @*/

/*@ ghost
  /@ requires trusted != 0 ==> wf;
   @ requires window_ok && linked(x) && 0 <= level <= window && 0 <= b;
   @ requires walk_only(x, level, a) && locate_missed(level, a, b);
   @ requires x == SLOTS || level <= b;
   @ requires trusted != 0 && x != SLOTS && bits_of[x] == b ==>
   @   base_of[x] != a;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures trusted != 0 ==> \forall integer i;
   @   live(i) && bits_of[i] == b ==> base_of[i] != a;
   @/
  void lemma_locate_end(uint64_t x, int level, uint64_t a, uint8_t b);
*/
#endif
