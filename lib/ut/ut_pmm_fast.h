/* SPDX-License-Identifier: BSD-2-Clause */
/* What the common alloc and free share; ut_pmm_map.h has the picture. */
#ifndef UT_PMM_FAST_H
#define UT_PMM_FAST_H
#include "ut_pmm_map.h"

static inline uint64_t run_mask(unsigned order, unsigned unit)
{
    return (((uint64_t)1 << (1u << order)) - 1) << unit % 64;
}

/* Less than a word: the run of zeros that a freed block has become part of, if
 * it is longer than `run', the longest before; both as runs has them. */
static inline uint32_t grow(uint64_t used, unsigned unit, unsigned order,
                            uint32_t run)
{
    unsigned bits = 1u << order;

    if (used == 0)
        return 7;
    do
        bits *= 2;
    while (bits < 64 &&
           !(used >> (unit & 63 & -bits) & (((uint64_t)1 << bits) - 1)));
    order = (unsigned)__builtin_ctz(bits);
    return order > run ? order : run;
}

/* 2^order units of a split node become used, or free.  False: its runs are what
 * they were. */
static inline bool set_units(struct ut_pmm_node *n, unsigned unit,
                             unsigned order, bool used)
{
    unsigned w = unit / 64, shift = w * 4;

    if (order < 6) {
        uint64_t x = n->used[w] ^ run_mask(order, unit);
        uint32_t was = n->runs >> shift & 15, run;

        n->used[w] = x;
        n->start[w] ^= (uint64_t)1 << unit % 64;
        if (!used)
            run = grow(x, unit, order, was);
        else if (was == 1)
            run = ~x != 0;
        else
            run = ut_pmm_word_run_(x);
        n->runs ^= (run ^ was) << shift;
        return run != was;
    }
    n->start[w] ^= 1;
    for (unsigned end = w + (1u << (order - 6)); w < end; w++, shift += 4) {
        n->used[w] = used ? ~(uint64_t)0 : 0;
        n->runs ^= (uint32_t)7 << shift;
    }
    return true;
}

/* ---- ut_pmm_fast.c ---- */

/* The node's runs have changed: to the bitmap of its longest run. */
void ut_pmm_reindex_(struct ut_pmm *p, unsigned l, uint32_t i,
                     struct ut_pmm_node *n);
#endif
