/* SPDX-License-Identifier: BSD-2-Clause */
/* The last capability of an object inside an object that is being deleted:
 * its zombie goes to slot 0 of its own object and stays, pinning its untyped
 * until that is revoked; what slot 0 held is deleted in its place (5.6). */
#include "fixture.h"

enum { OUTER = FIX_FREE, INNER, TCB, ENDPOINT, PAGE, DEEPER };

static struct fixture f;
static slotno_t outer, inner, tcb, deeper;

static struct place at(uint64_t index)
{
    return (struct place){FIX_ROOT, index, 64};
}

static uint8_t type_of(slotno_t i)
{
    return slot_type(kernel_slots(f.k), i);
}

static uint64_t left_in(slotno_t i)
{
    return slot_word(kernel_slots(f.k), i);
}

static void set_up(void)
{
    cnode_revoke(&f, FIX_UT);
    cnode_revoke(&f, FIX_UT2);
    retype(&f, FIX_UT2, OBJECT_CNODE, 2, OUTER, 1);
    retype(&f, FIX_UT, OBJECT_CNODE, 2, INNER, 1);
    retype(&f, FIX_UT, OBJECT_CNODE, 2, DEEPER, 1);
    retype(&f, FIX_UT, OBJECT_TCB, 0, TCB, 1);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    outer = fixture_inner(&f, OUTER, 0);
    inner = fixture_inner(&f, INNER, 0);
    deeper = fixture_inner(&f, DEEPER, 0);
    tcb = fixture_inner(&f, TCB, 0);
    ok_slots(&f, OUTER, "ccte.c", "three CNodes, a TCB, an endpoint");
}

/* The untyped is pinned: by what, and until when. */
static void pinned(unsigned zombies, const char *name)
{
    unsigned found = 0;

    for (uint64_t from = 0;;) {
        if (!f.k->params.generation3) {
            found = zombies;
            break;
        }
        next_region(&f, FIX_UT, from);
        if (f.reply.mr[2] == REGION_NONE)
            break;
        found += f.reply.mr[2] == REGION_IN_TRANSITION;
        from = f.reply.mr[1];
    }
    tap_is(found, zombies, "%s: zombies in the untyped", name);
    cnode_copy(&f, PAGE, FIX_UT, 15);
    ok_reply(&f, "the untyped has children", 9);
    cnode_revoke(&f, FIX_UT);
    cnode_copy(&f, PAGE, FIX_UT, 15);
    ok_reply(&f, "until it is revoked", 0);
    cnode_delete(&f, PAGE);
}

/* A TCB whose last capability lies in a deleted CNode. */
static void last_of_tcb(void)
{
    set_up();
    cnode_delete(&f, INNER);
    cnode_delete(&f, DEEPER);
    cnode_delete(&f, ENDPOINT);
    cnode_move_at(&f, inside(OUTER, 2, 1), at(TCB));
    cnode_delete(&f, OUTER);
    ok_reply(&f, "Delete of the CNode that holds it", 0);
    ok_slots(&f, OUTER, "......", "the CNode is gone");
    for (unsigned i = 0; i < 4; i++)
        tap_ok(slot_is_empty(kernel_slots(f.k), outer + i),
               "slot %u of it is empty", i);
    tap_is(type_of(tcb), CAP_ZOMBIE, "a zombie in the TCB's own slot 0");
    tap_is(left_in(tcb), TCB_SLOT_COUNT, "with all its slots to go");
    pinned(1, "TCB");
    tap_is(type_of(tcb), CAP_NULL, "it is gone then");
}

/* What lay in slot 0 of the inner object comes out and is deleted. */
static void slot_0_comes_out(void)
{
    set_up();
    cnode_copy_at(&f, inside(INNER, 2, 0), at(ENDPOINT), 15);
    cnode_copy_at(&f, inside(INNER, 2, 1), at(ENDPOINT), 15);
    cnode_copy_at(&f, inside(INNER, 2, 3), at(ENDPOINT), 15);
    cnode_move_at(&f, inside(OUTER, 2, 2), at(INNER));
    cnode_delete(&f, OUTER);
    ok_reply(&f, "Delete of the outer CNode", 0);
    ok_slots(&f, OUTER, "..te.c", "it and the inner one are gone");
    tap_is(type_of(inner), CAP_ZOMBIE, "the inner one is in its slot 0");
    tap_is(left_in(inner), 4, "with four slots to go");
    tap_is(type_of(inner + 1), CAP_ENDPOINT, "its other slots stay, 1");
    tap_is(type_of(inner + 2), CAP_NULL, "2");
    tap_is(type_of(inner + 3), CAP_ENDPOINT, "3");
    cnode_revoke(&f, ENDPOINT);
    tap_is(type_of(inner + 1), CAP_NULL, "and can be revoked");
    pinned(1, "inner CNode");
}

/* Slot 0 holds a last capability in its turn, and so on. */
static void through_slots_0(void)
{
    struct cap cap;

    set_up();
    cnode_copy_at(&f, inside(DEEPER, 2, 1), at(ENDPOINT), 15);
    cap = fixture_cap(&f, DEEPER);
    fixture_derive(&f, fixture_slot(&f, DEEPER), tcb + TCB_CSPACE, &cap);
    cnode_delete(&f, DEEPER);
    cnode_move_at(&f, inside(INNER, 2, 0), at(TCB));
    cnode_move_at(&f, inside(OUTER, 2, 3), at(INNER));
    ok_reply(&f, "outer[3] > inner[0] > TCB[0] > deeper[1] > endpoint", 0);
    cnode_delete(&f, OUTER);
    ok_slots(&f, OUTER, "...e..", "three objects hang in the air");
    tap_is(type_of(inner), CAP_ZOMBIE, "inner's zombie in its slot 0");
    tap_is(type_of(tcb), CAP_ZOMBIE, "the TCB's in its slot 0");
    tap_is(type_of(deeper), CAP_ZOMBIE, "deeper's in its slot 0");
    tap_is(type_of(deeper + 1), CAP_ENDPOINT, "what deeper held is there");
    pinned(3, "three in each other");
}

/* Last capabilities beside each other, not through slot 0. */
static void beside_each_other(void)
{
    set_up();
    cnode_move_at(&f, inside(INNER, 2, 2), at(DEEPER));
    cnode_move_at(&f, inside(OUTER, 2, 1), at(INNER));
    cnode_move_at(&f, inside(OUTER, 2, 3), at(TCB));
    cnode_delete(&f, OUTER);
    tap_is(type_of(tcb), CAP_ZOMBIE, "the TCB's zombie in its slot 0");
    tap_is(type_of(inner), CAP_ZOMBIE, "inner's zombie in its slot 0");
    tap_is(type_of(inner + 2), CAP_CNODE, "what inner held is untouched");
    tap_is(type_of(deeper), CAP_NULL, "and what that held");
    pinned(2, "beside each other");
}

/* By revocation every one of them is exposed, and nothing is left. */
static void revoked_whole(void)
{
    set_up();
    cnode_move_at(&f, inside(DEEPER, 2, 3), at(TCB));
    cnode_move_at(&f, inside(INNER, 2, 0), at(DEEPER));
    ok_reply(&f, "inner[0] > deeper[3] > TCB", 0);
    cnode_revoke(&f, FIX_UT);
    ok_slots(&f, OUTER, "c.....", "Revoke of the untyped");
    for (unsigned i = 0; i < 4; i++)
        tap_ok(slot_is_empty(kernel_slots(f.k), inner + i) &&
                   slot_is_empty(kernel_slots(f.k), deeper + i) &&
                   slot_is_empty(kernel_slots(f.k), tcb + i),
               "slot %u of each is empty", i);
    retype(&f, FIX_UT, TYPE_PAGE, 0, INNER, 1);
    tap_is(fixture_cap(&f, INNER).base, fixture_cap(&f, FIX_UT).base,
           "and its memory is free");
}

int main(void)
{
    fixture_rv64(&f);
    last_of_tcb();
    slot_0_comes_out();
    through_slots_0();
    beside_each_other();
    revoked_whole();
    fixture_done(&f);
    return tap_done();
}
