/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of a system call, which jump to one another.
 *
 *   kernel_syscall --> call, send, receive ... --> invocation, message, fault
 *                                                   `-- each ends with the
 *                                                       choice of who runs
 */
#ifndef FALLOW_SYSCALL_PARTS_H
#define FALLOW_SYSCALL_PARTS_H
#include "kernel.h"

/* The current thread makes a Call, with and without the fast path; a Send, or
 * NBSend where it does not block.  Each ends the kernel entry. */
APART void syscall_call(struct kernel *k);
APART void syscall_call_slow(struct kernel *k);
APART void syscall_send(struct kernel *k, bool blocking);

/* Its capability pointer cptr leads nowhere: a fault. */
void syscall_nowhere(struct kernel *k, uint64_t cptr, bool receiving);
#endif
