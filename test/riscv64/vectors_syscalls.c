/* SPDX-License-Identifier: BSD-2-Clause */
/* Test vectors, third part: what a thread sees in all of its registers, and
 * what the handler of its faults does.
 *
 *   main()  -- all 32 registers -->  one instruction, then ebreak
 *           <-- the fault, and all 32 registers --
 */
#include "probe.h"
#include "vectors.h"

#include <string.h>

#define NOWHERE             0x5000ul     /* no slot of ours */
#define UNMAPPED            0x30000000ul /* nor any page */
#define ILLEGAL_INSTRUCTION 2

static seL4_CPtr null, notification, idle_endpoint;

static void make_objects(void)
{
    null = kind_slot(KIND_NULL);
    notification = task_slot();
    call_must(&CALL(TASK_ROOT, CNodeMint, CALL_CAPS(TASK_ROOT),
                    CALL_MR(notification, 64, kind_slot(KIND_NOTIFICATION), 64,
                            3, 0x42)),
              "a badged notification");
    idle_endpoint = kind_slot(KIND_ENDPOINT);
    probe_make(TASK_ROOT, 0, false);
}

static void faults_so(seL4_Word label, seL4_Word length, const seL4_Word *words,
                      const char *which)
{
    vector_ok(probe_faults(label, length, words), which);
}

static void passes(seL4_Word a0, seL4_Word a1, const char *which)
{
    vector_ok(probe_passes(a0, a1), which);
}

/* ---- Capability faults ----------------------------------------------------*/

#define AS(words, ...)                                                         \
    const seL4_Word words[] = {(seL4_Word)probe_ecall, __VA_ARGS__}

static void play_cap_faults(void)
{
    const seL4_Word guard_bits = errors_root_guard_bits();
    AS(empty_slot, null, 1, 2, 0);
    AS(tcb_slot, probe.tcb, 1, 2, 0);
    AS(sent, NOWHERE, 0, 4, 64, 0, guard_bits);
    AS(received, NOWHERE, 1, 4, 64, 0, guard_bits);

    ROW("Recv or NBRecv on an empty slot, by a thread with fault endpoint");
    probe_set(probe_ecall, null, seL4_SysRecv);
    faults_so(seL4_Fault_CapFault, 5, empty_slot, "Recv");
    probe_set(probe_ecall, null, seL4_SysNBRecv);
    faults_so(seL4_Fault_CapFault, 5, empty_slot, "NBRecv");
    ROW("Recv on a TCB cap");
    probe_set(probe_ecall, probe.tcb, seL4_SysRecv);
    faults_so(seL4_Fault_CapFault, 5, tcb_slot, "its own");
    ROW("Send to cptr 0x5000 / NBRecv on it");
    probe_set(probe_ecall, NOWHERE, seL4_SysSend);
    faults_so(seL4_Fault_CapFault, 7, sent, "Send");
    probe_set(probe_ecall, NOWHERE, seL4_SysNBRecv);
    faults_so(seL4_Fault_CapFault, 7, received, "NBRecv");
}

/* ---- Calls that leave registers alone -------------------------------------*/

static void sends(long number, seL4_CPtr to, seL4_Word label, seL4_Word length,
                  const char *which)
{
    probe_set(probe_ecall, to, number);
    probe.before[PROBE_A1] = seL4_MessageInfo_new(label, 0, 0, length).words[0];
    passes(to, probe.before[PROBE_A1], which);
}

static void play_sends(void)
{
    seL4_CPtr doomed = task_object(seL4_EndpointObject, 0);
    struct call copy = CALL(TASK_ROOT, CNodeCopy, CALL_CAPS(TASK_ROOT),
                            CALL_MR(task_slot(), 64, doomed, 64, 15));

    ROW("NBSend to 0x5000; Send with a bad label; Send to an empty slot; "
        "NBSend on an idle endpoint");
    sends(seL4_SysNBSend, NOWHERE, 7, 2, "NBSend to 0x5000");
    sends(seL4_SysSend, TASK_ROOT, 0xbad, 2, "a bad label");
    sends(seL4_SysSend, null, 7, 2, "an empty slot");
    sends(seL4_SysNBSend, idle_endpoint, 7, 2, "an idle endpoint");
    ROW("Send with CNodeDelete");
    probe_set(probe_ecall, TASK_ROOT, seL4_SysSend);
    probe.before[PROBE_A1] =
        seL4_MessageInfo_new(CNodeDelete, 0, 0, 2).words[0];
    probe.before[PROBE_A2] = doomed;
    probe.before[PROBE_A3] = 64;
    passes(TASK_ROOT, probe.before[PROBE_A1], "registers as before");
    call_is(&copy, MISSING(1, 64), "Send with CNodeDelete: performed");
}

static void play_receives(void)
{
    seL4_Signal(notification);
    ROW("Poll an active notification");
    probe_set(probe_ecall, notification, seL4_SysNBRecv);
    probe.before[PROBE_A1] = 0x1234;
    passes(0x42, 0x1234, "the badge");
    ROW("Poll an idle notification or endpoint");
    probe_set(probe_ecall, notification, seL4_SysNBRecv);
    probe.before[PROBE_A1] = 0x1234;
    passes(0, 0x1234, "notification");
    probe_set(probe_ecall, idle_endpoint, seL4_SysNBRecv);
    probe.before[PROBE_A1] = 0x1234;
    passes(0, 0x1234, "endpoint");
    ROW("Call on a notification");
    probe_set(probe_ecall, notification, seL4_SysCall);
    probe.before[PROBE_A1] = seL4_MessageInfo_new(7, 0, 0, 4).words[0];
    passes(0, 0, "an empty answer");
    ROW("Reply without caller");
    probe_set(probe_ecall, 0x4321, seL4_SysReply);
    probe.before[PROBE_A1] = seL4_MessageInfo_new(7, 0, 0, 4).words[0];
    passes(0x4321, probe.before[PROBE_A1], "nothing");
}

/* ---- Other faults ---------------------------------------------------------*/

static void play_memory_faults(void)
{
    const seL4_Word store[] = {(seL4_Word)probe_store, UNMAPPED, 0, 7};
    const seL4_Word load[] = {(seL4_Word)probe_load, UNMAPPED, 0, 5};
    const seL4_Word jump[] = {UNMAPPED, UNMAPPED, 1, 1};

    ROW("unmapped store / load / jump");
    probe_set(probe_store, UNMAPPED, 0);
    faults_so(seL4_Fault_VMFault, 4, store, "store");
    probe_set(probe_load, UNMAPPED, 0);
    faults_so(seL4_Fault_VMFault, 4, load, "load");
    probe_set(probe_jump, UNMAPPED, 0);
    faults_so(seL4_Fault_VMFault, 4, jump, "jump");
}

static void play_exceptions(void)
{
    seL4_Word words[11] = {(seL4_Word)probe_all_ones};

    ROW("all-ones instruction / ebreak");
    probe_set(probe_all_ones, 0, 0);
    words[1] = probe.before[PROBE_SP], words[2] = ILLEGAL_INSTRUCTION;
    faults_so(seL4_Fault_UserException, 4, words, "all-ones");
    probe_set(probe_break, 0, 0);
    words[0] = (seL4_Word)probe_break, words[2] = PROBE_BREAKPOINT;
    faults_so(seL4_Fault_UserException, 4, words, "ebreak");
    ROW("syscall number 0xc1");
    probe_set(probe_ecall, 0x99, 0xc1);
    words[0] = (seL4_Word)probe_ecall;
    words[1] = probe.before[PROBE_SP];
    words[2] = probe.before[PROBE_RA];
    memcpy(&words[3], &probe.before[PROBE_A0], 7 * sizeof words[0]);
    words[10] = 0xc1;
    faults_so(seL4_Fault_UnknownSyscall, 11, words, "pc, sp, ra, a0 to a6");
}

static void play_blocked(void)
{
    struct call suspend = CALL(probe.tcb, TCBSuspend);

    ROW("ReadRegisters of a thread blocked in Call");
    probe_set(probe_ecall, idle_endpoint, seL4_SysCall);
    probe_start();
    seL4_Yield();
    probe_read();
    vector_ok(probe_registers_are((seL4_Word)probe_ecall, idle_endpoint, 0) &&
                  probe.after[PROBE_A7] == ~0ul,
              "at the ecall");
    call_must(&suspend, "a thread stopped");
}

/* ---- Boot -----------------------------------------------------------------*/

/* The numbers are another image's, so the rule behind them is compared: tables,
 * extra pages, image, untypeds, rest; with this image's sizes. */
static void play_bootinfo(void)
{
    const seL4_BootInfo *b = seL4_GetBootInfo();
    const seL4_Word top = (seL4_Word)b->ipcBuffer; /* the image's end */
    const seL4_Word last = (seL4_Word)b + 4096 + b->extraLen - 1;
    const seL4_Word pages = b->userImageFrames.end - b->userImageFrames.start;
    const seL4_Word bottom = top - pages * 4096;
    /* One for each 1 GiB, one for each 2 MiB. */
    const seL4_Word tables =
        (last >> 30) - (bottom >> 30) + 1 + (last >> 21) - (bottom >> 21) + 1;

    ROW("bootinfo of a 65-page image at 0x400000 (qemu virt, 3 GiB)");
    vector_ok(b->userImagePaging.start == 0x10, "tables from 0x10");
    vector_ok(b->userImagePaging.end == 0x10 + tables, "as many as it takes");
    vector_ok(b->extraBIPages.start == b->userImagePaging.end &&
                  b->extraBIPages.end - b->extraBIPages.start ==
                      (b->extraLen + 4095) / 4096,
              "then extra pages");
    vector_ok(b->userImageFrames.start == b->extraBIPages.end &&
                  bottom <= (seL4_Word)probe_ecall &&
                  (seL4_Word)probe_ecall < top,
              "then the image, one frame a page");
    vector_ok(b->untyped.start == b->userImageFrames.end, "then untypeds");
    vector_ok(b->empty.start == b->untyped.end &&
                  b->empty.end == errors_root_slots(),
              "then nothing, to the end");
}

int main(void)
{
    make_objects();
    play_cap_faults();
    play_sends();
    play_receives();
    play_memory_faults();
    play_exceptions();
    play_blocked();
    play_bootinfo();
    return vectors_done();
}
