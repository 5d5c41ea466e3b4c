/* SPDX-License-Identifier: BSD-2-Clause */
/* `make check-stretch-riscv64': how late an interrupt comes, on the ordinary
 * kernel.  The real-time clock's alarm is kept going through all cases; the
 * thread that handles it is the one of highest priority, and counts.
 *
 *   first thread    ---[ before ]--[ run ===========|======|=== ]--[ after ]--
 *   alarm is due                       x            ^     x     ^
 *   handler runs                       '--- delay --'     '-----'
 *
 * QEMU runs with -icount shift=0 and -rtc clock=vm, so that the clock, in
 * nanoseconds, and instret, in instructions, go at one pace, and the delay is
 * exact.  It is made of the rest of a stretch with interrupts off, one way out
 * of the kernel and the next in, the timer's if that was first, and the switch
 * to the handler; all but the first is what it is when nothing is being done.
 *
 * An alarm has come in the middle of a call if the first thread is going to
 * make that call again.
 */
#include "cases.h"
#include "waiters.h"

#include <stdio.h>
#include <string.h>

#define CLOCK      0x101000ul
#define CLOCK_IRQ  11ul
#define ADDRESS    0x800000000ul
#define HANDLER    (LAST + 1)
#define ALARM      (LAST + 2)
#define TCB        (LAST + 3)
#define FRAME      (LAST + 4)
#define TABLE      (LAST + 5) /* and the next */
#define GAP_LEAST  20011ul    /* from an alarm's handling to the next alarm */
#define GAP_SPREAD 65521ul
#define QUIET_RUN  20000000ul

#define ECALL 0x00000073u

/* Registers of the goldfish clock, as words. */
enum {
    TIME_LOW = 0,
    TIME_HIGH = 1,
    ALARM_LOW = 2,
    ALARM_HIGH = 3,
    IRQ_ENABLED = 4,
    CLEAR_INTERRUPT = 7,
};

static volatile seL4_Uint32 *const clock = (void *)ADDRESS;
static seL4_Word clock_ahead; /* of instret */
static seL4_IPCBuffer buffer __attribute__((aligned(4096)));
static char stack[4096] __attribute__((aligned(16)));
static char tls[1024] __attribute__((aligned(16)));

/* What the handler knows, and what it has found since the case began. */
static volatile struct {
    seL4_Word due; /* instret; 0: none */
    seL4_Word begun;
    seL4_Word alarms, within_a_call, longest_delay, error;
    int going; /* arm the next */
} state;

/* From the arming to the first alarm: each short case is tried with all. */
static const seL4_Word first_delays[] = {400, 3000, 6000, 12000, 18000};
#define PHASES (sizeof first_delays / sizeof first_delays[0])
#define FEW    100ul /* alarms in a case that is short */

static seL4_Word bound, alarms_in_all, within_in_all;
static unsigned too_late;

static seL4_Word now_of_clock(void)
{
    seL4_Word low = clock[TIME_LOW];

    return low | (seL4_Word)clock[TIME_HIGH] << 32;
}

static void arm(seL4_Word delay)
{
    seL4_Word due = counter() + delay, time = due + clock_ahead;

    state.due = due;
    clock[ALARM_HIGH] = (seL4_Uint32)(time >> 32);
    clock[ALARM_LOW] = (seL4_Uint32)time;
}

/* Is the first thread in the middle of a call?  Then it stands before it. */
static int is_within_call(void)
{
    seL4_UserContext context;

    if (seL4_TCB_ReadRegisters(seL4_CapInitThreadTCB, 0, 0, 1, &context) !=
        seL4_NoError)
        state.error = 1;
    return *(const seL4_Uint32 *)context.pc == ECALL;
}

static void handle(seL4_Word now)
{
    seL4_Word delay = now - state.due;

    if (state.due == 0 || now < state.due)
        return; /* one that had been forgotten */
    state.alarms++;
    if (delay > state.longest_delay)
        state.longest_delay = delay;
    state.within_a_call += state.due > state.begun && is_within_call();
    state.due = 0;
}

/* Ever other gaps, so that no phase of a long operation is missed. */
static seL4_Word next_gap(void)
{
    static seL4_Word seed = 1;

    seed = seed * 6364136223846793005ul + 1442695040888963407ul;
    return GAP_LEAST + (seed >> 33) % GAP_SPREAD;
}

static void handler(void)
{
    seL4_SetIPCBuffer(&buffer);
    for (;;) {
        seL4_Word badge, now;

        seL4_Wait(ALARM, &badge);
        now = counter();
        handle(now);
        clock[CLEAR_INTERRUPT] = 1;
        if (seL4_IRQHandler_Ack(HANDLER) != seL4_NoError)
            state.error = 1;
        if (state.going && state.due == 0)
            arm(next_gap());
    }
}

/* ---- Beginning ------------------------------------------------------------*/

static seL4_CPtr clock_untyped(seL4_Word *offset)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();

    for (seL4_Word i = 0; i < info->untyped.end - info->untyped.start; i++) {
        const seL4_UntypedDesc *u = &info->untypedList[i];

        if (u->isDevice && u->paddr <= CLOCK &&
            (CLOCK - u->paddr) >> u->sizeBits == 0) {
            *offset = CLOCK - u->paddr;
            return info->untyped.start + i;
        }
    }
    must(0, "the clock's untyped");
    return 0;
}

static void map_clock(seL4_CPtr tables)
{
    seL4_Word offset = 0;
    seL4_CPtr untyped = clock_untyped(&offset);

    must(fallow_Untyped_RetypeAt(untyped, seL4_RISCV_4K_Page, 0, ROOT, 0, 0,
                                 FRAME, 1, offset) == seL4_NoError,
         "the clock's frame");
    waiter_map(FRAME, tables, TABLE, ADDRESS);
}

/* The capability of the page of our image that p lies in. */
static seL4_CPtr page_of(const void *p)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_Word frames = info->userImageFrames.end - info->userImageFrames.start;
    seL4_Word start = (seL4_Word)info->ipcBuffer - frames * 4096;

    return info->userImageFrames.start + ((seL4_Word)p - start) / 4096;
}

static void start_handler(void)
{
    seL4_UserContext context = {0};
    seL4_Word here;

    __asm__("mv %0, tp" : "=r"(here));
    memcpy(tls, (const void *)here, sizeof tls);
    context.pc = (seL4_Word)handler;
    context.sp = (seL4_Word)(stack + sizeof stack);
    context.tp = (seL4_Word)tls;
    __asm__("mv %0, gp" : "=r"(context.gp));
    must(seL4_TCB_Configure(TCB, 0, ROOT, 0, seL4_CapInitThreadVSpace, 0,
                            (seL4_Word)&buffer,
                            page_of(&buffer)) == seL4_NoError &&
             seL4_TCB_SetPriority(TCB, seL4_CapInitThreadTCB, PRIORITY_ALARM) ==
                 seL4_NoError &&
             seL4_TCB_WriteRegisters(TCB, 1, 0,
                                     sizeof context / sizeof(seL4_Word),
                                     &context) == seL4_NoError,
         "the handler");
}

static void begin(void)
{
    seL4_CPtr own;

    stretch_begin_space();
    own = block.kib64;
    map_clock(own);
    space_make(own, seL4_NotificationObject, 0, ALARM, 1);
    space_make(own, seL4_TCBObject, 0, TCB, 1);
    must(seL4_IRQControl_Get(seL4_CapIRQControl, CLOCK_IRQ, ROOT, HANDLER,
                             DEPTH) == seL4_NoError &&
             seL4_IRQHandler_SetNotification(HANDLER, ALARM) == seL4_NoError,
         "the alarm's interrupt");
    clock_ahead = now_of_clock();
    clock_ahead -= counter();
    clock[IRQ_ENABLED] = 1;
    start_handler();
}

/* ---- Cases ----------------------------------------------------------------*/

/* Alarms that are late for nothing that is being done. */
static void wait_for_last(void)
{
    state.going = 0;
    while (*(volatile seL4_Word *)&state.due != 0)
        ;
}

static void go(seL4_Word first_delay)
{
    state.going = 1;
    arm(first_delay);
    state.begun = counter();
}

static void forget(void)
{
    state.alarms = state.within_a_call = state.longest_delay = 0;
}

static void print_line(const char *rows, const char *name)
{
    printf("%9lu %9lu %9lu  %-7s %s%s\n", state.longest_delay, state.alarms,
           state.within_a_call, rows, name,
           state.longest_delay > bound ? "  <-- TOO LATE" : "");
}

int stretch_measure(const struct stretch_case *c)
{
    static seL4_Word phase;
    int error;

    if (phase == 0)
        forget();
    go(first_delays[phase++]);
    error = c->run(c->argument);
    wait_for_last();
    must(error == seL4_NoError, c->name);
    must(!state.error && state.alarms > 0, "alarms");
    if (phase < PHASES && state.alarms < FEW)
        return 1;
    phase = 0;
    print_line(c->rows, c->name);
    too_late += state.longest_delay > bound;
    alarms_in_all += state.alarms;
    within_in_all += state.within_a_call;
    return 0;
}

/* Nothing but a loop and the timer: what an alarm takes at the least, at the
 * worst. */
static void measure_quiet(void)
{
    seL4_Word end = counter() + QUIET_RUN;

    bound = ~0ul;
    forget();
    go(first_delays[0]);
    while (counter() < end)
        ;
    wait_for_last();
    print_line("", "nothing: interrupts always on");
    must(!state.error && state.alarms > 100 && state.within_a_call == 0,
         "alarms while nothing is being done");
    bound = STRETCH_LIMIT + state.longest_delay;
}

int main(void)
{
    begin();
    printf("from the alarm's time to its handler, in instructions\n"
           "%9s %9s %9s  %-7s %s\n",
           "longest", "alarms", "in a call", "rows", "case");
    measure_quiet();
    stretch_all();
    printf("%lu alarms, %lu of them in the middle of a call; limit %lu: "
           "%u cases above\n",
           alarms_in_all, within_in_all, bound, too_late);
    must(within_in_all > 1000, "alarms in the middle of calls");
    return too_late != 0;
}
