/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages from thread to thread: words, badges, and who waits for whom. */
#include "threads.h"

#include <string.h>

enum { ENDPOINT = FREE, SEND_ONLY, RECEIVE_ONLY, BADGED };

#define BADGE UINT64_C(0x1234567890abcdef)

static struct fixture f;

static uint64_t words[120];

static void setup(void)
{
    threads_start(&f);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    cnode_mint(&f, BADGED, ENDPOINT, CAP_RIGHTS_ALL, BADGE);
    cnode_copy(&f, SEND_ONLY, ENDPOINT, CAP_WRITE);
    cnode_copy(&f, RECEIVE_ONLY, ENDPOINT, CAP_READ);
    thread_make_ready(&f, 1, 255);
    for (uint64_t n = 0; n < 120; n++)
        words[n] = 0xa000 + n;
}

/* Thread 0 yields to thread 1, which does something and blocks. */
static void one_receives(uint64_t cptr)
{
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 1, "thread 1 has its turn");
    sys(&f, SYSCALL_RECV, cptr, 77);
    ok_running(&f, 0, "it blocks, thread 0 runs");
    ok_state(&f, 1, THREAD_BLOCKED_ON_RECEIVE, "thread 1 receives");
}

static void clear_message(unsigned n)
{
    for (unsigned i = 0; i < 120; i++)
        ipc_set_word(thread_of(&f, n), buffer_of(&f, n), i, 0);
}

static void registers_only(void)
{
    one_receives(ENDPOINT);
    clear_message(1);
    set_words(&f, 4, words);
    sys(&f, SYSCALL_SEND, BADGED, ipc_info(0xfffff, 7, 0, 2));
    ok_running(&f, 0, "a sender of equal priority goes on");
    ok_message(&f, 1, "two words", BADGE, ipc_info(0xfffff, 0, 0, 2), 0xa000,
               0xa001, 0, 0);
}

static void whole_message(uint64_t length, uint64_t want)
{
    one_receives(ENDPOINT);
    clear_message(1);
    set_words(&f, 120, words);
    sys(&f, SYSCALL_SEND, ENDPOINT, ipc_info(5, 0, 0, length));
    tap_is(reg_of(&f, 1)[REG_INFO], ipc_info(5, 0, 0, want),
           "length %lu arrives as %lu", (unsigned long)length,
           (unsigned long)want);
    for (uint32_t n = 4; n < 120; n++)
        if (buffer_of(&f, 1)[BUFFER_MESSAGE + n] != (n < want ? words[n] : 0))
            tap_ok(false, "word %u", n);
    tap_is(reg_of(&f, 1)[REG_CAP], 0, "an endpoint's own badge is 0");
}

static void without_buffer(unsigned n, const char *who)
{
    slotno_t slot = thread_slot(thread_tcb(&f, n), TCB_BUFFER);
    uint8_t type = slot_type(kernel_slots(f.k), slot);

    one_receives(ENDPOINT);
    set_words(&f, 120, words);
    slot_set_type(kernel_slots(f.k), slot, CAP_CNODE); /* as good as none */
    f.unchecked = true;
    sys(&f, SYSCALL_SEND, ENDPOINT, ipc_info(6, 0, 0, 9));
    f.unchecked = false;
    slot_set_type(kernel_slots(f.k), slot, type);
    tap_is(reg_of(&f, 1)[REG_INFO], ipc_info(6, 0, 0, 4),
           "four words at most if the %s has no buffer", who);
}

static void read_only_buffers(void)
{
    slotno_t sender = thread_slot(thread_tcb(&f, 0), TCB_BUFFER);
    slotno_t receiver = thread_slot(thread_tcb(&f, 1), TCB_BUFFER);

    one_receives(ENDPOINT);
    slot_set_rights(kernel_slots(f.k), sender, CAP_READ);
    sys(&f, SYSCALL_SEND, ENDPOINT, ipc_info(0, 0, 0, 9));
    slot_set_rights(kernel_slots(f.k), sender, CAP_READ | CAP_WRITE);
    tap_is(reg_of(&f, 1)[REG_INFO], 9, "a sender's buffer may be read-only");
    one_receives(ENDPOINT);
    slot_set_rights(kernel_slots(f.k), receiver, CAP_READ);
    sys(&f, SYSCALL_SEND, ENDPOINT, ipc_info(0, 0, 0, 9));
    slot_set_rights(kernel_slots(f.k), receiver, CAP_READ | CAP_WRITE);
    tap_is(reg_of(&f, 1)[REG_INFO], 4, "a receiver's may not");
    one_receives(ENDPOINT);
    slot_set_rights(kernel_slots(f.k), sender,
                    CAP_READ | CAP_WRITE | CAP_DEVICE);
    sys(&f, SYSCALL_SEND, ENDPOINT, ipc_info(0, 0, 0, 9));
    slot_set_rights(kernel_slots(f.k), sender, CAP_READ | CAP_WRITE);
    tap_is(reg_of(&f, 1)[REG_INFO], 4, "a device frame is no buffer");
}

/* A message that waits for its receiver. */
static void sender_waits(void)
{
    uint64_t before[4];

    set_words(&f, 4, words);
    sys(&f, SYSCALL_SEND, BADGED, ipc_info(8, 0, 0, 4));
    ok_running(&f, 1, "the sender blocks, thread 1 runs");
    ok_state(&f, 0, THREAD_BLOCKED_ON_SEND, "thread 0 sends");
    memcpy(before, &reg_of(&f, 0)[REG_CAP], sizeof before);
    sys(&f, SYSCALL_RECV, RECEIVE_ONLY, 0);
    ok_message(&f, 1, "the message that waited", BADGE, ipc_info(8, 0, 0, 4),
               0xa000, 0xa001, 0xa002, 0xa003);
    ok_running(&f, 1, "the receiver goes on");
    ok_state(&f, 0, THREAD_RUNNING, "the sender is ready");
    tap_ok(!memcmp(before, &reg_of(&f, 0)[REG_CAP], sizeof before),
           "nothing is written to the sender");
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 0, "back to thread 0");
}

static void not_blocking(void)
{
    uint64_t before[6];

    memcpy(before, &reg_of(&f, 0)[REG_MR0], sizeof before);
    sys(&f, SYSCALL_NB_SEND, BADGED, ipc_info(8, 0, 0, 4));
    ok_running(&f, 0, "NBSend to nobody does not block");
    tap_is(reg_of(&f, 0)[REG_CAP], BADGED, "and changes nothing");
    sys(&f, SYSCALL_NB_RECV, ENDPOINT, 99);
    ok_running(&f, 0, "NBRecv from nobody does not block");
    tap_is(reg_of(&f, 0)[REG_CAP], 0, "badge 0");
    tap_is(reg_of(&f, 0)[REG_INFO], 99, "and nothing else is changed");
    tap_ok(!memcmp(before, &reg_of(&f, 0)[REG_MR0], 32), "nor the words");
    one_receives(ENDPOINT);
    sys(&f, SYSCALL_NB_SEND, SEND_ONLY, ipc_info(3, 0, 0, 0));
    ok_message(&f, 1, "NBSend to a receiver", 0, ipc_info(3, 0, 0, 0));
    sys(&f, SYSCALL_YIELD, 0, 0);
    sys(&f, SYSCALL_SEND, SEND_ONLY, ipc_info(4, 0, 0, 0));
    sys(&f, SYSCALL_NB_RECV, ENDPOINT, 0);
    ok_message(&f, 0, "NBRecv from a sender", 0, ipc_info(4, 0, 0, 0));
}

/* First come, first served, whatever their priorities. */
static void queue_order(void)
{
    for (unsigned n = 2; n < 6; n++)
        thread_make_ready(&f, n, (uint8_t)(100 + 10 * n));
    cnode_delete(&f, BADGED);
    for (unsigned i = 0; i < 4; i++) {
        unsigned n = (i + 2) % 4 + 2; /* 4 5 2 3 */

        invoke_call(&f, THREADS + n, LABEL_TCB_SET_PRIORITY, 1,
                    (uint64_t[]){255}, 1, (uint64_t[]){FIX_TCB});
        while (running(&f) != (int)n)
            sys(&f, SYSCALL_YIELD, 0, 0);
        sys(&f, SYSCALL_SEND, ENDPOINT, ipc_info(n, 0, 0, 0));
        while (running(&f) != 0)
            sys(&f, SYSCALL_YIELD, 0, 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        sys(&f, SYSCALL_RECV, ENDPOINT, 0);
        tap_is(ipc_label(reg_of(&f, 0)[REG_INFO]), (i + 2) % 4 + 2,
               "sender %u in the order of arrival", i);
    }
}

int main(void)
{
    setup();
    registers_only();
    whole_message(120, 120);
    whole_message(127, 120);
    whole_message(121, 120);
    whole_message(5, 5);
    whole_message(4, 4);
    without_buffer(0, "sender");
    without_buffer(1, "receiver");
    read_only_buffers();
    sender_waits();
    not_blocking();
    queue_order();
    fixture_done(&f);
    return tap_done();
}
