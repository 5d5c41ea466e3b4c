/* SPDX-License-Identifier: BSD-2-Clause */
/* Counterexample of rule R8: a call goes on with an embryo only if its untyped
 * is the innermost around it; a same-size untyped in between counts.  Where all
 * untypeds of the region that it was made from are gone, no call does. */
#include "fixture.h"

enum { OUT = FIX_FREE, INNER = FIX_FREE + 10, COPY };

#define BASE 0x4000u
#define PAGE 256u

static struct fixture f;

static void interrupt(uint64_t untyped)
{
    f.once = true;
    fixture_preempt_in(&f, 1);
    retype_at(&f, untyped, TYPE_PAGE, 0, OUT, 1, 0);
    f.once = false;
    fixture_preempt_in(&f, 0);
    ok_slots(&f, OUT, "m", "an embryo");
}

static void refused(uint64_t untyped, uint64_t offset, const char *name)
{
    retype_at(&f, untyped, TYPE_PAGE, 0, OUT, 1, offset);
    ok_reply(&f, name, 8);
    retype(&f, untyped, TYPE_PAGE, 0, OUT, 1);
    ok_reply(&f, "by Retype, too", 8);
    ok_slots(&f, OUT, "m", "it is an embryo still");
}

/* All that is left is to delete it. */
static void is_abandoned(uint64_t untyped, uint64_t offset, const char *name)
{
    refused(untyped, offset, name);
    retype_at(&f, untyped, TYPE_PAGE, 0, OUT + 1, 1, offset);
    ok_reply(&f, "nothing is put in its place", 9);
    cnode_delete(&f, OUT);
    ok_reply(&f, "it can be deleted", 0);
    retype_at(&f, untyped, TYPE_PAGE, 0, OUT, 1, offset);
    ok_reply(&f, "and its memory used again", 0);
    fixture_done(&f);
}

static void goes_on(uint64_t untyped, uint64_t offset, const char *name)
{
    retype_at(&f, untyped, TYPE_PAGE, 0, OUT, 1, offset);
    ok_reply(&f, name, 0);
    ok_slots(&f, OUT, "f", "it is a page");
    tap_ok(fixture_is_zero(&f, fixture_cap(&f, OUT).base, PAGE), "and clean");
    fixture_done(&f);
}

/* The embryo is as large as the nested untyped it is made from. */
static void same_size(bool delete_inner)
{
    fixture_small(&f);
    fixture_dirty(&f, BASE, 0x4000);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 8, INNER, 1, 0x400);
    interrupt(INNER);
    refused(FIX_UT, 0x400, "the untyped around that");
    if (delete_inner) {
        cnode_delete(&f, INNER);
        is_abandoned(FIX_UT, 0x400, "that deleted: still not its source");
    } else {
        goes_on(INNER, 0, "the nested one itself");
    }
}

/* A copy is inside its source, though their regions are one. */
static void copies(bool delete_copy)
{
    fixture_small(&f);
    fixture_dirty(&f, BASE, 0x4000);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 8, INNER, 1, 0x400);
    cnode_copy(&f, COPY, INNER, 15);
    interrupt(COPY);
    refused(INNER, 0, "the source of the copy");
    refused(FIX_UT, 0x400, "the untyped around both");
    if (delete_copy) {
        cnode_delete(&f, COPY);
        goes_on(INNER, 0, "the source, the copy deleted");
    } else {
        goes_on(COPY, 0, "the copy itself");
    }
}

/* The same, the untypeds larger than the embryo. */
static void larger(void)
{
    fixture_small(&f);
    fixture_dirty(&f, BASE, 0x4000);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 10, INNER, 1, 0x400);
    cnode_copy(&f, COPY, INNER, 15);
    interrupt(COPY);
    refused(INNER, 0, "the source of the copy");
    refused(FIX_UT, 0x400, "the untyped around both");
    cnode_delete(&f, INNER);
    refused(FIX_UT, 0x400, "the source deleted: the copy is in between");
    cnode_delete(&f, COPY);
    is_abandoned(FIX_UT, 0x400, "both deleted: not its source");
}

int main(void)
{
    fixture_small(&f);
    fixture_needs_generation3(&f);
    fixture_done(&f);
    same_size(false);
    same_size(true);
    copies(false);
    copies(true);
    larger();
    return tap_done();
}
