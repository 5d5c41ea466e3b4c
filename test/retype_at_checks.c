/* SPDX-License-Identifier: BSD-2-Clause */
/* RetypeAt refuses what sel4-abi.md 4.4 and rule R12 say, in their order. */
#include "retype_faults.h"

#define TINY_DEVICE (FIX_FREE + 300) /* a device untyped of 2^10 bytes */
#define IN_THE_WAY  (FIX_FREE + 301) /* a CNode of 2^16 bytes */
#define CLOSING     (FIX_FREE + 302) /* a copy of FIX_UT2 */
#define DEVICE_PAGE (FIX_FREE + 303) /* of FIX_DEVICE, at offset 0x200000 */

enum { TYPE, SIZE, INDEX, DEPTH, OFFSET, COUNT, BYTES };

static const struct raw_call good = {
    {[TYPE] = OBJECT_TCB,
     [OFFSET] = FIX_FREE,
     [COUNT] = 1,
     [BYTES] = 0x400000,
     [FAULT_TARGET] = FIX_UT,
     [FAULT_LABEL] = LABEL_UNTYPED_RETYPE_AT,
     [FAULT_LENGTH] = 7,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = FIX_ROOT},
};

static const struct fault faults[] = {
    FAULT("1: another label", REPLY(3), 1, {FAULT_LABEL, 999}),
    FAULT("1: CNodeRevoke", REPLY(3), 1, {FAULT_LABEL, LABEL_CNODE_REVOKE}),
    FAULT("2: six words", REPLY(7), 1, {FAULT_LENGTH, 6}),
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
    FAULT("13: of device memory", REPLY(10, 1024), 1,
          {FAULT_TARGET, TINY_DEVICE}),
    FAULT("14: offset 1", REPLY(5), 2, {TYPE, OBJECT_TCB}, {BYTES, 1}),
    FAULT("14: offset half an object", REPLY(5), 2, {TYPE, OBJECT_TCB},
          {BYTES, 0x400}),
    FAULT("14: offset 2^64 - 1", REPLY(5), 2, {TYPE, OBJECT_TCB},
          {BYTES, UINT64_MAX}),
    FAULT("14: beyond the end, too", REPLY(5), 2, {TYPE, OBJECT_TCB},
          {BYTES, 0x1000400}),
    FAULT("15: offset 2^24", REPLY(4, 0, 0x1000000 - 0x800), 2,
          {TYPE, OBJECT_TCB}, {BYTES, 0x1000000}),
    FAULT("15: offset 2^64 - 2^11", REPLY(4, 0, 0x1000000 - 0x800), 2,
          {TYPE, OBJECT_TCB}, {BYTES, UINT64_MAX - 0x7ff}),
    FAULT("15: offset 2^63", REPLY(4, 0, 0x1000000 - 0x800), 2,
          {TYPE, OBJECT_TCB}, {BYTES, UINT64_C(1) << 63}),
    FAULT("15: and too many as well", REPLY(4, 0, 0x1000000 - 0x800), 3,
          {TYPE, OBJECT_TCB}, {BYTES, 0x1000000}, {COUNT, 256}),
    FAULT("16: three of the last two", REPLY(10, 0x1000), 3, {TYPE, OBJECT_TCB},
          {BYTES, 0x1000000 - 0x1000}, {COUNT, 3}),
    FAULT("16: across what is in the way", REPLY(10, 0xf80000), 4,
          {BYTES, 0x80000}, {COUNT, 256}, {TYPE, OBJECT_CNODE}, {SIZE, 12}),
    FAULT("17: on a CNode", REPLY(9), 2, {FAULT_TARGET, FIX_UT},
          {BYTES, 0x100000}),
    FAULT("17: inside a CNode", REPLY(9), 2, {FAULT_TARGET, FIX_UT},
          {BYTES, 0x108000}),
    FAULT("17: around a CNode", REPLY(9), 4, {FAULT_TARGET, FIX_UT},
          {BYTES, 0x100000}, {TYPE, OBJECT_UNTYPED}, {SIZE, 20}),
    FAULT("17: the whole", REPLY(9), 4, {FAULT_TARGET, FIX_UT}, {BYTES, 0},
          {TYPE, OBJECT_UNTYPED}, {SIZE, 24}),
    FAULT("17: a run over a CNode", REPLY(9), 3, {FAULT_TARGET, FIX_UT},
          {BYTES, 0xfe000}, {COUNT, 100}),
    FAULT("17: an untyped that is not open", REPLY(9), 1,
          {FAULT_TARGET, FIX_UT2}),
    FAULT("17: on a device page, before 18", REPLY(9), 2,
          {FAULT_TARGET, FIX_DEVICE}, {BYTES, 0x200000}),
    FAULT("18: a TCB of device memory", REPLY(1, 1), 1,
          {FAULT_TARGET, FIX_DEVICE}),
    FAULT("18: an endpoint of device memory", REPLY(1, 1), 2,
          {FAULT_TARGET, FIX_DEVICE}, {TYPE, OBJECT_ENDPOINT}),
};

int main(void)
{
    struct fixture f;

    fixture_rv64(&f);
    fixture_needs_generation3(&f);
    retype(&f, FIX_DEVICE_HUGE, OBJECT_UNTYPED, 10, TINY_DEVICE, 1);
    ok_reply(&f, "a small device untyped", ERROR_NONE);
    retype_at(&f, FIX_UT, OBJECT_CNODE, 11, IN_THE_WAY, 1, 0x100000);
    ok_reply(&f, "a CNode in the middle", ERROR_NONE);
    cnode_copy(&f, CLOSING, FIX_UT2, CAP_RIGHTS_ALL);
    ok_reply(&f, "a copy of an untyped", ERROR_NONE);
    retype_at(&f, FIX_DEVICE, TYPE_PAGE, 0, DEVICE_PAGE, 1, 0x200000);
    ok_reply(&f, "a page of device memory", ERROR_NONE);
    faults_check(&f, &good, faults, FAULTS_COUNT(faults));
    fixture_done(&f);
    return tap_done();
}
