/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that delete what they stand on: their own TCB, CSpace, address
 * space; and threads deleted while they run, wait, or are waited for
 * (sel4-abi.md 5.6). */
#include "peer.h"

#include <string.h>

#define SEND  ((seL4_Word)seL4_SysSend)
#define CALL  ((seL4_Word)seL4_SysCall)
#define RECV  ((seL4_Word)seL4_SysRecv)
#define PAGE  0x20000000ul
#define RADIX 4u

/* Revokes its address space, and deletes it; copied to a page of its own. */
extern char space_code[];
extern char space_after[];
__asm__(".text\n"
        ".option push\n"
        ".option norvc\n"
        ".balign 4\n"
        "space_code: ecall\n"
        "mv a0, s0\n"
        "mv a1, s1\n"
        "mv a2, s2\n"
        "mv a3, s3\n"
        "ecall\n"
        "space_after: j .\n"
        ".option pop\n");

static struct peer one, two, three, four;
static struct task spinner;
static seL4_CPtr endpoint;
static volatile seL4_Word spins;

static void call_delete(struct peer *p, seL4_CPtr root, seL4_Word index,
                        seL4_Word depth)
{
    const seL4_Word mr[4] = {index, depth};

    peer_sys(p, CALL, root, peer_info(CNodeDelete, 0, 2), mr);
    peers_run();
}

static void test_own_tcb(void)
{
    call_delete(&one, TASK_ROOT, one.tcb, seL4_WordBits);
    tap_is(seL4_DebugCapIdentify(one.tcb), 0, "a thread deletes itself");
    peers_expect_order("", "and does not come back");
    peer_create(&one, 100);
    peer_sys(&one, (seL4_Word)seL4_SysReply, 0, 0, NULL);
    peers_run();
    tap_ok(peer_is_back_whole(&one), "others run as before");
}

/* A CSpace that holds its own and only capability. */
static void test_own_cspace(void)
{
    seL4_CPtr cnode = task_object(seL4_CapTableObject, RADIX);
    seL4_Word guard = seL4_CNode_CapData_new(0, seL4_WordBits - RADIX).words[0];

    seL4_CNode_Mint(cnode, 1, RADIX, TASK_ROOT, cnode, seL4_WordBits,
                    seL4_AllRights, guard);
    seL4_CNode_Copy(cnode, 2, RADIX, TASK_ROOT, endpoint, seL4_WordBits,
                    seL4_AllRights);
    tap_is(seL4_TCB_SetSpace(two.tcb, 0, cnode, guard, TASK_VSPACE, 0),
           seL4_NoError, "a thread in a small CSpace");
    task_delete(cnode);
    peer_sys(&two, SEND, 2, peer_info(1, 0, 0), NULL);
    peers_run();
    seL4_NBRecv(endpoint, NULL);
    peers_run();
    tap_ok(peer_is_back(&two), "which it uses");
    call_delete(&two, 1, 1, seL4_WordBits);
    peer_is_back(&two);
    tap_ok(two.r.a1 == 0 && two.r.pc != two.in.pc,
           "it deletes its CNode's capability in that");
    tap_is(seL4_TCB_SetSpace(two.tcb, 0, TASK_ROOT, 0, TASK_VSPACE, 0),
           seL4_IllegalOperation,
           "which leaves its last in the TCB, that cannot be replaced");
    tap_is(task_delete(two.tcb), seL4_NoError, "but be deleted with it");
}

static void test_root_cnode_emptied(void)
{
    seL4_CPtr untyped = task_object(seL4_UntypedObject, 14);
    seL4_CPtr cnode = task_slot();
    const seL4_Word mr[4] = {untyped, seL4_WordBits};
    seL4_Word guard = seL4_CNode_CapData_new(0, seL4_WordBits - RADIX).words[0];

    seL4_Untyped_Retype(untyped, seL4_CapTableObject, RADIX, TASK_ROOT, 0, 0,
                        cnode, 1);
    tap_is(seL4_DebugCapIdentify(cnode), 10, "a CNode in an untyped");
    seL4_CNode_Mint(
        cnode, 2, RADIX, TASK_ROOT, TASK_ROOT, seL4_WordBits, seL4_AllRights,
        seL4_CNode_CapData_new(
            0, seL4_WordBits - seL4_GetBootInfo()->initThreadCNodeSizeBits)
            .words[0]);
    tap_is(seL4_TCB_SetSpace(three.tcb, 0, cnode, guard, TASK_VSPACE, 0),
           seL4_NoError, "is a thread's CSpace");
    /* From there, by the root CNode: everything made of the untyped. */
    peer_sys(&three, CALL, 2, peer_info(CNodeRevoke, 0, 2), mr);
    peers_run();
    tap_is(seL4_DebugCapIdentify(cnode), 0,
           "revoking the untyped from within takes it");
    tap_is(seL4_Untyped_Retype(untyped, seL4_CapTableObject, RADIX, TASK_ROOT,
                               0, 0, cnode, 1),
           seL4_NoError, "and its memory is free");
    task_delete(three.tcb);
}

/* Its own address space: the next instruction faults.  While another holds
 * the space, taking the thread's own capability takes nothing yet. */
static void test_own_vspace(void)
{
    seL4_CPtr root = task_object(seL4_RISCV_PageTableObject, 0);
    seL4_CPtr code = task_object(seL4_RISCV_4K_Page, 0);
    seL4_CPtr handler = peer_mint(endpoint, seL4_AllRights, 0x4a);
    seL4_Word after = PAGE + (seL4_Word)(space_after - space_code);
    seL4_UserContext context = {
        .pc = PAGE,
        .a0 = TASK_ROOT,
        .a1 = peer_info(CNodeRevoke, 0, 2),
        .a2 = root,
        .a3 = seL4_WordBits,
        .a7 = CALL,
        .s0 = TASK_ROOT,
        .s1 = peer_info(CNodeDelete, 0, 2),
        .s2 = root,
        .s3 = seL4_WordBits,
    };
    seL4_Word badge = 0;
    seL4_MessageInfo_t info;

    task_map(code, TASK_VSPACE, PAGE, seL4_ReadWrite, 0);
    memcpy((void *)PAGE, space_code, 64);
    task_fence_code();
    seL4_RISCV_Page_Unmap(code);
    seL4_RISCV_ASIDPool_Assign(seL4_CapInitThreadASIDPool, root);
    task_map(code, root, PAGE, seL4_CanRead, 0);
    tap_is(seL4_TCB_Configure(four.tcb, handler, TASK_ROOT, 0, root, 0, 0, 0),
           seL4_NoError, "a thread in its own address space");
    seL4_TCB_WriteRegisters(four.tcb, 1, 0, 32, &context);
    peers_run();
    info = seL4_NBRecv(endpoint, &badge);
    tap_ok(badge == 0x4a &&
               seL4_MessageInfo_get_label(info) == seL4_Fault_VMFault &&
               seL4_GetMR(0) == after && seL4_GetMR(1) == after &&
               seL4_GetMR(2) == 1,
           "having deleted it, it cannot fetch its next instruction");
    tap_is(seL4_DebugCapIdentify(root), 0, "the space has gone");
}

static void spin(seL4_Word unused)
{
    (void)unused;
    for (;;)
        spins++;
}

static void test_running(void)
{
    seL4_Word end, before;

    task_create(&spinner, TASK_VSPACE, 0);
    task_start(&spinner, spin, 0);
    while (spins == 0)
        seL4_Yield();
    tap_is(task_delete(spinner.tcb), seL4_NoError, "a thread that runs goes");
    before = spins;
    end = task_time() + 300000;
    while (task_time() < end)
        seL4_Yield();
    tap_is(spins, before, "and does not run any more");
}

/* In each place where a thread can wait, deleting it empties the place. */
static void test_waiting(void)
{
    static struct peer waiter;
    static const struct {
        seL4_Word number;
        const char *name;
    } ways[] = {{SEND, "a sender"}, {RECV, "a receiver"}, {CALL, "a caller"}};

    for (unsigned i = 0; i < 3; i++) {
        seL4_Word badge = ~0ul;

        peer_create(&waiter, 100);
        peer_sys(&waiter, ways[i].number, endpoint, peer_info(3, 0, 0), NULL);
        peers_run();
        tap_is(task_delete(waiter.tcb), seL4_NoError, "%s goes", ways[i].name);
        seL4_NBRecv(endpoint, &badge);
        tap_is(badge, 0, "nobody is in the queue");
        seL4_NBSend(endpoint, seL4_MessageInfo_new(0, 0, 0, 0));
    }
    peer_create(&waiter, 100);
    peer_sys(&waiter, CALL, endpoint, peer_info(3, 0, 0), NULL);
    peers_run();
    seL4_Recv(endpoint, NULL);
    tap_is(task_delete(waiter.tcb), seL4_NoError, "one that we are to answer");
    seL4_Reply(seL4_MessageInfo_new(0, 0, 0, 0));
    tap_ok(true, "is not there to be answered");
}

int main(void)
{
    endpoint = task_object(seL4_EndpointObject, 0);
    peer_create(&one, 100);
    peer_create(&two, 100);
    peer_create(&three, 100);
    peer_create(&four, 100);
    test_own_tcb();
    test_own_cspace();
    test_root_cnode_emptied();
    test_own_vspace();
    test_running();
    test_waiting();
    return tap_done();
}
