/* SPDX-License-Identifier: BSD-2-Clause */
/* Each invocation's function sends what sel4-abi.md 4 says, and hands back
 * what comes.  The numbers here are typed from there, none is the headers'. */
#include <sel4/sel4.h>
#include "tap.h"
#include "api_layout.h"

#define SERVICE  0x5e5e
#define NEW_CALL 0x46414c00ul

__thread seL4_IPCBuffer *__sel4_ipc_buffer;

static seL4_IPCBuffer buffer;
static seL4_Word trap_number;
static seL4_Word sent[6];
static seL4_Word sent_mr[seL4_MsgMaxLength];

/* What the next system call answers: info, then message registers. */
static seL4_Word answer_info;
static seL4_Word answer[32];

void sel4_host_trap(seL4_Word number, seL4_Word registers[6])
{
    trap_number = number;
    for (int i = 0; i < 6; i++)
        sent[i] = registers[i];
    for (int i = 0; i < 120; i++)
        sent_mr[i] = i < 4 ? registers[2 + i] : buffer.msg[i];
    registers[0] = 0xbad9e;
    registers[1] = answer_info;
    for (int i = 0; i < 32; i++)
        if (i < 4)
            registers[2 + i] = answer[i];
        else
            buffer.msg[i] = answer[i];
}

struct expected {
    seL4_Word label;
    unsigned caps;
    unsigned length;
    seL4_Word cap[3];
    seL4_Word mr[8];
};

static bool check(bool holds, const char *what, seL4_Word got, seL4_Word want)
{
    if (!holds)
        tap_diag("%s: got 0x%lx, want 0x%lx", what, got, want);
    return holds;
}

/* The last system call was this. */
static void ok_sent(const char *name, seL4_Error error,
                    const struct expected *want)
{
    seL4_Word info = want->label << 12 | want->caps << 7 | want->length;
    bool good = check(error == seL4_NoError, "result", error, 0);

    good &= check(trap_number == (seL4_Word)-1, "number", trap_number, -1ul);
    good &= check(sent[0] == SERVICE, "capability", sent[0], SERVICE);
    good &= check(sent[1] == info, "message info", sent[1], info);
    for (unsigned i = 0; i < want->caps; i++)
        good &= check(buffer.caps_or_badges[i] == want->cap[i], "extra cap",
                      buffer.caps_or_badges[i], want->cap[i]);
    for (unsigned i = 0; i < want->length && i < 8; i++)
        good &= check(sent_mr[i] == want->mr[i], "message register", sent_mr[i],
                      want->mr[i]);
    tap_ok(good, "%s", name);
}

/* seL4_NAME(SERVICE, ...) sends: label, caps, length, {caps}, {mrs}. */
#define SENDS(call, ...)                                                       \
    ok_sent(#call, call, &(const struct expected){__VA_ARGS__})
#define CAPS(...)                                                              \
    {                                                                          \
        __VA_ARGS__                                                            \
    }
#define NO_CAPS                                                                \
    {                                                                          \
        0                                                                      \
    }

/* Labels of the release that the headers were made for: how many there are
 * of 30 DomainSetSet; behind that the two of the schedule may be missing. */
#if CONFIG_FALLOW_LABELS == 13
#define AFTER_FLAGS(label) ((label)-1)
#else
#define AFTER_FLAGS(label) (label)
#endif
#if CONFIG_FALLOW_LABELS >= 15
#define ARCH_LABEL(label) (label)
#else
#define ARCH_LABEL(label) (AFTER_FLAGS(label) - 2)
#endif

static void untyped_and_threads(void)
{
    SENDS(seL4_Untyped_Retype(SERVICE, 4, 12, 0xc0, 0x11, 64, 0x22, 0x33), 1, 1,
          6, CAPS(0xc0), CAPS(4, 12, 0x11, 64, 0x22, 0x33));
    SENDS(seL4_TCB_CopyRegisters(SERVICE, 0xc0, 1, 0, 0, 0, 0), 4, 1, 1,
          CAPS(0xc0), CAPS(0x1));
    SENDS(seL4_TCB_CopyRegisters(SERVICE, 0xc0, 0, 1, 0, 1, 0xab), 4, 1, 1,
          CAPS(0xc0), CAPS(0xab0a));
    SENDS(seL4_TCB_CopyRegisters(SERVICE, 0xc0, 0, 0, 1, 0, 0), 4, 1, 1,
          CAPS(0xc0), CAPS(0x4));
    SENDS(seL4_TCB_Configure(SERVICE, 1, 0xc0, 2, 0xc1, 3, 0x4000, 0xc2), 5, 3,
          4, CAPS(0xc0, 0xc1, 0xc2), CAPS(1, 2, 3, 0x4000));
    SENDS(seL4_TCB_SetPriority(SERVICE, 0xc0, 255), 6, 1, 1, CAPS(0xc0),
          CAPS(255));
    SENDS(seL4_TCB_SetMCPriority(SERVICE, 0xc0, 254), 7, 1, 1, CAPS(0xc0),
          CAPS(254));
    SENDS(seL4_TCB_SetSchedParams(SERVICE, 0xc0, 253, 252), 8, 1, 2, CAPS(0xc0),
          CAPS(253, 252));
    SENDS(seL4_TCB_SetIPCBuffer(SERVICE, 0x4000, 0xc0), 9, 1, 1, CAPS(0xc0),
          CAPS(0x4000));
    SENDS(seL4_TCB_SetSpace(SERVICE, 1, 0xc0, 2, 0xc1, 3), 10, 2, 3,
          CAPS(0xc0, 0xc1), CAPS(1, 2, 3));
    SENDS(seL4_TCB_Suspend(SERVICE), 11, 0, 0, NO_CAPS, CAPS(0));
    SENDS(seL4_TCB_Resume(SERVICE), 12, 0, 0, NO_CAPS, CAPS(0));
    SENDS(seL4_TCB_BindNotification(SERVICE, 0xc0), 13, 1, 0, CAPS(0xc0),
          CAPS(0));
    SENDS(seL4_TCB_UnbindNotification(SERVICE), 14, 0, 0, NO_CAPS, CAPS(0));
    SENDS(seL4_TCB_SetTLSBase(SERVICE, 0x7000), 15, 0, 1, NO_CAPS,
          CAPS(0x7000));
}

static void cnodes(void)
{
    seL4_CapRights_t rights = seL4_CapRights_new(1, 0, 1, 0);

    SENDS(seL4_CNode_Revoke(SERVICE, 1, 64), AFTER_FLAGS(17), 0, 2, NO_CAPS,
          CAPS(1, 64));
    SENDS(seL4_CNode_Delete(SERVICE, 1, 64), AFTER_FLAGS(18), 0, 2, NO_CAPS,
          CAPS(1, 64));
    SENDS(seL4_CNode_CancelBadgedSends(SERVICE, 1, 64), AFTER_FLAGS(19), 0, 2,
          NO_CAPS, CAPS(1, 64));
    SENDS(seL4_CNode_Copy(SERVICE, 1, 63, 0xc0, 2, 62, rights), AFTER_FLAGS(20),
          1, 5, CAPS(0xc0), CAPS(1, 63, 2, 62, 10));
    SENDS(seL4_CNode_Mint(SERVICE, 1, 63, 0xc0, 2, 62, rights, 0xbad),
          AFTER_FLAGS(21), 1, 6, CAPS(0xc0), CAPS(1, 63, 2, 62, 10, 0xbad));
    SENDS(seL4_CNode_Move(SERVICE, 1, 63, 0xc0, 2, 62), AFTER_FLAGS(22), 1, 4,
          CAPS(0xc0), CAPS(1, 63, 2, 62));
    SENDS(seL4_CNode_Mutate(SERVICE, 1, 63, 0xc0, 2, 62, 0xbad),
          AFTER_FLAGS(23), 1, 5, CAPS(0xc0), CAPS(1, 63, 2, 62, 0xbad));
    SENDS(seL4_CNode_Rotate(SERVICE, 1, 60, 2, 0xc0, 3, 61, 4, 0xc1, 5, 62),
          AFTER_FLAGS(24), 2, 8, CAPS(0xc0, 0xc1),
          CAPS(1, 60, 2, 3, 61, 4, 5, 62));
    SENDS(seL4_CNode_SaveCaller(SERVICE, 1, 64), AFTER_FLAGS(25), 0, 2, NO_CAPS,
          CAPS(1, 64));
}

static void interrupts_and_domains(void)
{
    SENDS(seL4_IRQControl_Get(SERVICE, 10, 0xc0, 1, 64), AFTER_FLAGS(26), 1, 3,
          CAPS(0xc0), CAPS(10, 1, 64));
    SENDS(seL4_IRQHandler_Ack(SERVICE), AFTER_FLAGS(27), 0, 0, NO_CAPS,
          CAPS(0));
    SENDS(seL4_IRQHandler_SetNotification(SERVICE, 0xc0), AFTER_FLAGS(28), 1, 0,
          CAPS(0xc0), CAPS(0));
    SENDS(seL4_IRQHandler_Clear(SERVICE), AFTER_FLAGS(29), 0, 0, NO_CAPS,
          CAPS(0));
    SENDS(seL4_DomainSet_Set(SERVICE, 200, 0xc0), AFTER_FLAGS(30), 1, 1,
          CAPS(0xc0), CAPS(200));
#if CONFIG_FALLOW_LABELS >= 15
    SENDS(seL4_DomainSet_ScheduleConfigure(SERVICE, 1, 300, 1ul << 55), 31, 0,
          3, NO_CAPS, CAPS(1, 300, 1ul << 55));
    SENDS(seL4_DomainSet_ScheduleSetStart(SERVICE, 1), 32, 0, 1, NO_CAPS,
          CAPS(1));
#endif
    SENDS(seL4_IRQControl_GetTrigger(SERVICE, 10, 1, 0xc0, 2, 64),
          ARCH_LABEL(40), 1, 4, CAPS(0xc0), CAPS(10, 1, 2, 64));
}

static void spaces(void)
{
    SENDS(seL4_RISCV_PageTable_Map(SERVICE, 0xc0, 0x200000,
                                   seL4_RISCV_ExecuteNever),
          ARCH_LABEL(33), 1, 2, CAPS(0xc0), CAPS(0x200000, 1));
    SENDS(seL4_RISCV_PageTable_Unmap(SERVICE), ARCH_LABEL(34), 0, 0, NO_CAPS,
          CAPS(0));
    SENDS(seL4_RISCV_Page_Map(SERVICE, 0xc0, 0x1000, seL4_ReadWrite,
                              seL4_RISCV_Default_VMAttributes),
          ARCH_LABEL(35), 1, 3, CAPS(0xc0), CAPS(0x1000, 3, 0));
    SENDS(seL4_RISCV_Page_Unmap(SERVICE), ARCH_LABEL(36), 0, 0, NO_CAPS,
          CAPS(0));
    SENDS(seL4_RISCV_ASIDControl_MakePool(SERVICE, 0xc0, 0xc1, 1, 64),
          ARCH_LABEL(38), 2, 2, CAPS(0xc0, 0xc1), CAPS(1, 64));
    SENDS(seL4_RISCV_ASIDPool_Assign(SERVICE, 0xc0), ARCH_LABEL(39), 1, 0,
          CAPS(0xc0), CAPS(0));
}

static void our_own(void)
{
    SENDS(fallow_Untyped_RetypeAt(SERVICE, 4, 12, 0xc0, 1, 64, 2, 3, 0x8000),
          NEW_CALL, 1, 7, CAPS(0xc0), CAPS(4, 12, 1, 64, 2, 3, 0x8000));
    SENDS(fallow_Untyped_RevokeAt(SERVICE, 0x8000, 12), NEW_CALL + 4, 0, 2,
          NO_CAPS, CAPS(0x8000, 12));
}

/* Sets the answer: a label, and words 101, 102, ... */
static void answer_with(seL4_Word label, unsigned length)
{
    answer_info = label << 12 | length;
    for (unsigned i = 0; i < 32; i++)
        answer[i] = 101 + i;
}

static void results(void)
{
    answer_with(0, 1);
    seL4_RISCV_Page_GetAddress_t page = seL4_RISCV_Page_GetAddress(SERVICE);
    ok_sent("GetAddress", (seL4_Error)page.error,
            &(struct expected){.label = ARCH_LABEL(37)});
    tap_is(page.paddr, 101, "GetAddress: paddr");

#if CONFIG_FALLOW_LABELS >= 14
    seL4_TCB_SetFlags_t flags = seL4_TCB_SetFlags(SERVICE, 1, 2);
    ok_sent("SetFlags", (seL4_Error)flags.error,
            &(struct expected){.label = 16, .length = 2, .mr = {1, 2}});
    tap_is(flags.flags, 101, "SetFlags: flags");
#endif

    answer_with(0, 1);
    fallow_Untyped_RetypeWhole_t whole =
        fallow_Untyped_RetypeWhole(SERVICE, 4, 12, 0xc0, 1, 64, 2);
    ok_sent("RetypeWhole", (seL4_Error)whole.error,
            &(struct expected){.label = NEW_CALL + 1,
                               .caps = 1,
                               .length = 5,
                               .cap = {0xc0},
                               .mr = {4, 12, 1, 64, 2}});
    tap_is(whole.num_objects, 101, "RetypeWhole: num_objects");

    answer_with(0, 6);
    fallow_Untyped_Describe_t it = fallow_Untyped_Describe(SERVICE);
    ok_sent("Describe", (seL4_Error)it.error,
            &(struct expected){.label = NEW_CALL + 2});
    tap_ok(it.base == 101 && it.size_bits == 102 && it.device == 103 &&
               it.watermark == 104 && it.has_children == 105 &&
               it.features == 106,
           "Describe: six words, two of them from the buffer");

    answer_with(0, 3);
    fallow_Untyped_Next_t next = fallow_Untyped_Next(SERVICE, 0x1000);
    ok_sent(
        "Next", (seL4_Error)next.error,
        &(struct expected){.label = NEW_CALL + 3, .length = 1, .mr = {0x1000}});
    tap_ok(next.start == 101 && next.end == 102 && next.kind == 103,
           "Next: three words");
}

static void registers_of_a_thread(void)
{
    seL4_UserContext context = {0};
    seL4_Word *word = (seL4_Word *)&context;
    seL4_Error error;
    bool good = true;

    for (unsigned i = 0; i < 32; i++)
        word[i] = 1000 + i;
    answer_with(0, 0);
    error = seL4_TCB_WriteRegisters(SERVICE, 1, 0xab, 5, &context);
    ok_sent("WriteRegisters", error,
            &(struct expected){
                .label = 3,
                .length = 34,
                .mr = {0xab01, 5, 1000, 1001, 1002, 1003, 1004, 1005}});
    for (unsigned i = 0; i < 32; i++)
        good &= sent_mr[2 + i] == 1000 + i;
    tap_ok(good, "WriteRegisters: all 32, whatever the count is");

    answer_with(0, 32);
    error = seL4_TCB_ReadRegisters(SERVICE, 1, 0xab, 32, &context);
    ok_sent("ReadRegisters", error,
            &(struct expected){.label = 2, .length = 2, .mr = {0xab01, 32}});
    good = true;
    for (unsigned i = 0; i < 32; i++)
        good &= word[i] == 101 + i;
    tap_ok(good, "ReadRegisters: all 32");
    answer_with(0, 2);
    for (unsigned i = 0; i < 32; i++)
        word[i] = i;
    seL4_TCB_ReadRegisters(SERVICE, 0, 0, 2, &context);
    good = word[0] == 101 && word[1] == 102;
    for (unsigned i = 2; i < 32; i++)
        good &= word[i] == i;
    tap_ok(good, "ReadRegisters: no more than have come");
    answer_with(seL4_RangeError, 2);
    tap_is(seL4_TCB_ReadRegisters(SERVICE, 0, 0, 33, &context), 4,
           "ReadRegisters: an error");
    tap_is(word[0], 101, "... leaves the registers alone");
}

static void errors(void)
{
    for (seL4_Word label = 1; label < seL4_NumErrors; label++) {
        answer_with(label, 4);
        tap_ok(seL4_TCB_Suspend(SERVICE) == (seL4_Error)label &&
                   seL4_GetMR(0) == 101 && seL4_GetMR(1) == 102 &&
                   seL4_GetMR(2) == 103 && seL4_GetMR(3) == 104,
               "error %lu: its words are in the buffer", label);
    }
    tap_is(seL4_MappingFailedLookupLevel(), 103, "the missing table's level");
    answer_with(seL4_IllegalOperation, 0);
    tap_is((seL4_Word)fallow_Untyped_Describe(SERVICE).error, 3,
           "a kernel without the new calls says so");
}

int main(void)
{
    seL4_SetIPCBuffer(&buffer);
    untyped_and_threads();
    cnodes();
    interrupts_and_domains();
    spaces();
    our_own();
    results();
    registers_of_a_thread();
    errors();
    return tap_done();
}
