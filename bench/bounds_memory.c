/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of memory: clearing, fan-out, embryos, lists, nesting. */
#include "bounds.h"

enum { OUT = FIX_FREE, NEST = 2000, LADDER = 2100, NODE = 2200 };

#define CHUNK      4096u
#define FANOUT     256u
#define PAGE_BYTES UINT64_C(4096)
#define MIDDLE     (UINT64_C(1) << 37) /* of FIX_DEVICE_HUGE */
#define HUGE_BITS  38u
#define COPIES     1000u
#define WALK       (BOUNDS_W + 1u)

static struct fixture f;

static void start(void)
{
    fixture_rv64(&f);
    f.unchecked = true; /* tests check; this counts */
    bounds_begin(&f);
}

static void stop(void)
{
    hosted_destroy(f.hosted);
}

/* Rows 1, 3, 4: what is cleared between two questions.  The untypeds are
 * dirty from boot on. */
static void clearing(void)
{
    start();
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT, 1);
    bounds_must(&f, "reset");
    bounds_row("1", "Retype: reset of a full untyped of 16 MiB",
               bounds_bytes(&f), CHUNK, "bytes cleared");
    stop();
    start();
    retype_at(&f, FIX_UT, TYPE_MEGA, 0, OUT, 8, 0);
    bounds_must(&f, "mega pages");
    bounds_row("3", "RetypeAt: 8 frames of 2 MiB, dirty", bounds_bytes(&f),
               CHUNK, "bytes cleared");
    bounds_begin(&f);
    retype_at(&f, FIX_UT2, TYPE_PAGE, 0, OUT + 8, FANOUT, 0);
    bounds_must(&f, "pages");
    bounds_row("3", "RetypeAt: 256 frames of 4 KiB, dirty", bounds_bytes(&f),
               CHUNK, "bytes cleared");
    stop();
    start();
    retype_at(&f, FIX_UT, TYPE_TABLE, 0, OUT, FANOUT, 0);
    bounds_must(&f, "page tables");
    bounds_row("4", "RetypeAt: 256 page tables, dirty", bounds_bytes(&f), CHUNK,
               "bytes cleared");
    stop();
}

/* A region of 16 bytes in every block beside the middle: each stays high up
 * in the tree until something larger comes. */
static void build_ladder(void)
{
    uint64_t slot = LADDER;

    for (unsigned bits = 21; bits < HUGE_BITS - 1; bits++) {
        retype_at(&f, FIX_DEVICE_HUGE, OBJECT_UNTYPED, 4, slot++, 1,
                  MIDDLE - 2 * bits_size(bits));
        retype_at(&f, FIX_DEVICE_HUGE, OBJECT_UNTYPED, 4, slot++, 1,
                  MIDDLE + bits_size(bits));
        bounds_must(&f, "ladder");
    }
}

/* Row 2: a run that meets nothing, and that pushes ladders down on both sides
 * of the middle.  Each object is a visit; the question whether there is room
 * is worth 4 (W + 1), pushing down (W + 1)^2 in all (regions.h). */
static void fan_out(void)
{
    start();
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT, 1);
    bounds_begin(&f);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT + 1, FANOUT);
    bounds_must(&f, "endpoints");
    bounds_row("2", "Retype: 256 endpoints", bounds_visits(&f),
               FANOUT + 2 * WALK, "visits");
    bounds_row("2", "the same: slots looked at and filled", bounds_slots(&f),
               2 * FANOUT, "slots");
    stop();
    start();
    build_ladder();
    bounds_begin(&f);
    retype_at(&f, FIX_DEVICE_HUGE, TYPE_PAGE, 0, OUT, FANOUT,
              MIDDLE - FANOUT / 2 * PAGE_BYTES);
    bounds_must(&f, "pages between ladders");
    bounds_row("2", "RetypeAt: 256 pages push two ladders down",
               bounds_visits(&f), FANOUT + 4 * WALK + WALK * WALK, "visits");
    stop();
}

/* Row 14: with the booted machine's scan_slots.  The zombie's count says how
 * many slots a step has passed. */
static void empty_slots(void)
{
    struct slot *slots;
    uint64_t most = 0, left = UINT64_C(1) << 16;
    slotno_t i;

    start();
    slots = kernel_slots(f.k);
    f.k->params.scan_slots = 64;
    retype(&f, FIX_UT, OBJECT_CNODE, 16, NODE, 1);
    bounds_must(&f, "CNode");
    i = fixture_slot(&f, NODE);
    f.once = true;
    f.hosted->machine.preempt_always = true;
    bounds_begin(&f);
    do {
        uint64_t before = left;

        cnode_delete(&f, NODE);
        left = slot_is_empty(slots, i) ? 0 : slot_word(slots, i);
        if (before - left > most)
            most = before - left;
    } while (f.outcome == OUTCOME_PREEMPTED);
    bounds_row("14", "Delete: a CNode of 2^16 empty slots, scan_slots 64", most,
               64, "slots passed");
    bounds_row("14", "the same: a slot, and 16 passed are worth one",
               bounds_slots(&f), 4 + 64 / 16, "slots");
    stop();
}

/* An embryo of one CNode of 8 KiB, from one of two nested untypeds in turn:
 * no two neighbours lie in the same region. */
static void plant(unsigned n)
{
    fixture_preempt_in(&f, 1);
    retype_at(&f, NEST + n % 2, OBJECT_CNODE, 8, OUT + n, 1,
              n / 2 * UINT64_C(8192));
    f.reply.label =
        f.outcome == OUTCOME_PREEMPTED ? ERROR_NONE : ERROR_ILLEGAL_OPERATION;
    bounds_must(&f, "an embryo");
}

/* Row 21: 256 embryos that two nested untypeds have planted; the outer one
 * asks whether each is its own, one of the nested goes on with its half.  Only
 * its own take a walk, and after each comes a question for an interrupt. */
static void restart(void)
{
    start();
    for (unsigned n = 0; n < 2; n++)
        retype_at(&f, FIX_UT, OBJECT_UNTYPED, 21, NEST + n, 1,
                  n * bits_size(21));
    bounds_must(&f, "nested untypeds");
    f.once = true;
    for (unsigned n = 0; n < FANOUT; n++)
        plant(n);
    fixture_preempt_in(&f, 0);
    bounds_begin(&f);
    retype_at(&f, FIX_UT, OBJECT_CNODE, 8, OUT, FANOUT, 0);
    bounds_row("21", "RetypeAt: 256 embryos of nested untypeds: slots",
               bounds_slots(&f), FANOUT, "slots");
    bounds_row("21", "the same: none is this one's", bounds_visits(&f), 0,
               "visits");
    f.once = false;
    bounds_begin(&f);
    retype_at(&f, NEST, OBJECT_CNODE, 8, OUT, FANOUT, 0);
    bounds_must(&f, "resumption");
    bounds_row("21", "RetypeAt: resumption of 128 among 256 embryos",
               bounds_visits(&f), 2 * WALK, "visits");
    bounds_row("21", "the same", bounds_bytes(&f), CHUNK, "bytes cleared");
    stop();
}

/* Row 22: nothing that is done to a long list visits the index. */
static void copies(void)
{
    start();
    retype(&f, FIX_UT, TYPE_PAGE, 0, OUT, 1);
    bounds_must(&f, "page");
    bounds_begin(&f);
    for (unsigned n = 1; n <= COPIES; n++)
        cnode_copy(&f, OUT + n, OUT + n - 1, CAP_RIGHTS_ALL);
    bounds_must(&f, "copies");
    cnode_delete(&f, OUT + COPIES / 2);
    cnode_move(&f, OUT + COPIES / 2, OUT + COPIES);
    cnode_delete(&f, OUT);
    bounds_must(&f, "deletion of the first");
    bounds_row("22", "Copy, Move, Delete in a list of 1000 capabilities",
               bounds_visits(&f), 0, "visits");
    stop();
}

/* Row 23: untypeds of all sizes in one another, the innermost copied: its key
 * is far down the list, and its node far down the tree. */
static void nesting(void)
{
    uint64_t last = FIX_DEVICE_HUGE, slot = NEST;

    start();
    for (unsigned bits = HUGE_BITS - 1; bits > 4; bits--) {
        retype_at(&f, last, OBJECT_UNTYPED, bits, slot, 1, 0);
        bounds_must(&f, "nested untypeds");
        last = slot++;
    }
    for (unsigned n = 0; n < 4; n++) {
        cnode_copy(&f, slot, last, CAP_RIGHTS_ALL);
        bounds_must(&f, "copies of the innermost");
        last = slot++;
    }
    retype_at(&f, last, OBJECT_ENDPOINT, 0, OUT, 1, 0);
    retype_at(&f, last, OBJECT_UNTYPED, 4, OUT, 1, 0);
    bounds_must(&f, "a child of the last");
    bounds_begin(&f);
    describe(&f, last);
    bounds_row("23", "Describe: 35 nested untypeds, a fourth copy",
               bounds_visits(&f), 2 * WALK, "visits");
    bounds_begin(&f);
    next_region(&f, last, 0);
    bounds_row("23", "Next: the same", bounds_visits(&f), 3 * WALK, "visits");
    bounds_begin(&f);
    cnode_revoke(&f, FIX_DEVICE_HUGE);
    bounds_must(&f, "revocation");
    bounds_row("13", "Revoke: the same, a capability", bounds_visits(&f),
               4 * WALK, "visits");
    bounds_row("13", "the same", bounds_slots(&f), 4, "slots");
    stop();
}

/* Row 13: a ladder below the untyped that is revoked. */
static void revocation(void)
{
    start();
    build_ladder();
    bounds_begin(&f);
    cnode_revoke(&f, FIX_DEVICE_HUGE);
    bounds_must(&f, "revocation");
    bounds_row("13", "Revoke: two ladders, a capability", bounds_visits(&f),
               4 * WALK, "visits");
    stop();
}

void bounds_memory(void)
{
    clearing();
    fan_out();
    revocation();
    nesting();
    empty_slots();
    restart();
    copies();
}
