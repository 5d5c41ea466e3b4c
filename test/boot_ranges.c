/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of physical addresses, beside a plain array of one flag per unit; and
 * how they are cut into untypeds. */
#include "ranges.h"
#include "seed.h"
#include "tap.h"

#define UNITS 96u

struct twin {
    bool has[UNITS];
};

static bool agrees(const struct ranges *s, const struct twin *t)
{
    for (uint64_t u = 0; u < UNITS; u++)
        if (ranges_contain(s, u, u + 1) != t->has[u])
            return false;
    return true;
}

static bool twin_contains(const struct twin *t, uint64_t start, uint64_t end)
{
    while (start < end && t->has[start])
        start++;
    return start >= end;
}

static bool twin_find_top(const struct twin *t, uint8_t bits, uint64_t *base)
{
    uint64_t size = UINT64_C(1) << bits;

    for (uint64_t b = UNITS / size * size; b >= size; b -= size)
        if (twin_contains(t, b - size, b)) {
            *base = b - size;
            return true;
        }
    return false;
}

/* One random change to both; false once they differ. */
static bool step(struct seed *seed, struct ranges *s, struct twin *t)
{
    uint64_t start = seed_below(seed, UNITS);
    uint64_t end = start + seed_below(seed, UNITS - start + 1);
    uint8_t bits = (uint8_t)seed_below(seed, 5);
    bool add = seed_below(seed, 2);
    uint64_t top = 0;
    uint64_t twin_top = 0;

    if (!(add ? ranges_add(s, start, end) : ranges_remove(s, start, end)))
        return false;
    for (uint64_t u = start; u < end; u++)
        t->has[u] = add;
    return !ranges_check(s) && agrees(s, t) &&
           ranges_contain(s, start / 2, end) ==
               twin_contains(t, start / 2, end) &&
           ranges_find_top(s, bits, &top) ==
               twin_find_top(t, bits, &twin_top) &&
           top == twin_top;
}

static void test_random(void)
{
    struct seed seed = seed_start(0xfa110);
    struct ranges s = ranges_of(0, 0);
    struct twin t = {0};
    unsigned steps = 0;

    while (steps < 20000 && step(&seed, &s, &t))
        steps++;
    tap_is(steps, 20000, "random additions and removals agree with an array");
}

/* A set that is full says so and stays as it is. */
static void test_full(void)
{
    struct ranges s = ranges_of(0, 0);
    bool fits = true;

    for (uint64_t i = 0; i < RANGES_MAX; i++)
        fits = fits && ranges_add(&s, i * 16, i * 16 + 8);
    tap_ok(fits, "as many ranges as there is room for");
    tap_ok(!ranges_add(&s, 4096, 4097), "one more is refused");
    tap_ok(!ranges_remove(&s, 2, 3), "so is a cut through the middle");
    tap_ok(ranges_contain(&s, 0, 8) && s.count == RANGES_MAX,
           "and nothing has changed");
    tap_ok(ranges_add(&s, 0, 24) && s.count == RANGES_MAX - 1,
           "filling a gap makes room");
    tap_is_string(ranges_check(&s), NULL, "and the set is in order");
}

/* Every address may occur: nothing wraps at the ends. */
static void test_ends(void)
{
    struct ranges s = ranges_of(0, UINT64_MAX);

    tap_ok(ranges_remove(&s, UINT64_MAX - 1, UINT64_MAX) && s.count == 1 &&
               s.range[0].end == UINT64_MAX - 1,
           "the last byte can go");
    tap_ok(ranges_add(&s, UINT64_MAX - 1, UINT64_MAX) && s.count == 1,
           "and come back");
    tap_ok(ranges_contain(&s, 5, 5) && ranges_contain(&s, 7, 3),
           "nothing is contained in everything");
    tap_is(range_block_bits(0, UINT64_MAX, 4, 38), 38, "no block beyond 2^38");
    tap_is(range_block_bits(16, 17, 4, 38), 0, "too little for a block");
    tap_is(range_block_bits(8, 4096, 4, 38), 0, "too odd for a block");
    tap_is(range_block_bits(3, 3, 4, 38), 0, "nothing for a block");
}

struct block {
    uint64_t base;
    uint8_t bits;
};

/* Cuts the set as boot does and compares with what is wanted. */
static void cut(const struct ranges *s, const struct block *want,
                uint32_t count, const char *name)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < s->count; i++) {
        paddr_t at = s->range[i].start;
        uint8_t bits;

        while ((bits = range_block_bits(at, s->range[i].end, 4, 38)) != 0) {
            if (n >= count || want[n].base != at || want[n].bits != bits) {
                tap_ok(false, "%s", name);
                tap_diag("block %u is 0x%lx of 2^%u bytes", n,
                         (unsigned long)at, bits);
                return;
            }
            n++;
            at += UINT64_C(1) << bits;
        }
    }
    tap_is(n, count, "%s", name);
}

/* The board of sel4-abi.md 6.7 with 3 GiB: all that is not RAM is device
 * space, but for two ranges of the kernel's own. */
static void test_board(void)
{
    static const struct block device[] = {
        {0x0, 25},          {0x2200000, 21},    {0x2400000, 22},
        {0x2800000, 23},    {0x3000000, 24},    {0x4000000, 26},
        {0x8000000, 26},    {0xc600000, 21},    {0xc800000, 23},
        {0xd000000, 24},    {0xe000000, 25},    {0x10000000, 28},
        {0x20000000, 29},   {0x40000000, 30},   {0x80000000, 21},
        {0x140000000, 30},  {0x180000000, 31},  {0x200000000, 33},
        {0x400000000, 34},  {0x800000000, 35},  {0x1000000000, 36},
        {0x2000000000, 37}, {0x4000000000, 38},
    };
    /* Between a device tree that ends at 0x80222150 and an image that begins
     * at 0x80223000 (6.1). */
    static const struct block gap[] = {
        {0x80222150, 4}, {0x80222160, 5},  {0x80222180, 7},
        {0x80222200, 9}, {0x80222400, 10}, {0x80222800, 11},
    };
    struct ranges s = ranges_of(0, UINT64_C(1) << 39);

    tap_ok(ranges_remove(&s, 0x80200000, 0x140000000) &&
               ranges_remove(&s, 0x2000000, 0x2200000) &&
               ranges_remove(&s, 0xc000000, 0xc600000),
           "a board is described");
    cut(&s, device, sizeof device / sizeof device[0],
        "device untypeds of the 3 GiB board");
    s = ranges_of(0x80222150, 0x80223000);
    cut(&s, gap, sizeof gap / sizeof gap[0],
        "untypeds between device tree and image");
}

int main(void)
{
    test_random();
    test_full();
    test_ends();
    test_board();
    return tap_done();
}
