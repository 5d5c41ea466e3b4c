/* SPDX-License-Identifier: BSD-2-Clause */
/* Defect 2 of retype.md A.1: offset + size wrapped to 0 and so was inside every
 * bound; untypeds over the kernel were to be had. */
#include "fixture.h"

enum { OUT = FIX_FREE };

static struct fixture f;

static void below(uint64_t untyped, unsigned untyped_bits)
{
    uint64_t whole = bits_size(untyped_bits);

    for (unsigned k = 4; k < 39; k++) {
        retype_at(&f, untyped, OBJECT_UNTYPED, k, OUT, 1, 0 - bits_size(k));
        if (k <= untyped_bits)
            ok_reply(&f, "an untyped at -2^k", 4, 0, whole - bits_size(k));
        else
            ok_reply(&f, "one larger than the whole", 10, whole);
    }
    retype_at(&f, untyped, TYPE_PAGE, 0, OUT, 1, 0 - UINT64_C(4096));
    ok_reply(&f, "the page below it", 4, 0, whole - 4096);
    retype_at(&f, untyped, TYPE_PAGE, 0, OUT, 2, 0 - UINT64_C(4096));
    ok_reply(&f, "the page below it and its first", 4, 0, whole - 4096);
    retype_at(&f, untyped, TYPE_PAGE, 0, OUT, 256, 0 - 255 * UINT64_C(4096));
    ok_reply(&f, "256 pages, the last of them its first", 4, 0, whole - 4096);
    retype_at(&f, untyped, TYPE_PAGE, 0, OUT, 1, UINT64_C(1) << 32);
    ok_reply(&f, "offset 2^32", 4, 0, whole - 4096);
    retype_at(&f, untyped, TYPE_PAGE, 0, OUT, 1, (UINT64_C(1) << 32) - 4096);
    ok_reply(&f, "offset 2^32 - 4096", 4, 0, whole - 4096);
    ok_slots(&f, OUT, ".", "nothing is made");
}

int main(void)
{
    fixture_rv64(&f);
    fixture_needs_generation3(&f);
    below(FIX_UT, 24);
    below(FIX_DEVICE, 24);
    below(FIX_HUGE, 31);
    fixture_done(&f);
    return tap_done();
}
