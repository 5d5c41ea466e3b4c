/* SPDX-License-Identifier: BSD-2-Clause */
/* Is anything there? (rule R2): every block of every size, and every run of
 * them, against what a table of bytes says, for children of every kind. */
#include "fixture.h"

enum { CHILD = FIX_FREE, NESTED, OUT = FIX_FREE + 8 };

#define BYTES 0x4000u
#define UNIT  16u

static struct fixture f;
static bool taken[BYTES / UNIT];

static void take(uint64_t offset, uint64_t bytes)
{
    for (uint64_t i = 0; i < bytes / UNIT; i++)
        taken[offset / UNIT + i] = true;
}

static bool any_taken(uint64_t offset, uint64_t bytes)
{
    for (uint64_t i = 0; i < bytes / UNIT; i++)
        if (taken[offset / UNIT + i])
            return true;
    return false;
}

/* Every aligned place of `count' blocks of 2^b: RevokeFirst where anything is
 * taken, else it goes in, and out again. */
static unsigned every_place(unsigned b, uint64_t count)
{
    uint64_t size = bits_size(b), wrong = 0;

    for (uint64_t off = 0; off + count * size <= BYTES; off += size) {
        uint64_t want =
            any_taken(off, count * size) ? ERROR_REVOKE_FIRST : ERROR_NONE;
        uint64_t got =
            retype_at(&f, FIX_UT, OBJECT_UNTYPED, b, OUT, count, off);

        wrong += got != want;
        for (uint64_t i = 0; got == ERROR_NONE && i < count; i++)
            cnode_delete(&f, OUT + i);
    }
    return (unsigned)wrong;
}

static void all_places(const char *name)
{
    unsigned wrong = 0;

    for (unsigned b = 4; b <= 14; b++)
        for (uint64_t count = 1; count <= 8; count++)
            if (count < 4 || count == 5 || count == 8)
                wrong += every_place(b, count);
    tap_is(wrong, 0, "every place, every size: %s", name);
    fixture_check(&f, name);
}

static void fresh(void)
{
    for (unsigned i = 0; i < BYTES / UNIT; i++)
        taken[i] = false;
    fixture_small(&f);
    f.unchecked = true;
}

/* One child at a place, of each kind. */
static void one_child(uint64_t type, uint64_t size_bits, uint64_t offset,
                      uint64_t bytes, const char *name)
{
    fresh();
    retype_at(&f, FIX_UT, type, size_bits, CHILD, 1, offset);
    ok_reply(&f, name, 0);
    take(offset, bytes);
    all_places(name);
    fixture_done(&f);
}

/* Empty or used, a nested untyped is in the way; without its capability its
 * contents alone are. */
static void nested_untyped(void)
{
    fresh();
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 10, CHILD, 1, 0x1400);
    retype_at(&f, CHILD, OBJECT_ENDPOINT, 0, NESTED, 1, 0x3f0);
    take(0x1400, 0x400);
    all_places("an untyped with an endpoint");
    cnode_delete(&f, CHILD);
    for (unsigned i = 0; i < BYTES / UNIT; i++)
        taken[i] = i == (0x1400 + 0x3f0) / UNIT;
    all_places("the endpoint alone, its untyped deleted");
    fixture_done(&f);
}

/* Half a TCB, still dying, is in the way. */
static void zombie(void)
{
    fresh();
    retype_at(&f, FIX_UT, OBJECT_CNODE, 3, CHILD, 1, 0x2100);
    for (unsigned i = 0; i < 8; i++)
        cnode_copy_at(&f, inside(CHILD, 3, i),
                      (struct place){FIX_ROOT, FIX_TCB, 64}, 15);
    f.once = true;
    fixture_preempt_in(&f, 2);
    cnode_delete(&f, CHILD);
    f.once = false;
    ok_slots(&f, CHILD, "z", "a zombie");
    take(0x2100, 256);
    all_places("a zombie");
    fixture_done(&f);
}

static void many(void)
{
    static const uint16_t offsets[] = {0x0,    0x10,   0x800, 0xff0,
                                       0x1000, 0x2220, 0x3ff0};

    fresh();
    for (unsigned i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        retype_at(&f, FIX_UT, OBJECT_ENDPOINT, 0, CHILD + i, 1, offsets[i]);
        take(offsets[i], 16);
    }
    ok_reply(&f, "seven endpoints", 0);
    all_places("seven endpoints");
    fixture_done(&f);
}

int main(void)
{
    fixture_small(&f);
    fixture_needs_generation3(&f);
    fixture_done(&f);
    one_child(OBJECT_UNTYPED, 4, 0x1230, 0x10, "the smallest untyped");
    one_child(OBJECT_UNTYPED, 14, 0, 0x4000, "an untyped of the same size");
    one_child(OBJECT_UNTYPED, 13, 0x2000, 0x2000, "the upper half");
    one_child(OBJECT_ENDPOINT, 0, 0, 0x10, "an endpoint at 0");
    one_child(OBJECT_ENDPOINT, 0, 0x3ff0, 0x10, "an endpoint at the end");
    one_child(OBJECT_TCB, 0, 0x1500, 0x100, "a TCB");
    one_child(OBJECT_CNODE, 4, 0x0e00, 0x200, "a CNode");
    one_child(TYPE_GIGA, 0, 0x1000, 0x1000, "a large page");
    nested_untyped();
    zombie();
    many();
    return tap_done();
}
