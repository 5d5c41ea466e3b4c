/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole sequences of operations in lock-step: generated from a seed, replayed,
 * shortened to a minimal one where the two sides disagree.
 *
 *   parent                              child, one per sequence
 *   run_generate(seed) --- fork --->    machine, generate, perform, ...
 *        |  reads what the child wrote into shared memory: operations,
 *        |  counts, the disagreement; a child that crashes or hangs has
 *        v  failed, too
 *   run_shrink: leaves out operations while it still fails
 */
#ifndef FALLOW_LOCKSTEP_RUN_H
#define FALLOW_LOCKSTEP_RUN_H
#include "lockstep_ops.h"

#define RUN_OPS_MAX 4000u

/* Situations that a test of this kind must have met. */
enum run_class {
    CLASS_EMBRYO_CHUNKS,     /* an embryo with more than one chunk to clear */
    CLASS_EMBRYO_RESUMED,    /* finished by a call with other arguments */
    CLASS_EMBRYO_DELETED,    /* in the middle */
    CLASS_FANOUT,            /* as many objects as one call may make */
    CLASS_COPY_CHAIN,        /* a copy of a copy of an untyped */
    CLASS_SAME_SIZE,         /* an object as large as its untyped */
    CLASS_SAME_SIZE_UNTYPED, /* a retyped untyped as large as its parent */
    CLASS_ACROSS_WATERMARK,  /* a run that begins below and ends above */
    CLASS_INSIDE_RUN,        /* a collision with neither end of a run */
    CLASS_DEVICE,            /* objects of device memory */
    CLASS_SELF,              /* a CNode that holds its own capability */
    CLASS_MUTUAL,            /* two CNodes that hold each other's */
    CLASS_TCB_CNODE,         /* a thread that holds its CSpace */
    CLASS_ZOMBIE,            /* a deletion that was stopped */
    CLASS_ZOMBIE_HOME,       /* a zombie left in its own slot 0 */
    CLASS_NESTED_DELETION,   /* one Delete that emptied eight slots */
    CLASS_REPLY_SAVED,       /* SaveCaller with a reply capability */
    CLASS_HANDLER_DELETED,   /* an IRQ handler's last capability */
    CLASS_PREEMPTED_RETYPE,
    CLASS_PREEMPTED_RETYPE_AT,
    CLASS_PREEMPTED_RETYPE_WHOLE,
    CLASS_PREEMPTED_REVOKE,
    CLASS_PREEMPTED_REVOKE_AT,
    CLASS_PREEMPTED_DELETE,
    RUN_CLASSES,
};
const char *run_class_name(enum run_class class);

struct run {
    const struct machine_config *config;
    uint64_t seed;
    uint32_t op_count;
    bool failed;
    char why[400];
    struct lockstep_op ops[RUN_OPS_MAX];
    /* Over all sequences so far. */
    uint64_t calls, preempted, ambiguous, checks;
    uint64_t hits[LOCKSTEP_LABELS][LOCKSTEP_ERRORS];
    uint64_t lookup_errors[5];
    uint64_t classes[RUN_CLASSES];
};

/* Memory shared with children; NULL: none left. */
struct run *run_create(void);

/* A sequence of up to op_count operations from a seed.  check_every: whole
 * checks of invariants after every n-th operation.  False: it failed, run->why
 * says how. */
bool run_generate(struct run *run, const struct machine_config *config,
                  uint64_t seed, uint32_t op_count, uint32_t check_every);

/* Leaves out operations as long as the sequence fails. */
void run_shrink(struct run *run);

/* Prints seed, machine, the operations, and the disagreement, as comments. */
void run_report(const struct run *run);
#endif
