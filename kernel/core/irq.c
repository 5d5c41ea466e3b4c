/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts: who handles which, and how they reach user level (4.7). */
#include "arch.h"
#include "cspace.h"
#include "delete.h"
#include "invocations.h"
#include "ipc.h"
#include "objects.h"
#include "sched.h"

slotno_t irq_slot(const struct kernel *k, uint64_t irq)
{
    KERNEL_ASSERT(irq < k->params.irq_count);
    return k->params.irq_slots + irq;
}

/* ---- Delivery -------------------------------------------------------------*/

/* One that nobody handles is masked.  One whose handler has no notification
 * is dropped. */
void irq_deliver(struct kernel *k, uint64_t irq)
{
    struct cap cap;

    KERNEL_ASSERT(irq < k->params.irq_count);
    if (!k->tables->irq_active[irq]) {
        arch_irq_mask(k, irq);
        return;
    }
    cap = cap_read(kernel_slots(k), irq_slot(k, irq));
    if (cap.type == CAP_NOTIFICATION && (cap.rights & CAP_WRITE))
        notification_signal(k, cap.base, cap.word);
}

/* ---- Deletion -------------------------------------------------------------*/

/* A machine may have been made without interrupt slots (tests, replay): then
 * handlers are capabilities and nothing more. */
void irq_handler_finalise(struct kernel *k, const struct cap *cap)
{
    if (cap->word >= k->params.irq_count)
        return;
    KERNEL_ASSERT(slot_is_empty(kernel_slots(k), irq_slot(k, cap->word)));
    arch_irq_mask(k, cap->word);
    if (k->tables)
        k->tables->irq_active[cap->word] = 0;
}

/* ---- IRQControl -----------------------------------------------------------*/

struct irq_op {
    uint64_t irq;
    slotno_t dest;
    bool set_trigger;
    bool edge;
};

/* The interrupt and the place of its handler: words irq, .., index, depth. */
static enum error decode_issue(struct kernel *k, const struct invocation *inv,
                               uint32_t index_word, struct irq_op *op,
                               struct reply *err)
{
    struct cap root = cap_read(kernel_slots(k), inv->cap[0]);
    uint64_t irq = inv->mr[0], irq_max = k->params.irq_count - 1u;
    enum error error;

    if (irq == 0 || irq > irq_max)
        return error_range(err, 1, irq_max);
    if (k->tables->irq_active[irq] || irq == k->params.irq_timer)
        return error_plain(err, ERROR_REVOKE_FIRST);
    error = cspace_lookup_slot(k, &root, inv->mr[index_word],
                               inv->mr[index_word + 1], false, &op->dest, err);
    if (error != ERROR_NONE)
        return error;
    if (!slot_is_empty(kernel_slots(k), op->dest))
        return error_plain(err, ERROR_DELETE_FIRST);
    op->irq = irq;
    return ERROR_NONE;
}

static enum error decode_control(struct kernel *k, const struct invocation *inv,
                                 struct irq_op *op, struct reply *err)
{
    *op = (struct irq_op){0};
    switch (inv->label) {
    case LABEL_IRQ_ISSUE_HANDLER:
        if (inv->length < 3 || inv->cap_count < 1)
            return error_plain(err, ERROR_TRUNCATED_MESSAGE);
        return decode_issue(k, inv, 1, op, err);
    case LABEL_IRQ_ISSUE_HANDLER_TRIGGER:
        if (inv->length < 4 || inv->cap_count < 1)
            return error_plain(err, ERROR_TRUNCATED_MESSAGE);
        if (!k->params.irq_triggers)
            return error_plain(err, ERROR_ILLEGAL_OPERATION);
        op->set_trigger = true;
        op->edge = inv->mr[1] != 0;
        return decode_issue(k, inv, 2, op, err);
    default:
        return error_plain(err, ERROR_ILLEGAL_OPERATION);
    }
}

enum outcome irq_control_invoke(struct kernel *k, const struct invocation *inv,
                                struct reply *reply)
{
    struct irq_op op;
    struct cap handler = {.type = CAP_IRQ_HANDLER};

    if (decode_control(k, inv, &op, reply) != ERROR_NONE)
        return OUTCOME_DONE;
    handler.word = op.irq;
    cnode_insert_copy(k, inv->slot, op.dest, &handler);
    k->tables->irq_active[op.irq] = 1;
    if (op.set_trigger)
        arch_irq_set_trigger(k, op.irq, op.edge);
    arch_irq_unmask(k, op.irq);
    error_none(reply);
    return OUTCOME_DONE;
}

/* ---- IRQHandler -----------------------------------------------------------*/

static enum error decode_handler(struct kernel *k, const struct invocation *inv,
                                 struct reply *err)
{
    struct cap cap;

    switch (inv->label) {
    case LABEL_IRQ_ACK:
    case LABEL_IRQ_CLEAR_HANDLER:
        return ERROR_NONE;
    case LABEL_IRQ_SET_HANDLER:
        if (inv->cap_count < 1)
            return error_plain(err, ERROR_TRUNCATED_MESSAGE);
        cap = cap_read(kernel_slots(k), inv->cap[0]);
        if (cap.type != CAP_NOTIFICATION || !(cap.rights & CAP_WRITE))
            return error_capability(err, 0);
        return ERROR_NONE;
    default:
        return error_plain(err, ERROR_ILLEGAL_OPERATION);
    }
}

/* False: preempted. */
static bool commit_handler(struct kernel *k, const struct invocation *inv)
{
    const struct slot *slots = kernel_slots(k);
    uint64_t irq = slot_word(slots, inv->slot);
    struct cap cap;

    if (inv->label == LABEL_IRQ_ACK) {
        arch_irq_ack(k, irq);
        return true;
    }
    if (!delete_slot(k, irq_slot(k, irq)))
        return false;
    if (inv->label == LABEL_IRQ_CLEAR_HANDLER)
        return true;
    cap = cap_read(slots, inv->cap[0]);
    cnode_insert_copy(k, inv->cap[0], irq_slot(k, irq), &cap);
    return true;
}

enum outcome irq_handler_invoke(struct kernel *k, const struct invocation *inv,
                                struct reply *reply)
{
    if (decode_handler(k, inv, reply) != ERROR_NONE)
        return OUTCOME_DONE;
    if (!commit_handler(k, inv))
        return OUTCOME_PREEMPTED;
    error_none(reply);
    return OUTCOME_DONE;
}
