/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts that nobody waits for, that nobody acknowledges, whose
 * notification is exchanged or gone, or bound to a thread (sel4-abi.md 4.7):
 * by the alarm of the real-time clock. */
#include "clock.h"
#include "peer.h"

static seL4_CPtr handler, first, second, first_badged, second_badged;
static struct peer waiter;

static void set_alarm(seL4_Word nanoseconds)
{
    clock_clear();
    clock_set_alarm(nanoseconds);
}

/* The badge that comes within some milliseconds, 0: none. */
static seL4_Word poll(seL4_CPtr note, seL4_Word milliseconds)
{
    seL4_Word end = task_time() + milliseconds * 10000;
    seL4_Word badge = 0;

    while (badge == 0 && task_time() < end)
        seL4_Poll(note, &badge);
    return badge;
}

static void pass(seL4_Word milliseconds)
{
    seL4_Word end = task_time() + milliseconds * 10000;

    while (task_time() < end)
        seL4_Yield();
}

static void install(seL4_CPtr note)
{
    tap_is(seL4_IRQHandler_SetNotification(handler, note), seL4_NoError,
           "a notification is installed");
}

static void test_collected(void)
{
    install(first_badged);
    set_alarm(CLOCK_MILLISECOND);
    pass(20);
    tap_is(poll(first, 1), 0xf1, "an alarm that nobody waits for is kept");
    tap_is(poll(first, 10), 0, "once");
    set_alarm(CLOCK_MILLISECOND);
    tap_is(poll(first, 1000), 0xf1,
           "without Ack the next arrives: on this board the kernel completes");
    seL4_Signal(peer_mint(first, seL4_AllRights, 0x0e));
    set_alarm(CLOCK_MILLISECOND);
    pass(20);
    tap_is(poll(first, 1), 0xff, "its badge is collected with others");
    for (unsigned i = 0; i < 3; i++)
        tap_is(seL4_IRQHandler_Ack(handler), seL4_NoError,
               "Ack of nothing is nothing");
    set_alarm(CLOCK_MILLISECOND);
    tap_is(poll(first, 1000), 0xf1, "and changes nothing");
}

static void test_exchange(void)
{
    install(second_badged);
    set_alarm(CLOCK_MILLISECOND);
    tap_is(poll(second, 1000), 0xf2, "another notification takes its place");
    tap_is(poll(first, 10), 0, "the first gets nothing");
    tap_is(task_delete(second_badged), seL4_NoError,
           "the capability it came by goes");
    set_alarm(CLOCK_MILLISECOND);
    tap_is(poll(second, 1000), 0xf2, "the handler has its own");
    tap_is(seL4_CNode_Revoke(TASK_ROOT, second, seL4_WordBits), seL4_NoError,
           "which Revoke takes");
    set_alarm(CLOCK_MILLISECOND);
    tap_is(poll(second, 20), 0, "then the alarm is nobody's");
    install(first_badged);
    set_alarm(CLOCK_MILLISECOND);
    tap_is(poll(first, 1000), 0xf1, "until one is installed again");
}

/* A low thread that waits is woken in the middle of ours, and runs later; a
 * bound one has its wait on an endpoint ended. */
static void test_threads(void)
{
    seL4_CPtr endpoint = task_object(seL4_EndpointObject, 0);

    peer_sys(&waiter, (seL4_Word)seL4_SysRecv, first, 0, NULL);
    peers_run();
    set_alarm(CLOCK_MILLISECOND);
    pass(20);
    tap_is(poll(first, 1), 0, "a signal for who waits is not kept for us");
    peer_expect_waiting(&waiter, "who has not run while we do");
    peers_run();
    peer_expect(&waiter, 0xf1, waiter.in.a1, waiter.in.a2, "but does then");
    tap_is(seL4_TCB_BindNotification(waiter.tcb, first), seL4_NoError,
           "it is bound");
    peer_sys(&waiter, (seL4_Word)seL4_SysRecv, endpoint, 0, NULL);
    peers_run();
    set_alarm(CLOCK_MILLISECOND);
    pass(20);
    peers_run();
    peer_expect(&waiter, 0xf1, waiter.in.a1, waiter.in.a2,
                "the alarm ends its wait on an endpoint");
}

/* Masked without a handler; what came meanwhile does not come later. */
static void test_masked(void)
{
    tap_is(task_delete(handler), seL4_NoError, "the handler is deleted");
    set_alarm(CLOCK_MILLISECOND);
    pass(20);
    clock_clear();
    tap_is(seL4_IRQControl_Get(seL4_CapIRQControl, CLOCK_IRQ, TASK_ROOT,
                               handler, seL4_WordBits),
           seL4_NoError, "and issued again");
    tap_is(seL4_TCB_UnbindNotification(waiter.tcb), seL4_NoError, "unbound");
    install(first_badged);
    tap_is(poll(first, 20), 0, "an alarm that was masked and is over is lost");
    set_alarm(CLOCK_MILLISECOND);
    tap_is(poll(first, 1000), 0xf1, "the next is not");
}

int main(void)
{
    clock_map();
    handler = task_slot();
    first = task_object(seL4_NotificationObject, 0);
    second = task_object(seL4_NotificationObject, 0);
    first_badged = peer_mint(first, seL4_AllRights, 0xf1);
    second_badged = peer_mint(second, seL4_AllRights, 0xf2);
    peer_create(&waiter, 100);
    tap_is(seL4_IRQControl_Get(seL4_CapIRQControl, CLOCK_IRQ, TASK_ROOT,
                               handler, seL4_WordBits),
           seL4_NoError, "the clock's interrupt is ours");
    test_collected();
    test_exchange();
    test_threads();
    test_masked();
    return tap_done();
}
