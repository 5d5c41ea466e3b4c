/* SPDX-License-Identifier: BSD-2-Clause */
/* Random numbers with a seed that is printed and can be given again:
 *
 *   SEED=0x1234 build/test/regions_random
 *
 * splitmix64: every 64-bit seed is as good as any other.
 */
#ifndef FALLOW_SEED_H
#define FALLOW_SEED_H
#include "tap.h"

#include <stdlib.h>

struct seed {
    uint64_t state;
};

static inline uint64_t seed_next(struct seed *s)
{
    uint64_t z = s->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 .. bound - 1. */
static inline uint64_t seed_below(struct seed *s, uint64_t bound)
{
    return seed_next(s) % bound;
}

/* The seed from the environment, or `standard'; printed either way. */
static inline struct seed seed_start(uint64_t standard)
{
    const char *given = getenv("SEED");
    struct seed s = {given ? strtoull(given, NULL, 0) : standard};

    tap_diag("SEED=0x%lx", (unsigned long)s.state);
    return s;
}
#endif
