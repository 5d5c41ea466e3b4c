/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the specification say to each other. */
#ifndef FALLOW_SPEC_PRIVATE_H
#define FALLOW_SPEC_PRIVATE_H
#include "spec.h"

/* A broken invariant, or a test that asks for what cannot be. */
#define SPEC_ASSERT(condition)                                                 \
    ((condition) ? (void)0 : spec_panic_(#condition, __FILE__, __LINE__))
_Noreturn void spec_panic_(const char *what, const char *file, int line);

#define SPEC_SLOT_BYTES 32u
#define SPEC_SLOT_BITS  5u
#define SPEC_TCB_SLOTS  5u
#define SPEC_WORD_BITS  64u

static inline uint64_t spec_size(const struct spec_cap *cap)
{
    return UINT64_C(1) << cap->bits;
}

/* state.c: the sequence and the memory. */
void spec_insert_after_(struct spec *s, size_t i, const struct spec_cap *cap);
void spec_remove_(struct spec *s, size_t i);
void spec_swap_slots_(struct spec *s, uint32_t a, uint32_t b);
void spec_set_dirty_(struct spec *s, uint64_t base, uint64_t bytes, bool dirty);

/* derive.c: how capabilities are related, and what becomes of them. */
bool spec_is_parent_(const struct spec_cap *a, const struct spec_cap *b);
bool spec_is_final_(const struct spec *s, size_t i);
bool spec_is_revocable_(const struct spec_cap *source,
                        const struct spec_cap *derived);
struct spec_cap spec_mask_(struct spec_cap cap, uint64_t rights);
struct spec_cap spec_update_(struct spec_cap cap, uint64_t data, bool preserve);
uint32_t spec_derive_(const struct spec *s, size_t i, struct spec_cap *cap);

/* cspace.c: 4.3; false: *reply is the error. */
bool spec_lookup_(const struct spec *s, const struct spec_cap *root,
                  uint64_t address, uint64_t depth, bool source, uint32_t *slot,
                  struct spec_reply *reply);

/* delete.c: false where the call stopped. */
bool spec_step_(struct spec *s, const struct spec_run *run);
bool spec_delete_(struct spec *s, const struct spec_run *run, uint32_t slot);
bool spec_revoke_(struct spec *s, const struct spec_run *run, uint32_t slot);
bool spec_revoke_at_(struct spec *s, const struct spec_run *run, uint32_t slot,
                     uint64_t base, unsigned bits);

/* untyped.c, retype.c, cnode.c */
enum spec_outcome spec_untyped_(struct spec *s, const struct spec_call *call,
                                struct spec_reply *reply,
                                const struct spec_run *run);
enum spec_outcome spec_retype_(struct spec *s, const struct spec_call *call,
                               struct spec_reply *reply,
                               const struct spec_run *run);
enum spec_outcome spec_cnode_(struct spec *s, const struct spec_call *call,
                              struct spec_reply *reply,
                              const struct spec_run *run);

/* invoke.c: the capability in a slot, of type SPEC_EMPTY where there is none;
 * and answers (sel4-abi.md 4.2), which return SPEC_DONE. */
struct spec_cap spec_cap_in_(const struct spec *s, uint32_t slot);
enum spec_outcome spec_answer_(struct spec_reply *reply, uint32_t label,
                               uint32_t length, ...); /* uint64_t each */
enum {
    SPEC_NO_ERROR = 0,
    SPEC_INVALID_ARGUMENT = 1,
    SPEC_INVALID_CAPABILITY = 2,
    SPEC_ILLEGAL_OPERATION = 3,
    SPEC_RANGE_ERROR = 4,
    SPEC_ALIGNMENT_ERROR = 5,
    SPEC_FAILED_LOOKUP = 6,
    SPEC_TRUNCATED_MESSAGE = 7,
    SPEC_DELETE_FIRST = 8,
    SPEC_REVOKE_FIRST = 9,
    SPEC_NOT_ENOUGH_MEMORY = 10,
};
enum { /* of a failed lookup */
       SPEC_INVALID_ROOT = 1,
       SPEC_MISSING_CAPABILITY = 2,
       SPEC_DEPTH_MISMATCH = 3,
       SPEC_GUARD_MISMATCH = 4,
};
#define SPEC_WORD(x) ((uint64_t)(x))
#endif
