/* SPDX-License-Identifier: BSD-2-Clause */
/* Domains and their schedule (sel4-abi.md 4.8, 8.5): a thread runs in its
 * domain's time and in no other; entries follow each other, and start again
 * at their end.  With one domain there is nothing but domain 0. */
#include "task.h"

#define DOMAINS CONFIG_NUM_DOMAINS

static struct task spinner[4], late;
static volatile seL4_Word count[5];

static void spin(seL4_Word me)
{
    for (;;)
        count[me]++;
}

static seL4_Error set(seL4_Word domain, seL4_CPtr tcb)
{
    return seL4_DomainSet_Set(seL4_CapDomain, (seL4_Uint8)domain, tcb);
}

static void test_checks(void)
{
    task_create(&late, TASK_VSPACE, 1);
    tap_is(set(DOMAINS, late.tcb), seL4_InvalidArgument,
           "a domain that there is not");
    tap_is(seL4_GetMR(0), 0, "is argument 0");
    tap_is(set(0, TASK_VSPACE), seL4_InvalidArgument, "what is no thread");
    tap_is(seL4_GetMR(0), 1, "is argument 1");
    tap_is(set(0, late.tcb), seL4_NoError, "domain 0 there is");
}

#if CONFIG_NUM_DOMAINS > 1 && defined(CONFIG_NUM_DOMAIN_SCHEDULES)
#define TICK_TICKS 20000ul
#define ROUND      40u /* ticks of the schedule below */

static seL4_Error configure(seL4_Word index, seL4_Word domain,
                            seL4_Word duration)
{
    return seL4_DomainSet_ScheduleConfigure(seL4_CapDomain, index,
                                            (seL4_Uint8)domain, duration);
}

static seL4_Error start_at(seL4_Word index)
{
    return seL4_DomainSet_ScheduleSetStart(seL4_CapDomain, index);
}

/* We are in domain 0, which has a quarter of the time. */
static void wait_ticks(seL4_Word ticks)
{
    seL4_Word end = task_time() + ticks * TICK_TICKS;

    while (task_time() < end)
        seL4_Yield();
}

static void test_without_time(void)
{
    for (seL4_Word i = 0; i < 4; i++) {
        task_create(&spinner[i], TASK_VSPACE, 1);
        tap_is(set(i, spinner[i].tcb), seL4_NoError, "a thread of domain %lu",
               i);
        task_start(&spinner[i], spin, i);
    }
    wait_ticks(20);
    tap_ok(count[1] + count[2] + count[3] == 0,
           "without a schedule other domains get no time");
}

static void test_schedule(void)
{
    tap_is(configure(0, 0, 10), seL4_NoError, "domain 0: 10 ticks");
    tap_is(configure(1, 1, 20), seL4_NoError, "domain 1: 20");
    tap_is(configure(2, 3, 10), seL4_NoError, "domain 3: 10, domain 2: none");
    tap_is(configure(3, 0, 0), seL4_NoError, "the end");
    tap_is(start_at(0), seL4_NoError, "from the beginning");
    wait_ticks(12 * ROUND);
    tap_ok(count[1] > 0 && count[3] > 0, "domains 1 and 3 have run");
    tap_is(count[2], 0, "domain 2 has not");
    tap_is(count[0], 0, "nor has a lower priority of our own domain");
    tap_ok(count[1] > count[3], "who has more time gets on further");
    tap_diag("%lu and %lu", count[1], count[3]);
}

/* What belongs to no entry stops; what is moved to one that has time runs. */
static void test_move(void)
{
    seL4_Word before;

    tap_is(set(2, spinner[1].tcb), seL4_NoError, "a thread leaves domain 1");
    before = count[1];
    wait_ticks(2 * ROUND);
    tap_is(count[1], before, "and does not run in domain 2");
    tap_is(set(3, spinner[2].tcb), seL4_NoError, "another enters domain 3");
    wait_ticks(6 * ROUND);
    tap_ok(count[2] > 0, "and runs");
    tap_is(set(3, late.tcb), seL4_NoError, "an inactive one enters it");
    task_start(&late, spin, 4);
    wait_ticks(8 * ROUND);
    tap_ok(count[4] > 0, "and runs once it is started");
}

/* A schedule can begin elsewhere, and what is before that is not used. */
static void test_start(void)
{
    seL4_Word before;

    tap_is(configure(4, 0, 5), seL4_NoError, "a second schedule: domain 0");
    tap_is(configure(5, 0, 0), seL4_NoError, "and its end");
    tap_is(start_at(4), seL4_NoError, "is started");
    before = count[2] + count[3] + count[4];
    wait_ticks(2 * ROUND);
    tap_is(count[2] + count[3] + count[4], before, "then there is only ours");
    tap_is(start_at(3), seL4_InvalidArgument, "a schedule is not its end");
    tap_is(start_at(CONFIG_NUM_DOMAIN_SCHEDULES), seL4_RangeError,
           "nor behind all entries");
    tap_is(configure(4, 0, 0), seL4_InvalidArgument,
           "its first entry cannot become its end");
    tap_is(configure(0, DOMAINS, 5), seL4_RangeError, "no such domain");
    tap_is(configure(CONFIG_NUM_DOMAIN_SCHEDULES - 1, 0, 5), seL4_RangeError,
           "the last entry is an end for ever");
}

static void test_domains(void)
{
    test_without_time();
    test_schedule();
    test_move();
    test_start();
}
#else
static void test_domains(void)
{
    (void)spinner;
    (void)spin;
    tap_is(set(1, late.tcb), seL4_InvalidArgument,
           "this kernel has one domain, or one schedule");
}
#endif

int main(void)
{
    test_checks();
    test_domains();
    return tap_done();
}
