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

void ut_pmm_span_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                  uint64_t rp, struct ut_pmm_span *span)
{
    unsigned l = split_level(p, r, rp), unit = unit_of(l, rp), first = 0;
    unsigned end = NODE_UNITS;
    uint32_t i = node_of(r, l, rp);
    const struct ut_pmm_map *map = map_at(p, l, i);
    uint64_t node = (uint64_t)(i - r->first[l]) << NODE_BITS, x;

    span->used = map->used >> unit & 1;
    span->start = false;
    /* Where the same ends: what is free at what is used; a block where another
     * begins, or nothing is. */
    x = (span->used ? map->start : map->used) & bits_between(0, unit);
    if (x) {
        first = 63u ^ (unsigned)__builtin_clzll(x);
        span->start =
            span->used &&
            (l == 0 ||
             !map_at(p, l - 1, r->first[l - 1] + (uint32_t)(node + first))
                  ->used);
        first += !span->start;
    }
    x = (span->used ? ~map->used | map->start : map->used) &
        ~bits_between(0, unit);
    if (x)
        end = (unsigned)__builtin_ctzll(x);
    span->begin = (node + first) << (NODE_BITS * l);
    span->end = (node + end) << (NODE_BITS * l);
}

void ut_pmm_span_end_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                      struct ut_pmm_span *span)
{
    struct ut_pmm_span next;

    for (; span->end < region_pages(r); span->end = next.end) {
        ut_pmm_span_(p, r, span->end, &next);
        if (next.used != span->used || next.start)
            break;
    }
}

void ut_pmm_span_begin_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                        struct ut_pmm_span *span)
{
    struct ut_pmm_span before;

    for (; span->begin && !span->start; span->begin = before.begin) {
        ut_pmm_span_(p, r, span->begin - 1, &before);
        if (before.used != span->used)
            break;
        span->start = before.start;
    }
}

uint64_t ut_pmm_pages_(uint64_t count, unsigned size_bits)
{
    uint64_t bytes = count << size_bits;

    if (count == 0 || size_bits < 4 || size_bits > 63 ||
        bytes >> size_bits != count)
        return 0;
    return ((bytes - 1) >> UT_PAGE_BITS) + 1;
}

ut_err_t ut_pmm_fail_(struct ut_fault *fault, ut_err_t err, uint64_t wanted,
                      uint64_t available, uint64_t address, ut_owner_t owner)
{
    if (fault)
        *fault = (struct ut_fault){.wanted = wanted,
                                   .available = available,
                                   .address = address,
                                   .owner = owner,
                                   .err = (uint8_t)err};
    return err;
}

ut_err_t ut_pmm_busy_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                      uint64_t rp, bool whole, uint64_t bytes,
                      struct ut_fault *fault)
{
    ut_owner_t owner = UT_OWNER_NONE;
    struct ut_pmm_span span;

    ut_pmm_span_(p, r, rp, &span);
    if (span.used) {
        ut_pmm_span_begin_(p, r, &span);
        if (whole)
            rp = span.begin;
        if (p->flags & UT_PMM_TAGS)
            owner = *tag_at(p, r->tags + span.begin);
    }
    return ut_pmm_fail_(fault, UT_EBUSY, bytes, 0,
                        (r->base + rp) << UT_PAGE_BITS, owner);
}
