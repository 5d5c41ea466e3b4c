/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two halves of `make bench-attack' agree on.
 *
 * A result is named "attack/call".  Its instructions are those of
 * attack_calls() calls together; its numbers are
 *
 *   a  the most index nodes (or list members) that one whole call visited
 *   b  the most that one question about a block, or one link or unlink, did
 *   c  the most that one question or link of a run, or one Next, did
 */
#ifndef FALLOW_ATTACK_H
#define FALLOW_ATTACK_H
#include <stdint.h>

#define ATTACK_WINDOW_BITS 39u /* W */
#define ATTACK_CAPS        1000000u

/* Calls of each kind.  A list of 10^6 members makes one take long. */
static inline uint64_t attack_calls(uint64_t is_list)
{
    return is_list ? 1 : 16;
}
#endif
