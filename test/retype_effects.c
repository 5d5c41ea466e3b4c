/* SPDX-License-Identifier: BSD-2-Clause */
/* What Retype makes: addresses, slots, and the first state of each object
 * (sel4-abi.md 3.1, 3.3, 4.4). */
#include "fixture.h"

enum { FIRST = FIX_FREE };

#define BOTH (SLOT_REVOCABLE | SLOT_FIRST_BADGED)

static struct fixture f;

static void one_type(uint64_t untyped, uint64_t type, uint64_t size_bits,
                     struct cap want, const char *name)
{
    struct cap got;
    unsigned wrong = 0;

    retype(&f, untyped, type, size_bits, FIRST, 3);
    ok_reply(&f, name, ERROR_NONE);
    for (unsigned i = 0; i < 3; i++) {
        got = fixture_cap(&f, FIRST + i);
        wrong += got.type != want.type || got.bits != want.bits ||
                 got.rights != want.rights || got.word != want.word ||
                 got.base !=
                     fixture_cap(&f, untyped).base + i * bits_size(want.bits) ||
                 fixture_flags(&f, FIRST + i) != BOTH;
    }
    tap_is(wrong, 0, "%s: three, one after the other, all originals", name);
    ok_watermark(&f, untyped, 3 * bits_size(want.bits), name);
    if (!(fixture_cap(&f, untyped).rights & CAP_DEVICE) && want.bits < 22)
        tap_ok(fixture_is_zero(&f, fixture_cap(&f, untyped).base,
                               3 * bits_size(want.bits)),
               "%s: all zero", name);
    cnode_revoke(&f, untyped);
}

static void every_type(void)
{
    one_type(FIX_UT, OBJECT_UNTYPED, 12,
             (struct cap){.type = CAP_UNTYPED, .bits = 12}, "untyped");
    one_type(FIX_UT, OBJECT_UNTYPED, 4,
             (struct cap){.type = CAP_UNTYPED, .bits = 4}, "small untyped");
    one_type(FIX_UT, OBJECT_TCB, 0, (struct cap){.type = CAP_TCB, .bits = 11},
             "TCB");
    one_type(
        FIX_UT, OBJECT_ENDPOINT, 0,
        (struct cap){.type = CAP_ENDPOINT, .bits = 4, .rights = CAP_RIGHTS_ALL},
        "endpoint");
    one_type(FIX_UT, OBJECT_NOTIFICATION, 0,
             (struct cap){.type = CAP_NOTIFICATION,
                          .bits = 5,
                          .rights = CAP_WRITE | CAP_READ},
             "notification");
    one_type(FIX_UT, OBJECT_CNODE, 1,
             (struct cap){.type = CAP_CNODE, .bits = 6}, "CNode of 2 slots");
    one_type(FIX_UT, OBJECT_CNODE, 10,
             (struct cap){.type = CAP_CNODE, .bits = 15}, "CNode of 1024");
    one_type(FIX_UT, TYPE_PAGE, 0,
             (struct cap){
                 .type = CAP_FRAME, .bits = 12, .rights = CAP_WRITE | CAP_READ},
             "page");
    one_type(FIX_UT, TYPE_MEGA, 0,
             (struct cap){
                 .type = CAP_FRAME, .bits = 21, .rights = CAP_WRITE | CAP_READ},
             "mega page");
    one_type(FIX_UT, TYPE_TABLE, 0,
             (struct cap){.type = CAP_PAGE_TABLE, .bits = 12}, "page table");
    one_type(FIX_DEVICE_HUGE, TYPE_GIGA, 0,
             (struct cap){.type = CAP_FRAME,
                          .bits = 30,
                          .rights = CAP_WRITE | CAP_READ | CAP_DEVICE},
             "giga page of device memory");
    one_type(
        FIX_DEVICE, OBJECT_UNTYPED, 16,
        (struct cap){.type = CAP_UNTYPED, .bits = 16, .rights = CAP_DEVICE},
        "device untyped");
}

/* size_bits matters for untypeds and CNodes only. */
static void size_is_ignored(void)
{
    for (uint64_t size = 0; size < 64; size += 9) {
        cnode_revoke(&f, FIX_UT);
        retype(&f, FIX_UT, OBJECT_TCB, size, FIRST, 1);
        tap_is(fixture_cap(&f, FIRST).bits, 11, "TCB with size_bits %lu",
               (unsigned long)size);
    }
}

/* Objects of mixed sizes: each begins at the next multiple of its size. */
static void mixed_sizes(void)
{
    static const struct {
        uint64_t type, size, offset, watermark;
    } steps[] = {
        {OBJECT_ENDPOINT, 0, 0x0, 0x10},
        {OBJECT_NOTIFICATION, 0, 0x20, 0x40},
        {OBJECT_ENDPOINT, 0, 0x40, 0x50},
        {TYPE_PAGE, 0, 0x1000, 0x2000},
        {OBJECT_ENDPOINT, 0, 0x2000, 0x2010},
        {OBJECT_CNODE, 1, 0x2040, 0x2080},
        {TYPE_MEGA, 0, 0x200000, 0x400000},
        {OBJECT_UNTYPED, 23, 0x800000, 0x1000000},
    };
    paddr_t base = fixture_cap(&f, FIX_UT).base;

    cnode_revoke(&f, FIX_UT);
    for (unsigned i = 0; i < sizeof steps / sizeof *steps; i++) {
        retype(&f, FIX_UT, steps[i].type, steps[i].size, FIRST + i, 1);
        tap_is(fixture_cap(&f, FIRST + i).base - base, steps[i].offset,
               "object %u: offset", i);
        ok_watermark(&f, FIX_UT, steps[i].watermark, "after it");
    }
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, FIRST + 20, 1);
    ok_reply(&f, "nothing is left", 10, 0);
    cnode_delete(&f, FIRST + 7);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, FIRST + 20, 1);
    ok_reply(&f, "one of several deleted gives nothing back", 10, 0);
}

/* The free bytes reported are those beyond the watermark. */
static void free_bytes(void)
{
    cnode_revoke(&f, FIX_UT);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, FIRST, 1);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 24, FIRST + 1, 1);
    ok_reply(&f, "the whole is too much", 10, 0x1000000 - 16);
    retype(&f, FIX_UT, TYPE_MEGA, 0, FIRST + 1, 8);
    ok_reply(&f, "eight of 2 MiB are too many", 10, 0x1000000 - 16);
    retype(&f, FIX_UT, TYPE_MEGA, 0, FIRST + 1, 7);
    ok_reply(&f, "seven fit", 0);
    ok_watermark(&f, FIX_UT, 0x1000000, "full");
    cnode_delete(&f, FIRST);
    cnode_copy(&f, FIRST, FIRST + 1, 15);
    cnode_revoke(&f, FIX_UT);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 24, FIRST, 1);
    ok_reply(&f, "childless: the whole", 0);
    ok_watermark(&f, FIX_UT, 0x1000000, "full");
    retype(&f, FIRST, OBJECT_UNTYPED, 24, FIRST + 1, 1);
    ok_reply(&f, "and the whole of that again", 0);
    cnode_revoke(&f, FIX_UT);
}

/* 256 at once, into the last slots of the window. */
static void full_fanout(void)
{
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, 4096 - 256, 256);
    ok_reply(&f, "256 endpoints into the last 256 slots", 0);
    tap_is(fixture_cap(&f, 4095).base, fixture_cap(&f, FIX_UT).base + 255 * 16,
           "the last one's address");
    cnode_revoke(&f, FIX_UT);
    tap_is(fixture_type(&f, 4095), CAP_NULL, "all revoked");
    retype(&f, FIX_TINY, OBJECT_ENDPOINT, 0, FIRST, 4);
    ok_reply(&f, "an untyped of 64 bytes holds four endpoints", 0);
    retype(&f, FIX_TINY, OBJECT_ENDPOINT, 0, FIRST + 4, 1);
    ok_reply(&f, "and not five", 10, 0);
}

int main(void)
{
    fixture_rv64(&f);
    every_type();
    size_is_ignored();
    mixed_sizes();
    free_bytes();
    full_fanout();
    fixture_done(&f);
    return tap_done();
}
