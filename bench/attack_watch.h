/* SPDX-License-Identifier: BSD-2-Clause */
/* What single index operations visit, seen from between the core and
 * regions.h:
 *
 *   core --> regions_find() --> [ watched.on? ] --> the index, or the list
 *
 * The linker puts attack_watch.c there.  While `on' is false, as it is while
 * instructions are counted, that costs a test and a jump, 4 instructions an
 * operation. */
#ifndef FALLOW_ATTACK_WATCH_H
#define FALLOW_ATTACK_WATCH_H
#include <stdbool.h>
#include <stdint.h>

struct watched {
    bool on;
    uint64_t one;  /* the most that an operation on one block visited */
    uint64_t many; /* the same of a run, or of Next */
};
extern struct watched watched;
#endif
