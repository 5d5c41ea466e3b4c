/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests and what they cost, before anything is done. */
#include "ut_int.h"

#define RUN_PAGES_MAX (UINT64_C(1) << 31)

uint8_t ut_arg_bits_(const struct ut *ut, uint8_t type, uint8_t size_bits)
{
    const struct ut_kind *kind = &ut->ops->kinds[type];

    return kind->flags & UT_KIND_VARIABLE ? (uint8_t)(size_bits - kind->bits)
                                          : 0;
}

/* Fills in the size of what has only one. */
static bool size_is_right(const struct ut_kind *kind, struct ut_req *req)
{
    bool is_variable = kind->flags & UT_KIND_VARIABLE;

    if (req->size_bits == 0 && !is_variable)
        req->size_bits = kind->bits;
    if (req->size_bits < UT_SLAB_BITS_MIN || req->size_bits > 63)
        return false;
    return is_variable ? req->size_bits > kind->bits
                       : req->size_bits == kind->bits;
}

static bool count_is_right(const struct ut_req *req)
{
    return req->count == 1 ||
           (req->count != 0 && req->size_bits >= UT_PAGE_BITS &&
            req->count <= (RUN_PAGES_MAX << UT_PAGE_BITS >> req->size_bits));
}

static ut_err_t wrong(struct ut_fault *fault, uint64_t wanted, uint64_t right)
{
    return ut_fail_(fault, UT_EINVAL, wanted, right, 0, UT_OWNER_NONE);
}

ut_err_t ut_req_check_(const struct ut *ut, const struct ut_req *req,
                       struct ut_req *full, struct ut_fault *fault)
{
    const struct ut_kind *kind = &ut->ops->kinds[req->type];
    uint8_t known =
        UT_CONTIG | UT_DEVICE | UT_DIRTY | UT_PREFER_HUGE | UT_HIGH | UT_LOW;

    *full = *req;
    if (full->max == 0)
        full->max = UINT64_MAX;
    if (full->type >= ut->ops->kind_count || kind->flags == UT_KIND_NONE)
        return wrong(fault, full->type, ut->ops->kind_count);
    if (!size_is_right(kind, full))
        return wrong(fault, full->size_bits, kind->bits);
    if (!count_is_right(full))
        return wrong(fault, full->count, 1);
    if (full->align_bits > 63 || full->cls >= UT_CLASSES ||
        (full->flags & ~known) != 0 || full->min > full->max ||
        (full->flags & UT_DEVICE && !(kind->flags & UT_KIND_DEVICE)) ||
        (full->size_bits < UT_PAGE_BITS &&
         (full->flags & UT_DEVICE || full->align_bits > full->size_bits)))
        return wrong(fault, full->flags, known);
    /* An object's place is a multiple of its size at least. */
    if (full->align_bits < full->size_bits)
        full->align_bits = 0;
    return UT_OK;
}

struct ut_blk ut_held_(const struct ut *ut, const struct ut_blk *blk)
{
    struct ut_blk held = *blk;

    if (blk->count > 1) {
        held.count = ut->strategy->run_pages(
            blk->paddr, (uint32_t)(ut_blk_bytes(blk) >> UT_PAGE_BITS));
        held.size_bits = UT_PAGE_BITS;
    }
    return held;
}

struct ut_part ut_own_part_(const struct ut *ut, const struct ut_blk *blk)
{
    struct ut_blk held = *blk;

    held.paddr = 0;
    held = ut_held_(ut, &held);
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

ut_err_t ut_blk_charge_(struct ut_acct *acct, const struct ut_blk *blk,
                        struct ut_fault *fault)
{
    return ut_charge_(acct, ut_own_part_(acct->ut, blk), fault);
}

void ut_blk_credit_(struct ut_acct *acct, const struct ut_blk *blk)
{
    ut_credit_(acct, ut_own_part_(acct->ut, blk));
}

ut_err_t ut_blk_check_(const struct ut_acct *acct, const struct ut_blk *blk,
                       uint8_t size_bits, struct ut_fault *fault)
{
    if (ut_acct_alive_(acct) && blk->size_bits >= size_bits &&
        blk->size_bits <= 63)
        return UT_OK;
    return ut_fail_(fault, UT_EINVAL, blk->size_bits, 63, blk->paddr,
                    acct->owner);
}
