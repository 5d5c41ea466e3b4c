/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

static bool is_usable(const struct ut_region *r)
{
    return r->size_bits >= UT_PAGE_BITS;
}

static uint64_t last_byte(const struct ut_region *r)
{
    return r->base + (((uint64_t)1 << r->size_bits) - 1);
}

static ut_err_t check_regions(const struct ut_region *regions, uint32_t count,
                              struct ut_fault *fault)
{
    uint32_t usable = 0;

    for (uint32_t i = 0; i < count; i++) {
        const struct ut_region *r = &regions[i];

        if (r->size_bits < 4 || r->size_bits > 63)
            return ut_pmm_fail_(fault, UT_EINVAL, r->size_bits, 63, r->base, 0);
        if (r->base & (((uint64_t)1 << r->size_bits) - 1))
            return ut_pmm_fail_(fault, UT_EALIGN, (uint64_t)1 << r->size_bits,
                                0, r->base, 0);
        for (uint32_t j = 0; j < i; j++)
            if (r->base <= last_byte(&regions[j]) &&
                regions[j].base <= last_byte(r))
                return ut_pmm_fail_(fault, UT_EBUSY, 0, 0, r->base, 0);
        usable += is_usable(r);
    }
    return usable ? UT_OK : ut_pmm_fail_(fault, UT_EINVAL, count, 1, 0, 0);
}

static uint64_t chunks_of(unsigned order)
{
    return order < NODE_BITS ? 1 : (uint64_t)1 << (order - NODE_BITS);
}

/* The region of the kind that follows `last' in the order of addresses, or
 * begins it (NULL); NULL: none. */
static const struct ut_region *next_region(const struct ut_region *regions,
                                           uint32_t count, bool device,
                                           const struct ut_region *last)
{
    const struct ut_region *next = NULL;

    for (uint32_t i = 0; i < count; i++) {
        const struct ut_region *r = &regions[i];

        if (is_usable(r) && !(r->flags & UT_REGION_DEVICE) == !device &&
            (!last || r->base > last->base) && (!next || r->base < next->base))
            next = r;
    }
    return next;
}

static void plan_index(struct ut_pmm_index *x, uint64_t members,
                       unsigned bitmaps, uint64_t *bytes)
{
    uint32_t words = 0;

    x->words = *bytes;
    x->bitmaps = (uint16_t)bitmaps;
    x->depths = 0;
    do {
        members = (members + 63) / 64;
        x->from[x->depths++] = words;
        words += (uint32_t)members + 1; /* one stays empty */
    } while (members > 1);
    *bytes += (uint64_t)words * bitmaps * sizeof(uint64_t);
}

/* The levels of a kind that has so many chunks. */
static void plan_levels(struct ut_pmm_kind *kind, uint64_t chunks,
                        uint64_t *bytes)
{
    uint64_t nodes = (chunks + (NODE_UNITS - 1)) / NODE_UNITS;

    if (!nodes)
        return;
    plan_index(&kind->level[0].index, chunks, CHUNK_BITMAPS, bytes);
    for (unsigned l = 1; l == 1 || kind->level[l - 1].count > 1; l++) {
        kind->level[l].count = (uint32_t)nodes;
        kind->level[l].nodes = *bytes;
        *bytes += nodes * sizeof(struct ut_pmm_node);
        plan_index(&kind->level[l].index, nodes, ORDERS, bytes);
        kind->levels = l;
        nodes = (nodes + (NODE_UNITS - 1)) / NODE_UNITS;
    }
}

/* What a list of regions asks for. */
struct plan {
    struct ut_pmm_kind kind[2];
    uint64_t nodes, tags; /* offsets */
    uint64_t bytes;
    uint64_t chunks, pages; /* of all regions */
    uint32_t regions;
};

/* Numbers the regions of a kind, and writes them down if there is a list;
 * returns how many numbers there are. */
static uint64_t plan_regions(struct plan *plan, const struct ut_region *regions,
                             uint32_t count, bool device,
                             struct ut_pmm_region *list)
{
    const struct ut_region *from = NULL;
    uint64_t number = 0;

    plan->kind[device].first = plan->regions;
    while ((from = next_region(regions, count, device, from))) {
        unsigned order = from->size_bits - UT_PAGE_BITS;
        uint64_t chunks = chunks_of(order);

        number = (number + chunks - 1) & ~(chunks - 1);
        if (list)
            list[plan->regions] = (struct ut_pmm_region){
                .base = from->base >> UT_PAGE_BITS,
                .last = last_byte(from) >> UT_PAGE_BITS,
                .tags = plan->pages,
                .chunk = (uint32_t)number,
                .node = (uint32_t)plan->chunks,
                .number = (uint32_t)(from - regions),
                .order = (uint8_t)order,
                .device = device,
            };
        plan->regions++;
        plan->chunks += chunks;
        plan->pages += (uint64_t)1 << order;
        number += chunks + 1;
    }
    plan->kind[device].end = plan->regions;
    return number;
}

/* False: more chunks than a number counts. */
static bool plan_map(struct plan *plan, const struct ut_region *regions,
                     uint32_t count, unsigned flags, struct ut_pmm_region *list)
{
    uint64_t numbers[2];

    *plan = (struct plan){0};
    for (unsigned d = 0; d < 2; d++) {
        numbers[d] = plan_regions(plan, regions, count, d, list);
        if (numbers[d] >= UINT32_MAX - NODE_UNITS)
            return false;
    }
    plan->nodes = sizeof(struct ut_pmm) +
                  plan->regions * (uint64_t)sizeof(struct ut_pmm_region);
    plan->bytes = plan->nodes + plan->chunks * sizeof(struct ut_pmm_node);
    for (unsigned d = 0; d < 2; d++) {
        plan->kind[d].level[0].nodes = plan->nodes;
        plan_levels(&plan->kind[d], numbers[d], &plan->bytes);
    }
    plan->tags = plan->bytes;
    if (flags & UT_PMM_TAGS)
        plan->bytes += (plan->pages * sizeof(ut_owner_t) + 7) & ~(uint64_t)7;
    return true;
}

size_t ut_pmm_size(const struct ut_region *regions, uint32_t count,
                   unsigned flags)
{
    struct plan plan;

    if (check_regions(regions, count, NULL) ||
        !plan_map(&plan, regions, count, flags, NULL) || plan.bytes > SIZE_MAX)
        return 0;
    return (size_t)plan.bytes;
}

/* Above level 0 everything begins as used: nobody's numbers stay it. */
static void make_levels(struct ut_pmm *p, struct ut_pmm_kind *kind)
{
    for (unsigned l = 1; l <= kind->levels; l++)
        for (uint32_t i = 0; i < kind->level[l].count; i++)
            for (unsigned w = 0; w < NODE_WORDS; w++)
                node_at(p, &kind->level[l], i)->used[w] = ~(uint64_t)0;
}

/* A region below a chunk has one that is split for ever: what is behind its
 * end looks like a block. */
static void make_region(struct ut_pmm *p, const struct ut_pmm_region *r)
{
    struct ut_pmm_kind *kind = &p->kind[r->device];
    uint64_t chunks = chunks_of(r->order);

    for (uint64_t i = 0; i < chunks; i++) {
        struct ut_pmm_node *n = chunk_at(p, r, i << NODE_BITS);

        n->runs = FREE_RUNS;
        n->orders = ut_pmm_node_orders_(FREE_RUNS);
    }
    kind->pages += region_pages(r);
    kind->pages_free += region_pages(r);
    ut_pmm_set_chunks_(p, kind, r->chunk, chunks, false, false);
    if (r->order < NODE_BITS) {
        kind->pages_free += NODE_UNITS - region_pages(r);
        ut_pmm_take_(p, r, region_pages(r), NODE_UNITS - region_pages(r), 0);
    }
}

ut_err_t ut_pmm_init(void *memory, size_t bytes,
                     const struct ut_region *regions, uint32_t count,
                     unsigned flags, struct ut_pmm **pmm,
                     struct ut_fault *fault)
{
    ut_err_t err = check_regions(regions, count, fault);
    struct ut_pmm *p = memory;
    struct plan plan;

    if (err)
        return err;
    if ((uintptr_t)memory % 8)
        return ut_pmm_fail_(fault, UT_EALIGN, 8, 0, (uintptr_t)memory, 0);
    if (!plan_map(&plan, regions, count, flags, NULL) || bytes < plan.bytes)
        return ut_pmm_fail_(fault, UT_EINVAL, plan.bytes, bytes, 0, 0);
    for (uint64_t i = 0; i < plan.bytes / 8; i++)
        ((uint64_t *)memory)[i] = 0;
    plan_map(&plan, regions, count, flags, p->region);
    p->magic = UT_PMM_MAGIC;
    p->flags = flags;
    p->regions = plan.regions;
    p->bytes = plan.bytes;
    p->tags = plan.tags;
    for (unsigned d = 0; d < 2; d++) {
        p->kind[d] = plan.kind[d];
        make_levels(p, &p->kind[d]);
    }
    for (uint32_t i = 0; i < p->regions; i++)
        make_region(p, &p->region[i]);
    *pmm = p;
    return UT_OK;
}
