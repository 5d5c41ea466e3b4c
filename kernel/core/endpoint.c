/* SPDX-License-Identifier: BSD-2-Clause */
/* Endpoints: senders or receivers queue up, and messages pass. */
#include "arch.h"
#include "endpoint.h"
#include "fault.h"
#include "ipc.h"
#include "sched.h"

/* ---- Rights and badges ----------------------------------------------------*/

struct cap endpoint_mask(struct cap cap, uint64_t rights)
{
    cap.rights &= (uint8_t)(rights % 16u);
    return cap;
}

/* A badge is given once, to a capability that has none. */
struct cap endpoint_update(struct cap cap, uint64_t data, bool preserve)
{
    if (preserve || cap.word != 0)
        return (struct cap){.type = CAP_NULL};
    cap.word = data;
    return cap;
}

/* ---- The queue ------------------------------------------------------------*/

static void block(struct kernel *k, paddr_t tcb, paddr_t base,
                  enum endpoint_state state)
{
    struct endpoint *e = endpoint_at(k, base);
    struct wait_queue q = endpoint_queue(e);

    wait_queue_append(k, &q, tcb);
    endpoint_set_queue(e, &q, state);
    thread_at(k, tcb)->waits_for = base;
    thread_set_state(k, tcb,
                     state == ENDPOINT_SENDING ? THREAD_BLOCKED_ON_SEND
                                               : THREAD_BLOCKED_ON_RECEIVE);
}

/* The scan of CancelBadgedSends, which rests at the cursor and ends with
 * cancel_last, must not rest at or end with a thread that leaves. */
static void keep_scan(struct kernel *k, struct endpoint *e, paddr_t leaving)
{
    paddr_t cursor = endpoint_cursor(e);
    const struct thread *t = thread_at(k, leaving);
    struct thread *next;

    if (cursor == 0)
        return;
    if (cursor != leaving) {
        if (thread_at(k, cursor)->cancel_last == leaving)
            thread_at(k, cursor)->cancel_last = t->queue_previous;
        return;
    }
    if (t->cancel_last == leaving) {
        endpoint_set_cursor(e, 0);
        return;
    }
    KERNEL_ASSERT(t->queue_next != 0);
    next = thread_at(k, t->queue_next);
    next->cancel_badge = t->cancel_badge;
    next->cancel_last = t->cancel_last;
    endpoint_set_cursor(e, t->queue_next);
}

void endpoint_remove(struct kernel *k, paddr_t tcb)
{
    struct endpoint *e = endpoint_at(k, thread_at(k, tcb)->waits_for);
    struct wait_queue q = endpoint_queue(e);

    KERNEL_ASSERT(e->state != ENDPOINT_IDLE);
    keep_scan(k, e, tcb);
    wait_queue_remove(k, &q, tcb);
    endpoint_set_queue(e, &q, e->state);
}

static paddr_t take_first(struct kernel *k, paddr_t base)
{
    paddr_t first = endpoint_queue(endpoint_at(k, base)).head;

    endpoint_remove(k, first);
    return first;
}

paddr_t endpoint_first(const struct kernel *k, paddr_t endpoint,
                       enum thread_state *state)
{
    const struct endpoint *e = endpoint_at(k, endpoint);

    *state = e->state == ENDPOINT_SENDING ? THREAD_BLOCKED_ON_SEND
                                          : THREAD_BLOCKED_ON_RECEIVE;
    return endpoint_queue(e).head;
}

/* ---- Sending and receiving ------------------------------------------------*/

/* The sender's message has arrived; it waits for the reply, if it wants one
 * and may have one. */
static void settle_sender(struct kernel *k, paddr_t sender, paddr_t receiver)
{
    const struct thread *s = thread_at(k, sender);

    if (s->send_rights == 0) {
        thread_set_state(k, sender, THREAD_INACTIVE);
        return;
    }
    thread_set_state(k, sender, THREAD_BLOCKED_ON_REPLY);
    reply_insert(k, sender, receiver, thread_at(k, receiver)->receive_grant);
}

static void deliver(struct kernel *k, paddr_t sender, paddr_t receiver,
                    paddr_t endpoint)
{
    const struct thread *s = thread_at(k, sender);

    ipc_transfer(k, sender, receiver, endpoint, s->badge,
                 s->send_rights & CAP_GRANT);
}

void endpoint_send(struct kernel *k, paddr_t tcb,
                   const struct endpoint_request *request)
{
    struct thread *t = thread_at(k, tcb);
    paddr_t receiver, base = request->endpoint;

    if (endpoint_at(k, base)->state != ENDPOINT_RECEIVING && !request->blocking)
        return;
    t->badge = request->badge;
    t->send_rights = request->rights & (CAP_GRANT | CAP_GRANT_REPLY);
    t->send_is_call = request->call;
    if (endpoint_at(k, base)->state != ENDPOINT_RECEIVING) {
        block(k, tcb, base, ENDPOINT_SENDING);
        return;
    }
    receiver = take_first(k, base);
    deliver(k, tcb, receiver, base);
    thread_set_state(k, receiver, THREAD_RUNNING);
    sched_wake(k, receiver);
    if (request->call)
        settle_sender(k, tcb, receiver);
}

void endpoint_receive(struct kernel *k, paddr_t endpoint, bool grant,
                      bool blocking)
{
    paddr_t receiver = k->current, sender;
    struct thread *t = thread_at(k, receiver);

    if (t->notification &&
        notification_take(k, t->notification, &t->context.reg[REG_CAP]))
        return;
    t->receive_grant = grant;
    if (endpoint_at(k, endpoint)->state != ENDPOINT_SENDING) {
        if (blocking)
            block(k, receiver, endpoint, ENDPOINT_RECEIVING);
        else
            t->context.reg[REG_CAP] = 0;
        return;
    }
    sender = take_first(k, endpoint);
    deliver(k, sender, receiver, endpoint);
    if (thread_at(k, sender)->send_is_call) {
        settle_sender(k, sender, receiver);
    } else {
        thread_set_state(k, sender, THREAD_RUNNING);
        sched_wake(k, sender);
    }
}

/* ---- Cancelling -----------------------------------------------------------*/

/* A waiting thread is to make its system call again. */
static void restart(struct kernel *k, paddr_t tcb)
{
    endpoint_remove(k, tcb);
    thread_at(k, tcb)->fault.type = FAULT_NONE;
    thread_set_state(k, tcb, THREAD_RESTART);
    sched_enqueue(k, tcb);
    kernel_work_slots(k, 1);
}

bool endpoint_finalise(struct kernel *k, slotno_t i)
{
    struct slot *slots = kernel_slots(k);
    struct endpoint *e;

    if (!k->tables)
        return true;
    e = endpoint_at(k, slot_base(slots, i));
    if (e->state == ENDPOINT_IDLE)
        return true;
    sched_reschedule(k);
    slot_set_rights(slots, i, 0); /* or they would come back meanwhile */
    for (;;) {
        restart(k, endpoint_queue(e).head);
        if (e->state == ENDPOINT_IDLE)
            return true;
        if (kernel_preempt_point(k))
            return false;
    }
}

/* The scan begins at the head and ends with whoever is last now, or goes on
 * where it was interrupted. */
static paddr_t begin_scan(struct kernel *k, struct endpoint *e, uint64_t badge)
{
    paddr_t cursor = endpoint_cursor(e);
    struct wait_queue q = endpoint_queue(e);
    struct thread *t;

    if (cursor && thread_at(k, cursor)->cancel_badge == badge)
        return cursor;
    t = thread_at(k, q.head);
    t->cancel_badge = badge;
    t->cancel_last = q.tail;
    endpoint_set_cursor(e, q.head);
    return q.head;
}

/* Past a thread that stays where it is. */
static void step(struct kernel *k, struct endpoint *e, paddr_t tcb)
{
    const struct thread *t = thread_at(k, tcb);
    struct thread *next;

    if (t->cancel_last == tcb) {
        endpoint_set_cursor(e, 0);
        return;
    }
    next = thread_at(k, t->queue_next);
    next->cancel_badge = t->cancel_badge;
    next->cancel_last = t->cancel_last;
    endpoint_set_cursor(e, t->queue_next);
    kernel_work_slots(k, 1);
}

bool endpoint_cancel_badged_sends(struct kernel *k, const struct cap *cap)
{
    struct endpoint *e;
    paddr_t cursor;

    if (!k->tables)
        return true;
    e = endpoint_at(k, cap->base);
    if (e->state != ENDPOINT_SENDING)
        return true;
    sched_reschedule(k);
    cursor = begin_scan(k, e, cap->word);
    for (;;) {
        if (thread_at(k, cursor)->badge == cap->word)
            restart(k, cursor);
        else
            step(k, e, cursor);
        cursor = endpoint_cursor(e);
        if (cursor == 0)
            return true;
        if (kernel_preempt_point(k))
            return false;
    }
}
