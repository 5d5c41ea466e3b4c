/* SPDX-License-Identifier: BSD-2-Clause */
/* Retype, RetypeAt, RetypeWhole (sel4-abi.md 4.4, retype.md R0-R9, R12).
 *
 * The three differ in who chooses place and number: the watermark and the
 * caller; the caller; the untyped's size.  Checks come in the order of R12. */
#include "private.h"

enum generation {
    WHOLE = 0x46414c01,
    INCREMENTAL = 1,
    AT_OFFSET = 0x46414c00,
};

/* The request, as far as it has been read. */
struct request {
    uint64_t generation; /* the label */
    uint32_t u;          /* the untyped's slot */
    uint8_t type;        /* of the objects, as an object type */
    uint8_t bits;
    struct spec_cap cnode;
    uint64_t first; /* destination window, in slots of the CNode */
    uint64_t count;
    uint64_t offset; /* bytes into the untyped */
};

static bool is_cap_type(const struct spec *s, const struct request *q,
                        enum spec_type type)
{
    return s->machine->objects[q->type].type == type;
}

#define REFUSE(...) return spec_answer_(reply, __VA_ARGS__), false

/* What is to be made: checks 1 to 6. */
static bool read_object(const struct spec *s, const struct spec_call *call,
                        struct request *q, struct spec_reply *reply)
{
    const struct spec_machine *m = s->machine;
    uint32_t words = call->label == INCREMENTAL ? 6
                     : call->label == AT_OFFSET ? 7
                                                : 5;
    uint64_t size_bits, bits;

    if (call->length < words || call->cap_count < 1)
        REFUSE(SPEC_TRUNCATED_MESSAGE, 0);
    if (call->mr[0] >= m->object_types)
        REFUSE(SPEC_INVALID_ARGUMENT, 1, SPEC_WORD(0));
    q->type = (uint8_t)call->mr[0];
    size_bits = call->mr[1];
    bits = m->objects[q->type].bits;
    if (size_bits >= SPEC_WORD_BITS)
        REFUSE(SPEC_RANGE_ERROR, 2, SPEC_WORD(0),
               SPEC_WORD(m->untyped_bits_max));
    if (is_cap_type(s, q, SPEC_UNTYPED) || is_cap_type(s, q, SPEC_CNODE))
        bits += size_bits;
    if (bits > m->untyped_bits_max)
        REFUSE(SPEC_RANGE_ERROR, 2, SPEC_WORD(0),
               SPEC_WORD(m->untyped_bits_max));
    q->bits = (uint8_t)bits;
    if (is_cap_type(s, q, SPEC_CNODE) && size_bits == 0)
        REFUSE(SPEC_INVALID_ARGUMENT, 1, SPEC_WORD(1));
    if (is_cap_type(s, q, SPEC_UNTYPED) && size_bits < m->untyped_bits_min)
        REFUSE(SPEC_INVALID_ARGUMENT, 1, SPEC_WORD(1));
    return true;
}

/* Where the capabilities go: checks 7 to 9. */
static bool read_cnode(const struct spec *s, const struct spec_call *call,
                       struct request *q, struct spec_reply *reply)
{
    uint64_t index = call->mr[2], depth = call->mr[3];
    uint32_t slot = call->cap[0];
    uint64_t slots;

    if (depth != 0) {
        struct spec_cap root = spec_cap_in_(s, call->cap[0]);

        if (!spec_lookup_(s, &root, index, depth, false, &slot, reply))
            return false;
    }
    q->cnode = spec_cap_in_(s, slot);
    if (q->cnode.type != SPEC_CNODE)
        REFUSE(SPEC_FAILED_LOOKUP, 3, SPEC_WORD(0),
               SPEC_WORD(SPEC_MISSING_CAPABILITY), depth);
    slots = spec_slot_count(&q->cnode);
    q->first = call->mr[4];
    if (q->first > slots - 1)
        REFUSE(SPEC_RANGE_ERROR, 2, SPEC_WORD(0), slots - 1);
    return true;
}

static bool window_fits(const struct request *q)
{
    return q->count <= spec_slot_count(&q->cnode) - q->first;
}

/* Slot number i of the window. */
static uint32_t window_slot(const struct request *q, uint64_t i)
{
    return spec_first_slot(&q->cnode) + (uint32_t)(q->first + i);
}

static bool window_is_empty(const struct spec *s, const struct request *q)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->caps[i].slot >= window_slot(q, 0) &&
            s->caps[i].slot < window_slot(q, q->count))
            return false;
    return true;
}

/* The last untyped before caps[i] in the sequence that encloses it. */
static size_t innermost_untyped(const struct spec *s, size_t i)
{
    for (size_t u = i; u-- > 0;)
        if (s->caps[u].type == SPEC_UNTYPED &&
            spec_contains(&s->caps[u], &s->caps[i]))
            return u;
    return SPEC_NO_CAP;
}

/* R8: an embryo that this request could have planted in this slot. */
static bool is_matching_embryo(const struct spec *s, const struct request *q,
                               uint32_t slot)
{
    size_t i = spec_find(s, slot), u;

    if (i == SPEC_NO_CAP || s->caps[i].type != SPEC_EMBRYO ||
        s->caps[i].target != q->type || s->caps[i].bits != q->bits)
        return false;
    u = innermost_untyped(s, i);
    return u != SPEC_NO_CAP && s->caps[u].slot == q->u &&
           s->caps[u].bits == s->caps[i].source_bits;
}

static bool is_resumption(const struct spec *s, const struct request *q)
{
    for (uint64_t i = 0; i < q->count; i++)
        if (is_matching_embryo(s, q, window_slot(q, i)))
            return true;
    return false;
}

/* How many, and whether the window can take them.  *resume: R8. */
static bool read_count(const struct spec *s, const struct spec_call *call,
                       struct request *q, struct spec_reply *reply,
                       bool *resume)
{
    const struct spec_cap u = spec_cap_in_(s, q->u);
    uint64_t fanout = s->machine->fanout;

    *resume = false;
    if (q->generation == WHOLE) {
        q->count = q->bits <= u.bits ? UINT64_C(1) << (u.bits - q->bits) : 0;
        if (q->count >= 1 && q->count <= fanout && window_fits(q))
            *resume = is_resumption(s, q);
        if (*resume)
            return true;
        if (spec_has_children(s, spec_find(s, q->u)))
            REFUSE(SPEC_REVOKE_FIRST, 0);
        if (q->count == 0)
            REFUSE(SPEC_NOT_ENOUGH_MEMORY, 1, spec_size(&u));
    } else {
        q->count = call->mr[5];
    }
    if (q->count < 1 || q->count > fanout)
        REFUSE(SPEC_RANGE_ERROR, 2, SPEC_WORD(1), fanout);
    if (!window_fits(q))
        REFUSE(SPEC_RANGE_ERROR, 2, SPEC_WORD(1),
               spec_slot_count(&q->cnode) - q->first);
    *resume = is_resumption(s, q);
    if (!*resume && !window_is_empty(s, q))
        REFUSE(SPEC_DELETE_FIRST, 0);
    return true;
}

/* Does a child of the untyped meet the run (R2)?  A child of the untyped's
 * own size does. */
static bool collides(const struct spec *s, const struct request *q)
{
    size_t u = spec_find(s, q->u);
    uint64_t start = s->caps[u].base + q->offset;
    uint64_t end = start + (q->count << q->bits);

    for (size_t i = u + 1;
         i < s->count && spec_is_parent_(&s->caps[u], &s->caps[i]); i++) {
        const struct spec_cap *child = &s->caps[i];

        if (child->base < end && start < child->base + spec_size(child))
            return true;
    }
    return false;
}

/* Where: for RetypeAt the caller says it.  A resumption skips what speaks of
 * memory and neighbours. */
static bool read_place(const struct spec *s, const struct spec_call *call,
                       struct request *q, struct spec_reply *reply, bool resume)
{
    const struct spec_cap u = spec_cap_in_(s, q->u);
    uint64_t size = spec_size(&u), free;

    if (q->generation == AT_OFFSET) {
        q->offset = call->mr[6];
        if (q->bits > u.bits)
            REFUSE(SPEC_NOT_ENOUGH_MEMORY, 1, size);
        if (q->offset % (UINT64_C(1) << q->bits) != 0)
            REFUSE(SPEC_ALIGNMENT_ERROR, 0);
        if (q->offset >= size)
            REFUSE(SPEC_RANGE_ERROR, 2, SPEC_WORD(0),
                   size - (UINT64_C(1) << q->bits));
        if (resume)
            return true;
        if (q->count > (size - q->offset) >> q->bits)
            REFUSE(SPEC_NOT_ENOUGH_MEMORY, 1, size - q->offset);
        if (collides(s, q))
            REFUSE(SPEC_REVOKE_FIRST, 0);
        return true;
    }
    if (resume || q->generation == WHOLE)
        return true;
    free = spec_has_children(s, spec_find(s, q->u)) ? size - u.value : size;
    if (free >> q->bits < q->count)
        REFUSE(SPEC_NOT_ENOUGH_MEMORY, 1, free);
    return true;
}

/* R6, R7: an untyped without children is cleared and starts again at 0. */
static bool reset(struct spec *s, const struct spec_run *run, uint32_t slot)
{
    uint64_t chunk = UINT64_C(1) << s->machine->chunk_bits;
    size_t u = spec_find(s, slot);
    struct spec_cap *cap = &s->caps[u];

    if (spec_has_children(s, u) || cap->value == 0)
        return true;
    if (cap->flags & SPEC_DEVICE) {
        cap->value = 0;
        return true;
    }
    while (cap->value > 0) {
        uint64_t down = (cap->value - 1) / chunk * chunk;

        spec_set_dirty_(s, cap->base + down, cap->value - down, false);
        cap->value = down;
        if (!spec_step_(s, run))
            return false;
    }
    return true;
}

/* The capability to a new object, its memory being clean; or its embryo. */
static struct spec_cap new_cap(const struct spec *s, const struct request *q,
                               const struct spec_cap *u, uint64_t base)
{
    struct spec_cap cap = {
        .type = s->machine->objects[q->type].type,
        .base = base,
        .bits = q->bits,
        .flags = SPEC_REVOCABLE | SPEC_FIRST_BADGED,
    };

    if (cap.type == SPEC_UNTYPED || cap.type == SPEC_FRAME)
        cap.flags |= u->flags & SPEC_DEVICE;
    if (cap.type == SPEC_ENDPOINT)
        cap.rights = SPEC_ALL_RIGHTS;
    if (cap.type == SPEC_NOTIFICATION || cap.type == SPEC_FRAME)
        cap.rights = SPEC_READ | SPEC_WRITE;
    return cap;
}

/* R8: the embryos of the window become objects, in slot order. */
static bool finish_embryos(struct spec *s, const struct spec_run *run,
                           const struct request *q)
{
    uint64_t chunk = UINT64_C(1) << s->machine->chunk_bits;

    for (uint64_t i = 0; i < q->count; i++) {
        uint32_t slot = window_slot(q, i);
        struct spec_cap *cap, object;

        if (!is_matching_embryo(s, q, slot))
            continue;
        cap = &s->caps[spec_find(s, slot)];
        while (cap->value > 0) {
            uint64_t down = (cap->value - 1) / chunk * chunk;

            spec_set_dirty_(s, cap->base + down, cap->value - down, false);
            cap->value = down;
            if (!spec_step_(s, run))
                return false;
        }
        object = new_cap(s, q, cap, cap->base);
        object.slot = slot;
        *cap = object;
        if (!spec_step_(s, run))
            return false;
    }
    return true;
}

/* Bytes to be cleared for the whole run: of typed objects of RAM that start
 * below the watermark (R4). */
static uint64_t bytes_to_clear(const struct spec *s, const struct request *q,
                               const struct spec_cap *u)
{
    uint64_t bytes = 0;

    if ((u->flags & SPEC_DEVICE) || is_cap_type(s, q, SPEC_UNTYPED))
        return 0;
    for (uint64_t i = 0; i < q->count; i++)
        if (q->offset + (i << q->bits) < u->value)
            bytes += UINT64_C(1) << q->bits;
    return bytes;
}

/* R4, R5, R8: all at once. */
static void place(struct spec *s, const struct request *q, bool as_embryos)
{
    struct spec_cap *u = &s->caps[spec_find(s, q->u)];
    const struct spec_cap before = *u;
    uint64_t size = UINT64_C(1) << q->bits;
    uint64_t end = q->offset + (q->count << q->bits);

    if (end > u->value)
        u->value = end;
    for (uint64_t i = 0; i < q->count; i++) {
        uint64_t offset = q->offset + (i << q->bits);
        bool dirty = offset < before.value;
        struct spec_cap cap = new_cap(s, q, &before, before.base + offset);

        if (cap.type == SPEC_UNTYPED) {
            cap.value = dirty ? size : 0;
        } else if (as_embryos) {
            cap.type = SPEC_EMBRYO;
            cap.target = q->type;
            cap.source_bits = before.bits;
            cap.rights = 0;
            cap.value = dirty ? size : 0;
        } else if (dirty && !(before.flags & SPEC_DEVICE)) {
            spec_set_dirty_(s, cap.base, size, false);
        }
        cap.slot = window_slot(q, i);
        spec_insert_after_(s, spec_find(s, q->u), &cap);
    }
}

static bool device_allows(const struct spec *s, const struct request *q)
{
    return !(spec_cap_in_(s, q->u).flags & SPEC_DEVICE) ||
           is_cap_type(s, q, SPEC_FRAME) || is_cap_type(s, q, SPEC_UNTYPED);
}

static bool perform(struct spec *s, const struct spec_run *run,
                    struct request *q)
{
    uint64_t chunk = UINT64_C(1) << s->machine->chunk_bits;
    const struct spec_cap *u;
    uint64_t size = UINT64_C(1) << q->bits;
    bool as_embryos;

    if (q->generation != AT_OFFSET && !reset(s, run, q->u))
        return false;
    u = &s->caps[spec_find(s, q->u)];
    if (q->generation != AT_OFFSET)
        q->offset = (u->value + size - 1) / size * size;
    as_embryos = bytes_to_clear(s, q, u) > chunk;
    place(s, q, as_embryos);
    if (!as_embryos)
        return true;
    return spec_step_(s, run) && finish_embryos(s, run, q);
}

enum spec_outcome spec_retype_(struct spec *s, const struct spec_call *call,
                               struct spec_reply *reply,
                               const struct spec_run *run)
{
    struct request q = {.generation = call->label, .u = call->slot};
    uint64_t made;
    bool resume, ended;

    if (!read_object(s, call, &q, reply) || !read_cnode(s, call, &q, reply) ||
        !read_count(s, call, &q, reply, &resume) ||
        !read_place(s, call, &q, reply, resume))
        return SPEC_DONE;
    made = q.count;
    if (!resume && !device_allows(s, &q))
        return spec_answer_(reply, SPEC_INVALID_ARGUMENT, 1, SPEC_WORD(1));
    ended = resume ? finish_embryos(s, run, &q) : perform(s, run, &q);
    if (!ended)
        return SPEC_STOPPED;
    if (q.generation == WHOLE)
        return spec_answer_(reply, SPEC_NO_ERROR, 1, made);
    return spec_answer_(reply, SPEC_NO_ERROR, 0);
}
