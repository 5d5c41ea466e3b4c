/* SPDX-License-Identifier: BSD-2-Clause */
/* Defect 13 of retype.md A.1: answers of the tree that were not there were
 * asserted in debug builds only and followed in others.  Every question is
 * asked here where there is nothing. */
#include "fixture.h"
#include "seed.h"

enum { A = FIX_FREE, B, SLOTS = 38 };

static struct fixture f;

static void ask(uint64_t untyped)
{
    describe(&f, untyped);
    tap_is(f.reply.label, 0, "Describe");
    next_region(&f, untyped, 0);
    tap_is(f.reply.mr[2], REGION_NONE, "Next: none");
    revoke_at(&f, untyped, 0, 4);
    ok_reply(&f, "RevokeAt of nothing", 0);
    revoke_at(&f, untyped, 0, fixture_cap(&f, untyped).bits);
    ok_reply(&f, "RevokeAt of all of nothing", 0);
    cnode_revoke(&f, untyped);
    ok_reply(&f, "Revoke of nothing", 0);
}

/* A kernel with one untyped and its root CNode, and then without. */
static void almost_empty(void)
{
    struct kernel_params params = fixture_params_small();

    fixture_custom(&f, &params, 0x8000, 4);
    hosted_boot_untyped(f.k, fixture_slot(&f, 3), 0x4000, 14, false);
    ask(3);
    retype(&f, 3, OBJECT_UNTYPED, 14, 4, 1);
    ask(4);
    cnode_delete(&f, 3);
    ask(4);
    cnode_delete(&f, 4);
    ok_slots(&f, 0, "..c.............", "the root CNode alone");
    tap_is(regions_enclosing(&f.k->regions, 0x4000, 4), SLOT_NIL,
           "nothing around an address");
    cnode_delete(&f, 2);
    ok_reply(&f, "the root CNode deletes itself", 0);
    fixture_done(&f);
}

/* Children come and go in random order; in the end there is none. */
static void come_and_go(struct seed *s)
{
    for (unsigned i = 0; i < 3000; i++) {
        uint64_t slot = A + seed_below(s, SLOTS);
        unsigned bits = 4 + (unsigned)seed_below(s, 8);

        if (fixture_type(&f, slot) != CAP_NULL)
            cnode_delete(&f, slot);
        else
            retype_at(&f, FIX_UT, OBJECT_UNTYPED, bits, slot, 1,
                      seed_below(s, 0x4000) >> bits << bits);
    }
    for (uint64_t slot = A; slot < A + SLOTS; slot++)
        cnode_delete(&f, slot);
    ask(FIX_UT);
}

int main(void)
{
    struct seed s = seed_start(13);

    fixture_small(&f);
    fixture_needs_generation3(&f);
    ask(FIX_UT);
    ask(FIX_DEVICE);
    come_and_go(&s);
    fixture_done(&f);
    almost_empty();
    return tap_done();
}
