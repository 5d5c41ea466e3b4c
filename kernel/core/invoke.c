/* SPDX-License-Identifier: BSD-2-Clause */
#include "cnode.h"
#include "untyped.h"

static enum outcome dispatch(struct kernel *k, const struct invocation *inv,
                             struct reply *reply)
{
    switch (slot_type(kernel_slots(k), inv->slot)) {
    case CAP_NULL:
    case CAP_ZOMBIE:
    case CAP_EMBRYO:
        error_capability(reply, 0);
        return OUTCOME_DONE;
    case CAP_UNTYPED:
        return untyped_invoke(k, inv, reply);
    case CAP_CNODE:
        return cnode_invoke(k, inv, reply);
    default:
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
