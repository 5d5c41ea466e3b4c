/* SPDX-License-Identifier: BSD-2-Clause */
/* Counterexample of rule R8: were the watermark raised only at the end, an
 * embryo could lie across it, and Retype, which trusts it, land inside. */
#include "fixture.h"

enum { OUT = FIX_FREE, OTHER = FIX_FREE + 10 };

#define BASE 0x4000u

static struct fixture f;

int main(void)
{
    fixture_small(&f);
    fixture_needs_generation3(&f);
    fixture_dirty(&f, BASE, 0x4000);
    retype(&f, FIX_UT, TYPE_PAGE, 0, OTHER, 3);
    fixture_dirty(&f, BASE, 0x300);
    cnode_delete(&f, OTHER + 1);
    cnode_delete(&f, OTHER + 2);
    ok_watermark(&f, FIX_UT, 0x300, "before");
    f.once = true;
    fixture_preempt_in(&f, 1);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 4, 0x200);
    f.once = false;
    fixture_preempt_in(&f, 0);
    tap_is(f.outcome, OUTCOME_PREEMPTED,
           "four pages across the watermark, interrupted");
    ok_slots(&f, OUT, "mmmm", "four embryos");
    ok_watermark(&f, FIX_UT, 0x600, "raised before the first byte is clear");
    retype(&f, FIX_UT, TYPE_PAGE, 0, OTHER + 1, 1);
    ok_reply(&f, "Retype meanwhile", 0);
    tap_is(fixture_cap(&f, OTHER + 1).base, BASE + 0x600,
           "lands above all of them");
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OTHER + 2, 1, 0x500);
    ok_reply(&f, "RetypeAt on the last of them", 9);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 4, 0x200);
    ok_reply(&f, "gone on with", 0);
    ok_slots(&f, OUT, "ffff", "four pages");
    tap_ok(fixture_is_zero(&f, BASE + 0x200, 0x400), "all zero");
    fixture_done(&f);
    return tap_done();
}
