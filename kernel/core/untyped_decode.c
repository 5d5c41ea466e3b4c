/* SPDX-License-Identifier: BSD-2-Clause */
/* What may be retyped where: every check of sel4-abi.md 4.4 and of rule R12,
 * in their order. */
#include "arch.h"
#include "cspace.h"
#include "objects.h"
#include "retype.h"
#include "untyped.h"
#include "untyped_retype.h"

/* Message registers. */
enum {
    MR_TYPE,
    MR_SIZE_BITS,
    MR_NODE_INDEX,
    MR_NODE_DEPTH,
    MR_NODE_OFFSET,
    MR_COUNT,
    MR_OFFSET, /* RetypeAt */
};

/* The CNode that gets the capabilities. */
struct destination {
    slotno_t first;      /* its slot number node_offset */
    uint64_t slot_count; /* from there to its end */
};

/* Type and size: checks 3 to 6. */
static enum error decode_type(const struct kernel *k,
                              const struct invocation *inv, struct retype *t,
                              struct reply *err)
{
    const struct kernel_params *p = &k->params;
    uint64_t type = inv->mr[MR_TYPE], size_bits = inv->mr[MR_SIZE_BITS];
    unsigned bits;

    if (type >= p->object_types)
        return error_argument(err, 0);
    bits = size_bits < WORD_BITS ? object_bits(k, type, size_bits) : WORD_BITS;
    if (bits > p->untyped_bits_max)
        return error_range(err, 0, p->untyped_bits_max);
    if (type == OBJECT_CNODE && size_bits == 0)
        return error_argument(err, 1);
    if (type == OBJECT_UNTYPED && size_bits < p->untyped_bits_min)
        return error_argument(err, 1);
    t->untyped = inv->slot;
    t->type = (uint8_t)type;
    t->bits = (uint8_t)bits;
    return ERROR_NONE;
}

/* The destination CNode and the offset into it: checks 7 to 9.  The CNode is
 * what the slot found holds, so its guard plays no part. */
static enum error decode_destination(const struct kernel *k,
                                     const struct invocation *inv,
                                     struct destination *to, struct reply *err)
{
    const struct slot *slots = k->regions.slots;
    uint64_t offset = inv->mr[MR_NODE_OFFSET], slot_count;
    struct cap node = cap_read(slots, inv->cap[0]);
    enum error error;
    slotno_t found;

    if (inv->mr[MR_NODE_DEPTH] != 0) {
        error = cspace_lookup_slot(k, &node, inv->mr[MR_NODE_INDEX],
                                   inv->mr[MR_NODE_DEPTH], false, &found, err);
        if (error != ERROR_NONE)
            return error;
        node = cap_read(slots, found);
    }
    if (node.type != CAP_CNODE)
        return error_missing(err, false, inv->mr[MR_NODE_DEPTH]);
    slot_count = bits_size(cap_cnode_radix(&node));
    if (offset > slot_count - 1)
        return error_range(err, 0, slot_count - 1);
    to->first = slot_at(node.base) + offset;
    to->slot_count = slot_count - offset;
    return ERROR_NONE;
}

/* Is slot i's region inside that of `outer'? */
static bool is_inside(const struct slot *slots, slotno_t i, slotno_t outer)
{
    return bits_down(slot_base(slots, i) ^ slot_base(slots, outer),
                     slot_bits(slots, outer)) == 0;
}

/* The size says whether it is this untyped's, without a walk: a window can be
 * full of embryos of other untypeds inside this one. */
bool untyped_is_matching_embryo(struct kernel *k, const struct retype *t,
                                slotno_t i)
{
    const struct slot *slots = kernel_slots(k);
    slotno_t u = t->untyped;

    return slot_type(slots, i) == CAP_EMBRYO &&
           slot_rights(slots, i) == t->type && slot_bits(slots, i) == t->bits &&
           slot_source_bits(slots, i) == slot_bits(slots, u) &&
           is_inside(slots, i, u) && regions_is_innermost(&k->regions, u, i);
}

static bool window_has_embryo(struct kernel *k, const struct retype *t)
{
    for (slotno_t i = t->first; i < t->first + t->count; i++)
        if (untyped_is_matching_embryo(k, t, i))
            return true;
    return false;
}

/* Nearly always it is: an early end would cost more than it saves. */
static bool window_is_empty(const struct kernel *k, const struct retype *t)
{
    const struct slot *slots = k->regions.slots;
    slotno_t end = t->first + t->count;
    unsigned types = 0;

    for (slotno_t i = t->first; i < end; i++)
        types |= slot_type(slots, i);
    return types == CAP_NULL;
}

/* The window's slots: checks 11 and 12, and R8's "is this a resumption?". */
static enum error decode_window(struct kernel *k, const struct destination *to,
                                struct retype *t, struct reply *err)
{
    if (t->count > to->slot_count)
        return error_range(err, 1, to->slot_count);
    t->first = to->first;
    kernel_work_slots(k, t->count);
    if (window_is_empty(k, t))
        return ERROR_NONE;
    t->resume = window_has_embryo(k, t);
    return t->resume ? ERROR_NONE : error_plain(err, ERROR_DELETE_FIRST);
}

/* Checks 1 to 12 of Retype and RetypeAt, which name their count. */
static enum error decode_common(struct kernel *k, const struct invocation *inv,
                                uint32_t word_count, struct retype *t,
                                struct reply *err)
{
    struct destination to;
    enum error error;

    *t = (struct retype){.below = SLOT_NIL};
    if (inv->length < word_count || inv->cap_count < 1)
        return error_plain(err, ERROR_TRUNCATED_MESSAGE);
    error = decode_type(k, inv, t, err);
    if (error == ERROR_NONE)
        error = decode_destination(k, inv, &to, err);
    if (error != ERROR_NONE)
        return error;
    t->count = inv->mr[MR_COUNT];
    if (t->count < 1 || t->count > k->params.fanout)
        return error_range(err, 1, k->params.fanout);
    return decode_window(k, &to, t, err);
}

/* Only frames and untypeds are made of device memory (R3): check 14. */
static enum error check_device(const struct kernel *k, const struct retype *t,
                               struct reply *err)
{
    bool device = slot_rights(k->regions.slots, t->untyped) & CAP_DEVICE;

    if (device && t->type != OBJECT_UNTYPED && !object_is_frame(k, t->type))
        return error_argument(err, 1);
    return ERROR_NONE;
}

enum error untyped_decode_retype(struct kernel *k, const struct invocation *inv,
                                 struct retype *t, struct reply *err)
{
    const struct slot *slots = kernel_slots(k);
    uint64_t size, watermark, free_bytes;
    enum error error = decode_common(k, inv, MR_COUNT + 1, t, err);

    if (error != ERROR_NONE || t->resume)
        return error;
    size = bits_size(slot_bits(slots, t->untyped));
    watermark = slot_word(slots, t->untyped);
    t->reset = !untyped_has_children(k, t->untyped);
    free_bytes = t->reset ? size : size - watermark;
    if (bits_down(free_bytes, t->bits) < t->count)
        return error_memory(err, free_bytes);
    t->offset = t->reset ? 0 : retype_round_up(watermark, t->bits);
    return check_device(k, t, err);
}

/* N objects fill the untyped.  A resumption is looked for before the children
 * are, which by then include the embryos. */
enum error untyped_decode_retype_whole(struct kernel *k,
                                       const struct invocation *inv,
                                       struct retype *t, struct reply *err)
{
    unsigned size_bits = slot_bits(kernel_slots(k), inv->slot);
    struct destination to;
    enum error error;

    *t = (struct retype){.reset = true, .below = SLOT_NIL};
    if (inv->length < MR_NODE_OFFSET + 1 || inv->cap_count < 1)
        return error_plain(err, ERROR_TRUNCATED_MESSAGE);
    error = decode_type(k, inv, t, err);
    if (error == ERROR_NONE)
        error = decode_destination(k, inv, &to, err);
    if (error != ERROR_NONE)
        return error;
    t->count = retype_count_whole(size_bits, t->bits);
    if (t->count >= 1 && t->count <= k->params.fanout)
        error = decode_window(k, &to, t, err);
    if (t->resume)
        return ERROR_NONE;
    if (untyped_has_children(k, t->untyped))
        return error_plain(err, ERROR_REVOKE_FIRST);
    if (t->count == 0)
        return error_memory(err, bits_size(size_bits));
    if (t->count > k->params.fanout)
        return error_range(err, 1, k->params.fanout);
    return error != ERROR_NONE ? error : check_device(k, t, err);
}

/* Is anything in the way of the run (R2)?  Where a single object goes, the
 * answer also says where it will hang. */
static slotno_t find_collision(struct kernel *k, struct retype *t)
{
    paddr_t start = slot_base(kernel_slots(k), t->untyped) + t->offset;

    if (t->offset >= slot_word(kernel_slots(k), t->untyped))
        return SLOT_NIL; /* W1: nothing is up there */
    if (t->count == 1)
        return regions_find_place(&k->regions, t->untyped, start, t->bits,
                                  &t->below);
    return regions_find_run(&k->regions, t->untyped, start, t->bits, t->count);
}

/* R1 and R2. */
static enum error check_free(struct kernel *k, struct retype *t,
                             struct reply *err)
{
    if (regions_follower(&k->regions, t->untyped) != SLOT_NIL ||
        find_collision(k, t) != SLOT_NIL)
        return error_plain(err, ERROR_REVOKE_FIRST);
    return ERROR_NONE;
}

enum error untyped_decode_retype_at(struct kernel *k,
                                    const struct invocation *inv,
                                    struct retype *t, struct reply *err)
{
    unsigned s = slot_bits(kernel_slots(k), inv->slot);
    enum error error = decode_common(k, inv, MR_OFFSET + 1, t, err);

    if (error != ERROR_NONE)
        return error;
    t->offset = inv->mr[MR_OFFSET];
    switch (retype_check_window(s, t->bits, t->offset, t->count)) {
    case RETYPE_TOO_LARGE:
        return error_memory(err, bits_size(s));
    case RETYPE_MISALIGNED:
        return error_plain(err, ERROR_ALIGNMENT);
    case RETYPE_OUTSIDE:
        KERNEL_ASSERT(t->bits <= s && s < WORD_BITS);
        return error_range(err, 0, bits_size(s) - bits_size(t->bits));
    case RETYPE_NO_MEMORY:
        if (!t->resume)
            return error_memory(err, bits_size(s) - t->offset);
        break;
    case RETYPE_WINDOW_OK:
        break;
    }
    if (t->resume)
        return ERROR_NONE;
    error = check_free(k, t, err);
    return error != ERROR_NONE ? error : check_device(k, t, err);
}
