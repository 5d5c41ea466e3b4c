/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of the TCB calls about registers, priorities, flags and a bound
 * notification, in their order (sel4-abi.md 4.6); invoke_tcb_spaces.c has the
 * rest. */
#include "errors.h"
#include "task.h"

#define NOT_A_TCB CAP_NOT(0, KIND_BIT(KIND_TCB))
#define SELF      SERVICE(seL4_CapInitThreadTCB)
/* Another object's label; sel4-abi.md 4.6: unknown before all else. */
#define OTHER_LABEL WRONG("another label", ILLEGAL, LABEL(CNodeCopy))

static void claim_read(seL4_CPtr tcb)
{
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("words", TRUNC, SHORTER(0, 2)),
        WRONG("no registers", RANGE(1, 32), WORD(1, 0)),
        WRONG("33 registers", RANGE(1, 32), WORD(1, 33)),
        WRONG("2^64 - 1 registers", RANGE(1, 32), WORD(1, ~0ul)),
        WRONG("of the caller", ILLEGAL, SELF),
    };
    struct call good = CALL(tcb, TCBReadRegisters, CALL_MR(0, 5));
    struct answer zeros = ANSWER(seL4_NoError, 0, 0, 0, 0, 0);

    ERRORS_IN_ORDER("ReadRegisters", &good, wrong);
    for (seL4_Word count = 1; count <= 32; count++) {
        good.mr[1] = zeros.length = count;
        call_is(&good, zeros, "ReadRegisters: %lu of them", count);
    }
}

/* 34 words, as the stub sends; a smaller count needs fewer. */
static void claim_write(seL4_CPtr tcb)
{
    struct call good = CALL(tcb, TCBWriteRegisters, CALL_MR(0, 32));
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("words", TRUNC, SHORTER(0, 34)),
        WRONG("more registers than words", TRUNC, WORD(1, 33)),
        WRONG("2^64 - 1 registers", TRUNC, WORD(1, ~0ul)),
        WRONG("of the caller", ILLEGAL, SELF),
    };

    good.words = good.length = 34;
    ERRORS_IN_ORDER("WriteRegisters", &good, wrong);
    call_is(&good, DONE, "WriteRegisters: with nothing wrong");
    for (seL4_Word count = 0; count < 4; count++) {
        good.mr[1] = count;
        good.length = 2 + count;
        call_is(&good, DONE, "WriteRegisters: %lu of them", count);
        good.length = count < 2 ? 1 : 1 + count;
        call_is(&good, TRUNC, "WriteRegisters: %lu, a word short", count);
    }
    good.mr[1] = 38, good.length = 40;
    call_is(&good, DONE, "WriteRegisters: 38, of which 32 count");
}

static void claim_copy(seL4_CPtr tcb)
{
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("words", TRUNC, SHORTER(0, 1)),
        WRONG("no source", TRUNC, FEWER(1)),
        WRONG("a source that is no TCB", IC(1), NOT_A_TCB),
    };
    struct call good = CALL(tcb, TCBCopyRegisters, CALL_MR(12),
                            CALL_CAPS(task_object(seL4_TCBObject, 0)));

    ERRORS_IN_ORDER("CopyRegisters", &good, wrong);
    call_is(&good, DONE, "CopyRegisters: with nothing wrong");
    good.cap[0] = tcb;
    call_is(&good, DONE, "CopyRegisters: of itself to itself");
    good.mr[0] = 0;
    call_is(&good, DONE, "CopyRegisters: nothing at all");
}

/* A thread whose MCP is this. */
static seL4_CPtr authority(seL4_Word mcp)
{
    seL4_CPtr slot = task_object(seL4_TCBObject, 0);

    call_must(&CALL(slot, TCBSetMCPriority, CALL_MR(mcp),
                    CALL_CAPS(seL4_CapInitThreadTCB)),
              "an MCP");
    return slot;
}

static void claim_priorities(seL4_CPtr tcb)
{
    const seL4_CPtr low = authority(0), middle = authority(100);
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("words", TRUNC, SHORTER(0, 1)),
        WRONG("no authority", TRUNC, FEWER(1)),
        WRONG("an authority that is no TCB", IC(1), NOT_A_TCB),
        WRONG("more than MCP 0", RANGE(0, 0), CAP(0, low), WORD(0, 1)),
        WRONG("more than MCP 100", RANGE(0, 100), CAP(0, middle), WORD(0, 101)),
        WRONG("256", RANGE(0, 255), CAP(0, seL4_CapInitThreadTCB),
              WORD(0, 256)),
        WRONG("2^64 - 1", RANGE(0, 255), CAP(0, seL4_CapInitThreadTCB),
              WORD(0, ~0ul)),
    };
    struct call good =
        CALL(tcb, TCBSetPriority, CALL_MR(100), CALL_CAPS(middle));

    ERRORS_IN_ORDER("SetPriority", &good, wrong);
    call_is(&good, DONE, "SetPriority: the authority's MCP");
    good.label = TCBSetMCPriority;
    ERRORS_IN_ORDER("SetMCPriority", &good, wrong);
    call_is(&good, DONE, "SetMCPriority: the authority's MCP");
    good.cap[0] = low, good.mr[0] = 0;
    call_is(&good, DONE, "SetMCPriority: less than the thread's priority");
}

static void claim_sched_params(seL4_CPtr tcb)
{
    const seL4_CPtr low = authority(0), middle = authority(100);
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("words", TRUNC, SHORTER(0, 2)),
        WRONG("no authority", TRUNC, FEWER(1)),
        WRONG("an authority that is no TCB", IC(1), NOT_A_TCB),
        WRONG("an MCP of more than 0", RANGE(0, 0), CAP(0, low), WORD(0, 1)),
        WRONG("an MCP of more than 100", RANGE(0, 100), CAP(0, middle),
              WORD(0, 101)),
        WRONG("a priority of more than 0", RANGE(0, 0), CAP(0, low), WORD(0, 0),
              WORD(1, 1)),
        WRONG("a priority of more than 100", RANGE(0, 100), CAP(0, middle),
              WORD(0, 100), WORD(1, 101)),
        WRONG("priority 256", RANGE(0, 255), CAP(0, seL4_CapInitThreadTCB),
              WORD(1, 256)),
        WRONG("priority 2^64 - 1", RANGE(0, 255), CAP(0, seL4_CapInitThreadTCB),
              WORD(1, ~0ul)),
    };
    struct call good =
        CALL(tcb, TCBSetSchedParams, CALL_MR(50, 100), CALL_CAPS(middle));

    ERRORS_IN_ORDER("SetSchedParams", &good, wrong);
    call_is(&good, DONE, "SetSchedParams: a priority of more than the MCP");
}

static void claim_tls_and_flags(seL4_CPtr tcb)
{
    const struct wrong tls[] = {OTHER_LABEL,
                                WRONG("words", TRUNC, SHORTER(0, 1))};
    struct call set_tls = CALL(tcb, TCBSetTLSBase, CALL_MR(0x1234));

    ERRORS_IN_ORDER("SetTLSBase", &set_tls, tls);
    call_is(&set_tls, DONE, "SetTLSBase: any word");
#if LABELS >= 14
    const struct wrong flags[] = {OTHER_LABEL,
                                  WRONG("words", TRUNC, SHORTER(0, 2))};
    struct call set = CALL(tcb, TCBSetFlags, CALL_MR(0, ~0ul));
#ifdef CONFIG_HAVE_FPU
    const seL4_Word mask = 1;
#else
    const seL4_Word mask = 0;
#endif

    ERRORS_IN_ORDER("SetFlags", &set, flags);
    call_is(&set, ANSWER(seL4_NoError, mask), "SetFlags: all that there are");
    set.mr[1] = 0;
    call_is(&set, ANSWER(seL4_NoError, mask), "SetFlags: none more");
    set.mr[0] = ~0ul;
    call_is(&set, ANSWER(seL4_NoError, 0), "SetFlags: all cleared");
    set.mr[1] = ~1ul;
    call_is(&set, ANSWER(seL4_NoError, 0), "SetFlags: those that are none");
#endif
}

/* No arguments, so nothing of the message can be wrong. */
static void claim_suspend_and_resume(seL4_CPtr tcb)
{
    for (seL4_Word length = 0; length <= 127; length += 127) {
        struct call c = CALL(tcb, TCBSuspend, .length = length);

        call_is(&c, DONE, "Suspend: length %lu", length);
    }
    /* It has no address space: it runs into a fault that has no handler. */
    for (seL4_Word length = 0; length <= 127; length += 127) {
        struct call c = CALL(tcb, TCBResume, .length = length);

        call_is(&c, DONE, "Resume: length %lu", length);
        c.label = TCBSuspend;
        call_is(&c, DONE, "Suspend: after that");
    }
}

int main(void)
{
    seL4_CPtr tcb = task_object(seL4_TCBObject, 0);

    claim_read(tcb);
    claim_write(tcb);
    claim_copy(tcb);
    claim_priorities(tcb);
    claim_sched_params(tcb);
    claim_tls_and_flags(tcb);
    claim_suspend_and_resume(task_object(seL4_TCBObject, 0));
    return errors_done();
}
