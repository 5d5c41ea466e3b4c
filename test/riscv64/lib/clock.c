/* SPDX-License-Identifier: BSD-2-Clause */
#include "clock.h"

#define CLOCK   0x101000ul   /* of the virt board */
#define ADDRESS 0x20000000ul /* where it is mapped */

/* Registers, as words. */
enum {
    TIME_LOW = 0,
    TIME_HIGH = 1,
    ALARM_LOW = 2,
    ALARM_HIGH = 3,
    IRQ_ENABLED = 4,
    CLEAR_INTERRUPT = 7,
};

static volatile seL4_Uint32 *const clock = (void *)ADDRESS;

seL4_Error clock_map(void)
{
    return task_map(task_device(CLOCK), TASK_VSPACE, ADDRESS, seL4_ReadWrite,
                    seL4_RISCV_ExecuteNever);
}

void clock_set_alarm(seL4_Word nanoseconds)
{
    seL4_Word now = clock[TIME_LOW];

    now |= (seL4_Word)clock[TIME_HIGH] << 32;
    now += nanoseconds;
    clock[IRQ_ENABLED] = 1;
    clock[ALARM_HIGH] = (seL4_Uint32)(now >> 32);
    clock[ALARM_LOW] = (seL4_Uint32)now;
}

void clock_clear(void)
{
    clock[CLEAR_INTERRUPT] = 1;
}
