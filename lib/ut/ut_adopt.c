/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole regions, and whole accounts: what an earlier life has left. */
#include "ut_int.h"

/* Does this life know it: as books, or a block that was made since? */
static bool is_known(const struct ut *ut, uint64_t paddr)
{
    struct ut_pmm_area area;
    bool known;

    ut_lock_(ut);
    known = ut_pmm_lookup(ut->pmm, paddr, &area) && area.used;
    ut_unlock_(ut);
    return known;
}

static ut_err_t meet(struct ut_acct *acct, const struct ut_region *r,
                     const struct ut_next *next, ut_keep_fn *keep,
                     void *context, struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    uint64_t bytes = next->end_bytes - next->start_bytes;
    struct ut_blk blk = {r->base + next->start_bytes, 1,
                         (uint8_t)ut_log2_down(bytes)};
    uint32_t error;

    if (is_known(ut, blk.paddr))
        return UT_OK;
    /* What the kernel had half ended is nobody's to use. */
    if (next->kind != UT_NEXT_TRANSITION && (!keep || keep(context, &blk)))
        return ut_adopt(acct, &blk, fault);
    error = ut_revoke_at_(ut, r, next->start_bytes, blk.size_bits);
    return ut_fail_kernel_(fault, error, blk.paddr);
}

ut_err_t ut_adopt_region(struct ut_acct *acct, uint32_t region,
                         ut_keep_fn *keep, void *context,
                         struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    const struct ut_region *r;
    struct ut_next next = {.end_bytes = 0};
    ut_err_t err = UT_OK;

    if (region >= ut->region_count || !ut->ops->next ||
        !(ut->strategy->features & UT_FEATURE_RETYPE_AT))
        return ut_fail_(fault, UT_EINVAL, region, ut->region_count, 0,
                        UT_OWNER_NONE);
    r = &ut->regions[region].r;
    while (!err && next.end_bytes < ut_bytes(r->size_bits)) {
        uint32_t error = ut_call_(ut)->next(ut->ops->context, r->root,
                                            next.end_bytes, &next);

        if (error != 0)
            return ut_fail_kernel_(fault, error, r->base);
        if (next.kind == UT_NEXT_NONE)
            break;
        err = meet(acct, r, &next, keep, context, fault);
    }
    return err;
}

/* The account's next block from *at on, that is no slab; *at is then behind
 * it, or 0. */
static bool block_next(const struct ut_acct *acct, uint64_t *at,
                       struct ut_blk *blk)
{
    const struct ut *ut = acct->ut;
    struct ut_pmm_area area;
    bool found = false;

    ut_lock_(ut);
    while (!found && ut_pmm_next(ut->pmm, *at, &area)) {
        *at = area.base + area.bytes;
        found = area.used && area.owner == acct->owner &&
                !ut_slab_find_(ut, area.base);
        if (*at == 0)
            break;
    }
    if (found)
        *blk = ut_shape_get_(ut, area.base, area.bytes);
    ut_unlock_(ut);
    return found;
}

ut_err_t ut_transfer_each(struct ut_acct *from, ut_whose_fn *whose,
                          void *context, struct ut_fault *fault)
{
    struct ut_blk blk;
    uint64_t at = 0;
    ut_err_t err = UT_OK;

    while (!err && block_next(from, &at, &blk)) {
        struct ut_acct *to = whose(context, &blk);

        if (to && to != from)
            err = ut_transfer(from, to, &blk, NULL, fault);
        if (at == 0)
            break;
    }
    return err;
}
