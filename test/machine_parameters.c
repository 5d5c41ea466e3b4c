/* SPDX-License-Identifier: BSD-2-Clause */
/* What a machine fixes at boot shows in the answers: fan-out, sizes, types,
 * and the chunk that memory is cleared by. */
#include "fixture.h"

enum { UT = 3, OUT };

static struct fixture f;

static void machine(const struct kernel_params *params)
{
    fixture_custom(&f, params, 0x8000, 6);
    hosted_boot_untyped(f.k, fixture_slot(&f, UT), 0x4000, 14, false);
}

static void fanout(void)
{
    static const uint16_t values[] = {1, 2, 7, 8};

    for (unsigned i = 0; i < 4; i++) {
        struct kernel_params params = fixture_params_small();
        uint64_t n = values[i];

        params.fanout = values[i];
        machine(&params);
        retype(&f, UT, OBJECT_ENDPOINT, 0, OUT, n + 1);
        ok_reply(&f, "one more than the fan-out", 4, 1, n);
        retype(&f, UT, OBJECT_ENDPOINT, 0, OUT, n);
        ok_reply(&f, "as many as it", 0);
        cnode_revoke(&f, UT);
        if (params.generation3) {
            retype_whole(&f, UT, OBJECT_UNTYPED, 10, OUT);
            ok_reply(&f, "sixteen by RetypeWhole", 4, 1, n);
        }
        fixture_done(&f);
    }
}

static void sizes(void)
{
    struct kernel_params params = fixture_params_small();

    params.untyped_bits_min = 6;
    params.untyped_bits_max = 13;
    machine(&params);
    retype(&f, UT, OBJECT_UNTYPED, 5, OUT, 1);
    ok_reply(&f, "an untyped below the smallest", 1, 1);
    retype(&f, UT, OBJECT_UNTYPED, 6, OUT, 1);
    ok_reply(&f, "the smallest", 0);
    retype(&f, UT, OBJECT_UNTYPED, 14, OUT + 1, 1);
    ok_reply(&f, "an untyped above the largest", 4, 0, 13);
    retype(&f, UT, OBJECT_CNODE, 9, OUT + 1, 1);
    ok_reply(&f, "a CNode above the largest", 4, 0, 13);
    retype(&f, UT, OBJECT_CNODE, 8, OUT + 1, 1);
    ok_reply(&f, "the largest", 0);
    fixture_done(&f);
}

/* A machine that has none but the five portable types. */
static void types(void)
{
    struct kernel_params params = fixture_params_small();

    params.object_types = OBJECT_CNODE + 1;
    machine(&params);
    for (uint64_t type = 0; type < 5; type++) {
        retype(&f, UT, type, 6, OUT + type, 1);
        ok_reply(&f, "a portable type", 0);
    }
    retype(&f, UT, TYPE_GIGA, 0, OUT + 6, 1);
    ok_reply(&f, "the next", 1, 0);
    fixture_done(&f);
}

/* Every size of chunk: no stretch clears more, and all is zero in the end. */
static void chunks(uint8_t chunk_bits)
{
    struct kernel_params params = fixture_params_small();
    uint64_t chunk = bits_size(chunk_bits);

    params.chunk_bits = chunk_bits;
    machine(&params);
    fixture_dirty(&f, 0x4000, 0x4000);
    f.hosted->machine.preempt_always = true;
    retype(&f, UT, TYPE_GIGA, 0, OUT, 1);
    tap_ok(f.preemptions + 1 >= 0x4000 / chunk &&
               f.k->worst_bytes.bytes <= chunk,
           "chunks of 2^%u: Retype interrupted %lu times", chunk_bits,
           (unsigned long)f.preemptions);
    tap_ok(fixture_is_zero(&f, 0x4000, 0x4000), "all is zero");
    cnode_delete(&f, OUT);
    fixture_dirty(&f, 0x4000, 0x1000);
    if (params.generation3) {
        retype_at(&f, UT, TYPE_MEGA, 0, OUT, 4, 0);
        ok_reply(&f, "RetypeAt of what is dirty", 0);
        tap_ok(f.preemptions + 1 >= 0x1000 / chunk &&
                   f.k->worst_bytes.bytes <= chunk,
               "interrupted %lu times", (unsigned long)f.preemptions);
        tap_is(f.preemptions > 0, chunk < 0x1000,
               "embryos only where there is more than a chunk");
        tap_ok(fixture_is_zero(&f, 0x4000, 0x1000), "all is zero");
    }
    f.hosted->machine.preempt_always = false;
    fixture_done(&f);
}

/* The widest window: addresses of 44 bits. */
static void wide_window(void)
{
    struct kernel_params params = hosted_params_riscv64();
    paddr_t device = bits_size(43);

    params.window_bits = WINDOW_BITS_MAX;
    params.untyped_bits_max = 43;
    fixture_custom(&f, &params, 0x8000, 6);
    hosted_boot_untyped(f.k, fixture_slot(&f, UT), device, 43, true);
    retype(&f, UT, OBJECT_UNTYPED, 44, OUT, 1);
    ok_reply(&f, "larger than the largest", 4, 0, 43);
    retype(&f, UT, OBJECT_UNTYPED, 42, OUT, 1);
    ok_reply(&f, "Retype finds it full, and resets it", 0);
    retype(&f, UT, TYPE_PAGE, 0, OUT + 1, 1);
    tap_is(fixture_cap(&f, OUT + 1).base, device + bits_size(42),
           "a page in the middle");
    if (params.generation3) {
        retype_at(&f, UT, OBJECT_UNTYPED, 4, OUT + 2, 1, bits_size(43) - 16);
        tap_is(fixture_cap(&f, OUT + 2).base, bits_size(44) - 16,
               "the last 16 bytes");
        next_region(&f, UT, bits_size(42) + 0x1000);
        ok_reply(&f, "Next finds them", 0, bits_size(43) - 16, bits_size(43),
                 REGION_UNTYPED);
        retype_at(&f, UT, OBJECT_UNTYPED, 4, OUT + 3, 2, bits_size(43) - 32);
        ok_reply(&f, "a run over them", 9);
    }
    cnode_revoke(&f, UT);
    ok_slots(&f, OUT, "...", "all revoked");
    fixture_done(&f);
}

int main(void)
{
    fanout();
    sizes();
    types();
    for (uint8_t bits = 4; bits <= 14; bits++)
        chunks(bits);
    wide_window();
    return tap_done();
}
