/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls by their number: all 64 bits count, and what is none is a
 * fault that tells all (sel4-abi.md 1.1, 7.3); DebugCapIdentify, the one debug
 * call that answers (1.4, 3.4). */
#include "probe.h"

#include <limits.h>
#include <string.h>

static void claim_unknown(long number)
{
    seL4_Word words[11] = {(seL4_Word)probe_ecall};

    probe_set(probe_ecall, 0x99, number);
    probe.before[PROBE_A1] = 0x98;
    words[1] = probe.before[PROBE_SP];
    words[2] = probe.before[PROBE_RA];
    memcpy(&words[3], &probe.before[PROBE_A0], 7 * sizeof words[0]);
    words[10] = (seL4_Word)number;
    tap_ok(probe_faults(seL4_Fault_UnknownSyscall, 11, words),
           "%ld is no system call", number);
}

/* Neighbours of those that are, those that this kernel is built without, the
 * numbers of another system, and those that are right in 32 bits only. */
static void claim_all_unknown(void)
{
    static const long numbers[] = {
        0,
        1,
        8,
        64,
        93,
        0xc1,
        0x7fffffff,
        0xffffffff,
        0xfffffff8,
        0x1ffffffff,
        LONG_MAX,
        LONG_MIN,
        -128,
        -256,
        -(1l << 31),
        -(1l << 32),
        -(1l << 32) - 1,
    };

    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        claim_unknown(numbers[i]);
    for (long number = -15; number >= -34; number--)
        claim_unknown(number);
#ifndef CONFIG_PRINTING
    claim_unknown(-9);
    claim_unknown(-10);
#endif
#ifndef CONFIG_DEBUG_BUILD
    for (long number = -11; number >= -14; number--)
        claim_unknown(number);
#endif
}

/* The tags of 3.4, in the order of kinds. */
static void claim_identify(void)
{
#ifdef CONFIG_DEBUG_BUILD
    static const seL4_Word tags[KINDS] = {0,  2,  4, 6, 8, 10, 12, 14,
                                          16, 20, 1, 3, 3, 11, 13};

    for (enum kind kind = KIND_NULL; kind < KINDS; kind++) {
        probe_set(probe_ecall, kind_slot(kind), seL4_SysDebugCapIdentify);
        probe.before[PROBE_A1] = 0x98;
        tap_ok(probe_passes(tags[kind], 0x98), "DebugCapIdentify: %s is %lu",
               kind_name(kind), tags[kind]);
    }
    probe_set(probe_ecall, 1ul << 40, seL4_SysDebugCapIdentify);
    tap_ok(probe_passes(0, 0), "DebugCapIdentify: what is nowhere is 0");
#else
    tap_skip("DebugCapIdentify: not in this kernel");
#endif
}

static void claim_yield(void)
{
    probe_set(probe_ecall, 0x99, seL4_SysYield);
    probe.before[PROBE_A1] = 0x98;
    tap_ok(probe_passes(0x99, 0x98), "Yield changes no register");
}

int main(void)
{
    probe_make(TASK_ROOT, 0, false);
    claim_all_unknown();
    claim_identify();
    claim_yield();
    return tap_done();
}
