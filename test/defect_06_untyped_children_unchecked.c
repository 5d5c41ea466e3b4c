/* SPDX-License-Identifier: BSD-2-Clause */
/* Defect 6 of retype.md A.1: untyped children were checked against nothing.
 * Overlapping untypeds destroyed each other's objects on revocation, and a
 * new one could cover live objects. */
#include "fixture.h"

enum { A = FIX_FREE, B, ENDPOINT, OTHER };

static struct fixture f;

int main(void)
{
    fixture_rv64(&f);
    fixture_needs_generation3(&f);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 16, A, 1, 0);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 14, B, 1, 0);
    ok_reply(&f, "an untyped inside another", 9);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 14, B, 1, 0xc000);
    ok_reply(&f, "at its end", 9);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 20, B, 1, 0);
    ok_reply(&f, "around it", 9);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 16, B, 1, 0);
    ok_reply(&f, "on it", 9);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 14, B, 1, 0x10000);
    ok_reply(&f, "beside it", 0);
    retype(&f, A, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    cnode_revoke(&f, B);
    ok_slots(&f, A, "uue.", "revoking one leaves the other's endpoint");
    cnode_revoke(&f, A);
    ok_slots(&f, A, "uu..", "revoking that leaves its sibling");
    retype(&f, A, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    cnode_delete(&f, A);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 14, OTHER, 1, 0);
    ok_reply(&f, "over a live endpoint, its untyped deleted", 9);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 4, OTHER, 1, 0);
    ok_reply(&f, "as large as the endpoint", 9);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 4, OTHER, 1, 16);
    ok_reply(&f, "right beside it", 0);
    fixture_done(&f);
    return tap_done();
}
