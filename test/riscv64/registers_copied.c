/* SPDX-License-Identifier: BSD-2-Clause */
/* What WriteRegisters, CopyRegisters and SetTLSBase do to a thread's
 * registers, and their flags (sel4-abi.md 4.6, 7.5).
 *
 *   0 pc, ra, sp .. 15 s11   frame registers
 *   16 a0 .. 30 t6, 31 tp    integer registers
 */
#include "probe.h"

#include <string.h>

#define FRAME          16u
#define SUSPEND_SOURCE 1ul /* Copy, Read */
#define RESUME_TARGET  2ul
#define COPY_FRAME     4ul
#define COPY_INTEGER   8ul

static seL4_CPtr source, target;

static seL4_Word pattern(unsigned seed, unsigned n)
{
    return 0x0101010101010101ul * seed + (seL4_Word)n * 0x10;
}

/* The first `count' registers of a thread, of so many words. */
static void write(seL4_CPtr tcb, unsigned seed, unsigned count)
{
    struct call c = CALL(tcb, TCBWriteRegisters, CALL_MR(0, count));

    for (unsigned n = 0; n < PROBE_REGISTERS; n++)
        c.mr[2 + n] = pattern(seed, n);
    c.words = c.length = 2 + PROBE_REGISTERS;
    call_must(&c, "registers written");
}

/* Are the registers from first to end those of the seed? */
static bool hold(seL4_CPtr tcb, unsigned first, unsigned end, unsigned seed)
{
    seL4_Word words[PROBE_REGISTERS];
    seL4_UserContext context;

    seL4_TCB_ReadRegisters(tcb, 0, 0, PROBE_REGISTERS, &context);
    memcpy(words, &context, sizeof words);
    for (unsigned n = first; n < end; n++)
        if (words[n] != pattern(seed, n)) {
            tap_diag("register %u: 0x%lx", n, words[n]);
            return false;
        }
    return true;
}

static void claim_write(void)
{
    for (unsigned count = 0; count <= PROBE_REGISTERS; count++) {
        write(target, 1, PROBE_REGISTERS);
        write(target, 2, count);
        tap_ok(hold(target, 0, count, 2) &&
                   hold(target, count, PROBE_REGISTERS, 1),
               "WriteRegisters: %u of them, and no other", count);
    }
}

static void copy(seL4_CPtr from, seL4_CPtr to, seL4_Word flags)
{
    call_must(&CALL(to, TCBCopyRegisters, CALL_CAPS(from), CALL_MR(flags)),
              "registers copied");
}

static void claim_copy(void)
{
    /* Bits 8 to 15 are for other machines. */
    static const seL4_Word others[] = {0, 0xff00, ~0xful};

    for (unsigned i = 0; i < 3; i++)
        for (seL4_Word flags = 0; flags < 16; flags += COPY_FRAME) {
            bool frame = flags & COPY_FRAME, integer = flags & COPY_INTEGER;

            write(source, 3, PROBE_REGISTERS);
            write(target, 4, PROBE_REGISTERS);
            copy(source, target, flags | others[i]);
            tap_ok(hold(target, 0, FRAME, frame ? 3 : 4) &&
                       hold(target, FRAME, PROBE_REGISTERS, integer ? 3 : 4) &&
                       hold(source, 0, PROBE_REGISTERS, 3),
                   "CopyRegisters: flags 0x%lx", flags | others[i]);
        }
    copy(target, target, COPY_FRAME | COPY_INTEGER);
    tap_ok(hold(target, 0, PROBE_REGISTERS, 3), "CopyRegisters: to itself");
}

static void claim_tls_base(void)
{
    write(target, 5, PROBE_REGISTERS);
    call_must(
        &CALL(target, TCBSetTLSBase, CALL_MR(pattern(6, PROBE_REGISTERS - 1))),
        "SetTLSBase");
    tap_ok(hold(target, 0, PROBE_REGISTERS - 1, 5) &&
               hold(target, PROBE_REGISTERS - 1, PROBE_REGISTERS, 6),
           "SetTLSBase: tp, and no other");
}

/* ---- Flags that start and stop --------------------------------------------*/

static volatile seL4_Word turns;

static void count_turns(seL4_Word ignored)
{
    (void)ignored;
    for (;;) {
        turns++;
        seL4_Yield();
    }
}

static bool runs(void)
{
    seL4_Word before = turns;

    seL4_Yield();
    return turns != before;
}

static void claim_suspended(void)
{
    static struct task task;
    struct call read = CALL(0, TCBReadRegisters, CALL_MR(SUSPEND_SOURCE, 1));
    struct call resume = CALL(0, TCBResume);

    task_create(&task, TASK_VSPACE, 0);
    task_start(&task, count_turns, 0);
    read.service = resume.service = task.tcb;
    tap_ok(runs(), "a thread runs");
    copy(task.tcb, target, 0);
    tap_ok(runs(), "CopyRegisters: it still runs");
    copy(task.tcb, target, SUSPEND_SOURCE);
    tap_ok(!runs(), "CopyRegisters: it is suspended");
    call_must(&resume, "a thread resumed");
    tap_ok(runs(), "Resume: it goes on");
    tap_ok(call_make(&read).answer.label == seL4_NoError && !runs(),
           "ReadRegisters: it is suspended");
}

/* The target begins where the source would, with its registers. */
static void claim_resumed(void)
{
    const seL4_Word pc = (seL4_Word)probe_break;
    struct call c = CALL(source, TCBWriteRegisters, CALL_MR(0, 32));
    seL4_Word badge;

    probe_set(probe_break, 1, 2);
    memcpy(&c.mr[2], probe.before, sizeof probe.before);
    c.words = c.length = 2 + PROBE_REGISTERS;
    call_must(&c, "registers to be copied");
    copy(source, probe.tcb, RESUME_TARGET | COPY_FRAME | COPY_INTEGER);
    seL4_Recv(probe.faults, &badge);
    tap_is(seL4_GetMR(0), pc, "CopyRegisters: the target is resumed");
    probe_read();
    tap_ok(probe_registers_are(pc, 1, 0), "CopyRegisters: with all registers");
}

/* Nothing written, but started: it makes its instruction again. */
static void claim_restarted(void)
{
    struct call c = CALL(probe.tcb, TCBWriteRegisters, CALL_MR(1, 0));
    seL4_Word badge;

    probe_set(probe_break, 1, 2);
    probe_run();
    call_must(&c, "a thread restarted");
    seL4_Recv(probe.faults, &badge);
    tap_is(seL4_GetMR(0), (seL4_Word)probe_break,
           "WriteRegisters: none of them, and the thread is resumed");
}

/* A thread that copies the frame registers to itself goes on where they say,
 * with the empty answer to its call. */
static void claim_copied_to_caller(void)
{
    const seL4_Word pc = (seL4_Word)probe_break;
    struct call c = CALL(source, TCBWriteRegisters, CALL_MR(0, 32));

    probe_set(probe_break, 1, 2);
    for (unsigned n = 0; n < PROBE_REGISTERS; n++)
        c.mr[2 + n] = n == PROBE_PC ? pc : pattern(7, n);
    c.words = c.length = 2 + PROBE_REGISTERS;
    call_must(&c, "registers to be copied");
    probe_set(probe_ecall, probe.tcb, seL4_SysCall);
    probe.before[PROBE_A1] =
        seL4_MessageInfo_new(TCBCopyRegisters, 0, 1, 1).words[0];
    probe.before[PROBE_A2] = COPY_FRAME;
    probe.buffer->caps_or_badges[0] = source;
    probe_run();
    for (unsigned n = PROBE_RA; n < FRAME; n++)
        probe.before[n] = pattern(7, n);
    tap_is(probe.words[0], pc, "CopyRegisters: the caller goes on there");
    tap_ok(probe_registers_are(pc, 0, 0),
           "CopyRegisters: the caller's frame registers, and no other");
}

int main(void)
{
    source = task_object(seL4_TCBObject, 0);
    target = task_object(seL4_TCBObject, 0);
    probe_make(TASK_ROOT, 0, true);
    claim_write();
    claim_copy();
    claim_tls_base();
    claim_suspended();
    claim_resumed();
    claim_restarted();
    claim_copied_to_caller();
    return tap_done();
}
