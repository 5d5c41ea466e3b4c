/* SPDX-License-Identifier: BSD-2-Clause */
/* Retype of an untyped without children clears it first, from the watermark
 * down in chunks, and can be interrupted after each (sel4-abi.md 4.4, R6). */
#include "fixture.h"

enum { FIRST = FIX_FREE, SECOND };

static struct fixture f;

static uint64_t chunk(void)
{
    return bits_size(f.k->params.chunk_bits);
}

static paddr_t base(void)
{
    return fixture_cap(&f, FIX_UT).base;
}

/* A boot untyped says it is full, and may hold anything. */
static void boot_untyped(void)
{
    uint64_t bytes = bits_size(fixture_cap(&f, FIX_UT).bits);

    fixture_dirty(&f, base(), bytes);
    tap_is(fixture_watermark(&f, FIX_UT), bytes, "a boot untyped is full");
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, FIRST, 1);
    ok_reply(&f, "the first Retype of it", 0);
    tap_is(fixture_cap(&f, FIRST).base, base(), "begins at its start");
    tap_ok(fixture_is_zero(&f, base(), bytes), "all of it is zero");
    tap_is(fixture_watermark(&f, FIX_UT), 16, "and only 16 bytes are used");
}

/* Only what was used is cleared again. */
static void cleared_bytes(void)
{
    uint64_t before;

    cnode_revoke(&f, FIX_UT);
    retype(&f, FIX_UT, OBJECT_UNTYPED, f.k->params.chunk_bits, FIRST, 3);
    cnode_revoke(&f, FIX_UT);
    before = f.hosted->machine.cleared_bytes;
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, FIRST, 1);
    tap_is(f.hosted->machine.cleared_bytes - before, 3 * chunk(),
           "bytes cleared after three chunks were used");
    before = f.hosted->machine.cleared_bytes;
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, SECOND, 1);
    tap_is(f.hosted->machine.cleared_bytes, before,
           "with a child there is no reset");
    cnode_revoke(&f, FIX_UT);
}

/* Interrupted after each chunk: the watermark has come down, and the memory
 * above it is zero. */
static void falls_by_chunks(void)
{
    uint64_t used = 5 * chunk() + 16, wm;
    bool falls = true, clean = true;
    unsigned n = 0;

    retype(&f, FIX_UT, OBJECT_UNTYPED, f.k->params.chunk_bits, FIRST, 5);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, SECOND + 8, 1);
    cnode_revoke(&f, FIX_UT);
    fixture_dirty(&f, base(), used);
    ok_watermark(&f, FIX_UT, used, "before");
    f.once = true;
    f.hosted->machine.preempt_always = true;
    do {
        uint64_t before = fixture_watermark(&f, FIX_UT);

        retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, FIRST, 2);
        if (f.outcome == OUTCOME_DONE)
            break;
        wm = fixture_watermark(&f, FIX_UT);
        falls &= wm < before && before - wm <= chunk();
        clean &= fixture_is_zero(&f, base() + wm, used - wm);
        tap_is(fixture_type(&f, FIRST), CAP_NULL, "nothing is made yet");
    } while (++n < 100);
    f.once = false;
    f.hosted->machine.preempt_always = false;
    ok_reply(&f, "in the end, Retype", 0);
    tap_ok(falls, "the watermark falls by at most a chunk each time");
    tap_ok(clean, "all above it is zero each time");
    tap_ok(n >= 5, "%u interruptions for five chunks and a bit", n);
    ok_watermark(&f, FIX_UT, 32, "after");
    cnode_revoke(&f, FIX_UT);
}

/* Somebody else, with other arguments, goes on from there. */
static void another_caller(void)
{
    retype(&f, FIX_UT, OBJECT_UNTYPED, f.k->params.chunk_bits, FIRST, 4);
    cnode_revoke(&f, FIX_UT);
    fixture_dirty(&f, base(), 4 * chunk());
    f.once = true;
    fixture_preempt_in(&f, 2);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, FIRST, 2);
    tap_is(f.outcome, OUTCOME_PREEMPTED, "interrupted");
    f.once = false;
    fixture_preempt_in(&f, 0);
    retype(&f, FIX_UT, TYPE_TABLE, 0, SECOND, 1);
    ok_reply(&f, "another Retype", 0);
    tap_is(fixture_cap(&f, SECOND).base, base(), "begins at the start");
    tap_ok(fixture_is_zero(&f, base(), 4 * chunk()), "all is zero");
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, FIRST, 1);
    ok_reply(&f, "the first comes again and finds a child", 0);
    tap_ok(fixture_cap(&f, FIRST).base > base(), "it goes on after it");
    cnode_revoke(&f, FIX_UT);
}

/* Errors come before the reset. */
static void errors_first(void)
{
    retype(&f, FIX_UT, OBJECT_UNTYPED, f.k->params.chunk_bits, FIRST, 2);
    cnode_revoke(&f, FIX_UT);
    retype(&f, FIX_UT, OBJECT_TCB, 0, FIX_TCB, 1);
    ok_reply(&f, "a refused Retype", 8);
    ok_watermark(&f, FIX_UT, 2 * chunk(), "resets nothing");
}

static void device(void)
{
    uint64_t before = f.hosted->machine.cleared_bytes;
    uint64_t asked = f.hosted->machine.preempt_asked;

    retype(&f, FIX_DEVICE, TYPE_PAGE, 0, FIRST, 2);
    ok_reply(&f, "Retype of device memory", 0);
    tap_is(f.hosted->machine.cleared_bytes, before, "clears nothing");
    tap_is(f.hosted->machine.preempt_asked, asked, "at once");
    cnode_revoke(&f, FIX_DEVICE);
}

static void all(void)
{
    boot_untyped();
    cleared_bytes();
    falls_by_chunks();
    another_caller();
    errors_first();
    device();
    fixture_done(&f);
}

int main(void)
{
    tap_diag("full machine: chunks of 4 KiB");
    fixture_rv64(&f);
    all();
    tap_diag("small machine: chunks of 64 bytes");
    fixture_small(&f);
    all();
    return tap_done();
}
