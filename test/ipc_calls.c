/* SPDX-License-Identifier: BSD-2-Clause */
/* Call, Reply and reply capabilities. */
#include "threads.h"

#include <string.h>

enum { ENDPOINT = FREE, REPLY_ONLY, PLAIN, NO_GRANT, SAVED, SPARE };

static struct fixture f;

static slotno_t caller_slot(unsigned n)
{
    return thread_slot(thread_tcb(&f, n), TCB_CALLER);
}

/* Thread 1 (priority 255) waits in Recv, thread 0 runs. */
static void server_waits(uint64_t cptr)
{
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 1, "the server has its turn");
    sys(&f, SYSCALL_RECV, cptr, 0);
    ok_running(&f, 0, "and waits");
}

static void setup(void)
{
    threads_start(&f);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    cnode_copy(&f, REPLY_ONLY, ENDPOINT, CAP_WRITE | CAP_GRANT_REPLY);
    cnode_copy(&f, PLAIN, ENDPOINT, CAP_WRITE);
    cnode_copy(&f, NO_GRANT, ENDPOINT, CAP_READ);
    thread_make_ready(&f, 1, 255);
}

static void call_and_reply(void)
{
    server_waits(ENDPOINT);
    set_words(&f, 3, (uint64_t[]){1, 2, 3});
    sys(&f, SYSCALL_CALL, REPLY_ONLY, ipc_info(5, 0, 0, 3));
    ok_running(&f, 1, "a Call goes to the server at once");
    ok_state(&f, 0, THREAD_BLOCKED_ON_REPLY, "the caller waits");
    ok_message(&f, 1, "the request", 0, ipc_info(5, 0, 0, 3), 1, 2, 3);
    tap_is(slot_type(kernel_slots(f.k), caller_slot(1)), CAP_REPLY,
           "a reply capability is in the caller slot");
    tap_is(slot_rights(kernel_slots(f.k), caller_slot(1)), CAP_GRANT,
           "with Grant, as the server's endpoint has it");
    set_words(&f, 2, (uint64_t[]){7, 8});
    sys(&f, SYSCALL_REPLY, 0, ipc_info(6, 0, 0, 2));
    ok_running(&f, 1, "the replier goes on, priorities being equal");
    ok_state(&f, 0, THREAD_RUNNING, "the caller is ready");
    ok_message(&f, 0, "the reply", 0, ipc_info(6, 0, 0, 2), 7, 8, 3);
    tap_ok(slot_is_empty(kernel_slots(f.k), caller_slot(1)),
           "the reply capability is used up");
    set_words(&f, 1, (uint64_t[]){9});
    sys(&f, SYSCALL_REPLY, 3, ipc_info(1, 0, 0, 1));
    ok_message(&f, 1, "a Reply without caller leaves all as it was", 3,
               ipc_info(1, 0, 0, 1), 9);
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 0, "back at the client");
}

static void reply_recv(void)
{
    server_waits(NO_GRANT);
    sys(&f, SYSCALL_CALL, ENDPOINT, ipc_info(1, 0, 0, 0));
    tap_is(slot_rights(kernel_slots(f.k), caller_slot(1)), 0,
           "no Grant without Grant of the server's endpoint");
    for (unsigned i = 0; i < 3; i++) {
        sys(&f, SYSCALL_REPLY_RECV, ENDPOINT, ipc_info(10 + i, 0, 0, 0));
        ok_running(&f, 0, "ReplyRecv: on to the caller");
        ok_state(&f, 1, THREAD_BLOCKED_ON_RECEIVE, "the server waits again");
        tap_is(reg_of(&f, 0)[REG_INFO], ipc_info(10 + i, 0, 0, 0), "reply %u",
               i);
        sys(&f, SYSCALL_CALL, ENDPOINT, ipc_info(20 + i, 0, 0, 0));
        ok_running(&f, 1, "and back");
        tap_is(reg_of(&f, 1)[REG_INFO], ipc_info(20 + i, 0, 0, 0), "request %u",
               i);
    }
    sys(&f, SYSCALL_REPLY_RECV, ENDPOINT, 0);
}

/* Neither Grant nor GrantReply: the message arrives, and that is the end. */
static void call_without_grant(void)
{
    ok_running(&f, 0, "thread 0 runs");
    sys(&f, SYSCALL_CALL, PLAIN, ipc_info(2, 0, 0, 0));
    ok_running(&f, 1, "the message arrives");
    ok_state(&f, 0, THREAD_INACTIVE, "the caller is Inactive");
    tap_ok(slot_is_empty(kernel_slots(f.k), caller_slot(1)),
           "no reply capability");
    tcb_resume(&f, 0);
    sys(&f, SYSCALL_RECV, ENDPOINT, 0);
    ok_running(&f, 0, "resumed, it makes its call again");
}

/* The caller queues before the server receives. */
static void call_waits(void)
{
    sys(&f, SYSCALL_CALL, ENDPOINT, ipc_info(3, 0, 0, 0));
    ok_running(&f, 1, "the server got the call made again");
    ok_state(&f, 0, THREAD_BLOCKED_ON_REPLY, "with a reply wanted");
    sys(&f, SYSCALL_REPLY, 0, 0);
    sys(&f, SYSCALL_YIELD, 0, 0);
    sys(&f, SYSCALL_CALL, REPLY_ONLY, ipc_info(4, 0, 0, 0));
    ok_running(&f, 1, "nobody receives: the caller queues");
    ok_state(&f, 0, THREAD_BLOCKED_ON_SEND, "as a sender");
    sys(&f, SYSCALL_RECV, NO_GRANT, 0);
    ok_running(&f, 1, "the server takes it");
    ok_state(&f, 0, THREAD_BLOCKED_ON_REPLY, "the caller waits for a reply");
}

static void saved_reply(void)
{
    invoke_call(&f, FIX_ROOT, LABEL_CNODE_SAVE_CALLER, 2,
                (uint64_t[]){ENDPOINT, 64}, 0, NULL);
    ok_reply(&f, "SaveCaller into a slot in use", ERROR_DELETE_FIRST);
    invoke_call(&f, FIX_ROOT, LABEL_CNODE_SAVE_CALLER, 2,
                (uint64_t[]){SAVED, 64}, 0, NULL);
    ok_reply(&f, "SaveCaller", ERROR_NONE);
    tap_is(fixture_type(&f, SAVED), CAP_REPLY, "saved");
    tap_ok(slot_is_empty(kernel_slots(f.k), caller_slot(1)), "moved");
    invoke_call(&f, FIX_ROOT, LABEL_CNODE_SAVE_CALLER, 2,
                (uint64_t[]){SPARE, 64}, 0, NULL);
    ok_reply(&f, "SaveCaller, nothing pending", ERROR_NONE);
    tap_is(fixture_type(&f, SPARE), CAP_NULL, "nothing moved");
    cnode_copy(&f, SPARE, SAVED, CAP_RIGHTS_ALL);
    ok_reply(&f, "Copy of a reply capability", ERROR_ILLEGAL_OPERATION);
    cnode_move(&f, SPARE, SAVED);
    ok_reply(&f, "Move of a reply capability", ERROR_NONE);
    set_words(&f, 1, (uint64_t[]){0x55});
    sys(&f, SYSCALL_CALL, SPARE, ipc_info(9, 0, 0, 1));
    ok_message(&f, 1, "a Call on it gets the empty success", 0, 0, 0x55);
    ok_message(&f, 0, "and delivers the reply", 0, ipc_info(9, 0, 0, 1), 0x55);
    tap_is(fixture_type(&f, SPARE), CAP_NULL, "which is used up");
    ok_running(&f, 1, "the replier goes on");
}

/* A Recv on an endpoint drops the caller; one on a notification does not. */
static void abandoned_caller(void)
{
    sys(&f, SYSCALL_YIELD, 0, 0);
    sys(&f, SYSCALL_CALL, ENDPOINT, 0);
    sys(&f, SYSCALL_NB_RECV, ENDPOINT, 0);
    ok_running(&f, 1, "the server has taken the call, and polls again");
    sys(&f, SYSCALL_NB_RECV, ENDPOINT, 0);
    tap_ok(slot_is_empty(kernel_slots(f.k), caller_slot(1)),
           "the reply capability is gone");
    ok_state(&f, 0, THREAD_BLOCKED_ON_REPLY, "the caller is stuck");
    tcb_suspend(&f, 0);
    ok_state(&f, 0, THREAD_INACTIVE, "until it is suspended");
    tcb_resume(&f, 0);
    sys(&f, SYSCALL_RECV, ENDPOINT, 0);
    sys(&f, SYSCALL_YIELD, 0, 0);
}

/* A waiting caller is suspended, resumed, deleted: the reply capability goes,
 * wherever it is. */
static void caller_goes(void)
{
    ok_running(&f, 0, "thread 0 runs, thread 1 receives");
    thread_make_ready(&f, 2, 255);
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 2, "thread 2 runs");
    sys(&f, SYSCALL_CALL, ENDPOINT, 0);
    ok_running(&f, 1, "and has called");
    ok_state(&f, 2, THREAD_BLOCKED_ON_REPLY, "thread 2 waits for a reply");
    invoke_call(&f, FIX_ROOT, LABEL_CNODE_SAVE_CALLER, 2,
                (uint64_t[]){SAVED, 64}, 0, NULL);
    tap_is(fixture_type(&f, SAVED), CAP_REPLY, "its reply is saved");
    delete_by_call(&f, THREADS + 2);
    tap_is(fixture_type(&f, SAVED), CAP_NULL, "and goes with the thread");
    tap_is(f.hosted->machine.forgotten, 1, "the machine forgets the thread");
}

int main(void)
{
    setup();
    call_and_reply();
    reply_recv();
    call_without_grant();
    call_waits();
    saved_reply();
    abandoned_caller();
    caller_goes();
    fixture_done(&f);
    return tap_done();
}
