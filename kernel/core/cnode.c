/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations on slots (sel4-abi.md 4.5). */
#include "arch.h"
#include "cnode.h"
#include "cnode_op.h"
#include "delete.h"
#include "objects.h"

struct cap cnode_update(struct cap cap, uint64_t data)
{
    unsigned guard_size = (unsigned)(data % 64u);
    uint64_t guard = data / 64u;

    if (guard_size + cap_cnode_radix(&cap) > WORD_BITS)
        return (struct cap){.type = CAP_NULL};
    guard %= bits_size(guard_size);
    cap.word = guard_size + 64u * guard;
    return cap;
}

/* An untyped that has been copied is full: its memory is the copy's now (R9).
 */
static void fill_if_untyped(struct slot *slots, slotno_t i)
{
    if (slot_type(slots, i) == CAP_UNTYPED)
        slot_set_word(slots, i, bits_size(slot_bits(slots, i)));
}

void cnode_insert_copy(struct kernel *k, slotno_t source, slotno_t to,
                       const struct cap *cap)
{
    struct slot *slots = kernel_slots(k);
    uint8_t flags = 0;

    if (cap_is_revocable(slots, source, cap))
        flags = SLOT_REVOCABLE + SLOT_FIRST_BADGED;
    cap_write(slots, to, cap);
    regions_insert_after(&k->regions, source, to);
    slot_set_flags(slots, to, flags);
    fill_if_untyped(slots, source);
    arch_event(k, ARCH_EVENT_DERIVED, source, to);
}

/* Everything goes from one slot to another; the capability may be another
 * version of itself by then. */
static void transplant(struct kernel *k, slotno_t from, slotno_t to,
                       const struct cap *cap)
{
    struct slot *slots = kernel_slots(k);

    regions_move(&k->regions, from, to);
    cap_write(slots, to, cap);
    arch_event(k, ARCH_EVENT_MOVED, from, to);
}

static void commit_rotate(struct kernel *k, const struct cnode_op *op)
{
    struct slot *slots = kernel_slots(k);

    if (op->source == op->dest) {
        arch_event(k, ARCH_EVENT_SWAPPED, op->source, op->pivot);
        regions_swap(&k->regions, op->source, op->pivot);
        cap_write(slots, op->pivot, &op->cap);
        cap_write(slots, op->dest, &op->pivot_cap);
        return;
    }
    transplant(k, op->pivot, op->dest, &op->pivot_cap);
    transplant(k, op->source, op->pivot, &op->cap);
}

/* The moving of reply capabilities is the caller's own; an empty caller slot
 * is no error. */
static void commit_save_caller(struct kernel *k, const struct cnode_op *op)
{
    if (op->source == SLOT_NIL || slot_is_empty(kernel_slots(k), op->source))
        return;
    regions_move(&k->regions, op->source, op->dest);
    arch_event(k, ARCH_EVENT_MOVED, op->source, op->dest);
}

/* Badge 0 is nobody's in particular. */
static bool commit_cancel_badged_sends(struct kernel *k,
                                       const struct cnode_op *op)
{
    return op->cap.word == 0 || endpoint_cancel_badged_sends(k, &op->cap);
}

/* False: preempted. */
static bool commit(struct kernel *k, const struct cnode_op *op)
{
    kernel_work_slots(k, 2);
    switch (op->label) {
    case LABEL_CNODE_REVOKE:
        return delete_descendants(k, op->dest);
    case LABEL_CNODE_DELETE:
        return delete_slot(k, op->dest);
    case LABEL_CNODE_CANCEL_BADGED_SENDS:
        return commit_cancel_badged_sends(k, op);
    case LABEL_CNODE_COPY:
    case LABEL_CNODE_MINT:
        cnode_insert_copy(k, op->source, op->dest, &op->cap);
        return true;
    case LABEL_CNODE_MOVE:
    case LABEL_CNODE_MUTATE:
        transplant(k, op->source, op->dest, &op->cap);
        return true;
    case LABEL_CNODE_ROTATE:
        commit_rotate(k, op);
        return true;
    default:
        commit_save_caller(k, op);
        return true;
    }
}

enum outcome cnode_invoke(struct kernel *k, const struct invocation *inv,
                          struct reply *reply)
{
    struct cnode_op op;

    if (cnode_decode(k, inv, &op, reply) != ERROR_NONE)
        return OUTCOME_DONE; /* decode has filled in the reply */
    if (!commit(k, &op))
        return OUTCOME_PREEMPTED;
    error_none(reply);
    return OUTCOME_DONE;
}
