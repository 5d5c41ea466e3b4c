/* SPDX-License-Identifier: BSD-2-Clause */
/* Region lists, and what retype does to the regions. */
#include "lists.h"
#include "shift.h"

/* What is not proved yet is called by nothing that is. */
/*@ requires \false; assigns \nothing; */
bool cap_is_parent(const struct slot *slots, slotno_t a, slotno_t b);
/*@ requires \false; assigns \nothing; */
bool cap_same_object(const struct slot *slots, slotno_t a, slotno_t b);
/*@ requires \false; assigns \nothing; */
slotno_t index_enclosing(struct regions *r, paddr_t a, uint8_t b);
/*@ requires \false; assigns \nothing; */
slotno_t index_find_run(struct regions *r, slotno_t u, paddr_t a, uint8_t b,
                        uint64_t count);
/*@ requires \false; assigns \nothing; */
slotno_t index_first_inside(struct regions *r, slotno_t u, paddr_t a,
                            uint8_t b);
/*@ requires \false; assigns \nothing; */
void index_insert(struct regions *r, slotno_t top, slotno_t n);
/*@ requires \false; assigns \nothing; */
void index_remove(struct regions *r, slotno_t n);
/*@ requires \false; assigns \nothing; */
void index_insert_run(struct regions *r, slotno_t top, slotno_t first,
                      uint64_t count);
/*@ requires \false; assigns \nothing; */
slotno_t index_next(struct regions *r, slotno_t u, paddr_t from);
/*@ requires \false; assigns \nothing; */
slotno_t index_outer(struct regions *r, slotno_t i);
/*@ requires \false; assigns \nothing; */
slotno_t regions_find(struct regions *r, slotno_t u, paddr_t base,
                      uint8_t bits);

/* A node with followers keeps its parent link in the first of them. */
/*@ ghost
  /@ requires list_next && list_alone && carried == SLOTS;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures kept;
   @/
  void lemma_kept(void) { ; }
*/

/* Slot i comes after source, and nothing else changes. */
/*@ requires index_memory(r) && wf && agree(r) && lists;
  @ requires member(source) && is_slot(i) && !member(i);
  @ requires node_of[source] != SLOTS ==>
  @   base_of[i] == base_of[source] && bits_of[i] == bits_of[source];
  @ terminates \true; exits \false;
  @ assigns r->slots[0 .. SLOTS].left, r->slots[i].right,
  @   r->slots[0 .. SLOTS].next, r->slots[0 .. SLOTS].alone,
  @   r->slots[i].depth, field_left[..], field_right[i], field_next[..],
  @   field_alone[..], field_depth[i], in_list[i], node_of[i];
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

#include "../kernel/core/regions.c"
