/* SPDX-License-Identifier: BSD-2-Clause */
/* Layer 0 on the hosted kernel: the calls go straight into kernel/core.
 *
 *   library --struct ut_ops--> ut_hosted --invoke()--> kernel/core
 *
 * The CSpace is whatever the CNode in slot `root' leads to.  A preempted call
 * is made again until it is done, as one call.
 */
#ifndef UT_HOSTED_H
#define UT_HOSTED_H
#include "hosted.h"
#include "ut/ut_ops.h"

#define UT_HOSTED_KINDS 16u

struct ut_hosted {
    struct hosted_kernel *h;
    slotno_t root;              /* slot of the CSpace's root CNode */
    uint64_t calls;             /* made so far */
    uint64_t cleared_max_bytes; /* by one of them */
    struct ut_kind kinds[UT_HOSTED_KINDS];
};

/* Fills in *ops for that machine; *hosted must outlive it. */
void ut_hosted_ops(struct ut_hosted *hosted, struct hosted_kernel *h,
                   slotno_t root, struct ut_ops *ops);

/* The slot that a cptr leads to, or SLOT_NIL. */
slotno_t ut_hosted_slot(const struct ut_hosted *hosted, uint64_t cptr);
#endif
