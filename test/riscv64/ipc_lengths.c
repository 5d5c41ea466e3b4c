/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of every length, 0 to 127, of which 120 words arrive (sel4-abi.md
 * 2.2, 2.4): by Send and by Call, with the receiver waiting first and last. */
#include "peer.h"

#include <string.h>

static struct peer sender, receiver;
static seL4_CPtr endpoint, badged;

static seL4_Word word_of(seL4_Word length, seL4_Word i)
{
    return length << 32 | i << 8 | 0xa5;
}

static void fill(struct peer *p, seL4_Word length, seL4_Word mr[4])
{
    for (seL4_Word i = 0; i < seL4_MsgMaxLength; i++)
        p->buffer->msg[i] = i < 4 ? ~0ul : word_of(length, i);
    for (seL4_Word i = 0; i < 4; i++)
        mr[i] = word_of(length, i);
}

/* The first `length' words are as they were sent, the buffer behind them has
 * not been touched; nor have the places of those that travel in registers. */
static bool arrived(struct peer *p, seL4_Word sent, seL4_Word length)
{
    const seL4_Word *in_registers = &p->r.a2;

    for (seL4_Word i = 0; i < 4 && i < length; i++)
        if (in_registers[i] != word_of(sent, i))
            return false;
    for (seL4_Word i = 0; i < seL4_MsgMaxLength; i++)
        if (p->buffer->msg[i] !=
            (i >= 4 && i < length ? word_of(sent, i) : ~0ul))
            return false;
    return true;
}

static bool one(seL4_Word number, seL4_Word length, bool receiver_first)
{
    seL4_Word want = length < seL4_MsgMaxLength ? length : seL4_MsgMaxLength;
    seL4_Word mr[4];

    fill(&sender, length, mr);
    memset(receiver.buffer->msg, 0xff, sizeof receiver.buffer->msg);
    for (int turn = 0; turn < 2; turn++) {
        if ((turn == 0) == receiver_first)
            peer_sys(&receiver, (seL4_Word)seL4_SysRecv, endpoint, 0, NULL);
        else
            peer_sys(&sender, number, badged, peer_info(0x77, 0, length), mr);
        peers_run();
    }
    if (!peer_is_back_whole(&receiver) || receiver.r.a0 != 0x5a5a ||
        receiver.r.a1 != peer_info(0x77, 0, want))
        return false;
    return arrived(&receiver, length, want) &&
           peer_is_back(&sender) == (number != (seL4_Word)seL4_SysCall);
}

/* The answer to a Call, of this length; and the other way a Recv. */
static bool answer(seL4_Word number, seL4_Word length)
{
    seL4_Word want = length < seL4_MsgMaxLength ? length : seL4_MsgMaxLength;
    seL4_Word mr[4];

    peer_sys(&receiver, (seL4_Word)seL4_SysRecv, endpoint, 0, NULL);
    peers_run();
    peer_sys(&sender, (seL4_Word)seL4_SysCall, badged, 0, NULL);
    peers_run();
    fill(&receiver, length, mr);
    memset(sender.buffer->msg, 0xff, sizeof sender.buffer->msg);
    peer_sys(&receiver, number, endpoint, peer_info(0x99, 0, length), mr);
    peers_run();
    return peer_is_back_whole(&sender) && sender.r.a0 == 0 &&
           sender.r.a1 == peer_info(0x99, 0, want) &&
           arrived(&sender, length, want);
}

static void test_all(seL4_Word number, bool first, const char *name)
{
    seL4_Word wrong = 0;

    for (seL4_Word length = 0; length < 128; length++)
        if (!one(number, length, first)) {
            wrong++;
            tap_diag("  length %lu", length);
        }
    tap_is(wrong, 0, "%s, of 128 lengths", name);
}

static void test_answers(seL4_Word number, const char *name)
{
    seL4_Word wrong = 0;

    for (seL4_Word length = 0; length < 128; length++)
        if (!answer(number, length)) {
            wrong++;
            tap_diag("  length %lu", length);
        }
    tap_is(wrong, 0, "%s, of 128 lengths", name);
}

/* Either side without a buffer: what is in registers (2.2). */
static void test_without_buffer(struct peer *p, const char *name)
{
    seL4_Word mr[4];

    seL4_TCB_SetIPCBuffer(p->tcb, 0, p->frame);
    fill(&sender, 9, mr);
    peer_sys(&receiver, (seL4_Word)seL4_SysRecv, endpoint, 0, NULL);
    peers_run();
    peer_sys(&sender, (seL4_Word)seL4_SysSend, badged, peer_info(3, 0, 9), mr);
    peers_run();
    peer_expect(&receiver, 0x5a5a, peer_info(3, 0, 4), mr[0], name);
    tap_is(receiver.r.a5, mr[3], "the last of four");
    seL4_TCB_SetIPCBuffer(p->tcb, (seL4_Word)p->buffer, p->frame);
}

int main(void)
{
    endpoint = task_object(seL4_EndpointObject, 0);
    badged = peer_mint(endpoint, seL4_AllRights, 0x5a5a);
    peer_create(&sender, 100);
    peer_create(&receiver, 101);
    test_all((seL4_Word)seL4_SysSend, true, "Send to who waits");
    test_all((seL4_Word)seL4_SysSend, false, "Send that waits");
    test_all((seL4_Word)seL4_SysCall, true, "Call of who waits");
    test_all((seL4_Word)seL4_SysCall, false, "Call that waits");
    test_all((seL4_Word)seL4_SysNBSend, true, "NBSend to who waits");
    test_answers((seL4_Word)seL4_SysReply, "Reply");
    test_answers((seL4_Word)seL4_SysReplyRecv, "ReplyRecv");
    test_without_buffer(&sender, "a sender without a buffer sends four words");
    test_without_buffer(&receiver, "a receiver without one gets four");
    return tap_done();
}
