/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread's registers.
 *
 *   reg[0] FaultIP    reg[1] .. reg[31] x1 .. x31    reg[32] NextIP
 *   f[0] .. f[31], fcsr: floating point, where it has been used and is not
 *   in the processor (fpu.h)
 *
 * The status register is not among them: all threads have the same, but for
 * floating point being on or off.
 */
#ifndef FALLOW_ARCH_CONTEXT_H
#define FALLOW_ARCH_CONTEXT_H
#include "context_offsets.h"
#include "types.h"

enum arch_register {
    REG_FAULT_IP = 0,
    REG_RA = 1,
    REG_SP = 2,
    REG_TLS = 4,
    REG_CAP = 10,
    REG_INFO = 11,
    REG_MR0 = 12,
    REG_SYSCALL = 17,
    REG_NEXT_IP = 32,
    REG_COUNT = 33,
};

#define ARCH_USER_REGISTERS      32u
#define ARCH_FRAME_REGISTERS     16u
#define ARCH_SYSCALL_REGISTERS   10u
#define ARCH_EXCEPTION_REGISTERS 2u

struct arch_context {
    uint64_t reg[REG_COUNT];
#if HAVE_FPU
    uint64_t f[32];
    uint32_t fcsr;
    uint8_t has_fpu_state; /* f and fcsr are not all zero, or may not be */
#endif
};

_Static_assert(offsetof(struct arch_context, reg[REG_NEXT_IP]) ==
                   CONTEXT_NEXT_IP,
               "assembly knows the context");
#if HAVE_FPU
_Static_assert(offsetof(struct arch_context, f) == CONTEXT_F(0) &&
                   offsetof(struct arch_context, fcsr) == CONTEXT_FCSR,
               "assembly knows the context");
#endif
#endif
