/* SPDX-License-Identifier: BSD-2-Clause */
/* Of an object without badges, the capability that Retype made is the only
 * one whose revocation takes others (sel4-abi.md 5.4). */
#include "fixture.h"

enum { ORIGINAL = FIX_FREE, COPY, COPY2, COPY3 };

#define BOTH (SLOT_REVOCABLE | SLOT_FIRST_BADGED)

static struct fixture f;

static void family(uint64_t type, uint64_t size_bits, char letter,
                   const char *name)
{
    char all[] = {letter, letter, letter, letter, 0};
    char one[] = {letter, '.', '.', '.', 0};
    char but_two[] = {letter, '.', letter, letter, 0};

    tap_diag("%s", name);
    retype(&f, FIX_UT, type, size_bits, ORIGINAL, 1);
    ok_reply(&f, "Retype", 0);
    cnode_copy(&f, COPY, ORIGINAL, 15);
    cnode_copy(&f, COPY2, COPY, 15);
    cnode_mint(&f, COPY3, ORIGINAL, 15, 0);
    ok_reply(&f, "three copies", 0);
    tap_is(fixture_flags(&f, ORIGINAL), BOTH, "flags of the original");
    tap_is(fixture_flags(&f, COPY), 0, "flags of a copy");
    tap_is(fixture_flags(&f, COPY3), 0, "flags of a mint");
    cnode_revoke(&f, COPY);
    ok_slots(&f, ORIGINAL, all, "revoking a copy does nothing");
    cnode_delete(&f, COPY);
    ok_slots(&f, ORIGINAL, but_two, "deleting a copy takes it alone");
    cnode_copy(&f, COPY, COPY2, 15);
    cnode_revoke(&f, ORIGINAL);
    ok_slots(&f, ORIGINAL, one, "revoking the original takes all the copies");
    cnode_copy(&f, COPY, ORIGINAL, 15);
    cnode_delete(&f, ORIGINAL);
    tap_is(fixture_type(&f, COPY) != CAP_NULL, true,
           "a copy outlives the original");
    cnode_revoke(&f, COPY);
    cnode_copy(&f, COPY2, COPY, 15);
    cnode_revoke(&f, COPY);
    tap_is(fixture_type(&f, COPY2) != CAP_NULL, true,
           "and cannot revoke what it was copied to");
    cnode_revoke(&f, FIX_UT);
    ok_slots(&f, ORIGINAL, "....", "the untyped takes all of them");
}

/* A page table has copies while it is mapped only. */
static void page_table(void)
{
    cnode_copy(&f, COPY, FIX_VSPACE, 15);
    ok_reply(&f, "a copy of a mapped page table", 0);
    tap_is(fixture_flags(&f, COPY), 0, "flags of the copy");
    cnode_revoke(&f, COPY);
    cnode_copy(&f, COPY2, COPY, 15);
    cnode_revoke(&f, FIX_VSPACE);
    ok_slots(&f, ORIGINAL, "....", "the original takes the copies");
    tap_is(fixture_type(&f, FIX_VSPACE), CAP_PAGE_TABLE, "and stays");
}

/* The flags of an ASID pool's copy are false; the pool itself is original. */
static void asid_pool(void)
{
    cnode_copy(&f, COPY, FIX_ASID_POOL, 15);
    ok_reply(&f, "a copy of an ASID pool", 0);
    tap_is(fixture_flags(&f, COPY), 0, "its flags");
    cnode_copy(&f, COPY2, FIX_ASID_CONTROL, 15);
    ok_reply(&f, "a copy of ASID control", 0);
    cnode_revoke(&f, FIX_ASID_CONTROL);
    ok_slots(&f, ORIGINAL, ".a..", "ASID control takes its own copies");
    cnode_revoke(&f, FIX_ASID_POOL);
    ok_slots(&f, ORIGINAL, "....", "a pool takes its own");
    cnode_copy(&f, COPY, FIX_ASID_POOL, 15);
    cnode_delete(&f, FIX_ASID_POOL);
    ok_slots(&f, ORIGINAL, ".a..", "a copy outlives it");
    cnode_delete(&f, COPY);
    ok_slots(&f, ORIGINAL, "....", "and is deleted");
}

int main(void)
{
    fixture_rv64(&f);
    family(OBJECT_ENDPOINT, 0, 'e', "endpoint");
    family(OBJECT_NOTIFICATION, 0, 'n', "notification");
    family(OBJECT_CNODE, 4, 'c', "CNode");
    family(OBJECT_TCB, 0, 't', "TCB");
    family(TYPE_PAGE, 0, 'f', "page of 2^12");
    family(TYPE_MEGA, 0, 'f', "page of 2^21");
    page_table();
    asid_pool();
    fixture_done(&f);
    return tap_done();
}
