/* SPDX-License-Identifier: BSD-2-Clause */
/* What new objects contain (rule R4): zero, cleared only where it has to be;
 * untyped children untouched, with the right watermark of their own; device
 * memory never touched. */
#include "fixture.h"

#include <string.h>

enum { OUT = FIX_FREE, COUNT = 6 };

#define BASE  0x4000u
#define BYTES 0x4000u

static struct fixture f;

/* An untyped whose first `wm' bytes are used, by nobody any more, and dirty;
 * the rest is zero. */
static void used_up_to(uint64_t wm)
{
    fixture_small(&f);
    fixture_dirty(&f, BASE, BYTES);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT, 1); /* clears all */
    cnode_delete(&f, OUT);
    for (uint64_t done = 16; done < wm; done += 16) {
        retype_at(&f, FIX_UT, OBJECT_ENDPOINT, 0, OUT, 1, done);
        cnode_delete(&f, OUT);
    }
    fixture_dirty(&f, BASE, wm);
    f.hosted->machine.cleared_bytes = 0;
}

/* `count' objects at `offset': which are cleared, and all of them zero. */
static void typed(uint64_t type, uint64_t bytes, uint64_t offset,
                  unsigned count, uint64_t want_cleared, const char *name)
{
    used_up_to(0x800);
    retype_at(&f, FIX_UT, type, 0, OUT, count, offset);
    ok_reply(&f, name, 0);
    tap_ok(fixture_is_zero(&f, BASE + offset, count * bytes), "it is zero");
    tap_is(f.hosted->machine.cleared_bytes, want_cleared, "bytes cleared");
    if (offset > 0 && offset <= 0x800)
        tap_is(*(uint8_t *)hosted_memory(f.k, BASE + offset - 1), 0xa5,
               "the byte before it is untouched");
    if (offset + count * bytes < 0x800)
        tap_is(*(uint8_t *)hosted_memory(f.k, BASE + offset + count * bytes),
               0xa5, "the byte after it is untouched");
    fixture_done(&f);
}

static void untyped_children(void)
{
    used_up_to(0x800);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 9, OUT, 4, 0x400);
    ok_reply(&f, "four untypeds across the watermark", 0);
    tap_is(f.hosted->machine.cleared_bytes, 0, "clear nothing");
    ok_watermark(&f, OUT, 0x200, "the first, below, is full");
    ok_watermark(&f, OUT + 1, 0x200, "the second, below, is full");
    ok_watermark(&f, OUT + 2, 0, "the third, at it, is unused");
    ok_watermark(&f, OUT + 3, 0, "the fourth, above, is unused");
    ok_watermark(&f, FIX_UT, 0xc00, "their parent");
    tap_is(*(uint8_t *)hosted_memory(f.k, BASE + 0x400), 0xa5,
           "nothing has been written");
    retype(&f, OUT, TYPE_PAGE, 0, OUT + 4, 2);
    tap_ok(fixture_is_zero(&f, BASE + 0x400, 0x200),
           "the first use of a full one clears it");
    tap_is(f.hosted->machine.cleared_bytes, 0x200, "all of it");
    retype(&f, OUT + 2, TYPE_PAGE, 0, OUT + 6, 2);
    tap_is(f.hosted->machine.cleared_bytes, 0x200,
           "the first use of an unused one clears nothing");
    tap_ok(fixture_is_zero(&f, BASE + 0x800, 0x200), "and it is zero");
    fixture_done(&f);
}

/* Nested below the watermark, then at an offset inside that. */
static void nested_at_offset(void)
{
    used_up_to(0x800);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 10, OUT, 1, 0);
    retype_at(&f, OUT, TYPE_PAGE, 0, OUT + 1, 1, 0x200);
    ok_reply(&f, "at an offset in a full nested untyped", 0);
    tap_ok(fixture_is_zero(&f, BASE + 0x200, 0x100), "it is zero");
    tap_is(f.hosted->machine.cleared_bytes, 0x100, "bytes cleared");
    fixture_done(&f);
}

static void device(void)
{
    static const uint64_t offsets[] = {0, 0x800, 0x3000};

    fixture_small(&f);
    for (unsigned i = 0; i < 3; i++)
        retype_at(&f, FIX_DEVICE, TYPE_GIGA, 0, OUT + i, 1,
                  offsets[i] & ~UINT64_C(0xfff));
    retype_at(&f, FIX_DEVICE, OBJECT_UNTYPED, 12, OUT + 3, 1, 0x1000);
    ok_reply(&f, "device memory at an offset below its watermark", 0);
    tap_is(f.hosted->machine.cleared_bytes, 0, "clears nothing");
    ok_watermark(&f, OUT + 3, 0x1000, "a device untyped below is full");
    cnode_delete(&f, OUT + 3);
    cnode_revoke(&f, FIX_DEVICE);
    retype(&f, FIX_DEVICE, TYPE_PAGE, 0, OUT, 1);
    retype_at(&f, FIX_DEVICE, OBJECT_UNTYPED, 12, OUT + 3, 1, 0x1000);
    ok_watermark(&f, OUT + 3, 0, "one above is unused");
    ok_watermark(&f, FIX_DEVICE, 0x2000, "their parent");
    tap_is(f.hosted->machine.cleared_bytes, 0, "clears nothing");
    fixture_done(&f);
}

/* A page that somebody wrote comes back zero by every way. */
static void no_leak(void)
{
    static const char *const ways[] = {"Retype", "RetypeWhole", "RetypeAt",
                                       "a nested untyped", "a copy"};

    for (unsigned way = 0; way < 5; way++) {
        fixture_small(&f);
        retype(&f, FIX_UT, TYPE_GIGA, 0, OUT, 4);
        fixture_dirty(&f, BASE, BYTES);
        cnode_revoke(&f, FIX_UT);
        if (way == 0) {
            retype(&f, FIX_UT, TYPE_GIGA, 0, OUT, 4);
        } else if (way == 1) {
            retype_whole(&f, FIX_UT, TYPE_GIGA, 0, OUT);
        } else if (way == 2) {
            retype_at(&f, FIX_UT, TYPE_GIGA, 0, OUT, 4, 0);
        } else if (way == 3) {
            retype_at(&f, FIX_UT, OBJECT_UNTYPED, 14, OUT + 4, 1, 0);
            retype_at(&f, OUT + 4, TYPE_GIGA, 0, OUT, 4, 0);
        } else {
            cnode_copy(&f, OUT + 4, FIX_UT, 15);
            retype(&f, OUT + 4, TYPE_GIGA, 0, OUT, 4);
        }
        tap_is(f.reply.label, 0, "four pages by %s", ways[way]);
        tap_ok(fixture_is_zero(&f, BASE, BYTES), "are zero");
        fixture_done(&f);
    }
}

int main(void)
{
    fixture_small(&f);
    fixture_needs_generation3(&f);
    fixture_done(&f);
    typed(OBJECT_ENDPOINT, 16, 0x100, 1, 16, "an endpoint below");
    typed(OBJECT_ENDPOINT, 16, 0x7f0, 1, 16, "the last below");
    typed(OBJECT_ENDPOINT, 16, 0x800, 1, 0, "an endpoint at it");
    typed(OBJECT_ENDPOINT, 16, 0x7e0, 4, 32, "two below, two above");
    typed(OBJECT_NOTIFICATION, 32, 0x40, 2, 64, "two notifications: a chunk");
    typed(TYPE_PAGE, 256, 0x700, 2, 256, "one page below, one above");
    typed(TYPE_PAGE, 256, 0x700, 1, 256, "a page below");
    typed(TYPE_GIGA, 4096, 0x1000, 1, 0, "a large page above");
    typed(TYPE_GIGA, 4096, 0, 1, 4096, "a large page across it");
    untyped_children();
    nested_at_offset();
    device();
    no_leak();
    return tap_done();
}
