/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_int.h"

static bool slots_differ(const struct ut_handover *h)
{
    return h->from.root != h->to.root || h->from.index != h->to.index ||
           h->from.depth != h->to.depth;
}

/* The capability changes its slot first: that can be undone, the death of
 * copies cannot. */
static ut_err_t hand_over(struct ut *ut, const struct ut_blk *blk,
                          const struct ut_handover *h, struct ut_fault *fault)
{
    uint32_t error = 0;

    if (slots_differ(h))
        error = ut_move_(ut, &h->to, &h->from);
    if (error == 0 && !h->keep_copies) {
        error = ut_revoke_(ut, &h->to);
        if (error != 0 && slots_differ(h))
            ut_move_(ut, &h->from, &h->to);
    }
    return ut_fail_kernel_(fault, error, blk->paddr);
}

static ut_err_t transfer_locked(struct ut_acct *from, struct ut_acct *to,
                                const struct ut_blk *blk,
                                const struct ut_handover *handover,
                                struct ut_fault *fault)
{
    struct ut *ut = from->ut;
    struct ut_blk held = ut_held_(ut, blk);
    struct ut_part part = ut_own_part_(ut, blk);
    ut_err_t err = ut_charge_(to, part, fault);

    if (err)
        return err;
    err = ut->strategy->pass(from, to, blk, fault);
    if (!err && handover) {
        err = hand_over(ut, blk, handover, fault);
        if (err)
            UT_ASSERT(!ut->strategy->pass(to, from, blk, NULL));
    }
    if (err) {
        ut_credit_(to, part);
        return err;
    }
    UT_ASSERT(!ut_pmm_set_owner(ut->pmm, &held, from->owner, to->owner, NULL));
    ut_credit_(from, part);
    return UT_OK;
}

ut_err_t ut_transfer(struct ut_acct *from, struct ut_acct *to,
                     const struct ut_blk *blk,
                     const struct ut_handover *handover, struct ut_fault *fault)
{
    struct ut *ut = from->ut;
    struct ut_blk held;
    ut_err_t err;

    ut_lock_(ut);
    err = ut_blk_check_(from, blk, fault);
    if (!err &&
        ((blk->count != 1 && handover) || to->ut != ut || !ut_acct_alive_(to)))
        err = ut_fail_(fault, UT_EINVAL, blk->count, 1, blk->paddr, to->owner);
    /* The same owner again: only to see that it is the account's block. */
    if (!err) {
        held = ut_held_(ut, blk);
        err = ut_pmm_set_owner(ut->pmm, &held, from->owner, from->owner, fault);
    }
    if (!err && !ut_shape_is_(ut, blk))
        err = ut_shape_fail_(ut, blk, ut_blk_bytes(&held), from->owner, fault);
    if (!err && to != from)
        err = transfer_locked(from, to, blk, handover, fault);
    ut_unlock_(ut);
    return err;
}
