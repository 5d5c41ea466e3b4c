/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

void ut_pmm_index_set_(struct ut_pmm *p, unsigned l, uint32_t i, int order)
{
    struct ut_pmm_head *head = head_at(p, l, i);
    const struct ut_pmm_level *level = &p->level[l];
    uint64_t *words = words_at(p, l, head->set), *word, old;
    int was = head->order;
    size_t at = i;
    unsigned d;

    head->order = (int8_t)order;
    /* Up as long as a word has none any more, or had none. */
    for (d = 0; was >= 0; at /= 64) {
        word = words + was + level->offset[d] + at / 64 * ORDERS;
        if (*word &= ~((uint64_t)1 << at % 64))
            break;
        if (++d < level->depth)
            continue;
        word = words + was + level->offset[d - 1];
        if (!word[0] && (level->top == 1 || !word[ORDERS]))
            p->orders[head->set] &=
                ~((uint64_t)1 << (NODE_BITS * l + (unsigned)was));
        break;
    }
    for (at = i, d = 0; order >= 0; at /= 64) {
        word = words + order + level->offset[d] + at / 64 * ORDERS;
        old = *word;
        *word = old | (uint64_t)1 << at % 64;
        if (old)
            break;
        if (++d < level->depth)
            continue;
        p->orders[head->set] |= (uint64_t)1
                                << (NODE_BITS * l + (unsigned)order);
        break;
    }
}

/* A word of each order from this one on, of one place. */
static inline uint64_t gather(const uint64_t *words, unsigned order)
{
    uint64_t x = words[5];

    /* Half of them at once: no loop. */
    if (order < 3)
        x |= words[3] | words[4] | words[2] | (order < 2 ? words[1] : 0) |
             (order < 1 ? words[0] : 0);
    else if (order < 5)
        x |= words[4] | (order < 4 ? words[3] : 0);
    return x;
}

uint32_t ut_pmm_index_last_(const struct ut_pmm *p, unsigned l, unsigned set,
                            unsigned order)
{
    const struct ut_pmm_level *level = &p->level[l];
    const uint64_t *words = words_at(p, l, set);
    const uint32_t *offset = level->offset + level->depth;
    size_t w = level->top;
    uint64_t x;

    offset--;
    do {
        w--;
        x = gather(words + *offset + w * ORDERS, order);
    } while (!x);
    for (;;) {
        w = w << 6 | (63u ^ (unsigned)__builtin_clzll(x));
        if (offset == level->offset)
            return (uint32_t)w;
        offset--;
        x = gather(words + *offset + w * ORDERS, order);
    }
}

static inline uint32_t bit_in(uint64_t x, bool high)
{
    return high ? 63u ^ (uint32_t)__builtin_clzll(x)
                : (uint32_t)__builtin_ctzll(x);
}

/* Upwards until a word has a bit beyond the place, then down to the nearest. */
uint32_t ut_pmm_index_find_(const struct ut_pmm *p, unsigned l, unsigned set,
                            unsigned order, uint32_t from, uint32_t to,
                            bool high)
{
    const struct ut_pmm_level *level = &p->level[l];
    const uint64_t *words = words_at(p, l, set);
    uint32_t w, stop = to / 64;
    unsigned d = 0;
    uint64_t x;

    for (;;) {
        w = from / 64;
        x = gather(words + level->offset[d] + w * ORDERS, order) &
            (high ? ~(uint64_t)0 >> (63 - from % 64)
                  : ~(uint64_t)0 << from % 64);
        if (x)
            break;
        if (w == stop)
            return UINT32_MAX;
        from = high ? w - 1 : w + 1;
        if (d + 1u < level->depth) {
            d++;
            stop /= 64;
        } else /* words beside each other, that nothing is above */
            from = from * 64 + (high ? 63 : 0);
    }
    for (;;) {
        w = w << 6 | bit_in(x, high);
        if (d-- == 0)
            return (high ? w < to : w > to) ? UINT32_MAX : w;
        x = gather(words + level->offset[d] + w * ORDERS, order);
    }
}
