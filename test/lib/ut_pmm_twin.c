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

void twin_start(struct twin *t, const struct ut_region *regions, uint32_t count)
{
    memset(t, 0, sizeof *t);
    t->regions = regions;
    t->count = count;
    for (uint32_t r = 0; r < count; r++) {
        t->first[r] = t->pages;
        t->pages += region_length(t, r);
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

bool twin_is_free(struct twin *t, struct place at)
{
    for (uint32_t i = 0; i < at.pages; i++)
        if (*page_at(t, at.region, at.rp + i))
            return false;
    return true;
}

static void fill(struct twin *t, struct place at, uint32_t block)
{
    for (uint32_t i = 0; i < at.pages; i++)
        *page_at(t, at.region, at.rp + i) = (uint16_t)block;
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
    fill(t, at, b);
}

void twin_unmark(struct twin *t, uint32_t b)
{
    struct place at = {0};

    twin_place(t, t->block[b].base, t->block[b].pages, &at);
    fill(t, at, 0);
    t->block[b].pages = 0;
}

bool twin_can(struct twin *t, const struct ut_req *req)
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
                twin_is_free(t, at))
                return true;
        }
    return false;
}
