/* SPDX-License-Identifier: BSD-2-Clause */
/* The one kernel of this machine, and what belongs to it. */
#ifndef FALLOW_MACHINE_H
#define FALLOW_MACHINE_H
#include "sched.h"

/* Interrupt sources of the controller that can have handlers; the kernel's
 * timer is number `sources' + 1 (sel4-abi.md 4.7). */
#define IRQ_SOURCES_MAX 190u

extern struct kernel machine_kernel;

/* The kernel of this build, with no capability yet: `sources' interrupt
 * sources, at most IRQ_SOURCES_MAX. */
void machine_init(uint32_t sources);
#endif
