/* SPDX-License-Identifier: BSD-2-Clause */
/* Which slots, and whether it is allowed: the checks of sel4-abi.md 4.5 in
 * their order. */
#include "arch.h"
#include "cnode_op.h"
#include "cspace.h"
#include "lookup.h"
#include "objects.h"

/* A slot of the CNode capability in slot `root', by index and depth. */
static enum error find(const struct kernel *k, slotno_t root, uint64_t index,
                       uint64_t depth, bool source, slotno_t *slot,
                       struct reply *err)
{
    struct cap cap;

    if (depth == WORD_BITS && lookup_whole(k, root, index, slot))
        return ERROR_NONE;
    cap = cap_read(k->regions.slots, root);
    return cspace_lookup_slot(k, &cap, index, depth, source, slot, err);
}

/* Masked, given its data and derived: what a copy holds. */
static enum error decode_copied(struct kernel *k, const struct invocation *inv,
                                struct cnode_op *op, struct reply *err)
{
    bool mint = op->label == LABEL_CNODE_MINT;
    struct cap cap = cap_read(kernel_slots(k), op->source);
    enum error error;

    if (inv->length < (mint ? 6u : 5u))
        return error_plain(err, ERROR_TRUNCATED_MESSAGE);
    cap = cap_mask(cap, inv->mr[4]);
    if (mint)
        cap = cap_update_data(cap, inv->mr[5], false);
    error = object_derive(k, op->source, &cap, &op->cap, err);
    if (error != ERROR_NONE)
        return error;
    if (op->cap.type == CAP_NULL)
        return error_plain(err, ERROR_ILLEGAL_OPERATION);
    return ERROR_NONE;
}

static enum error decode_moved(struct kernel *k, const struct invocation *inv,
                               struct cnode_op *op, struct reply *err)
{
    op->cap = cap_read(kernel_slots(k), op->source);
    if (op->label == LABEL_CNODE_MUTATE) {
        if (inv->length < 5)
            return error_plain(err, ERROR_TRUNCATED_MESSAGE);
        op->cap = cap_update_data(op->cap, inv->mr[4], true);
    }
    if (op->cap.type == CAP_NULL || op->cap.type == CAP_EMBRYO)
        return error_plain(err, ERROR_ILLEGAL_OPERATION);
    return ERROR_NONE;
}

/* Copy, Mint, Move, Mutate: MR2 source index, MR3 source depth. */
static enum error decode_transfer(struct kernel *k,
                                  const struct invocation *inv,
                                  struct cnode_op *op, struct reply *err)
{
    const struct slot *slots = kernel_slots(k);
    enum error error;

    if (inv->length < 4 || inv->cap_count < 1)
        return error_plain(err, ERROR_TRUNCATED_MESSAGE);
    if (!slot_is_empty(slots, op->dest))
        return error_plain(err, ERROR_DELETE_FIRST);
    error =
        find(k, inv->cap[0], inv->mr[2], inv->mr[3], true, &op->source, err);
    if (error != ERROR_NONE)
        return error;
    if (slot_is_empty(slots, op->source))
        return error_missing(err, true, inv->mr[3]);
    if (op->label == LABEL_CNODE_COPY || op->label == LABEL_CNODE_MINT)
        return decode_copied(k, inv, op, err);
    return decode_moved(k, inv, op, err);
}

/* The two capabilities that a Rotate moves, each with new data. */
static enum error decode_rotated(struct kernel *k, const struct invocation *inv,
                                 struct cnode_op *op, struct reply *err)
{
    const struct slot *slots = kernel_slots(k);
    struct cap source = cap_read(slots, op->source);
    struct cap pivot = cap_read(slots, op->pivot);

    if (source.type == CAP_EMBRYO || pivot.type == CAP_EMBRYO)
        return error_plain(err, ERROR_ILLEGAL_OPERATION);
    op->cap = cap_update_data(source, inv->mr[5], true);
    op->pivot_cap = cap_update_data(pivot, inv->mr[2], true);
    if (op->cap.type == CAP_NULL || op->pivot_cap.type == CAP_NULL)
        return error_plain(err, ERROR_ILLEGAL_OPERATION);
    return ERROR_NONE;
}

/* Rotate: MR2 pivot's new data, MR3 MR4 pivot, MR5 source's new data, MR6 MR7
 * source; the source is looked up first, from the second capability. */
static enum error decode_rotate(struct kernel *k, const struct invocation *inv,
                                struct cnode_op *op, struct reply *err)
{
    const struct slot *slots = kernel_slots(k);
    enum error error;

    if (inv->length < 8 || inv->cap_count < 2)
        return error_plain(err, ERROR_TRUNCATED_MESSAGE);
    error =
        find(k, inv->cap[1], inv->mr[6], inv->mr[7], true, &op->source, err);
    if (error != ERROR_NONE)
        return error;
    error = find(k, inv->cap[0], inv->mr[3], inv->mr[4], true, &op->pivot, err);
    if (error != ERROR_NONE)
        return error;
    if (op->pivot == op->source || op->pivot == op->dest)
        return error_plain(err, ERROR_ILLEGAL_OPERATION);
    if (op->source != op->dest && !slot_is_empty(slots, op->dest))
        return error_plain(err, ERROR_DELETE_FIRST);
    if (slot_is_empty(slots, op->source))
        return error_missing(err, true, inv->mr[7]);
    if (slot_is_empty(slots, op->pivot))
        return error_missing(err, false, inv->mr[4]);
    return decode_rotated(k, inv, op, err);
}

static enum error decode_cancel_badged_sends(const struct kernel *k,
                                             struct cnode_op *op,
                                             struct reply *err)
{
    op->cap = cap_read(k->regions.slots, op->dest);
    if (op->cap.type != CAP_ENDPOINT || op->cap.rights != CAP_RIGHTS_ALL)
        return error_plain(err, ERROR_ILLEGAL_OPERATION);
    return ERROR_NONE;
}

static enum error decode_save_caller(const struct kernel *k,
                                     const struct invocation *inv,
                                     struct cnode_op *op, struct reply *err)
{
    if (!slot_is_empty(k->regions.slots, op->dest))
        return error_plain(err, ERROR_DELETE_FIRST);
    op->source = inv->caller;
    return ERROR_NONE;
}

enum error cnode_decode(struct kernel *k, const struct invocation *inv,
                        struct cnode_op *op, struct reply *err)
{
    enum error error;

    op->label = inv->label;
    if (inv->label < LABEL_CNODE_REVOKE || inv->label > LABEL_CNODE_SAVE_CALLER)
        return error_plain(err, ERROR_ILLEGAL_OPERATION);
    if (inv->length < 2)
        return error_plain(err, ERROR_TRUNCATED_MESSAGE);
    error = find(k, inv->slot, inv->mr[0], inv->mr[1], false, &op->dest, err);
    if (error != ERROR_NONE)
        return error;
    switch (inv->label) {
    case LABEL_CNODE_COPY:
    case LABEL_CNODE_MINT:
    case LABEL_CNODE_MOVE:
    case LABEL_CNODE_MUTATE:
        return decode_transfer(k, inv, op, err);
    case LABEL_CNODE_ROTATE:
        return decode_rotate(k, inv, op, err);
    case LABEL_CNODE_CANCEL_BADGED_SENDS:
        return decode_cancel_badged_sends(k, op, err);
    case LABEL_CNODE_SAVE_CALLER:
        return decode_save_caller(k, inv, op, err);
    default:
        return ERROR_NONE; /* Revoke, Delete: any slot will do */
    }
}
