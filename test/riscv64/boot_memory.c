/* SPDX-License-Identifier: BSD-2-Clause */
/* Bootinfo, initial CSpace and untypeds (sel4-abi.md 6.2 - 6.7), on machines
 * of any size: all memory is handed out, and it can be used. */
#include "rt.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#define RAM_START UINT64_C(0x80000000)
#define FIRMWARE  UINT64_C(0x200000)

static const struct rt_bootinfo *info;

static void test_layout(void)
{
    uint64_t frames = info->image_frames.end - info->image_frames.start;

    tap_is(sizeof(struct rt_bootinfo), 0xf08, "size of the bootinfo");
    tap_is(info->node_count, 1, "one node");
    tap_is(info->cnode_bits, ROOT_CNODE_SIZE_BITS, "bits of the root CNode");
    tap_is(info->image_tables.start, 16, "tables begin at slot 16");
    tap_is(info->extra_frames.start, info->image_tables.end,
           "then the extra bootinfo");
    tap_is(info->image_frames.start, info->extra_frames.end, "then the image");
    tap_is(info->untyped.start, info->image_frames.end, "then untypeds");
    tap_is(info->empty.start, info->untyped.end, "then nothing");
    tap_is(info->empty.end, UINT64_C(1) << ROOT_CNODE_SIZE_BITS,
           "until the end");
    tap_is(info->buffer, 0x400000 + frames * 4096,
           "the IPC buffer is behind the image");
    tap_is((uint64_t)info, info->buffer + 4096, "the bootinfo behind that");
}

/* The extra bootinfo is one chunk with the device tree. */
static void test_extra(void)
{
    const uint64_t *chunk = (const uint64_t *)((uint64_t)info + 4096);
    const uint8_t *tree = (const uint8_t *)(chunk + 2);
    uint64_t bytes = (uint64_t)tree[4] << 24 | (uint64_t)tree[5] << 16 |
                     (uint64_t)tree[6] << 8 | tree[7];

    tap_is(chunk[0], 6, "a chunk with a device tree");
    tap_is(chunk[1], info->extra_bytes, "of all the extra bytes");
    tap_ok(tree[0] == 0xd0 && tree[1] == 0x0d && tree[2] == 0xfe &&
               tree[3] == 0xed,
           "which is one");
    tap_is(bytes + 16, info->extra_bytes, "of that size");
    tap_is(info->extra_frames.end - info->extra_frames.start,
           (info->extra_bytes + 4095) / 4096, "in so many pages");
}

/* What DebugCapIdentify says of the fixed slots. */
static uint64_t identify(uint64_t slot)
{
    register uint64_t a0 __asm__("a0") = slot;
    register long a7 __asm__("a7") = -12;

    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
    return a0;
}

static void test_slots(void)
{
    static const uint8_t types[] = {0, 12, 10, 3,  14, 11, 13, 0,
                                    0, 1,  1,  20, 0,  0,  0,  0};
    unsigned wrong = 0;

    for (uint64_t i = 0; i < sizeof types; i++)
        tap_is(identify(i), types[i], "type in slot %lu", (unsigned long)i);
    for (uint64_t i = info->image_tables.start; i < info->image_tables.end; i++)
        wrong += identify(i) != 3;
    for (uint64_t i = info->extra_frames.start; i < info->image_frames.end; i++)
        wrong += identify(i) != 1;
    for (uint64_t i = info->untyped.start; i < info->untyped.end; i++)
        wrong += identify(i) != 2;
    wrong += identify(info->empty.start) != 0;
    wrong += identify(info->empty.end - 1) != 0;
    tap_is(wrong, 0, "tables, frames and untypeds where they should be");
}

struct block {
    uint64_t address;
    uint8_t bits;
};

/* How many of the device untypeds from number `first' on are not those of
 * the recorded board. */
static unsigned count_others(uint64_t first, const struct block *want,
                             unsigned count)
{
    unsigned others = 0;

    for (unsigned i = 0; i < count; i++) {
        const struct rt_untyped *u = &info->list[first + i];

        if (u->address == want[i].address && u->bits == want[i].bits &&
            u->is_device)
            continue;
        tap_diag("0x%lx of 2^%u, want 0x%lx of 2^%u", (unsigned long)u->address,
                 u->bits, (unsigned long)want[i].address, want[i].bits);
        others++;
    }
    return others;
}

/* 6.7 has the complete list of a board with 3 GiB; below RAM it is the same
 * for all. */
static void test_devices(void)
{
    static const struct block low[] = {
        {0x0, 25},        {0x2200000, 21},  {0x2400000, 22},  {0x2800000, 23},
        {0x3000000, 24},  {0x4000000, 26},  {0x8000000, 26},  {0xc600000, 21},
        {0xc800000, 23},  {0xd000000, 24},  {0xe000000, 25},  {0x10000000, 28},
        {0x20000000, 29}, {0x40000000, 30}, {0x80000000, 21},
    };
    static const struct block high[] = {
        {0x140000000, 30},  {0x180000000, 31},  {0x200000000, 33},
        {0x400000000, 34},  {0x800000000, 35},  {0x1000000000, 36},
        {0x2000000000, 37}, {0x4000000000, 38},
    };
    const unsigned low_count = sizeof low / sizeof low[0];
    const unsigned high_count = sizeof high / sizeof high[0];
    uint64_t count = info->untyped.end - info->untyped.start;
    uint64_t last = 0;

    tap_is(count_others(0, low, low_count), 0,
           "device untypeds up to the firmware's memory");
    if (info->list[low_count].address == high[0].address)
        tap_is(count_others(low_count, high, high_count), 0,
               "device untypeds behind 3 GiB of RAM");
    while (last < count && info->list[last].is_device)
        last++;
    tap_is(info->list[last - 1].address +
               (UINT64_C(1) << info->list[last - 1].bits),
           UINT64_C(1) << 39, "device untypeds end at 2^39");
    while (last < count && !info->list[last].is_device)
        last++;
    tap_is(last, count, "those of RAM come last");
}

/* First address behind RAM: the device untyped behind the gap. */
static uint64_t ram_end(void)
{
    uint64_t end = 0;

    for (uint64_t i = 0; i < info->untyped.end - info->untyped.start; i++)
        if (info->list[i].is_device && info->list[i].address > RAM_START) {
            end = info->list[i].address;
            break;
        }
    return end;
}

static bool overlaps(const struct rt_untyped *a, const struct rt_untyped *b)
{
    uint64_t a_end = a->address + (UINT64_C(1) << a->bits);
    uint64_t b_end = b->address + (UINT64_C(1) << b->bits);

    return a->address < b_end && b->address < a_end;
}

static void test_all_memory(void)
{
    uint64_t count = info->untyped.end - info->untyped.start;
    uint64_t ram = ram_end() - RAM_START - FIRMWARE;
    uint64_t own = (info->image_frames.end - info->image_frames.start +
                    info->extra_frames.end - info->extra_frames.start +
                    info->image_tables.end - info->image_tables.start + 4) *
                   4096;
    uint64_t bytes = 0;
    unsigned overlapping = 0;

    for (uint64_t i = 0; i < count; i++) {
        if (!info->list[i].is_device)
            bytes += UINT64_C(1) << info->list[i].bits;
        for (uint64_t j = 0; j < i; j++)
            overlapping += overlaps(&info->list[i], &info->list[j]);
    }
    own += UINT64_C(32) << info->cnode_bits;
    tap_is(overlapping, 0, "no untyped overlaps another");
    tap_diag("RAM behind the firmware: %lu KiB", ram / 1024);
    tap_diag("in untypeds:             %lu KiB", bytes / 1024);
    tap_diag("this program and its objects: %lu KiB", own / 1024);
    tap_diag("the kernel and the tree: %lu KiB", (ram - bytes - own) / 1024);
    tap_ok(bytes + own < ram && ram - bytes - own < 192 * 1024,
           "all RAM but 192 KiB is in untypeds or ours");
}

static uint64_t retype(uint64_t untyped, uint64_t type, uint64_t bits,
                       uint64_t slot, uint64_t count)
{
    struct rt_call call = {
        .label = 1,
        .length = 6,
        .mr = {type, bits, 0, 0, slot, count},
        .cap_count = 1,
        .cap = {2},
    };

    return rt_invoke(untyped, &call);
}

static uint64_t on_slot(uint64_t label, uint64_t slot)
{
    struct rt_call call = {
        .label = LABELS == 13 ? label - 1 : label,
        .length = 2,
        .mr = {slot, 64},
    };

    return rt_invoke(2, &call);
}

/* Each untyped of RAM can be retyped in its whole size and taken back: small
 * ones into themselves, large ones without the wait for being cleared. */
static void test_use(void)
{
    uint64_t slot = info->empty.start;
    uint64_t made = 0;
    uint64_t count = info->untyped.end - info->untyped.start;
    uint64_t normal = 0;

    for (uint64_t i = 0; i < count; i++) {
        uint64_t untyped = info->untyped.start + i;
        uint64_t bits = info->list[i].bits;

        if (info->list[i].is_device || bits > 24)
            continue;
        normal++;
        if (retype(untyped, 0, bits, slot, 1) == 0 &&
            retype(untyped, 0, bits, slot + 1, 1) == 10 &&
            on_slot(17, untyped) == 0 && identify(slot) == 0)
            made++;
    }
    tap_ok(normal > 0, "there are untypeds up to 16 MiB");
    tap_is(made, normal, "each can be used as a whole, once, and taken back");
}

int main(void)
{
    info = rt_bootinfo();
    test_layout();
    test_extra();
    test_slots();
    test_devices();
    test_all_memory();
    test_use();
    return tap_done();
}
