/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine may let deletion pass many empty slots of a CNode in one step
 * (kernel_params.scan_slots): fewer preemption points, the same end. */
#include "fixture.h"

enum { CNODE = FIX_FREE, ENDPOINT };

#define RADIX 8u
#define SLOTS 256u

static struct fixture f;

static struct place at(uint64_t index)
{
    return (struct place){FIX_ROOT, index, 64};
}

/* A CNode with a copy of an endpoint in each of these slots. */
static void make(uint16_t scan_slots, const unsigned *full, unsigned count)
{
    fixture_rv64(&f);
    f.k->params.scan_slots = scan_slots;
    retype(&f, FIX_UT, OBJECT_CNODE, RADIX, CNODE, 1);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    for (unsigned i = 0; i < count; i++)
        cnode_copy_at(&f, inside(CNODE, RADIX, full[i]), at(ENDPOINT), 15);
}

/* Questions about interrupts, and slots emptied, by one deletion. */
static uint64_t points(uint16_t scan_slots, const unsigned *full,
                       unsigned count)
{
    uint64_t asked, emptied;

    make(scan_slots, full, count);
    asked = f.hosted->machine.preempt_asked;
    emptied = f.k->slots_emptied;
    tap_is(cnode_delete(&f, CNODE), 0, "deleted, passing %u at once",
           scan_slots);
    asked = f.hosted->machine.preempt_asked - asked;
    tap_is(f.k->slots_emptied - emptied, count + 1,
           "%u capabilities and its own", count);
    ok_slots(&f, CNODE, ".e", "the endpoint stays");
    fixture_done(&f);
    return asked;
}

/* Stopped after each step in turn: what is left is a zombie of that many
 * slots, and the call made again ends it. */
static void interrupted(const unsigned *full, unsigned count)
{
    for (uint64_t n = 1; n <= 3; n++) {
        make(64, full, count);
        f.once = true;
        fixture_preempt_in(&f, n);
        cnode_delete(&f, CNODE);
        f.once = false;
        fixture_preempt_in(&f, 0);
        tap_is(fixture_type(&f, CNODE), CAP_ZOMBIE, "step %lu: a zombie",
               (unsigned long)n);
        tap_is(fixture_cap(&f, CNODE).word,
               (const uint64_t[]){200, 199, 135}[n - 1], "its slots left");
        cnode_delete(&f, CNODE);
        ok_slots(&f, CNODE, ".e", "and nothing, in the end");
        fixture_done(&f);
    }
}

int main(void)
{
    const unsigned full[] = {0, 1, 70, 199};

    tap_is(points(0, NULL, 0), SLOTS, "one by one: a look for each slot");
    tap_ok(points(64, NULL, 0) <= SLOTS / 64 + 1, "64 at once: five at most");
    tap_ok(points(64, full, 4) <= 16, "capabilities in between: a few more");
    interrupted(full, 4);
    return tap_done();
}
