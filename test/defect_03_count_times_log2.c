/* SPDX-License-Identifier: BSD-2-Clause */
/* Defect 3 of retype.md A.1: the range searched was 2^(count * log2 size), so
 * that pages were made over page tables, endpoints in live TCBs, and five
 * endpoints refused for 2^20 bytes that they do not need. */
#include "fixture.h"

enum { OBJECT = FIX_FREE, OUT };

static struct fixture f;

int main(void)
{
    fixture_rv64(&f);
    fixture_needs_generation3(&f);

    retype_at(&f, FIX_UT, TYPE_TABLE, 0, OBJECT, 1, 0);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 3, 0);
    ok_reply(&f, "three pages, the first over a page table", 9);
    cnode_delete(&f, OBJECT);
    for (uint64_t at = 0; at < 3; at++) {
        retype_at(&f, FIX_UT, TYPE_TABLE, 0, OBJECT, 1, at * 4096);
        retype_at(&f, FIX_UT, TYPE_PAGE, 0, OUT, 3, 0);
        ok_reply(&f, "three pages, one of them over a page table", 9);
        cnode_delete(&f, OBJECT);
    }

    retype_at(&f, FIX_UT, OBJECT_TCB, 0, OBJECT, 1, 0x800);
    retype_at(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT, 8, 0x800);
    ok_reply(&f, "eight endpoints in a live TCB", 9);
    retype_at(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT, 8, 0x7f0);
    ok_reply(&f, "seven of them in it", 9);
    retype_at(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT, 8, 0xff0);
    ok_reply(&f, "one of them in it", 9);

    for (uint64_t count = 1; count <= 128; count++) {
        retype_at(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT, count,
                  0x800 - count * 16);
        if (f.reply.label != ERROR_NONE)
            break;
        for (uint64_t i = 0; i < count; i++)
            cnode_delete(&f, OUT + i);
    }
    ok_reply(&f, "1 to 128 endpoints right below it are no collision", 0);
    retype_at(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT, 5, 0x1000);
    ok_reply(&f, "nor are five right above", 0);
    fixture_done(&f);
    return tap_done();
}
