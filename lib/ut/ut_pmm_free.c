/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

#define PAGE_MASK (((uint64_t)1 << UT_PAGE_BITS) - 1)

/* The block is there, of that size, and the owner's. */
static ut_err_t find_block(const struct ut_pmm *p, const struct ut_blk *blk,
                           ut_owner_t owner, const struct ut_pmm_region **r,
                           struct ut_pmm_span *span, struct ut_fault *fault)
{
    uint64_t pages = ut_pmm_pages_(blk->count, blk->size_bits);
    uint64_t page = blk->paddr >> UT_PAGE_BITS, bytes = pages << UT_PAGE_BITS;
    ut_owner_t tag = owner;

    if (blk->paddr & PAGE_MASK)
        return ut_pmm_fail_(fault, UT_EALIGN, PAGE_MASK + 1, 0, blk->paddr, 0);
    *r = ut_pmm_region_(p, page);
    if (!*r)
        return ut_pmm_fail_(fault, UT_ERANGE, bytes, 0, blk->paddr, 0);
    page -= (*r)->base;
    ut_pmm_span_(p, *r, page, span);
    if (!span->start || span->begin != page)
        return ut_pmm_busy_(p, *r, page, true, bytes, fault);
    if (p->flags & UT_PMM_TAGS)
        tag = *tag_at(p, (*r)->tags + page);
    if (owner != UT_OWNER_NONE && tag != owner)
        return ut_pmm_fail_(fault, UT_EBUSY, bytes, 0, blk->paddr, tag);
    /* Inside a node of pages it ends there. */
    if (span->end % NODE_UNITS == 0)
        ut_pmm_span_end_(p, *r, span);
    if (span->end - page != pages)
        return ut_pmm_fail_(fault, UT_EINVAL, bytes,
                            (span->end - page) << UT_PAGE_BITS, blk->paddr,
                            tag);
    return UT_OK;
}

ut_err_t ut_pmm_free(struct ut_pmm *p, const struct ut_blk *blk,
                     ut_owner_t owner, struct ut_fault *fault)
{
    const struct ut_pmm_region *r;
    struct ut_pmm_span span;
    ut_err_t err = find_block(p, blk, owner, &r, &span, fault);

    if (!err)
        ut_pmm_give_(p, r, span.begin, span.end - span.begin);
    return err;
}

ut_err_t ut_pmm_set_owner(struct ut_pmm *p, const struct ut_blk *blk,
                          ut_owner_t owner, ut_owner_t new_owner,
                          struct ut_fault *fault)
{
    const struct ut_pmm_region *r;
    struct ut_pmm_span span;
    ut_err_t err = find_block(p, blk, owner, &r, &span, fault);

    if (!err && p->flags & UT_PMM_TAGS)
        *tag_at(p, r->tags + span.begin) = new_owner;
    return err;
}

/* What of a region lies in the pages lo..hi: *rp, and how many. */
static uint64_t part(const struct ut_pmm_region *r, uint64_t lo, uint64_t hi,
                     uint64_t *rp)
{
    uint64_t last = r->base + (region_pages(r) - 1);

    if (last < lo || r->base > hi)
        return 0;
    if (lo < r->base)
        lo = r->base;
    *rp = lo - r->base;
    return (hi < last ? hi : last) - lo + 1;
}

ut_err_t ut_pmm_reserve_range(struct ut_pmm *p, uint64_t first, uint64_t last,
                              ut_owner_t owner, struct ut_fault *fault)
{
    uint64_t lo = first >> UT_PAGE_BITS, hi = last >> UT_PAGE_BITS, rp = 0;
    bool is_managed = false;

    if (last < first)
        return ut_pmm_fail_(fault, UT_EINVAL, last, first, first, owner);
    /* Once to look, once to take. */
    for (uint32_t i = 0; i < 2 * p->regions; i++) {
        const struct ut_pmm_region *r = &p->region[i % p->regions];
        uint64_t pages = part(r, lo, hi, &rp), taken;

        if (i == p->regions && !is_managed)
            break;
        if (!pages)
            continue;
        is_managed = true;
        if (i >= p->regions) {
            ut_pmm_take_(p, r, rp, pages, owner, 0);
            continue;
        }
        taken = ut_pmm_taken_(p, r, rp, pages);
        if (taken != rp + pages)
            return ut_pmm_busy_(p, r, taken, false, pages << UT_PAGE_BITS,
                                fault);
    }
    return is_managed
               ? UT_OK
               : ut_pmm_fail_(fault, UT_ERANGE, last - first + 1, 0, first, 0);
}
