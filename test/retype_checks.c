/* SPDX-License-Identifier: BSD-2-Clause */
/* Retype refuses what sel4-abi.md 4.4 says, in the order of its table. */
#include "retype_faults.h"

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
    RETYPE_FAULTS,
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
