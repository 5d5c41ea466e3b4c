/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that is idle and cannot be used, or not as one, because of what else
 * lives in its untyped.  Two measures of it:
 *
 *   outermost untyped                             watermark
 *   |#### ____|___|..|###..........               |                    |
 *    objects  idle untypeds   ` stuck, below a watermark and in no child
 *
 * Held: all memory of an outermost untyped that is in no object, as long as
 * one object is alive anywhere in it: the untyped cannot be had in one piece.
 * Stuck: what lies below an untyped's watermark and in none of its children:
 * incremental Retype gives it out again only when the last child has gone.
 * Stuck memory is held, as far as objects are alive there.  Device memory does
 * not count.
 */
#ifndef FALLOW_REPLAY_PINNED_H
#define FALLOW_REPLAY_PINNED_H
#include "kernel.h"

struct replay_pinned {
    uint64_t held_bytes;
    uint64_t held_by_bytes; /* the objects that hold them */
    uint64_t stuck_bytes;
    uint64_t stuck_untypeds; /* that have some */
    /* The untyped that has most, and the objects in it. */
    paddr_t stuck_base;
    uint8_t stuck_bits;
    uint64_t stuck_most_bytes;
    uint64_t stuck_by_bytes;
    uint64_t outermost_bytes; /* of all outermost untypeds */
};

/* At this moment.  False with errno ENOMEM.  O(regions x (W + log)). */
bool replay_pinned(struct kernel *k, struct replay_pinned *pinned);
#endif
