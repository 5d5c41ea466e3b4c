/* SPDX-License-Identifier: BSD-2-Clause */
/* Defect 14 of retype.md A.1: NotEnoughMemory reported the whole size as what
 * was left.  Here it is what is left for this very call. */
#include "fixture.h"

enum { A = FIX_FREE, OUT };

static struct fixture f;

int main(void)
{
    fixture_rv64(&f);
    fixture_needs_generation3(&f);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 23, A, 1);
    retype(&f, FIX_UT, TYPE_MEGA, 0, OUT, 5);
    ok_reply(&f, "Retype: beyond the watermark", 10, 0x800000);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT, 1);
    retype(&f, FIX_UT, TYPE_MEGA, 0, OUT + 1, 5);
    ok_reply(&f, "after one more endpoint", 10, 0x800000 - 16);
    retype_at(&f, FIX_UT, TYPE_MEGA, 0, OUT + 1, 5, 0x800000);
    ok_reply(&f, "RetypeAt: beyond the offset", 10, 0x800000);
    retype_at(&f, FIX_UT, TYPE_MEGA, 0, OUT + 1, 2, 0xe00000);
    ok_reply(&f, "at another offset", 10, 0x200000);
    retype_at(&f, FIX_UT, TYPE_MEGA, 0, OUT + 1, 2, 0x1000000);
    ok_reply(&f, "no offset at all", 4, 0, 0xe00000);
    retype_at(&f, A, OBJECT_UNTYPED, 24, OUT + 1, 1, 0);
    ok_reply(&f, "larger than the whole", 10, 0x800000);
    cnode_copy(&f, OUT + 1, A, 15);
    retype(&f, A, OBJECT_ENDPOINT, 0, OUT + 2, 1);
    ok_reply(&f, "Retype of one that is copied: none", 10, 0);
    retype_whole(&f, FIX_UT2, TYPE_GIGA, 0, OUT + 2);
    ok_reply(&f, "RetypeWhole: the whole", 10, 0x1000000);
    fixture_done(&f);
    return tap_done();
}
