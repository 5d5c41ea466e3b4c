/* SPDX-License-Identifier: BSD-2-Clause */
/* Two threads of one priority, one address space and one CSpace. */
#include "measure.h"

#include <string.h>

#define ENDPOINT 8192u
#define TCB      8193u
#define PRIORITY 255

static char stack[4096] __attribute__((aligned(16)));
static char tls[1024] __attribute__((aligned(16)));
static seL4_IPCBuffer buffer __attribute__((aligned(4096)));

/* The capability of the page of our image that p lies in. */
static seL4_CPtr page_of(const void *p)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_Word frames = info->userImageFrames.end - info->userImageFrames.start;
    seL4_Word start = (seL4_Word)info->ipcBuffer - frames * 4096;

    return info->userImageFrames.start + ((seL4_Word)p - start) / 4096;
}

static void start(void (*entry)(void))
{
    seL4_UserContext context = {0};
    seL4_Word here;

    __asm__("mv %0, tp" : "=r"(here));
    memcpy(tls, (const void *)here, sizeof tls);
    context.pc = (seL4_Word)entry;
    context.sp = (seL4_Word)(stack + sizeof stack);
    context.tp = (seL4_Word)tls;
    __asm__("mv %0, gp" : "=r"(context.gp));
    must(seL4_TCB_Configure(TCB, 0, ROOT, 0, seL4_CapInitThreadVSpace, 0,
                            (seL4_Word)&buffer,
                            page_of(&buffer)) == seL4_NoError &&
             seL4_TCB_SetSchedParams(TCB, seL4_CapInitThreadTCB, PRIORITY,
                                     PRIORITY) == seL4_NoError &&
             seL4_TCB_WriteRegisters(TCB, 1, 0, 32, &context) == seL4_NoError,
         "a thread");
    seL4_Yield();
}

static void stop(void)
{
    must(seL4_TCB_Suspend(TCB) == seL4_NoError, "suspend");
}

/* ---- The other thread -----------------------------------------------------*/

static void serve_0(void)
{
    seL4_RecvWithMRs(ENDPOINT, NULL, NULL, NULL, NULL, NULL);
    for (;;)
        seL4_ReplyRecvWithMRs(ENDPOINT, seL4_MessageInfo_new(0, 0, 0, 0), NULL,
                              NULL, NULL, NULL, NULL);
}

static void serve_4(void)
{
    seL4_Word w[4] = {0};

    seL4_RecvWithMRs(ENDPOINT, NULL, &w[0], &w[1], &w[2], &w[3]);
    for (;;)
        seL4_ReplyRecvWithMRs(ENDPOINT, seL4_MessageInfo_new(0, 0, 0, 4), NULL,
                              &w[0], &w[1], &w[2], &w[3]);
}

static void serve_16(void)
{
    seL4_SetIPCBuffer(&buffer);
    seL4_Recv(ENDPOINT, NULL);
    for (;;)
        seL4_ReplyRecv(ENDPOINT, seL4_MessageInfo_new(0, 0, 0, 16), NULL);
}

static void yield(void)
{
    for (;;)
        seL4_Yield();
}

/* ---- Rows -----------------------------------------------------------------*/

static int call_0(void)
{
    return (int)seL4_MessageInfo_get_length(seL4_CallWithMRs(
        ENDPOINT, seL4_MessageInfo_new(0, 0, 0, 0), NULL, NULL, NULL, NULL));
}

static inline int call_4(seL4_Word w[4])
{
    return (int)seL4_MessageInfo_get_length(
        seL4_CallWithMRs(ENDPOINT, seL4_MessageInfo_new(0, 0, 0, 4), &w[0],
                         &w[1], &w[2], &w[3]));
}

static int call_16(void)
{
    return (int)seL4_MessageInfo_get_length(
        seL4_Call(ENDPOINT, seL4_MessageInfo_new(0, 0, 0, 16)));
}

void rows_threads(void)
{
    seL4_CPtr untyped = space_untyped(16);
    seL4_Word w[4] = {1, 2, 3, 4};

    space_make(untyped, seL4_EndpointObject, 0, ENDPOINT, 1);
    space_make(untyped, seL4_TCBObject, 0, TCB, 1);
    start(serve_0);
    ROW_EXPECT("Call/ReplyRecv round trip, 0 words, same address space", 1, 0, ,
               call_0(), );
    stop();
    start(serve_4);
    ROW_EXPECT("Call/ReplyRecv round trip, 4 words", 1, 4, , call_4(w), );
    stop();
    start(serve_16);
    ROW_EXPECT("Call/ReplyRecv round trip, 16 words (slow path)", 1, 16, ,
               call_16(), );
    stop();
    start(yield);
    ROW("Yield to another thread and back", 1, , (seL4_Yield(), 0), );
    stop();
    space_empty(untyped);
}
