/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

uint32_t ut_pmm_region_from_(const struct ut_pmm *p, uint64_t page, bool device)
{
    uint32_t lo = p->kind[device].first, hi = p->kind[device].end;

    while (lo < hi) {
        uint32_t middle = (lo + hi) / 2;

        if (p->region[middle].last < page)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

const struct ut_pmm_region *ut_pmm_region_(const struct ut_pmm *p,
                                           uint64_t page)
{
    for (unsigned device = 0; device < 2; device++) {
        uint32_t i = ut_pmm_region_from_(p, page, device);

        if (i < p->kind[device].end && p->region[i].base <= page)
            return &p->region[i];
    }
    return NULL;
}

/* The node that says what a page is: its chunk's, or that of 512 chunks. */
static const struct ut_pmm_node *node_around(const struct ut_pmm *p,
                                             const struct ut_pmm_region *r,
                                             uint64_t rp, unsigned *level,
                                             unsigned *bit)
{
    const struct ut_pmm_node *n = chunk_at(p, r, rp);

    *level = node_is_free(n);
    if (*level == 0) {
        *bit = (unsigned)rp % NODE_UNITS;
        return n;
    }
    *bit = chunk_of(r, rp) % NODE_UNITS;
    return above_at(p, r, rp);
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
            return w * 64 + bit_low(x);
        mask = ~(uint64_t)0;
    }
    return NODE_UNITS;
}

enum ut_pmm_state ut_pmm_extent_(const struct ut_pmm *p,
                                 const struct ut_pmm_region *r, uint64_t rp,
                                 uint64_t *end)
{
    unsigned level, bit;
    const struct ut_pmm_node *n = node_around(p, r, rp, &level, &bit);
    bool is_used = bit_of(n->used, bit);
    uint64_t next = state_end(n, bit + 1, is_used) - bit;

    if (level)
        next = (rp / NODE_UNITS + next) * NODE_UNITS;
    else
        next += rp;
    *end = next < region_pages(r) ? next : region_pages(r);
    if (!is_used)
        return PAGE_FREE;
    if (level && rp % NODE_UNITS)
        return PAGE_REST;
    return bit_of(n->start, bit) ? PAGE_START : PAGE_REST;
}

uint64_t ut_pmm_follow_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                        uint64_t end, bool is_free)
{
    /* Inside a chunk, something else has begun. */
    while (end % NODE_UNITS == 0 && end < region_pages(r)) {
        unsigned level, bit;
        const struct ut_pmm_node *n = node_around(p, r, end, &level, &bit);

        if (bit_of(n->used, bit) == is_free || bit_of(n->start, bit))
            break;
        (void)ut_pmm_extent_(p, r, end, &end);
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
            return (int)(w * 64 + bit_high(x));
        mask = ~(uint64_t)0;
    }
    return -1;
}

uint64_t ut_pmm_begin_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                       uint64_t rp)
{
    uint64_t begin = rp, end;
    bool is_free = ut_pmm_extent_(p, r, rp, &end) == PAGE_FREE;

    for (;;) {
        unsigned level, bit, shift;
        const struct ut_pmm_node *n = node_around(p, r, rp, &level, &bit);
        uint64_t back;
        int limit;

        if (bit_of(n->used, bit) == is_free)
            return begin;
        shift = level ? NODE_BITS : 0;
        rp = rp >> shift << shift;
        limit = state_begin(n, bit, !is_free);
        /* Where the node ends, or the unit that the state is said of. */
        back = (uint64_t)((int)bit - limit) << shift;
        if (limit < 0) {
            back = (uint64_t)bit << shift;
            begin = rp > back ? rp - back : 0;
        } else {
            begin = rp - back;
            if (is_free)
                begin += (uint64_t)1 << shift;
            else if (!level || node_is_free(chunk_at(p, r, begin)))
                return begin;
            else
                begin += NODE_UNITS;
        }
        if (begin == 0)
            return 0;
        rp = begin - 1;
    }
}

ut_owner_t ut_pmm_owner_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                         uint64_t rp)
{
    uint64_t end;

    if (!(p->flags & UT_PMM_TAGS) ||
        ut_pmm_extent_(p, r, rp, &end) == PAGE_FREE)
        return UT_OWNER_NONE;
    return *tag_at(p, r->tags + ut_pmm_begin_(p, r, rp));
}
