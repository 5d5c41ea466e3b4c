/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_twin.h"

#include <string.h>

uint32_t region_length(const struct twin *t, uint32_t r)
{
    return 1u << (t->regions[r].size_bits - 12);
}

bool region_is_device(const struct twin *t, uint32_t r)
{
    return t->regions[r].flags & UT_REGION_DEVICE;
}

void twin_start(struct twin *t, const struct ut_region *regions, uint32_t count,
                bool with_pools)
{
    uint32_t chunk = 0;

    memset(t, 0, sizeof *t);
    t->regions = regions;
    t->count = count;
    t->pools = with_pools;
    for (uint32_t r = 0; r < count; r++) {
        t->first[r] = t->pages;
        t->first_chunk[r] = chunk;
        t->pages += region_length(t, r);
        chunk += (region_length(t, r) + 511) / 512;
    }
}

uint64_t address_of(const struct twin *t, uint32_t r, uint32_t rp)
{
    return t->regions[r].base + rp * PAGE;
}

bool twin_place(const struct twin *t, uint64_t base, uint64_t pages,
                struct place *at)
{
    for (uint32_t r = 0; r < t->count; r++) {
        uint64_t offset = (base - t->regions[r].base) / PAGE;

        if (base >= t->regions[r].base && pages <= PAGES_MAX &&
            offset + pages <= region_length(t, r)) {
            *at = (struct place){r, (uint32_t)offset, (uint32_t)pages};
            return true;
        }
    }
    return false;
}

uint16_t *page_at(struct twin *t, uint32_t r, uint32_t rp)
{
    return &t->page[t->first[r] + rp];
}

/* Calls for each part of a place that lies in one chunk. */
typedef bool part_fn(struct twin *t, struct place part, bool is_whole,
                     uint32_t chunk, uint32_t argument);

static bool each_part(struct twin *t, struct place at, part_fn *call,
                      uint32_t argument)
{
    uint32_t end = at.rp + at.pages;

    while (at.rp < end) {
        uint32_t stop = (at.rp | 511) + 1;

        at.pages = (stop < end ? stop : end) - at.rp;
        if (!call(t, at, at.pages == 512,
                  t->first_chunk[at.region] + at.rp / 512, argument))
            return false;
        at.rp += at.pages;
    }
    return true;
}

static bool part_is_free(struct twin *t, struct place at, bool is_whole,
                         uint32_t chunk, uint32_t owner)
{
    if (is_whole ? t->mode[chunk] != 0
                 : t->owner[chunk] && t->owner[chunk] != owner)
        return false;
    for (uint32_t i = 0; i < at.pages; i++)
        if (*page_at(t, at.region, at.rp + i))
            return false;
    return true;
}

static bool part_mark(struct twin *t, struct place at, bool is_whole,
                      uint32_t chunk, uint32_t block)
{
    if (t->pools && !is_whole && !t->owner[chunk])
        t->owner[chunk] = t->block[block].owner;
    for (uint32_t i = 0; i < at.pages; i++)
        *page_at(t, at.region, at.rp + i) = (uint16_t)block;
    return true;
}

/* Nothing is left, and nothing keeps the chunk: it is nobody's. */
static bool part_settle(struct twin *t, struct place at, bool is_whole,
                        uint32_t chunk, uint32_t unused)
{
    uint32_t rp = at.rp & ~511u;

    (void)is_whole;
    (void)unused;
    if (t->mode[chunk])
        return true;
    for (uint32_t i = rp; i < rp + 512 && i < region_length(t, at.region); i++)
        if (*page_at(t, at.region, i))
            return true;
    t->owner[chunk] = 0;
    return true;
}

void twin_mark(struct twin *t, const struct ut_blk *blk, struct place at,
               ut_owner_t owner)
{
    uint32_t b = 1;

    while (t->block[b].pages)
        b++;
    if (b > t->blocks)
        t->blocks = b;
    t->block[b].base = address_of(t, at.region, at.rp);
    t->block[b].pages = at.pages;
    t->block[b].owner = owner;
    t->block[b].blk = *blk;
    each_part(t, at, part_mark, b);
}

void twin_unmark(struct twin *t, uint32_t b)
{
    struct place at = {0};

    twin_place(t, t->block[b].base, t->block[b].pages, &at);
    for (uint32_t i = 0; i < at.pages; i++)
        *page_at(t, at.region, at.rp + i) = 0;
    each_part(t, at, part_settle, 0);
    t->block[b].pages = 0;
}

bool twin_can(struct twin *t, const struct ut_req *req, ut_owner_t owner)
{
    uint64_t bytes = (uint64_t)req->count << req->size_bits;
    uint64_t max = req->max ? req->max : UINT64_MAX;
    uint32_t order = 0;

    while ((PAGE << order) < bytes)
        order++;
    if (req->align_bits > order + 12)
        order = req->align_bits - 12u;
    for (uint32_t r = 0; r < t->count; r++)
        for (uint64_t rp = 0; rp + (1ull << order) <= region_length(t, r);
             rp += 1ull << order) {
            struct place at = {r, (uint32_t)rp, 1u << order};
            uint64_t base = address_of(t, r, at.rp);

            if (base >= req->min && base + ((PAGE << order) - 1) <= max &&
                region_is_device(t, r) == ((req->flags & UT_DEVICE) != 0) &&
                each_part(t, at, part_is_free, owner))
                return true;
        }
    return false;
}

bool twin_is_free(struct twin *t, struct place at, ut_owner_t owner)
{
    return each_part(t, at, part_is_free, owner);
}

void twin_set_mode(struct twin *t, struct place at, uint8_t mode,
                   ut_owner_t owner)
{
    uint32_t chunk = t->first_chunk[at.region] + at.rp / 512;

    t->mode[chunk] = mode;
    if (mode && t->pools && !t->owner[chunk])
        t->owner[chunk] = owner;
    each_part(t, at, part_settle, 0);
}
