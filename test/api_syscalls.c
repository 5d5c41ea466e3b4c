/* SPDX-License-Identifier: BSD-2-Clause */
/* The system calls' functions put into registers what sel4-abi.md 1.3 says,
 * and fetch what comes back; fault messages get their names (7.3). */
#include <sel4/sel4.h>
#include "tap.h"

__thread seL4_IPCBuffer *__sel4_ipc_buffer;

static seL4_IPCBuffer buffer;
static long trap_number;
static seL4_Word sent[6];
static const seL4_Word received[6] = {0xbad9e, 42ul << 12 | 4, 51, 52, 53, 54};

void sel4_host_trap(seL4_Word number, seL4_Word registers[6])
{
    trap_number = (long)number;
    for (int i = 0; i < 6; i++) {
        sent[i] = registers[i];
        registers[i] = received[i];
    }
}

static const seL4_MessageInfo_t info = {{7ul << 12 | 4}};

static void fill_buffer(void)
{
    for (int i = 0; i < 4; i++)
        seL4_SetMR(i, 11 + (seL4_Word)i);
}

/* Number, then the registers that matter: cptr if not 0, info, MRs. */
static void ok_trap(const char *name, long number, seL4_Word cptr,
                    seL4_Word first_mr)
{
    bool good = trap_number == number;

    if (cptr)
        good &= sent[0] == cptr;
    if (first_mr) {
        good &= sent[1] == info.words[0];
        for (seL4_Word i = 0; i < 4; i++)
            good &= sent[2 + i] == first_mr + i;
    }
    tap_ok(good, "%s: number %ld and its registers", name, number);
}

static void ok_fetched(const char *name, seL4_MessageInfo_t got,
                       const seL4_Word *mr)
{
    tap_ok(got.words[0] == received[1] && mr[0] == 51 && mr[1] == 52 &&
               mr[2] == 53 && mr[3] == 54,
           "%s: what has come", name);
}

static void with_buffer(void)
{
    seL4_Word badge = 0;

    fill_buffer();
    seL4_Send(5, info);
    ok_trap("Send", -3, 5, 11);
    seL4_NBSend(5, info);
    ok_trap("NBSend", -4, 5, 11);
    seL4_Reply(info);
    ok_trap("Reply", -6, 0, 11);
    ok_fetched("Call", seL4_Call(5, info), buffer.msg);
    ok_trap("Call", -1, 5, 11);
    fill_buffer();
    ok_fetched("ReplyRecv", seL4_ReplyRecv(5, info, &badge), buffer.msg);
    ok_trap("ReplyRecv", -2, 5, 11);
    tap_is(badge, 0xbad9e, "ReplyRecv: badge");
    fill_buffer();
    badge = 0;
    ok_fetched("Recv", seL4_Recv(5, &badge), buffer.msg);
    ok_trap("Recv", -5, 5, 0);
    tap_is(badge, 0xbad9e, "Recv: badge");
    fill_buffer();
    badge = 0;
    ok_fetched("NBRecv", seL4_NBRecv(5, &badge), buffer.msg);
    ok_trap("NBRecv", -8, 5, 0);
    tap_is(badge, 0xbad9e, "NBRecv: badge");
    seL4_Recv(6, NULL);
    ok_trap("Recv without a place for the badge", -5, 6, 0);
}

static void with_registers(void)
{
    seL4_Word badge = 0;
    seL4_Word mr[4] = {21, 22, 23, 24};

    seL4_SendWithMRs(5, info, &mr[0], &mr[1], &mr[2], &mr[3]);
    ok_trap("SendWithMRs", -3, 5, 21);
    seL4_NBSendWithMRs(5, info, &mr[0], &mr[1], &mr[2], &mr[3]);
    ok_trap("NBSendWithMRs", -4, 5, 21);
    seL4_ReplyWithMRs(info, &mr[0], &mr[1], &mr[2], &mr[3]);
    ok_trap("ReplyWithMRs", -6, 0, 21);
    ok_fetched("CallWithMRs",
               seL4_CallWithMRs(5, info, &mr[0], &mr[1], &mr[2], &mr[3]), mr);
    ok_trap("CallWithMRs", -1, 5, 21);
    ok_fetched("RecvWithMRs",
               seL4_RecvWithMRs(5, &badge, &mr[0], &mr[1], &mr[2], &mr[3]), mr);
    ok_trap("RecvWithMRs", -5, 5, 0);
    tap_is(badge, 0xbad9e, "RecvWithMRs: badge");
    ok_fetched("NBRecvWithMRs",
               seL4_NBRecvWithMRs(5, &badge, &mr[0], &mr[1], &mr[2], &mr[3]),
               mr);
    ok_trap("NBRecvWithMRs", -8, 5, 0);
    for (seL4_Word i = 0; i < 4; i++)
        mr[i] = 21 + i;
    ok_fetched(
        "ReplyRecvWithMRs",
        seL4_ReplyRecvWithMRs(5, info, &badge, &mr[0], &mr[1], &mr[2], &mr[3]),
        mr);
    ok_trap("ReplyRecvWithMRs", -2, 5, 21);
    seL4_CallWithMRs(5, info, NULL, NULL, NULL, NULL);
    ok_trap("CallWithMRs without registers", -1, 5, 0);
}

static void others(void)
{
    seL4_Word badge = 0;

    seL4_Signal(5);
    ok_trap("Signal", -3, 5, 0);
    tap_is(sent[1], 0, "Signal: label 0, length 0");
    seL4_Wait(5, &badge);
    ok_trap("Wait", -5, 5, 0);
    tap_is(badge, 0xbad9e, "Wait: badge");
    seL4_Poll(5, &badge);
    ok_trap("Poll", -8, 5, 0);
    seL4_Yield();
    ok_trap("Yield", -7, 0, 0);
}

static void debug_calls(void)
{
    seL4_DebugPutChar((char)0xe9);
    ok_trap("DebugPutChar", -9, 0xe9, 0);
    seL4_DebugPutString("xy");
    ok_trap("DebugPutString", -9, 'y', 0);
    seL4_DebugDumpScheduler();
    ok_trap("DebugDumpScheduler", -10, 0, 0);
    seL4_DebugHalt();
    ok_trap("DebugHalt", -11, 0, 0);
    tap_is(seL4_DebugCapIdentify(5), 0xbad9e, "DebugCapIdentify: result");
    ok_trap("DebugCapIdentify", -12, 5, 0);
    seL4_DebugSnapshot();
    ok_trap("DebugSnapshot", -13, 0, 0);
    seL4_DebugNameThread(5, "a thread");
    ok_trap("DebugNameThread", -14, 5, 0);
    tap_is_string((const char *)&buffer + 8, "a thread",
                  "DebugNameThread: from byte 8 of the buffer");
}

static void buffer_words(void)
{
    const seL4_Word *word = (const seL4_Word *)&buffer;
    seL4_CPtr cnode;
    seL4_CPtr index;
    seL4_Word depth;

    seL4_SetMR(119, 1);
    tap_ok(word[120] == 1 && seL4_GetMR(119) == 1, "MR119 is word 120");
    seL4_SetUserData(2);
    tap_ok(word[121] == 2 && seL4_GetUserData() == 2, "user data: word 121");
    for (int i = 0; i < 3; i++)
        seL4_SetCap(i, 30 + (seL4_CPtr)i);
    tap_ok(word[122] == 30 && word[124] == 32 && seL4_GetCap(1) == 31 &&
               seL4_GetBadge(2) == 32,
           "capabilities and badges: words 122 to 124");
    seL4_SetCapReceivePath(40, 41, 42);
    tap_ok(word[125] == 40 && word[126] == 41 && word[127] == 42,
           "receive path: words 125 to 127");
    seL4_GetCapReceivePath(&cnode, &index, &depth);
    tap_ok(cnode == 40 && index == 41 && depth == 42, "... and back");
    seL4_GetCapReceivePath(NULL, NULL, NULL);
    tap_ok(seL4_GetIPCBuffer() == &buffer, "the buffer is this thread's");
}

static void ok_fault(const char *name, seL4_Fault_t fault, seL4_Word type)
{
    tap_is(seL4_Fault_get_seL4_FaultType(fault), type, "%s: type", name);
}

static void faults(void)
{
    seL4_MessageInfo_t tag[6];
    seL4_Fault_t fault;

    for (seL4_Word i = 0; i < 6; i++)
        tag[i] = seL4_MessageInfo_new(i, 0, 0, 4);
    for (int i = 0; i < 11; i++)
        seL4_SetMR(i, 201 + (seL4_Word)i);
    fault = seL4_getFault(tag[1]);
    ok_fault("CapFault", fault, 1);
    tap_ok(seL4_Fault_CapFault_get_IP(fault) == 201 &&
               seL4_Fault_CapFault_get_Addr(fault) == 202 &&
               seL4_Fault_CapFault_get_InRecvPhase(fault) == 203 &&
               seL4_Fault_CapFault_get_LookupFailureType(fault) == 204 &&
               seL4_Fault_CapFault_get_MR4(fault) == 205 &&
               seL4_Fault_CapFault_get_MR5(fault) == 206 &&
               seL4_Fault_CapFault_get_MR6(fault) == 207,
           "CapFault: seven words");
    fault = seL4_getFault(tag[2]);
    ok_fault("UnknownSyscall", fault, 2);
    tap_ok(seL4_Fault_UnknownSyscall_get_FaultIP(fault) == 201 &&
               seL4_Fault_UnknownSyscall_get_SP(fault) == 202 &&
               seL4_Fault_UnknownSyscall_get_RA(fault) == 203 &&
               seL4_Fault_UnknownSyscall_get_A0(fault) == 204 &&
               seL4_Fault_UnknownSyscall_get_A6(fault) == 210 &&
               seL4_Fault_UnknownSyscall_get_Syscall(fault) == 211,
           "UnknownSyscall: eleven words");
    fault = seL4_getFault(tag[3]);
    ok_fault("UserException", fault, 3);
    tap_ok(seL4_Fault_UserException_get_FaultIP(fault) == 201 &&
               seL4_Fault_UserException_get_SP(fault) == 202 &&
               seL4_Fault_UserException_get_Number(fault) == 203 &&
               seL4_Fault_UserException_get_Code(fault) == 204,
           "UserException: four words");
    fault = seL4_getFault(tag[5]);
    ok_fault("VMFault", fault, 5);
    tap_ok(seL4_Fault_VMFault_get_IP(fault) == 201 &&
               seL4_Fault_VMFault_get_Addr(fault) == 202 &&
               seL4_Fault_VMFault_get_PrefetchFault(fault) == 203 &&
               seL4_Fault_VMFault_get_FSR(fault) == 204,
           "VMFault: four words");
    seL4_Fault_VMFault_ptr_set_Addr(&fault, 9);
    tap_ok(seL4_Fault_VMFault_ptr_get_Addr(&fault) == 9 &&
               seL4_Fault_VMFault_get_IP(fault) == 201,
           "a fault's field can be changed alone");
    ok_fault("no fault", seL4_getFault(tag[0]), 0);
    for (seL4_Word i = 0; i < 6; i++)
        tap_ok(seL4_isNoFault_tag(tag[i]) == (i == 0) &&
                   seL4_isCapFault_tag(tag[i]) == (i == 1) &&
                   seL4_isUnknownSyscall_tag(tag[i]) == (i == 2) &&
                   seL4_isUserException_tag(tag[i]) == (i == 3) &&
                   seL4_isVMFault_tag(tag[i]) == (i == 5),
               "label %lu is told apart", i);
}

int main(void)
{
    seL4_SetIPCBuffer(&buffer);
    with_buffer();
    with_registers();
    others();
    debug_calls();
    buffer_words();
    faults();
    return tap_done();
}
