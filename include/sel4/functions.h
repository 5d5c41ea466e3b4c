/* SPDX-License-Identifier: BSD-2-Clause */
/* The IPC buffer: message registers from 4 on, capabilities, receive path.
 *
 * Each thread has a pointer to its own, which its start-up code sets once.
 */
#ifndef SEL4_FUNCTIONS_H
#define SEL4_FUNCTIONS_H
#include "types.h"

/* The offset from the thread pointer is a constant wherever programs are
 * linked statically. */
#if defined(__riscv) && !defined(__PIC__)
#define SEL4_TLS_MODEL __attribute__((tls_model("local-exec")))
#else
#define SEL4_TLS_MODEL
#endif

#ifdef __cplusplus
extern "C" {
#endif
extern __thread seL4_IPCBuffer *__sel4_ipc_buffer SEL4_TLS_MODEL;
#ifdef __cplusplus
}
#endif

LIBSEL4_INLINE_FUNC void seL4_SetIPCBuffer(seL4_IPCBuffer *buffer)
{
    __sel4_ipc_buffer = buffer;
}

LIBSEL4_INLINE_FUNC seL4_IPCBuffer *seL4_GetIPCBuffer(void)
{
    return __sel4_ipc_buffer;
}

/* Message registers as a call has left them: of MR0 to MR3 those that Recv,
 * Call and so on, or an invocation that failed, have put into the buffer. */
LIBSEL4_INLINE_FUNC seL4_Word seL4_GetMR(int i)
{
    return seL4_GetIPCBuffer()->msg[i];
}

LIBSEL4_INLINE_FUNC void seL4_SetMR(int i, seL4_Word word)
{
    seL4_GetIPCBuffer()->msg[i] = word;
}

LIBSEL4_INLINE_FUNC seL4_Word seL4_GetUserData(void)
{
    return seL4_GetIPCBuffer()->userData;
}

LIBSEL4_INLINE_FUNC void seL4_SetUserData(seL4_Word data)
{
    seL4_GetIPCBuffer()->userData = data;
}

/* The badge of a capability that arrived unwrapped. */
LIBSEL4_INLINE_FUNC seL4_Word seL4_GetBadge(int i)
{
    return seL4_GetIPCBuffer()->caps_or_badges[i];
}

/* A capability to be sent. */
LIBSEL4_INLINE_FUNC seL4_CPtr seL4_GetCap(int i)
{
    return (seL4_CPtr)seL4_GetIPCBuffer()->caps_or_badges[i];
}

LIBSEL4_INLINE_FUNC void seL4_SetCap(int i, seL4_CPtr cptr)
{
    seL4_GetIPCBuffer()->caps_or_badges[i] = (seL4_Word)cptr;
}

/* The slot for a capability that arrives.  Null pointers are left alone. */
LIBSEL4_INLINE_FUNC void seL4_GetCapReceivePath(seL4_CPtr *receiveCNode,
                                                seL4_CPtr *receiveIndex,
                                                seL4_Word *receiveDepth)
{
    const seL4_IPCBuffer *buffer = seL4_GetIPCBuffer();

    if (receiveCNode)
        *receiveCNode = buffer->receiveCNode;
    if (receiveIndex)
        *receiveIndex = buffer->receiveIndex;
    if (receiveDepth)
        *receiveDepth = buffer->receiveDepth;
}

LIBSEL4_INLINE_FUNC void seL4_SetCapReceivePath(seL4_CPtr receiveCNode,
                                                seL4_CPtr receiveIndex,
                                                seL4_Word receiveDepth)
{
    seL4_IPCBuffer *buffer = seL4_GetIPCBuffer();

    buffer->receiveCNode = receiveCNode;
    buffer->receiveIndex = receiveIndex;
    buffer->receiveDepth = receiveDepth;
}

/* Puts the words of a reply, or of an error, where programs read them. */
LIBSEL4_INLINE_FUNC void seL4_StoreMRs_(seL4_Word mr0, seL4_Word mr1,
                                        seL4_Word mr2, seL4_Word mr3)
{
    seL4_IPCBuffer *buffer = seL4_GetIPCBuffer();

    buffer->msg[0] = mr0;
    buffer->msg[1] = mr1;
    buffer->msg[2] = mr2;
    buffer->msg[3] = mr3;
}
#endif
