/* SPDX-License-Identifier: BSD-2-Clause */
/* Rotate refuses what sel4-abi.md 4.5 says, in the order of its table. */
#include "faults.h"

/* The call goes from SOURCE to PIVOT to FIX_FREE; all three are CNodes. */
enum {
    SOURCE = FIX_FREE + 1,
    PIVOT,
    ENDPOINT,
    NOTIFICATION,
    CNODE, /* of 2^4 slots */
};

enum { TO, TO_DEPTH, TO_DATA, PIV, PIV_DEPTH, PIV_DATA, FROM, FROM_DEPTH };

static const struct raw_call good = {
    {[TO] = FIX_FREE,
     [TO_DEPTH] = 64,
     [PIV] = PIVOT,
     [PIV_DEPTH] = 64,
     [FROM] = SOURCE,
     [FROM_DEPTH] = 64,
     [FAULT_TARGET] = FIX_ROOT,
     [FAULT_LABEL] = LABEL_CNODE_ROTATE,
     [FAULT_LENGTH] = 8,
     [FAULT_CAP_COUNT] = 2,
     [FAULT_CAP0] = FIX_ROOT,
     [FAULT_CAP1] = FIX_ROOT},
};

static const struct fault faults[] = {
    FAULT("1: another label", REPLY(3), 1, {FAULT_LABEL, 99}),
    FAULT("2: one word", REPLY(7), 1, {FAULT_LENGTH, 1}),
    FAULT("3: depth 0", REPLY(4, 1, 64), 1, {TO_DEPTH, 0}),
    FAULT("3: guard", REPLY(6, 0, 4, 12, 0, 52), 1, {TO_DEPTH, 12}),
    FAULT("4: seven words", REPLY(7), 1, {FAULT_LENGTH, 7}),
    FAULT("4: two words", REPLY(7), 1, {FAULT_LENGTH, 2}),
    FAULT("4: one capability", REPLY(7), 1, {FAULT_CAP_COUNT, 1}),
    FAULT("4: no capability", REPLY(7), 1, {FAULT_CAP_COUNT, 0}),
    FAULT("5: the source's root is a TCB", REPLY(6, 1, 1), 1,
          {FAULT_CAP1, FIX_TCB}),
    FAULT("5: source depth 65", REPLY(4, 1, 64), 2, {FROM_DEPTH, 65},
          {FAULT_CAP1, FIX_ROOT}),
    FAULT("5: source's guard", REPLY(6, 1, 4, 12, 0, 52), 2, {FROM_DEPTH, 12},
          {FAULT_CAP1, FIX_ROOT}),
    FAULT("6: the pivot's root is a TCB", REPLY(6, 1, 1), 1,
          {FAULT_CAP0, FIX_TCB}),
    FAULT("6: the pivot's root is empty", REPLY(6, 1, 1), 2,
          {FAULT_CAP0, FIX_EMPTY}, {PIV_DEPTH, 64}),
    FAULT("6: pivot depth 65", REPLY(4, 1, 64), 1, {PIV_DEPTH, 65}),
    FAULT("6: pivot's index", REPLY(6, 1, 3, 63, 64), 1, {PIV_DEPTH, 63}),
    FAULT("7: pivot = source", REPLY(3), 2, {PIV, SOURCE}, {FROM, SOURCE}),
    FAULT("7: pivot = source, empty", REPLY(3), 2, {PIV, FIX_EMPTY},
          {FROM, FIX_EMPTY}),
    FAULT("7: pivot = destination", REPLY(3), 2, {PIV, PIVOT}, {TO, PIVOT}),
    FAULT("7: pivot = destination, empty", REPLY(3), 2, {PIV, FIX_EMPTY},
          {TO, FIX_EMPTY}),
    FAULT("8: into slot 1", REPLY(8), 1, {TO, FIX_TCB}),
    FAULT("9: source empty", REPLY(6, 1, 2, 64), 2, {FROM, FIX_EMPTY},
          {FROM_DEPTH, 64}),
    FAULT("9: source empty, depth 4", REPLY(6, 1, 2, 4), 3, {FROM, 2},
          {FROM_DEPTH, 4}, {FAULT_CAP1, CNODE}),
    FAULT("10: pivot empty", REPLY(6, 0, 2, 64), 2, {PIV, CNODE + 1},
          {PIV_DEPTH, 64}),
    FAULT("10: pivot empty, depth 4", REPLY(6, 0, 2, 4), 3, {PIV, 3},
          {PIV_DEPTH, 4}, {FAULT_CAP0, CNODE}),
    FAULT("11: an endpoint as source", REPLY(3), 1, {FROM, ENDPOINT}),
    FAULT("11: a notification as source", REPLY(3), 1, {FROM, NOTIFICATION}),
    FAULT("11: a guard of 61 bits", REPLY(3), 1, {PIV_DATA, 61}),
    FAULT("12: an endpoint as pivot", REPLY(3), 1, {PIV, ENDPOINT}),
    FAULT("12: a notification as pivot", REPLY(3), 1, {PIV, NOTIFICATION}),
    FAULT("12: a guard of 61 bits", REPLY(3), 1, {TO_DATA, 61}),
};

int main(void)
{
    struct fixture f;

    fixture_rv64(&f);
    retype(&f, FIX_UT, OBJECT_CNODE, 4, SOURCE, 1);
    retype(&f, FIX_UT, OBJECT_CNODE, 4, PIVOT, 1);
    retype(&f, FIX_UT, OBJECT_CNODE, 4, CNODE, 1);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, NOTIFICATION, 1);
    ok_reply(&f, "five objects", ERROR_NONE);
    faults_check(&f, &good, faults, FAULTS_COUNT(faults));
    fixture_done(&f);
    return tap_done();
}
