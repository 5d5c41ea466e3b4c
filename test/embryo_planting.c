/* SPDX-License-Identifier: BSD-2-Clause */
/* Large dirty objects are planted as embryos and cleared a chunk at a time
 * (rule R8); until then nobody can use, copy or move them. */
#include "fixture.h"

enum { OUT = FIX_FREE, ELSEWHERE = FIX_FREE + 10 };

#define BASE  0x4000u
#define PAGE  256u
#define CHUNK 64u

static struct fixture f;

/* FIX_UT with its first 2^12 bytes dirty and used by nobody. */
static void dirty(void)
{
    fixture_small(&f);
    fixture_dirty(&f, BASE, 0x4000);
    retype(&f, FIX_UT, TYPE_GIGA, 0, OUT, 1);
    fixture_dirty(&f, BASE, 0x1000);
    cnode_delete(&f, OUT);
    f.hosted->machine.cleared_bytes = 0;
    f.hosted->machine.preempt_asked = 0;
}

/* The call `count' objects at offset, interrupted at the n-th point. */
static void interrupt(uint64_t type, uint64_t offset, uint64_t count,
                      uint64_t n)
{
    f.once = true;
    fixture_preempt_in(&f, n);
    retype_at(&f, FIX_UT, type, 0, OUT, count, offset);
    f.once = false;
    fixture_preempt_in(&f, 0);
}

/* No more than a chunk to clear: done at once, no embryo. */
static void small_ones(void)
{
    static const struct {
        uint64_t type, offset, count, cleared;
        bool embryo;
    } cases[] = {
        {OBJECT_ENDPOINT, 0, 1, 16, false},
        {OBJECT_ENDPOINT, 0, 4, 64, false},
        {OBJECT_ENDPOINT, 0, 5, 80, true},
        {OBJECT_NOTIFICATION, 0, 2, 64, false},
        {OBJECT_NOTIFICATION, 0, 3, 96, true},
        {OBJECT_ENDPOINT, 0xfc0, 8, 64, false}, /* half above the watermark */
        {OBJECT_NOTIFICATION, 0xfa0, 6, 96, true},
        {TYPE_PAGE, 0, 1, 256, true},
        {TYPE_PAGE, 0xf00, 2, 256, true},
        {TYPE_PAGE, 0x1000, 8, 0, false},
        {TYPE_GIGA, 0x1000, 3, 0, false},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        dirty();
        interrupt(cases[i].type, cases[i].offset, cases[i].count, 1);
        tap_is(f.outcome == OUTCOME_PREEMPTED, cases[i].embryo,
               "case %u: interrupted", i);
        tap_is(fixture_type(&f, OUT + cases[i].count - 1) == CAP_EMBRYO,
               cases[i].embryo, "the last is an embryo");
        retype_at(&f, FIX_UT, cases[i].type, 0, OUT, cases[i].count,
                  cases[i].offset);
        tap_is(f.reply.label, cases[i].embryo ? ERROR_NONE : ERROR_DELETE_FIRST,
               "once more");
        tap_is(f.hosted->machine.cleared_bytes, cases[i].cleared,
               "bytes cleared");
        fixture_done(&f);
    }
}

static void planted(void)
{
    dirty();
    interrupt(TYPE_PAGE, 0xe00, 3, 1);
    ok_slots(&f, OUT, "mmm.", "all three at the first point");
    ok_watermark(&f, FIX_UT, 0x1100, "raised over all three");
    for (unsigned i = 0; i < 3; i++) {
        struct cap cap = fixture_cap(&f, OUT + i);

        tap_ok(cap.base == BASE + 0xe00 + i * PAGE && cap.bits == 8,
               "embryo %u: its region", i);
    }
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 3, 0xe00);
    ok_reply(&f, "gone on with", 0);
    ok_slots(&f, OUT, "fff.", "three pages");
    tap_ok(fixture_is_zero(&f, BASE + 0xe00, 3 * PAGE), "all zero");
    for (unsigned i = 0; i < 3; i++)
        tap_ok(fixture_cap(&f, OUT + i).rights == (CAP_READ | CAP_WRITE) &&
                   fixture_cap(&f, OUT + i).word == 0 &&
                   fixture_flags(&f, OUT + i) ==
                       (SLOT_REVOCABLE | SLOT_FIRST_BADGED),
               "page %u is as if made at once", i);
    tap_is(*(uint8_t *)hosted_memory(f.k, BASE + 0xdff), 0xa5,
           "the byte before them is untouched");
    fixture_done(&f);
}

/* Each type that can be an embryo becomes what it should. */
static void every_type(void)
{
    static const struct {
        uint64_t type, size;
        char letter;
    } types[] = {
        {OBJECT_TCB, 0, 't'}, {OBJECT_CNODE, 3, 'c'}, {OBJECT_CNODE, 7, 'c'},
        {TYPE_PAGE, 0, 'f'},  {TYPE_MEGA, 0, 'f'},    {TYPE_GIGA, 0, 'f'},
        {TYPE_TABLE, 0, 'p'},
    };

    for (unsigned i = 0; i < sizeof types / sizeof *types; i++) {
        char want[] = {types[i].letter, 0};

        dirty();
        f.hosted->machine.preempt_always = true;
        retype_at(&f, FIX_UT, types[i].type, types[i].size, OUT, 1, 0);
        f.hosted->machine.preempt_always = false;
        ok_reply(&f, "interrupted at every point", 0);
        tap_ok(f.preemptions > 0, "%lu times", (unsigned long)f.preemptions);
        ok_slots(&f, OUT, want, "its type");
        tap_ok(fixture_is_zero(&f, BASE, bits_size(fixture_cap(&f, OUT).bits)),
               "it is zero");
        tap_is(f.k->worst_bytes.bytes, CHUNK,
               "never more than a chunk between two points");
        fixture_done(&f);
    }
}

/* The progress shows in the embryo: it comes down chunk by chunk. */
static void progress(void)
{
    bool falls = true, clean = true;

    dirty();
    for (unsigned n = 0; n < 4; n++) {
        uint64_t wm;

        interrupt(TYPE_PAGE, 0, 1, 1);
        wm = fixture_watermark(&f, OUT);
        if (f.outcome == OUTCOME_DONE)
            break;
        falls &= wm <= PAGE - n * CHUNK;
        clean &= fixture_is_zero(&f, BASE + wm, PAGE - wm);
    }
    tap_ok(falls, "its watermark falls by a chunk a point");
    tap_ok(clean, "and what is above it is zero");
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 1, 0);
    ok_slots(&f, OUT, "f", "then it is a page");
    tap_is(f.hosted->machine.cleared_bytes, PAGE, "each byte cleared once");
    fixture_done(&f);
}

static void refuses(void)
{
    dirty();
    interrupt(TYPE_PAGE, 0, 2, 1);
    call(&f, OUT, LABEL_UNTYPED_DESCRIBE, 0, NULL, 0, NULL);
    ok_reply(&f, "a call to an embryo", 2, 0);
    call(&f, OUT, LABEL_UNTYPED_RETYPE, 0, NULL, 0, NULL);
    ok_reply(&f, "Retype of an embryo", 2, 0);
    cnode_copy(&f, ELSEWHERE, OUT, 15);
    ok_reply(&f, "Copy", 3);
    cnode_mint(&f, ELSEWHERE, OUT, 15, 0);
    ok_reply(&f, "Mint", 3);
    cnode_move(&f, ELSEWHERE, OUT);
    ok_reply(&f, "Move", 3);
    cnode_mutate(&f, ELSEWHERE, OUT, 0);
    ok_reply(&f, "Mutate", 3);
    cnode_rotate(&f, ELSEWHERE, 0, FIX_TCB, 0, OUT);
    ok_reply(&f, "Rotate, as source", 3);
    cnode_rotate(&f, ELSEWHERE, 0, OUT, 0, FIX_TCB);
    ok_reply(&f, "Rotate, as pivot", 3);
    cnode_rotate(&f, OUT, 0, FIX_TCB, 0, OUT);
    ok_reply(&f, "Rotate, as swapped", 3);
    cnode_move(&f, OUT, FIX_TCB);
    ok_reply(&f, "its slot is in use", 8);
    retype_into(&f, FIX_UT2,
                &(struct retype_arguments){
                    .type = OBJECT_ENDPOINT, .root = OUT, .count = 1});
    ok_reply(&f, "it is no CNode", 6, 0, 2, 0);
    cnode_revoke(&f, OUT);
    ok_reply(&f, "Revoke of an embryo is a success", 0);
    call(&f, FIX_ROOT, LABEL_CNODE_CANCEL_BADGED_SENDS, 2,
         (uint64_t[]){OUT, 64}, 0, NULL);
    ok_reply(&f, "CancelBadgedSends", 3);
    ok_slots(&f, OUT, "mm", "both are there still");
    describe(&f, FIX_UT);
    tap_is(f.reply.mr[4], 1, "they are children of their untyped");
    cnode_copy(&f, ELSEWHERE, FIX_UT, 15);
    ok_reply(&f, "which is not copied", 9);
    retype_at(&f, FIX_UT, OBJECT_ENDPOINT, 0, ELSEWHERE, 1, 0x10);
    ok_reply(&f, "nothing is made inside", 9);
    fixture_done(&f);
}

/* The full machine: a large page, a chunk of 4 KiB at a time. */
static void large_page(void)
{
    fixture_rv64(&f);
    f.unchecked = true;
    fixture_dirty(&f, fixture_cap(&f, FIX_UT).base + 0x200000, 0x200000);
    f.hosted->machine.preempt_always = true;
    retype_at(&f, FIX_UT, TYPE_MEGA, 0, OUT, 1, 0x200000);
    f.hosted->machine.preempt_always = false;
    ok_reply(&f, "a page of 2 MiB", 0);
    tap_ok(f.preemptions >= 511, "interrupted %lu times",
           (unsigned long)f.preemptions);
    tap_is(f.k->worst_bytes.bytes, 4096, "most bytes between two points");
    tap_ok(fixture_is_zero(&f, fixture_cap(&f, OUT).base, 0x200000),
           "it is zero");
    fixture_done(&f);
}

int main(void)
{
    fixture_small(&f);
    fixture_needs_generation3(&f);
    fixture_done(&f);
    small_ones();
    planted();
    every_type();
    progress();
    refuses();
    large_page();
    return tap_done();
}
