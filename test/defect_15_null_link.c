/* SPDX-License-Identifier: BSD-2-Clause */
/* Defect 15 of retype.md A.1: the null link needed a reserved page at the base
 * of the window.  Here slot number 0 is a slot, and address 0 is memory. */
#include "fixture.h"

enum { A = FIX_FREE, B, C, D };

static struct fixture f;

/* The small machine's root CNode is at address 0: root slot 0 is slot 0. */
static void slot_0(void)
{
    fixture_small(&f);
    tap_is(fixture_slot(&f, 0), 0, "root slot 0 is slot number 0");
    retype(&f, FIX_UT, OBJECT_UNTYPED, 12, 0, 1);
    retype(&f, 0, OBJECT_UNTYPED, 10, A, 2);
    retype(&f, A, OBJECT_ENDPOINT, 0, C, 1);
    ok_slots(&f, A, "uue", "an untyped in it, with children");
    cnode_revoke(&f, 0);
    ok_slots(&f, 0, "u", "is revoked");
    ok_slots(&f, A, "...", "with all of them");
    retype(&f, 0, OBJECT_ENDPOINT, 0, A, 1);
    cnode_mint(&f, B, A, 15, 7);
    cnode_move(&f, C, 0);
    cnode_move(&f, 0, A);
    ok_slots(&f, 0, "e", "an endpoint moves there");
    cnode_copy(&f, D, 0, 15);
    cnode_revoke(&f, 0);
    ok_slots(&f, A, "..u.", "and is revoked");
    cnode_delete(&f, 0);
    cnode_move(&f, 0, C);
    retype(&f, 0, OBJECT_ENDPOINT, 0, A, 1);
    cnode_rotate(&f, 0, 0, FIX_TCB, 0, 0);
    ok_slots(&f, 0, "tu", "an untyped with a child swaps out of it");
    cnode_rotate(&f, 0, 0, FIX_TCB, 0, 0);
    ok_slots(&f, 0, "ut", "and in again");
    cnode_revoke(&f, 0);
    ok_slots(&f, A, "....", "with its child");
    cnode_delete(&f, 0);
    ok_slots(&f, 0, ".t", "deleted");
    fixture_done(&f);
}

/* An untyped at address 0, the root CNode behind it. */
static void address_0(void)
{
    struct kernel_params params = fixture_params_small();

    fixture_custom_at(&f, &params, 0x8000, 0x4000, 6);
    hosted_boot_untyped(f.k, fixture_slot(&f, FIX_UT), 0, 13, false);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 12, A, 2);
    tap_is(fixture_cap(&f, A).base, 0, "an untyped at address 0");
    retype(&f, A, OBJECT_CNODE, 3, B + 1, 1);
    tap_is(fixture_inner(&f, B + 1, 0), 0, "a CNode whose slot 0 is number 0");
    cnode_copy_at(&f, inside(B + 1, 3, 0),
                  (struct place){FIX_ROOT, FIX_ROOT, 64}, 15);
    tap_is(regions_enclosing(&f.k->regions, 0, 4), fixture_slot(&f, B + 1),
           "it is found around address 0");
    cnode_move_at(&f, inside(B + 1, 3, 1), (struct place){FIX_ROOT, B, 64});
    cnode_delete(&f, B + 1);
    ok_slots(&f, A, "u..", "it is deleted with what it holds");
    retype(&f, A, OBJECT_TCB, 0, B, 1);
    tap_is(fixture_cap(&f, B).base, 0, "a TCB at address 0");
    cnode_delete(&f, B);
    cnode_revoke(&f, FIX_UT);
    ok_slots(&f, A, "...", "all gone");
    fixture_done(&f);
}

int main(void)
{
    slot_0();
    address_0();
    return tap_done();
}
