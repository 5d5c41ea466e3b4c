/* SPDX-License-Identifier: BSD-2-Clause */
/* Every invariant of the whole kernel state, by brute force. */
#ifndef FALLOW_CHECK_H
#define FALLOW_CHECK_H
#include "kernel.h"

struct check_result {
    const char *broken; /* NULL: all is well; else the invariant's name */
    slotno_t slot;      /* where */
    uint64_t regions, capabilities, slots; /* counted on the way */
};

/* Tree paths, heap order and lists (regions_check); laminarity (L);
 * watermarks (W1); clean memory above the watermark (W2), in full for windows
 * of untyped memory up to 1 MiB, sampled above; every slot in use in exactly
 * one list and every listed capability in a slot of a live CNode, TCB or the
 * kernel's own; well-formed capabilities (sizes, zombie counts, guards);
 * derivation flags.  bytes_max: largest amount of memory to read for W2.
 * O(slots x W + bytes). */
struct check_result kernel_check(struct kernel *k, uint64_t bytes_max);
#endif
