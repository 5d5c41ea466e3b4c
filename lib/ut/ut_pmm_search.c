/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

/* Nodes of a level that have a free run of an order from this one on: of
 * level 0, chunks of all classes, and those that are free. */
struct wanted {
    const struct ut_pmm *p;
    const struct ut_pmm_kind *kind;
    unsigned level, order;
};

static inline uint64_t gather(const struct wanted *q, unsigned depth,
                              uint32_t word)
{
    const struct ut_pmm_index *x = &q->kind->level[q->level].index;
    const uint64_t *w = words_at(q->p, x, depth, word);
    uint64_t any = 0;

    if (q->level > 0) {
        for (unsigned k = q->order; k < ORDERS; k++)
            any |= w[k];
        return any;
    }
    any = w[FREE_CHUNKS];
    if (depth == 0)
        any = ~node_at(q->p, &q->kind->level[1], word / NODE_WORDS)
                   ->used[word % NODE_WORDS];
    for (unsigned k = q->order * UT_CLASSES; k < FREE_CHUNKS; k += UT_CLASSES)
        any |= w[k] | w[k + 1] | w[k + 2] | w[k + 3];
    return any;
}

/* The first of them from `i' on (high: the last down from it); UINT32_MAX:
 * none.  Each depth ends with a word that stays empty, where going up may come
 * to. */
static uint32_t find(const struct wanted *q, uint32_t i, bool high)
{
    unsigned depth = 0;
    uint64_t x;

    for (;;) {
        x = gather(q, depth, i / 64);
        x &= high ? ~(uint64_t)0 >> (63 - i % 64) : ~(uint64_t)0 << i % 64;
        if (x)
            break;
        i /= 64;
        if (++depth == q->kind->level[q->level].index.depths ||
            (high && i == 0))
            return UINT32_MAX;
        i = high ? i - 1 : i + 1;
    }
    i = (i & ~63u) + bit_pick(x, high);
    while (depth-- > 0)
        i = i * 64 + bit_pick(gather(q, depth, i), high);
    return i;
}

/* Aligned runs of 2^order free units, order below 6: the first bit of each. */
static uint64_t fold(uint64_t used, unsigned order)
{
    uint64_t x = ~used;

    for (unsigned k = 0; k < order; k++)
        x &= x >> (1u << k);
    return x & ~(uint64_t)0 / (((uint64_t)1 << (1u << order)) - 1);
}

/* A free run of 2^order units that lies in lo..hi; -1: none. */
static int node_find(const struct ut_pmm_node *n, unsigned order, unsigned lo,
                     unsigned hi, bool high)
{
    uint64_t words = n->runs >> order;

    if (order > 6) {
        words = n->runs >> 6;
        words &= words >> 8 & UINT64_C(0x0001000100010001);
        if (order > 7)
            words &= words >> 16 & UINT64_C(0x0000000100000001);
    }
    words &= EACH & bits_between(lo / 64 * 8, hi / 64 * 8);
    /* Only the words at lo and hi may disappoint. */
    while (words) {
        unsigned w = bit_pick(words, high) / 8;
        uint64_t x;

        if (order >= 6)
            return (int)(w * 64);
        x = fold(n->used[w], order);
        if (w == lo / 64)
            x &= ~(uint64_t)0 << lo % 64;
        if (w == hi / 64)
            x &= ~(uint64_t)0 >> (63 - hi % 64);
        if (x)
            return (int)(w * 64 + bit_pick(x, high));
        words &= ~((uint64_t)1 << w * 8);
    }
    return -1;
}

/* The region of the kind that has this chunk. */
static const struct ut_pmm_region *region_of(const struct ut_pmm *p,
                                             const struct ut_pmm_kind *kind,
                                             uint32_t chunk)
{
    const struct ut_pmm_region *r = &p->region[kind->first];
    uint32_t n = kind->end - kind->first;

    while (n > 1) {
        uint32_t half = n / 2;

        if (r[half].chunk <= chunk)
            r += half;
        n -= half;
    }
    return r;
}

struct search {
    struct wanted w;
    bool high;
    const struct ut_pmm_region *region; /* where it was found */
    uint64_t rp;
};

/* Looks at a member of the level's index, between two of its units. */
static bool look(struct search *q, uint32_t member, unsigned lo, unsigned hi)
{
    const struct ut_pmm_node *n;
    uint32_t chunk = member;
    uint64_t rp;
    int unit;

    if (q->w.level == 0) {
        q->region = region_of(q->w.p, q->w.kind, chunk);
        rp = (uint64_t)(chunk - q->region->chunk) << NODE_BITS;
        unit = node_find(chunk_at(q->w.p, q->region, rp), q->w.order, lo, hi,
                         q->high);
        q->rp = rp + (unsigned)unit;
        return unit >= 0;
    }
    n = node_at(q->w.p, &q->w.kind->level[q->w.level], member);
    unit = node_find(n, q->w.order, lo, hi, q->high);
    if (unit < 0)
        return false;
    chunk = ((member << NODE_BITS) + (uint32_t)unit)
            << NODE_BITS * (q->w.level - 1);
    q->region = region_of(q->w.p, q->w.kind, chunk);
    q->rp = (uint64_t)(chunk - q->region->chunk) << NODE_BITS;
    return true;
}

/* Anywhere, in one set of bitmaps: in that of the lowest order that has any, at
 * the highest address. */
static bool search_set(struct search *q, unsigned set)
{
    const struct ut_pmm_index *x = &q->w.kind->level[q->w.level].index;
    unsigned depth = x->depths - 1u, step = q->w.level ? 1 : UT_CLASSES;
    const uint64_t *root = words_at(q->w.p, x, depth, 0);
    unsigned b = set + q->w.order * step;
    uint32_t i;

    for (; !root[b]; b += step)
        if (b + step >= ORDERS * step)
            return false;
    i = bit_pick(root[b], q->high);
    while (depth-- > 0)
        i = i * 64 + bit_pick(words_at(q->w.p, x, depth, i)[b], q->high);
    return look(q, i, 0, NODE_UNITS - 1);
}

static bool search_anywhere(struct search *q, unsigned cls)
{
    unsigned order = q->w.order;
    bool is_found = search_set(q, q->w.level ? 0 : cls);

    if (is_found || q->w.level > 0)
        return is_found;
    q->w.level = 1;
    q->w.order = 0;
    if (search_set(q, 0)) {
        if (q->high)
            q->rp += NODE_UNITS - (1u << order);
        return true;
    }
    q->w.level = 0;
    q->w.order = order;
    for (unsigned c = 0; c < UT_CLASSES && !is_found; c++)
        is_found = search_set(q, c);
    return is_found;
}

/* Where pages lo..hi lie in the row of the kind's pages, which is its chunks'
 * numbers times 512; both rounded to whole blocks.  False: nowhere. */
static bool row_of(const struct search *q, unsigned order, uint64_t *lo,
                   uint64_t *hi)
{
    bool device = q->w.kind != &q->w.p->kind[0];
    uint64_t begin = 0, end = 0, mask = ((uint64_t)1 << order) - 1;
    uint32_t i = ut_pmm_region_from_(q->w.p, *lo, device);
    const struct ut_pmm_region *r = &q->w.p->region[i];

    if (i == q->w.kind->end)
        return false;
    if (*lo > r->base)
        begin = *lo - r->base;
    begin += (uint64_t)r->chunk << NODE_BITS;
    i = ut_pmm_region_from_(q->w.p, *hi, device);
    r = &q->w.p->region[i];
    if (i < q->w.kind->end && r->base <= *hi)
        end = *hi - r->base + 1;
    else if (i-- == q->w.kind->first)
        return false;
    else
        end = region_pages(--r);
    end += (uint64_t)r->chunk << NODE_BITS;
    *lo = (begin + mask) & ~mask;
    *hi = (end & ~mask) - 1;
    return *lo < *hi + 1;
}

/* In the range: at the lowest address (high: the highest), of whatever class;
 * lo, hi: in the row. */
static bool search_range(struct search *q, uint64_t lo, uint64_t hi)
{
    unsigned bits = NODE_BITS * q->w.level;
    uint32_t first, last, at;

    lo >>= bits;
    hi >>= bits;
    first = (uint32_t)(lo >> NODE_BITS);
    last = (uint32_t)(hi >> NODE_BITS);
    for (at = q->high ? last : first;; at = q->high ? at - 1 : at + 1) {
        if (at < first || at > last)
            return false;
        at = find(&q->w, at, q->high);
        if (at < first || at > last)
            return false;
        /* Only what the range has of the nodes at its ends may disappoint. */
        if (look(q, at, at == first ? (unsigned)lo % NODE_UNITS : 0,
                 at == last ? (unsigned)hi % NODE_UNITS : NODE_UNITS - 1))
            return true;
    }
}

UT_PMM_HOT bool ut_pmm_search_(const struct ut_pmm *p,
                               const struct ut_pmm_shape *s,
                               const struct ut_pmm_region **r, uint64_t *rp)
{
    struct search q = {.w = {p, &p->kind[s->device], s->order / NODE_BITS,
                             s->order % NODE_BITS},
                       .high = s->high};
    uint64_t lo = s->lo, hi = s->hi;
    bool is_found;

    if (q.w.level > q.w.kind->levels)
        return false;
    if (s->limited)
        is_found = row_of(&q, s->order, &lo, &hi) && search_range(&q, lo, hi);
    else
        is_found = search_anywhere(&q, s->cls);
    *r = q.region;
    *rp = q.rp;
    return is_found;
}
