/* SPDX-License-Identifier: BSD-2-Clause */
/* What callers get wrong: each mistake is refused, says what it was, and
 * leaves everything as it is. */
#include "tap.h"
#include "ut_bed.h"

static struct bed bed;
static struct ut_acct *a, *b;
static struct ut_fault fault;

static uint64_t used(const struct ut_acct *acct)
{
    struct ut_usage u;

    ut_acct_usage(acct, &u);
    return u.used.bytes;
}

static void test_free(void)
{
    struct ut_req r = {.type = UT_TYPE_UNTYPED, .size_bits = 14, .count = 1};
    struct ut_blk blk, bad;
    struct ut_dest dest;
    uint32_t slot = bed_slot(&bed, &dest), copy;
    uint64_t was;

    tap_is(ut_alloc(a, &r, &dest, &blk, NULL), UT_OK, "a block");
    was = used(a);
    bad = (struct ut_blk){blk.paddr, 1, 13};
    tap_is(ut_free(a, &bad, &fault), UT_EINVAL, "half of it");
    tap_is(fault.available, 1 << 14, "  it has so many bytes");
    bad = (struct ut_blk){blk.paddr, 4, 12};
    tap_is(ut_free(a, &bad, &fault), UT_EINVAL, "as four pages");
    bad = (struct ut_blk){blk.paddr, 1, 15};
    tap_is(ut_free(a, &bad, &fault), UT_EINVAL, "twice of it");
    bad = (struct ut_blk){blk.paddr + 4096, 1, 12};
    tap_is(ut_free(a, &bad, &fault), UT_EBUSY, "out of the middle");
    tap_is(fault.address, blk.paddr, "  there it begins");
    bad = (struct ut_blk){blk.paddr + 16, 1, 14};
    tap_is(ut_free(a, &bad, &fault), UT_EALIGN, "at no page");
    bad = (struct ut_blk){UINT64_C(1) << 50, 1, 14};
    tap_is(ut_free(a, &bad, &fault), UT_ERANGE, "memory of nobody's");
    bad = (struct ut_blk){blk.paddr, 0, 14};
    tap_is(ut_free(a, &bad, &fault), UT_EINVAL, "none of it");
    tap_is(ut_free(b, &blk, &fault), UT_EBUSY, "by another account");
    tap_ok(fault.owner != 0, "  whose it is, is said");
    tap_is(used(a), was, "all of that changed nothing");
    tap_ok(!bed_slot_is_empty(&bed, slot), "the object is there");
    tap_is(ut_free(a, &blk, NULL), UT_OK, "freed");
    tap_is(ut_free(a, &blk, &fault), UT_EBUSY, "but not twice");
    tap_is(fault.owner, UT_OWNER_NONE, "  it is nobody's");

    r = (struct ut_req){.type = bed.ops.frame_type, .count = 1};
    copy = bed_slot(&bed, &dest);
    slot = bed_slot(&bed, &dest);
    tap_is(ut_alloc(a, &r, &dest, &blk, NULL), UT_OK, "a frame");
    tap_is(bed_copy(&bed, copy, slot), 0, "copied");
    tap_is(ut_free(a, &blk, NULL), UT_OK, "and freed");
    tap_ok(bed_slot_is_empty(&bed, copy), "the forgotten copy is dead");
    tap_ok(bed_check(&bed, "free"), "all is well");
}

static void test_slots(void)
{
    struct ut_req r = {.type = bed.ops.frame_type, .count = 1};
    struct ut_req e = {.type = UT_TYPE_ENDPOINT, .count = 1};
    struct ut_blk blk, other;
    struct ut_dest dest;
    uint64_t was;

    bed_slot(&bed, &dest);
    tap_is(ut_alloc(a, &r, &dest, &blk, NULL), UT_OK, "a page");
    was = used(a);
    tap_is(ut_alloc(a, &r, &dest, &other, &fault), UT_ESLOT,
           "a slot that is in use");
    tap_is(fault.kernel_error, 8, "  so the kernel says");
    tap_is(ut_alloc(a, &e, &dest, &other, &fault), UT_ESLOT,
           "the same for an endpoint");
    dest.offset = UINT32_MAX;
    tap_is(ut_alloc(a, &r, &dest, &other, &fault), UT_EKERNEL,
           "a slot outside of the CNode");
    tap_is(used(a), was, "all of that was not charged");
    tap_is(ut_free(a, &blk, NULL), UT_OK, "freed");
    tap_ok(bed_check(&bed, "slots"), "all is well");
}

/* The library's own slots: an account needs one, and here there are few. */
static void test_own_slots(void)
{
    struct ut_quota q = {0, 0};
    struct ut_acct *c[4];
    uint64_t was;
    unsigned n = 0;

    bed_own_slots_leave(&bed, 2);
    was = used(bed.root);
    while (n < 4 && ut_acct_create(bed.root, &q, &c[n], &fault) == UT_OK)
        n++;
    tap_is(n, 2, "accounts for the slots there are");
    tap_is(fault.err, UT_ESLOT, "then none is left");
    tap_is(fault.available, 0, "  and so it says");
    while (n-- > 0)
        while (ut_acct_destroy(c[n], 100, NULL) == UT_EAGAIN)
            ;
    while (ut_trim(bed.ut, 10) == UT_EAGAIN)
        ;
    tap_is(used(bed.root), was, "all of that was given back");
    tap_ok(bed_check(&bed, "own slots"), "all is well");
}

static bool books_free(void *context, const struct ut_span *span)
{
    struct ut_blk *found = context;

    if (span->owner < UT_OWNER_LEAF)
        return true;
    *found = span->blk;
    return false;
}

static void test_books(void)
{
    struct ut_blk own = {0, 0, 0}, object;
    struct ut_req e = {.type = UT_TYPE_ENDPOINT, .count = 1};
    struct ut_blk page;
    struct ut_dest dest;

    ut_walk(bed.ut, books_free, &own);
    tap_ok(own.count != 0, "the library has memory of its own");
    tap_is(ut_free(bed.root, &own, &fault), UT_EBUSY,
           "which the root cannot free");
    tap_ok(fault.owner >= UT_OWNER_LEAF, "  it is the library's");
    bed_slot(&bed, &dest);
    tap_is(ut_alloc(a, &e, &dest, &object, NULL), UT_OK, "an endpoint");
    page = (struct ut_blk){object.paddr & ~UINT64_C(4095), 1, 12};
    tap_ok(ut_free(a, &page, &fault) != UT_OK, "its page cannot be freed");
    object.size_bits = 5;
    tap_is(ut_free(a, &object, &fault), UT_EINVAL, "nor another object");
    object.size_bits = 4;
    tap_is(ut_free(b, &object, &fault), UT_EBUSY, "nor by another account");
    object.paddr += 16;
    tap_is(ut_free(a, &object, &fault), UT_EINVAL, "nor one that is not there");
    object.paddr -= 8;
    tap_is(ut_free(a, &object, &fault), UT_EINVAL, "nor from its middle on");
    object.paddr -= 8;
    tap_is(ut_free(a, &object, &fault), UT_OK, "but it");
    tap_ok(ut_free(a, &object, &fault) != UT_OK, "once");
    tap_ok(bed_check(&bed, "books"), "all is well");
}

static void refused(struct ut_req r, ut_err_t want, const char *name)
{
    struct ut_price price;
    struct ut_blk blk;
    struct ut_dest dest;
    uint32_t slot = bed_slot(&bed, &dest);

    tap_is(ut_alloc(a, &r, &dest, &blk, &fault), want, "%s", name);
    if (want == UT_EINVAL)
        tap_is(ut_price(bed.ut, &r, &price, NULL), want, "  has no price");
    bed_slot_give(&bed, slot, 1);
}

static void test_requests(void)
{
    const struct ut_req ok = {
        .type = UT_TYPE_UNTYPED, .size_bits = 12, .count = 1};
    uint64_t was = used(a);
    struct ut_req r = ok;

    r.type = 200;
    refused(r, UT_EINVAL, "no such type");
    r.type = bed.ops.kind_count;
    refused(r, UT_EINVAL, "the first one that is not there");
    for (r.type = 0; r.type < bed.ops.kind_count; r.type++)
        if (bed.ops.kinds[r.type].flags == UT_KIND_NONE)
            refused(r, UT_EINVAL, "a number that is no type");
    r = ok;
    r.size_bits = 3;
    refused(r, UT_EINVAL, "too small");
    r.size_bits = 64;
    refused(r, UT_EINVAL, "too large");
    r.size_bits = 62;
    refused(r, UT_EQUOTA, "more than there is");
    r = ok;
    r.type = UT_TYPE_CNODE;
    r.flags = UT_DEVICE;
    refused(r, UT_EINVAL, "slots of a device");
    r = ok;
    r.count = 0;
    refused(r, UT_EINVAL, "none");
    r = (struct ut_req){.type = UT_TYPE_TCB, .size_bits = 12, .count = 1};
    refused(r, UT_EINVAL, "a TCB of another size");
    r.size_bits = 11;
    r.flags = UT_DEVICE;
    refused(r, UT_EINVAL, "a TCB of device memory");
    r = (struct ut_req){.type = UT_TYPE_ENDPOINT, .count = 2};
    refused(r, UT_EINVAL, "two endpoints back to back");
    r = ok;
    r.cls = UT_CLASSES;
    refused(r, UT_EINVAL, "no such class");
    r = ok;
    r.min = 4096;
    r.max = 4095;
    refused(r, UT_EINVAL, "an empty range");
    r = ok;
    r.min = UINT64_C(1) << 50;
    r.max = r.min + 4095;
    refused(r, UT_ERANGE, "a place that is not managed");
    r = ok;
    r.size_bits = 13;
    r.min = bed.base + 4096;
    r.max = r.min + 8191;
    refused(r, UT_EALIGN, "a place that is not aligned");
    r.align_bits = 12;
    refused(r, UT_EALIGN, "though no more is asked for");
    tap_is(used(a), was, "all of that was not charged");
}

static void tests(const struct ut_strategy *strategy)
{
    struct ut_quota q = {UINT64_C(8) << 20, 6000};

    (void)strategy;
    ut_acct_create(bed.root, &q, &a, NULL);
    ut_acct_create(bed.root, &q, &b, NULL);
    test_free();
    test_slots();
    test_own_slots();
    test_books();
    test_requests();
}

int main(void)
{
    bed_each(&bed, tests);
    return tap_done();
}
