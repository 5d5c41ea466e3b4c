/* SPDX-License-Identifier: BSD-2-Clause */
/* Who runs next: the queueing rules of sel4-abi.md 8.3, one by one. */
#include "threads.h"

enum { ENDPOINT = FREE, ENDPOINT2, NOTIFICATION, NOTIFICATION2 };

static struct fixture f;

static void begin(void)
{
    threads_start(&f);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT2, 1);
    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, NOTIFICATION, 1);
    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, NOTIFICATION2, 1);
}

static void end(void)
{
    fixture_done(&f);
}

/* Blocks the current thread for good. */
static void stop(void)
{
    sys(&f, SYSCALL_RECV, ENDPOINT2, 0);
}

/* Threads run in the order given as each blocks; -1: idle at the end. */
static void ok_order(const char *name, const int *order)
{
    for (;; order++) {
        ok_running(&f, *order, name);
        if (*order < 0)
            return;
        stop();
    }
}

#define ORDER(name, ...) ok_order(name, (const int[]){__VA_ARGS__, -1})

static void resume_three(void)
{
    begin();
    for (unsigned n = 1; n <= 3; n++)
        thread_make_ready(&f, n, 255);
    ok_running(&f, 0, "resuming equals does not switch");
    ORDER("the last resumed runs first", 0, 3, 2, 1);
    end();
}

static void resume_higher_and_lower(void)
{
    begin();
    tcb_set_priority(&f, 0, 100);
    thread_make(&f, 1, 99);
    thread_make(&f, 2, 101);
    tcb_resume(&f, 1);
    ok_running(&f, 0, "a lower one waits");
    tcb_resume(&f, 2);
    ok_running(&f, 2, "a higher one runs at once");
    ORDER("strictly by priority", 2, 0, 1);
    end();
}

static void yield(void)
{
    begin();
    thread_make_ready(&f, 1, 255);
    thread_make_ready(&f, 2, 255);
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 2, "Yield: to the head of the queue");
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 1, "the one who yielded is at the tail");
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 0, "round");
    tcb_set_priority(&f, 1, 254);
    tcb_set_priority(&f, 2, 254);
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 0, "nobody else of this priority");
    end();
}

/* Threads 3, 2 and 1 wait: the first for the one notification, the others, in
 * this order, for the other. */
static void wait_all(void)
{
    sys(&f, SYSCALL_YIELD, 0, 0);
    while (running(&f) != 0)
        sys(&f, SYSCALL_RECV, running(&f) == 3 ? NOTIFICATION : NOTIFICATION2,
            0);
}

static void signals(void)
{
    begin();
    thread_make_ready(&f, 1, 255);
    thread_make_ready(&f, 2, 255);
    thread_make_ready(&f, 3, 255);
    wait_all();
    sys(&f, SYSCALL_SEND, NOTIFICATION, 0);
    sys(&f, SYSCALL_SEND, NOTIFICATION2, 0);
    sys(&f, SYSCALL_SEND, NOTIFICATION2, 0);
    ORDER("equal candidates go to the tail", 0, 3, 2, 1);
    end();
}

static void signal_lower(void)
{
    begin();
    thread_make_ready(&f, 1, 255);
    thread_make_ready(&f, 2, 255);
    thread_make_ready(&f, 3, 255);
    wait_all();
    for (unsigned n = 1; n <= 3; n++)
        tcb_set_priority(&f, n, 200);
    sys(&f, SYSCALL_SEND, NOTIFICATION, 0);
    sys(&f, SYSCALL_SEND, NOTIFICATION2, 0);
    sys(&f, SYSCALL_SEND, NOTIFICATION2, 0);
    ok_running(&f, 0, "a higher current one goes on");
    ORDER("lower candidates go to the head", 0, 1, 2, 3);
    end();
}

/* The current thread blocks in the entry that wakes the candidate. */
static void call_beats_queue(void)
{
    begin();
    thread_make_ready(&f, 1, 255);
    sys(&f, SYSCALL_YIELD, 0, 0);
    sys(&f, SYSCALL_RECV, ENDPOINT, 0);
    thread_make_ready(&f, 2, 255);
    ok_running(&f, 0, "thread 2 is ready, the server waits");
    sys(&f, SYSCALL_CALL, ENDPOINT, 0);
    ok_running(&f, 1, "a Call runs the server before equals in the queue");
    sys(&f, SYSCALL_REPLY_RECV, ENDPOINT, 0);
    ok_running(&f, 0, "and ReplyRecv the caller");
    end();
}

static void call_to_lower_server(void)
{
    begin();
    thread_make_ready(&f, 1, 255);
    sys(&f, SYSCALL_YIELD, 0, 0);
    sys(&f, SYSCALL_RECV, ENDPOINT, 0);
    tcb_set_priority(&f, 1, 50);
    thread_make_ready(&f, 2, 50);
    thread_make_ready(&f, 3, 51);
    sys(&f, SYSCALL_CALL, ENDPOINT, 0);
    ok_running(&f, 3, "somebody higher is ready: no direct switch");
    stop();
    ok_running(&f, 1, "the server is at the head of its queue");
    tcb_suspend(&f, 2);
    sys(&f, SYSCALL_REPLY_RECV, ENDPOINT, 0);
    ok_running(&f, 0, "the caller is the highest");
    thread_make_ready(&f, 4, 50);
    sys(&f, SYSCALL_CALL, ENDPOINT, 0);
    ok_running(&f, 1, "equal to the highest ready one: a direct switch");
    end();
}

/* One entry wakes two: a Reply and, with it, nobody; deletion wakes many. */
static void two_in_one_entry(void)
{
    begin();
    for (unsigned n = 1; n <= 3; n++)
        thread_make_ready(&f, n, 255);
    sys(&f, SYSCALL_YIELD, 0, 0);
    while (running(&f) != 0)
        sys(&f, SYSCALL_SEND, ENDPOINT, 0); /* 3, 2, 1 */
    delete_by_call(&f, ENDPOINT);
    ok_running(&f, 0, "who deletes goes on: it is put at the head last");
    ORDER("the last in the endpoint's queue is the first to run", 0, 1, 2, 3);
    end();
}

static void priorities(void)
{
    begin();
    thread_make_ready(&f, 1, 255);
    thread_make_ready(&f, 2, 255);
    tcb_set_priority(&f, 0, 254);
    ok_running(&f, 2, "lowering oneself: the best ready one runs");
    tcb_set_priority(&f, 2, 254);
    ok_running(&f, 1, "again");
    tcb_set_priority(&f, 1, 254);
    ok_running(&f, 1, "back among equals: at the head");
    tcb_set_priority(&f, 0, 254);
    ok_running(&f, 1, "setting another's to the same does not switch");
    tcb_set_priority(&f, 2, 255);
    ok_running(&f, 2, "raising another switches");
    ok_state(&f, 1, THREAD_RUNNING, "the former is ready");
    ORDER("it is at the head of its queue", 2, 1, 0);
    end();
}

static void idle(void)
{
    begin();
    thread_make_ready(&f, 1, 255);
    stop();
    ok_running(&f, 1, "thread 1");
    sys(&f, SYSCALL_RECV, NOTIFICATION, 0);
    ok_running(&f, -1, "idle");
    tap_is(f.hosted->machine.running, 0, "the machine knows");
    tap_is(f.hosted->machine.space_root, 0, "in the kernel's own space");
    notification_signal(f.k, fixture_cap(&f, NOTIFICATION).base, 1);
    sched_finish(f.k);
    threads_check(&f, "a signal");
    ok_running(&f, 1, "woken from idle");
    tap_is(f.hosted->machine.space_root, fixture_cap(&f, FIX_VSPACE).base,
           "in its address space");
    tap_is(f.hosted->machine.space_asid, 1, "with its ASID");
    end();
}

static void suspend_in_queue(void)
{
    begin();
    for (unsigned n = 1; n <= 4; n++)
        thread_make_ready(&f, n, 255);
    tcb_suspend(&f, 4);
    tcb_suspend(&f, 2);
    tcb_suspend(&f, 1);
    tcb_resume(&f, 2);
    ORDER("suspended threads leave head, middle and tail", 0, 2, 3);
    end();
}

int main(void)
{
    resume_three();
    resume_higher_and_lower();
    yield();
    signals();
    signal_lower();
    call_beats_queue();
    call_to_lower_server();
    two_in_one_entry();
    priorities();
    idle();
    suspend_in_queue();
    return tap_done();
}
