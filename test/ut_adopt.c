/* SPDX-License-Identifier: BSD-2-Clause */
/* A second life on the same kernel: it reads back every block of a region,
 * lets die what nobody wants, and hands out the rest; nothing that lives is
 * touched, and what it has is charged. */
#include <stdlib.h>

#include "tap.h"
#include "ut_bed.h"

#define ACCOUNTS 3u
#define BLOCKS   60u

static struct bed bed;
static struct ut_acct *accounts[ACCOUNTS];
static struct ut_fault fault;

static struct {
    struct ut_blk blk;
    uint32_t slot;
    uint8_t owner;
    bool wanted;
    unsigned met; /* times */
} blocks[BLOCKS];

static struct ut_quota used(const struct ut_acct *acct)
{
    struct ut_usage u;

    ut_acct_usage(acct, &u);
    return u.used;
}

static void accounts_make(void)
{
    struct ut_quota q = {UINT64_C(4) << 20, 2000};

    accounts[0] = bed.root;
    for (unsigned i = 1; i < ACCOUNTS; i++)
        if (ut_acct_create(bed.root, &q, &accounts[i], NULL))
            bed_fault(&bed, "start", "no account");
}

/* Pages, untypeds of up to 64 KiB, a huge page; every seventh is not wanted. */
static void first_life(void)
{
    accounts_make();
    for (unsigned i = 0; i < BLOCKS; i++) {
        struct ut_req r = {.type = UT_TYPE_UNTYPED,
                           .size_bits = (uint8_t)(12 + i % 5),
                           .count = 1};
        struct ut_dest dest;

        if (i % 3 == 0)
            r = (struct ut_req){.type = bed.ops.frame_type, .count = 1};
        if (i == 1)
            r = (struct ut_req){.type = bed.ops.huge_type, .count = 1};
        blocks[i].slot = bed_slot(&bed, &dest);
        blocks[i].owner = (uint8_t)(i % ACCOUNTS);
        blocks[i].wanted = i % 7 != 0;
        if (ut_alloc(accounts[i % ACCOUNTS], &r, &dest, &blocks[i].blk, NULL))
            bed_fault(&bed, "first", "no block");
    }
}

/* The library's memory is forgotten; its frames of the first life are found
 * like everything else. */
static void second_life(void)
{
    struct ut_config *c = &bed.config;

    free(c->memory);
    c->memory = aligned_alloc(16, c->bytes);
    c->slots.first.offset += c->slots.count / 2;
    c->slots.cptr += c->slots.count / 2;
    c->slots.count /= 2;
    c->bytes = ut_memory_bytes(c);
    if (!c->memory || ut_init(c, &bed.ut, &fault))
        abort();
    bed.root = ut_root(bed.ut);
}

static unsigned index_of(const struct ut_blk *blk)
{
    for (unsigned i = 0; i < BLOCKS; i++)
        if (blocks[i].blk.paddr == blk->paddr &&
            blocks[i].blk.size_bits == blk->size_bits)
            return i;
    return BLOCKS;
}

static bool keep(void *context, const struct ut_blk *blk)
{
    unsigned i = index_of(blk);
    uint64_t *last = context;

    if (blk->paddr < *last)
        bed_fault(&bed, "keep", "addresses do not rise");
    *last = blk->paddr;
    if (i < BLOCKS)
        blocks[i].met++;
    return i < BLOCKS && blocks[i].wanted;
}

static struct ut_acct *whose(void *context, const struct ut_blk *blk)
{
    unsigned i = index_of(blk), *count = context;

    if (i == BLOCKS) {
        bed_fault(&bed, "whose", "a block that was not kept");
        return NULL;
    }
    ++*count;
    return accounts[blocks[i].owner];
}

static void adopt(void)
{
    uint64_t calls = bed.calls, last = 0, bytes = 0;
    unsigned kept = 0, met = 0, wrong = 0;
    ut_err_t err = UT_OK;

    for (uint32_t i = 0; !err && i < bed.config.region_count; i++)
        err = ut_adopt_region(bed.root, i, keep, &last, &fault);
    tap_is(err, UT_OK, "every region is taken over");
    calls = bed.calls - calls;
    for (unsigned i = 0; i < BLOCKS; i++) {
        kept += blocks[i].wanted;
        met += blocks[i].met;
        bytes += blocks[i].wanted ? UINT64_C(1) << blocks[i].blk.size_bits : 0;
        wrong += bed_slot_is_empty(&bed, blocks[i].slot) == blocks[i].wanted;
    }
    tap_is(met, BLOCKS, "each block is met once");
    tap_is(wrong, 0, "who is wanted lives, who is not is dead");
    tap_is(used(bed.root).bytes, bytes, "the bytes are charged");
    tap_is(used(bed.root).caps, kept, "and the capabilities");
    tap_ok(calls > BLOCKS && calls < 2 * BLOCKS + 40, "%lu kernel calls",
           (unsigned long)calls);
    tap_ok(bed_check(&bed, "adopt"), "all is well");
    calls = bed.calls;
    last = 0;
    for (uint32_t i = 0; !err && i < bed.config.region_count; i++)
        err = ut_adopt_region(bed.root, i, NULL, NULL, &fault);
    tap_is(err, UT_OK, "and again");
    tap_is(used(bed.root).bytes, bytes, "  that changes nothing");
}

static void hand_out(void)
{
    struct ut_quota before[ACCOUNTS];
    uint64_t bytes[ACCOUNTS] = {0};
    unsigned count = 0, kept = 0, wrong = 0;
    uint64_t calls;

    accounts_make();
    for (unsigned i = 1; i < ACCOUNTS; i++)
        before[i] = used(accounts[i]);
    calls = bed.calls;
    tap_is(ut_transfer_each(bed.root, whose, &count, &fault), UT_OK,
           "handed out");
    tap_is(bed.calls, calls, "  without a kernel call");
    for (unsigned i = 0; i < BLOCKS; i++) {
        kept += blocks[i].wanted;
        if (blocks[i].wanted)
            bytes[blocks[i].owner] += UINT64_C(1) << blocks[i].blk.size_bits;
    }
    tap_is(count, kept, "  every block");
    for (unsigned i = 1; i < ACCOUNTS; i++)
        tap_is(used(accounts[i]).bytes - before[i].bytes, bytes[i],
               "  account %u has its own", i);
    tap_ok(bed_check(&bed, "hand out"), "all is well");
    for (unsigned i = 0; i < BLOCKS; i++)
        if (blocks[i].wanted)
            wrong += ut_free(accounts[blocks[i].owner], &blocks[i].blk, NULL) !=
                         UT_OK ||
                     !bed_slot_is_empty(&bed, blocks[i].slot);
    tap_is(wrong, 0, "each can be given back by its owner");
    for (unsigned i = 1; i < ACCOUNTS; i++)
        while (ut_acct_destroy(accounts[i], 100, NULL) == UT_EAGAIN)
            ;
    tap_is(used(bed.root).bytes, 0, "then nothing is charged");
    tap_ok(bed_check(&bed, "hand out"), "all is well");
}

/* An account that has not enough, a kernel that refuses each call once: it
 * goes on where it was. */
static void test_errors(void)
{
    struct ut_quota q = {UINT64_C(64) << 12, 100};
    uint32_t regions = bed.config.region_count, r = 0;
    unsigned refused = 0, short_of = 0, wanted = 0, alive = 0;
    struct ut_acct *poor;
    uint64_t last = 0;

    first_life();
    second_life();
    tap_is(ut_adopt_region(bed.root, regions, NULL, NULL, &fault), UT_EINVAL,
           "no such region");
    for (uint64_t n = 1; r < regions && bed.faults == 0; last = 0) {
        bed.refuse_in = n;
        switch (ut_adopt_region(bed.root, r, keep, &last, &fault)) {
        case UT_OK:
            r++;
            n = 1;
            break;
        case UT_EKERNEL:
            refused++;
            n++;
            break;
        default:
            bed_fault(&bed, "errors", "another error");
        }
        bed.refuse_in = 0;
        if (ut_check(bed.ut))
            bed_fault(&bed, "errors", ut_check(bed.ut));
    }
    tap_ok(refused > BLOCKS / 2, "refused %u times by the kernel", refused);
    for (unsigned i = 0; i < BLOCKS; i++) {
        wanted += blocks[i].wanted;
        alive += !bed_slot_is_empty(&bed, blocks[i].slot);
    }
    tap_is(alive, wanted, "in the end who is wanted lives");
    second_life();
    tap_is(ut_acct_create(bed.root, &q, &poor, NULL), UT_OK, "a small account");
    for (r = 0; r < regions; r++, last = 0)
        short_of +=
            ut_adopt_region(poor, r, keep, &last, &fault) == UT_EQUOTA &&
            fault.wanted > fault.available;
    tap_ok(short_of > 0, "has not enough for all");
    tap_ok(used(poor).bytes <= q.bytes && used(poor).bytes > 0,
           "but for some of it");
    tap_ok(ut_check(bed.ut) == NULL, "all is well");
}

int main(void)
{
    bed_open(&bed, &ut_strategy_incremental, NULL);
    tap_is(ut_adopt_region(bed.root, 0, NULL, NULL, &fault), UT_EINVAL,
           "not with the incremental strategy");
    bed_close(&bed);
    if (!bed_can(&ut_strategy_offset)) {
        tap_skip("the kernel has no RetypeAt");
        return tap_done();
    }
    bed_open(&bed, &ut_strategy_offset, NULL);
    first_life();
    second_life();
    adopt();
    hand_out();
    bed_close(&bed);
    bed_open(&bed, &ut_strategy_offset, NULL);
    test_errors();
    tap_is(bed.faults, 0, "nothing was wrong in between");
    bed_close(&bed);
    return tap_done();
}
