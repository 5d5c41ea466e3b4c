/* SPDX-License-Identifier: BSD-2-Clause */
/* The system calls.
 *
 *   seL4_Call, seL4_Recv ...   message registers in the IPC buffer
 *   ..._WithMRs                MR0 to MR3 in variables, which is quicker; the
 *                              pointers may be null
 *
 * A badge is stored if the pointer for it is not null.  When a notification
 * has arrived instead of a message, only the badge means anything.
 */
#ifndef SEL4_SYSCALLS_H
#define SEL4_SYSCALLS_H
#include "functions.h"
#include "trap.h"

LIBSEL4_INLINE_FUNC void seL4_Send(seL4_CPtr dest, seL4_MessageInfo_t info)
{
    seL4_TrapSend_((seL4_Word)seL4_SysSend, dest, info, seL4_GetMR(0),
                   seL4_GetMR(1), seL4_GetMR(2), seL4_GetMR(3));
}

LIBSEL4_INLINE_FUNC void seL4_NBSend(seL4_CPtr dest, seL4_MessageInfo_t info)
{
    seL4_TrapSend_((seL4_Word)seL4_SysNBSend, dest, info, seL4_GetMR(0),
                   seL4_GetMR(1), seL4_GetMR(2), seL4_GetMR(3));
}

LIBSEL4_INLINE_FUNC void seL4_Reply(seL4_MessageInfo_t info)
{
    seL4_TrapSend_((seL4_Word)seL4_SysReply, 0, info, seL4_GetMR(0),
                   seL4_GetMR(1), seL4_GetMR(2), seL4_GetMR(3));
}

LIBSEL4_INLINE_FUNC seL4_Word seL4_LoadMR_(const seL4_Word *mr)
{
    return mr ? *mr : 0;
}

LIBSEL4_INLINE_FUNC void seL4_SendWithMRs(seL4_CPtr dest,
                                          seL4_MessageInfo_t info,
                                          seL4_Word *mr0, seL4_Word *mr1,
                                          seL4_Word *mr2, seL4_Word *mr3)
{
    seL4_TrapSend_((seL4_Word)seL4_SysSend, dest, info, seL4_LoadMR_(mr0),
                   seL4_LoadMR_(mr1), seL4_LoadMR_(mr2), seL4_LoadMR_(mr3));
}

LIBSEL4_INLINE_FUNC void seL4_NBSendWithMRs(seL4_CPtr dest,
                                            seL4_MessageInfo_t info,
                                            seL4_Word *mr0, seL4_Word *mr1,
                                            seL4_Word *mr2, seL4_Word *mr3)
{
    seL4_TrapSend_((seL4_Word)seL4_SysNBSend, dest, info, seL4_LoadMR_(mr0),
                   seL4_LoadMR_(mr1), seL4_LoadMR_(mr2), seL4_LoadMR_(mr3));
}

LIBSEL4_INLINE_FUNC void seL4_ReplyWithMRs(seL4_MessageInfo_t info,
                                           seL4_Word *mr0, seL4_Word *mr1,
                                           seL4_Word *mr2, seL4_Word *mr3)
{
    seL4_TrapSend_((seL4_Word)seL4_SysReply, 0, info, seL4_LoadMR_(mr0),
                   seL4_LoadMR_(mr1), seL4_LoadMR_(mr2), seL4_LoadMR_(mr3));
}

/* A receive of any kind, its words to where the pointers say. */
LIBSEL4_ALWAYS_INLINE seL4_MessageInfo_t
seL4_Receive_(seL4_Word number, seL4_CPtr src, seL4_Word *sender,
              seL4_Word *mr0, seL4_Word *mr1, seL4_Word *mr2, seL4_Word *mr3)
{
    seL4_MessageInfo_t info;
    seL4_Word word0, word1, word2, word3;

    seL4_TrapReceive_(number, &src, &info, &word0, &word1, &word2, &word3);
    if (sender)
        *sender = src;
    if (mr0)
        *mr0 = word0;
    if (mr1)
        *mr1 = word1;
    if (mr2)
        *mr2 = word2;
    if (mr3)
        *mr3 = word3;
    return info;
}

LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_Recv(seL4_CPtr src,
                                                 seL4_Word *sender)
{
    seL4_Word *msg = seL4_GetIPCBuffer()->msg;

    return seL4_Receive_((seL4_Word)seL4_SysRecv, src, sender, &msg[0], &msg[1],
                         &msg[2], &msg[3]);
}

LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_NBRecv(seL4_CPtr src,
                                                   seL4_Word *sender)
{
    seL4_Word *msg = seL4_GetIPCBuffer()->msg;

    return seL4_Receive_((seL4_Word)seL4_SysNBRecv, src, sender, &msg[0],
                         &msg[1], &msg[2], &msg[3]);
}

LIBSEL4_INLINE_FUNC seL4_MessageInfo_t
seL4_RecvWithMRs(seL4_CPtr src, seL4_Word *sender, seL4_Word *mr0,
                 seL4_Word *mr1, seL4_Word *mr2, seL4_Word *mr3)
{
    return seL4_Receive_((seL4_Word)seL4_SysRecv, src, sender, mr0, mr1, mr2,
                         mr3);
}

LIBSEL4_INLINE_FUNC seL4_MessageInfo_t
seL4_NBRecvWithMRs(seL4_CPtr src, seL4_Word *sender, seL4_Word *mr0,
                   seL4_Word *mr1, seL4_Word *mr2, seL4_Word *mr3)
{
    return seL4_Receive_((seL4_Word)seL4_SysNBRecv, src, sender, mr0, mr1, mr2,
                         mr3);
}

/* A call of a kernel object: all four registers, both ways. */
LIBSEL4_ALWAYS_INLINE seL4_MessageInfo_t
seL4_CallRegisters_(seL4_CPtr dest, seL4_MessageInfo_t info, seL4_Word *mr0,
                    seL4_Word *mr1, seL4_Word *mr2, seL4_Word *mr3)
{
    seL4_TrapExchange_((seL4_Word)seL4_SysCall, &dest, &info, mr0, mr1, mr2,
                       mr3);
    return info;
}

/* An exchange of any kind. */
LIBSEL4_ALWAYS_INLINE seL4_MessageInfo_t
seL4_Exchange_(seL4_Word number, seL4_CPtr cptr, seL4_MessageInfo_t info,
               seL4_Word *sender, seL4_Word *mr0, seL4_Word *mr1,
               seL4_Word *mr2, seL4_Word *mr3)
{
    seL4_Word word0 = seL4_LoadMR_(mr0);
    seL4_Word word1 = seL4_LoadMR_(mr1);
    seL4_Word word2 = seL4_LoadMR_(mr2);
    seL4_Word word3 = seL4_LoadMR_(mr3);

    seL4_TrapExchange_(number, &cptr, &info, &word0, &word1, &word2, &word3);
    if (sender)
        *sender = cptr;
    if (mr0)
        *mr0 = word0;
    if (mr1)
        *mr1 = word1;
    if (mr2)
        *mr2 = word2;
    if (mr3)
        *mr3 = word3;
    return info;
}

LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_Call(seL4_CPtr dest,
                                                 seL4_MessageInfo_t info)
{
    seL4_Word *msg = seL4_GetIPCBuffer()->msg;

    return seL4_Exchange_((seL4_Word)seL4_SysCall, dest, info, (seL4_Word *)0,
                          &msg[0], &msg[1], &msg[2], &msg[3]);
}

LIBSEL4_INLINE_FUNC seL4_MessageInfo_t
seL4_CallWithMRs(seL4_CPtr dest, seL4_MessageInfo_t info, seL4_Word *mr0,
                 seL4_Word *mr1, seL4_Word *mr2, seL4_Word *mr3)
{
    return seL4_Exchange_((seL4_Word)seL4_SysCall, dest, info, (seL4_Word *)0,
                          mr0, mr1, mr2, mr3);
}

LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_ReplyRecv(seL4_CPtr src,
                                                      seL4_MessageInfo_t info,
                                                      seL4_Word *sender)
{
    seL4_Word *msg = seL4_GetIPCBuffer()->msg;

    return seL4_Exchange_((seL4_Word)seL4_SysReplyRecv, src, info, sender,
                          &msg[0], &msg[1], &msg[2], &msg[3]);
}

LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_ReplyRecvWithMRs(
    seL4_CPtr src, seL4_MessageInfo_t info, seL4_Word *sender, seL4_Word *mr0,
    seL4_Word *mr1, seL4_Word *mr2, seL4_Word *mr3)
{
    return seL4_Exchange_((seL4_Word)seL4_SysReplyRecv, src, info, sender, mr0,
                          mr1, mr2, mr3);
}

LIBSEL4_INLINE_FUNC void seL4_Signal(seL4_CPtr dest)
{
    seL4_TrapSend_((seL4_Word)seL4_SysSend, dest,
                   seL4_MessageInfo_new(0, 0, 0, 0), seL4_Unused_(),
                   seL4_Unused_(), seL4_Unused_(), seL4_Unused_());
}

LIBSEL4_INLINE_FUNC void seL4_Wait(seL4_CPtr src, seL4_Word *sender)
{
    seL4_Recv(src, sender);
}

LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_Poll(seL4_CPtr src,
                                                 seL4_Word *sender)
{
    return seL4_NBRecv(src, sender);
}

LIBSEL4_INLINE_FUNC void seL4_Yield(void)
{
    seL4_TrapWord_((seL4_Word)seL4_SysYield, seL4_Unused_());
}

#ifdef CONFIG_PRINTING
LIBSEL4_INLINE_FUNC void seL4_DebugPutChar(char c)
{
    seL4_TrapWord_((seL4_Word)seL4_SysDebugPutChar, (unsigned char)c);
}

LIBSEL4_INLINE_FUNC void seL4_DebugPutString(const char *text)
{
    while (*text)
        seL4_DebugPutChar(*text++);
}

LIBSEL4_INLINE_FUNC void seL4_DebugDumpScheduler(void)
{
    seL4_TrapWord_((seL4_Word)seL4_SysDebugDumpScheduler, seL4_Unused_());
}
#endif

#ifdef CONFIG_DEBUG_BUILD
LIBSEL4_INLINE_FUNC void seL4_DebugHalt(void)
{
    seL4_TrapWord_((seL4_Word)seL4_SysDebugHalt, seL4_Unused_());
}

LIBSEL4_INLINE_FUNC void seL4_DebugSnapshot(void)
{
    seL4_TrapWord_((seL4_Word)seL4_SysDebugSnapshot, seL4_Unused_());
}

LIBSEL4_INLINE_FUNC seL4_Uint32 seL4_DebugCapIdentify(seL4_CPtr cap)
{
    return (seL4_Uint32)seL4_TrapWord_((seL4_Word)seL4_SysDebugCapIdentify,
                                       cap);
}

/* Of the name at most 959 characters; the kernel may keep fewer. */
LIBSEL4_INLINE_FUNC void seL4_DebugNameThread(seL4_CPtr tcb, const char *name)
{
    char *to = (char *)seL4_GetIPCBuffer()->msg;
    int i;

    for (i = 0; i < 8 * seL4_MsgMaxLength - 1 && name[i]; i++)
        to[i] = name[i];
    to[i] = 0;
    seL4_TrapWord_((seL4_Word)seL4_SysDebugNameThread, tcb);
}
#endif
#endif
