/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that wait, first come first served, linked through themselves.
 *
 *   head --> T <--> T <--> T <-- tail          head = tail = 0: nobody
 *
 * The object that they wait for keeps head and tail in its own form; these
 * work on a copy.  O(1) each.
 */
#ifndef FALLOW_WAIT_QUEUE_H
#define FALLOW_WAIT_QUEUE_H
#include "thread.h"

struct wait_queue {
    paddr_t head;
    paddr_t tail;
};

static inline void wait_queue_append(struct kernel *k, struct wait_queue *q,
                                     paddr_t tcb)
{
    struct thread *t = thread_at(k, tcb);

    t->queue_next = 0;
    t->queue_previous = q->tail;
    if (q->tail)
        thread_at(k, q->tail)->queue_next = tcb;
    else
        q->head = tcb;
    q->tail = tcb;
}

static inline void wait_queue_remove(struct kernel *k, struct wait_queue *q,
                                     paddr_t tcb)
{
    struct thread *t = thread_at(k, tcb);

    if (t->queue_previous)
        thread_at(k, t->queue_previous)->queue_next = t->queue_next;
    else
        q->head = t->queue_next;
    if (t->queue_next)
        thread_at(k, t->queue_next)->queue_previous = t->queue_previous;
    else
        q->tail = t->queue_previous;
    t->queue_next = 0;
    t->queue_previous = 0;
    t->waits_for = 0;
}
#endif
