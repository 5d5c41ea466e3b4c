/* SPDX-License-Identifier: BSD-2-Clause */
/* Call and ReplyRecv between two threads that are ready for each other.
 *
 *   client                      server
 *     | Call, words only           | waits in Recv
 *     |--------------------------->|
 *     | waits                      | ReplyRecv, words only
 *     |<---------------------------|
 *     |                            | waits in Recv
 *
 * The same effects as the long way round (syscall_parts.h); what makes it short
 * is that the partner runs next, without the ready queues being touched.  A
 * test plays both ways against each other.
 */
#ifndef FALLOW_FASTPATH_H
#define FALLOW_FASTPATH_H
#include "kernel.h"

/* True: done, kernel.current is the partner, and nothing is left to be decided.
 * False: nothing has been done, the long way is to be taken.  Slot i: the
 * endpoint capability that the current thread calls.  Within kernel_syscall
 * only. */
bool fastpath_call(struct kernel *k, slotno_t i);
bool fastpath_reply_recv(struct kernel *k);
#endif
