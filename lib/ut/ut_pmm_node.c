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

/* Has x a field of zeros?  one, top: the lowest, highest bit of each field. */
static inline bool has_zero(uint64_t x, uint64_t one, uint64_t top)
{
    return (x - one) & ~x & top;
}

/* 1 + order of the longest aligned run of zeros; 0: there is none. */
unsigned ut_pmm_word_run_(uint64_t used)
{
    if ((uint32_t)used == 0 || used >> 32 == 0)
        return used ? 6 : 7;
    if (has_zero(used, 0x0001000100010001u, 0x8000800080008000u))
        return 5;
    if (has_zero(used, 0x0101010101010101u, 0x8080808080808080u))
        return 4;
    if (has_zero(used, 0x1111111111111111u, 0x8888888888888888u))
        return 3;
    if (has_zero(used, 0x5555555555555555u, 0xaaaaaaaaaaaaaaaau))
        return 2;
    return ~used != 0;
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

/* What holds for chunks only: pools, and the set of those held. */
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
        ut_pmm_index_join_(p, 0, SET_HELD, i, 0);
    else
        ut_pmm_index_leave_(p, 0, SET_HELD, i, 0);
}

/* Brings the index and lists up to date; order: of the longest free run, or -1
 * if the node is not to be searched. */
static inline void refresh(struct ut_pmm *p, unsigned l, uint32_t i,
                           struct ut_pmm_node *n, int order)
{
    int was = n->indexed;

    if (n->owner)
        order = -1;
    if (order != was) {
        n->indexed = (int8_t)order;
        if (was >= 0)
            ut_pmm_index_leave_(p, l, n->set, i, (unsigned)was);
        if (order >= 0)
            ut_pmm_index_join_(p, l, n->set, i, (unsigned)order);
    }
    if (n->owner || n->mode || n->flags & NODE_HELD)
        refresh_chunk(p, i, n);
}

/* An empty chunk becomes its user's. */
static void adopt(struct ut_pmm *p, uint32_t i, struct ut_pmm_node *n,
                  const struct ut_pmm_use *use)
{
    if (n->indexed >= 0)
        ut_pmm_index_leave_(p, 0, n->set, i, (unsigned)n->indexed);
    n->indexed = -1;
    if (n->set != SET_DEVICE)
        n->set = use->cls;
    if (p->pools && !n->owner)
        n->owner = use->owner;
}

void ut_pmm_take_(struct ut_pmm *p, const struct ut_pmm_region *r, unsigned l,
                  uint64_t rp, unsigned count, bool start,
                  const struct ut_pmm_use *use)
{
    for (;; l++) {
        uint64_t at = rp >> (NODE_BITS * l);
        uint32_t i = r->first[l] + (uint32_t)(at >> NODE_BITS);
        struct ut_pmm_node *n = node_at(p, l, i);
        unsigned bit = (unsigned)at % NODE_UNITS;
        bool was_split = n->flags & NODE_SPLIT;

        if (l == 0 && n->free == n->units)
            adopt(p, i, n, use);
        turn(n, bit, count);
        if (start)
            n->start[bit / 64] |= (uint64_t)1 << bit % 64;
        n->free = (uint16_t)(n->free - count);
        n->flags |= NODE_SPLIT;
        n->largest = (int8_t)ut_pmm_largest_(n->runs);
        refresh(p, l, i, n, n->largest > 8 ? 8 : n->largest);
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
        uint64_t at = rp >> (NODE_BITS * l);
        uint32_t i = r->first[l] + (uint32_t)(at >> NODE_BITS);
        struct ut_pmm_node *n = node_at(p, l, i);
        bool is_free;

        turn(n, (unsigned)at % NODE_UNITS, count);
        n->free = (uint16_t)(n->free + count);
        is_free = n->free == n->units && !n->mode;
        if (is_free && n->owner) {
            if (n->listed)
                unlist(p, n);
            n->owner = UT_OWNER_NONE;
        }
        if (!is_free || l == r->top) {
            n->largest = (int8_t)ut_pmm_largest_(n->runs);
            refresh(p, l, i, n, n->largest > 8 ? 8 : n->largest);
            return;
        }
        n->flags &= (uint8_t)~NODE_SPLIT;
        n->largest = 9;
        refresh(p, l, i, n, -1);
        count = 1;
    }
}
