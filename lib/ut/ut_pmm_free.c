/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

#define PAGE_MASK (((uint64_t)1 << UT_PAGE_BITS) - 1)

/* Nothing begins at this page. */
static ut_err_t not_there(const struct ut_pmm *p, const struct ut_pmm_region *r,
                          uint64_t rp, enum ut_pmm_state state, uint64_t bytes,
                          struct ut_fault *fault)
{
    ut_owner_t owner = UT_OWNER_NONE;

    if (state == PAGE_REST) {
        rp = ut_pmm_begin_(p, r, rp);
        owner = ut_pmm_owner_(p, r, rp);
    }
    return ut_pmm_fail_(fault, UT_EBUSY, bytes, 0,
                        (r->base + rp) << UT_PAGE_BITS, owner);
}

/* The block is there, of that size, and the owner's; *level: that of its first
 * part. */
static ut_err_t find_block(const struct ut_pmm *p, const struct ut_blk *blk,
                           ut_owner_t owner, const struct ut_pmm_region **r,
                           unsigned *level, struct ut_fault *fault)
{
    uint64_t pages = ut_pmm_pages_(blk->count, blk->size_bits);
    uint64_t bytes = pages << UT_PAGE_BITS, rp, end;
    enum ut_pmm_state state;
    ut_owner_t tag;

    if (blk->paddr & PAGE_MASK)
        return ut_pmm_fail_(fault, UT_EALIGN, PAGE_MASK + 1, 0, blk->paddr, 0);
    *r = ut_pmm_region_(p, blk->paddr >> UT_PAGE_BITS);
    if (!*r)
        return ut_pmm_fail_(fault, UT_ERANGE, bytes, 0, blk->paddr, 0);
    rp = (blk->paddr >> UT_PAGE_BITS) - (*r)->base;
    state = ut_pmm_extent_(p, *r, rp, level, &end);
    if (state != PAGE_START)
        return not_there(p, *r, rp, state, bytes, fault);
    tag = p->flags & UT_PMM_TAGS ? *tag_at(p, (*r)->tags + rp) : owner;
    if (owner != UT_OWNER_NONE && tag != owner)
        return ut_pmm_fail_(fault, UT_EBUSY, bytes, 0, blk->paddr, tag);
    /* It ends inside its node, unless more of it may lie in others. */
    if (*level || unit_of(0, end) == 0)
        end = ut_pmm_follow_(p, *r, end, false);
    if (end - rp != pages)
        return ut_pmm_fail_(fault, UT_EINVAL, bytes, (end - rp) << UT_PAGE_BITS,
                            blk->paddr, tag);
    return UT_OK;
}

ut_err_t ut_pmm_free_any_(struct ut_pmm *p, const struct ut_blk *blk,
                          ut_owner_t owner, struct ut_fault *fault)
{
    const struct ut_pmm_region *r;
    unsigned level;
    ut_err_t err = find_block(p, blk, owner, &r, &level, fault);
    uint64_t rp, pages;

    if (err)
        return err;
    rp = (blk->paddr >> UT_PAGE_BITS) - r->base;
    pages = ut_pmm_pages_(blk->count, blk->size_bits);
    p->pages_free[r->device] += pages;
    if (p->flags & UT_PMM_TAGS)
        *tag_at(p, r->tags + rp) = UT_OWNER_NONE;
    for (;;) {
        uint64_t n = NODE_UNITS - unit_of(level, rp);

        if (n > pages >> (NODE_BITS * level))
            n = pages >> (NODE_BITS * level);
        ut_pmm_give_(p, r, level, rp, (unsigned)n);
        rp += n << (NODE_BITS * level);
        pages -= n << (NODE_BITS * level);
        if (!pages)
            return UT_OK;
        level = ut_pmm_level_(p, r, rp);
    }
}

ut_err_t ut_pmm_set_owner(struct ut_pmm *p, const struct ut_blk *blk,
                          ut_owner_t owner, ut_owner_t new_owner,
                          struct ut_fault *fault)
{
    const struct ut_pmm_region *r;
    unsigned level;
    ut_err_t err = find_block(p, blk, owner, &r, &level, fault);

    if (!err && p->flags & UT_PMM_TAGS)
        *tag_at(p, r->tags + (blk->paddr >> UT_PAGE_BITS) - r->base) =
            new_owner;
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
    struct ut_pmm_use use = {.owner = owner};
    bool is_managed = false;

    if (last < first || (p->pools && owner >= p->pool_count))
        return ut_pmm_fail_(fault, UT_EINVAL, last, first, first, owner);
    for (uint32_t i = 0; i < p->regions; i++) {
        const struct ut_pmm_region *r = &p->region[i];
        uint64_t pages = part(r, lo, hi, &rp), taken;

        is_managed |= pages != 0;
        if (pages && !ut_pmm_is_free_(p, r, rp, pages, owner, &taken))
            return ut_pmm_fail_(fault, UT_EBUSY, pages << UT_PAGE_BITS, 0,
                                (r->base + taken) << UT_PAGE_BITS,
                                ut_pmm_owner_(p, r, taken));
    }
    if (!is_managed)
        return ut_pmm_fail_(fault, UT_ERANGE, last - first + 1, 0, first, 0);
    for (uint32_t i = 0; i < p->regions; i++) {
        uint64_t pages = part(&p->region[i], lo, hi, &rp);

        if (pages)
            ut_pmm_mark_(p, &p->region[i], rp, pages, &use);
    }
    return UT_OK;
}
