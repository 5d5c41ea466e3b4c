/* SPDX-License-Identifier: BSD-2-Clause */
/* A deletion or revocation that is interrupted at each of its preemption
 * points, every time at another, comes to the same end, whoever goes on with
 * it: the same caller, or a revocation from above. */
#include "fixture.h"

enum { OUTER = FIX_FREE, INNER, TCB, ENDPOINT, BADGED, NESTED, LAST };

static struct fixture f;

static struct place at(uint64_t index)
{
    return (struct place){FIX_ROOT, index, 64};
}

/* NESTED holds it all: a CNode with copies and last capabilities of another
 * CNode, of a TCB with a CSpace, of itself. */
static void set_up(void)
{
    struct cap cap;

    f.once = false;
    fixture_preempt_in(&f, 0);
    cnode_revoke(&f, FIX_UT);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 14, NESTED, 1);
    retype(&f, NESTED, OBJECT_CNODE, 3, OUTER, 1);
    retype(&f, NESTED, OBJECT_CNODE, 2, INNER, 1);
    retype(&f, NESTED, OBJECT_TCB, 0, TCB, 1);
    retype(&f, NESTED, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    cnode_mint(&f, BADGED, ENDPOINT, 15, 7);
    cap = fixture_cap(&f, INNER);
    fixture_derive(&f, fixture_slot(&f, INNER), fixture_inner(&f, TCB, 0),
                   &cap);
    cap = fixture_cap(&f, TCB);
    reply_setup_master(f.k, cap.base, cap.bits);
    cnode_copy_at(&f, inside(INNER, 2, 1), at(ENDPOINT), 15);
    cnode_copy_at(&f, inside(OUTER, 3, 0), at(BADGED), 15);
    cnode_copy_at(&f, inside(OUTER, 3, 3), at(OUTER), 15);
    cnode_copy_at(&f, inside(OUTER, 3, 6), at(ENDPOINT), 15);
    cnode_move_at(&f, inside(OUTER, 3, 5), at(TCB));
    cnode_move_at(&f, inside(OUTER, 3, 4), at(INNER));
    ok_slots(&f, OUTER, "c..eeu", "a structure to take apart");
}

/* A number that tells two end states apart: the capabilities in the first 64
 * slots of the root CNode and in the objects' memory.  Not the index's own
 * links: equal sets of regions may hang in trees of different shape. */
static uint64_t state(void)
{
    const struct slot *slots = kernel_slots(f.k);
    slotno_t memory = slot_at(fixture_cap(&f, FIX_UT).base);
    uint64_t sum = 1;

    for (unsigned i = 0; i < 64 + 512; i++) {
        slotno_t at_slot = i < 64 ? fixture_slot(&f, i) : memory + i - 64;
        struct cap cap = cap_read(slots, at_slot);

        sum = (sum ^ cap.base ^ cap.word << 20) * UINT64_C(0x100000001b3);
        sum = (sum ^ cap.type ^ cap.bits << 8) * UINT64_C(0x100000001b3);
    }
    return sum;
}

static void delete_outer(void)
{
    cnode_delete(&f, OUTER);
}

static void delete_copy_then_outer(void)
{
    cnode_delete_at(&f, inside(OUTER, 3, 3));
    if (f.outcome == OUTCOME_DONE)
        cnode_delete(&f, OUTER);
}

static void revoke_nested(void)
{
    cnode_revoke(&f, NESTED);
}

static void revoke_endpoint(void)
{
    cnode_revoke(&f, ENDPOINT);
}

/* Interrupted at the n-th point; is there one? */
static bool interrupted_at(void (*operation)(void), uint64_t n)
{
    set_up();
    f.once = true;
    fixture_preempt_in(&f, n);
    operation();
    f.once = false;
    fixture_preempt_in(&f, 0);
    return f.outcome == OUTCOME_PREEMPTED;
}

static void each_point(void (*operation)(void), const char *name)
{
    uint64_t want, n = 1, different = 0;

    set_up();
    operation();
    want = state();
    for (; interrupted_at(operation, n); n++) {
        operation();
        different += f.reply.label != ERROR_NONE || state() != want;
        interrupted_at(operation, n);
        cnode_revoke(&f, NESTED);
        different += !is_empty(&f, OUTER) || !is_empty(&f, ENDPOINT) ||
                     retype(&f, NESTED, TYPE_PAGE, 0, LAST, 4) != ERROR_NONE;
    }
    tap_is(different, 0, "%s, interrupted at each of %lu points", name,
           (unsigned long)(n - 1));
    tap_ok(n > 2, "%s: there are such points", name);
    set_up();
    f.hosted->machine.preempt_always = true;
    operation();
    f.hosted->machine.preempt_always = false;
    tap_is(state(), want, "%s, interrupted at every point, %lu times", name,
           (unsigned long)f.preemptions);
}

int main(void)
{
    fixture_rv64(&f);
    each_point(revoke_nested, "Revoke of the untyped");
    each_point(revoke_endpoint, "Revoke of the endpoint");
    each_point(delete_copy_then_outer, "Delete");
    set_up();
    delete_outer();
    ok_slots(&f, OUTER, "...eeu", "Delete of what is not the last");
    fixture_done(&f);
    return tap_done();
}
