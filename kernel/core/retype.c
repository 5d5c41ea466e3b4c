/* SPDX-License-Identifier: BSD-2-Clause */
#include "bits.h"
#include "retype.h"

enum retype_window retype_check_window(unsigned s, uint64_t b, uint64_t offset,
                                       uint64_t count)
{
    uint64_t size, room;

    if (b > s)
        return RETYPE_TOO_LARGE;
    if (!bits_aligned(offset, (unsigned)b))
        return RETYPE_MISALIGNED;
    size = bits_size(s);
    if (offset >= size)
        return RETYPE_OUTSIDE;
    room = bits_down(size - offset, (unsigned)b);
    //@ ghost lemma_quotient(size - offset, (int)b, room, count);
    //@ assert count * pow2(b) <= size - offset <==> count <= room;
    if (count > room)
        return RETYPE_NO_MEMORY;
    return RETYPE_WINDOW_OK;
}

uint64_t retype_round_up(uint64_t watermark, unsigned b)
{
    uint64_t q, result;

    //@ ghost lemma_pow2_split((int)b, (int)RETYPE_BITS_MAX);
    //@ ghost lemma_pow2((int)RETYPE_BITS_MAX);
    q = bits_down(watermark + (bits_size(b) - 1), b);
    result = bits_up(q, b);
    //@ ghost lemma_remainder(result, (int)b, q);
    return result;
}

uint64_t retype_watermark(uint64_t watermark, unsigned b, uint64_t offset,
                          uint64_t count)
{
    uint64_t end;

    //@ ghost lemma_pow2_max((int)RETYPE_BITS_MAX);
    end = offset + bits_up(count, b);
    return end > watermark ? end : watermark;
}

uint64_t retype_count_whole(unsigned s, uint64_t b)
{
    if (b > s)
        return 0;
    //@ ghost lemma_pow2_split((int)b, (int)s);
    //@ ghost lemma_remainder(0, (int)b, 0);
    return bits_size(s - (unsigned)b);
}
