/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_int.h"

/* The largest block of that kind in the range, at most as large. */
static void nearest_find(const struct ut_acct *acct, const struct ut_req *req,
                         struct ut_why *why)
{
    struct ut_req smaller = *req;
    uint64_t bytes = (uint64_t)req->count << req->size_bits;
    struct ut_pmm_area area;

    smaller.count = 1;
    smaller.align_bits = 0;
    smaller.type = UT_TYPE_UNTYPED;
    for (unsigned bits = ut_log2_down(bytes); bits >= UT_PAGE_BITS; bits--) {
        smaller.size_bits = (uint8_t)bits;
        if (!ut_pmm_find(acct->ut->pmm, &smaller, &why->nearest, NULL))
            break;
        why->nearest.count = 0;
    }
    if (why->nearest.count == 0)
        return;
    bytes = ut_blk_bytes(&why->nearest);
    if (ut_pmm_lookup(acct->ut->pmm, why->nearest.paddr - 1, &area))
        why->below = area.owner;
    if (ut_pmm_lookup(acct->ut->pmm, why->nearest.paddr + bytes, &area))
        why->above = area.owner;
}

struct obstacle {
    uint64_t used, first;
    ut_owner_t owner;
};

/* What is in the way in [base, base + bytes). */
static struct obstacle obstacle_look(const struct ut *ut, uint64_t base,
                                     uint64_t bytes)
{
    struct obstacle o = {0, 0, UT_OWNER_NONE};
    struct ut_pmm_area area;
    uint64_t at = 0;

    while (at < bytes && ut_pmm_lookup(ut->pmm, base + at, &area)) {
        uint64_t end = area.base + area.bytes - base;

        if (end > bytes || end <= at)
            end = bytes;
        if (area.used) {
            if (o.used == 0) {
                o.first = base + at;
                o.owner = area.owner;
            }
            o.used += end - at;
        }
        at = end;
    }
    return o;
}

/* The aligned block in which the least is in the way. */
static void blocking_find(const struct ut *ut, const struct ut_req *req,
                          struct ut_why *why)
{
    unsigned bits = ut_log2_up((uint64_t)req->count << req->size_bits);
    uint64_t least = UINT64_MAX;

    if (bits < UT_PAGE_BITS)
        bits = UT_PAGE_BITS;
    for (uint32_t i = 0; i < ut->region_count; i++) {
        const struct ut_region *r = &ut->regions[i].r;

        if (r->size_bits < bits ||
            !(r->flags & UT_REGION_DEVICE) != !(req->flags & UT_DEVICE))
            continue;
        for (uint64_t n = 0; n < ut_bytes(r->size_bits - bits); n++) {
            uint64_t base = r->base + (n << bits);
            struct obstacle o;

            if (base < req->min || base + (ut_bytes(bits) - 1) > req->max)
                continue;
            o = obstacle_look(ut, base, ut_bytes(bits));
            if (o.used > 0 && o.used < least) {
                least = o.used;
                why->blocking = o.first;
                why->holder = o.owner;
            }
        }
    }
}

static void explain(const struct ut_acct *acct, const struct ut_req *req,
                    struct ut_why *why)
{
    const struct ut *ut = acct->ut;
    struct ut_req full;
    struct ut_price price;
    uint64_t bytes = acct->limit.bytes - acct->used.bytes - acct->lent.bytes;
    uint32_t caps = acct->limit.caps - acct->used.caps - acct->lent.caps;

    why->err = ut_req_check_(ut, req, &full, &why->fault);
    if (why->err)
        return;
    ut_price(ut, req, &price, NULL);
    if (price.own.bytes > bytes)
        why->err = ut_fail_(&why->fault, UT_EQUOTA, price.own.bytes, bytes, 0,
                            acct->owner);
    else if (price.own.caps > caps)
        why->err = ut_fail_(&why->fault, UT_ECAPQUOTA, price.own.caps, caps, 0,
                            acct->owner);
    if (full.size_bits < UT_PAGE_BITS) {
        full.size_bits = ut->strategy->slab_bits;
        full.type = UT_TYPE_UNTYPED;
    }
    if (!why->err)
        why->err = ut->strategy->would(acct, &full, &why->fault);
    nearest_find(acct, &full, why);
    if (why->err == UT_EBUSY) {
        why->blocking = why->fault.address;
        why->holder = why->fault.owner;
    } else if (why->err) {
        blocking_find(ut, &full, why);
    }
}

void ut_explain(const struct ut_acct *acct, const struct ut_req *req,
                struct ut_why *why)
{
    *why = (struct ut_why){.err = UT_OK};
    ut_lock_(acct->ut);
    explain(acct, req, why);
    ut_unlock_(acct->ut);
}
