/* SPDX-License-Identifier: BSD-2-Clause */
/* The system call instruction, with the registers of RV64.
 *
 *            a7       a0            a1    a2 ... a5
 *   in       number   cptr          info  MR0 ... MR3
 *   out      -        badge         info  MR0 ... MR3
 *
 * The kernel leaves every other register as it was.  Functions whose names
 * end in an underscore are for the other headers.
 *
 * On any other machine the instruction is a function that the program has to
 * bring, sel4_host_trap: so one can see what the calls send, or serve them
 * from a kernel in the same process.
 */
#ifndef SEL4_TRAP_H
#define SEL4_TRAP_H
#include <sel4/syscall.h>
#include "types.h"

/* A word whose value does not matter: what a register happens to hold.
 * Volatile, lest one is copied to where another is wanted. */
LIBSEL4_ALWAYS_INLINE seL4_Word seL4_Unused_(void)
{
    seL4_Word word;

    __asm__ volatile("" : "=r"(word));
    return word;
}

#if defined(__riscv) && __riscv_xlen == 64

/* Everything in, everything out: Call, ReplyRecv. */
LIBSEL4_ALWAYS_INLINE void seL4_TrapExchange_(seL4_Word number, seL4_Word *cptr,
                                              seL4_MessageInfo_t *info,
                                              seL4_Word *mr0, seL4_Word *mr1,
                                              seL4_Word *mr2, seL4_Word *mr3)
{
    register seL4_Word a0 __asm__("a0") = *cptr;
    register seL4_Word a1 __asm__("a1") = info->words[0];
    register seL4_Word a2 __asm__("a2") = *mr0;
    register seL4_Word a3 __asm__("a3") = *mr1;
    register seL4_Word a4 __asm__("a4") = *mr2;
    register seL4_Word a5 __asm__("a5") = *mr3;
    register seL4_Word a7 __asm__("a7") = number;

    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4),
                       "+r"(a5)
                     : "r"(a7)
                     : "memory");
    *cptr = a0;
    info->words[0] = a1;
    *mr0 = a2;
    *mr1 = a3;
    *mr2 = a4;
    *mr3 = a5;
}

/* Everything in, nothing out: Send, NBSend, Reply. */
LIBSEL4_ALWAYS_INLINE void seL4_TrapSend_(seL4_Word number, seL4_Word cptr,
                                          seL4_MessageInfo_t info,
                                          seL4_Word mr0, seL4_Word mr1,
                                          seL4_Word mr2, seL4_Word mr3)
{
    register seL4_Word a0 __asm__("a0") = cptr;
    register seL4_Word a1 __asm__("a1") = info.words[0];
    register seL4_Word a2 __asm__("a2") = mr0;
    register seL4_Word a3 __asm__("a3") = mr1;
    register seL4_Word a4 __asm__("a4") = mr2;
    register seL4_Word a5 __asm__("a5") = mr3;
    register seL4_Word a7 __asm__("a7") = number;

    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4),
                       "+r"(a5)
                     : "r"(a7)
                     : "memory");
}

/* A capability in, everything out: Recv, NBRecv. */
LIBSEL4_ALWAYS_INLINE void seL4_TrapReceive_(seL4_Word number, seL4_Word *cptr,
                                             seL4_MessageInfo_t *info,
                                             seL4_Word *mr0, seL4_Word *mr1,
                                             seL4_Word *mr2, seL4_Word *mr3)
{
    register seL4_Word a0 __asm__("a0") = *cptr;
    register seL4_Word a1 __asm__("a1");
    register seL4_Word a2 __asm__("a2");
    register seL4_Word a3 __asm__("a3");
    register seL4_Word a4 __asm__("a4");
    register seL4_Word a5 __asm__("a5");
    register seL4_Word a7 __asm__("a7") = number;

    __asm__ volatile("ecall"
                     : "+r"(a0), "=r"(a1), "=r"(a2), "=r"(a3), "=r"(a4),
                       "=r"(a5)
                     : "r"(a7)
                     : "memory");
    *cptr = a0;
    info->words[0] = a1;
    *mr0 = a2;
    *mr1 = a3;
    *mr2 = a4;
    *mr3 = a5;
}

/* One word in and out, or none: Yield, debug calls. */
LIBSEL4_ALWAYS_INLINE seL4_Word seL4_TrapWord_(seL4_Word number, seL4_Word word)
{
    register seL4_Word a0 __asm__("a0") = word;
    register seL4_Word a7 __asm__("a7") = number;

    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
    return a0;
}

#else

#ifdef __cplusplus
extern "C" {
#endif
/* registers: a0 to a5, in and out. */
void sel4_host_trap(seL4_Word number, seL4_Word registers[6]);
#ifdef __cplusplus
}
#endif

LIBSEL4_INLINE void seL4_TrapExchange_(seL4_Word number, seL4_Word *cptr,
                                       seL4_MessageInfo_t *info, seL4_Word *mr0,
                                       seL4_Word *mr1, seL4_Word *mr2,
                                       seL4_Word *mr3)
{
    seL4_Word a[6] = {*cptr, info->words[0], *mr0, *mr1, *mr2, *mr3};

    sel4_host_trap(number, a);
    *cptr = a[0];
    info->words[0] = a[1];
    *mr0 = a[2];
    *mr1 = a[3];
    *mr2 = a[4];
    *mr3 = a[5];
}

LIBSEL4_INLINE void seL4_TrapSend_(seL4_Word number, seL4_Word cptr,
                                   seL4_MessageInfo_t info, seL4_Word mr0,
                                   seL4_Word mr1, seL4_Word mr2, seL4_Word mr3)
{
    seL4_TrapExchange_(number, &cptr, &info, &mr0, &mr1, &mr2, &mr3);
}

LIBSEL4_INLINE void seL4_TrapReceive_(seL4_Word number, seL4_Word *cptr,
                                      seL4_MessageInfo_t *info, seL4_Word *mr0,
                                      seL4_Word *mr1, seL4_Word *mr2,
                                      seL4_Word *mr3)
{
    info->words[0] = *mr0 = *mr1 = *mr2 = *mr3 = 0;
    seL4_TrapExchange_(number, cptr, info, mr0, mr1, mr2, mr3);
}

LIBSEL4_INLINE seL4_Word seL4_TrapWord_(seL4_Word number, seL4_Word word)
{
    seL4_Word a[6] = {word, 0, 0, 0, 0, 0};

    sel4_host_trap(number, a);
    return a[0];
}
#endif
#endif
