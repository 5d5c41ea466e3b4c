/* SPDX-License-Identifier: BSD-2-Clause */
#include "threads.h"

#include "sched.h"
#include "vspace.h"

#include <stdlib.h>
#include <string.h>

#define PREEMPTIONS_MAX 1000000u
#define BUFFER_ADDRESS  UINT64_C(0x10000000)
#define PC_STEP         UINT64_C(0x1000)

void threads_check(struct fixture *f, const char *after)
{
    paddr_t where;
    const char *broken = thread_check(f->k, &where);

    fixture_check(f, after);
    if (!broken)
        return;
    f->broken++;
    tap_diag("broken after %s: %s, at 0x%lx", after, broken,
             (unsigned long)where);
}

static uint64_t tcb_cptr(unsigned n)
{
    return n == 0 ? FIX_TCB : THREADS + n;
}

paddr_t thread_tcb(const struct fixture *f, unsigned n)
{
    return fixture_cap(f, tcb_cptr(n)).base;
}

struct thread *thread_of(const struct fixture *f, unsigned n)
{
    return thread_at(f->k, thread_tcb(f, n));
}

uint64_t *reg_of(const struct fixture *f, unsigned n)
{
    return thread_of(f, n)->context.reg;
}

uint64_t *buffer_of(const struct fixture *f, unsigned n)
{
    return thread_buffer(f->k, thread_tcb(f, n), true);
}

int running(const struct fixture *f)
{
    for (unsigned n = 0; n < THREADS_MAX; n++)
        if (f->k->current && fixture_type(f, tcb_cptr(n)) == CAP_TCB &&
            thread_tcb(f, n) == f->k->current)
            return (int)n;
    return -1;
}

bool ok_running(struct fixture *f, int n, const char *name)
{
    return tap_is((uint64_t)(int64_t)running(f), (uint64_t)(int64_t)n, "%s",
                  name);
}

bool ok_state(struct fixture *f, unsigned n, enum thread_state state,
              const char *name)
{
    return tap_is(thread_of(f, n)->state, state, "%s", name);
}

/* ---- Starting -------------------------------------------------------------*/

static void install(struct fixture *f, unsigned n, enum tcb_slot slot,
                    uint64_t source)
{
    struct cap cap = fixture_cap(f, source), derived;
    struct reply ignored;

    object_derive(f->k, fixture_slot(f, source), &cap, &derived, &ignored);
    cnode_insert_copy(f->k, fixture_slot(f, source),
                      thread_slot(thread_tcb(f, n), slot), &derived);
}

static void give_buffer(struct fixture *f, unsigned n)
{
    retype(f, FIX_UT, TYPE_PAGE, 0, BUFFERS + n, 1);
    install(f, n, TCB_BUFFER, BUFFERS + n);
    thread_of(f, n)->buffer = BUFFER_ADDRESS + bits_up(n, 12);
}

void threads_start_domains(struct fixture *f, uint16_t domains,
                           uint16_t schedule)
{
    fixture_rv64(f);
    f->k->params.irq_timer = TIMER_IRQ;
    f->k->params.domain_count = domains;
    f->k->params.schedule_length = schedule;
    if (!hosted_add_threads(f->hosted)) {
        tap_ok(false, "the host has memory for tables");
        exit(tap_done());
    }
    asid_register_pool(f->k, 0, fixture_cap(f, FIX_ASID_POOL).base);
    asid_set_root(f->k, 1, fixture_cap(f, FIX_VSPACE).base);
    install(f, 0, TCB_CSPACE, FIX_ROOT);
    install(f, 0, TCB_VSPACE, FIX_VSPACE);
    give_buffer(f, 0);
    kernel_start_thread(f->k, thread_tcb(f, 0));
    sched_finish(f->k);
    threads_check(f, "the start");
}

void threads_start(struct fixture *f)
{
    threads_start_domains(f, 1, 2);
}

void thread_make(struct fixture *f, unsigned n, uint8_t priority)
{
    KERNEL_ASSERT(n > 0 && n < THREADS_MAX);
    retype(f, FIX_UT, OBJECT_TCB, 0, THREADS + n, 1);
    install(f, n, TCB_CSPACE, FIX_ROOT);
    install(f, n, TCB_VSPACE, FIX_VSPACE);
    give_buffer(f, n);
    thread_of(f, n)->priority = priority;
    reg_of(f, n)[REG_FAULT_IP] = PC_STEP * n;
    reg_of(f, n)[REG_NEXT_IP] = PC_STEP * n;
    threads_check(f, "a thread is made");
}

void thread_make_ready(struct fixture *f, unsigned n, uint8_t priority)
{
    thread_make(f, n, priority);
    tcb_resume(f, n);
}

/* ---- System calls ---------------------------------------------------------*/

void sys(struct fixture *f, int64_t number, uint64_t cptr, uint64_t info)
{
    uint64_t *reg = thread_at(f->k, f->k->current)->context.reg;

    reg[REG_FAULT_IP] = reg[REG_NEXT_IP];
    reg[REG_NEXT_IP] += 4;
    reg[REG_CAP] = cptr;
    reg[REG_INFO] = info;
    reg[REG_SYSCALL] = (uint64_t)number;
    kernel_syscall(f->k, (uint64_t)number);
    if (!f->unchecked)
        threads_check(f, "a system call");
}

static uint64_t *current_buffer(const struct fixture *f)
{
    return thread_buffer(f->k, f->k->current, false);
}

void set_words(struct fixture *f, uint32_t count, const uint64_t *words)
{
    struct thread *t = thread_at(f->k, f->k->current);

    for (uint32_t n = 0; n < count; n++)
        ipc_set_word(t, current_buffer(f), n, words[n]);
}

void set_caps(struct fixture *f, uint32_t count, const uint64_t *cptrs)
{
    for (uint32_t n = 0; n < count; n++)
        current_buffer(f)[BUFFER_CAPS + n] = cptrs[n];
}

/* The reply as call() leaves it. */
static void read_reply(struct fixture *f, paddr_t tcb)
{
    const struct thread *t = thread_at(f->k, tcb);
    const uint64_t *buffer = thread_buffer(f->k, tcb, false);
    uint64_t info = t->context.reg[REG_INFO];

    f->outcome = OUTCOME_DONE;
    f->reply = (struct reply){
        .label = (uint32_t)ipc_label(info),
        .length = ipc_length(info),
    };
    for (uint32_t n = 0; n < f->reply.length && n < REPLY_WORDS_MAX; n++)
        if (n < IPC_REGISTERS || buffer)
            f->reply.mr[n] = ipc_word(t, buffer, n);
}

uint64_t invoke_call(struct fixture *f, uint64_t cptr, uint64_t label,
                     uint32_t length, const uint64_t *words, uint32_t cap_count,
                     const uint64_t *cptrs)
{
    paddr_t caller = f->k->current;
    uint64_t *reg = thread_at(f->k, caller)->context.reg;
    uint64_t pc;

    set_words(f, length, words);
    set_caps(f, cap_count, cptrs);
    f->preemptions = 0;
    sys(f, SYSCALL_CALL, cptr, ipc_info(label, 0, cap_count, length));
    pc = reg[REG_FAULT_IP];
    while (f->k->current == caller && reg[REG_NEXT_IP] == pc && !f->once) {
        if (++f->preemptions == PREEMPTIONS_MAX) {
            tap_ok(false, "a preempted call ends");
            exit(tap_done());
        }
        sys(f, SYSCALL_CALL, reg[REG_CAP], reg[REG_INFO]);
    }
    read_reply(f, caller);
    return f->reply.label;
}

uint64_t tcb_resume(struct fixture *f, unsigned n)
{
    return invoke_call(f, tcb_cptr(n), LABEL_TCB_RESUME, 0, NULL, 0, NULL);
}

uint64_t tcb_suspend(struct fixture *f, unsigned n)
{
    return invoke_call(f, tcb_cptr(n), LABEL_TCB_SUSPEND, 0, NULL, 0, NULL);
}

uint64_t tcb_set_priority(struct fixture *f, unsigned n, uint64_t priority)
{
    return invoke_call(f, tcb_cptr(n), LABEL_TCB_SET_PRIORITY, 1, &priority, 1,
                       (uint64_t[]){FIX_TCB});
}

uint64_t tcb_set_space(struct fixture *f, unsigned n, uint64_t handler)
{
    return invoke_call(f, tcb_cptr(n), LABEL_TCB_SET_SPACE, 3,
                       (uint64_t[]){handler, 0, 0}, 2,
                       (uint64_t[]){FIX_ROOT, FIX_VSPACE});
}

uint64_t delete_by_call(struct fixture *f, uint64_t slot)
{
    return invoke_call(f, FIX_ROOT, LABEL_CNODE_DELETE, 2,
                       (uint64_t[]){slot, FIX_WORD_BITS}, 0, NULL);
}

/* ---- Claims ---------------------------------------------------------------*/

static uint64_t message_word(const struct fixture *f, unsigned n, size_t i)
{
    const uint64_t *reg = reg_of(f, n);

    if (i == 0)
        return reg[REG_CAP];
    if (i == 1)
        return reg[REG_INFO];
    return ipc_word(thread_of(f, n), buffer_of(f, n), (uint32_t)i - 2);
}

bool threads_ok_message(struct fixture *f, unsigned n, const char *name,
                        size_t count, const uint64_t *badge_info_words)
{
    bool same = true;

    for (size_t i = 0; i < count; i++)
        same = same && message_word(f, n, i) == badge_info_words[i];
    if (tap_ok(same, "%s: badge, info, %lu words", name,
               (unsigned long)(count - 2)))
        return true;
    for (size_t i = 0; i < count; i++)
        tap_diag("  word %ld: got 0x%lx, want 0x%lx", (long)i - 2,
                 (unsigned long)message_word(f, n, i),
                 (unsigned long)badge_info_words[i]);
    return false;
}
