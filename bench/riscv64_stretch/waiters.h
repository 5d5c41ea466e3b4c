/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that do one thing: a system call that waits.
 *
 *   registers --> ecall --> the kernel, where they stay; should the call
 *                           return, the next instruction ends the thread
 *
 * They need no stack.  CSpace and address space are ours unless another CSpace
 * is given.
 */
#ifndef STRETCH_WAITERS_H
#define STRETCH_WAITERS_H
#include <sel4/fallow.h>

/* The thread of TCB `tcb' is made ready to be started.  It dies of its faults:
 * nowhere is its handler. */
void waiter_configure(seL4_CPtr tcb, seL4_CPtr cspace, seL4_Word guard);

/* An IPC buffer for it, mapped at this address: frame and tables are made of
 * `untyped', in up to four slots from `first' on. */
seL4_IPCBuffer *waiter_make_buffer(seL4_CPtr tcb, seL4_CPtr untyped,
                                   seL4_CPtr first, seL4_Word address);

/* Maps a frame in our address space; tables are made as above. */
void waiter_map(seL4_CPtr frame, seL4_CPtr untyped, seL4_CPtr tables,
                seL4_Word address);

/* Makes it call `number' with these in a0 and a1, and up to four message
 * registers (NULL: zeros); it uses floating point before. */
void waiter_start(seL4_CPtr tcb, seL4_Word number, seL4_CPtr cptr,
                  seL4_Word info, const seL4_Word *mr);
#endif
