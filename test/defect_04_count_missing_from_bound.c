/* SPDX-License-Identifier: BSD-2-Clause */
/* Defect 4 of retype.md A.1: the bound looked at one object, so that a run
 * went on behind the untyped's end. */
#include "fixture.h"

enum { SMALL = FIX_FREE, OUT };

static struct fixture f;

int main(void)
{
    fixture_rv64(&f);
    fixture_needs_generation3(&f);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 12, SMALL, 1, 0);
    ok_reply(&f, "an untyped of one page", 0);
    for (uint64_t count = 2; count <= 256; count++) {
        retype_at(&f, SMALL, TYPE_PAGE, 0, OUT, count, 0);
        if (f.reply.label != ERROR_NOT_ENOUGH_MEMORY || f.reply.mr[0] != 4096)
            break;
    }
    ok_reply(&f, "2 to 256 pages of it", 10, 4096);
    retype_at(&f, SMALL, OBJECT_TCB, 0, OUT, 2, 2048);
    ok_reply(&f, "two TCBs in its second half", 10, 2048);
    retype_at(&f, SMALL, OBJECT_ENDPOINT, 0, OUT, 256, 16);
    ok_reply(&f, "256 endpoints from its second place", 10, 4080);
    ok_slots(&f, OUT, "..", "nothing is made");
    retype_at(&f, SMALL, OBJECT_ENDPOINT, 0, OUT, 255, 16);
    ok_reply(&f, "255 endpoints fit", 0);
    tap_is(fixture_cap(&f, OUT + 254).base, fixture_cap(&f, SMALL).base + 4080,
           "to its end");
    fixture_done(&f);
    return tap_done();
}
