/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots for the provers: a ghost array for each field, and the contracts of
 * the accessors of slot.h, which alone look at struct slot.
 *
 *   field_left[i] == slots[i].left   and so on, for each slot i in memory
 *
 * `packed' says that.  Whatever the slots hold, there are such arrays; a
 * setter changes its own fields of its own slot and nothing else.  is_slot:
 * which numbers name memory that holds slots; any set that does not change
 * while one function runs.  All other files speak of the arrays alone, so
 * `packed' has its text in the unit of the accessors only: elsewhere it would
 * distract the provers.
 */
#ifndef FALLOW_PROOF_SLOTS_H
#define FALLOW_PROOF_SLOTS_H
#include "types.h"

#define SLOTS UINT64_C(0xffffffff) /* slot numbers; also SLOT_NIL */

/*@ axiomatic Slots {
  @   predicate is_slot(integer i);
  @   axiom slot_range: \forall integer i; is_slot(i) ==> 0 <= i < SLOTS;
  @ }
  @ predicate linked(integer i) = i == SLOTS || is_slot(i);
  @*/

/*@ ghost uint64_t base_of[SLOTS]; */
/*@ ghost uint8_t bits_of[SLOTS]; */
/*@ ghost uint8_t type_of[SLOTS]; */
/*@ ghost uint32_t field_left[SLOTS]; */
/*@ ghost uint32_t field_right[SLOTS]; */
/*@ ghost uint32_t field_next[SLOTS]; */
/*@ ghost uint8_t field_alone[SLOTS]; */
/*@ ghost uint8_t field_depth[SLOTS]; */

/* Where the parent of node i is kept: there, or in its list's second. */
/*@ predicate parent_kept(integer i) =
  @   field_alone[i] == 0 ==> is_slot(field_next[i]);
  @ logic integer parent_field(integer i) =
  @   field_alone[i] != 0 ? field_next[i] : field_right[field_next[i]];
  @*/

#include "slot.h"

#ifdef PROOF_OF_SLOTS
/*@ predicate packed_base(struct slot *s) = \forall integer i; is_slot(i) ==>
  @   base_of[i] == 16 * (s[i].base_lo + 0x100000000 * s[i].base_hi);
  @ predicate packed_bits(struct slot *s) = \forall integer i; is_slot(i) ==>
  @   bits_of[i] == s[i].bits;
  @ predicate packed_type(struct slot *s) = \forall integer i; is_slot(i) ==>
  @   type_of[i] == s[i].type;
  @ predicate packed_left(struct slot *s) = \forall integer i; is_slot(i) ==>
  @   field_left[i] == s[i].left;
  @ predicate packed_right(struct slot *s) = \forall integer i; is_slot(i) ==>
  @   field_right[i] == s[i].right;
  @ predicate packed_next(struct slot *s) = \forall integer i; is_slot(i) ==>
  @   field_next[i] == s[i].next;
  @ predicate packed_alone(struct slot *s) = \forall integer i; is_slot(i) ==>
  @   field_alone[i] == s[i].alone;
  @ predicate packed_depth(struct slot *s) = \forall integer i; is_slot(i) ==>
  @   field_depth[i] == s[i].depth;
  @ predicate packed(struct slot *s) = packed_base(s) && packed_bits(s) &&
  @   packed_type(s) &&
  @   packed_left(s) && packed_right(s) && packed_next(s) &&
  @   packed_alone(s) && packed_depth(s);
  @ predicate memory(struct slot *s) = \forall integer i; is_slot(i) ==>
  @   \valid(s + i);
  @*/
/* Clause by clause; together they are `packed'. */
#define ENSURES_PACKED                                                         \
    ensures packed_base(slots);                                                \
    ensures packed_bits(slots);                                                \
    ensures packed_type(slots);                                                \
    ensures packed_left(slots);                                                \
    ensures packed_right(slots);                                               \
    ensures packed_next(slots);                                                \
    ensures packed_alone(slots);                                               \
    ensures packed_depth(slots);
#else
/*@ axiomatic Packed {
  @   predicate memory(struct slot *s) reads \nothing;
  @   predicate packed(struct slot *s) reads s[0 .. SLOTS - 1].base_lo,
  @     s[0 .. SLOTS - 1].base_hi, s[0 .. SLOTS - 1].bits,
  @     s[0 .. SLOTS - 1].type, s[0 .. SLOTS - 1].left,
  @     s[0 .. SLOTS - 1].right, s[0 .. SLOTS - 1].next,
  @     s[0 .. SLOTS - 1].alone, s[0 .. SLOTS - 1].depth,
  @     base_of[..], bits_of[..], type_of[..], field_left[..],
  @     field_right[..], field_next[..], field_alone[..], field_depth[..];
  @ }
  @*/
#define ENSURES_PACKED ensures packed(slots);
#endif

/* All accessors: the slot is one, and the arrays hold what it holds. */

/*@ requires memory(slots) && packed(slots) && is_slot(i);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == base_of[i] && \result < 0x100000000000;
  @*/
static inline paddr_t slot_base(const struct slot *slots, slotno_t i);

/*@ requires memory(slots) && packed(slots) && is_slot(i);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result != 0 <==> base_of[i] == 16 * (base / 16);
  @*/
static inline bool slot_has_base(const struct slot *slots, slotno_t i,
                                 paddr_t base);

/*@ requires memory(slots) && packed(slots) && is_slot(i);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == bits_of[i];
  @*/
static inline uint8_t slot_bits(const struct slot *slots, slotno_t i);

/*@ requires memory(slots) && packed(slots) && is_slot(i);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == type_of[i];
  @*/
static inline uint8_t slot_type(const struct slot *slots, slotno_t i);

/*@ requires memory(slots) && packed(slots) && is_slot(i);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == field_left[i];
  @*/
static inline slotno_t slot_left(const struct slot *slots, slotno_t i);

/*@ requires memory(slots) && packed(slots) && is_slot(i);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == field_right[i];
  @*/
static inline slotno_t slot_right(const struct slot *slots, slotno_t i);

/*@ requires memory(slots) && packed(slots) && is_slot(i);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result != 0 <==> field_alone[i] != 0;
  @*/
static inline bool slot_is_alone(const struct slot *slots, slotno_t i);

/*@ requires memory(slots) && packed(slots) && is_slot(i);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result ==
  @   (field_alone[i] != 0 ? SLOTS : field_next[i]);
  @*/
static inline slotno_t slot_next(const struct slot *slots, slotno_t i);

/*@ requires memory(slots) && packed(slots) && is_slot(i);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == field_depth[i];
  @*/
static inline uint8_t slot_depth(const struct slot *slots, slotno_t i);

/*@ requires memory(slots) && packed(slots) && is_slot(i);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == field_left[i];
  @*/
static inline slotno_t slot_previous(const struct slot *slots, slotno_t i);

/*@ requires memory(slots) && packed(slots) && is_slot(i) && parent_kept(i);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == parent_field(i);
  @*/
static inline slotno_t slot_parent(const struct slot *slots, slotno_t i);

/*@ requires memory(slots) && packed(slots) && is_slot(i);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result != 0 <==> field_depth[i] != 63;
  @*/
static inline bool slot_is_representative(const struct slot *slots, slotno_t i);

/*@ requires memory(slots) && packed(slots) && is_slot(i);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result != 0 <==> type_of[i] == 0;
  @*/
static inline bool slot_is_empty(const struct slot *slots, slotno_t i);

/*@ requires memory(slots) && packed(slots) && is_slot(i) &&
  @   base < 0x100000000000 && base % 16 == 0;
  @ terminates \true; exits \false;
  @ assigns slots[i].base_lo, slots[i].base_hi, slots[i].bits, base_of[i],
  @    bits_of[i];
  @ ENSURES_PACKED
  @ ensures base_of[i] == base && bits_of[i] == bits;
  @*/
static inline void slot_set_region(struct slot *slots, slotno_t i, paddr_t base,
                                   uint8_t bits);

/*@ requires memory(slots) && packed(slots) && is_slot(i);
  @ terminates \true; exits \false;
  @ assigns slots[i].type, type_of[i];
  @ ENSURES_PACKED
  @ ensures type_of[i] == type;
  @*/
static inline void slot_set_type(struct slot *slots, slotno_t i, uint8_t type);

/*@ requires memory(slots) && packed(slots) && is_slot(i) && v <= SLOTS;
  @ terminates \true; exits \false;
  @ assigns slots[i].left, field_left[i];
  @ ENSURES_PACKED
  @ ensures field_left[i] == v;
  @*/
static inline void slot_set_left(struct slot *slots, slotno_t i, slotno_t v);

/*@ requires memory(slots) && packed(slots) && is_slot(i) && v <= SLOTS;
  @ terminates \true; exits \false;
  @ assigns slots[i].right, field_right[i];
  @ ENSURES_PACKED
  @ ensures field_right[i] == v;
  @*/
static inline void slot_set_right(struct slot *slots, slotno_t i, slotno_t v);

/*@ requires memory(slots) && packed(slots) && is_slot(i) && v <= SLOTS;
  @ terminates \true; exits \false;
  @ assigns slots[i].next, slots[i].alone, field_next[i], field_alone[i];
  @ ENSURES_PACKED
  @ ensures field_next[i] == v && field_alone[i] == 0;
  @*/
static inline void slot_set_next(struct slot *slots, slotno_t i, slotno_t v);

/*@ requires memory(slots) && packed(slots) && is_slot(i) && v <= SLOTS;
  @ terminates \true; exits \false;
  @ assigns slots[i].next, slots[i].alone, field_next[i], field_alone[i];
  @ ENSURES_PACKED
  @ ensures field_next[i] == v && field_alone[i] == 1;
  @*/
static inline void slot_set_alone(struct slot *slots, slotno_t i, slotno_t v);

/*@ requires memory(slots) && packed(slots) && is_slot(i);
  @ terminates \true; exits \false;
  @ assigns slots[i].depth, field_depth[i];
  @ ENSURES_PACKED
  @ ensures field_depth[i] == depth;
  @*/
static inline void slot_set_depth(struct slot *slots, slotno_t i,
                                  uint8_t depth);

/*@ requires memory(slots) && packed(slots) && is_slot(i) && v <= SLOTS;
  @ terminates \true; exits \false;
  @ assigns slots[i].left, field_left[i];
  @ ENSURES_PACKED
  @ ensures field_left[i] == v;
  @*/
static inline void slot_set_previous(struct slot *slots, slotno_t i,
                                     slotno_t v);

/*@ requires memory(slots) && packed(slots) && is_slot(i) && v <= SLOTS;
  @ requires parent_kept(i);
  @ terminates \true; exits \false;
  @ assigns slots[i].next, slots[field_next[i]].right,
  @   field_next[i], field_right[field_next[i]];
  @ ENSURES_PACKED
  @ ensures \old(field_alone[i]) != 0 ==> field_next[i] == v &&
  @   \forall integer j; field_right[j] == \old(field_right[j]);
  @ ensures \old(field_alone[i]) == 0 ==>
  @   field_next[i] == \old(field_next[i]) && field_right[field_next[i]] == v;
  @*/
static inline void slot_set_parent(struct slot *slots, slotno_t i, slotno_t v);
#endif
