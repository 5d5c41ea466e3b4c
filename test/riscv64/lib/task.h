/* SPDX-License-Identifier: BSD-2-Clause */
/* What tests that are root tasks share: objects, threads, traps caught.
 *
 *   objects come from the largest untyped of RAM, into the next free slots;
 *   threads run in our own address space and CSpace, each on a stack of its
 *   own; one that faults has its fault received by task_wait_fault().
 *
 * A test that runs out of any of it stops: there is nothing to be learned.
 */
#ifndef FALLOW_TASK_H
#define FALLOW_TASK_H
#include "rt.h"
#include "tap.h"

#define TASK_ROOT   seL4_CapInitThreadCNode
#define TASK_VSPACE seL4_CapInitThreadVSpace

/* A new object, and an empty slot. */
seL4_CPtr task_object(seL4_Word type, seL4_Word size_bits);
seL4_CPtr task_slot(void);

/* A frame of a device at this address, of 4 KiB; each address once, and in
 * ascending order. */
seL4_CPtr task_device(seL4_Word address);

/* Maps a frame, and the tables that it needs; the error of the last Map. */
seL4_Error task_map(seL4_CPtr frame, seL4_CPtr vspace, seL4_Word address,
                    seL4_CapRights_t rights, seL4_Word attributes);

seL4_Error task_delete(seL4_CPtr slot);

#define TASK_STACK_BYTES 8192u

struct task {
    seL4_CPtr tcb;
    seL4_CPtr fault;          /* endpoint: where its faults go */
    seL4_UserContext context; /* as last written or read */
    seL4_Word stack[TASK_STACK_BYTES / sizeof(seL4_Word)]
        __attribute__((aligned(16)));
    seL4_Word tls[16];
};

/* A thread in this address space (ours: TASK_VSPACE), which is not started;
 * its priority is ours less `below'. */
void task_create(struct task *t, seL4_CPtr vspace, seL4_Word below);

/* Starts it at entry(argument), all other registers zero. */
void task_start(struct task *t, void (*entry)(seL4_Word), seL4_Word argument);

/* The next fault of any of the threads: the label, and its words in mr[4].
 * The thread waits for a reply, which it need not get. */
seL4_Word task_wait_fault(seL4_Word mr[4]);

/* A fault as a test's claim: its label and words. */
#define TASK_ANY (~0ul) /* a word that may be anything */
void task_expect_fault(seL4_Word label, seL4_Word ip, seL4_Word address,
                       seL4_Word third, seL4_Word fourth, const char *name);

/* What has been written as data is instructions from here on. */
void task_fence_code(void);

/* Instructions executed; ticks of the time base, 10 MHz. */
seL4_Word task_instructions(void);
seL4_Word task_time(void);
#endif
