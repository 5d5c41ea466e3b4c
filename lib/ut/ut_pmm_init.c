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
            return ut_fail_(fault, UT_EINVAL, r->size_bits, 63, r->base, 0);
        if (r->base & (((uint64_t)1 << r->size_bits) - 1))
            return ut_fail_(fault, UT_EALIGN, (uint64_t)1 << r->size_bits, 0,
                            r->base, 0);
        for (uint32_t j = 0; j < i; j++)
            if (r->base <= last_byte(&regions[j]) &&
                regions[j].base <= last_byte(r))
                return ut_fail_(fault, UT_EBUSY, 0, 0, r->base, 0);
        usable += is_usable(r);
    }
    return usable ? UT_OK : ut_fail_(fault, UT_EINVAL, count, 1, 0, 0);
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

/* Numbers the regions of a kind, and writes them down if there is a list;
 * returns how many numbers there are. */
static uint64_t plan_regions(struct ut_pmm *p, const struct ut_region *regions,
                             uint32_t count, bool device,
                             struct ut_pmm_region *list)
{
    struct ut_pmm_kind *kind = &p->kind[device];
    const struct ut_region *from = NULL;
    uint64_t number = 0;

    kind->first = p->regions;
    while ((from = next_region(regions, count, device, from))) {
        unsigned order = from->size_bits - UT_PAGE_BITS;
        uint64_t chunks = chunks_of(order);

        number = (number + chunks - 1) & ~(chunks - 1);
        if (list)
            list[p->regions] = (struct ut_pmm_region){
                .base = from->base >> UT_PAGE_BITS,
                .last = last_byte(from) >> UT_PAGE_BITS,
                .tags = p->pages,
                .chunk = (uint32_t)number,
                .node = (uint32_t)p->chunks,
                .number = (uint32_t)(from - regions),
                .order = (uint8_t)order,
                .device = device,
            };
        p->regions++;
        p->chunks += chunks;
        p->pages += (uint64_t)1 << order;
        kind->pages += (uint64_t)1 << order;
        number += chunks + 1;
    }
    kind->end = p->regions;
    return number;
}

/* The map's head: where what will lie. */
static ut_err_t plan(struct ut_pmm *p, const struct ut_region *regions,
                     uint32_t count, unsigned flags, struct ut_fault *fault,
                     struct ut_pmm_region *list)
{
    ut_err_t err = check_regions(regions, count, fault);
    uint64_t numbers[2];

    if (err)
        return err;
    *p = (struct ut_pmm){.magic = UT_PMM_MAGIC, .flags = flags};
    for (unsigned d = 0; d < 2; d++) {
        numbers[d] = plan_regions(p, regions, count, d, list);
        if (numbers[d] >= UINT32_MAX - NODE_UNITS)
            return ut_fail_(fault, UT_EINVAL, numbers[d], UINT32_MAX, 0, 0);
    }
    p->bytes = sizeof *p + p->regions * (uint64_t)sizeof p->region[0];
    for (unsigned d = 0; d < 2; d++)
        p->kind[d].level[0].nodes = p->bytes;
    p->bytes += p->chunks * sizeof(struct ut_pmm_node);
    for (unsigned d = 0; d < 2; d++)
        plan_levels(&p->kind[d], numbers[d], &p->bytes);
    p->tags = p->bytes;
    if (flags & UT_PMM_TAGS)
        p->bytes += (p->pages * sizeof(ut_owner_t) + 7) & ~(uint64_t)7;
    return UT_OK;
}

size_t ut_pmm_size(const struct ut_region *regions, uint32_t count,
                   unsigned flags)
{
    struct ut_pmm head;

    return plan(&head, regions, count, flags, NULL, NULL) ||
                   head.bytes > SIZE_MAX
               ? 0
               : (size_t)head.bytes;
}

/* Above level 0 everything begins as used: nobody's numbers stay it. */
static void make_levels(struct ut_pmm *p, struct ut_pmm_kind *kind)
{
    for (unsigned l = 1; l <= kind->levels; l++)
        for (uint32_t i = 0; i < kind->level[l].count; i++)
            for (unsigned w = 0; w < NODE_WORDS; w++)
                node_at(p, &kind->level[l], i)->used[w] = ~(uint64_t)0;
}

/* Gives all chunks of a region.  One below a chunk has one that is split for
 * ever: what is behind its end looks like a block. */
static void make_region(struct ut_pmm *p, const struct ut_pmm_region *r)
{
    struct ut_pmm_kind *kind = &p->kind[r->device];
    uint64_t chunks = chunks_of(r->order), free_pages = kind->pages_free;

    for (uint64_t i = 0; i < chunks; i++) {
        struct ut_pmm_node *n = chunk_at(p, r, i << NODE_BITS);

        n->runs = FREE_RUNS;
        n->orders = ut_pmm_node_orders_(FREE_RUNS);
    }
    ut_pmm_set_chunks_(p, kind, r->chunk, chunks, false, false);
    if (r->order < NODE_BITS)
        ut_pmm_take_(p, r, region_pages(r), NODE_UNITS - region_pages(r), 0);
    kind->pages_free = free_pages + region_pages(r);
}

ut_err_t ut_pmm_init(void *memory, size_t bytes,
                     const struct ut_region *regions, uint32_t count,
                     unsigned flags, struct ut_pmm **pmm,
                     struct ut_fault *fault)
{
    struct ut_pmm *p = memory, head;
    ut_err_t err = plan(&head, regions, count, flags, fault, NULL);

    if (err)
        return err;
    if ((uintptr_t)memory % 8)
        return ut_fail_(fault, UT_EALIGN, 8, 0, (uintptr_t)memory, 0);
    if (bytes < head.bytes)
        return ut_fail_(fault, UT_EINVAL, head.bytes, bytes, 0, 0);
    for (uint64_t i = 0; i < head.bytes / 8; i++)
        ((uint64_t *)memory)[i] = 0;
    (void)plan(p, regions, count, flags, NULL, p->region);
    for (unsigned d = 0; d < 2; d++)
        make_levels(p, &p->kind[d]);
    for (uint32_t i = 0; i < p->regions; i++)
        make_region(p, &p->region[i]);
    *pmm = p;
    return UT_OK;
}
