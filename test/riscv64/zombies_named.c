/* SPDX-License-Identifier: BSD-2-Clause */
/* A CNode whose deletion has been interrupted is a zombie in the slot that
 * named it: it cannot be invoked or copied and is nobody's root, but it can be
 * moved, and its deletion goes on from anywhere (sel4-abi.md 5.6, 3.4).
 *
 *   deleter   Delete of a CNode of 2^19 endpoints: longer than a time slice
 *   main()    runs when the slice is over, and looks
 */
#include "errors.h"
#include "task.h"

#define RADIX      19u
#define BATCH      CONFIG_RETYPE_FAN_OUT_LIMIT
#define TAG_ZOMBIE 18
/* Of the time base, 10 MHz. */
#define SLICE_TICKS (10000ul * CONFIG_TIMER_TICK_MS * CONFIG_TIME_SLICE)
#define TURNS_MAX   1000 /* far more than it takes */

static seL4_CPtr cnode, empty, null;
static struct task task;
static volatile bool deleted;

/* A Delete without the help of a buffer, which this thread does not have. */
static void delete_slot(seL4_Word slot)
{
    register seL4_Word a0 __asm__("a0") = TASK_ROOT;
    register seL4_Word a1 __asm__("a1") =
        seL4_MessageInfo_new(CNodeDelete, 0, 0, 2).words[0];
    register seL4_Word a2 __asm__("a2") = slot;
    register seL4_Word a3 __asm__("a3") = seL4_WordBits;
    register seL4_Word a7 __asm__("a7") = (seL4_Word)seL4_SysCall;

    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3)
                     : "r"(a7)
                     : "memory", "a4", "a5");
}

/* Begins when little is left of its time slice. */
static void deleter(seL4_Word slot)
{
    const seL4_Word begin = task_time();

    while (task_time() - begin < SLICE_TICKS / 4 * 3)
        ;
    delete_slot(slot);
    deleted = true;
    for (;;)
        seL4_Yield();
}

/* Every slot is the last capability of an endpoint. */
static void make_full_cnode(void)
{
    struct call c =
        CALL(task_object(seL4_UntypedObject, RADIX + 4), UntypedRetype,
             CALL_CAPS(0), CALL_MR(seL4_EndpointObject, 0, 0, 0, 0, BATCH));

    cnode = task_object(seL4_CapTableObject, RADIX);
    c.cap[0] = cnode;
    for (seL4_Word at = 0; at < 1ul << RADIX; at += BATCH) {
        c.mr[4] = at;
        call_must(&c, "endpoints");
    }
}

static struct call move(seL4_CPtr from, seL4_CPtr to)
{
    return CALL(TASK_ROOT, CNodeMove, CALL_CAPS(TASK_ROOT),
                CALL_MR(to, 64, from, 64));
}

/* At a lower priority than ours it does not run. */
static void set_priority(seL4_Word priority)
{
    call_must(&CALL(task.tcb, TCBSetPriority, CALL_MR(priority),
                    CALL_CAPS(seL4_CapInitThreadTCB)),
              "the deleter's priority");
}

/* A Delete that is cut off by the end of the thread's time slice: of a CNode,
 * the first invocation is the one that makes it a zombie. */
static bool interrupt_deletion(void)
{
    const struct answer no_capability = IC(0);
    struct call look = CALL(cnode, UntypedRetype);
    struct outcome got;

    task_create(&task, TASK_VSPACE, 0);
    task_start(&task, deleter, cnode);
    for (int turns = 0; turns < TURNS_MAX && !deleted; turns++) {
        set_priority(seL4_MaxPrio);
        seL4_Yield();
        set_priority(seL4_MaxPrio - 1);
        got = call_make(&look);
        if (!deleted && call_has(&got, &no_capability))
            return tap_ok(true, "a deletion is interrupted");
    }
    return tap_ok(false, "a deletion is interrupted");
}

static void claim_not_invoked(void)
{
    bool holds = true;
    const struct answer want = IC(0);

    for (seL4_Word label = 0; label <= nArchInvocationLabels; label++) {
        struct call c = CALL(cnode, label, CALL_MR(0, 64));
        struct outcome got = call_make(&c);

        holds = holds && call_has(&got, &want);
    }
    tap_ok(holds, "a zombie cannot be invoked, whatever the label");
#ifdef CONFIG_DEBUG_BUILD
    tap_is(seL4_DebugCapIdentify(cnode), TAG_ZOMBIE, "DebugCapIdentify");
#endif
}

static void claim_not_used(void)
{
    struct call c = CALL(TASK_ROOT, CNodeCopy, CALL_CAPS(TASK_ROOT),
                         CALL_MR(empty, 64, cnode, 64, 15));

    call_is(&c, ILLEGAL, "Copy: a zombie");
    c = CALL(TASK_ROOT, CNodeMint, CALL_CAPS(TASK_ROOT),
             CALL_MR(empty, 64, cnode, 64, 15, 0));
    call_is(&c, ILLEGAL, "Mint: a zombie");
    c = CALL(TASK_ROOT, CNodeMove, CALL_CAPS(cnode), CALL_MR(empty, 64, 0, 64));
    call_is(&c, INVALID_ROOT(1), "Move: from a zombie as the root");
    c = CALL(kind_slot(KIND_UNTYPED), UntypedRetype, CALL_CAPS(cnode),
             CALL_MR(seL4_EndpointObject, 0, 0, 0, 0, 1));
    call_is(&c, MISSING(0, 0), "Retype: into a zombie");
    c = CALL(kind_slot(KIND_TCB), TCBConfigure, CALL_MR(0, 0, 0, 0),
             CALL_CAPS(cnode, kind_slot(KIND_SPACE), null));
    call_is(&c, ILLEGAL, "Configure: a zombie as the CSpace");
    c = CALL(TASK_ROOT, CNodeSaveCaller, CALL_MR(cnode, 64));
    call_is(&c, DEL_FIRST, "SaveCaller: where a zombie is");
    c = CALL(TASK_ROOT, CNodeCancelBadgedSends, CALL_MR(cnode, 64));
    call_is(&c, ILLEGAL, "CancelBadgedSends: a zombie");
}

/* Where it is moved to, its deletion goes on; the first deleter finds an empty
 * slot, and that is a success. */
static void claim_moved_and_deleted(void)
{
    struct call there = move(cnode, empty), back = move(empty, cnode);
    struct call c = CALL(TASK_ROOT, CNodeRevoke, CALL_MR(cnode, 64));

    call_is(&c, DONE, "Revoke: a zombie has no descendants");
    call_is(&there, DONE, "Move: a zombie");
    call_is(&back, DONE, "Move: and back");
    call_is(&there, DONE, "Move: and away again");
    c = CALL(TASK_ROOT, CNodeDelete, CALL_MR(empty, 64));
    call_is(&c, DONE, "Delete: a zombie, by somebody else");
    call_is(&back, MISSING(1, 64), "Delete: it is gone");
    set_priority(seL4_MaxPrio);
    for (int turns = 0; turns < TURNS_MAX && !deleted; turns++)
        seL4_Yield();
    tap_ok(deleted, "Delete: whoever was interrupted ends, too");
}

int main(void)
{
    empty = task_slot();
    null = kind_slot(KIND_NULL);
    make_full_cnode();
    if (interrupt_deletion()) {
        claim_not_invoked();
        claim_not_used();
        claim_moved_and_deleted();
    }
    return tap_done();
}
