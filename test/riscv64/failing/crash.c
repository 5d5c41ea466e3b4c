/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread that nobody looks after loads from where nothing is: for
 * scripts/crash-test, which knows each line of what this prints. */
#include "task.h"

#include <stdio.h>

static struct task victim;

__attribute__((noinline)) void crash_here(seL4_Word address);

void crash_here(seL4_Word address)
{
    __asm__ volatile("li s5, 0x5eed\n"
                     "ld t6, 0(%0)" ::"r"(address)
                     : "s5", "t6", "memory");
}

static void victim_main(seL4_Word address)
{
    crash_here(address);
    for (;;)
        seL4_Yield();
}

int main(void)
{
    printf("crash: begins\n");
    task_create(&victim, TASK_VSPACE, 0);
    if (seL4_TCB_SetSpace(victim.tcb, 0, TASK_ROOT, 0, TASK_VSPACE, 0) !=
        seL4_NoError)
        return 1;
    task_start(&victim, victim_main, 0xdead000);
    seL4_Yield();
    printf("crash: ends\n");
    return 0;
}
