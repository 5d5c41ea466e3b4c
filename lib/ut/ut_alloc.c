/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_int.h"

static ut_err_t pages_lease(struct ut_lease *lease, struct ut_fault *fault)
{
    struct ut_acct *acct = lease->acct;
    struct ut_blk shape = {0, lease->req.count, lease->req.size_bits};
    ut_err_t err;

    lease->charged = ut_own_part_(acct->ut, &shape);
    err = ut_charge_(acct, lease->charged, fault);
    if (err)
        return err;
    err = acct->ut->strategy->take(acct, &lease->req, &lease->blk,
                                   &lease->entered, fault);
    if (err)
        ut_credit_(acct, lease->charged);
    else
        ut_shape_set_(acct->ut, &lease->blk);
    return err;
}

static ut_err_t lease_locked(struct ut_acct *acct, const struct ut_req *req,
                             struct ut_lease *lease, struct ut_fault *fault)
{
    ut_err_t err;

    *lease = (struct ut_lease){.acct = acct};
    err = ut_req_check_(acct->ut, req, &lease->req, fault);
    if (!err && !ut_acct_alive_(acct))
        err = ut_fail_(fault, UT_EINVAL, 0, 0, 0, acct->owner);
    if (!err)
        err = lease->req.size_bits < UT_PAGE_BITS ? ut_slab_lease_(lease, fault)
                                                  : pages_lease(lease, fault);
    lease->is_open = !err;
    return err;
}

ut_err_t ut_lease(struct ut_acct *acct, const struct ut_req *req,
                  struct ut_lease *lease, struct ut_fault *fault)
{
    ut_err_t err;

    ut_lock_(acct->ut);
    err = lease_locked(acct, req, lease, fault);
    ut_unlock_(acct->ut);
    return err;
}

static ut_err_t commit_locked(struct ut_lease *lease,
                              const struct ut_dest *dest, struct ut_blk *blk,
                              struct ut_fault *fault)
{
    struct ut *ut = lease->acct->ut;
    ut_err_t err;

    if (!lease->is_open)
        return ut_fail_(fault, UT_ELEASE, 0, 0, 0, UT_OWNER_NONE);
    if (lease->req.size_bits < UT_PAGE_BITS) {
        err = ut_slab_commit_(lease, dest, fault);
    } else {
        ut_calls_begin_(ut);
        err = ut->strategy->make(ut, &lease->blk, lease->req.type, dest, fault);
        ut_calls_end_(ut);
    }
    if (!err) {
        *blk = lease->blk;
        lease->is_open = false;
    }
    return err;
}

ut_err_t ut_commit(struct ut_lease *lease, const struct ut_dest *dest,
                   struct ut_blk *blk, struct ut_fault *fault)
{
    ut_err_t err;

    ut_lock_(lease->acct->ut);
    err = commit_locked(lease, dest, blk, fault);
    ut_unlock_(lease->acct->ut);
    return err;
}

static ut_err_t cancel_locked(struct ut_lease *lease)
{
    if (!lease->is_open)
        return UT_ELEASE;
    lease->is_open = false;
    if (lease->req.size_bits < UT_PAGE_BITS) {
        ut_slab_cancel_(lease);
        return UT_OK;
    }
    lease->acct->ut->strategy->drop(lease->acct, &lease->blk, lease->entered);
    ut_credit_(lease->acct, lease->charged);
    return UT_OK;
}

ut_err_t ut_cancel(struct ut_lease *lease)
{
    ut_err_t err;

    ut_lock_(lease->acct->ut);
    err = cancel_locked(lease);
    ut_unlock_(lease->acct->ut);
    return err;
}

ut_err_t ut_alloc(struct ut_acct *acct, const struct ut_req *req,
                  const struct ut_dest *dest, struct ut_blk *blk,
                  struct ut_fault *fault)
{
    struct ut_lease lease;
    ut_err_t err;

    ut_lock_(acct->ut);
    err = lease_locked(acct, req, &lease, fault);
    if (!err) {
        err = commit_locked(&lease, dest, blk, fault);
        if (err)
            cancel_locked(&lease);
    }
    ut_unlock_(acct->ut);
    return err;
}

/* The block is nobody's to free while the kernel works on it; then it is
 * free, or the account's again. */
static ut_err_t free_locked(struct ut_acct *acct, const struct ut_blk *blk,
                            struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    struct ut_blk held;
    ut_err_t err = ut_blk_check_(acct, blk, fault);

    if (err)
        return err;
    held = ut_held_(ut, blk);
    err = ut_pmm_set_owner(ut->pmm, &held, acct->owner, UT_OWNER_BUSY, fault);
    if (!err && !ut_shape_is_(ut, blk)) {
        ut_pmm_set_owner(ut->pmm, &held, UT_OWNER_BUSY, acct->owner, NULL);
        return ut_shape_fail_(ut, blk, ut_blk_bytes(&held), acct->owner, fault);
    }
    if (err)
        return err;
    ut_calls_begin_(ut);
    err = ut->strategy->unmake(ut, blk, fault);
    ut_calls_end_(ut);
    ut_pmm_set_owner(ut->pmm, &held, UT_OWNER_BUSY, acct->owner, NULL);
    if (err)
        return err;
    ut_credit_(acct, ut_own_part_(ut, blk));
    ut->strategy->drop(acct, blk, 0);
    return UT_OK;
}

ut_err_t ut_free(struct ut_acct *acct, const struct ut_blk *blk,
                 struct ut_fault *fault)
{
    ut_err_t err;

    ut_lock_(acct->ut);
    err = blk->size_bits < UT_PAGE_BITS ? ut_slab_free_(acct, blk, fault)
                                        : free_locked(acct, blk, fault);
    ut_unlock_(acct->ut);
    return err;
}

ut_err_t ut_adopt(struct ut_acct *acct, const struct ut_blk *blk,
                  struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    struct ut_part part;
    ut_err_t err;

    ut_lock_(ut);
    err = ut_blk_check_(acct, blk, fault);
    if (!err && (ut->strategy->features & UT_FEATURE_RETYPE_AT) == 0)
        err = ut_fail_(fault, UT_EINVAL, 0, 0, blk->paddr, UT_OWNER_NONE);
    if (!err) {
        part = ut_own_part_(ut, blk);
        err = ut_charge_(acct, part, fault);
    }
    if (!err) {
        err =
            ut_pmm_alloc_at(ut->pmm, blk, acct->owner, UT_CLASS_MOVABLE, fault);
        if (err)
            ut_credit_(acct, part);
        else
            ut_shape_set_(ut, blk);
    }
    ut_unlock_(ut);
    return err;
}
