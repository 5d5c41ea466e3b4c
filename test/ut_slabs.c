/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects smaller than a page: many in one, each given back for itself. */
#include "tap.h"
#include "ut_bed.h"

static struct bed bed;
static struct ut_acct *a, *b;

static struct ut_usage usage(const struct ut_acct *acct)
{
    struct ut_usage u;

    ut_acct_usage(acct, &u);
    return u;
}

static struct ut_stats stats(void)
{
    struct ut_stats s;

    ut_stats(bed.ut, &s);
    return s;
}

static void test_endpoints(bool with_untypeds)
{
    enum { COUNT = 512 };
    static struct ut_blk blocks[COUNT];
    struct ut_req r = {.type = UT_TYPE_ENDPOINT, .count = 1};
    uint64_t calls, before = usage(a).used.bytes;
    uint32_t caps = usage(a).used.caps;
    struct ut_dest dest;
    uint32_t first = bed_slots(&bed, COUNT, &dest), n;
    unsigned beside = 0;

    calls = bed.calls;
    for (n = 0; n < COUNT; n++, dest.offset++)
        if (ut_alloc(a, &r, &dest, &blocks[n], NULL))
            bed_fault(&bed, "endpoint", "refused");
    calls = bed.calls - calls;
    tap_ok(calls <= COUNT + (with_untypeds ? 40 : 4),
           "%lu kernel calls for %u endpoints", (unsigned long)calls, COUNT);
    for (n = 1; n < COUNT; n++)
        beside += blocks[n].paddr == blocks[n - 1].paddr + 16;
    tap_ok(beside > COUNT - 8, "they lie side by side");
    tap_is(stats().slab_bytes, with_untypeds ? 4 * 8192 : 2 * 4096,
           "in as few slabs as hold them");
    tap_ok(stats().slab_header_bytes * 1000 <= stats().slab_bytes * 16,
           "whose headers are at most 1.6 %% of them");
    tap_ok(usage(a).used.caps >= caps + COUNT, "each is charged");
    tap_ok(bed_check(&bed, "endpoints"), "all is well");
    /* Every second one, and its place is used again. */
    for (n = 0; n < COUNT; n += 2)
        if (ut_free(a, &blocks[n], NULL))
            bed_fault(&bed, "endpoint", "cannot be freed");
    for (n = 0; n < COUNT; n++)
        if (bed_slot_is_empty(&bed, first + n) != (n % 2 == 0))
            bed_fault(&bed, "endpoint", "another one died");
    calls = stats().slab_bytes;
    dest.offset -= COUNT;
    for (n = 0; n < COUNT; n += 2, dest.offset += 2)
        if (ut_alloc(a, &r, &dest, &blocks[n], NULL))
            bed_fault(&bed, "endpoint", "refused");
    tap_is(stats().slab_bytes, calls, "free places are used again");
    for (n = 0; n < COUNT; n++)
        if (ut_free(a, &blocks[n], NULL))
            bed_fault(&bed, "endpoint", "cannot be freed");
    while (ut_trim(bed.ut, 100) == UT_EAGAIN)
        ;
    tap_is(stats().slab_bytes, 0, "no slab is left");
    tap_is(usage(a).used.bytes, before, "nothing is charged");
    bed_slot_give(&bed, first, COUNT);
}

/* All sizes and types; slabs of one account never hold another's. */
static void test_kinds(void)
{
    struct ut_dest dest;
    uint32_t first = bed_slots(&bed, 64, &dest), n = 0;
    struct ut_blk blocks[64];
    uint64_t page = 0;

    for (uint8_t bits = 4; bits < 12; bits++)
        for (unsigned i = 0; i < 4; i++, n++, dest.offset++) {
            struct ut_req r = {
                .type = UT_TYPE_UNTYPED, .size_bits = bits, .count = 1};

            if (i == 2 && bits > 5)
                r.type = UT_TYPE_CNODE;
            if (ut_alloc(i % 2 ? a : b, &r, &dest, &blocks[n], NULL))
                bed_fault(&bed, "kinds", "refused");
            if (blocks[n].paddr % (1u << bits) != 0)
                bed_fault(&bed, "kinds", "not aligned");
            if (i % 2 && blocks[n].paddr >> 12 == page)
                bed_fault(&bed, "kinds", "two accounts share a page");
            page = i % 2 ? 0 : blocks[n].paddr >> 12;
        }
    tap_ok(bed_check(&bed, "kinds"), "objects of 16 bytes to 2 KiB");
    while (n-- > 0)
        if (ut_free(n % 2 ? a : b, &blocks[n], NULL))
            bed_fault(&bed, "kinds", "cannot be freed");
    bed_slot_give(&bed, first, 64);
}

static void test_price(void)
{
    struct ut_req r = {.type = UT_TYPE_NOTIFICATION, .count = 1};
    struct ut_usage before = usage(a);
    struct ut_price price;
    struct ut_dest dest;
    struct ut_blk blk, second;

    bed_slots(&bed, 2, &dest);
    tap_is(ut_price(bed.ut, &r, &price, NULL), UT_OK, "the price is known");
    tap_is(ut_alloc(a, &r, &dest, &blk, NULL), UT_OK, "a notification");
    tap_ok(usage(a).used.bytes - before.used.bytes <=
               price.own.bytes + price.entry.bytes,
           "costs at most that, with its slab");
    before = usage(a);
    dest.offset++;
    tap_is(ut_alloc(a, &r, &dest, &second, NULL), UT_OK, "a second one");
    tap_is(usage(a).used.bytes - before.used.bytes, 0, "costs no bytes more");
    tap_is(usage(a).used.caps - before.used.caps, 1, "but a capability");
    ut_free(a, &blk, NULL);
    ut_free(a, &second, NULL);
}

static void tests(const struct ut_strategy *strategy)
{
    struct ut_quota q = {UINT64_C(8) << 20, 6000};

    ut_acct_create(bed.root, &q, &a, NULL);
    ut_acct_create(bed.root, &q, &b, NULL);
    test_endpoints(strategy == &ut_strategy_incremental);
    test_kinds();
    test_price();
}

int main(void)
{
    bed_each(&bed, tests);
    return tap_done();
}
