/* SPDX-License-Identifier: BSD-2-Clause */
#include "lookup.h"

/* The count bits at the top of rest, count < 64; 0: nothing. */
static uint64_t top(uint64_t rest, uint64_t count)
{
    return bits_down(rest / 2u, (unsigned)(WORD_BITS - 1u - count));
}

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
                top(cptr, guard_size) != word / 64u)
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
