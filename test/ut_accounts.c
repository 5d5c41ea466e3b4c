/* SPDX-License-Identifier: BSD-2-Clause */
/* Accounts: quota is lent, moved and given back; what exceeds it is refused
 * with the resource and the amount. */
#include "tap.h"
#include "ut_bed.h"

static struct bed bed;

static struct ut_usage usage(const struct ut_acct *a)
{
    struct ut_usage u;

    ut_acct_usage(a, &u);
    return u;
}

static void test_lending(void)
{
    struct ut_quota q = {UINT64_C(4) << 20, 3000}, part = {1 << 20, 500};
    struct ut_usage before = usage(bed.root);
    struct ut_acct *a, *b, *c;

    tap_is(ut_acct_create(bed.root, &q, &a, NULL), UT_OK, "an account");
    tap_is(usage(bed.root).lent.bytes, q.bytes, "its bytes are lent");
    tap_is(usage(bed.root).lent.caps, q.caps, "and its capabilities");
    tap_ok(usage(bed.root).used.bytes >= before.used.bytes + 4096,
           "the parent pays for the record");
    tap_is(usage(a).limit.bytes, q.bytes, "the child may use so many");
    tap_is(usage(a).used.bytes, 0, "and has used none");
    tap_is(ut_acct_create(bed.root, &part, &b, NULL), UT_OK, "a sibling");
    tap_is(ut_acct_create(a, &part, &c, NULL), UT_OK, "a child's child");
    tap_ok(ut_acct_find(bed.ut, usage(c).owner) == c, "found by its tag");

    tap_is(ut_acct_move(a, b, &part, NULL), UT_OK, "quota to a sibling");
    tap_is(usage(b).limit.bytes, 2 * part.bytes, "which has it");
    tap_is(usage(a).limit.bytes, q.bytes - part.bytes, "and the other not");
    tap_is(ut_acct_move(b, bed.root, &part, NULL), UT_OK, "to the parent");
    tap_is(ut_acct_move(bed.root, b, &part, NULL), UT_OK, "and back");
    tap_is(ut_acct_move(b, c, &part, NULL), UT_EINVAL, "not to a nephew");
    tap_is(ut_acct_move(b, b, &part, NULL), UT_EINVAL, "not to oneself");
    tap_ok(bed_check(&bed, "lending"), "all of it is paid for");
    while (ut_acct_destroy(a, 3, NULL) == UT_EAGAIN)
        ;
    while (ut_acct_destroy(b, 3, NULL) == UT_EAGAIN)
        ;
    while (ut_trim(bed.ut, 100) == UT_EAGAIN)
        ;
    tap_is(usage(bed.root).lent.bytes, 0, "all that was lent is back");
    tap_is(usage(bed.root).used.bytes, before.used.bytes,
           "and the records are paid for no longer");
}

static void test_limits(void)
{
    struct ut_quota q = {UINT64_C(1) << 20, 1100},
                    much = {UINT64_C(2) << 20, 1};
    struct ut_req r = {.type = UT_TYPE_UNTYPED, .size_bits = 20, .count = 1};
    struct ut_fault fault;
    struct ut_acct *a, *b;
    struct ut_dest dest;
    struct ut_blk blk, other;
    uint32_t slot = bed_slots(&bed, 2048, &dest);

    ut_acct_create(bed.root, &q, &a, NULL);
    tap_is(ut_alloc(a, &r, &dest, &blk, &fault), UT_OK, "all of its bytes");
    dest.offset++;
    r.size_bits = 13;
    tap_is(ut_alloc(a, &r, &dest, &other, &fault), UT_EQUOTA, "no more");
    tap_is(fault.wanted, 8192, "  so many were wanted");
    tap_is(fault.available, 0, "  so many are left");
    tap_is(fault.owner, usage(a).owner, "  to that account");
    tap_is(ut_acct_create(a, &much, &b, &fault), UT_EQUOTA,
           "nothing is left for a child");
    tap_is(ut_free(a, &blk, NULL), UT_OK, "they can be given back");
    much.caps = 1;
    much.bytes = 0;
    r.count = 1200;
    r.size_bits = 12;
    tap_is(ut_alloc(a, &r, &dest, &blk, &fault), UT_EQUOTA, "too many pages");
    tap_is(ut_acct_move(bed.root, a, &(struct ut_quota){1 << 23, 0}, NULL),
           UT_OK, "more bytes");
    tap_is(ut_alloc(a, &r, &dest, &blk, &fault), UT_ECAPQUOTA,
           "too many capabilities");
    tap_is(fault.wanted, 1200, "  so many were wanted");
    tap_is(fault.available, 1100, "  so many are left");
    tap_is(ut_acct_move(a, bed.root, &(struct ut_quota){1 << 24, 0}, &fault),
           UT_EQUOTA, "more than it has cannot be moved");
    tap_is(usage(a).used.bytes, 0, "what was refused was not charged");
    tap_ok(bed_check(&bed, "limits"), "all of it is paid for");
    while (ut_acct_destroy(a, 100, NULL) == UT_EAGAIN)
        ;
    bed_slot_give(&bed, slot, 2048);
}

static void test_number(void)
{
    struct ut_quota q = {0, 0};
    struct ut_acct *a[64];
    struct ut_fault fault;
    unsigned n = 0;

    while (n < 64 && ut_acct_create(bed.root, &q, &a[n], &fault) == UT_OK)
        n++;
    tap_is(n, bed.config.accounts_max, "as many accounts as were asked for");
    tap_is(fault.err, UT_EINVAL, "and no more");
    while (n-- > 0)
        while (ut_acct_destroy(a[n], 100, NULL) == UT_EAGAIN)
            ;
    tap_is(ut_acct_create(bed.root, &q, &a[0], NULL), UT_OK,
           "tags are used again");
    tap_is(ut_acct_destroy(bed.root, 100, NULL), UT_EINVAL,
           "the root cannot be destroyed");
}

static void tests(const struct ut_strategy *strategy)
{
    (void)strategy;
    test_lending();
    test_limits();
    test_number();
}

int main(void)
{
    bed_each(&bed, tests);
    return tap_done();
}
