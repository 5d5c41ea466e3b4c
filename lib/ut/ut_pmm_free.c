/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

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
    return ut_fail_(fault, UT_EBUSY, bytes, 0, (r->base + rp) << UT_PAGE_BITS,
                    owner);
}

/* The block is there, of that size, and the owner's. */
static ut_err_t find_block(const struct ut_pmm *p, const struct ut_blk *blk,
                           ut_owner_t owner, const struct ut_pmm_region **r,
                           uint64_t *pages, struct ut_fault *fault)
{
    uint64_t bytes, rp, end;
    enum ut_pmm_state state;
    ut_owner_t tag = owner;

    *pages = ut_pmm_pages_(blk->count, blk->size_bits);
    bytes = *pages << UT_PAGE_BITS;
    if (blk->paddr & PAGE_MASK)
        return ut_fail_(fault, UT_EALIGN, PAGE_MASK + 1, 0, blk->paddr, 0);
    *r = ut_pmm_region_(p, blk->paddr >> UT_PAGE_BITS);
    if (!*r)
        return ut_fail_(fault, UT_ERANGE, bytes, 0, blk->paddr, 0);
    rp = (blk->paddr >> UT_PAGE_BITS) - (*r)->base;
    state = ut_pmm_extent_(p, *r, rp, &end);
    if (state != PAGE_START)
        return not_there(p, *r, rp, state, bytes, fault);
    if (p->flags & UT_PMM_TAGS)
        tag = *tag_at(p, (*r)->tags + rp);
    if (owner != UT_OWNER_NONE && tag != owner)
        return ut_fail_(fault, UT_EBUSY, bytes, 0, blk->paddr, tag);
    end = ut_pmm_follow_(p, *r, end, false);
    if (end - rp != *pages)
        return ut_fail_(fault, UT_EINVAL, bytes, (end - rp) << UT_PAGE_BITS,
                        blk->paddr, tag);
    return UT_OK;
}

UT_PMM_HOT ut_err_t ut_pmm_free(struct ut_pmm *p, const struct ut_blk *blk,
                                ut_owner_t owner, struct ut_fault *fault)
{
    const struct ut_pmm_region *r = NULL;
    uint64_t pages, rp;
    ut_err_t err = find_block(p, blk, owner, &r, &pages, fault);

    if (err)
        return err;
    rp = (blk->paddr >> UT_PAGE_BITS) - r->base;
    tag_set(p, r, rp, UT_OWNER_NONE);
    ut_pmm_give_(p, r, rp, pages);
    return UT_OK;
}

ut_err_t ut_pmm_set_owner(struct ut_pmm *p, const struct ut_blk *blk,
                          ut_owner_t owner, ut_owner_t new_owner,
                          struct ut_fault *fault)
{
    const struct ut_pmm_region *r = NULL;
    uint64_t pages;
    ut_err_t err = find_block(p, blk, owner, &r, &pages, fault);

    if (!err)
        tag_set(p, r, (blk->paddr >> UT_PAGE_BITS) - r->base, new_owner);
    return err;
}

ut_err_t ut_pmm_reserve_range(struct ut_pmm *p, uint64_t first, uint64_t last,
                              ut_owner_t owner, struct ut_fault *fault)
{
    uint64_t lo = first >> UT_PAGE_BITS, hi = last >> UT_PAGE_BITS;
    bool is_managed = false;

    if (last < first)
        return ut_fail_(fault, UT_EINVAL, last, first, first, owner);
    /* Once to look, once to take. */
    for (unsigned taking = 0; taking < 2; taking++)
        for (uint32_t i = 0; i < p->regions; i++) {
            const struct ut_pmm_region *r = &p->region[i];
            uint64_t rp = lo > r->base ? lo - r->base : 0, taken;
            uint64_t end = hi < r->last ? hi : r->last;

            if (r->last < lo || r->base > hi)
                continue;
            is_managed = true;
            end -= r->base - 1;
            if (taking) {
                tag_set(p, r, rp, owner);
                ut_pmm_take_(p, r, rp, end - rp, 0);
            } else if (!ut_pmm_is_free_(p, r, rp, end - rp, &taken))
                return ut_fail_(fault, UT_EBUSY, (end - rp) << UT_PAGE_BITS, 0,
                                (r->base + taken) << UT_PAGE_BITS,
                                ut_pmm_owner_(p, r, taken));
        }
    return is_managed
               ? UT_OK
               : ut_fail_(fault, UT_ERANGE, last - first + 1, 0, first, 0);
}
