/* SPDX-License-Identifier: BSD-2-Clause */
/* Performs an operation on both sides; what cannot be done in the state at
 * hand is left out. */
#include "lockstep_ops.h"
#include "objects.h"

#include <stdio.h>
#include <string.h>

/* The capability in a slot, if the slot exists and is in use. */
static bool cap_in(const struct lockstep *ls, uint32_t slot, struct cap *cap)
{
    if (spec_find(ls->spec, slot) == SPEC_NO_CAP)
        return false;
    *cap = cap_read(ls->k->regions.slots, slot);
    return true;
}

/* Does the slot exist, in an object or as an interrupt's? */
static bool is_slot(const struct lockstep *ls, uint32_t slot)
{
    const struct spec *s = ls->spec;

    if (slot >= ls->machine.irq_slots &&
        slot - ls->machine.irq_slots < ls->machine.irq_count)
        return true;
    for (size_t i = 0; i < s->count; i++)
        if (slot >= spec_first_slot(&s->caps[i]) &&
            slot - spec_first_slot(&s->caps[i]) < spec_slot_count(&s->caps[i]))
            return true;
    return false;
}

/* Can something be put there?  Not into what is being taken apart. */
static bool is_free(const struct lockstep *ls, uint32_t slot)
{
    const struct spec *s = ls->spec;

    for (size_t i = 0; i < s->count; i++)
        if (s->caps[i].type == SPEC_ZOMBIE &&
            slot >= spec_first_slot(&s->caps[i]) &&
            slot - spec_first_slot(&s->caps[i]) < spec_slot_count(&s->caps[i]))
            return false;
    return is_slot(ls, slot) && spec_find(s, slot) == SPEC_NO_CAP;
}

static bool thread_waits(const struct lockstep *ls, paddr_t tcb)
{
    for (size_t i = 0; i < ls->spec->count; i++)
        if (ls->spec->caps[i].type == SPEC_REPLY &&
            ls->spec->caps[i].base == tcb &&
            !(ls->spec->caps[i].flags & SPEC_MASTER))
            return true;
    return false;
}

static bool write_frame(struct lockstep *ls, const struct cap *cap)
{
    if (cap->type != CAP_FRAME || !(cap->rights & CAP_WRITE) ||
        (cap->rights & CAP_DEVICE))
        return true;
    lockstep_write(ls, cap->base, bits_size(cap->bits));
    return lockstep_compare(ls);
}

/* A reply capability, as the receipt of a thread's message makes it. */
static bool make_reply(struct lockstep *ls, const struct cap *tcb, uint32_t to)
{
    slotno_t master = slot_at(tcb->base) + TCB_REPLY;
    struct cap cap;

    if (tcb->type != CAP_TCB || !cap_in(ls, (uint32_t)master, &cap) ||
        thread_waits(ls, tcb->base) || !is_free(ls, to))
        return true;
    cap.rights = CAP_GRANT;
    lockstep_derive(ls, master, to, &cap);
    return lockstep_compare(ls);
}

/* A copy goes where no CNode call reaches: as SetSpace and the like do. */
static bool bind(struct lockstep *ls, uint32_t from, const struct cap *cap,
                 uint32_t to)
{
    struct cap copy = *cap;

    if (!is_free(ls, to) || cap->type == CAP_UNTYPED ||
        cap->type == CAP_ZOMBIE || cap->type == CAP_EMBRYO ||
        cap->type == CAP_REPLY || cap->type == CAP_IRQ_CONTROL ||
        (cap->type == CAP_PAGE_TABLE && !(cap->rights & CAP_MAPPED)))
        return true;
    if (to >= ls->machine.irq_slots &&
        to - ls->machine.irq_slots < ls->machine.irq_count &&
        cap->type != CAP_NOTIFICATION)
        return true;
    if (cap->type == CAP_FRAME) {
        copy.rights &= (uint8_t)~CAP_MAPPED;
        copy.word = 0;
    }
    lockstep_derive(ls, from, to, &copy);
    return lockstep_compare(ls);
}

static bool issue_handler(struct lockstep *ls, uint32_t from,
                          const struct cap *control, uint64_t irq, uint32_t to)
{
    struct cap cap = {.type = CAP_IRQ_HANDLER, .word = irq};

    if (control->type != CAP_IRQ_CONTROL || !is_free(ls, to) ||
        irq >= ls->machine.irq_count)
        return true;
    for (size_t i = 0; i < ls->spec->count; i++)
        if (ls->spec->caps[i].type == SPEC_IRQ_HANDLER &&
            ls->spec->caps[i].value == irq)
            return true; /* in use */
    lockstep_derive(ls, from, to, &cap);
    return lockstep_compare(ls);
}

static bool perform_call(struct lockstep *ls, const struct lockstep_op *op,
                         struct reply *reply, enum outcome *outcome)
{
    struct invocation inv = {
        .slot = op->slot,
        .label = op->label,
        .length = op->length,
        .mr = op->mr,
        .cap_count = op->cap_count,
        .caller = op->caller == SPEC_NO_SLOT ? SLOT_NIL : op->caller,
    };

    if (!is_slot(ls, op->slot))
        return true;
    for (unsigned i = 0; i < op->cap_count; i++) {
        if (!is_slot(ls, op->cap[i]))
            return true;
        inv.cap[i] = op->cap[i];
    }
    if (op->caller != SPEC_NO_SLOT && !is_slot(ls, op->caller))
        return true;
    return lockstep_call(ls, &inv, op->preempt_in, reply, outcome);
}

bool lockstep_op_perform(struct lockstep *ls, const struct lockstep_op *op,
                         struct reply *reply, enum outcome *outcome)
{
    struct cap cap;

    *outcome = OUTCOME_DONE;
    memset(reply, 0, sizeof *reply);
    if (op->kind == OP_CALL)
        return perform_call(ls, op, reply, outcome);
    if (!cap_in(ls, op->slot, &cap))
        return true;
    switch (op->kind) {
    case OP_WRITE:
        return write_frame(ls, &cap);
    case OP_START:
        if (cap.type == CAP_TCB)
            lockstep_start_thread(ls, &cap);
        return lockstep_compare(ls);
    case OP_REPLY:
        return make_reply(ls, &cap, op->cap[0]);
    case OP_BIND:
        return bind(ls, op->slot, &cap, op->cap[0]);
    default:
        return issue_handler(ls, op->slot, &cap, op->mr[0], op->cap[0]);
    }
}

void lockstep_op_print(char *line, size_t bytes, const struct lockstep_op *op)
{
    static const char *const kinds[OP_KINDS] = {
        "",     "write to frame in", "start thread in", "reply of thread in",
        "bind", "issue handler from"};
    int used;

    if (op->kind != OP_CALL) {
        snprintf(line, bytes, "%s slot 0x%x, to 0x%x, 0x%lx", kinds[op->kind],
                 op->slot, op->cap[0], op->mr[0]);
        return;
    }
    used = snprintf(line, bytes, "%s(label 0x%lx) on slot 0x%x, words",
                    lockstep_label_name(lockstep_label_index(op->label)),
                    op->label, op->slot);
    for (unsigned i = 0; i < op->length && i < LOCKSTEP_WORDS; i++)
        used +=
            snprintf(line + used, bytes - (size_t)used, " 0x%lx", op->mr[i]);
    used += snprintf(line + used, bytes - (size_t)used, "; caps");
    for (unsigned i = 0; i < op->cap_count; i++)
        used +=
            snprintf(line + used, bytes - (size_t)used, " 0x%x", op->cap[i]);
    if (op->caller != SPEC_NO_SLOT)
        used += snprintf(line + used, bytes - (size_t)used, "; caller 0x%x",
                         op->caller);
    if (op->preempt_in != 0)
        snprintf(line + used, bytes - (size_t)used, "; preempted at %u",
                 op->preempt_in);
}
