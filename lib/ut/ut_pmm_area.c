/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

uint32_t ut_pmm_region_from_(const struct ut_pmm *p, uint64_t page, bool device)
{
    uint32_t lo = device ? p->regions_ram : 0;
    uint32_t hi = device ? p->regions : p->regions_ram;

    while (lo < hi) {
        uint32_t middle = (lo + hi) / 2;
        const struct ut_pmm_region *r = &p->region[middle];

        if (r->base + (region_pages(r) - 1) < page)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

const struct ut_pmm_region *ut_pmm_region_(const struct ut_pmm *p,
                                           uint64_t page)
{
    uint32_t i = ut_pmm_region_from_(p, page, false);

    if (i < p->regions_ram && p->region[i].base <= page)
        return &p->region[i];
    i = ut_pmm_region_from_(p, page, true);
    if (i < p->regions && p->region[i].base <= page)
        return &p->region[i];
    return NULL;
}

static bool is_split(const struct ut_pmm *p, const struct ut_pmm_region *r,
                     unsigned l, uint64_t rp)
{
    return node_at(p, l, node_of(r, l, rp))->flags & NODE_SPLIT;
}

unsigned ut_pmm_level_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                       uint64_t rp)
{
    unsigned l = 0;

    while (!is_split(p, r, l, rp))
        l++;
    return l;
}

/* The first bit at or behind `bit' where the state changes. */
static unsigned state_end(const struct ut_pmm_node *n, unsigned bit,
                          bool is_used)
{
    uint64_t mask = ~(uint64_t)0 << bit % 64;

    for (unsigned w = bit / 64; w < NODE_WORDS; w++) {
        uint64_t x = is_used ? ~n->used[w] | n->start[w] : n->used[w];

        x &= mask;
        if (x)
            return w * 64 + (unsigned)__builtin_ctzll(x);
        mask = ~(uint64_t)0;
    }
    return NODE_UNITS;
}

enum ut_pmm_state ut_pmm_extent_(const struct ut_pmm *p,
                                 const struct ut_pmm_region *r, uint64_t rp,
                                 unsigned *level, uint64_t *end)
{
    unsigned l = ut_pmm_level_(p, r, rp), bit = unit_of(l, rp);
    uint32_t i = node_of(r, l, rp);
    const struct ut_pmm_node *n = node_at(p, l, i);
    bool is_used = n->used[bit / 64] >> bit % 64 & 1;
    unsigned next =
        bit + 1 < NODE_UNITS ? state_end(n, bit + 1, is_used) : NODE_UNITS;

    *level = l;
    *end = page_of(r, l, i, next);
    if (!is_used)
        return PAGE_FREE;
    return n->start[bit / 64] >> bit % 64 & 1 && page_of(r, l, i, bit) == rp
               ? PAGE_START
               : PAGE_REST;
}

uint64_t ut_pmm_follow_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                        uint64_t end, bool is_free)
{
    enum ut_pmm_state more = is_free ? PAGE_FREE : PAGE_REST;

    while (end < region_pages(r)) {
        unsigned level;
        uint64_t next;

        if (ut_pmm_extent_(p, r, end, &level, &next) != more)
            break;
        end = next;
    }
    return end;
}

/* The last bit at or before `bit' that ends the same state: for a used one the
 * start itself, for a free one the used one before it; -1: none. */
static int state_begin(const struct ut_pmm_node *n, unsigned bit, bool is_used)
{
    uint64_t mask = ~(uint64_t)0 >> (63 - bit % 64);

    for (unsigned w = bit / 64 + 1; w-- > 0;) {
        uint64_t x = (is_used ? n->start[w] : n->used[w]) & mask;

        if (x)
            return (int)(w * 64 + 63 - (unsigned)__builtin_clzll(x));
        mask = ~(uint64_t)0;
    }
    return -1;
}

uint64_t ut_pmm_begin_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                       uint64_t rp)
{
    unsigned level;
    uint64_t begin = rp, end;
    bool is_free = ut_pmm_extent_(p, r, rp, &level, &end) == PAGE_FREE;

    for (;;) {
        unsigned l = ut_pmm_level_(p, r, rp), bit = unit_of(l, rp);
        uint32_t i = node_of(r, l, rp);
        const struct ut_pmm_node *n = node_at(p, l, i);
        bool is_used = n->used[bit / 64] >> bit % 64 & 1;
        int limit;

        if (is_free == is_used)
            return begin;
        limit = state_begin(n, bit, is_used);
        if (limit < 0)
            begin = page_of(r, l, i, 0);
        else if (l == 0 ||
                 !is_split(p, r, l - 1, page_of(r, l, i, (unsigned)limit)))
            return page_of(r, l, i, (unsigned)limit + is_free);
        else /* a split unit: it may go on at that one's end */
            begin = page_of(r, l, i, (unsigned)limit + 1);
        if (begin == 0)
            return 0;
        rp = begin - 1;
    }
}

ut_owner_t ut_pmm_owner_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                         uint64_t rp)
{
    unsigned level;
    uint64_t end;

    if (ut_pmm_extent_(p, r, rp, &level, &end) == PAGE_FREE)
        return node_at(p, 0, node_of(r, 0, rp))->owner;
    if (!(p->flags & UT_PMM_TAGS))
        return UT_OWNER_NONE;
    return *tag_at(p, r->tags + ut_pmm_begin_(p, r, rp));
}
