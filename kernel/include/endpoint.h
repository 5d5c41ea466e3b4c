/* SPDX-License-Identifier: BSD-2-Clause */
/* An endpoint in memory: a queue of threads (wait_queue.h) in 16 bytes.
 *
 *    0        4        8        12       16
 *   +--------+--------+--------+--------+
 *   |  head  |  tail  | cursor | state  |
 *   +--------+--------+--------+--------+
 *
 * Threads are named by address / 1024 here: a TCB has slots in it, and so lies
 * below SLOT_ADDRESS_MAX, and is aligned to its size.
 *
 * Invariant: head, tail and state are 0 together; the cursor is 0 or a member
 * of a queue of senders (ipc.h).
 */
#ifndef FALLOW_ENDPOINT_H
#define FALLOW_ENDPOINT_H
#include "wait_queue.h"

#define ENDPOINT_UNIT 1024u

enum endpoint_state {
    ENDPOINT_IDLE = 0,
    ENDPOINT_SENDING = 1,
    ENDPOINT_RECEIVING = 2,
};

struct endpoint {
    uint32_t head;
    uint32_t tail;
    uint32_t cursor;
    uint32_t state;
};
_Static_assert(sizeof(struct endpoint) == 16, "an endpoint's size is ABI");

static inline struct endpoint *endpoint_at(const struct kernel *k, paddr_t base)
{
    return (struct endpoint *)((uint8_t *)k->regions.slots + base);
}

static inline struct wait_queue endpoint_queue(const struct endpoint *e)
{
    return (struct wait_queue){(paddr_t)e->head * ENDPOINT_UNIT,
                               (paddr_t)e->tail * ENDPOINT_UNIT};
}

/* Stores the queue; an empty one makes the endpoint idle. */
static inline void endpoint_set_queue(struct endpoint *e,
                                      const struct wait_queue *q,
                                      enum endpoint_state state)
{
    e->head = (uint32_t)(q->head / ENDPOINT_UNIT);
    e->tail = (uint32_t)(q->tail / ENDPOINT_UNIT);
    e->state = q->head ? state : ENDPOINT_IDLE;
}

/* The first of the receivers, r, leaves; a queue of receivers has no cursor. */
static inline void endpoint_take_receiver(struct kernel *k, struct endpoint *e,
                                          struct thread *r)
{
    e->head = (uint32_t)(r->queue_next / ENDPOINT_UNIT);
    if (r->queue_next) {
        thread_at(k, r->queue_next)->queue_previous = 0;
        r->queue_next = 0;
    } else {
        e->tail = 0;
        e->state = ENDPOINT_IDLE;
    }
    r->waits_for = 0;
}

/* Thread tcb waits as a receiver behind all others. */
static inline void endpoint_append_receiver(struct kernel *k, paddr_t base,
                                            paddr_t tcb)
{
    struct endpoint *e = endpoint_at(k, base);
    struct thread *r = thread_at(k, tcb);

    r->queue_next = 0;
    r->queue_previous = (paddr_t)e->tail * ENDPOINT_UNIT;
    r->waits_for = base;
    if (e->tail)
        thread_at(k, r->queue_previous)->queue_next = tcb;
    else
        e->head = (uint32_t)(tcb / ENDPOINT_UNIT);
    e->tail = (uint32_t)(tcb / ENDPOINT_UNIT);
    e->state = ENDPOINT_RECEIVING;
}

static inline paddr_t endpoint_cursor(const struct endpoint *e)
{
    return (paddr_t)e->cursor * ENDPOINT_UNIT;
}

static inline void endpoint_set_cursor(struct endpoint *e, paddr_t tcb)
{
    e->cursor = (uint32_t)(tcb / ENDPOINT_UNIT);
}
#endif
