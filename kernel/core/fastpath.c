/* SPDX-License-Identifier: BSD-2-Clause */
#include "fastpath.h"
#include "arch.h"
#include "endpoint.h"
#include "fault.h"
#include "ipc.h"
#include "lookup.h"
#include "sched.h"
#include "vspace.h"

/* A message of words only. */
static bool is_plain(uint64_t info)
{
    return ipc_extra_caps(info) == 0;
}

/* Would thread t run now, if the current one blocks? */
static bool runs_next(const struct kernel *k, const struct thread *t,
                      const struct thread *current)
{
    return t->domain == k->tables->domain &&
           (t->priority >= current->priority ||
            (int)t->priority >= sched_highest(k));
}

static void copy_message(struct kernel *k, paddr_t receiver, paddr_t sender,
                         uint64_t badge)
{
    const struct thread *from = thread_at(k, sender);
    struct thread *to = thread_at(k, receiver);
    uint64_t info = from->context.reg[REG_INFO];
    uint32_t length = ipc_length(info);

    if (length > IPC_REGISTERS)
        length = ipc_copy_words(k, sender, receiver, length);
    else
        for (uint32_t n = 0; n < length; n++)
            to->context.reg[REG_MR0 + n] = from->context.reg[REG_MR0 + n];
    to->context.reg[REG_INFO] = ipc_info(ipc_label(info), 0, 0, length);
    to->context.reg[REG_CAP] = badge;
}

/* The partner runs; it is in no ready queue. */
static void switch_to(struct kernel *k, paddr_t tcb)
{
    k->current = tcb;
    arch_thread_switched(k, tcb);
    vspace_switch(k);
}

static bool can_call(uint8_t rights)
{
    return (rights & CAP_WRITE) && (rights & (CAP_GRANT | CAP_GRANT_REPLY));
}

bool fastpath_call(struct kernel *k, slotno_t i)
{
    const struct slot *slots = kernel_slots(k);
    struct thread *t = thread_at(k, k->current), *server;
    paddr_t caller = k->current, tcb;
    struct endpoint *e;

    if (!is_plain(t->context.reg[REG_INFO]) || !can_call(slot_rights(slots, i)))
        return false;
    e = endpoint_at(k, slot_base(slots, i));
    if (e->state != ENDPOINT_RECEIVING)
        return false;
    tcb = (paddr_t)e->head * ENDPOINT_UNIT;
    server = thread_at(k, tcb);
    if (!runs_next(k, server, t))
        return false;
    endpoint_take_receiver(k, e, server);
    copy_message(k, tcb, caller, slot_word(slots, i));
    server->state = THREAD_RUNNING;
    t->state = THREAD_BLOCKED_ON_REPLY;
    reply_insert(k, caller, tcb, server->receive_grant);
    switch_to(k, tcb);
    return true;
}

/* May the current thread wait there: nobody sends, and no bound notification
 * has anything for it? */
static bool can_wait(const struct kernel *k, const struct thread *t, slotno_t i)
{
    const struct slot *slots = k->regions.slots;

    return slot_type(slots, i) == CAP_ENDPOINT &&
           (slot_rights(slots, i) & CAP_READ) && t->notification == 0 &&
           endpoint_at(k, slot_base(slots, i))->state != ENDPOINT_SENDING;
}

bool fastpath_reply_recv(struct kernel *k)
{
    const struct slot *slots = kernel_slots(k);
    struct thread *t = thread_at(k, k->current), *client;
    slotno_t reply = thread_slot(k->current, TCB_CALLER), i;
    paddr_t tcb;

    if (!is_plain(t->context.reg[REG_INFO]) || slot_is_empty(slots, reply) ||
        !lookup_cptr(k, k->current, t->context.reg[REG_CAP], &i) ||
        !can_wait(k, t, i))
        return false;
    tcb = slot_base(slots, reply);
    client = thread_at(k, tcb);
    if (client->fault.type != FAULT_NONE || !runs_next(k, client, t))
        return false;
    reply_use_up(k, reply);
    copy_message(k, tcb, k->current, 0);
    client->state = THREAD_RUNNING;
    t->receive_grant = (slot_rights(slots, i) & CAP_GRANT) != 0;
    t->state = THREAD_BLOCKED_ON_RECEIVE;
    endpoint_append_receiver(k, slot_base(slots, i), k->current);
    switch_to(k, tcb);
    return true;
}
