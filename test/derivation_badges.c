/* SPDX-License-Identifier: BSD-2-Clause */
/* What revoking a badged capability takes with it (sel4-abi.md 5.3, 5.4). */
#include "fixture.h"

enum {
    ORIGINAL = FIX_FREE, /* badge 0 */
    COPY,                /* badge 0: not revocable */
    SEVEN,               /* badge 7, from the original */
    SEVEN_COPY,          /* of SEVEN */
    SEVEN_COPY2,         /* of SEVEN_COPY */
    SEVEN_AGAIN,         /* badge 7 once more, from the original */
    SEVEN_AGAIN_COPY,
    EIGHT, /* badge 8, from COPY */
    COUNT,
};

#define BOTH (SLOT_REVOCABLE | SLOT_FIRST_BADGED)

static struct fixture f;

static void build(uint64_t type)
{
    if (fixture_type(&f, ORIGINAL) != CAP_NULL) {
        cnode_revoke(&f, ORIGINAL);
        cnode_delete(&f, ORIGINAL);
    }
    retype(&f, FIX_UT, type, 0, ORIGINAL, 1);
    cnode_copy(&f, COPY, ORIGINAL, 15);
    cnode_mint(&f, SEVEN, ORIGINAL, 15, 7);
    cnode_copy(&f, SEVEN_COPY, SEVEN, 15);
    cnode_copy(&f, SEVEN_COPY2, SEVEN_COPY, 15);
    cnode_mint(&f, SEVEN_AGAIN, ORIGINAL, 15, 7);
    cnode_copy(&f, SEVEN_AGAIN_COPY, SEVEN_AGAIN, 15);
    cnode_mint(&f, EIGHT, COPY, 15, 8);
    ok_reply(&f, "eight capabilities", 0);
}

static void flags(void)
{
    tap_is(fixture_flags(&f, ORIGINAL), BOTH, "flags of the original");
    tap_is(fixture_flags(&f, COPY), 0, "flags of a copy");
    tap_is(fixture_flags(&f, SEVEN), BOTH, "flags of the first with a badge");
    tap_is(fixture_flags(&f, SEVEN_COPY), 0, "flags of its copy");
    tap_is(fixture_flags(&f, SEVEN_COPY2), 0, "flags of the copy's copy");
    tap_is(fixture_flags(&f, SEVEN_AGAIN), BOTH, "flags of a second first");
    tap_is(fixture_flags(&f, EIGHT), BOTH, "flags of one from a copy");
    cnode_mint(&f, COUNT, ORIGINAL, 15, 0);
    ok_reply(&f, "Mint with the badge it has", 0);
    tap_is(fixture_flags(&f, COUNT), 0, "flags of a mint with the same badge");
    cnode_delete(&f, COUNT);
}

static void revoke_each(uint64_t type, const char *all)
{
    static const struct {
        uint64_t slot;
        const char *left, *name;
    } cases[] = {
        {COPY, "xxxxxxxx", "revoking a copy does nothing"},
        {SEVEN_COPY, "xxxxxxxx", "revoking a badged copy does nothing"},
        {SEVEN, "xxx..xxx", "a badge takes the copies derived from it"},
        {SEVEN_AGAIN, "xxxxxx.x", "and not those of its twin"},
        {EIGHT, "xxxxxxxx", "a badge without copies"},
        {ORIGINAL, "x.......", "the original takes all"},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        char want[COUNT - ORIGINAL + 1] = {0};

        build(type);
        cnode_revoke(&f, cases[i].slot);
        ok_reply(&f, "Revoke", 0);
        for (unsigned k = 0; k < COUNT - ORIGINAL; k++)
            want[k] = cases[i].left[k] == 'x' ? all[0] : '.';
        ok_slots(&f, ORIGINAL, want, cases[i].name);
    }
}

/* The successor of a deleted first becomes a first itself. */
static void first_is_inherited(void)
{
    build(OBJECT_ENDPOINT);
    cnode_delete(&f, SEVEN_AGAIN);
    tap_is(fixture_flags(&f, SEVEN_AGAIN_COPY), SLOT_FIRST_BADGED,
           "first-badged passes to the next of the list");
    cnode_revoke(&f, SEVEN);
    ok_slots(&f, ORIGINAL, "eee...ee",
             "so its twin's revocation does not reach it");
}

int main(void)
{
    fixture_rv64(&f);
    build(OBJECT_ENDPOINT);
    flags();
    revoke_each(OBJECT_ENDPOINT, "e");
    first_is_inherited();
    build(OBJECT_NOTIFICATION);
    flags();
    revoke_each(OBJECT_NOTIFICATION, "n");
    fixture_done(&f);
    return tap_done();
}
