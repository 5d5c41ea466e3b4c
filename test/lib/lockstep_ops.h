/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations for the lock-step, chosen at random or by a fuzzer.
 *
 *   source of choices --> generate --> struct lockstep_op --> perform
 *   (seed or bytes)       looks at       plain numbers         on both sides
 *                         the state
 *
 * An operation, once generated, is plain numbers: a sequence of them can be
 * replayed and shortened without the source it came from.  In another state
 * it may be refused, or be impossible; both are fine.
 */
#ifndef FALLOW_LOCKSTEP_OPS_H
#define FALLOW_LOCKSTEP_OPS_H
#include "machine.h"

#define LOCKSTEP_WORDS 9u

enum lockstep_op_kind {
    OP_CALL,    /* an invocation */
    OP_WRITE,   /* the owner writes into the frame in `slot' */
    OP_START,   /* the thread in `slot' is started */
    OP_REPLY,   /* the started thread in `slot' waits for a reply; cap[0] */
    OP_BIND,    /* a copy of `slot' goes into cap[0], a TCB's or IRQ's slot */
    OP_HANDLER, /* IRQ control in `slot' issues handler mr[0] into cap[0] */
    OP_KINDS,
};

struct lockstep_op {
    uint8_t kind;
    uint8_t cap_count;
    uint16_t preempt_in;
    uint32_t length;
    uint32_t slot;
    uint32_t caller;
    uint32_t cap[INVOKE_CAPS_MAX];
    uint64_t label;
    uint64_t mr[LOCKSTEP_WORDS];
};

/* Where choices come from: a number in 0 .. bound - 1, bound > 0. */
struct choices {
    uint64_t (*below)(void *context, uint64_t bound);
    void *context;
};

/* What generation remembers: the last preempted call. */
struct lockstep_generator {
    struct choices choices;
    struct lockstep_op pending;
    bool is_pending;
    uint32_t caps_max; /* from here on, mostly deletion */
};

/* Chooses the next operation for the state of *ls. */
void lockstep_op_generate(struct lockstep_generator *g,
                          const struct lockstep *ls, struct lockstep_op *op);

/* Performs it.  *outcome: of a call; OUTCOME_DONE of everything else.  False:
 * the two disagree. */
bool lockstep_op_perform(struct lockstep *ls, const struct lockstep_op *op,
                         struct reply *reply, enum outcome *outcome);

/* One line that describes an operation. */
void lockstep_op_print(char *line, size_t bytes, const struct lockstep_op *op);
#endif
