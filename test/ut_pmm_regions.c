/* SPDX-License-Identifier: BSD-2-Clause */
/* The physical map on machines at the edges: one page, 1 TiB, a thousand
 * regions, the end of the address space, devices; where it places blocks, what
 * it refuses, and that it can be moved. */
#include "ut/ut_pmm.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#define PAGE UINT64_C(4096)
#define MIB  (UINT64_C(1) << 20)
#define GIB  (UINT64_C(1) << 30)

static struct ut_pmm *make(const struct ut_region *regions, uint32_t count,
                           unsigned flags)
{
    size_t bytes = ut_pmm_size(regions, count, flags);
    struct ut_pmm *pmm = NULL;

    if (bytes &&
        ut_pmm_init(malloc(bytes), bytes, regions, count, flags, &pmm, NULL))
        return NULL;
    return pmm;
}

static uint64_t take(struct ut_pmm *pmm, unsigned size_bits, uint16_t cls)
{
    struct ut_req req = {
        .size_bits = (uint8_t)size_bits, .count = 1, .cls = cls};
    struct ut_blk blk = {.paddr = 1};

    ut_pmm_alloc(pmm, &req, 2, &blk, NULL);
    return blk.paddr;
}

static ut_err_t release(struct ut_pmm *pmm, uint64_t at, unsigned size_bits)
{
    struct ut_blk blk = {at, 1, (uint8_t)size_bits};

    return ut_pmm_free(pmm, &blk, UT_OWNER_NONE, NULL);
}

static void test_one_page(void)
{
    static const struct ut_region region = {0x1000, 0, 12, 0};
    struct ut_pmm *pmm = make(&region, 1, UT_PMM_TAGS);
    struct ut_req req = {.size_bits = 13, .count = 1};
    struct ut_fault fault;
    struct ut_blk blk;

    tap_is(take(pmm, 12, 0), 0x1000, "a machine of one page gives it");
    req.size_bits = 12;
    tap_is(ut_pmm_alloc(pmm, &req, 2, &blk, &fault), UT_ENOMEM,
           "and then has none");
    tap_is(fault.available, 0, "which the fault says");
    tap_is(release(pmm, 0x1000, 12), UT_OK, "until it is freed");
    tap_is_string(ut_pmm_check(pmm), NULL, "the map is whole");
    free(pmm);
}

static void test_terabyte(void)
{
    static const struct ut_region region = {UINT64_C(1) << 40, 0, 40, 0};
    size_t bytes = ut_pmm_size(&region, 1, 0);
    struct ut_pmm *pmm = make(&region, 1, 0);

    tap_ok(bytes * 10000 < UINT64_C(1) << 40,
           "1 TiB: %lu bytes without tags, less than 0.01 %%",
           (unsigned long)bytes);
    tap_is(take(pmm, 40, 0), UINT64_C(1) << 40, "all of it is one block");
    tap_is(release(pmm, UINT64_C(1) << 40, 40), UT_OK, "and comes back");
    tap_is(take(pmm, 39, 0), UINT64_C(3) << 39, "half of it, the higher");
    tap_is(take(pmm, 12, 0), (UINT64_C(3) << 39) - PAGE, "a page below that");
    tap_is(take(pmm, 39, 0), 1, "the other half is no longer whole");
    tap_is_string(ut_pmm_check(pmm), NULL, "the map is whole");
    free(pmm);
}

static void test_thousand_regions(void)
{
    static struct ut_region regions[1000];
    struct ut_pmm *pmm;
    uint64_t low = UINT64_MAX, seen = 0;

    for (uint32_t i = 0; i < 1000; i++)
        regions[(i * 7) % 1000] = (struct ut_region){i * GIB * 16, i, 21, 0};
    pmm = make(regions, 1000, UT_PMM_TAGS);
    tap_ok(ut_pmm_size(regions, 1000, UT_PMM_TAGS) < 1000 * 1800,
           "holes of 16 GiB cost no memory: %lu bytes for 1000 regions",
           (unsigned long)ut_pmm_size(regions, 1000, UT_PMM_TAGS));
    for (uint32_t i = 0; i < 1000; i++) {
        uint64_t at = take(pmm, 21, 3);

        seen += at % (16 * GIB) == 0 && at < low;
        low = at;
    }
    tap_is(seen, 1000, "each region gives its block, the highest first");
    tap_is(take(pmm, 12, 0), 1, "then there is nothing");
    tap_is(release(pmm, 500 * 16 * GIB, 21), UT_OK, "one is freed");
    tap_is(release(pmm, 500 * 16 * GIB + GIB, 21), UT_ERANGE, "but not a hole");
    tap_is_string(ut_pmm_check(pmm), NULL, "the map is whole");
    free(pmm);
}

static void test_end_of_addresses(void)
{
    static const struct ut_region regions[] = {
        {UINT64_MAX - (2 * MIB - 1), 0, 21, UT_REGION_DEVICE},
        {0, 0, 21, 0},
    };
    struct ut_pmm *pmm = make(regions, 2, UT_PMM_TAGS);
    struct ut_req req = {.size_bits = 12, .count = 1, .flags = UT_DEVICE};
    struct ut_blk blk, last = {UINT64_MAX - (PAGE - 1), 1, 12};
    struct ut_pmm_area area;

    tap_is(take(pmm, 12, 0), 2 * MIB - PAGE, "RAM is not device memory");
    tap_is(ut_pmm_alloc(pmm, &req, 2, &blk, NULL), UT_OK, "a device page");
    tap_is(blk.paddr, last.paddr, "is the last of the address space");
    tap_is(ut_pmm_alloc_at(pmm, &last, 2, 0, NULL), UT_EBUSY,
           "which is taken then");
    tap_ok(ut_pmm_lookup(pmm, UINT64_MAX, &area) && area.used && area.device &&
               area.base + area.bytes == 0,
           "its end is 2^64");
    tap_is(ut_pmm_free(pmm, &blk, 2, NULL), UT_OK, "and free again");
    req.min = UINT64_MAX - (PAGE - 1);
    tap_is(ut_pmm_alloc(pmm, &req, 2, &blk, NULL), UT_OK,
           "by its address, the maximum left open");
    tap_is_string(ut_pmm_check(pmm), NULL, "the map is whole");
    free(pmm);
}

static void test_placement(void)
{
    static const struct ut_region region = {GIB, 0, 30, 0};
    struct ut_pmm *pmm = make(&region, 1, UT_PMM_TAGS);
    struct ut_req dma = {
        .size_bits = 16, .count = 1, .max = GIB + 64 * MIB - 1};
    struct ut_req run = {.size_bits = 12, .count = 768};
    struct ut_req last = {.size_bits = 12, .count = 1, .cls = 2};
    struct ut_pmm_area area;
    struct ut_fault fault;
    struct ut_blk blk;

    tap_is(take(pmm, 12, 2), 2 * GIB - PAGE, "unconstrained: the highest");
    tap_is(take(pmm, 12, 0), 2 * GIB - 2 * MIB - PAGE,
           "another class: another chunk");
    tap_is(take(pmm, 12, 2), 2 * GIB - 2 * PAGE, "the first class: its chunk");
    ut_pmm_alloc(pmm, &dma, 2, &blk, NULL);
    tap_is(blk.paddr, GIB, "with a maximum: the lowest");
    last.max = UINT64_MAX;
    ut_pmm_find(pmm, &last, &blk, NULL);
    tap_is(blk.paddr, 2 * GIB - 3 * PAGE, "2^64 - 1 is no maximum");
    tap_is(ut_pmm_alloc(pmm, &run, 2, &blk, NULL), UT_OK, "a run of 3 MiB");
    tap_is(blk.paddr % (4 * MIB), 0, "begins at 4 MiB");
    tap_ok(ut_pmm_lookup(pmm, blk.paddr + 3 * MIB, &area) && !area.used,
           "what is behind it is free");
    tap_is(ut_pmm_free(pmm, &blk, 2, NULL), UT_OK, "the run is freed at once");
    run.count = 1u << 20;
    tap_is(ut_pmm_alloc(pmm, &run, 2, &blk, &fault), UT_ENOMEM,
           "more than there is");
    run.count = 1u << 18;
    tap_is(ut_pmm_alloc(pmm, &run, 2, &blk, &fault), UT_ENOMEM,
           "all of it, of which some is taken");
    run.count = 1u << 17;
    tap_is(ut_pmm_alloc(pmm, &run, 2, &blk, &fault), UT_EFRAG, "half of it");
    tap_is(fault.available, 256 * MIB, "a quarter would fit");
    tap_ok(fault.address >= GIB && fault.address < 2 * GIB, "and where");
    tap_is_string(ut_pmm_check(pmm), NULL, "the map is whole");
    free(pmm);
}

static void test_reserve_and_move(void)
{
    static const struct ut_region regions[] = {
        {GIB, 0, 22, 0}, {GIB + 8 * MIB, 0, 22, UT_REGION_DEVICE}};
    size_t bytes = ut_pmm_size(regions, 2, UT_PMM_TAGS);
    struct ut_pmm *pmm = make(regions, 2, UT_PMM_TAGS), *moved;
    struct ut_pmm_area area;
    struct ut_pmm_stats stats;
    struct ut_fault fault;
    uint64_t from = 0, total = 0;

    tap_is(ut_pmm_reserve_range(pmm, GIB + MIB, GIB + 9 * MIB - 1,
                                UT_OWNER_ROOT, NULL),
           UT_OK, "a range over two regions and a hole is reserved");
    tap_is(ut_pmm_reserve_range(pmm, GIB, GIB + MIB, 3, &fault), UT_EBUSY,
           "not twice");
    tap_is(fault.address, GIB + MIB, "the fault says where");
    tap_is(fault.owner, UT_OWNER_ROOT, "and whose");
    tap_is(ut_pmm_reserve_range(pmm, 0, GIB - 1, 3, NULL), UT_ERANGE,
           "nor what is not managed");
    while (ut_pmm_next_owned(pmm, &from, UT_OWNER_ROOT, 100, &area) == UT_OK)
        total += area.bytes;
    tap_is(total, 4 * MIB, "its owner's blocks are found");
    from = 0;
    tap_is(ut_pmm_next_owned(pmm, &from, 9, 1, &area), UT_EAGAIN,
           "looking for another's stops when the budget is used up");
    tap_is(ut_pmm_next_owned(pmm, &from, 9, 100, &area), UT_ERANGE,
           "and finds nothing");
    moved = malloc(bytes);
    memcpy(moved, pmm, bytes);
    memset(pmm, 0xff, bytes);
    free(pmm);
    tap_is_string(ut_pmm_check(moved), NULL, "a copy elsewhere is whole");
    tap_is(take(moved, 20, 0), GIB, "and goes on");
    ut_pmm_stats(moved, &stats);
    tap_is(stats.bytes_free[0], 0, "no RAM is free");
    tap_is(stats.bytes_free[1], 3 * MIB, "of the devices 3 MiB are");
    tap_is(stats.bytes_meta, bytes, "the map is as large as was said");
    free(moved);
}

static void test_refused_lists(void)
{
    static const struct ut_region overlap[] = {{GIB, 0, 21, 0},
                                               {GIB + MIB, 0, 20, 0}};
    static const struct ut_region odd = {GIB + PAGE, 0, 21, 0};
    static const struct ut_region small = {GIB, 0, 11, 0};
    struct ut_pmm *pmm;
    uint64_t memory[64];
    struct ut_fault fault;

    tap_is(ut_pmm_size(overlap, 2, 0), 0, "regions that overlap");
    tap_is(ut_pmm_init(memory, sizeof memory, overlap, 2, 0, &pmm, &fault),
           UT_EBUSY, "are an error");
    tap_is(ut_pmm_size(&odd, 1, 0), 0, "a region at an odd address");
    tap_is(ut_pmm_size(&small, 1, 0), 0, "no region of a page");
    tap_is(ut_pmm_init(memory, sizeof memory, overlap, 1, 0, &pmm, &fault),
           UT_EINVAL, "too little memory");
    tap_is(fault.wanted, ut_pmm_size(overlap, 1, 0), "the fault says how much");
}

static void test_share(void)
{
    for (unsigned bits = 26; bits <= 40; bits++) {
        struct ut_region region = {0, 0, (uint8_t)bits, 0};
        uint64_t bytes = ut_pmm_size(&region, 1, UT_PMM_TAGS);

        tap_ok(bytes * 10000 <= 6 * (UINT64_C(1) << bits),
               "2^%u bytes: maps and tags are %lu, at most 0.06 %%", bits,
               (unsigned long)bytes);
    }
}

int main(void)
{
    test_one_page();
    test_terabyte();
    test_thousand_regions();
    test_end_of_addresses();
    test_placement();
    test_reserve_and_move();
    test_refused_lists();
    test_share();
    return tap_done();
}
