/* SPDX-License-Identifier: BSD-2-Clause */
/* Layer 3, slots: which slots of a window in a CNode are free.
 *
 *   CNode   | not ours | first                    first + count | not ours |
 *   bits               | 1 | 1 | 0 | 1 | 0 | 0 |  ...           1: in use
 *
 * Whether a capability lies in a slot is the kernel's business; this says who
 * may put one there.  It makes no kernel call, and may be used without the
 * rest of the library.
 */
#ifndef UT_SLOTS_H
#define UT_SLOTS_H
#include "ut_ops.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A window of slots in one CNode. */
struct ut_window {
    struct ut_dest first; /* its first slot, as Retype names it */
    uint64_t cptr;        /* the same slot in the caller's own CSpace */
    uint32_t count;
    uint8_t radix; /* bits of an address that the CNode takes, guard included */
};

struct ut_slots {
    struct ut_window window;
    uint64_t *bits; /* 1: in use */
    uint32_t used;
    uint32_t next; /* where the last search ended */
};

/* Bytes that ut_slots_init wants, a multiple of 8. */
size_t ut_slots_bytes(uint32_t count);

/* All slots free.  `memory' has ut_slots_bytes(window->count) bytes. */
void ut_slots_init(struct ut_slots *s, const struct ut_window *window,
                   void *memory);

/* `count' consecutive slots; *index of the first, 0 .. window.count - 1.
 * UT_ESLOT: there are not so many in a row (fault: wanted, left).  At most
 * one pass over the bits, which begins where the last one ended. */
ut_err_t ut_slots_take(struct ut_slots *s, uint32_t count, uint32_t *index,
                       struct ut_fault *fault);

/* Gives back what was taken.  UT_EINVAL: it was not. */
ut_err_t ut_slots_give(struct ut_slots *s, uint32_t index, uint32_t count);

/* Slot `index' as Retype, as CNode operations, as invocations name it. */
struct ut_dest ut_slots_dest(const struct ut_slots *s, uint32_t index);
struct ut_slot ut_slots_slot(const struct ut_slots *s, uint32_t index);
static inline uint64_t ut_slots_cptr(const struct ut_slots *s, uint32_t index)
{
    return s->window.cptr + index;
}

/* The slot that a destination's first object goes to; radix: the bits that
 * its CNode takes, guard included. */
struct ut_slot ut_dest_slot(const struct ut_dest *dest, uint8_t radix);

#ifdef __cplusplus
}
#endif
#endif
