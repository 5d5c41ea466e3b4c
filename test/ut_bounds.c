/* SPDX-License-Identifier: BSD-2-Clause */
/* What the library promises of kernel calls and of clearing, on pages alone
 * (w0) and on blocks of orders 0 to 9, 78 % of order 0 (w1): one call each
 * with offset; on stock calls 1.05 and 1.05, 1.35 and 1.30, never more than
 * nine in one operation; and nothing larger than the object or 2 MiB cleared
 * by a call. */
#include <stdlib.h>

#include "seed.h"
#include "tap.h"
#include "ut_bed.h"

#define BLOCKS     8192u
#define OPERATIONS 400000u

static struct bed bed;
static struct ut_blk blocks[BLOCKS];
static uint32_t slots[BLOCKS];

/* 32 MiB: the promises are for what has been in use for some time. */
static const struct ut_region regions[] = {
    {.base = 0x8000000, .size_bits = 25}};
static const struct bed_memory memory = {regions, 1};

struct tally {
    uint64_t allocs, frees, refused;
    uint64_t calls_alloc, calls_free, calls_max;
    uint64_t used, peak; /* bytes */
};

static unsigned order(struct seed *seed, bool mixed)
{
    if (!mixed || seed_below(seed, 100) < 78)
        return 0;
    return 1 + (unsigned)seed_below(seed, 9);
}

static void alloc(unsigned i, struct seed *seed, bool mixed, struct tally *t)
{
    struct ut_req r = {.type = UT_TYPE_UNTYPED, .count = 1};
    uint64_t calls = bed.calls;
    struct ut_dest dest;
    ut_err_t err;

    r.size_bits = (uint8_t)(12 + order(seed, mixed));
    slots[i] = bed_slot(&bed, &dest);
    bed_cleared_reset(&bed);
    err = ut_alloc(bed.root, &r, &dest, &blocks[i], NULL);
    calls = bed.calls - calls;
    if (calls > t->calls_max)
        t->calls_max = calls;
    if (bed_cleared_max(&bed) > UINT64_C(1) << 21)
        bed_fault(&bed, "alloc", "a call has cleared too much");
    if (err) {
        t->refused++;
        blocks[i].count = 0;
        bed_slot_give(&bed, slots[i], 1);
        return;
    }
    t->allocs++;
    t->calls_alloc += calls;
    t->used += UINT64_C(1) << r.size_bits;
    t->peak = t->used > t->peak ? t->used : t->peak;
}

static void release(unsigned i, struct tally *t)
{
    uint64_t calls = bed.calls;

    if (ut_free(bed.root, &blocks[i], NULL))
        bed_fault(&bed, "free", "it was refused");
    calls = bed.calls - calls;
    t->calls_free += calls;
    t->frees++;
    if (calls > t->calls_max)
        t->calls_max = calls;
    t->used -= UINT64_C(1) << blocks[i].size_bits;
    blocks[i].count = 0;
    bed_slot_give(&bed, slots[i], 1);
}

/* Up to the target, then as many frees as allocations. */
static void run(const struct ut_strategy *strategy, bool mixed,
                unsigned per_cent, const unsigned bounds[3])
{
    struct seed seed = {per_cent + mixed};
    struct tally t = {0};
    uint64_t target = (UINT64_C(1) << 25) / 100 * per_cent;

    bed_open(&bed, strategy, &memory);
    bed.calls_locked = 0;
    for (unsigned n = 0; n < OPERATIONS; n++) {
        unsigned i = (unsigned)seed_below(&seed, mixed ? BLOCKS / 4 : BLOCKS);

        if (blocks[i].count && t.used > target - target / 32 &&
            (t.used > target || seed_below(&seed, 2)))
            release(i, &t);
        else if (!blocks[i].count && t.used < target)
            alloc(i, &seed, mixed, &t);
    }
    tap_diag("%s, %s, %u %%: %lu allocs %lu frees %lu refused, peak %lu MiB",
             ut_strategy_name(bed.ut), mixed ? "w1" : "w0", per_cent,
             (unsigned long)t.allocs, (unsigned long)t.frees,
             (unsigned long)t.refused, (unsigned long)(t.peak >> 20));
    tap_diag("  hundredths of calls: %lu an alloc, %lu a free; at most %lu",
             (unsigned long)(t.calls_alloc * 100 / t.allocs),
             (unsigned long)(t.calls_free * 100 / t.frees),
             (unsigned long)t.calls_max);
    tap_ok(t.calls_alloc * 100 <= t.allocs * bounds[0],
           "calls per allocation are at most %u hundredths", bounds[0]);
    tap_ok(t.calls_free * 100 <= t.frees * bounds[1],
           "calls per free are at most %u hundredths", bounds[1]);
    tap_ok(t.calls_max <= bounds[2], "calls in one operation are at most %u",
           bounds[2]);
    tap_is(strategy == &ut_strategy_offset ? bed.calls_locked : 0, 0,
           "and with offset the lock is not held during them");
    bed_check(&bed, "end");
    tap_is(bed.faults, 0, "nothing was wrong in between");
    for (unsigned i = 0; i < BLOCKS; i++)
        blocks[i].count = 0;
    bed_close(&bed);
}

/* The largest region that the promise of nine calls is for, and everything
 * that can be asked of it, in turns, by two accounts. */
static void run_large(const struct ut_strategy *strategy, unsigned bound)
{
    static const struct ut_region large[] = {
        {.base = UINT64_C(1) << 33, .size_bits = 33}};
    static const struct bed_memory all = {large, 1};
    struct ut_quota q = {UINT64_C(1) << 31, 200000};
    uint64_t most = 0, cleared = 0;
    struct seed seed = {8};
    struct ut_acct *a;
    unsigned given = 0;

    bed_open(&bed, strategy, &all);
    if (ut_acct_create(bed.root, &q, &a, NULL))
        bed_fault(&bed, "large", "no account");
    for (unsigned n = 0; n < 4000; n++) {
        struct ut_req r = {.type = UT_TYPE_UNTYPED, .count = 1};
        uint64_t calls = bed.calls;
        struct ut_dest dest;
        struct ut_blk blk;

        r.size_bits = (uint8_t)(4 + seed_below(&seed, 22));
        if (n % 4 == 0)
            r = (struct ut_req){.type = UT_TYPE_TCB, .count = 1};
        bed_slot(&bed, &dest);
        bed_cleared_reset(&bed);
        if (ut_alloc(n % 2 ? a : bed.root, &r, &dest, &blk, NULL))
            continue;
        given++;
        calls = bed.calls - calls;
        most = calls > most ? calls : most;
        if (bed_cleared_max(&bed) > cleared &&
            bed_cleared_max(&bed) > UINT64_C(1) << blk.size_bits)
            cleared = bed_cleared_max(&bed);
        /* What was larger leaves as much to be cleared behind. */
        if (n % 3 == 0 && blk.size_bits <= 21 &&
            ut_free(n % 2 ? a : bed.root, &blk, NULL))
            bed_fault(&bed, "large", "cannot be freed");
    }
    tap_diag("%s, 8 GiB: %u given, at most %lu calls, 0x%lx bytes cleared",
             ut_strategy_name(bed.ut), given, (unsigned long)most,
             (unsigned long)cleared);
    tap_ok(most <= bound, "at most %u calls in one operation", bound);
    tap_ok(cleared <= UINT64_C(1) << 21, "at most 2 MiB or the object cleared");
    tap_is(bed.faults, 0, "nothing was wrong in between");
    bed_close(&bed);
}

int main(void)
{
    static const unsigned offset[] = {100, 100, 1};
    static const unsigned pages[] = {105, 105, 9}, mixed[] = {135, 130, 9};

    for (unsigned per_cent = 50; per_cent <= 95; per_cent += 45) {
        if (bed_can(&ut_strategy_offset)) {
            run(&ut_strategy_offset, false, per_cent, offset);
            run(&ut_strategy_offset, true, per_cent, offset);
        } else {
            tap_skip("the kernel has no RetypeAt");
        }
        run(&ut_strategy_incremental, false, per_cent, pages);
        run(&ut_strategy_incremental, true, per_cent, mixed);
    }
    if (bed_can(&ut_strategy_offset))
        run_large(&ut_strategy_offset, 3);
    run_large(&ut_strategy_incremental, 9);
    return tap_done();
}
