/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots of a window: runs lie in free slots alone, and nothing is given back
 * that was not taken; beside an array of slots. */
#include "seed.h"
#include "tap.h"
#include "ut/ut_slots.h"

#define SLOTS 150u

static struct ut_slots slots;
static bool taken[SLOTS]; /* the twin */
static unsigned wrong;

static bool all_are(uint32_t first, uint32_t count, bool state)
{
    for (uint32_t i = first; i < first + count; i++)
        if (i >= SLOTS || taken[i] != state)
            return false;
    return count > 0;
}

static void mark(uint32_t first, uint32_t count, bool state)
{
    for (uint32_t i = first; i < first + count; i++)
        taken[i] = state;
}

static bool has_run(uint32_t count)
{
    for (uint32_t i = 0; i + count <= SLOTS; i++)
        if (all_are(i, count, false))
            return true;
    return false;
}

static void take(uint32_t count)
{
    uint32_t index = 0;
    ut_err_t err = ut_slots_take(&slots, count, &index, NULL);

    if ((err == UT_OK) != has_run(count) ||
        (err == UT_OK && !all_are(index, count, false)))
        wrong++;
    if (err == UT_OK)
        mark(index, count, true);
}

static void give(uint32_t index, uint32_t count)
{
    bool possible = count == 0 ? index < SLOTS : all_are(index, count, true);
    ut_err_t err = ut_slots_give(&slots, index, count);

    if ((err == UT_OK) != possible)
        wrong++;
    if (err == UT_OK)
        mark(index, count, false);
}

int main(void)
{
    static uint64_t bits[SLOTS / 64 + 1];
    struct ut_window window = {.cptr = 0x1000, .count = SLOTS, .radix = 12};
    struct seed seed = seed_start(6);
    struct ut_fault fault;
    uint32_t index, used = 0;

    tap_ok(ut_slots_bytes(SLOTS) <= sizeof bits, "bytes");
    ut_slots_init(&slots, &window, bits);
    tap_is(ut_slots_take(&slots, SLOTS, &index, NULL), UT_OK, "all of them");
    tap_is(ut_slots_take(&slots, 1, &index, &fault), UT_ESLOT, "no more");
    tap_is(fault.wanted, 1, "  wanted");
    tap_is(fault.available, 0, "  left");
    tap_is(ut_slots_give(&slots, 0, SLOTS), UT_OK, "given back");
    tap_is(ut_slots_give(&slots, 5, 1), UT_EINVAL, "not twice");
    tap_is(ut_slots_give(&slots, SLOTS - 1, 2), UT_EINVAL, "nor beyond");
    for (unsigned n = 0; n < 20000; n++) {
        if (seed_below(&seed, 2) != 0)
            take(1 + (uint32_t)seed_below(&seed, 9));
        else
            give((uint32_t)seed_below(&seed, SLOTS),
                 1 + (uint32_t)seed_below(&seed, 9));
    }
    for (uint32_t i = 0; i < SLOTS; i++)
        used += taken[i];
    tap_is(wrong, 0, "20 000 random calls, as an array has them");
    tap_is(slots.used, used, "the count of them agrees");
    return tap_done();
}
