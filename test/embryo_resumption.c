/* SPDX-License-Identifier: BSD-2-Clause */
/* Who goes on with an interrupted RetypeAt, and what they get (rule R8). */
#include "fixture.h"

enum { OUT = FIX_FREE, OTHER = FIX_FREE + 10, NESTED, CNODE };

#define BASE 0x4000u
#define PAGE 256u

static struct fixture f;

static void set_up(void)
{
    fixture_small(&f);
    fixture_dirty(&f, BASE, 0x4000);
}

static void interrupt(uint64_t offset, uint64_t count, uint64_t n)
{
    f.once = true;
    fixture_preempt_in(&f, n);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, count, offset);
    f.once = false;
    fixture_preempt_in(&f, 0);
    tap_is(f.outcome, OUTCOME_PREEMPTED, "interrupted at point %lu",
           (unsigned long)n);
}

static void pages_are(const char *want, uint64_t offset)
{
    bool zero = true;

    ok_slots(&f, OUT, want, "slots");
    for (unsigned i = 0; want[i]; i++)
        if (want[i] == 'f')
            zero &= fixture_cap(&f, OUT + i).base == BASE + offset + i * PAGE &&
                    fixture_is_zero(&f, BASE + offset + i * PAGE, PAGE);
    tap_ok(zero, "pages in their places, zero");
}

static void same_caller(void)
{
    uint64_t n;

    for (n = 1; n < 100; n++) {
        set_up();
        f.once = true;
        fixture_preempt_in(&f, n);
        retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 3, 0x400);
        f.once = false;
        fixture_preempt_in(&f, 0);
        if (f.outcome == OUTCOME_DONE)
            break;
        retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 3, 0x400);
        ok_reply(&f, "the same call again", 0);
        pages_are("fff", 0x400);
        tap_is(f.hosted->machine.cleared_bytes, 3 * PAGE, "bytes cleared");
        fixture_done(&f);
    }
    fixture_done(&f);
    tap_ok(n > 9, "at each of %lu points", (unsigned long)(n - 1));
}

/* Other arguments, but the window holds what it asks for. */
static void other_arguments(void)
{
    set_up();
    interrupt(0x400, 3, 1);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 3, 0x2000);
    ok_reply(&f, "another offset", 0);
    pages_are("fff", 0x400);
    fixture_done(&f);

    set_up();
    interrupt(0x400, 3, 1);
    retype(&f, FIX_UT, TYPE_PAGE, 0, OUT, 3);
    ok_reply(&f, "by Retype", 0);
    pages_are("fff", 0x400);
    ok_watermark(&f, FIX_UT, 0x4000, "as it was");
    fixture_done(&f);

    set_up();
    interrupt(0x400, 3, 1);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT + 1, 1, 0x400);
    ok_reply(&f, "one of them", 0);
    ok_slots(&f, OUT, "mfm", "the others are left alone");
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 3, 0x400);
    ok_reply(&f, "the first caller comes back", 0);
    pages_are("fff", 0x400);
    fixture_done(&f);

    set_up();
    retype_at(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT + 2, 1, 0x3000);
    f.hosted->machine.cleared_bytes = 0;
    interrupt(0x400, 2, 1);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 5, 0x400);
    ok_reply(&f, "a window that holds other things too", 0);
    ok_slots(&f, OUT, "ffe..", "they are left alone, and no more is made");
    tap_is(f.hosted->machine.cleared_bytes, 2 * PAGE, "bytes cleared");
    fixture_done(&f);
}

/* Another type, size or untyped: the slots are in use, and that is all. */
static void no_resumption(void)
{
    set_up();
    interrupt(0x400, 2, 1);
    retype_at(&f, FIX_UT, TYPE_TABLE, 0, OUT, 2, 0x400);
    ok_reply(&f, "another type of the same size", 8);
    retype_at(&f, FIX_UT, OBJECT_CNODE, 3, OUT, 2, 0x400);
    ok_reply(&f, "a CNode of the same size", 8);
    retype_at(&f, FIX_UT, TYPE_MEGA, 0, OUT, 1, 0x400);
    ok_reply(&f, "another size", 8);
    retype_at(&f, FIX_UT2, TYPE_PAGE, 0, OUT, 2, 0x400);
    ok_reply(&f, "another untyped", 8);
    retype(&f, FIX_UT2, TYPE_PAGE, 0, OUT, 2);
    ok_reply(&f, "another untyped, by Retype", 8);
    retype(&f, FIX_DEVICE, TYPE_PAGE, 0, OUT, 2);
    ok_reply(&f, "device memory", 8);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT - 1, 1, 0x400);
    ok_reply(&f, "a window beside them is no resumption", 9);
    retype_at(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT - 1, 1, 0x3000);
    retype_at(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT + 2, 1, 0x3010);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT - 1, 1, 0x400);
    ok_reply(&f, "a full window that ends where they begin", 8);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT + 2, 1, 0x400);
    ok_reply(&f, "a full window that begins where they end", 8);
    ok_slots(&f, OUT - 1, "emme", "both are embryos still");
    fixture_done(&f);
}

/* CNodes of different sizes are different, though of one type. */
static void cnode_sizes(void)
{
    set_up();
    f.once = true;
    fixture_preempt_in(&f, 1);
    retype_at(&f, FIX_UT, OBJECT_CNODE, 4, OUT, 1, 0);
    f.once = false;
    ok_slots(&f, OUT, "m", "a CNode of 16 slots in the making");
    retype_at(&f, FIX_UT, OBJECT_CNODE, 3, OUT, 1, 0);
    ok_reply(&f, "8 slots", 8);
    retype_at(&f, FIX_UT, OBJECT_CNODE, 4, OUT, 1, 0);
    ok_reply(&f, "16 slots", 0);
    ok_slots(&f, OUT, "c", "it is a CNode");
    fixture_done(&f);
}

/* Who finds that another caller has finished them all gets DeleteFirst. */
static void finished_by_another(void)
{
    set_up();
    interrupt(0x400, 2, 3);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 2, 0x400);
    ok_reply(&f, "another caller finishes them", 0);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 2, 0x400);
    ok_reply(&f, "the first comes back", 8);
    pages_are("ff", 0x400);
    fixture_done(&f);
}

/* Two calls in the making on one untyped. */
static void two_at_once(void)
{
    set_up();
    interrupt(0x400, 2, 1);
    f.once = true;
    fixture_preempt_in(&f, 2);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OTHER, 1, 0x1000);
    f.once = false;
    fixture_preempt_in(&f, 0);
    tap_is(f.outcome, OUTCOME_PREEMPTED, "another call beside it");
    ok_slots(&f, OTHER, "m", "has an embryo of its own");
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 2, 0x400);
    ok_slots(&f, OUT, "ff", "the first ends");
    ok_slots(&f, OTHER, "m", "the other is not touched");
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OTHER, 1, 0x1000);
    ok_slots(&f, OTHER, "f", "and ends");
    fixture_done(&f);
}

int main(void)
{
    fixture_small(&f);
    fixture_needs_generation3(&f);
    fixture_done(&f);
    same_caller();
    other_arguments();
    no_resumption();
    cnode_sizes();
    finished_by_another();
    two_at_once();
    return tap_done();
}
