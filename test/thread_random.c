/* SPDX-License-Identifier: BSD-2-Clause */
/* Random system calls by eight threads on shared objects, interrupted now and
 * then: every invariant holds after each kernel entry, whoever has deleted,
 * revoked or suspended whom. */
#include "seed.h"
#include "threads.h"

#ifndef STEPS /* fuzz/fuzz_threads.c: while there is input */
#define STEPS 2000u
#endif
#define ROUNDS     60u
#define CHECK_EACH 16u /* kernel entries between two complete checks */
#define PLAYERS    8u
#define ROOT_SLOTS 24u /* FREE .. : what the players play with */
#define INNER_BITS 4u

static struct fixture f;
static struct seed seed;

static uint64_t below(uint64_t bound)
{
    return seed_below(&seed, bound);
}

/* Mostly one of the slots that are played with. */
static uint64_t some_cptr(void)
{
    static const uint64_t others[] = {
        FIX_EMPTY,        FIX_UT,        FIX_VSPACE, FIX_IRQ_CONTROL,
        FIX_ASID_CONTROL, FIX_ASID_POOL, FIX_DOMAIN, 0x5000};

    switch (below(8)) {
    case 0:
    case 1:
        return others[below(sizeof others / sizeof *others)];
    case 2:
        return THREADS + 1 + below(PLAYERS);
    case 3:
        return BUFFERS + 1 + below(PLAYERS);
    default:
        return FREE + below(ROOT_SLOTS);
    }
}

static uint64_t some_word(void)
{
    switch (below(6)) {
    case 0:
        return below(4);
    case 1:
        return 64;
    case 2:
        return below(256);
    case 3:
        return bits_up(below(16), 12);
    default:
        return some_cptr();
    }
}

/* A label that the capability in this slot knows, most of the time. */
static uint64_t some_label(uint64_t cptr)
{
    if (cptr == 0x5000 || below(20) == 0)
        return below(42);
    switch (fixture_type(&f, cptr)) {
    case CAP_TCB:
        return 2 + below(15);
    case CAP_CNODE:
        return 18 + below(8);
    case CAP_IRQ_CONTROL:
        return below(2) ? LABEL_IRQ_ISSUE_HANDLER
                        : LABEL_IRQ_ISSUE_HANDLER_TRIGGER;
    case CAP_IRQ_HANDLER:
        return 27 + below(3);
    case CAP_DOMAIN:
        return 30 + below(3);
    case CAP_PAGE_TABLE:
        return 33 + below(2);
    case CAP_FRAME:
        return 35 + below(3);
    case CAP_ASID_CONTROL:
        return LABEL_ASID_CONTROL_MAKE_POOL;
    case CAP_ASID_POOL:
        return LABEL_ASID_POOL_ASSIGN;
    default:
        return below(42);
    }
}

/* A slot of this type, if a few tries find one. */
static uint64_t find_type(uint8_t type)
{
    uint64_t cptr = some_cptr();

    for (unsigned i = 0;
         i < 40 && (cptr == 0x5000 || fixture_type(&f, cptr) != type); i++)
        cptr = some_cptr();
    return cptr;
}

/* The same as below, for what concerns address spaces and interrupts. */
static void sensible_space(uint64_t label, uint64_t *words, uint64_t *caps)
{
    switch (label) {
    case LABEL_PAGE_TABLE_MAP:
    case LABEL_PAGE_MAP:
        words[0] = bits_up(below(4), 12) + bits_up(below(2), 21);
        words[1] = below(4);
        words[2] = below(2);
        caps[0] = below(3) ? FIX_VSPACE : find_type(CAP_PAGE_TABLE);
        break;
    case LABEL_ASID_POOL_ASSIGN:
        caps[0] = find_type(CAP_PAGE_TABLE);
        break;
    case LABEL_ASID_CONTROL_MAKE_POOL:
        words[0] = FREE + below(ROOT_SLOTS);
        words[1] = 64;
        caps[0] = find_type(CAP_UNTYPED);
        caps[1] = FIX_ROOT;
        break;
    case LABEL_IRQ_ISSUE_HANDLER:
        words[0] = below(4);
        words[1] = FREE + below(ROOT_SLOTS);
        words[2] = 64;
        caps[0] = FIX_ROOT;
        break;
    default:
        break;
    }
}

/* Words and capabilities that make sense for this label, if it is one of
 * those that need more than luck. */
static void sensible(uint64_t label, uint64_t *words, uint64_t *caps)
{
    switch (label) {
    case LABEL_CNODE_COPY:
    case LABEL_CNODE_MINT:
    case LABEL_CNODE_MOVE:
    case LABEL_CNODE_DELETE:
    case LABEL_CNODE_ROTATE:
    case LABEL_CNODE_SAVE_CALLER:
        words[0] = FREE + below(ROOT_SLOTS);
        words[1] = 64;
        words[2] = below(2) ? some_cptr() : find_type(CAP_ENDPOINT);
        words[3] = 64;
        words[4] = below(3) ? 15 : below(16);
        words[5] = below(3);
        caps[0] = caps[1] = FIX_ROOT;
        break;
    case LABEL_CNODE_CANCEL_BADGED_SENDS:
        words[0] = find_type(CAP_ENDPOINT);
        words[1] = 64;
        break;
    case LABEL_TCB_CONFIGURE:
    case LABEL_TCB_SET_SPACE:
        words[0] = FREE + below(ROOT_SLOTS);
        words[1] = words[2] = 0;
        words[3] = bits_up(below(8), 10);
        caps[0] = FIX_ROOT;
        caps[1] = below(3) ? FIX_VSPACE : find_type(CAP_PAGE_TABLE);
        caps[2] = find_type(CAP_FRAME);
        break;
    case LABEL_TCB_SET_IPC_BUFFER:
        words[0] = bits_up(below(8), 10);
        caps[0] = find_type(CAP_FRAME);
        break;
    case LABEL_TCB_BIND_NOTIFICATION:
    case LABEL_IRQ_SET_HANDLER:
        caps[0] = find_type(CAP_NOTIFICATION);
        break;
    case LABEL_DOMAIN_SET:
        words[0] = below(3);
        caps[0] = find_type(CAP_TCB);
        break;
    case LABEL_DOMAIN_SCHEDULE_CONFIGURE:
        words[0] = below(4);
        words[1] = below(3);
        words[2] = below(5);
        break;
    default:
        sensible_space(label, words, caps);
        break;
    }
}

static void random_invocation(void)
{
    uint64_t words[8], caps[3], cptr = below(4) ? some_cptr() : FIX_ROOT;
    uint64_t label = some_label(cptr);
    uint32_t length = below(9) ? 8 : (uint32_t)below(9);
    uint32_t count = below(9) ? 3 : (uint32_t)below(4);
    bool buffer = thread_buffer(f.k, f.k->current, true) != NULL;

    for (unsigned i = 0; i < 8; i++)
        words[i] = some_word();
    for (unsigned i = 0; i < 3; i++)
        caps[i] = some_cptr();
    if (below(10))
        sensible(label, words, caps);
    set_words(&f, buffer || length < 4 ? length : 4, words);
    if (buffer)
        set_caps(&f, count, caps);
    sys(&f, below(4) ? SYSCALL_CALL : SYSCALL_SEND, cptr,
        ipc_info(label, 0, count, length));
}

static void random_message(void)
{
    static const int64_t numbers[] = {
        SYSCALL_CALL, SYSCALL_REPLY_RECV, SYSCALL_SEND,  SYSCALL_NB_SEND,
        SYSCALL_RECV, SYSCALL_REPLY,      SYSCALL_YIELD, SYSCALL_NB_RECV,
        SYSCALL_RECV, SYSCALL_REPLY_RECV, -30,
    };
    uint64_t caps[3] = {some_cptr(), some_cptr(), some_cptr()};
    uint64_t *buffer = thread_buffer(f.k, f.k->current, true);

    if (buffer) {
        set_caps(&f, 3, caps);
        buffer[BUFFER_RECEIVE_CNODE] = FIX_ROOT;
        buffer[BUFFER_RECEIVE_INDEX] = FREE + below(ROOT_SLOTS);
        buffer[BUFFER_RECEIVE_DEPTH] = 64;
    }
    sys(&f, numbers[below(sizeof numbers / sizeof *numbers)],
        FREE + below(ROOT_SLOTS), ipc_info(below(3), 0, below(4), below(8)));
}

static void random_entry(void)
{
    switch (below(20)) {
    case 0:
        kernel_vm_fault(f.k, some_word(), 5, false);
        break;
    case 1:
        kernel_user_exception(f.k, 2, 0);
        break;
    case 2:
    case 3:
        kernel_timer_tick(f.k);
        break;
    case 4:
        kernel_interrupt(f.k, below(6));
        break;
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
        random_message();
        break;
    default:
        random_invocation();
        break;
    }
}

/* Puts things into empty slots, so that there is always something. */
static void replenish(void)
{
    static const uint8_t types[] = {
        OBJECT_ENDPOINT, OBJECT_NOTIFICATION, OBJECT_CNODE,    TYPE_PAGE,
        TYPE_TABLE,      OBJECT_TCB,          OBJECT_ENDPOINT, OBJECT_UNTYPED};
    uint64_t slot = FREE + below(ROOT_SLOTS);
    uint8_t type = types[below(sizeof types)];

    if (fixture_type(&f, slot) == CAP_NULL)
        retype(&f, FIX_UT2, type, type == OBJECT_UNTYPED ? 12 : INNER_BITS,
               slot, 1);
    if (fixture_type(&f, slot) == CAP_NULL)
        cnode_revoke(&f, FIX_UT2);
}

/* What the players have deleted and cannot make again. */
static void restore(uint64_t cptr, uint8_t type)
{
    struct cap cap = {.type = type};

    if (fixture_type(&f, cptr) == CAP_NULL)
        kernel_insert_boot_cap(f.k, fixture_slot(&f, cptr), &cap);
}

/* Somebody must be able to run: thread 0, which the players cannot name. */
static void revive(void)
{
    restore(FIX_DOMAIN, CAP_DOMAIN);
    restore(FIX_IRQ_CONTROL, CAP_IRQ_CONTROL);
    restore(FIX_ASID_CONTROL, CAP_ASID_CONTROL);
    call(&f, FIX_DOMAIN, LABEL_DOMAIN_SCHEDULE_CONFIGURE, 3,
         (uint64_t[]){0, 0, 5}, 0, NULL);
    call(&f, FIX_DOMAIN, LABEL_DOMAIN_SCHEDULE_SET_START, 1, (uint64_t[]){0}, 0,
         NULL);
    for (unsigned n = 1; n <= PLAYERS; n++) {
        if (fixture_type(&f, THREADS + n) != CAP_TCB) {
            cnode_delete(&f, THREADS + n);
            cnode_delete(&f, BUFFERS + n);
            if (retype(&f, FIX_UT, OBJECT_TCB, 0, THREADS + n, 1))
                continue;
        }
        if (slot_type(kernel_slots(f.k),
                      thread_slot(thread_tcb(&f, n), TCB_CSPACE)) == CAP_NULL)
            call(&f, THREADS + n, LABEL_TCB_SET_SPACE, 3,
                 (uint64_t[]){FREE + below(ROOT_SLOTS), 0, 0}, 2,
                 (uint64_t[]){FIX_ROOT, FIX_VSPACE});
        if (below(4) == 0)
            call(&f, FIX_DOMAIN, LABEL_DOMAIN_SET, 1, (uint64_t[]){0}, 1,
                 (uint64_t[]){THREADS + n});
        if (below(4) == 0)
            call(&f, THREADS + n, LABEL_TCB_SET_PRIORITY, 1,
                 (uint64_t[]){250 + below(4)}, 1, (uint64_t[]){FIX_TCB});
        call(&f, THREADS + n, LABEL_TCB_RESUME, 0, NULL, 0, NULL);
    }
    sched_finish(f.k);
}

struct counts {
    uint64_t entries, revived, preempted, deleted;
};

/* One machine's life. */
static void play(struct counts *c)
{
    threads_start_domains(&f, 3, 5);
    f.check_bytes = 0;
    for (unsigned n = 1; n <= PLAYERS; n++)
        thread_make(&f, n, (uint8_t)(250 + n % 3));
    thread_suspend(f.k, thread_tcb(&f, 0));
    sched_finish(f.k);
    f.unchecked = true;
    for (unsigned i = 0; i < STEPS && f.broken == 0; i++) {
        uint64_t asked = f.hosted->machine.preempt_asked;

        if (f.k->current == 0 || below(200) == 0) {
            revive();
            c->revived++;
        }
        for (unsigned n = 0; f.k->current == 0 && n < 16; n++)
            kernel_timer_tick(f.k); /* to another domain */
        if (below(4) == 0)
            replenish();
        if (f.k->current == 0)
            continue;
        f.hosted->machine.preempt_in = below(3) ? 0 : 1 + below(3);
        random_entry();
        f.hosted->machine.preempt_in = 0;
        c->entries++;
        c->preempted += f.hosted->machine.preempt_asked != asked;
        if (i % CHECK_EACH == 0)
            threads_check(&f, "a random entry");
    }
    c->deleted += f.k->slots_emptied;
    fixture_done(&f);
}

int main(void)
{
    struct counts c = {0};

    seed = seed_start(0x7468726561647321);
    for (unsigned round = 0; round < ROUNDS && tap_failed() == 0; round++)
        play(&c);
    tap_ok(c.entries > ROUNDS * STEPS / 2, "%lu kernel entries by users",
           (unsigned long)c.entries);
    tap_ok(c.preempted > ROUNDS * STEPS / 1000,
           "%lu of them met a preemption point", (unsigned long)c.preempted);
    tap_diag("revived %lu times, %lu capabilities deleted",
             (unsigned long)c.revived, (unsigned long)c.deleted);
    return tap_done();
}
