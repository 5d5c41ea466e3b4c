/* SPDX-License-Identifier: BSD-2-Clause */
/* Traps: what assembly and C want of each other, and the timer.
 *
 *   trap_entry            saves all registers in the context that sscratch
 *        |                names, then calls one of
 *        +-- trap_syscall, trap_other (trap.c), which return the context of
 *        |   the thread to run, perhaps after a while of idling, or
 *        +-- trap_in_kernel, which ends the machine
 *   trap_exit             loads that context and continues at its NextIP
 */
#ifndef FALLOW_TRAP_H
#define FALLOW_TRAP_H
#include "arch_context.h"
#include "kernel.h"

struct arch_context *trap_syscall(uint64_t number);
struct arch_context *trap_other(uint64_t cause, uint64_t value);
_Noreturn void trap_in_kernel(uint64_t cause, uint64_t pc, uint64_t value);

void trap_entry(void);
_Noreturn void trap_exit(struct arch_context *context);

/* Boot: from now on traps are taken, and ticks come every `ticks' of the
 * time base. */
void trap_init(uint64_t ticks);

/* Boot is over: its pages go, and kernel.current runs. */
_Noreturn void trap_first_exit(void);
#endif
