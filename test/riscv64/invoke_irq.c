/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of IRQControl's and IRQHandler's calls, in their order (sel4-abi.md
 * 4.7).  On this board lines 1 to 95 are the PLIC's and 96 is the kernel's
 * own timer. */
#include "paths.h"

#define LINE     91 /* the kernel's device tree has nothing there */
#define LINE_MAX 96

static seL4_CPtr empty;

#define OTHER_LABEL WRONG("another label", ILLEGAL, LABEL(CNodeCopy))
/* Word 0 is the line; KIND_IRQ_HANDLER has one. */
#define WRONG_LINE                                                             \
    WRONG("line 0", RANGE(1, LINE_MAX), WORD(0, 0)),                           \
        WRONG("line 97", RANGE(1, LINE_MAX), WORD(0, LINE_MAX + 1)),           \
        WRONG("line 2^64 - 1", RANGE(1, LINE_MAX), WORD(0, ~0ul)),             \
        WRONG("the kernel's timer", REV_FIRST, WORD(0, LINE_MAX)),             \
        WRONG("one that has a handler", REV_FIRST, WORD(0, KINDS_LINE))

static void claim_get(void)
{
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("words", TRUNC, SHORTER(0, 3)),
        WRONG("no root", TRUNC, FEWER(1)),
        WRONG_LINE,
        PATH_WRONG_FROM(0, 1, 2, 0),
        WRONG("an occupied slot", DEL_FIRST, CAP(0, TASK_ROOT),
              WORD(1, TASK_ROOT), WORD(2, 64)),
    };
    struct call good = CALL(seL4_CapIRQControl, IRQIssueIRQHandler,
                            CALL_MR(LINE, empty, 64), CALL_CAPS(TASK_ROOT));

    ERRORS_IN_ORDER("IRQControl_Get", &good, wrong);
    call_is(&good, DONE, "IRQControl_Get: with nothing wrong");
    good.mr[1] = task_slot();
    call_is(&good, REV_FIRST, "IRQControl_Get: a second handler");
    task_delete(empty);
    call_is(&good, DONE, "IRQControl_Get: after the first one's deletion");
    task_delete(good.mr[1]);
}

static void claim_get_trigger(void)
{
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("words", TRUNC, SHORTER(0, 4)),
        WRONG("no root", TRUNC, FEWER(1)),
        WRONG_LINE,
        PATH_WRONG_FROM(0, 2, 3, 0),
        WRONG("an occupied slot", DEL_FIRST, CAP(0, TASK_ROOT),
              WORD(2, TASK_ROOT), WORD(3, 64)),
    };
    struct call good = CALL(seL4_CapIRQControl, RISCVIRQIssueIRQHandlerTrigger,
                            CALL_MR(LINE, 0, empty, 64), CALL_CAPS(TASK_ROOT));

    ERRORS_IN_ORDER("IRQControl_GetTrigger", &good, wrong);
    for (seL4_Word trigger = 0; trigger < 3; trigger++) {
        good.mr[1] = trigger == 2 ? ~0ul : trigger;
        call_is(&good, DONE, "IRQControl_GetTrigger: trigger 0x%lx",
                good.mr[1]);
        task_delete(empty);
    }
}

static void claim_handler(void)
{
    const seL4_CPtr handler = kind_slot(KIND_IRQ_HANDLER);
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("no notification", TRUNC, FEWER(1)),
        WRONG("something else", IC(0), CAP_NOT(0, KIND_BIT(KIND_NOTIFICATION))),
        WRONG("a notification without Write", IC(0),
              CAP(0, kind_copy(kind_slot(KIND_NOTIFICATION), 2))),
    };
    struct call good = CALL(handler, IRQSetIRQHandler,
                            CALL_CAPS(kind_slot(KIND_NOTIFICATION)));

    ERRORS_IN_ORDER("IRQHandler_SetNotification", &good, wrong);
    call_is(&good, DONE, "IRQHandler_SetNotification: with nothing wrong");
    good.cap[0] = kind_copy(kind_slot(KIND_NOTIFICATION), 1);
    call_is(&good, DONE, "IRQHandler_SetNotification: Write will do");
    for (seL4_Word length = 0; length <= 127; length += 127) {
        struct call c = CALL(handler, IRQAckIRQ, .length = length);

        call_is(&c, DONE, "IRQHandler_Ack: length %lu", length);
        c.label = IRQClearIRQHandler;
        call_is(&c, DONE, "IRQHandler_Clear: length %lu", length);
    }
}

/* The line is free again when its last handler is gone. */
static void claim_last_handler(void)
{
    struct call get = CALL(seL4_CapIRQControl, IRQIssueIRQHandler,
                           CALL_MR(LINE, empty, 64), CALL_CAPS(TASK_ROOT));
    struct call copy = CALL(TASK_ROOT, CNodeCopy, CALL_CAPS(TASK_ROOT),
                            CALL_MR(task_slot(), 64, empty, 64, 15));

    call_is(&get, DONE, "IRQControl_Get: a handler");
    call_is(&copy, DONE, "Copy: a handler");
    task_delete(empty);
    call_is(&get, REV_FIRST, "IRQControl_Get: while there is a copy");
    task_delete(copy.mr[0]);
    call_is(&get, DONE, "IRQControl_Get: when that is gone, too");
}

static void claim_revoke(void)
{
    struct call c =
        CALL(TASK_ROOT, CNodeRevoke, CALL_MR(seL4_CapIRQControl, 64));

    call_is(&c, DONE, "Revoke: of IRQ control");
    c = CALL(kind_slot(KIND_IRQ_HANDLER), IRQAckIRQ);
    call_is(&c, IC(0), "Revoke: takes away all handlers");
}

int main(void)
{
    empty = task_slot();
    kind_slot(KIND_IRQ_HANDLER);
    claim_get();
    claim_get_trigger();
    claim_handler();
    claim_last_handler();
    claim_revoke();
    return errors_done();
}
