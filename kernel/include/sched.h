/* SPDX-License-Identifier: BSD-2-Clause */
/* Who runs: ready queues, the candidate of a kernel entry, time, domains.
 *
 *   ready[domain]:  summary  words[4]        queue[256]
 *                   +----+   +----------+    +------+
 *                   |0010|-->|....1.1...|--->| head |--> T --> T --> T
 *                   +----+   +----------+    | tail |-----------------^
 *                   a bit a  a bit a         +------+
 *                   word     priority
 *
 * What a kernel entry wakes is queued or becomes the candidate; who runs is
 * decided once, when the kernel is left (sched_finish), by the rules of
 * sel4-abi.md 8.3.  Everything here is O(1).
 *
 * Invariants, between entries: a priority's bit is set iff its queue is not
 * empty, a word's iff the word is not 0; the current thread is in no queue,
 * and nobody who is ready in the current domain has a higher priority.
 */
#ifndef FALLOW_SCHED_H
#define FALLOW_SCHED_H
#include "thread.h"

#define SCHED_WORDS (THREAD_PRIORITIES / 64u)

/* Longest duration of a domain, in ticks, plus one (4.8). */
#define SCHED_DURATION_LIMIT (UINT64_C(1) << 56)

struct ready_queue {
    paddr_t head;
    paddr_t tail;
};

struct ready_set { /* of one domain */
    uint64_t summary;
    uint64_t words[SCHED_WORDS];
    struct ready_queue queue[THREAD_PRIORITIES];
};

struct domain_entry {
    uint64_t duration; /* ticks; 0: the schedule ends before this entry */
    uint8_t domain;
};

/* What the current entry has decided so far. */
enum sched_action {
    SCHED_RESUME = 0, /* the current thread goes on */
    SCHED_SWITCH = 1, /* kernel.candidate is offered the processor */
    SCHED_CHOOSE = 2, /* the best ready thread runs */
};

struct asid_pool;

/* Large tables, which the architecture provides, zeroed, beside struct
 * kernel, where the latter is to run threads.  Sizes are in params. */
struct tables {
    struct ready_set *ready;       /* params.domain_count of them */
    struct domain_entry *schedule; /* params.schedule_length, >= 2 */
    struct asid_pool *asid_pools;  /* params.asid_pool_count (vspace.h) */
    uint8_t *irq_active;           /* params.irq_count; 1: has a handler */
    uint64_t domain_ticks_left;
    uint32_t schedule_index;
    uint32_t schedule_start;
    uint8_t domain; /* the current one */
};

/* Puts the tables to use; they are zeroed memory of the sizes in params.  The
 * schedule becomes domain 0 for good. */
void sched_init(struct kernel *k, struct tables *tables);

/* The queues themselves; a thread that is queued already stays where it is,
 * one that is not, stays out. */
void sched_enqueue(struct kernel *k, paddr_t tcb); /* at the head */
void sched_append(struct kernel *k, paddr_t tcb);  /* at the tail */
void sched_dequeue(struct kernel *k, paddr_t tcb);

/* A thread has become runnable: it is the candidate, or queued. */
void sched_wake(struct kernel *k, paddr_t tcb);

/* The best ready thread is to run, whoever it is. */
void sched_reschedule(struct kernel *k);

/* The highest priority at which a thread of the current domain is ready, or
 * -1. */
int sched_highest(const struct kernel *k);

/* Decides, and activates: kernel.current runs when the kernel is left, 0 is
 * idle.  Tells the architecture of a change (arch.h). */
void sched_finish(struct kernel *k);

/* The same, in few instructions where the current thread simply goes on. */
static inline void sched_leave(struct kernel *k)
{
    if (k->sched_action == SCHED_RESUME && !k->space_changed &&
        k->current != 0 && thread_at(k, k->current)->state == THREAD_RUNNING)
        return;
    sched_finish(k);
}

/* One timer tick: time slice and domain. */
void sched_tick(struct kernel *k);

/* The current thread goes to the tail of its queue. */
void sched_yield_current(struct kernel *k);

void sched_set_priority(struct kernel *k, paddr_t tcb, uint8_t priority);
void sched_set_domain(struct kernel *k, paddr_t tcb, uint8_t domain);

/* The entry at `index', which is no end marker, is the start of the schedule
 * and begins at once. */
void sched_set_start(struct kernel *k, uint32_t index);
#endif
