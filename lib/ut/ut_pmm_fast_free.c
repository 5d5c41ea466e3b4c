/* SPDX-License-Identifier: BSD-2-Clause */
/* Freeing one aligned power of two in few instructions; ut_pmm_fast.c. */
#include "ut_pmm_fast.h"

/* Exactly these units are a block, as far as one node shows. */
static inline bool is_block(const struct ut_pmm_node *n, unsigned unit,
                            unsigned order)
{
    unsigned w = unit / 64;
    uint64_t mask, first = (uint64_t)1 << unit % 64;

    if (order < 6) {
        mask = run_mask(order, unit);
        return (n->used[w] & mask) == mask && (n->start[w] & mask) == first;
    }
    for (unsigned end = w + (1u << (order - 6)); w < end; w++) {
        if (~n->used[w] || n->start[w] != first)
            return false;
        first = 0;
    }
    return true;
}

/* Does the block before this page go on in it? */
static inline bool goes_on(const struct ut_pmm *p,
                           const struct ut_pmm_region *r, uint64_t rp)
{
    unsigned l, unit;
    const struct ut_pmm_node *n;

    if (rp >= region_pages(r))
        return false;
    l = ut_pmm_level_(p, r, rp);
    n = node_at(p, l, node_of(r, l, rp));
    unit = unit_of(l, rp);
    return (n->used[unit / 64] & ~n->start[unit / 64]) >> unit % 64 & 1;
}

ut_err_t ut_pmm_free(struct ut_pmm *p, const struct ut_blk *blk,
                     ut_owner_t owner, struct ut_fault *fault)
{
    unsigned order = blk->size_bits - UT_PAGE_BITS, l, unit;
    uint64_t page = blk->paddr >> UT_PAGE_BITS, rp, at;
    const struct ut_pmm_region *r;
    struct ut_pmm_node *n;
    uint32_t i;

    if (order >= UT_PMM_ORDERS || blk->count != 1 || p->pools ||
        blk->paddr & ((1u << UT_PAGE_BITS) - 1))
        return ut_pmm_free_any_(p, blk, owner, fault);
    i = ut_pmm_region_from_(p, page, false);
    r = &p->region[i];
    l = order / NODE_BITS;
    rp = page - r->base;
    if (i >= p->regions_ram || r->base > page || l > r->top ||
        rp & (((uint64_t)1 << order) - 1))
        return ut_pmm_free_any_(p, blk, owner, fault);
    if (p->flags & UT_PMM_TAGS && owner != UT_OWNER_NONE &&
        *tag_at(p, r->tags + rp) != owner)
        return ut_pmm_free_any_(p, blk, owner, fault);
    order %= NODE_BITS;
    at = rp >> (NODE_BITS * l);
    i = r->first[l] + (uint32_t)(at >> NODE_BITS);
    n = node_at(p, l, i);
    unit = (unsigned)at % NODE_UNITS;
    if (!(n->flags & NODE_SPLIT) || n->mode || !is_block(n, unit, order))
        return ut_pmm_free_any_(p, blk, owner, fault);
    /* A split unit looks the same; and it might go on elsewhere. */
    if (l &&
        node_at(p, l - 1, r->first[l - 1] + (uint32_t)at)->flags & NODE_SPLIT)
        return ut_pmm_free_any_(p, blk, owner, fault);
    if ((l || (at + (1u << order)) % 64 == 0) &&
        goes_on(p, r, (at + (1u << order)) << (NODE_BITS * l)))
        return ut_pmm_free_any_(p, blk, owner, fault);
    if (!l && (at + (1u << order)) % 64 &&
        (n->used[unit / 64] & ~n->start[unit / 64]) >>
                (unit % 64 + (1u << order)) &
            1)
        return ut_pmm_free_any_(p, blk, owner, fault);
    p->pages_free[0] += (uint64_t)1 << (NODE_BITS * l + order);
    if (p->flags & UT_PMM_TAGS)
        *tag_at(p, r->tags + rp) = UT_OWNER_NONE;
    for (;;) {
        bool is_other = set_units(n, unit, order, false);

        n->free = (uint16_t)(n->free + (1u << order));
        if (n->free < n->units || l == r->top) {
            if (is_other)
                ut_pmm_reindex_(p, l, i, n);
            return UT_OK;
        }
        ut_pmm_index_leave_(p, l, n->set, i, (unsigned)n->indexed);
        n->indexed = -1;
        n->largest = 9;
        n->flags = 0;
        l++;
        unit = (i - r->first[l - 1]) % NODE_UNITS;
        i = r->first[l] + (i - r->first[l - 1]) / NODE_UNITS;
        n = node_at(p, l, i);
        order = 0;
    }
}
