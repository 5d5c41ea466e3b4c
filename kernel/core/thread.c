/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"
#include "fault.h"
#include "ipc.h"
#include "sched.h"

_Static_assert(THREAD_OFFSET >= TCB_SLOT_COUNT * SLOT_BYTES,
               "the slots come first");

void thread_set_state(struct kernel *k, paddr_t tcb, enum thread_state state)
{
    struct thread *t = thread_at(k, tcb);

    t->state = (uint8_t)state;
    if (tcb == k->current && k->sched_action == SCHED_RESUME &&
        !thread_is_runnable(t))
        sched_reschedule(k);
}

void thread_cancel_ipc(struct kernel *k, paddr_t tcb)
{
    struct thread *t = thread_at(k, tcb);

    switch (t->state) {
    case THREAD_BLOCKED_ON_RECEIVE:
    case THREAD_BLOCKED_ON_SEND:
        endpoint_remove(k, tcb);
        break;
    case THREAD_BLOCKED_ON_NOTIFICATION:
        notification_remove(k, tcb);
        break;
    case THREAD_BLOCKED_ON_REPLY:
        reply_delete(k, tcb);
        break;
    default:
        return;
    }
    t->fault.type = FAULT_NONE;
    thread_set_state(k, tcb, THREAD_INACTIVE);
}

void thread_suspend(struct kernel *k, paddr_t tcb)
{
    struct thread *t = thread_at(k, tcb);

    thread_cancel_ipc(k, tcb);
    if (t->state == THREAD_RUNNING)
        t->context.reg[REG_FAULT_IP] = t->context.reg[REG_NEXT_IP];
    thread_set_state(k, tcb, THREAD_INACTIVE);
    sched_dequeue(k, tcb);
}

void thread_resume(struct kernel *k, paddr_t tcb)
{
    if (thread_is_runnable(thread_at(k, tcb)))
        return;
    thread_cancel_ipc(k, tcb);
    reply_setup_master(k, tcb, k->params.objects[OBJECT_TCB].bits);
    thread_set_state(k, tcb, THREAD_RESTART);
    sched_enqueue(k, tcb);
    sched_wake(k, tcb);
}

/* Only the address's place in the page counts: the frame need not be mapped. */
uint64_t *thread_buffer(const struct kernel *k, paddr_t tcb, bool receiving)
{
    const struct slot *slots = k->regions.slots;
    slotno_t i = thread_slot(tcb, TCB_BUFFER);
    uint8_t rights = slot_rights(slots, i);
    uint64_t offset;

    if (slot_type(slots, i) != CAP_FRAME || (rights & CAP_DEVICE))
        return NULL;
    if (!(rights & CAP_READ) || (receiving && !(rights & CAP_WRITE)))
        return NULL;
    offset = thread_at(k, tcb)->buffer % bits_size(slot_bits(slots, i));
    return (uint64_t *)((uint8_t *)k->regions.slots + slot_base(slots, i) +
                        offset);
}
