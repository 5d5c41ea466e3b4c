/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

uint64_t *ut_pmm_words_(const struct ut_pmm *p, unsigned l, unsigned set)
{
    const struct ut_pmm_level *level = &p->level[l];

    return (uint64_t *)((uintptr_t)p + level->index) +
           (uint64_t)set * level->words * ORDERS;
}

void ut_pmm_index_join_(struct ut_pmm *p, unsigned l, unsigned set,
                        uint32_t node, unsigned order)
{
    uint64_t *words = ut_pmm_words_(p, l, set) + order;
    struct ut_pmm_level *level = &p->level[l];

    level->orders[set] |= (uint16_t)(1u << order);
    for (unsigned d = 0; d < level->depth; d++) {
        uint64_t *word = words + (level->offset[d] + (node >> 6)) * ORDERS;
        uint64_t old = *word;

        *word = old | (uint64_t)1 << (node & 63);
        if (old)
            return;
        node >>= 6;
    }
}

void ut_pmm_index_leave_(struct ut_pmm *p, unsigned l, unsigned set,
                         uint32_t node, unsigned order)
{
    uint64_t *words = ut_pmm_words_(p, l, set) + order;
    struct ut_pmm_level *level = &p->level[l];

    for (unsigned d = 0; d < level->depth; d++) {
        uint64_t *word = words + (level->offset[d] + (node >> 6)) * ORDERS;

        if ((*word &= ~((uint64_t)1 << (node & 63))))
            return;
        node >>= 6;
    }
    level->orders[set] &= (uint16_t) ~(1u << order);
}

static inline uint32_t bit_in(uint64_t x, bool high)
{
    return high ? 63u - (uint32_t)__builtin_clzll(x)
                : (uint32_t)__builtin_ctzll(x);
}

uint32_t ut_pmm_index_any_(const struct ut_pmm *p, unsigned l, unsigned set,
                           unsigned order, bool high)
{
    const struct ut_pmm_level *level = &p->level[l];
    unsigned orders = level->orders[set] >> order, d = level->depth;
    const uint64_t *words;
    uint32_t node = 0;

    if (!orders)
        return UINT32_MAX;
    order += (unsigned)__builtin_ctz(orders);
    words = ut_pmm_words_(p, l, set) + order;
    do {
        d--;
        node =
            node << 6 | bit_in(words[(level->offset[d] + node) * ORDERS], high);
    } while (d);
    return node;
}

/* All orders from this one on: a word of each, of one place. */
static inline uint64_t gather(const uint64_t *words, unsigned order)
{
    uint64_t x = words[8];

    switch (order) {
    case 0:
        x |= words[0];
        /* fall through */
    case 1:
        x |= words[1];
        /* fall through */
    case 2:
        x |= words[2];
        /* fall through */
    case 3:
        x |= words[3];
        /* fall through */
    case 4:
        x |= words[4];
        /* fall through */
    case 5:
        x |= words[5];
        /* fall through */
    case 6:
        x |= words[6];
        /* fall through */
    case 7:
        x |= words[7];
    }
    return x;
}

/* Upwards until a word has a bit beyond the place, then down to the nearest. */
uint32_t ut_pmm_index_find_(const struct ut_pmm *p, unsigned l, unsigned set,
                            unsigned order, uint32_t first, uint32_t last,
                            bool high)
{
    const struct ut_pmm_level *level = &p->level[l];
    const uint64_t *words = ut_pmm_words_(p, l, set);
    uint32_t node = high ? last : first, w;
    unsigned d = 0;
    uint64_t x;

    if (level->orders[set] >> order == 0)
        return UINT32_MAX;
    for (;;) {
        w = node >> 6;
        x = gather(words + (level->offset[d] + w) * ORDERS, order);
        x &= high ? ~(uint64_t)0 >> (63 - (node & 63))
                  : ~(uint64_t)0 << (node & 63);
        if (x)
            break;
        d++;
        node = high ? w - 1 : w + 1;
        if (d >= level->depth ||
            (high ? w == 0 : node >> 6 >= level->present[d]))
            return UINT32_MAX;
    }
    for (;;) {
        w = w << 6 | bit_in(x, high);
        if (d-- == 0)
            break;
        x = gather(words + (level->offset[d] + w) * ORDERS, order);
    }
    return w < first || w > last ? UINT32_MAX : w;
}
