/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"
#include "bits.h"
#include "sched.h"
#include "vspace.h"

void sched_init(struct kernel *k, struct tables *tables)
{
    KERNEL_ASSERT(k->params.domain_count >= 1 &&
                  k->params.schedule_length >= 2 &&
                  k->params.time_slice_ticks >= 1);
    KERNEL_ASSERT(THREAD_OFFSET + sizeof(struct thread) <=
                  bits_size(k->params.objects[OBJECT_TCB].bits));
    k->tables = tables;
    tables->schedule[0].duration = SCHED_DURATION_LIMIT - 1;
    tables->domain_ticks_left = SCHED_DURATION_LIMIT - 1;
}

/* ---- Ready queues ---------------------------------------------------------*/

static void mark(struct ready_set *set, unsigned priority)
{
    set->words[priority / 64u] |= bits_size(priority % 64u);
    set->summary |= bits_size(priority / 64u);
}

static void unmark(struct ready_set *set, unsigned priority)
{
    set->words[priority / 64u] &= ~bits_size(priority % 64u);
    if (set->words[priority / 64u] == 0)
        set->summary &= ~bits_size(priority / 64u);
}

/* The highest priority at which a thread of the set is ready, or -1. */
static int highest(const struct ready_set *set)
{
    unsigned word;

    if (set->summary == 0)
        return -1;
    word = bits_top(set->summary);
    return (int)(64u * word + bits_top(set->words[word]));
}

int sched_highest(const struct kernel *k)
{
    return highest(&k->tables->ready[k->tables->domain]);
}

static struct ready_set *set_of(struct kernel *k, const struct thread *t)
{
    return &k->tables->ready[t->domain];
}

void sched_enqueue(struct kernel *k, paddr_t tcb)
{
    struct thread *t = thread_at(k, tcb);
    struct ready_set *set = set_of(k, t);
    struct ready_queue *q = &set->queue[t->priority];

    if (t->ready)
        return;
    t->ready = 1;
    t->ready_previous = 0;
    t->ready_next = q->head;
    if (q->head)
        thread_at(k, q->head)->ready_previous = tcb;
    else {
        q->tail = tcb;
        mark(set, t->priority);
    }
    q->head = tcb;
}

void sched_append(struct kernel *k, paddr_t tcb)
{
    struct thread *t = thread_at(k, tcb);
    struct ready_set *set = set_of(k, t);
    struct ready_queue *q = &set->queue[t->priority];

    if (t->ready)
        return;
    t->ready = 1;
    t->ready_previous = q->tail;
    t->ready_next = 0;
    if (q->tail)
        thread_at(k, q->tail)->ready_next = tcb;
    else {
        q->head = tcb;
        mark(set, t->priority);
    }
    q->tail = tcb;
}

void sched_dequeue(struct kernel *k, paddr_t tcb)
{
    struct thread *t = thread_at(k, tcb);
    struct ready_set *set = set_of(k, t);
    struct ready_queue *q = &set->queue[t->priority];

    if (!t->ready)
        return;
    t->ready = 0;
    if (t->ready_previous)
        thread_at(k, t->ready_previous)->ready_next = t->ready_next;
    else
        q->head = t->ready_next;
    if (t->ready_next)
        thread_at(k, t->ready_next)->ready_previous = t->ready_previous;
    else
        q->tail = t->ready_previous;
    if (q->head == 0)
        unmark(set, t->priority);
}

/* ---- Whom a kernel entry wakes --------------------------------------------*/

void sched_reschedule(struct kernel *k)
{
    if (k->sched_action == SCHED_SWITCH)
        sched_enqueue(k, k->candidate);
    k->sched_action = SCHED_CHOOSE;
}

void sched_wake(struct kernel *k, paddr_t tcb)
{
    if (thread_at(k, tcb)->domain != k->tables->domain) {
        sched_enqueue(k, tcb);
        return;
    }
    if (k->sched_action != SCHED_RESUME) {
        sched_reschedule(k); /* two make both ordinary members */
        sched_enqueue(k, tcb);
        return;
    }
    k->candidate = tcb;
    k->sched_action = SCHED_SWITCH;
}

/* ---- The choice -----------------------------------------------------------*/

static bool is_end_marker(const struct domain_entry *entry)
{
    return entry->duration == 0;
}

static void next_domain(struct kernel *k)
{
    struct tables *s = k->tables;

    s->schedule_index++;
    if (s->schedule_index >= k->params.schedule_length ||
        is_end_marker(&s->schedule[s->schedule_index]))
        s->schedule_index = s->schedule_start;
    s->domain = s->schedule[s->schedule_index].domain;
    s->domain_ticks_left = s->schedule[s->schedule_index].duration;
}

static void switch_to(struct kernel *k, paddr_t tcb)
{
    sched_dequeue(k, tcb);
    k->current = tcb;
}

static void choose(struct kernel *k)
{
    const struct ready_set *set;
    int priority;

    if (k->tables->domain_ticks_left == 0)
        next_domain(k);
    set = &k->tables->ready[k->tables->domain];
    priority = highest(set);
    if (priority < 0)
        k->current = 0;
    else
        switch_to(k, set->queue[priority].head);
}

/* The candidate against the current thread and those that are ready. */
static void offer(struct kernel *k, bool current_runs)
{
    const struct thread *current = thread_at(k, k->current);
    const struct thread *candidate = thread_at(k, k->candidate);
    bool lower = k->current == 0 || candidate->priority < current->priority;

    if (lower && (int)candidate->priority < sched_highest(k)) {
        sched_enqueue(k, k->candidate);
        choose(k);
    } else if (current_runs && candidate->priority == current->priority) {
        sched_append(k, k->candidate);
        choose(k);
    } else {
        switch_to(k, k->candidate);
    }
}

static void decide(struct kernel *k)
{
    bool current_runs;

    if (k->sched_action == SCHED_RESUME)
        return;
    current_runs = k->current && thread_is_runnable(thread_at(k, k->current));
    if (current_runs)
        sched_enqueue(k, k->current);
    if (k->sched_action == SCHED_CHOOSE)
        choose(k);
    else
        offer(k, current_runs);
    k->sched_action = SCHED_RESUME;
    k->candidate = 0;
}

/* A thread in Restart makes its system call again. */
static void activate(struct kernel *k)
{
    struct thread *t = thread_at(k, k->current);

    if (t->state != THREAD_RESTART)
        return;
    t->context.reg[REG_NEXT_IP] = t->context.reg[REG_FAULT_IP];
    t->state = THREAD_RUNNING;
}

/* The current thread, another than before, runs. */
static void run(struct kernel *k)
{
    if (k->current)
        activate(k);
    arch_thread_switched(k, k->current);
    vspace_switch(k);
}

void sched_finish(struct kernel *k)
{
    paddr_t before = k->current;

    decide(k);
    if (k->current != before) {
        run(k);
        return;
    }
    if (k->current)
        activate(k);
    if (k->space_changed)
        vspace_activate(k);
}

/* ---- Time -----------------------------------------------------------------*/

static void use_tick(struct kernel *k)
{
    struct thread *t = thread_at(k, k->current);

    t->ticks_used++;
    if (t->ticks_used < k->params.time_slice_ticks)
        return;
    t->ticks_used = 0;
    sched_append(k, k->current);
    sched_reschedule(k);
}

void sched_tick(struct kernel *k)
{
    if (k->current && thread_at(k, k->current)->state == THREAD_RUNNING)
        use_tick(k);
    if (k->params.domain_count == 1)
        return;
    k->tables->domain_ticks_left--;
    if (k->tables->domain_ticks_left == 0)
        sched_reschedule(k);
}

/* Nothing above the current thread's priority is ready, or it would not run:
 * the first of its own queue is next. */
void sched_yield_current(struct kernel *k)
{
    const struct thread *t = thread_at(k, k->current);
    const struct ready_queue *q = &set_of(k, t)->queue[t->priority];

    KERNEL_ASSERT(k->sched_action == SCHED_RESUME);
    if (q->head == 0)
        return;
    sched_append(k, k->current);
    switch_to(k, q->head);
    run(k);
}

/* ---- Priorities and domains -----------------------------------------------*/

void sched_set_priority(struct kernel *k, paddr_t tcb, uint8_t priority)
{
    struct thread *t = thread_at(k, tcb);

    sched_dequeue(k, tcb);
    t->priority = priority;
    if (!thread_is_runnable(t))
        return;
    if (tcb == k->current)
        sched_reschedule(k);
    else
        sched_wake(k, tcb);
}

/* A thread that comes into the current domain may be the best one there. */
static bool outranks_current(const struct kernel *k, const struct thread *t)
{
    return k->current && t->ready && t->domain == k->tables->domain &&
           t->priority > thread_at(k, k->current)->priority;
}

void sched_set_domain(struct kernel *k, paddr_t tcb, uint8_t domain)
{
    struct thread *t = thread_at(k, tcb);

    sched_dequeue(k, tcb);
    t->domain = domain;
    if (thread_is_runnable(t))
        sched_enqueue(k, tcb);
    if (tcb == k->current || outranks_current(k, t))
        sched_reschedule(k);
}

/* The place before the start, so that the next entry is the start itself. */
void sched_set_start(struct kernel *k, uint32_t index)
{
    struct tables *s = k->tables;

    s->schedule_start = index;
    s->schedule_index = k->params.schedule_length - 1u;
    s->domain_ticks_left = 0;
    sched_reschedule(k);
}
