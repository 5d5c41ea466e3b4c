/* SPDX-License-Identifier: BSD-2-Clause */
/* With offset: the kernel takes objects wherever they fit, so the maps are
 * all the state there is.
 *
 *   region's untyped  | object | hole | object | object |    hole     |
 *                       ^ RetypeAt       ^ RevokeAt, by address
 */
#include "ut_int.h"

static size_t offset_bytes(const struct ut_config *config)
{
    (void)config;
    return 0;
}

static uint32_t offset_run_pages(uint64_t paddr, uint32_t pages)
{
    (void)paddr;
    return pages;
}

static ut_err_t offset_start(struct ut *ut, const struct ut_config *config,
                             struct ut_fault *fault)
{
    (void)config;
    (void)fault;
    for (unsigned bits = UT_PAGE_BITS, count = 1; bits-- > UT_SLAB_BITS_MIN;)
        ut->shapes[bits].count = (uint16_t)(count *= 2);
    return UT_OK;
}

static void offset_price(const struct ut *ut, const struct ut_req *req,
                         struct ut_price *price)
{
    (void)ut;
    (void)req;
    (void)price;
}

static ut_err_t offset_take(struct ut_acct *acct, const struct ut_req *req,
                            struct ut_blk *blk, uint32_t *entered,
                            struct ut_fault *fault)
{
    (void)entered;
    return ut_pmm_alloc(acct->ut->pmm, req, acct->owner, blk, fault);
}

static ut_err_t offset_would(const struct ut_acct *acct,
                             const struct ut_req *req, struct ut_fault *fault)
{
    struct ut_blk blk;

    return ut_pmm_find(acct->ut->pmm, req, &blk, fault);
}

static void offset_drop(struct ut_acct *acct, const struct ut_blk *blk,
                        uint32_t entered)
{
    (void)entered;
    UT_ASSERT(!ut_pmm_free(acct->ut->pmm, blk, acct->owner, NULL));
}

/* Asked twice, but for the first piece. */
static ut_err_t revoke_range(struct ut *ut, uint64_t paddr, uint64_t bytes,
                             struct ut_fault *fault)
{
    const struct ut_region *region = &ut_region_(ut, paddr)->r;
    uint64_t at = paddr - region->base, end = at + bytes;
    bool is_last_try = true;
    uint32_t error = 0;

    while (at != end) {
        unsigned bits = ut_piece(at, end - at);

        error = ut_revoke_at_(ut, region, at, (uint8_t)bits);
        if (error != 0 && is_last_try)
            break;
        is_last_try = error != 0;
        if (error == 0)
            at += ut_bytes(bits);
    }
    return ut_fail_kernel_(fault, error, region->base + at);
}

static ut_err_t offset_make(struct ut *ut, const struct ut_blk *blk,
                            uint8_t type, const struct ut_dest *dest,
                            struct ut_fault *fault)
{
    const struct ut_reg *region = ut_region_(ut, blk->paddr);
    struct ut_retype call = {
        .untyped = region->r.root,
        .dest = *dest,
        .offset_bytes = blk->paddr - region->r.base,
        .type = type,
        .arg_bits = ut_arg_bits_(ut, type, blk->size_bits),
    };
    uint32_t done = 0, error;

    while (done < blk->count) {
        call.count = blk->count - done < ut->ops->fanout ? blk->count - done
                                                         : ut->ops->fanout;
        error = ut_retype_at_(ut, &call);
        if (error != 0) {
            if (done > 0)
                revoke_range(ut, blk->paddr, (uint64_t)done << blk->size_bits,
                             NULL);
            return ut_fail_kernel_(fault, error, blk->paddr);
        }
        done += call.count;
        call.dest.offset += call.count;
        call.offset_bytes += (uint64_t)call.count << blk->size_bits;
    }
    return UT_OK;
}

static ut_err_t offset_unmake(struct ut *ut, const struct ut_blk *blk,
                              struct ut_fault *fault)
{
    return revoke_range(ut, blk->paddr, ut_blk_bytes(blk), fault);
}

static ut_err_t offset_slab_make(struct ut *ut, const struct ut_blk *blk,
                                 uint8_t size_bits, struct ut_fault *fault)
{
    (void)ut;
    (void)blk;
    (void)size_bits;
    (void)fault;
    return UT_OK;
}

static ut_err_t offset_clear(struct ut_acct *acct, uint64_t base,
                             uint8_t size_bits, struct ut_fault *fault)
{
    return revoke_range(acct->ut, base, ut_bytes(size_bits), fault);
}

static ut_err_t offset_pass(struct ut_acct *from, struct ut_acct *to,
                            const struct ut_blk *blk, struct ut_fault *fault)
{
    (void)from;
    (void)to;
    (void)blk;
    (void)fault;
    return UT_OK;
}

/* Nothing is left, of an account or of its empty slabs. */
static ut_err_t offset_leave(struct ut_acct *acct, uint32_t *budget,
                             struct ut_fault *fault)
{
    (void)acct;
    (void)budget;
    (void)fault;
    return UT_OK;
}

static ut_err_t offset_background(struct ut *ut, uint32_t *budget)
{
    (void)ut;
    (void)budget;
    return UT_OK;
}

static const char *offset_check(const struct ut *ut)
{
    (void)ut;
    return NULL;
}

const struct ut_strategy ut_strategy_offset = {
    .name = "offset",
    .features = UT_FEATURE_RETYPE_AT | UT_FEATURE_REVOKE_AT,
    .slab_bits = UT_PAGE_BITS,
    .bytes = offset_bytes,
    .run_pages = offset_run_pages,
    .start = offset_start,
    .price = offset_price,
    .take = offset_take,
    .would = offset_would,
    .drop = offset_drop,
    .make = offset_make,
    .unmake = offset_unmake,
    .slab_make = offset_slab_make,
    .clear = offset_clear,
    .pass = offset_pass,
    .leave = offset_leave,
    .slabs_trim = offset_leave,
    .prepare = offset_background,
    .trim = offset_background,
    .check = offset_check,
};
