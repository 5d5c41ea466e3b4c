/* SPDX-License-Identifier: BSD-2-Clause */
/* Giving back what one has deleted oneself: as long as somebody has a copy of
 * a capability it is refused, and that copy stays as it is. */
#include "tap.h"
#include "ut_bed.h"

#define COUNT 5u

static struct bed bed;
static struct ut_acct *a, *b;
static struct ut_fault fault;

static void cap_delete(uint32_t slot)
{
    struct ut_slot path = bed_slot_path(&bed, slot);

    if (bed.real.remove(bed.real.context, &path))
        bed_fault(&bed, "delete", "the kernel refused");
}

static struct ut_quota used(void)
{
    struct ut_usage u;

    ut_acct_usage(a, &u);
    return u.used;
}

/* Refused, and everything is as it was. */
static void refused(const struct ut_blk *blk, const char *what)
{
    struct ut_quota before = used(), after;
    ut_err_t err = ut_free_deleted(a, blk, &fault);

    after = used();
    tap_is(err, UT_ELIVE, "%s", what);
    tap_is(fault.err, UT_ELIVE, "  the fault says so");
    tap_is(fault.address, blk->paddr, "  and which block");
    tap_ok(after.bytes == before.bytes && after.caps == before.caps,
           "  it is still charged");
    /* Copies are the client's: nobody has paid for them. */
    tap_ok(ut_check(bed.ut) == NULL, "  all is well");
}

/* The kernel refuses the n-th call of it, for every n: it stays, or it is
 * gone.  On stock calls what the bed answers means that something lives. */
static void freed(const struct ut_blk *blk, const char *what)
{
    struct ut_quota before = used(), after;
    ut_err_t err = UT_EKERNEL;
    unsigned n = 0;

    while ((err == UT_EKERNEL || err == UT_ELIVE) && n < 40) {
        bed.refuse_in = ++n;
        err = ut_free_deleted(a, blk, &fault);
        bed_check(&bed, what);
    }
    bed.refuse_in = 0;
    after = used();
    tap_is(err, UT_OK, "%s", what);
    tap_ok(after.caps <= before.caps && n > 1,
           "  after %u refusals of the kernel", n - 1);
    tap_ok(ut_free_deleted(a, blk, &fault) != UT_OK, "  but not twice");
    tap_ok(bed_check(&bed, what), "  all is well");
}

static void test_object(struct ut_req r, const char *what)
{
    struct ut_blk blk;
    struct ut_dest dest;
    uint32_t slot = bed_slot(&bed, &dest), copy, more;

    tap_is(ut_alloc(a, &r, &dest, &blk, &fault), UT_OK, "%s", what);
    copy = bed_slot(&bed, &dest);
    more = bed_slot(&bed, &dest);
    bed_copy(&bed, copy, slot);
    bed_copy(&bed, more, copy);
    refused(&blk, "while all capabilities are there");
    tap_ok(ut_free_deleted(b, &blk, &fault) != UT_OK, "by another account");
    cap_delete(slot);
    refused(&blk, "while there are two copies");
    tap_ok(!bed_slot_is_empty(&bed, copy) && !bed_slot_is_empty(&bed, more),
           "  which live");
    cap_delete(copy);
    refused(&blk, "while there is one");
    tap_ok(!bed_slot_is_empty(&bed, more), "  which lives");
    cap_delete(more);
    freed(&blk, "with the last copy it can be given back");
    bed_slot_give(&bed, slot, 1);
    bed_slot_give(&bed, copy, 1);
    bed_slot_give(&bed, more, 1);
}

/* One of many is enough. */
static void test_run(void)
{
    struct ut_req r = {.type = bed.ops.frame_type, .count = COUNT};
    struct ut_blk blk, wrong;
    struct ut_dest dest;
    uint32_t slot = bed_slots(&bed, COUNT, &dest);

    tap_is(ut_alloc(a, &r, &dest, &blk, &fault), UT_OK, "%u pages", COUNT);
    refused(&blk, "with all of them");
    for (uint32_t i = 0; i < COUNT - 1; i++)
        cap_delete(slot + i);
    refused(&blk, "with the last");
    tap_ok(!bed_slot_is_empty(&bed, slot + COUNT - 1), "  which lives");
    cap_delete(slot + COUNT - 1);
    wrong = blk;
    wrong.count--;
    tap_is(ut_free_deleted(a, &wrong, &fault), UT_EINVAL, "one page too few");
    freed(&blk, "without any");
    bed_slot_give(&bed, slot, COUNT);
}

static void tests(const struct ut_strategy *strategy)
{
    struct ut_quota q = {UINT64_C(8) << 20, 6000};
    struct ut_req page = {.type = bed.ops.frame_type, .count = 1};
    struct ut_req endpoint = {.type = UT_TYPE_ENDPOINT, .count = 1};
    struct ut_req thread = {.type = UT_TYPE_TCB, .count = 1};

    (void)strategy;
    ut_acct_create(bed.root, &q, &a, NULL);
    ut_acct_create(bed.root, &q, &b, NULL);
    test_object(page, "a page");
    test_object(endpoint, "an endpoint");
    test_object(thread, "a thread");
    test_run();
    page = (struct ut_req){.type = bed.ops.frame_type, .count = 1};
    bed.ops.next = NULL;
    if (strategy == &ut_strategy_offset) {
        struct ut_blk blk;
        struct ut_dest dest;
        uint32_t slot = bed_slot(&bed, &dest);

        ut_alloc(a, &page, &dest, &blk, NULL);
        cap_delete(slot);
        tap_is(ut_free_deleted(a, &blk, &fault), UT_EINVAL,
               "a kernel that cannot say");
        tap_is(ut_free(a, &blk, NULL), UT_OK, "  ut_free does not ask");
    }
}

int main(void)
{
    bed_each(&bed, tests);
    return tap_done();
}
