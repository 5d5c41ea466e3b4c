/* SPDX-License-Identifier: BSD-2-Clause */
/* A copy of an untyped is its child, and the source is full from then on
 * (sel4-abi.md 5.4, retype.md R9). */
#include "fixture.h"

enum { COPY = FIX_FREE, COPY2, COPY3, CHILD, CHILD2, OTHER };

#define WHOLE 0x1000000u

static struct fixture f;

static void chain(void)
{
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, CHILD, 1);
    cnode_copy(&f, COPY, FIX_UT, 15);
    ok_reply(&f, "no copy while there are children", 9);
    cnode_delete(&f, CHILD);
    cnode_copy(&f, COPY, FIX_UT, 15);
    ok_reply(&f, "a copy of a childless one", 0);
    ok_watermark(&f, FIX_UT, WHOLE, "the source is full");
    tap_is(fixture_flags(&f, COPY), SLOT_REVOCABLE | SLOT_FIRST_BADGED,
           "flags of the copy");
    cnode_copy(&f, COPY2, FIX_UT, 15);
    ok_reply(&f, "no second copy: the first is a child", 9);
    cnode_copy(&f, COPY2, COPY, 15);
    ok_reply(&f, "a copy of the copy", 0);
    cnode_copy(&f, COPY3, COPY, 15);
    ok_reply(&f, "no second copy of it either", 9);
    retype(&f, COPY2, OBJECT_ENDPOINT, 0, CHILD, 1);
    ok_reply(&f, "the last of the chain can be retyped", 0);
    retype(&f, COPY, OBJECT_ENDPOINT, 0, CHILD2, 1);
    ok_reply(&f, "those before it cannot", 10, 0);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, CHILD2, 1);
    ok_reply(&f, "nor the first", 10, 0);
}

static void revoke_in_the_middle(void)
{
    cnode_revoke(&f, COPY2);
    ok_slots(&f, COPY, "uu..", "the last takes what was made of it");
    retype(&f, COPY2, OBJECT_ENDPOINT, 0, CHILD, 2);
    ok_slots(&f, COPY, "uu.ee", "two endpoints of it");
    cnode_revoke(&f, COPY);
    ok_slots(&f, COPY, "u....", "the middle takes the last and its objects");
    ok_watermark(&f, COPY, WHOLE, "a closed untyped stays full");
    retype(&f, COPY, OBJECT_ENDPOINT, 0, CHILD, 1);
    ok_reply(&f, "it is open now, and childless", 0);
    tap_is(fixture_cap(&f, CHILD).base, fixture_cap(&f, COPY).base,
           "so that it begins again from its start");
    cnode_revoke(&f, FIX_UT);
    ok_slots(&f, COPY, "....", "the first takes all");
}

/* Deleting the middle of a chain re-attaches the rest. */
static void delete_in_the_middle(void)
{
    cnode_copy(&f, COPY, FIX_UT, 15);
    cnode_copy(&f, COPY2, COPY, 15);
    retype(&f, COPY2, OBJECT_CNODE, 4, CHILD, 1);
    cnode_delete(&f, COPY2);
    ok_slots(&f, COPY, "u..c", "the object stays without its untyped");
    retype(&f, COPY, OBJECT_ENDPOINT, 0, OTHER, 1);
    ok_reply(&f, "the copy before is full", 10, 0);
    cnode_delete(&f, COPY);
    ok_slots(&f, COPY, "...c", "and without the next");
    cnode_copy(&f, COPY, FIX_UT, 15);
    ok_reply(&f, "the first has it as its child", 9);
    cnode_revoke(&f, FIX_UT);
    ok_slots(&f, COPY, "....", "and takes it");
}

/* The first of the list goes; the second holds the region from then on. */
static void delete_the_first(void)
{
    retype(&f, FIX_UT, OBJECT_UNTYPED, 20, OTHER, 1);
    cnode_copy(&f, COPY, OTHER, 15);
    cnode_copy(&f, COPY2, COPY, 15);
    retype(&f, COPY2, TYPE_PAGE, 0, CHILD, 2);
    cnode_delete(&f, OTHER);
    ok_slots(&f, COPY, "uu.ff", "the rest of the chain stays");
    cnode_revoke(&f, COPY);
    ok_slots(&f, COPY, "u....", "in its order");
    cnode_revoke(&f, FIX_UT);
    ok_slots(&f, COPY, "......", "all is gone with the enclosing untyped");
}

/* A device untyped is copied as any other. */
static void device(void)
{
    cnode_copy(&f, COPY, FIX_DEVICE, 15);
    ok_reply(&f, "a copy of a device untyped", 0);
    tap_ok(fixture_cap(&f, COPY).rights & CAP_DEVICE, "is device memory too");
    retype(&f, COPY, TYPE_PAGE, 0, CHILD, 1);
    ok_reply(&f, "a page of it", 0);
    tap_ok(fixture_cap(&f, CHILD).rights & CAP_DEVICE, "is device memory too");
    cnode_revoke(&f, FIX_DEVICE);
    ok_slots(&f, COPY, "....", "all is gone");
}

/* Many copies of copies: no depth saturates (defect 7). */
static void long_chain(void)
{
    enum { LENGTH = 200 };

    cnode_copy(&f, 100, FIX_UT2, 15);
    for (unsigned i = 1; i < LENGTH; i++)
        cnode_copy(&f, 100 + i, 99 + i, 15);
    ok_reply(&f, "a chain of 200 copies", 0);
    cnode_revoke(&f, 100 + LENGTH / 2);
    ok_slots(&f, 100 + LENGTH / 2 - 2, "uuu......", "revoked in the middle");
    ok_slots(&f, 100 + LENGTH - 5, ".....", "to the end");
    cnode_revoke(&f, FIX_UT2);
    ok_slots(&f, 100, "........", "revoked from the start");
}

int main(void)
{
    fixture_rv64(&f);
    chain();
    revoke_in_the_middle();
    delete_in_the_middle();
    delete_the_first();
    device();
    long_chain();
    fixture_done(&f);
    return tap_done();
}
