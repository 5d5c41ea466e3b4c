/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of an account, step by step: everything of it dies, its quota comes
 * back, exactly; the others notice nothing, neither in between nor where their
 * blocks lie beside its own. */
#include "tap.h"
#include "ut_bed.h"

#define BLOCKS 90u

static struct bed bed;
static struct ut_acct *victim, *below, *other;
static struct ut_blk blocks[3][BLOCKS];
static uint32_t slots[3][BLOCKS];

static struct ut_usage usage(const struct ut_acct *a)
{
    struct ut_usage u;

    ut_acct_usage(a, &u);
    return u;
}

/* Pages, larger blocks and objects of all three, in turns. */
static void populate(void)
{
    struct ut_acct *accounts[] = {victim, below, other};

    for (unsigned i = 0; i < BLOCKS; i++)
        for (unsigned j = 0; j < 3; j++) {
            struct ut_req r = {.type = UT_TYPE_UNTYPED,
                               .size_bits = (uint8_t)(12 + i % 5),
                               .count = 1};
            struct ut_dest dest;

            if (i % 3 == 1)
                r = (struct ut_req){.type = UT_TYPE_TCB, .count = 1};
            if (i == 42 && j == 0)
                r.size_bits = 21;
            slots[j][i] = bed_slot(&bed, &dest);
            if (ut_alloc(accounts[j], &r, &dest, &blocks[j][i], NULL))
                bed_fault(&bed, "populate", "no memory");
        }
}

static void test_destroy(uint32_t budget)
{
    struct ut_quota q = {UINT64_C(12) << 20, 9000},
                    less = {UINT64_C(4) << 20, 4000};
    struct ut_usage root = usage(bed.root), was;
    struct ut_blk guest;
    struct ut_req page = {.type = bed.ops.frame_type, .count = 1};
    struct ut_dest dest;
    uint32_t guest_slot = bed_slot(&bed, &dest);
    unsigned steps = 0;
    ut_err_t err;

    ut_acct_create(bed.root, &q, &victim, NULL);
    ut_acct_create(victim, &less, &below, NULL);
    ut_acct_create(bed.root, &q, &other, NULL);
    populate();
    /* A block of the other's that lies in the victim's chunk. */
    tap_is(ut_alloc(victim, &page, &dest, &guest, NULL), UT_OK, "a page more");
    tap_is(ut_transfer(victim, other, &guest, NULL, NULL), UT_OK,
           "which goes to the other account");
    was = usage(other);
    do {
        unsigned dead = 0;

        err = ut_acct_destroy(victim, budget, NULL);
        steps++;
        bed_check(&bed, "destroy");
        for (unsigned i = 0; i < BLOCKS; i++)
            dead += bed_slot_is_empty(&bed, slots[2][i]);
        if (dead || bed_slot_is_empty(&bed, guest_slot))
            bed_fault(&bed, "destroy", "the other's objects died");
        if (err && ut_acct_create(victim, &less, &below, NULL) != UT_EINVAL)
            bed_fault(&bed, "destroy", "a dying account has children");
    } while (err == UT_EAGAIN);
    tap_is(err, UT_OK, "destroyed in %u steps", steps);
    tap_ok(budget > 100 ? steps == 1 : steps > 10, "as the budget was");
    for (unsigned i = 0; i < BLOCKS; i++)
        if (!bed_slot_is_empty(&bed, slots[0][i]) ||
            !bed_slot_is_empty(&bed, slots[1][i]))
            bed_fault(&bed, "destroy", "an object is still there");
    tap_ok(usage(other).used.bytes <= was.used.bytes,
           "the other pays no more than before");
    tap_is(ut_free(other, &guest, NULL), UT_OK, "and can free all of its");
    for (unsigned i = 0; i < BLOCKS; i++)
        if (ut_free(other, &blocks[2][i], NULL))
            bed_fault(&bed, "destroy", "the other cannot free");
    while (ut_trim(bed.ut, 100) == UT_EAGAIN)
        ;
    tap_is(usage(other).used.bytes, 0, "then it pays nothing");
    tap_is(usage(other).used.caps, 0, "and has no capability");
    while (ut_acct_destroy(other, budget, NULL) == UT_EAGAIN)
        ;
    while (ut_trim(bed.ut, 100) == UT_EAGAIN)
        ;
    tap_is(usage(bed.root).used.bytes, root.used.bytes,
           "the parent has all bytes again");
    tap_is(usage(bed.root).lent.bytes, 0, "and all quota");
    tap_ok(bed_check(&bed, "end"), "all of it is paid for");
    for (unsigned i = 0; i < BLOCKS; i++)
        for (unsigned j = 0; j < 3; j++)
            bed_slot_give(&bed, slots[j][i], 1);
    bed_slot_give(&bed, guest_slot, 1);
}

static void tests(const struct ut_strategy *strategy)
{
    (void)strategy;
    test_destroy(1);
    test_destroy(10000);
}

int main(void)
{
    bed_each(&bed, tests);
    return tap_done();
}
