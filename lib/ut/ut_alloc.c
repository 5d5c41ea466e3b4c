/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_int.h"

static bool is_object(const struct ut_blk *blk)
{
    return blk->size_bits < UT_PAGE_BITS;
}

ut_err_t ut_pages_take_(struct ut_acct *acct, struct ut_part part,
                        const struct ut_req *req, struct ut_blk *blk,
                        uint32_t *entered, struct ut_fault *fault)
{
    ut_err_t err = ut_charge_(acct, part, fault);

    if (err)
        return err;
    err = acct->ut->strategy->take(acct, req, blk, entered, fault);
    if (err)
        ut_credit_(acct, part);
    return err;
}

void ut_pages_drop_(struct ut_acct *acct, struct ut_part part,
                    const struct ut_blk *blk, uint32_t entered)
{
    acct->ut->strategy->drop(acct, blk, entered);
    ut_credit_(acct, part);
}

ut_err_t ut_lease(struct ut_acct *acct, const struct ut_req *req,
                  struct ut_lease *lease, struct ut_fault *fault)
{
    ut_err_t err;

    ut_lock_(acct->ut);
    *lease = (struct ut_lease){.acct = acct};
    if (ut_acct_alive_(acct))
        err = ut_req_check_(acct->ut, req, &lease->req, fault);
    else
        err = ut_fail_(fault, UT_EINVAL, 0, 0, 0, acct->owner);
    if (!err) {
        lease->blk.count = lease->req.count;
        lease->blk.size_bits = lease->req.size_bits;
        err = ut_blk_charge_(acct, &lease->blk, fault);
    }
    if (!err) {
        if (is_object(&lease->blk))
            err = ut_slab_lease_(lease, fault);
        else
            err = acct->ut->strategy->take(acct, &lease->req, &lease->blk,
                                           &lease->entered, fault);
        if (err)
            ut_blk_credit_(acct, &lease->blk);
        else
            ut_shape_set_(acct->ut, &lease->blk);
    }
    lease->is_open = !err;
    ut_unlock_(acct->ut);
    return err;
}

ut_err_t ut_commit(struct ut_lease *lease, const struct ut_dest *dest,
                   struct ut_blk *blk, struct ut_fault *fault)
{
    struct ut *ut = lease->acct->ut;
    ut_err_t err = UT_OK;

    ut_lock_(ut);
    if (!lease->is_open)
        err = ut_fail_(fault, UT_ELEASE, 0, 0, 0, UT_OWNER_NONE);
    else if (is_object(&lease->blk))
        err = ut_slab_open_(lease, fault);
    if (!err) {
        ut_calls_begin_(ut, &lease->blk);
        err = ut->strategy->make(ut, &lease->blk, lease->req.type, dest, fault);
        ut_calls_end_(ut, &lease->blk);
    }
    if (!err) {
        *blk = lease->blk;
        lease->is_open = false;
    }
    ut_unlock_(ut);
    return err;
}

ut_err_t ut_cancel(struct ut_lease *lease)
{
    struct ut_acct *acct = lease->acct;
    ut_err_t err = UT_ELEASE;

    ut_lock_(acct->ut);
    if (lease->is_open) {
        if (is_object(&lease->blk))
            ut_slab_cancel_(lease);
        else
            acct->ut->strategy->drop(acct, &lease->blk, lease->entered);
        ut_blk_credit_(acct, &lease->blk);
        lease->is_open = false;
        err = UT_OK;
    }
    ut_unlock_(acct->ut);
    return err;
}

ut_err_t ut_alloc(struct ut_acct *acct, const struct ut_req *req,
                  const struct ut_dest *dest, struct ut_blk *blk,
                  struct ut_fault *fault)
{
    struct ut_lease lease;
    ut_err_t err = ut_lease(acct, req, &lease, fault);

    if (!err) {
        err = ut_commit(&lease, dest, blk, fault);
        if (err)
            ut_cancel(&lease);
    }
    return err;
}

ut_err_t ut_free(struct ut_acct *acct, const struct ut_blk *blk,
                 struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    ut_err_t err;

    ut_lock_(ut);
    err = ut_blk_check_(acct, blk, UT_SLAB_BITS_MIN, fault);
    if (!err)
        err = is_object(blk) ? ut_slab_check_(acct, blk, fault)
                             : ut_blk_claim_(acct, blk, fault);
    if (!err) {
        ut_calls_begin_(ut, blk);
        err = ut->strategy->unmake(ut, blk, fault);
        ut_calls_end_(ut, blk);
        if (!is_object(blk))
            ut_blk_release_(ut, blk, acct->owner);
        if (!err) {
            ut_blk_credit_(acct, blk);
            if (is_object(blk))
                ut_slab_give_(acct, blk->paddr, ut->strategy->keeps_slabs, 0);
            else
                ut->strategy->drop(acct, blk, 0);
        }
    }
    ut_unlock_(ut);
    return err;
}

/* A lease of just that place which nothing need be made for. */
ut_err_t ut_adopt(struct ut_acct *acct, const struct ut_blk *blk,
                  struct ut_fault *fault)
{
    const struct ut *ut = acct->ut;
    const struct ut_reg *region = ut_region_(ut, blk->paddr);
    struct ut_lease lease;
    struct ut_req req = {
        .size_bits = blk->size_bits,
        .type = UT_TYPE_UNTYPED,
        .count = blk->count,
        .min = blk->paddr,
        .max = blk->paddr + (ut_blk_bytes(blk) - 1),
        .cls = UT_CLASS_MOVABLE,
    };

    if (is_object(blk) || !(ut->strategy->features & UT_FEATURE_RETYPE_AT))
        return ut_fail_(fault, UT_EINVAL, blk->size_bits, 63, blk->paddr,
                        UT_OWNER_NONE);
    if (region && region->r.flags & UT_REGION_DEVICE)
        req.flags = UT_DEVICE;
    return ut_lease(acct, &req, &lease, fault);
}
