/* SPDX-License-Identifier: BSD-2-Clause */
/* The one kernel of this machine, and what belongs to it. */
#ifndef FALLOW_MACHINE_H
#define FALLOW_MACHINE_H
#include "sched.h"

/* Interrupt sources of the controller that can have handlers; the kernel's
 * timer is the number behind them.  seL4 has this many on QEMU's board, whose
 * tree has one more that is not wired (sel4-abi.md 4.7). */
#define IRQ_SOURCES_MAX 95u

extern struct kernel machine_kernel;

/* The kernel of this build, with no capability yet, and `sources' interrupt
 * sources, of which it uses no more than IRQ_SOURCES_MAX. */
void machine_init(uint32_t sources);
#endif
