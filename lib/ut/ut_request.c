/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests and what they cost, before anything is done. */
#include "ut_int.h"

#define RUN_PAGES_MAX (UINT64_C(1) << 31)

unsigned ut_log2_down(uint64_t x)
{
    unsigned log2 = 0;

    for (unsigned step = 32; step > 0; step /= 2)
        if (x >> step != 0) {
            x >>= step;
            log2 += step;
        }
    return log2;
}

uint8_t ut_arg_bits_(const struct ut *ut, uint8_t type, uint8_t size_bits)
{
    const struct ut_kind *kind = &ut->ops->kinds[type];

    return kind->flags & UT_KIND_VARIABLE ? (uint8_t)(size_bits - kind->bits)
                                          : 0;
}

static bool size_is_right(const struct ut *ut, struct ut_req *req)
{
    const struct ut_kind *kind = &ut->ops->kinds[req->type];

    if (req->size_bits == 0 && !(kind->flags & UT_KIND_VARIABLE))
        req->size_bits = kind->bits;
    if (req->size_bits < UT_SLAB_BITS_MIN || req->size_bits > 63)
        return false;
    return kind->flags & UT_KIND_VARIABLE ? req->size_bits > kind->bits
                                          : req->size_bits == kind->bits;
}

static bool count_is_right(const struct ut_req *req)
{
    if (req->size_bits < UT_PAGE_BITS)
        return req->count == 1 && req->align_bits <= req->size_bits &&
               !(req->flags & UT_DEVICE);
    if (req->count == 1)
        return true;
    return req->count != 0 &&
           req->count <= (RUN_PAGES_MAX << UT_PAGE_BITS >> req->size_bits);
}

ut_err_t ut_req_check_(const struct ut *ut, const struct ut_req *req,
                       struct ut_req *full, struct ut_fault *fault)
{
    uint8_t known =
        UT_CONTIG | UT_DEVICE | UT_DIRTY | UT_PREFER_HUGE | UT_HIGH | UT_LOW;

    *full = *req;
    if (full->max == 0)
        full->max = UINT64_MAX;
    if (req->type >= ut->ops->kind_count ||
        ut->ops->kinds[req->type].flags == UT_KIND_NONE)
        return ut_fail_(fault, UT_EINVAL, req->type, ut->ops->kind_count, 0,
                        UT_OWNER_NONE);
    if (!size_is_right(ut, full))
        return ut_fail_(fault, UT_EINVAL, req->size_bits,
                        ut->ops->kinds[req->type].bits, 0, UT_OWNER_NONE);
    if (!count_is_right(full))
        return ut_fail_(fault, UT_EINVAL, req->count, 1, 0, UT_OWNER_NONE);
    if (req->align_bits > 63 || req->cls >= UT_CLASSES ||
        (req->flags & ~known) != 0 || full->min > full->max ||
        (req->flags & UT_DEVICE &&
         !(ut->ops->kinds[req->type].flags & UT_KIND_DEVICE)))
        return ut_fail_(fault, UT_EINVAL, req->flags, known, 0, UT_OWNER_NONE);
    return UT_OK;
}

struct ut_blk ut_held_(const struct ut *ut, const struct ut_blk *blk)
{
    struct ut_blk held = *blk;
    uint64_t bytes = ut_blk_bytes(blk);

    if (blk->count == 1)
        return held;
    if (ut_bit_lowest(bytes) != bytes)
        bytes = ut->strategy->run_pages(blk->paddr, bytes >> UT_PAGE_BITS)
                << UT_PAGE_BITS;
    held.size_bits = UT_PAGE_BITS;
    if (((blk->paddr | bytes) & (bytes - 1)) == 0)
        held.size_bits = (uint8_t)ut_log2_down(bytes);
    held.count = (uint32_t)(bytes >> held.size_bits);
    return held;
}

struct ut_part ut_own_part_(const struct ut *ut, const struct ut_blk *blk)
{
    struct ut_blk shape = {0, blk->count, blk->size_bits};
    struct ut_blk held = ut_held_(ut, &shape);

    return (struct ut_part){
        .bytes = blk->size_bits < UT_PAGE_BITS ? 0 : ut_blk_bytes(&held),
        .caps = blk->count,
    };
}

ut_err_t ut_price(const struct ut *ut, const struct ut_req *req,
                  struct ut_price *price, struct ut_fault *fault)
{
    struct ut_req full;
    struct ut_part slab;
    struct ut_blk blk;
    ut_err_t err = ut_req_check_(ut, req, &full, fault);
    uint32_t fanout = ut->ops->fanout, most;

    if (err)
        return err;
    blk = (struct ut_blk){0, full.count, full.size_bits};
    most = full.count < fanout ? full.count : fanout;
    *price = (struct ut_price){
        .own = ut_own_part_(ut, &blk),
        .calls = (full.count + (fanout - 1)) / fanout,
        .zero = !(full.flags & UT_DEVICE),
    };
    if (price->zero)
        price->clear_bytes = (uint64_t)most << full.size_bits;
    if (full.size_bits < UT_PAGE_BITS) {
        /* A new slab, and the page that its header may need. */
        slab = ut_slab_part_(ut, full.size_bits);
        price->own.bytes += slab.bytes + UT_PAGE_BYTES;
        price->own.caps += slab.caps + 1;
        price->calls += 2;
        price->clear_bytes = UT_PAGE_BYTES;
    }
    ut->strategy->price(ut, &full, price);
    return UT_OK;
}

ut_err_t ut_blk_check_(const struct ut_acct *acct, const struct ut_blk *blk,
                       uint8_t size_bits, struct ut_fault *fault)
{
    const struct ut *ut = acct->ut;
    struct ut_req like = {.size_bits = blk->size_bits, .count = blk->count};
    struct ut_slab **slab;

    if (!ut_acct_alive_(acct) || blk->size_bits < size_bits ||
        blk->size_bits > 63 || !count_is_right(&like))
        return ut_fail_(fault, UT_EINVAL, blk->size_bits, 63, blk->paddr,
                        acct->owner);
    if (!ut_region_(ut, blk->paddr))
        return ut_fail_(fault, UT_ERANGE, ut_blk_bytes(blk), 0, blk->paddr,
                        UT_OWNER_NONE);
    slab = ut_slab_find_(ut, blk->paddr);
    if (slab && blk->size_bits >= UT_PAGE_BITS)
        return ut_fail_(fault, UT_EINVAL, blk->size_bits, ut_slab_bits(*slab),
                        blk->paddr, acct->owner);
    return UT_OK;
}
