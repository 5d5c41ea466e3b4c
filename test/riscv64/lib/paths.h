/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths of slots that lead nowhere, as wrongs of errors.h: what CNode calls,
 * and all that make a capability, check in this order (sel4-abi.md 4.3, 4.5).
 *
 *   root --> guard, index, depth --> slot
 *
 * `root' is an edit that puts a root CNode into its place, `index' and
 * `depth' are numbers of words, `from' is 1 for a source or pivot.
 */
#ifndef FALLOW_PATHS_H
#define FALLOW_PATHS_H
#include "errors.h"
#include "task.h"

#define PATH_DEPTH_0(depth) WRONG("depth 0", RANGE(1, 64), WORD(depth, 0))

/* From our own root CNode. */
#define PATH_WRONG(root, index, depth, from)                                   \
    WRONG("depth 65", RANGE(1, 64), root, WORD(depth, 65)),                    \
        WRONG("depth 2^64 - 1", RANGE(1, 64), root, WORD(depth, ~0ul)),        \
        WRONG("a depth of less than the guard",                                \
              GUARD(from, 12, 0, errors_root_guard_bits()), root,              \
              WORD(depth, 12)),                                                \
        WRONG("another guard", GUARD(from, 64, 0, errors_root_guard_bits()),   \
              root, WORD(index, 1ul << 63), WORD(depth, 64)),                  \
        WRONG("a depth inside the CNode", DEPTH(from, 63, 64), root,           \
              WORD(index, 1), WORD(depth, 63))

/* From KIND_CNODE. */
#define PATH_WRONG_SHORT(root, index, depth, from)                             \
    WRONG("a depth of less than the CNode", DEPTH(from, 3, 4), root,           \
          WORD(index, 0), WORD(depth, 3)),                                     \
        WRONG("a depth of more than the CNode", DEPTH(from, 1, 0), root,       \
              WORD(index, 0), WORD(depth, 5))

/* Where the root is an extra capability. */
#define PATH_WRONG_FROM(cap, index, depth, from)                               \
    WRONG("a root that is no CNode", INVALID_ROOT(from),                       \
          CAP_NOT(cap, KIND_BIT(KIND_CNODE))),                                 \
        PATH_DEPTH_0(depth),                                                   \
        PATH_WRONG(CAP(cap, TASK_ROOT), index, depth, from),                   \
        PATH_WRONG_SHORT(CAP(cap, kind_slot(KIND_CNODE)), index, depth, from)

/* Of every CNode call: its label, and the slot that words 0 and 1 name. */
#define PATH_WRONG_DESTINATION                                                 \
    WRONG("another label", ILLEGAL, LABEL(UntypedRetype)),                     \
        WRONG("words of the path", TRUNC, SHORTER(0, 2)), PATH_DEPTH_0(1),     \
        PATH_WRONG(SERVICE(TASK_ROOT), 0, 1, 0),                               \
        PATH_WRONG_SHORT(SERVICE(kind_slot(KIND_CNODE)), 0, 1, 0)
#endif
