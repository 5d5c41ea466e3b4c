/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_tree.h"

#define LEAF_PAGES_BITS (UT_NODE_LEVEL - UT_PAGE_BITS)

/* Up to 2^18 bytes a run is made of one untyped, above of at most three of
 * that size or larger: 5, 6 or 7 eighths of the next power of two; so that it
 * costs no more calls than a single object.  At an exact place where there is
 * no such untyped it is made of what there is, inside a chunk of any size. */
static uint32_t run_pages(uint64_t paddr, uint32_t pages)
{
    unsigned whole = ut_log2_up(pages), grain = LEAF_PAGES_BITS;

    if ((paddr >> UT_PAGE_BITS & (ut_bytes(whole) - 1)) != 0)
        return whole <= UT_LEVELS ? pages : (uint32_t)ut_round_up(pages, grain);
    if (whole <= LEAF_PAGES_BITS)
        grain = whole;
    else if (whole > LEAF_PAGES_BITS + 3)
        grain = whole - 3;
    return (uint32_t)ut_round_up(pages, grain);
}

/* Aligned powers of two that it is made of: many at an exact place. */
static uint32_t pieces_of(uint64_t at, uint64_t left)
{
    uint32_t count = 0;

    for (; left > 0; count++) {
        unsigned bits = ut_piece(at, left);

        at += ut_bytes(bits);
        left -= ut_bytes(bits);
    }
    return count;
}

static void pages_price(const struct ut *ut, const struct ut_req *req,
                        struct ut_price *price)
{
    struct ut_blk blk = {0, req->count, req->size_bits};

    if (req->max - req->min == ut_blk_bytes(&blk) - 1)
        blk.paddr = req->min;
    blk = ut_held_(ut, &blk);
    if (ut_pieces_smallest_(blk.paddr, ut_blk_bytes(&blk)) < UT_NODE_LEVEL)
        price->entry = ut_entry_part_();
    if (blk.paddr != 0)
        price->calls += 4 * (pieces_of(blk.paddr, ut_blk_bytes(&blk)) - 1);
}

/* Splits down to a chunk; its leaf, the rest of the leaf's node and the other
 * nodes of level 18; one more split, or one and a Revoke in a chunk that is cut
 * already.  A slab's CNode and untypeds are two.  Of a run at an exact place
 * each piece more may have to be cut twice out of one that is revoked first. */
static void tree_price(const struct ut *ut, const struct ut_req *req,
                       struct ut_price *price)
{
    bool is_slab = req->size_bits < UT_PAGE_BITS;

    if (is_slab)
        price->entry = ut_entry_part_();
    else
        pages_price(ut, req, price);
    if (req->flags & UT_DEVICE)
        price->calls += 16;
    else
        price->calls += ut_tree_(ut)->top_splits + (is_slab ? 6u : 4u);
    if (price->zero && price->clear_bytes < UT_CHUNK_BYTES)
        price->clear_bytes = UT_CHUNK_BYTES;
}

static ut_err_t pieces_revoke(struct ut *ut, uint64_t paddr, uint64_t bytes,
                              struct ut_fault *fault)
{
    const struct ut_reg *r = ut_region_(ut, paddr);
    uint64_t at = paddr, left = bytes;

    while (left > 0) {
        unsigned bits = ut_piece(at - r->r.base, left);
        struct ut_node n = ut_node_at_(ut, at, bits);
        struct ut_slot slot = ut_node_slot_(ut, &n);
        uint32_t error = ut_revoke_(ut, &slot);

        if (error != 0 && left != bytes)
            error = ut_revoke_(ut, &slot);
        if (error != 0)
            return ut_fail_kernel_(fault, error, at);
        at += ut_bytes(bits);
        left -= ut_bytes(bits);
    }
    return UT_OK;
}

static ut_err_t tree_make(struct ut *ut, const struct ut_blk *blk, uint8_t type,
                          const struct ut_dest *dest, struct ut_fault *fault)
{
    const struct ut_reg *r = ut_region_(ut, blk->paddr);
    struct ut_blk held = ut_held_(ut, blk);
    struct ut_retype call = {
        .dest = *dest,
        .type = type,
        .arg_bits = ut_arg_bits_(ut, type, blk->size_bits),
    };
    uint64_t at = blk->paddr, left = ut_blk_bytes(&held);
    uint32_t objects = blk->count;

    if (blk->size_bits < UT_PAGE_BITS)
        return ut_tree_object_make_(ut, blk, type, dest, fault);
    while (left > 0 && objects > 0) {
        unsigned bits = ut_piece(at - r->r.base, left);
        struct ut_node n = ut_node_at_(ut, at, bits);
        uint64_t room = ut_bytes(bits - blk->size_bits);

        call.untyped = ut_node_cptr_(ut, &n);
        while (room > 0 && objects > 0) {
            uint32_t error;

            call.count = objects < ut->ops->fanout ? objects : ut->ops->fanout;
            if (call.count > room)
                call.count = (uint32_t)room;
            error = ut_retype_(ut, &call);
            if (error != 0) {
                if (objects < blk->count)
                    pieces_revoke(ut, blk->paddr,
                                  at - blk->paddr + ut_bytes(bits), NULL);
                return ut_fail_kernel_(fault, error, blk->paddr);
            }
            room -= call.count;
            objects -= call.count;
            call.dest.offset += call.count;
        }
        at += ut_bytes(bits);
        left -= ut_bytes(bits);
    }
    return UT_OK;
}

static ut_err_t tree_unmake(struct ut *ut, const struct ut_blk *blk,
                            struct ut_fault *fault)
{
    struct ut_blk held = ut_held_(ut, blk);

    if (blk->size_bits < UT_PAGE_BITS)
        return ut_tree_object_unmake_(ut, blk, fault);
    return pieces_revoke(ut, blk->paddr, ut_blk_bytes(&held), fault);
}

const struct ut_strategy ut_strategy_incremental = {
    .name = "incremental",
    .is_serial = true,
    .keeps_slabs = true,
    .slab_bits = UT_PAGE_BITS + 1,
    .bytes = ut_tree_bytes_,
    .run_pages = run_pages,
    .start = ut_tree_start_,
    .price = tree_price,
    .take = ut_tree_take_,
    .would = ut_tree_would_,
    .drop = ut_tree_drop_,
    .make = tree_make,
    .unmake = tree_unmake,
    .probe = ut_tree_probe_,
    .slab_make = ut_tree_slab_make_,
    .clear = ut_tree_clear_,
    .pass = ut_tree_pass_,
    .leave = ut_tree_leave_,
    .slabs_trim = ut_slab_trim_,
    .prepare = ut_tree_prepare_,
    .trim = ut_tree_trim_,
    .check = ut_tree_check_,
};
