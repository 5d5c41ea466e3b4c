/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's services, by the legacy calls: every SBI has them. */
#ifndef FALLOW_SBI_H
#define FALLOW_SBI_H
#include <stdint.h>

#define SBI_SET_TIMER 0
#define SBI_PUT_CHAR  1
#define SBI_SHUTDOWN  8

static inline void sbi_call(uint64_t number, uint64_t argument)
{
    register uint64_t a0 __asm__("a0") = argument;
    register uint64_t a7 __asm__("a7") = number;

    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
}

/* One byte to the console, unchanged. */
static inline void sbi_put_char(uint8_t byte)
{
    sbi_call(SBI_PUT_CHAR, byte);
}

/* The timer's interrupt once time has reached `ticks'; ends a pending one. */
static inline void sbi_set_timer(uint64_t ticks)
{
    sbi_call(SBI_SET_TIMER, ticks);
}

/* Starting and stopping harts: the HSM extension. */
#define SBI_HSM       0x48534d
#define SBI_HSM_START 0
#define SBI_HSM_STOP  1

/* The hart begins at `address' with its number in a0 and `value' in a1.  0, or
 * SBI's error. */
static inline int64_t sbi_start_hart(uint64_t hart, uint64_t address,
                                     uint64_t value)
{
    register uint64_t a0 __asm__("a0") = hart;
    register uint64_t a1 __asm__("a1") = address;
    register uint64_t a2 __asm__("a2") = value;
    register uint64_t a6 __asm__("a6") = SBI_HSM_START;
    register uint64_t a7 __asm__("a7") = SBI_HSM;

    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1)
                     : "r"(a2), "r"(a6), "r"(a7)
                     : "memory");
    return (int64_t)a0;
}

static inline _Noreturn void sbi_stop_hart(void)
{
    register uint64_t a6 __asm__("a6") = SBI_HSM_STOP;
    register uint64_t a7 __asm__("a7") = SBI_HSM;

    __asm__ volatile("ecall" ::"r"(a6), "r"(a7) : "a0", "a1", "memory");
    for (;;)
        __asm__ volatile("wfi");
}

static inline _Noreturn void sbi_shutdown(void)
{
    sbi_call(SBI_SHUTDOWN, 0);
    for (;;)
        __asm__ volatile("wfi");
}
#endif
