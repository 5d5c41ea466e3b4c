/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

/* Levels that a region of 2^order pages has. */
static unsigned levels_of(unsigned order)
{
    return order / NODE_BITS + 1;
}

static uint64_t nodes_of(unsigned order, unsigned l)
{
    unsigned bits = NODE_BITS * (l + 1);

    if (l >= levels_of(order))
        return 0;
    return order <= bits ? 1 : (uint64_t)1 << (order - bits);
}

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

/* Everything but what the regions say: counts, and where what lies. */
struct plan {
    struct ut_pmm_level level[LEVELS];
    uint64_t tags; /* offset */
    uint64_t bytes;
    uint32_t regions;
    unsigned levels;
};

static void plan_index(struct ut_pmm_level *l)
{
    uint32_t n = l->count;

    l->depth = 0;
    l->words = 0;
    do {
        n = (n + 63) / 64;
        l->offset[l->depth] = l->words;
        l->present[l->depth] = n;
        l->words += n;
        l->depth++;
    } while (n > 1);
}

/* False: more nodes than a number counts. */
static bool plan_map(struct plan *plan, const struct ut_region *regions,
                     uint32_t count, unsigned flags)
{
    uint64_t nodes, pages = 0;

    *plan = (struct plan){0};
    for (uint32_t i = 0; i < count; i++) {
        unsigned order = regions[i].size_bits - UT_PAGE_BITS;

        if (!is_usable(&regions[i]))
            continue;
        plan->regions++;
        pages += (uint64_t)1 << order;
        if (levels_of(order) > plan->levels)
            plan->levels = levels_of(order);
    }
    plan->bytes = sizeof(struct ut_pmm) +
                  plan->regions * (uint64_t)sizeof(struct ut_pmm_region);
    for (unsigned l = 0; l < plan->levels; l++) {
        nodes = 0;
        for (uint32_t i = 0; i < count; i++)
            if (is_usable(&regions[i]))
                nodes += nodes_of(regions[i].size_bits - UT_PAGE_BITS, l);
        if (nodes >= UINT32_MAX)
            return false;
        plan->level[l].count = (uint32_t)nodes;
        plan->level[l].nodes = plan->bytes;
        plan_index(&plan->level[l]);
        plan->level[l].index = plan->bytes + nodes * sizeof(struct ut_pmm_node);
        plan->bytes = plan->level[l].index + (uint64_t)plan->level[l].words *
                                                 ORDERS * sizeof(uint64_t) *
                                                 (l ? 2 : SETS);
    }
    plan->tags = plan->bytes;
    if (flags & UT_PMM_TAGS)
        plan->bytes += (pages * sizeof(ut_owner_t) + 7) & ~(uint64_t)7;
    return true;
}

size_t ut_pmm_size(const struct ut_region *regions, uint32_t count,
                   unsigned flags)
{
    struct plan plan;

    if (check_regions(regions, count, NULL) ||
        !plan_map(&plan, regions, count, flags) || plan.bytes > SIZE_MAX)
        return 0;
    return (size_t)plan.bytes;
}

/* Sorts by kind and address while inserting. */
static void insert_region(struct ut_pmm *p, const struct ut_region *from,
                          uint32_t number)
{
    uint8_t device = (from->flags & UT_REGION_DEVICE) != 0;
    uint64_t base = from->base >> UT_PAGE_BITS;
    uint32_t i = p->regions++;
    struct ut_pmm_region *r;

    for (; i > 0; i--) {
        r = &p->region[i - 1];
        if (r->device < device || (r->device == device && r->base < base))
            break;
        p->region[i] = *r;
    }
    r = &p->region[i];
    r->base = base;
    r->number = number;
    r->order = (uint8_t)(from->size_bits - UT_PAGE_BITS);
    r->top = (uint8_t)(levels_of(r->order) - 1);
    r->device = device;
    p->regions_ram += !device;
    p->pages[device] += region_pages(r);
    p->pages_free[device] += region_pages(r);
}

/* What is behind the region's end looks like a block that is taken. */
static void close_top(struct ut_pmm_node *n)
{
    unsigned unit = n->units;

    if (unit < NODE_UNITS)
        n->start[unit / 64] = (uint64_t)1 << unit % 64;
    for (; unit < NODE_UNITS; unit++)
        n->used[unit / 64] |= (uint64_t)1 << unit % 64;
}

static void make_region(struct ut_pmm *p, uint32_t number, uint32_t *next,
                        uint64_t *tags)
{
    struct ut_pmm_region *r = &p->region[number];

    r->tags = *tags;
    *tags += region_pages(r);
    for (unsigned l = 0; l < LEVELS; l++) {
        r->first[l] = next[l];
        next[l] += region_nodes(r, l);
        if (l < p->levels && !r->device)
            p->level[l].count_ram = next[l];
    }
    for (unsigned l = 0; l <= r->top; l++)
        for (uint32_t i = 0; i < region_nodes(r, l); i++) {
            struct ut_pmm_node *n = node_at(p, l, r->first[l] + i);

            n->region = number;
            n->indexed = -1;
            n->set = r->device ? (l ? 1 : SET_DEVICE) : 0;
            n->largest = 9;
            n->units = NODE_UNITS;
            if (r->order < NODE_BITS * (l + 1))
                n->units = (uint16_t)(1u << (r->order - NODE_BITS * l));
            n->free = n->units;
            close_top(n);
            for (unsigned w = 0; w < NODE_WORDS; w++)
                n->runs |= ut_pmm_word_run_(n->used[w]) << w * 4;
        }
    /* The topmost node is always split; giving nothing puts it in the index. */
    node_at(p, r->top, r->first[r->top])->flags = NODE_SPLIT;
    ut_pmm_give_(p, r, r->top, 0, 0);
}

ut_err_t ut_pmm_init(void *memory, size_t bytes,
                     const struct ut_region *regions, uint32_t count,
                     unsigned flags, struct ut_pmm **pmm,
                     struct ut_fault *fault)
{
    ut_err_t err = check_regions(regions, count, fault);
    uint32_t next[LEVELS] = {0};
    struct ut_pmm *p = memory;
    uint64_t tags = 0;
    struct plan plan;

    if (err)
        return err;
    if ((uintptr_t)memory % 8)
        return ut_pmm_fail_(fault, UT_EALIGN, 8, 0, (uintptr_t)memory, 0);
    if (!plan_map(&plan, regions, count, flags) || bytes < plan.bytes)
        return ut_pmm_fail_(fault, UT_EINVAL, plan.bytes, bytes, 0, 0);
    for (uint64_t i = 0; i < plan.bytes / 8; i++)
        ((uint64_t *)memory)[i] = 0;
    p->magic = UT_PMM_MAGIC;
    p->levels = (uint16_t)plan.levels;
    p->flags = (uint16_t)flags;
    p->bytes = plan.bytes;
    p->tags = plan.tags;
    for (unsigned l = 0; l < plan.levels; l++)
        p->level[l] = plan.level[l];
    for (uint32_t i = 0; i < count; i++)
        if (is_usable(&regions[i]))
            insert_region(p, &regions[i], i);
    for (uint32_t i = 0; i < p->regions; i++)
        make_region(p, i, next, &tags);
    *pmm = p;
    return UT_OK;
}
