/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts of a device (sel4-abi.md 4.7): the real-time clock's alarm is
 * the one timer that a program can own. */
#include "clock.h"

#define TIMER_IRQ           96u
#define TICKS_A_MILLISECOND 10000ul

static seL4_CPtr handler, alarm_badged, alarm;
static struct task spinner;
static volatile seL4_Word spins;

/* Polls for a while: the badge that came, or 0. */
static seL4_Word poll(seL4_Word milliseconds)
{
    seL4_Word end = task_time() + milliseconds * TICKS_A_MILLISECOND;
    seL4_Word badge = 0;

    while (badge == 0 && task_time() < end)
        seL4_Poll(alarm, &badge);
    return badge;
}

static seL4_Error get(seL4_Word irq, seL4_CPtr slot)
{
    return seL4_IRQControl_Get(seL4_CapIRQControl, irq, TASK_ROOT, slot,
                               seL4_WordBits);
}

static void test_control(void)
{
    seL4_CPtr slot = task_slot();

    tap_is(get(0, slot), seL4_RangeError, "there is no interrupt 0");
    tap_is(get(TIMER_IRQ + 1, slot), seL4_RangeError,
           "nor one behind the last");
    tap_is(get(TIMER_IRQ, slot), seL4_RevokeFirst, "the timer is the kernel's");
    tap_is(get(CLOCK_IRQ, seL4_CapInitThreadTCB), seL4_DeleteFirst,
           "a handler needs an empty slot");
    tap_is(get(CLOCK_IRQ, handler), seL4_NoError, "the clock's can be had");
    tap_is(get(CLOCK_IRQ, slot), seL4_RevokeFirst, "once");
    tap_is(seL4_IRQHandler_SetNotification(handler, TASK_VSPACE),
           seL4_InvalidCapability, "only a notification can be signalled");
}

static void test_delivery(void)
{
    seL4_Word badge = 0;
    seL4_Word start;

    tap_is(seL4_IRQHandler_SetNotification(handler, alarm_badged), seL4_NoError,
           "the handler takes a badged notification");
    clock_set_alarm(CLOCK_MILLISECOND);
    tap_is(poll(1000), 0x71, "the alarm arrives with that badge");
    clock_clear();
    seL4_IRQHandler_Ack(handler);
    start = task_time();
    clock_set_alarm(20 * CLOCK_MILLISECOND);
    seL4_Wait(alarm, &badge);
    tap_is(badge, 0x71, "it wakes who waits, with nobody else to run");
    tap_ok(task_time() - start >= 20 * TICKS_A_MILLISECOND,
           "and not before its time");
    clock_clear();
    seL4_IRQHandler_Ack(handler);
    tap_is(poll(20), 0, "one alarm is one signal");
}

static void spin(seL4_Word unused)
{
    (void)unused;
    for (;;)
        spins++;
}

/* An interrupt takes the processor from whom it is not for. */
static void test_preemption(void)
{
    seL4_Word badge = 0;

    task_create(&spinner, TASK_VSPACE, 1);
    task_start(&spinner, spin, 0);
    /* On a slow host an alarm may come before we wait for it. */
    for (seL4_Word wait = 5; spins == 0 && wait < 5000; wait *= 2) {
        clock_set_alarm(wait * CLOCK_MILLISECOND);
        seL4_Wait(alarm, &badge);
        clock_clear();
        seL4_IRQHandler_Ack(handler);
    }
    tap_is(badge, 0x71, "the alarm preempts a thread that never stops");
    tap_ok(spins > 0, "which ran until then");
    seL4_TCB_Suspend(spinner.tcb);
}

static void test_end(void)
{
    tap_is(seL4_IRQHandler_Clear(handler), seL4_NoError, "Clear");
    clock_set_alarm(CLOCK_MILLISECOND);
    tap_is(poll(20), 0, "then the alarm is nobody's");
    clock_clear();
    seL4_IRQHandler_Ack(handler);
    tap_is(seL4_IRQHandler_SetNotification(handler, alarm_badged), seL4_NoError,
           "it can be set again");
    clock_set_alarm(CLOCK_MILLISECOND);
    tap_is(poll(1000), 0x71, "and arrives");
    clock_clear();
    seL4_IRQHandler_Ack(handler);
    tap_is(task_delete(handler), seL4_NoError, "the handler is deleted");
    clock_set_alarm(CLOCK_MILLISECOND);
    tap_is(poll(20), 0, "then nothing comes");
    clock_clear();
    tap_is(seL4_IRQControl_GetTrigger(seL4_CapIRQControl, CLOCK_IRQ, 0,
                                      TASK_ROOT, handler, seL4_WordBits),
           seL4_NoError, "the interrupt can be had again, as a level");
    tap_is(seL4_IRQHandler_SetNotification(handler, alarm_badged), seL4_NoError,
           "and its notification be set");
    clock_set_alarm(CLOCK_MILLISECOND);
    tap_is(poll(1000), 0x71, "it arrives as before");
    tap_is(seL4_CNode_Revoke(TASK_ROOT, seL4_CapIRQControl, seL4_WordBits),
           seL4_NoError, "IRQ control is revoked");
    tap_is(get(CLOCK_IRQ, handler), seL4_NoError, "which empties the slot");
}

int main(void)
{
    tap_is(clock_map(), seL4_NoError, "the clock's registers are mapped");
    handler = task_slot();
    alarm = task_object(seL4_NotificationObject, 0);
    alarm_badged = task_slot();
    seL4_CNode_Mint(TASK_ROOT, alarm_badged, seL4_WordBits, TASK_ROOT, alarm,
                    seL4_WordBits, seL4_AllRights, 0x71);
    test_control();
    test_delivery();
    test_preemption();
    test_end();
    return tap_done();
}
