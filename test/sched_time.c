/* SPDX-License-Identifier: BSD-2-Clause */
/* Time slices and domains: what a tick of the timer does. */
#include "faults.h"
#include "threads.h"

enum { NOTIFICATION = FREE };

static struct fixture f;

static void ticks(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        kernel_timer_tick(f.k);
        threads_check(&f, "a tick");
    }
}

static void slices(void)
{
    threads_start(&f);
    thread_make_ready(&f, 1, 255);
    thread_make_ready(&f, 2, 254);
    ticks(4);
    ok_running(&f, 0, "four ticks of five");
    ticks(1);
    ok_running(&f, 1, "the slice ends: on to an equal");
    ticks(5);
    ok_running(&f, 0, "and back, never to a lower one");
    ticks(3);
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 1, "Yield");
    ticks(5);
    ok_running(&f, 0, "thread 1 had a whole slice");
    ticks(1);
    ok_running(&f, 0, "Yield has not given thread 0 a new one");
    ticks(1);
    ok_running(&f, 1, "it had two ticks left");
    tcb_suspend(&f, 0);
    ticks(25);
    ok_running(&f, 1, "alone it goes on and on");
    fixture_done(&f);
}

/* The count is kept across blocking and being preempted. */
static void kept(void)
{
    threads_start(&f);
    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, NOTIFICATION, 1);
    tcb_set_priority(&f, 0, 100);
    thread_make_ready(&f, 1, 100);
    ticks(3);
    thread_make_ready(&f, 2, 101);
    ok_running(&f, 2, "a higher thread preempts");
    ticks(4);
    sys(&f, SYSCALL_RECV, NOTIFICATION, 0);
    ok_running(&f, 0, "the preempted one goes on at the head");
    ticks(1);
    ok_running(&f, 0, "its fourth tick");
    ticks(1);
    ok_running(&f, 1, "its fifth");
    sys(&f, SYSCALL_SEND, NOTIFICATION, 0);
    ok_running(&f, 2, "the higher one is back");
    ticks(1);
    tap_is(thread_of(&f, 2)->ticks_used, 0, "its fifth tick, too");
    fixture_done(&f);
}

static void idle_ticks(void)
{
    threads_start(&f);
    tcb_suspend(&f, 0);
    ticks(20);
    ok_running(&f, -1, "an idle machine stays so");
    fixture_done(&f);
}

/* ---- Domains --------------------------------------------------------------*/

static uint64_t set_domain(unsigned n, uint64_t domain)
{
    return invoke_call(&f, FIX_DOMAIN, LABEL_DOMAIN_SET, 1, &domain, 1,
                       (uint64_t[]){n ? THREADS + n : FIX_TCB});
}

static uint64_t configure(uint64_t index, uint64_t domain, uint64_t duration)
{
    return invoke_call(&f, FIX_DOMAIN, LABEL_DOMAIN_SCHEDULE_CONFIGURE, 3,
                       (uint64_t[]){index, domain, duration}, 0, NULL);
}

static void domains(void)
{
    threads_start_domains(&f, 3, 5);
    thread_make_ready(&f, 1, 255);
    thread_make_ready(&f, 2, 255);
    thread_make(&f, 3, 255);
    tap_is(set_domain(1, 1), ERROR_NONE, "thread 1 to domain 1");
    tap_is(set_domain(2, 1), ERROR_NONE, "thread 2 to domain 1");
    tap_is(set_domain(3, 2), ERROR_NONE, "thread 3, Inactive, to domain 2");
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 0, "other domains do not run");
    configure(0, 0, 3);
    configure(1, 1, 2);
    configure(2, 2, 4);
    ok_running(&f, 0, "a new schedule takes nothing from the present entry");
    invoke_call(&f, FIX_DOMAIN, LABEL_DOMAIN_SCHEDULE_SET_START, 1,
                (uint64_t[]){1}, 0, NULL);
    ok_running(&f, 2, "SetStart: at once; the last moved is at the head");
    tap_is(ipc_label(reg_of(&f, 0)[REG_INFO]), 0, "with success");
    ticks(1);
    ok_running(&f, 2, "one tick of two");
    ticks(1);
    ok_running(&f, -1, "domain 2: nobody is ready");
    ticks(3);
    ok_running(&f, -1, "three of four");
    ticks(1);
    ok_running(&f, 2, "an end marker: back to the start, entry 1");
    tcb_resume(&f, 3);
    ok_running(&f, 2, "resumed in another domain: not now");
    ticks(2);
    ok_running(&f, 3, "but in its own");
    set_domain(3, 1);
    ok_running(&f, -1, "who moves itself away stops");
    tap_is(ipc_label(reg_of(&f, 3)[REG_INFO]), 0, "with its answer");
    ticks(4);
    ok_running(&f, 3, "it is at the head there");
    fixture_done(&f);
}

/* A new thread belongs to the domain in which it is made, also one that has
 * been an embryo: 16 TCBs in memory that has been used are 32 KiB to clear. */
static void births(void)
{
    unsigned wrong = 0;

    threads_start_domains(&f, 3, 5);
    f.k->tables->domain = 2;
    retype(&f, FIX_UT2, OBJECT_TCB, 0, FREE, 2);
    retype_at(&f, FIX_UT2, TYPE_PAGE, 0, FREE + 2, 1, 0x100000);
    retype_at(&f, FIX_UT2, OBJECT_TCB, 0, FREE + 3, 16, 0x80000);
    for (unsigned i = 0; i < (f.k->params.generation3 ? 19u : 2u); i++)
        if (i != 2)
            wrong +=
                thread_at(f.k, fixture_cap(&f, FREE + i).base)->domain != 2;
    tap_is(wrong, 0, "new threads are in the domain that is running");
    f.k->tables->domain = 0;
    fixture_done(&f);
}

/* Who comes into the current domain may be better than the current thread. */
static void move_in(void)
{
    threads_start_domains(&f, 2, 3);
    tcb_set_priority(&f, 0, 100);
    thread_make(&f, 1, 100);
    thread_make(&f, 2, 101);
    set_domain(1, 1);
    set_domain(2, 1);
    tcb_resume(&f, 1);
    tcb_resume(&f, 2);
    ok_running(&f, 0, "nobody else is in domain 0");
    set_domain(1, 0);
    ok_running(&f, 0, "an equal does not switch");
    set_domain(2, 0);
    ok_running(&f, 2, "a higher one does");
    fixture_done(&f);
}

/* A schedule that fills its table but for the last entry. */
static void whole_schedule(void)
{
    threads_start_domains(&f, 2, 3);
    thread_make_ready(&f, 1, 255);
    set_domain(1, 1);
    tap_is(configure(1, 1, 2), ERROR_NONE, "entry 1 of 0, 1 and the end");
    tap_is(configure(0, 0, 1), ERROR_NONE, "entry 0");
    invoke_call(&f, FIX_DOMAIN, LABEL_DOMAIN_SCHEDULE_SET_START, 1,
                (uint64_t[]){0}, 0, NULL);
    ok_running(&f, 0, "entry 0");
    for (unsigned i = 0; i < 3; i++) {
        ticks(1);
        ok_running(&f, 1, "entry 1");
        ticks(2);
        ok_running(&f, 0, "and entry 0 again");
    }
    fixture_done(&f);
}

/* ---- Errors ---------------------------------------------------------------*/

static const struct raw_call good_set = {
    {[0] = 1,
     [FAULT_TARGET] = FIX_DOMAIN,
     [FAULT_LABEL] = LABEL_DOMAIN_SET,
     [FAULT_LENGTH] = 1,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = THREADS + 1},
};

static const struct fault set_faults[] = {
    FAULT("another label", REPLY(3), 1, {FAULT_LABEL, 29}),
    FAULT("no word", REPLY(7), 1, {FAULT_LENGTH, 0}),
    FAULT("domain 2 of 2", REPLY(1, 0), 1, {0, 2}),
    FAULT("domain 2^32", REPLY(1, 0), 1, {0, UINT64_C(1) << 32}),
    FAULT("no capability", REPLY(7), 1, {FAULT_CAP_COUNT, 0}),
    FAULT("not a TCB", REPLY(1, 1), 1, {FAULT_CAP0, FIX_ROOT}),
    FAULT("an empty slot", REPLY(1, 1), 1, {FAULT_CAP0, FIX_EMPTY}),
};

static const struct raw_call good_configure = {
    {[0] = 1,
     [1] = 1,
     [2] = 7,
     [FAULT_TARGET] = FIX_DOMAIN,
     [FAULT_LABEL] = LABEL_DOMAIN_SCHEDULE_CONFIGURE,
     [FAULT_LENGTH] = 3},
};

static const struct fault configure_faults[] = {
    FAULT("another label", REPLY(3), 1, {FAULT_LABEL, 33}),
    FAULT("two words", REPLY(7), 1, {FAULT_LENGTH, 2}),
    FAULT("the last entry", REPLY(4, 0, 1), 1, {0, 2}),
    FAULT("domain 2 of 2", REPLY(4, 0, 1), 1, {1, 2}),
    FAULT("duration 2^56", REPLY(1, 2), 1, {2, UINT64_C(1) << 56}),
    FAULT("duration 0, domain 1", REPLY(1, 1), 1, {2, 0}),
    FAULT("duration 0 at the start", REPLY(1, 2), 3, {2, 0}, {1, 0}, {0, 0}),
};

static const struct raw_call good_start = {
    {[0] = 1,
     [FAULT_TARGET] = FIX_DOMAIN,
     [FAULT_LABEL] = LABEL_DOMAIN_SCHEDULE_SET_START,
     [FAULT_LENGTH] = 1},
};

static const struct fault start_faults[] = {
    FAULT("another label", REPLY(3), 1, {FAULT_LABEL, 1}),
    FAULT("no word", REPLY(7), 1, {FAULT_LENGTH, 0}),
    FAULT("entry 3 of 3", REPLY(4, 0, 2), 1, {0, 3}),
    FAULT("an end marker", REPLY(1, 0), 1, {0, 2}),
};

static void errors(void)
{
    threads_start_domains(&f, 2, 3);
    thread_make(&f, 1, 255);
    faults_check(&f, &good_set, set_faults, FAULTS_COUNT(set_faults));
    faults_check(&f, &good_configure, configure_faults,
                 FAULTS_COUNT(configure_faults));
    faults_check(&f, &good_start, start_faults, FAULTS_COUNT(start_faults));
    sched_finish(f.k);
    fixture_done(&f);
}

/* What the real kernel answered, with one domain and two entries (13.1). */
static void observed(void)
{
    threads_start(&f);
    set_domain(0, 1);
    ok_reply(&f, "DomainSet 1, one domain", 1, 0);
    call(&f, FIX_DOMAIN, LABEL_DOMAIN_SET, 1, (uint64_t[]){0}, 1,
         (uint64_t[]){FIX_ROOT});
    ok_reply(&f, "DomainSet of a CNode", 1, 1);
    call(&f, FIX_DOMAIN, LABEL_DOMAIN_SET, 1, (uint64_t[]){0}, 0, NULL);
    ok_reply(&f, "DomainSet without capability, domain 0", 7);
    call(&f, FIX_DOMAIN, LABEL_DOMAIN_SET, 1, (uint64_t[]){5}, 0, NULL);
    ok_reply(&f, "DomainSet without capability, domain 5", 1, 0);
    configure(1, 0, 1);
    ok_reply(&f, "ScheduleConfigure index 1", 4, 0, 0);
    configure(0, 0, 0);
    ok_reply(&f, "ScheduleConfigure index 0 duration 0", 1, 2);
    call(&f, FIX_DOMAIN, LABEL_DOMAIN_SCHEDULE_SET_START, 1, (uint64_t[]){2}, 0,
         NULL);
    ok_reply(&f, "ScheduleSetStart 2", 4, 0, 1);
    call(&f, FIX_DOMAIN, LABEL_DOMAIN_SCHEDULE_SET_START, 1, (uint64_t[]){1}, 0,
         NULL);
    ok_reply(&f, "ScheduleSetStart 1", 1, 0);
    fixture_done(&f);
}

int main(void)
{
    slices();
    kept();
    idle_ticks();
    domains();
    births();
    move_in();
    whole_schedule();
    errors();
    observed();
    return tap_done();
}
