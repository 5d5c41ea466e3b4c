/* SPDX-License-Identifier: BSD-2-Clause */
/* Queues of 10^4 threads, and what walks them. */
#include "cases.h"
#include "waiters.h"

#define WAITERS 10000u
#define OBJECT  SLOT       /* an endpoint or notification */
#define BADGED  (SLOT + 1) /* its capability with badge 1, and with badge 2 */
#define OTHER   (SLOT + 2)

static void make_threads(void)
{
    space_make(block.mib32, seL4_TCBObject, 0, MANY, WAITERS);
    for (seL4_Word n = 0; n < WAITERS; n++)
        waiter_configure(MANY + n, ROOT, 0);
}

static void free_mib4(seL4_Word unused)
{
    (void)unused;
    space_empty(block.mib4);
}

/* All of them wait, by this system call. */
static void all_wait(seL4_Word number, seL4_CPtr cptr)
{
    for (seL4_Word n = 0; n < WAITERS; n++)
        waiter_start(MANY + n, number, cptr, 0, NULL);
}

static void wait_at_endpoint(seL4_Word number)
{
    space_make(block.mib4, seL4_EndpointObject, 0, OBJECT, 1);
    all_wait(number, OBJECT);
}

static void wait_at_notification(seL4_Word number)
{
    space_make(block.mib4, seL4_NotificationObject, 0, OBJECT, 1);
    all_wait(number, OBJECT);
}

static int delete_object(seL4_Word unused)
{
    (void)unused;
    return (int)seL4_CNode_Delete(ROOT, OBJECT, DEPTH);
}

/* They send with badge 1; once cancelled they send again. */
static void wait_badged(seL4_Word unused)
{
    (void)unused;
    space_make(block.mib4, seL4_EndpointObject, 0, OBJECT, 1);
    space_mint(BADGED, OBJECT, 1);
    space_mint(OTHER, OBJECT, 2);
    all_wait((seL4_Word)seL4_SysSend, BADGED);
}

static int cancel(seL4_Word slot)
{
    return (int)seL4_CNode_CancelBadgedSends(ROOT, slot, DEPTH);
}

static int revoke_threads(seL4_Word unused)
{
    (void)unused;
    return (int)seL4_CNode_Revoke(ROOT, block.mib32, DEPTH);
}

void cases_waiting(void)
{
    static const struct stretch_case cases[] = {
        {"9", "Delete of an endpoint with 10^4 senders",
         (seL4_Word)seL4_SysSend, wait_at_endpoint, delete_object, free_mib4},
        {"9", "Delete of an endpoint with 10^4 receivers",
         (seL4_Word)seL4_SysRecv, wait_at_endpoint, delete_object, free_mib4},
        {"9", "Delete of a notification with 10^4 waiters",
         (seL4_Word)seL4_SysRecv, wait_at_notification, delete_object,
         free_mib4},
        {"10", "CancelBadgedSends, all of 10^4 senders", BADGED, wait_badged,
         cancel, free_mib4},
        {"10", "CancelBadgedSends, none of 10^4 senders", OTHER, wait_badged,
         cancel, free_mib4},
        {"9, 13", "Revoke of 10^4 TCBs that wait at an endpoint",
         (seL4_Word)seL4_SysSend, wait_at_endpoint, revoke_threads, free_mib4},
    };

    make_threads();
    stretch_run(cases, sizeof cases / sizeof cases[0]);
    space_empty(block.mib32);
}
