/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls as such: what each leaves in the registers, observed on the
 * real kernel (sel4-abi.md 13.1), debug calls, and older label tables. */
#include "threads.h"

#include <string.h>

enum { ENDPOINT = FREE, NOTIFICATION, CNODE, BADGED, FRAME, SEND_ONLY };

static struct fixture f;
static uint64_t before[6];

/* a0 to a5 as the system call will have them. */
static void call_and_keep(int64_t number, uint64_t cptr, uint64_t info)
{
    for (unsigned i = 0; i < 4; i++)
        reg_of(&f, 0)[REG_MR0 + i] = 0x90 + i;
    before[0] = cptr;
    before[1] = info;
    memcpy(&before[2], &reg_of(&f, 0)[REG_MR0], 32);
    sys(&f, number, cptr, info);
}

static void ok_unchanged(const char *name)
{
    tap_ok(!memcmp(before, &reg_of(&f, 0)[REG_CAP], sizeof before),
           "%s: all registers as before", name);
    ok_running(&f, 0, name);
}

static void observed(void)
{
    call_and_keep(SYSCALL_NB_SEND, 0x5000, 4);
    ok_unchanged("NBSend to nowhere");
    call_and_keep(SYSCALL_SEND, FIX_TCB, ipc_info(999, 0, 0, 4));
    ok_unchanged("Send with a bad label");
    call_and_keep(SYSCALL_SEND, FIX_EMPTY, 4);
    ok_unchanged("Send to an empty slot");
    call_and_keep(SYSCALL_NB_SEND, ENDPOINT, 4);
    ok_unchanged("NBSend on an idle endpoint");
    call_and_keep(SYSCALL_REPLY, 0, 4);
    ok_unchanged("Reply without caller");
    call_and_keep(SYSCALL_YIELD, 1, 2);
    ok_unchanged("Yield");
    set_words(&f, 2, (uint64_t[]){BADGED, 64});
    sys(&f, SYSCALL_SEND, FIX_ROOT, ipc_info(LABEL_CNODE_DELETE, 0, 0, 2));
    tap_is(fixture_type(&f, BADGED), CAP_NULL, "Send with CNodeDelete works");
    ok_message(&f, 0, "registers as before", FIX_ROOT,
               ipc_info(LABEL_CNODE_DELETE, 0, 0, 2), BADGED, 64);
    call_and_keep(SYSCALL_CALL, FIX_EMPTY, ipc_info(5, 0, 0, 2));
    ok_message(&f, 0, "Call on an empty slot", 0, ipc_info(2, 0, 0, 1), 0, 0x91,
               0x92, 0x93);
    call_and_keep(SYSCALL_CALL, SEND_ONLY, ipc_info(5, 0, 0, 2));
    ok_message(&f, 0, "Call on an endpoint without Write", 0,
               ipc_info(2, 0, 0, 1), 0, 0x91);
    set_words(&f, 4, (uint64_t[]){FIX_EMPTY, 64, 3, 4});
    sys(&f, SYSCALL_CALL, FIX_ROOT, ipc_info(LABEL_CNODE_REVOKE, 0, 0, 2));
    ok_message(&f, 0, "Revoke of an empty slot keeps the words", 0, 0,
               FIX_EMPTY, 64, 3, 4);
    set_words(&f, 4, (uint64_t[]){1, 2, 3, 4});
    sys(&f, SYSCALL_CALL, FIX_ROOT, ipc_info(LABEL_CNODE_REVOKE, 0, 0, 1));
    ok_message(&f, 0, "with one word: truncated", 0, ipc_info(7, 0, 0, 0), 1, 2,
               3, 4);
}

/* Five words do not fit into registers. */
static void guard_mismatch(void)
{
    invoke_call(&f, FIX_ROOT, LABEL_CNODE_DELETE, 2, (uint64_t[]){2, 12}, 0,
                NULL);
    ok_reply(&f, "guard mismatch, MR4 in the buffer", 6, 0, 4, 12, 0, 52);
    invoke_call(&f, FIX_TCB, LABEL_TCB_SET_IPC_BUFFER, 1, (uint64_t[]){0}, 1,
                (uint64_t[]){FIX_EMPTY});
    set_words(&f, 2, (uint64_t[]){2, 12});
    sys(&f, SYSCALL_CALL, FIX_ROOT, ipc_info(LABEL_CNODE_DELETE, 0, 0, 2));
    ok_message(&f, 0, "four words without a buffer", 0, ipc_info(6, 0, 0, 4), 0,
               4, 12, 0);
    call(&f, FIX_TCB, LABEL_TCB_SET_IPC_BUFFER, 1, (uint64_t[]){0x1000}, 1,
         (uint64_t[]){BUFFERS});
}

/* A call that an interrupt stops is made again with the same registers. */
static void preempted(void)
{
    f.hosted->machine.preempt_in = 1;
    f.once = true;
    set_words(&f, 2, (uint64_t[]){CNODE, 64});
    sys(&f, SYSCALL_CALL, FIX_ROOT, ipc_info(LABEL_CNODE_DELETE, 0, 0, 2));
    ok_message(&f, 0, "stopped: registers as before", FIX_ROOT,
               ipc_info(LABEL_CNODE_DELETE, 0, 0, 2), CNODE, 64);
    tap_is(reg_of(&f, 0)[REG_NEXT_IP], reg_of(&f, 0)[REG_FAULT_IP],
           "to be made again");
    tap_is(fixture_type(&f, CNODE), CAP_ZOMBIE, "half done");
    sys(&f, SYSCALL_CALL, FIX_ROOT, reg_of(&f, 0)[REG_INFO]);
    ok_message(&f, 0, "made again", 0, 0);
    tap_is(fixture_type(&f, CNODE), CAP_NULL, "done");
    f.once = false;
}

static void debug_calls(void)
{
    static const char name[] =
        "a name that is far too long for the place that the kernel has";
    struct machine *m = &f.hosted->machine;

    m->console_length = 0;
    call_and_keep(SYSCALL_DEBUG_PUT_CHAR, 0x100 + 'x', 1);
    ok_unchanged("DebugPutChar");
    tap_ok(m->console_length == 1 && m->console[0] == 'x', "prints");
    sys(&f, SYSCALL_DEBUG_CAP_IDENTIFY, NOTIFICATION, 0);
    tap_is(reg_of(&f, 0)[REG_CAP], CAP_NOTIFICATION, "DebugCapIdentify");
    sys(&f, SYSCALL_DEBUG_CAP_IDENTIFY, 0x5000, 0);
    tap_is(reg_of(&f, 0)[REG_CAP], 0, "of nothing");
    memcpy(&buffer_of(&f, 0)[BUFFER_MESSAGE], name, sizeof name);
    call_and_keep(SYSCALL_DEBUG_NAME_THREAD, FIX_TCB, 1);
    ok_unchanged("DebugNameThread");
    tap_is_string(thread_of(&f, 0)->name, "a name that is far too long for",
                  "is cut");
    call_and_keep(SYSCALL_DEBUG_NAME_THREAD, NOTIFICATION, 1);
    ok_unchanged("DebugNameThread of something else");
    m->console_length = 0;
    call_and_keep(SYSCALL_DEBUG_DUMP_SCHEDULER, 0, 1);
    ok_unchanged("DebugDumpScheduler");
    m->console[m->console_length] = '\0';
    tap_is_string(m->console,
                  "a name that is far too long for  domain 0  priority 255  "
                  "state 1\n",
                  "prints the one thread");
    call_and_keep(SYSCALL_DEBUG_SNAPSHOT, 0, 1);
    ok_unchanged("DebugSnapshot");
    call_and_keep(SYSCALL_DEBUG_HALT, 0, 1);
    tap_is(m->halted, 1, "DebugHalt");
    f.k->params.debug_calls = false;
    sys(&f, SYSCALL_DEBUG_DUMP_SCHEDULER, 0, 0);
    ok_state(&f, 0, THREAD_RUNNING, "DumpScheduler goes with printing");
    sys(&f, SYSCALL_DEBUG_HALT, 0, 0);
    ok_state(&f, 0, THREAD_INACTIVE, "the others with debug calls");
    tap_is(m->died, 1, "an unknown system call without handler");
}

static void no_printing(void)
{
    f.k->params.debug_print = false;
    thread_resume(f.k, thread_tcb(&f, 0));
    sched_finish(f.k);
    sys(&f, SYSCALL_DEBUG_PUT_CHAR, 'x', 0);
    ok_state(&f, 0, THREAD_INACTIVE, "without printing no DebugPutChar");
    thread_resume(f.k, thread_tcb(&f, 0));
    sched_finish(f.k);
}

/* ---- Labels of older releases ---------------------------------------------*/

struct translation {
    unsigned release;
    uint64_t wire, label;
};

static const struct translation translations[] = {
    {13, 1, 1},
    {13, 15, 15},
    {13, 16, 17},
    {13, 24, 25},
    {13, 25, 26},
    {13, 28, 29},
    {13, 29, 30},
    {13, 30, 33},
    {13, 37, 40},
    {13, 38, 0},
    {13, 40, 0},
    {14, 1, 1},
    {14, 16, 16},
    {14, 17, 17},
    {14, 30, 30},
    {14, 31, 33},
    {14, 38, 40},
    {14, 39, 0},
    {15, 31, 31},
    {15, 40, 40},
    {16, 33, 33},
    {15, 41, 41},
    {13, 41, 41},
    {13, LABEL_UNTYPED_DESCRIBE, LABEL_UNTYPED_DESCRIBE},
    {15, LABEL_UNTYPED_DESCRIBE, LABEL_UNTYPED_DESCRIBE},
};

static void labels(void)
{
    for (size_t i = 0; i < sizeof translations / sizeof *translations; i++) {
        const struct translation *t = &translations[i];

        label_select(&f.k->params, t->release);
        tap_is(label_translate(&f.k->params, t->wire), t->label,
               "release %u, label %lu", t->release, (unsigned long)t->wire);
    }
    tap_ok(!label_select(&f.k->params, 12), "there is no release 12");
    label_select(&f.k->params, 14);
    invoke_call(&f, FRAME, 35, 3, (uint64_t[3]){0}, 0, NULL);
    ok_reply(&f, "35 on a frame is GetAddress in release 14", 0,
             fixture_cap(&f, FRAME).base);
    label_select(&f.k->params, 15);
    invoke_call(&f, FRAME, 35, 3, (uint64_t[3]){0}, 0, NULL);
    ok_reply(&f, "and Map in 15", 7);
}

int main(void)
{
    threads_start(&f);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    cnode_copy(&f, SEND_ONLY, ENDPOINT, CAP_READ);
    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, NOTIFICATION, 1);
    retype(&f, FIX_UT, OBJECT_CNODE, 4, CNODE, 1);
    retype(&f, FIX_UT, TYPE_PAGE, 0, FRAME, 1);
    cnode_mint(&f, BADGED, ENDPOINT, CAP_RIGHTS_ALL, 5);
    observed();
    guard_mismatch();
    preempted();
    debug_calls();
    no_printing();
    labels();
    fixture_done(&f);
    return tap_done();
}
