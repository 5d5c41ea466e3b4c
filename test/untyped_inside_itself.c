/* SPDX-License-Identifier: BSD-2-Clause */
/* An untyped whose own capability lies in a CNode that was made of it: its
 * revocation takes the CNode, and with it the very slot that is revoked. */
#include "fixture.h"

enum { OUTER = FIX_FREE, INNER, UNTYPED, TCB, ENDPOINT };

static struct fixture f;
static slotno_t outer, inner;

static struct place at(uint64_t index)
{
    return (struct place){FIX_ROOT, index, 64};
}

/* Where the untyped's capability goes: a place in OUTER, or through it. */
static const struct place in_outer = {OUTER, 1, 2};
static const struct place in_inner = {OUTER, 2 << 2 | 0, 4};
static const struct place in_inner_3 = {OUTER, 2 << 2 | 3, 4};

static void build(struct place where)
{
    cnode_revoke(&f, FIX_UT);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 14, UNTYPED, 1);
    retype(&f, UNTYPED, OBJECT_CNODE, 2, OUTER, 1);
    retype(&f, UNTYPED, OBJECT_CNODE, 2, INNER, 1);
    retype(&f, UNTYPED, OBJECT_TCB, 0, TCB, 1);
    retype(&f, UNTYPED, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    outer = fixture_inner(&f, OUTER, 0);
    inner = fixture_inner(&f, INNER, 0);
    cnode_copy_at(&f, inside(INNER, 2, 1), at(ENDPOINT), 15);
    cnode_move_at(&f, inside(OUTER, 2, 2), at(INNER));
    cnode_copy_at(&f, inside(OUTER, 2, 3), at(ENDPOINT), 15);
    cnode_move_at(&f, where, at(UNTYPED));
    ok_reply(&f, "its capability goes into its own child", 0);
}

/* All memory can be had.  What is left of the untyped before its parent is
 * revoked depends on what was deleted first: with itself the search ends. */
static void memory_is_free(void)
{
    cnode_revoke(&f, FIX_UT);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 24, UNTYPED, 1);
    ok_reply(&f, "its memory is free once its parent is revoked", 0);
    cnode_delete(&f, UNTYPED);
}

static void gone(const char *name)
{
    struct slot *slots = kernel_slots(f.k);
    unsigned untypeds = 0;

    for (unsigned i = 0; i < 4; i++) {
        untypeds += slot_type(slots, outer + i) == CAP_UNTYPED;
        untypeds += slot_type(slots, inner + i) == CAP_UNTYPED;
    }
    tap_is(untypeds, 0, "%s: its capability is gone", name);
    memory_is_free();
}

static void revoke_it(struct place where)
{
    build(where);
    cnode_revoke_at(&f, where);
    ok_reply(&f, "Revoke of its slot", 0);
    gone("Revoke");
}

/* Repeats what an interrupted caller repeats, at whatever the path leads to
 * by now. */
static void revoke_it_in_steps(struct place where)
{
    unsigned n = 0;

    build(where);
    f.once = true;
    f.hosted->machine.preempt_always = true;
    do
        cnode_revoke_at(&f, where);
    while (f.outcome == OUTCOME_PREEMPTED && ++n < 1000);
    f.once = false;
    f.hosted->machine.preempt_always = false;
    tap_ok(n > 0 && n < 1000, "interrupted %u times, ended with label %u", n,
           f.reply.label);
    cnode_delete(&f, OUTER); /* in a CNode in the air it may live on (5.6) */
    memory_is_free();
}

/* The same through the capability itself: RevokeAt of all, and of the part
 * that holds the CNode. */
static void revoke_at_it(uint64_t offset, uint64_t bits)
{
    struct invocation inv = {
        .slot = outer + 1,
        .label = LABEL_UNTYPED_REVOKE_AT,
        .length = 2,
        .mr = (uint64_t[]){offset, bits},
        .caller = SLOT_NIL,
    };

    build(in_outer);
    inv.slot = outer + 1;
    f.outcome = invoke(f.k, &inv, &f.reply);
    fixture_check(&f, "RevokeAt through a slot that goes");
    ok_reply(&f, "RevokeAt through the capability", 0);
    gone("RevokeAt");
}

/* Delete of the CNode takes the untyped, which leaves its other children. */
static void delete_the_cnode(void)
{
    build(in_outer);
    cnode_delete(&f, OUTER);
    ok_reply(&f, "Delete of the CNode", 0);
    ok_slots(&f, OUTER, "...te", "its other children stay");
    gone("Delete");
}

/* Objects made into the CNode that holds their untyped. */
static void retype_beside_itself(void)
{
    struct invocation inv = {
        .label = LABEL_UNTYPED_RETYPE,
        .length = 6,
        .mr = (uint64_t[]){OBJECT_ENDPOINT, 0, 0, 0, 0, 1},
        .cap_count = 1,
        .caller = SLOT_NIL,
    };

    build(in_outer);
    inv.slot = outer + 1;
    inv.cap[0] = fixture_slot(&f, OUTER);
    f.outcome = invoke(f.k, &inv, &f.reply);
    fixture_check(&f, "Retype beside itself");
    ok_reply(&f, "Retype into the slot beside it", 0);
    tap_is(slot_type(kernel_slots(f.k), outer), CAP_ENDPOINT, "is there");
    f.outcome = invoke(f.k, &inv, &f.reply);
    ok_reply(&f, "and not twice", 8);
    cnode_revoke_at(&f, in_outer);
    gone("Retype beside itself");
}

int main(void)
{
    const struct place places[] = {in_outer, in_inner, in_inner_3};

    fixture_rv64(&f);
    for (unsigned i = 0; i < 3; i++) {
        revoke_it(places[i]);
        revoke_it_in_steps(places[i]);
    }
    if (f.k->params.generation3) {
        revoke_at_it(0, 14);
        revoke_at_it(0, 13);
        revoke_at_it(0, 7);
    }
    delete_the_cnode();
    retype_beside_itself();
    fixture_done(&f);
    return tap_done();
}
