/* SPDX-License-Identifier: BSD-2-Clause */
/* Powers of two: the only file of the core that shifts.
 *
 *   bits_size(n)       2^n
 *   bits_down(x, n)    x / 2^n, rounded down
 *   bits_up(x, n)      x * 2^n; the caller knows that it fits 64 bits
 *   bits_bit(x, n)     bit n of x: 0 or 1
 *   bits_top(x)        number of the highest set bit; x != 0
 *   bits_aligned(x, n) x is a multiple of 2^n
 *
 * n is a count of bits below 64 everywhere.  Above this file a prover sees
 * products and quotients only (design/verification.md, 2.1).  Each is a few
 * instructions, but for bits_top: one where the machine counts zeros, six
 * halvings where it does not.
 */
#ifndef FALLOW_BITS_H
#define FALLOW_BITS_H
#include "types.h"

static inline uint64_t bits_size(unsigned n)
{
    //@ ghost lemma_pow2((int)n);
    //@ ghost lemma_pow2_max((int)n);
    return UINT64_C(1) << n;
}

static inline uint64_t bits_down(uint64_t x, unsigned n)
{
    //@ ghost lemma_shift_right(x, (int)n);
    return x >> n;
}

static inline uint64_t bits_up(uint64_t x, unsigned n)
{
    //@ ghost lemma_shift_left(x, (int)n);
    return x << n;
}

static inline unsigned bits_bit(uint64_t x, unsigned n)
{
    //@ ghost lemma_shift_right(x, (int)n);
    return (unsigned)((x >> n) % 2u);
}

static inline unsigned bits_top(uint64_t x)
{
    unsigned n = 0;

    for (unsigned step = 32; step != 0; step /= 2)
        if (x >> step != 0) {
            x >>= step;
            n += step;
        }
    return n;
}

static inline bool bits_aligned(uint64_t x, unsigned n)
{
    uint64_t q = bits_down(x, n);

    //@ ghost lemma_remainder(x, (int)n, q);
    return bits_up(q, n) == x;
}
#endif
