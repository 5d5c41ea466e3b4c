/* SPDX-License-Identifier: BSD-2-Clause */
/* The three generations on one untyped, in every state of it: each cell of the
 * table in retype.md B.3, with addresses, watermarks and bytes cleared. */
#include "fixture.h"

enum { OUT = FIX_FREE, COUNT = 4, CHILD = FIX_FREE + 20 };

#define WHOLE   0x4000u /* the untyped under test: 2^14 bytes */
#define BITS    14u
#define PAGE    256u /* TYPE_PAGE on the small machine */
#define UNTYPED FIX_UT

static struct fixture f;

enum state { FRESH, CHILDLESS, CHILDREN, SAME_SIZE, COPIED, STATES };
static const char *const state_names[STATES] = {
    "fresh from boot", "childless, wm = 0x800", "with children, wm = 0x800",
    "with a child of its size", "copied"};

static void bring_to(enum state state)
{
    fixture_small(&f);
    fixture_dirty(&f, 0x4000, WHOLE);
    if (state == FRESH)
        return;
    if (state == SAME_SIZE) {
        retype(&f, UNTYPED, OBJECT_UNTYPED, BITS, CHILD, 1);
        return;
    }
    if (state == COPIED) {
        cnode_copy(&f, CHILD, UNTYPED, 15);
        return;
    }
    retype(&f, UNTYPED, TYPE_PAGE, 0, CHILD, 8);
    fixture_dirty(&f, 0x4000, 0x800);
    for (unsigned i = 0; i < 8; i++)
        if (state == CHILDLESS || i != 4)
            cnode_delete(&f, CHILD + i);
    /* CHILDREN: one page is left, at 0x400 */
}

struct want {
    uint64_t label, word, offset, watermark, cleared;
};

/* The last call made one page, or was refused. */
static void compare(enum state state, const char *call_name, struct want want,
                    uint64_t cleared_before)
{
    struct cap got = fixture_cap(&f, OUT);

    tap_is(f.reply.label, want.label, "%s, %s", state_names[state], call_name);
    if (want.label == ERROR_NOT_ENOUGH_MEMORY)
        tap_is(f.reply.mr[0], want.word, "  bytes left");
    if (want.label != ERROR_NONE) {
        tap_is(got.type, CAP_NULL, "  nothing is made");
    } else {
        tap_is(got.base - 0x4000, want.offset, "  offset");
        tap_ok(fixture_is_zero(&f, got.base, PAGE), "  it is zero");
        tap_is(f.hosted->machine.cleared_bytes - cleared_before, want.cleared,
               "  bytes cleared");
    }
    tap_is(fixture_watermark(&f, UNTYPED), want.watermark, "  watermark");
    fixture_done(&f);
}

static void generation_1(enum state state, struct want want)
{
    uint64_t before;

    bring_to(state);
    before = f.hosted->machine.cleared_bytes;
    retype_whole(&f, UNTYPED, TYPE_GIGA, 0, OUT);
    if (want.label == ERROR_NONE)
        tap_is(f.reply.mr[0], COUNT, "RetypeWhole: four of 2^12");
    compare(state, "RetypeWhole", want, before);
}

static void generation_2(enum state state, struct want want)
{
    uint64_t before;

    bring_to(state);
    before = f.hosted->machine.cleared_bytes;
    retype(&f, UNTYPED, TYPE_PAGE, 0, OUT, 1);
    compare(state, "Retype", want, before);
}

static void generation_3(enum state state, uint64_t offset, const char *name,
                         struct want want)
{
    uint64_t before;

    bring_to(state);
    before = f.hosted->machine.cleared_bytes;
    retype_at(&f, UNTYPED, TYPE_PAGE, 0, OUT, 1, offset);
    compare(state, name, want, before);
}

/* label, word, offset, watermark, cleared */
static void table(void)
{
    const struct want refused = {9, 0, 0, WHOLE, 0};
    const struct want refused_half = {9, 0, 0, 0x800, 0};
    const struct want full = {10, 0, 0, WHOLE, 0};

    generation_1(FRESH, (struct want){0, 0, 0, WHOLE, WHOLE});
    generation_1(CHILDLESS, (struct want){0, 0, 0, WHOLE, 0x800});
    generation_1(CHILDREN, refused_half);
    generation_1(SAME_SIZE, refused);
    generation_1(COPIED, refused);

    generation_2(FRESH, (struct want){0, 0, 0, PAGE, WHOLE});
    generation_2(CHILDLESS, (struct want){0, 0, 0, PAGE, 0x800});
    generation_2(CHILDREN, (struct want){0, 0, 0x800, 0x900, 0});
    generation_2(SAME_SIZE, full);
    generation_2(COPIED, full);

    /* at offset >= wm: impossible while wm is full */
    generation_3(CHILDLESS, 0x800, "at its watermark",
                 (struct want){0, 0, 0x800, 0x900, 0});
    generation_3(CHILDLESS, 0x2000, "above its watermark",
                 (struct want){0, 0, 0x2000, 0x2100, 0});
    generation_3(CHILDREN, 0x800, "at its watermark",
                 (struct want){0, 0, 0x800, 0x900, 0});
    generation_3(CHILDREN, 0x3f00, "the last page",
                 (struct want){0, 0, 0x3f00, WHOLE, 0});

    generation_3(FRESH, 0, "at 0", (struct want){0, 0, 0, WHOLE, PAGE});
    generation_3(FRESH, 0x1200, "in the middle",
                 (struct want){0, 0, 0x1200, WHOLE, PAGE});
    generation_3(CHILDLESS, 0x700, "just below its watermark",
                 (struct want){0, 0, 0x700, 0x800, PAGE});
    generation_3(CHILDREN, 0x300, "beside the child",
                 (struct want){0, 0, 0x300, 0x800, PAGE});
    generation_3(CHILDREN, 0x500, "beside the child, above",
                 (struct want){0, 0, 0x500, 0x800, PAGE});
    generation_3(CHILDREN, 0x400, "on the child", refused_half);
    generation_3(SAME_SIZE, 0, "at 0", refused);
    generation_3(SAME_SIZE, 0x3f00, "at the end", refused);
    generation_3(COPIED, 0, "at 0", refused);
    generation_3(COPIED, 0x3f00, "at the end", refused);
}

/* The gap that a high offset skips is dirty from then on, not lost. */
static void gap(void)
{
    uint64_t before;

    bring_to(CHILDLESS);
    retype_at(&f, UNTYPED, TYPE_PAGE, 0, OUT, 1, 0x1000);
    before = f.hosted->machine.cleared_bytes;
    retype_at(&f, UNTYPED, TYPE_PAGE, 0, OUT + 1, 1, 0x900);
    ok_reply(&f, "into the gap", 0);
    tap_is(f.hosted->machine.cleared_bytes - before, PAGE,
           "which costs clearing");
    retype(&f, UNTYPED, TYPE_PAGE, 0, OUT + 2, 1);
    tap_is(fixture_cap(&f, OUT + 2).base, 0x4000 + 0x1100,
           "Retype goes on above all of them");
    cnode_delete(&f, OUT);
    cnode_delete(&f, OUT + 2);
    retype(&f, UNTYPED, TYPE_PAGE, 0, OUT, 1);
    tap_is(fixture_cap(&f, OUT).base, 0x4000 + 0x1200,
           "deleting what was above does not lower the watermark");
    cnode_revoke(&f, UNTYPED);
    retype_whole(&f, UNTYPED, TYPE_GIGA, 0, OUT);
    ok_reply(&f, "then RetypeWhole", 0, 4);
    for (unsigned i = 0; i < 4; i++)
        tap_is(fixture_cap(&f, OUT + i).base, 0x4000 + i * 0x1000, "quarter %u",
               i);
    fixture_done(&f);
}

int main(void)
{
    fixture_small(&f);
    fixture_needs_generation3(&f);
    fixture_done(&f);
    table();
    gap();
    return tap_done();
}
