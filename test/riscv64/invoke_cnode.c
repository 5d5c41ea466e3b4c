/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of the CNode calls that copy nothing, in their order (sel4-abi.md
 * 4.5): Revoke, Delete, CancelBadgedSends, Rotate, SaveCaller. */
#include "paths.h"

static seL4_CPtr empty, other_empty;

static void claim_delete_and_revoke(void)
{
    const struct wrong wrong[] = {PATH_WRONG_DESTINATION};
    struct call good = CALL(TASK_ROOT, CNodeRevoke, CALL_MR(empty, 64));

    ERRORS_IN_ORDER("Revoke", &good, wrong);
    call_is(&good, DONE, "Revoke: of nothing");
    good.mr[0] = kind_slot(KIND_ENDPOINT);
    call_is(&good, DONE, "Revoke: of what has no descendants");
    good.label = CNodeDelete, good.mr[0] = empty;
    ERRORS_IN_ORDER("Delete", &good, wrong);
    call_is(&good, DONE, "Delete: of nothing");
    good.mr[0] = task_object(seL4_EndpointObject, 0);
    call_is(&good, DONE, "Delete: of an endpoint");
}

/* A copy of the endpoint without these rights. */
static seL4_CPtr endpoint_without(seL4_Word rights)
{
    return kind_copy(kind_slot(KIND_ENDPOINT), 15 & ~rights);
}

#define TARGET(slot) SERVICE(TASK_ROOT), WORD(0, slot), WORD(1, 64)

static void claim_cancel(void)
{
    const struct wrong wrong[] = {
        PATH_WRONG_DESTINATION,
        WRONG("of something else", ILLEGAL,
              WORD_NOT(0, KIND_BIT(KIND_ENDPOINT)), SERVICE(TASK_ROOT),
              WORD(1, 64)),
        WRONG("without Write", ILLEGAL, TARGET(endpoint_without(1))),
        WRONG("without Read", ILLEGAL, TARGET(endpoint_without(2))),
        WRONG("without Grant", ILLEGAL, TARGET(endpoint_without(4))),
        WRONG("without GrantReply", ILLEGAL, TARGET(endpoint_without(8))),
    };
    struct call good = CALL(TASK_ROOT, CNodeCancelBadgedSends,
                            CALL_MR(kind_slot(KIND_ENDPOINT), 64));

    ERRORS_IN_ORDER("CancelBadgedSends", &good, wrong);
    call_is(&good, DONE, "CancelBadgedSends: without a badge");
}

static void claim_save_caller(void)
{
    const struct wrong wrong[] = {
        PATH_WRONG_DESTINATION,
        WRONG("an occupied slot", DEL_FIRST, TARGET(TASK_ROOT)),
    };
    struct call good = CALL(TASK_ROOT, CNodeSaveCaller, CALL_MR(empty, 64));

    ERRORS_IN_ORDER("SaveCaller", &good, wrong);
    call_is(&good, DONE, "SaveCaller: with nobody waiting");
}

/* Words 0, 1, 2: destination, the pivot's new data; 3, 4, 5: pivot, the
 * source's new data; 6, 7: source. */
#define PIVOT(slot)  CAP(0, TASK_ROOT), WORD(3, slot), WORD(4, 64)
#define SOURCE(slot) CAP(1, TASK_ROOT), WORD(6, slot), WORD(7, 64)

static void claim_rotate(void)
{
    const seL4_CPtr cnode = kind_slot(KIND_CNODE), tcb = kind_slot(KIND_TCB);
    const seL4_CPtr ep = kind_slot(KIND_ENDPOINT);
    const struct wrong wrong[] = {
        PATH_WRONG_DESTINATION,
        WRONG("words", TRUNC, SHORTER(2, 8)),
        WRONG("less than two roots", TRUNC, FEWER(2)),
        PATH_WRONG_FROM(1, 6, 7, 1),
        PATH_WRONG_FROM(0, 3, 4, 1),
        WRONG("the pivot is the source", ILLEGAL, PIVOT(tcb), SOURCE(tcb)),
        WRONG("the pivot is the destination", ILLEGAL, TARGET(tcb), PIVOT(tcb)),
        WRONG("an empty pivot is the destination", ILLEGAL, TARGET(empty),
              PIVOT(empty)),
        WRONG("an occupied destination", DEL_FIRST, TARGET(TASK_ROOT)),
        WRONG("an empty source", MISSING(1, 64), SOURCE(kind_slot(KIND_NULL))),
        WRONG("an empty pivot", MISSING(0, 64), PIVOT(other_empty)),
        WRONG("an endpoint as the source", ILLEGAL, SOURCE(ep)),
        WRONG("a notification as the source", ILLEGAL,
              SOURCE(kind_slot(KIND_NOTIFICATION))),
        WRONG("a guard of 61 bits for the source", ILLEGAL, SOURCE(cnode),
              WORD(5, 61)),
        WRONG("an endpoint as the pivot", ILLEGAL, PIVOT(ep)),
        WRONG("a guard of 61 bits for the pivot", ILLEGAL, SOURCE(tcb),
              PIVOT(cnode), WORD(2, 61)),
    };
    struct call good =
        CALL(TASK_ROOT, CNodeRotate, CALL_CAPS(TASK_ROOT, TASK_ROOT),
             CALL_MR(empty, 64, 0, tcb, 64, 0, cnode, 64));
    struct call back =
        CALL(TASK_ROOT, CNodeRotate, CALL_CAPS(TASK_ROOT, TASK_ROOT),
             CALL_MR(cnode, 64, 0, tcb, 64, 0, empty, 64));

    ERRORS_IN_ORDER("Rotate", &good, wrong);
    call_is(&good, DONE, "Rotate: three slots");
    call_is(&back, DONE, "Rotate: and back again");
    good.mr[0] = cnode;
    call_is(&good, DONE, "Rotate: source is destination, a swap");
    call_is(&good, DONE, "Rotate: and back again");
}

int main(void)
{
    empty = task_slot();
    other_empty = task_slot();
    claim_delete_and_revoke();
    claim_cancel();
    claim_save_caller();
    claim_rotate();
    return errors_done();
}
