/* SPDX-License-Identifier: BSD-2-Clause */
/* An interrupted deletion leaves a zombie (sel4-abi.md 5.6): nobody can use or
 * copy it, anybody can go on with the deletion, and it can be moved. */
#include "fixture.h"

enum { CNODE = FIX_FREE, ELSEWHERE, ENDPOINT, UNTYPED, FOREIGN };

#define SLOTS 8u

static struct fixture f;

static struct place at(uint64_t index)
{
    return (struct place){FIX_ROOT, index, 64};
}

/* A CNode of eight slots, `left' of which are still to be emptied. */
static void interrupted(uint64_t left)
{
    cnode_revoke(&f, FIX_UT);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 12, UNTYPED, 1);
    retype(&f, UNTYPED, OBJECT_CNODE, 3, CNODE, 1);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    for (unsigned i = 0; i < SLOTS; i++)
        cnode_copy_at(&f, inside(CNODE, 3, i), at(ENDPOINT), 15);
    f.once = true;
    fixture_preempt_in(&f, SLOTS - left);
    cnode_delete(&f, CNODE);
    f.once = false;
    fixture_preempt_in(&f, 0);
    tap_ok(
        f.outcome == OUTCOME_PREEMPTED && fixture_type(&f, CNODE) == CAP_ZOMBIE,
        "a zombie after %lu of %u slots", (unsigned long)(SLOTS - left), SLOTS);
    tap_is(fixture_cap(&f, CNODE).word, left, "its slots left");
}

static void refuses(void)
{
    static const uint64_t labels[] = {
        LABEL_INVALID,      LABEL_UNTYPED_RETYPE,    LABEL_CNODE_REVOKE,
        LABEL_CNODE_DELETE, LABEL_UNTYPED_RETYPE_AT, LABEL_UNTYPED_DESCRIBE,
        UINT64_MAX};

    interrupted(3);
    for (unsigned i = 0; i < sizeof labels / sizeof *labels; i++) {
        call(&f, CNODE, labels[i], 2, (uint64_t[]){0, 3}, 0, NULL);
        ok_reply(&f, "a call to a zombie", 2, 0);
    }
    call(&f, CNODE, LABEL_CNODE_DELETE, 0, NULL, 0, NULL);
    ok_reply(&f, "before its arguments are looked at", 2, 0);
    cnode_copy(&f, ELSEWHERE, CNODE, 15);
    ok_reply(&f, "no copy", 3);
    cnode_mint(&f, ELSEWHERE, CNODE, 15, 0);
    ok_reply(&f, "no mint", 3);
    retype_into(&f, FIX_UT2,
                &(struct retype_arguments){
                    .type = OBJECT_TCB, .root = CNODE, .count = 1});
    ok_reply(&f, "it is no CNode to retype into", 6, 0, 2, 0);
    retype_into(&f, FIX_UT2,
                &(struct retype_arguments){.type = OBJECT_TCB,
                                           .root = FIX_ROOT,
                                           .index = CNODE,
                                           .depth = 64,
                                           .count = 1});
    ok_reply(&f, "nor when addressed", 6, 0, 2, 64);
    cnode_copy_at(&f, at(ELSEWHERE), (struct place){CNODE, 0, 3}, 15);
    ok_reply(&f, "nor a source's root", 6, 1, 1);
    cnode_revoke(&f, CNODE);
    ok_reply(&f, "revoking it is a success", 0);
    tap_is(fixture_cap(&f, CNODE).word, 3, "and changes nothing");
}

static void ends(const char *name)
{
    ok_slots(&f, CNODE, "..", name);
    retype(&f, UNTYPED, OBJECT_CNODE, 3, CNODE, 1);
    ok_reply(&f, "its untyped is childless", 0);
    tap_is(fixture_cap(&f, CNODE).base, fixture_cap(&f, UNTYPED).base,
           "the same memory");
    tap_ok(fixture_is_zero(&f, fixture_cap(&f, CNODE).base, SLOTS * 32),
           "clean");
    cnode_delete(&f, CNODE);
}

static void every_way_to_end(uint64_t left)
{
    interrupted(left);
    cnode_delete(&f, CNODE);
    ok_reply(&f, "Delete again", 0);
    ends("Delete goes on with it");
    interrupted(left);
    cnode_revoke(&f, UNTYPED);
    ends("Revoke of its untyped goes on with it");
    interrupted(left);
    cnode_revoke(&f, FIX_UT);
    ok_slots(&f, CNODE, "....", "Revoke of the untyped around that");
    interrupted(left);
    cnode_move(&f, ELSEWHERE, CNODE);
    ok_reply(&f, "a zombie moves", 0);
    ok_slots(&f, CNODE, ".z", "whole");
    cnode_delete(&f, ELSEWHERE);
    ends("Delete goes on with it there");
    interrupted(left);
    cnode_mutate(&f, ELSEWHERE, CNODE, 0);
    ok_reply(&f, "a zombie mutates to itself", 0);
    cnode_delete(&f, ELSEWHERE);
    ends("Delete goes on with it after Mutate");
    interrupted(left);
    retype(&f, FIX_UT, OBJECT_TCB, 0, FOREIGN, 1);
    cnode_rotate(&f, ELSEWHERE, 0, FOREIGN, 0, CNODE);
    ok_slots(&f, CNODE, ".t", "a zombie rotates");
    cnode_delete(&f, ELSEWHERE);
    cnode_delete(&f, FOREIGN);
    ends("and is deleted where it came to");
    interrupted(left);
    cnode_delete(&f, UNTYPED);
    cnode_delete(&f, CNODE);
    ok_slots(&f, CNODE, "..", "its untyped may go first");
}

/* A zombie that lies in a CNode when that is deleted: with slots left it goes
 * home, to slot 0 of its own object; without any it is gone. */
static void inside_another(uint64_t left)
{
    slotno_t home;

    interrupted(left);
    home = fixture_inner(&f, CNODE, 0);
    retype(&f, FIX_UT, OBJECT_CNODE, 2, FOREIGN, 1);
    cnode_move_at(&f, inside(FOREIGN, 2, 1), at(CNODE));
    cnode_delete(&f, FOREIGN);
    ok_reply(&f, "Delete of a CNode that holds a zombie", 0);
    tap_is(slot_type(kernel_slots(f.k), home), left > 0 ? CAP_ZOMBIE : CAP_NULL,
           "%lu slots left: in its slot 0", (unsigned long)left);
    if (left > 0)
        tap_is(slot_word(kernel_slots(f.k), home), left, "as many still");
    cnode_copy(&f, ELSEWHERE, UNTYPED, 15);
    ok_reply(&f, "its untyped has a child, if any are",
             left > 0 ? ERROR_REVOKE_FIRST : ERROR_NONE);
    cnode_revoke(&f, UNTYPED);
    ends("Revoke of the untyped ends it");
}

static void seen_from_its_untyped(void)
{
    if (!f.k->params.generation3)
        return;
    interrupted(5);
    next_region(&f, UNTYPED, 0);
    ok_reply(&f, "Next says in transition", 0, 0, SLOTS * 32,
             REGION_IN_TRANSITION);
    retype_at(&f, UNTYPED, OBJECT_ENDPOINT, 0, ELSEWHERE, 1, 32);
    ok_reply(&f, "its slots are not free yet", 9);
    revoke_at(&f, UNTYPED, 0, 8);
    ok_reply(&f, "RevokeAt ends it", 0);
    ends("by address");
}

int main(void)
{
    fixture_rv64(&f);
    refuses();
    for (uint64_t left = 0; left < SLOTS; left++) {
        every_way_to_end(left);
        inside_another(left);
    }
    seen_from_its_untyped();
    fixture_done(&f);
    return tap_done();
}
