/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe.h"

#include <string.h>

struct probe probe;

static seL4_IPCBuffer buffer __attribute__((aligned(4096)));

/* Each is followed by an ebreak, 4 bytes later. */
__asm__(".pushsection .text\n.option push\n.option norvc\n"
        ".global probe_ecall, probe_break, probe_store, probe_load\n"
        ".global probe_jump, probe_all_ones\n"
        "probe_ecall: ecall\nebreak\n"
        "probe_break: ebreak\n"
        "probe_store: sd zero, 0(a0)\nebreak\n"
        "probe_load: ld a1, 0(a0)\nebreak\n"
        "probe_jump: jr a0\nebreak\n"
        "probe_all_ones: .word 0xffffffff\nebreak\n"
        ".option pop\n.popsection");

void probe_make(seL4_CPtr cspace, seL4_Word guard_data, bool with_buffer)
{
    seL4_Word address = with_buffer ? (seL4_Word)&buffer : 0;

    memset(&probe, 0, sizeof probe);
    probe.buffer = &buffer;
    probe.faults = task_object(seL4_EndpointObject, 0);
    probe.tcb = task_object(seL4_TCBObject, 0);
    call_must(&CALL(probe.tcb, TCBConfigure,
                    CALL_MR(probe.faults, guard_data, 0, address),
                    CALL_CAPS(cspace, TASK_VSPACE, call_page_of(&buffer))),
              "a thread");
    call_must(&CALL(probe.tcb, TCBSetPriority, CALL_MR(seL4_MaxPrio),
                    CALL_CAPS(seL4_CapInitThreadTCB)),
              "its priority");
}

void probe_set(void (*instruction)(void), seL4_Word a0, long number)
{
    for (unsigned n = 0; n < PROBE_REGISTERS; n++)
        probe.before[n] = 0x1111111111111111ul * (n % 15 + 1) + n;
    probe.before[PROBE_PC] = (seL4_Word)instruction;
    probe.before[PROBE_A0] = a0;
    probe.before[PROBE_A1] = 0;
    probe.before[PROBE_A7] = (seL4_Word)number;
}

void probe_start(void)
{
    struct call c =
        CALL(probe.tcb, TCBWriteRegisters, CALL_MR(1, PROBE_REGISTERS));

    memcpy(&c.mr[2], probe.before, sizeof probe.before);
    c.words = c.length = 2 + PROBE_REGISTERS;
    call_must(&c, "the registers");
}

void probe_read(void)
{
    seL4_UserContext context;

    seL4_TCB_ReadRegisters(probe.tcb, 0, 0, PROBE_REGISTERS, &context);
    memcpy(probe.after, &context, sizeof probe.after);
}

void probe_run(void)
{
    seL4_MessageInfo_t info;
    seL4_Word badge;

    probe_start();
    info = seL4_Recv(probe.faults, &badge);
    probe.label = seL4_MessageInfo_get_label(info);
    probe.length = seL4_MessageInfo_get_length(info);
    for (unsigned n = 0; n < sizeof probe.words / sizeof probe.words[0]; n++)
        probe.words[n] = seL4_GetMR((int)n);
    probe_read();
}

bool probe_registers_are(seL4_Word pc, seL4_Word a0, seL4_Word a1)
{
    seL4_Word want[PROBE_REGISTERS];

    memcpy(want, probe.before, sizeof want);
    want[PROBE_PC] = pc;
    want[PROBE_A0] = a0;
    want[PROBE_A1] = a1;
    for (unsigned n = 0; n < PROBE_REGISTERS; n++)
        if (probe.after[n] != want[n]) {
            tap_diag("register %u: 0x%lx, not 0x%lx", n, probe.after[n],
                     want[n]);
            return false;
        }
    return true;
}

static bool fault_is(seL4_Word label, seL4_Word length, const seL4_Word *words)
{
    bool same = probe.label == label && probe.length == length;

    for (seL4_Word n = 0; n < length; n++)
        same = same && probe.words[n] == words[n];
    if (!same)
        tap_diag("fault %lu, length %lu: 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx",
                 probe.label, probe.length, probe.words[0], probe.words[1],
                 probe.words[2], probe.words[3], probe.words[4]);
    return same;
}

bool probe_faults(seL4_Word label, seL4_Word length, const seL4_Word *words)
{
    probe_run();
    return fault_is(label, length, words) &&
           probe_registers_are(words[0], probe.before[PROBE_A0],
                               probe.before[PROBE_A1]);
}

bool probe_passes(seL4_Word a0, seL4_Word a1)
{
    const seL4_Word next = probe.before[PROBE_PC] + 4;
    const seL4_Word words[4] = {next, probe.before[PROBE_SP], PROBE_BREAKPOINT,
                                0};

    probe_run();
    return fault_is(seL4_Fault_UserException, 4, words) &&
           probe_registers_are(next, a0, a1);
}
