/* SPDX-License-Identifier: BSD-2-Clause */
/* Guards of CNode capabilities: Mint, Mutate and Rotate replace them, Copy and
 * Move keep them (sel4-abi.md 4.5, updateData). */
#include "fixture.h"

enum { ORIGINAL = FIX_FREE, COPY, COPY2, TCB };

#define GUARD(value, size) ((uint64_t)(value) << 6 | (size))

static struct fixture f;

static void ok_guard(uint64_t slot, uint64_t guard, unsigned size,
                     const char *name)
{
    struct cap cap = fixture_cap(&f, slot);

    tap_ok(cap.type == CAP_CNODE && cap_cnode_guard(&cap) == guard &&
               cap_cnode_guard_size(&cap) == size,
           "%s: guard 0x%lx of %u bits", name, (unsigned long)guard, size);
}

static void mint(void)
{
    ok_guard(ORIGINAL, 0, 0, "a new CNode");
    cnode_mint(&f, COPY, ORIGINAL, 15, GUARD(5, 3));
    ok_guard(COPY, 5, 3, "Mint");
    cnode_copy(&f, COPY2, COPY, 15);
    ok_guard(COPY2, 5, 3, "Copy keeps it");
    cnode_delete(&f, COPY2);
    cnode_mint(&f, COPY2, COPY, 15, GUARD(0x1ff, 5));
    ok_guard(COPY2, 0x1f, 5, "a guard is cut to its size");
    cnode_delete(&f, COPY2);
    cnode_mint(&f, COPY2, COPY, 15, 0);
    ok_guard(COPY2, 0, 0, "data 0 takes the guard away");
    cnode_delete(&f, COPY2);
    cnode_mint(&f, COPY2, COPY, 15, GUARD(UINT64_MAX >> 6, 58));
    ok_guard(COPY2, UINT64_MAX >> 6, 58, "the largest guard that data holds");
    cnode_delete(&f, COPY2);
    cnode_mint(&f, COPY2, COPY, 15, GUARD(UINT64_MAX >> 6, 60));
    ok_guard(COPY2, UINT64_MAX >> 6, 60, "size 60, its top bits 0");
    cnode_delete(&f, COPY2);
    cnode_mint(&f, COPY2, COPY, 15, GUARD(1, 0));
    ok_guard(COPY2, 0, 0, "a guard of no bits");
    cnode_delete(&f, COPY2);
    cnode_mint(&f, COPY2, COPY, 15, GUARD(1, 61));
    ok_reply(&f, "61 + 4 bits are too many", 3);
    ok_guard(COPY, 5, 3, "the source keeps its own");
}

static void mutate_and_rotate(void)
{
    cnode_mutate(&f, COPY2, COPY, GUARD(9, 4));
    ok_guard(COPY2, 9, 4, "Mutate");
    ok_slots(&f, ORIGINAL, "c.ct", "the source is empty after it");
    cnode_mutate(&f, COPY, COPY2, GUARD(9, 61));
    ok_reply(&f, "Mutate to too many bits", 3);
    ok_slots(&f, ORIGINAL, "c.ct", "moves nothing");
    cnode_move(&f, COPY, COPY2);
    ok_guard(COPY, 9, 4, "Move keeps it");
    cnode_rotate(&f, COPY2, GUARD(1, 2), COPY, GUARD(3, 2), ORIGINAL);
    ok_reply(&f, "Rotate", 0);
    ok_guard(COPY2, 1, 2, "the pivot's new guard");
    ok_guard(COPY, 3, 2, "the source's new guard");
    ok_slots(&f, ORIGINAL, ".cct", "both have moved on");
    cnode_rotate(&f, COPY, GUARD(5, 6), COPY2, GUARD(7, 8), COPY);
    ok_reply(&f, "Rotate with source = destination", 0);
    ok_guard(COPY, 5, 6, "the pivot's new guard");
    ok_guard(COPY2, 7, 8, "the source's new guard");
    cnode_rotate(&f, COPY, 0, COPY2, 0, COPY);
    ok_guard(COPY, 0, 0, "data 0 takes the guard away");
    ok_guard(COPY2, 0, 0, "from both");
    cnode_rotate(&f, ORIGINAL, 77, TCB, GUARD(2, 3), COPY);
    ok_reply(&f, "Rotate with a TCB as pivot", 0);
    ok_slots(&f, ORIGINAL, "t.cc", "its data is ignored");
    ok_guard(TCB, 2, 3, "the source's new guard");
    cnode_mutate(&f, COPY, ORIGINAL, 12345);
    ok_slots(&f, ORIGINAL, ".tcc", "Mutate of a TCB is a move");
}

int main(void)
{
    fixture_rv64(&f);
    retype(&f, FIX_UT, OBJECT_CNODE, 4, ORIGINAL, 1);
    retype(&f, FIX_UT, OBJECT_TCB, 0, TCB, 1);
    mint();
    mutate_and_rotate();
    fixture_done(&f);
    return tap_done();
}
