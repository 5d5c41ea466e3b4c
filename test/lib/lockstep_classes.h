/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts the situations of enum run_class, so that a test that has missed one
 * can fail.  Each function adds to classes[RUN_CLASSES]. */
#ifndef FALLOW_LOCKSTEP_CLASSES_H
#define FALLOW_LOCKSTEP_CLASSES_H
#include "lockstep_run.h"

/* What the state shows. */
void classes_of_state(const struct lockstep *ls, uint64_t *classes);

/* What a call has just done.  again: it was the very call that had been
 * preempted before. */
void classes_of_call(const struct lockstep *ls, const struct lockstep_op *op,
                     bool again, enum outcome outcome,
                     const struct reply *reply, uint64_t *classes);
#endif
