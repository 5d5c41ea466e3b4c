/* SPDX-License-Identifier: BSD-2-Clause */
/* Rights only ever shrink: every rights word on every capability that has
 * rights (sel4-abi.md 4.5, mask). */
#include "fixture.h"

enum { ORIGINAL = FIX_FREE, ONCE, TWICE };

static struct fixture f;

static uint8_t masked(uint8_t type, uint8_t has, uint64_t rights)
{
    if (type == CAP_FRAME) /* nothing without Read; Write needs both */
        return rights & CAP_READ ? has & (uint8_t)(rights & 3) : 0;
    return has & (uint8_t)(rights & CAP_RIGHTS_ALL);
}

static void family(uint64_t type, uint8_t all, const char *name)
{
    uint8_t cap_type;
    unsigned wrong = 0;

    retype(&f, FIX_UT, type, 0, ORIGINAL, 1);
    cap_type = fixture_type(&f, ORIGINAL);
    tap_is(fixture_cap(&f, ORIGINAL).rights, all, "%s: rights of a new one",
           name);
    for (uint64_t first = 0; first < 32; first++)
        for (uint64_t second = 0; second < 16; second++) {
            uint8_t once = masked(cap_type, all, first);
            uint8_t twice = masked(cap_type, once, second);

            cnode_copy(&f, ONCE, ORIGINAL, first | UINT64_C(1) << 40);
            wrong += fixture_cap(&f, ONCE).rights != once;
            if (second % 2)
                cnode_copy(&f, TWICE, ONCE, second);
            else
                cnode_mint(&f, TWICE, ONCE, second, 0);
            wrong += fixture_cap(&f, TWICE).rights != twice;
            cnode_revoke(&f, ORIGINAL);
        }
    cnode_delete(&f, ORIGINAL);
    tap_is(wrong, 0, "%s: 32 x 16 rights words, copy and copy's copy", name);
}

/* A capability without rights keeps what it is. */
static void no_rights(uint64_t type, uint64_t size, const char *name)
{
    struct cap before, after;

    retype(&f, FIX_UT, type, size, ORIGINAL, 1);
    before = fixture_cap(&f, ORIGINAL);
    cnode_copy(&f, ONCE, ORIGINAL, 0);
    ok_reply(&f, "Copy with no rights", 0);
    after = fixture_cap(&f, ONCE);
    tap_ok(before.rights == after.rights && before.word == after.word &&
               before.type == after.type,
           "%s: rights do not matter", name);
    cnode_delete(&f, ONCE);
    cnode_delete(&f, ORIGINAL);
}

static void device_frame(void)
{
    retype(&f, FIX_DEVICE, TYPE_PAGE, 0, ORIGINAL, 1);
    cnode_copy(&f, ONCE, ORIGINAL, CAP_READ);
    tap_is(fixture_cap(&f, ONCE).rights, CAP_READ | CAP_DEVICE,
           "a device frame stays one");
    cnode_copy(&f, TWICE, ORIGINAL, 0);
    tap_is(fixture_cap(&f, TWICE).rights, CAP_DEVICE, "whatever the rights");
    cnode_revoke(&f, FIX_DEVICE);
}

/* A copy of a mapped frame is not mapped (trap 10). */
static void mapping(void)
{
    struct slot *slots = kernel_slots(f.k);
    slotno_t original = fixture_slot(&f, ORIGINAL);

    retype(&f, FIX_UT, TYPE_PAGE, 0, ORIGINAL, 1);
    slot_set_rights(slots, original, slot_rights(slots, original) | CAP_MAPPED);
    slot_set_word(slots, original, UINT64_C(1) << 48 | 0x400000);
    fixture_check(&f, "mapping a frame");
    cnode_copy(&f, ONCE, ORIGINAL, 15);
    tap_is(fixture_cap(&f, ONCE).rights, CAP_READ | CAP_WRITE,
           "a copy of a mapped frame is unmapped");
    tap_is(fixture_cap(&f, ONCE).word, 0, "and has no address");
    cnode_move(&f, TWICE, ORIGINAL);
    tap_is(fixture_cap(&f, TWICE).word, UINT64_C(1) << 48 | 0x400000,
           "a moved one keeps its mapping");
    cnode_delete(&f, ONCE);
    tap_is(f.hosted->machine.unmapped, 0, "an unmapped copy unmaps nothing");
    cnode_copy(&f, ONCE, TWICE, 15);
    cnode_delete(&f, TWICE);
    tap_is(f.hosted->machine.unmapped, 1, "a mapped one does, final or not");
    cnode_delete(&f, ONCE);
    tap_is(f.hosted->machine.unmapped, 1, "once");
}

int main(void)
{
    fixture_rv64(&f);
    f.unchecked = true; /* 6000 calls; checked in between */
    family(OBJECT_ENDPOINT, CAP_RIGHTS_ALL, "endpoint");
    fixture_check(&f, "endpoints");
    family(OBJECT_NOTIFICATION, CAP_WRITE | CAP_READ, "notification");
    fixture_check(&f, "notifications");
    family(TYPE_PAGE, CAP_WRITE | CAP_READ, "frame");
    f.unchecked = false;
    cnode_revoke(&f, FIX_UT);
    no_rights(OBJECT_CNODE, 4, "CNode");
    no_rights(OBJECT_TCB, 0, "TCB");
    no_rights(OBJECT_UNTYPED, 12, "untyped");
    device_frame();
    mapping();
    fixture_done(&f);
    return tap_done();
}
