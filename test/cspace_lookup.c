/* SPDX-License-Identifier: BSD-2-Clause */
/* Resolution of an address in a CSpace of several CNodes with guards
 * (sel4-abi.md 4.3, 5.1):
 *
 *   OUTER: guard 0xa5 of 8 bits, radix 4
 *     slot 1: MIDDLE: guard 0, radix 3
 *       slot 5: INNER: guard 3 of 2 bits, radix 5
 *         slot 17: an endpoint
 *     slot 2: an endpoint
 *     slot 3: OUTER itself, guard 0xa5 of 8 bits
 */
#include "cspace.h"
#include "fixture.h"

#include <string.h>

enum { OUTER = FIX_FREE, MIDDLE, INNER, ENDPOINT, EMPTY_CNODE };

#define GUARD(value, size) ((value) << 6 | (size))

static struct fixture f;
static struct reply reply;

static struct place at(uint64_t index)
{
    return (struct place){FIX_ROOT, index, 64};
}

static void build(void)
{
    fixture_rv64(&f);
    retype(&f, FIX_UT, OBJECT_CNODE, 5, INNER, 1);
    retype(&f, FIX_UT, OBJECT_CNODE, 3, MIDDLE, 1);
    retype(&f, FIX_UT, OBJECT_CNODE, 4, OUTER, 1);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    cnode_copy_at(&f, inside(INNER, 5, 17), at(ENDPOINT), 15);
    cnode_copy_at(&f, inside(OUTER, 4, 2), at(ENDPOINT), 15);
    cnode_mint(&f, EMPTY_CNODE, INNER, 15, GUARD(3, 2));
    cnode_move_at(&f, inside(MIDDLE, 3, 5), at(EMPTY_CNODE));
    cnode_copy_at(&f, inside(OUTER, 4, 1), at(MIDDLE), 15);
    cnode_mint(&f, EMPTY_CNODE, OUTER, 15, GUARD(0xa5, 8));
    cnode_copy_at(&f, inside(OUTER, 4, 3), at(EMPTY_CNODE), 15);
    cnode_move(&f, EMPTY_CNODE + 1, OUTER);
    cnode_move(&f, OUTER, EMPTY_CNODE);
    ok_reply(&f, "a CSpace of three CNodes", 0);
}

static void ok_words(const char *name, size_t count, const uint64_t *want)
{
    bool same = reply.label == want[0] && reply.length == count - 1;

    for (size_t i = 1; same && i < count; i++)
        same = reply.mr[i - 1] == want[i];
    if (!tap_ok(same, "%s", name))
        for (size_t i = 0; i < reply.length; i++)
            tap_diag("  label %u, MR%lu = 0x%lx", reply.label, (unsigned long)i,
                     (unsigned long)reply.mr[i]);
}

#define ok_error(name, ...)                                                    \
    ok_words(name, sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t),       \
             (uint64_t[]){__VA_ARGS__})

static void resolve(const char *name, uint64_t address, uint32_t depth,
                    slotno_t want, uint32_t bits_left)
{
    struct cap root = fixture_cap(&f, OUTER);
    struct cspace_result r;

    if (tap_is(cspace_resolve(f.k, &root, address, depth, false, &r, &reply),
               ERROR_NONE, "%s: found", name)) {
        tap_is(r.slot, want, "%s: slot", name);
        tap_is(r.bits_left, bits_left, "%s: bits left", name);
    }
}

static void fail(uint64_t address, uint32_t depth, bool source)
{
    struct cap root = fixture_cap(&f, OUTER);
    struct cspace_result r;

    memset(&reply, 0xee, sizeof reply);
    cspace_resolve(f.k, &root, address, depth, source, &r, &reply);
}

/* The address of slot INNER[i]: 0xa5, 1, 5, 3, i: 8 + 4 + 3 + 2 + 5 bits. */
static uint64_t deep(uint64_t i)
{
    return UINT64_C(0xa5) << 14 | 1 << 10 | 5 << 7 | 3 << 5 | i;
}

static void found(void)
{
    resolve("one CNode", 0xa52, 12, fixture_inner(&f, OUTER, 2), 0);
    resolve("an empty slot", 0xa50, 12, fixture_inner(&f, OUTER, 0), 0);
    resolve("a CNode's slot", 0xa51, 12, fixture_inner(&f, OUTER, 1), 0);
    resolve("two CNodes", 0xa51 << 3 | 5, 15, fixture_inner(&f, MIDDLE, 5), 0);
    resolve("three CNodes", deep(17), 22, fixture_inner(&f, INNER, 17), 0);
    resolve("high bits of the address do not count",
            deep(17) | UINT64_C(0xffff) << 40, 22, fixture_inner(&f, INNER, 17),
            0);
    resolve("it stops at what is no CNode", UINT64_C(0xa52) << 10, 22,
            fixture_inner(&f, OUTER, 2), 10);
    resolve("it stops at an empty slot", UINT64_C(0xa50) << 52, 64,
            fixture_inner(&f, OUTER, 0), 52);
    resolve("through itself", 0xa53a52, 24, fixture_inner(&f, OUTER, 2), 0);
    resolve("through itself four times", UINT64_C(0xa53a53a53a53a52), 60,
            fixture_inner(&f, OUTER, 2), 0);
}

static void not_found(void)
{
    struct cap not_cnode = fixture_cap(&f, ENDPOINT);
    struct cap empty = {.type = CAP_NULL};
    struct cspace_result r;

    fail(0xa42, 12, false);
    ok_error("another guard", 6, 0, 4, 12, 0xa5, 8);
    fail(0x52, 7, true);
    ok_error("fewer bits than the guard", 6, 1, 4, 7, 0xa5, 8);
    fail(0xa5, 8, false);
    ok_error("no bit for the radix", 6, 0, 3, 8, 12);
    fail(0xa52, 11, false);
    ok_error("one bit too few, so another guard", 6, 0, 4, 11, 0xa5, 8);
    fail(0xa5 << 3 | 1, 11, true);
    ok_error("one bit too few for the radix", 6, 1, 3, 11, 12);
    fail(0xa51 << 2, 14, false);
    ok_error("too few bits for the second", 6, 0, 3, 2, 3);
    fail(0xa51 << 10 | 5 << 7 | 2 << 5 | 17, 22, false);
    ok_error("guard of the third", 6, 0, 4, 7, 3, 2);
    fail((0xa51 << 3 | 5) << 1 | 1, 16, true);
    ok_error("fewer bits than the third's guard", 6, 1, 4, 1, 3, 2);
    cspace_resolve(f.k, &not_cnode, 0, 64, true, &r, &reply);
    ok_error("an endpoint is no root", 6, 1, 1);
    cspace_resolve(f.k, &empty, 0, 64, false, &r, &reply);
    ok_error("nothing is no root", 6, 0, 1);
}

static void as_pointer(void)
{
    slotno_t slot = 0, outer = fixture_slot(&f, OUTER);

    tap_is(cspace_lookup(f.k, outer, UINT64_C(0xa52) << 52, &slot, &reply),
           ERROR_NONE, "a pointer's left-over bits are ignored");
    tap_is(slot, fixture_inner(&f, OUTER, 2), "the slot");
    tap_is(cspace_lookup(f.k, outer, UINT64_C(0xa50) << 52, &slot, &reply),
           ERROR_NONE, "an empty slot is found too");
    tap_is(slot, fixture_inner(&f, OUTER, 0), "the slot");
    cspace_lookup(f.k, outer, UINT64_C(0xa42) << 52, &slot, &reply);
    ok_error("a pointer with another guard", 6, 0, 4, 64, 0xa5, 8);
    cspace_lookup(f.k, fixture_slot(&f, FIX_EMPTY), 0, &slot, &reply);
    ok_error("an unset CSpace", 6, 0, 1);
    tap_is(cspace_lookup(f.k, fixture_slot(&f, FIX_ROOT), OUTER, &slot, &reply),
           ERROR_NONE, "in the root CNode pointers are slot numbers");
    tap_is(slot, outer, "the slot");
    cspace_lookup(f.k, fixture_slot(&f, FIX_ROOT), 0x5000, &slot, &reply);
    ok_error("pointer 0x5000", 6, 0, 4, 64, 0, 52);
}

static void as_target(void)
{
    cnode_delete_at(&f, (struct place){OUTER, UINT64_C(0xa52) << 10, 22});
    ok_reply(&f, "left-over bits are an error here", 6, 0, 3, 10, 0);
    cnode_delete_at(&f, (struct place){OUTER, deep(17), 22});
    ok_reply(&f, "three CNodes deep", 0);
    tap_ok(slot_is_empty(kernel_slots(f.k), fixture_inner(&f, INNER, 17)),
           "that slot is empty now");
    cnode_copy_at(&f, (struct place){OUTER, deep(3), 22}, at(ENDPOINT), 15);
    ok_reply(&f, "copy to three CNodes deep", 0);
    tap_is(slot_type(kernel_slots(f.k), fixture_inner(&f, INNER, 3)),
           CAP_ENDPOINT, "it is there");
    cnode_delete_at(&f, (struct place){ENDPOINT, 0, 0});
    ok_reply(&f, "on an endpoint, Delete is no call", 3);
}

/* Retype addresses its CNode without the CNode's own guard (trap 8). */
static void retype_into_guarded(void)
{
    retype_into(&f, FIX_UT,
                &(struct retype_arguments){.type = OBJECT_ENDPOINT,
                                           .root = OUTER,
                                           .index = 0xa51 << 3 | 5,
                                           .depth = 15,
                                           .offset = 30,
                                           .count = 2});
    ok_reply(&f, "Retype into the third CNode", 0);
    tap_is(slot_type(kernel_slots(f.k), fixture_inner(&f, INNER, 31)),
           CAP_ENDPOINT, "its last slot is filled");
    retype_into(
        &f, FIX_UT,
        &(struct retype_arguments){
            .type = OBJECT_ENDPOINT, .root = OUTER, .offset = 15, .count = 1});
    ok_reply(&f, "Retype into the first, whatever its guard", 0);
    tap_is(slot_type(kernel_slots(f.k), fixture_inner(&f, OUTER, 15)),
           CAP_ENDPOINT, "its last slot is filled");
    retype_into(&f, FIX_UT,
                &(struct retype_arguments){.type = OBJECT_ENDPOINT,
                                           .root = OUTER,
                                           .index = 0xa51,
                                           .depth = 12,
                                           .offset = 8,
                                           .count = 1});
    ok_reply(&f, "the second has eight slots", 4, 0, 7);
    retype_into(&f, FIX_UT,
                &(struct retype_arguments){.type = OBJECT_ENDPOINT,
                                           .root = OUTER,
                                           .index = 0xa52,
                                           .depth = 12,
                                           .offset = 0,
                                           .count = 1});
    ok_reply(&f, "an endpoint holds none", 6, 0, 2, 12);
}

int main(void)
{
    build();
    found();
    not_found();
    as_pointer();
    as_target();
    retype_into_guarded();
    fixture_done(&f);
    return tap_done();
}
