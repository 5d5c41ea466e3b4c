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
    unsigned level;

    if (!r)
        return false;
    is_free = ut_pmm_extent_(p, r, page - r->base, &level, &end) == PAGE_FREE;
    describe(p, r, ut_pmm_begin_(p, r, page - r->base), end, is_free, area);
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
        stop = (rp | (NODE_UNITS - 1)) + 1;
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

/* Free runs of a split node, as its aligned blocks. */
static void count_free(const struct ut_pmm_node *n, unsigned level,
                       struct ut_pmm_stats *stats)
{
    for (unsigned unit = 0; unit < NODE_UNITS;) {
        unsigned order = ORDERS;

        do
            order--;
        while (order > 0 &&
               (unit % (1u << order) ||
                ut_pmm_node_find_(n, order, unit, unit + (1u << order) - 1,
                                  false) < 0));
        if (!(n->used[unit / 64] >> unit % 64 & 1))
            stats->free_blocks[NODE_BITS * level + order]++;
        unit += 1u << order;
    }
}

void ut_pmm_stats(const struct ut_pmm *p, struct ut_pmm_stats *stats)
{
    *stats = (struct ut_pmm_stats){.bytes_meta = p->bytes,
                                   .bytes_tags = p->bytes - p->tags,
                                   .chunks = p->level[0].count};
    for (unsigned d = 0; d < 2; d++) {
        stats->bytes[d] = p->pages[d] << UT_PAGE_BITS;
        stats->bytes_free[d] = p->pages_free[d] << UT_PAGE_BITS;
    }
    for (unsigned l = 0; l < p->levels; l++)
        for (uint32_t i = 0; i < p->level[l].count; i++) {
            const struct ut_pmm_node *n = node_at(p, l, i);

            if (!(n->flags & NODE_SPLIT))
                continue;
            stats->chunks_split += l == 0;
            stats->chunks_held += (n->flags & NODE_HELD) != 0;
            if (i < p->level[l].count_ram)
                count_free(n, l, stats);
        }
}
