/* SPDX-License-Identifier: BSD-2-Clause */
/* Region lists, and what retype does to the regions. */
#include "leave.h"
#include "uncalled.h"
#include "shift.h"

/*@ ghost void lemma_kept(void) { ; } */

/*@ ghost
  void lemma_rank(uint64_t source, uint64_t i)
  {
    uint64_t k = 0, from = rank_of[source];
    //@ ghost ranks = ranks + 1;
    /@ loop invariant 0 <= k <= SLOTS;
     @ loop invariant \forall integer j; 0 <= j < k ==> rank_of[j] ==
     @   \at(rank_of[j], Pre) + (\at(rank_of[j], Pre) > from ? 1 : 0);
     @ loop invariant \forall integer j; k <= j < SLOTS ==>
     @   rank_of[j] == \at(rank_of[j], Pre);
     @ loop assigns k, rank_of[..]; loop variant SLOTS - k; @/
    while (k < SLOTS) {
      if (rank_of[k] > from)
        rank_of[k] = rank_of[k] + 1;
      k = k + 1;
    }
    rank_of[i] = from + 1;
  }
*/

/* Slot i comes after source, and nothing else changes. */
/*@ requires index_memory(r) && wf && agree(r) && lists;
  @ requires member(source) && is_slot(i) && !member(i);
  @ requires node_of[source] != SLOTS ==>
  @   base_of[i] == base_of[source] && bits_of[i] == bits_of[source];
  @ requires ranks < 0xffffffffffffffff;
  @ terminates \true; exits \false;
  @ assigns r->slots[0 .. SLOTS].left, r->slots[i].right,
  @   r->slots[0 .. SLOTS].next, r->slots[0 .. SLOTS].alone,
  @   r->slots[i].depth, field_left[..], field_right[i], field_next[..],
  @   field_alone[..], field_depth[i], in_list[i], node_of[i],
  @   rank_of[..], ranks;
  @ ENSURES_AGREE
  @ ENSURES_LISTS
  @ ensures kept: carried == SLOTS ==> kept;
  @ ensures after: listed(i) && next_field(source) == i &&
  @   next_field(i) == \old(next_field(source));
  @ ensures others: \forall integer j; member(j) && j != i && j != source ==>
  @   next_field(j) == \old(next_field(j));
  @ ensures members: \forall integer j;
  @   member(j) <==> \old(member(j)) || j == i;
  @*/
void regions_insert_after(struct regions *r, slotno_t source, slotno_t i);

/* Slot i is a list of its own, of no region. */
/*@ requires index_memory(r) && wf && agree(r) && lists;
  @ requires is_slot(i) && !member(i);
  @ terminates \true; exits \false;
  @ assigns r->slots[i].left, r->slots[i].right, r->slots[i].next,
  @   r->slots[i].alone, r->slots[i].depth, field_left[i], field_right[i],
  @   field_next[i], field_alone[i], field_depth[i], in_list[i], node_of[i];
  @ ENSURES_AGREE
  @ ENSURES_LISTS
  @ ensures kept: carried == SLOTS ==> kept;
  @ ensures single: listed(i) && next_field(i) == SLOTS &&
  @   field_left[i] == SLOTS && node_of[i] == SLOTS;
  @ ensures others: \forall integer j; member(j) && j != i ==>
  @   next_field(j) == \old(next_field(j));
  @ ensures members: \forall integer j;
  @   member(j) <==> \old(member(j)) || j == i;
  @*/
static void insert_plain(struct regions *r, slotno_t i);

/* Only untypeds have regions inside them.  Regions are blocks, so any two of
 * them are equal, nested or disjoint.
 */
/*@ predicate only_untypeds = \forall integer i, j;
  @   live(i) && live(j) && inside(j, i) ==> type_of[i] == 2;
  @ predicate is_free(integer u, integer a, integer b) = \forall integer j;
  @   live(j) && inside(j, u) ==> !meets(j, a, b);
  @*/

/* A block strictly inside an untyped that meets nothing there is in no other
 * object's region, equals none, and has none inside.
 */
/*@ ghost
  /@ requires blocks && distinct && window_ok && live(v) && is_slot(n);
   @ requires only_untypeds && type_of[v] == 2;
   @ requires region(base_of[n], bits_of[n]) && bits_of[n] < bits_of[v];
   @ requires (base_of[n] >> bits_of[v]) == (base_of[v] >> bits_of[v]);
   @ requires is_free(v, base_of[n], bits_of[n]);
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures \forall integer i; live(i) ==> !inside(i, n);
   @ ensures \forall integer i; live(i) ==> !same_region(i, n);
   @ ensures \forall integer i; live(i) && inside(n, i) ==> type_of[i] == 2;
   @/
  void lemma_laminar(uint64_t v, uint64_t n)
  {
    /@ assert within: \forall integer i; live(i) && inside(i, n) ==>
     @   inside(i, v) && meets(i, base_of[n], bits_of[n]); @/
    /@ assert equal: \forall integer i; live(i) && same_region(i, n) ==>
     @   inside(i, v) && meets(i, base_of[n], bits_of[n]); @/
    /@ assert smaller: \forall integer i; live(i) && inside(n, i) &&
     @   bits_of[i] < bits_of[v] ==>
     @   inside(i, v) && meets(i, base_of[n], bits_of[n]); @/
    /@ assert same: \forall integer i; live(i) && inside(n, i) &&
     @   bits_of[i] == bits_of[v] ==> same_region(i, v); @/
    /@ assert larger: \forall integer i; live(i) && inside(n, i) &&
     @   bits_of[i] > bits_of[v] ==> inside(v, i); @/
  }
*/

/* Typed objects do not overlap. */
/*@ predicate objects_apart = \forall integer i, j; live(i) && live(j) &&
  @   i != j && type_of[i] != 2 && type_of[j] != 2 ==>
  @   !meets(i, base_of[j], bits_of[j]);
  @*/
/*@ ghost
  /@ requires distinct && only_untypeds;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures objects_apart;
   @/
  void lemma_objects(void)
  {
    /@ assert larger: \forall integer i, j; live(i) && live(j) &&
     @   bits_of[i] > bits_of[j] && meets(i, base_of[j], bits_of[j]) ==>
     @   inside(j, i); @/
    /@ assert smaller: \forall integer i, j; live(i) && live(j) &&
     @   bits_of[i] < bits_of[j] && meets(i, base_of[j], bits_of[j]) ==>
     @   inside(i, j); @/
    /@ assert equal: \forall integer i, j; live(i) && live(j) &&
     @   bits_of[i] == bits_of[j] && meets(i, base_of[j], bits_of[j]) ==>
     @   same_region(i, j); @/
    /@ assert untyped: \forall integer i, j; live(i) && live(j) &&
     @   type_of[i] != 2 ==> !inside(j, i); @/
  }
*/

/* One object of a run, at depth d, is in the index now: the regions are as they
 * should be, and the other blocks of the run are as free as they were.
 */
/*@ ghost
  /@ requires blocks && distinct && window_ok && live(v) && is_slot(n);
   @ requires only_untypeds && type_of[v] == 2 && !live(n) && 0 <= d;
   @ requires region(base_of[n], bits_of[n]) && bits_of[n] < bits_of[v];
   @ requires (base_of[n] >> bits_of[v]) == (base_of[v] >> bits_of[v]);
   @ requires is_free(v, base_of[n], bits_of[n]);
   @ terminates \true; exits \false; assigns depth_of[n];
   @ ensures live(n) && only_untypeds && distinct && objects_apart;
   @ ensures \forall integer a; \old(is_free(v, a, bits_of[n])) &&
   @   (a >> bits_of[n]) != (base_of[n] >> bits_of[n]) ==>
   @   is_free(v, a, bits_of[n]);
   @/
  void lemma_run(uint64_t v, uint64_t n, int d)
  {
    lemma_laminar(v, n);
    depth_of[n] = d;
    /@ assert others: \forall integer i; live(i) && i != n ==>
     @   \at(live(i), Pre); @/
    /@ assert untypeds: only_untypeds; @/
    /@ assert apart: \forall integer i; live(i) && i != n ==>
     @   !same_region(i, n) && !same_region(n, i); @/
    /@ assert all: distinct; @/
    lemma_objects();
  }
*/

#include "../kernel/core/regions.c"
