/* SPDX-License-Identifier: BSD-2-Clause */
/* Every error of an invocation, in the order of its checks.
 *
 *   good call       one that succeeds
 *   wrong[0]        first thing that is checked: what to change for it, and
 *   wrong[1]        what the kernel then says
 *   ...
 *
 * A call that is wrong in one way gets that way's error; one that is wrong in
 * two ways, or in all from one on, gets the first one's.  Two wrongs that
 * change the same part of the call cannot be had together and are not paired;
 * a wrong whose answer depends on another part of the call names that part
 * too.
 */
#ifndef FALLOW_ERRORS_H
#define FALLOW_ERRORS_H
#include "call.h"

/* What capabilities there are: one of each kind, in a slot of its own. */
enum kind {
    KIND_NULL,
    KIND_UNTYPED, /* of 2^12 bytes, nothing in it */
    KIND_ENDPOINT,
    KIND_NOTIFICATION,
    KIND_REPLY,
    KIND_CNODE, /* of 2^4 slots, guard 0 of 0 bits */
    KIND_TCB,
    KIND_IRQ_CONTROL,
    KIND_IRQ_HANDLER,
    KIND_DOMAIN,
    KIND_FRAME, /* of 4 KiB */
    KIND_TABLE, /* not mapped */
    KIND_SPACE, /* an address space */
    KIND_ASID_CONTROL,
    KIND_ASID_POOL,
    KINDS
};
seL4_CPtr kind_slot(enum kind kind);
const char *kind_name(enum kind kind);

/* A copy of a capability in a new slot, with these rights at most. */
seL4_CPtr kind_copy(seL4_CPtr from, seL4_Word rights);

#define KINDS_LINE 90 /* the interrupt line of KIND_IRQ_HANDLER */

#define KIND_BIT(kind) (1ul << (kind))

/* Parts of a call. */
enum field {
    FIELD_NONE,
    FIELD_SERVICE,
    FIELD_LABEL,
    FIELD_LENGTH, /* each from `from', less than the value */
    FIELD_CAPS,   /* the same, number of capabilities */
    FIELD_CAP,    /* and two more */
    FIELD_WORD = FIELD_CAP + 3,
};

struct edit {
    unsigned field;
    bool kinds; /* the value is a set of kinds: each that is not in it */
    seL4_Word from;
    seL4_Word value;
};
#define EDIT(...)             ((struct edit){__VA_ARGS__})
#define SERVICE(value)        EDIT(FIELD_SERVICE, false, 0, (value))
#define LABEL(value)          EDIT(FIELD_LABEL, false, 0, (value))
#define SHORTER(from, than)   EDIT(FIELD_LENGTH, false, (from), (than))
#define FEWER(than)           EDIT(FIELD_CAPS, false, 0, (than))
#define WORD(n, value)        EDIT(FIELD_WORD + (n), false, 0, (value))
#define WORD_NOT(n, kind_set) EDIT(FIELD_WORD + (n), true, 0, (kind_set))
#define CAP(n, value)         EDIT(FIELD_CAP + (n), false, 0, (value))
#define CAP_NOT(n, kind_set)  EDIT(FIELD_CAP + (n), true, 0, (kind_set))

#define EDITS 7u

struct wrong {
    const char *name;
    struct answer answer;
    struct edit edit[EDITS];
};
/* What to call it, the kernel's answer, and the edits. */
#define WRONG(name, answer, ...) ((struct wrong){name, answer, {__VA_ARGS__}})

/* Claims all that for one invocation; the good call is not made. */
void errors_in_order(const char *name, const struct call *good,
                     const struct wrong *wrong, size_t count);
#define ERRORS_IN_ORDER(name, good, wrong)                                     \
    errors_in_order(name, good, wrong, sizeof(wrong) / sizeof((wrong)[0]))

/* Says how much was tried; tap_done(). */
int errors_done(void);

/* The root CNode: its slots, and the bits of its guard. */
seL4_Word errors_root_slots(void);
seL4_Word errors_root_guard_bits(void);
#endif
