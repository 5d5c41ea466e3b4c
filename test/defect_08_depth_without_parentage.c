/* SPDX-License-Identifier: BSD-2-Clause */
/* Defect 8 of retype.md A.1: what was deeper in the derivation was taken for a
 * descendant, so that any shallower holder could revoke every deeper
 * capability of the same object. */
#include "fixture.h"

enum { A = FIX_FREE, B, C, D, E };

static struct fixture f;

static void badged(uint64_t badge_b, uint64_t badge_c, const char *name)
{
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, A, 1);
    cnode_mint(&f, B, A, 15, badge_b);
    cnode_mint(&f, C, A, 15, badge_c);
    cnode_copy(&f, D, C, 15);
    ok_reply(&f, name, 0);
    cnode_revoke(&f, B);
    ok_slots(&f, A, "eeee", "B takes nothing: C's copy is not its own");
    cnode_copy(&f, E, B, 15);
    cnode_revoke(&f, C);
    ok_slots(&f, A, "eee.e", "C takes its copy, and B's stays");
    cnode_revoke(&f, B);
    ok_slots(&f, A, "eee..", "B takes its own");
    cnode_revoke(&f, A);
    ok_slots(&f, A, "e....", "A takes all");
    cnode_delete(&f, A);
}

int main(void)
{
    fixture_rv64(&f);
    badged(1, 2, "A; B and C of A; D of C");
    badged(7, 7, "the same with one badge");

    retype(&f, FIX_UT, TYPE_PAGE, 0, A, 1);
    cnode_copy(&f, B, A, 15);
    cnode_copy(&f, C, A, 15);
    cnode_copy(&f, D, C, 15);
    cnode_revoke(&f, B);
    ok_slots(&f, A, "ffff", "frames: a copy revokes nothing");
    cnode_revoke(&f, C);
    ok_slots(&f, A, "ffff", "nor does the other");
    cnode_revoke(&f, FIX_UT);

    retype(&f, FIX_UT, OBJECT_UNTYPED, 12, A, 1);
    cnode_copy(&f, B, A, 15);
    cnode_copy(&f, C, A, 15);
    ok_reply(&f, "untypeds: no second copy that could revoke the first", 9);
    ok_slots(&f, A, "uu..", "so there is one");
    fixture_done(&f);
    return tap_done();
}
