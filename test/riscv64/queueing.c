/* SPDX-License-Identifier: BSD-2-Clause */
/* In which order threads of one priority run (sel4-abi.md 8.3); Yield. */
#include "peer.h"

#define SEND      ((seL4_Word)seL4_SysSend)
#define NBSEND    ((seL4_Word)seL4_SysNBSend)
#define CALL      ((seL4_Word)seL4_SysCall)
#define RECV      ((seL4_Word)seL4_SysRecv)
#define REPLY     ((seL4_Word)seL4_SysReply)
#define REPLYRECV ((seL4_Word)seL4_SysReplyRecv)
#define YIELD     ((seL4_Word)seL4_SysYield)

static struct peer one, two, three, low;
static struct peer *const all[] = {&one, &two, &three};
static seL4_CPtr endpoint, note;

static void resume_all(seL4_Word number, seL4_CPtr cptr)
{
    for (unsigned i = 0; i < 3; i++)
        peer_sys(all[i], number, cptr, 0, NULL);
    peers_forget_order();
    peers_run();
}

static void wait_one_by_one(seL4_Word number, seL4_CPtr cptr)
{
    for (unsigned i = 0; i < 3; i++) {
        peer_sys(all[i], number, cptr, 0, NULL);
        peers_run();
    }
    peers_forget_order();
}

static void test_resume(void)
{
    resume_all((seL4_Word)seL4_SysReply, 0);
    peers_expect_order("321", "three resumed run last first");
    resume_all(YIELD, 0);
    peers_expect_order("321", "Yield sends each to the tail");
}

/* They receive again, on nothing, and fault: by their faults' badges the order
 * in which they did. */
static void test_cancel_all(void)
{
    seL4_CPtr gone = task_object(seL4_EndpointObject, 0);
    seL4_Word badge = 0;

    for (unsigned i = 0; i < 3; i++)
        seL4_TCB_SetSpace(all[i]->tcb,
                          peer_mint(endpoint, seL4_AllRights, i + 1), TASK_ROOT,
                          0, TASK_VSPACE, 0);
    wait_one_by_one(RECV, gone);
    task_delete(gone);
    peers_run();
    for (unsigned i = 0; i < 3; i++) {
        seL4_NBRecv(endpoint, &badge);
        tap_is(badge, 3 - i, "who waited for what is deleted: last first");
    }
}

/* Each wakes while we are running, and the order in which they then run. */
static void test_signals(void)
{
    wait_one_by_one(RECV, note);
    for (unsigned i = 0; i < 3; i++)
        seL4_Signal(note);
    peers_run();
    peers_expect_order("321", "woken one after the other: last first");
}

/* `one' does something to `two', both of one priority. */
static void meet(seL4_Word number, const char *order, const char *name)
{
    peer_sys(&two, RECV, endpoint, 0, NULL);
    peers_run();
    peers_forget_order();
    peer_sys(&one, number, endpoint, 0, NULL);
    peers_run();
    peers_expect_order(order, name);
}

static void test_meetings(void)
{
    meet(SEND, "12", "Send to an equal does not switch");
    meet(NBSEND, "12", "nor NBSend");
    meet(CALL, "2", "Call blocks the caller and so the receiver runs");
    peer_sys(&two, REPLY, 0, 0, NULL);
    peers_run();
    peers_expect_order("21", "Reply to an equal does not switch");
    meet(CALL, "2", "Call");
    peer_sys(&two, REPLYRECV, endpoint, 0, NULL);
    peers_run();
    peers_expect_order("1", "ReplyRecv switches to the caller");
    peer_sys(&low, RECV, note, 0, NULL);
    peers_run();
    peers_forget_order();
    peer_sys(&one, NBSEND, note, 0, NULL);
    peers_run();
    peers_expect_order("14", "a signal to a lower one does not switch");
    peer_sys(&one, RECV, note, 0, NULL);
    peers_run();
    peers_forget_order();
    peer_sys(&low, NBSEND, note, 0, NULL);
    peers_run();
    peers_expect_order("14", "a signal to a higher one does, at once");
}

/* Call to a waiting equal while a third is ready: the receiver comes first. */
static void test_third(void)
{
    seL4_TCB_Suspend(two.tcb);
    peer_sys(&two, RECV, endpoint, 0, NULL);
    peers_run();
    peer_sys(&three, REPLY, 0, 0, NULL);
    peer_sys(&one, CALL, endpoint, 0, NULL);
    peers_forget_order();
    peers_run();
    peers_expect_order("23", "a candidate runs before equals that were ready");
}

static void test_priority(void)
{
    resume_all(REPLY, 0);
    peers_forget_order();
    for (unsigned i = 0; i < 3; i++)
        peer_sys(all[i], REPLY, 0, 0, NULL);
    seL4_TCB_SetPriority(one.tcb, seL4_CapInitThreadTCB, 101);
    peers_run();
    peers_expect_order("132", "SetPriority of a ready thread moves it up");
    seL4_TCB_SetPriority(one.tcb, seL4_CapInitThreadTCB, 99);
    for (unsigned i = 0; i < 3; i++)
        peer_sys(all[i], REPLY, 0, 0, NULL);
    peers_run();
    peers_expect_order("321", "or down");
    seL4_TCB_SetPriority(one.tcb, seL4_CapInitThreadTCB, 100);
}

int main(void)
{
    endpoint = task_object(seL4_EndpointObject, 0);
    note = task_object(seL4_NotificationObject, 0);
    peer_create(&one, 100);
    peer_create(&two, 100);
    peer_create(&three, 100);
    peer_create(&low, 50);
    test_resume();
    test_signals();
    test_meetings();
    test_third();
    test_priority();
    test_cancel_all();
    return tap_done();
}
