/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"
#include "delete.h"
#include "untyped.h"
#include "untyped_retype.h"

bool untyped_has_children(struct kernel *k, slotno_t u)
{
    return regions_child(&k->regions, u) != SLOT_NIL;
}

static enum outcome finish(bool completed, struct reply *reply)
{
    if (!completed)
        return OUTCOME_PREEMPTED;
    error_none(reply);
    return OUTCOME_DONE;
}

APART static enum outcome retype(struct kernel *k, const struct invocation *inv,
                                 struct reply *reply)
{
    struct retype t;

    if (untyped_decode_retype(k, inv, &t, reply) != ERROR_NONE)
        return OUTCOME_DONE; /* decode has filled in the reply */
    return finish(untyped_commit_retype(k, &t), reply);
}

APART static enum outcome
retype_at(struct kernel *k, const struct invocation *inv, struct reply *reply)
{
    struct retype t;

    if (untyped_decode_retype_at(k, inv, &t, reply) != ERROR_NONE)
        return OUTCOME_DONE; /* decode has filled in the reply */
    return finish(untyped_commit_retype(k, &t), reply);
}

APART static enum outcome retype_whole(struct kernel *k,
                                       const struct invocation *inv,
                                       struct reply *reply)
{
    struct retype t;
    enum outcome outcome;

    if (untyped_decode_retype_whole(k, inv, &t, reply) != ERROR_NONE)
        return OUTCOME_DONE; /* decode has filled in the reply */
    outcome = finish(untyped_commit_retype(k, &t), reply);
    reply->length = 1;
    reply->mr[0] = t.count;
    return outcome;
}

/* Features that Describe shows. */
enum {
    FEATURE_RETYPE_WHOLE = 1,
    FEATURE_RETYPE_AT = 2,
    FEATURE_NEXT = 4,
    FEATURE_REVOKE_AT = 8,
};

static enum outcome describe(struct kernel *k, const struct invocation *inv,
                             struct reply *reply)
{
    const struct slot *slots = kernel_slots(k);
    slotno_t u = inv->slot;

    *reply = (struct reply){
        .length = 6,
        .mr = {slot_base(slots, u), slot_bits(slots, u),
               (slot_rights(slots, u) & CAP_DEVICE) != 0, slot_word(slots, u),
               untyped_has_children(k, u),
               FEATURE_RETYPE_WHOLE + FEATURE_RETYPE_AT + FEATURE_NEXT +
                   FEATURE_REVOKE_AT},
    };
    return OUTCOME_DONE;
}

/* On a closed untyped the one region is all of it, by the name of what closes
 * it. */
APART static enum outcome next(struct kernel *k, const struct invocation *inv,
                               struct reply *reply)
{
    const struct slot *slots = kernel_slots(k);
    slotno_t u = inv->slot, found;
    paddr_t base = slot_base(slots, u), start;

    if (inv->length < 1) {
        error_plain(reply, ERROR_TRUNCATED_MESSAGE);
        return OUTCOME_DONE;
    }
    *reply = (struct reply){.length = 3};
    if (inv->mr[0] >= bits_size(slot_bits(slots, u)))
        return OUTCOME_DONE;
    found = regions_follower(&k->regions, u);
    if (found == SLOT_NIL)
        found = regions_next(&k->regions, u, base + inv->mr[0]);
    if (found == SLOT_NIL)
        return OUTCOME_DONE;
    start = slot_base(slots, found) - base;
    reply->mr[0] = start;
    reply->mr[1] = start + bits_size(slot_bits(slots, found));
    reply->mr[2] = regions_kind(&k->regions, found);
    return OUTCOME_DONE;
}

/* What RevokeAt takes away: everything in the untyped, or the regions inside a
 * part of it. */
struct revocation {
    bool whole;
    paddr_t base;
    uint8_t bits;
    slotno_t first; /* an outermost region inside, or SLOT_NIL */
};

static enum error decode_revoke_at(struct kernel *k,
                                   const struct invocation *inv,
                                   struct revocation *v, struct reply *err)
{
    const struct slot *slots = kernel_slots(k);
    unsigned s = slot_bits(slots, inv->slot);
    uint64_t offset, bits;

    if (inv->length < 2)
        return error_plain(err, ERROR_TRUNCATED_MESSAGE);
    offset = inv->mr[0];
    bits = inv->mr[1];
    if (bits > s)
        return error_range(err, 0, s);
    if (!bits_aligned(offset, (unsigned)bits))
        return error_plain(err, ERROR_ALIGNMENT);
    if (offset >= bits_size(s))
        return error_range(err, 0, bits_size(s) - bits_size((unsigned)bits));
    *v = (struct revocation){
        .whole = bits == s,
        .base = slot_base(slots, inv->slot) + offset,
        .bits = (uint8_t)bits,
        .first = SLOT_NIL,
    };
    if (v->whole)
        return ERROR_NONE;
    if (regions_follower(&k->regions, inv->slot) != SLOT_NIL)
        return error_plain(err, ERROR_REVOKE_FIRST);
    /* Whatever encloses the range comes first on its path, and if nothing
     * does, an outermost region inside it. */
    v->first = regions_find(&k->regions, inv->slot, v->base, v->bits);
    if (v->first != SLOT_NIL && slot_bits(slots, v->first) > bits)
        return error_plain(err, ERROR_REVOKE_FIRST);
    return ERROR_NONE;
}

APART static enum outcome
revoke_at(struct kernel *k, const struct invocation *inv, struct reply *reply)
{
    struct revocation v = {0};

    if (decode_revoke_at(k, inv, &v, reply) != ERROR_NONE)
        return OUTCOME_DONE; /* decode has filled in the reply */
    if (v.whole)
        return finish(delete_descendants(k, inv->slot), reply);
    return finish(delete_inside(k, inv->slot, v.base, v.bits, v.first), reply);
}

enum outcome untyped_invoke(struct kernel *k, const struct invocation *inv,
                            struct reply *reply)
{
    if (inv->label == LABEL_UNTYPED_RETYPE)
        return retype(k, inv, reply);
    if (k->params.generation3) {
        switch (inv->label) {
        case LABEL_UNTYPED_RETYPE_AT:
            return retype_at(k, inv, reply);
        case LABEL_UNTYPED_RETYPE_WHOLE:
            return retype_whole(k, inv, reply);
        case LABEL_UNTYPED_DESCRIBE:
            return describe(k, inv, reply);
        case LABEL_UNTYPED_NEXT:
            return next(k, inv, reply);
        case LABEL_UNTYPED_REVOKE_AT:
            return revoke_at(k, inv, reply);
        default:
            break;
        }
    }
    error_plain(reply, ERROR_ILLEGAL_OPERATION);
    return OUTCOME_DONE;
}
