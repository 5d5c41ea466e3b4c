/* SPDX-License-Identifier: BSD-2-Clause */
/* Floating-point registers are a thread's own (sel4-abi.md 8.6): zero at
 * first, kept across preemption and blocking, never another's; and without
 * leave to use them, an instruction that does is an exception. */
#include "task.h"

#include <string.h>

#if defined(CONFIG_HAVE_FPU)

/* Some ten time slices each on a fast host, many more on a slow one. */
#define ROUNDS 60u
/* Assembly for each register: f\\r. */
#define EACH_REGISTER                                                          \
    ".irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,"    \
    "18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"

static struct task fresh, first, second, integer, refused;
static volatile seL4_Word progress[3];
static volatile seL4_Word wrong;
static seL4_Word found[33];
static seL4_CPtr done;

/* All registers are written and compared within one asm statement, so that
 * the compiler has no part in it: 1 if they kept their values until `counter'
 * times around a loop. */
static seL4_Word hold(seL4_Word pattern, seL4_Word counter)
{
    seL4_Word differs = 0;
    seL4_Word value;
    seL4_Word want = pattern;

    __asm__ volatile(EACH_REGISTER "fmv.d.x f\\r, %[want]\n"
                                   "addi %[want], %[want], 1\n"
                                   ".endr\n"
                                   "andi %[value], %[pattern], 31\n"
                                   "fscsr %[value]\n"
                                   "1: addi %[counter], %[counter], -1\n"
                                   "bnez %[counter], 1b\n"
                                   "frcsr %[value]\n"
                                   "andi %[want], %[pattern], 31\n"
                                   "xor %[differs], %[value], %[want]\n"
                                   "mv %[want], %[pattern]\n" EACH_REGISTER
                                   "fmv.x.d %[value], f\\r\n"
                                   "xor %[value], %[value], %[want]\n"
                                   "or %[differs], %[differs], %[value]\n"
                                   "addi %[want], %[want], 1\n"
                                   ".endr\n"
                     : [differs] "+&r"(differs), [value] "=&r"(value),
                       [want] "+&r"(want), [counter] "+&r"(counter)
                     : [pattern] "r"(pattern)
                     : "memory");
    return differs != 0;
}

static void look(seL4_Word unused)
{
    (void)unused;
    __asm__ volatile(EACH_REGISTER "fsd f\\r, 8 * \\r(%0)\n"
                                   ".endr\n"
                                   "frcsr t0\n"
                                   "sd t0, 256(%0)"
                     :
                     : "r"(found)
                     : "t0", "memory");
    seL4_Signal(done);
    for (;;)
        seL4_Yield();
}

/* Holds its pattern over several time slices, again and again. */
static void compute(seL4_Word number)
{
    for (;;) {
        wrong += hold((number + 1) * 0x0101010101010105ul, 3000000);
        progress[number]++;
        if (progress[0] > ROUNDS && progress[1] > ROUNDS)
            seL4_Signal(done);
    }
}

static void count(seL4_Word number)
{
    for (;;)
        progress[number]++;
}

static void touch(seL4_Word unused)
{
    (void)unused;
    __asm__ volatile("fmv.d.x f3, zero");
    seL4_Signal(done);
    for (;;)
        seL4_Yield();
}

static void test_fresh(void)
{
    unsigned nonzero = 0;

    hold(0x7777777777777700ul, 10);
    memset(found, 0xff, sizeof found);
    task_create(&fresh, TASK_VSPACE, 0);
    task_start(&fresh, look, 0);
    seL4_Wait(done, NULL);
    for (unsigned i = 0; i < 33; i++)
        nonzero += found[i] != 0;
    tap_is(nonzero, 0, "a fresh thread finds zeros, not our values");
    seL4_TCB_Suspend(fresh.tcb);
}

static void test_kept(void)
{
    task_create(&first, TASK_VSPACE, 1);
    task_create(&second, TASK_VSPACE, 1);
    task_create(&integer, TASK_VSPACE, 1);
    task_start(&first, compute, 0);
    task_start(&second, compute, 1);
    task_start(&integer, count, 2);
    seL4_Wait(done, NULL);
    seL4_TCB_Suspend(first.tcb);
    seL4_TCB_Suspend(second.tcb);
    seL4_TCB_Suspend(integer.tcb);
    tap_ok(progress[2] > 0, "a thread without floating point ran between");
    tap_is(wrong, 0, "two that take turns keep their registers");
    tap_is(hold(0x1234567812345600ul, 1000), 0, "so do we");
}

#if LABELS == 13 /* of which release there is no SetFlags */
static void test_flags(void)
{
    (void)refused;
    (void)touch;
}
#else
static void test_flags(void)
{
    seL4_TCB_SetFlags_t r;

    task_create(&refused, TASK_VSPACE, 0);
    r = seL4_TCB_SetFlags(refused.tcb, 0, 1);
    tap_is(r.flags, 1, "the flag `FPU disabled' can be set");
    task_start(&refused, touch, 0);
    task_expect_fault(seL4_Fault_UserException, TASK_ANY, TASK_ANY, 2, 0,
                      "then floating point is an illegal instruction");
    r = seL4_TCB_SetFlags(refused.tcb, 1, 0);
    tap_is(r.flags, 0, "the flag can be cleared");
    task_start(&refused, touch, 0);
    seL4_Wait(done, NULL);
    tap_ok(true, "and the instruction works");
    seL4_TCB_Suspend(refused.tcb);
}
#endif

int main(void)
{
    done = task_object(seL4_NotificationObject, 0);
    test_fresh();
    test_kept();
    test_flags();
    return tap_done();
}

#else

static struct task t;

static void touch(seL4_Word unused)
{
    (void)unused;
    __asm__ volatile(".option push\n.option arch, +d\n"
                     "fmv.d.x f3, zero\n.option pop");
}

int main(void)
{
    task_create(&t, TASK_VSPACE, 0);
#if LABELS > 13
    tap_is(seL4_TCB_SetFlags(t.tcb, 0, 1).flags, 0,
           "there is no flag for an FPU that is not there");
#endif
    task_start(&t, touch, 0);
    task_expect_fault(seL4_Fault_UserException, TASK_ANY, TASK_ANY, 2, 0,
                      "floating point is an illegal instruction");
    return tap_done();
}
#endif
