/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

/* The area from page `begin' on, of which `end' is the first part's end. */
static void describe(const struct ut_pmm *p, const struct ut_pmm_region *r,
                     uint64_t begin, uint64_t end, bool is_free,
                     struct ut_pmm_area *area)
{
    end = ut_pmm_follow_(p, r, end, is_free);
    area->base = (r->base + begin) << UT_PAGE_BITS;
    area->bytes = (end - begin) << UT_PAGE_BITS;
    area->region = r->number;
    area->owner = UT_OWNER_NONE;
    if (!is_free && p->flags & UT_PMM_TAGS)
        area->owner = *tag_at(p, r->tags + begin);
    area->used = !is_free;
    area->device = r->device;
}

bool ut_pmm_lookup(const struct ut_pmm *p, uint64_t paddr,
                   struct ut_pmm_area *area)
{
    uint64_t page = paddr >> UT_PAGE_BITS, end;
    const struct ut_pmm_region *r = ut_pmm_region_(p, page);
    bool is_free;

    if (!r)
        return false;
    is_free = ut_pmm_extent_(p, r, page - r->base, &end) == PAGE_FREE;
    describe(p, r, ut_pmm_begin_(p, r, page - r->base), end, is_free, area);
    return true;
}

/* The region of either kind that is first at or behind the page. */
static const struct ut_pmm_region *region_behind(const struct ut_pmm *p,
                                                 uint64_t page)
{
    uint32_t i = ut_pmm_region_from_(p, page, false);
    uint32_t j = ut_pmm_region_from_(p, page, true);

    if (i == p->kind[0].end)
        return j == p->kind[1].end ? NULL : &p->region[j];
    if (j == p->kind[1].end || p->region[i].base < p->region[j].base)
        return &p->region[i];
    return &p->region[j];
}

bool ut_pmm_next(const struct ut_pmm *p, uint64_t from,
                 struct ut_pmm_area *area)
{
    uint64_t page = from >> UT_PAGE_BITS;
    const struct ut_pmm_region *r = region_behind(p, page);

    if (!r)
        return false;
    if (page < r->base)
        page = r->base;
    return ut_pmm_lookup(p, page << UT_PAGE_BITS, area);
}

ut_err_t ut_pmm_next_owned(const struct ut_pmm *p, uint64_t *from,
                           ut_owner_t owner, uint32_t budget,
                           struct ut_pmm_area *area)
{
    const struct ut_pmm_region *r;
    uint64_t page = *from >> UT_PAGE_BITS;

    if (!(p->flags & UT_PMM_TAGS) || owner == UT_OWNER_NONE)
        return UT_ERANGE;
    if (*from & ((1u << UT_PAGE_BITS) - 1))
        page++;
    for (; budget; budget--) {
        uint64_t rp, stop, end;

        r = region_behind(p, page);
        if (!r)
            return UT_ERANGE;
        rp = page < r->base ? 0 : page - r->base;
        stop = (rp | (NODE_UNITS - 1)) + 1;
        if (stop > region_pages(r))
            stop = region_pages(r);
        /* The tags of a block's other pages are not layer 2's. */
        while (rp < stop && (*tag_at(p, r->tags + rp) != owner ||
                             ut_pmm_extent_(p, r, rp, &end) != PAGE_START))
            rp++;
        page = r->base + rp;
        if (rp < stop) {
            ut_pmm_lookup(p, page << UT_PAGE_BITS, area);
            *from = area->base + area->bytes;
            return UT_OK;
        }
        *from = page << UT_PAGE_BITS;
        if (*from == 0)
            return UT_ERANGE;
    }
    return UT_EAGAIN;
}

/* Free pages rp..end-1, as aligned blocks. */
static void count_free(uint64_t rp, uint64_t end, struct ut_pmm_stats *stats)
{
    while (rp < end) {
        unsigned order = bit_high(end - rp);

        if (rp && bit_low(rp) < order)
            order = bit_low(rp);
        stats->free_blocks[order]++;
        rp += (uint64_t)1 << order;
    }
}

void ut_pmm_stats(const struct ut_pmm *p, struct ut_pmm_stats *stats)
{
    *stats = (struct ut_pmm_stats){.bytes_meta = p->bytes,
                                   .bytes_tags = p->bytes - p->tags};
    for (unsigned d = 0; d < 2; d++) {
        stats->bytes[d] = p->kind[d].pages << UT_PAGE_BITS;
        stats->bytes_free[d] = p->kind[d].pages_free << UT_PAGE_BITS;
    }
    for (uint32_t i = 0; i < p->regions; i++) {
        const struct ut_pmm_region *r = &p->region[i];
        uint64_t end;

        for (uint64_t rp = 0; rp < region_pages(r); rp += NODE_UNITS) {
            stats->chunks++;
            stats->chunks_split += !node_is_free(chunk_at(p, r, rp));
        }
        for (uint64_t rp = 0; !r->device && rp < region_pages(r); rp = end)
            if (ut_pmm_extent_(p, r, rp, &end) == PAGE_FREE) {
                end = ut_pmm_follow_(p, r, end, true);
                count_free(rp, end, stats);
            }
    }
}
