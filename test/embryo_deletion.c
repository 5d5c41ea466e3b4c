/* SPDX-License-Identifier: BSD-2-Clause */
/* Embryos that are deleted or revoked in the middle, or whose CNode or untyped
 * is (rule R8): the memory is free again, and who comes back finds out. */
#include "fixture.h"

enum { OUT = FIX_FREE, OTHER = FIX_FREE + 10, NESTED, CNODE, PAGE_CAP };

#define BASE 0x4000u
#define PAGE 256u

static struct fixture f;

static void set_up(void)
{
    fixture_small(&f);
    fixture_dirty(&f, BASE, 0x4000);
}

/* `count' pages at 0x400 of `untyped' into the CNode in `root'. */
static void retype_pages(uint64_t untyped, uint64_t root, uint64_t slot,
                         uint64_t count, bool interrupt)
{
    struct retype_arguments a = {
        .type = TYPE_PAGE, .root = root, .offset = slot, .count = count};

    f.once = interrupt;
    fixture_preempt_in(&f, interrupt ? 2 : 0);
    retype_at_into(&f, untyped, &a, 0x400);
    f.once = false;
    fixture_preempt_in(&f, 0);
    if (interrupt)
        tap_is(f.outcome, OUTCOME_PREEMPTED, "interrupted");
}

/* The place is free: somebody else takes it. */
static void place_is_free(uint64_t offset, const char *name)
{
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 8, OTHER, 1, offset);
    ok_reply(&f, name, 0);
}

static void deleted(void)
{
    set_up();
    retype_pages(FIX_UT, FIX_ROOT, OUT, 1, true);
    cnode_delete(&f, OUT);
    ok_reply(&f, "Delete of an embryo", 0);
    ok_slots(&f, OUT, ".", "it is gone");
    place_is_free(0x400, "its region is free");
    retype_pages(FIX_UT, FIX_ROOT, OUT, 1, false);
    ok_reply(&f, "the first caller comes back: it begins anew", 9);
    cnode_delete(&f, OTHER);
    retype_pages(FIX_UT, FIX_ROOT, OUT, 1, false);
    ok_reply(&f, "and succeeds where the place is free", 0);
    fixture_done(&f);
}

static void each_of_three(void)
{
    static const char *const left[] = {".ff", "f.f", "ff."};

    for (unsigned i = 0; i < 3; i++) {
        set_up();
        retype_pages(FIX_UT, FIX_ROOT, OUT, 3, true);
        cnode_delete(&f, OUT + i);
        place_is_free(0x400 + i * PAGE, "one of three deleted");
        retype_pages(FIX_UT, FIX_ROOT, OUT, 3, false);
        ok_reply(&f, "the others are finished", 0);
        ok_slots(&f, OUT, left[i], "and no other is made");
        fixture_done(&f);
    }
}

static void revoked(void)
{
    set_up();
    retype_pages(FIX_UT, FIX_ROOT, OUT, 3, true);
    cnode_revoke(&f, FIX_UT);
    ok_slots(&f, OUT, "...", "Revoke of the untyped takes embryos");
    ok_watermark(&f, FIX_UT, 0x4000, "as it was");
    retype_pages(FIX_UT, FIX_ROOT, OUT, 3, false);
    ok_reply(&f, "the call comes back and begins anew", 0);
    ok_slots(&f, OUT, "fff", "three pages");
    tap_ok(fixture_is_zero(&f, BASE + 0x400, 3 * PAGE), "clean");
    fixture_done(&f);

    set_up();
    retype_pages(FIX_UT, FIX_ROOT, OUT, 3, true);
    revoke_at(&f, FIX_UT, 0x500, 8);
    ok_slots(&f, OUT, "m.m", "RevokeAt takes one of them");
    retype_pages(FIX_UT, FIX_ROOT, OUT, 3, false);
    ok_slots(&f, OUT, "f.f", "the others are finished");
    fixture_done(&f);

    set_up();
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 12, NESTED, 1, 0x1000);
    retype_pages(NESTED, FIX_ROOT, OUT, 2, true);
    cnode_revoke(&f, FIX_UT);
    ok_slots(&f, OUT, "..", "Revoke of the untyped around theirs");
    retype_pages(NESTED, FIX_ROOT, OUT, 2, false);
    ok_reply(&f, "the call comes back: its untyped is gone", 2, 0);
    fixture_done(&f);
}

static void untyped_deleted(void)
{
    set_up();
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 12, NESTED, 1, 0x1000);
    retype_pages(NESTED, FIX_ROOT, OUT, 2, true);
    cnode_delete(&f, NESTED);
    ok_slots(&f, OUT, "mm", "their untyped deleted, they stay");
    retype_pages(NESTED, FIX_ROOT, OUT, 2, false);
    ok_reply(&f, "the call comes back: its untyped is gone", 2, 0);
    retype_pages(FIX_UT, FIX_ROOT, OUT, 2, false);
    ok_reply(&f, "the one around it does not go on", 8);
    ok_slots(&f, OUT, "mm", "they are embryos still");
    revoke_at(&f, FIX_UT, 0x1000, 12);
    ok_slots(&f, OUT, "..", "and can be deleted");
    fixture_done(&f);
}

/* The destination CNode is deleted, at once or step by step. */
static void cnode_deleted(bool step_by_step)
{
    set_up();
    retype(&f, FIX_UT2, OBJECT_CNODE, 3, CNODE, 1);
    retype_pages(FIX_UT, CNODE, 4, 3, true);
    tap_is(slot_type(kernel_slots(f.k), fixture_inner(&f, CNODE, 5)),
           CAP_EMBRYO, "embryos in a CNode");
    f.hosted->machine.preempt_always = step_by_step;
    f.once = step_by_step;
    cnode_delete(&f, CNODE);
    f.once = false;
    if (step_by_step) {
        ok_slots(&f, CNODE, "z", "which is dying");
        retype_pages(FIX_UT, CNODE, 4, 3, false);
        ok_reply(&f, "the call finds no CNode there", 6, 0, 2, 0);
        f.hosted->machine.preempt_always = true;
        cnode_delete(&f, CNODE);
    }
    f.hosted->machine.preempt_always = false;
    ok_slots(&f, CNODE, ".", "which is deleted");
    retype_pages(FIX_UT, CNODE, 4, 3, false);
    ok_reply(&f, "the call comes back: nowhere to go", 6, 0, 2, 0);
    for (unsigned i = 0; i < 3; i++) {
        retype_at(&f, FIX_UT, OBJECT_UNTYPED, 8, OUT + i, 1, 0x400 + i * PAGE);
        ok_reply(&f, "its places are free", 0);
    }
    describe(&f, FIX_UT2);
    tap_is(f.reply.mr[4], 0, "the CNode's untyped is childless");
    fixture_done(&f);
}

/* A copy of the CNode lives on: so do the embryos. */
static void cnode_copy_lives(void)
{
    set_up();
    retype(&f, FIX_UT2, OBJECT_CNODE, 3, CNODE, 1);
    cnode_copy(&f, PAGE_CAP, CNODE, 15);
    retype_pages(FIX_UT, CNODE, 4, 2, true);
    cnode_delete(&f, CNODE);
    retype_pages(FIX_UT, PAGE_CAP, 4, 2, false);
    ok_reply(&f, "through a copy of the CNode", 0);
    tap_is(slot_type(kernel_slots(f.k), fixture_inner(&f, PAGE_CAP, 4)),
           CAP_FRAME, "it is a page");
    fixture_done(&f);
}

/* The destination CNode's last capability lies in another that is deleted: the
 * embryo in its slot 0 is swapped out, the one kind of move it knows. */
static void swapped_outwards(bool step_by_step)
{
    set_up();
    retype(&f, FIX_UT2, OBJECT_CNODE, 3, NESTED, 1);
    retype(&f, FIX_UT2, OBJECT_CNODE, 3, CNODE, 1);
    retype_pages(FIX_UT, CNODE, 0, 2, true);
    cnode_move_at(&f, inside(NESTED, 3, 5),
                  (struct place){FIX_ROOT, CNODE, 64});
    f.hosted->machine.preempt_always = step_by_step;
    cnode_delete(&f, NESTED);
    f.hosted->machine.preempt_always = false;
    ok_reply(&f, "Delete of the outer CNode", 0);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 8, OUT, 1, 0x400);
    ok_reply(&f, "the embryo in slot 0 came out and is gone", 0);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 8, OUT + 1, 1, 0x500);
    ok_reply(&f, "the one in slot 1 is in a CNode that hangs in the air", 9);
    cnode_revoke(&f, FIX_UT2);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 8, OUT + 1, 1, 0x500);
    ok_reply(&f, "and goes with it", 0);
    fixture_done(&f);
}

/* The destination CNode is made of the same untyped, and revoked with it. */
static void cnode_of_the_same_untyped(void)
{
    set_up();
    retype_at(&f, FIX_UT, OBJECT_CNODE, 3, CNODE, 1, 0x3000);
    retype_pages(FIX_UT, CNODE, 4, 2, true);
    cnode_revoke(&f, FIX_UT);
    ok_slots(&f, CNODE, ".", "Revoke of both");
    describe(&f, FIX_UT);
    tap_is(f.reply.mr[4], 0, "their untyped is childless");
    retype_whole(&f, FIX_UT, TYPE_GIGA, 0, OUT);
    ok_reply(&f, "and whole again", 0, 4);
    fixture_done(&f);
}

int main(void)
{
    fixture_small(&f);
    fixture_needs_generation3(&f);
    fixture_done(&f);
    deleted();
    each_of_three();
    revoked();
    untyped_deleted();
    cnode_deleted(false);
    cnode_deleted(true);
    cnode_copy_lives();
    cnode_of_the_same_untyped();
    swapped_outwards(false);
    swapped_outwards(true);
    return tap_done();
}
