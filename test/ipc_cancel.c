/* SPDX-License-Identifier: BSD-2-Clause */
/* Queues of threads that are taken apart: by deletion, by CancelBadgedSends,
 * by suspending members, interrupted after every thread. */
#include "threads.h"

enum { ENDPOINT = FREE, ODD, EVEN, NOTIFICATION, CNODE };

#define MEMBERS 8u

static struct fixture f;

/* Threads 1 .. 8 block in the given call, in this order; thread 0 has a lower
 * priority and runs when all have. */
static void block_all(int64_t number, bool badged)
{
    for (unsigned n = 1; n <= MEMBERS; n++) {
        if (thread_of(&f, n)->state == THREAD_INACTIVE)
            tcb_resume(&f, n);
        while (running(&f) != 0) {
            unsigned who = (unsigned)running(&f);

            sys(&f, number, badged ? (who % 2 ? ODD : EVEN) : NOTIFICATION, 0);
        }
    }
}

static void setup(void)
{
    threads_start(&f);
    retype(&f, FIX_UT, OBJECT_CNODE, 4, CNODE, 1);
    for (unsigned n = 1; n <= MEMBERS; n++)
        thread_make(&f, n, 255);
    tcb_set_priority(&f, 0, 254);
}

static void make_objects(void)
{
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, NOTIFICATION, 1);
    cnode_mint(&f, ODD, ENDPOINT, CAP_RIGHTS_ALL, 1);
    cnode_mint(&f, EVEN, ENDPOINT, CAP_RIGHTS_ALL, 2);
}

/* All members run, the last of the former queue first, and stop. */
static void ok_reverse(unsigned first, unsigned step, const char *name)
{
    unsigned want = first;

    while (running(&f) > 0) {
        tap_is((unsigned)running(&f), want, "%s: thread %u", name, want);
        want -= step;
        tcb_suspend(&f, (unsigned)running(&f));
    }
    tap_is(want, first % 2 ? (step == 2 ? UINT32_MAX : 0) : 0,
           "%s: that was the last", name);
}

static uint64_t revoke_once(void)
{
    return invoke_call(&f, FIX_ROOT, LABEL_CNODE_REVOKE, 2,
                       (uint64_t[]){ENDPOINT, 64}, 0, NULL);
}

static void delete_endpoint(bool interrupted)
{
    make_objects();
    block_all(SYSCALL_SEND, true);
    revoke_once();
    ok_state(&f, 1, THREAD_BLOCKED_ON_SEND, "a copy's deletion wakes nobody");
    f.hosted->machine.preempt_always = interrupted;
    f.once = true;
    delete_by_call(&f, ENDPOINT);
    if (interrupted) {
        tap_is(reg_of(&f, 1)[REG_NEXT_IP], reg_of(&f, 1)[REG_FAULT_IP],
               "one after each interrupt, to make its call again");
        ok_state(&f, 2, THREAD_BLOCKED_ON_SEND, "the next still waits");
        tap_is(fixture_cap(&f, ENDPOINT).rights, 0, "nobody can come back");
        ok_running(&f, 1, "whoever was woken runs");
        sys(&f, SYSCALL_SEND, ENDPOINT, 0);
        ok_running(&f, 1, "and finds a capability without rights");
        tcb_suspend(&f, 1);
        ok_running(&f, 0, "the deletion goes on");
        for (unsigned n = 2; n <= MEMBERS; n++) {
            sys(&f, SYSCALL_CALL, reg_of(&f, 0)[REG_CAP],
                reg_of(&f, 0)[REG_INFO]);
            ok_running(&f, (int)n, "thread by thread");
            tcb_suspend(&f, n);
        }
        tap_is(fixture_type(&f, ENDPOINT), CAP_NULL, "to its end");
    } else {
        tap_is(fixture_type(&f, ENDPOINT), CAP_NULL, "deleted at once");
        ok_reverse(MEMBERS, 1, "endpoint");
    }
    f.once = false;
    f.hosted->machine.preempt_always = false;
    delete_by_call(&f, NOTIFICATION);
}

static void delete_notification(bool interrupted)
{
    make_objects();
    block_all(SYSCALL_RECV, false);
    f.hosted->machine.preempt_always = interrupted;
    f.once = true;
    delete_by_call(&f, NOTIFICATION);
    if (interrupted) {
        for (unsigned n = 1; n <= MEMBERS; n++) {
            ok_running(&f, (int)n, "thread by thread");
            tcb_suspend(&f, n);
            if (n < MEMBERS)
                sys(&f, SYSCALL_CALL, reg_of(&f, 0)[REG_CAP],
                    reg_of(&f, 0)[REG_INFO]);
        }
    } else {
        ok_reverse(MEMBERS, 1, "notification");
    }
    tap_is(fixture_type(&f, NOTIFICATION), CAP_NULL, "deleted");
    f.once = false;
    f.hosted->machine.preempt_always = false;
    revoke_once();
    delete_by_call(&f, ENDPOINT);
}

/* The last capability lies in a CNode that is deleted. */
static void delete_inside_cnode(void)
{
    make_objects();
    block_all(SYSCALL_SEND, true);
    revoke_once();
    cnode_move_at(&f, inside(CNODE, 4, 5),
                  (struct place){FIX_ROOT, ENDPOINT, 64});
    f.hosted->machine.preempt_always = true;
    f.once = true;
    delete_by_call(&f, CNODE);
    for (unsigned i = 0; fixture_type(&f, CNODE) != CAP_NULL && i < 100; i++) {
        while (running(&f) > 0)
            tcb_suspend(&f, (unsigned)running(&f));
        sys(&f, SYSCALL_CALL, reg_of(&f, 0)[REG_CAP], reg_of(&f, 0)[REG_INFO]);
    }
    tap_is(fixture_type(&f, CNODE), CAP_NULL, "a CNode with the endpoint");
    while (running(&f) > 0)
        tcb_suspend(&f, (unsigned)running(&f));
    for (unsigned n = 1; n <= MEMBERS; n++)
        ok_state(&f, n, THREAD_INACTIVE, "its members were woken");
    f.once = false;
    f.hosted->machine.preempt_always = false;
    delete_by_call(&f, NOTIFICATION);
    retype(&f, FIX_UT, OBJECT_CNODE, 4, CNODE, 1);
}

static uint64_t cancel(uint64_t slot)
{
    return invoke_call(&f, FIX_ROOT, LABEL_CNODE_CANCEL_BADGED_SENDS, 2,
                       (uint64_t[]){slot, 64}, 0, NULL);
}

static void cancel_badged(void)
{
    make_objects();
    block_all(SYSCALL_SEND, true);
    tap_is(cancel(ENDPOINT), ERROR_NONE, "badge 0 is nobody's");
    ok_running(&f, 0, "and wakes nobody");
    f.once = true;
    cancel(ODD);
    f.once = false;
    ok_reverse(MEMBERS - 1, 2, "odd badge");
    ok_state(&f, 2, THREAD_BLOCKED_ON_SEND, "the even ones wait");
    for (unsigned n = 2; n <= MEMBERS; n += 2) {
        sys(&f, SYSCALL_NB_RECV, ENDPOINT, 0);
        ok_running(&f, (int)n, "in their order");
        tcb_suspend(&f, n);
    }
}

/* Interrupted after each thread; whoever comes back meanwhile stays. */
static void cancel_interrupted(void)
{
    unsigned calls = 0, woken = 0;

    block_all(SYSCALL_SEND, true);
    f.hosted->machine.preempt_always = true;
    f.once = true;
    cancel(ODD);
    for (;;) {
        calls++;
        while (running(&f) > 0) {
            woken++;
            sys(&f, SYSCALL_SEND, ODD, 0);
        }
        if (reg_of(&f, 0)[REG_NEXT_IP] != reg_of(&f, 0)[REG_FAULT_IP])
            break;
        if (calls > 100)
            break;
        sys(&f, SYSCALL_CALL, reg_of(&f, 0)[REG_CAP], reg_of(&f, 0)[REG_INFO]);
    }
    f.hosted->machine.preempt_always = false;
    f.once = false;
    tap_is(calls, MEMBERS, "one thread after each interrupt");
    tap_is(woken, MEMBERS / 2, "each was woken once");
    for (unsigned n = 1; n <= MEMBERS; n++)
        ok_state(&f, n, THREAD_BLOCKED_ON_SEND, "and came back");
    for (unsigned i = 0; i < MEMBERS; i++) {
        static const unsigned order[MEMBERS] = {2, 4, 6, 8, 1, 3, 5, 7};

        sys(&f, SYSCALL_NB_RECV, ENDPOINT, 0);
        ok_running(&f, (int)order[i], "at the tail");
        tcb_suspend(&f, order[i]);
    }
}

/* The thread at which the scan rests, and the one where it ends, leave. */
static void cancel_and_leave(void)
{
    block_all(SYSCALL_SEND, true);
    f.hosted->machine.preempt_in = 2;
    f.once = true;
    cancel(EVEN); /* 1 looked at, 2 woken, interrupted: rests at 3 */
    f.once = false;
    ok_running(&f, 2, "thread 2 was woken");
    tcb_suspend(&f, 3);
    tcb_suspend(&f, 8);
    tcb_suspend(&f, 7);
    tcb_suspend(&f, 2);
    f.hosted->machine.preempt_in = 0;
    sys(&f, SYSCALL_CALL, reg_of(&f, 0)[REG_CAP], reg_of(&f, 0)[REG_INFO]);
    ok_running(&f, 6, "the scan goes on with those that are left");
    tcb_suspend(&f, 6);
    tcb_suspend(&f, 4);
    ok_running(&f, 0, "and ends");
    for (unsigned n = 1; n <= 5; n += 4) {
        ok_state(&f, n, THREAD_BLOCKED_ON_SEND, "another badge waits");
        tcb_suspend(&f, n);
    }
}

int main(void)
{
    setup();
    delete_endpoint(false);
    delete_endpoint(true);
    delete_notification(false);
    delete_notification(true);
    delete_inside_cnode();
    cancel_badged();
    cancel_interrupted();
    cancel_and_leave();
    fixture_done(&f);
    return tap_done();
}
