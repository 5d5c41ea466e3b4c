/* SPDX-License-Identifier: BSD-2-Clause */
/* RetypeWhole refuses what sel4-abi.md 4.4 and rule R12 say, in their order:
 * children before the count, the count before window and slots. */
#include "retype_faults.h"

#define TINY_DEVICE (FIX_FREE + 300) /* a device untyped of 2^10 bytes */
#define CHILD       (FIX_FREE + 301) /* an endpoint of FIX_UT */
#define CLOSING     (FIX_FREE + 302) /* a copy of FIX_HUGE */

enum { TYPE, SIZE, INDEX, DEPTH, OFFSET };

static const struct raw_call good = {
    {[TYPE] = TYPE_MEGA,
     [OFFSET] = FIX_FREE,
     [FAULT_TARGET] = FIX_UT2,
     [FAULT_LABEL] = LABEL_UNTYPED_RETYPE_WHOLE,
     [FAULT_LENGTH] = 5,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = FIX_ROOT},
};

static const struct fault faults[] = {
    FAULT("1: another label", REPLY(3), 1, {FAULT_LABEL, 999}),
    FAULT("1: CNodeRevoke", REPLY(3), 1, {FAULT_LABEL, LABEL_CNODE_REVOKE}),
    FAULT("2: four words", REPLY(7), 1, {FAULT_LENGTH, 4}),
    FAULT("2: no word", REPLY(7), 1, {FAULT_LENGTH, 0}),
    FAULT("2: no capability", REPLY(7), 1, {FAULT_CAP_COUNT, 0}),
    RETYPE_FAULTS,
    FAULT("10: it has a child", REPLY(9), 1, {FAULT_TARGET, FIX_UT}),
    FAULT("10: it is not open", REPLY(9), 1, {FAULT_TARGET, FIX_HUGE}),
    FAULT("11: larger than the whole", REPLY(10, 0x1000000), 2,
          {TYPE, TYPE_GIGA}, {FAULT_TARGET, FIX_UT2}),
    FAULT("11: larger than a small one", REPLY(10, 64), 2,
          {FAULT_TARGET, FIX_TINY}, {TYPE, TYPE_MEGA}),
    FAULT("12: 4096 pages", REPLY(4, 1, 256), 1, {TYPE, TYPE_PAGE}),
    FAULT("12: 2^20 endpoints", REPLY(4, 1, 256), 1, {TYPE, OBJECT_ENDPOINT}),
    FAULT("12: 2^34 untypeds", REPLY(4, 1, 256), 3, {TYPE, OBJECT_UNTYPED},
          {SIZE, 4}, {FAULT_TARGET, FIX_DEVICE_HUGE}),
    FAULT("13: eight from 4090", REPLY(4, 1, 6), 1, {OFFSET, 4090}),
    FAULT("14: the last of the window", REPLY(8), 1, {OFFSET, TINY_DEVICE - 7}),
    FAULT("14: into slot 1", REPLY(8), 1, {OFFSET, FIX_TCB}),
    FAULT("15: endpoints of device memory", REPLY(1, 1), 2,
          {FAULT_TARGET, TINY_DEVICE}, {TYPE, OBJECT_ENDPOINT}),
};

int main(void)
{
    struct fixture f;

    fixture_rv64(&f);
    fixture_needs_generation3(&f);
    retype(&f, FIX_DEVICE, OBJECT_UNTYPED, 10, TINY_DEVICE, 1);
    ok_reply(&f, "a small device untyped", ERROR_NONE);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, CHILD, 1);
    ok_reply(&f, "an endpoint", ERROR_NONE);
    cnode_copy(&f, CLOSING, FIX_HUGE, CAP_RIGHTS_ALL);
    ok_reply(&f, "a copy of an untyped", ERROR_NONE);
    faults_check(&f, &good, faults, FAULTS_COUNT(faults));
    ok_reply(&f, "the whole in large pages", ERROR_NONE, 8);
    fixture_done(&f);
    return tap_done();
}
