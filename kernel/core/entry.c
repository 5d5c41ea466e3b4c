/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways into the kernel beside system calls. */
#include "fault.h"
#include "invocations.h"
#include "syscall.h"

void kernel_vm_fault(struct kernel *k, uint64_t address, uint64_t fsr,
                     bool fetch)
{
    uint64_t tail[] = {address, fetch, fsr};

    fault_raise(k, FAULT_VM, 3, tail);
    sched_leave(k);
}

void kernel_user_exception(struct kernel *k, uint64_t number, uint64_t code)
{
    uint64_t tail[] = {number, code};

    fault_raise(k, FAULT_USER_EXCEPTION, 2, tail);
    sched_leave(k);
}

void kernel_interrupt(struct kernel *k, uint64_t irq)
{
    irq_deliver(k, irq);
    sched_leave(k);
}

void kernel_timer_tick(struct kernel *k)
{
    sched_tick(k);
    sched_leave(k);
}

void kernel_start_thread(struct kernel *k, paddr_t tcb)
{
    struct thread *t = thread_at(k, tcb);

    t->priority = THREAD_PRIORITIES - 1u;
    t->mcp = THREAD_PRIORITIES - 1u;
    thread_resume(k, tcb);
}
