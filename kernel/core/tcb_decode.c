/* SPDX-License-Identifier: BSD-2-Clause */
/* The checks of sel4-abi.md 4.6, in its order. */
#include "arch.h"
#include "ipc.h"
#include "regions.h"
#include "tcb_op.h"
#include "thread.h"

static enum error illegal(struct reply *err)
{
    return error_plain(err, ERROR_ILLEGAL_OPERATION);
}

static enum error truncated(struct reply *err)
{
    return error_plain(err, ERROR_TRUNCATED_MESSAGE);
}

static bool has(const struct invocation *inv, uint32_t words, uint32_t caps)
{
    return inv->length >= words && inv->cap_count >= caps;
}

/* ---- Registers ------------------------------------------------------------*/

static enum error decode_read(const struct kernel *k,
                              const struct invocation *inv,
                              const struct tcb_op *op, struct reply *err)
{
    if (!has(inv, 2, 0))
        return truncated(err);
    if (inv->mr[1] < 1 || inv->mr[1] > ARCH_USER_REGISTERS)
        return error_range(err, 1, ARCH_USER_REGISTERS);
    return op->tcb == k->current ? illegal(err) : ERROR_NONE;
}

static enum error decode_write(const struct kernel *k,
                               const struct invocation *inv,
                               const struct tcb_op *op, struct reply *err)
{
    if (!has(inv, 2, 0) || inv->length - 2u < inv->mr[1])
        return truncated(err);
    return op->tcb == k->current ? illegal(err) : ERROR_NONE;
}

static enum error decode_copy(const struct kernel *k,
                              const struct invocation *inv, struct tcb_op *op,
                              struct reply *err)
{
    if (!has(inv, 1, 1))
        return truncated(err);
    if (slot_type(k->regions.slots, inv->cap[0]) != CAP_TCB)
        return error_capability(err, 1);
    op->other = slot_base(k->regions.slots, inv->cap[0]);
    return ERROR_NONE;
}

/* ---- Spaces and buffer ----------------------------------------------------*/

/* Would deleting what is in the slot take long? */
static bool is_heavy(const struct kernel *k, slotno_t i)
{
    switch (slot_type(k->regions.slots, i)) {
    case CAP_ZOMBIE:
        return true;
    case CAP_TCB:
    case CAP_CNODE:
        return regions_is_final(&k->regions, i);
    default:
        return false;
    }
}

/* The copy of a root capability; data 0 keeps its guard as it is. */
static enum error decode_root(struct kernel *k, slotno_t source, uint64_t data,
                              struct tcb_root *root, struct reply *err)
{
    struct cap cap = cap_read(kernel_slots(k), source);

    if (data != 0)
        cap = cap_update_data(cap, data, false);
    root->source = source;
    return object_derive(k, source, &cap, &root->cap, err);
}

static enum error decode_space(struct kernel *k, const struct invocation *inv,
                               struct tcb_op *op, struct reply *err)
{
    enum error error;

    op->space = true;
    op->fault_handler = inv->mr[0];
    if (is_heavy(k, thread_slot(op->tcb, TCB_CSPACE)) ||
        is_heavy(k, thread_slot(op->tcb, TCB_VSPACE)))
        return illegal(err);
    error = decode_root(k, inv->cap[0], inv->mr[1], &op->cspace, err);
    if (error != ERROR_NONE)
        return error;
    if (op->cspace.cap.type != CAP_CNODE)
        return illegal(err);
    error = decode_root(k, inv->cap[1], inv->mr[2], &op->vspace, err);
    if (error != ERROR_NONE)
        return error;
    if (op->vspace.cap.type != CAP_PAGE_TABLE ||
        !(op->vspace.cap.rights & CAP_MAPPED))
        return illegal(err);
    return ERROR_NONE;
}

/* Address 0 takes the buffer away, whatever the capability is. */
static enum error decode_buffer(struct kernel *k, slotno_t source,
                                uint64_t address, struct tcb_op *op,
                                struct reply *err)
{
    struct tcb_root *frame = &op->buffer_frame;
    enum error error;

    op->buffer = true;
    op->buffer_address = address;
    if (address == 0)
        return ERROR_NONE;
    error = decode_root(k, source, 0, frame, err);
    if (error != ERROR_NONE)
        return error;
    if (frame->cap.type != CAP_FRAME || (frame->cap.rights & CAP_DEVICE))
        return illegal(err);
    if (!bits_aligned(address, IPC_BUFFER_BITS))
        return error_plain(err, ERROR_ALIGNMENT);
    return ERROR_NONE;
}

static enum error decode_configure(struct kernel *k,
                                   const struct invocation *inv,
                                   struct tcb_op *op, struct reply *err)
{
    enum error error;

    if (!has(inv, 4, 3))
        return truncated(err);
    error = decode_buffer(k, inv->cap[2], inv->mr[3], op, err);
    return error != ERROR_NONE ? error : decode_space(k, inv, op, err);
}

/* ---- Priorities -----------------------------------------------------------*/

/* The authority's own MCP is the highest that it can give. */
static enum error decode_limit(const struct kernel *k,
                               const struct invocation *inv, uint32_t words,
                               uint64_t *limit, struct reply *err)
{
    if (!has(inv, words, 1))
        return truncated(err);
    if (slot_type(k->regions.slots, inv->cap[0]) != CAP_TCB)
        return error_capability(err, 1);
    *limit = thread_at(k, slot_base(k->regions.slots, inv->cap[0]))->mcp;
    for (uint32_t n = 0; n < words; n++)
        if (inv->mr[n] > *limit)
            return error_range(err, 0, *limit);
    return ERROR_NONE;
}

static enum error decode_priorities(const struct kernel *k,
                                    const struct invocation *inv,
                                    struct tcb_op *op, struct reply *err)
{
    uint64_t limit;
    uint32_t words = inv->label == LABEL_TCB_SET_SCHED_PARAMS ? 2 : 1;
    enum error error = decode_limit(k, inv, words, &limit, err);

    if (error != ERROR_NONE)
        return error;
    op->mcp = (uint8_t)inv->mr[0];
    op->priority = (uint8_t)inv->mr[words - 1];
    return ERROR_NONE;
}

/* ---- The rest -------------------------------------------------------------*/

static enum error decode_bind(const struct kernel *k,
                              const struct invocation *inv, struct tcb_op *op,
                              struct reply *err)
{
    struct cap cap;

    if (!has(inv, 0, 1))
        return truncated(err);
    cap = cap_read(k->regions.slots, inv->cap[0]);
    if (thread_at(k, op->tcb)->notification != 0 ||
        cap.type != CAP_NOTIFICATION || !(cap.rights & CAP_READ) ||
        !notification_is_bindable(k, cap.base))
        return illegal(err);
    op->other = cap.base;
    return ERROR_NONE;
}

static enum error decode_unbind(const struct kernel *k, const struct tcb_op *op,
                                struct reply *err)
{
    return thread_at(k, op->tcb)->notification ? ERROR_NONE : illegal(err);
}

enum error tcb_decode(struct kernel *k, const struct invocation *inv,
                      struct tcb_op *op, struct reply *err)
{
    *op = (struct tcb_op){
        .label = inv->label,
        .tcb = slot_base(kernel_slots(k), inv->slot),
        .mr = inv->mr,
    };
    switch (inv->label) {
    case LABEL_TCB_READ_REGISTERS:
        return decode_read(k, inv, op, err);
    case LABEL_TCB_WRITE_REGISTERS:
        return decode_write(k, inv, op, err);
    case LABEL_TCB_COPY_REGISTERS:
        return decode_copy(k, inv, op, err);
    case LABEL_TCB_CONFIGURE:
        return decode_configure(k, inv, op, err);
    case LABEL_TCB_SET_PRIORITY:
    case LABEL_TCB_SET_MC_PRIORITY:
    case LABEL_TCB_SET_SCHED_PARAMS:
        return decode_priorities(k, inv, op, err);
    case LABEL_TCB_SET_IPC_BUFFER:
        if (!has(inv, 1, 1))
            return truncated(err);
        return decode_buffer(k, inv->cap[0], inv->mr[0], op, err);
    case LABEL_TCB_SET_SPACE:
        return has(inv, 3, 2) ? decode_space(k, inv, op, err) : truncated(err);
    case LABEL_TCB_SUSPEND:
    case LABEL_TCB_RESUME:
        return ERROR_NONE;
    case LABEL_TCB_BIND_NOTIFICATION:
        return decode_bind(k, inv, op, err);
    case LABEL_TCB_UNBIND_NOTIFICATION:
        return decode_unbind(k, op, err);
    case LABEL_TCB_SET_TLS_BASE:
        return has(inv, 1, 0) ? ERROR_NONE : truncated(err);
    case LABEL_TCB_SET_FLAGS:
        return has(inv, 2, 0) ? ERROR_NONE : truncated(err);
    default:
        return illegal(err);
    }
}
