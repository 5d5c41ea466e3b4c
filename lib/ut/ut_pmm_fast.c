/* SPDX-License-Identifier: BSD-2-Clause */
/* The common calls in few instructions: one aligned power of two, from anywhere
 * or from nodes that lie in a range, without pools.  What does not fit has
 * changed nothing and goes the general way, which finds the same. */
#include "ut_pmm_fast.h"

#define ALL_FREE 0x77777777u /* runs of a node without a used unit */

void ut_pmm_reindex_(struct ut_pmm *p, unsigned l, uint32_t i,
                     struct ut_pmm_node *n)
{
    int largest = ut_pmm_largest_(n->runs), was = n->indexed;

    n->largest = (int8_t)largest;
    if (largest > 8)
        largest = 8;
    if (largest == was)
        return;
    n->indexed = (int8_t)largest;
    if (was >= 0)
        ut_pmm_index_leave_(p, l, n->set, i, (unsigned)was);
    if (largest >= 0)
        ut_pmm_index_join_(p, l, n->set, i, (unsigned)largest);
}

/* A node that was free as a whole: at least half of it still is, and half of
 * the word too if less than the word is taken. */
static inline void take_fresh(struct ut_pmm *p, unsigned l, uint32_t i,
                              unsigned unit, unsigned order, unsigned cls)
{
    struct ut_pmm_node *n = node_at(p, l, i);
    unsigned w = unit / 64;

    n->start[w] = (uint64_t)1 << unit % 64;
    n->runs = ALL_FREE - ((uint32_t)1 << w * 4);
    if (order < 6)
        n->used[w] = run_mask(order, unit);
    else
        for (unsigned end = w + (1u << (order - 6)); w < end; w++) {
            n->used[w] = ~(uint64_t)0;
            n->runs &= ~((uint32_t)15 << w * 4);
        }
    n->free = (uint16_t)(NODE_UNITS - (1u << order));
    n->flags = NODE_SPLIT;
    n->largest = n->indexed = 8;
    if (n->set < UT_CLASSES && l == 0)
        n->set = (uint8_t)cls;
    ut_pmm_index_join_(p, l, n->set, i, 8);
}

/* The last node of the least order that suffices; there is one. */
static inline uint32_t last_node(const struct ut_pmm *p, unsigned l,
                                 unsigned set, unsigned order)
{
    const struct ut_pmm_level *level = &p->level[l];
    const uint64_t *words = (const uint64_t *)((uintptr_t)p + level->index) +
                            set * level->words * ORDERS + order;
    unsigned d = level->depth - 1;
    uint32_t node =
        63u ^ (uint32_t)__builtin_clzll(words[level->offset[d] * ORDERS]);

    while (d-- > 0)
        node =
            node << 6 | (63u ^ (uint32_t)__builtin_clzll(
                                   words[(level->offset[d] + node) * ORDERS]));
    return node;
}

/* The first or last run of 2^order units of a node; there is one. */
static inline unsigned find_run(const struct ut_pmm_node *n, unsigned order,
                                bool high)
{
    uint32_t words;
    uint64_t x;
    unsigned w;

    if (order > 5)
        return (unsigned)ut_pmm_node_find_(n, order, 0, NODE_UNITS - 1, high);
    words = ((n->runs | 0x88888888u) - (order + 1) * 0x11111111u) & 0x88888888u;
    w = (high ? 31u ^ (unsigned)__builtin_clz(words)
              : (unsigned)__builtin_ctz(words)) >>
        2;
    x = ~n->used[w];
    if (order) {
        static const uint64_t aligned[6] = {
            ~(uint64_t)0,        0x5555555555555555u, 0x1111111111111111u,
            0x0101010101010101u, 0x0001000100010001u, 0x0000000100000001u};

        for (unsigned k = 0; k < order; k++)
            x &= x >> (1u << k);
        x &= aligned[order];
    }
    return w * 64 + (high ? 63u ^ (unsigned)__builtin_clzll(x)
                          : (unsigned)__builtin_ctzll(x));
}

struct place {
    const struct ut_pmm_region *r;
    uint64_t rp;
};

/* Takes a block of 2^order units of level l in node i of level m >= l, which
 * has a run for it. */
static inline struct place take_block(struct ut_pmm *p, unsigned l,
                                      unsigned order, unsigned m, uint32_t i,
                                      unsigned cls, bool high)
{
    struct ut_pmm_node *n = node_at(p, m, i);
    const struct ut_pmm_region *r = &p->region[n->region];
    unsigned k = m == l ? order : 0, unit = find_run(n, k, high);
    uint64_t at;

    n->free = (uint16_t)(n->free - (1u << k));
    if (set_units(n, unit, k, true))
        ut_pmm_reindex_(p, m, i, n);
    at = (uint64_t)(i - r->first[m]) << NODE_BITS | unit;
    /* Down: a unit is the node with its number in the level below. */
    while (m > l) {
        m--;
        k = m == l ? order : 0;
        unit = high ? NODE_UNITS - (1u << k) : 0;
        take_fresh(p, m, r->first[m] + (uint32_t)at, unit, k, cls);
        at = at << NODE_BITS | unit;
    }
    return (struct place){r, at << (NODE_BITS * l)};
}

/* The nodes of a level that lie wholly in pages lo..hi. */
static inline bool nodes_in(unsigned l, uint64_t lo, uint64_t hi,
                            const struct ut_pmm_region *a,
                            const struct ut_pmm_region *b, uint32_t *first,
                            uint32_t *last)
{
    unsigned shift = NODE_BITS * (l + 1);
    uint64_t end = hi - b->base + 1;

    *first = a->first[l];
    if (lo > a->base && l <= a->top)
        *first += (uint32_t)(((lo - a->base - 1) >> shift) + 1);
    *last = b->first[l];
    if (l <= b->top)
        *last += end < region_pages(b) ? (uint32_t)(end >> shift)
                                       : region_nodes(b, l);
    return *first < (*last)--;
}

/* A chunk with a mode needs more care than is taken here: no region. */
static bool take_found(struct ut_pmm *p, unsigned l, unsigned order, unsigned m,
                       uint32_t i, unsigned cls, struct place *at)
{
    if (i == UINT32_MAX)
        return false;
    if (m == 0 && node_at(p, 0, i)->mode)
        at->r = NULL;
    else
        *at = take_block(p, l, order, m, i, cls, false);
    return true;
}

static bool alloc_in_range(struct ut_pmm *p, const struct ut_req *req,
                           unsigned order, struct place *at)
{
    uint64_t max = req->max - 1 < UINT64_MAX - 1 ? req->max : UINT64_MAX;
    uint64_t lo = (req->min >> UT_PAGE_BITS) +
                  ((req->min & ((1u << UT_PAGE_BITS) - 1)) != 0);
    uint64_t hi =
        (max >> UT_PAGE_BITS) - ((~max & ((1u << UT_PAGE_BITS) - 1)) != 0);
    unsigned l = order / NODE_BITS, set = l ? 0 : req->cls;
    uint32_t a, b, first, last;

    if (hi - lo < ((uint64_t)2 << order) || hi > max || lo > hi)
        return false;
    a = ut_pmm_region_from_(p, lo, false);
    b = ut_pmm_region_from_(p, hi, false);
    if (b == p->regions_ram || p->region[b].base > hi)
        b--;
    if ((int32_t)b < (int32_t)a)
        return false;
    for (unsigned m = l; m < p->levels; m++) {
        unsigned k = m == l ? order % NODE_BITS : 0;

        if (p->level[m].orders[set] >> k &&
            nodes_in(m, lo, hi, &p->region[a], &p->region[b], &first, &last) &&
            take_found(p, l, order % NODE_BITS, m,
                       ut_pmm_index_find_(p, m, set, k, first, last, false),
                       req->cls, at))
            return true;
        set = 0;
    }
    for (set = 0; l == 0 && set < UT_CLASSES; set++)
        if (set != req->cls && p->level[0].orders[set] >> order &&
            nodes_in(0, lo, hi, &p->region[a], &p->region[b], &first, &last) &&
            take_found(p, 0, order, 0,
                       ut_pmm_index_find_(p, 0, set, order, first, last, false),
                       req->cls, at))
            return true;
    return false;
}

/* From anywhere: in the class, in larger free units, in another class. */
static inline bool alloc_anywhere(struct ut_pmm *p, unsigned order,
                                  unsigned cls, struct place *at)
{
    unsigned l, k, m, set = cls;
    uint32_t i;

    for (l = 0; order >= NODE_BITS; order -= NODE_BITS)
        l++, set = 0;
    k = order;
    for (m = l; p->level[m].orders[set] >> k == 0; k = set = 0)
        if (++m >= p->levels)
            break;
    if (m >= p->levels) {
        if (l)
            return false;
        for (m = 0, k = order; p->level[0].orders[set] >> k == 0;)
            if (++set >= UT_CLASSES)
                return false;
    }
    i = last_node(p, m, set,
                  k + (unsigned)__builtin_ctz(p->level[m].orders[set] >> k));
    if (m == 0 && node_at(p, 0, i)->mode)
        return false;
    *at = take_block(p, l, order, m, i, cls, true);
    return true;
}

ut_err_t ut_pmm_alloc(struct ut_pmm *p, const struct ut_req *req,
                      ut_owner_t owner, struct ut_blk *blk,
                      struct ut_fault *fault)
{
    unsigned order = req->size_bits - UT_PAGE_BITS, set = req->cls;
    struct place at;

    if (order >= UT_PMM_ORDERS || req->count != 1 ||
        req->align_bits > req->size_bits || set >= UT_CLASSES || p->pools ||
        req->flags & (UT_DEVICE | UT_HIGH | UT_LOW))
        return ut_pmm_alloc_any_(p, req, owner, blk, fault);
    if (!(req->min || req->max + 1 > 1 ? alloc_in_range(p, req, order, &at)
                                       : alloc_anywhere(p, order, set, &at)) ||
        !at.r)
        return ut_pmm_alloc_any_(p, req, owner, blk, fault);
    p->pages_free[0] -= (uint64_t)1 << (req->size_bits - UT_PAGE_BITS);
    if (p->flags & UT_PMM_TAGS)
        *tag_at(p, at.r->tags + at.rp) = owner;
    blk->paddr = (at.r->base + at.rp) << UT_PAGE_BITS;
    blk->count = 1;
    blk->size_bits = req->size_bits;
    return UT_OK;
}
