/* SPDX-License-Identifier: BSD-2-Clause */
/* Notifications: signals, waiting, polling, and a thread bound to one. */
#include "threads.h"

#include <string.h>

enum { NOTIFICATION = FREE, ONE, TWO, WAIT_ONLY, SIGNAL_ONLY, ENDPOINT, OTHER };

static struct fixture f;

static void setup(void)
{
    threads_start(&f);
    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, NOTIFICATION, 1);
    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, OTHER, 1);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    cnode_mint(&f, ONE, NOTIFICATION, CAP_RIGHTS_ALL, 1);
    cnode_mint(&f, TWO, NOTIFICATION, CAP_RIGHTS_ALL, 0x8000000000000002);
    cnode_copy(&f, WAIT_ONLY, NOTIFICATION, CAP_READ);
    cnode_copy(&f, SIGNAL_ONLY, NOTIFICATION, CAP_WRITE);
    thread_make_ready(&f, 1, 255);
    thread_make_ready(&f, 2, 255);
}

/* The five registers after the badge, filled with something to be kept. */
static void mark(unsigned n)
{
    for (unsigned i = 0; i < 4; i++)
        reg_of(&f, n)[REG_MR0 + i] = 0x70 + i;
}

static void ok_only_badge(unsigned n, uint64_t badge, uint64_t info,
                          const char *name)
{
    ok_message(&f, n, name, badge, info, 0x70, 0x71, 0x72, 0x73);
}

static void poll(void)
{
    mark(0);
    sys(&f, SYSCALL_NB_RECV, NOTIFICATION, 0x33);
    ok_only_badge(0, 0, 0x33, "poll an idle one: badge 0, no more");
    sys(&f, SYSCALL_SEND, ONE, 0x44);
    ok_only_badge(0, ONE, 0x44, "a signal changes nothing of the sender");
    sys(&f, SYSCALL_NB_SEND, TWO, 0x44);
    sys(&f, SYSCALL_NB_RECV, WAIT_ONLY, 0x33);
    ok_only_badge(0, 0x8000000000000003, 0x33, "badges add up");
    sys(&f, SYSCALL_NB_RECV, WAIT_ONLY, 0x33);
    ok_only_badge(0, 0, 0x33, "and are taken once");
    sys(&f, SYSCALL_SEND, SIGNAL_ONLY, 0);
    sys(&f, SYSCALL_RECV, NOTIFICATION, 0x34);
    ok_only_badge(0, 0, 0x34, "badge 0 makes it active, too");
    ok_running(&f, 0, "so that Recv did not block");
    sys(&f, SYSCALL_CALL, ONE, ipc_info(4, 0, 0, 2));
    ok_only_badge(0, 0, 0, "a Call gets the empty success");
    sys(&f, SYSCALL_CALL, WAIT_ONLY, 0);
    ok_message(&f, 0, "but not without Write", 0, ipc_info(2, 0, 0, 1), 0);
    sys(&f, SYSCALL_NB_RECV, NOTIFICATION, 0);
}

/* Threads 0, 1 and 2 have one priority.  Whoever is woken goes to the tail. */
static void wait_in_order(void)
{
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 2, "the last resumed is the first to run");
    mark(2);
    sys(&f, SYSCALL_RECV, NOTIFICATION, 0x22);
    ok_running(&f, 1, "then the first");
    mark(1);
    sys(&f, SYSCALL_RECV, WAIT_ONLY, 0x11);
    ok_running(&f, 0, "both wait");
    sys(&f, SYSCALL_SEND, ONE, 0);
    sys(&f, SYSCALL_SEND, TWO, 0);
    ok_running(&f, 0, "no switch between equals");
    ok_state(&f, 2, THREAD_RUNNING, "both are ready");
    ok_only_badge(2, 1, 0x22, "first come");
    ok_only_badge(1, 0x8000000000000002, 0x11, "first served");
    sys(&f, SYSCALL_NB_RECV, NOTIFICATION, 0);
    tap_is(reg_of(&f, 0)[REG_CAP], 0, "nothing is left");
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 2, "in that order");
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 1, "too");
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 0, "back");
}

static uint64_t bind(unsigned n, uint64_t notification)
{
    return invoke_call(&f, THREADS + n, LABEL_TCB_BIND_NOTIFICATION, 0, NULL, 1,
                       &notification);
}

static void bound(void)
{
    tap_is(bind(1, WAIT_ONLY), ERROR_NONE, "bind");
    mark(0);
    sys(&f, SYSCALL_NB_RECV, NOTIFICATION, 5);
    ok_state(&f, 0, THREAD_INACTIVE, "receiving what is bound to another");
    f.hosted->machine.died = 0;
    tcb_resume(&f, 0);
    while (running(&f) != 1)
        sys(&f, SYSCALL_YIELD, 0, 0);
    mark(1);
    sys(&f, SYSCALL_RECV, ENDPOINT, 0x66);
    ok_state(&f, 1, THREAD_BLOCKED_ON_RECEIVE, "bound and receiving");
    sys(&f, SYSCALL_SEND, ONE, 0);
    ok_only_badge(1, 1, 0x66, "a signal ends a Recv on an endpoint");
    ok_state(&f, 1, THREAD_RUNNING, "and wakes");
    while (running(&f) != 1)
        sys(&f, SYSCALL_YIELD, 0, 0);
    sys(&f, SYSCALL_SEND, TWO, 0);
    mark(1);
    sys(&f, SYSCALL_NB_RECV, ENDPOINT, 0x67);
    ok_only_badge(1, 0x8000000000000002, 0x67,
                  "an active one comes before the endpoint");
    sys(&f, SYSCALL_RECV, NOTIFICATION, 0x68);
    ok_state(&f, 1, THREAD_BLOCKED_ON_NOTIFICATION, "it may wait directly");
    sys(&f, SYSCALL_SEND, ONE, 0);
    ok_only_badge(1, 1, 0x68, "and gets its signal");
}

/* Not in Recv on an endpoint: the signal stays. */
static void bound_elsewhere(void)
{
    while (running(&f) != 1)
        sys(&f, SYSCALL_YIELD, 0, 0);
    sys(&f, SYSCALL_SEND, ENDPOINT, 0);
    ok_state(&f, 1, THREAD_BLOCKED_ON_SEND, "bound and sending");
    sys(&f, SYSCALL_SEND, ONE, 0);
    ok_state(&f, 1, THREAD_BLOCKED_ON_SEND, "a signal does not end a Send");
    while (running(&f) != 2)
        sys(&f, SYSCALL_YIELD, 0, 0);
    sys(&f, SYSCALL_NB_RECV, ENDPOINT, 0);
    while (running(&f) != 1)
        sys(&f, SYSCALL_YIELD, 0, 0);
    mark(1);
    sys(&f, SYSCALL_RECV, ENDPOINT, 0x69);
    ok_only_badge(1, 1, 0x69, "it is there afterwards");
}

static void unbind_and_delete(void)
{
    tap_is(invoke_call(&f, THREADS + 1, LABEL_TCB_UNBIND_NOTIFICATION, 0, NULL,
                       0, NULL),
           ERROR_NONE, "unbind");
    tap_is(bind(1, NOTIFICATION), ERROR_NONE, "bind again");
    tap_is(bind(2, OTHER), ERROR_NONE, "and another");
    delete_by_call(&f, OTHER);
    tap_is(thread_of(&f, 2)->notification, 0, "deletion unbinds");
    while (running(&f) != 2)
        sys(&f, SYSCALL_YIELD, 0, 0);
    delete_by_call(&f, THREADS + 1);
    tap_is(notification_bound(f.k, fixture_cap(&f, NOTIFICATION).base), 0,
           "so does the deletion of the thread");
    tap_is(bind(2, NOTIFICATION), ERROR_NONE, "which leaves it free");
}

int main(void)
{
    setup();
    poll();
    wait_in_order();
    bound();
    bound_elsewhere();
    unbind_and_delete();
    fixture_done(&f);
    return tap_done();
}
