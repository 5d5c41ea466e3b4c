/* SPDX-License-Identifier: BSD-2-Clause */
/* Bootinfo, initial CSpace and untypeds (sel4-abi.md 6.2 - 6.7), on machines
 * of any size: all memory is handed out, and it can be used. */
#include "rt.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#define RAM_START UINT64_C(0x80000000)
#define FIRMWARE  UINT64_C(0x200000)

static const seL4_BootInfo *info;

static void test_layout(void)
{
    uint64_t frames = info->userImageFrames.end - info->userImageFrames.start;

    tap_is(sizeof(seL4_BootInfo), 0xf08, "size of the bootinfo");
    tap_is(info->numNodes, 1, "one node");
    tap_is(info->initThreadCNodeSizeBits, CONFIG_ROOT_CNODE_SIZE_BITS,
           "bits of the root CNode");
    tap_is(info->userImagePaging.start, 16, "tables begin at slot 16");
    tap_is(info->extraBIPages.start, info->userImagePaging.end,
           "then the extra bootinfo");
    tap_is(info->userImageFrames.start, info->extraBIPages.end,
           "then the image");
    tap_is(info->untyped.start, info->userImageFrames.end, "then untypeds");
    tap_is(info->empty.start, info->untyped.end, "then nothing");
    tap_is(info->empty.end, UINT64_C(1) << CONFIG_ROOT_CNODE_SIZE_BITS,
           "until the end");
    tap_is((uint64_t)info->ipcBuffer, 0x400000 + frames * 4096,
           "the IPC buffer is behind the image");
    tap_is((uint64_t)info, (uint64_t)info->ipcBuffer + 4096,
           "the bootinfo behind that");
}

/* The extra bootinfo is one chunk with the device tree. */
static void test_extra(void)
{
    const uint64_t *chunk = (const uint64_t *)((uint64_t)info + 4096);
    const uint8_t *tree = (const uint8_t *)(chunk + 2);
    uint64_t bytes = (uint64_t)tree[4] << 24 | (uint64_t)tree[5] << 16 |
                     (uint64_t)tree[6] << 8 | tree[7];

    tap_is(chunk[0], 6, "a chunk with a device tree");
    tap_is(chunk[1], info->extraLen, "of all the extra bytes");
    tap_ok(tree[0] == 0xd0 && tree[1] == 0x0d && tree[2] == 0xfe &&
               tree[3] == 0xed,
           "which is one");
    tap_is(bytes + 16, info->extraLen, "of that size");
    tap_is(info->extraBIPages.end - info->extraBIPages.start,
           (info->extraLen + 4095) / 4096, "in so many pages");
}

static void test_slots(void)
{
    static const uint8_t types[] = {0, 12, 10, 3,  14, 11, 13, 0,
                                    0, 1,  1,  20, 0,  0,  0,  0};
    unsigned wrong = 0;

    for (uint64_t i = 0; i < sizeof types; i++)
        tap_is(seL4_DebugCapIdentify(i), types[i], "type in slot %lu",
               (unsigned long)i);
    for (uint64_t i = info->userImagePaging.start;
         i < info->userImagePaging.end; i++)
        wrong += seL4_DebugCapIdentify(i) != 3;
    for (uint64_t i = info->extraBIPages.start; i < info->userImageFrames.end;
         i++)
        wrong += seL4_DebugCapIdentify(i) != 1;
    for (uint64_t i = info->untyped.start; i < info->untyped.end; i++)
        wrong += seL4_DebugCapIdentify(i) != 2;
    wrong += seL4_DebugCapIdentify(info->empty.start) != 0;
    wrong += seL4_DebugCapIdentify(info->empty.end - 1) != 0;
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
        const seL4_UntypedDesc *u = &info->untypedList[first + i];

        if (u->paddr == want[i].address && u->sizeBits == want[i].bits &&
            u->isDevice)
            continue;
        tap_diag("0x%lx of 2^%u, want 0x%lx of 2^%u", (unsigned long)u->paddr,
                 u->sizeBits, (unsigned long)want[i].address, want[i].bits);
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
    if (info->untypedList[low_count].paddr == high[0].address)
        tap_is(count_others(low_count, high, high_count), 0,
               "device untypeds behind 3 GiB of RAM");
    while (last < count && info->untypedList[last].isDevice)
        last++;
    tap_is(info->untypedList[last - 1].paddr +
               (UINT64_C(1) << info->untypedList[last - 1].sizeBits),
           UINT64_C(1) << 39, "device untypeds end at 2^39");
    while (last < count && !info->untypedList[last].isDevice)
        last++;
    tap_is(last, count, "those of RAM come last");
}

/* First address behind RAM: the device untyped behind the gap. */
static uint64_t ram_end(void)
{
    uint64_t end = 0;

    for (uint64_t i = 0; i < info->untyped.end - info->untyped.start; i++)
        if (info->untypedList[i].isDevice &&
            info->untypedList[i].paddr > RAM_START) {
            end = info->untypedList[i].paddr;
            break;
        }
    return end;
}

static bool overlaps(const seL4_UntypedDesc *a, const seL4_UntypedDesc *b)
{
    uint64_t a_end = a->paddr + (UINT64_C(1) << a->sizeBits);
    uint64_t b_end = b->paddr + (UINT64_C(1) << b->sizeBits);

    return a->paddr < b_end && b->paddr < a_end;
}

static void test_all_memory(void)
{
    uint64_t count = info->untyped.end - info->untyped.start;
    uint64_t ram = ram_end() - RAM_START - FIRMWARE;
    uint64_t own =
        (info->userImageFrames.end - info->userImageFrames.start +
         info->extraBIPages.end - info->extraBIPages.start +
         info->userImagePaging.end - info->userImagePaging.start + 4) *
        4096;
    uint64_t bytes = 0;
    unsigned overlapping = 0;

    for (uint64_t i = 0; i < count; i++) {
        if (!info->untypedList[i].isDevice)
            bytes += UINT64_C(1) << info->untypedList[i].sizeBits;
        for (uint64_t j = 0; j < i; j++)
            overlapping +=
                overlaps(&info->untypedList[i], &info->untypedList[j]);
    }
    own += UINT64_C(32) << info->initThreadCNodeSizeBits;
    tap_is(overlapping, 0, "no untyped overlaps another");
    tap_diag("RAM behind the firmware: %lu KiB", ram / 1024);
    tap_diag("in untypeds:             %lu KiB", bytes / 1024);
    tap_diag("this program and its objects: %lu KiB", own / 1024);
    tap_diag("the kernel and the tree: %lu KiB", (ram - bytes - own) / 1024);
    tap_ok(bytes + own < ram && ram - bytes - own < 192 * 1024,
           "all RAM but 192 KiB is in untypeds or ours");
}

static seL4_Error retype(seL4_CPtr untyped, seL4_Word bits, seL4_CPtr slot)
{
    return seL4_Untyped_Retype(untyped, seL4_UntypedObject, bits,
                               seL4_CapInitThreadCNode, 0, 0, slot, 1);
}

static seL4_Error revoke(seL4_CPtr untyped)
{
    return seL4_CNode_Revoke(seL4_CapInitThreadCNode, untyped, seL4_WordBits);
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
        uint64_t bits = info->untypedList[i].sizeBits;

        if (info->untypedList[i].isDevice || bits > 24)
            continue;
        normal++;
        if (retype(untyped, bits, slot) == seL4_NoError &&
            retype(untyped, bits, slot + 1) == seL4_NotEnoughMemory &&
            revoke(untyped) == seL4_NoError && seL4_DebugCapIdentify(slot) == 0)
            made++;
    }
    tap_ok(normal > 0, "there are untypeds up to 16 MiB");
    tap_is(made, normal, "each can be used as a whole, once, and taken back");
}

int main(void)
{
    info = seL4_GetBootInfo();
    test_layout();
    test_extra();
    test_slots();
    test_devices();
    test_all_memory();
    test_use();
    return tap_done();
}
