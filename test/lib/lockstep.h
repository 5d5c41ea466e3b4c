/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel and its specification, side by side.
 *
 *   struct invocation --+--> kernel on a hosted machine --> reply, state
 *                       |                                     |  equal?
 *                       +--> spec_invoke()  --------------> reply, state
 *
 * After every call everything is compared: outcome, label, length, all words;
 * every capability in every slot of every CNode and TCB, with its flags; the
 * order of each region's list and of each plain list; zombies' counts,
 * watermarks; and every byte of RAM.  For that, memory that may be non-zero is
 * filled with a pattern as soon as it may be: then each 16-byte unit holds
 * either its pattern or zero, and the specification says which.  A refused
 * call must leave every byte of RAM as it was, the index included.
 *
 * A preempted call: the specification is taken through the same call step by
 * step and must pass through the very state that the kernel stopped in.
 * Which of several unrelated capabilities a Revoke deletes next is taken from
 * the kernel's events, and must be one that the specification allows.
 *
 * The machine: RAM from 0 to at most 1 MiB, a root CNode at address 0.
 */
#ifndef FALLOW_LOCKSTEP_H
#define FALLOW_LOCKSTEP_H
#include "arch.h"
#include "hosted.h"
#include "invoke.h"
#include "spec.h"

#define LOCKSTEP_ERRORS 11u /* labels of replies: 0 .. 10 */
#define LOCKSTEP_LABELS 16u /* see lockstep_label_index() */

struct lockstep_event {
    enum arch_event event;
    uint32_t slot;
};

struct lockstep {
    struct hosted_kernel *hosted;
    struct kernel *k;
    struct spec_machine machine;
    struct spec *spec;   /* in step with the kernel */
    struct spec *before; /* as it was before the call */
    uint8_t *ram_before;
    uint8_t *pattern;       /* what RAM holds where it may be non-zero */
    uint64_t *skip;         /* units that hold slots: a bitmap, for checks */
    bool full_check;        /* kernel_check() and spec_check() each time */
    uint64_t preempt_asked; /* questions for an interrupt, by the last call */
    /* What the last call did, as the kernel told it. */
    struct lockstep_event *events;
    size_t event_count, event_room, cursor;
    uint32_t kernel_count; /* capabilities after the call */
    uint32_t ties, tie_choice;
    /* Counts over all calls. */
    uint64_t calls, preempted, ambiguous;
    uint64_t hits[LOCKSTEP_LABELS][LOCKSTEP_ERRORS]; /* by label and error */
    uint64_t lookup_errors[5];                       /* by MR1 of such */
    char why[320]; /* the first disagreement; empty: none */
};

/* A machine with 2^radix slots in the root CNode, RAM [0, ram_bytes), which
 * holds the pattern everywhere else.  False: the host refuses. */
bool lockstep_create(struct lockstep *ls, const struct kernel_params *params,
                     uint64_t ram_bytes, unsigned radix);
void lockstep_destroy(struct lockstep *ls);

/* Puts a capability into an empty slot of both: as an original, or as derived
 * from the one in slot `source'.  An object's memory becomes zero; that of
 * untypeds, frames and of anything derived stays. */
void lockstep_boot(struct lockstep *ls, slotno_t slot, const struct cap *cap);
void lockstep_derive(struct lockstep *ls, slotno_t source, slotno_t slot,
                     const struct cap *cap);

/* A thread has been started: its master reply capability appears. */
void lockstep_start_thread(struct lockstep *ls, const struct cap *tcb);

/* The owner of a frame writes the pattern into all of it. */
void lockstep_write(struct lockstep *ls, paddr_t base, uint64_t bytes);

/* One kernel entry, preempted at the preempt_in-th question (0: never), and
 * every comparison.  False: they disagree, ls->why says how. */
bool lockstep_call(struct lockstep *ls, const struct invocation *inv,
                   uint64_t preempt_in, struct reply *reply,
                   enum outcome *outcome);

/* Back to another moment, as far as calls can tell: capabilities, memory and
 * index as they were saved.  ram: machine.ram_bytes bytes. */
void lockstep_restore(struct lockstep *ls, const struct spec *spec,
                      const void *ram, slotno_t root);

/* lockstep_repeat.c: is what the call was made with, in state `then', still
 * there, so that it can be made again?  The call may have deleted it. */
bool lockstep_can_repeat(const struct lockstep *ls, const struct spec *then,
                         const struct invocation *inv);

/* Is there an object that holds its own capability, or one that holds one that
 * holds it, and so on?  The root CNode's in slot `root' does not count.  Only
 * then may a call that was stopped and made again end otherwise than at once:
 * the rule of sel4-abi.md 5.6 goes by what lies in the slot of the call at
 * each moment, and a swap may have changed that. */
bool lockstep_is_circular(const struct spec *s, uint32_t root);

/* Have two runs on machines of one kind ended alike?  Kernel and specification
 * agree, so it is enough to compare the latter; the order of unrelated
 * capabilities may differ. */
bool lockstep_same_end(const struct spec *a, const struct spec *b);

/* The comparisons alone. */
bool lockstep_compare(struct lockstep *ls);

/* Names for a report: Retype, Copy, ..., "other". */
unsigned lockstep_label_index(uint64_t label);
const char *lockstep_label_name(unsigned index);
const char *lockstep_error_name(unsigned error);

/* Writes both states and the kernel's events to stderr. */
void lockstep_dump(const struct lockstep *ls);

/* lockstep_compare.c: does s describe the kernel's capabilities, as far as
 * slots and lists go?  Writes the difference to ls->why if `explain'. */
bool lockstep_same_caps_(struct lockstep *ls, const struct spec *s,
                         bool explain);
struct spec_cap lockstep_spec_cap_(const struct lockstep *ls,
                                   const struct cap *cap, slotno_t slot);
bool lockstep_differ_(struct lockstep *ls, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void lockstep_fill_(struct lockstep *ls, paddr_t base, uint64_t bytes);
#endif
