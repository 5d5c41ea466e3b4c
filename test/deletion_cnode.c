/* SPDX-License-Identifier: BSD-2-Clause */
/* Deleting the last capability of a CNode or a TCB empties its slots, from
 * the last to the first (sel4-abi.md 5.6); any other leaves them alone. */
#include "fixture.h"

enum { CNODE = FIX_FREE, COPY, ENDPOINT, TCB };
enum { LOG_MAX = 64 };

static struct fixture f;

static struct {
    enum arch_event event;
    slotno_t slot;
} log_of[LOG_MAX];
static unsigned log_length;

static void observe(void *context, struct kernel *k, enum arch_event event,
                    slotno_t a, slotno_t b)
{
    (void)context;
    (void)k;
    (void)b;
    if (log_length < LOG_MAX) {
        log_of[log_length].event = event;
        log_of[log_length++].slot = a;
    }
}

/* The n-th slot told to be emptied, or SLOT_NIL. */
static slotno_t emptied(unsigned n)
{
    for (unsigned i = 0; i < log_length; i++)
        if (log_of[i].event == ARCH_EVENT_EMPTIED && n-- == 0)
            return log_of[i].slot;
    return SLOT_NIL;
}

static struct place at(uint64_t index)
{
    return (struct place){FIX_ROOT, index, 64};
}

static void full_cnode(void)
{
    slotno_t inner;
    bool order = true;

    retype(&f, FIX_UT, OBJECT_CNODE, 3, CNODE, 1);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    for (unsigned i = 0; i < 8; i++)
        cnode_copy_at(&f, inside(CNODE, 3, i), at(ENDPOINT), 15);
    cnode_copy(&f, COPY, CNODE, 15);
    ok_reply(&f, "a CNode full of endpoints, and a copy of it", 0);
    inner = fixture_inner(&f, CNODE, 0);
    cnode_delete(&f, CNODE);
    tap_is(slot_type(kernel_slots(f.k), inner + 7), CAP_ENDPOINT,
           "while a copy is there its slots stay");
    log_length = 0;
    cnode_delete(&f, COPY);
    ok_reply(&f, "Delete of the copy", 0);
    for (unsigned i = 0; i < 8; i++)
        order &= emptied(i) == inner + 7 - i;
    tap_ok(order, "with the last its slots go, from the last to the first");
    tap_is(emptied(8), fixture_slot(&f, COPY), "then the CNode's own slot");
    tap_is(emptied(9), SLOT_NIL, "and no other");
    ok_slots(&f, CNODE, "..e.", "the endpoint itself stays");
    cnode_delete(&f, ENDPOINT);
    retype(&f, FIX_UT, TYPE_PAGE, 0, CNODE, 1);
    tap_is(fixture_cap(&f, CNODE).base, fixture_cap(&f, FIX_UT).base,
           "the untyped is childless: it begins again");
    tap_ok(fixture_is_zero(&f, fixture_cap(&f, CNODE).base, 4096),
           "what was slots is a clean page");
    cnode_delete(&f, CNODE);
}

static void full_tcb(void)
{
    struct slot *slots = kernel_slots(f.k);
    struct cap cap;
    slotno_t inner;
    unsigned n = 0;
    bool order = true;

    retype(&f, FIX_UT, OBJECT_TCB, 0, TCB, 1);
    retype(&f, FIX_UT, OBJECT_CNODE, 3, CNODE, 1);
    inner = fixture_inner(&f, TCB, 0);
    cap = fixture_cap(&f, CNODE);
    fixture_derive(&f, fixture_slot(&f, CNODE), inner + TCB_CSPACE, &cap);
    cap = fixture_cap(&f, FIX_VSPACE);
    fixture_derive(&f, fixture_slot(&f, FIX_VSPACE), inner + TCB_VSPACE, &cap);
    cap = fixture_cap(&f, TCB);
    reply_setup_master(f.k, cap.base, cap.bits);
    fixture_check(&f, "installing a thread's roots");
    log_length = 0;
    cnode_delete(&f, TCB);
    ok_reply(&f, "Delete of a TCB", 0);
    for (unsigned i = TCB_SLOT_COUNT; i-- > 0;)
        if (emptied(n) == inner + i)
            n++;
        else
            order &= i == TCB_CALLER || i == TCB_BUFFER;
    tap_ok(order && n == 3, "its used slots go, from the last to the first");
    tap_is(emptied(n), fixture_slot(&f, TCB), "then its own");
    for (unsigned i = 0; i < TCB_SLOT_COUNT; i++)
        tap_ok(slot_is_empty(slots, inner + i), "TCB slot %u is empty", i);
    tap_is(fixture_type(&f, FIX_VSPACE), CAP_PAGE_TABLE,
           "the VSpace outlives the thread");
    ok_slots(&f, CNODE, "c...", "and the CSpace");
    cnode_delete(&f, CNODE);
}

/* Revoking an ancestor also empties TCB slots (5.2). */
static void revoke_reaches_into_tcb(void)
{
    struct cap cap;

    retype(&f, FIX_UT, OBJECT_TCB, 0, TCB, 1);
    retype(&f, FIX_UT2, OBJECT_CNODE, 3, CNODE, 1);
    cap = fixture_cap(&f, CNODE);
    fixture_derive(&f, fixture_slot(&f, CNODE), fixture_inner(&f, TCB, 0),
                   &cap);
    cnode_revoke(&f, CNODE);
    tap_ok(slot_is_empty(kernel_slots(f.k), fixture_inner(&f, TCB, 0)),
           "revoking a CNode empties the TCB's CSpace slot");
    cnode_revoke(&f, FIX_UT2);
    cnode_delete(&f, TCB);
    ok_slots(&f, CNODE, "....", "all gone");
}

static void empty_slot(void)
{
    log_length = 0;
    cnode_delete(&f, CNODE);
    ok_reply(&f, "Delete of an empty slot", 0);
    cnode_revoke(&f, CNODE);
    ok_reply(&f, "Revoke of an empty slot", 0);
    tap_is(log_length, 0, "neither does anything");
}

int main(void)
{
    fixture_rv64(&f);
    f.hosted->machine.observer = observe;
    full_cnode();
    full_tcb();
    revoke_reaches_into_tcb();
    empty_slot();
    fixture_done(&f);
    return tap_done();
}
