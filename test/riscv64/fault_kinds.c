/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults of every kind: message, and what a reply does (sel4-abi.md 7). */
#include "peer.h"

#define SEND ((seL4_Word)seL4_SysSend)
#define RECV ((seL4_Word)seL4_SysRecv)

extern char peer_trap[];
extern char fault_illegal[];
extern char fault_break[];
extern char fault_end[];
extern char fault_load[];
extern char fault_store[];
__asm__(".text\n"
        ".option push\n"
        ".option norvc\n"
        ".balign 4\n"
        "fault_illegal: unimp\n"
        "fault_break: ebreak\n"
        "fault_end: j .\n"
        "fault_load: ld a1, 0(a0)\n"
        "j .\n"
        "fault_store: sd a1, 0(a0)\n"
        "j .\n"
        ".option pop\n");

#define PAGE 0x28000000ul

static struct peer p;
static seL4_CPtr handler;
static seL4_Word mr[16];

/* The next fault, which must have come: claims label, length, first words. */
static void fault(seL4_Word label, seL4_Word length, const seL4_Word *want,
                  const char *name)
{
    seL4_Word badge = 0;
    seL4_MessageInfo_t info;
    bool same;

    peers_run();
    info = seL4_NBRecv(handler, &badge);
    for (int i = 0; i < 16; i++)
        mr[i] = seL4_GetMR(i);
    same = badge == 0xfa && seL4_MessageInfo_get_label(info) == label &&
           seL4_MessageInfo_get_length(info) == length &&
           seL4_MessageInfo_get_extraCaps(info) == 0;
    for (seL4_Word i = 0; i < length; i++)
        same = same && mr[i] == want[i];
    if (tap_ok(same, "%s", name))
        return;
    tap_diag("  badge 0x%lx, label %lu, %lu words", badge,
             (unsigned long)seL4_MessageInfo_get_label(info),
             (unsigned long)seL4_MessageInfo_get_length(info));
    for (seL4_Word i = 0; i < length; i++)
        tap_diag("  MR%lu 0x%lx, want 0x%lx", i, mr[i], want[i]);
}

static void reply(seL4_Word label, seL4_Word length)
{
    seL4_Reply(seL4_MessageInfo_new(label, 0, 0, length));
    peers_run();
}

static void no_fault(const char *name)
{
    seL4_Word badge = 0;

    seL4_NBRecv(handler, &badge);
    tap_is(badge, 0, "%s", name);
}

/* Runs from there with a0. */
static void run(const char *from, seL4_Word a0)
{
    peer_sys(&p, 0, a0, 0, NULL);
    p.in.pc = (seL4_Word)from;
    seL4_TCB_WriteRegisters(p.tcb, 1, 0, 32, &p.in);
}

static void test_cap_fault(void)
{
    const seL4_Word trap = (seL4_Word)peer_trap;
    seL4_Word guard =
        seL4_WordBits - seL4_GetBootInfo()->initThreadCNodeSizeBits;

    peer_sys(&p, SEND, 1ul << 40, peer_info(1, 0, 1), NULL);
    fault(seL4_Fault_CapFault, 7,
          (seL4_Word[]){trap, 1ul << 40, 0, 4, seL4_WordBits, 0, guard},
          "cap fault to send: guard mismatch");
    peer_sys(&p, RECV, 1ul << 40, 0, NULL);
    fault(seL4_Fault_CapFault, 7,
          (seL4_Word[]){trap, 1ul << 40, 1, 4, seL4_WordBits, 0, guard},
          "cap fault to receive");
    peer_sys(&p, (seL4_Word)seL4_SysNBRecv, 0, 0, NULL);
    fault(seL4_Fault_CapFault, 5, (seL4_Word[]){trap, 0, 1, 2, 0},
          "NBRecv of an empty slot: missing capability");
    reply(77, 3);
    fault(seL4_Fault_CapFault, 5, (seL4_Word[]){trap, 0, 1, 2, 0},
          "a reply, whatever its label, makes the call again");
    peer_sys(&p, (seL4_Word)seL4_SysNBSend, 1ul << 40, 0, NULL);
    fault(seL4_Fault_UserException, 4, (seL4_Word[]){trap + 12, p.in.sp, 3, 0},
          "NBSend does not fault: it comes back, to the breakpoint");
    peer_sys(&p, (seL4_Word)seL4_SysReplyRecv, p.tcb, 0, NULL);
    fault(seL4_Fault_CapFault, 5, (seL4_Word[]){trap, p.tcb, 1, 2, 0},
          "ReplyRecv on what is no endpoint");
}

/* A CSpace of two levels, the second wider than what is left of 64 bits. */
static void test_depth_mismatch(void)
{
    seL4_CPtr outer = task_object(seL4_CapTableObject, 4);
    seL4_CPtr inner = task_object(seL4_CapTableObject, 4);
    seL4_Word guard = seL4_CNode_CapData_new(0, 58).words[0];
    seL4_CPtr deep = 1 << 2 | 3;

    seL4_CNode_Copy(outer, 1, 4, TASK_ROOT, inner, seL4_WordBits,
                    seL4_AllRights);
    seL4_CNode_Mint(outer, 2, 4, TASK_ROOT, handler, seL4_WordBits,
                    seL4_AllRights, 0xfa);
    tap_is(seL4_TCB_SetSpace(p.tcb, 2 << 2, outer, guard, TASK_VSPACE, 0),
           seL4_NoError, "a CSpace with a wide second level");
    peer_sys(&p, RECV, deep, 0, NULL);
    fault(seL4_Fault_CapFault, 6,
          (seL4_Word[]){(seL4_Word)peer_trap, deep, 1, 3, 2, 4},
          "cap fault to receive: depth mismatch");
    peer_sys(&p, SEND, deep, 0, NULL);
    fault(seL4_Fault_CapFault, 6,
          (seL4_Word[]){(seL4_Word)peer_trap, deep, 0, 3, 2, 4},
          "cap fault to send: depth mismatch");
}

static void test_unknown_syscall(void)
{
    static const seL4_Word a[4] = {2, 3, 4, 5};
    seL4_Word want[11] = {(seL4_Word)peer_trap, 0, 0, 0, 1, 2, 3, 4, 5};

    peer_sys(&p, (seL4_Word)-200, 0, 1, a);
    want[1] = p.in.sp;
    want[2] = p.in.ra;
    want[9] = p.in.a6;
    want[10] = (seL4_Word)-200;
    fault(seL4_Fault_UnknownSyscall, 11, want, "unknown system call");
    reply(0, 0);
    fault(seL4_Fault_UnknownSyscall, 11, want,
          "a reply without words makes the call again");
    seL4_SetMR(0, (seL4_Word)peer_trap + 4);
    seL4_SetMR(1, 0x5150);
    seL4_SetMR(2, 0x4a4a);
    for (int i = 0; i < 7; i++)
        seL4_SetMR(3 + i, 0xa00 + (seL4_Word)i);
    seL4_SetMR(10, 0xbad);
    reply(0, 11);
    fault(seL4_Fault_UserException, 4,
          (seL4_Word[]){(seL4_Word)peer_trap + 12, 0x5150, 3, 0},
          "a reply with words moves it on");
    peer_is_back(&p);
    tap_ok(p.r.ra == 0x4a4a && p.r.a0 == 0xa00 && p.r.a1 == 0xa01 &&
               p.r.a5 == 0xa05 && p.r.a6 == 0xa06,
           "with the registers of the reply");
    tap_ok(p.r.a7 == (seL4_Word)-200 && p.r.s11 == p.in.s11,
           "and no others changed");
    peer_sys(&p, 7, 0, 1, a);
    want[10] = 7;
    want[9] = p.in.a6;
    fault(seL4_Fault_UnknownSyscall, 11, want, "a positive number");
    seL4_SetMR(0, (seL4_Word)peer_trap + 4);
    reply(1, 1);
    no_fault("a reply with a label other than 0 stops the thread");
    tap_is((peer_is_back(&p), p.r.pc), (seL4_Word)peer_trap + 4,
           "where the reply has put it");
    seL4_TCB_Resume(p.tcb);
    fault(seL4_Fault_UserException, 4,
          (seL4_Word[]){(seL4_Word)peer_trap + 12, p.in.sp, 3, 0},
          "resumed, it goes on there");
}

static void test_user_exception(void)
{
    run(fault_illegal, 0);
    fault(seL4_Fault_UserException, 4,
          (seL4_Word[]){(seL4_Word)fault_illegal, p.in.sp, 2, 0},
          "illegal instruction");
    seL4_SetMR(0, (seL4_Word)fault_break);
    seL4_SetMR(1, 0x6160);
    reply(0, 2);
    fault(seL4_Fault_UserException, 4,
          (seL4_Word[]){(seL4_Word)fault_break, 0x6160, 3, 0},
          "breakpoint, where the reply sent it, with its stack pointer");
    reply(0, 0);
    fault(seL4_Fault_UserException, 4,
          (seL4_Word[]){(seL4_Word)fault_break, 0x6160, 3, 0},
          "a reply without words: again");
    seL4_SetMR(0, (seL4_Word)fault_end);
    reply(2, 1);
    no_fault("a reply with another label stops the thread");
}

static void test_vm_fault(void)
{
    seL4_CPtr frame = task_object(seL4_RISCV_4K_Page, 0);
    const seL4_Word load = (seL4_Word)fault_load;

    run(fault_load, PAGE);
    fault(seL4_Fault_VMFault, 4, (seL4_Word[]){load, PAGE, 0, 5}, "load");
    reply(0, 0);
    fault(seL4_Fault_VMFault, 4, (seL4_Word[]){load, PAGE, 0, 5},
          "a reply tries again");
    reply(9, 4);
    fault(seL4_Fault_VMFault, 4, (seL4_Word[]){load, PAGE, 0, 5},
          "whatever its label and words");
    run(fault_store, PAGE + 8);
    fault(seL4_Fault_VMFault, 4,
          (seL4_Word[]){(seL4_Word)fault_store, PAGE + 8, 0, 7}, "store");
    run((const char *)PAGE, 0);
    fault(seL4_Fault_VMFault, 4, (seL4_Word[]){PAGE, PAGE, 1, 1}, "fetch");
    run(fault_load, PAGE);
    fault(seL4_Fault_VMFault, 4, (seL4_Word[]){load, PAGE, 0, 5}, "load");
    task_map(frame, TASK_VSPACE, PAGE, seL4_ReadWrite, 0);
    *(volatile seL4_Word *)PAGE = 0x600d;
    seL4_Reply(seL4_MessageInfo_new(0, 0, 0, 0));
    seL4_TCB_SetPriority(p.tcb, seL4_CapInitThreadTCB, seL4_MaxPrio);
    seL4_Yield();
    seL4_TCB_ReadRegisters(p.tcb, 1, 0, 32, &p.r);
    seL4_TCB_SetPriority(p.tcb, seL4_CapInitThreadTCB, 100);
    tap_is(p.r.a1, 0x600d, "the page mapped, the load goes on");
}

/* Who cannot be told, or may not be (7.1). */
static void test_double_fault(void)
{
    static const struct {
        seL4_Word grant_reply, grant, write;
        bool delivered;
    } rights[] = {
        {1, 0, 1, true}, {0, 1, 1, true}, {0, 0, 1, false}, {1, 1, 0, false}};

    for (unsigned i = 0; i < 4; i++) {
        seL4_CPtr by =
            peer_mint(handler,
                      seL4_CapRights_new(rights[i].grant_reply, rights[i].grant,
                                         1, rights[i].write),
                      0xfa);

        seL4_TCB_SetSpace(p.tcb, by, TASK_ROOT, 0, TASK_VSPACE, 0);
        run(fault_illegal, 0);
        if (rights[i].delivered) {
            fault(seL4_Fault_UserException, 4,
                  (seL4_Word[]){(seL4_Word)fault_illegal, p.in.sp, 2, 0},
                  "a handler with Write and Grant or GrantReply is told");
            continue;
        }
        peers_run();
        no_fault("a handler without is not");
        seL4_TCB_Resume(p.tcb);
        peers_run();
        tap_is((peer_is_back(&p), p.r.pc), (seL4_Word)fault_illegal,
               "and the thread stays where it was");
    }
}

/* A fault that waits goes with its thread's handler. */
static void test_deleted_handler(void)
{
    seL4_CPtr gone = task_object(seL4_EndpointObject, 0);

    seL4_TCB_SetSpace(p.tcb, gone, TASK_ROOT, 0, TASK_VSPACE, 0);
    run(fault_illegal, 0);
    peers_run();
    tap_is(task_delete(gone), seL4_NoError, "a fault endpoint is deleted");
    peers_run();
    tap_is((peer_is_back(&p), p.r.pc), (seL4_Word)fault_illegal,
           "who waited there has stopped");
}

int main(void)
{
    seL4_CPtr by;

    handler = task_object(seL4_EndpointObject, 0);
    by = peer_mint(handler, seL4_AllRights, 0xfa);
    peer_create(&p, 100);
    seL4_TCB_SetSpace(p.tcb, by, TASK_ROOT, 0, TASK_VSPACE, 0);
    test_cap_fault();
    test_depth_mismatch();
    seL4_TCB_SetSpace(p.tcb, by, TASK_ROOT, 0, TASK_VSPACE, 0);
    test_unknown_syscall();
    test_user_exception();
    test_vm_fault();
    test_double_fault();
    test_deleted_handler();
    return tap_done();
}
