/* SPDX-License-Identifier: BSD-2-Clause */
#include "lookup.h"

/* The count bits at the top of rest, count < 64; 0: nothing. */
static uint64_t top(uint64_t rest, unsigned count)
{
    return bits_down(rest / 2u, 63u - count);
}

bool lookup_walk(const struct slot *slots, slotno_t i, uint64_t cptr,
                 slotno_t *slot, unsigned *over)
{
    unsigned left = WORD_BITS;

    do {
        uint64_t word = slot_word(slots, i);
        unsigned radix = slot_bits(slots, i) - SLOT_BITS;

        i = slot_at(slot_base(slots, i));
        if (word != 0) {
            unsigned guard_size = (unsigned)(word % 64u);

            if (guard_size + radix > left ||
                top(cptr, guard_size) != word / 64u)
                return false;
            cptr = bits_up(cptr, guard_size);
            left -= guard_size;
        } else if (radix > left) {
            return false;
        }
        i += bits_down(cptr, WORD_BITS - radix);
        cptr = bits_up(cptr, radix);
        left -= radix;
    } while (left != 0 && slot_type(slots, i) == CAP_CNODE);
    *slot = i;
    *over = left;
    return true;
}
