/* SPDX-License-Identifier: BSD-2-Clause */
/* The longest stretch with interrupts off, where the kernel was built with
 * RECORD_STRETCH=1; otherwise nothing of this exists.
 *
 *   trap_entry      look           look           sret
 *       |------------|--------------|--------------|
 *          each of these is a stretch, in instructions (instret)
 *
 * A look is arch_preempt_pending, the only place where an interrupt can be
 * taken before the way out.  Waiting for one (wfi) is no stretch.  Not seen are
 * the first two instructions of an entry and the last ones, which load the
 * thread's registers: STRETCH_UNSEEN at most.  The recorder's own, about
 * twenty, are.
 *
 * A root task reads it by a system call that this build has beside the others:
 *
 *   a7  STRETCH_CALL
 *   a0  out: instructions of the longest stretch
 *   a1       entries into the kernel
 *   a2       looks at interrupts
 *
 * since the last such call, or boot.
 */
#ifndef FALLOW_STRETCH_H
#define FALLOW_STRETCH_H

#define STRETCH_CALL   0x46414c
#define STRETCH_UNSEEN 37

/* Places in struct stretch, for assembly. */
#define STRETCH_START   0
#define STRETCH_LONGEST 8
#define STRETCH_ENTRIES 16

#ifndef __ASSEMBLER__
#include <stdint.h>

struct arch_context;

struct stretch {
    uint64_t start; /* instret */
    uint64_t longest;
    uint64_t entries;
    uint64_t looks;
};

/* A stretch begins now, whatever was before. */
void stretch_begin(void);

/* A stretch ends, and the next begins. */
void stretch_look(void);

/* The system call, by the thread that has this context. */
void stretch_report(struct arch_context *context);
#endif
#endif
