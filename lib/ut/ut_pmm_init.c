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
    if (usable == 0 || usable > UINT16_MAX)
        return ut_pmm_fail_(fault, UT_EINVAL, usable, UINT16_MAX, 0, 0);
    return UT_OK;
}

/* Nodes of a region of 2^order pages in level l. */
static uint64_t nodes_of(unsigned order, unsigned l)
{
    if (l > order / NODE_BITS)
        return 0;
    return ((((uint64_t)1 << order) - 1) >> (NODE_BITS * (l + 1))) + 1;
}

/* Where one level's nodes and index lie, from *bytes on. */
static void plan_level(struct ut_pmm_level *l, unsigned sets, uint64_t *bytes)
{
    uint32_t n = l->count;

    do {
        n = (n + 63) / 64;
        l->offset[l->depth++] = l->words;
        l->words += n * ORDERS;
    } while (n > TOP_WORDS);
    l->top = (uint16_t)n;
    l->maps = *bytes;
    l->index = l->maps + (uint64_t)l->count * sizeof(struct ut_pmm_map);
    l->heads = l->index + (uint64_t)l->words * sets * sizeof(uint64_t);
    *bytes = l->heads + (((uint64_t)l->count * sizeof(struct ut_pmm_head) + 7) &
                         ~(uint64_t)7);
}

/* Everything but what the regions say: counts, and where what lies.  False:
 * more nodes than a number counts. */
static bool plan_map(struct ut_pmm *p, const struct ut_region *regions,
                     uint32_t count, unsigned flags)
{
    uint64_t nodes = 1, pages = 0, usable = 0;

    *p = (struct ut_pmm){
        .magic = UT_PMM_MAGIC, .sets = UT_CLASSES, .flags = (uint16_t)flags};
    for (uint32_t i = 0; i < count; i++)
        if (is_usable(&regions[i])) {
            usable++;
            if (regions[i].flags & UT_REGION_DEVICE)
                p->sets = SETS;
        }
    p->bytes = sizeof *p + usable * sizeof(struct ut_pmm_region);
    for (unsigned l = 0; l < LEVELS && nodes; l++) {
        nodes = pages = 0;
        for (uint32_t i = 0; i < count; i++) {
            unsigned order = regions[i].size_bits - UT_PAGE_BITS;

            if (is_usable(&regions[i])) {
                nodes += nodes_of(order, l);
                pages += (uint64_t)1 << order;
            }
        }
        if (nodes >> (6 * DEPTHS))
            return false;
        if (nodes) {
            p->levels = (uint8_t)(l + 1);
            p->level[l].count = (uint32_t)nodes;
            plan_level(&p->level[l], p->sets, &p->bytes);
        }
    }
    p->tags = p->bytes;
    if (flags & UT_PMM_TAGS)
        p->bytes += (pages * sizeof(ut_owner_t) + 7) & ~(uint64_t)7;
    return p->bytes <= SIZE_MAX;
}

size_t ut_pmm_size(const struct ut_region *regions, uint32_t count,
                   unsigned flags)
{
    struct ut_pmm plan;

    if (check_regions(regions, count, NULL) ||
        !plan_map(&plan, regions, count, flags))
        return 0;
    return (size_t)plan.bytes;
}

/* Sorts by kind and address while inserting. */
static void insert_region(struct ut_pmm *p, const struct ut_region *from,
                          uint32_t number)
{
    uint8_t device = (from->flags & UT_REGION_DEVICE) != 0;
    uint64_t base = from->base >> UT_PAGE_BITS;
    struct ut_pmm_region *r = &p->region[p->regions++];

    for (; r > p->region; r--) {
        if (r[-1].device < device ||
            (r[-1].device == device && r[-1].base < base))
            break;
        *r = r[-1];
    }
    r->base = base;
    r->number = number;
    r->order = (uint8_t)(from->size_bits - UT_PAGE_BITS);
    r->device = device;
    p->regions_ram += !device;
    p->pages[device] += region_pages(r);
    p->pages_free[device] += region_pages(r);
}

/* Its nodes, all of them free; of the topmost, what is behind the region's end
 * looks like blocks that are taken. */
static void make_region(struct ut_pmm *p, struct ut_pmm_region *r)
{
    unsigned top = r->order / NODE_BITS;
    struct ut_pmm_map *map;

    for (unsigned l = 0; l <= top; l++)
        for (uint32_t i = 0; i < nodes_of(r->order, l); i++)
            *head_at(p, l, r->first[l] + i) = (struct ut_pmm_head){
                (uint16_t)(r - p->region), r->device ? SET_DEVICE : 0, -1};
    map = map_at(p, top, r->first[top]);
    map->used = map->start = ~(uint64_t)0
                             << ((uint64_t)1 << (r->order % NODE_BITS));
    ut_pmm_index_set_(p, top, r->first[top], r->order % NODE_BITS);
}

ut_err_t ut_pmm_init(void *memory, size_t bytes,
                     const struct ut_region *regions, uint32_t count,
                     unsigned flags, struct ut_pmm **pmm,
                     struct ut_fault *fault)
{
    ut_err_t err = check_regions(regions, count, fault);
    struct ut_pmm *p = memory, plan;
    struct ut_pmm_region *r;

    if (err)
        return err;
    if ((uintptr_t)memory % 8)
        return ut_pmm_fail_(fault, UT_EALIGN, 8, 0, (uintptr_t)memory, 0);
    if (!plan_map(&plan, regions, count, flags) || bytes < plan.bytes)
        return ut_pmm_fail_(fault, UT_EINVAL, plan.bytes, bytes, 0, 0);
    for (uint64_t i = 0; i < plan.bytes / 8; i++)
        ((uint64_t *)memory)[i] = 0;
    *p = plan;
    for (uint32_t i = 0; i < count; i++)
        if (is_usable(&regions[i]))
            insert_region(p, &regions[i], i);
    for (r = p->region; r < p->region + p->regions; r++) {
        if (r > p->region) {
            r->tags = r[-1].tags + region_pages(&r[-1]);
            for (unsigned l = 0; l < LEVELS; l++)
                r->first[l] =
                    r[-1].first[l] + (uint32_t)nodes_of(r[-1].order, l);
        }
        make_region(p, r);
    }
    *pmm = p;
    return UT_OK;
}
