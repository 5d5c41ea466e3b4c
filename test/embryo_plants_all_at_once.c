/* SPDX-License-Identifier: BSD-2-Clause */
/* Counterexample of rule R8: were embryos planted one at a time, a second
 * caller could take the next place, or restart with a larger count over a
 * region that is somebody else's by then. */
#include "fixture.h"

enum { OUT = FIX_FREE, OTHER = FIX_FREE + 10 };

#define BASE 0x4000u
#define PAGE 256u

static struct fixture f;

static void interrupt(uint64_t count, uint64_t n)
{
    fixture_small(&f);
    fixture_dirty(&f, BASE, 0x4000);
    f.once = true;
    fixture_preempt_in(&f, n);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, count, 0);
    f.once = false;
    fixture_preempt_in(&f, 0);
    tap_is(f.outcome, OUTCOME_PREEMPTED, "%lu pages, interrupted at point %lu",
           (unsigned long)count, (unsigned long)n);
}

/* At every point every place of the run is taken. */
static void next_place(void)
{
    for (uint64_t n = 1; n <= 11; n++) {
        interrupt(3, n);
        for (unsigned i = 0; i < 3; i++) {
            retype_at(&f, FIX_UT, OBJECT_ENDPOINT, 0, OTHER, 1, i * PAGE);
            ok_reply(&f, "a second caller at one of its places", 9);
        }
        retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 3, 0);
        ok_reply(&f, "the first goes on", 0);
        tap_ok(fixture_is_zero(&f, BASE, 3 * PAGE), "three clean pages");
        fixture_done(&f);
    }
}

/* The place behind the run is somebody's: a restart that asks for more does
 * not plant over it. */
static void larger_count(void)
{
    interrupt(2, 1);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 8, OTHER, 1, 2 * PAGE);
    ok_reply(&f, "a second caller takes the place behind the two", 0);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 3, 0);
    ok_reply(&f, "restarted with three", 0);
    ok_slots(&f, OUT, "ff.", "two are finished, the third is not made");
    ok_slots(&f, OTHER, "u", "what lies there stays");
    fixture_done(&f);
}

/* One of them is deleted, its place taken by somebody: the restart leaves its
 * slot alone. */
static void one_replaced(void)
{
    interrupt(3, 1);
    cnode_delete(&f, OUT + 1);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 8, OTHER, 1, PAGE);
    ok_reply(&f, "the middle one is deleted, its place taken", 0);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 3, 0);
    ok_reply(&f, "restarted", 0);
    ok_slots(&f, OUT, "f.f", "the other two are finished");
    fixture_done(&f);
}

int main(void)
{
    fixture_small(&f);
    fixture_needs_generation3(&f);
    fixture_done(&f);
    next_place();
    larger_count();
    one_replaced();
    return tap_done();
}
