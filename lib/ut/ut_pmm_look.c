/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

bool ut_pmm_lookup(const struct ut_pmm *p, uint64_t paddr,
                   struct ut_pmm_area *area)
{
    uint64_t page = paddr >> UT_PAGE_BITS;
    const struct ut_pmm_region *r = ut_pmm_region_(p, page);
    struct ut_pmm_span span;

    if (!r)
        return false;
    ut_pmm_span_(p, r, page - r->base, &span);
    ut_pmm_span_begin_(p, r, &span);
    ut_pmm_span_end_(p, r, &span);
    area->base = (r->base + span.begin) << UT_PAGE_BITS;
    area->bytes = (span.end - span.begin) << UT_PAGE_BITS;
    area->region = r->number;
    area->owner = UT_OWNER_NONE;
    if (span.used && p->flags & UT_PMM_TAGS)
        area->owner = *tag_at(p, r->tags + span.begin);
    area->used = span.used;
    area->device = r->device;
    return true;
}

/* The region of either kind that is first at or behind the page. */
static const struct ut_pmm_region *region_behind(const struct ut_pmm *p,
                                                 uint64_t page)
{
    uint32_t i = ut_pmm_region_from_(p, page, false);
    uint32_t j = ut_pmm_region_from_(p, page, true);

    if (i == p->regions_ram)
        return j == p->regions ? NULL : &p->region[j];
    if (j == p->regions || p->region[i].base < p->region[j].base)
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

#define CHUNK_PAGES (1u << (UT_CHUNK_BITS - UT_PAGE_BITS))

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
        uint64_t rp, stop;

        r = region_behind(p, page);
        if (!r)
            return UT_ERANGE;
        rp = page < r->base ? 0 : page - r->base;
        stop = (rp | (CHUNK_PAGES - 1)) + 1;
        if (stop > region_pages(r))
            stop = region_pages(r);
        /* Only the first page of a block has its tag. */
        while (rp < stop && *tag_at(p, r->tags + rp) != owner)
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

bool ut_pmm_chunk_get(const struct ut_pmm *p, uint64_t paddr,
                      struct ut_pmm_chunk *chunk)
{
    uint64_t page = paddr >> UT_PAGE_BITS;
    const struct ut_pmm_region *r = ut_pmm_region_(p, page);
    struct ut_pmm_area area;

    if (!r || !ut_pmm_lookup(p, paddr, &area))
        return false;
    chunk->pages =
        r->order < UT_CHUNK_BITS - UT_PAGE_BITS ? 1u << r->order : CHUNK_PAGES;
    chunk->base = (page & ~(uint64_t)(chunk->pages - 1)) << UT_PAGE_BITS;
    chunk->is_split =
        area.base > chunk->base || area.bytes - (chunk->base - area.base) <
                                       (uint64_t)chunk->pages << UT_PAGE_BITS;
    return true;
}
