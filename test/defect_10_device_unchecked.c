/* SPDX-License-Identifier: BSD-2-Clause */
/* Defect 10 of retype.md A.1: of device memory nothing was checked: the same
 * frame was made twice, overlapping sizes too. */
#include "fixture.h"

enum { A = FIX_FREE, B };

static struct fixture f;

int main(void)
{
    fixture_rv64(&f);
    fixture_needs_generation3(&f);
    retype_at(&f, FIX_DEVICE, TYPE_PAGE, 0, A, 1, 0x3000);
    ok_reply(&f, "a device page", 0);
    retype_at(&f, FIX_DEVICE, TYPE_PAGE, 0, B, 1, 0x3000);
    ok_reply(&f, "the same again", 9);
    retype_at(&f, FIX_DEVICE, TYPE_MEGA, 0, B, 1, 0);
    ok_reply(&f, "a large page around it", 9);
    retype_at(&f, FIX_DEVICE, OBJECT_UNTYPED, 16, B, 1, 0);
    ok_reply(&f, "an untyped around it", 9);
    retype_at(&f, FIX_DEVICE, OBJECT_UNTYPED, 4, B, 1, 0x3ff0);
    ok_reply(&f, "an untyped in it", 9);
    retype_at(&f, FIX_DEVICE, TYPE_PAGE, 0, B, 4, 0x1000);
    ok_reply(&f, "a run over it", 9);
    retype_at(&f, FIX_DEVICE, TYPE_PAGE, 0, B, 2, 0x1000);
    ok_reply(&f, "a run up to it", 0);
    retype_at(&f, FIX_DEVICE, TYPE_MEGA, 0, B + 2, 1, 0x200000);
    ok_reply(&f, "a large page elsewhere", 0);
    retype_at(&f, FIX_DEVICE, TYPE_PAGE, 0, B + 3, 1, 0x3ff000);
    ok_reply(&f, "a page in that", 9);
    cnode_delete(&f, A);
    retype_at(&f, FIX_DEVICE, TYPE_PAGE, 0, A, 1, 0x3000);
    ok_reply(&f, "deleted, it can be made again", 0);
    cnode_copy(&f, B + 3, A, 15);
    cnode_delete(&f, A);
    retype_at(&f, FIX_DEVICE, TYPE_PAGE, 0, A, 1, 0x3000);
    ok_reply(&f, "not while there is a copy", 9);
    retype(&f, FIX_DEVICE, TYPE_PAGE, 0, A, 1);
    ok_reply(&f, "Retype finds a fresh one full", 10, 0);
    fixture_done(&f);
    return tap_done();
}
