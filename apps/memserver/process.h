/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes of a root task: an address space, a CSpace and a thread, all of
 * them made of one untyped, so that one Revoke of it ends the process.
 *
 *   untyped --+-- TCB, IPC buffer, page tables
 *             +-- copies of the root task's .data, .bss and stack
 *             +-- CNode `top', 2^4 slots:  0 -> own, the others: the caller's
 *             +-- CNode `own', 2^8 slots:  0 .. 127 as the caller says,
 *                                          128 .. what is only kept alive
 *
 * The program is the root task's own, entered at another function; text is
 * shared, read-only.  A process sees the variables as they were when it was
 * made, which is how it is told what to do.  Its cptrs are slots of `own'.
 */
#ifndef MEMSERVER_PROCESS_H
#define MEMSERVER_PROCESS_H
#include <sel4/sel4.h>

#define PROCESS_OWN_BITS     8u
#define PROCESS_TOP_BITS     4u
#define PROCESS_KEEP         128u /* first slot of `own' that is not free */
#define PROCESS_SLOTS        6u
#define PROCESS_UNTYPED_BITS 20u /* is enough */

struct process {
    seL4_CPtr untyped; /* the caller sets these two: nothing is made of it */
    seL4_CPtr slots;   /* the first of PROCESS_SLOTS empty ones, of ours */
    seL4_CPtr tcb, vspace, top, own; /* among them */
    seL4_Word kept;                  /* the next slot of `own' to keep in */
};

/* All of it but a thread that runs.  The kernel's first error; then
 * process_end() takes back what was made.  Some 20 calls and 3 for a page. */
seL4_Error process_make(struct process *p);

/* A new object of the process's untyped in a slot of `own'. */
seL4_Error process_object(struct process *p, seL4_Word type,
                          seL4_Word size_bits, seL4_Word slot);

/* A copy of our capability goes into a slot of `own'; badge 0: as it is. */
seL4_Error process_give(struct process *p, seL4_Word slot, seL4_CPtr cap,
                        seL4_Word badge);

/* Maps a copy of our frame; the copy dies with the process. */
seL4_Error process_map(struct process *p, seL4_CPtr frame, seL4_Word address,
                       seL4_CapRights_t rights);

/* Runs entry(argument) at that priority; faults go to the endpoint in the
 * slot `fault' of `own'. */
seL4_Error process_start(struct process *p, void (*entry)(void *),
                         void *argument, seL4_Word priority, seL4_Word fault);

/* The request that it waits for is made once more: the kernel executes its
 * system call again. */
seL4_Error process_repeat(struct process *p);

/* Ends it: all that was made of its untyped dies, and its slots are empty;
 * objects that it had capabilities to lose those.  The kernel's error; then
 * call it again.  2 calls. */
seL4_Error process_end(struct process *p);
#endif
