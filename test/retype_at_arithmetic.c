/* SPDX-License-Identifier: BSD-2-Clause */
/* The bounds of RetypeAt (rule R0) against arithmetic that is too wide to
 * wrap: offsets and counts at the ends of 64 bits, and random ones. */
#include "fixture.h"
#include "seed.h"

enum { DEVICE_SMALL = FIX_FREE, OUT = 1000 };

static struct fixture f;

/* The error that R12 wants of a count-sized run of 2^b at off in 2^s. */
static uint64_t want_label(unsigned s, unsigned b, uint64_t off, uint64_t count)
{
    unsigned __int128 one = 1, size = one << b, whole = one << s;

    if (count < 1 || count > 256)
        return ERROR_RANGE;
    if (size > whole)
        return ERROR_NOT_ENOUGH_MEMORY;
    if (off % size != 0)
        return ERROR_ALIGNMENT;
    if (off + size > whole)
        return ERROR_RANGE;
    if (off + size * count > whole)
        return ERROR_NOT_ENOUGH_MEMORY;
    return ERROR_NONE;
}

static unsigned tried[11];

/* One call on an untyped without children. */
static bool agrees(uint64_t untyped, unsigned s, unsigned b, uint64_t off,
                   uint64_t count)
{
    uint64_t want = want_label(s, b, off, count);
    uint64_t got = retype_at(&f, untyped, OBJECT_UNTYPED, b, OUT, count, off);
    bool same = got == want;

    tried[want]++;
    if (got == ERROR_RANGE && count >= 1 && count <= 256)
        same &=
            f.reply.mr[0] == 0 && f.reply.mr[1] == bits_size(s) - bits_size(b);
    if (got == ERROR_NOT_ENOUGH_MEMORY)
        same &= f.reply.mr[0] == (b > s ? bits_size(s) : bits_size(s) - off);
    if (got == ERROR_NONE) {
        paddr_t base = fixture_cap(&f, untyped).base;

        same &= fixture_cap(&f, OUT).base == base + off &&
                fixture_cap(&f, OUT + count - 1).base ==
                    base + off + (count - 1) * bits_size(b);
        cnode_revoke(&f, untyped);
    }
    if (!same)
        tap_ok(false, "2^%u at 0x%lx, %lu times, in 2^%u: got %lu, want %lu", b,
               (unsigned long)off, (unsigned long)count, s, (unsigned long)got,
               (unsigned long)want);
    return same;
}

static const uint64_t counts[] = {0, 1, 2, 3, 255, 256, 257, UINT64_MAX};

/* Offsets around each power of two and around the end. */
static void extremes(uint64_t untyped, unsigned s, unsigned b)
{
    unsigned failed = tap_failed();
    unsigned calls = 0;

    for (unsigned k = 0; k <= 64; k++)
        for (int d = -1; d <= 1; d++)
            for (unsigned c = 0; c < sizeof counts / sizeof *counts; c++) {
                uint64_t size = b < 64 ? bits_size(b) : 0;
                uint64_t power = k < 64 ? bits_size(k) : 0;

                agrees(untyped, s, b, power + (uint64_t)d, counts[c]);
                agrees(untyped, s, b, power + (uint64_t)d * size, counts[c]);
                agrees(untyped, s, b, bits_size(s) + (uint64_t)d * power,
                       counts[c]);
                calls += 3;
            }
    tap_ok(tap_failed() == failed, "2^%u in 2^%u: %u offsets and counts", b, s,
           calls);
}

static void random_calls(struct seed *seed, uint64_t untyped, unsigned s)
{
    unsigned failed = tap_failed();

    for (unsigned i = 0; i < 20000; i++) {
        unsigned b = 4 + (unsigned)seed_below(seed, 35);
        uint64_t off = seed_next(seed) >> seed_below(seed, 64);

        if (seed_below(seed, 4) != 0)
            off = off >> b << b;
        if (seed_below(seed, 8) == 0)
            off = 0 - off;
        agrees(untyped, s, b, off, counts[seed_below(seed, 7)]);
    }
    tap_ok(tap_failed() == failed, "20000 random calls in 2^%u", s);
}

/* An offset is relative to the untyped, wherever that lies. */
static void ends_of_the_window(void)
{
    retype_at(&f, FIX_DEVICE_HUGE, OBJECT_UNTYPED, 4, OUT, 1,
              bits_size(38) - 16);
    ok_reply(&f, "the last 16 bytes of the window", 0);
    tap_is(fixture_cap(&f, OUT).base, bits_size(39) - 16, "their address");
    cnode_delete(&f, OUT);
    retype_at(&f, FIX_DEVICE_HUGE, OBJECT_UNTYPED, 38, OUT, 1, 0);
    ok_reply(&f, "all of the largest untyped", 0);
    tap_is(fixture_cap(&f, OUT).bits, 38, "its size");
    cnode_delete(&f, OUT);
}

int main(void)
{
    struct seed seed = seed_start(7);

    fixture_rv64(&f);
    fixture_needs_generation3(&f);
    retype(&f, FIX_DEVICE, OBJECT_UNTYPED, 4, DEVICE_SMALL, 1);
    ok_reply(&f, "an untyped of 16 bytes", 0);
    f.unchecked = true; /* too many calls; nothing stays from one to the next */
    extremes(DEVICE_SMALL, 4, 4);
    extremes(DEVICE_SMALL, 4, 5);
    extremes(FIX_DEVICE_HUGE, 38, 4);
    extremes(FIX_DEVICE_HUGE, 38, 12);
    extremes(FIX_DEVICE_HUGE, 38, 37);
    extremes(FIX_DEVICE_HUGE, 38, 38);
    random_calls(&seed, FIX_DEVICE_HUGE, 38);
    random_calls(&seed, DEVICE_SMALL, 4);
    f.unchecked = false;
    ends_of_the_window();
    tap_diag("success %u, RangeError %u, AlignmentError %u, NotEnough %u",
             tried[ERROR_NONE], tried[ERROR_RANGE], tried[ERROR_ALIGNMENT],
             tried[ERROR_NOT_ENOUGH_MEMORY]);
    tap_ok(tried[ERROR_NONE] > 100 && tried[ERROR_RANGE] > 100 &&
               tried[ERROR_ALIGNMENT] > 100 &&
               tried[ERROR_NOT_ENOUGH_MEMORY] > 100,
           "every outcome was met more than a hundred times");
    fixture_done(&f);
    return tap_done();
}
