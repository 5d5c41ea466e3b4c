/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of physical addresses: what boot knows about memory.
 *
 *   range[0]        range[1]                range[count - 1]
 *   [start, end)    [start, end)    ...     [start, end)
 *
 * Invariant: no range is empty, none overlaps or touches the next, and they
 * ascend.  Small and fixed in size, because boot has nowhere to allocate
 * from: who adds or removes more pieces than fit is told so.
 */
#ifndef FALLOW_RANGES_H
#define FALLOW_RANGES_H
#include "types.h"

#define RANGES_MAX 64u

struct range {
    paddr_t start;
    paddr_t end; /* exclusive */
};

struct ranges {
    uint32_t count;
    struct range range[RANGES_MAX];
};

/* The set of [start, end), or the empty set if there is nothing in it. */
struct ranges ranges_of(paddr_t start, paddr_t end);

/* Adds [start, end).  False: no room for one more range; nothing is changed.
 * O(count), like all below. */
bool ranges_add(struct ranges *s, paddr_t start, paddr_t end);

/* Takes [start, end) out.  False: no room for the second half of a range cut
 * in two; nothing is changed. */
bool ranges_remove(struct ranges *s, paddr_t start, paddr_t end);

/* The same with every range of `other'.  On false, part of it is done. */
bool ranges_add_all(struct ranges *s, const struct ranges *other);
bool ranges_remove_all(struct ranges *s, const struct ranges *other);

/* Does the set contain all of [start, end)?  True if that is empty. */
bool ranges_contain(const struct ranges *s, paddr_t start, paddr_t end);

/* The highest naturally aligned block of 2^bits bytes in the set: true, and
 * its address in *base. */
bool ranges_find_top(const struct ranges *s, uint8_t bits, paddr_t *base);

/* log2 of the bytes of the largest naturally aligned block that begins at
 * `start' and ends at or below `end', at most 2^bits_max; 0 if start and end
 * are so close or so odd that it would be below 2^bits_min. */
uint8_t range_block_bits(paddr_t start, paddr_t end, uint8_t bits_min,
                         uint8_t bits_max);

/* NULL, or which invariant is broken. */
const char *ranges_check(const struct ranges *s);
#endif
