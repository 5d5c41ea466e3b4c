/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls on CNodes (sel4-abi.md 4.5).  The numbers are its checks'. */
#include "private.h"

enum {
    CNODE_REVOKE = 17,
    CNODE_DELETE = 18,
    CNODE_CANCEL_BADGED_SENDS = 19,
    CNODE_COPY = 20,
    CNODE_MINT = 21,
    CNODE_MOVE = 22,
    CNODE_MUTATE = 23,
    CNODE_ROTATE = 24,
    CNODE_SAVE_CALLER = 25,
};

static enum spec_outcome illegal(struct spec_reply *reply)
{
    return spec_answer_(reply, SPEC_ILLEGAL_OPERATION, 0);
}

static enum spec_outcome truncated(struct spec_reply *reply)
{
    return spec_answer_(reply, SPEC_TRUNCATED_MESSAGE, 0);
}

static enum spec_outcome missing(struct spec_reply *reply, uint64_t flag,
                                 uint64_t depth)
{
    return spec_answer_(reply, SPEC_FAILED_LOOKUP, 3, flag,
                        SPEC_WORD(SPEC_MISSING_CAPABILITY), depth);
}

static enum spec_outcome success(struct spec_reply *reply)
{
    return spec_answer_(reply, SPEC_NO_ERROR, 0);
}

/* The capability in slot `from' goes to the empty slot `to', changed. */
static void move(struct spec *s, uint32_t from, uint32_t to,
                 const struct spec_cap *changed)
{
    size_t i = spec_find(s, from);

    s->caps[i] = *changed;
    s->caps[i].slot = to;
}

/* Copy and Mint. */
static enum spec_outcome copy(struct spec *s, const struct spec_call *call,
                              uint32_t from, uint32_t to,
                              struct spec_reply *reply)
{
    size_t i = spec_find(s, from);
    struct spec_cap cap = spec_mask_(s->caps[i], call->mr[4]);
    uint32_t error;

    if (call->label == CNODE_MINT)
        cap = spec_update_(cap, call->mr[5], false);
    error = spec_derive_(s, i, &cap);
    if (error != SPEC_NO_ERROR)
        return spec_answer_(reply, error, 0);
    if (cap.type == SPEC_EMPTY)
        return illegal(reply);
    cap.slot = to;
    if (cap.type == SPEC_UNTYPED)
        s->caps[i].value = spec_size(&cap); /* R9 */
    spec_insert_derived(s, from, &cap);
    return success(reply);
}

/* Checks 4 to 10. */
static enum spec_outcome copy_or_move(struct spec *s,
                                      const struct spec_call *call, uint32_t to,
                                      struct spec_reply *reply)
{
    static const uint32_t words[] = {[CNODE_COPY] = 5,
                                     [CNODE_MINT] = 6,
                                     [CNODE_MOVE] = 4,
                                     [CNODE_MUTATE] = 5};
    struct spec_cap root, cap;
    uint32_t from;

    if (call->length < 4 || call->cap_count < 1)
        return truncated(reply);
    if (spec_find(s, to) != SPEC_NO_CAP)
        return spec_answer_(reply, SPEC_DELETE_FIRST, 0);
    root = spec_cap_in_(s, call->cap[0]);
    if (!spec_lookup_(s, &root, call->mr[2], call->mr[3], true, &from, reply))
        return SPEC_DONE;
    cap = spec_cap_in_(s, from);
    if (cap.type == SPEC_EMPTY)
        return missing(reply, 1, call->mr[3]);
    if (call->length < words[call->label])
        return truncated(reply);
    if (call->label == CNODE_COPY || call->label == CNODE_MINT)
        return copy(s, call, from, to, reply);
    if (call->label == CNODE_MUTATE)
        cap = spec_update_(cap, call->mr[4], true);
    if (cap.type == SPEC_EMPTY || cap.type == SPEC_EMBRYO)
        return illegal(reply);
    move(s, from, to, &cap);
    return success(reply);
}

/* Checks 4 to 12. */
static enum spec_outcome rotate(struct spec *s, const struct spec_call *call,
                                uint32_t dest, struct spec_reply *reply)
{
    struct spec_cap root, cap, pivot_cap;
    uint32_t source, pivot;
    size_t i, j;

    if (call->length < 8 || call->cap_count < 2)
        return truncated(reply);
    root = spec_cap_in_(s, call->cap[1]);
    if (!spec_lookup_(s, &root, call->mr[6], call->mr[7], true, &source, reply))
        return SPEC_DONE;
    root = spec_cap_in_(s, call->cap[0]);
    if (!spec_lookup_(s, &root, call->mr[3], call->mr[4], true, &pivot, reply))
        return SPEC_DONE;
    if (pivot == source || pivot == dest)
        return illegal(reply);
    if (source != dest && spec_find(s, dest) != SPEC_NO_CAP)
        return spec_answer_(reply, SPEC_DELETE_FIRST, 0);
    cap = spec_cap_in_(s, source);
    if (cap.type == SPEC_EMPTY)
        return missing(reply, 1, call->mr[7]);
    pivot_cap = spec_cap_in_(s, pivot);
    if (pivot_cap.type == SPEC_EMPTY)
        return missing(reply, 0, call->mr[4]);
    cap = spec_update_(cap, call->mr[5], true);
    if (cap.type == SPEC_EMPTY)
        return illegal(reply);
    pivot_cap = spec_update_(pivot_cap, call->mr[2], true);
    if (pivot_cap.type == SPEC_EMPTY)
        return illegal(reply);
    i = spec_find(s, source);
    j = spec_find(s, pivot);
    s->caps[i] = cap;
    s->caps[i].slot = pivot;
    s->caps[j] = pivot_cap;
    s->caps[j].slot = dest;
    return success(reply);
}

/* Is the capability in `slot' one with which CancelBadgedSends is allowed?
 * Nobody waits at an endpoint yet, so that it then has no effect. */
static enum spec_outcome cancel(const struct spec *s, uint32_t slot,
                                struct spec_reply *reply)
{
    struct spec_cap cap = spec_cap_in_(s, slot);

    if (cap.type != SPEC_ENDPOINT || cap.rights != SPEC_ALL_RIGHTS)
        return illegal(reply);
    return success(reply);
}

static enum spec_outcome save_caller(struct spec *s,
                                     const struct spec_call *call,
                                     uint32_t dest, struct spec_reply *reply)
{
    if (spec_find(s, dest) != SPEC_NO_CAP)
        return spec_answer_(reply, SPEC_DELETE_FIRST, 0);
    if (spec_find(s, call->caller) != SPEC_NO_CAP)
        spec_swap_slots_(s, call->caller, dest);
    return success(reply);
}

enum spec_outcome spec_cnode_(struct spec *s, const struct spec_call *call,
                              struct spec_reply *reply,
                              const struct spec_run *run)
{
    struct spec_cap root = spec_cap_in_(s, call->slot);
    uint32_t dest;
    bool ended;

    if (call->label < CNODE_REVOKE || call->label > CNODE_SAVE_CALLER)
        return illegal(reply);
    if (call->length < 2)
        return truncated(reply);
    if (!spec_lookup_(s, &root, call->mr[0], call->mr[1], false, &dest, reply))
        return SPEC_DONE;
    switch (call->label) {
    case CNODE_REVOKE:
        ended = spec_revoke_(s, run, dest);
        return ended ? success(reply) : SPEC_STOPPED;
    case CNODE_DELETE:
        ended = spec_delete_(s, run, dest);
        return ended ? success(reply) : SPEC_STOPPED;
    case CNODE_CANCEL_BADGED_SENDS:
        return cancel(s, dest, reply);
    case CNODE_ROTATE:
        return rotate(s, call, dest, reply);
    case CNODE_SAVE_CALLER:
        return save_caller(s, call, dest, reply);
    default:
        return copy_or_move(s, call, dest, reply);
    }
}
