/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of TCB_Configure, SetSpace, SetIPCBuffer, BindNotification and
 * UnbindNotification, in their order (sel4-abi.md 4.6).
 *
 *   heavy   a thread that holds the last capability to its CSpace
 *   parent  an untyped with something in it: cannot be copied
 */
#include "errors.h"
#include "task.h"

#define BUFFER 0x10000400ul /* the second in a page; nothing need be there */

static seL4_CPtr heavy, parent, space, frame, device_frame;

static void configure(seL4_CPtr tcb, seL4_CPtr cspace)
{
    call_must(&CALL(tcb, TCBConfigure, CALL_MR(0, 0, 0, 0),
                    CALL_CAPS(cspace, space, kind_slot(KIND_NULL))),
              "a thread's spaces");
}

static void make_objects(void)
{
    seL4_CPtr cnode = task_object(seL4_CapTableObject, 4);

    space = kind_slot(KIND_SPACE);
    frame = kind_slot(KIND_FRAME);
    heavy = task_object(seL4_TCBObject, 0);
    configure(heavy, cnode);
    task_delete(cnode);
    parent = task_object(seL4_UntypedObject, seL4_PageBits);
    call_must(&CALL(parent, UntypedRetype, CALL_CAPS(TASK_ROOT),
                    CALL_MR(seL4_EndpointObject, 0, 0, 0, task_slot(), 1)),
              "a child");
    device_frame = task_device(0x101000); /* the real-time clock */
}

#define OTHER_LABEL WRONG("another label", ILLEGAL, LABEL(CNodeCopy))

/* Capability `cap' and word `address' are a buffer. */
#define WRONG_BUFFER(cap, address)                                             \
    WRONG("a buffer in an untyped in use", REV_FIRST, CAP(cap, parent),        \
          WORD(address, BUFFER)),                                              \
        WRONG("a buffer in something else", ILLEGAL,                           \
              CAP_NOT(cap, KIND_BIT(KIND_FRAME)), WORD(address, BUFFER)),      \
        WRONG("a buffer in a device", ILLEGAL, CAP(cap, device_frame),         \
              WORD(address, BUFFER)),                                          \
        WRONG("a buffer at 0x100", ALIGN, CAP(cap, frame),                     \
              WORD(address, BUFFER + 0x100)),                                  \
        WRONG("a buffer at 1", ALIGN, CAP(cap, frame),                         \
              WORD(address, BUFFER + 1))

/* Capabilities 0 and 1, words 1 and 2; sets of kinds come first. */
#define WRONG_SPACES                                                           \
    WRONG("a CSpace that takes long to delete", ILLEGAL, SERVICE(heavy)),      \
        WRONG("a CSpace of an untyped in use", REV_FIRST, CAP(0, parent)),     \
        WRONG("a CSpace that is no CNode", ILLEGAL,                            \
              CAP_NOT(0, KIND_BIT(KIND_CNODE))),                               \
        WRONG("a CSpace of nothing, with data", ILLEGAL,                       \
              CAP(0, kind_slot(KIND_NULL)), WORD(1, 1)),                       \
        WRONG("a CSpace with a guard of 61 bits", ILLEGAL,                     \
              CAP(0, kind_slot(KIND_CNODE)), WORD(1, 61)),                     \
        WRONG("a VSpace of an untyped in use", REV_FIRST, CAP(1, parent)),     \
        WRONG("a VSpace that is none", ILLEGAL,                                \
              CAP_NOT(1, KIND_BIT(KIND_SPACE)))

static void claim_configure(seL4_CPtr tcb)
{
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("words", TRUNC, SHORTER(0, 4)),
        WRONG("less than three capabilities", TRUNC, FEWER(3)),
        WRONG_BUFFER(2, 3),
        WRONG_SPACES,
    };
    struct call good = CALL(tcb, TCBConfigure, CALL_MR(0, 0, 0, BUFFER),
                            CALL_CAPS(kind_slot(KIND_CNODE), space, frame));

    ERRORS_IN_ORDER("Configure", &good, wrong);
    call_is(&good, DONE, "Configure: with nothing wrong");
    good.mr[3] = 0;
    for (enum kind kind = KIND_NULL; kind < KINDS; kind++) {
        good.cap[2] = kind_slot(kind);
        call_is(&good, DONE, "Configure: no buffer, %s", kind_name(kind));
    }
}

static void claim_set_space(seL4_CPtr tcb)
{
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("words", TRUNC, SHORTER(0, 3)),
        WRONG("less than two capabilities", TRUNC, FEWER(2)),
        WRONG_SPACES,
    };
    struct call good = CALL(tcb, TCBSetSpace, CALL_MR(0, 60, 0),
                            CALL_CAPS(kind_slot(KIND_CNODE), space));

    ERRORS_IN_ORDER("SetSpace", &good, wrong);
    call_is(&good, DONE, "SetSpace: with a guard of 60 bits");
}

static void claim_set_buffer(seL4_CPtr tcb)
{
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("words", TRUNC, SHORTER(0, 1)),
        WRONG("no frame", TRUNC, FEWER(1)),
        WRONG_BUFFER(0, 0),
    };
    struct call good =
        CALL(tcb, TCBSetIPCBuffer, CALL_MR(BUFFER), CALL_CAPS(frame));

    ERRORS_IN_ORDER("SetIPCBuffer", &good, wrong);
    call_is(&good, DONE, "SetIPCBuffer: with nothing wrong");
    good.mr[0] = 0, good.cap[0] = kind_slot(KIND_NULL);
    call_is(&good, DONE, "SetIPCBuffer: none");
}

/* ---- Notifications --------------------------------------------------------*/

static void wait_for(seL4_Word notification)
{
    seL4_Word badge;

    seL4_Wait(notification, &badge);
    for (;;)
        seL4_Yield();
}

/* A notification that somebody waits for. */
static seL4_CPtr awaited(void)
{
    static struct task waiter;
    seL4_CPtr notification = task_object(seL4_NotificationObject, 0);

    task_create(&waiter, TASK_VSPACE, 0);
    task_start(&waiter, wait_for, notification);
    seL4_Yield();
    return notification;
}

static seL4_CPtr bound_tcb(seL4_CPtr notification)
{
    seL4_CPtr tcb = task_object(seL4_TCBObject, 0);

    call_must(&CALL(tcb, TCBBindNotification, CALL_CAPS(notification)),
              "a bound notification");
    return tcb;
}

static void claim_bind(seL4_CPtr tcb)
{
    const seL4_CPtr notification = kind_slot(KIND_NOTIFICATION);
    const seL4_CPtr taken = task_object(seL4_NotificationObject, 0);
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("nothing to bind", TRUNC, FEWER(1)),
        WRONG("a thread that has one", ILLEGAL, SERVICE(bound_tcb(taken))),
        WRONG("something else", ILLEGAL,
              CAP_NOT(0, KIND_BIT(KIND_NOTIFICATION))),
        WRONG("without Read", ILLEGAL, CAP(0, kind_copy(notification, 1))),
        WRONG("one that is waited for", ILLEGAL, CAP(0, awaited())),
        WRONG("one that is bound", ILLEGAL, CAP(0, taken)),
    };
    const struct wrong nothing_bound[] = {
        OTHER_LABEL,
        WRONG("nothing bound", ILLEGAL, SERVICE(tcb)),
    };
    struct call good = CALL(tcb, TCBBindNotification, CALL_CAPS(notification));
    struct call undo = CALL(tcb, TCBUnbindNotification);

    ERRORS_IN_ORDER("BindNotification", &good, wrong);
    ERRORS_IN_ORDER("UnbindNotification", &undo, nothing_bound);
    seL4_Signal(notification);
    call_is(&good, DONE, "BindNotification: one that is active");
    call_is(&undo, DONE, "UnbindNotification: with nothing wrong");
    good.cap[0] = kind_copy(notification, 2);
    call_is(&good, DONE, "BindNotification: Read will do");
    call_is(&undo, DONE, "UnbindNotification: that one");
}

int main(void)
{
    seL4_CPtr tcb = task_object(seL4_TCBObject, 0);

    make_objects();
    claim_configure(tcb);
    claim_set_space(tcb);
    claim_set_buffer(tcb);
    claim_bind(task_object(seL4_TCBObject, 0));
    return errors_done();
}
