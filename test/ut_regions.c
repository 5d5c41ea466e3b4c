/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory as machines have it: a thousand regions, one of a single page,
 * devices, and regions that end where addresses do. */
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "ut_bed.h"

static struct bed bed;

static const struct ut_strategy *strategies[] = {&ut_strategy_offset,
                                                 &ut_strategy_incremental};

/* Pages and larger, none beside the other; all of it can be had. */
static void test_thousand(const struct ut_strategy *strategy)
{
    static struct ut_region regions[1000];
    struct bed_memory memory = {regions, 1000};
    struct ut_req r = {.type = UT_TYPE_UNTYPED, .size_bits = 12, .count = 1};
    struct ut_stats before, after;
    static struct ut_blk blocks[12288];
    struct ut_dest dest;
    uint32_t n = 0;

    for (unsigned i = 0; i < 1000; i++)
        regions[i] = (struct ut_region){.base = UINT64_C(0x4000000) +
                                                i * UINT64_C(0x20000),
                                        .size_bits = (uint8_t)(12 + i % 4)};
    /* The incremental strategy has to keep its slots somewhere. */
    regions[999] = (struct ut_region){.base = 0xbe00000, .size_bits = 21};
    bed_open(&bed, strategy, &memory);
    ut_stats(bed.ut, &before);
    bed_slots(&bed, 4608, &dest);
    while (n < 4608 && ut_alloc(bed.root, &r, &dest, &blocks[n], NULL) == 0) {
        dest.offset++;
        n++;
    }
    tap_is(n, before.free_bytes >> 12, "every page of a thousand regions");
    tap_ok(n > 3600, "which are %u", n);
    tap_ok(bed_check(&bed, "thousand"), "all is well");
    while (n-- > 0)
        if (ut_free(bed.root, &blocks[n], NULL))
            bed_fault(&bed, "thousand", "a page cannot be freed");
    ut_stats(bed.ut, &after);
    tap_is(after.free_bytes, before.free_bytes, "all of them come back");
    tap_is(bed.faults, 0, "nothing was wrong in between");
    bed_close(&bed);
}

static void test_page(void)
{
    static const struct ut_region regions[] = {
        {.base = 0x4000000, .size_bits = 12}};
    struct bed_memory memory = {regions, 1};
    struct ut_req r = {.type = UT_TYPE_UNTYPED, .size_bits = 12, .count = 1};
    struct ut_fault fault;
    struct ut_dest dest;
    struct ut_blk blk, other;

    bed_open(&bed, &ut_strategy_offset, &memory);
    bed_slot(&bed, &dest);
    tap_is(ut_alloc(bed.root, &r, &dest, &blk, NULL), UT_OK,
           "the page of a machine that has one");
    tap_is(blk.paddr, 0x4000000, "  is there");
    dest.offset++;
    tap_ok(ut_alloc(bed.root, &r, &dest, &other, &fault) != UT_OK, "no other");
    tap_ok(fault.err == UT_ENOMEM || fault.err == UT_EQUOTA,
           "  for want of it");
    tap_is(ut_free(bed.root, &blk, NULL), UT_OK, "it is given back");
    bed_close(&bed);
}

static void test_device(void)
{
    struct ut_req r = {
        .type = bed.ops.frame_type, .count = 1, .flags = UT_DEVICE};
    struct ut_price price;
    struct ut_fault fault;
    struct ut_dest dest;
    struct ut_blk blk, second;
    struct ut_usage usage;

    bed_slot(&bed, &dest);
    tap_is(ut_price(bed.ut, &r, &price, NULL), UT_OK, "a device page's price");
    tap_ok(!price.zero && price.clear_bytes <= UINT64_C(1) << 21,
           "  says that it is not cleared");
    r.type = bed.ops.huge_type;
    r.min = 0x1800000;
    r.max = 0x19fffff;
    tap_is(ut_alloc(bed.root, &r, &dest, &blk, &fault), UT_OK,
           "2 MiB of a device, by address");
    tap_is(blk.paddr, 0x1800000, "  there");
    dest.offset++;
    tap_is(ut_alloc(bed.root, &r, &dest, &second, &fault), UT_EBUSY,
           "not twice");
    ut_acct_usage(bed.root, &usage);
    tap_is(fault.owner, usage.owner, "  and whose it is");
    r.flags = 0;
    tap_is(ut_alloc(bed.root, &r, &dest, &second, &fault), UT_ERANGE,
           "it is no RAM");
    tap_is(ut_free(bed.root, &blk, NULL), UT_OK, "given back");
    r = (struct ut_req){.type = bed.ops.frame_type,
                        .count = 1,
                        .min = 0x1a03000,
                        .max = 0x1a03fff,
                        .flags = UT_DEVICE};
    tap_is(ut_alloc(bed.root, &r, &dest, &blk, &fault), UT_OK,
           "a device's registers, by address");
    tap_is(blk.paddr, 0x1a03000, "  there");
    dest.offset++;
    r.min = r.max = 0;
    tap_is(ut_alloc(bed.root, &r, &dest, &second, &fault), UT_OK,
           "any other page of a device");
    tap_ok(second.paddr >= 0x1800000 && second.paddr < 0x1c00000, "  is one");
    tap_is(ut_free(bed.root, &blk, NULL), UT_OK, "given back");
    tap_is(ut_free(bed.root, &second, NULL), UT_OK, "both");
    dest.offset++;
    r = (struct ut_req){.type = UT_TYPE_UNTYPED, .size_bits = 12, .count = 1};
    for (unsigned i = 0; i < 64; i++) {
        if (ut_alloc(bed.root, &r, &dest, &blk, NULL) ||
            (blk.paddr >= 0x1800000 && blk.paddr < 0x1c00000))
            bed_fault(&bed, "device", "memory was taken from a device");
        dest.offset++;
    }
    tap_ok(bed_check(&bed, "device"), "all is well");
}

/* ---- A kernel that says yes: no machine of ours has such addresses ---- */

static uint64_t last_offset;

static uint32_t yes_retype_at(void *context, const struct ut_retype *call)
{
    (void)context;
    last_offset = call->offset_bytes;
    return 0;
}

static uint32_t yes_revoke_at(void *context, uint64_t untyped,
                              uint64_t offset_bytes, uint8_t size_bits)
{
    (void)context;
    (void)untyped;
    (void)size_bits;
    last_offset = offset_bytes;
    return 0;
}

static uint32_t yes_describe(void *context, uint64_t untyped,
                             struct ut_described *out)
{
    (void)context;
    (void)untyped;
    *out = (struct ut_described){.features = 15};
    return 0;
}

static uint32_t yes_map_meta(void *context, uint64_t frame, uint8_t size_bits,
                             void **address)
{
    (void)context;
    (void)frame;
    (void)size_bits;
    *address = aligned_alloc(4096, 4096);
    return *address ? 0 : 10;
}

static void yes_unmap_meta(void *context, uint64_t frame, void *address)
{
    (void)context;
    (void)frame;
    free(address);
}

static void test_end(void)
{
    static const struct ut_kind kinds[] = {
        {0, UT_KIND_VARIABLE | UT_KIND_DEVICE},
        {11, 0},
        {4, 0},
        {5, 0},
        {5, UT_KIND_VARIABLE},
        {12, UT_KIND_FRAME}};
    static const struct ut_region regions[] = {
        {.base = 0x10000000, .size_bits = 24},
        {.base = UINT64_C(0xffffffff00000000), .size_bits = 31},
        {.base = UINT64_C(0xffffffff80000000), .size_bits = 31},
    };
    const struct ut_strategy *strategy = &ut_strategy_offset;
    struct ut_ops ops = {.retype_at = yes_retype_at,
                         .revoke_at = yes_revoke_at,
                         .describe = yes_describe,
                         .map_meta = yes_map_meta,
                         .unmap_meta = yes_unmap_meta,
                         .kinds = kinds,
                         .kind_count = 6,
                         .frame_type = 5,
                         .fanout = 256};
    struct ut_config c = {.ops = &ops,
                          .regions = regions,
                          .region_count = 3,
                          .strategies = &strategy,
                          .strategy_count = 1,
                          .accounts_max = 4,
                          .slots = {.count = 16}};
    struct ut_quota q = {UINT64_C(1) << 40, 1000};
    struct ut_req r = {.type = UT_TYPE_UNTYPED,
                       .size_bits = 12,
                       .count = 1,
                       .min = UINT64_C(0xffffffff80000000),
                       .flags = UT_HIGH};
    struct ut_dest dest = {.root = 2};
    struct ut_blk last, run;
    struct ut_acct *a;
    struct ut *ut;

    c.bytes = ut_memory_bytes(&c);
    c.memory = aligned_alloc(16, c.bytes);
    if (!c.memory)
        abort();
    tap_is(ut_init(&c, &ut, NULL), UT_OK, "a region that ends at 2^64");
    tap_is(ut_acct_create(ut_root(ut), &q, &a, NULL), UT_EQUOTA,
           "more quota than memory is not lent");
    q.bytes = UINT64_C(1) << 32;
    tap_is(ut_acct_create(ut_root(ut), &q, &a, NULL), UT_OK, "an account");
    tap_is(ut_alloc(a, &r, &dest, &last, NULL), UT_OK, "the highest page");
    tap_is(last.paddr, UINT64_C(0xfffffffffffff000), "  is the last");
    tap_is(last_offset, last.paddr - UINT64_C(0xffffffff80000000),
           "  at its offset");
    r = (struct ut_req){.type = UT_TYPE_UNTYPED,
                        .size_bits = 12,
                        .count = 7,
                        .min = UINT64_C(0xffffffffffc00000)};
    tap_is(ut_alloc(a, &r, &dest, &run, NULL), UT_OK, "a run below the end");
    tap_ok(ut_check(ut) == NULL, "all is well");
    tap_is(ut_free(a, &run, NULL), UT_OK, "given back");
    tap_is(ut_free(a, &last, NULL), UT_OK, "both");
    tap_is(ut_alloc(a, &r, &dest, &run, NULL), UT_OK, "once more");
    while (ut_acct_destroy(a, 1, NULL) == UT_EAGAIN)
        ;
    tap_ok(ut_check(ut) == NULL, "destroyed, and all is well");
    free(c.memory);
}

int main(void)
{
    for (unsigned i = 0; i < 2; i++) {
        if (!bed_can(strategies[i])) {
            tap_skip("the kernel has no RetypeAt");
            continue;
        }
        tap_diag("%s", i ? "incremental" : "offset");
        test_thousand(strategies[i]);
        bed_open(&bed, strategies[i], NULL);
        test_device();
        tap_is(bed.faults, 0, "nothing was wrong in between");
        bed_close(&bed);
    }
    if (bed_can(&ut_strategy_offset))
        test_page();
    test_end();
    return tap_done();
}
