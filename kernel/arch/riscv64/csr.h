/* SPDX-License-Identifier: BSD-2-Clause */
/* Control and status registers of S mode: their bits, and access to them.
 * Assembly includes this file too. */
#ifndef FALLOW_CSR_H
#define FALLOW_CSR_H

#define SSTATUS_SIE      0x2    /* interrupts on */
#define SSTATUS_SPIE     0x20   /* interrupts on after sret */
#define SSTATUS_SPP      0x100  /* sret goes to S mode */
#define SSTATUS_FS       0x6000 /* floating point: off, initial, clean, dirty */
#define SSTATUS_FS_CLEAN 0x4000
#define SSTATUS_SUM      0x40000
#define SSTATUS_MXR      0x80000

#define SIE_TIMER    0x20
#define SIE_EXTERNAL 0x200

#define CAUSE_INTERRUPT          0x8000000000000000
#define CAUSE_USER_ECALL         8
#define CAUSE_FETCH_ACCESS       1
#define CAUSE_LOAD_ACCESS        5
#define CAUSE_STORE_ACCESS       7
#define CAUSE_FETCH_PAGE         12
#define CAUSE_LOAD_PAGE          13
#define CAUSE_STORE_PAGE         15
#define CAUSE_TIMER_INTERRUPT    5
#define CAUSE_EXTERNAL_INTERRUPT 9

#ifndef __ASSEMBLER__
#include <stdint.h>

#define csr_read(name)                                                         \
    ({                                                                         \
        uint64_t value_;                                                       \
        __asm__ volatile("csrr %0, " #name : "=r"(value_)::"memory");          \
        value_;                                                                \
    })
#define csr_write(name, value)                                                 \
    __asm__ volatile("csrw " #name ", %0" ::"rK"((uint64_t)(value))            \
                     : "memor"                                                 \
                       "y")
#define csr_set(name, bits)                                                    \
    __asm__ volatile("csrs " #name ", %0" ::"rK"((uint64_t)(bits)) : "memory")
#define csr_clear(name, bits)                                                  \
    __asm__ volatile("csrc " #name ", %0" ::"rK"((uint64_t)(bits)) : "memory")
#endif
#endif
