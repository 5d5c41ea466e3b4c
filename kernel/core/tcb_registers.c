/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers read, written and copied from outside (sel4-abi.md 4.6, 7.5). */
#include "arch.h"
#include "sched.h"
#include "tcb_op.h"

#define SUSPEND_SOURCE UINT64_C(1) /* Read, Copy */
#define RESUME         UINT64_C(1) /* Write */
#define RESUME_TARGET  UINT64_C(2) /* Copy, as those below */
#define COPY_FRAME     UINT64_C(4)
#define COPY_INTEGER   UINT64_C(8)

uint64_t tcb_reply_word(const struct kernel *k, paddr_t tcb, uint32_t n)
{
    KERNEL_ASSERT(n < ARCH_USER_REGISTERS);
    return thread_at(k, tcb)->context.reg[arch_user_registers[n]];
}

void tcb_read_registers(struct kernel *k, const struct tcb_op *op,
                        struct reply *reply)
{
    if (op->mr[0] & SUSPEND_SOURCE)
        thread_suspend(k, op->tcb);
    reply->length = (uint32_t)op->mr[1];
    for (uint32_t n = 0; n < reply->length && n < REPLY_WORDS_MAX; n++)
        reply->mr[n] = tcb_reply_word(k, op->tcb, n);
}

/* The thread continues where its restart point is. */
static void continue_at_fault_ip(struct thread *t)
{
    t->context.reg[REG_NEXT_IP] = t->context.reg[REG_FAULT_IP];
}

void tcb_write_registers(struct kernel *k, const struct tcb_op *op)
{
    struct thread *t = thread_at(k, op->tcb);
    uint64_t count = op->mr[1];

    if (count > ARCH_USER_REGISTERS)
        count = ARCH_USER_REGISTERS;
    for (uint64_t n = 0; n < count; n++)
        t->context.reg[arch_user_registers[n]] = op->mr[2 + n];
    continue_at_fault_ip(t);
    if (op->mr[0] & RESUME)
        thread_resume(k, op->tcb);
}

static void copy(struct thread *to, const struct thread *from, uint32_t first,
                 uint32_t end)
{
    for (uint32_t n = first; n < end; n++)
        to->context.reg[arch_user_registers[n]] =
            from->context.reg[arch_user_registers[n]];
}

void tcb_copy_registers(struct kernel *k, const struct tcb_op *op)
{
    struct thread *to = thread_at(k, op->tcb);
    const struct thread *from = thread_at(k, op->other);

    if (op->mr[0] & SUSPEND_SOURCE)
        thread_suspend(k, op->other);
    if (op->mr[0] & RESUME_TARGET)
        thread_resume(k, op->tcb);
    if (op->mr[0] & COPY_FRAME) {
        copy(to, from, 0, ARCH_FRAME_REGISTERS);
        continue_at_fault_ip(to);
    }
    if (op->mr[0] & COPY_INTEGER)
        copy(to, from, ARCH_FRAME_REGISTERS, ARCH_USER_REGISTERS);
}
