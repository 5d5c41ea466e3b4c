/* SPDX-License-Identifier: BSD-2-Clause */
/* Dataspaces: mapped, and handed to others. */
#include "ut_ds_int.h"

/* Called for each frame; 0, or the kernel's error. */
typedef uint32_t frame_fn(struct ut_ds *ds, uint32_t slot, uint64_t offset,
                          const uint64_t *arguments);

/* For the first `limit' frames, in order; *done: so many have succeeded. */
static uint32_t frames_each(struct ut_ds *ds, frame_fn *each,
                            const uint64_t *arguments, uint64_t limit,
                            uint64_t *done)
{
    uint64_t offset = 0;

    *done = 0;
    for (uint32_t i = ds->count; i-- > 0;) {
        const struct ut_piece *p = ut_ds_piece_(ds, i);
        struct ut_blk blk = ut_piece_block_(p);

        for (uint32_t n = 0; n < p->count && *done < limit; n++) {
            uint32_t error = each(ds, p->slot + n, offset, arguments);

            if (error != 0)
                return error;
            ++*done;
            offset += ut_bytes(blk.size_bits);
        }
    }
    return 0;
}

static uint32_t frame_map(struct ut_ds *ds, uint32_t slot, uint64_t offset,
                          const uint64_t *arguments)
{
    const struct ut_ops *ops = ds->acct->ut->ops;

    return ops->map(ops->context, ut_slots_cptr(ds->slots, slot), arguments[0],
                    arguments[1] + offset, arguments[2]);
}

static uint32_t frame_unmap(struct ut_ds *ds, uint32_t slot, uint64_t offset,
                            const uint64_t *arguments)
{
    const struct ut_ops *ops = ds->acct->ut->ops;
    uint64_t cptr = ut_slots_cptr(ds->slots, slot);
    uint32_t error = ops->unmap(ops->context, cptr);

    (void)arguments;
    /* Once some are unmapped, there is no way back. */
    return error != 0 && offset > 0 ? ops->unmap(ops->context, cptr) : error;
}

static uint32_t frame_revoke(struct ut_ds *ds, uint32_t slot, uint64_t offset,
                             const uint64_t *arguments)
{
    struct ut *ut = ds->acct->ut;
    struct ut_slot path = ut_slots_slot(ds->slots, slot);
    uint32_t error = ut_revoke_(ut, &path);

    (void)arguments;
    return error != 0 && offset > 0 ? ut_revoke_(ut, &path) : error;
}

ut_err_t ut_ds_attach(struct ut_ds *ds, uint64_t vspace, uint64_t address,
                      uint64_t rights, struct ut_fault *fault)
{
    const uint64_t arguments[] = {vspace, address, rights};
    uint64_t mask = (ds->first.place & (UT_PAGE_BYTES - 1)) == UT_CHUNK_BITS
                        ? UT_CHUNK_BYTES - 1
                        : UT_PAGE_BYTES - 1;
    uint64_t done, ignored;
    uint32_t error;

    if (ds->is_attached || !ds->acct->ut->ops->map)
        return ut_fail_(fault, UT_EINVAL, 0, 0, address, ds->acct->owner);
    if (address & mask)
        return ut_fail_(fault, UT_EALIGN, mask + 1, 0, address, UT_OWNER_NONE);
    error = frames_each(ds, frame_map, arguments, UINT64_MAX, &done);
    if (error != 0)
        frames_each(ds, frame_unmap, NULL, done, &ignored);
    ds->is_attached = error == 0;
    return ut_fail_kernel_(fault, error, address);
}

ut_err_t ut_ds_detach(struct ut_ds *ds, struct ut_fault *fault)
{
    uint64_t done;
    uint32_t error;

    if (!ds->is_attached)
        return ut_fail_(fault, UT_EINVAL, 0, 0, 0, ds->acct->owner);
    error = frames_each(ds, frame_unmap, NULL, UINT64_MAX, &done);
    ds->is_attached = error != 0;
    return ut_fail_kernel_(fault, error, 0);
}

/* The books of pieces first .. count - 1, counted from the last one. */
static ut_err_t pieces_pass(struct ut_ds *ds, struct ut_acct *from,
                            struct ut_acct *to, uint32_t count,
                            struct ut_fault *fault)
{
    for (uint32_t i = 0; i < count; i++) {
        struct ut_blk blk = ut_piece_block_(ut_ds_piece_(ds, i));
        ut_err_t err = ut_transfer(from, to, &blk, NULL, fault);

        if (err) {
            while (i-- > 0) {
                blk = ut_piece_block_(ut_ds_piece_(ds, i));
                UT_ASSERT(!ut_transfer(to, from, &blk, NULL, NULL));
            }
            return err;
        }
    }
    return UT_OK;
}

/* The record moves into extents of the new account's, which are there. */
static struct ut_ds *record_move(struct ut_ds *ds, struct ut_acct *to)
{
    struct ut_acct *from = ds->acct;
    struct ut_ds *copy = ut_extent_get_(to);
    struct ut_more **link = &copy->more, *next;

    *copy = *ds;
    copy->acct = to;
    for (struct ut_more *m = ds->more; m; m = next) {
        *link = ut_extent_get_(to);
        **link = *m;
        next = m->next;
        link = &(*link)->next;
        ut_extent_put_(from, m);
    }
    *link = NULL;
    ut_extent_put_(from, ds);
    return copy;
}

ut_err_t ut_ds_transfer(struct ut_ds **ds, struct ut_acct *to, bool keep_copies,
                        struct ut_fault *fault)
{
    struct ut_ds *d = *ds;
    struct ut_acct *from = d->acct;
    struct ut *ut = from->ut;
    uint32_t extents = 1 + (d->count + 1) / 3, added, error;
    uint64_t done;
    ut_err_t err;

    if (!keep_copies && d->is_attached)
        return ut_fail_(fault, UT_EINVAL, 0, 0, 0, to->owner);
    if (to == from)
        return UT_OK;
    ut_lock_(ut);
    err = ut_extents_need_(to, extents, &added, fault);
    ut_unlock_(ut);
    if (err)
        return err;
    err = pieces_pass(d, from, to, d->count, fault);
    if (!err && !keep_copies) {
        error = frames_each(d, frame_revoke, NULL, UINT64_MAX, &done);
        err = ut_fail_kernel_(fault, error, 0);
        if (err)
            UT_ASSERT(!pieces_pass(d, to, from, d->count, NULL));
    }
    ut_lock_(ut);
    if (err)
        ut_extents_undo_(to, added);
    else
        *ds = record_move(d, to);
    ut_unlock_(ut);
    return err;
}
