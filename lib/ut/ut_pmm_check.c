/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

/* A node's sums are those of its map. */
static const char *check_sums(const struct ut_pmm_node *n)
{
    for (unsigned w = 0; w < NODE_WORDS; w++) {
        if (n->start[w] & ~n->used[w])
            return "a block begins in a unit that is free";
        if ((n->runs >> w * 8 & 0xff) != ut_pmm_word_orders_(n->used[w]))
            return "a word's orders disagree with its map";
    }
    if (n->orders != ut_pmm_node_orders_(n->runs))
        return "a node's orders disagree with its words";
    return NULL;
}

/* The member is in these bitmaps of the index, and in no others. */
static bool is_indexed(const struct ut_pmm *p, const struct ut_pmm_index *x,
                       uint32_t member, uint64_t bitmaps)
{
    const uint64_t *w = words_at(p, x, 0, member / 64);

    for (unsigned b = 0; b < x->bitmaps; b++)
        if ((w[b] >> member % 64 & 1) != (bitmaps >> b & 1))
            return false;
    return true;
}

/* A summary's bit says whether its word has any. */
static const char *check_summaries(const struct ut_pmm *p,
                                   const struct ut_pmm_level *level,
                                   const struct ut_pmm_level *above)
{
    const struct ut_pmm_index *x = &level->index;

    for (unsigned d = 1; d < x->depths; d++)
        for (uint32_t i = 0; i < x->from[d] - x->from[d - 1] - 1; i++)
            for (unsigned b = 0; b < x->bitmaps; b++) {
                bool any = words_at(p, x, d - 1, i)[b];

                if (d == 1 && b == FREE_CHUNKS)
                    any = ~node_at(p, above, i / NODE_WORDS)
                               ->used[i % NODE_WORDS];
                if ((words_at(p, x, d, i / 64)[b] >> i % 64 & 1) != any)
                    return "a summary disagrees with its word";
            }
    return NULL;
}

static const char *check_levels(const struct ut_pmm *p,
                                const struct ut_pmm_kind *kind)
{
    const char *wrong = NULL;

    for (unsigned l = 1; l <= kind->levels && !wrong; l++) {
        const struct ut_pmm_level *level = &kind->level[l];

        for (uint32_t i = 0; i < level->count; i++) {
            const struct ut_pmm_node *n = node_at(p, level, i);

            wrong = check_sums(n);
            if (wrong)
                return wrong;
            if (!is_indexed(p, &level->index, i, bitmap_of(n->orders)))
                return "a node is not indexed by its longest free run";
            if (l < kind->levels &&
                bit_of(node_at(p, &kind->level[l + 1], i / NODE_UNITS)->used,
                       i % NODE_UNITS) == node_is_free(n))
                return "a node is free and above it is not, or the reverse";
        }
        wrong = check_summaries(p, level, NULL);
    }
    if (kind->levels && !wrong)
        wrong = check_summaries(p, &kind->level[0], &kind->level[1]);
    return wrong;
}

/* What a used page or chunk without a start continues. */
static const char *check_starts(const struct ut_pmm *p,
                                const struct ut_pmm_region *r, uint64_t rp)
{
    enum ut_pmm_state was = PAGE_FREE;
    uint64_t end = rp;

    if (rp > 0)
        was = ut_pmm_extent_(p, r, rp - 1, &end);
    for (uint64_t stop = rp + NODE_UNITS; rp < stop && rp < region_pages(r);
         rp = end) {
        enum ut_pmm_state is = ut_pmm_extent_(p, r, rp, &end);

        if (is == PAGE_REST && was == PAGE_FREE)
            return "a block goes on where none was before";
        was = is;
        if (end > stop)
            break;
    }
    return NULL;
}

static unsigned order_of(unsigned orders)
{
    return bit_high(orders);
}

static const char *check_chunk(const struct ut_pmm *p,
                               const struct ut_pmm_region *r, uint64_t rp)
{
    const struct ut_pmm_node *n = chunk_at(p, r, rp), *above;
    const struct ut_pmm_kind *kind = &p->kind[r->device];
    unsigned unit = chunk_of(r, rp) % NODE_UNITS;
    const char *wrong = check_sums(n);
    uint64_t bitmaps = 0;

    if (wrong)
        return wrong;
    above = above_at(p, r, rp);
    if (!node_is_free(n)) {
        if (!bit_of(above->used, unit) || !bit_of(above->start, unit))
            return "a split chunk is not marked used and start";
        if (n->cls >= UT_CLASSES)
            return "a chunk's class is out of range";
        if (n->orders)
            bitmaps = (uint64_t)1
                      << (order_of(n->orders) * UT_CLASSES + n->cls);
    }
    if (!is_indexed(p, &kind->level[0].index, chunk_of(r, rp), bitmaps))
        return "a chunk is not indexed by its longest free run";
    for (unsigned i = region_pages(r) < NODE_UNITS ? 1u << r->order
                                                   : NODE_UNITS;
         i < NODE_UNITS; i++)
        if (!bit_of(n->used, i))
            return "what is behind a region is not closed";
    return check_starts(p, r, rp);
}

/* Sums over the whole: pages free. */
static const char *check_totals(const struct ut_pmm *p)
{
    uint64_t free_pages[2] = {0, 0};

    for (uint32_t i = 0; i < p->regions; i++) {
        const struct ut_pmm_region *r = &p->region[i];
        uint64_t end;

        for (uint64_t rp = 0; rp < region_pages(r); rp = end)
            if (ut_pmm_extent_(p, r, rp, &end) == PAGE_FREE)
                free_pages[r->device] += end - rp;
    }
    for (unsigned d = 0; d < 2; d++)
        if (free_pages[d] != p->kind[d].pages_free)
            return "the free pages are not what they sum up to";
    return NULL;
}

const char *ut_pmm_check(const struct ut_pmm *p)
{
    const char *wrong = NULL;

    if (p->magic != UT_PMM_MAGIC)
        return "this is no map";
    for (unsigned d = 0; d < 2; d++) {
        wrong = check_levels(p, &p->kind[d]);
        if (wrong)
            return wrong;
    }
    for (uint32_t i = 0; i < p->regions; i++)
        for (uint64_t rp = 0; rp < region_pages(&p->region[i]);
             rp += NODE_UNITS) {
            wrong = check_chunk(p, &p->region[i], rp);
            if (wrong)
                return wrong;
        }
    return check_totals(p);
}
