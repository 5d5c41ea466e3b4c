/* SPDX-License-Identifier: BSD-2-Clause */
/* Retype refuses what sel4-abi.md 4.4 says, in the order of its table. */
#include "faults.h"

#define TINY_DEVICE (FIX_FREE + 300) /* a device untyped of 2^10 bytes */

enum { TYPE, SIZE, INDEX, DEPTH, OFFSET, COUNT };

static const struct raw_call good = {
    {[TYPE] = OBJECT_TCB,
     [OFFSET] = FIX_FREE,
     [COUNT] = 1,
     [FAULT_TARGET] = FIX_UT,
     [FAULT_LABEL] = LABEL_UNTYPED_RETYPE,
     [FAULT_LENGTH] = 6,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = FIX_ROOT},
};

static const struct fault faults[] = {
    FAULT("1: another label", REPLY(3), 1, {FAULT_LABEL, 999}),
    FAULT("1: CNodeRevoke", REPLY(3), 1, {FAULT_LABEL, LABEL_CNODE_REVOKE}),
    FAULT("2: five words", REPLY(7), 1, {FAULT_LENGTH, 5}),
    FAULT("2: no word", REPLY(7), 1, {FAULT_LENGTH, 0}),
    FAULT("2: no capability", REPLY(7), 1, {FAULT_CAP_COUNT, 0}),
    FAULT("3: type 9", REPLY(1, 0), 1, {TYPE, TYPE_COUNT}),
    FAULT("3: type 2^64 - 1", REPLY(1, 0), 1, {TYPE, UINT64_MAX}),
    FAULT("4: size 64", REPLY(4, 0, 38), 1, {SIZE, 64}),
    FAULT("4: size 2^64 - 1", REPLY(4, 0, 38), 1, {SIZE, UINT64_MAX}),
    FAULT("4: untyped of 2^39", REPLY(4, 0, 38), 2, {TYPE, OBJECT_UNTYPED},
          {SIZE, 39}),
    FAULT("4: CNode of 2^34 slots", REPLY(4, 0, 38), 2, {TYPE, OBJECT_CNODE},
          {SIZE, 34}),
    FAULT("4: CNode of 2^63 slots", REPLY(4, 0, 38), 2, {TYPE, OBJECT_CNODE},
          {SIZE, 63}),
    FAULT("5: CNode of one slot", REPLY(1, 1), 2, {TYPE, OBJECT_CNODE},
          {SIZE, 0}),
    FAULT("6: untyped of 2^3", REPLY(1, 1), 2, {TYPE, OBJECT_UNTYPED},
          {SIZE, 3}),
    FAULT("6: untyped of 2^0", REPLY(1, 1), 2, {TYPE, OBJECT_UNTYPED},
          {SIZE, 0}),
    FAULT("7: root no CNode", REPLY(6, 0, 1), 2, {FAULT_CAP0, FIX_TCB},
          {DEPTH, 64}),
    FAULT("7: root empty", REPLY(6, 0, 1), 2, {FAULT_CAP0, FIX_EMPTY},
          {DEPTH, 64}),
    FAULT("7: root no CNode before depth 65", REPLY(6, 0, 1), 2,
          {FAULT_CAP0, FIX_TCB}, {DEPTH, 65}),
    FAULT("7: depth 65", REPLY(4, 1, 64), 1, {DEPTH, 65}),
    FAULT("7: depth 2^64 - 1", REPLY(4, 1, 64), 1, {DEPTH, UINT64_MAX}),
    FAULT("7: depth 256 is not 0", REPLY(4, 1, 64), 1, {DEPTH, 256}),
    FAULT("7: guard", REPLY(6, 0, 4, 12, 0, 52), 2, {INDEX, FIX_ROOT},
          {DEPTH, 12}),
    FAULT("7: too few bits", REPLY(6, 0, 3, 63, 64), 2, {INDEX, FIX_ROOT},
          {DEPTH, 63}),
    FAULT("8: that slot holds no CNode", REPLY(6, 0, 2, 64), 2,
          {INDEX, FIX_TCB}, {DEPTH, 64}),
    FAULT("8: that slot is empty", REPLY(6, 0, 2, 64), 2, {INDEX, FIX_EMPTY},
          {DEPTH, 64}),
    FAULT("8: the root is no CNode, depth 0", REPLY(6, 0, 2, 0), 2,
          {FAULT_CAP0, FIX_TCB}, {DEPTH, 0}),
    FAULT("8: the root is empty, depth 0", REPLY(6, 0, 2, 0), 2,
          {FAULT_CAP0, FIX_EMPTY}, {DEPTH, 0}),
    FAULT("9: offset 4096", REPLY(4, 0, 4095), 1, {OFFSET, 4096}),
    FAULT("9: offset 2^64 - 1", REPLY(4, 0, 4095), 1, {OFFSET, UINT64_MAX}),
    FAULT("10: none", REPLY(4, 1, 256), 1, {COUNT, 0}),
    FAULT("10: 257", REPLY(4, 1, 256), 1, {COUNT, 257}),
    FAULT("10: 2^64 - 1", REPLY(4, 1, 256), 1, {COUNT, UINT64_MAX}),
    FAULT("11: ten from 4090", REPLY(4, 1, 6), 2, {OFFSET, 4090}, {COUNT, 10}),
    FAULT("11: two from 4095", REPLY(4, 1, 1), 2, {OFFSET, 4095}, {COUNT, 2}),
    FAULT("12: into slot 1", REPLY(8), 1, {OFFSET, FIX_TCB}),
    FAULT("12: the last of the window", REPLY(8), 2, {OFFSET, TINY_DEVICE - 3},
          {COUNT, 4}),
    FAULT("13: from 64 bytes", REPLY(10, 64), 1, {FAULT_TARGET, FIX_TINY}),
    FAULT("13: a page of 1 GiB from 2^24", REPLY(10, 0x1000000), 2,
          {TYPE, TYPE_GIGA}, {FAULT_TARGET, FIX_UT}),
    FAULT("13: of device memory, before 14", REPLY(10, 1024), 1,
          {FAULT_TARGET, TINY_DEVICE}),
    FAULT("14: a TCB of device memory", REPLY(1, 1), 1,
          {FAULT_TARGET, FIX_DEVICE}),
    FAULT("14: a page table of device memory", REPLY(1, 1), 2,
          {FAULT_TARGET, FIX_DEVICE}, {TYPE, TYPE_TABLE}),
    FAULT("14: a CNode of device memory", REPLY(1, 1), 3,
          {FAULT_TARGET, FIX_DEVICE}, {TYPE, OBJECT_CNODE}, {SIZE, 4}),
};

int main(void)
{
    struct fixture f;

    fixture_rv64(&f);
    retype(&f, FIX_DEVICE_HUGE, OBJECT_UNTYPED, 10, TINY_DEVICE, 1);
    ok_reply(&f, "a small device untyped", ERROR_NONE);
    faults_check(&f, &good, faults, FAULTS_COUNT(faults));
    fixture_done(&f);
    return tap_done();
}
