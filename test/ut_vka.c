/* SPDX-License-Identifier: BSD-2-Clause */
/* The adapter with the vka interface: what its clients rely on, with both
 * strategies. */
#include "tap.h"
#include "ut/ut_vka.h"
#include "ut_bed.h"

static struct bed bed;
static struct ut_vka state;
static vka_t vka;

/* As the clients of that interface do it: slot, path, object. */
static int make(vka_object_t *o, vka_word_t type, vka_word_t size_bits)
{
    cspacepath_t path;
    int err = vka.cspace_alloc(vka.data, &o->cptr);

    if (err)
        return err;
    o->type = type;
    o->size_bits = size_bits;
    vka.cspace_make_path(vka.data, o->cptr, &path);
    return vka.utspace_alloc(vka.data, &path, type, size_bits, &o->cookie);
}

static bool slot_is_empty(vka_word_t cptr)
{
    return bed_slot_is_empty(&bed, (uint32_t)(cptr - bed.slots.window.cptr));
}

static void drop(const vka_object_t *o)
{
    vka.utspace_free(vka.data, o->type, o->size_bits, o->cookie);
    vka.cspace_free(vka.data, o->cptr);
}

static void objects(void)
{
    static const struct {
        vka_word_t type, size_bits;
        unsigned bytes_bits;
        const char *name;
    } kinds[] = {
        {UT_TYPE_UNTYPED, 14, 14, "an untyped of 16 KiB: size_bits is bytes"},
        {UT_TYPE_CNODE, 8, 13, "a CNode of 256 slots: size_bits is slots"},
        {UT_TYPE_TCB, 0, 0, "a TCB"},
        {UT_TYPE_ENDPOINT, 4, 4, "an endpoint"},
    };
    vka_object_t o;

    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        tap_is((uint64_t)make(&o, kinds[i].type, kinds[i].size_bits), UT_OK,
               "%s", kinds[i].name);
        tap_ok(!slot_is_empty(o.cptr), "  lies in the path's slot");
        tap_is(vka.utspace_paddr(vka.data, o.cookie, o.type, o.size_bits) %
                   (UINT64_C(1) << kinds[i].bytes_bits),
               0, "  at an address of its own size");
        drop(&o);
        tap_ok(slot_is_empty(o.cptr), "  and is gone, once freed");
        bed_check(&bed, kinds[i].name);
    }
}

/* A region of at least 4 MiB, of a device or of RAM. */
static uint64_t region(unsigned flags)
{
    for (uint32_t i = 0; i < bed.config.region_count; i++)
        if (bed.regions[i].flags == flags && bed.regions[i].size_bits >= 22)
            return bed.regions[i].base;
    return 0;
}

static bool is_ram(uint64_t paddr)
{
    uint64_t device = region(UT_REGION_DEVICE);

    return paddr < device || paddr >= device + (UINT64_C(1) << 22);
}

static void addresses(void)
{
    uint64_t ram = region(0) + 0x5000, device = region(UT_REGION_DEVICE);
    vka_object_t a, b;
    cspacepath_t path;
    vka_word_t cookie;

    vka.cspace_alloc(vka.data, &a.cptr);
    vka.cspace_make_path(vka.data, a.cptr, &path);
    tap_is((uint64_t)vka.utspace_alloc_at(vka.data, &path, bed.ops.frame_type,
                                          12, ram, &cookie),
           UT_OK, "a frame at an address");
    tap_is(cookie, ram, "  is there");
    vka.cspace_alloc(vka.data, &b.cptr);
    vka.cspace_make_path(vka.data, b.cptr, &path);
    tap_is((uint64_t)vka.utspace_alloc_at(vka.data, &path, bed.ops.frame_type,
                                          12, ram, &cookie),
           UT_EBUSY, "  and not twice");
    tap_is(state.fault.address, ram, "  which the fault says");
    tap_is((uint64_t)vka.utspace_alloc_at(vka.data, &path, bed.ops.frame_type,
                                          12, device, &cookie),
           UT_OK, "a frame of a device");
    vka.utspace_free(vka.data, bed.ops.frame_type, 12, cookie);
    vka.utspace_free(vka.data, bed.ops.frame_type, 12, ram);
    tap_is((uint64_t)vka.utspace_alloc_maybe_device(
               vka.data, &path, bed.ops.frame_type, 12, true, &cookie),
           UT_OK, "RAM or a device");
    tap_ok(is_ram(cookie), "  is RAM while there is some");
    vka.utspace_free(vka.data, bed.ops.frame_type, 12, cookie);
    vka.cspace_free(vka.data, a.cptr);
    vka.cspace_free(vka.data, b.cptr);
    bed_check(&bed, "addresses");
}

static void wrong(void)
{
    vka_object_t o, big;
    uint64_t used = bed.slots.used;

    tap_is((uint64_t)make(&o, 99, 12), UT_EINVAL, "no such type");
    vka.cspace_free(vka.data, o.cptr);
    tap_is((uint64_t)make(&big, UT_TYPE_UNTYPED, 40), UT_EQUOTA,
           "more than the account may have");
    tap_is(state.fault.wanted, UINT64_C(1) << 40, "  by how much: wanted");
    vka.cspace_free(vka.data, big.cptr);
    vka.cspace_free(vka.data, big.cptr);
    vka.cspace_free(vka.data, 0);
    tap_is(bed.slots.used, used, "slots freed twice, or that are not ours");
    vka.utspace_free(vka.data, UT_TYPE_UNTYPED, 14, bed.regions[0].base);
    tap_is(vka.utspace_paddr(vka.data, 7, UT_TYPE_TCB, 0), VKA_NO_PADDR,
           "no address");
    bed_check(&bed, "wrong");
}

static void tests(const struct ut_strategy *strategy)
{
    (void)strategy;
    ut_vka_make(&state, bed.root, &bed.slots, &bed.ops, &vka);
    objects();
    addresses();
    wrong();
}

int main(void)
{
    bed_each(&bed, tests);
    return tap_done();
}
