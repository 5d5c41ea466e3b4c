/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations on slots: Copy, Mint, Move, Mutate, Rotate, Revoke, Delete,
 * CancelBadgedSends, SaveCaller.  The invoked CNode is the root from which
 * the destination is resolved. */
#ifndef FALLOW_CNODE_H
#define FALLOW_CNODE_H
#include "invoke.h"

/* Errors in the order of sel4-abi.md 4.5:
 *   IllegalOperation   another label; a capability that cannot be derived,
 *                      rebadged or guarded so; pivot = source or destination
 *   TruncatedMessage   fewer words or capabilities than the call takes
 *   RangeError 1..64   a depth
 *   FailedLookup       destination, source or pivot; an empty source
 *   DeleteFirst        the destination is in use
 *   RevokeFirst        copy of an untyped that has children
 * Revoke and Delete have a preemption point after each capability; the others
 * cost two or three lookups of at most 64 CNodes each and at most three walks
 * of W + 1 nodes. */
enum outcome cnode_invoke(struct kernel *k, const struct invocation *inv,
                          struct reply *reply);
#endif
