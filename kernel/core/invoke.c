/* SPDX-License-Identifier: BSD-2-Clause */
#include "cnode.h"
#include "invocations.h"
#include "untyped.h"

/* What only a machine with threads can do. */
static enum outcome dispatch_threads(struct kernel *k,
                                     const struct invocation *inv,
                                     struct reply *reply)
{
    switch (slot_type(kernel_slots(k), inv->slot)) {
    case CAP_TCB:
        return tcb_invoke(k, inv, reply);
    case CAP_FRAME:
        return frame_invoke(k, inv, reply);
    case CAP_PAGE_TABLE:
        return page_table_invoke(k, inv, reply);
    case CAP_ASID_CONTROL:
        return asid_control_invoke(k, inv, reply);
    case CAP_ASID_POOL:
        return asid_pool_invoke(k, inv, reply);
    case CAP_IRQ_CONTROL:
        return irq_control_invoke(k, inv, reply);
    case CAP_IRQ_HANDLER:
        return irq_handler_invoke(k, inv, reply);
    case CAP_DOMAIN:
        return domain_invoke(k, inv, reply);
    default: /* an endpoint or notification without Write */
        error_capability(reply, 0);
        return OUTCOME_DONE;
    }
}

static enum outcome dispatch(struct kernel *k, const struct invocation *inv,
                             struct reply *reply)
{
    uint8_t type = slot_type(kernel_slots(k), inv->slot);

    if (type == CAP_UNTYPED)
        return untyped_invoke(k, inv, reply);
    if (type == CAP_CNODE)
        return cnode_invoke(k, inv, reply);
    switch (type) {
    case CAP_NULL:
    case CAP_ZOMBIE:
    case CAP_EMBRYO:
        error_capability(reply, 0);
        return OUTCOME_DONE;
    default:
        if (k->tables)
            return dispatch_threads(k, inv, reply);
        error_plain(reply, ERROR_ILLEGAL_OPERATION);
        return OUTCOME_DONE;
    }
}

enum outcome invoke(struct kernel *k, const struct invocation *inv,
                    struct reply *reply)
{
    enum outcome outcome;

    kernel_enter(k);
    outcome = dispatch(k, inv, reply);
    kernel_leave(k);
    return outcome;
}
