/* SPDX-License-Identifier: BSD-2-Clause */
/* Wrong retypes of any generation: type, size and destination, checks 3 to 9
 * of sel4-abi.md 4.4.  For tables of faults.h whose words are named TYPE, SIZE,
 * INDEX, DEPTH and OFFSET. */
#ifndef FALLOW_TEST_RETYPE_FAULTS_H
#define FALLOW_TEST_RETYPE_FAULTS_H
#include "faults.h"

#define RETYPE_FAULTS                                                          \
    FAULT("3: type 9", REPLY(1, 0), 1, {TYPE, TYPE_COUNT}),                    \
        FAULT("3: type 2^64 - 1", REPLY(1, 0), 1, {TYPE, UINT64_MAX}),         \
        FAULT("4: size 64", REPLY(4, 0, 38), 1, {SIZE, 64}),                   \
        FAULT("4: size 2^64 - 1", REPLY(4, 0, 38), 1, {SIZE, UINT64_MAX}),     \
        FAULT("4: untyped of 2^39", REPLY(4, 0, 38), 2,                        \
              {TYPE, OBJECT_UNTYPED}, {SIZE, 39}),                             \
        FAULT("4: CNode of 2^34 slots", REPLY(4, 0, 38), 2,                    \
              {TYPE, OBJECT_CNODE}, {SIZE, 34}),                               \
        FAULT("4: CNode of 2^63 slots", REPLY(4, 0, 38), 2,                    \
              {TYPE, OBJECT_CNODE}, {SIZE, 63}),                               \
        FAULT("5: CNode of one slot", REPLY(1, 1), 2, {TYPE, OBJECT_CNODE},    \
              {SIZE, 0}),                                                      \
        FAULT("6: untyped of 2^3", REPLY(1, 1), 2, {TYPE, OBJECT_UNTYPED},     \
              {SIZE, 3}),                                                      \
        FAULT("6: untyped of 2^0", REPLY(1, 1), 2, {TYPE, OBJECT_UNTYPED},     \
              {SIZE, 0}),                                                      \
        FAULT("7: root no CNode", REPLY(6, 0, 1), 2, {FAULT_CAP0, FIX_TCB},    \
              {DEPTH, 64}),                                                    \
        FAULT("7: root empty", REPLY(6, 0, 1), 2, {FAULT_CAP0, FIX_EMPTY},     \
              {DEPTH, 64}),                                                    \
        FAULT("7: root no CNode before depth 65", REPLY(6, 0, 1), 2,           \
              {FAULT_CAP0, FIX_TCB}, {DEPTH, 65}),                             \
        FAULT("7: depth 65", REPLY(4, 1, 64), 1, {DEPTH, 65}),                 \
        FAULT("7: depth 2^64 - 1", REPLY(4, 1, 64), 1, {DEPTH, UINT64_MAX}),   \
        FAULT("7: depth 256 is not 0", REPLY(4, 1, 64), 1, {DEPTH, 256}),      \
        FAULT("7: guard", REPLY(6, 0, 4, 12, 0, 52), 2, {INDEX, FIX_ROOT},     \
              {DEPTH, 12}),                                                    \
        FAULT("7: too few bits", REPLY(6, 0, 3, 63, 64), 2, {INDEX, FIX_ROOT}, \
              {DEPTH, 63}),                                                    \
        FAULT("8: that slot holds no CNode", REPLY(6, 0, 2, 64), 2,            \
              {INDEX, FIX_TCB}, {DEPTH, 64}),                                  \
        FAULT("8: that slot is empty", REPLY(6, 0, 2, 64), 2,                  \
              {INDEX, FIX_EMPTY}, {DEPTH, 64}),                                \
        FAULT("8: the root is no CNode, depth 0", REPLY(6, 0, 2, 0), 2,        \
              {FAULT_CAP0, FIX_TCB}, {DEPTH, 0}),                              \
        FAULT("8: the root is empty, depth 0", REPLY(6, 0, 2, 0), 2,           \
              {FAULT_CAP0, FIX_EMPTY}, {DEPTH, 0}),                            \
        FAULT("9: offset 4096", REPLY(4, 0, 4095), 1, {OFFSET, 4096}),         \
        FAULT("9: offset 2^64 - 1", REPLY(4, 0, 4095), 1,                      \
              {OFFSET, UINT64_MAX})
#endif
