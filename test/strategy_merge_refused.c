/* SPDX-License-Identifier: BSD-2-Clause */
/* Halves whose merging the kernel refuses: every deletion, and every call, of
 * a small history is refused once.  What a pool holds is always there, and
 * memory comes together again as soon as the kernel lets it. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"
#include "strategies_bed.h"

#define REGION_BITS 14u
#define BLOCKS      64u /* of 2^8, all of the region */

static struct {
    struct strategies_bed bed;
    struct strategies_outcome outcome;
    struct strategy_ops real;
    struct stream stream;
    struct strategy_block blocks[BLOCKS];
    bool used[BLOCKS];
    unsigned refuse_in;  /* the n-th call from now on fails; 0: none */
    bool only_deletions; /* are counted, and fail */
} test;

static bool refuse(bool is_deletion)
{
    if (test.refuse_in == 0 || (test.only_deletions && !is_deletion))
        return false;
    return --test.refuse_in == 0;
}

static int refusing_retype(void *context, uint64_t untyped, uint64_t type,
                           unsigned size_bits, uint64_t slot, unsigned count)
{
    return refuse(false) ? 10
                         : test.real.retype(context, untyped, type, size_bits,
                                            slot, count);
}

static int refusing_delete(void *context, uint64_t slot)
{
    return refuse(true) ? 10 : test.real.delete(context, slot);
}

static void start(void)
{
    static struct strategy_region region = {.base = 0x10000,
                                            .size_bits = REGION_BITS};

    memset(&test, 0, sizeof test);
    test.stream.params = fixture_params_small();
    test.stream.params.window_bits = 24;
    test.stream.regions = &region;
    test.stream.region_count = 1;
    test.stream.object_count = BLOCKS;
    test.stream.alive_peak = BLOCKS;
    test.outcome.strategy = &strategy_halving;
    if (!strategies_bed_make(&test.bed, &test.outcome, &test.stream))
        abort();
    test.real = test.bed.ops;
    test.bed.ops.retype = refusing_retype;
    test.bed.ops.delete = refusing_delete;
    if (strategy_halving.start(test.bed.memory, &test.bed.ops,
                               &test.bed.config) != STRATEGY_DONE)
        abort();
}

static enum strategy_result take(unsigned i)
{
    struct strategy_request r = {
        .type = TYPE_PAGE, .size_bits = 8, .slot = test.bed.slots_free[i]};
    enum strategy_result result =
        strategy_halving.allocate(test.bed.memory, &r, &test.blocks[i]);

    test.used[i] = result == STRATEGY_DONE;
    return result;
}

static void give(unsigned i)
{
    if (test.used[i])
        test.used[i] = strategy_halving.free(test.bed.memory,
                                             &test.blocks[i]) != STRATEGY_DONE;
}

/* Two pages that are cut out of all, and come together again. */
static void history(void)
{
    take(0);
    take(1);
    give(0);
    give(1);
}

static bool state_is_right(void)
{
    struct check_result result =
        kernel_check(&test.bed.h->kernel, UINT64_C(1) << 20);

    if (result.broken)
        tap_diag("%s", result.broken);
    return !result.broken && result.capabilities == test.bed.alive + 2;
}

/* Nothing is refused any more: every page can be had that is not lost with a
 * half, never is the kernel asked for what is not there, and in the end all
 * is whole. */
static bool recovers(void)
{
    enum strategy_result result = STRATEGY_DONE;

    test.refuse_in = 0;
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < BLOCKS; i++)
            if (!test.used[i]) {
                result = take(i);
                if (result != STRATEGY_DONE && result != STRATEGY_NO_MEMORY)
                    return false;
            }
        for (unsigned i = 0; i < BLOCKS; i++)
            give(i);
    }
    return result == STRATEGY_DONE && state_is_right() &&
           strategy_halving.largest_free_bits(test.bed.memory) ==
               (int)REGION_BITS &&
           test.bed.alive == 0;
}

/* Calls that the history makes when none is refused. */
static unsigned refuse_each(bool only_deletions)
{
    unsigned refused = 0, right = 0;

    for (unsigned n = 1;; n++) {
        bool was_refused;

        start();
        test.refuse_in = n;
        test.only_deletions = only_deletions;
        history();
        was_refused = test.refuse_in == 0;
        refused += was_refused;
        right += was_refused && state_is_right() && recovers();
        strategies_bed_free(&test.bed);
        if (!was_refused)
            break;
    }
    tap_is(right, refused, "%s: recovered from each refusal",
           only_deletions ? "deletions" : "all calls");
    return refused;
}

int main(void)
{
    /* 2 objects and 2 times 6 levels of halves. */
    tap_is(refuse_each(true), 2 + 2 * 6, "every deletion was refused once");
    /* And 6 cuts and 2 objects made. */
    tap_is(refuse_each(false), 2 + 2 * 6 + 2 * 6 + 2,
           "every call was refused once");
    return tap_done();
}
