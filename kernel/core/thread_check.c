/* SPDX-License-Identifier: BSD-2-Clause */
#include "ipc.h"
#include "sched.h"
#include "vspace.h"

struct checker {
    struct kernel *k;
    const char *broken;
    paddr_t where;
    uint64_t ready;   /* threads that say that they are in a ready queue */
    uint64_t waiting; /* threads that say that they are in another queue */
    uint64_t found_ready;
    uint64_t found_waiting;
};

static void check(struct checker *c, bool holds, paddr_t where,
                  const char *what)
{
    if (holds || c->broken)
        return;
    c->broken = what;
    c->where = where;
}

static bool is_waiting(const struct thread *t)
{
    return t->state == THREAD_BLOCKED_ON_RECEIVE ||
           t->state == THREAD_BLOCKED_ON_SEND ||
           t->state == THREAD_BLOCKED_ON_NOTIFICATION;
}

/* A reply capability is out only while the thread waits for a reply; it may
 * wait in vain. */
static bool has_reply_out(struct kernel *k, paddr_t tcb)
{
    slotno_t master = thread_slot(tcb, TCB_REPLY);

    return !slot_is_empty(kernel_slots(k), master) &&
           regions_follower(&k->regions, master) != SLOT_NIL;
}

static void check_thread(struct checker *c, paddr_t tcb)
{
    const struct thread *t = thread_at(c->k, tcb);

    check(c, t->state <= THREAD_BLOCKED_ON_NOTIFICATION, tcb,
          "thread: no such state");
    if (tcb == c->k->current)
        check(c, t->state == THREAD_RUNNING && !t->ready, tcb,
              "thread: the current one is queued or does not run");
    else
        check(c, t->ready == thread_is_runnable(t), tcb,
              "thread: ready, but not queued, or the other way round");
    check(c, (t->waits_for != 0) == is_waiting(t), tcb,
          "thread: waits for nothing, or for something and does not wait");
    check(c, t->state == THREAD_BLOCKED_ON_REPLY || !has_reply_out(c->k, tcb),
          tcb, "thread: a reply that it does not wait for");
    check(c,
          !t->notification || notification_bound(c->k, t->notification) == tcb,
          tcb, "thread: its notification is not bound to it");
    c->ready += t->ready;
    c->waiting += is_waiting(t);
}

static void check_waiters(struct checker *c, paddr_t object, paddr_t first,
                          enum thread_state state)
{
    paddr_t previous = 0;

    for (paddr_t tcb = first; tcb && !c->broken;) {
        const struct thread *t = thread_at(c->k, tcb);

        check(c, t->state == state && t->waits_for == object, tcb,
              "queue: a thread that does not wait there");
        check(c, t->queue_previous == previous, tcb,
              "queue: previous does not point back");
        c->found_waiting++;
        previous = tcb;
        tcb = t->queue_next;
    }
}

static void check_object(struct checker *c, slotno_t i)
{
    struct cap cap = cap_read(kernel_slots(c->k), i);
    enum thread_state state;
    paddr_t first, bound;

    switch (cap.type) {
    case CAP_TCB:
        check_thread(c, cap.base);
        break;
    case CAP_ENDPOINT:
        first = endpoint_first(c->k, cap.base, &state);
        check_waiters(c, cap.base, first, state);
        break;
    case CAP_NOTIFICATION:
        check_waiters(c, cap.base, notification_first(c->k, cap.base),
                      THREAD_BLOCKED_ON_NOTIFICATION);
        bound = notification_bound(c->k, cap.base);
        check(c, !bound || thread_at(c->k, bound)->notification == cap.base,
              cap.base, "notification: its thread is not bound to it");
        break;
    default:
        break;
    }
}

static void check_ready(struct checker *c, unsigned domain, unsigned priority)
{
    const struct ready_set *set = &c->k->tables->ready[domain];
    const struct ready_queue *q = &set->queue[priority];
    unsigned bit = bits_bit(set->words[priority / 64u], priority % 64u);
    paddr_t previous = 0;

    check(c, bit == (q->head != 0), q->head, "ready: a priority's bit");
    check(c,
          bits_bit(set->summary, priority / 64u) ==
              (set->words[priority / 64u] != 0),
          q->head, "ready: a word's bit");
    for (paddr_t tcb = q->head; tcb && !c->broken;) {
        const struct thread *t = thread_at(c->k, tcb);

        check(c, t->ready && t->domain == domain && t->priority == priority,
              tcb, "ready: a thread in another's queue");
        check(c, t->ready_previous == previous, tcb,
              "ready: previous does not point back");
        c->found_ready++;
        previous = tcb;
        tcb = t->ready_next;
    }
    check(c, q->tail == previous, q->tail, "ready: tail is not the last");
}

/* Every ASID in use belongs to a table whose capability says so. */
static void check_pool(struct checker *c, uint64_t index)
{
    uint64_t first = bits_up(index, ASID_POOL_INDEX_BITS);
    const struct asid_pool *pool = &c->k->tables->asid_pools[index];

    if (pool->base == 0)
        return;
    for (uint64_t n = 0; n < bits_size(ASID_POOL_INDEX_BITS); n++) {
        paddr_t root = asid_root(c->k, first + n);
        slotno_t i;
        struct cap cap;

        check(c,
              bits_bit(pool->free[n / WORD_BITS], n % WORD_BITS) ==
                  (root == 0 && first + n != 0),
              pool->base, "ASID: free, and its bit does not say so");
        if (root == 0)
            continue;
        i = regions_enclosing(&c->k->regions, root, ASID_POOL_BITS);
        while (i != SLOT_NIL && slot_type(kernel_slots(c->k), i) == CAP_UNTYPED)
            i = regions_follower(&c->k->regions, i);
        check(c, i != SLOT_NIL, root, "ASID: names a table without capability");
        if (c->broken)
            return;
        cap = cap_read(kernel_slots(c->k), i);
        check(c,
              cap.type == CAP_PAGE_TABLE && (cap.rights & CAP_MAPPED) &&
                  vspace_word_asid(cap.word) == first + n,
              root, "ASID: names a table that does not have it");
    }
}

static void check_all(struct checker *c)
{
    struct kernel *k = c->k;

    for (slotno_t i = regions_walk(&k->regions, SLOT_NIL); i != SLOT_NIL;
         i = regions_walk(&k->regions, i)) {
        slotno_t last = i;

        while (regions_follower(&k->regions, last) != SLOT_NIL)
            last = regions_follower(&k->regions, last);
        check_object(c, last);
    }
    for (unsigned domain = 0; domain < k->params.domain_count; domain++)
        for (unsigned n = 0; n < THREAD_PRIORITIES; n++)
            check_ready(c, domain, n);
    for (uint64_t n = 0; n < k->params.asid_pool_count; n++)
        check_pool(c, n);
    check(c, c->ready == c->found_ready, 0, "ready: a thread is in no queue");
    check(c, c->waiting == c->found_waiting, 0,
          "queue: a thread is in nobody's");
    check(c, k->sched_action == SCHED_RESUME, 0,
          "sched: a decision is left over");
    check(c,
          sched_highest(k) <=
              (k->current ? thread_at(k, k->current)->priority : -1),
          k->current, "sched: a better thread is ready");
}

const char *thread_check(struct kernel *k, paddr_t *where)
{
    struct checker c = {.k = k};
    uint64_t visits = k->regions.visits;

    check_all(&c);
    k->regions.visits = visits;
    *where = c.where;
    return c.broken;
}
