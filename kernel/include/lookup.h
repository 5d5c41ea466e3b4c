/* SPDX-License-Identifier: BSD-2-Clause */
/* Capability pointers of a thread, where they lead somewhere: what every
 * system call begins with.  Where one leads nowhere, cspace.h says why.
 *
 *   rest: | guard | index | next CNode's ...      its bits at the top
 */
#ifndef FALLOW_LOOKUP_H
#define FALLOW_LOOKUP_H
#include "bits.h"
#include "thread.h"

/* The slot that cptr names in the CSpace whose root is the CNode in slot i,
 * and how many of cptr's bits are left over.  False: nowhere.  At most 64
 * CNodes, since each takes a bit or more. */
bool lookup_walk(const struct slot *slots, slotno_t i, uint64_t cptr,
                 slotno_t *slot, unsigned *over);

/* The same, in few instructions for a CSpace that is a single CNode. */
static inline bool lookup_from(const struct slot *slots, slotno_t i,
                               uint64_t cptr, slotno_t *slot, unsigned *over)
{
    uint64_t word = slot_word(slots, i), guard = word / 64u;
    uint64_t radix = (uint64_t)slot_bits(slots, i) - SLOT_BITS;

    if (slot_type(slots, i) != CAP_CNODE)
        return false;
    if (word % 64u + radix != WORD_BITS)
        return lookup_walk(slots, i, cptr, slot, over);
    if (bits_down(cptr, radix) != guard)
        return false;
    *slot = slot_at(slot_base(slots, i)) + (cptr - bits_up(guard, radix));
    *over = 0;
    return true;
}

/* The slot that cptr names in the CSpace of thread tcb; left-over bits are
 * ignored.  False: nowhere; cspace_lookup then fails as well. */
static inline bool lookup_cptr(const struct kernel *k, paddr_t tcb,
                               uint64_t cptr, slotno_t *slot)
{
    unsigned ignored;

    return lookup_from(k->regions.slots, thread_slot(tcb, TCB_CSPACE), cptr,
                       slot, &ignored);
}

/* The slot at the end of the path `index' of all 64 bits from the CNode in
 * slot `root'.  False: cspace_lookup_slot fails as well. */
static inline bool lookup_whole(const struct kernel *k, slotno_t root,
                                uint64_t index, slotno_t *slot)
{
    unsigned over;

    return lookup_from(k->regions.slots, root, index, slot, &over) && over == 0;
}
#endif
