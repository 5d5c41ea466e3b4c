/* SPDX-License-Identifier: BSD-2-Clause */
/* The board's real-time clock (goldfish), whose alarm is the one timer that a
 * program can own.
 *
 *   set alarm --(time passes)--> interrupt is up --clear--> down
 *
 * Time is counted in nanoseconds.
 */
#ifndef FALLOW_CLOCK_H
#define FALLOW_CLOCK_H
#include "task.h"

#define CLOCK_IRQ         11u
#define CLOCK_MILLISECOND 1000000ul

/* Maps its registers: once, before all else.  The error of the Map. */
seL4_Error clock_map(void);

/* The alarm goes off so many nanoseconds from now. */
void clock_set_alarm(seL4_Word nanoseconds);

/* Takes its interrupt away. */
void clock_clear(void);
#endif
