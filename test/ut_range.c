/* SPDX-License-Identifier: BSD-2-Clause */
/* The adapter with Genode's range allocator: each call's answers, and random
 * calls beside an array of pages. */
#include <stdlib.h>
#include <string.h>

#include "seed.h"
#include "tap.h"
#include "ut/ut_range.h"

#define PAGE  4096u
#define PAGES 2048u /* in two regions of 4 MiB, back to back */
#define BASE  UINT64_C(0x40000000)

enum { OUTSIDE, FREE, TAKEN };

static struct ut_range range;
static uint8_t pages[PAGES];  /* the twin */
static uint32_t block[PAGES]; /* first page: how many */
static unsigned wrong;
static struct seed seed;

static uint32_t below(uint32_t bound)
{
    return (uint32_t)seed_below(&seed, bound);
}

static void begin(void)
{
    static uint64_t memory[65536];
    static const struct ut_region regions[] = {
        {.base = BASE, .size_bits = 22},
        {.base = BASE + (UINT64_C(1) << 22), .size_bits = 22},
    };
    struct ut_pmm *pmm;

    memset(pages, OUTSIDE, sizeof pages);
    if (ut_pmm_init(memory, sizeof memory, regions, 2, UT_PMM_TAGS, &pmm,
                    NULL) != UT_OK ||
        ut_range_init(&range, pmm) != UT_RANGE_OK)
        abort();
}

static uint64_t at(uint32_t page)
{
    return BASE + (uint64_t)page * PAGE;
}

static void answers(void)
{
    uint64_t address = 0;

    begin();
    tap_is(ut_range_avail(&range), 0, "nothing is added at first");
    tap_is(ut_range_alloc_addr(&range, PAGE, BASE), UT_RANGE_CONFLICT,
           "nor can be allocated");
    tap_is(ut_range_add(&range, BASE + 1, PAGE), UT_RANGE_CONFLICT,
           "a range is whole pages");
    tap_is(ut_range_add(&range, at(10), 2000u * PAGE), UT_RANGE_OK,
           "add across the border of two regions");
    tap_is(ut_range_add(&range, at(100), PAGE), UT_RANGE_CONFLICT, "not twice");
    tap_is(ut_range_add(&range, 0x1000, PAGE), UT_RANGE_CONFLICT,
           "nor what the map does not manage");
    tap_is(ut_range_avail(&range), 2000u * PAGE, "avail");
    tap_is(ut_range_alloc_aligned(&range, 5u * PAGE + 1, &address, 14, 0,
                                  UINT64_MAX),
           UT_RANGE_OK, "six pages, aligned to 16 KiB");
    tap_is(address % 16384u, 0, "are aligned");
    tap_is(ut_range_consumed(&range), 6u * PAGE, "and consumed");
    tap_ok(ut_range_valid_addr(&range, address + 6u * PAGE - 1),
           "their last byte is valid");
    tap_ok(!ut_range_valid_addr(&range, address + 6u * PAGE),
           "the one behind is not");
    tap_is(ut_range_remove(&range, address, PAGE), UT_RANGE_CONFLICT,
           "what is allocated cannot be removed");
    ut_range_free(&range, address + PAGE);
    ut_range_free_sized(&range, address, PAGE);
    tap_is(ut_range_consumed(&range), 6u * PAGE,
           "no block begins there, or it has another size");
    ut_range_free_sized(&range, address, 5u * PAGE + 1);
    tap_is(ut_range_consumed(&range), 0, "free");
    tap_is(ut_range_alloc_aligned(&range, 700u * PAGE, &address, 0, at(100),
                                  at(799) + PAGE - 1),
           UT_RANGE_OK, "a range that fits exactly");
    tap_is(address, at(100), "is found");
    tap_is(ut_range_alloc_aligned(&range, PAGE, &address, 0, at(1),
                                  at(8) + PAGE - 1),
           UT_RANGE_CONFLICT, "not outside of what was added");
    tap_is(ut_range_remove(&range, at(1100), 500u * PAGE), UT_RANGE_OK,
           "remove");
    tap_is(ut_range_avail(&range), 800u * PAGE, "avail is less");
    tap_ok(!ut_range_need_size_for_free(&range) &&
               ut_range_overhead(&range, PAGE) == 0,
           "no size for free, no overhead");
}

static bool all_are(uint32_t first, uint32_t count, uint8_t state)
{
    if (first + count > PAGES)
        return false;
    for (uint32_t i = first; i < first + count; i++)
        if (pages[i] != state)
            return false;
    return true;
}

static void expect(bool ok, const char *what)
{
    if (!ok && wrong++ < 10)
        tap_diag("%s", what);
}

static void change(uint32_t first, uint32_t count, uint8_t from, uint8_t to)
{
    ut_range_result_t result =
        to == FREE && from == OUTSIDE
            ? ut_range_add(&range, at(first), (uint64_t)count * PAGE)
        : to == OUTSIDE
            ? ut_range_remove(&range, at(first), (uint64_t)count * PAGE)
            : ut_range_alloc_addr(&range, (uint64_t)count * PAGE, at(first));
    bool possible = all_are(first, count, from);

    /* An allocation may not cross the border of two regions. */
    if (to == TAKEN && first / 1024 != (first + count - 1) / 1024)
        possible = false;
    expect((result == UT_RANGE_OK) == possible, "add, remove, alloc_addr");
    if (result != UT_RANGE_OK)
        return;
    memset(pages + first, to, count);
    if (to == TAKEN)
        block[first] = count;
}

static bool fits(uint32_t count, uint32_t align, uint32_t from, uint32_t to)
{
    for (uint32_t i = (from + align - 1) / align * align; i + count <= to + 1;
         i += align)
        if (i / 1024 == (i + count - 1) / 1024 && all_are(i, count, FREE))
            return true;
    return false;
}

static void allocate(uint32_t count, unsigned align_bits, uint32_t from,
                     uint32_t to)
{
    uint64_t address;
    ut_range_result_t result =
        ut_range_alloc_aligned(&range, (uint64_t)count * PAGE, &address,
                               align_bits, at(from), at(to) + PAGE - 1);
    uint32_t align = align_bits > 12 ? 1u << (align_bits - 12) : 1, first;

    expect((result == UT_RANGE_OK) == fits(count, align, from, to),
           "alloc_aligned finds what is there");
    if (result != UT_RANGE_OK)
        return;
    first = (uint32_t)((address - BASE) / PAGE);
    expect(first % align == 0 && first >= from && first + count - 1 <= to &&
               all_are(first, count, FREE),
           "what it finds is free, aligned and in range");
    memset(pages + first, TAKEN, count);
    block[first] = count;
}

static void release(uint32_t page, bool sized)
{
    bool begins = pages[page] == TAKEN && block[page] != 0;
    uint64_t before = ut_range_consumed(&range), bytes = 0;

    if (begins)
        bytes = (uint64_t)block[page] * PAGE;
    if (sized)
        ut_range_free_sized(&range, at(page), bytes);
    else
        ut_range_free(&range, at(page));
    expect(before - ut_range_consumed(&range) == bytes, "free");
    if (!begins)
        return;
    memset(pages + page, FREE, block[page]);
    block[page] = 0;
}

static void random_calls(unsigned steps)
{
    begin();
    for (unsigned n = 0; n < steps; n++) {
        uint32_t first = below(PAGES), count = 1 + below(64);

        switch (below(8)) {
        case 0:
            change(first, count * 4, OUTSIDE, FREE);
            break;
        case 1:
            if (below(4) == 0)
                change(first, count, FREE, OUTSIDE);
            break;
        case 2:
            change(first, count, FREE, TAKEN);
            break;
        case 3:
        case 4:
            allocate(count, below(19), first, first + below(PAGES - first));
            break;
        default:
            release(first, below(2) != 0);
        }
        if (n % 64 == 0)
            expect(ut_pmm_check(range.pmm) == NULL, "the map is whole");
    }
}

int main(void)
{
    uint64_t avail = 0, valid = 0;

    answers();
    seed = seed_start(1);
    random_calls(20000);
    for (uint32_t i = 0; i < PAGES; i++) {
        avail += pages[i] == FREE ? PAGE : 0;
        valid += ut_range_valid_addr(&range, at(i)) != (pages[i] == TAKEN);
    }
    tap_is(wrong, 0, "20 000 random calls, as an array of pages has them");
    tap_is(valid, 0, "valid addresses agree");
    tap_is(ut_range_avail(&range), avail, "avail agrees");
    return tap_done();
}
