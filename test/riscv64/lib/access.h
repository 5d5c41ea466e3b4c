/* SPDX-License-Identifier: BSD-2-Clause */
/* What threads do to an address, for task_start(): load from it, store to it,
 * call it.  One that did not fault says so by a signal, and goes on yielding.
 */
#ifndef FALLOW_ACCESS_H
#define FALLOW_ACCESS_H
#include "task.h"

extern seL4_CPtr access_done;            /* signalled by who did not fault */
extern volatile seL4_Word access_seen;   /* what was loaded */
extern volatile seL4_Word access_stored; /* what is stored */

void access_load(seL4_Word address);
void access_store(seL4_Word address);
void access_call(seL4_Word address);
#endif
