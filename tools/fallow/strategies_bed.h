/* SPDX-License-Identifier: BSD-2-Clause */
/* The test bed of one strategy: a machine, the calls on it, and the client's
 * slots.
 *
 *   managed RAM: the regions        outside of it: the root CNode's slots
 *   +-----------+-----+--------+    +---+----+---------+---------+----------+
 *   | 2^21      |     | 2^24   |    |   | 2: | 16 ..:  | objects | the      |
 *   |           |     |        |    |   | it | regions |         | strategy |
 *   +-----------+-----+--------+    +---+----+---------+---------+----------+
 */
#ifndef FALLOW_STRATEGIES_BED_H
#define FALLOW_STRATEGIES_BED_H
#include "strategies.h"

struct strategies_bed {
    struct strategies_outcome *outcome; /* counts the calls */
    const struct stream *stream;
    struct hosted_kernel *h;
    paddr_t ram_end;
    paddr_t cnode;
    unsigned radix;
    slotno_t root; /* slot of the root CNode's capability */
    struct strategy_region *regions;
    struct strategy_config config;
    struct strategy_ops ops;
    void *memory;                  /* the strategy's books */
    struct strategy_block *blocks; /* by object; size_bits 0: not served */
    uint64_t objects_slot;         /* first of the client's */
    uint64_t *slots_free;          /* of the client's, the next one last */
    uint64_t slots_free_count;
    uint64_t alive;         /* capabilities made and not yet deleted */
    uint64_t objects_alive; /* of them: the client's */
    uint64_t bytes_alive;   /* in the client's blocks */
};

/* log2 of the smallest power of two that is at least count. */
static inline unsigned strategies_bits_for(uint64_t count)
{
    return count < 2 ? 0 : bits_top(count - 1) + 1;
}

/* Makes machine, slots and books for outcome->strategy; the stream has at
 * least one object and one region.  False with errno set if the host refuses
 * memory; to be freed either way. */
bool strategies_bed_make(struct strategies_bed *bed,
                         struct strategies_outcome *outcome,
                         const struct stream *stream);
void strategies_bed_free(struct strategies_bed *bed);

/* Where the root CNode's slot of that number is. */
slotno_t strategies_bed_slot(const struct strategies_bed *bed, uint64_t slot);

/* Revokes, as strategies do.  0, or the kernel's error. */
int strategies_bed_revoke(void *bed, uint64_t slot);
#endif
