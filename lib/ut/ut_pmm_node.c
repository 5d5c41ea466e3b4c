/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

/* Has x a field of zeros?  one: the lowest bit of each field, of `bits'. */
static inline bool has_zero(uint64_t x, uint64_t one, unsigned bits)
{
    return (x - one) & ~x & one << (bits - 1);
}

static inline int largest(uint64_t used)
{
    if ((uint32_t)used == 0 || used >> 32 == 0)
        return used ? 5 : 6;
    if (has_zero(used, 0x0001000100010001u, 16))
        return 4;
    if (has_zero(used, 0x0101010101010101u, 8))
        return 3;
    if (has_zero(used, 0x1111111111111111u, 4))
        return 2;
    if (has_zero(used, 0x5555555555555555u, 2))
        return 1;
    return ~used ? 0 : -1;
}

int ut_pmm_largest_(uint64_t used)
{
    return largest(used);
}

uint64_t ut_pmm_runs_(uint64_t used, unsigned order)
{
    uint64_t x = ~used, aligned = ~(uint64_t)0;

    for (unsigned k = 0, n; k < order; k++) {
        n = 1u << k;
        x &= x >> n;
        /* Every n-th bit becomes every 2n-th. */
        aligned /= ((uint64_t)1 << n) + 1;
    }
    return x & aligned;
}

/* One piece of a block: as many units as fit of the largest level whose unit
 * fits there; *mask: these in their node. */
static inline unsigned piece(uint64_t rp, uint64_t pages, uint64_t *mask,
                             uint64_t *done)
{
    unsigned l = 0, unit;
    uint64_t n = pages;

    while (n >= NODE_UNITS && (rp & (NODE_UNITS - 1)) == 0) {
        l++;
        n >>= NODE_BITS;
        rp >>= NODE_BITS;
    }
    unit = (unsigned)rp % NODE_UNITS;
    if (n > NODE_UNITS - unit)
        n = NODE_UNITS - unit;
    *mask = bits_between(unit, unit + (unsigned)n - 1);
    *done = n << (NODE_BITS * l);
    return l;
}

uint64_t ut_pmm_taken_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                       uint64_t rp, uint64_t pages)
{
    uint64_t mask, done, used;

    for (; pages; rp += done, pages -= done) {
        unsigned l = piece(rp, pages, &mask, &done), m = l;

        while (!(used = map_at(p, m, node_of(r, m, rp))->used))
            m++;
        if (m > l) {
            if (used >> unit_of(m, rp) & 1)
                return rp;
            continue;
        }
        if (!(used &= mask))
            continue;
        rp = rp >> (NODE_BITS * (l + 1));
        for (;;) { /* down, where the unit is split */
            rp = rp << NODE_BITS | (unsigned)__builtin_ctzll(used);
            if (l == 0 ||
                !(used =
                      map_at(p, l - 1, r->first[l - 1] + (uint32_t)rp)->used))
                return rp << (NODE_BITS * l);
            l--;
        }
    }
    return rp;
}

void ut_pmm_take_(struct ut_pmm *p, const struct ut_pmm_region *r, uint64_t rp,
                  uint64_t pages, ut_owner_t owner, unsigned cls)
{
    uint64_t mask, done;
    bool start = true;

    p->pages_free[r->device] -= pages;
    if (p->flags & UT_PMM_TAGS)
        *tag_at(p, r->tags + rp) = owner;
    for (; pages; rp += done, pages -= done) {
        unsigned l = piece(rp, pages, &mask, &done);
        uint64_t at = rp >> (NODE_BITS * l), was;

        do {
            uint32_t i = r->first[l] + (uint32_t)(at >> NODE_BITS);
            struct ut_pmm_map *map = map_at(p, l, i);
            int order;

            was = map->used;
            map->used |= mask;
            if (start)
                map->start |= mask & -mask;
            if (!was && l < CLASS_LEVELS && !r->device)
                head_at(p, l, i)->set = (uint8_t)cls;
            order = largest(map->used);
            if (order != head_at(p, l, i)->order)
                ut_pmm_index_set_(p, l, i, order);
            at >>= NODE_BITS;
            mask = (uint64_t)1 << at % NODE_UNITS;
            start = true;
            l++;
        } while (!was);
        start = false;
    }
}

void ut_pmm_give_(struct ut_pmm *p, const struct ut_pmm_region *r, uint64_t rp,
                  uint64_t pages)
{
    uint64_t mask, done;

    p->pages_free[r->device] += pages;
    if (p->flags & UT_PMM_TAGS)
        *tag_at(p, r->tags + rp) = UT_OWNER_NONE;
    for (; pages; rp += done, pages -= done) {
        unsigned l = piece(rp, pages, &mask, &done);
        uint64_t at = rp >> (NODE_BITS * l), used;

        do {
            uint32_t i = r->first[l] + (uint32_t)(at >> NODE_BITS);
            struct ut_pmm_map *map = map_at(p, l, i);
            int order;

            map->start &= ~mask;
            map->used = used = map->used & ~mask;
            order = used ? largest(used) : -1;
            if (order != head_at(p, l, i)->order)
                ut_pmm_index_set_(p, l, i, order);
            at >>= NODE_BITS;
            mask = (uint64_t)1 << at % NODE_UNITS;
            l++;
        } while (!used);
    }
}
