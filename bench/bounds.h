/* SPDX-License-Identifier: BSD-2-Clause */
/* `make bounds': for each row of retype.md D that exists here, programs that
 * maximise it, and the steps counted beside the bound that is promised.
 *
 *   row  what was done                       counted       bound
 *   1    reset of an untyped                    4096  <=    4096  bytes
 *   ...
 *
 * A stretch is a kernel entry, or the part of one from one question for an
 * interrupt to the next; the kernel asks at every chance.  Steps are counted by
 * the kernel itself (struct work), by the hosted machine (flushes), or by what
 * changed.
 */
#ifndef FALLOW_BOUNDS_H
#define FALLOW_BOUNDS_H
#include "threads.h"

#define BOUNDS_W 39u /* of the RV64 machine */

/* One line; more steps than the bound make the program fail, and so does a
 * count of 0 where the bound is not. */
void bounds_row(const char *row, const char *what, uint64_t counted,
                uint64_t bound, const char *steps);

/* A call that prepares something must succeed. */
void bounds_must(struct fixture *f, const char *what);

/* Longest stretches are measured from here on; and the most so far. */
void bounds_begin(struct fixture *f);
uint64_t bounds_visits(const struct fixture *f);
uint64_t bounds_slots(const struct fixture *f);
uint64_t bounds_bytes(const struct fixture *f);

void bounds_memory(void);  /* bounds_memory.c: 1 to 4, 14, 21 to 23 */
void bounds_objects(void); /* bounds_objects.c: 5 to 10, 13, 17, 19 */
#endif
