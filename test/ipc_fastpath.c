/* SPDX-License-Identifier: BSD-2-Clause */
/* The fast paths do what the long way does: two machines play the same random
 * messages, one with and one without, and are compared after each entry. */
#include "fastpath.h"
#include "seed.h"
#include "threads.h"

#include <string.h>

#define ROUNDS   40u
#define STEPS    2000u
#define PLAYERS  5u
#define SENTINEL UINT64_C(0x5e5e5e5e5e5e5e5e)

enum { ENDPOINT = FREE, BADGED, NO_GRANT, READ_ONLY, OTHER, NOTIFICATION, END };

static struct fixture fast, slow;
static struct seed seed;
static uint64_t calls_taken, replies_taken, compared;

static uint64_t below(uint64_t bound)
{
    return seed_below(&seed, bound);
}

static void start(struct fixture *f)
{
    threads_start_domains(f, 2, 4);
    retype(f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    retype(f, FIX_UT, OBJECT_ENDPOINT, 0, OTHER, 1);
    retype(f, FIX_UT, OBJECT_NOTIFICATION, 0, NOTIFICATION, 1);
    cnode_mint(f, BADGED, ENDPOINT, CAP_RIGHTS_ALL, 77);
    cnode_copy(f, NO_GRANT, ENDPOINT, CAP_READ | CAP_WRITE);
    cnode_copy(f, READ_ONLY, ENDPOINT, CAP_READ);
    for (unsigned n = 1; n <= PLAYERS; n++)
        thread_make_ready(f, n, (uint8_t)(254 + n % 2));
    for (unsigned n = 0; n <= PLAYERS; n++)
        thread_of(f, n)->fault_handler = OTHER; /* of -40, and of 0x5000 */
    f->unchecked = true;
}

/* What both machines are to do. */
struct step {
    int64_t number;
    uint64_t cptr, info, words[4], caps[2];
    unsigned thread; /* to be bound, resumed, given a priority */
    uint64_t value;
};

static struct step random_step(void)
{
    static const int64_t numbers[] = {
        SYSCALL_CALL,
        SYSCALL_REPLY_RECV,
        SYSCALL_CALL,
        SYSCALL_REPLY_RECV,
        SYSCALL_RECV,
        SYSCALL_YIELD,
        SYSCALL_SEND,
        0,
        1,
        2,
        3,
        4,
        -40,
    };
    struct step s = {
        .number = numbers[below(below(3) ? 5 : 13)],
        .cptr = ENDPOINT + (below(3) ? 0 : below(END - ENDPOINT + 1)),
        .info = ipc_info(below(4), below(8), below(8) ? 0 : below(3),
                         below(9) ? below(7) : below(128)),
        .thread = 1 + (unsigned)below(PLAYERS),
        .value = below(3),
    };

    for (unsigned i = 0; i < 4; i++)
        s.words[i] = seed_next(&seed);
    s.caps[0] = ENDPOINT + below(END - ENDPOINT);
    s.caps[1] = below(9) ? BADGED : 0x5000;
    return s;
}

static void system_call(struct fixture *f, const struct step *s)
{
    struct thread *t = thread_at(f->k, f->k->current);
    uint64_t *reg = t->context.reg;

    set_words(f, 4, s->words);
    for (uint32_t n = IPC_REGISTERS; n < 120; n++)
        ipc_set_word(t, thread_buffer(f->k, f->k->current, false), n,
                     s->words[n % 4] + n);
    set_caps(f, 2, s->caps);
    reg[REG_FAULT_IP] = reg[REG_NEXT_IP];
    reg[REG_NEXT_IP] += 4;
    reg[REG_CAP] = s->cptr;
    reg[REG_INFO] = s->info;
    t->badge = SENTINEL;
    if (f == &slow)
        kernel_syscall_slow(f->k, (uint64_t)s->number);
    else if (s->number == SYSCALL_REPLY_RECV && fastpath_reply_recv(f->k))
        replies_taken++;
    else
        kernel_syscall(f->k, (uint64_t)s->number);
}

/* Things that happen from outside. */
static void event(struct fixture *f, const struct step *s)
{
    uint64_t cptr = THREADS + s->thread;

    switch (s->number) {
    case 0:
        notification_signal(f->k, fixture_cap(f, NOTIFICATION).base, 1);
        break;
    case 1:
        call(f, cptr, LABEL_TCB_RESUME, 0, NULL, 0, NULL);
        break;
    case 2:
        call(f, cptr, LABEL_TCB_SET_PRIORITY, 1, (uint64_t[]){253 + s->value},
             1, (uint64_t[]){FIX_TCB});
        break;
    case 3:
        call(f, cptr,
             s->value ? LABEL_TCB_UNBIND_NOTIFICATION
                      : LABEL_TCB_BIND_NOTIFICATION,
             0, NULL, 1, (uint64_t[]){NOTIFICATION});
        break;
    default:
        call(f, FIX_DOMAIN, LABEL_DOMAIN_SET, 1, (uint64_t[]){s->value == 2}, 1,
             &cptr);
        break;
    }
    sched_finish(f->k);
}

static void do_step(struct fixture *f, const struct step *s)
{
    if (f->k->current == 0 || s->number >= 0)
        event(f, s);
    else
        system_call(f, s);
}

static bool is_waiting(const struct thread *t)
{
    return t->waits_for != 0;
}

/* All of a thread that means something in its state. */
static const char *compare_thread(unsigned n)
{
    const struct thread *a = thread_of(&fast, n), *b = thread_of(&slow, n);

    if (memcmp(&a->context, &b->context, sizeof a->context))
        return "registers";
    if (a->state != b->state || a->ready != b->ready ||
        a->priority != b->priority || a->domain != b->domain)
        return "state";
    if (a->waits_for != b->waits_for || a->notification != b->notification ||
        a->fault.type != b->fault.type)
        return "what it waits for";
    if (is_waiting(a) && (a->queue_next != b->queue_next ||
                          a->queue_previous != b->queue_previous))
        return "place in the queue";
    if (a->ready && (a->ready_next != b->ready_next ||
                     a->ready_previous != b->ready_previous))
        return "place in the ready queue";
    if (a->state == THREAD_BLOCKED_ON_RECEIVE &&
        a->receive_grant != b->receive_grant)
        return "right to grant";
    if (memcmp(hosted_memory(fast.k, thread_tcb(&fast, n)),
               hosted_memory(slow.k, thread_tcb(&slow, n)),
               TCB_SLOT_COUNT * SLOT_BYTES))
        return "slots";
    if (memcmp(buffer_of(&fast, n), buffer_of(&slow, n), 1024))
        return "buffer";
    return NULL;
}

static const char *compare(void)
{
    const char *what;

    compared++;
    if (fast.k->current != slow.k->current)
        return "who runs";
    for (unsigned n = 0; n <= PLAYERS; n++)
        if ((what = compare_thread(n)))
            return what;
    for (uint64_t cptr = ENDPOINT; cptr < END; cptr++)
        if (memcmp(hosted_memory(fast.k, fixture_cap(&fast, cptr).base),
                   hosted_memory(slow.k, fixture_cap(&slow, cptr).base), 16))
            return "endpoint";
    if (memcmp(hosted_memory(fast.k, fast.root_base),
               hosted_memory(slow.k, slow.root_base), 4096 * SLOT_BYTES))
        return "root CNode";
    if (fast.k->slots_emptied != slow.k->slots_emptied ||
        fast.hosted->machine.space_root != slow.hosted->machine.space_root ||
        fast.hosted->machine.running != slow.hosted->machine.running)
        return "accounts";
    return NULL;
}

static void play(void)
{
    const char *what = NULL;
    paddr_t caller;

    start(&fast);
    start(&slow);
    for (unsigned i = 0; i < STEPS && !what; i++) {
        struct step s = random_step();

        if (fast.k->current == 0)
            s.number = 1;
        caller = fast.k->current;
        do_step(&fast, &s);
        do_step(&slow, &s);
        if (s.number == SYSCALL_CALL && caller)
            calls_taken += thread_at(fast.k, caller)->badge == SENTINEL &&
                           thread_at(slow.k, caller)->badge != SENTINEL;
        what = compare();
        if (i % 64 == 0) {
            threads_check(&fast, "a step");
            threads_check(&slow, "a step");
        }
        if (what)
            tap_diag("step %u, call %ld on slot %lu, info 0x%lx", i,
                     (long)s.number, (unsigned long)s.cptr,
                     (unsigned long)s.info);
    }
    tap_is_string(what, NULL, "both machines are the same");
    fixture_done(&fast);
    fixture_done(&slow);
}

int main(void)
{
    seed = seed_start(0x6661737470617468);
    for (unsigned round = 0; round < ROUNDS && tap_failed() == 0; round++)
        play();
    tap_ok(calls_taken > compared / 100, "%lu of %lu steps were fast Calls",
           (unsigned long)calls_taken, (unsigned long)compared);
    tap_ok(replies_taken > compared / 100, "%lu were fast ReplyRecvs",
           (unsigned long)replies_taken);
    return tap_done();
}
