/* SPDX-License-Identifier: BSD-2-Clause */
/* The physical map's twin: an array of pages, and no cleverness.
 *
 *   page[]   | 1 | 1 | 0 | 7 | 7 | 7 | 0 | ...   the block of each page, or 0
 *   block[]  1: {base, pages, owner}  ...
 *
 * Invariant: page[] of a block's pages, and of no others, is its number.
 */
#ifndef FALLOW_UT_PMM_TWIN_H
#define FALLOW_UT_PMM_TWIN_H
#include "ut/ut_pmm.h"

#define PAGES_MAX   (1u << 19)
#define BLOCKS_MAX  60000u
#define REGIONS_MAX 16u
#define PAGE        UINT64_C(4096)

/* The twin: pages of all regions in a row, each the number of its block. */
struct twin {
    const struct ut_region *regions;
    uint32_t count;
    uint32_t first[REGIONS_MAX]; /* page of a region */
    uint32_t pages;
    uint16_t page[PAGES_MAX]; /* block, or 0 */
    struct {
        uint64_t base;
        uint32_t pages;
        ut_owner_t owner;
        struct ut_blk blk; /* as it was asked for */
    } block[BLOCKS_MAX];
    uint32_t blocks; /* highest number ever */
};

/* Some pages of a region. */
struct place {
    uint32_t region, rp, pages;
};

void twin_start(struct twin *t, const struct ut_region *regions,
                uint32_t count);

uint32_t region_length(const struct twin *t, uint32_t region);
bool region_is_device(const struct twin *t, uint32_t region);
uint64_t address_of(const struct twin *t, uint32_t region, uint32_t rp);
uint16_t *page_at(struct twin *t, uint32_t region, uint32_t rp);

/* The region's part that these bytes are; false: not all in one region. */
bool twin_place(const struct twin *t, uint64_t base, uint64_t pages,
                struct place *at);

bool twin_is_free(struct twin *t, struct place at);

void twin_mark(struct twin *t, const struct ut_blk *blk, struct place at,
               ut_owner_t owner);
void twin_unmark(struct twin *t, uint32_t block);

/* Is there a free block of the request's shape? */
bool twin_can(struct twin *t, const struct ut_req *req);
#endif
