/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls on untyped memory other than the three Retypes. */
#include "private.h"

enum {
    UNTYPED_RETYPE = 1,
    UNTYPED_NEW = 0x46414c00,
    UNTYPED_RETYPE_AT = UNTYPED_NEW,
    UNTYPED_RETYPE_WHOLE,
    UNTYPED_DESCRIBE,
    UNTYPED_NEXT,
    UNTYPED_REVOKE_AT,
};

enum { NEXT_NONE, NEXT_UNTYPED, NEXT_OBJECT, NEXT_IN_TRANSITION };

#define ALL_FEATURES SPEC_WORD(15)

static enum spec_outcome describe(const struct spec *s, size_t u,
                                  struct spec_reply *reply)
{
    const struct spec_cap *cap = &s->caps[u];

    return spec_answer_(reply, SPEC_NO_ERROR, 6, cap->base,
                        SPEC_WORD(cap->bits),
                        SPEC_WORD(cap->flags & SPEC_DEVICE ? 1 : 0), cap->value,
                        SPEC_WORD(spec_has_children(s, u)), ALL_FEATURES);
}

static uint64_t kind(const struct spec_cap *cap)
{
    switch (cap->type) {
    case SPEC_UNTYPED:
        return NEXT_UNTYPED;
    case SPEC_ZOMBIE:
    case SPEC_EMBRYO:
        return NEXT_IN_TRANSITION;
    default:
        return NEXT_OBJECT;
    }
}

/* Of all descendants that end after the offset the lowest; of those that
 * start there, the largest; of its capabilities, the first. */
static enum spec_outcome next(const struct spec *s, size_t u,
                              const struct spec_call *call,
                              struct spec_reply *reply)
{
    const struct spec_cap *cap = &s->caps[u], *found = NULL;
    uint64_t start;

    if (call->length < 1)
        return spec_answer_(reply, SPEC_TRUNCATED_MESSAGE, 0);
    for (size_t i = u + 1; i < s->count && spec_is_parent_(cap, &s->caps[i]);
         i++) {
        const struct spec_cap *child = &s->caps[i];

        if (child->base - cap->base + spec_size(child) <= call->mr[0])
            continue;
        if (!found || child->base < found->base ||
            (child->base == found->base && child->bits > found->bits))
            found = child;
    }
    if (!found)
        return spec_answer_(reply, SPEC_NO_ERROR, 3, SPEC_WORD(0), SPEC_WORD(0),
                            SPEC_WORD(NEXT_NONE));
    start = found->base - cap->base;
    return spec_answer_(reply, SPEC_NO_ERROR, 3, start,
                        start + spec_size(found), kind(found));
}

/* Does a child that is larger than the block enclose it? */
static bool reaches_beyond(const struct spec *s, size_t u, uint64_t base,
                           uint64_t bits)
{
    uint64_t size = UINT64_C(1) << bits;

    for (size_t i = u + 1;
         i < s->count && spec_is_parent_(&s->caps[u], &s->caps[i]); i++) {
        const struct spec_cap *child = &s->caps[i];

        if (child->bits > bits && child->base <= base &&
            base + size <= child->base + spec_size(child))
            return true;
    }
    return false;
}

static enum spec_outcome revoke_at(struct spec *s, size_t u,
                                   const struct spec_call *call,
                                   struct spec_reply *reply,
                                   const struct spec_run *run)
{
    const struct spec_cap cap = s->caps[u];
    uint64_t offset, bits;
    bool ended;

    if (call->length < 2)
        return spec_answer_(reply, SPEC_TRUNCATED_MESSAGE, 0);
    offset = call->mr[0];
    bits = call->mr[1];
    if (bits > cap.bits)
        return spec_answer_(reply, SPEC_RANGE_ERROR, 2, SPEC_WORD(0),
                            SPEC_WORD(cap.bits));
    if (offset % (UINT64_C(1) << bits) != 0)
        return spec_answer_(reply, SPEC_ALIGNMENT_ERROR, 0);
    if (offset >= spec_size(&cap))
        return spec_answer_(reply, SPEC_RANGE_ERROR, 2, SPEC_WORD(0),
                            spec_size(&cap) - (UINT64_C(1) << bits));
    if (bits < cap.bits &&
        reaches_beyond(s, u, cap.base + offset, bits)) /* closed: its copy */
        return spec_answer_(reply, SPEC_REVOKE_FIRST, 0);
    if (bits == cap.bits)
        ended = spec_revoke_(s, run, call->slot);
    else
        ended = spec_revoke_at_(s, run, call->slot, cap.base + offset,
                                (unsigned)bits);
    return ended ? spec_answer_(reply, SPEC_NO_ERROR, 0) : SPEC_STOPPED;
}

enum spec_outcome spec_untyped_(struct spec *s, const struct spec_call *call,
                                struct spec_reply *reply,
                                const struct spec_run *run)
{
    size_t u = spec_find(s, call->slot);

    if (call->label != UNTYPED_RETYPE && !s->machine->generation3)
        return spec_answer_(reply, SPEC_ILLEGAL_OPERATION, 0);
    switch (call->label) {
    case UNTYPED_RETYPE:
    case UNTYPED_RETYPE_AT:
    case UNTYPED_RETYPE_WHOLE:
        return spec_retype_(s, call, reply, run);
    case UNTYPED_DESCRIBE:
        return describe(s, u, reply);
    case UNTYPED_NEXT:
        return next(s, u, call, reply);
    case UNTYPED_REVOKE_AT:
        return revoke_at(s, u, call, reply, run);
    default:
        return spec_answer_(reply, SPEC_ILLEGAL_OPERATION, 0);
    }
}
