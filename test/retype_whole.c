/* SPDX-License-Identifier: BSD-2-Clause */
/* RetypeWhole (rule R7): the whole untyped becomes equal objects. */
#include "fixture.h"

enum { OUT = FIX_FREE, CHILD = 400, SMALL, CNODE };

static struct fixture f;

static void parts(uint64_t type, uint64_t size_bits, unsigned object_bits,
                  uint64_t count)
{
    paddr_t base = fixture_cap(&f, FIX_UT).base;
    unsigned wrong = 0;

    retype_whole(&f, FIX_UT, type, size_bits, OUT);
    ok_reply(&f, "RetypeWhole answers their number", 0, count);
    for (uint64_t i = 0; i < count; i++)
        wrong += fixture_cap(&f, OUT + i).base !=
                     base + i * bits_size(object_bits) ||
                 fixture_cap(&f, OUT + i).bits != object_bits;
    tap_is(wrong, 0, "%lu of 2^%u, back to back", (unsigned long)count,
           object_bits);
    tap_is(fixture_type(&f, OUT + count), CAP_NULL, "and no more");
    ok_watermark(&f, FIX_UT, 0x1000000, "full");
    retype_whole(&f, FIX_UT, type, size_bits, OUT);
    ok_reply(&f, "not again while they are there", 9);
    cnode_delete(&f, OUT);
    if (count > 1) {
        retype_whole(&f, FIX_UT, type, size_bits, OUT);
        ok_reply(&f, "nor while some are", 9);
    }
    cnode_revoke(&f, FIX_UT);
}

static void all_or_nothing(void)
{
    retype(&f, FIX_UT2, OBJECT_UNTYPED, 12, SMALL, 1);
    retype_whole(&f, SMALL, OBJECT_ENDPOINT, 0, OUT);
    ok_reply(&f, "256 endpoints of 2^12", 0, 256);
    cnode_revoke(&f, SMALL);
    retype_whole(&f, SMALL, OBJECT_TCB, 0, 4095);
    ok_reply(&f, "two need two slots", 4, 1, 1);
    retype_whole(&f, SMALL, OBJECT_TCB, 0, 4094);
    ok_reply(&f, "the last two", 0, 2);
    tap_is(fixture_type(&f, 4095), CAP_TCB, "are filled");
    cnode_revoke(&f, SMALL);
    cnode_copy(&f, CHILD, SMALL, 15);
    retype_whole(&f, SMALL, OBJECT_TCB, 0, OUT);
    ok_reply(&f, "not of one that has a copy", 9);
    retype_whole(&f, CHILD, OBJECT_TCB, 0, OUT);
    ok_reply(&f, "but of the copy", 0, 2);
    cnode_revoke(&f, FIX_UT2);
}

/* Into a CNode that is not the root. */
static void elsewhere(void)
{
    retype(&f, FIX_UT2, OBJECT_CNODE, 3, CNODE, 1);
    call(&f, FIX_UT, LABEL_UNTYPED_RETYPE_WHOLE, 5,
         (uint64_t[]){TYPE_MEGA, 0, CNODE, 64, 0}, 1, (uint64_t[]){FIX_ROOT});
    ok_reply(&f, "eight into a CNode of eight, by index and depth", 0, 8);
    tap_is(slot_type(kernel_slots(f.k), fixture_inner(&f, CNODE, 7)), CAP_FRAME,
           "its last slot is filled");
    cnode_revoke(&f, FIX_UT);
    call(&f, FIX_UT, LABEL_UNTYPED_RETYPE_WHOLE, 5,
         (uint64_t[]){TYPE_MEGA, 0, 0, 0, 1}, 1, (uint64_t[]){CNODE});
    ok_reply(&f, "eight from slot 1", 4, 1, 7);
    cnode_revoke(&f, FIX_UT2);
}

/* The reset before it is the same as Retype's, and as preemptible. */
static void reset(void)
{
    uint64_t before;

    retype(&f, FIX_UT, OBJECT_UNTYPED, 15, OUT, 1);
    cnode_revoke(&f, FIX_UT);
    fixture_dirty(&f, fixture_cap(&f, FIX_UT).base, 0x8000);
    before = f.hosted->machine.cleared_bytes;
    f.hosted->machine.preempt_always = true;
    retype_whole(&f, FIX_UT, TYPE_MEGA, 0, OUT);
    f.hosted->machine.preempt_always = false;
    ok_reply(&f, "interrupted at every point", 0, 8);
    tap_ok(f.preemptions >= 7, "which are %lu", (unsigned long)f.preemptions);
    tap_is(f.hosted->machine.cleared_bytes - before, 0x8000, "bytes cleared");
    tap_ok(fixture_is_zero(&f, fixture_cap(&f, FIX_UT).base, 0x10000),
           "they are zero");
    cnode_revoke(&f, FIX_UT);
}

static void device(void)
{
    retype_whole(&f, FIX_DEVICE, TYPE_MEGA, 0, OUT);
    ok_reply(&f, "device memory in eight pages", 0, 8);
    cnode_revoke(&f, FIX_DEVICE);
    retype_whole(&f, FIX_DEVICE_HUGE, TYPE_GIGA, 0, OUT);
    ok_reply(&f, "256 pages of 1 GiB", 0, 256);
    tap_is(fixture_cap(&f, OUT + 255).base, bits_size(39) - bits_size(30),
           "the last one's address");
    cnode_revoke(&f, FIX_DEVICE_HUGE);
}

int main(void)
{
    fixture_rv64(&f);
    fixture_needs_generation3(&f);
    parts(OBJECT_UNTYPED, 24, 24, 1);
    parts(OBJECT_UNTYPED, 23, 23, 2);
    parts(TYPE_MEGA, 0, 21, 8);
    parts(OBJECT_CNODE, 11, 16, 256);
    all_or_nothing();
    elsewhere();
    reset();
    device();
    fixture_done(&f);
    return tap_done();
}
