/* SPDX-License-Identifier: BSD-2-Clause */
/* One line of a recorded run, and the state around it. */
#ifndef FALLOW_REPLAY_EXPLAIN_H
#define FALLOW_REPLAY_EXPLAIN_H
#include <stdint.h>

/* `fallow replay --explain NUMBER FILE': prints the line with its neighbours,
 * what the slots that it names held before the call and after it, and whether
 * the core agrees.  An exit code (cli.h). */
int replay_explain(const char *file, uint64_t number);
#endif
