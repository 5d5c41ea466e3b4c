/* SPDX-License-Identifier: BSD-2-Clause */
/* Invocations: a message to a capability that names a kernel object.
 *
 *   label, length, MR0 ..., extra capabilities
 *      |
 *      v  decode: checks everything, changes nothing     -> error and fields
 *      v  commit: changes everything, cannot fail        -> done | preempted
 *
 * A preempted call has left a valid state; it is made again with the same
 * arguments, by the same thread or, as far as the kernel cares, by anyone.
 */
#ifndef FALLOW_INVOKE_H
#define FALLOW_INVOKE_H
#include "error.h"
#include "kernel.h"

#define INVOKE_WORDS_MAX 120u
#define INVOKE_CAPS_MAX  3u

/* Labels of the invocations decoded here.  LABEL_x of the newest release;
 * an image of an older one is served by another table (sel4-abi.md 4.1). */
enum label {
    LABEL_INVALID = 0,
    LABEL_UNTYPED_RETYPE = 1,
    LABEL_CNODE_REVOKE = 17,
    LABEL_CNODE_DELETE = 18,
    LABEL_CNODE_CANCEL_BADGED_SENDS = 19,
    LABEL_CNODE_COPY = 20,
    LABEL_CNODE_MINT = 21,
    LABEL_CNODE_MOVE = 22,
    LABEL_CNODE_MUTATE = 23,
    LABEL_CNODE_ROTATE = 24,
    LABEL_CNODE_SAVE_CALLER = 25,
};

/* The new calls (architecture.md 3). */
#define LABEL_UNTYPED_RETYPE_AT    UINT64_C(0x46414c00)
#define LABEL_UNTYPED_RETYPE_WHOLE UINT64_C(0x46414c01)
#define LABEL_UNTYPED_DESCRIBE     UINT64_C(0x46414c02)
#define LABEL_UNTYPED_NEXT         UINT64_C(0x46414c03)
#define LABEL_UNTYPED_REVOKE_AT    UINT64_C(0x46414c04)

struct invocation {
    slotno_t slot; /* the invoked capability's */
    uint64_t label;
    uint32_t length;    /* message registers sent, 0 .. INVOKE_WORDS_MAX */
    const uint64_t *mr; /* at least `length' words */
    uint32_t cap_count; /* extra capabilities, 0 .. INVOKE_CAPS_MAX */
    slotno_t cap[INVOKE_CAPS_MAX]; /* the slots they were found in */
    slotno_t caller; /* the calling thread's caller slot, or SLOT_NIL */
};

enum outcome {
    OUTCOME_DONE,      /* *reply is the answer, an error included */
    OUTCOME_PREEMPTED, /* call again */
};

/* Invokes the capability in inv->slot and fills in *reply.  InvalidCapability
 * 0 for an empty slot and for a zombie or embryo; other errors as untyped.h,
 * cnode.h and invocations.h say; on a kernel without threads (kernel.tables)
 * IllegalOperation for what is in the last of these.  Worst case between two
 * preemption points: retype.md D. */
enum outcome invoke(struct kernel *k, const struct invocation *inv,
                    struct reply *reply);
#endif
