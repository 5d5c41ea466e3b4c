/* SPDX-License-Identifier: BSD-2-Clause */
/* Long chains of CNodes, each of which holds the last capability of the next:
 * however long, deletion needs no stack and no long step (sel4-abi.md 5.6). */
#include "fixture.h"

enum { FIRST = FIX_FREE, LENGTH = 300, LAST = FIRST + LENGTH - 1 };

#define RADIX     2u
#define SLOTS_MAX 8u /* work of one step, in slots */

static struct fixture f;
static slotno_t slots_of[LENGTH];

/* cnode[n][slot] = the last capability of cnode[n + 1]; the first stays in the
 * root CNode.  Slot 3 of each holds an endpoint, but for the last CNode. */
static void build(unsigned slot)
{
    cnode_revoke(&f, FIX_UT);
    f.unchecked = true;
    retype(&f, FIX_UT, OBJECT_CNODE, RADIX, FIRST, 256);
    retype(&f, FIX_UT, OBJECT_CNODE, RADIX, FIRST + 256, LENGTH - 256);
    retype(&f, FIX_UT2, OBJECT_ENDPOINT, 0, LAST + 1, 1);
    for (unsigned n = 0; n < LENGTH; n++)
        slots_of[n] = fixture_inner(&f, FIRST + n, 0);
    for (unsigned n = LENGTH; n-- > 1;) {
        struct place next = {FIX_ROOT, FIRST + n, 64};

        cnode_copy_at(&f, inside(FIRST + n - 1, RADIX, 3),
                      (struct place){FIX_ROOT, LAST + 1, 64}, 15);
        cnode_move_at(&f, inside(FIRST + n - 1, RADIX, slot), next);
    }
    f.unchecked = false;
    ok_reply(&f, "a chain of 300 CNodes", 0);
    fixture_check(&f, "building a chain");
    f.k->worst_slots = (struct work){0};
}

static unsigned zombies(void)
{
    unsigned n = 0;

    for (unsigned i = 0; i < LENGTH; i++)
        n += slot_type(kernel_slots(f.k), slots_of[i]) == CAP_ZOMBIE;
    return n;
}

static void all_gone(const char *name)
{
    cnode_revoke(&f, FIX_UT);
    tap_is(zombies(), 0, "%s: Revoke takes every zombie", name);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 24, FIRST, 1);
    ok_reply(&f, "the memory is one piece again", 0);
    cnode_delete(&f, FIRST);
    cnode_revoke(&f, FIX_UT2);
    cnode_delete(&f, LAST + 1);
    tap_ok(f.k->worst_slots.slots <= SLOTS_MAX,
           "most slots between two points: %lu",
           (unsigned long)f.k->worst_slots.slots);
}

/* Through slot 0 every one of them comes out and goes home as a zombie;
 * through another slot the second does, and the rest is as it was. */
static void delete_first(unsigned slot, bool interrupted)
{
    build(slot);
    f.hosted->machine.preempt_always = interrupted;
    cnode_delete(&f, FIRST);
    f.hosted->machine.preempt_always = false;
    ok_reply(&f, "Delete of the first", 0);
    tap_ok(interrupted == (f.preemptions > 0), "interrupted %lu times",
           (unsigned long)f.preemptions);
    tap_is(zombies(), slot == 0 ? LENGTH - 1 : 1,
           "through slots %u: zombies in their own slot 0", slot);
    all_gone("after Delete");
}

static void revoke_all(unsigned slot)
{
    build(slot);
    f.hosted->machine.preempt_always = true;
    cnode_revoke(&f, FIX_UT);
    f.hosted->machine.preempt_always = false;
    ok_reply(&f, "Revoke of them all, interrupted at every point", 0);
    tap_ok(f.preemptions >= LENGTH, "which are %lu",
           (unsigned long)f.preemptions);
    all_gone("after Revoke");
}

int main(void)
{
    fixture_rv64(&f);
    for (unsigned slot = 0; slot < 3; slot++) {
        delete_first(slot, false);
        delete_first(slot, true);
        revoke_all(slot);
    }
    fixture_done(&f);
    return tap_done();
}
