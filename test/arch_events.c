/* SPDX-License-Identifier: BSD-2-Clause */
/* What an architecture is told of slots (arch.h): each change once, with the
 * slots it happened to, in the order in which it happened. */
#include "fixture.h"

enum { A = FIX_FREE, B, C, D, CNODE };
enum { LOG_MAX = 64 };

struct told {
    enum arch_event event;
    slotno_t a, b;
    uint8_t type_a, type_b; /* what lay there when it was told */
};

static struct fixture f;
static struct told told[LOG_MAX];
static unsigned count;

static void observe(void *context, struct kernel *k, enum arch_event event,
                    slotno_t a, slotno_t b)
{
    const struct slot *slots = kernel_slots(k);
    bool two = event != ARCH_EVENT_EMPTIED && event != ARCH_EVENT_FINAL;

    if (context != &f || count == LOG_MAX)
        return;
    told[count++] = (struct told){
        .event = event,
        .a = a,
        .b = two ? b : SLOT_NIL,
        .type_a = slot_type(slots, a),
        .type_b = two ? slot_type(slots, b) : CAP_NULL,
    };
}

static void ok_told(unsigned n, enum arch_event event, slotno_t a, slotno_t b,
                    uint8_t type_a, uint8_t type_b, const char *name)
{
    const struct told *t = &told[n];

    if (!tap_ok(n < count && t->event == event && t->a == a && t->b == b &&
                    t->type_a == type_a && t->type_b == type_b,
                "%s", name))
        tap_diag("  told %u of %u: event %u, slots 0x%lx 0x%lx, types %u %u", n,
                 count, (unsigned)t->event, (unsigned long)t->a,
                 (unsigned long)t->b, t->type_a, t->type_b);
}

static void ok_count(unsigned want, const char *name)
{
    tap_is(count, want, "%s: events told", name);
    count = 0;
}

static slotno_t at(uint64_t cptr)
{
    return fixture_slot(&f, cptr);
}

static void made(void)
{
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, A, 2);
    ok_told(0, ARCH_EVENT_CREATED, at(FIX_UT), at(A), CAP_UNTYPED, CAP_ENDPOINT,
            "the first object");
    ok_told(1, ARCH_EVENT_CREATED, at(FIX_UT), at(B), CAP_UNTYPED, CAP_ENDPOINT,
            "the second object");
    ok_count(2, "Retype");
    cnode_copy(&f, C, A, 15);
    ok_told(0, ARCH_EVENT_DERIVED, at(A), at(C), CAP_ENDPOINT, CAP_ENDPOINT,
            "a copy");
    ok_count(1, "Copy");
    cnode_mint(&f, D, A, 15, 7);
    ok_told(0, ARCH_EVENT_DERIVED, at(A), at(D), CAP_ENDPOINT, CAP_ENDPOINT,
            "a mint");
    ok_count(1, "Mint");
}

static void moved(void)
{
    cnode_delete(&f, D);
    count = 0;
    cnode_move(&f, D, C);
    ok_told(0, ARCH_EVENT_MOVED, at(C), at(D), CAP_NULL, CAP_ENDPOINT,
            "a move, when it has happened");
    ok_count(1, "Move");
    retype(&f, FIX_UT, OBJECT_CNODE, 2, CNODE, 1);
    count = 0;
    cnode_mutate(&f, C, CNODE, 0);
    ok_told(0, ARCH_EVENT_MOVED, at(CNODE), at(C), CAP_NULL, CAP_CNODE,
            "a mutate");
    ok_count(1, "Mutate");
    cnode_rotate(&f, CNODE, 0, FIX_TCB, 0, C);
    ok_told(0, ARCH_EVENT_MOVED, at(FIX_TCB), at(CNODE), CAP_NULL, CAP_TCB,
            "a rotation: the pivot first");
    ok_told(1, ARCH_EVENT_MOVED, at(C), at(FIX_TCB), CAP_NULL, CAP_CNODE,
            "then the source");
    ok_count(2, "Rotate");
    cnode_rotate(&f, FIX_TCB, 0, CNODE, 0, FIX_TCB);
    ok_told(0, ARCH_EVENT_SWAPPED, at(FIX_TCB), at(CNODE), CAP_CNODE, CAP_TCB,
            "a swap, before it happens");
    ok_count(1, "Rotate with source = destination");
}

static void emptied(void)
{
    slotno_t inner = fixture_inner(&f, CNODE, 0);

    cnode_delete(&f, D);
    ok_told(0, ARCH_EVENT_EMPTIED, at(D), SLOT_NIL, CAP_ENDPOINT, CAP_NULL,
            "a copy is emptied, and can still be read");
    ok_count(1, "Delete of a copy");
    cnode_move_at(&f, inside(CNODE, 2, 1), (struct place){FIX_ROOT, B, 64});
    count = 0;
    cnode_delete(&f, CNODE);
    ok_told(0, ARCH_EVENT_FINAL, at(CNODE), SLOT_NIL, CAP_CNODE, CAP_NULL,
            "the last capability of a CNode");
    ok_told(1, ARCH_EVENT_FINAL, inner + 1, SLOT_NIL, CAP_ENDPOINT, CAP_NULL,
            "then the last of what it held");
    ok_told(2, ARCH_EVENT_EMPTIED, inner + 1, SLOT_NIL, CAP_ENDPOINT, CAP_NULL,
            "its slot");
    ok_told(3, ARCH_EVENT_EMPTIED, at(CNODE), SLOT_NIL, CAP_ZOMBIE, CAP_NULL,
            "the CNode's, a zombie by now");
    ok_count(4, "Delete of a CNode");
    cnode_delete(&f, CNODE);
    ok_count(0, "Delete of an empty slot");
    cnode_revoke(&f, FIX_UT);
    ok_told(0, ARCH_EVENT_FINAL, at(A), SLOT_NIL, CAP_ENDPOINT, CAP_NULL,
            "revoked: the last");
    ok_told(1, ARCH_EVENT_EMPTIED, at(A), SLOT_NIL, CAP_ENDPOINT, CAP_NULL,
            "its slot");
    ok_count(2, "Revoke");
}

/* The last capability of a TCB inside a CNode: it swaps outwards. */
static void swapped_outwards(void)
{
    slotno_t outer, tcb;

    retype(&f, FIX_UT, OBJECT_CNODE, 2, CNODE, 1);
    retype(&f, FIX_UT, OBJECT_TCB, 0, A, 1);
    outer = fixture_inner(&f, CNODE, 0);
    tcb = fixture_inner(&f, A, 0);
    cnode_move_at(&f, inside(CNODE, 2, 2), (struct place){FIX_ROOT, A, 64});
    count = 0;
    cnode_delete(&f, CNODE);
    ok_told(0, ARCH_EVENT_FINAL, at(CNODE), SLOT_NIL, CAP_CNODE, CAP_NULL,
            "the CNode's last");
    ok_told(1, ARCH_EVENT_FINAL, outer + 2, SLOT_NIL, CAP_TCB, CAP_NULL,
            "the TCB's last");
    tap_ok(count >= 3 &&
               (told[2].event == ARCH_EVENT_MOVED ||
                told[2].event == ARCH_EVENT_SWAPPED) &&
               (told[2].a == outer + 2 || told[2].b == outer + 2) &&
               (told[2].a == tcb || told[2].b == tcb),
           "it changes places with the TCB's slot 0");
    ok_told(count - 1, ARCH_EVENT_EMPTIED, at(CNODE), SLOT_NIL, CAP_ZOMBIE,
            CAP_NULL, "the CNode's slot is the last");
}

/* Embryos are told of when they are planted, and not again when they hatch. */
static void embryos(void)
{
    if (!f.k->params.generation3)
        return;
    retype(&f, FIX_UT, OBJECT_UNTYPED, 16, A, 1);
    fixture_dirty(&f, fixture_cap(&f, A).base, 0x10000);
    cnode_delete(&f, A);
    count = 0;
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, A, 3, 0x1000);
    for (unsigned n = 0; n < 3; n++)
        ok_told(n, ARCH_EVENT_CREATED, at(FIX_UT), at(A + n), CAP_UNTYPED,
                CAP_EMBRYO, "an embryo");
    ok_count(3, "RetypeAt of dirty memory");
}

int main(void)
{
    fixture_rv64(&f);
    f.hosted->machine.observer = observe;
    f.hosted->machine.observer_context = &f;
    made();
    moved();
    emptied();
    swapped_outwards();
    cnode_revoke(&f, FIX_UT);
    embryos();
    f.hosted->machine.observer = NULL;
    fixture_done(&f);
    return tap_done();
}
