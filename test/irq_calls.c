/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts: every error of sel4-abi.md 4.7 in order, delivery, and what
 * deletion does. */
#include "faults.h"
#include "threads.h"

enum {
    HANDLER = FREE,
    HANDLER2,
    COPY,
    NOTIFICATION,
    BADGED,
    NO_WRITE,
    SPARE,
    LINE = 7,
    OTHER_LINE = 8,
};

static struct fixture f;

static const struct raw_call good_get = {
    {[0] = LINE,
     [1] = HANDLER,
     [2] = 64,
     [FAULT_TARGET] = FIX_IRQ_CONTROL,
     [FAULT_LABEL] = LABEL_IRQ_ISSUE_HANDLER,
     [FAULT_LENGTH] = 3,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = FIX_ROOT},
};
static const struct fault get_faults[] = {
    FAULT("another label", REPLY(3), 1, {FAULT_LABEL, LABEL_IRQ_ACK}),
    FAULT("two words", REPLY(7), 1, {FAULT_LENGTH, 2}),
    FAULT("no capability", REPLY(7), 1, {FAULT_CAP_COUNT, 0}),
    FAULT("interrupt 0", REPLY(4, 1, 96), 1, {0, 0}),
    FAULT("interrupt 97", REPLY(4, 1, 96), 1, {0, 97}),
    FAULT("interrupt 2^32 + 7", REPLY(4, 1, 96), 1,
          {0, (UINT64_C(1) << 32) + 7}),
    FAULT("the timer's", REPLY(9), 1, {0, 96}),
    FAULT("one that has a handler", REPLY(9), 1, {0, OTHER_LINE}),
    FAULT("no root", REPLY(6, 0, 1), 1, {FAULT_CAP0, FIX_TCB}),
    FAULT("depth 65", REPLY(4, 1, 64), 1, {2, 65}),
    FAULT("guard", REPLY(6, 0, 4, 12, 0, 52), 1, {2, 12}),
    FAULT("slot in use", REPLY(8), 1, {1, FIX_TCB}),
};

static const struct raw_call good_trigger = {
    {[0] = LINE,
     [1] = 1,
     [2] = HANDLER,
     [3] = 64,
     [FAULT_TARGET] = FIX_IRQ_CONTROL,
     [FAULT_LABEL] = LABEL_IRQ_ISSUE_HANDLER_TRIGGER,
     [FAULT_LENGTH] = 4,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = FIX_ROOT},
};
static const struct fault trigger_faults[] = {
    FAULT("three words", REPLY(7), 1, {FAULT_LENGTH, 3}),
    FAULT("no capability", REPLY(7), 1, {FAULT_CAP_COUNT, 0}),
    FAULT("interrupt 0", REPLY(4, 1, 96), 1, {0, 0}),
    FAULT("interrupt 97", REPLY(4, 1, 96), 1, {0, 97}),
    FAULT("the timer's", REPLY(9), 1, {0, 96}),
    FAULT("one that has a handler", REPLY(9), 1, {0, OTHER_LINE}),
    FAULT("no root", REPLY(6, 0, 1), 1, {FAULT_CAP0, FIX_EMPTY}),
    FAULT("depth 0", REPLY(4, 1, 64), 1, {3, 0}),
    FAULT("slot in use", REPLY(8), 1, {2, FIX_TCB}),
};

static const struct raw_call good_set = {
    {[FAULT_TARGET] = HANDLER,
     [FAULT_LABEL] = LABEL_IRQ_SET_HANDLER,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = BADGED},
};
static const struct fault set_faults[] = {
    FAULT("another label", REPLY(3), 1, {FAULT_LABEL, 30}),
    FAULT("IRQControl's label", REPLY(3), 1, {FAULT_LABEL, 26}),
    FAULT("no capability", REPLY(7), 1, {FAULT_CAP_COUNT, 0}),
    FAULT("null", REPLY(2, 0), 1, {FAULT_CAP0, FIX_EMPTY}),
    FAULT("a TCB", REPLY(2, 0), 1, {FAULT_CAP0, FIX_TCB}),
    FAULT("without Write", REPLY(2, 0), 1, {FAULT_CAP0, NO_WRITE}),
};

static uint64_t get(uint64_t irq, uint64_t slot)
{
    return call(&f, FIX_IRQ_CONTROL, LABEL_IRQ_ISSUE_HANDLER, 3,
                (uint64_t[]){irq, slot, 64}, 1, (uint64_t[]){FIX_ROOT});
}

static uint64_t simple(uint64_t handler, uint64_t label)
{
    return call(&f, handler, label, 0, NULL, 0, NULL);
}

static bool is_enabled(unsigned irq)
{
    return bits_bit(f.hosted->machine.irq_enabled, irq);
}

static void interrupt(uint64_t irq)
{
    kernel_interrupt(f.k, irq);
    threads_check(&f, "an interrupt");
}

static void errors(void)
{
    get(OTHER_LINE, HANDLER2);
    ok_reply(&f, "a first handler", 0);
    faults_check(&f, &good_get, get_faults, FAULTS_COUNT(get_faults));
    tap_is(fixture_type(&f, HANDLER), CAP_IRQ_HANDLER, "a handler");
    tap_is(fixture_cap(&f, HANDLER).word, LINE, "of this interrupt");
    tap_ok(is_enabled(LINE), "which is enabled");
    cnode_delete(&f, HANDLER);
    tap_ok(!is_enabled(LINE), "deleted: masked");
    faults_check(&f, &good_trigger, trigger_faults,
                 FAULTS_COUNT(trigger_faults));
    tap_is(f.hosted->machine.irq_edges, bits_size(LINE), "an edge");
    f.k->params.irq_triggers = false;
    raw_call(&f, &good_trigger);
    ok_reply(&f, "a machine without triggers", 3);
    f.k->params.irq_triggers = true;
    faults_check(&f, &good_set, set_faults, FAULTS_COUNT(set_faults));
}

static slotno_t line_slot(void)
{
    return irq_slot(f.k, LINE);
}

static void delivery(void)
{
    tap_is(slot_word(kernel_slots(f.k), line_slot()), 0x40,
           "the notification is there with its badge");
    interrupt(LINE);
    interrupt(LINE);
    sys(&f, SYSCALL_NB_RECV, NOTIFICATION, 0);
    tap_is(reg_of(&f, 0)[REG_CAP], 0x40, "a signal");
    thread_make_ready(&f, 1, 255);
    tcb_set_priority(&f, 0, 254);
    sys(&f, SYSCALL_RECV, NOTIFICATION, 0);
    ok_running(&f, 0, "thread 1 waits");
    interrupt(LINE);
    ok_running(&f, 1, "and is woken by the interrupt");
    interrupt(OTHER_LINE);
    tap_ok(is_enabled(OTHER_LINE), "no notification: dropped, not masked");
    f.hosted->machine.irq_enabled |= bits_size(20);
    interrupt(20);
    tap_ok(!is_enabled(20), "no handler: masked");
    simple(HANDLER, LABEL_IRQ_ACK);
    ok_reply(&f, "Ack", 0);
    tap_is(f.hosted->machine.irq_acks, 1, "the controller is told");
}

/* The interrupt's own capability is a member of the notification's family. */
static void deletion(void)
{
    cnode_revoke(&f, NOTIFICATION);
    tap_ok(slot_is_empty(kernel_slots(f.k), line_slot()),
           "revoking the notification clears the handler");
    call(&f, HANDLER, LABEL_IRQ_SET_HANDLER, 0, NULL, 1,
         (uint64_t[]){NOTIFICATION});
    simple(HANDLER, LABEL_IRQ_CLEAR_HANDLER);
    ok_reply(&f, "Clear", 0);
    tap_ok(slot_is_empty(kernel_slots(f.k), line_slot()), "cleared");
    simple(HANDLER, LABEL_IRQ_CLEAR_HANDLER);
    ok_reply(&f, "Clear once more", 0);
    cnode_copy(&f, COPY, HANDLER, 0);
    ok_reply(&f, "a handler can be copied", 0);
    call(&f, COPY, LABEL_IRQ_SET_HANDLER, 0, NULL, 1,
         (uint64_t[]){NOTIFICATION});
    cnode_delete(&f, HANDLER);
    tap_ok(is_enabled(LINE), "not the last: nothing happens");
    cnode_delete(&f, COPY);
    tap_ok(!is_enabled(LINE), "the last: masked");
    tap_ok(slot_is_empty(kernel_slots(f.k), line_slot()), "and cleared");
    get(LINE, HANDLER);
    ok_reply(&f, "it can be issued again", 0);
    cnode_revoke(&f, FIX_IRQ_CONTROL);
    tap_is(fixture_type(&f, HANDLER), CAP_NULL, "Revoke of IRQControl");
    tap_is(fixture_type(&f, HANDLER2), CAP_NULL, "takes all");
}

/* The handler holds the last capability of a notification with waiters:
 * Clear, Set and deletion are preemptible. */
static void last_notification(unsigned how)
{
    get(LINE, HANDLER);
    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, SPARE, 1);
    call(&f, HANDLER, LABEL_IRQ_SET_HANDLER, 0, NULL, 1, (uint64_t[]){SPARE});
    for (unsigned n = 2; n <= 4; n++)
        tcb_set_priority(&f, n, 255);
    for (unsigned n = 2; n <= 4; n++) {
        tcb_resume(&f, n);
        sys(&f, SYSCALL_RECV, SPARE, 0);
    }
    cnode_delete(&f, SPARE);
    ok_state(&f, 4, THREAD_BLOCKED_ON_NOTIFICATION, "three wait");
    f.hosted->machine.preempt_always = true;
    if (how == 0)
        simple(HANDLER, LABEL_IRQ_CLEAR_HANDLER);
    else if (how == 1)
        call(&f, HANDLER, LABEL_IRQ_SET_HANDLER, 0, NULL, 1,
             (uint64_t[]){NOTIFICATION});
    else
        cnode_delete(&f, HANDLER);
    f.hosted->machine.preempt_always = false;
    tap_is(f.preemptions, 2, "interrupted after each thread");
    for (unsigned n = 2; n <= 4; n++)
        ok_state(&f, n, THREAD_RESTART, "which is woken");
    sched_finish(f.k);
    while (running(&f) != 0)
        tcb_suspend(&f, (unsigned)running(&f));
    cnode_delete(&f, HANDLER);
}

int main(void)
{
    threads_start(&f);
    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, NOTIFICATION, 1);
    cnode_mint(&f, BADGED, NOTIFICATION, CAP_RIGHTS_ALL, 0x40);
    cnode_copy(&f, NO_WRITE, NOTIFICATION, CAP_READ);
    errors();
    delivery();
    deletion();
    tcb_set_priority(&f, 0, 100);
    sys(&f, SYSCALL_RECV, NOTIFICATION, 0); /* thread 1 */
    for (unsigned n = 2; n <= 4; n++)
        thread_make(&f, n, 1);
    for (unsigned how = 0; how < 3; how++)
        last_notification(how);
    fixture_done(&f);
    return tap_done();
}
