/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_sel4.h"

/* Our calls, if these are our headers. */
#if __has_include(<sel4/fallow.h>) && !defined(UT_STOCK_HEADERS)
#include <sel4/fallow.h>
#define HAVE_NEW_CALLS 1
#else
#define HAVE_NEW_CALLS 0
#endif

#define TOP_RADIX   4u
#define STORE_INDEX 4u
#define TABLES_DEEP 3u /* below the root table, and once more */

static uint32_t sel4_retype(void *context, const struct ut_retype *r)
{
    (void)context;
    return (uint32_t)seL4_Untyped_Retype(
        r->untyped, r->type, r->arg_bits, r->dest.root, r->dest.index,
        r->dest.depth, r->dest.offset, r->count);
}

static uint32_t sel4_revoke(void *context, const struct ut_slot *slot)
{
    (void)context;
    return (uint32_t)seL4_CNode_Revoke(slot->root, slot->index, slot->depth);
}

static uint32_t sel4_remove(void *context, const struct ut_slot *slot)
{
    (void)context;
    return (uint32_t)seL4_CNode_Delete(slot->root, slot->index, slot->depth);
}

static uint32_t sel4_move(void *context, const struct ut_slot *to,
                          const struct ut_slot *from)
{
    (void)context;
    return (uint32_t)seL4_CNode_Move(to->root, to->index, to->depth, from->root,
                                     from->index, from->depth);
}

/* Capability data of a CNode: the guard's size in the low 6 bits, above it
 * the guard, which is 0. */
static uint32_t sel4_move_guarded(void *context, const struct ut_slot *to,
                                  const struct ut_slot *from,
                                  uint8_t guard_bits)
{
    (void)context;
    return (uint32_t)seL4_CNode_Mutate(to->root, to->index, to->depth,
                                       from->root, from->index, from->depth,
                                       guard_bits);
}

#if HAVE_NEW_CALLS
static uint32_t sel4_retype_at(void *context, const struct ut_retype *r)
{
    (void)context;
    return (uint32_t)fallow_Untyped_RetypeAt(
        r->untyped, r->type, r->arg_bits, r->dest.root, r->dest.index,
        r->dest.depth, r->dest.offset, r->count, r->offset_bytes);
}

static uint32_t sel4_revoke_at(void *context, uint64_t untyped,
                               uint64_t offset_bytes, uint8_t size_bits)
{
    (void)context;
    return (uint32_t)fallow_Untyped_RevokeAt(untyped, offset_bytes, size_bits);
}

static uint32_t sel4_describe(void *context, uint64_t untyped,
                              struct ut_described *out)
{
    fallow_Untyped_Describe_t d = fallow_Untyped_Describe(untyped);

    (void)context;
    if (d.error == 0)
        *out = (struct ut_described){
            .base = d.base,
            .watermark_bytes = d.watermark,
            .size_bits = (uint8_t)d.size_bits,
            .is_device = d.device != 0,
            .has_children = d.has_children != 0,
            .features = (uint8_t)d.features,
        };
    return (uint32_t)d.error;
}

static uint32_t sel4_next(void *context, uint64_t untyped,
                          uint64_t offset_bytes, struct ut_next *out)
{
    fallow_Untyped_Next_t n = fallow_Untyped_Next(untyped, offset_bytes);

    (void)context;
    if (n.error == 0)
        *out = (struct ut_next){n.start, n.end, (uint8_t)n.kind};
    return (uint32_t)n.error;
}
#endif

/* One more page table, at that address. */
static seL4_Error table_map(struct ut_sel4 *u, uint64_t address)
{
    seL4_CPtr slot = u->tables + u->tables_used;
    seL4_Error error;

    if (u->tables_used >= u->table_count)
        return seL4_NotEnoughMemory;
    error = seL4_Untyped_Retype(u->untyped, seL4_RISCV_PageTableObject, 0,
                                u->root, 0, 0, slot, 1);
    if (error != seL4_NoError)
        return error;
    u->tables_used++;
    return seL4_RISCV_PageTable_Map(slot, u->vspace, address,
                                    seL4_RISCV_Default_VMAttributes);
}

static uint32_t map(struct ut_sel4 *u, uint64_t frame, uint64_t vspace,
                    uint64_t address, seL4_CapRights_t rights, bool with_tables)
{
    seL4_Error error = seL4_FailedLookup;

    for (unsigned i = 0; error == seL4_FailedLookup && i < TABLES_DEEP; i++) {
        error = seL4_RISCV_Page_Map(frame, vspace, address, rights,
                                    seL4_RISCV_Default_VMAttributes);
        if (error != seL4_FailedLookup || !with_tables || i + 1 == TABLES_DEEP)
            break;
        if (table_map(u, address) != seL4_NoError)
            break;
    }
    return (uint32_t)error;
}

static uint32_t sel4_map_meta(void *context, uint64_t frame, uint8_t size_bits,
                              void **address)
{
    struct ut_sel4 *u = context;
    bool spare = size_bits == UT_PAGE_BITS && u->spare_count > 0;
    uint64_t at = spare ? u->spares[u->spare_count - 1] : u->books;
    uint32_t error = map(u, frame, u->vspace, at, seL4_ReadWrite, true);

    if (error != 0)
        return error;
    if (spare)
        u->spare_count--;
    else
        u->books = at + (UINT64_C(1) << size_bits);
    *address = (void *)at;
    return 0;
}

/* The frame is gone, and its mapping with it: a page's address is used again.
 * There are enough addresses to forget some. */
static void sel4_unmap_meta(void *context, uint64_t frame, void *address)
{
    struct ut_sel4 *u = context;

    (void)frame;
    if (u->spare_count < UT_SEL4_SPARES)
        u->spares[u->spare_count++] = (uint64_t)address;
}

static uint32_t sel4_map(void *context, uint64_t frame, uint64_t vspace,
                         uint64_t address, uint64_t rights)
{
    seL4_CapRights_t r = seL4_CapRights_new(rights >> 3 & 1, rights >> 2 & 1,
                                            rights >> 1 & 1, rights & 1);

    return map(context, frame, vspace, address, r, false);
}

static uint32_t sel4_unmap(void *context, uint64_t frame)
{
    (void)context;
    return (uint32_t)seL4_RISCV_Page_Unmap(frame);
}

static void kinds_make(struct ut_sel4 *u)
{
    static const struct ut_kind kinds[UT_SEL4_KINDS] = {
        [seL4_UntypedObject] = {0, UT_KIND_VARIABLE | UT_KIND_DEVICE},
        [seL4_TCBObject] = {seL4_TCBBits, 0},
        [seL4_EndpointObject] = {seL4_EndpointBits, 0},
        [seL4_NotificationObject] = {seL4_NotificationBits, 0},
        [seL4_CapTableObject] = {seL4_SlotBits, UT_KIND_VARIABLE},
        [seL4_RISCV_Giga_Page] = {seL4_HugePageBits,
                                  UT_KIND_DEVICE | UT_KIND_FRAME},
        [seL4_RISCV_4K_Page] = {seL4_PageBits, UT_KIND_DEVICE | UT_KIND_FRAME},
        [seL4_RISCV_Mega_Page] = {seL4_LargePageBits,
                                  UT_KIND_DEVICE | UT_KIND_FRAME},
        [seL4_RISCV_PageTableObject] = {seL4_PageTableBits, 0},
    };

    for (unsigned i = 0; i < UT_SEL4_KINDS; i++)
        u->kinds[i] = kinds[i];
}

void ut_sel4_ops(struct ut_sel4 *u, struct ut_ops *ops)
{
    kinds_make(u);
    *ops = (struct ut_ops)
    {
        .context = u, .retype = sel4_retype, .revoke = sel4_revoke,
        .remove = sel4_remove, .move = sel4_move,
        .move_guarded = sel4_move_guarded,
#if HAVE_NEW_CALLS
        .retype_at = sel4_retype_at, .revoke_at = sel4_revoke_at,
        .describe = sel4_describe, .next = sel4_next,
#endif
        .map_meta = sel4_map_meta, .unmap_meta = sel4_unmap_meta,
        .map = sel4_map, .unmap = sel4_unmap, .kinds = u->kinds,
        .kind_count = UT_SEL4_KINDS, .frame_type = seL4_RISCV_4K_Page,
        .huge_type = seL4_RISCV_Mega_Page,
        .fanout = CONFIG_RETYPE_FAN_OUT_LIMIT,
    };
}

seL4_Error ut_sel4_room(struct ut_sel4 *u, seL4_CPtr tcb,
                        struct ut_store *store)
{
    seL4_Error error = seL4_Untyped_Retype(u->untyped, seL4_CapTableObject,
                                           TOP_RADIX, u->root, 0, 0, u->top, 1);

    /* Slot 0 leads to the old root, which takes all the other bits. */
    if (error == seL4_NoError)
        error = seL4_CNode_Mint(u->top, 0, TOP_RADIX, u->root, u->root,
                                seL4_WordBits, seL4_AllRights,
                                seL4_WordBits - TOP_RADIX - u->radix);
    if (error == seL4_NoError)
        error = seL4_TCB_SetSpace(tcb, 0, u->top, 0, u->vspace, 0);
    *store = (struct ut_store){u->top, STORE_INDEX, TOP_RADIX};
    return error;
}
