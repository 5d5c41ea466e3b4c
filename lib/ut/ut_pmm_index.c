/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

void ut_pmm_index_raise_(struct ut_pmm *p, unsigned l, unsigned cls,
                         uint32_t node, int lo, int hi)
{
    for (unsigned d = 0; d < p->level[l].depth && lo <= hi; d++) {
        uint64_t *words = ut_pmm_words_(p, l, cls, d, node >> 6);
        uint64_t bit = (uint64_t)1 << (node & 63);

        for (; lo <= hi && words[lo]; lo++)
            words[lo] |= bit;
        for (int k = lo; k <= hi; k++)
            words[k] = bit;
        node >>= 6;
    }
}

void ut_pmm_index_lower_(struct ut_pmm *p, unsigned l, unsigned cls,
                         uint32_t node, int lo, int hi)
{
    for (unsigned d = 0; d < p->level[l].depth && lo <= hi; d++) {
        uint64_t *words = ut_pmm_words_(p, l, cls, d, node >> 6);
        uint64_t bit = (uint64_t)1 << (node & 63);
        int k = hi;

        while (k >= lo && (words[k] &= ~bit) == 0)
            k--;
        for (int j = k - 1; j >= lo; j--)
            words[j] &= ~bit;
        lo = k + 1;
        node >>= 6;
    }
}

/* Upwards until a word has a bit beyond the place, then down to the nearest. */
static uint32_t find_low(const uint64_t *words, const struct ut_pmm_level *l,
                         uint32_t node)
{
    uint32_t w = node >> 6;
    uint64_t x = words[w * ORDERS] & ~(uint64_t)0 << (node & 63);
    unsigned d = 0;

    while (!x) {
        node = w + 1;
        w = node >> 6;
        if (++d >= l->depth || w >= l->present[d])
            return UINT32_MAX;
        x = words[(l->offset[d] + w) * ORDERS] & ~(uint64_t)0 << (node & 63);
    }
    for (;;) {
        w = w << 6 | (uint32_t)__builtin_ctzll(x);
        if (d-- == 0)
            return w;
        x = words[(l->offset[d] + w) * ORDERS];
    }
}

static uint32_t find_high(const uint64_t *words, const struct ut_pmm_level *l,
                          uint32_t node)
{
    uint32_t w = node >> 6;
    uint64_t x = words[w * ORDERS] & ~(uint64_t)0 >> (63 - (node & 63));
    unsigned d = 0;

    while (!x) {
        if (++d >= l->depth || w == 0)
            return UINT32_MAX;
        node = w - 1;
        w = node >> 6;
        x = words[(l->offset[d] + w) * ORDERS] &
            ~(uint64_t)0 >> (63 - (node & 63));
    }
    for (;;) {
        w = w << 6 | (63u - (uint32_t)__builtin_clzll(x));
        if (d-- == 0)
            return w;
        x = words[(l->offset[d] + w) * ORDERS];
    }
}

uint32_t ut_pmm_index_find_(const struct ut_pmm *p, unsigned l, unsigned cls,
                            unsigned order, uint32_t first, uint32_t last,
                            bool high)
{
    const uint64_t *words = ut_pmm_words_(p, l, cls, 0, 0) + order;
    uint32_t node;

    if (high) {
        node = find_high(words, &p->level[l], last);
        return node == UINT32_MAX || node < first ? UINT32_MAX : node;
    }
    node = find_low(words, &p->level[l], first);
    return node == UINT32_MAX || node > last ? UINT32_MAX : node;
}
