/* SPDX-License-Identifier: BSD-2-Clause */
/* Notifications: signals, waiting, polling, badges; and bound ones, which
 * reach a thread that waits on an endpoint (sel4-abi.md 1.3, 2.4). */
#include "peer.h"

#define SEND   ((seL4_Word)seL4_SysSend)
#define CALL   ((seL4_Word)seL4_SysCall)
#define RECV   ((seL4_Word)seL4_SysRecv)
#define NBRECV ((seL4_Word)seL4_SysNBRecv)

static struct peer one, two, three;
static seL4_CPtr note, bit[3], endpoint;

static const seL4_Word words[4] = {0x11, 0x22, 0x33, 0x44};

static void go(struct peer *p, seL4_Word number, seL4_CPtr cptr)
{
    peer_sys(p, number, cptr, 0x55, words);
    peers_run();
}

/* It came back with this badge, and all other registers as they were. */
static void receives(struct peer *p, seL4_Word badge, const char *name)
{
    bool back = peer_is_back_whole(p);

    if (!tap_ok(back && p->r.a0 == badge && p->r.a1 == p->in.a1 &&
                    p->r.a2 == 0x11 && p->r.a3 == 0x22 && p->r.a4 == 0x33 &&
                    p->r.a5 == 0x44,
                "%s", name))
        tap_diag("  %s, a0 0x%lx", back ? "back" : "waits", p->r.a0);
}

static void test_plain(void)
{
    go(&one, NBRECV, note);
    receives(&one, 0, "polling an idle one gives 0 and changes nothing else");
    seL4_Signal(bit[0]);
    seL4_Signal(bit[1]);
    seL4_Signal(bit[0]);
    go(&one, RECV, note);
    receives(&one, 0x5, "badges of signals are collected by OR");
    go(&one, NBRECV, note);
    receives(&one, 0, "and taken once");
    seL4_Signal(bit[1]);
    go(&one, NBRECV, note);
    receives(&one, 0x4, "polling takes them too");
    seL4_Signal(note);
    go(&one, RECV, note);
    receives(&one, 0, "a signal of badge 0 wakes as well");
}

static void test_queue(void)
{
    go(&two, RECV, note);
    go(&one, RECV, note);
    go(&three, RECV, note);
    peer_expect_waiting(&one, "without a signal one waits");
    peers_forget_order();
    seL4_Signal(bit[0]);
    seL4_Signal(bit[1]);
    peers_run();
    receives(&two, 0x1, "the first that waits gets the first badge");
    receives(&one, 0x4, "the second the second");
    peer_expect_waiting(&three, "the third waits");
    peers_expect_order("21", "in the order of priority they go on");
    go(&one, CALL, bit[2]);
    peer_expect(&one, 0, 0, 0x11, "Call to a notification signals");
    receives(&three, 0x8, "which wakes");
}

static void test_rights(void)
{
    seL4_CPtr write = peer_mint(note, seL4_CapRights_new(0, 0, 0, 1), 0x10);
    seL4_CPtr read = peer_mint(note, seL4_CapRights_new(0, 0, 1, 0), 0x20);

    go(&one, RECV, write);
    peer_expect_waiting(&one, "without Read, to wait is a fault");
    go(&one, CALL, read);
    peer_expect(&one, 0, peer_info(seL4_InvalidCapability, 0, 1), 0,
                "without Write, to signal is refused");
    seL4_Signal(write);
    go(&one, RECV, read);
    receives(&one, 0x10, "each has its right");
}

static void test_deletion(void)
{
    seL4_CPtr gone = task_object(seL4_NotificationObject, 0);

    go(&one, RECV, gone);
    go(&two, RECV, gone);
    tap_is(task_delete(gone), seL4_NoError, "one that is waited for goes");
    peers_run();
    peer_expect_waiting(&one, "who waited has faulted");
    peer_expect_waiting(&two, "each of them");
}

/* Bound to thread 1. */
static void test_bound(void)
{
    tap_is(seL4_TCB_BindNotification(one.tcb, note), seL4_NoError, "bound");
    go(&one, RECV, endpoint);
    seL4_Signal(bit[1]);
    peers_run();
    receives(&one, 0x4, "it ends the thread's wait on an endpoint");
    seL4_NBSend(endpoint, seL4_MessageInfo_new(0, 0, 0, 0));
    go(&one, NBRECV, endpoint);
    receives(&one, 0, "for which nobody waits any more");
    go(&two, SEND, endpoint);
    seL4_Signal(bit[0]);
    seL4_Signal(bit[2]);
    go(&one, RECV, endpoint);
    receives(&one, 0x9, "an active one comes before a message");
    peer_expect_waiting(&two, "whose sender waits on");
    go(&one, RECV, endpoint);
    tap_ok(peer_is_back(&one) && peer_is_back(&two), "and is received next");
    seL4_Signal(bit[0]);
    go(&one, NBRECV, endpoint);
    receives(&one, 0x1, "NBRecv takes it as well");
    go(&two, RECV, note);
    peer_expect_waiting(&two, "another thread that waits for it has faulted");
    go(&one, RECV, note);
    seL4_Signal(bit[1]);
    peers_run();
    receives(&one, 0x4, "the bound thread may wait for it directly");
}

/* Elsewhere a bound thread is not disturbed. */
static void test_elsewhere(void)
{
    seL4_CPtr second = task_object(seL4_NotificationObject, 0);

    go(&one, SEND, endpoint);
    seL4_Signal(bit[0]);
    peers_run();
    peer_expect_waiting(&one, "a thread that sends is not woken");
    go(&three, RECV, endpoint);
    tap_ok(peer_is_back(&one), "but by its receiver");
    go(&one, RECV, second);
    seL4_Signal(bit[1]);
    peers_run();
    peer_expect_waiting(&one, "nor is one that waits for another signal");
    seL4_Signal(second);
    peers_run();
    receives(&one, 0, "which it gets");
    go(&one, RECV, endpoint);
    receives(&one, 0x5, "then what was collected");
    go(&one, CALL, endpoint);
    go(&three, RECV, endpoint);
    seL4_Signal(bit[2]);
    peers_run();
    peer_expect_waiting(&one, "nor one that waits for a reply");
    go(&three, (seL4_Word)seL4_SysReply, 0);
    tap_ok(peer_is_back(&one), "which comes");
    go(&one, NBRECV, endpoint);
    receives(&one, 0x8, "and then the signal");
    tap_is(seL4_TCB_UnbindNotification(one.tcb), seL4_NoError, "unbound,");
    go(&one, RECV, endpoint);
    seL4_Signal(bit[0]);
    peers_run();
    peer_expect_waiting(&one, "it does not wake");
    go(&two, RECV, note);
    receives(&two, 0x1, "and anybody may wait for it");
}

static void test_ends(void)
{
    seL4_TCB_BindNotification(one.tcb, note);
    go(&one, RECV, endpoint);
    tap_is(task_delete(one.tcb), seL4_NoError, "a bound thread is deleted");
    tap_is(seL4_TCB_BindNotification(two.tcb, note), seL4_NoError,
           "and another can be bound");
    go(&two, RECV, endpoint);
    seL4_CNode_Revoke(TASK_ROOT, note, seL4_WordBits);
    task_delete(note);
    tap_is(seL4_TCB_UnbindNotification(two.tcb), seL4_IllegalOperation,
           "a notification that is deleted unbinds");
    go(&three, SEND, endpoint);
    tap_ok(peer_is_back(&two) && peer_is_back(&three),
           "and its thread receives as before");
}

int main(void)
{
    note = task_object(seL4_NotificationObject, 0);
    endpoint = task_object(seL4_EndpointObject, 0);
    for (seL4_Word i = 0; i < 3; i++)
        bit[i] = peer_mint(note, seL4_AllRights, i == 0 ? 1 : 2ul << i);
    peer_create(&one, 50);
    peer_create(&two, 70);
    peer_create(&three, 60);
    test_plain();
    test_queue();
    test_rights();
    test_deletion();
    test_bound();
    test_elsewhere();
    test_ends();
    return tap_done();
}
