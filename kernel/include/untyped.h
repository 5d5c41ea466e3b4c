/* SPDX-License-Identifier: BSD-2-Clause */
/* Untyped memory: three generations of retype on one capability.
 *
 *   base                       base + watermark                base + 2^bits
 *   |  children, holes, dirt        |          zero, no child        |
 *   +-------+----+-------+----------+--------------------------------+
 *   | frame |    | CNode |          |  ^ Retype (incremental) goes on here
 *   +-------+----+-------+----------+--------------------------------+
 *            ^ RetypeAt: anywhere that nothing is
 *
 * Invariants (retype.md B.1), of an untyped that is open, i.e. the last of
 * its region's list:
 *  - W1: every region inside it ends at or below base + watermark;
 *  - W2: unless it is device memory, every byte at or above the watermark
 *    reads zero.
 */
#ifndef FALLOW_UNTYPED_H
#define FALLOW_UNTYPED_H
#include "invoke.h"

/* Decodes and, if nothing is wrong, performs Retype, RetypeWhole, RetypeAt,
 * Describe, Next, RevokeAt on the untyped in inv->slot.  Errors in the order
 * of sel4-abi.md 4.4 and rule R12:
 *   IllegalOperation      another label, or one of the new with GEN3=0
 *   TruncatedMessage      fewer words or capabilities than the call takes
 *   InvalidArgument 0, 1  no such type; size of a CNode or untyped too small;
 *                         last of all: not of device memory
 *   RangeError            size, offset in the CNode, count, offset, bits
 *   FailedLookup          the destination CNode
 *   DeleteFirst           a slot of the destination window is in use
 *   NotEnoughMemory       bytes left
 *   AlignmentError        offset is no multiple of the object's size
 *   RevokeFirst           not open, children, or something in the way
 * Preemption points: between chunks that are cleared, after every
 * capability revoked. */
enum outcome untyped_invoke(struct kernel *k, const struct invocation *inv,
                            struct reply *reply);

/* Does anything follow u in its list or lie inside it?  Then it cannot be
 * copied or become a pool.  At most W + 1 visits, from u's node. */
bool untyped_has_children(struct kernel *k, slotno_t u);
#endif
