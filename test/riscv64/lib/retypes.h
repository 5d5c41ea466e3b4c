/* SPDX-License-Identifier: BSD-2-Clause */
/* What is wrong with a Retype of any generation before its count is looked
 * at, as wrongs of errors.h (sel4-abi.md 4.4, checks 3 to 9).
 *
 *   words   0     1          2           3           4
 *           type  size bits  node index  node depth  node offset
 */
#ifndef FALLOW_RETYPES_H
#define FALLOW_RETYPES_H
#include "paths.h"

#define RETYPES_WRONG_TYPE                                                     \
    WRONG("type 9", IA(0), WORD(0, 9)),                                        \
        WRONG("type 2^64 - 1", IA(0), WORD(0, ~0ul)),                          \
        WRONG("2^64 of size", RANGE(0, 38), WORD(1, 64)),                      \
        WRONG("2^39 bytes", RANGE(0, 38), WORD(0, seL4_UntypedObject),         \
              WORD(1, 39)),                                                    \
        WRONG("2^34 slots", RANGE(0, 38), WORD(0, seL4_CapTableObject),        \
              WORD(1, 34)),                                                    \
        WRONG("one slot", IA(1), WORD(0, seL4_CapTableObject), WORD(1, 0)),    \
        WRONG("8 bytes", IA(1), WORD(0, seL4_UntypedObject), WORD(1, 3))

/* Our own root CNode as the one that is meant. */
#define RETYPES_IN_ROOT CAP(0, TASK_ROOT), WORD(3, 0)

/* Depth 0 is no error here. */
#define RETYPES_WRONG_NODE                                                     \
    WRONG("a root, by a path", INVALID_ROOT(0),                                \
          CAP_NOT(0, KIND_BIT(KIND_CNODE)), WORD(3, 64)),                      \
        PATH_WRONG(CAP(0, TASK_ROOT), 2, 3, 0),                                \
        PATH_WRONG_SHORT(CAP(0, kind_slot(KIND_CNODE)), 2, 3, 0),              \
        WRONG("a slot without a CNode", MISSING(0, 64),                        \
              WORD_NOT(2, KIND_BIT(KIND_CNODE)), CAP(0, TASK_ROOT),            \
              WORD(3, 64)),                                                    \
        WRONG("a root, without a path", MISSING(0, 0),                         \
              CAP_NOT(0, KIND_BIT(KIND_CNODE)), WORD(3, 0)),                   \
        WRONG("an offset beyond", RANGE(0, errors_root_slots() - 1),           \
              RETYPES_IN_ROOT, WORD(4, errors_root_slots())),                  \
        WRONG("offset 2^64 - 1", RANGE(0, errors_root_slots() - 1),            \
              RETYPES_IN_ROOT, WORD(4, ~0ul))

/* Words 4 and 5 of Retype and RetypeAt. */
#define RETYPES_WRONG_COUNT                                                    \
    WRONG("no objects", RANGE(1, RETYPES_MAX), WORD(5, 0)),                    \
        WRONG("too many objects", RANGE(1, RETYPES_MAX),                       \
              WORD(5, RETYPES_MAX + 1)),                                       \
        WRONG("2^64 - 1 objects", RANGE(1, RETYPES_MAX), WORD(5, ~0ul)),       \
        WRONG("too few slots", RANGE(1, 6), RETYPES_IN_ROOT,                   \
              WORD(4, errors_root_slots() - 6), WORD(5, 7)),                   \
        WRONG("an occupied slot", DEL_FIRST, RETYPES_IN_ROOT,                  \
              WORD(4, TASK_ROOT))
#define RETYPES_MAX CONFIG_RETYPE_FAN_OUT_LIMIT

/* A page of device memory, as an untyped. */
seL4_CPtr retypes_device(void);

/* Makes an untyped of a page in an untyped: it is full if it is a page. */
void retypes_fill(seL4_CPtr untyped);
#endif
