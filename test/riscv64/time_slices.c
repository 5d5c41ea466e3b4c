/* SPDX-License-Identifier: BSD-2-Clause */
/* Time slices that end (sel4-abi.md 8.2): threads of one priority take turns
 * without a word, each for TIME_SLICE ticks; no other priority gets any. */
#include "task.h"

#define SLICE_TICKS 100000ul /* of the time base: 5 ticks of 2 ms */
#define TICK_TICKS  20000ul
#define TURNS       36u
#define SPINNERS    3u

static struct task spinner[SPINNERS], low, high;
static seL4_CPtr done;

/* Who runs, since when; and all turns before. */
static volatile seL4_Word owner = ~0ul, began;
static volatile struct {
    seL4_Word who;
    seL4_Word ticks;
} turns[TURNS];
static volatile seL4_Word turn_count, low_count, high_turns;

/* Nobody but the clock takes the processor away: each who finds another's name
 * has got it. */
static void spin(seL4_Word me)
{
    for (;;) {
        if (owner == me)
            continue;
        seL4_Word now = task_time();

        if (owner != ~0ul && turn_count < TURNS) {
            turns[turn_count].who = owner;
            turns[turn_count++].ticks = now - began;
        }
        owner = me;
        began = now;
        if (turn_count == TURNS)
            seL4_Signal(done);
    }
}

static void count_low(seL4_Word unused)
{
    (void)unused;
    for (;;)
        low_count++;
}

/* Runs now and then by the wish of its equal. */
static void wake(seL4_Word unused)
{
    static seL4_IPCBuffer buffer;

    (void)unused;
    seL4_SetIPCBuffer(&buffer);
    for (;;) {
        high_turns++;
        seL4_Wait(done, NULL);
    }
}

static void test_turns(void)
{
    seL4_Word wrong = 0, shortest = ~0ul;

    task_create(&low, TASK_VSPACE, 2);
    task_start(&low, count_low, 0);
    for (unsigned i = 0; i < SPINNERS; i++) {
        task_create(&spinner[i], TASK_VSPACE, 1);
        task_start(&spinner[i], spin, i);
    }
    seL4_Wait(done, NULL);
    for (unsigned i = 0; i < SPINNERS; i++)
        seL4_TCB_Suspend(spinner[i].tcb);
    tap_is(low_count, 0, "a lower priority gets no time");
    tap_is(turn_count, TURNS, "turns end without a word");
    for (unsigned i = SPINNERS; i < TURNS; i++)
        wrong += turns[i].who != turns[i - SPINNERS].who;
    tap_is(wrong, 0, "they come in the same order each time around");
    tap_ok(turns[0].who != turns[1].who && turns[1].who != turns[2].who &&
               turns[2].who != turns[0].who,
           "everybody's");
    for (unsigned i = 1; i < TURNS; i++)
        if (turns[i].ticks < shortest)
            shortest = turns[i].ticks;
    /* A busy host makes them longer, and the first tick's begin is late by
     * less than a tick. */
    if (!tap_ok(shortest >= SLICE_TICKS - TICK_TICKS * 3 / 2,
                "none is shorter than three ticks and a half"))
        tap_diag("  the shortest has %lu us", shortest / 10);
    task_delete(low.tcb);
}

/* Waking and waiting end no slice, and Yield waits for none. */
static void test_waiting_thread(void)
{
    task_create(&high, TASK_VSPACE, 0);
    task_start(&high, wake, 0);
    while (high_turns == 0)
        seL4_Yield();
    for (unsigned i = 0; i < 100; i++) {
        seL4_Signal(done);
        seL4_Yield();
    }
    tap_is(high_turns, 101, "an equal that is woken runs at each Yield");
    task_delete(high.tcb);
}

int main(void)
{
    done = task_object(seL4_NotificationObject, 0);
    test_turns();
    seL4_Poll(done, NULL);
    test_waiting_thread();
    return tap_done();
}
