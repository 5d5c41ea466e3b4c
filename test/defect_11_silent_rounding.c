/* SPDX-License-Identifier: BSD-2-Clause */
/* Defect 11 of retype.md A.1: offsets were rounded up without a word, and a
 * size was shifted by before it was looked at. */
#include "fixture.h"

enum { OUT = FIX_FREE };

static struct fixture f;

int main(void)
{
    static const uint64_t offsets[] = {
        1, 15, 16, 0x800, 0xfff, 0x1001, 0xffffffff, UINT64_MAX, 0x1800};

    fixture_rv64(&f);
    fixture_needs_generation3(&f);
    for (unsigned i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 1, offsets[i]);
        ok_reply(&f, "a page at an offset that is none of its multiples", 5);
    }
    for (unsigned bits = 5; bits <= 24; bits++) {
        retype_at(&f, FIX_UT, OBJECT_UNTYPED, bits, OUT, 1,
                  bits_size(bits - 1));
        ok_reply(&f, "an untyped at half its size", 5);
    }
    for (uint64_t size = 34; size < 64; size++) {
        retype_at(&f, FIX_UT, OBJECT_CNODE, size, OUT, 1, 0);
        ok_reply(&f, "a CNode of 2^34 slots or more", 4, 0, 38);
    }
    retype_at(&f, FIX_UT, OBJECT_CNODE, 33, OUT, 1, 0);
    ok_reply(&f, "of 2^33 slots: a right size, but no memory", 10, 0x1000000);
    for (uint64_t size = 64; size < 300; size += 13) {
        retype_at(&f, FIX_UT, OBJECT_CNODE, size, OUT, 1, 0);
        ok_reply(&f, "a size that no shift survives", 4, 0, 38);
        revoke_at(&f, FIX_UT, 0, size);
        ok_reply(&f, "a block that no shift survives", 4, 0, 24);
    }
    ok_slots(&f, OUT, ".", "nothing is made");
    fixture_done(&f);
    return tap_done();
}
