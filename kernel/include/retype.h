/* SPDX-License-Identifier: BSD-2-Clause */
/* The arithmetic of retype: rules R0, R5, R6, R7.  No state, no wrap.
 *
 *   0            offset                  offset + count * 2^b        2^s
 *   |              |---- 2^b ----|---- ... ----|                      |
 *
 * s: the untyped's size bits, at most RETYPE_BITS_MAX (the kernel's own
 * field); b, offset and count are the caller's, any 64-bit number.
 */
#ifndef FALLOW_RETYPE_H
#define FALLOW_RETYPE_H
#include "types.h"

#define RETYPE_BITS_MAX 47u

enum retype_window {
    RETYPE_WINDOW_OK,
    RETYPE_TOO_LARGE,  /* b > s */
    RETYPE_MISALIGNED, /* offset is no multiple of 2^b */
    RETYPE_OUTSIDE,    /* offset >= 2^s */
    RETYPE_NO_MEMORY,  /* offset + count * 2^b > 2^s */
};

/* R0, but for the fan-out: OK if and only if b <= s, offset is a multiple of
 * 2^b below 2^s, and count objects of 2^b bytes fit from there.  count >= 1.
 * In the order of the list above.  Constant cost. */
enum retype_window retype_check_window(unsigned s, uint64_t b, uint64_t offset,
                                       uint64_t count);

/* R6: the least multiple of 2^b that is not below the watermark; b <= 47,
 * watermark <= 2^47. */
uint64_t retype_round_up(uint64_t watermark, unsigned b);

/* R5 and W1: the watermark once a window that retype_check_window accepts has
 * been filled. */
uint64_t retype_watermark(uint64_t watermark, unsigned b, uint64_t offset,
                          uint64_t count);

/* R7: how many objects of 2^b bytes make up 2^s; 0 if b > s. */
uint64_t retype_count_whole(unsigned s, uint64_t b);
#endif
