/* SPDX-License-Identifier: BSD-2-Clause */
/* Slab: all memory is cut into untypeds of 4 KiB at the start, and never put
 * together again.
 *
 *   own slots   | 0 | 1 | 2 |   | 4 | ...    page number - first page: the
 *                 |   |   |       |          untyped is found without a book
 *   memory      [4K][4K][4K] -- [4K]         (-- the kernel's own: no untyped)
 *
 * One call an object, whatever its size below a page, and nothing larger
 * than a page ever.  The free pages are a stack.
 */
#include "strategy.h"

#define PAGE_BITS 12u
#define NONE      UINT32_MAX

struct slab {
    const struct strategy_ops *ops;
    const struct strategy_config *config;
    uint64_t first_page;
    uint32_t free;   /* top of the stack */
    uint32_t next[]; /* of each page, below it in the stack */
};

static uint64_t page_of(uint64_t address)
{
    return address >> PAGE_BITS;
}

/* From the first page to the last of all regions, holes included. */
static uint64_t page_span(const struct strategy_config *c, uint64_t *first)
{
    uint64_t low = UINT64_MAX, high = 0;

    for (uint32_t i = 0; i < c->region_count; i++) {
        const struct strategy_region *r = &c->regions[i];
        uint64_t end =
            page_of(r->base) + (UINT64_C(1) << r->size_bits >> PAGE_BITS);

        if (r->size_bits < PAGE_BITS)
            continue;
        low = page_of(r->base) < low ? page_of(r->base) : low;
        high = end > high ? end : high;
    }
    *first = low;
    return high > low ? high - low : 0;
}

static uint64_t slab_slots_wanted(const struct strategy_config *config)
{
    uint64_t first;

    return page_span(config, &first);
}

static size_t slab_memory_bytes(const struct strategy_config *config)
{
    uint64_t first;

    return sizeof(struct slab) + page_span(config, &first) * sizeof(uint32_t);
}

/* Cuts a region, from its first page up, as many pages a call as the kernel
 * makes at once. */
static bool region_cut(struct slab *s, const struct strategy_region *r)
{
    uint64_t page = page_of(r->base) - s->first_page;
    uint64_t end = page + (UINT64_C(1) << r->size_bits >> PAGE_BITS);

    while (page < end) {
        uint64_t count = end - page;

        if (count > s->config->fanout)
            count = s->config->fanout;
        if (s->ops->retype(s->ops->context, r->slot, STRATEGY_UNTYPED,
                           PAGE_BITS, s->config->first_slot + page,
                           (unsigned)count) != 0)
            return false;
        page += count;
    }
    return true;
}

static enum strategy_result slab_start(void *memory,
                                       const struct strategy_ops *ops,
                                       const struct strategy_config *config)
{
    struct slab *s = memory;
    uint64_t span = page_span(config, &s->first_page);

    s->ops = ops;
    s->config = config;
    s->free = NONE;
    if (span > config->slot_count || span >= NONE)
        return STRATEGY_NO_BOOKS;
    for (uint32_t i = 0; i < config->region_count; i++)
        if (config->regions[i].size_bits >= PAGE_BITS &&
            !region_cut(s, &config->regions[i]))
            return STRATEGY_REFUSED;
    /* The lowest page ends up on top. */
    for (uint32_t i = config->region_count; i-- > 0;) {
        const struct strategy_region *r = &config->regions[i];
        uint64_t page = page_of(r->base) - s->first_page;
        uint64_t end = page + (UINT64_C(1) << r->size_bits >> PAGE_BITS);

        if (r->size_bits < PAGE_BITS)
            continue;
        while (end-- > page) {
            s->next[end] = s->free;
            s->free = (uint32_t)end;
        }
    }
    return STRATEGY_DONE;
}

static enum strategy_result
slab_allocate(void *memory, const struct strategy_request *request,
              struct strategy_block *block)
{
    struct slab *s = memory;
    uint32_t page = s->free;

    if (request->size_bits > PAGE_BITS)
        return STRATEGY_TOO_LARGE;
    if (page == NONE)
        return STRATEGY_NO_MEMORY;
    if (s->ops->retype(s->ops->context, s->config->first_slot + page,
                       request->type, request->user_bits, request->slot,
                       1) != 0)
        return STRATEGY_REFUSED;
    s->free = s->next[page];
    *block = (struct strategy_block){
        .base = (s->first_page + page) << PAGE_BITS,
        .size_bits = request->size_bits,
        .slot = request->slot,
        .name = page,
    };
    return STRATEGY_DONE;
}

/* Revokes the page's untyped: a copy that the client forgot dies too. */
static enum strategy_result slab_free(void *memory,
                                      const struct strategy_block *block)
{
    struct slab *s = memory;

    if (s->ops->revoke(s->ops->context, s->config->first_slot + block->name) !=
        0)
        return STRATEGY_REFUSED;
    s->next[block->name] = s->free;
    s->free = block->name;
    return STRATEGY_DONE;
}

static int slab_largest_free_bits(const void *memory)
{
    const struct slab *s = memory;

    return s->free == NONE ? -1 : (int)PAGE_BITS;
}

static uint64_t slab_slots_used(const void *memory)
{
    const struct slab *s = memory;

    return slab_slots_wanted(s->config);
}

const struct strategy strategy_slab = {
    .name = "slab",
    .summary = "untypeds of 4 KiB, named by page number",
    .slots_wanted = slab_slots_wanted,
    .memory_bytes = slab_memory_bytes,
    .start = slab_start,
    .allocate = slab_allocate,
    .free = slab_free,
    .largest_free_bits = slab_largest_free_bits,
    .slots_used = slab_slots_used,
};
