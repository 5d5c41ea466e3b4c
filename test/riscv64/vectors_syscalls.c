/* SPDX-License-Identifier: BSD-2-Clause */
/* Test vectors, third part: what a thread sees in all of its registers, and
 * what the handler of its faults does.
 *
 *   main()  -- all 32 registers -->  one instruction, then ebreak
 *           <-- the fault, and all 32 registers --
 */
#include "vectors.h"

#include <string.h>

#define REGISTERS 32u
enum { PC, RA, SP, A0 = 16, A1, A2, A3, A4, A5, A6, A7 };

#define NOWHERE             0x5000ul     /* no slot of ours */
#define UNMAPPED            0x30000000ul /* nor any page */
#define BREAK               3            /* exceptions by number */
#define ILLEGAL_INSTRUCTION 2

void site_ecall(void);
void site_store(void);
void site_load(void);
void site_jump(void);
void site_all_ones(void);
void site_break(void);

/* Each is followed by an ebreak, 4 bytes later. */
__asm__(".pushsection .text\n.option push\n.option norvc\n"
        ".global site_ecall, site_store, site_load, site_jump\n"
        ".global site_all_ones, site_break\n"
        "site_ecall: ecall\nebreak\n"
        "site_store: sd zero, 0(a0)\nebreak\n"
        "site_load: ld a1, 0(a0)\nebreak\n"
        "site_jump: jr a0\nebreak\n"
        "site_all_ones: .word 0xffffffff\nebreak\n"
        "site_break: ebreak\n"
        ".option pop\n.popsection");

static seL4_CPtr tcb, faults, null, notification, idle_endpoint;
static seL4_Word before[REGISTERS], after[REGISTERS];

/* The last fault. */
static struct answer fault;
static seL4_Word fault_words[16];

static void make_objects(void)
{
    null = kind_slot(KIND_NULL);
    notification = task_slot();
    call_must(&CALL(TASK_ROOT, CNodeMint, CALL_CAPS(TASK_ROOT),
                    CALL_MR(notification, 64, kind_slot(KIND_NOTIFICATION), 64,
                            3, 0x42)),
              "a badged notification");
    idle_endpoint = kind_slot(KIND_ENDPOINT);
    faults = task_object(seL4_EndpointObject, 0);
    tcb = task_object(seL4_TCBObject, 0);
    call_must(&CALL(tcb, TCBConfigure, CALL_MR(faults, 0, 0, 0),
                    CALL_CAPS(TASK_ROOT, TASK_VSPACE, null)),
              "a thread");
    call_must(&CALL(tcb, TCBSetPriority, CALL_MR(seL4_MaxPrio),
                    CALL_CAPS(seL4_CapInitThreadTCB)),
              "its priority");
}

/* Every register has a value of its own; a0 and a7 are given. */
static void set_up(void (*site)(void), seL4_Word a0, long number)
{
    for (unsigned n = 0; n < REGISTERS; n++)
        before[n] = 0x1111111111111111ul * (n % 15 + 1) + n;
    before[PC] = (seL4_Word)site;
    before[A0] = a0;
    before[A1] = 0;
    before[A7] = (seL4_Word)number;
}

static void start(void)
{
    struct call c = CALL(tcb, TCBWriteRegisters, CALL_MR(1, REGISTERS));

    memcpy(&c.mr[2], before, sizeof before);
    c.words = c.length = 2 + REGISTERS;
    call_must(&c, "the registers");
}

static void read_back(void)
{
    seL4_UserContext context;

    seL4_TCB_ReadRegisters(tcb, 0, 0, REGISTERS, &context);
    memcpy(after, &context, sizeof after);
}

/* Runs the thread until its next fault. */
static void run(void)
{
    seL4_MessageInfo_t info;
    seL4_Word badge;

    start();
    info = seL4_Recv(faults, &badge);
    fault.label = seL4_MessageInfo_get_label(info);
    fault.length = seL4_MessageInfo_get_length(info);
    for (unsigned n = 0; n < 16; n++)
        fault_words[n] = seL4_GetMR((int)n);
    read_back();
}

/* Apart from pc, and a0 and a1 if they are to be compared. */
static bool registers_are(seL4_Word pc, seL4_Word a0, seL4_Word a1)
{
    seL4_Word want[REGISTERS];

    memcpy(want, before, sizeof want);
    want[PC] = pc;
    want[A0] = a0;
    want[A1] = a1;
    for (unsigned n = 0; n < REGISTERS; n++)
        if (after[n] != want[n]) {
            tap_diag("register %u: 0x%lx, not 0x%lx", n, after[n], want[n]);
            return false;
        }
    return true;
}

static bool fault_is(seL4_Word label, seL4_Word length, const seL4_Word *words)
{
    bool same = fault.label == label && fault.length == length;

    for (seL4_Word n = 0; n < length; n++)
        same = same && fault_words[n] == words[n];
    if (!same)
        tap_diag("fault %lu, length %lu: 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx",
                 fault.label, fault.length, fault_words[0], fault_words[1],
                 fault_words[2], fault_words[3], fault_words[4]);
    return same;
}

/* The instruction faults so; no register has changed. */
static void faults_so(seL4_Word label, seL4_Word length, const seL4_Word *words,
                      const char *which)
{
    bool same;

    run();
    same = fault_is(label, length, words);
    same = registers_are(words[0], before[A0], before[A1]) && same;
    vector_ok(same, which);
}

/* The instruction is done, leaving a0 and a1 so and all else as it was; the
 * ebreak behind it ends the thread. */
static void passes(seL4_Word a0, seL4_Word a1, const char *which)
{
    const seL4_Word next = before[PC] + 4;
    const seL4_Word words[4] = {next, before[SP], BREAK, 0};
    bool same;

    run();
    same = fault_is(seL4_Fault_UserException, 4, words);
    same = registers_are(next, a0, a1) && same;
    vector_ok(same, which);
}

/* ---- Capability faults ----------------------------------------------------*/

#define AS(words, ...)                                                         \
    const seL4_Word words[] = {(seL4_Word)site_ecall, __VA_ARGS__}

static void play_cap_faults(void)
{
    const seL4_Word guard_bits = errors_root_guard_bits();
    AS(empty_slot, null, 1, 2, 0);
    AS(tcb_slot, tcb, 1, 2, 0);
    AS(sent, NOWHERE, 0, 4, 64, 0, guard_bits);
    AS(received, NOWHERE, 1, 4, 64, 0, guard_bits);

    ROW("Recv or NBRecv on an empty slot, by a thread with fault endpoint");
    set_up(site_ecall, null, seL4_SysRecv);
    faults_so(seL4_Fault_CapFault, 5, empty_slot, "Recv");
    set_up(site_ecall, null, seL4_SysNBRecv);
    faults_so(seL4_Fault_CapFault, 5, empty_slot, "NBRecv");
    ROW("Recv on a TCB cap");
    set_up(site_ecall, tcb, seL4_SysRecv);
    faults_so(seL4_Fault_CapFault, 5, tcb_slot, "its own");
    ROW("Send to cptr 0x5000 / NBRecv on it");
    set_up(site_ecall, NOWHERE, seL4_SysSend);
    faults_so(seL4_Fault_CapFault, 7, sent, "Send");
    set_up(site_ecall, NOWHERE, seL4_SysNBRecv);
    faults_so(seL4_Fault_CapFault, 7, received, "NBRecv");
}

/* ---- Calls that leave registers alone -------------------------------------*/

static void sends(long number, seL4_CPtr to, seL4_Word label, seL4_Word length,
                  const char *which)
{
    set_up(site_ecall, to, number);
    before[A1] = seL4_MessageInfo_new(label, 0, 0, length).words[0];
    passes(to, before[A1], which);
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
    set_up(site_ecall, TASK_ROOT, seL4_SysSend);
    before[A1] = seL4_MessageInfo_new(CNodeDelete, 0, 0, 2).words[0];
    before[A2] = doomed;
    before[A3] = 64;
    passes(TASK_ROOT, before[A1], "registers as before");
    call_is(&copy, MISSING(1, 64), "Send with CNodeDelete: performed");
}

static void play_receives(void)
{
    seL4_Signal(notification);
    ROW("Poll an active notification");
    set_up(site_ecall, notification, seL4_SysNBRecv);
    before[A1] = 0x1234;
    passes(0x42, 0x1234, "the badge");
    ROW("Poll an idle notification or endpoint");
    set_up(site_ecall, notification, seL4_SysNBRecv);
    before[A1] = 0x1234;
    passes(0, 0x1234, "notification");
    set_up(site_ecall, idle_endpoint, seL4_SysNBRecv);
    before[A1] = 0x1234;
    passes(0, 0x1234, "endpoint");
    ROW("Call on a notification");
    set_up(site_ecall, notification, seL4_SysCall);
    before[A1] = seL4_MessageInfo_new(7, 0, 0, 4).words[0];
    passes(0, 0, "an empty answer");
    ROW("Reply without caller");
    set_up(site_ecall, 0x4321, seL4_SysReply);
    before[A1] = seL4_MessageInfo_new(7, 0, 0, 4).words[0];
    passes(0x4321, before[A1], "nothing");
}

/* ---- Other faults ---------------------------------------------------------*/

static void play_memory_faults(void)
{
    const seL4_Word store[] = {(seL4_Word)site_store, UNMAPPED, 0, 7};
    const seL4_Word load[] = {(seL4_Word)site_load, UNMAPPED, 0, 5};
    const seL4_Word jump[] = {UNMAPPED, UNMAPPED, 1, 1};

    ROW("unmapped store / load / jump");
    set_up(site_store, UNMAPPED, 0);
    faults_so(seL4_Fault_VMFault, 4, store, "store");
    set_up(site_load, UNMAPPED, 0);
    faults_so(seL4_Fault_VMFault, 4, load, "load");
    set_up(site_jump, UNMAPPED, 0);
    faults_so(seL4_Fault_VMFault, 4, jump, "jump");
}

static void play_exceptions(void)
{
    seL4_Word words[11] = {(seL4_Word)site_all_ones};

    ROW("all-ones instruction / ebreak");
    set_up(site_all_ones, 0, 0);
    words[1] = before[SP], words[2] = ILLEGAL_INSTRUCTION;
    faults_so(seL4_Fault_UserException, 4, words, "all-ones");
    set_up(site_break, 0, 0);
    words[0] = (seL4_Word)site_break, words[2] = BREAK;
    faults_so(seL4_Fault_UserException, 4, words, "ebreak");
    ROW("syscall number 0xc1");
    set_up(site_ecall, 0x99, 0xc1);
    words[0] = (seL4_Word)site_ecall;
    words[1] = before[SP];
    words[2] = before[RA];
    memcpy(&words[3], &before[A0], 7 * sizeof words[0]);
    words[10] = 0xc1;
    faults_so(seL4_Fault_UnknownSyscall, 11, words, "pc, sp, ra, a0 to a6");
}

static void play_blocked(void)
{
    struct call suspend = CALL(tcb, TCBSuspend);

    ROW("ReadRegisters of a thread blocked in Call");
    set_up(site_ecall, idle_endpoint, seL4_SysCall);
    start();
    seL4_Yield();
    read_back();
    vector_ok(registers_are((seL4_Word)site_ecall, idle_endpoint, 0) &&
                  after[A7] == ~0ul,
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
                  bottom <= (seL4_Word)site_ecall &&
                  (seL4_Word)site_ecall < top,
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
