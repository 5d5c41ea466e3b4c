/* SPDX-License-Identifier: BSD-2-Clause */
/* From an address to a slot (sel4-abi.md 4.3 and 5.1). */
#include "private.h"

/* Bits [low, low + count) of x, as a number. */
static uint64_t field(uint64_t x, unsigned low, unsigned count)
{
    uint64_t value = 0;

    for (unsigned bit = 0; bit < count; bit++)
        value |= (x >> (low + bit) & 1) << bit;
    return value;
}

bool spec_lookup_(const struct spec *s, const struct spec_cap *root,
                  uint64_t address, uint64_t depth, bool source, uint32_t *slot,
                  struct spec_reply *reply)
{
    struct spec_cap cnode = *root;
    uint64_t flag = source;
    unsigned left;

    if (root->type != SPEC_CNODE)
        return spec_answer_(reply, SPEC_FAILED_LOOKUP, 2, flag,
                            SPEC_WORD(SPEC_INVALID_ROOT)),
               false;
    if (depth == 0 || depth > SPEC_WORD_BITS)
        return spec_answer_(reply, SPEC_RANGE_ERROR, 2, SPEC_WORD(1),
                            SPEC_WORD(SPEC_WORD_BITS)),
               false;
    for (left = (unsigned)depth; left > 0 && cnode.type == SPEC_CNODE;
         cnode = spec_cap_in_(s, *slot)) {
        unsigned guard = cnode.guard_bits;
        unsigned radix = cnode.bits - SPEC_SLOT_BITS;

        if (guard > left || field(address, left - guard, guard) != cnode.value)
            return spec_answer_(reply, SPEC_FAILED_LOOKUP, 5, flag,
                                SPEC_WORD(SPEC_GUARD_MISMATCH), SPEC_WORD(left),
                                cnode.value, SPEC_WORD(guard)),
                   false;
        if (guard + radix > left)
            return spec_answer_(reply, SPEC_FAILED_LOOKUP, 4, flag,
                                SPEC_WORD(SPEC_DEPTH_MISMATCH), SPEC_WORD(left),
                                SPEC_WORD(guard + radix)),
                   false;
        left -= guard + radix;
        *slot = spec_first_slot(&cnode) + (uint32_t)field(address, left, radix);
    }
    if (left > 0)
        return spec_answer_(reply, SPEC_FAILED_LOOKUP, 4, flag,
                            SPEC_WORD(SPEC_DEPTH_MISMATCH), SPEC_WORD(left),
                            SPEC_WORD(0)),
               false;
    return true;
}
