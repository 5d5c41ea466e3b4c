/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread's registers are its own: a system call gives back all but those it
 * says, an interrupt all, a thread that is read, written or copied has them
 * where they belong (sel4-abi.md 1.2, 4.6, 7.5). */
#include "task.h"

#include <string.h>

/* x1 to x31 as they are to be before a system call, and as they were after;
 * [0] is not used. */
struct registers {
    seL4_Word x[32];
};

/* Named in assembly. */
struct registers before, after;
seL4_Word keep[4]; /* ra, sp, gp, tp of the compiler's */
volatile seL4_Word loops;

/* Loads all registers from `before', makes one system call, and stores all in
 * `after'. */
static __attribute__((noinline)) void call_with_all(void)
{
    __asm__ volatile(
        "la a0, keep\n sd ra, 0(a0)\n sd sp, 8(a0)\n"
        "sd gp, 16(a0)\n sd tp, 24(a0)\n"
        "la x31, before\n"
        ".irp r, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,"
        "18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30\n"
        "ld x\\r, 8 * \\r(x31)\n"
        ".endr\n"
        "ld x31, 8 * 31(x31)\n"
        "ecall\n"
        /* No register is free: tp's value is known, and is looked at last. */
        "1: auipc tp, %%pcrel_hi(after)\n addi tp, tp, %%pcrel_lo(1b)\n"
        ".irp r, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,"
        "18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"
        "sd x\\r, 8 * \\r(tp)\n"
        ".endr\n"
        "la a0, keep\n ld ra, 0(a0)\n ld sp, 8(a0)\n"
        "ld gp, 16(a0)\n ld tp, 24(a0)\n" ::
            : "memory", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a0", "a1",
              "a2", "a3", "a4", "a5", "a6", "a7", "s0", "s1", "s2", "s3", "s4",
              "s5", "s6", "s7", "s8", "s9", "s10", "s11");
}

/* How many registers but those in the mask have changed. */
static unsigned changed(seL4_Word number, seL4_Word cptr, seL4_Word info,
                        seL4_Word mask)
{
    unsigned count = 0;

    for (unsigned i = 1; i < 32; i++)
        before.x[i] = 0x0101010101010100ul * i + i;
    before.x[10] = cptr;
    before.x[11] = info;
    before.x[17] = number;
    memset(&after, 0, sizeof after);
    call_with_all();
    for (unsigned i = 1; i < 32; i++)
        if (i != 4 && !(mask >> i & 1) && before.x[i] != after.x[i]) {
            tap_diag("x%u was 0x%lx, is 0x%lx", i, before.x[i], after.x[i]);
            count++;
        }
    return count;
}

static void test_calls(void)
{
    const seL4_Word a0 = 1u << 10;
    const seL4_Word a1 = 1u << 11;
    seL4_CPtr notification = task_object(seL4_NotificationObject, 0);
    seL4_CPtr copy = task_slot();

    tap_is(changed((seL4_Word)seL4_SysYield, 0, 0, 0), 0, "Yield keeps all");
    tap_is(changed((seL4_Word)seL4_SysSend, notification, 0, 0), 0,
           "Signal keeps all");
    tap_is(changed((seL4_Word)seL4_SysNBRecv, notification, 0, a0), 0,
           "Poll keeps all but the badge");
    tap_is(changed((seL4_Word)seL4_SysCall, notification, 0, a0 | a1), 0,
           "a Call that succeeds, all but badge and info");
    tap_is(changed((seL4_Word)seL4_SysCall, copy, 0, a0 | a1 | 1u << 12), 0,
           "a Call that fails, MR0 as well");
    tap_is(changed((seL4_Word)seL4_SysDebugPutChar, '\r', 0, 0), 0,
           "PutChar keeps all");
    tap_is(changed((seL4_Word)seL4_SysNBSend, 0x5000, 4ul << 12, 0), 0,
           "NBSend to nobody, with the label of CopyRegisters, keeps all");
}

/* ---- A thread that holds values -------------------------------------------*/

static struct task holder, other;

/* Never touches what it was given but t6, which counts. */
static __attribute__((naked)) void hold(seL4_Word unused)
{
    (void)unused;
    __asm__ volatile("la t5, loops\n1: addi t6, t6, 1\n sd t6, 0(t5)\n j 1b");
}

static seL4_UserContext pattern(void)
{
    seL4_UserContext c;
    seL4_Word *word = (seL4_Word *)&c;

    for (unsigned i = 0; i < 32; i++)
        word[i] = 0x0202020202020200ul * (i + 1) + i;
    c.pc = (seL4_Word)hold;
    c.t6 = 0;
    return c;
}

static unsigned differ(const seL4_UserContext *a, const seL4_UserContext *b)
{
    const seL4_Word *x = (const seL4_Word *)a;
    const seL4_Word *y = (const seL4_Word *)b;
    unsigned count = 0;

    for (unsigned i = 1; i < 32; i++)
        if (&x[i] != &a->t5 && &x[i] != &a->t6 && x[i] != y[i]) {
            tap_diag("register %u: 0x%lx, not 0x%lx", i, x[i], y[i]);
            count++;
        }
    return count;
}

static void test_threads(void)
{
    seL4_UserContext want = pattern();
    seL4_UserContext got;
    seL4_Word target;

    task_create(&holder, TASK_VSPACE, 0);
    task_create(&other, TASK_VSPACE, 0);
    seL4_TCB_WriteRegisters(holder.tcb, 1, 0, 32, &want);
    for (unsigned i = 0; i < 5; i++) {
        target = loops + 1;
        while (loops < target)
            seL4_Yield();
    }
    seL4_TCB_ReadRegisters(holder.tcb, 1, 0, 32, &got);
    tap_is(differ(&got, &want), 0, "a thread that was interrupted has them");
    memset(&got, 0, sizeof got);
    tap_is(seL4_TCB_CopyRegisters(other.tcb, holder.tcb, 0, 0, 1, 1, 0),
           seL4_NoError, "they are copied to another");
    seL4_TCB_ReadRegisters(other.tcb, 0, 0, 32, &got);
    tap_is(differ(&got, &want), 0, "which has them");
}

/* The calling thread's own, while they are in the processor only. */
static void test_own(void)
{
    register seL4_Word s2 __asm__("s2") = 0x5252;
    register seL4_Word s11 __asm__("s11") = 0xbbbb;
    seL4_UserContext got;

    __asm__ volatile("" : "+r"(s2), "+r"(s11));
    tap_is(
        seL4_TCB_CopyRegisters(other.tcb, seL4_CapInitThreadTCB, 0, 0, 1, 1, 0),
        seL4_NoError, "our own are copied");
    __asm__ volatile("" : "+r"(s2), "+r"(s11));
    seL4_TCB_ReadRegisters(other.tcb, 0, 0, 32, &got);
    tap_is(got.s2, 0x5252, "s2 is what it was");
    tap_is(got.s11, 0xbbbb, "s11 too");
    tap_ok(s2 == 0x5252 && s11 == 0xbbbb, "and we still have them");
}

/* Deleting itself, a thread leaves nothing that matters: its memory is zero
 * when it is used again. */
static void delete_me(seL4_Word tcb)
{
    task_delete(tcb);
    for (;;)
        seL4_Yield();
}

static void test_suicide(void)
{
    seL4_CPtr untyped = task_object(seL4_UntypedObject, 12);
    seL4_CPtr slot = task_slot();
    seL4_UserContext got;
    unsigned nonzero = 0;

    seL4_Untyped_Retype(untyped, seL4_TCBObject, 0, TASK_ROOT, 0, 0, slot, 1);
    task_create(&holder, TASK_VSPACE, 0); /* for its stack */
    task_delete(holder.tcb);
    holder.tcb = slot;
    seL4_TCB_Configure(slot, 0, TASK_ROOT, 0, TASK_VSPACE, 0, 0, 0);
    seL4_TCB_SetPriority(slot, seL4_CapInitThreadTCB, 255);
    task_start(&holder, delete_me, slot);
    while (seL4_DebugCapIdentify(slot) != 0)
        seL4_Yield();
    tap_ok(true, "a thread deletes itself");
    tap_is(seL4_Untyped_Retype(untyped, seL4_TCBObject, 0, TASK_ROOT, 0, 0,
                               slot, 1),
           seL4_NoError, "its memory becomes another");
    seL4_TCB_ReadRegisters(slot, 0, 0, 32, &got);
    for (unsigned i = 0; i < 32; i++)
        nonzero += ((seL4_Word *)&got)[i] != 0;
    tap_is(nonzero, 0, "which finds zeros");
}

int main(void)
{
    test_calls();
    test_threads();
    test_own();
    test_suicide();
    return tap_done();
}
