/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults: who is told what, and what the answer does (sel4-abi.md 7). */
#include "threads.h"

enum {
    ENDPOINT = FREE,
    HANDLER,       /* badged, all rights */
    HANDLER_REPLY, /* Write and GrantReply only */
    HANDLER_WRITE, /* not enough */
    HANDLER_NO_SEND,
    CNODE, /* of 2^4 slots, guard 0/0 */
};

#define BADGE    0x77u
#define NOWHERE  0x5000u
#define FAULT_PC 0x40001000u
#define FAULT_SP 0x7ff0u

static struct fixture f;

/* Thread 0 handles, at priority 255; thread 1 faults, at 254. */
static void setup(void)
{
    threads_start(&f);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    retype(&f, FIX_UT, OBJECT_CNODE, 4, CNODE, 1);
    cnode_mint(&f, HANDLER, ENDPOINT, CAP_RIGHTS_ALL, BADGE);
    cnode_mint(&f, HANDLER_REPLY, ENDPOINT, CAP_WRITE | CAP_GRANT_REPLY, BADGE);
    cnode_copy(&f, HANDLER_WRITE, ENDPOINT, CAP_WRITE | CAP_READ);
    cnode_copy(&f, HANDLER_NO_SEND, ENDPOINT, CAP_GRANT | CAP_GRANT_REPLY);
    thread_make(&f, 1, 254);
    tcb_set_space(&f, 1, HANDLER);
    tcb_resume(&f, 1);
}

static void handler_waits(void)
{
    sys(&f, SYSCALL_RECV, ENDPOINT, 0);
    ok_running(&f, 1, "the handler waits");
    reg_of(&f, 1)[REG_NEXT_IP] = FAULT_PC;
    reg_of(&f, 1)[REG_SP] = FAULT_SP;
}

/* The handler has been told: thread 1 waits for its answer. */
static void ok_told(const char *name)
{
    ok_running(&f, 0, name);
    ok_state(&f, 1, THREAD_BLOCKED_ON_REPLY, "the faulter waits");
}

static void answer(uint64_t label, uint32_t length, const uint64_t *words)
{
    set_words(&f, length, words);
    sys(&f, SYSCALL_REPLY, 0, ipc_info(label, 0, 0, length));
    tap_is(thread_of(&f, 1)->fault.type, 0, "the fault is answered");
}

static void ok_continues(uint64_t pc, const char *name)
{
    handler_waits();
    tap_is(reg_of(&f, 1)[REG_FAULT_IP], pc, "%s", name);
    sched_finish(f.k);
}

/* ---- Capability faults ----------------------------------------------------*/

static void capability_faults(void)
{
    handler_waits();
    sys(&f, SYSCALL_SEND, NOWHERE, 0);
    ok_told("Send to nowhere");
    ok_message(&f, 0, "guard mismatch", BADGE, ipc_info(1, 0, 0, 7), FAULT_PC,
               NOWHERE, 0, LOOKUP_GUARD_MISMATCH, 64, 0, 52);
    answer(99, 3, (uint64_t[]){1, 2, 3});
    handler_waits();
    tap_is(reg_of(&f, 1)[REG_FAULT_IP], FAULT_PC,
           "whatever the label, the call is made again, no register changed");
    sys(&f, SYSCALL_NB_RECV, NOWHERE, 0);
    ok_message(&f, 0, "NBRecv faults, too", BADGE, ipc_info(1, 0, 0, 7),
               FAULT_PC, NOWHERE, 1, LOOKUP_GUARD_MISMATCH, 64, 0, 52);
    answer(0, 0, NULL);
    handler_waits();
    sys(&f, SYSCALL_RECV, FIX_EMPTY, 0);
    ok_message(&f, 0, "Recv on an empty slot", BADGE, ipc_info(1, 0, 0, 5),
               FAULT_PC, FIX_EMPTY, 1, LOOKUP_MISSING_CAPABILITY, 0);
    answer(0, 0, NULL);
    handler_waits();
    sys(&f, SYSCALL_NB_RECV, FIX_TCB, 0);
    ok_message(&f, 0, "NBRecv on a TCB", BADGE, ipc_info(1, 0, 0, 5), FAULT_PC,
               FIX_TCB, 1, LOOKUP_MISSING_CAPABILITY, 0);
    answer(0, 0, NULL);
    handler_waits();
    sys(&f, SYSCALL_RECV, HANDLER_NO_SEND, 0);
    ok_message(&f, 0, "Recv without Read", BADGE, ipc_info(1, 0, 0, 5),
               FAULT_PC, HANDLER_NO_SEND, 1, LOOKUP_MISSING_CAPABILITY, 0);
    answer(0, 0, NULL);
    handler_waits();
    set_caps(&f, 1, (uint64_t[]){NOWHERE + 1});
    sys(&f, SYSCALL_CALL, FIX_TCB, ipc_info(LABEL_TCB_SUSPEND, 0, 1, 0));
    ok_message(&f, 0, "an extra capability", BADGE, ipc_info(1, 0, 0, 7),
               FAULT_PC, NOWHERE + 1, 0, LOOKUP_GUARD_MISMATCH, 64, 0, 52);
    answer(0, 0, NULL);
}

/* In CSpaces of its own: a root of 2^4 slots, first with guard 3 of 60 bits,
 * then with guard 0 of 57, so that 3 bits are left in its slots. */
static void other_spaces(void)
{
    struct place handler = {FIX_ROOT, HANDLER, 64};
    struct place cnode = {FIX_ROOT, CNODE, 64};

    cnode_copy_at(&f, inside(CNODE, 4, 1), handler, CAP_RIGHTS_ALL);
    cnode_copy_at(&f, inside(CNODE, 4, 2), cnode, CAP_RIGHTS_ALL);
    invoke_call(&f, THREADS + 1, LABEL_TCB_SET_SPACE, 3,
                (uint64_t[]){0x31, 60 + 64 * 3, 0}, 2,
                (uint64_t[]){CNODE, FIX_VSPACE});
    handler_waits();
    sys(&f, SYSCALL_SEND, 0x21, 0);
    ok_message(&f, 0, "guard mismatch", BADGE, ipc_info(1, 0, 0, 7), FAULT_PC,
               0x21, 0, LOOKUP_GUARD_MISMATCH, 64, 3, 60);
    answer(0, 0, NULL);
    invoke_call(&f, THREADS + 1, LABEL_TCB_SET_SPACE, 3,
                (uint64_t[]){1 * 8 + 5, 57, 0}, 2,
                (uint64_t[]){CNODE, FIX_VSPACE});
    handler_waits();
    sys(&f, SYSCALL_SEND, 2 * 8 + 7, 0);
    ok_message(&f, 0,
               "depth mismatch; the handler's left-over bits are ignored",
               BADGE, ipc_info(1, 0, 0, 6), FAULT_PC, 2 * 8 + 7, 0,
               LOOKUP_DEPTH_MISMATCH, 3, 4);
    answer(0, 0, NULL);
    tcb_set_space(&f, 1, HANDLER);
}

/* ---- The other three ------------------------------------------------------*/

static void unknown_syscall(void)
{
    uint64_t *reg = reg_of(&f, 1);

    handler_waits();
    for (unsigned n = 1; n < 32; n++)
        reg[n] = 0x100 + n;
    reg[REG_NEXT_IP] = FAULT_PC;
    sys(&f, 0xc1, 0xaa, 0xbb);
    ok_told("an unknown system call");
    ok_message(&f, 0, "eleven words", BADGE, ipc_info(2, 0, 0, 11), FAULT_PC,
               0x102, 0x101, 0xaa, 0xbb, 0x10c, 0x10d, 0x10e, 0x10f, 0x110,
               0xc1);
    answer(0, 12, (uint64_t[]){1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    tap_is(reg[REG_FAULT_IP], 1, "pc");
    tap_is(reg[REG_SP], 2, "sp");
    tap_is(reg[REG_RA], 3, "ra");
    for (unsigned n = 0; n < 7; n++)
        tap_is(reg[10 + n], 4 + n, "a%u", n);
    tap_is(reg[17], 0xc1, "a7 is not written");
    tap_is(thread_of(&f, 1)->state, THREAD_RESTART, "it goes on");
    handler_waits();
    tap_is(reg[REG_FAULT_IP], 1, "at its new pc");
    reg[REG_NEXT_IP] = FAULT_PC;
    reg[REG_SP] = FAULT_SP;
    sys(&f, 5, 0, 0);
    answer(0, 1, (uint64_t[]){FAULT_PC + 4});
    tap_is(reg[REG_FAULT_IP], FAULT_PC + 4, "one word: pc only");
    tap_is(reg[REG_SP], FAULT_SP, "sp is as it was");
    handler_waits();
    sys(&f, -20, 0, 0);
    ok_told("a debug call that is not there");
    answer(1, 1, (uint64_t[]){0x1234});
    ok_state(&f, 1, THREAD_INACTIVE, "another label: Inactive");
    tap_is(reg[REG_FAULT_IP], 0x1234, "with the new registers");
    tcb_resume(&f, 1);
}

/* A handler without buffer sees and gives four words. */
static void without_buffer(void)
{
    slotno_t slot = thread_slot(thread_tcb(&f, 0), TCB_BUFFER);

    handler_waits();
    slot_set_rights(kernel_slots(f.k), slot, 0);
    reg_of(&f, 1)[10] = 0xaa;
    reg_of(&f, 1)[REG_NEXT_IP] = FAULT_PC;
    sys(&f, 6, 0xa0, 0);
    tap_is(reg_of(&f, 0)[REG_INFO], ipc_info(2, 0, 0, 4),
           "a handler without buffer is told four words");
    set_words(&f, 4, (uint64_t[]){1, 2, 3, 4});
    sys(&f, SYSCALL_REPLY, 0, ipc_info(0, 0, 0, 10));
    tap_is(reg_of(&f, 1)[10], 4, "and four are taken from it");
    tap_is(reg_of(&f, 1)[11], 0, "not more");
    slot_set_rights(kernel_slots(f.k), slot, CAP_READ | CAP_WRITE);
}

static void trap_pc(uint64_t pc)
{
    reg_of(&f, 1)[REG_FAULT_IP] = pc;
    reg_of(&f, 1)[REG_NEXT_IP] = pc;
}

static void user_exception(void)
{
    handler_waits();
    trap_pc(FAULT_PC);
    kernel_user_exception(f.k, 2, 0);
    ok_told("an illegal instruction");
    ok_message(&f, 0, "four words", BADGE, ipc_info(3, 0, 0, 4), FAULT_PC,
               FAULT_SP, 2, 0);
    answer(0, 3, (uint64_t[]){0x10, 0x20, 0x30});
    tap_is(reg_of(&f, 1)[REG_SP], 0x20, "two words are taken");
    ok_continues(0x10, "it goes on there");
    kernel_user_exception(f.k, 3, 0);
    answer(7, 0, NULL);
    ok_state(&f, 1, THREAD_INACTIVE, "another label: Inactive");
    tcb_resume(&f, 1);
}

static void vm_fault(void)
{
    handler_waits();
    trap_pc(FAULT_PC);
    kernel_vm_fault(f.k, 0xdead000, 7, false);
    ok_told("a store to nowhere");
    ok_message(&f, 0, "store", BADGE, ipc_info(5, 0, 0, 4), FAULT_PC, 0xdead000,
               0, 7);
    answer(5, 4, (uint64_t[]){1, 2, 3, 4});
    ok_continues(FAULT_PC, "tried again whatever the label");
    trap_pc(0xbad0);
    kernel_vm_fault(f.k, 0xbad0, 1, true);
    ok_message(&f, 0, "jump", BADGE, ipc_info(5, 0, 0, 4), 0xbad0, 0xbad0, 1,
               1);
    answer(0, 0, NULL);
}

/* ---- Who handles ----------------------------------------------------------*/

static void handler_rights(uint64_t handler, bool told, const char *name)
{
    uint64_t died = f.hosted->machine.died;

    tcb_set_space(&f, 1, handler);
    handler_waits();
    trap_pc(FAULT_PC);
    kernel_vm_fault(f.k, 1, 5, false);
    threads_check(&f, "a fault");
    tap_is(f.hosted->machine.died, died + !told, "%s", name);
    if (told) {
        ok_running(&f, 0, "the handler is told");
        answer(0, 0, NULL);
        return;
    }
    ok_running(&f, -1, "nobody is told");
    ok_state(&f, 1, THREAD_INACTIVE, "the thread is Inactive");
    thread_cancel_ipc(f.k, thread_tcb(&f, 0));
    thread_resume(f.k, thread_tcb(&f, 0));
    sched_finish(f.k);
    tcb_resume(&f, 1);
}

/* The handler is busy: the fault queues, and can be cancelled. */
static void fault_waits(void)
{
    tcb_set_space(&f, 1, HANDLER);
    tcb_set_priority(&f, 1, 255);
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 1, "thread 1 runs, nobody receives");
    trap_pc(FAULT_PC);
    kernel_vm_fault(f.k, 0x123, 5, false);
    ok_running(&f, 0, "it faults");
    ok_state(&f, 1, THREAD_BLOCKED_ON_SEND, "and queues as a sender");
    sys(&f, SYSCALL_NB_RECV, ENDPOINT, 0);
    ok_message(&f, 0, "the message waited", BADGE, ipc_info(5, 0, 0, 4),
               FAULT_PC, 0x123, 0, 5);
    tcb_resume(&f, 1);
    sys(&f, SYSCALL_REPLY, 0, 0);
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 1, "resumed instead of answered");
    tap_is(reg_of(&f, 1)[REG_NEXT_IP], FAULT_PC, "tries again");
    kernel_vm_fault(f.k, 0x123, 5, false);
    tcb_suspend(&f, 1);
    tcb_resume(&f, 1);
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 1, "suspended and resumed while it queued");
    set_words(&f, 1, (uint64_t[]){42});
    sys(&f, SYSCALL_SEND, ENDPOINT, ipc_info(3, 0, 0, 1));
    sys(&f, SYSCALL_RECV, ENDPOINT, 0);
    ok_message(&f, 0, "its next message is no old fault", 0,
               ipc_info(3, 0, 0, 1), 42);
}

int main(void)
{
    setup();
    capability_faults();
    other_spaces();
    unknown_syscall();
    without_buffer();
    user_exception();
    vm_fault();
    handler_rights(HANDLER_REPLY, true, "Write and GrantReply will do");
    handler_rights(HANDLER_WRITE, false, "Write alone will not");
    handler_rights(HANDLER_NO_SEND, false, "nor Grant without Write");
    handler_rights(0, false, "nor an empty slot");
    handler_rights(FIX_TCB, false, "nor a TCB");
    handler_rights(NOWHERE, false, "nor nowhere");
    fault_waits();
    fixture_done(&f);
    return tap_done();
}
