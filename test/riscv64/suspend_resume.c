/* SPDX-License-Identifier: BSD-2-Clause */
/* Suspend and Resume in each state of a thread (sel4-abi.md 4.6): running,
 * waiting to send, to receive, for a reply, for a signal, with a fault. */
#include "peer.h"

#define SEND  ((seL4_Word)seL4_SysSend)
#define CALL  ((seL4_Word)seL4_SysCall)
#define RECV  ((seL4_Word)seL4_SysRecv)
#define REPLY ((seL4_Word)seL4_SysReply)

static struct peer p, server;
static struct task spinner;
static seL4_CPtr endpoint, note;
static volatile seL4_Word spins;

static const seL4_Word words[4] = {0x11};

static void go(struct peer *who, seL4_Word number, seL4_CPtr cptr)
{
    peer_sys(who, number, cptr, peer_info(1, 0, 1), words);
    peers_run();
}

static void suspend_and_run(void)
{
    seL4_TCB_Suspend(p.tcb);
    peers_run();
}

static void resume_and_run(void)
{
    seL4_TCB_Resume(p.tcb);
    peers_run();
}

static void test_sending(void)
{
    go(&p, SEND, endpoint);
    suspend_and_run();
    go(&server, RECV, endpoint);
    peer_expect_waiting(&server, "a suspended sender is not received");
    resume_and_run();
    peer_expect(&server, 0, peer_info(1, 0, 1), 0x11, "resumed, it sends");
    tap_ok(peer_is_back_whole(&p), "and goes on");
    go(&p, SEND, endpoint);
    resume_and_run();
    peer_expect_waiting(&p, "resumed while it waits, it waits again");
    go(&server, RECV, endpoint);
    peer_expect(&server, 0, peer_info(1, 0, 1), 0x11, "sends once");
    go(&server, (seL4_Word)seL4_SysNBRecv, endpoint);
    tap_ok(peer_is_back(&server) && server.r.a0 == 0 &&
               server.r.a1 == server.in.a1,
           "and not twice");
}

static void test_receiving(void)
{
    go(&p, RECV, endpoint);
    suspend_and_run();
    go(&server, (seL4_Word)seL4_SysNBSend, endpoint);
    tap_ok(peer_is_back(&server), "a message to a suspended receiver is lost");
    resume_and_run();
    peer_expect_waiting(&p, "resumed, it receives");
    go(&server, (seL4_Word)seL4_SysNBSend, endpoint);
    peer_expect(&p, 0, peer_info(1, 0, 1), 0x11, "the next one");
}

static void test_calling(void)
{
    go(&server, RECV, endpoint);
    go(&p, CALL, endpoint);
    suspend_and_run();
    go(&server, REPLY, 0);
    peer_expect_waiting(&p, "a reply to a suspended caller is lost");
    go(&server, RECV, endpoint);
    resume_and_run();
    peer_expect(&server, 0, peer_info(1, 0, 1), 0x11,
                "resumed, it calls again");
    resume_and_run();
    go(&server, REPLY, 0);
    peer_expect_waiting(&p, "resumed while it waits for the reply, as well");
    go(&server, RECV, endpoint);
    peer_expect(&server, 0, peer_info(1, 0, 1), 0x11, "it has called anew");
    go(&server, REPLY, 0);
    peer_expect(&p, 0, peer_info(1, 0, 1), 0x11, "and is answered");
}

static void test_waiting(void)
{
    go(&p, RECV, note);
    suspend_and_run();
    seL4_Signal(note);
    peers_run();
    peer_expect_waiting(&p, "a signal does not wake a suspended thread");
    resume_and_run();
    tap_ok(peer_is_back_whole(&p), "which finds it when it is resumed");
}

static void test_faulted(void)
{
    seL4_Word badge = 0;

    seL4_TCB_SetSpace(p.tcb, endpoint, TASK_ROOT, 0, TASK_VSPACE, 0);
    go(&p, RECV, 0);
    suspend_and_run();
    badge = ~0ul;
    seL4_NBRecv(endpoint, &badge);
    tap_ok(badge == 0, "a fault that waits goes with its thread");
    resume_and_run();
    tap_is(seL4_MessageInfo_get_label(seL4_NBRecv(endpoint, &badge)),
           seL4_Fault_CapFault, "resumed, it faults again");
    suspend_and_run();
    seL4_Reply(seL4_MessageInfo_new(0, 0, 0, 0));
    peers_run();
    peer_expect_waiting(&p, "a reply to who was suspended is lost");
    resume_and_run();
    tap_is(seL4_MessageInfo_get_label(seL4_NBRecv(endpoint, &badge)),
           seL4_Fault_CapFault, "resumed, it faults a third time");
    seL4_TCB_Suspend(p.tcb);
}

static void spin(seL4_Word unused)
{
    (void)unused;
    for (;;)
        spins++;
}

/* Lets it run for a while: its count grows, or not. */
static seL4_Word spun(void)
{
    seL4_Word end = task_time() + 300000; /* 30 ms: three time slices */
    seL4_Word before = spins;

    while (task_time() < end)
        seL4_Yield();
    return spins - before;
}

static void test_running(void)
{
    seL4_UserContext before, after;

    task_create(&spinner, TASK_VSPACE, 0);
    tap_is(spun(), 0, "an inactive thread does not run");
    task_start(&spinner, spin, 0);
    tap_ok(spun() > 0, "a ready one does");
    seL4_TCB_Suspend(spinner.tcb);
    tap_is(spun(), 0, "suspended, it does not");
    seL4_TCB_ReadRegisters(spinner.tcb, 1, 0, 32, &before);
    seL4_TCB_Suspend(spinner.tcb);
    seL4_TCB_ReadRegisters(spinner.tcb, 0, 0, 32, &after);
    tap_is(after.pc, before.pc, "suspended twice, it is where it was");
    seL4_TCB_Resume(spinner.tcb);
    tap_ok(spun() > 0, "resumed, it goes on");
    seL4_TCB_Resume(spinner.tcb);
    tap_ok(spun() > 0, "resumed while it runs, too");
    seL4_TCB_Suspend(spinner.tcb);
}

/* A thread suspends itself: resumed, it does so again (4.6). */
static void test_itself(void)
{
    peer_sys(&p, CALL, p.tcb, peer_info(TCBSuspend, 0, 0), words);
    peers_run();
    peer_expect_waiting(&p, "a thread that suspends itself stops");
    resume_and_run();
    peer_expect_waiting(&p, "resumed, it suspends itself again");
    go(&p, REPLY, 0);
    tap_ok(peer_is_back(&p), "from outside it can be sent elsewhere");
}

int main(void)
{
    endpoint = task_object(seL4_EndpointObject, 0);
    note = task_object(seL4_NotificationObject, 0);
    peer_create(&p, 100);
    peer_create(&server, 101);
    test_itself();
    test_sending();
    test_receiving();
    test_calling();
    test_waiting();
    test_faulted();
    test_running();
    return tap_done();
}
