/* SPDX-License-Identifier: BSD-2-Clause */
/* Reply capabilities and SaveCaller (sel4-abi.md 4.5, 5.8). */
#include "peer.h"

#define SEND ((seL4_Word)seL4_SysSend)
#define CALL ((seL4_Word)seL4_SysCall)
#define RECV ((seL4_Word)seL4_SysRecv)

enum { TAG_NONE = 0, TAG_REPLY = 8 };

static struct peer caller, second, server;
static seL4_CPtr endpoint, saved, saved2;

static const seL4_Word words[4] = {0x99};

static void go(struct peer *p, seL4_Word number, seL4_CPtr cptr, seL4_Word info)
{
    peer_sys(p, number, cptr, info, words);
    peers_run();
}

/* The server saves its caller: only a thread itself can. */
static void save(seL4_CPtr slot, seL4_Word error, const char *name)
{
    const seL4_Word mr[4] = {slot, seL4_WordBits};

    peer_sys(&server, CALL, TASK_ROOT, peer_info(CNodeSaveCaller, 0, 2), mr);
    peers_run();
    tap_ok(peer_is_back(&server) &&
               (server.r.a1 >> seL4_MsgLengthBits >> 5) == error,
           "%s", name);
}

static void call_and_save(struct peer *from, seL4_CPtr slot)
{
    go(&server, RECV, endpoint, 0);
    go(from, CALL, endpoint, peer_info(1, 0, 1));
    save(slot, seL4_NoError, "a caller is saved");
    tap_is(seL4_DebugCapIdentify(slot), TAG_REPLY, "as a reply capability");
}

static void test_use(void)
{
    save(saved, seL4_NoError, "saving nobody succeeds");
    tap_is(seL4_DebugCapIdentify(saved), TAG_NONE, "and saves nothing");
    call_and_save(&caller, saved);
    call_and_save(&second, saved2);
    go(&server, (seL4_Word)seL4_SysReply, 0, peer_info(2, 0, 1));
    peer_expect_waiting(&second, "who has been saved is not answered by Reply");
    go(&server, SEND, saved, peer_info(3, 0, 1));
    peer_expect(&caller, 0, peer_info(3, 0, 1), 0x99, "the first by Send");
    peer_expect_waiting(&second, "the second still waits");
    tap_is(seL4_DebugCapIdentify(saved), TAG_NONE, "the capability is used up");
    go(&server, CALL, saved, peer_info(3, 0, 1));
    peer_expect(&server, 0, peer_info(seL4_InvalidCapability, 0, 1), 0,
                "and cannot be used again");
    go(&server, (seL4_Word)seL4_SysNBSend, saved2, peer_info(4, 0, 1));
    peer_expect(&second, 0, peer_info(4, 0, 1), 0x99, "the second by NBSend");
}

static seL4_Error copy(seL4_CPtr to, seL4_CPtr from)
{
    return seL4_CNode_Copy(TASK_ROOT, to, seL4_WordBits, TASK_ROOT, from,
                           seL4_WordBits, seL4_AllRights);
}

static void test_life(void)
{
    call_and_save(&caller, saved);
    save(saved, seL4_DeleteFirst, "a full slot saves nobody");
    tap_is(copy(saved2, saved), seL4_IllegalOperation, "no copy");
    tap_is(seL4_CNode_Move(TASK_ROOT, saved2, seL4_WordBits, TASK_ROOT, saved,
                           seL4_WordBits),
           seL4_NoError, "it can be moved");
    go(&server, CALL, saved2, peer_info(5, 0, 1));
    peer_expect(&caller, 0, peer_info(5, 0, 1), 0x99,
                "and used there, by Call");
    call_and_save(&caller, saved);
    tap_is(task_delete(saved), seL4_NoError, "deleted,");
    peers_run();
    peer_expect_waiting(&caller, "it leaves the caller waiting");
    seL4_TCB_Resume(caller.tcb);
    go(&server, RECV, endpoint, 0);
    peer_expect(&server, 0, peer_info(1, 0, 1), 0x99,
                "until that is resumed, and calls again");
    save(saved, seL4_NoError, "it is saved");
    seL4_TCB_Suspend(caller.tcb);
    tap_is(seL4_DebugCapIdentify(saved), TAG_NONE,
           "suspending the caller takes the capability");
    call_and_save(&caller, saved);
    seL4_TCB_Resume(caller.tcb);
    tap_is(seL4_DebugCapIdentify(saved), TAG_NONE, "so does resuming it");
    seL4_TCB_Suspend(caller.tcb);
    call_and_save(&second, saved);
    task_delete(second.tcb);
    tap_is(seL4_DebugCapIdentify(saved), TAG_NONE, "so does deleting it");
}

/* The server's own slot goes with the server; the caller stays. */
static void test_server(void)
{
    go(&server, RECV, endpoint, 0);
    go(&caller, CALL, endpoint, peer_info(1, 0, 1));
    tap_is(task_delete(server.tcb), seL4_NoError, "the server is deleted");
    peers_run();
    peer_expect_waiting(&caller, "its caller waits");
    seL4_TCB_Resume(caller.tcb);
    peers_run();
    seL4_NBSend(endpoint, seL4_MessageInfo_new(0, 0, 0, 0));
    peer_expect_waiting(&caller, "resumed, it waits to be received");
    seL4_Recv(endpoint, NULL);
    seL4_Reply(seL4_MessageInfo_new(7, 0, 0, 0));
    peers_run();
    peer_expect(&caller, 0, peer_info(7, 0, 0), caller.in.a2,
                "and is answered by another");
}

int main(void)
{
    endpoint = task_object(seL4_EndpointObject, 0);
    saved = task_slot();
    saved2 = task_slot();
    peer_create(&caller, 100);
    peer_create(&second, 100);
    peer_create(&server, 101);
    test_use();
    test_life();
    test_server();
    return tap_done();
}
