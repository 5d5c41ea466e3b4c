/* SPDX-License-Identifier: BSD-2-Clause */
/* Is there still a capability to a block?  The kernel is asked, for no book
 * has the copies that a client makes. */
#include "ut_int.h"

/* With offset all that lies in a region is objects of its untyped's. */
static ut_err_t next_probe(struct ut *ut, const struct ut_blk *blk,
                           struct ut_fault *fault)
{
    const struct ut_reg *r = ut_region_(ut, blk->paddr);
    uint64_t first = blk->paddr - r->r.base;
    uint64_t bytes = (uint64_t)blk->count << blk->size_bits;
    struct ut_next next = {.kind = UT_NEXT_NONE};
    uint32_t error;

    if (!ut->ops->next)
        return ut_fail_(fault, UT_EINVAL, 0, 0, blk->paddr, UT_OWNER_NONE);
    __atomic_fetch_add(&ut->calls, 1, __ATOMIC_RELAXED);
    error = ut->ops->next(ut->ops->context, r->r.root, first, &next);
    if (error != 0)
        return ut_fail_kernel_(fault, error, blk->paddr);
    return next.kind == UT_NEXT_NONE || next.start_bytes > first + (bytes - 1)
               ? UT_OK
               : UT_ELIVE;
}

ut_err_t ut_free_deleted(struct ut_acct *acct, const struct ut_blk *blk,
                         struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    bool is_object = blk->size_bits < UT_PAGE_BITS;
    ut_err_t err;

    ut_lock_(ut);
    err = ut_blk_check_(acct, blk, UT_SLAB_BITS_MIN, fault);
    if (!err)
        err = is_object ? ut_slab_check_(acct, blk, fault)
                        : ut_blk_claim_(acct, blk, fault);
    if (!err) {
        err = ut->strategy->probe ? ut->strategy->probe(ut, blk, fault)
                                  : next_probe(ut, blk, fault);
        if (err == UT_ELIVE)
            ut_fail_(fault, UT_ELIVE, 0, 0, blk->paddr, acct->owner);
        if (!is_object)
            ut_blk_release_(ut, blk, acct->owner);
    }
    ut_unlock_(ut);
    return err ? err : ut_free(acct, blk, fault);
}
