/* SPDX-License-Identifier: BSD-2-Clause */
/* Revoke, Delete, CancelBadgedSends and SaveCaller refuse what sel4-abi.md
 * 4.5 says, in the order of its table. */
#include "faults.h"

enum {
    ENDPOINT = FIX_FREE + 1,
    READ_WRITE, /* a copy with two of the four rights */
    CNODE,      /* of 2^4 slots */
};

enum { TO, TO_DEPTH };

static const struct fault common[] = {
    FAULT("1: label 16", REPLY(3), 1, {FAULT_LABEL, 16}),
    FAULT("1: label 26", REPLY(3), 1, {FAULT_LABEL, 26}),
    FAULT("1: label + 2^32", REPLY(3), 1,
          {FAULT_LABEL, LABEL_CNODE_REVOKE + (UINT64_C(1) << 32)}),
    FAULT("2: no word", REPLY(7), 1, {FAULT_LENGTH, 0}),
    FAULT("2: one word", REPLY(7), 1, {FAULT_LENGTH, 1}),
    FAULT("3: depth 0", REPLY(4, 1, 64), 1, {TO_DEPTH, 0}),
    FAULT("3: depth 65", REPLY(4, 1, 64), 1, {TO_DEPTH, 65}),
    FAULT("3: guard", REPLY(6, 0, 4, 12, 0, 52), 1, {TO_DEPTH, 12}),
    FAULT("3: index", REPLY(6, 0, 3, 63, 64), 1, {TO_DEPTH, 63}),
    FAULT("3: too few bits", REPLY(6, 0, 3, 3, 4), 2, {FAULT_TARGET, CNODE},
          {TO_DEPTH, 3}),
    FAULT("3: bits left over", REPLY(6, 0, 3, 1, 0), 2, {FAULT_TARGET, CNODE},
          {TO_DEPTH, 5}),
};

static const struct fault cancel_only[] = {
    FAULT("4: an empty slot", REPLY(3), 1, {TO, FIX_EMPTY}),
    FAULT("4: a TCB", REPLY(3), 1, {TO, FIX_TCB}),
    FAULT("4: two rights of four", REPLY(3), 1, {TO, READ_WRITE}),
};

static const struct fault save_only[] = {
    FAULT("4: an occupied slot", REPLY(8), 1, {TO, FIX_TCB}),
};

static void check(uint64_t label, uint64_t slot, const struct fault *only,
                  unsigned count)
{
    struct fault all[FAULTS_COUNT(common) + FAULTS_COUNT(cancel_only)];
    struct raw_call good = {
        {[TO] = slot,
         [TO_DEPTH] = 64,
         [FAULT_TARGET] = FIX_ROOT,
         [FAULT_LABEL] = label,
         [FAULT_LENGTH] = 2},
    };
    struct fixture f;

    fixture_rv64(&f);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    cnode_copy(&f, READ_WRITE, ENDPOINT, CAP_READ | CAP_WRITE);
    retype(&f, FIX_UT, OBJECT_CNODE, 4, CNODE, 1);
    ok_reply(&f, "a CNode", ERROR_NONE);
    for (unsigned i = 0; i < FAULTS_COUNT(common); i++)
        all[i] = common[i];
    for (unsigned i = 0; i < count; i++)
        all[FAULTS_COUNT(common) + i] = only[i];
    faults_check(&f, &good, all, (unsigned)FAULTS_COUNT(common) + count);
    ok_reply(&f, "it leaves the caller's registers alone", ERROR_NONE);
    fixture_done(&f);
}

int main(void)
{
    tap_diag("Revoke");
    check(LABEL_CNODE_REVOKE, ENDPOINT, NULL, 0);
    check(LABEL_CNODE_REVOKE, FIX_EMPTY, NULL, 0);
    tap_diag("Delete");
    check(LABEL_CNODE_DELETE, ENDPOINT, NULL, 0);
    check(LABEL_CNODE_DELETE, FIX_EMPTY, NULL, 0);
    tap_diag("CancelBadgedSends");
    check(LABEL_CNODE_CANCEL_BADGED_SENDS, ENDPOINT, cancel_only,
          FAULTS_COUNT(cancel_only));
    tap_diag("SaveCaller");
    check(LABEL_CNODE_SAVE_CALLER, FIX_FREE, save_only,
          FAULTS_COUNT(save_only));
    return tap_done();
}
