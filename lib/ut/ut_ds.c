/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_ds_int.h"

#define HUGE_PAGES (UT_CHUNK_BYTES >> UT_PAGE_BITS)

struct ut_piece *ut_ds_piece_(struct ut_ds *ds, uint32_t i)
{
    uint32_t in_last = (ds->count + 1) % MORE_PIECES + 1;
    struct ut_more *more = ds->more;

    if (i + 1 == ds->count)
        return &ds->first;
    while (i >= in_last) {
        i -= in_last;
        in_last = MORE_PIECES;
        more = more->next;
    }
    return &more->pieces[in_last - 1 - i];
}

struct ut_blk ut_piece_block_(const struct ut_piece *p)
{
    return (struct ut_blk){
        .paddr = p->place & ~(UT_PAGE_BYTES - 1),
        .count = p->count,
        .size_bits = (uint8_t)(p->place & (UT_PAGE_BYTES - 1)),
    };
}

/* Room for one more piece; the extent, if one is needed, is there. */
static struct ut_piece *piece_add(struct ut_ds *ds)
{
    uint32_t i = ds->count++;

    if (i == 0)
        return &ds->first;
    if ((i - 1) % MORE_PIECES == 0) {
        struct ut_more *more = ut_extent_get_(ds->acct);

        more->next = ds->more;
        ds->more = more;
    }
    return &ds->more->pieces[(i - 1) % MORE_PIECES];
}

/* The last piece is gone. */
static void piece_drop(struct ut_ds *ds)
{
    uint32_t i = --ds->count;

    if (i > 0 && (i - 1) % MORE_PIECES == 0) {
        struct ut_more *more = ds->more;

        ds->more = more->next;
        ut_extent_put_(ds->acct, more);
    }
}

/* Frees pieces from the last one on; with the last of them the record. */
static ut_err_t pieces_free(struct ut_ds *ds, struct ut_fault *fault)
{
    struct ut *ut = ds->acct->ut;

    while (ds->count > 0) {
        struct ut_piece piece = *ut_ds_piece_(ds, 0);
        struct ut_blk blk = ut_piece_block_(&piece);
        ut_err_t err = ut_free(ds->acct, &blk, fault);

        if (err)
            return err;
        ut_slots_give(ds->slots, piece.slot, piece.count);
        ut_lock_(ut);
        piece_drop(ds);
        ut_unlock_(ut);
    }
    ut_lock_(ut);
    ut_extent_put_(ds->acct, ds);
    ut_unlock_(ut);
    return UT_OK;
}

/* One block, with slots; *done: its size in pages. */
static ut_err_t piece_alloc(struct ut_ds *ds, const struct ut_ds_req *req,
                            bool huge, uint32_t frames, uint64_t *done,
                            struct ut_fault *fault)
{
    const struct ut_ops *ops = ds->acct->ut->ops;
    struct ut_req r = {
        .size_bits = huge ? UT_CHUNK_BITS : UT_PAGE_BITS,
        .align_bits = req->flags & UT_CONTIG ? req->align_bits : 0,
        .type = huge ? ops->huge_type : ops->frame_type,
        .flags = req->flags & (UT_DEVICE | UT_PREFER_HUGE),
        .count = frames,
        .min = req->min,
        .max = req->max,
        .cls = req->cls,
    };
    struct ut_dest dest;
    struct ut_piece *piece;
    struct ut_blk blk;
    uint32_t slot;
    ut_err_t err = ut_slots_take(ds->slots, frames, &slot, fault);

    if (err)
        return err;
    dest = ut_slots_dest(ds->slots, slot);
    err = ut_alloc(ds->acct, &r, &dest, &blk, fault);
    if (err) {
        ut_slots_give(ds->slots, slot, frames);
        return err;
    }
    ut_lock_(ds->acct->ut);
    piece = piece_add(ds);
    ut_unlock_(ds->acct->ut);
    *piece = (struct ut_piece){blk.paddr | blk.size_bits, frames, slot};
    *done = (uint64_t)frames << (blk.size_bits - UT_PAGE_BITS);
    return UT_OK;
}

/* The largest piece that can be had: of large frames where they are wanted,
 * halving what is asked for as long as there is no such block. */
static ut_err_t piece_largest(struct ut_ds *ds, const struct ut_ds_req *req,
                              uint64_t pages, uint64_t *done,
                              struct ut_fault *fault)
{
    uint16_t fanout = ds->acct->ut->ops->fanout;
    ut_err_t err = UT_EFRAG;

    if (req->flags & UT_CONTIG)
        return piece_alloc(ds, req, false, (uint32_t)pages, done, fault);
    for (unsigned huge = req->flags & UT_PREFER_HUGE ? 1 : 0; huge < 2;
         huge--) {
        uint64_t frames = huge ? pages / HUGE_PAGES : pages;

        if (frames > fanout)
            frames = fanout;
        if (frames == 0)
            continue;
        for (frames = ut_bytes(ut_log2_down(frames)); frames > 0; frames /= 2) {
            err = piece_alloc(ds, req, huge, (uint32_t)frames, done, fault);
            if (err != UT_EFRAG && err != UT_ENOMEM && err != UT_ESLOT)
                return err;
        }
    }
    return err;
}

/* The record and the pieces that are there already are undone on failure. */
static ut_err_t pieces_alloc(struct ut_ds *ds, const struct ut_ds_req *req,
                             uint32_t *added, struct ut_fault *fault)
{
    uint64_t pages = (req->bytes + (UT_PAGE_BYTES - 1)) >> UT_PAGE_BITS;
    ut_err_t err = UT_OK;

    while (!err && pages > 0) {
        uint64_t done = 0;
        uint32_t more;

        ut_lock_(ds->acct->ut);
        err = ut_extents_need_(ds->acct, 1, &more, fault);
        *added += err ? 0 : more;
        ut_unlock_(ds->acct->ut);
        if (!err)
            err = piece_largest(ds, req, pages, &done, fault);
        pages -= done;
    }
    return err;
}

ut_err_t ut_ds_alloc(struct ut_acct *acct, const struct ut_ds_req *req,
                     struct ut_slots *slots, struct ut_ds **ds,
                     struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    uint32_t added;
    struct ut_ds *d = NULL;
    ut_err_t err;

    if (req->bytes == 0 || req->bytes > UINT64_C(1) << 43)
        return ut_fail_(fault, UT_EINVAL, req->bytes, UINT64_C(1) << 43, 0,
                        UT_OWNER_NONE);
    ut_lock_(ut);
    err = ut_acct_alive_(acct)
              ? ut_extents_need_(acct, 1, &added, fault)
              : ut_fail_(fault, UT_EINVAL, 0, 0, 0, acct->owner);
    if (!err) {
        d = ut_extent_get_(acct);
        *d = (struct ut_ds){.acct = acct, .slots = slots, .bytes = req->bytes};
    }
    ut_unlock_(ut);
    if (err)
        return err;
    err = pieces_alloc(d, req, &added, fault);
    if (!err) {
        *ds = d;
        return UT_OK;
    }
    pieces_free(d, NULL);
    ut_lock_(ut);
    ut_extents_undo_(acct, added);
    ut_unlock_(ut);
    return err;
}

ut_err_t ut_ds_free(struct ut_ds *ds, struct ut_fault *fault)
{
    return pieces_free(ds, fault);
}

uint64_t ut_ds_bytes(const struct ut_ds *ds)
{
    return ds->bytes;
}

ut_err_t ut_ds_frame(const struct ut_ds *ds, uint64_t offset_bytes,
                     uint64_t *cptr, struct ut_blk *frame)
{
    uint64_t at = 0;

    for (uint32_t i = ds->count; i-- > 0;) {
        const struct ut_piece *p =
            ut_ds_piece_((struct ut_ds *)(uintptr_t)ds, i);
        struct ut_blk blk = ut_piece_block_(p);
        uint64_t n = (offset_bytes - at) >> blk.size_bits;

        if (n < blk.count) {
            *cptr = ut_slots_cptr(ds->slots, p->slot + (uint32_t)n);
            *frame = (struct ut_blk){blk.paddr + (n << blk.size_bits), 1,
                                     blk.size_bits};
            return UT_OK;
        }
        at += (uint64_t)blk.count << blk.size_bits;
    }
    return UT_ERANGE;
}
