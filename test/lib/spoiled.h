/* SPDX-License-Identifier: BSD-2-Clause */
/* Sound states that are spoiled by hand, so as to see kernel_check() find it.
 *
 *   build -> spoil one link, field or byte -> kernel_check() -> "list: ..."
 *
 * The state has everything in it once: nested untypeds, one of them copied, an
 * endpoint with a badge, a CNode, a TCB, frames, interrupt handlers, a zombie
 * and, with the new calls, an embryo.  It is built anew for each case.
 */
#ifndef FALLOW_SPOILED_H
#define FALLOW_SPOILED_H
#include "fixture.h"

/* Root slots of the state that is spoiled. */
enum spoiled_root {
    NESTED = FIX_FREE, /* untyped of 2^12 at 0x5000, itself of FIX_UT */
    EP,                /* an endpoint of it, with copies and a badge */
    EP_COPY,
    EP_COPY2,
    CNODE, /* of 8 slots, a copy of the TCB in slot 3 */
    TCB,
    PAGE,
    TABLE,
    COPIED, /* an untyped with a copy */
    COPY,
    HANDLER,
    HANDLER_COPY,
    ZOMBIE,
    EMBRYO,
    SPARE, /* and those behind it: empty */
};

struct spoiled {
    void (*spoil)(void);
    const char *class; /* of what is broken: what comes before the colon */
    const char *name;
    bool new_calls; /* needs the embryo */
};

/* The state that a case spoils, and its slots. */
extern struct fixture spoiled_fixture;
extern struct slot *spoiled_slots;

/* The slot of a root slot, and a byte of memory. */
slotno_t spoiled_at(uint64_t cptr);
uint8_t *spoiled_byte(paddr_t address);

/* Claims that the state is sound, and that each case is found as its class.
 * Returns the exit status.  A check that does not end fails after a minute. */
int spoiled_check(const struct spoiled *cases, size_t count);
#endif
