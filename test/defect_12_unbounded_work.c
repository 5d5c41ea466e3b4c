/* SPDX-License-Identifier: BSD-2-Clause */
/* Defect 12 of retype.md A.1: whole frames were cleared and tables torn down
 * without a preemption point.  Here no stretch between two points clears more
 * than a chunk, or empties more than a few slots. */
#include "fixture.h"

enum { OUT = FIX_FREE, COPY = FIX_FREE + 300 };

static struct fixture f;

static void clearing(uint64_t type, uint64_t size, uint64_t count,
                     const char *name)
{
    uint64_t chunk = bits_size(f.k->params.chunk_bits), asked;

    fixture_dirty(&f, fixture_cap(&f, FIX_UT).base, 0x800000);
    asked = f.hosted->machine.preempt_asked;
    f.hosted->machine.cleared_bytes = 0;
    retype_at(&f, FIX_UT, type, size, OUT, count, 0);
    ok_reply(&f, name, 0);
    tap_ok(f.k->worst_bytes.bytes <= chunk,
           "most bytes between two points: %lu",
           (unsigned long)f.k->worst_bytes.bytes);
    tap_ok(f.hosted->machine.preempt_asked - asked >=
               f.hosted->machine.cleared_bytes / chunk - 1,
           "%lu points for %lu bytes",
           (unsigned long)(f.hosted->machine.preempt_asked - asked),
           (unsigned long)f.hosted->machine.cleared_bytes);
    cnode_revoke(&f, FIX_UT);
}

static void deletion(void)
{
    uint64_t asked;

    retype(&f, FIX_UT, OBJECT_CNODE, 8, OUT, 1);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT + 1, 1);
    for (uint64_t i = 0; i < 256; i++)
        cnode_copy_at(&f, inside(OUT, 8, i),
                      (struct place){FIX_ROOT, OUT + 1, 64}, 15);
    asked = f.hosted->machine.preempt_asked;
    f.k->worst_slots = (struct work){0};
    cnode_delete(&f, OUT);
    tap_ok(f.hosted->machine.preempt_asked - asked >= 255,
           "a CNode of 256 endpoints: %lu points",
           (unsigned long)(f.hosted->machine.preempt_asked - asked));
    tap_ok(f.k->worst_slots.slots <= 8, "most slots between two: %lu",
           (unsigned long)f.k->worst_slots.slots);
    for (uint64_t i = 0; i < 256; i++)
        cnode_mint(&f, COPY + i, OUT + 1, 15, i);
    asked = f.hosted->machine.preempt_asked;
    f.k->worst_slots = f.k->worst_visits = (struct work){0};
    cnode_revoke(&f, OUT + 1);
    tap_ok(f.hosted->machine.preempt_asked - asked >= 255,
           "Revoke of 256 badges: %lu points",
           (unsigned long)(f.hosted->machine.preempt_asked - asked));
    tap_ok(f.k->worst_slots.slots <= 8, "most slots between two: %lu",
           (unsigned long)f.k->worst_slots.slots);
}

/* Objects spread over memory, revoked: the visits of one step. */
static void revocation(void)
{
    for (uint64_t i = 0; i < 256; i++)
        retype_at(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT + 2 + i, 1,
                  i * 0x10000 + (i % 7) * 0x110);
    ok_reply(&f, "256 endpoints all over an untyped", 0);
    f.k->worst_visits = (struct work){0};
    cnode_revoke(&f, FIX_UT);
    tap_ok(f.k->worst_visits.visits <=
               3 * (f.k->params.window_bits + UINT64_C(1)),
           "most visits between two points of Revoke: %lu",
           (unsigned long)f.k->worst_visits.visits);
}

int main(void)
{
    fixture_rv64(&f);
    fixture_needs_generation3(&f);
    f.check_bytes = 0;
    clearing(TYPE_MEGA, 0, 4, "four pages of 2 MiB");
    clearing(TYPE_PAGE, 0, 256, "256 pages");
    clearing(TYPE_TABLE, 0, 256, "256 page tables");
    clearing(OBJECT_CNODE, 16, 4, "four CNodes of 2^16 slots");
    clearing(OBJECT_TCB, 0, 256, "256 TCBs");
    clearing(OBJECT_ENDPOINT, 0, 256, "256 endpoints");
    deletion();
    revocation();
    fixture_done(&f);
    return tap_done();
}
