/* SPDX-License-Identifier: BSD-2-Clause */
/* 256 priorities, strictly; and the maximum controlled priority, which bounds
 * what a thread may give (sel4-abi.md 4.6, 8.1, 8.4). */
#include "peer.h"

#define PEERS 253u /* 2 .. 254 */

static struct peer peers[PEERS];
static struct task lowest;
static volatile seL4_Word lowest_ran;
static seL4_CPtr done;

static void run_once(seL4_Word unused)
{
    (void)unused;
    lowest_ran++;
    seL4_Signal(done);
    for (;;)
        seL4_Yield();
}

/* Priority 0 runs when nobody else wants to. */
static void test_lowest(void)
{
    task_create(&lowest, TASK_VSPACE, 255);
    task_start(&lowest, run_once, 0);
    for (int i = 0; i < 1000; i++)
        seL4_Yield();
    tap_is(lowest_ran, 0, "priority 0 does not run while 255 is ready");
    seL4_Wait(done, NULL);
    tap_is(lowest_ran, 1, "and runs when that waits");
    seL4_TCB_Suspend(lowest.tcb);
}

/* Peer i gets the priority of its place in a scattered order. */
static seL4_Word priority_of(seL4_Word i)
{
    return 2 + i * 101 % PEERS;
}

static void test_order(seL4_Word (*priority)(seL4_Word), const char *name)
{
    seL4_Word wrong = 0, last = 256;

    for (seL4_Word i = 0; i < PEERS; i++)
        peer_sys(&peers[i], (seL4_Word)seL4_SysYield, 0, 0, NULL);
    peers_forget_order();
    peers_run();
    for (seL4_Word i = 0; i < PEERS; i++) {
        seL4_Word number = peers_order(i);
        seL4_Word now = number ? priority(number - 1) : 0;

        wrong += now >= last;
        last = now;
    }
    tap_is(wrong, 0, "%s", name);
    tap_is(peers_order(PEERS), 0, "each of them once");
}

static seL4_Word reversed(seL4_Word i)
{
    return 256 - priority_of(i);
}

static void test_controlled(void)
{
    struct peer *p = &peers[0];

    tap_is(seL4_TCB_SetPriority(p->tcb, p->tcb, 1), seL4_RangeError,
           "a thread whose maximum is 0 gives no priority 1");
    tap_ok(seL4_GetMR(0) == 0 && seL4_GetMR(1) == 0, "but 0 to 0");
    tap_is(seL4_TCB_SetPriority(p->tcb, p->tcb, 0), seL4_NoError, "0 it does");
    tap_is(seL4_TCB_SetMCPriority(p->tcb, seL4_CapInitThreadTCB, 17),
           seL4_NoError, "its maximum is set to 17");
    tap_is(seL4_TCB_SetPriority(peers[1].tcb, p->tcb, 17), seL4_NoError,
           "then it gives up to 17");
    tap_is(seL4_TCB_SetPriority(peers[1].tcb, p->tcb, 18), seL4_RangeError,
           "and not 18");
    tap_is(seL4_GetMR(1), 17, "the error names the maximum");
    tap_is(seL4_TCB_SetMCPriority(p->tcb, p->tcb, 18), seL4_RangeError,
           "nor a maximum of 18, to itself");
    tap_is(seL4_TCB_SetMCPriority(p->tcb, p->tcb, 16), seL4_NoError,
           "but one of 16");
    tap_is(seL4_TCB_SetMCPriority(p->tcb, p->tcb, 17), seL4_RangeError,
           "and cannot go back");
    tap_is(seL4_TCB_SetSchedParams(p->tcb, seL4_CapInitThreadTCB, 9, 200),
           seL4_NoError, "a priority may exceed the thread's own maximum");
    tap_is(seL4_TCB_SetSchedParams(peers[1].tcb, p->tcb, 10, 9),
           seL4_RangeError, "SetSchedParams checks the maximum");
    tap_is(seL4_TCB_SetSchedParams(peers[1].tcb, p->tcb, 9, 10),
           seL4_RangeError, "and the priority");
    tap_is(seL4_TCB_SetPriority(p->tcb, seL4_CapInitThreadTCB, 256),
           seL4_RangeError, "there is no priority 256");
    tap_is(seL4_GetMR(1), 255, "but 255");
}

int main(void)
{
    done = task_object(seL4_NotificationObject, 0);
    test_lowest();
    for (seL4_Word i = 0; i < PEERS; i++)
        peer_create(&peers[i], priority_of(i));
    test_order(priority_of, "253 priorities run from the highest down");
    for (seL4_Word i = 0; i < PEERS; i++)
        seL4_TCB_SetPriority(peers[i].tcb, seL4_CapInitThreadTCB, reversed(i));
    test_order(reversed, "and reversed");
    test_controlled();
    return tap_done();
}
