/* SPDX-License-Identifier: BSD-2-Clause */
/* Offset: the kernel answers whether a place is free, so the allocator is
 * any allocator of ranges.  This one is a plain first fit.
 *
 *   memory   |  used  |      |used|          |used|   |
 *                     '-gap-'     '---gap---'     '-gap  by rising address
 *
 * One call an object, one capability an object, none of its own: an object
 * is made at its place in the region's untyped, and freed by its address.
 *
 * Invariant: gaps are disjoint, lie in one region each, and no two of one
 * region touch; so there are at most as many as regions and blocks together.
 */
#include "strategy.h"

#define NONE UINT32_MAX

struct gap {
    uint64_t start, end;
    uint32_t region;
    uint32_t next;
};

struct offset {
    const struct strategy_ops *ops;
    const struct strategy_config *config;
    uint32_t first;  /* lowest gap */
    uint32_t unused; /* gaps that are none */
    uint32_t blocks; /* in use */
    struct gap gaps[];
};

static uint32_t gaps_max(const struct strategy_config *config)
{
    return config->region_count + config->blocks_max;
}

/* Puts a gap behind gap `previous', or first.  There is an unused one, by
 * the invariant. */
static uint32_t gap_insert(struct offset *o, uint32_t previous, uint64_t start,
                           uint64_t end, uint32_t region)
{
    uint32_t *link = previous == NONE ? &o->first : &o->gaps[previous].next;
    uint32_t g = o->unused;

    o->unused = o->gaps[g].next;
    o->gaps[g] = (struct gap){start, end, region, *link};
    *link = g;
    return g;
}

static void gap_remove(struct offset *o, uint32_t previous, uint32_t g)
{
    uint32_t *link = previous == NONE ? &o->first : &o->gaps[previous].next;

    *link = o->gaps[g].next;
    o->gaps[g].next = o->unused;
    o->unused = g;
}

/* The first multiple of 2^bits at or above x: x is below 2^63. */
static uint64_t round_up(uint64_t x, unsigned bits)
{
    uint64_t size = UINT64_C(1) << bits;

    return (x + size - 1) / size * size;
}

static bool gap_holds(const struct gap *gap, unsigned bits, uint64_t *place)
{
    *place = round_up(gap->start, bits);
    return *place <= gap->end && gap->end - *place >= UINT64_C(1) << bits;
}

/* [place, place + bytes) of gap g is no longer free. */
static void gap_take(struct offset *o, uint32_t previous, uint32_t g,
                     uint64_t place, uint64_t bytes)
{
    struct gap *gap = &o->gaps[g];
    uint64_t end = gap->end;

    if (place == gap->start && place + bytes == end) {
        gap_remove(o, previous, g);
    } else if (place == gap->start) {
        gap->start = place + bytes;
    } else {
        gap->end = place;
        if (place + bytes != end)
            gap_insert(o, g, place + bytes, end, gap->region);
    }
}

/* [start, end) is free again, and one with the gaps that it touches. */
static void gap_give_back(struct offset *o, uint64_t start, uint64_t end,
                          uint32_t region)
{
    uint32_t previous = NONE, next = o->first;

    while (next != NONE && o->gaps[next].start < start) {
        previous = next;
        next = o->gaps[next].next;
    }
    if (next != NONE && o->gaps[next].region == region &&
        o->gaps[next].start == end)
        o->gaps[next].start = start;
    else
        next = gap_insert(o, previous, start, end, region);
    if (previous != NONE && o->gaps[previous].region == region &&
        o->gaps[previous].end == start) {
        o->gaps[previous].end = o->gaps[next].end;
        gap_remove(o, previous, next);
    }
}

static uint64_t offset_slots_wanted(const struct strategy_config *config)
{
    (void)config;
    return 0;
}

static size_t offset_memory_bytes(const struct strategy_config *config)
{
    return sizeof(struct offset) + gaps_max(config) * sizeof(struct gap);
}

static enum strategy_result offset_start(void *memory,
                                         const struct strategy_ops *ops,
                                         const struct strategy_config *config)
{
    struct offset *o = memory;

    o->ops = ops;
    o->config = config;
    o->first = NONE;
    o->unused = NONE;
    o->blocks = 0;
    for (uint32_t g = gaps_max(config); g-- > 0;) {
        o->gaps[g].next = o->unused;
        o->unused = g;
    }
    for (uint32_t i = config->region_count; i-- > 0;) {
        const struct strategy_region *r = &config->regions[i];

        gap_insert(o, NONE, r->base, r->base + (UINT64_C(1) << r->size_bits),
                   i);
    }
    return STRATEGY_DONE;
}

static enum strategy_result
offset_allocate(void *memory, const struct strategy_request *request,
                struct strategy_block *block)
{
    struct offset *o = memory;
    uint32_t previous = NONE, g = o->first;
    const struct strategy_region *region;
    uint64_t place = 0;

    if (o->blocks == o->config->blocks_max)
        return STRATEGY_NO_BOOKS;
    while (g != NONE && !gap_holds(&o->gaps[g], request->size_bits, &place)) {
        previous = g;
        g = o->gaps[g].next;
    }
    if (g == NONE)
        return STRATEGY_NO_MEMORY;
    region = &o->config->regions[o->gaps[g].region];
    if (o->ops->retype_at(o->ops->context, region->slot, request->type,
                          request->user_bits, request->slot,
                          place - region->base) != 0)
        return STRATEGY_REFUSED;
    *block = (struct strategy_block){
        .base = place,
        .size_bits = request->size_bits,
        .slot = request->slot,
        .name = o->gaps[g].region,
    };
    gap_take(o, previous, g, place, UINT64_C(1) << request->size_bits);
    o->blocks++;
    return STRATEGY_DONE;
}

/* By address: copies that the client forgot die too. */
static enum strategy_result offset_free(void *memory,
                                        const struct strategy_block *block)
{
    struct offset *o = memory;
    const struct strategy_region *region = &o->config->regions[block->name];

    if (o->ops->revoke_at(o->ops->context, region->slot,
                          block->base - region->base, block->size_bits) != 0)
        return STRATEGY_REFUSED;
    gap_give_back(o, block->base,
                  block->base + (UINT64_C(1) << block->size_bits), block->name);
    o->blocks--;
    return STRATEGY_DONE;
}

static int offset_largest_free_bits(const void *memory)
{
    const struct offset *o = memory;
    int best = -1;

    for (uint32_t g = o->first; g != NONE; g = o->gaps[g].next) {
        uint64_t place;

        while (best < 62 && gap_holds(&o->gaps[g], (unsigned)best + 1, &place))
            best++;
    }
    return best;
}

static uint64_t offset_slots_used(const void *memory)
{
    (void)memory;
    return 0;
}

const struct strategy strategy_offset = {
    .name = "offset",
    .summary = "retype at an offset, first fit",
    .needs_retype_at = true,
    .slots_wanted = offset_slots_wanted,
    .memory_bytes = offset_memory_bytes,
    .start = offset_start,
    .allocate = offset_allocate,
    .free = offset_free,
    .largest_free_bits = offset_largest_free_bits,
    .slots_used = offset_slots_used,
};
