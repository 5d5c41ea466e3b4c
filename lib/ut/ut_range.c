/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_range.h"

/* Whose a page is. */
#define OUTSIDE   UT_OWNER_ROOT /* managed, but not added */
#define ALLOCATED 2u

#define PAGE_BYTES (UINT64_C(1) << UT_PAGE_BITS)

static uint64_t pages_of(uint64_t size)
{
    return size / PAGE_BYTES + (size % PAGE_BYTES != 0);
}

static struct ut_blk block(uint64_t base, uint64_t bytes)
{
    return (struct ut_blk){
        .paddr = base,
        .count = (uint32_t)(bytes / PAGE_BYTES),
        .size_bits = UT_PAGE_BITS,
    };
}

/* Whole pages below 2^64 - PAGE_BYTES, at least one; *last is the last byte. */
static bool is_range(uint64_t base, uint64_t size, uint64_t *last)
{
    *last = base + (size - 1);
    return size != 0 && (base | size) % PAGE_BYTES == 0 && *last >= base;
}

/* Is each byte of [base, last] managed, and free (owner UT_OWNER_NONE) or
 * such an owner's? */
static bool all_are(const struct ut_range *r, uint64_t base, uint64_t last,
                    ut_owner_t owner)
{
    struct ut_pmm_area area;
    uint64_t at = base;

    do {
        if (!ut_pmm_lookup(r->pmm, at, &area) || area.owner != owner ||
            area.used != (owner != UT_OWNER_NONE))
            return false;
        at = area.base + area.bytes;
    } while (at != 0 && at - 1 < last);
    return true;
}

static void reserve(struct ut_range *r, uint64_t first, uint64_t last)
{
    /* Free as has been seen: this cannot fail. */
    (void)ut_pmm_reserve_range(r->pmm, first, last, OUTSIDE, NULL);
}

ut_range_result_t ut_range_init(struct ut_range *range, struct ut_pmm *pmm)
{
    *range = (struct ut_range){.pmm = pmm};
    if (ut_pmm_reserve_range(pmm, 0, UINT64_MAX, OUTSIDE, NULL) != UT_OK)
        return UT_RANGE_CONFLICT;
    return UT_RANGE_OK;
}

/* Of each block that the range touches, what is outside the range is taken
 * again once the block is free. */
ut_range_result_t ut_range_add(struct ut_range *range, uint64_t base,
                               uint64_t size)
{
    uint64_t last, at = base;
    struct ut_pmm_area area;

    if (!is_range(base, size, &last) || !all_are(range, base, last, OUTSIDE))
        return UT_RANGE_CONFLICT;
    do {
        struct ut_blk blk;
        uint64_t end;

        (void)ut_pmm_lookup(range->pmm, at, &area);
        blk = block(area.base, area.bytes);
        end = area.base + (area.bytes - 1);
        (void)ut_pmm_free(range->pmm, &blk, OUTSIDE, NULL);
        if (area.base < base)
            reserve(range, area.base, base - 1);
        if (end > last)
            reserve(range, last + 1, end);
        at = end + 1;
    } while (at != 0 && at <= last);
    range->added_bytes += size;
    return UT_RANGE_OK;
}

ut_range_result_t ut_range_remove(struct ut_range *range, uint64_t base,
                                  uint64_t size)
{
    uint64_t last;

    if (!is_range(base, size, &last) ||
        !all_are(range, base, last, UT_OWNER_NONE))
        return UT_RANGE_CONFLICT;
    reserve(range, base, last);
    range->added_bytes -= size;
    return UT_RANGE_OK;
}

static bool take_at(struct ut_range *r, uint64_t base, uint64_t pages)
{
    struct ut_blk blk = block(base, pages * PAGE_BYTES);

    return ut_pmm_alloc_at(r->pmm, &blk, ALLOCATED, UT_CLASS_PINNED, NULL) ==
           UT_OK;
}

/* The lowest place in [from, to], any page where alignment allows it: the map
 * finds only multiples of the power of two at or above the size. */
static bool search(struct ut_range *r, uint64_t pages, unsigned align_bits,
                   uint64_t from, uint64_t to, uint64_t *address)
{
    uint64_t step = UINT64_C(1) << align_bits, at = from, begin, room;
    struct ut_pmm_area area;

    while (ut_pmm_next(r->pmm, at, &area)) {
        begin = area.base > from ? area.base : from;
        begin = (begin + (step - 1)) & ~(step - 1);
        if (area.base > to)
            return false;
        at = area.base + area.bytes;
        room = at - 1 < to ? at - 1 : to;
        if (!area.used && begin >= area.base && begin <= room &&
            room - begin >= pages * PAGE_BYTES - 1 &&
            take_at(r, begin, pages)) {
            *address = begin;
            return true;
        }
        if (at == 0)
            return false;
    }
    return false;
}

ut_range_result_t ut_range_alloc_aligned(struct ut_range *range, uint64_t size,
                                         uint64_t *address, unsigned align_bits,
                                         uint64_t from, uint64_t to)
{
    uint64_t pages = pages_of(size);
    unsigned align = align_bits > UT_PAGE_BITS ? align_bits : UT_PAGE_BITS;
    struct ut_req req = {
        .size_bits = UT_PAGE_BITS,
        .align_bits = (uint8_t)align,
        .count = (uint32_t)pages,
        .min = from,
        .max = to,
    };
    struct ut_blk blk;

    if (pages == 0 || pages > UINT32_MAX || align > 63 || from > to)
        return UT_RANGE_CONFLICT;
    /* max 0, and exactly the size, mean something else to the map. */
    if (to != 0 && to - from != pages * PAGE_BYTES - 1 &&
        (ut_pmm_alloc(range->pmm, &req, ALLOCATED, &blk, NULL) == UT_OK)) {
        *address = blk.paddr;
    } else if (!search(range, pages, align, from, to, address)) {
        return UT_RANGE_CONFLICT;
    }
    range->allocated_bytes += pages * PAGE_BYTES;
    return UT_RANGE_OK;
}

ut_range_result_t ut_range_alloc_addr(struct ut_range *range, uint64_t size,
                                      uint64_t address)
{
    uint64_t pages = pages_of(size);

    if (pages == 0 || pages > UINT32_MAX || address % PAGE_BYTES != 0 ||
        !take_at(range, address, pages))
        return UT_RANGE_CONFLICT;
    range->allocated_bytes += pages * PAGE_BYTES;
    return UT_RANGE_OK;
}

/* The allocated block that begins at this address. */
static bool find(const struct ut_range *r, uint64_t address,
                 struct ut_pmm_area *area)
{
    return ut_pmm_lookup(r->pmm, address, area) && area->used &&
           area->owner == ALLOCATED && area->base == address;
}

static void free_block(struct ut_range *r, const struct ut_pmm_area *area)
{
    struct ut_blk blk = block(area->base, area->bytes);

    if (ut_pmm_free(r->pmm, &blk, ALLOCATED, NULL) == UT_OK)
        r->allocated_bytes -= area->bytes;
}

void ut_range_free(struct ut_range *range, uint64_t address)
{
    struct ut_pmm_area area;

    if (find(range, address, &area))
        free_block(range, &area);
}

void ut_range_free_sized(struct ut_range *range, uint64_t address,
                         uint64_t size)
{
    struct ut_pmm_area area;

    if (find(range, address, &area) &&
        pages_of(size) * PAGE_BYTES == area.bytes)
        free_block(range, &area);
}

uint64_t ut_range_avail(const struct ut_range *range)
{
    return range->added_bytes - range->allocated_bytes;
}

uint64_t ut_range_consumed(const struct ut_range *range)
{
    return range->allocated_bytes;
}

bool ut_range_valid_addr(const struct ut_range *range, uint64_t address)
{
    struct ut_pmm_area area;

    return ut_pmm_lookup(range->pmm, address, &area) && area.used &&
           area.owner == ALLOCATED;
}

bool ut_range_need_size_for_free(const struct ut_range *range)
{
    (void)range;
    return false;
}

uint64_t ut_range_overhead(const struct ut_range *range, uint64_t size)
{
    (void)range;
    (void)size;
    return 0;
}
