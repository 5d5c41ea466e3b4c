/* SPDX-License-Identifier: BSD-2-Clause */
/* What TCB invocations do (sel4-abi.md 4.6), by system call. */
#include "threads.h"

enum { ENDPOINT = FREE, CNODE, GUARDED, FRAME, TABLE, NOTIFICATION };

static struct fixture f;

static uint64_t tcb(unsigned n, uint64_t label, uint32_t length,
                    const uint64_t *words)
{
    return invoke_call(&f, n ? THREADS + n : FIX_TCB, label, length, words, 0,
                       NULL);
}

#define TCB(n, label, ...)                                                     \
    tcb(n, LABEL_TCB_##label, sizeof((uint64_t[]){__VA_ARGS__}) / 8,           \
        (uint64_t[]){__VA_ARGS__})

/* Register i of sel4-abi.md 7.5 as these tests fill it. */
static uint64_t value(unsigned i)
{
    return 0x4000 + 4 * i;
}

static void write_registers(void)
{
    uint64_t words[34] = {0, 32};
    static const uint8_t order[] = {0,  1,  2,  3,  8,  9,  18, 19, 20, 21, 22,
                                    23, 24, 25, 26, 27, 10, 11, 12, 13, 14, 15,
                                    16, 17, 5,  6,  7,  28, 29, 30, 31, 4};

    for (unsigned i = 0; i < 32; i++)
        words[2 + i] = value(i);
    tap_is(tcb(1, LABEL_TCB_WRITE_REGISTERS, 34, words), 0, "WriteRegisters");
    for (unsigned i = 0; i < 32; i++)
        tap_is(reg_of(&f, 1)[order[i]], value(i), "register %u", i);
    tap_is(reg_of(&f, 1)[REG_NEXT_IP], value(0), "NextIP is the pc");
    ok_state(&f, 1, THREAD_INACTIVE, "not resumed");
    words[1] = 2;
    words[2] = 0x9000;
    words[3] = 0x9999;
    tcb(1, LABEL_TCB_WRITE_REGISTERS, 34, words);
    tap_is(reg_of(&f, 1)[REG_FAULT_IP], 0x9000, "a count of 2");
    tap_is(reg_of(&f, 1)[REG_SP], value(2), "leaves the third");
    words[1] = 40;
    set_words(&f, 120, (uint64_t[120]){0});
    tap_is(tcb(1, LABEL_TCB_WRITE_REGISTERS, 42, (uint64_t[42]){0, 40, 0x9004}),
           0, "a count of 40 is 32");
    tap_is(reg_of(&f, 1)[REG_FAULT_IP], 0x9004, "pc");
    reg_of(&f, 1)[REG_NEXT_IP] = 5;
    TCB(1, WRITE_REGISTERS, 1, 0);
    ok_state(&f, 1, THREAD_RESTART, "count 0 with the resume flag");
    tap_is(reg_of(&f, 1)[REG_NEXT_IP], 0x9004, "NextIP is the restart point");
}

static void read_registers(void)
{
    for (unsigned i = 0; i < 32; i++)
        reg_of(&f, 1)[i] = 0x500 + i;
    TCB(1, READ_REGISTERS, 0, 32);
    tap_is(reg_of(&f, 0)[REG_INFO], 32, "ReadRegisters: 32 words");
    tap_is(reg_of(&f, 0)[REG_MR0], 0x500, "pc");
    tap_is(buffer_of(&f, 0)[BUFFER_MESSAGE + 4], 0x508, "s0");
    tap_is(buffer_of(&f, 0)[BUFFER_MESSAGE + 16], 0x50a, "a0");
    tap_is(buffer_of(&f, 0)[BUFFER_MESSAGE + 31], 0x504, "tp");
    TCB(1, READ_REGISTERS, 0xff01, 1);
    tap_is(reg_of(&f, 0)[REG_INFO], 1, "one word; the source is suspended");
    ok_state(&f, 1, THREAD_INACTIVE, "whatever the high bits");
    sys(&f, SYSCALL_SEND, THREADS + 1,
        ipc_info(LABEL_TCB_READ_REGISTERS, 0, 0, 2));
    tap_is(reg_of(&f, 0)[REG_CAP], THREADS + 1, "by Send: no answer");
}

static void without_buffer(void)
{
    invoke_call(&f, FIX_TCB, LABEL_TCB_SET_IPC_BUFFER, 1, (uint64_t[]){0}, 1,
                (uint64_t[]){FIX_EMPTY});
    ok_reply(&f, "the caller's own buffer is taken away", 0);
    tap_ok(!buffer_of(&f, 0), "it has none");
    set_words(&f, 2, (uint64_t[]){0, 32});
    sys(&f, SYSCALL_CALL, THREADS + 1,
        ipc_info(LABEL_TCB_READ_REGISTERS, 0, 0, 2));
    tap_is(reg_of(&f, 0)[REG_INFO], 4, "ReadRegisters without: four words");
    set_words(&f, 4, (uint64_t[]){0, 3, 1, 1});
    sys(&f, SYSCALL_CALL, THREADS + 1,
        ipc_info(LABEL_TCB_WRITE_REGISTERS, 0, 0, 5));
    tap_is(reg_of(&f, 0)[REG_INFO], ipc_info(7, 0, 0, 0),
           "WriteRegisters: four words arrive");
    sys(&f, SYSCALL_CALL, FIX_ROOT, ipc_info(LABEL_CNODE_COPY, 0, 1, 5));
    tap_is(reg_of(&f, 0)[REG_INFO] / 4096, 6,
           "no capability arrives: the lookup of the destination is first");
    sys(&f, SYSCALL_CALL, THREADS + 1,
        ipc_info(LABEL_TCB_SET_IPC_BUFFER, 0, 1, 1));
    tap_is(reg_of(&f, 0)[REG_INFO], ipc_info(7, 0, 0, 0), "as SetIPCBuffer");
    call(&f, FIX_TCB, LABEL_TCB_SET_IPC_BUFFER, 1, (uint64_t[]){0x10000000}, 1,
         (uint64_t[]){BUFFERS});
    ok_reply(&f, "and gives it back", 0);
    tap_ok(buffer_of(&f, 0) != NULL, "there it is");
    tap_is(slot_rights(kernel_slots(f.k),
                       thread_slot(thread_tcb(&f, 0), TCB_BUFFER)),
           CAP_READ | CAP_WRITE, "an unmapped copy");
}

static void copy_registers(void)
{
    uint64_t *one = reg_of(&f, 1), *two = reg_of(&f, 2);

    for (unsigned i = 0; i < 32; i++)
        two[i] = 0x600 + i;
    one[REG_NEXT_IP] = 1;
    invoke_call(&f, THREADS + 1, LABEL_TCB_COPY_REGISTERS, 1, (uint64_t[]){4},
                1, (uint64_t[]){THREADS + 2});
    tap_is(one[REG_FAULT_IP], 0x600, "frame registers: pc");
    tap_is(one[REG_NEXT_IP], 0x600, "which is where it continues");
    tap_is(one[27], 0x61b, "s11");
    tap_is(one[10], 0x50a, "not a0");
    two[REG_FAULT_IP] = 7;
    invoke_call(&f, THREADS + 1, LABEL_TCB_COPY_REGISTERS, 1,
                (uint64_t[]){8 + 2}, 1, (uint64_t[]){THREADS + 2});
    tap_is(one[10], 0x60a, "integer registers: a0");
    tap_is(one[4], 0x604, "tp");
    tap_is(one[REG_FAULT_IP], 0x600, "not pc");
    ok_state(&f, 1, THREAD_RESTART, "the target is resumed");
    tcb_resume(&f, 2);
    invoke_call(&f, THREADS + 1, LABEL_TCB_COPY_REGISTERS, 1, (uint64_t[]){1},
                1, (uint64_t[]){THREADS + 2});
    ok_state(&f, 2, THREAD_INACTIVE, "the source is suspended");
    tcb_suspend(&f, 1);
}

static void small_ones(void)
{
    TCB(1, SET_TLS_BASE, 0x1234);
    tap_is(reg_of(&f, 1)[REG_TLS], 0x1234, "SetTLSBase");
    TCB(0, SET_TLS_BASE, 0x4321);
    tap_is(reg_of(&f, 0)[REG_TLS], 0x4321, "of the caller");
    TCB(1, SET_FLAGS, 0, 0xff00);
    ok_reply(&f, "SetFlags 0, 0xff00", 0, 0);
    TCB(1, SET_FLAGS, 0, 0xff01);
    ok_reply(&f, "SetFlags: no FPU", 0, 1);
    TCB(1, SET_FLAGS, 1, 1);
    ok_reply(&f, "set wins over clear", 0, 1);
    TCB(1, SET_FLAGS, 1, 0);
    ok_reply(&f, "SetFlags: FPU", 0, 0);
    invoke_call(&f, THREADS + 1, LABEL_TCB_SET_SCHED_PARAMS, 2,
                (uint64_t[]){11, 222}, 1, (uint64_t[]){FIX_TCB});
    tap_is(thread_of(&f, 1)->mcp, 11, "SetSchedParams: MCP");
    tap_is(thread_of(&f, 1)->priority, 222, "a priority may exceed it");
    invoke_call(&f, THREADS + 1, LABEL_TCB_SET_MC_PRIORITY, 1, (uint64_t[]){33},
                1, (uint64_t[]){FIX_TCB});
    tap_is(thread_of(&f, 1)->mcp, 33, "SetMCPriority");
    tap_is(thread_of(&f, 1)->priority, 222, "and nothing else");
}

static void suspend_and_resume(void)
{
    uint64_t pc;

    thread_make_ready(&f, 3, 255);
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 3, "thread 3");
    pc = reg_of(&f, 3)[REG_NEXT_IP];
    tcb_suspend(&f, 3);
    ok_running(&f, 0, "it suspends itself");
    tcb_resume(&f, 3);
    tap_is(reg_of(&f, 3)[REG_FAULT_IP], pc, "its Suspend has not returned");
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 3, "resumed");
    tap_is(reg_of(&f, 3)[REG_NEXT_IP], pc, "it makes the call again");
    sys(&f, SYSCALL_YIELD, 0, 0);
    pc = reg_of(&f, 3)[REG_NEXT_IP];
    tcb_suspend(&f, 3);
    tap_is(reg_of(&f, 3)[REG_FAULT_IP], pc, "a ready thread is suspended");
    tcb_resume(&f, 3);
    tcb_resume(&f, 3);
    sys(&f, SYSCALL_YIELD, 0, 0);
    tap_is(reg_of(&f, 3)[REG_NEXT_IP], pc, "and goes on behind its call");
    pc = reg_of(&f, 3)[REG_NEXT_IP];
    sys(&f, SYSCALL_SEND, ENDPOINT, 0);
    ok_state(&f, 3, THREAD_BLOCKED_ON_SEND, "blocked");
    tcb_resume(&f, 3);
    ok_state(&f, 3, THREAD_RESTART, "Resume ends that");
    sys(&f, SYSCALL_YIELD, 0, 0);
    tap_is(reg_of(&f, 3)[REG_NEXT_IP], pc, "to make the call again");
    sys(&f, SYSCALL_RECV, NOTIFICATION, 0);
    ok_state(&f, 3, THREAD_BLOCKED_ON_NOTIFICATION, "waiting");
    tcb_suspend(&f, 3);
    ok_state(&f, 3, THREAD_INACTIVE, "Suspend ends that, too");
    tap_is(notification_first(f.k, fixture_cap(&f, NOTIFICATION).base), 0,
           "nobody waits");
}

static struct cap in_tcb(unsigned n, enum tcb_slot slot)
{
    return cap_read(kernel_slots(f.k), thread_slot(thread_tcb(&f, n), slot));
}

static void configure(void)
{
    invoke_call(&f, THREADS + 1, LABEL_TCB_CONFIGURE, 4,
                (uint64_t[]){0x99, 60 + 64 * 5, 77, 0x8c00}, 3,
                (uint64_t[]){CNODE, FIX_VSPACE, FRAME});
    ok_reply(&f, "Configure", 0);
    tap_is(thread_of(&f, 1)->fault_handler, 0x99, "fault handler");
    tap_is(in_tcb(1, TCB_CSPACE).word, 60 + 64 * 5, "CSpace with its guard");
    tap_is(in_tcb(1, TCB_VSPACE).base, fixture_cap(&f, FIX_VSPACE).base,
           "VSpace");
    tap_is(in_tcb(1, TCB_BUFFER).base, fixture_cap(&f, FRAME).base, "buffer");
    tap_is(
        (uint64_t)((uint8_t *)buffer_of(&f, 1) -
                   (uint8_t *)hosted_memory(f.k, fixture_cap(&f, FRAME).base)),
        0xc00, "at its place in the page");
    invoke_call(&f, THREADS + 1, LABEL_TCB_SET_SPACE, 3, (uint64_t[]){3, 0, 0},
                2, (uint64_t[]){GUARDED, FIX_VSPACE});
    tap_is(in_tcb(1, TCB_CSPACE).word, 60 + 64 * 3, "data 0 keeps the guard");
    tap_ok(buffer_of(&f, 1) != NULL, "SetSpace leaves the buffer");
    cnode_revoke(&f, FRAME);
    tap_ok(!buffer_of(&f, 1), "revoking the frame takes it");
    cnode_revoke(&f, CNODE);
    tap_is(in_tcb(1, TCB_CSPACE).type, CAP_NULL, "and the CSpace");
}

/* A thread that changes its own space keeps running, in the new one. */
static void own_space(void)
{
    uint64_t sets = f.hosted->machine.space_sets;

    tcb_set_space(&f, 0, 0);
    ok_reply(&f, "SetSpace of the caller", 0);
    tap_is(f.hosted->machine.space_sets, sets + 1, "the machine is told");
    sys(&f, SYSCALL_YIELD, 0, 0);
    tcb_suspend(&f, 1);
    tap_is(f.hosted->machine.space_sets, sets + 1, "once");
    retype(&f, FIX_UT, TYPE_TABLE, 0, TABLE, 1);
    call(&f, FIX_ASID_POOL, LABEL_ASID_POOL_ASSIGN, 0, NULL, 1,
         (uint64_t[]){TABLE});
    invoke_call(&f, FIX_TCB, LABEL_TCB_SET_SPACE, 3, (uint64_t[]){0, 0, 0}, 2,
                (uint64_t[]){FIX_ROOT, TABLE});
    tap_is(f.hosted->machine.space_root, fixture_cap(&f, TABLE).base,
           "another VSpace");
    tap_is(f.hosted->machine.space_asid, 2, "with its ASID");
    cnode_revoke(&f, TABLE);
    sched_finish(f.k);
    delete_by_call(&f, TABLE);
    tap_is(f.hosted->machine.space_root, 0, "deleted: the kernel's own");
    ok_running(&f, 0, "the thread is there, to fault");
}

/* A TCB, CNode and all that hold each other, deleted from inside. */
static void delete_oneself(void)
{
    thread_make_ready(&f, 5, 255);
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 5, "thread 5 runs");
    delete_by_call(&f, THREADS + 5);
    tap_is(fixture_type(&f, THREADS + 5), CAP_NULL, "and deletes its TCB");
    ok_running(&f, 0, "another runs");
    f.hosted->machine.preempt_always = true;
    thread_make_ready(&f, 6, 255);
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 6, "thread 6, with interrupts");
    f.once = true;
    delete_by_call(&f, THREADS + 6);
    f.once = false;
    ok_running(&f, 0, "is stopped before its TCB is gone");
    tap_is(fixture_type(&f, THREADS + 6), CAP_ZOMBIE, "which is a zombie");
    delete_by_call(&f, THREADS + 6);
    tap_is(fixture_type(&f, THREADS + 6), CAP_NULL, "for others to finish");
    f.hosted->machine.preempt_always = false;
}

int main(void)
{
    threads_start(&f);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, NOTIFICATION, 1);
    retype(&f, FIX_UT, OBJECT_CNODE, 4, CNODE, 1);
    cnode_mint(&f, GUARDED, CNODE, 0, 60 + 64 * 3);
    retype(&f, FIX_UT, TYPE_PAGE, 0, FRAME, 1);
    thread_make(&f, 1, 1);
    thread_make(&f, 2, 1);
    write_registers();
    read_registers();
    without_buffer();
    copy_registers();
    small_ones();
    suspend_and_resume();
    configure();
    own_space();
    delete_oneself();
    fixture_done(&f);
    return tap_done();
}
