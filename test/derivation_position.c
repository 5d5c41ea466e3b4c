/* SPDX-License-Identifier: BSD-2-Clause */
/* Move, Mutate and Rotate keep a capability's place in its family and its
 * flags (sel4-abi.md 5.3), wherever it stands. */
#include "fixture.h"

enum { U = FIX_FREE, U_COPY, E, E_COPY, SEVEN, SEVEN_COPY, FAMILY_END };
enum { ELSEWHERE = 200, PIVOT = 300, FAMILY = FAMILY_END - FIX_FREE };

static struct fixture f;

/* [untyped, its copy, endpoint, a mint with its copy, a copy]: one list, for
 * the endpoint is as large as its untyped. */
static void build(void)
{
    cnode_revoke(&f, FIX_UT);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 4, U, 1);
    cnode_copy(&f, U_COPY, U, 15);
    retype(&f, U_COPY, OBJECT_ENDPOINT, 0, E, 1);
    cnode_copy(&f, E_COPY, E, 15);
    cnode_mint(&f, SEVEN, E, 15, 7);
    cnode_copy(&f, SEVEN_COPY, SEVEN, 15);
    ok_slots(&f, U, "uueeee", "six capabilities of one region");
}

/* The slot that member m lies in when `moved' has been moved. */
static uint64_t where(uint64_t m, uint64_t moved)
{
    return m == moved ? ELSEWHERE + m : m;
}

static bool there(uint64_t m, uint64_t moved)
{
    return fixture_type(&f, where(m, moved)) != CAP_NULL;
}

/* After the move, revoking each member takes what it would have taken. */
static void revoke_all(uint64_t moved, bool (*move)(uint64_t m))
{
    static const struct {
        uint64_t slot;
        const char *left; /* of U .. SEVEN_COPY */
    } cases[] = {
        {U, "x....."},     {U_COPY, "xx...."}, {E, "xxx..."},
        {SEVEN, "xxxxx."}, {E_COPY, "xxxxxx"}, {SEVEN_COPY, "xxxxxx"},
    };

    for (unsigned i = 0; i < FAMILY; i++) {
        unsigned wrong = 0;

        build();
        if (!tap_ok(move(moved), "member %lu moves",
                    (unsigned long)(moved - U)))
            continue;
        cnode_revoke(&f, where(cases[i].slot, moved));
        for (uint64_t m = U; m < FAMILY_END; m++)
            wrong += there(m, moved) != (cases[i].left[m - U] == 'x');
        tap_is(wrong, 0, "then revoking member %lu takes what it always took",
               (unsigned long)(cases[i].slot - U));
    }
}

static bool by_move(uint64_t m)
{
    uint8_t flags = fixture_flags(&f, m);

    return cnode_move(&f, where(m, m), m) == ERROR_NONE &&
           fixture_flags(&f, where(m, m)) == flags &&
           fixture_type(&f, m) == CAP_NULL;
}

static bool by_mutate(uint64_t m)
{
    return cnode_mutate(&f, where(m, m), m, 0) == ERROR_NONE;
}

/* Only members that are no endpoint rotate. */
static bool by_rotate(uint64_t m)
{
    retype(&f, FIX_UT2, OBJECT_TCB, 0, PIVOT, 1);
    return cnode_rotate(&f, m, 0, PIVOT, 0, m) == ERROR_NONE &&
           fixture_type(&f, m) == CAP_TCB &&
           cnode_move(&f, where(m, m), PIVOT) == ERROR_NONE &&
           cnode_delete(&f, m) == ERROR_NONE;
}

/* Two members of one list, next to each other or not, change places. */
static void swaps(void)
{
    build();
    retype(&f, FIX_UT, OBJECT_CNODE, 4, PIVOT, 1);
    cnode_copy(&f, PIVOT + 1, PIVOT, 15);
    cnode_copy(&f, PIVOT + 2, PIVOT, 15);
    cnode_rotate(&f, PIVOT, 0, PIVOT + 1, 0, PIVOT);
    ok_reply(&f, "the original and the last of its copies swap", 0);
    cnode_revoke(&f, PIVOT);
    ok_slots(&f, PIVOT, "ccc", "what was a copy is a copy still");
    cnode_rotate(&f, PIVOT + 2, 0, PIVOT + 1, 0, PIVOT + 2);
    ok_reply(&f, "swap with the neighbour", 0);
    cnode_rotate(&f, PIVOT, 0, PIVOT + 2, 0, PIVOT);
    ok_reply(&f, "swap again", 0);
    cnode_revoke(&f, PIVOT);
    ok_slots(&f, PIVOT, "c..", "the original has come to the first slot");
    cnode_rotate(&f, U, 0, PIVOT, 0, U);
    ok_reply(&f, "an untyped and a CNode swap", 0);
    ok_slots(&f, U, "cueeee", "it is there");
    cnode_revoke(&f, PIVOT);
    ok_slots(&f, U, "c.....", "and takes its family");
    cnode_revoke(&f, FIX_UT);
    ok_slots(&f, U, "......", "parent and all");
    ok_slots(&f, PIVOT, "...", "are gone");
}

/* A parent and its only child, and an untyped with the one around it. */
static void swap_parent_and_child(void)
{
    retype(&f, FIX_UT, OBJECT_UNTYPED, 16, U, 1);
    retype(&f, U, OBJECT_UNTYPED, 12, U_COPY, 1);
    cnode_rotate(&f, U, 0, U_COPY, 0, U);
    ok_reply(&f, "parent and child swap slots", 0);
    tap_is(fixture_cap(&f, U).bits, 12, "the smaller is in the first now");
    cnode_revoke(&f, U);
    ok_slots(&f, U, "uu", "it has no children");
    cnode_rotate(&f, FIX_UT, 0, U_COPY, 0, FIX_UT);
    ok_reply(&f, "with the root of the tree too", 0);
    cnode_revoke(&f, FIX_UT);
    ok_slots(&f, U, ".u", "the 2^16 has taken the 2^12");
    cnode_revoke(&f, U_COPY);
    tap_is(fixture_type(&f, FIX_UT), CAP_NULL,
           "the 2^24 takes the 2^16 from slot 16");
    cnode_move(&f, FIX_UT, U_COPY);
    ok_reply(&f, "and goes back", 0);
}

int main(void)
{
    fixture_rv64(&f);
    for (uint64_t m = U; m < FAMILY_END; m++)
        revoke_all(m, by_move);
    revoke_all(U, by_mutate);
    revoke_all(U_COPY, by_mutate);
    revoke_all(U, by_rotate);
    revoke_all(U_COPY, by_rotate);
    swaps();
    swap_parent_and_child();
    fixture_done(&f);
    return tap_done();
}
