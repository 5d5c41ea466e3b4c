/* SPDX-License-Identifier: BSD-2-Clause */
/* Who waits for whom, and what comes back: Send, NBSend, Call, Recv, NBRecv,
 * Reply and ReplyRecv on endpoints (sel4-abi.md 1.3, 2.4). */
#include "peer.h"

#define SEND      ((seL4_Word)seL4_SysSend)
#define NBSEND    ((seL4_Word)seL4_SysNBSend)
#define CALL      ((seL4_Word)seL4_SysCall)
#define RECV      ((seL4_Word)seL4_SysRecv)
#define NBRECV    ((seL4_Word)seL4_SysNBRecv)
#define REPLY     ((seL4_Word)seL4_SysReply)
#define REPLYRECV ((seL4_Word)seL4_SysReplyRecv)

static struct peer one, two, three, server;
static seL4_CPtr endpoint, badge[4];

static const seL4_Word words[4] = {0x11, 0x22, 0x33, 0x44};

static void go(struct peer *p, seL4_Word number, seL4_CPtr cptr, seL4_Word info)
{
    peer_sys(p, number, cptr, info, words);
    peers_run();
}

static bool untouched(struct peer *p)
{
    return peer_is_back_whole(p) && p->r.a1 == p->in.a1 &&
           p->r.a2 == p->in.a2 && p->r.a3 == p->in.a3 && p->r.a4 == p->in.a4 &&
           p->r.a5 == p->in.a5;
}

static void test_nothing_there(void)
{
    go(&one, NBSEND, badge[1], peer_info(1, 0, 4));
    tap_ok(untouched(&one) && one.r.a0 == badge[1],
           "NBSend to nobody returns and changes no register");
    go(&server, NBRECV, endpoint, 0x77);
    tap_ok(untouched(&server) && server.r.a0 == 0,
           "and leaves nothing: NBRecv writes 0 to a0 and nothing else");
    go(&server, REPLY, 0, peer_info(1, 0, 4));
    tap_ok(untouched(&server), "Reply to nobody changes no register");
    go(&server, REPLYRECV, endpoint, peer_info(1, 0, 4));
    peer_expect_waiting(&server, "ReplyRecv to nobody receives");
    go(&one, SEND, badge[1], peer_info(5, 0, 1));
    peer_expect(&server, 0xb1, peer_info(5, 0, 1), 0x11, "what is sent");
    tap_ok(untouched(&one), "Send changes no register");
}

static void test_send_order(void)
{
    go(&two, SEND, badge[2], peer_info(2, 0, 2));
    go(&one, SEND, badge[1], peer_info(1, 0, 1));
    go(&three, SEND, badge[3], peer_info(3, 0, 3));
    peer_expect_waiting(&one, "a Send waits");
    peers_forget_order();
    go(&server, RECV, endpoint, 0);
    peer_expect(&server, 0xb2, peer_info(2, 0, 2), 0x11,
                "who came first is received first, whatever its priority");
    go(&server, NBRECV, endpoint, 0);
    peer_expect(&server, 0xb1, peer_info(1, 0, 1), 0x11, "then the second");
    go(&server, RECV, endpoint, 0);
    peer_expect(&server, 0xb3, peer_info(3, 0, 3), 0x11, "and the third");
    peers_expect_order("424143", "each sender goes on when it was received");
}

static void test_receive_order(void)
{
    go(&one, RECV, endpoint, 0);
    go(&three, RECV, endpoint, 0);
    go(&two, RECV, endpoint, 0);
    peers_forget_order();
    for (unsigned i = 0; i < 3; i++)
        go(&server, NBSEND, badge[1], peer_info(7 + i, 0, 0));
    peers_expect_order("414342", "receivers get messages as they came");
    tap_ok(peer_is_back(&one) && peer_is_back(&two), "and come back");
    peer_expect(&three, 0xb1, peer_info(8, 0, 0), three.in.a2,
                "a message without words leaves the registers alone");
}

static void test_call(void)
{
    go(&one, CALL, badge[1], peer_info(1, 0, 4));
    peer_expect_waiting(&one, "a Call waits to be received");
    go(&server, RECV, endpoint, 0);
    peer_expect(&server, 0xb1, peer_info(1, 0, 4), 0x11, "is received");
    peer_expect_waiting(&one, "and waits for its reply");
    go(&server, REPLY, 0, peer_info(9, 0, 2));
    peer_expect(&one, 0, peer_info(9, 0, 2), 0x11, "which comes, badge 0");
    tap_ok(one.r.a4 == one.in.a4 && one.r.a5 == one.in.a5,
           "words behind its end are the caller's own");
    go(&server, REPLY, 0, peer_info(8, 0, 1));
    tap_ok(untouched(&server), "a second Reply finds nobody");
    go(&server, RECV, endpoint, 0);
    go(&two, CALL, badge[2], peer_info(2, 0, 1));
    peer_expect(&server, 0xb2, peer_info(2, 0, 1), 0x11,
                "a Call of who waits is received at once");
    go(&one, CALL, badge[1], peer_info(3, 0, 1));
    go(&server, REPLYRECV, endpoint, peer_info(4, 0, 1));
    peer_expect(&two, 0, peer_info(4, 0, 1), 0x11, "ReplyRecv answers it");
    peer_expect(&server, 0xb1, peer_info(3, 0, 1), 0x11,
                "and receives who was waiting");
    go(&server, NBRECV, endpoint, 0);
    tap_ok(peer_is_back(&server) && server.r.a0 == 0, "NBRecv finds nobody");
    go(&server, REPLY, 0, peer_info(5, 0, 1));
    peer_expect_waiting(&one, "having received again, it cannot answer");
    seL4_TCB_Resume(one.tcb);
    peers_run();
    peer_expect_waiting(&one, "resumed, the caller calls again");
    go(&server, RECV, endpoint, 0);
    peer_expect(&server, 0xb1, peer_info(3, 0, 1), 0x11, "with its message");
    go(&server, REPLY, 0, peer_info(6, 0, 0));
    peer_expect(&one, 0, peer_info(6, 0, 0), one.in.a2, "and is answered");
}

static void test_rights(void)
{
    seL4_CPtr read = peer_mint(endpoint, seL4_CapRights_new(1, 1, 1, 0), 0xc1);
    seL4_CPtr write = peer_mint(endpoint, seL4_CapRights_new(0, 0, 0, 1), 0xc2);

    go(&one, CALL, read, peer_info(1, 0, 1));
    peer_expect(&one, 0, peer_info(seL4_InvalidCapability, 0, 1), 0,
                "without Write a Call is refused: capability 0");
    go(&one, SEND, read, peer_info(1, 0, 1));
    tap_ok(untouched(&one), "and a Send is dropped");
    go(&server, RECV, endpoint, 0);
    go(&one, CALL, write, peer_info(1, 0, 1));
    peer_expect(&server, 0xc2, peer_info(1, 0, 1), 0x11,
                "a Call without Grant or GrantReply is received");
    go(&server, REPLY, 0, peer_info(2, 0, 1));
    peer_expect_waiting(&one, "and cannot be answered");
    seL4_TCB_Suspend(one.tcb);
}

int main(void)
{
    endpoint = task_object(seL4_EndpointObject, 0);
    for (seL4_Word i = 1; i < 4; i++)
        badge[i] = peer_mint(endpoint, seL4_AllRights, 0xb0 + i);
    peer_create(&one, 50);
    peer_create(&two, 70);
    peer_create(&three, 60);
    peer_create(&server, 100);
    test_nothing_there();
    test_send_order();
    test_receive_order();
    test_call();
    test_rights();
    return tap_done();
}
