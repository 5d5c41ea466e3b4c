/* SPDX-License-Identifier: BSD-2-Clause */
/* Families that are no memory: interrupts, domains, reply capabilities. */
#include "fixture.h"

enum { A = FIX_FREE, B, C, D };

static struct fixture f;

/* As IRQControl's Get does, which comes with the bootable kernel. */
static void handler(uint64_t to, uint64_t irq)
{
    fixture_derive(&f, fixture_slot(&f, FIX_IRQ_CONTROL), fixture_slot(&f, to),
                   &(struct cap){.type = CAP_IRQ_HANDLER, .word = irq});
    fixture_check(&f, "making an interrupt handler");
}

static void interrupts(void)
{
    handler(A, 5);
    handler(B, 9);
    tap_is(fixture_flags(&f, A), SLOT_REVOCABLE | SLOT_FIRST_BADGED,
           "flags of a handler");
    cnode_copy(&f, C, A, 15);
    cnode_copy(&f, D, C, 15);
    ok_slots(&f, A, "iiii", "two interrupts, copies of one's handler");
    tap_is(fixture_flags(&f, C), 0, "flags of a copy");
    cnode_revoke(&f, C);
    ok_slots(&f, A, "iiii", "revoking a copy does nothing");
    cnode_revoke(&f, A);
    ok_slots(&f, A, "ii..", "a handler takes its copies, no other interrupt's");
    cnode_copy(&f, C, B, 15);
    cnode_delete(&f, B);
    ok_slots(&f, A, "i.i.", "a copy outlives the handler");
    cnode_move(&f, D, A);
    ok_slots(&f, A, "..ii", "moved");
    cnode_revoke(&f, FIX_IRQ_CONTROL);
    ok_slots(&f, A, "....", "interrupt control takes all");
    tap_is(fixture_type(&f, FIX_IRQ_CONTROL), CAP_IRQ_CONTROL, "and stays");
}

/* The notification that an interrupt signals goes with its last handler. */
static void notification(void)
{
    slotno_t installed = irq_slot(f.k, 7);
    struct cap cap;

    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, D, 1);
    handler(A, 7);
    cnode_copy(&f, B, A, 15);
    cap = fixture_cap(&f, D);
    fixture_derive(&f, fixture_slot(&f, D), installed, &cap);
    fixture_check(&f, "installing a notification");
    cnode_delete(&f, A);
    tap_is(slot_type(kernel_slots(f.k), installed), CAP_NOTIFICATION,
           "it stays while there is a handler");
    cnode_delete(&f, B);
    tap_ok(slot_is_empty(kernel_slots(f.k), installed),
           "it goes with the last");
    handler(A, 7);
    fixture_derive(&f, fixture_slot(&f, D), installed, &cap);
    cnode_revoke(&f, D);
    tap_ok(slot_is_empty(kernel_slots(f.k), installed),
           "revoking the notification takes it too");
    ok_slots(&f, A, "i..n", "and not the handler");
    cnode_revoke(&f, FIX_IRQ_CONTROL);
    cnode_delete(&f, D);
}

static void domains(void)
{
    cnode_copy(&f, A, FIX_DOMAIN, 15);
    cnode_copy(&f, B, A, 15);
    ok_slots(&f, A, "dd..", "copies of the domain capability");
    cnode_revoke(&f, A);
    ok_slots(&f, A, "dd..", "revoking a copy does nothing");
    cnode_revoke(&f, FIX_DOMAIN);
    ok_slots(&f, A, "....", "the original takes its copies");
    cnode_copy(&f, A, FIX_DOMAIN, 15);
    cnode_delete(&f, FIX_DOMAIN);
    ok_slots(&f, A, "d...", "a copy outlives the original");
    cnode_delete(&f, A);
    ok_slots(&f, A, "....", "and goes");
}

static slotno_t caller_slot(void)
{
    return fixture_inner(&f, FIX_TCB, TCB_CALLER);
}

/* Thread `tcb' calls, and the root thread takes the message. */
static void reply_arrives(uint64_t tcb)
{
    struct cap cap = fixture_cap(&f, tcb);

    fixture_derive(
        &f, fixture_inner(&f, tcb, TCB_REPLY), caller_slot(),
        &(struct cap){.type = CAP_REPLY, .base = cap.base, .bits = cap.bits});
    fixture_check(&f, "a Call");
}

static void replies(void)
{
    struct slot *slots = kernel_slots(f.k);
    struct cap cap;

    retype(&f, FIX_UT, OBJECT_TCB, 0, D, 1);
    cap = fixture_cap(&f, D);
    reply_setup_master(f.k, cap.base, cap.bits);
    f.caller = caller_slot();
    cnode_save_caller(&f, A);
    ok_reply(&f, "SaveCaller with nobody waiting", 0);
    ok_slots(&f, A, "...t", "saves nothing");
    reply_arrives(D);
    cnode_save_caller(&f, D);
    ok_reply(&f, "SaveCaller to an occupied slot", 8);
    tap_is(slot_type(slots, caller_slot()), CAP_REPLY, "moves nothing");
    cnode_save_caller(&f, A);
    ok_reply(&f, "SaveCaller", 0);
    ok_slots(&f, A, "r..t", "the reply capability has moved");
    tap_ok(slot_is_empty(slots, caller_slot()), "the caller slot is empty");
    cnode_copy(&f, B, A, 15);
    ok_reply(&f, "it has no copy", 3);
    cnode_mint(&f, B, A, 15, 1);
    ok_reply(&f, "and no mint", 3);
    cnode_move(&f, B, A);
    ok_slots(&f, A, ".r.t", "it moves");
    cnode_revoke(&f, B);
    ok_slots(&f, A, ".r.t", "revoking it does nothing");
    cnode_delete(&f, B);
    ok_slots(&f, A, "...t", "deleting it takes it alone");
    tap_is(slot_type(slots, fixture_inner(&f, D, TCB_REPLY)), CAP_REPLY,
           "the master stays");
    reply_arrives(D);
    cnode_save_caller(&f, C);
    ok_slots(&f, A, "..rt", "another");
    cnode_delete(&f, D);
    ok_slots(&f, A, "....", "it goes with the thread that waits");
    f.caller = SLOT_NIL;
}

int main(void)
{
    fixture_rv64(&f);
    interrupts();
    notification();
    domains();
    replies();
    fixture_done(&f);
    return tap_done();
}
