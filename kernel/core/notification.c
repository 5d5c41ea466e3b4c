/* SPDX-License-Identifier: BSD-2-Clause */
/* Notifications: a word of badges, and threads that wait for it. */
#include "arch.h"
#include "ipc.h"
#include "sched.h"
#include "wait_queue.h"

enum notification_state {
    NOTIFICATION_IDLE = 0,
    NOTIFICATION_WAITING = 1,
    NOTIFICATION_ACTIVE = 2,
};

/* head is a TCB's address plus the state, which fits below its alignment. */
#define STATES 16u

struct notification {
    uint64_t badge;
    uint64_t head_and_state;
    uint64_t tail;
    uint64_t bound;
};
_Static_assert(sizeof(struct notification) == 32,
               "a notification's size is ABI");

static struct notification *notification_at(const struct kernel *k,
                                            paddr_t base)
{
    return (struct notification *)((uint8_t *)k->regions.slots + base);
}

static unsigned state_of(const struct notification *n)
{
    return (unsigned)(n->head_and_state % STATES);
}

static struct wait_queue queue_of(const struct notification *n)
{
    return (struct wait_queue){n->head_and_state - state_of(n), n->tail};
}

static void set_queue(struct notification *n, const struct wait_queue *q)
{
    n->head_and_state =
        q->head + (q->head ? NOTIFICATION_WAITING : NOTIFICATION_IDLE);
    n->tail = q->tail;
}

struct cap notification_mask(struct cap cap, uint64_t rights)
{
    cap.rights &= (uint8_t)(rights % 4u);
    return cap;
}

/* ---- Waiting --------------------------------------------------------------*/

void notification_remove(struct kernel *k, paddr_t tcb)
{
    struct notification *n = notification_at(k, thread_at(k, tcb)->waits_for);
    struct wait_queue q = queue_of(n);

    KERNEL_ASSERT(state_of(n) == NOTIFICATION_WAITING);
    wait_queue_remove(k, &q, tcb);
    set_queue(n, &q);
}

paddr_t notification_first(const struct kernel *k, paddr_t notification)
{
    return queue_of(notification_at(k, notification)).head;
}

bool notification_take(struct kernel *k, paddr_t notification, uint64_t *badge)
{
    struct notification *n = notification_at(k, notification);

    if (state_of(n) != NOTIFICATION_ACTIVE)
        return false;
    *badge = n->badge;
    n->badge = 0;
    n->head_and_state = NOTIFICATION_IDLE;
    return true;
}

void notification_receive(struct kernel *k, paddr_t notification, bool blocking)
{
    struct thread *t = thread_at(k, k->current);
    struct notification *n = notification_at(k, notification);
    struct wait_queue q;

    if (notification_take(k, notification, &t->context.reg[REG_CAP]))
        return;
    if (!blocking) {
        t->context.reg[REG_CAP] = 0;
        return;
    }
    q = queue_of(n);
    wait_queue_append(k, &q, k->current);
    set_queue(n, &q);
    t->waits_for = notification;
    thread_set_state(k, k->current, THREAD_BLOCKED_ON_NOTIFICATION);
}

/* ---- Signalling -----------------------------------------------------------*/

static void give(struct kernel *k, paddr_t tcb, uint64_t badge)
{
    thread_set_state(k, tcb, THREAD_RUNNING);
    thread_at(k, tcb)->context.reg[REG_CAP] = badge;
    sched_wake(k, tcb);
}

static void signal_idle(struct kernel *k, struct notification *n,
                        uint64_t badge)
{
    paddr_t bound = n->bound;

    if (bound && thread_at(k, bound)->state == THREAD_BLOCKED_ON_RECEIVE) {
        thread_cancel_ipc(k, bound);
        give(k, bound, badge);
        return;
    }
    n->badge = badge;
    n->head_and_state = NOTIFICATION_ACTIVE;
}

void notification_signal(struct kernel *k, paddr_t notification, uint64_t badge)
{
    struct notification *n = notification_at(k, notification);
    paddr_t first;

    switch (state_of(n)) {
    case NOTIFICATION_IDLE:
        signal_idle(k, n, badge);
        break;
    case NOTIFICATION_WAITING:
        first = queue_of(n).head;
        notification_remove(k, first);
        give(k, first, badge);
        break;
    default:
        n->badge |= badge;
        break;
    }
}

/* ---- Binding --------------------------------------------------------------*/

bool notification_is_bindable(const struct kernel *k, paddr_t notification)
{
    const struct notification *n = notification_at(k, notification);

    return state_of(n) != NOTIFICATION_WAITING && n->bound == 0;
}

paddr_t notification_bound(const struct kernel *k, paddr_t notification)
{
    return notification_at(k, notification)->bound;
}

void notification_bind(struct kernel *k, paddr_t notification, paddr_t tcb)
{
    notification_at(k, notification)->bound = tcb;
    thread_at(k, tcb)->notification = notification;
}

void notification_unbind(struct kernel *k, paddr_t notification)
{
    struct notification *n = notification_at(k, notification);

    if (n->bound)
        thread_at(k, n->bound)->notification = 0;
    n->bound = 0;
}

/* ---- Deletion -------------------------------------------------------------*/

static void restart_first(struct kernel *k, struct notification *n)
{
    paddr_t tcb = queue_of(n).head;

    notification_remove(k, tcb);
    thread_set_state(k, tcb, THREAD_RESTART);
    sched_enqueue(k, tcb);
    kernel_work_slots(k, 1);
}

bool notification_finalise(struct kernel *k, slotno_t i)
{
    struct slot *slots = kernel_slots(k);
    struct notification *n;

    if (!k->tables)
        return true;
    notification_unbind(k, slot_base(slots, i));
    n = notification_at(k, slot_base(slots, i));
    if (state_of(n) != NOTIFICATION_WAITING)
        return true;
    sched_reschedule(k);
    slot_set_rights(slots, i, 0); /* or they would come back meanwhile */
    for (;;) {
        restart_first(k, n);
        if (state_of(n) != NOTIFICATION_WAITING)
            return true;
        if (kernel_preempt_point(k))
            return false;
    }
}
