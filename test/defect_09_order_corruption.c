/* SPDX-License-Identifier: BSD-2-Clause */
/* Defect 9 of retype.md A.1: capabilities of different types to overlapping
 * memory broke the tree's order, and a deletion crashed the kernel.  Here the
 * overlap is refused, and the order never asks for a type. */
#include "fixture.h"

enum { ENDPOINT = FIX_FREE, BADGED, FRAME = FIX_FREE + 10, COPY };

static struct fixture f;

int main(void)
{
    fixture_rv64(&f);
    fixture_needs_generation3(&f);
    retype_at(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1, 0x1010);
    for (uint64_t i = 0; i < 6; i++)
        cnode_mint(&f, BADGED + i, ENDPOINT, 15, i + 1);
    ok_reply(&f, "an endpoint and six with badges", 0);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, FRAME, 1, 0x1000);
    ok_reply(&f, "a page over it", 9);
    cnode_copy(&f, COPY, FRAME, 15);
    ok_reply(&f, "no copy of what is not there", 6, 1, 2, 64);
    cnode_delete(&f, BADGED + 2);
    cnode_delete(&f, ENDPOINT);
    ok_slots(&f, ENDPOINT, ".ee.eee", "deletions in any order");
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, FRAME, 1, 0x1000);
    ok_reply(&f, "a page over what is left of it", 9);
    for (uint64_t i = 0; i < 6; i++)
        cnode_delete(&f, BADGED + 5 - i);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, FRAME, 1, 0x1000);
    ok_reply(&f, "a page when all are gone", 0);
    cnode_copy(&f, COPY, FRAME, 15);
    cnode_delete(&f, FRAME);
    cnode_delete(&f, COPY);
    ok_slots(&f, ENDPOINT, "............", "all gone");

    /* one region, every kind of capability in turn */
    retype(&f, FIX_UT, OBJECT_UNTYPED, 12, FRAME, 1);
    for (uint64_t type = OBJECT_UNTYPED; type < TYPE_COUNT; type++) {
        if (type == TYPE_GIGA || type == TYPE_MEGA)
            continue;
        retype(&f, FRAME, type, type == OBJECT_UNTYPED ? 12 : 7, COPY, 1);
        cnode_copy(&f, COPY + 1, COPY, 15);
        cnode_delete(&f, COPY);
        cnode_delete(&f, COPY + 1);
    }
    describe(&f, FRAME);
    tap_is(f.reply.mr[4], 0, "the same memory as every type: childless again");
    fixture_done(&f);
    return tap_done();
}
