/* SPDX-License-Identifier: BSD-2-Clause */
/* RevokeAt and Next refuse what rule R12 says, in its order. */
#include "faults.h"

#define INSIDE  (FIX_FREE + 0) /* an untyped of 2^16 bytes at 0x100000 */
#define CLOSING (FIX_FREE + 1) /* a copy of FIX_UT2 */

enum { BYTES, BITS };

static const struct raw_call revoke_at_good = {
    {[BYTES] = 0x200000,
     [BITS] = 12,
     [FAULT_TARGET] = FIX_UT,
     [FAULT_LABEL] = LABEL_UNTYPED_REVOKE_AT,
     [FAULT_LENGTH] = 2},
};

static const struct fault revoke_at_faults[] = {
    FAULT("1: another label", REPLY(3), 1, {FAULT_LABEL, 999}),
    FAULT("1: the label after the last", REPLY(3), 1,
          {FAULT_LABEL, LABEL_UNTYPED_REVOKE_AT + 1}),
    FAULT("1: the label before the first", REPLY(3), 1,
          {FAULT_LABEL, LABEL_UNTYPED_RETYPE_AT - 1}),
    FAULT("1: a label and 2^32", REPLY(3), 1,
          {FAULT_LABEL, LABEL_UNTYPED_REVOKE_AT + (UINT64_C(1) << 32)}),
    FAULT("2: one word", REPLY(7), 1, {FAULT_LENGTH, 1}),
    FAULT("2: no word", REPLY(7), 1, {FAULT_LENGTH, 0}),
    FAULT("3: 2^25 of 2^24", REPLY(4, 0, 24), 1, {BITS, 25}),
    FAULT("3: 2^64", REPLY(4, 0, 24), 1, {BITS, 64}),
    FAULT("3: 2^(2^64 - 1)", REPLY(4, 0, 24), 1, {BITS, UINT64_MAX}),
    FAULT("3: 2^256 is not 2^0", REPLY(4, 0, 24), 1, {BITS, 256}),
    FAULT("4: offset 1", REPLY(5), 1, {BYTES, 1}),
    FAULT("4: offset 2^64 - 1", REPLY(5), 1, {BYTES, UINT64_MAX}),
    FAULT("5: offset 2^24", REPLY(4, 0, 0xfff000), 1, {BYTES, 0x1000000}),
    FAULT("5: offset 2^64 - 2^12", REPLY(4, 0, 0xfff000), 1,
          {BYTES, UINT64_MAX - 0xfff}),
    FAULT("5: the whole, but at 2^24", REPLY(4, 0, 0), 2, {BITS, 24},
          {BYTES, 0x1000000}),
    FAULT("6: inside a larger child", REPLY(9), 1, {BYTES, 0x104000}),
    FAULT("6: the first block of it", REPLY(9), 1, {BYTES, 0x100000}),
    FAULT("6: not open", REPLY(9), 1, {FAULT_TARGET, FIX_UT2}),
};

static const struct raw_call next_good = {
    {[BYTES] = 0,
     [FAULT_TARGET] = FIX_UT,
     [FAULT_LABEL] = LABEL_UNTYPED_NEXT,
     [FAULT_LENGTH] = 1},
};

static const struct fault next_faults[] = {
    FAULT("1: another label", REPLY(3), 1, {FAULT_LABEL, 999}),
    FAULT("2: no word", REPLY(7), 1, {FAULT_LENGTH, 0}),
};

int main(void)
{
    struct fixture f;

    fixture_rv64(&f);
    fixture_needs_generation3(&f);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 16, INSIDE, 1, 0x100000);
    ok_reply(&f, "an untyped inside", ERROR_NONE);
    cnode_copy(&f, CLOSING, FIX_UT2, CAP_RIGHTS_ALL);
    ok_reply(&f, "a copy of an untyped", ERROR_NONE);
    faults_check(&f, &revoke_at_good, revoke_at_faults,
                 FAULTS_COUNT(revoke_at_faults));
    faults_check(&f, &next_good, next_faults, FAULTS_COUNT(next_faults));
    ok_reply(&f, "Next of the first", ERROR_NONE, 0x100000, 0x110000,
             REGION_UNTYPED);
    fixture_done(&f);
    return tap_done();
}
