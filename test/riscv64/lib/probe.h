/* SPDX-License-Identifier: BSD-2-Clause */
/* One instruction of a thread, with all of its registers before and after.
 *
 *   before[32]  -->  the instruction, then ebreak  -->  after[32], the fault
 *
 * An instruction that ends well is followed by the ebreak's fault, 4 bytes
 * later; one that does not by its own.  The order of registers is that of
 * seL4_UserContext (sel4-abi.md 7.5).
 */
#ifndef FALLOW_PROBE_H
#define FALLOW_PROBE_H
#include "errors.h"
#include "task.h"

#define PROBE_REGISTERS 32u
enum {
    PROBE_PC,
    PROBE_RA,
    PROBE_SP,
    PROBE_A0 = 16,
    PROBE_A1,
    PROBE_A2,
    PROBE_A3,
    PROBE_A7 = 23
};

#define PROBE_BREAKPOINT 3 /* the exception's number */

/* The instructions: ecall, ebreak, and accesses to where a0 points. */
void probe_ecall(void);
void probe_break(void);
void probe_store(void);
void probe_load(void);
void probe_jump(void);
void probe_all_ones(void);

struct probe {
    seL4_CPtr tcb;
    seL4_CPtr faults;       /* an endpoint */
    seL4_IPCBuffer *buffer; /* for us to see */
    seL4_Word before[PROBE_REGISTERS], after[PROBE_REGISTERS];
    seL4_Word label, length, words[16]; /* the last fault */
};
extern struct probe probe;

/* The thread, in our address space and in this CSpace; with an IPC buffer, if
 * that is wanted. */
void probe_make(seL4_CPtr cspace, seL4_Word guard_data, bool with_buffer);

/* The next instruction; every register gets a value of its own, apart from
 * a0, a1 (0) and a7. */
void probe_set(void (*instruction)(void), seL4_Word a0, long number);

/* Starts the thread; the same, and waits for its fault. */
void probe_start(void);
void probe_run(void);

/* Reads the registers of a thread that waits. */
void probe_read(void);

/* Are all registers as before, but for these three?  Says which one is not. */
bool probe_registers_are(seL4_Word pc, seL4_Word a0, seL4_Word a1);

/* Runs it: does it fault so, words[0] being its pc, with no register changed;
 * does it end well, with no register changed but these two? */
bool probe_faults(seL4_Word label, seL4_Word length, const seL4_Word *words);
bool probe_passes(seL4_Word a0, seL4_Word a1);
#endif
