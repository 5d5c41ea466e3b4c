/* SPDX-License-Identifier: BSD-2-Clause */
/* Counterexample of rule R9: were the source of a copy left open, then retype,
 * copy, retype of the copy, delete of the copy would leave objects that the
 * source's watermark does not know (W1, W2 break). */
#include "fixture.h"

enum { COPY = FIX_FREE, PAGE, AFTER };

static struct fixture f;

static void by_every_way(void)
{
    retype(&f, FIX_UT, TYPE_PAGE, 0, AFTER, 1);
    ok_reply(&f, "Retype of the source: it is full", 10, 0);
    if (!f.k->params.generation3)
        return;
    retype_whole(&f, FIX_UT, TYPE_GIGA, 0, AFTER);
    ok_reply(&f, "RetypeWhole of it", 9);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, AFTER, 1, 0);
    ok_reply(&f, "RetypeAt on what the copy made", 9);
}

int main(void)
{
    fixture_small(&f);
    fixture_dirty(&f, 0x4000, 0x4000);
    retype(&f, FIX_UT, TYPE_PAGE, 0, PAGE, 1);
    cnode_delete(&f, PAGE);
    ok_watermark(&f, FIX_UT, 0x100, "used up to a page");
    cnode_copy(&f, COPY, FIX_UT, 15);
    ok_reply(&f, "copied while childless", 0);
    ok_watermark(&f, FIX_UT, 0x4000, "the source is full");
    ok_watermark(&f, COPY, 0x100, "the copy goes on where it was");
    retype(&f, COPY, TYPE_PAGE, 0, PAGE, 1);
    fixture_dirty(&f, fixture_cap(&f, PAGE).base, 0x100);
    by_every_way();
    cnode_delete(&f, COPY);
    ok_slots(&f, COPY, ".f", "the copy is deleted, its page stays");
    by_every_way();
    ok_watermark(&f, FIX_UT, 0x4000, "the source still");
    if (f.k->params.generation3) {
        retype_at(&f, FIX_UT, TYPE_PAGE, 0, AFTER, 1, 0x3f00);
        ok_reply(&f, "RetypeAt beside it", 0);
        tap_ok(fixture_is_zero(&f, 0x7f00, 0x100), "finds clean memory");
        cnode_delete(&f, AFTER);
    }
    cnode_delete(&f, PAGE);
    retype(&f, FIX_UT, TYPE_GIGA, 0, AFTER, 4);
    ok_reply(&f, "childless again: the whole", 0);
    tap_ok(fixture_is_zero(&f, 0x4000, 0x4000), "is clean");
    fixture_done(&f);
    return tap_done();
}
