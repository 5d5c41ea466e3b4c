/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

#define EACH     0x11111111u
#define AT_LEAST 0x88888888u

/* Bit i of the result: the 2^order bits from i on are set, i a multiple. */
static uint64_t fold(uint64_t x, unsigned order)
{
    static const uint64_t aligned[7] = {~(uint64_t)0,
                                        0x5555555555555555u,
                                        0x1111111111111111u,
                                        0x0101010101010101u,
                                        0x0001000100010001u,
                                        0x0000000100000001u,
                                        1};

    for (unsigned k = 0; k < order; k++)
        x &= x >> (1u << k);
    return x & aligned[order];
}

/* 1 + order of the longest aligned run of zeros; 0: there is none. */
unsigned ut_pmm_word_run_(uint64_t used)
{
    uint64_t x = ~used;
    unsigned run = 0;

    if (used == 0)
        return 7;
    if (x)
        run = 1;
    if ((x &= x >> 1 & 0x5555555555555555u))
        run = 2;
    if ((x &= x >> 2 & 0x1111111111111111u))
        run = 3;
    if ((x &= x >> 4 & 0x0101010101010101u))
        run = 4;
    if ((x &= x >> 8 & 0x0001000100010001u))
        run = 5;
    if (x & x >> 16 & 0x0000000100000001u)
        run = 6;
    return run;
}

/* In bit 4 w + 2: words w .. w + 2^(order - 6) - 1 are free, w a multiple. */
static uint32_t free_words(uint32_t runs, unsigned order)
{
    uint32_t x = runs & runs << 1 & runs << 2 & 4 * EACH;

    if (order > 6)
        x &= x >> 4 & 0x04040404u;
    if (order > 7)
        x &= x >> 8 & 0x00040004u;
    return x;
}

int ut_pmm_largest_(uint32_t runs)
{
    uint32_t x;
    int order = -1;

    if (free_words(runs, 6)) {
        if (!free_words(runs, 7))
            return 6;
        x = free_words(runs, 8);
        return x == 0 ? 7 : x & x >> 16 ? 9 : 8;
    }
    if ((x = runs & 4 * EACH)) {
        order = 3;
        runs &= (x >> 2) * 7;
    }
    if ((x = runs & 2 * EACH)) {
        order += 2;
        runs &= (x >> 1) * 7;
    }
    return order + ((runs & EACH) != 0);
}

int ut_pmm_node_find_(const struct ut_pmm_node *n, unsigned order, unsigned lo,
                      unsigned hi, bool high)
{
    uint32_t words =
        UINT32_MAX << (lo / 64 * 4) & UINT32_MAX >> (28 - hi / 64 * 4);

    if (order > 6)
        words &= free_words(n->runs, order);
    else
        words &= ((n->runs | AT_LEAST) - (order + 1) * EACH) & AT_LEAST;
    /* Only the words at lo and hi may disappoint. */
    while (words) {
        unsigned w = (high ? 31u - (unsigned)__builtin_clz(words)
                           : (unsigned)__builtin_ctz(words)) /
                     4;
        uint64_t x;

        if (order >= 6)
            return (int)(w * 64);
        x = fold(~n->used[w], order) &
            bits_between(w == lo / 64 ? lo % 64 : 0,
                         w == hi / 64 ? hi % 64 : 63);
        if (x)
            return (int)(w * 64 + (high ? 63u - (unsigned)__builtin_clzll(x)
                                        : (unsigned)__builtin_ctzll(x)));
        words &= ~((uint32_t)15 << w * 4);
    }
    return -1;
}

/* Turns units over, all of which are the other way. */
static void turn(struct ut_pmm_node *n, unsigned bit, unsigned count)
{
    unsigned end = bit + count;

    while (bit < end) {
        unsigned w = bit / 64;
        unsigned last = (w + 1) * 64 < end ? 63 : (end - 1) % 64;
        uint64_t mask = bits_between(bit % 64, last);

        n->used[w] ^= mask;
        n->start[w] &= ~mask;
        n->runs = (n->runs & ~((uint32_t)15 << w * 4)) |
                  ut_pmm_word_run_(n->used[w]) << w * 4;
        bit = (w + 1) * 64;
    }
}

static void unlist(struct ut_pmm *p, struct ut_pmm_node *n)
{
    struct ut_pmm_pool *pool = &p->pools[n->owner];

    if (n->prev)
        node_at(p, 0, n->prev - 1)->next = n->next;
    else
        pool->first[n->listed - 1] = n->next;
    if (n->next)
        node_at(p, 0, n->next - 1)->prev = n->prev;
    n->listed = 0;
    pool->chunks--;
}

static void list(struct ut_pmm *p, uint32_t i, struct ut_pmm_node *n,
                 unsigned place)
{
    struct ut_pmm_pool *pool = &p->pools[n->owner];

    n->prev = 0;
    n->next = pool->first[place - 1];
    if (n->next)
        node_at(p, 0, n->next - 1)->prev = i + 1;
    pool->first[place - 1] = i + 1;
    n->listed = (uint8_t)place;
    pool->chunks++;
}

/* What holds for chunks only: pools, and the index of those held. */
static void refresh_chunk(struct ut_pmm *p, uint32_t i, struct ut_pmm_node *n)
{
    bool is_free = n->free == n->units;
    bool is_held = n->mode && is_free;
    unsigned place = 0;

    if (n->owner)
        place = is_free ? 11 : (unsigned)(n->largest + 1) + 1;
    if (place != n->listed) {
        if (n->listed)
            unlist(p, n);
        if (place)
            list(p, i, n, place);
    }
    if (is_held == ((n->flags & NODE_HELD) != 0))
        return;
    n->flags ^= NODE_HELD;
    if (is_held)
        ut_pmm_index_raise_(p, 0, HELD, i, 0, 0);
    else
        ut_pmm_index_lower_(p, 0, HELD, i, 0, 0);
}

/* Brings what is derived from the maps up to date. */
static void refresh(struct ut_pmm *p, unsigned l, uint32_t i,
                    struct ut_pmm_node *n)
{
    int want = -1;

    n->largest = (int8_t)ut_pmm_largest_(n->runs);
    if (n->flags & NODE_SPLIT && !n->owner)
        want = n->largest > 8 ? 8 : n->largest;
    if (want > n->indexed)
        ut_pmm_index_raise_(p, l, n->cls, i, n->indexed + 1, want);
    else if (want < n->indexed)
        ut_pmm_index_lower_(p, l, n->cls, i, want + 1, n->indexed);
    n->indexed = (int8_t)want;
    if (l == 0 && (n->owner || n->mode || n->flags & NODE_HELD))
        refresh_chunk(p, i, n);
}

/* An empty chunk becomes its user's; it is in no list and no index. */
static void adopt(struct ut_pmm *p, uint32_t i, struct ut_pmm_node *n,
                  const struct ut_pmm_use *use)
{
    if (n->indexed >= 0)
        ut_pmm_index_lower_(p, 0, n->cls, i, 0, n->indexed);
    n->indexed = -1;
    n->cls = use->cls;
    if (p->pools && !n->owner)
        n->owner = use->owner;
}

void ut_pmm_take_(struct ut_pmm *p, const struct ut_pmm_region *r, unsigned l,
                  uint64_t rp, unsigned count, bool start,
                  const struct ut_pmm_use *use)
{
    for (;; l++) {
        uint32_t i = node_of(r, l, rp);
        struct ut_pmm_node *n = node_at(p, l, i);
        unsigned bit = unit_of(l, rp);
        bool was_split = n->flags & NODE_SPLIT;

        if (l == 0 && n->free == n->units)
            adopt(p, i, n, use);
        turn(n, bit, count);
        if (start)
            n->start[bit / 64] |= (uint64_t)1 << bit % 64;
        n->free = (uint16_t)(n->free - count);
        n->flags |= NODE_SPLIT;
        refresh(p, l, i, n);
        if (was_split)
            return;
        count = 1;
        start = true;
    }
}

void ut_pmm_give_(struct ut_pmm *p, const struct ut_pmm_region *r, unsigned l,
                  uint64_t rp, unsigned count)
{
    for (;; l++) {
        uint32_t i = node_of(r, l, rp);
        struct ut_pmm_node *n = node_at(p, l, i);
        bool is_done = l == r->top;

        turn(n, unit_of(l, rp), count);
        n->free = (uint16_t)(n->free + count);
        if (n->free < n->units || n->mode)
            is_done = true;
        else if (n->owner) {
            if (n->listed)
                unlist(p, n);
            n->owner = UT_OWNER_NONE;
        }
        if (!is_done)
            n->flags &= (uint8_t)~NODE_SPLIT;
        refresh(p, l, i, n);
        if (is_done)
            return;
        count = 1;
    }
}
