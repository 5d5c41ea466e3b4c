/* SPDX-License-Identifier: BSD-2-Clause */
/* A block changes its owner: charge, tag and the library's capability move,
 * contents stay, the old owner's copies die unless it asks to keep them. */
#include "tap.h"
#include "ut_bed.h"

static struct bed bed;
static struct ut_acct *a, *b;

static uint64_t used(const struct ut_acct *acct)
{
    struct ut_usage u;

    ut_acct_usage(acct, &u);
    return u.used.bytes;
}

static void test_page(bool keep)
{
    struct ut_req r = {.type = bed.ops.frame_type, .count = 1};
    uint64_t a_before, b_before;
    struct ut_handover move;
    struct ut_dest dest;
    struct ut_blk blk;
    uint32_t slot = bed_slot(&bed, &dest), to, copy;
    struct ut_dest ignored;
    uint8_t *memory;

    to = bed_slot(&bed, &ignored);
    copy = bed_slot(&bed, &ignored);
    a_before = used(a);
    b_before = used(b);
    tap_is(ut_alloc(a, &r, &dest, &blk, NULL), UT_OK, "a page");
    memory = bed_memory_of(&bed, slot);
    if (memory)
        memory[0] = 0x77;
    bed_copy(&bed, copy, slot);
    move = (struct ut_handover){bed_slot_path(&bed, slot),
                                bed_slot_path(&bed, to), keep};
    tap_is(ut_transfer(b, a, &blk, &move, NULL), UT_EBUSY,
           "only its owner can pass it on");
    tap_is(ut_transfer(a, b, &blk, &move, NULL), UT_OK, "it passes it on");
    tap_ok(bed_slot_is_empty(&bed, slot) && !bed_slot_is_empty(&bed, to),
           "the capability has moved");
    tap_ok(bed_slot_is_empty(&bed, copy) == !keep, "its copy is %s",
           keep ? "kept" : "dead");
    memory = bed_memory_of(&bed, to);
    tap_ok(!memory || memory[0] == 0x77, "contents have stayed");
    tap_ok(used(b) >= b_before + 4096, "the new owner pays");
    /* A copy is paid for by whose CNode it is in. */
    tap_ok(keep || bed_check(&bed, "transfer"), "all of it is paid for");
    tap_is(ut_free(a, &blk, NULL), UT_EBUSY, "the old one cannot free it");
    tap_is(ut_free(b, &blk, NULL), UT_OK, "the new one can");
    tap_is(used(b), b_before, "and pays no longer");
    while (ut_trim(bed.ut, 10) == UT_EAGAIN)
        ;
    tap_is(used(a), a_before, "nor does the old one");
    tap_ok(bed_slot_is_empty(&bed, copy), "no copy is left");
    tap_ok(bed_check(&bed, "freed"), "all of it is paid for");
    bed_slot_give(&bed, slot, 1);
    bed_slot_give(&bed, to, 1);
    bed_slot_give(&bed, copy, 1);
}

static void test_refusals(void)
{
    struct ut_req r = {.type = UT_TYPE_UNTYPED, .size_bits = 22, .count = 1};
    struct ut_quota little = {4096, 10};
    struct ut_fault fault;
    struct ut_dest dest;
    struct ut_acct *poor;
    struct ut_blk blk, object;

    bed_slot(&bed, &dest);
    ut_acct_create(bed.root, &little, &poor, NULL);
    tap_is(ut_alloc(a, &r, &dest, &blk, NULL), UT_OK, "4 MiB");
    tap_is(ut_transfer(a, poor, &blk, NULL, &fault), UT_EQUOTA,
           "the new owner must have the quota");
    tap_is(fault.wanted, blk.count << 22, "  so much of it");
    tap_is(fault.available, 4096, "  and has less");
    tap_is(ut_transfer(a, b, &blk, NULL, NULL), UT_OK, "another has it");
    blk.size_bits = 21;
    blk.count = 2;
    tap_is(ut_transfer(b, a, &blk, NULL, NULL), UT_EINVAL,
           "not as something else than it is");
    blk.size_bits = 22;
    blk.count = 1;
    tap_is(ut_free(b, &blk, NULL), UT_OK, "freed");
    r = (struct ut_req){.type = UT_TYPE_ENDPOINT, .count = 1};
    tap_is(ut_alloc(a, &r, &dest, &object, NULL), UT_OK, "an endpoint");
    tap_is(ut_transfer(a, b, &object, NULL, NULL), UT_EINVAL,
           "stays in its slab");
    tap_is(ut_free(a, &object, NULL), UT_OK, "freed");
}

static void tests(const struct ut_strategy *strategy)
{
    struct ut_quota q = {UINT64_C(8) << 20, 6000};

    (void)strategy;
    ut_acct_create(bed.root, &q, &a, NULL);
    ut_acct_create(bed.root, &q, &b, NULL);
    test_page(false);
    test_page(true);
    test_refusals();
}

int main(void)
{
    bed_each(&bed, tests);
    return tap_done();
}
