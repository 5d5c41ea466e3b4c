/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_hosted.h"

#include "cspace.h"
#include "invoke.h"
#include "objects.h"

#define FAILED_LOOKUP 6u /* the kernel's error for a cptr that leads nowhere */

slotno_t ut_hosted_slot(const struct ut_hosted *hosted, uint64_t cptr)
{
    struct reply ignored;
    slotno_t slot;

    if (cspace_lookup(&hosted->h->kernel, hosted->root, cptr, &slot, &ignored))
        return SLOT_NIL;
    return slot;
}

static uint32_t call(struct ut_hosted *u, uint64_t cptr, struct invocation *inv,
                     struct reply *reply)
{
    uint64_t cleared = u->h->machine.cleared_bytes;

    u->calls++;
    inv->slot = ut_hosted_slot(u, cptr);
    inv->caller = SLOT_NIL;
    if (inv->slot == SLOT_NIL)
        return FAILED_LOOKUP;
    while (invoke(&u->h->kernel, inv, reply) == OUTCOME_PREEMPTED)
        ;
    cleared = u->h->machine.cleared_bytes - cleared;
    if (cleared > u->cleared_max_bytes)
        u->cleared_max_bytes = cleared;
    return (uint32_t)reply->label;
}

static uint32_t retype(struct ut_hosted *u, const struct ut_retype *r,
                       uint64_t label, uint32_t length)
{
    uint64_t mr[] = {r->type,        r->arg_bits, r->dest.index,  r->dest.depth,
                     r->dest.offset, r->count,    r->offset_bytes};
    struct reply reply;
    struct invocation inv = {
        .label = label,
        .length = length,
        .mr = mr,
        .cap_count = 1,
        .cap = {ut_hosted_slot(u, r->dest.root)},
    };

    if (inv.cap[0] == SLOT_NIL)
        return FAILED_LOOKUP;
    return call(u, r->untyped, &inv, &reply);
}

static uint32_t hosted_retype(void *context, const struct ut_retype *r)
{
    return retype(context, r, LABEL_UNTYPED_RETYPE, 6);
}

static uint32_t hosted_retype_at(void *context, const struct ut_retype *r)
{
    return retype(context, r, LABEL_UNTYPED_RETYPE_AT, 7);
}

static uint32_t hosted_revoke_at(void *context, uint64_t untyped,
                                 uint64_t offset_bytes, uint8_t size_bits)
{
    uint64_t mr[] = {offset_bytes, size_bits};
    struct reply reply;
    struct invocation inv = {
        .label = LABEL_UNTYPED_REVOKE_AT,
        .length = 2,
        .mr = mr,
    };

    return call(context, untyped, &inv, &reply);
}

static uint32_t hosted_describe(void *context, uint64_t untyped,
                                struct ut_described *out)
{
    struct reply reply;
    struct invocation inv = {.label = LABEL_UNTYPED_DESCRIBE};
    uint32_t error = call(context, untyped, &inv, &reply);

    if (error == 0)
        *out = (struct ut_described){
            .base = reply.mr[0],
            .size_bits = (uint8_t)reply.mr[1],
            .is_device = reply.mr[2] != 0,
            .watermark_bytes = reply.mr[3],
            .has_children = reply.mr[4] != 0,
            .features = (uint8_t)reply.mr[5],
        };
    return error;
}

static uint32_t hosted_next(void *context, uint64_t untyped,
                            uint64_t offset_bytes, struct ut_next *out)
{
    uint64_t mr[] = {offset_bytes};
    struct reply reply;
    struct invocation inv = {
        .label = LABEL_UNTYPED_NEXT,
        .length = 1,
        .mr = mr,
    };
    uint32_t error = call(context, untyped, &inv, &reply);

    if (error == 0)
        *out = (struct ut_next){
            .start_bytes = reply.mr[0],
            .end_bytes = reply.mr[1],
            .kind = (uint8_t)reply.mr[2],
        };
    return error;
}

static uint32_t cnode_call(struct ut_hosted *u, uint64_t label,
                           const struct ut_slot *slot)
{
    uint64_t mr[] = {slot->index, slot->depth};
    struct reply reply;
    struct invocation inv = {.label = label, .length = 2, .mr = mr};

    return call(u, slot->root, &inv, &reply);
}

static uint32_t hosted_revoke(void *context, const struct ut_slot *slot)
{
    return cnode_call(context, LABEL_CNODE_REVOKE, slot);
}

static uint32_t hosted_remove(void *context, const struct ut_slot *slot)
{
    return cnode_call(context, LABEL_CNODE_DELETE, slot);
}

static uint32_t move(struct ut_hosted *u, uint64_t label, uint32_t length,
                     const struct ut_slot *to, const struct ut_slot *from,
                     uint64_t data)
{
    uint64_t mr[] = {to->index, to->depth, from->index, from->depth, data};
    struct reply reply;
    struct invocation inv = {
        .label = label,
        .length = length,
        .mr = mr,
        .cap_count = 1,
        .cap = {ut_hosted_slot(u, from->root)},
    };

    if (inv.cap[0] == SLOT_NIL)
        return FAILED_LOOKUP;
    return call(u, to->root, &inv, &reply);
}

static uint32_t hosted_move(void *context, const struct ut_slot *to,
                            const struct ut_slot *from)
{
    return move(context, LABEL_CNODE_MOVE, 4, to, from, 0);
}

/* Capability data of a CNode: the guard's size in the low 6 bits, above it
 * the guard, which is 0. */
static uint32_t hosted_move_guarded(void *context, const struct ut_slot *to,
                                    const struct ut_slot *from,
                                    uint8_t guard_bits)
{
    return move(context, LABEL_CNODE_MUTATE, 5, to, from, guard_bits);
}

/* A process sees all of the machine's memory anyway. */
static uint32_t hosted_map_meta(void *context, uint64_t frame,
                                uint8_t size_bits, void **address)
{
    struct ut_hosted *u = context;
    slotno_t slot = ut_hosted_slot(u, frame);
    const struct slot *slots = kernel_slots(&u->h->kernel);

    u->calls++;
    if (slot == SLOT_NIL || slot_is_empty(slots, slot) ||
        slot_bits(slots, slot) != size_bits)
        return FAILED_LOOKUP;
    *address = hosted_memory(&u->h->kernel, slot_base(slots, slot));
    return 0;
}

static void hosted_unmap_meta(void *context, uint64_t frame, void *address)
{
    (void)context;
    (void)frame;
    (void)address;
}

static void kinds_make(struct ut_hosted *u)
{
    const struct kernel *k = &u->h->kernel;

    for (unsigned i = 0; i < UT_HOSTED_KINDS; i++) {
        struct ut_kind *kind = &u->kinds[i];

        kind->flags = UT_KIND_NONE;
        if (i >= k->params.object_types)
            continue;
        kind->bits = (uint8_t)object_bits(k, i, 0);
        kind->flags = 0;
        if (i == OBJECT_UNTYPED || i == OBJECT_CNODE)
            kind->flags |= UT_KIND_VARIABLE;
        if (i == OBJECT_UNTYPED || object_is_frame(k, i))
            kind->flags |= UT_KIND_DEVICE;
        if (object_is_frame(k, i))
            kind->flags |= UT_KIND_FRAME;
    }
}

void ut_hosted_ops(struct ut_hosted *u, struct hosted_kernel *h, slotno_t root,
                   struct ut_ops *ops)
{
    *u = (struct ut_hosted){.h = h, .root = root};
    kinds_make(u);
    *ops = (struct ut_ops){
        .context = u,
        .retype = hosted_retype,
        .revoke = hosted_revoke,
        .remove = hosted_remove,
        .move = hosted_move,
        .move_guarded = hosted_move_guarded,
        .retype_at = hosted_retype_at,
        .revoke_at = hosted_revoke_at,
        .describe = hosted_describe,
        .next = hosted_next,
        .map_meta = hosted_map_meta,
        .unmap_meta = hosted_unmap_meta,
        .kinds = u->kinds,
        .kind_count = UT_HOSTED_KINDS,
        .fanout = h->kernel.params.fanout,
    };
    for (uint8_t i = 0; i < UT_HOSTED_KINDS; i++)
        if (u->kinds[i].flags != UT_KIND_NONE &&
            u->kinds[i].flags & UT_KIND_FRAME) {
            if (u->kinds[i].bits == UT_PAGE_BITS)
                ops->frame_type = i;
            if (u->kinds[i].bits == UT_CHUNK_BITS)
                ops->huge_type = i;
        }
}
