/* SPDX-License-Identifier: BSD-2-Clause */
/* CNodes that hold capabilities to themselves and to each other, the last
 * ones included: whatever the structure, revoking the untyped takes all of it,
 * and Delete ends (sel4-abi.md 5.6). */
#include "fixture.h"

enum { A = FIX_FREE, B, C, ENDPOINT, PAGE };

#define RADIX 2u
#define SLOTS 4u

static struct fixture f;
static slotno_t a, b, c;

static struct place at(uint64_t index)
{
    return (struct place){FIX_ROOT, index, 64};
}

static void set_up(void)
{
    cnode_revoke(&f, FIX_UT);
    retype(&f, FIX_UT, OBJECT_CNODE, RADIX, A, 3);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    a = fixture_inner(&f, A, 0);
    b = fixture_inner(&f, B, 0);
    c = fixture_inner(&f, C, 0);
}

static bool empty_at(slotno_t first)
{
    for (unsigned i = 0; i < SLOTS; i++)
        if (!slot_is_empty(kernel_slots(f.k), first + i))
            return false;
    return true;
}

static void all_gone(const char *name)
{
    cnode_revoke(&f, FIX_UT);
    tap_ok(f.reply.label == ERROR_NONE && empty_at(a) && empty_at(b) &&
               empty_at(c) && fixture_type(&f, A) == CAP_NULL &&
               fixture_type(&f, ENDPOINT) == CAP_NULL,
           "%s: Revoke leaves nothing", name);
    retype(&f, FIX_UT, TYPE_PAGE, 0, PAGE, 1);
    tap_ok(fixture_cap(&f, PAGE).base == fixture_cap(&f, FIX_UT).base &&
               fixture_is_zero(&f, fixture_cap(&f, PAGE).base, 4096),
           "%s: its memory is free and clean", name);
    cnode_delete(&f, PAGE);
}

/* A CNode with its own last capability in slot i; slot k holds another. */
static void holds_its_own_last(unsigned i, unsigned k)
{
    set_up();
    if (k != i)
        cnode_copy_at(&f, inside(A, RADIX, k), at(ENDPOINT), 15);
    cnode_move_at(&f, inside(A, RADIX, i), at(A));
    tap_is(slot_type(kernel_slots(f.k), a + i), CAP_CNODE,
           "its own last capability is in slot %u, slot %u full too", i, k);
    all_gone("holds its own last");
}

/* The copy inside keeps the CNode alive when the one outside goes. */
static void copy_inside(unsigned i)
{
    set_up();
    cnode_copy_at(&f, inside(A, RADIX, i), at(A), 15);
    cnode_copy_at(&f, inside(A, RADIX, 3 - i), at(ENDPOINT), 15);
    cnode_delete(&f, A);
    tap_is(slot_type(kernel_slots(f.k), a + i), CAP_CNODE,
           "a copy inside outlives the one outside");
    all_gone("a copy inside");
    /* the original inside, reached through a copy outside, deletes itself */
    set_up();
    cnode_copy(&f, PAGE, A, 15);
    cnode_move_at(&f, inside(A, RADIX, i), at(A));
    cnode_delete_at(&f, inside(PAGE, RADIX, i));
    ok_reply(&f, "deleting the original inside through a copy outside", 0);
    tap_is(fixture_type(&f, PAGE), CAP_CNODE, "the copy is the last now");
    cnode_copy_at(&f, inside(PAGE, RADIX, i), at(PAGE), 15);
    cnode_delete(&f, PAGE);
    all_gone("two copies");
}

/* Deletes its own last capability through itself: a thread whose CSpace root
 * it is may do that.  From slot 0 it vanishes; elsewhere it meets itself on
 * the way down, as a capability that is not exposed, and stays in slot 0. */
static void deletes_itself(unsigned i)
{
    struct invocation inv = {
        .label = LABEL_CNODE_DELETE,
        .length = 2,
        .mr = (uint64_t[]){i, RADIX},
        .caller = SLOT_NIL,
    };

    set_up();
    cnode_copy_at(&f, inside(A, RADIX, (i + 1) % SLOTS), at(ENDPOINT), 15);
    cnode_move_at(&f, inside(A, RADIX, i), at(A));
    inv.slot = a + i;
    f.outcome = invoke(f.k, &inv, &f.reply);
    fixture_check(&f, "a CNode that deletes itself");
    ok_reply(&f, "a CNode deletes its own last capability", 0);
    tap_is(slot_type(kernel_slots(f.k), a), i == 0 ? CAP_NULL : CAP_ZOMBIE,
           "from slot %u: what is left in slot 0", i);
    tap_is(slot_word(kernel_slots(f.k), a), i == 0 ? 0 : i + 1, "slots left");
    tap_ok(slot_is_empty(kernel_slots(f.k), a + 1) &&
               slot_is_empty(kernel_slots(f.k), a + 2) &&
               slot_is_empty(kernel_slots(f.k), a + 3),
           "the others are empty");
    all_gone("deletes itself");
}

/* a[i] holds the last capability of B, b[k] the last of A. */
static void two_hold_each_other(unsigned i, unsigned k)
{
    set_up();
    cnode_copy(&f, PAGE, B, 15);
    cnode_move_at(&f, inside(A, RADIX, i), at(B));
    cnode_move_at(&f, inside(PAGE, RADIX, k), at(A));
    cnode_delete(&f, PAGE);
    ok_reply(&f, "the last handle from outside goes", 0);
    tap_ok(slot_type(kernel_slots(f.k), a + i) == CAP_CNODE &&
               slot_type(kernel_slots(f.k), b + k) == CAP_CNODE,
           "a[%u] and b[%u] hold each other", i, k);
    all_gone("two hold each other");
}

/* Three in a ring, one capability of the first still outside. */
static void ring(unsigned i)
{
    set_up();
    cnode_copy_at(&f, inside(C, RADIX, i), at(A), 15);
    cnode_move_at(&f, inside(B, RADIX, i), at(C));
    cnode_move_at(&f, inside(A, RADIX, i), at(B));
    cnode_delete(&f, A);
    tap_ok(!empty_at(a) && !empty_at(b) && !empty_at(c),
           "a ring through slots %u keeps itself", i);
    all_gone("a ring");
}

int main(void)
{
    fixture_rv64(&f);
    for (unsigned i = 0; i < SLOTS; i++) {
        for (unsigned k = 0; k < SLOTS; k++) {
            holds_its_own_last(i, k);
            two_hold_each_other(i, k);
        }
        copy_inside(i);
        deletes_itself(i);
        ring(i);
    }
    fixture_done(&f);
    return tap_done();
}
