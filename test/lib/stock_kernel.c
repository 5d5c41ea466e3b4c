/* SPDX-License-Identifier: BSD-2-Clause */
#include "stock_objects.h"

#include <stdlib.h>
#include <string.h>

/* The kernel's errors. */
#define INVALID_CAPABILITY 2u
#define DELETE_FIRST       8u
#define NOT_ENOUGH_MEMORY  10u

#define SLOT_BITS 5u

const struct ut_kind stock_kinds[8] = {
    {0, UT_KIND_VARIABLE | UT_KIND_DEVICE},
    {11, 0},
    {4, 0},
    {5, 0},
    {SLOT_BITS, UT_KIND_VARIABLE},
    {12, UT_KIND_FRAME | UT_KIND_DEVICE},
    {21, UT_KIND_FRAME | UT_KIND_DEVICE},
    {30, UT_KIND_FRAME | UT_KIND_DEVICE},
};

static uint64_t stock_left(uint64_t index, uint8_t depth)
{
    return depth == 0 ? 0 : index << (64 - depth);
}

/* The untyped at an address of 64 bits, of which the CNodes above take fewer.
 */
static struct stock_object *untyped_at(struct stock_kernel *k, uint64_t cptr)
{
    for (uint8_t depth = 64; depth > 0; depth--) {
        uint32_t i = *stock_entry(k, STOCK_ROOT, cptr, depth);

        if (i != 0 && k->objects[i].type == UT_TYPE_UNTYPED)
            return &k->objects[i];
    }
    return NULL;
}

static uint32_t at_slot(const struct stock_kernel *k, const struct ut_slot *s)
{
    return *stock_entry(k, s->root, stock_left(s->index, s->depth), s->depth);
}

/* ---- Calls ---------------------------------------------------------------
 */

static uint32_t refuse(struct stock_kernel *k, uint32_t error)
{
    k->refused++;
    return error;
}

/* Slots of a CNode: of the client's one, of the library's own window, or of
 * one that Retype made. */
static bool slots_find(const struct stock_kernel *k, const struct ut_dest *d,
                       struct stock_object *like, unsigned *shift)
{
    uint64_t prefix = stock_left(d->index, d->depth);
    const struct stock_object *cnode;
    uint32_t i;

    like->root = d->root;
    like->depth = 64;
    *shift = 0;
    if (d->depth == 0) {
        like->address = d->offset;
        return true;
    }
    i = *stock_entry(k, d->root, prefix, d->depth);
    cnode = &k->objects[i];
    if (i == 0 || cnode->type != UT_TYPE_CNODE ||
        d->offset >> cnode->radix != 0)
        return false;
    like->depth = (uint8_t)(d->depth + cnode->guard + cnode->radix);
    *shift = 64u - like->depth;
    like->address = prefix | (uint64_t)d->offset << *shift;
    return true;
}

static uint32_t stock_retype(void *context, const struct ut_retype *call)
{
    const struct ut_kind *kind = &stock_kinds[call->type];
    struct stock_object like = {.type = call->type, .bits = kind->bits};
    struct stock_kernel *k = context;
    struct stock_object *u = untyped_at(k, call->untyped);
    uint64_t at, cleared = 0;
    unsigned shift;

    k->calls++;
    if (!u || !slots_find(k, &call->dest, &like, &shift))
        return refuse(k, INVALID_CAPABILITY);
    if (kind->flags & UT_KIND_VARIABLE)
        like.bits = (uint8_t)(like.bits + call->arg_bits);
    like.radix = call->arg_bits;
    for (uint32_t i = 0; i < call->count; i++)
        if (*stock_entry(k, like.root, like.address + ((uint64_t)i << shift),
                         like.depth) != 0)
            return refuse(k, DELETE_FIRST);
    at = u->child == 0 ? 0 : u->watermark;
    at = (at + ((UINT64_C(1) << like.bits) - 1)) & -(UINT64_C(1) << like.bits);
    if (call->count == 0 || call->count > STOCK_FANOUT ||
        at + ((uint64_t)call->count << like.bits) > UINT64_C(1) << u->bits)
        return refuse(k, NOT_ENOUGH_MEMORY);
    if (u->child == 0)
        cleared = u->watermark;
    if (cleared > k->cleared_max)
        k->cleared_max = cleared;
    like.parent = (uint32_t)(u - k->objects);
    for (uint32_t i = 0; i < call->count; i++) {
        like.base = k->objects[like.parent].base + at;
        stock_object_make(k, &like);
        at += UINT64_C(1) << like.bits;
        like.address += UINT64_C(1) << shift;
    }
    k->objects[like.parent].watermark = at;
    return 0;
}

/* What is made of the slot's object ends, and the object too. */
static uint32_t end_at(struct stock_kernel *k, const struct ut_slot *slot,
                       bool itself)
{
    uint32_t i = at_slot(k, slot);

    k->calls++;
    if (i == 0)
        return refuse(k, INVALID_CAPABILITY);
    stock_children_end(k, i);
    if (itself)
        stock_object_end(k, i);
    return 0;
}

static uint32_t stock_revoke(void *context, const struct ut_slot *slot)
{
    return end_at(context, slot, false);
}

static uint32_t stock_remove(void *context, const struct ut_slot *slot)
{
    return end_at(context, slot, true);
}

static uint32_t stock_move_guarded(void *context, const struct ut_slot *to,
                                   const struct ut_slot *from,
                                   uint8_t guard_bits)
{
    struct stock_kernel *k = context;
    uint32_t i = at_slot(k, from);
    struct stock_object *o = &k->objects[i];

    k->calls++;
    if (i == 0)
        return refuse(k, INVALID_CAPABILITY);
    if (at_slot(k, to) != 0)
        return refuse(k, DELETE_FIRST);
    stock_entry_remove(k, stock_entry(k, o->root, o->address, o->depth));
    o->root = to->root;
    o->address = stock_left(to->index, to->depth);
    o->depth = to->depth;
    o->guard = guard_bits;
    *stock_entry(k, o->root, o->address, o->depth) = i;
    return 0;
}

static uint32_t stock_move(void *context, const struct ut_slot *to,
                           const struct ut_slot *from)
{
    return stock_move_guarded(context, to, from, 0);
}

static uint32_t stock_map_meta(void *context, uint64_t frame, uint8_t size_bits,
                               void **address)
{
    struct stock_kernel *k = context;
    uint32_t i = *stock_entry(k, STOCK_ROOT, frame, 64);

    k->calls++;
    if (i == 0 || k->objects[i].type != STOCK_PAGE)
        return refuse(k, INVALID_CAPABILITY);
    *address = aligned_alloc((size_t)1 << size_bits, (size_t)1 << size_bits);
    if (!*address)
        return refuse(k, NOT_ENOUGH_MEMORY);
    memset(*address, 0, (size_t)1 << size_bits);
    return 0;
}

static void stock_unmap_meta(void *context, uint64_t frame, void *address)
{
    (void)context;
    (void)frame;
    free(address);
}

/* ---- The machine ---------------------------------------------------------
 */

void stock_open(struct stock_kernel *k, uint32_t capabilities)
{
    *k = (struct stock_kernel){.table_size = 64};
    while (k->table_size < 4 * capabilities)
        k->table_size *= 2;
    k->objects = calloc(k->table_size / 2 + 1, sizeof *k->objects);
    k->table = calloc(k->table_size, sizeof *k->table);
    if (!k->objects || !k->table)
        abort();
}

void stock_close(struct stock_kernel *k)
{
    free(k->objects);
    free(k->table);
}

void stock_ops(struct stock_kernel *k, struct ut_ops *ops)
{
    *ops = (struct ut_ops){
        .context = k,
        .retype = stock_retype,
        .revoke = stock_revoke,
        .remove = stock_remove,
        .move = stock_move,
        .move_guarded = stock_move_guarded,
        .map_meta = stock_map_meta,
        .unmap_meta = stock_unmap_meta,
        .kinds = stock_kinds,
        .kind_count = 8,
        .frame_type = STOCK_PAGE,
        .huge_type = STOCK_MEGA,
        .fanout = STOCK_FANOUT,
    };
}

void stock_region(struct stock_kernel *k, uint32_t number, uint64_t base,
                  uint8_t size_bits)
{
    struct stock_object o = {.root = STOCK_ROOT,
                             .address = STOCK_REGION + number,
                             .depth = 64,
                             .base = base,
                             .type = UT_TYPE_UNTYPED,
                             .bits = size_bits};

    stock_object_make(k, &o);
}

uint64_t stock_base(struct stock_kernel *k, uint64_t cptr)
{
    const struct stock_object *u = untyped_at(k, cptr);

    return u ? u->base : 0;
}

bool stock_has(const struct stock_kernel *k, uint32_t slot)
{
    return *stock_entry(k, STOCK_CLIENT, slot, 64) != 0;
}
