/* SPDX-License-Identifier: BSD-2-Clause */
#include "bits.h"
#include "retype.h"

enum retype_window retype_check_window(unsigned s, uint64_t b, uint64_t offset,
                                       uint64_t count)
{
    if (b > s)
        return RETYPE_TOO_LARGE;
    if (!bits_aligned(offset, (unsigned)b))
        return RETYPE_MISALIGNED;
    if (offset >= bits_size(s))
        return RETYPE_OUTSIDE;
    if (count > bits_down(bits_size(s) - offset, (unsigned)b))
        return RETYPE_NO_MEMORY;
    return RETYPE_WINDOW_OK;
}

uint64_t retype_round_up(uint64_t watermark, unsigned b)
{
    return bits_up(bits_down(watermark + (bits_size(b) - 1), b), b);
}

uint64_t retype_watermark(uint64_t watermark, unsigned b, uint64_t offset,
                          uint64_t count)
{
    uint64_t end = offset + bits_up(count, b);

    return end > watermark ? end : watermark;
}

uint64_t retype_count_whole(unsigned s, uint64_t b)
{
    return b > s ? 0 : bits_size(s - (unsigned)b);
}
