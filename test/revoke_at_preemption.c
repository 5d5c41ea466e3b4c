/* SPDX-License-Identifier: BSD-2-Clause */
/* RevokeAt can be interrupted after each capability, and goes on when it is
 * called again (retype.md R10). */
#include "fixture.h"

enum { OUT = FIX_FREE, PAGES = 64 };

static struct fixture f;

static void fill(void)
{
    fixture_rv64(&f);
    fixture_needs_generation3(&f);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, PAGES, 0);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT + PAGES, 1, PAGES << 12);
}

static unsigned left(void)
{
    unsigned count = 0;

    for (unsigned i = 0; i < PAGES; i++)
        count += fixture_type(&f, OUT + i) != CAP_NULL;
    return count;
}

int main(void)
{
    uint64_t asked;

    fill();
    asked = f.hosted->machine.preempt_asked;
    tap_is(revoke_at(&f, FIX_UT, 0, 18), 0, "64 pages by one RevokeAt");
    tap_ok(f.hosted->machine.preempt_asked - asked >= PAGES - 1,
           "a look for an interrupt after each but the last");
    tap_is(left(), 0, "all are gone");
    tap_is(fixture_type(&f, OUT + PAGES), CAP_FRAME, "the next one is not");
    fixture_done(&f);

    fill();
    f.once = true;
    for (unsigned n = PAGES; n > 1; n--) {
        fixture_preempt_in(&f, 1);
        revoke_at(&f, FIX_UT, 0, 18);
        if (f.outcome != OUTCOME_PREEMPTED || left() != n - 1)
            tap_ok(false, "%u left of %u", left(), n);
    }
    tap_is(left(), 1, "interrupted each time: one less each time");
    f.once = false;
    fixture_preempt_in(&f, 0);
    revoke_at(&f, FIX_UT, 0, 18);
    tap_is(left(), 0, "and the last");
    fixture_done(&f);
    return tap_done();
}
