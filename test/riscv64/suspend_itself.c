/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread that suspends itself gets no answer: it stays at its system call,
 * which it makes again when it is resumed, unless it is moved on (sel4-abi.md
 * 4.6); with all registers as they were. */
#include "probe.h"

static struct call of(seL4_Word label)
{
    return CALL(probe.tcb, label);
}

/* Does it wait at its call, having changed nothing? */
static bool waits(void)
{
    for (int i = 0; i < 3; i++)
        seL4_Yield();
    probe_read();
    return probe_registers_are((seL4_Word)probe_ecall, probe.tcb,
                               probe.before[PROBE_A1]);
}

static void claim(long number, const char *name)
{
    struct call resume = of(TCBResume);

    probe_set(probe_ecall, probe.tcb, number);
    probe.before[PROBE_A1] = seL4_MessageInfo_new(TCBSuspend, 0, 0, 0).words[0];
    probe_start();
    tap_ok(waits(), "%s: the thread stops at it", name);
    call_is(&resume, DONE, "%s: Resume", name);
    tap_ok(waits(), "%s: it is made again", name);
    probe.before[PROBE_PC] = (seL4_Word)probe_break;
    probe_run();
    tap_is(probe.words[0], (seL4_Word)probe_break, "%s: moved on", name);
}

int main(void)
{
    probe_make(TASK_ROOT, 0, false);
    claim(seL4_SysCall, "Call");
    claim(seL4_SysSend, "Send");
    claim(seL4_SysNBSend, "NBSend");
    return tap_done();
}
