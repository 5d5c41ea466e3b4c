/* SPDX-License-Identifier: BSD-2-Clause */
/* Floating-point registers: whose they hold, and what that saves.
 *
 *   owner --> the thread whose values are in the registers
 *             (saved again only if the hardware says they were written)
 *   none      nobody's: they must not be seen, so are zeroed or overwritten
 *
 * A thread with the FPU enabled owns it whenever it runs, so it never traps;
 * but threads that never touch it have nothing to save and, while the
 * registers are all zero anyway, nothing to load (sel4-abi.md 8.6).
 */
#ifndef FALLOW_FPU_H
#define FALLOW_FPU_H
#include "arch_context.h"

/* fpu_registers.S: all 32 registers and fcsr, to and from a context; to zero.
 * With sstatus.FS on. */
void fpu_save(struct arch_context *context);
void fpu_load(const struct arch_context *context);
void fpu_zero(void);
#endif
