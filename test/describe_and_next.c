/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own index as a book that user level can read: Describe and Next
 * (architecture.md 3, rule R13). */
#include "fixture.h"
#include "seed.h"

enum { A = FIX_FREE, B, C, D, E, COPY };
enum { SLOT_COUNT = 38 };

static struct fixture f;

static void ok_describe(uint64_t untyped, uint64_t device, uint64_t watermark,
                        uint64_t children, const char *name)
{
    struct cap cap = fixture_cap(&f, untyped);

    describe(&f, untyped);
    ok_reply(&f, name, 0, cap.base, cap.bits, device, watermark, children, 15);
}

static void descriptions(void)
{
    ok_describe(FIX_UT, 0, 0x4000, 0, "fresh from boot");
    ok_describe(FIX_DEVICE, 1, 0x4000, 0, "device memory");
    retype(&f, FIX_UT, TYPE_PAGE, 0, A, 1);
    ok_describe(FIX_UT, 0, 0x100, 1, "with a page");
    cnode_delete(&f, A);
    ok_describe(FIX_UT, 0, 0x100, 0, "without it: the watermark stays");
    cnode_copy(&f, COPY, FIX_UT, 15);
    ok_describe(FIX_UT, 0, 0x4000, 1, "copied: full, and not childless");
    ok_describe(COPY, 0, 0x100, 0, "the copy has its watermark");
    retype_at(&f, COPY, OBJECT_UNTYPED, 14, A, 1, 0);
    ok_describe(COPY, 0, 0x4000, 1, "a child of the same size");
    ok_describe(A, 0, 0x4000, 0, "that child, made below the watermark");
    call(&f, A, LABEL_UNTYPED_DESCRIBE, 5, (uint64_t[]){1, 2, 3, 4, 5}, 1,
         (uint64_t[]){FIX_ROOT});
    tap_is(f.reply.label, 0, "what else is sent does not matter");
    cnode_revoke(&f, FIX_UT);
    ok_describe(FIX_UT, 0, 0x4000, 0, "revoked: it stays full");
}

static void ok_next(uint64_t untyped, uint64_t from, uint64_t start,
                    uint64_t end, uint64_t kind, const char *name)
{
    next_region(&f, untyped, from);
    ok_reply(&f, name, 0, start, end, kind);
}

static void no_more(uint64_t untyped, uint64_t from, const char *name)
{
    next_region(&f, untyped, from);
    tap_ok(f.reply.label == 0 && f.reply.length == 3 &&
               f.reply.mr[2] == REGION_NONE,
           "%s: none", name);
}

static void regions(void)
{
    no_more(FIX_UT, 0, "without children");
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, A, 1, 0x1000);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 10, B, 1, 0x2000);
    retype_at(&f, B, OBJECT_ENDPOINT, 0, C, 1, 0x10);
    retype_at(&f, FIX_UT, OBJECT_ENDPOINT, 0, D, 1, 0x3ff0);
    ok_next(FIX_UT, 0, 0x1000, 0x1100, REGION_OBJECT, "from 0");
    ok_next(FIX_UT, 0x1000, 0x1000, 0x1100, REGION_OBJECT, "from its start");
    ok_next(FIX_UT, 0x10ff, 0x1000, 0x1100, REGION_OBJECT, "its last byte");
    ok_next(FIX_UT, 0x1100, 0x2000, 0x2400, REGION_UNTYPED, "from its end");
    ok_next(FIX_UT, 0x2010, 0x2000, 0x2400, REGION_UNTYPED,
            "outermost only: not the endpoint in it");
    ok_next(FIX_UT, 0x2400, 0x3ff0, 0x4000, REGION_OBJECT, "the last");
    ok_next(FIX_UT, 0x3fff, 0x3ff0, 0x4000, REGION_OBJECT, "its last byte");
    no_more(FIX_UT, 0x4000, "from the end");
    no_more(FIX_UT, UINT64_MAX, "from 2^64 - 1");
    no_more(FIX_UT, UINT64_C(1) << 63, "from 2^63");
    ok_next(B, 0, 0x10, 0x20, REGION_OBJECT, "in the nested untyped");
    no_more(B, 0x20, "and no more there");
    cnode_delete(&f, B);
    ok_next(FIX_UT, 0x1100, 0x2010, 0x2020, REGION_OBJECT,
            "without its untyped the endpoint is outermost");
    cnode_revoke(&f, FIX_UT);
}

static void closed(void)
{
    cnode_copy(&f, COPY, FIX_UT, 15);
    ok_next(FIX_UT, 0, 0, 0x4000, REGION_UNTYPED, "copied: the whole");
    ok_next(FIX_UT, 0x3fff, 0, 0x4000, REGION_UNTYPED, "from its last byte");
    no_more(FIX_UT, 0x4000, "from its end");
    no_more(COPY, 0, "the copy has nothing yet");
    retype_at(&f, COPY, OBJECT_ENDPOINT, 0, A, 1, 0x20);
    ok_next(COPY, 0, 0x20, 0x30, REGION_OBJECT, "what the copy has");
    ok_next(FIX_UT, 0, 0, 0x4000, REGION_UNTYPED, "the source: the whole");
    cnode_revoke(&f, FIX_UT);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 4, A, 1, 0x100);
    retype(&f, A, OBJECT_ENDPOINT, 0, B, 1);
    ok_next(A, 5, 0, 0x10, REGION_OBJECT, "an object of its size: the whole");
    ok_next(FIX_UT, 0, 0x100, 0x110, REGION_UNTYPED, "seen from outside");
    cnode_revoke(&f, FIX_UT);
}

static void in_transition(void)
{
    retype_at(&f, FIX_UT, OBJECT_CNODE, 3, A, 1, 0x400);
    for (unsigned i = 0; i < 8; i++)
        cnode_copy_at(&f, inside(A, 3, i),
                      (struct place){FIX_ROOT, FIX_TCB, 64}, 15);
    f.once = true;
    fixture_preempt_in(&f, 1);
    cnode_delete(&f, A);
    fixture_dirty(&f, 0x4000, 0x100);
    fixture_preempt_in(&f, 1);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, B, 1, 0x800);
    f.once = false;
    fixture_preempt_in(&f, 0);
    ok_slots(&f, A, "zm", "a zombie and an embryo");
    ok_next(FIX_UT, 0, 0x400, 0x500, REGION_IN_TRANSITION, "the zombie");
    ok_next(FIX_UT, 0x500, 0x800, 0x900, REGION_IN_TRANSITION, "the embryo");
    cnode_revoke(&f, FIX_UT);
}

/* Random children; the book read from start to end is what was made. */
static void whole_book(struct seed *s)
{
    static struct {
        uint64_t start, end;
    } made[SLOT_COUNT];
    unsigned wrong = 0, found = 0, n = 0;
    uint64_t from = 0;

    for (unsigned i = 0; i < SLOT_COUNT; i++) {
        unsigned bits = 4 + (unsigned)seed_below(s, 7);
        uint64_t off = seed_below(s, 0x4000) >> bits << bits;

        if (retype_at(&f, FIX_UT, OBJECT_UNTYPED, bits, A + n, 1, off) != 0)
            continue;
        made[n].start = off;
        made[n++].end = off + bits_size(bits);
    }
    for (;;) {
        uint64_t low = UINT64_MAX, end = 0;

        for (unsigned i = 0; i < n; i++)
            if (made[i].end > from && made[i].start < low) {
                low = made[i].start;
                end = made[i].end;
            }
        next_region(&f, FIX_UT, from);
        if (low == UINT64_MAX)
            break;
        wrong += f.reply.mr[0] != low || f.reply.mr[1] != end ||
                 f.reply.mr[2] != REGION_UNTYPED;
        found++;
        from = end;
    }
    wrong += f.reply.mr[2] != REGION_NONE;
    tap_ok(wrong == 0 && found == n, "a book of %u regions", n);
    cnode_revoke(&f, FIX_UT);
}

int main(void)
{
    struct seed s = seed_start(3);

    fixture_small(&f);
    fixture_needs_generation3(&f);
    fixture_dirty(&f, 0x4000, 0x4000);
    descriptions();
    regions();
    closed();
    in_transition();
    for (unsigned i = 0; i < 50; i++)
        whole_book(&s);
    fixture_done(&f);
    return tap_done();
}
