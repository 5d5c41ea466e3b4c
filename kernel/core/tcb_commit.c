/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"
#include "delete.h"
#include "ipc.h"
#include "sched.h"
#include "tcb_op.h"

/* Does the slot still name the object of this capability? */
static bool names(const struct kernel *k, slotno_t i, const struct cap *cap)
{
    const struct slot *slots = k->regions.slots;

    return slot_type(slots, i) == cap->type &&
           slot_base(slots, i) == cap->base && slot_bits(slots, i) == cap->bits;
}

/* Replaces what a slot of the TCB holds.  The deletion may have taken along
 * the TCB's own capability or the new one's source: then that was that. */
static bool install(struct kernel *k, const struct invocation *inv,
                    const struct tcb_op *op, enum tcb_slot n,
                    const struct tcb_root *root)
{
    slotno_t to = thread_slot(op->tcb, n);
    struct cap tcb = {
        .type = CAP_TCB,
        .base = op->tcb,
        .bits = k->params.objects[OBJECT_TCB].bits,
    };

    if (!delete_slot(k, to))
        return false;
    if (root->cap.type != CAP_NULL && names(k, root->source, &root->cap) &&
        names(k, inv->slot, &tcb))
        cnode_insert_copy(k, root->source, to, &root->cap);
    return true;
}

static bool commit_space(struct kernel *k, const struct invocation *inv,
                         const struct tcb_op *op)
{
    thread_at(k, op->tcb)->fault_handler = op->fault_handler;
    if (op->tcb == k->current)
        k->space_changed = true;
    return install(k, inv, op, TCB_CSPACE, &op->cspace) &&
           install(k, inv, op, TCB_VSPACE, &op->vspace);
}

static bool commit_buffer(struct kernel *k, const struct invocation *inv,
                          const struct tcb_op *op)
{
    if (!install(k, inv, op, TCB_BUFFER, &op->buffer_frame))
        return false;
    thread_at(k, op->tcb)->buffer = op->buffer_address;
    return true;
}

static void commit_priorities(struct kernel *k, const struct tcb_op *op)
{
    if (op->label != LABEL_TCB_SET_PRIORITY)
        thread_at(k, op->tcb)->mcp = op->mcp;
    if (op->label != LABEL_TCB_SET_MC_PRIORITY)
        sched_set_priority(k, op->tcb, op->priority);
}

static void commit_flags(struct kernel *k, const struct tcb_op *op,
                         struct reply *reply)
{
    struct thread *t = thread_at(k, op->tcb);
    uint64_t set = op->mr[1] & k->params.thread_flags;

    t->flags = (uint8_t)((t->flags & ~op->mr[0]) | set);
    arch_thread_flags_changed(k, op->tcb);
    reply->length = 1;
    reply->mr[0] = t->flags;
}

bool tcb_commit(struct kernel *k, const struct invocation *inv,
                const struct tcb_op *op, struct reply *reply)
{
    if (op->space && !commit_space(k, inv, op))
        return false;
    if (op->buffer && !commit_buffer(k, inv, op))
        return false;
    error_none(reply);
    switch (op->label) {
    case LABEL_TCB_READ_REGISTERS:
        tcb_read_registers(k, op, reply);
        break;
    case LABEL_TCB_WRITE_REGISTERS:
        tcb_write_registers(k, op);
        break;
    case LABEL_TCB_COPY_REGISTERS:
        tcb_copy_registers(k, op);
        break;
    case LABEL_TCB_SET_PRIORITY:
    case LABEL_TCB_SET_MC_PRIORITY:
    case LABEL_TCB_SET_SCHED_PARAMS:
        commit_priorities(k, op);
        break;
    case LABEL_TCB_SUSPEND:
        thread_suspend(k, op->tcb);
        break;
    case LABEL_TCB_RESUME:
        thread_resume(k, op->tcb);
        break;
    case LABEL_TCB_BIND_NOTIFICATION:
        notification_bind(k, op->other, op->tcb);
        break;
    case LABEL_TCB_UNBIND_NOTIFICATION:
        notification_unbind(k, thread_at(k, op->tcb)->notification);
        break;
    case LABEL_TCB_SET_TLS_BASE:
        thread_at(k, op->tcb)->context.reg[REG_TLS] = op->mr[0];
        break;
    case LABEL_TCB_SET_FLAGS:
        commit_flags(k, op, reply);
        break;
    default:
        break; /* Configure and its parts: done above */
    }
    return true;
}
