/* SPDX-License-Identifier: BSD-2-Clause */
/* CSpace resolution: from the bits of an address to a slot.
 *
 *   address, low n bits:  | guard g | index r | guard g' | index r' | ...
 *                           CNode 1 --------->  CNode 2 ----------->
 *
 * Each CNode takes at least its radix, which is never 0, so the walk ends
 * after at most 64 CNodes (sel4-abi.md 5.1).
 */
#ifndef FALLOW_CSPACE_H
#define FALLOW_CSPACE_H
#include "bits.h"
#include "error.h"
#include "kernel.h"

struct cspace_result {
    slotno_t slot;
    uint32_t bits_left; /* address bits not used; 0: resolved exactly */
};

/* Resolves the `depth' low bits of address, 1 .. 64, from the CNode
 * capability *root.  Errors, with the source flag: FailedLookup with invalid
 * root (root is no CNode), guard mismatch or depth mismatch. */
enum error cspace_resolve(const struct kernel *k, const struct cap *root,
                          uint64_t address, uint32_t depth, bool source,
                          struct cspace_result *result, struct reply *err);

/* An ordinary capability pointer: 64 bits from the root in slot root_slot;
 * left-over bits are ignored.  An empty slot is no error. */
enum error cspace_lookup(const struct kernel *k, slotno_t root_slot,
                         uint64_t cptr, slotno_t *slot, struct reply *err);

/* The slot that an invocation addresses (4.3), in this order: FailedLookup
 * invalid root; RangeError 1..64 (depth); FailedLookup guard or depth;
 * FailedLookup depth mismatch where bits are left over. */
enum error cspace_lookup_slot(const struct kernel *k, const struct cap *root,
                              uint64_t address, uint64_t depth, bool source,
                              slotno_t *slot, struct reply *err);
/* The count bits at the top of rest, count < 64; 0: nothing. */
static inline uint64_t cspace_top(uint64_t rest, uint64_t count)
{
    return bits_down(rest / 2u, (unsigned)(WORD_BITS - 1u - count));
}
#endif
