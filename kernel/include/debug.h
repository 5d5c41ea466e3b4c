/* SPDX-License-Identifier: BSD-2-Clause */
/* Debug system calls (sel4-abi.md 1.4), where the build has them. */
#ifndef FALLOW_DEBUG_H
#define FALLOW_DEBUG_H
#include "kernel.h"

/* The current thread makes debug system call `number'.  False: there is none
 * of this number.  No effect on who runs.  DebugNameThread with a bad
 * argument, which stops seL4, does nothing here; DebugSnapshot prints one
 * line. */
bool debug_syscall(struct kernel *k, uint64_t number);
#endif
