/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities in messages: transfer, unwrapping, receive slots (sel4-abi.md
 * 2.4), by Send, by Call and by Reply. */
#include "peer.h"

#define SEND ((seL4_Word)seL4_SysSend)
#define CALL ((seL4_Word)seL4_SysCall)
#define RECV ((seL4_Word)seL4_SysRecv)

static struct peer sender, receiver;
static seL4_CPtr endpoint, granting, plain; /* to the same endpoint */
static seL4_CPtr notification, other, landing;

static void land_at(seL4_CPtr root, seL4_Word index, seL4_Word depth)
{
    receiver.buffer->receiveCNode = root;
    receiver.buffer->receiveIndex = index;
    receiver.buffer->receiveDepth = depth;
}

static seL4_Word info_of(seL4_Word extra, seL4_Word unwrapped)
{
    return seL4_MessageInfo_new(6, unwrapped, extra, 1).words[0];
}

/* What arrives of up to three capabilities; receiver first or sender first. */
static void send(bool receiver_first, seL4_CPtr by, seL4_Word count,
                 const seL4_CPtr *caps)
{
    static const seL4_Word mr[4] = {0x1234};

    task_delete(landing);
    for (seL4_Word i = 0; i < 3; i++) {
        sender.buffer->caps_or_badges[i] = i < count ? caps[i] : 0;
        receiver.buffer->caps_or_badges[i] = ~0ul;
    }
    for (int turn = 0; turn < 2; turn++) {
        if ((turn == 0) == receiver_first)
            peer_sys(&receiver, RECV, endpoint, 0, NULL);
        else
            peer_sys(&sender, SEND, by, peer_info(6, count, 1), mr);
        peers_run();
    }
}

static void arrives(seL4_Word badge, seL4_Word extra, seL4_Word unwrapped,
                    seL4_Word tag, const char *name)
{
    peer_expect(&receiver, badge, info_of(extra, unwrapped), 0x1234, name);
    tap_is(seL4_DebugCapIdentify(landing), tag, "... its slot");
}

static void test_transfer(bool first)
{
    land_at(TASK_ROOT, landing, seL4_WordBits);
    send(first, granting, 1, &notification);
    arrives(0xaa, 1, 0, 6, "a notification arrives");
    send(first, plain, 1, &notification);
    arrives(0xbb, 0, 0, 0, "but not without Grant");
    send(first, granting, 1, &plain);
    arrives(0xaa, 1, 1, 0, "a capability to this endpoint is unwrapped");
    tap_is(receiver.buffer->caps_or_badges[0], 0xbb, "its badge arrives");
    send(first, granting, 3, (seL4_CPtr[]){plain, notification, other});
    arrives(0xaa, 2, 1, 6, "one unwrapped, one into the slot, none behind it");
    tap_is(receiver.buffer->caps_or_badges[0], 0xbb, "the badge is the first");
    send(first, granting, 3, (seL4_CPtr[]){plain, granting, endpoint});
    arrives(0xaa, 3, 7, 0, "three unwrapped need no slot");
    tap_ok(receiver.buffer->caps_or_badges[0] == 0xbb &&
               receiver.buffer->caps_or_badges[1] == 0xaa &&
               receiver.buffer->caps_or_badges[2] == 0,
           "with three badges");
    send(first, granting, 2, (seL4_CPtr[]){notification, plain});
    arrives(0xaa, 2, 2, 6, "the second unwrapped");
    tap_is(receiver.buffer->caps_or_badges[1], 0xbb, "its badge is second");
    send(first, granting, 2, (seL4_CPtr[]){notification, other});
    arrives(0xaa, 1, 0, 6, "one slot takes one capability");
    send(first, granting, 1, (seL4_CPtr[]){0});
    arrives(0xaa, 0, 0, 0, "an empty slot's capability does not arrive");
}

static void test_slot(void)
{
    land_at(TASK_ROOT, other, seL4_WordBits);
    send(true, granting, 1, &notification);
    arrives(0xaa, 0, 0, 0, "a full slot receives nothing");
    land_at(notification, landing, seL4_WordBits);
    send(true, granting, 1, &notification);
    arrives(0xaa, 0, 0, 0, "nor does what is no CNode");
    land_at(TASK_ROOT, landing, 0);
    send(true, granting, 1, &notification);
    arrives(0xaa, 0, 0, 0, "nor depth 0");
    land_at(TASK_ROOT, landing, 65);
    send(true, granting, 1, &notification);
    arrives(0xaa, 0, 0, 0, "nor depth 65");
    land_at(1ul << 40, landing, seL4_WordBits);
    send(true, granting, 1, &notification);
    arrives(0xaa, 0, 0, 0, "nor a root that cannot be found");
    land_at(TASK_ROOT, landing, seL4_WordBits);
    seL4_TCB_SetIPCBuffer(receiver.tcb, 0, receiver.frame);
    send(true, granting, 1, &notification);
    arrives(0xaa, 0, 0, 0, "nor a receiver without a buffer");
    seL4_TCB_SetIPCBuffer(receiver.tcb, (seL4_Word)receiver.buffer,
                          receiver.frame);
}

/* What has arrived is a copy with all the rights and the badge, and a child
 * of its source. */
static void test_copy(void)
{
    seL4_CPtr second = task_object(seL4_EndpointObject, 0);
    seL4_CPtr write = peer_mint(second, seL4_CapRights_new(0, 0, 0, 1), 0xd00d);

    send(true, granting, 1, &write);
    peer_sys(&receiver, RECV, second, 0, NULL);
    peers_run();
    seL4_NBSend(landing, seL4_MessageInfo_new(3, 0, 0, 0));
    peers_run();
    peer_expect(&receiver, 0xd00d, peer_info(3, 0, 0), receiver.in.a2,
                "what arrived has the badge, and the right to send");
    peer_sys(&sender, RECV, landing, 0, NULL);
    peers_run();
    peer_expect_waiting(&sender, "and not the right to receive");
    seL4_TCB_Suspend(sender.tcb);
    seL4_CNode_Revoke(TASK_ROOT, second, seL4_WordBits);
    tap_is(seL4_DebugCapIdentify(landing), 0, "revoking its source takes it");
    send(true, granting, 1,
         (seL4_CPtr[]){task_object(seL4_RISCV_PageTableObject, 0)});
    arrives(0xaa, 0, 0, 0, "an unmapped page table cannot be copied");
    send(true, granting, 1, (seL4_CPtr[]){seL4_CapIRQControl});
    arrives(0xaa, 0, 0, 0, "nor IRQ control");
    send(true, granting, 1, &sender.frame);
    arrives(0xaa, 1, 0, 1, "a mapped frame arrives");
    tap_is(seL4_RISCV_Page_Map(landing, TASK_VSPACE, 0x28000000, seL4_AllRights,
                               0),
           seL4_FailedLookup, "unmapped: it can be mapped elsewhere");
}

/* A pointer that leads nowhere is the sender's fault, before anything. */
static void test_lookup(void)
{
    sender.buffer->caps_or_badges[0] = notification;
    sender.buffer->caps_or_badges[1] = 1ul << 40;
    peer_sys(&receiver, RECV, endpoint, 0, NULL);
    peer_sys(&sender, SEND, granting, peer_info(6, 2, 1), NULL);
    peers_run();
    peer_expect_waiting(&receiver, "nothing is sent with a bad capability");
    peer_expect_waiting(&sender, "its sender has faulted");
    peer_sys(&sender, (seL4_Word)seL4_SysNBSend, granting, peer_info(6, 2, 1),
             NULL);
    peers_run();
    peer_expect_waiting(&receiver, "nor by NBSend");
    tap_ok(peer_is_back_whole(&sender), "which returns");
    peer_sys(&sender, SEND, granting, peer_info(6, 0, 1), NULL);
    peers_run();
    tap_ok(peer_is_back(&receiver), "without capabilities it is sent");
}

/* Replies carry capabilities if the receiver's own capability grants. */
static void test_reply(bool grant)
{
    seL4_CPtr by = peer_mint(endpoint, seL4_CapRights_new(0, grant, 1, 0), 0);

    task_delete(landing);
    sender.buffer->receiveCNode = TASK_ROOT;
    sender.buffer->receiveIndex = landing;
    sender.buffer->receiveDepth = seL4_WordBits;
    peer_sys(&receiver, RECV, by, 0, NULL);
    peers_run();
    peer_sys(&sender, CALL, granting, peer_info(1, 0, 0), NULL);
    peers_run();
    receiver.buffer->caps_or_badges[0] = notification;
    peer_sys(&receiver, (seL4_Word)seL4_SysReply, 0, peer_info(2, 1, 0), NULL);
    peers_run();
    peer_expect(&sender, 0, peer_info(2, grant, 0), sender.in.a2,
                grant ? "a reply carries a capability"
                      : "not if the server cannot grant");
    tap_is(seL4_DebugCapIdentify(landing), grant ? 6 : 0, "... its slot");
}

int main(void)
{
    endpoint = task_object(seL4_EndpointObject, 0);
    notification = task_object(seL4_NotificationObject, 0);
    other = task_object(seL4_NotificationObject, 0);
    landing = task_slot();
    granting = peer_mint(endpoint, seL4_AllRights, 0xaa);
    plain = peer_mint(endpoint, seL4_CapRights_new(1, 0, 1, 1), 0xbb);
    peer_create(&sender, 100);
    peer_create(&receiver, 101);
    test_transfer(true);
    test_transfer(false);
    test_slot();
    test_copy();
    test_lookup();
    test_reply(true);
    test_reply(false);
    return tap_done();
}
