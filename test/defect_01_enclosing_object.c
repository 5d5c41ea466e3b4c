/* SPDX-License-Identifier: BSD-2-Clause */
/* Defect 1 of retype.md A.1: an object that begins before a place and covers
 * it was not seen, so that a page could be made of a CNode's slots and any
 * capability be forged. */
#include "fixture.h"

enum { OBJECT = FIX_FREE, PAGE };

#define AT 0x220000u

static struct fixture f;

/* An object, then a page or endpoint everywhere inside it. */
static void covered(uint64_t type, uint64_t size_bits, uint64_t bytes,
                    const char *name)
{
    unsigned made = 0;

    retype_at(&f, FIX_UT, type, size_bits, OBJECT, 1, AT);
    ok_reply(&f, name, 0);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, PAGE, 1,
              bytes > 0x1000 ? AT + 0x1000 : AT);
    ok_reply(&f, "a page over it", 9);
    f.unchecked = true;
    for (uint64_t off = 0; off < bytes; off += 16)
        made += retype_at(&f, FIX_UT, OBJECT_ENDPOINT, 0, PAGE, 1, AT + off) !=
                ERROR_REVOKE_FIRST;
    f.unchecked = false;
    tap_is(made, 0, "no endpoint anywhere inside it");
    ok_slots(&f, PAGE, ".", "nothing is made");
    cnode_revoke(&f, FIX_UT);
}

int main(void)
{
    fixture_rv64(&f);
    fixture_needs_generation3(&f);
    covered(OBJECT_CNODE, 12, 0x20000, "a CNode of 4096 slots");
    covered(OBJECT_TCB, 0, 0x800, "a TCB");
    covered(TYPE_TABLE, 0, 0x1000, "a page table");
    covered(OBJECT_NOTIFICATION, 0, 0x20, "a notification");
    covered(OBJECT_UNTYPED, 14, 0x4000, "an untyped");
    fixture_done(&f);
    return tap_done();
}
