/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors and their fields as they lie in the reply (sel4-abi.md 4.2). */
#include "error.h"
#include "tap.h"

#include <string.h>

static struct reply r;

static void ok_words(const char *name, uint64_t returned, size_t count,
                     const uint64_t *want)
{
    bool same =
        returned == want[0] && r.label == want[0] && r.length == count - 1;

    for (size_t i = 1; same && i < count; i++)
        same = r.mr[i - 1] == want[i];
    tap_ok(same, "%s: label %lu, %lu words", name, (unsigned long)want[0],
           (unsigned long)count - 1);
    memset(&r, 0xee, sizeof r);
}

#define ok_error(name, call, ...)                                              \
    ok_words(name, (uint64_t)(call),                                           \
             sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t),             \
             (uint64_t[]){__VA_ARGS__})

int main(void)
{
    memset(&r, 0xee, sizeof r);
    ok_error("none", error_none(&r), 0);
    ok_error("InvalidArgument", error_argument(&r, 3), 1, 3);
    ok_error("InvalidCapability", error_capability(&r, 1), 2, 1);
    ok_error("IllegalOperation", error_plain(&r, ERROR_ILLEGAL_OPERATION), 3);
    ok_error("RangeError", error_range(&r, 1, UINT64_MAX), 4, 1, UINT64_MAX);
    ok_error("AlignmentError", error_plain(&r, ERROR_ALIGNMENT), 5);
    ok_error("invalid root", error_root(&r, false), 6, 0, 1);
    ok_error("invalid root, source", error_root(&r, true), 6, 1, 1);
    ok_error("missing capability", error_missing(&r, false, 64), 6, 0, 2, 64);
    ok_error("missing, source", error_missing(&r, true, 4), 6, 1, 2, 4);
    ok_error("depth mismatch", error_depth(&r, false, 5, 7), 6, 0, 3, 5, 7);
    ok_error("depth, source", error_depth(&r, true, 0, 0), 6, 1, 3, 0, 0);
    ok_error("guard mismatch", error_guard(&r, false, 12, 0xabc, 52), 6, 0, 4,
             12, 0xabc, 52);
    ok_error("guard, source", error_guard(&r, true, 1, 2, 3), 6, 1, 4, 1, 2, 3);
    ok_error("TruncatedMessage", error_plain(&r, ERROR_TRUNCATED_MESSAGE), 7);
    ok_error("DeleteFirst", error_plain(&r, ERROR_DELETE_FIRST), 8);
    ok_error("RevokeFirst", error_plain(&r, ERROR_REVOKE_FIRST), 9);
    ok_error("NotEnoughMemory", error_memory(&r, 0), 10, 0);
    return tap_done();
}
