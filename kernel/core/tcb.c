/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"
#include "ipc.h"
#include "sched.h"
#include "tcb_op.h"
#include "thread.h"

void tcb_init(struct kernel *k, paddr_t first, uint64_t count)
{
    uint8_t bits = k->params.objects[OBJECT_TCB].bits;

    if (!k->tables || k->tables->domain == 0)
        return;
    for (uint64_t n = 0; n < count; n++)
        thread_at(k, first + bits_up(n, bits))->domain = k->tables->domain;
}

/* The thread stops, and nothing but its own slots knows of it any more: they
 * go with the zombie that its capability becomes. */
void tcb_finalise(struct kernel *k, const struct cap *cap)
{
    paddr_t tcb = cap->base;

    if (!k->tables) {
        reply_delete(k, tcb);
        return;
    }
    if (thread_at(k, tcb)->notification)
        notification_unbind(k, thread_at(k, tcb)->notification);
    thread_suspend(k, tcb);
    arch_thread_forget(k, tcb);
}

enum outcome tcb_invoke(struct kernel *k, const struct invocation *inv,
                        struct reply *reply)
{
    struct tcb_op op;

    if (tcb_decode(k, inv, &op, reply) != ERROR_NONE)
        return OUTCOME_DONE;
    return tcb_commit(k, inv, &op, reply) ? OUTCOME_DONE : OUTCOME_PREEMPTED;
}
