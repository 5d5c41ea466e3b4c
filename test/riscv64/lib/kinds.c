/* SPDX-License-Identifier: BSD-2-Clause */
/* A capability of each kind. */
#include "errors.h"
#include "task.h"

static seL4_CPtr slots[KINDS];

const char *kind_name(enum kind kind)
{
    static const char *const names[KINDS] = {
        "nothing",     "an untyped",   "an endpoint",  "a notification",
        "a reply",     "a CNode",      "a TCB",        "IRQ control",
        "IRQ handler", "a domain",     "a frame",      "a table",
        "a space",     "ASID control", "an ASID pool",
    };

    return names[kind];
}

/* Calls once, and is never answered. */
static void call_once(seL4_Word endpoint)
{
    register seL4_Word a0 __asm__("a0") = endpoint;
    register seL4_Word a1 __asm__("a1") = 0;
    register seL4_Word a7 __asm__("a7") = (seL4_Word)seL4_SysCall;

    __asm__ volatile("1: ecall\nj 1b" : "+r"(a0), "+r"(a1) : "r"(a7));
}

static seL4_CPtr make_reply(void)
{
    static struct task caller;
    seL4_CPtr endpoint = task_object(seL4_EndpointObject, 0);
    seL4_CPtr slot = task_slot();
    seL4_Word badge;

    task_create(&caller, TASK_VSPACE, 1);
    task_start(&caller, call_once, endpoint);
    seL4_Recv(endpoint, &badge);
    seL4_CNode_SaveCaller(TASK_ROOT, slot, seL4_WordBits);
    return slot;
}

static seL4_CPtr make_space(void)
{
    seL4_CPtr table = task_object(seL4_RISCV_PageTableObject, 0);

    call_must(&CALL(seL4_CapInitThreadASIDPool, RISCVASIDPoolAssign,
                    CALL_CAPS(table)),
              "an address space");
    return table;
}

/* The board has no device on that line. */
static seL4_CPtr make_handler(void)
{
    seL4_CPtr slot = task_slot();

    call_must(&CALL(seL4_CapIRQControl, IRQIssueIRQHandler,
                    CALL_MR(KINDS_LINE, slot, seL4_WordBits),
                    CALL_CAPS(TASK_ROOT)),
              "an interrupt handler");
    return slot;
}

static seL4_CPtr make(enum kind kind)
{
    switch (kind) {
    case KIND_UNTYPED:
        return task_object(seL4_UntypedObject, seL4_PageBits);
    case KIND_ENDPOINT:
        return task_object(seL4_EndpointObject, 0);
    case KIND_NOTIFICATION:
        return task_object(seL4_NotificationObject, 0);
    case KIND_REPLY:
        return make_reply();
    case KIND_CNODE:
        return task_object(seL4_CapTableObject, 4);
    case KIND_TCB:
        return task_object(seL4_TCBObject, 0);
    case KIND_IRQ_CONTROL:
        return seL4_CapIRQControl;
    case KIND_IRQ_HANDLER:
        return make_handler();
    case KIND_DOMAIN:
        return seL4_CapDomain;
    case KIND_FRAME:
        return task_object(seL4_RISCV_4K_Page, 0);
    case KIND_TABLE:
        return task_object(seL4_RISCV_PageTableObject, 0);
    case KIND_SPACE:
        return make_space();
    case KIND_ASID_CONTROL:
        return seL4_CapASIDControl;
    case KIND_ASID_POOL:
        return seL4_CapInitThreadASIDPool;
    default:
        return task_slot();
    }
}

seL4_CPtr kind_slot(enum kind kind)
{
    if (slots[kind] == 0)
        slots[kind] = make(kind);
    return slots[kind];
}

seL4_CPtr kind_copy(seL4_CPtr from, seL4_Word rights)
{
    seL4_CPtr slot = task_slot();

    call_must(&CALL(TASK_ROOT, CNodeCopy, CALL_CAPS(TASK_ROOT),
                    CALL_MR(slot, 64, from, 64, rights)),
              "a copy");
    return slot;
}
