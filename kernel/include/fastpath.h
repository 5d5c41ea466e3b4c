/* SPDX-License-Identifier: BSD-2-Clause */
/* Call and ReplyRecv between two threads that are ready for each other.
 *
 *   client                      server
 *     | Call, 4 words or fewer     | waits in Recv
 *     |--------------------------->|
 *     | waits                      | ReplyRecv, 4 words or fewer
 *     |<---------------------------|
 *     |                            | waits in Recv
 *
 * The same effects as the long way round (syscall.c), from the same state;
 * what makes it short is that the partner runs next, without the ready queues
 * being touched.  A test plays both ways against each other.
 */
#ifndef FALLOW_FASTPATH_H
#define FALLOW_FASTPATH_H
#include "kernel.h"

enum fastpath {
    FASTPATH_DONE,    /* kernel.current is the partner */
    FASTPATH_SLOW,    /* nothing has been done: the long way is to be taken */
    FASTPATH_NOWHERE, /* the same, and the pointer leads nowhere */
};

/* Within kernel_syscall only; there is nothing left to be decided when they
 * are done.  *slot: what the current thread's capability pointer leads to,
 * so that the long way need not look again. */
enum fastpath fastpath_call(struct kernel *k, slotno_t *slot);

/* True: done. */
bool fastpath_reply_recv(struct kernel *k);
#endif
