/* SPDX-License-Identifier: BSD-2-Clause */
/* Leases end once; quotas are exact to the page; what is taken over from an
 * earlier life is charged as if it had been allocated. */
#include "tap.h"
#include "ut_bed.h"

static struct bed bed;

static const struct ut_req page = {
    .type = UT_TYPE_UNTYPED, .size_bits = 12, .count = 1};

static struct ut_quota used(const struct ut_acct *a)
{
    struct ut_usage u;

    ut_acct_usage(a, &u);
    return u.used;
}

static void test_lease(void)
{
    uint64_t before = used(bed.root).bytes;
    struct ut_lease lease;
    struct ut_dest dest;
    struct ut_blk blk;
    uint32_t slot = bed_slot(&bed, &dest);

    tap_is(ut_lease(bed.root, &page, &lease, NULL), UT_OK, "a lease");
    tap_is(ut_commit(&lease, &dest, &blk, NULL), UT_OK, "is committed");
    tap_is(ut_commit(&lease, &dest, &blk, NULL), UT_ELEASE, "once");
    tap_is(ut_cancel(&lease), UT_ELEASE, "and then not cancelled");
    tap_is(ut_free(bed.root, &blk, NULL), UT_OK, "its block is freed");
    tap_is(ut_lease(bed.root, &page, &lease, NULL), UT_OK, "another");
    tap_is(ut_cancel(&lease), UT_OK, "is cancelled");
    tap_is(ut_cancel(&lease), UT_ELEASE, "once");
    tap_is(ut_commit(&lease, &dest, &blk, NULL), UT_ELEASE,
           "and then not committed");
    while (ut_trim(bed.ut, 100) == UT_EAGAIN)
        ;
    tap_is(used(bed.root).bytes, before, "nothing is charged");
    bed_slot_give(&bed, slot, 1);
    bed_check(&bed, "leases");
}

/* With offset a page costs a page and a capability, no more. */
static void test_exact(void)
{
    struct ut_quota quota = {4 * 4096, 5};
    struct ut_fault fault;
    struct ut_acct *a;
    struct ut_dest dest;
    struct ut_blk blk;

    tap_is(ut_acct_create(bed.root, &quota, &a, NULL), UT_OK, "four pages");
    for (unsigned i = 0; i < 4; i++) {
        bed_slot(&bed, &dest);
        tap_is(ut_alloc(a, &page, &dest, &blk, NULL), UT_OK, "page %u", i);
    }
    bed_slot(&bed, &dest);
    tap_is(ut_alloc(a, &page, &dest, &blk, &fault), UT_EQUOTA, "not a fifth");
    tap_is(fault.wanted, 4096, "  wanted");
    tap_is(fault.available, 0, "  left");
    bed_check(&bed, "an exact quota");
    while (ut_acct_destroy(a, 100, NULL) == UT_EAGAIN)
        ;
}

/* What was made behind the library's back, by a server that died. */
static void test_adopt(void)
{
    struct ut_quota quota = {2 * 4096, 2};
    uint64_t calls;
    struct ut_acct *a;
    struct ut_dest dest;
    struct ut_blk blk;
    struct ut_retype call = {
        .count = 1, .type = UT_TYPE_UNTYPED, .arg_bits = 12};
    uint32_t slot = bed_slot(&bed, &dest);

    tap_is(ut_acct_create(bed.root, &quota, &a, NULL), UT_OK, "an account");
    tap_is(ut_alloc(a, &page, &dest, &blk, NULL), UT_OK, "finds a free page");
    tap_is(ut_free(a, &blk, NULL), UT_OK, "and gives it back");
    for (uint32_t i = 0; i < bed.config.region_count; i++) {
        const struct ut_region *r = &bed.regions[i];

        if ((blk.paddr - r->base) >> r->size_bits == 0) {
            call.untyped = r->root;
            call.offset_bytes = blk.paddr - r->base;
        }
    }
    call.dest = dest;
    tap_is(bed.real.retype_at(bed.real.context, &call), 0, "made by itself");
    calls = bed.calls;
    tap_is(ut_adopt(a, &blk, NULL), UT_OK, "taken over");
    tap_is(bed.calls, calls, "  without a kernel call");
    tap_is(used(a).bytes, 4096, "  charged: bytes");
    tap_is(used(a).caps, 1, "  and a capability");
    tap_is(ut_adopt(a, &blk, NULL), UT_EBUSY, "not twice");
    tap_is(used(a).bytes, 4096, "  nor charged twice");
    tap_is(ut_free(a, &blk, NULL), UT_OK, "freed as any other");
    tap_ok(bed_slot_is_empty(&bed, slot), "  its capability is gone");
    tap_is(used(a).bytes, 0, "  and not charged");
    while (ut_acct_destroy(a, 100, NULL) == UT_EAGAIN)
        ;
    bed_check(&bed, "taken over");
}

static void tests(const struct ut_strategy *strategy)
{
    test_lease();
    if (strategy == &ut_strategy_offset) {
        test_exact();
        test_adopt();
    }
}

int main(void)
{
    bed_each(&bed, tests);
    return tap_done();
}
