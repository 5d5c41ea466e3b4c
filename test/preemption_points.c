/* SPDX-License-Identifier: BSD-2-Clause */
/* How often long operations look for an interrupt, and the account of work
 * between two looks (sel4-abi.md 5.7, retype.md D). */
#include "fixture.h"

enum { OUT = FIX_FREE, COPIES = 100 };

static struct fixture f;

static uint64_t asked(void)
{
    return f.hosted->machine.preempt_asked;
}

/* Points of one operation at a given limit. */
static uint64_t revoke_copies(uint32_t work_limit)
{
    uint64_t before;

    fixture_rv64(&f);
    f.k->params.work_limit = work_limit;
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT, 1);
    for (unsigned i = 1; i <= COPIES; i++)
        cnode_mint(&f, OUT + i, OUT, 15, i);
    before = asked();
    cnode_revoke(&f, OUT);
    ok_slots(&f, OUT, "e...", "all copies are revoked");
    before = asked() - before;
    fixture_done(&f);
    return before;
}

static uint64_t clear_memory(uint32_t work_limit)
{
    uint64_t before;

    fixture_rv64(&f);
    f.k->params.work_limit = work_limit;
    before = asked();
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT, 1);
    before = asked() - before;
    fixture_done(&f);
    return before;
}

static void limits(void)
{
    uint64_t every = revoke_copies(0), some = revoke_copies(200);

    tap_ok(every >= COPIES, "limit 0: %lu looks for %u copies",
           (unsigned long)every, COPIES);
    tap_ok(some > 0 && some < every / 5, "limit 200: %lu looks",
           (unsigned long)some);
    tap_is(revoke_copies(1000000), 0, "a limit of 10^6: none");
    every = clear_memory(0);
    some = clear_memory(1000);
    tap_ok(every >= 4095, "limit 0: %lu looks for 4096 chunks",
           (unsigned long)every);
    tap_ok(some < every && some > 100, "limit 1000: %lu looks",
           (unsigned long)some);
}

/* Slots emptied and last capabilities met, as the recorded run counts. */
static void counts(void)
{
    uint64_t slots, finals, work;

    fixture_rv64(&f);
    retype(&f, FIX_UT, OBJECT_CNODE, 3, OUT, 1);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT + 1, 1);
    for (unsigned i = 0; i < 8; i++)
        cnode_copy_at(&f, inside(OUT, 3, i),
                      (struct place){FIX_ROOT, OUT + 1, 64}, 15);
    slots = f.k->slots_emptied;
    finals = f.k->finality_tests;
    work = f.k->total.slots;
    cnode_delete(&f, OUT);
    tap_is(f.k->slots_emptied - slots, 9, "a CNode of eight: slots emptied");
    tap_ok(f.k->total.slots - work >= 9, "each is work");
    tap_is(f.k->finality_tests - finals, 1, "last capabilities");
    cnode_delete(&f, OUT + 1);
    tap_is(f.k->slots_emptied - slots, 10, "its endpoint: slots emptied");
    tap_is(f.k->finality_tests - finals, 2, "last capabilities");
    cnode_delete(&f, OUT);
    tap_is(f.k->slots_emptied - slots, 10, "an empty slot is not counted");
    retype(&f, FIX_UT, OBJECT_UNTYPED, 12, OUT, 1);
    cnode_copy(&f, OUT + 1, OUT, 15);
    cnode_revoke(&f, FIX_UT);
    tap_is(f.k->slots_emptied - slots, 12, "an untyped and its copy");
    tap_is(f.k->finality_tests - finals, 4, "each is a last capability");
    fixture_done(&f);
}

/* The longest stretch is kept, and a new entry begins a new one. */
static void stretches(void)
{
    fixture_rv64(&f);
    tap_is(f.k->worst_bytes.bytes, 0, "nothing cleared yet");
    retype(&f, FIX_TINY, OBJECT_ENDPOINT, 0, OUT, 1);
    tap_is(f.k->worst_bytes.bytes, 64, "64 bytes cleared");
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT + 1, 1);
    tap_is(f.k->worst_bytes.bytes, 4096, "then a chunk at a time");
    cnode_delete(&f, OUT);
    retype(&f, FIX_TINY, OBJECT_ENDPOINT, 0, OUT, 1);
    tap_is(f.k->worst_bytes.bytes, 4096, "the largest stays");
    tap_ok(f.k->total.bytes >= 0x1000000 + 64, "%lu bytes in all",
           (unsigned long)f.k->total.bytes);
    tap_ok(f.k->worst_visits.visits > 0 && f.k->worst_visits.visits <= 3 * 40,
           "most visits in a stretch: %lu",
           (unsigned long)f.k->worst_visits.visits);
    fixture_done(&f);
}

int main(void)
{
    limits();
    counts();
    stretches();
    return tap_done();
}
