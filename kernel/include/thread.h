/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads: what a TCB object holds, and how a thread starts and stops.
 *
 *   TCB object, 2^10 or 2^11 bytes
 *   +----------------+-----------------+---------------------------+-----+
 *   | 5 slots        | context: user's | state, priority, queue    |     |
 *   | (objects.h)    | registers, FPU  | links, message being sent |     |
 *   +----------------+-----------------+---------------------------+-----+
 *   0        THREAD_OFFSET = 192      struct thread
 *
 * A thread is named by the physical address of its TCB object; 0 is none.
 * Zeroed memory is a fresh thread: Inactive, priority 0, no handler, an
 * unused time slice; so nothing is written when one is created.
 *
 *                    resume                    Send, Recv, Call ...
 *      Inactive -----------> Restart, Running ---------------------> Blocked*
 *         ^    <-----------     (runnable)    <---------------------    |
 *         |       suspend                       a partner, resume      |
 *         '------------------------------------------------------------'
 *                                suspend
 *
 * Restart: continues at FaultIP, i.e. makes its system call again; Running:
 * at NextIP.
 *
 * Invariants, between kernel entries:
 *  - a runnable thread other than the current one is in the ready queue of
 *    its domain and priority, and nobody else is in any (sched.h);
 *  - a thread is in the queue of endpoint or notification `waits_for' iff it
 *    is BlockedOnSend, BlockedOnReceive or BlockedOnNotification;
 *  - `notification' and the notification's bound thread name each other;
 *  - a reply capability to it exists only while it is BlockedOnReply.
 */
#ifndef FALLOW_THREAD_H
#define FALLOW_THREAD_H
#include "arch_context.h"
#include "kernel.h"
#include "objects.h"

#define THREAD_OFFSET     192u
#define THREAD_NAME_BYTES 32u
#define THREAD_PRIORITIES 256u

enum thread_state {
    THREAD_INACTIVE = 0,
    THREAD_RUNNING = 1,
    THREAD_RESTART = 2,
    THREAD_BLOCKED_ON_RECEIVE = 3,
    THREAD_BLOCKED_ON_SEND = 4,
    THREAD_BLOCKED_ON_REPLY = 5,
    THREAD_BLOCKED_ON_NOTIFICATION = 6,
};

/* Bits of `flags', as SetFlags knows them. */
#define THREAD_FLAG_FPU_DISABLED 1u

/* A fault that has not been answered: the words of its message after those
 * that are registers (fault.h). */
#define FAULT_TAIL_MAX 6u

struct thread_fault {
    uint32_t type;  /* enum fault_type; 0: none */
    uint32_t count; /* words in tail */
    uint64_t tail[FAULT_TAIL_MAX];
};

struct thread {
    struct arch_context context; /* first: trap entry knows its place */

    uint8_t state; /* enum thread_state */
    uint8_t priority;
    uint8_t mcp; /* the highest priority it may give */
    uint8_t domain;
    uint8_t flags;
    uint8_t ready;        /* 1: in a ready queue */
    uint16_t ticks_used;  /* of its time slice */
    uint8_t send_rights;  /* BlockedOnSend: GRANT, GRANT_REPLY of the cap */
    uint8_t send_is_call; /* BlockedOnSend: wants a reply */
    bool receive_grant;   /* BlockedOnReceive: GRANT of the capability */
    uint64_t badge;       /* BlockedOnSend: of the capability */
    paddr_t waits_for;    /* endpoint or notification, or 0 */
    paddr_t queue_next;   /* in its queue, or 0 */
    paddr_t queue_previous;
    paddr_t ready_next; /* in the ready queue, or 0 */
    paddr_t ready_previous;
    paddr_t notification;   /* bound, or 0 */
    uint64_t fault_handler; /* capability pointer in its own CSpace */
    uint64_t buffer;        /* IPC buffer's virtual address, 0: none */
    uint64_t cancel_badge;  /* while an endpoint's cursor is here (ipc.h) */
    paddr_t cancel_last;    /* and where its scan ends */
    struct thread_fault fault;
    char name[THREAD_NAME_BYTES]; /* for people; zero-terminated */
};

static inline struct thread *thread_at(const struct kernel *k, paddr_t tcb)
{
    return (struct thread *)((uint8_t *)k->regions.slots + tcb + THREAD_OFFSET);
}

static inline slotno_t thread_slot(paddr_t tcb, enum tcb_slot n)
{
    return slot_at(tcb) + n;
}

static inline bool thread_is_runnable(const struct thread *t)
{
    return t->state == THREAD_RUNNING || t->state == THREAD_RESTART;
}

/* Changes the state and nothing else, but for this: where the current thread
 * stops being runnable, another is chosen when the kernel is left. */
void thread_set_state(struct kernel *k, paddr_t tcb, enum thread_state state);

/* Ends whatever the thread waits for: out of its queue, or its reply
 * capability deleted and its fault forgotten.  Inactive after that; no effect
 * on a thread that is not blocked.  O(1). */
void thread_cancel_ipc(struct kernel *k, paddr_t tcb);

/* Suspend (sel4-abi.md 4.6).  A thread that was Running goes on, when it is
 * resumed, where it was.  O(1). */
void thread_suspend(struct kernel *k, paddr_t tcb);

/* Resume (4.6): a thread that is Inactive or blocked continues at FaultIP;
 * no effect on a runnable one.  O(1). */
void thread_resume(struct kernel *k, paddr_t tcb);

/* The IPC buffer as words, or NULL (2.3): to be written as well as read if
 * `receiving'.  O(1). */
uint64_t *thread_buffer(const struct kernel *k, paddr_t tcb, bool receiving);

/* The invariants above, of sched.h and of vspace.h, by brute force: NULL, or
 * what is broken and where.  For tests; O(all threads and objects). */
const char *thread_check(struct kernel *k, paddr_t *where);
#endif
