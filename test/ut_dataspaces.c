/* SPDX-License-Identifier: BSD-2-Clause */
/* Dataspaces: frames for so many bytes, large ones where wanted, found by
 * offset, mapped, passed on, and given back. */
#include "tap.h"
#include "ut_bed.h"

static struct bed bed;
static struct ut_acct *a, *b;
static uint64_t maps, unmaps, refuse_map;

static uint32_t count_map(void *context, uint64_t frame, uint64_t vspace,
                          uint64_t address, uint64_t rights)
{
    (void)context;
    (void)frame;
    (void)vspace;
    (void)address;
    (void)rights;
    if (refuse_map && maps + 1 == refuse_map)
        return 6;
    maps++;
    return 0;
}

static uint32_t count_unmap(void *context, uint64_t frame)
{
    (void)context;
    (void)frame;
    unmaps++;
    return 0;
}

static uint64_t used(const struct ut_acct *acct)
{
    struct ut_usage u;

    ut_acct_usage(acct, &u);
    return u.used.bytes;
}

/* All frames, each where the one before ends; their number. */
static uint64_t frames(const struct ut_ds *ds)
{
    uint64_t at = 0, count = 0, cptr, last = 0;
    struct ut_blk frame;

    while (at < ut_ds_bytes(ds)) {
        if (ut_ds_frame(ds, at, &cptr, &frame)) {
            bed_fault(&bed, "frames", "an offset has no frame");
            break;
        }
        if (cptr == last)
            bed_fault(&bed, "frames", "two frames in one slot");
        last = cptr;
        at += UINT64_C(1) << frame.size_bits;
        count++;
    }
    if (ut_ds_frame(ds, at, &cptr, &frame) != UT_ERANGE)
        bed_fault(&bed, "frames", "there is one more");
    return count;
}

static void one(struct ut_ds_req r, uint64_t want, const char *name)
{
    uint64_t a_before = used(a), b_before = used(b), slots = bed.slots.used;
    struct ut_fault fault;
    struct ut_ds *ds;
    ut_err_t err = ut_ds_alloc(a, &r, &bed.slots, &ds, &fault);

    tap_is(err, UT_OK, "%s", name);
    if (err)
        return;
    tap_is(frames(ds), want, "  has so many frames");
    tap_ok(used(a) >= a_before + want * 4096, "  they are charged");
    tap_is(ut_ds_transfer(&ds, b, true, NULL), UT_OK, "  it is passed on");
    tap_is(frames(ds), want, "  with all of them");
    tap_ok(used(b) >= b_before + want * 4096, "  the new owner pays");
    tap_ok(bed_check(&bed, name), "  all is well");
    maps = unmaps = 0;
    tap_is(ut_ds_attach(ds, 3, 0x40000000, 3, NULL), UT_OK, "  attached");
    tap_is(maps, want, "  a call a frame");
    tap_is(ut_ds_attach(ds, 3, 0x40000000, 3, NULL), UT_EINVAL, "  but once");
    tap_is(ut_ds_detach(ds, NULL), UT_OK, "  detached");
    tap_is(unmaps, want, "  all of it");
    refuse_map = want / 2 + 1;
    maps = unmaps = 0;
    tap_is(ut_ds_attach(ds, 3, 0x40000000, 3, NULL), UT_EKERNEL,
           "  refused in the middle");
    tap_is(unmaps, want / 2, "  what was mapped is not any more");
    refuse_map = 0;
    tap_is(ut_ds_attach(ds, 3, 0x40000001, 3, NULL), UT_EALIGN,
           "  an odd address");
    tap_is(ut_ds_free(ds, NULL), UT_OK, "  freed");
    tap_is(bed.slots.used, slots, "  all slots are free");
    while (ut_trim(bed.ut, 100) == UT_EAGAIN)
        ;
    tap_is(used(a), a_before, "  the first owner pays nothing");
    tap_is(used(b), b_before, "  nor does the second");
}

static void tests(const struct ut_strategy *strategy)
{
    struct ut_quota q = {UINT64_C(12) << 20, 9000};
    struct ut_ds_req too_much = {.bytes = UINT64_C(20) << 20,
                                 .flags = UT_PREFER_HUGE};
    struct ut_ds *ds;
    uint64_t before;

    (void)strategy;
    bed.ops.map = count_map;
    bed.ops.unmap = count_unmap;
    ut_acct_create(bed.root, &q, &a, NULL);
    ut_acct_create(bed.root, &q, &b, NULL);
    one((struct ut_ds_req){.bytes = 1}, 1, "one byte");
    one((struct ut_ds_req){.bytes = 700 * 4096 - 5}, 700, "700 pages");
    one((struct ut_ds_req){.bytes = 77 * 4096, .flags = UT_CONTIG}, 77,
        "77 pages in one piece");
    one((struct ut_ds_req){.bytes = (UINT64_C(2) << 20) + 3 * 4096,
                           .flags = UT_PREFER_HUGE},
        4, "2 MiB and three pages");
    before = used(a);
    tap_is(ut_ds_alloc(a, &too_much, &bed.slots, &ds, NULL), UT_EQUOTA,
           "more than the quota");
    while (ut_trim(bed.ut, 100) == UT_EAGAIN)
        ;
    tap_is(used(a), before, "  is not charged");
    tap_is(
        ut_ds_alloc(a, &(struct ut_ds_req){.bytes = 0}, &bed.slots, &ds, NULL),
        UT_EINVAL, "no bytes at all");
    tap_ok(bed_check(&bed, "end"), "all is well");
}

int main(void)
{
    bed_each(&bed, tests);
    return tap_done();
}
