/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_int.h"

/* The capability changes its slot first: that can be undone, the death of
 * copies cannot. */
static ut_err_t hand_over(struct ut *ut, const struct ut_blk *blk,
                          const struct ut_handover *h, struct ut_fault *fault)
{
    bool moves = h->from.root != h->to.root || h->from.index != h->to.index ||
                 h->from.depth != h->to.depth;
    uint32_t error = moves ? ut_move_(ut, &h->to, &h->from) : 0;

    if (error == 0 && !h->keep_copies) {
        error = ut_revoke_(ut, &h->to);
        if (error != 0 && moves)
            ut_move_(ut, &h->from, &h->to);
    }
    return ut_fail_kernel_(fault, error, blk->paddr);
}

/* The block is claimed: it becomes the other account's. */
static ut_err_t pass(struct ut_acct *from, struct ut_acct *to,
                     const struct ut_blk *blk,
                     const struct ut_handover *handover, struct ut_fault *fault)
{
    struct ut *ut = from->ut;
    ut_err_t err = ut_blk_charge_(to, blk, fault);

    if (err)
        return err;
    err = ut->strategy->pass(from, to, blk, fault);
    if (!err && handover) {
        err = hand_over(ut, blk, handover, fault);
        if (err)
            UT_ASSERT(!ut->strategy->pass(to, from, blk, NULL));
    }
    ut_blk_credit_(err ? to : from, blk);
    return err;
}

ut_err_t ut_transfer(struct ut_acct *from, struct ut_acct *to,
                     const struct ut_blk *blk,
                     const struct ut_handover *handover, struct ut_fault *fault)
{
    struct ut *ut = from->ut;
    ut_err_t err;

    ut_lock_(ut);
    err = ut_blk_check_(from, blk, UT_PAGE_BITS, fault);
    if (!err &&
        ((blk->count != 1 && handover) || to->ut != ut || !ut_acct_alive_(to)))
        err = ut_fail_(fault, UT_EINVAL, blk->count, 1, blk->paddr, to->owner);
    if (!err)
        err = ut_blk_claim_(from, blk, fault);
    if (!err) {
        if (to != from)
            err = pass(from, to, blk, handover, fault);
        ut_blk_release_(ut, blk, err ? from->owner : to->owner);
    }
    ut_unlock_(ut);
    return err;
}
