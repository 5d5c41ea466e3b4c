/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread's registers on the hosted machine: those of RV64.
 *
 *   reg[0] FaultIP    reg[1] .. reg[31] x1 .. x31    reg[32] NextIP
 */
#ifndef FALLOW_ARCH_CONTEXT_H
#define FALLOW_ARCH_CONTEXT_H
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
};
#endif
