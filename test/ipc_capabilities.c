/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities in messages: transfer, unwrapping, and where it stops. */
#include "threads.h"

enum {
    ENDPOINT = FREE,
    BADGED,
    BADGED2,
    NO_GRANT,
    OTHER_ENDPOINT,
    NOTIFICATION,
    TABLE,
    UNTYPED,
    CHILD,
    CNODE,
    RECEIVED,
    WRITE_ONLY,
};

#define BADGE 0xbadeu

static struct fixture f;

static void setup(void)
{
    threads_start(&f);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, OTHER_ENDPOINT, 1);
    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, NOTIFICATION, 1);
    retype(&f, FIX_UT, TYPE_TABLE, 0, TABLE, 1);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 8, UNTYPED, 1);
    retype(&f, FIX_UT, OBJECT_CNODE, 4, CNODE, 1);
    cnode_mint(&f, BADGED, ENDPOINT, CAP_RIGHTS_ALL, BADGE);
    cnode_mint(&f, BADGED2, ENDPOINT, CAP_READ, 2 * BADGE);
    cnode_copy(&f, NO_GRANT, ENDPOINT, CAP_READ | CAP_WRITE | CAP_GRANT_REPLY);
    cnode_copy(&f, WRITE_ONLY, NOTIFICATION, CAP_WRITE);
    thread_make_ready(&f, 1, 255);
}

static void receive_path(unsigned n, uint64_t cnode, uint64_t index,
                         uint64_t depth)
{
    uint64_t *buffer = buffer_of(&f, n);

    buffer[BUFFER_RECEIVE_CNODE] = cnode;
    buffer[BUFFER_RECEIVE_INDEX] = index;
    buffer[BUFFER_RECEIVE_DEPTH] = depth;
}

/* Thread 1 receives; thread 0 sends these capabilities through `endpoint'. */
static void send_caps(uint64_t endpoint, uint32_t count, const uint64_t *cptrs)
{
    cnode_delete(&f, RECEIVED);
    sys(&f, SYSCALL_YIELD, 0, 0);
    for (unsigned i = 0; i < 3; i++)
        buffer_of(&f, 1)[BUFFER_CAPS + i] = 0xeee;
    sys(&f, SYSCALL_RECV, ENDPOINT, 0);
    set_caps(&f, count, cptrs);
    sys(&f, SYSCALL_SEND, endpoint, ipc_info(1, 5, count, 0));
}

#define SEND(endpoint, ...)                                                    \
    send_caps(endpoint, sizeof((uint64_t[]){__VA_ARGS__}) / 8,                 \
              (uint64_t[]){__VA_ARGS__})

static void ok_caps(uint64_t unwrapped, uint64_t extra, uint8_t received,
                    const char *name)
{
    tap_is(reg_of(&f, 1)[REG_INFO], ipc_info(1, unwrapped, extra, 0),
           "%s: unwrapped, extra", name);
    tap_is(fixture_type(&f, RECEIVED), received, "%s: receive slot", name);
}

static void transfer(void)
{
    receive_path(1, FIX_ROOT, RECEIVED, 64);
    SEND(ENDPOINT, NOTIFICATION);
    ok_caps(0, 1, CAP_NOTIFICATION, "one capability");
    SEND(ENDPOINT, WRITE_ONLY);
    ok_caps(0, 1, CAP_NOTIFICATION, "rights");
    tap_is(fixture_cap(&f, RECEIVED).rights, CAP_WRITE, "are as they were");
    SEND(NO_GRANT, NOTIFICATION);
    ok_caps(0, 0, CAP_NULL, "without Grant");
    SEND(ENDPOINT, NOTIFICATION, NOTIFICATION);
    ok_caps(0, 1, CAP_NOTIFICATION, "there is one receive slot");
    cnode_revoke(&f, NOTIFICATION);
    tap_is(fixture_type(&f, RECEIVED), CAP_NULL, "it is a copy");
    cnode_copy(&f, WRITE_ONLY, NOTIFICATION, CAP_WRITE);
}

static void unwrapping(void)
{
    SEND(ENDPOINT, BADGED, NOTIFICATION, NOTIFICATION);
    ok_caps(1, 2, CAP_NOTIFICATION, "the observed one");
    tap_is(buffer_of(&f, 1)[BUFFER_CAPS], BADGE, "its badge");
    tap_is(buffer_of(&f, 1)[BUFFER_CAPS + 1], 0xeee, "a slot has none");
    SEND(ENDPOINT, NOTIFICATION, BADGED2, BADGED);
    ok_caps(6, 3, CAP_NOTIFICATION, "two unwrapped after one");
    tap_is(buffer_of(&f, 1)[BUFFER_CAPS + 1], 2 * BADGE, "second badge");
    tap_is(buffer_of(&f, 1)[BUFFER_CAPS + 2], BADGE, "third badge");
    SEND(ENDPOINT, OTHER_ENDPOINT, BADGED);
    ok_caps(2, 2, CAP_ENDPOINT, "another endpoint is a capability");
    receive_path(1, FIX_ROOT, NOTIFICATION, 64);
    SEND(ENDPOINT, BADGED, OTHER_ENDPOINT, BADGED);
    ok_caps(1, 1, CAP_NULL, "no receive slot: stop there");
    SEND(ENDPOINT, BADGED, BADGED, ENDPOINT);
    ok_caps(7, 3, CAP_NULL, "three unwrapped need none");
    receive_path(1, FIX_ROOT, RECEIVED, 64);
}

static void stops(void)
{
    retype(&f, UNTYPED, OBJECT_ENDPOINT, 0, CHILD, 1);
    SEND(ENDPOINT, UNTYPED);
    ok_caps(0, 0, CAP_NULL, "an untyped with children");
    cnode_delete(&f, CHILD);
    SEND(ENDPOINT, UNTYPED);
    ok_caps(0, 1, CAP_UNTYPED, "an untyped without");
    tap_is(fixture_watermark(&f, UNTYPED), 256, "the source is full then");
    SEND(ENDPOINT, TABLE);
    ok_caps(0, 0, CAP_NULL, "an unmapped table");
    SEND(ENDPOINT, FIX_IRQ_CONTROL);
    ok_caps(0, 0, CAP_NULL, "IRQ control");
    SEND(ENDPOINT, BADGED, FIX_EMPTY, BADGED);
    ok_caps(1, 1, CAP_NULL, "an empty slot");
    SEND(ENDPOINT, FIX_IRQ_CONTROL, BADGED);
    ok_caps(0, 0, CAP_NULL, "what stops the first stops all");
}

static void receive_slots(void)
{
    receive_path(1, FIX_TCB, RECEIVED, 64);
    SEND(ENDPOINT, NOTIFICATION);
    ok_caps(0, 0, CAP_NULL, "the receive root is no CNode");
    receive_path(1, UINT64_C(1) << 40, RECEIVED, 64);
    SEND(ENDPOINT, NOTIFICATION);
    ok_caps(0, 0, CAP_NULL, "the receive root is nowhere");
    receive_path(1, FIX_ROOT, RECEIVED, 0);
    SEND(ENDPOINT, NOTIFICATION);
    ok_caps(0, 0, CAP_NULL, "depth 0");
    receive_path(1, FIX_ROOT, RECEIVED, 63);
    SEND(ENDPOINT, NOTIFICATION);
    ok_caps(0, 0, CAP_NULL, "depth 63");
    receive_path(1, CNODE, 3, 4);
    SEND(ENDPOINT, NOTIFICATION);
    ok_caps(0, 1, CAP_NULL, "into another CNode");
    tap_is(slot_type(kernel_slots(f.k), fixture_inner(&f, CNODE, 3)),
           CAP_NOTIFICATION, "there it is");
    SEND(ENDPOINT, NOTIFICATION);
    ok_caps(0, 0, CAP_NULL, "once");
    receive_path(1, FIX_ROOT, RECEIVED, 64);
}

/* A pointer that leads nowhere: before the message, for every capability. */
static void wrong_pointers(void)
{
    uint64_t nowhere = UINT64_C(1) << 40;

    set_caps(&f, 2, (uint64_t[]){NOTIFICATION, nowhere});
    sys(&f, SYSCALL_NB_SEND, ENDPOINT, ipc_info(1, 0, 2, 0));
    ok_state(&f, 0, THREAD_RUNNING, "NBSend: nothing happens");
    sys(&f, SYSCALL_NB_SEND, NO_GRANT, ipc_info(1, 0, 1, 0));
    sys(&f, SYSCALL_NB_SEND, FIX_TCB, ipc_info(LABEL_TCB_SUSPEND, 0, 2, 0));
    ok_state(&f, 0, THREAD_RUNNING, "NBSend of an invocation: the same");
    sys(&f, SYSCALL_SEND, NO_GRANT, ipc_info(1, 0, 2, 0));
    ok_state(&f, 0, THREAD_INACTIVE, "Send: a fault, even without Grant");
    tcb_resume(&f, 0);
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 0, "resumed");
}

/* Replies carry capabilities if the server's endpoint had Grant. */
static void replies(uint64_t server, uint64_t extra, const char *name)
{
    cnode_delete(&f, RECEIVED);
    receive_path(0, FIX_ROOT, RECEIVED, 64);
    sys(&f, SYSCALL_YIELD, 0, 0);
    sys(&f, SYSCALL_RECV, server, 0);
    sys(&f, SYSCALL_CALL, ENDPOINT, 0);
    set_caps(&f, 2, (uint64_t[]){NOTIFICATION, BADGED});
    sys(&f, SYSCALL_REPLY, 0, ipc_info(1, 0, 2, 0));
    tap_is(reg_of(&f, 0)[REG_INFO], ipc_info(1, 0, extra, 0), "%s", name);
    tap_is(fixture_type(&f, RECEIVED), extra ? CAP_NOTIFICATION : CAP_NULL,
           "%s: receive slot", name);
    sys(&f, SYSCALL_YIELD, 0, 0);
}

int main(void)
{
    setup();
    transfer();
    unwrapping();
    stops();
    receive_slots();
    wrong_pointers();
    replies(ENDPOINT, 1, "a reply with Grant; nothing is unwrapped");
    replies(NO_GRANT, 0, "a reply without Grant");
    fixture_done(&f);
    return tap_done();
}
