/* SPDX-License-Identifier: BSD-2-Clause */
/* Floating-point registers and whose they are (sel4-abi.md 8.6): four threads
 * keep theirs over preemption, also when the one that had the registers last
 * is deleted, suspended, or its memory becomes another thread's. */
#include "task.h"

#ifdef CONFIG_HAVE_FPU
#define THREADS 4u
#define ROUNDS  6u

static struct task thread[THREADS], fresh;
static volatile seL4_Word rounds[THREADS + 1], wrong[THREADS + 1];
static seL4_Word found[33];
static seL4_CPtr done;

/* Assembly for each register: f\\r. */
#define EACH_REGISTER                                                          \
    ".irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,"    \
    "18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"

/* The registers hold pattern + number while `until' is the future; then the
 * number of those that do not any more. */
static seL4_Word hold(seL4_Word pattern, seL4_Word until)
{
    seL4_Word now, value, want = pattern, differ = 0;

    __asm__ volatile(EACH_REGISTER "fmv.d.x f\\r, %[want]\n"
                                   "addi %[want], %[want], 1\n"
                                   ".endr\n"
                                   "1: .option push\n"
                                   ".option arch, +zicsr\n"
                                   "rdtime %[now]\n"
                                   ".option pop\n"
                                   "bltu %[now], %[until], 1b\n"
                                   "mv %[want], %[pattern]\n" EACH_REGISTER
                                   "fmv.x.d %[value], f\\r\n"
                                   "xor %[value], %[value], %[want]\n"
                                   "snez %[value], %[value]\n"
                                   "add %[differ], %[differ], %[value]\n"
                                   "addi %[want], %[want], 1\n"
                                   ".endr\n"
                     : [now] "=&r"(now), [value] "=&r"(value),
                       [want] "+&r"(want), [differ] "+&r"(differ)
                     : [pattern] "r"(pattern), [until] "r"(until)
                     : "memory");
    return differ;
}

/* Each round is some time slices long, so that the others run within it. */
static void compute(seL4_Word me)
{
    for (;;) {
        wrong[me] += hold((me + 1) << 40, task_time() + 600000);
        rounds[me]++;
        seL4_Signal(done);
    }
}

/* Leaves its pattern in the registers and says so. */
static void leave(seL4_Word me)
{
    hold(0x7777000000000000ul + me, 0);
    seL4_Signal(done);
    for (;;)
        ;
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
        ;
}

static void wait_rounds(seL4_Word mask, seL4_Word more)
{
    seL4_Word start[THREADS];

    for (unsigned i = 0; i < THREADS; i++)
        start[i] = rounds[i];
    for (;;) {
        bool enough = true;

        for (unsigned i = 0; i < THREADS; i++)
            if (mask >> i & 1)
                enough = enough && rounds[i] >= start[i] + more;
        if (enough)
            return;
        seL4_Wait(done, NULL);
    }
}

static seL4_Word all_wrong(void)
{
    seL4_Word sum = 0;

    for (unsigned i = 0; i < THREADS; i++)
        sum += wrong[i];
    return sum;
}

static void start(struct task *t, void (*entry)(seL4_Word), seL4_Word argument)
{
    task_create(t, TASK_VSPACE, 1);
    task_start(t, entry, argument);
}

/* A new thread at the place of one that had the registers: it finds zeros. */
static void test_reuse(void)
{
    seL4_CPtr untyped = task_object(seL4_UntypedObject, seL4_TCBBits);
    seL4_CPtr slot = task_slot();

    for (unsigned way = 0; way < 2; way++) {
        seL4_Word nonzero = 0;

        seL4_Untyped_Retype(untyped, seL4_TCBObject, 0, TASK_ROOT, 0, 0, slot,
                            1);
        fresh.tcb = slot;
        seL4_TCB_Configure(slot, 0, TASK_ROOT, 0, TASK_VSPACE, 0, 0, 0);
        seL4_TCB_SetPriority(slot, seL4_CapInitThreadTCB, seL4_MaxPrio - 1);
        task_start(&fresh, leave, way);
        seL4_Wait(done, NULL);
        if (way == 0)
            task_delete(slot);
        else
            seL4_CNode_Revoke(TASK_ROOT, untyped, seL4_WordBits);
        seL4_Untyped_Retype(untyped, seL4_TCBObject, 0, TASK_ROOT, 0, 0, slot,
                            1);
        seL4_TCB_Configure(slot, 0, TASK_ROOT, 0, TASK_VSPACE, 0, 0, 0);
        seL4_TCB_SetPriority(slot, seL4_CapInitThreadTCB, seL4_MaxPrio - 1);
        for (unsigned i = 0; i < 33; i++)
            found[i] = ~0ul;
        task_start(&fresh, look, 0);
        seL4_Wait(done, NULL);
        for (unsigned i = 0; i < 33; i++)
            nonzero += found[i] != 0;
        tap_is(nonzero, 0, "a thread in the place of one that was %s: zeros",
               way == 0 ? "deleted" : "revoked");
        seL4_CNode_Revoke(TASK_ROOT, untyped, seL4_WordBits);
    }
}

int main(void)
{
    done = task_object(seL4_NotificationObject, 0);
    test_reuse();
    for (unsigned i = 0; i < THREADS; i++)
        start(&thread[i], compute, i);
    wait_rounds(0xf, ROUNDS);
    tap_is(all_wrong(), 0, "four threads keep their registers");
    tap_is(task_delete(thread[1].tcb), seL4_NoError, "one is deleted");
    wait_rounds(0xd, ROUNDS);
    tap_is(all_wrong(), 0, "the other three keep theirs");
    seL4_TCB_Suspend(thread[2].tcb);
    wait_rounds(0x9, ROUNDS);
    seL4_TCB_Resume(thread[2].tcb);
    wait_rounds(0xd, ROUNDS);
    tap_is(all_wrong(), 0, "one that was suspended has kept its own");
    start(&thread[1], compute, 1);
    wait_rounds(0xf, ROUNDS);
    tap_is(all_wrong(), 0, "a new one disturbs nobody");
    tap_is(hold(0x55, task_time() + 600000), 0, "nor us");
    return tap_done();
}
#else
int main(void)
{
    tap_is(seL4_TCBBits, 10, "without an FPU, threads have no room for it");
    return tap_done();
}
#endif
