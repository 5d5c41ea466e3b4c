/* SPDX-License-Identifier: BSD-2-Clause */
/* What regions.c calls besides, without a proof so far: by nothing that is
 * proved.
 */
#ifndef FALLOW_PROOF_UNCALLED_H
#define FALLOW_PROOF_UNCALLED_H
#include "index.h"

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
#endif
