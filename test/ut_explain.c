/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a request fails: which resource, how much, what would fit, and whose
 * the memory beside it is. */
#include "tap.h"
#include "ut_bed.h"

static struct bed bed;
static struct ut_acct *a, *b;

static ut_owner_t tag(const struct ut_acct *acct)
{
    struct ut_usage u;

    ut_acct_usage(acct, &u);
    return u.owner;
}

static void test_range(void)
{
    struct ut_req r = {.type = UT_TYPE_UNTYPED,
                       .size_bits = 18,
                       .count = 1,
                       .min = bed.base + (UINT64_C(4) << 20),
                       .max = bed.base + (UINT64_C(6) << 20) - 1};
    struct ut_dest dest;
    struct ut_blk blk[8], gap;
    struct ut_why why;
    unsigned n = 0;

    bed_slots(&bed, 16, &dest);
    ut_explain(a, &r, &why);
    tap_is(why.err, UT_OK, "nothing is in the way");
    while (n < 8 && ut_alloc(a, &r, &dest, &blk[n], NULL) == UT_OK) {
        n++;
        dest.offset++;
    }
    tap_is(n, 8, "2 MiB are taken in eighths");
    ut_explain(b, &r, &why);
    tap_ok(why.err == UT_EFRAG || why.err == UT_ENOMEM, "one more fails");
    tap_is(why.nearest.count, 0, "  nothing of that range is free");
    tap_is(why.holder, tag(a), "  and the other account has it");
    gap = blk[3];
    tap_is(ut_free(a, &gap, NULL), UT_OK, "one is given back");
    r.size_bits = 19;
    ut_explain(a, &r, &why);
    tap_is(why.err, UT_EFRAG, "twice its size fails");
    tap_is(why.nearest.paddr, gap.paddr, "  what would fit is there");
    tap_is(why.nearest.size_bits, 18, "  of that size");
    tap_is(why.below, tag(a), "  this account is below");
    tap_is(why.above, tag(a), "  and above");
    tap_is(why.holder, tag(a), "  and in the way");
    r.size_bits = 18;
    r.min = blk[2].paddr;
    r.max = r.min + (1 << 18) - 1;
    ut_explain(b, &r, &why);
    tap_is(why.err, UT_EBUSY, "an exact place is taken");
    tap_is(why.holder, tag(a), "  by this account");
    tap_is(why.blocking, blk[2].paddr, "  from its first byte");
    for (n = 0; n < 8; n++)
        if (n != 3 && ut_free(a, &blk[n], NULL))
            bed_fault(&bed, "range", "cannot be freed");
}

static void test_resources(void)
{
    struct ut_req r = {.type = UT_TYPE_UNTYPED, .size_bits = 24, .count = 1};
    struct ut_why why;

    ut_explain(a, &r, &why);
    tap_is(why.err, UT_EQUOTA, "more than the account may have");
    tap_is(why.fault.wanted, 1 << 24, "  it wants so much");
    tap_ok(why.fault.available < 1 << 24, "  and has less");
    tap_ok(why.nearest.count == 1, "  there would be room");
    r.size_bits = 30;
    ut_explain(bed.root, &r, &why);
    tap_ok(why.err != UT_OK, "more than the machine has");
    tap_ok(why.nearest.size_bits >= 20, "  a smaller one would fit");
    r.type = 250;
    ut_explain(a, &r, &why);
    tap_is(why.err, UT_EINVAL, "no request at all");
    for (int e = 0; e < UT_ERR_COUNT; e++)
        if (!ut_strerror((ut_err_t)e)[0])
            bed_fault(&bed, "strerror", "an error has no sentence");
    tap_is_string(ut_strerror((ut_err_t)99), "no such error",
                  "what is no error has none");
}

static void tests(const struct ut_strategy *strategy)
{
    struct ut_quota q = {UINT64_C(8) << 20, 6000};

    (void)strategy;
    ut_acct_create(bed.root, &q, &a, NULL);
    ut_acct_create(bed.root, &q, &b, NULL);
    test_range();
    test_resources();
    tap_ok(bed_check(&bed, "end"), "all is well");
}

int main(void)
{
    bed_each(&bed, tests);
    return tap_done();
}
