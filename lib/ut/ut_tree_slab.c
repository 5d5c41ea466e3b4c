/* SPDX-License-Identifier: BSD-2-Clause */
/* Slabs on a stock kernel: two pages, in front a CNode for the untypeds that
 * the rest is cut into, one for each object.
 *
 *   8 KiB  | CNode, 2^r slots | - | untyped | untyped | untyped | ...
 *
 * The CNode's capability lies where that of the block's first page would, and
 * the 8 bits of address below that slot lead into it.
 */
#include "ut_tree.h"

#define SLAB_BYTES UINT64_C(8192)
#define SLOT_BITS  5u

/* The CNode that leaves room for the most objects; log2 of its slots. */
static unsigned slab_radix(uint8_t size_bits)
{
    unsigned best = 1;
    uint64_t most = 0;

    for (unsigned radix = 1; radix <= UT_SPARE_BITS - 1; radix++) {
        uint64_t room = (SLAB_BYTES -
                         ut_round_up(ut_bytes(radix + SLOT_BITS), size_bits)) >>
                        size_bits;

        if (room > ut_bytes(radix))
            room = ut_bytes(radix);
        if (room > most) {
            most = room;
            best = radix;
        }
    }
    return best;
}

void ut_tree_shapes_(struct ut_slab_shape *shapes)
{
    for (uint8_t bits = UT_SLAB_BITS_MIN; bits < UT_PAGE_BITS; bits++) {
        uint64_t slots = ut_bytes(slab_radix(bits));
        uint64_t first = ut_round_up(slots << SLOT_BITS, bits);
        uint64_t room = (SLAB_BYTES - first) >> bits;

        shapes[bits].count = (uint16_t)(room < slots ? room : slots);
        shapes[bits].first = (uint16_t)first;
    }
}

/* The CNode's slot, as Retype has it and as its address. */
static struct ut_node slab_node(const struct ut *ut, uint64_t slab)
{
    return ut_node_at_(ut, slab, UT_PAGE_BITS);
}

ut_err_t ut_tree_slab_make_(struct ut *ut, const struct ut_blk *blk,
                            uint8_t size_bits, struct ut_fault *fault)
{
    struct ut_node block = ut_node_at_(ut, blk->paddr, UT_PAGE_BITS + 1);
    struct ut_node place = slab_node(ut, blk->paddr);
    struct ut_slot at = ut_node_slot_(ut, &place);
    struct ut_retype call = {
        .untyped = ut_node_cptr_(ut, &block),
        .dest = ut_node_dest_(ut, &place),
        .count = 1,
        .type = UT_TYPE_CNODE,
        .arg_bits = (uint8_t)slab_radix(size_bits),
    };
    uint32_t left = ut->shapes[size_bits].count;
    uint32_t error = ut_retype_(ut, &call);

    call.dest = (struct ut_dest){at.root, at.index, 0, at.depth};
    call.type = UT_TYPE_UNTYPED;
    call.arg_bits = size_bits;
    while (error == 0 && left > 0) {
        call.count = left < ut->ops->fanout ? left : ut->ops->fanout;
        error = ut_retype_(ut, &call);
        call.dest.offset += call.count;
        left -= call.count;
    }
    if (error != 0) {
        struct ut_slot slot = ut_node_slot_(ut, &block);

        ut_revoke_(ut, &slot);
    }
    return ut_fail_kernel_(fault, error, blk->paddr);
}

/* The object's own untyped. */
struct ut_slot ut_tree_object_slot_(const struct ut *ut,
                                    const struct ut_blk *blk)
{
    uint64_t offset = blk->paddr % SLAB_BYTES;
    struct ut_node place = slab_node(ut, blk->paddr - offset);
    struct ut_slot slot = ut_node_slot_(ut, &place);
    unsigned radix = slab_radix(blk->size_bits);

    offset -= ut->shapes[blk->size_bits].first;
    slot.index = slot.index << radix | offset >> blk->size_bits;
    slot.depth = (uint8_t)(slot.depth + radix);
    return slot;
}

/* A page of books comes with an object that costs one call, while there is
 * still room for a slab of each size: not with a new slab.  Without it the
 * object is there all the same. */
static void books_spare(struct ut *ut, uint64_t paddr)
{
    struct ut_pmm_area area;
    struct ut_acct *acct;
    struct ut_extent *e;
    unsigned count = 0;
    uint32_t added;

    UT_ASSERT(ut_pmm_lookup(ut->pmm, paddr, &area));
    acct = ut->accounts[area.owner];
    for (e = acct->extents; e && count < UT_SLAB_SIZES; e = e->next)
        count++;
    if (!e)
        (void)ut_extents_need_(acct, UT_SLAB_SIZES, &added, NULL);
}

ut_err_t ut_tree_object_make_(struct ut *ut, const struct ut_blk *blk,
                              uint8_t type, const struct ut_dest *dest,
                              struct ut_fault *fault)
{
    struct ut_slot slot = ut_tree_object_slot_(ut, blk);
    struct ut_retype call = {
        .untyped = slot.index << (64 - slot.depth),
        .dest = *dest,
        .count = 1,
        .type = type,
        .arg_bits = ut_arg_bits_(ut, type, blk->size_bits),
    };

    ut_err_t err = ut_fail_kernel_(fault, ut_retype_(ut, &call), blk->paddr);

    /* The first one has made a slab: that was expensive enough. */
    if (!err && (blk->paddr - ut->shapes[blk->size_bits].first) % SLAB_BYTES)
        books_spare(ut, blk->paddr);
    return err;
}

ut_err_t ut_tree_object_unmake_(struct ut *ut, const struct ut_blk *blk,
                                struct ut_fault *fault)
{
    struct ut_slot slot = ut_tree_object_slot_(ut, blk);

    return ut_fail_kernel_(fault, ut_revoke_(ut, &slot), blk->paddr);
}
