/* SPDX-License-Identifier: BSD-2-Clause */
/* The public headers' functions with the real system call instruction: each
 * way to send and receive between two threads, each shape of invocation.
 *
 *   main()  -- Call, Send, NBSend, Signal ... -->  server()
 *           <-- Reply, ReplyRecv, a fault --------
 */
#include "rt.h"
#include "tap.h"

#include <string.h>

#define ROOT    seL4_CapInitThreadCNode
#define NO_PAGE 0x30000000ul

static seL4_Word tcb, endpoint, badged, notification, received, spare;

static char stack[4096] __attribute__((aligned(16)));
static char tls[1024] __attribute__((aligned(16)));
static seL4_IPCBuffer server_buffer __attribute__((aligned(4096)));

/* What the server has received last. */
static volatile struct {
    seL4_Word label, length, caps, badge;
    seL4_Word mr[6];
} seen;

static void note(seL4_MessageInfo_t info, seL4_Word badge)
{
    seen.label = seL4_MessageInfo_get_label(info);
    seen.length = seL4_MessageInfo_get_length(info);
    seen.caps = seL4_MessageInfo_get_extraCaps(info);
    seen.badge = badge;
    for (int i = 0; i < 6; i++)
        seen.mr[i] = seL4_GetMR(i);
}

static void note_words(seL4_MessageInfo_t info, seL4_Word badge,
                       const seL4_Word *word)
{
    note(info, badge);
    for (int i = 0; i < 4; i++)
        seen.mr[i] = word[i];
}

static seL4_MessageInfo_t message(seL4_Word label, seL4_Word first)
{
    for (int i = 0; i < 6; i++)
        seL4_SetMR(i, first + (seL4_Word)i);
    return seL4_MessageInfo_new(label, 0, 0, 6);
}

static void fill(seL4_Word *word, seL4_Word first)
{
    for (seL4_Word i = 0; i < 4; i++)
        word[i] = first + i;
}

static void serve_with_buffer(void)
{
    seL4_Word badge = 0;
    seL4_MessageInfo_t info = seL4_Recv(endpoint, &badge);

    note(info, badge);
    info = seL4_ReplyRecv(endpoint, message(8, 100), &badge);
    note(info, badge);
    seL4_Reply(message(9, 200));
    for (int i = 0; i < 2; i++) {
        info = seL4_Recv(endpoint, &badge);
        note(info, badge);
    }
}

static void serve_with_registers(void)
{
    seL4_Word badge = 0;
    seL4_Word w[4];
    seL4_MessageInfo_t info;

    for (int i = 0; i < 3; i++) {
        info = seL4_RecvWithMRs(endpoint, &badge, &w[0], &w[1], &w[2], &w[3]);
        note_words(info, badge, w);
    }
    fill(w, 300);
    info = seL4_ReplyRecvWithMRs(endpoint, seL4_MessageInfo_new(10, 0, 0, 4),
                                 &badge, &w[0], &w[1], &w[2], &w[3]);
    note_words(info, badge, w);
    fill(w, 400);
    seL4_ReplyWithMRs(seL4_MessageInfo_new(11, 0, 0, 4), &w[0], &w[1], &w[2],
                      &w[3]);
}

static void server(void)
{
    seL4_Word badge = 0;
    seL4_MessageInfo_t info;

    seL4_SetIPCBuffer(&server_buffer);
    serve_with_buffer();
    serve_with_registers();
    seL4_SetCapReceivePath(ROOT, received, 64);
    info = seL4_Recv(endpoint, &badge);
    note(info, badge);
    seL4_Wait(notification, &badge);
    seen.badge = badge;
    *(volatile char *)NO_PAGE = 1;
    for (;;)
        seL4_Yield();
}

/* The capability of the page of our image that p lies in. */
static seL4_CPtr page_of(const void *p)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_Word frames = info->userImageFrames.end - info->userImageFrames.start;
    seL4_Word start = (seL4_Word)info->ipcBuffer - frames * 4096;

    return info->userImageFrames.start + ((seL4_Word)p - start) / 4096;
}

static seL4_CPtr any_untyped(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_Word i = 0;

    while (info->untypedList[i].isDevice || info->untypedList[i].sizeBits < 20)
        i++;
    return info->untyped.start + i;
}

static void make_objects(void)
{
    seL4_CPtr untyped = any_untyped();
    seL4_Word at = seL4_GetBootInfo()->empty.start;

    tcb = at, endpoint = at + 1, notification = at + 2;
    badged = at + 3, received = at + 4, spare = at + 5;
    tap_is(seL4_Untyped_Retype(untyped, seL4_TCBObject, 0, ROOT, 0, 0, tcb, 1),
           0, "Retype: a thread");
    tap_is(seL4_Untyped_Retype(untyped, seL4_EndpointObject, 0, ROOT, ROOT, 64,
                               endpoint, 1),
           0, "Retype: an endpoint, by a path");
    tap_is(seL4_Untyped_Retype(untyped, seL4_NotificationObject, 0, ROOT, 0, 0,
                               notification, 1),
           0, "Retype: a notification");
    tap_is(seL4_CNode_Mint(ROOT, badged, 64, ROOT, endpoint, 64, seL4_AllRights,
                           0x5a),
           0, "Mint: six words");
}

static void start_server(void)
{
    seL4_UserContext context = {0};
    seL4_Word here;

    __asm__("mv %0, tp" : "=r"(here));
    memcpy(tls, (const void *)here, sizeof tls);
    context.pc = (seL4_Word)server;
    context.sp = (seL4_Word)(stack + sizeof stack);
    context.tp = (seL4_Word)tls;
    __asm__("mv %0, gp" : "=r"(context.gp));
    tap_is(seL4_TCB_Configure(tcb, badged, ROOT, 0, seL4_CapInitThreadVSpace, 0,
                              (seL4_Word)&server_buffer,
                              page_of(&server_buffer)),
           0, "Configure: three capabilities");
    tap_is(seL4_TCB_SetSchedParams(tcb, seL4_CapInitThreadTCB, 255, 255), 0,
           "SetSchedParams");
#ifdef CONFIG_DEBUG_BUILD
    seL4_DebugNameThread(tcb, "server");
    tap_is(seL4_DebugCapIdentify(tcb), 12, "DebugCapIdentify");
#endif
    tap_is(seL4_TCB_WriteRegisters(tcb, 1, 0, 32, &context), 0,
           "WriteRegisters, and start");
    seL4_Yield();
}

static void ok_seen(const char *name, seL4_Word label, seL4_Word length,
                    seL4_Word first)
{
    bool good =
        seen.label == label && seen.length == length && seen.badge == 0x5a;

    for (seL4_Word i = 0; i < length; i++)
        good &= seen.mr[i] == first + i;
    tap_ok(good, "%s: label, badge and %lu words", name, length);
}

static void ok_answer(const char *name, seL4_MessageInfo_t info,
                      seL4_Word label, seL4_Word first, const seL4_Word *word)
{
    bool good = seL4_MessageInfo_get_label(info) == label;

    for (seL4_Word i = 0; i < 4; i++)
        good &= word[i] == first + i;
    tap_ok(good, "%s: the answer", name);
}

static void talk_with_buffer(void)
{
    const seL4_Word *mr = seL4_GetIPCBuffer()->msg;
    seL4_MessageInfo_t info = seL4_Call(badged, message(1, 10));

    ok_seen("Call, Recv", 1, 6, 10);
    ok_answer("Call, ReplyRecv", info, 8, 100, mr);
    tap_is(seL4_GetMR(5), 105, "... with words in the buffer");
    info = seL4_Call(badged, message(2, 20));
    ok_seen("Call, ReplyRecv", 2, 6, 20);
    ok_answer("Call, Reply", info, 9, 200, mr);
    seL4_Send(badged, message(3, 30));
    seL4_Yield();
    ok_seen("Send", 3, 6, 30);
    seL4_NBSend(badged, message(4, 40));
    seL4_Yield();
    ok_seen("NBSend", 4, 6, 40);
}

static void talk_with_registers(void)
{
    seL4_MessageInfo_t four = seL4_MessageInfo_new(5, 0, 0, 4);
    seL4_MessageInfo_t info;
    seL4_Word w[4];

    fill(w, 50);
    seL4_SendWithMRs(badged, four, &w[0], &w[1], &w[2], &w[3]);
    seL4_Yield();
    ok_seen("SendWithMRs", 5, 4, 50);
    fill(w, 60);
    seL4_NBSendWithMRs(badged, four, &w[0], &w[1], &w[2], &w[3]);
    seL4_Yield();
    ok_seen("NBSendWithMRs", 5, 4, 60);
    fill(w, 70);
    info = seL4_CallWithMRs(badged, four, &w[0], &w[1], &w[2], &w[3]);
    ok_seen("CallWithMRs, RecvWithMRs", 5, 4, 70);
    ok_answer("CallWithMRs, ReplyRecvWithMRs", info, 10, 300, w);
    fill(w, 80);
    info = seL4_CallWithMRs(badged, four, &w[0], &w[1], &w[2], &w[3]);
    ok_seen("CallWithMRs, ReplyRecvWithMRs", 5, 4, 80);
    ok_answer("CallWithMRs, ReplyWithMRs", info, 11, 400, w);
}

static void send_a_capability(void)
{
    seL4_SetCap(0, notification);
    seL4_SetMR(0, 90);
    seL4_Send(badged, seL4_MessageInfo_new(6, 0, 1, 1));
    seL4_Yield();
    ok_seen("Send with a capability", 6, 1, 90);
    tap_is(seen.caps, 1, "... which has come");
#ifdef CONFIG_DEBUG_BUILD
    tap_is(seL4_DebugCapIdentify(received), 6, "... into the slot named");
#endif
}

static void notify(void)
{
    seL4_Word badge = 1;

    seL4_Signal(notification);
    seL4_Poll(endpoint, NULL);
    seL4_Yield();
    tap_is(seen.badge, 0, "Signal, Wait");
    tap_is(seL4_CNode_Mint(ROOT, spare, 64, ROOT, notification, 64,
                           seL4_CanWrite, 0x30),
           0, "Mint: a notification's badge");
    seL4_Poll(notification, &badge);
    tap_is(badge, 0, "Poll: nothing");
    seL4_Signal(spare);
    seL4_Poll(notification, &badge);
    tap_is(badge, 0x30, "Poll: a badge");
}

/* The server's fault goes to its endpoint, where we wait for it. */
static void receive_fault(void)
{
    seL4_Word badge = 0;
    seL4_MessageInfo_t info = seL4_Recv(endpoint, &badge);
    seL4_Fault_t fault = seL4_getFault(info);

    tap_ok(seL4_isVMFault_tag(info) && badge == 0x5a, "a fault has come");
    tap_is(seL4_Fault_VMFault_get_Addr(fault), NO_PAGE, "... its address");
    tap_is(seL4_Fault_VMFault_get_FSR(fault), 7, "... it was a store");
    tap_ok(seL4_Fault_VMFault_get_IP(fault) - (seL4_Word)server < 4096,
           "... of the server");
}

static void registers(void)
{
    seL4_UserContext context;
    seL4_Word *word = (seL4_Word *)&context;
    unsigned wrong = 0;

    tap_is(seL4_TCB_Suspend(tcb), 0, "Suspend: no words");
    for (seL4_Word i = 0; i < 32; i++)
        word[i] = 0x1000 + i;
    tap_is(seL4_TCB_WriteRegisters(tcb, 0, 0, 32, &context), 0,
           "WriteRegisters: 34 words");
    memset(&context, 0, sizeof context);
    tap_is(seL4_TCB_ReadRegisters(tcb, 0, 0, 32, &context), 0,
           "ReadRegisters: 32 words back");
    for (seL4_Word i = 0; i < 32; i++)
        wrong += word[i] != 0x1000 + i;
    tap_is(wrong, 0, "... the same");
    tap_is(seL4_TCB_ReadRegisters(tcb, 0, 0, 33, &context), seL4_RangeError,
           "ReadRegisters: too many");
    tap_ok(seL4_GetMR(0) == 1 && seL4_GetMR(1) == 32, "... from 1 to 32");
}

static void shapes(void)
{
    seL4_RISCV_Page_GetAddress_t page =
        seL4_RISCV_Page_GetAddress(page_of(stack));

    tap_ok(page.error == 0 && page.paddr % 4096 == 0 && page.paddr >> 31,
           "GetAddress: a result");
    tap_is(
        seL4_CNode_Rotate(ROOT, tcb, 64, 0, ROOT, spare, 64, 0, ROOT, tcb, 64),
        seL4_IllegalOperation, "Rotate: eight words, two capabilities");
    tap_is(seL4_CNode_Copy(ROOT, received, 12, ROOT, tcb, 64, seL4_AllRights),
           seL4_FailedLookup, "Copy: a wrong depth");
    tap_ok(seL4_GetMR(0) == 0 && seL4_GetMR(1) == seL4_GuardMismatch &&
               seL4_GetMR(2) == 12 && seL4_GetMR(3) == 0 &&
               seL4_GetMR(4) == 64 - CONFIG_ROOT_CNODE_SIZE_BITS,
           "... five words, one of them in the buffer");
    tap_is(seL4_RISCV_Page_Map(page_of(stack), seL4_CapInitThreadVSpace,
                               NO_PAGE, seL4_ReadWrite,
                               seL4_RISCV_Default_VMAttributes),
           seL4_FailedLookup, "Page Map: a table is missing");
    tap_is(seL4_MappingFailedLookupLevel(), SEL4_MAPPING_LOOKUP_NO_PT,
           "... the one of 2 MiB");
}

static void our_own(void)
{
    fallow_Untyped_Describe_t it = fallow_Untyped_Describe(any_untyped());

#ifdef CONFIG_FALLOW_GEN3
    tap_ok(it.error == 0 && it.size_bits >= 20 && it.device == 0 &&
               it.has_children == 1 && it.features == 15,
           "Describe: six words, two of them in the buffer");
#else
    tap_is((seL4_Word)it.error, seL4_IllegalOperation,
           "a kernel without the new calls says so");
#endif
}

int main(void)
{
    make_objects();
    start_server();
    talk_with_buffer();
    talk_with_registers();
    send_a_capability();
    notify();
    receive_fault();
    registers();
    shapes();
    our_own();
    return tap_done();
}
