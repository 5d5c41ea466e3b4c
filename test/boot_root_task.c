/* SPDX-License-Identifier: BSD-2-Clause */
/* Boot on the hosted machine (sel4-abi.md 6.2 - 6.7): the initial thread's
 * bootinfo, CSpace, address space and registers are as the ABI has them, and
 * what does not fit is refused. */
#include "boot.h"
#include "check.h"
#include "hosted.h"
#include "tap.h"
#include "thread.h"
#include "vspace.h"

#include <stdlib.h>
#include <string.h>

#define RAM        UINT64_C(0x80000000)
#define RAM_BYTES  (UINT64_C(64) << 20)
#define IMAGE      (RAM + 0x200000)
#define PAGES      65u
#define VIRTUAL    UINT64_C(0x400000)
#define ENTRY      (VIRTUAL + 0x124)
#define TREE       (RAM + 0x100000)
#define TREE_BYTES 4500u

static struct hosted_kernel *h;
static struct boot b;

static void *at(paddr_t address)
{
    return hosted_memory(&h->kernel, address);
}

static uint64_t word(paddr_t base, uint64_t offset)
{
    uint64_t value;

    memcpy(&value, (uint8_t *)at(base) + offset, sizeof value);
    return value;
}

/* A machine of 64 MiB with an image of 65 pages, and what user level is to
 * have of it. */
static void make_machine(void)
{
    struct kernel_params params = hosted_params_riscv64();

    params.irq_count = 0;
    h = hosted_create(&params, RAM, RAM_BYTES);
    if (!h || !hosted_add_threads(h))
        abort();
    b = (struct boot){
        .ram = ranges_of(RAM + 0x90, RAM + RAM_BYTES),
        .reuse = ranges_of(RAM + 0x4000, RAM + 0x7000),
        .device = ranges_of(0x10000000, 0x10300000),
        .image_start = IMAGE,
        .image_end = IMAGE + PAGES * 4096,
        .image_offset = IMAGE - VIRTUAL,
        .image_entry = ENTRY,
        .tree = TREE,
        .tree_bytes = TREE_BYTES,
        .root_cnode_bits = 12,
        .untyped_slots_max = 230,
    };
    ranges_remove(&b.ram, RAM + 0x1000, RAM + 0x8000);
    ranges_remove(&b.ram, TREE, TREE + TREE_BYTES);
    ranges_remove(&b.ram, IMAGE, IMAGE + PAGES * 4096);
    memset(at(TREE), 0x5a, TREE_BYTES);
    for (unsigned i = 0; i < PAGES; i++)
        memset(at(IMAGE + i * 4096), (int)i + 1, 4096);
}

static void end_machine(void)
{
    hosted_destroy(h);
}

static struct cap cap_at(paddr_t cnode, uint64_t slot)
{
    return cap_read(kernel_slots(&h->kernel), slot_at(cnode) + slot);
}

/* Physical address of a virtual one in the thread's space; 0: none. */
static paddr_t translate(paddr_t root, uint64_t address)
{
    struct vspace_place place = vspace_walk(&h->kernel, root, address);

    if (!pte_is_valid(*place.entry) || place.level_bits != 12)
        return 0;
    return pte_address(*place.entry);
}

static void check_info(paddr_t info)
{
    static const uint64_t want[] = {
        16 + TREE_BYTES, 0, 1, 0, VIRTUAL + PAGES * 4096, /* buffer */
    };

    for (unsigned i = 0; i < sizeof want / sizeof want[0]; i++)
        tap_is(word(info, 8 * i), want[i], "bootinfo word %u", i);
    tap_is(word(info, 0x58), 0x10, "tables from slot 0x10");
    tap_is(word(info, 0x60), 0x12, "to 0x12");
    tap_is(word(info, 0x78), 0x12, "extra bootinfo from 0x12");
    tap_is(word(info, 0x80), 0x14, "to 0x14");
    tap_is(word(info, 0x48), 0x14, "image frames from 0x14");
    tap_is(word(info, 0x50), 0x55, "to 0x55");
    tap_is(word(info, 0x98), 0x55, "untypeds from 0x55");
    tap_is(word(info, 0x28), word(info, 0xa0), "nothing behind them");
    tap_is(word(info, 0x30), 0x1000, "to the CNode's end");
    tap_is(word(info, 0x38) | word(info, 0x40) | word(info, 0x68) |
               word(info, 0x70) | word(info, 0x90),
           0, "no shared frames, no I/O spaces, domain 0");
    tap_is(word(info, 0x88), 12, "bits of the CNode");
}

static void check_spaces(const struct thread *t, paddr_t root)
{
    uint64_t info = t->context.reg[REG_CAP];
    uint64_t extra = info + 4096;
    unsigned wrong = 0;

    for (unsigned i = 0; i < PAGES; i++)
        wrong += translate(root, VIRTUAL + i * 4096) != IMAGE + i * 4096u;
    tap_is(wrong, 0, "the image is where it was linked");
    tap_ok(translate(root, t->buffer) != 0, "the buffer is mapped");
    tap_is(t->buffer, VIRTUAL + PAGES * 4096, "behind the image");
    tap_is(info, t->buffer + 4096, "then the bootinfo");
    tap_ok(translate(root, extra) != 0 && translate(root, extra + 4096) != 0 &&
               translate(root, extra + 8192) == 0,
           "then as many pages as the tree needs");
    tap_is(word(translate(root, extra), 0), 6, "the chunk is a device tree");
    tap_is(word(translate(root, extra), 8), 16 + TREE_BYTES, "of its size");
    tap_ok(memcmp((uint8_t *)at(translate(root, extra)) + 16, at(TREE),
                  4096 - 16) == 0 &&
               memcmp(at(translate(root, extra + 4096)),
                      (uint8_t *)at(TREE) + 4080, TREE_BYTES - 4080) == 0,
           "and a copy of it");
}

static void check_caps(paddr_t cnode, paddr_t tcb)
{
    static const uint8_t types[16] = {
        [1] = CAP_TCB,         [2] = CAP_CNODE,        [3] = CAP_PAGE_TABLE,
        [4] = CAP_IRQ_CONTROL, [5] = CAP_ASID_CONTROL, [6] = CAP_ASID_POOL,
        [9] = CAP_FRAME,       [10] = CAP_FRAME,       [11] = CAP_DOMAIN,
    };
    struct cap frame = cap_at(cnode, 0x14 + 7);

    for (unsigned i = 0; i < 16; i++)
        tap_is(cap_at(cnode, i).type, types[i], "type in slot %u", i);
    tap_is(cap_at(cnode, 1).base, tcb, "slot 1 is the thread itself");
    tap_is(cap_cnode_guard_size(&(struct cap){.word = 52}), 52, "a guard");
    tap_is(cap_at(cnode, 2).word, 52, "slot 2 has a guard of 52 zero bits");
    tap_is(frame.base, IMAGE + 7 * 4096, "frame 7 is page 7");
    tap_is(frame.rights, CAP_READ | CAP_WRITE | CAP_MAPPED, "and mapped");
    tap_is(frame.word, vspace_word(1, VIRTUAL + 7 * 4096), "in ASID 1");
    tap_is(cap_at(tcb, TCB_CSPACE).base, cnode, "the thread's CSpace");
    tap_is(cap_at(tcb, TCB_VSPACE).base, asid_root(&h->kernel, 1),
           "the thread's address space is that of ASID 1");
    tap_is(cap_at(tcb, TCB_BUFFER).rights, CAP_READ | CAP_WRITE,
           "its buffer's capability maps nothing");
}

/* The list: device, then reused, then RAM, each ascending, and in it all
 * that was free and is not the thread's own. */
static void check_untypeds(paddr_t cnode, paddr_t info)
{
    uint64_t start = word(info, 0x98);
    uint64_t count = word(info, 0xa0) - start;
    unsigned wrong = 0;
    uint64_t ram = 0;

    for (uint64_t i = 0; i < count; i++) {
        struct cap cap = cap_at(cnode, start + i);
        uint64_t packed = word(info, 0xa8 + 16 * i + 8);

        wrong += cap.type != CAP_UNTYPED ||
                 cap.base != word(info, 0xa8 + 16 * i) ||
                 cap.bits != packed % 256 ||
                 (cap.rights == CAP_DEVICE) != packed / 256 ||
                 cap.word != UINT64_C(1) << cap.bits;
        if (cap.rights != CAP_DEVICE)
            ram += UINT64_C(1) << cap.bits;
    }
    tap_is(wrong, 0, "list and capabilities agree");
    tap_is(word(info, 0xa8), 0x10000000, "devices first");
    tap_is(word(info, 0xa8 + 16), 0x10200000, "ascending");
    tap_is(word(info, 0xa8 + 32), RAM + 0x4000, "then what boot used");
    tap_is(word(info, 0xa8 + 48), RAM + 0x6000, "ascending");
    tap_is(word(info, 0xa8 + 64), RAM + 0x90, "then RAM, from its first byte");
    /* Kernel, tree and image are not free; the tree ends 12 bytes before the
     * next block of 16.  The thread has its CNode, 8 pages, a TCB. */
    tap_is(ram,
           RAM_BYTES - 0x90 - 0x7000 + 0x3000 - TREE_BYTES - 12 - PAGES * 4096 -
               (4096 * 32 + 8 * 4096 + 2048),
           "and all of it");
}

static void test_boots(void)
{
    struct kernel *k;
    struct thread *t;
    paddr_t tcb;
    paddr_t cnode;
    paddr_t info;

    make_machine();
    k = &h->kernel;
    tap_is_string(boot_start_root_task(k, &b), NULL, "it boots");
    tcb = k->current;
    t = thread_at(k, tcb);
    cnode = cap_at(tcb, TCB_CSPACE).base;
    info = translate(cap_at(tcb, TCB_VSPACE).base, t->context.reg[REG_CAP]);
    tap_is(t->state, THREAD_RUNNING, "the thread runs");
    tap_is(t->priority, 255, "with the highest priority");
    tap_is(t->mcp, 255, "which it may give");
    tap_is(t->context.reg[REG_NEXT_IP], ENTRY, "at its entry");
    tap_is(t->context.reg[REG_SP], 0, "without a stack");
    check_info(info);
    check_spaces(t, cap_at(tcb, TCB_VSPACE).base);
    check_caps(cnode, tcb);
    check_untypeds(cnode, info);
    tap_is_string(kernel_check(k, 1 << 20).broken, NULL,
                  "every invariant holds");
    end_machine();
}

/* More untypeds than the list or the CNode has room for: the rest is
 * dropped. */
static void test_full_list(void)
{
    paddr_t info;
    paddr_t cnode;

    make_machine();
    b.untyped_slots_max = 3;
    tap_is_string(boot_start_root_task(&h->kernel, &b), NULL,
                  "it boots with a list of three");
    cnode = cap_at(h->kernel.current, TCB_CSPACE).base;
    info = cap_at(cnode, BOOT_SLOT_BOOTINFO).base;
    tap_is(word(info, 0xa0) - word(info, 0x98), 3, "which has three");
    tap_is(cap_at(cnode, word(info, 0xa0)).type, CAP_NULL, "and no more");
    end_machine();
}

/* Refused, in words, after `change' to what the loader gives. */
static void refuses(const char *words, void (*change)(void))
{
    make_machine();
    change();
    tap_is_string(boot_start_root_task(&h->kernel, &b), words, "refused: %s",
                  words);
    tap_is(h->kernel.current, 0, "and nobody runs");
    end_machine();
}

static void make_odd(void)
{
    b.image_start += 16;
}

static void make_empty(void)
{
    b.image_end = b.image_start;
}

static void make_high(void)
{
    b.image_offset = IMAGE - UINT64_C(0x3fffff0000);
}

static void make_higher(void)
{
    b.image_offset = IMAGE - UINT64_C(0xffffffff80000000);
}

static void make_poor(void)
{
    b.ram = ranges_of(RAM + 0x10000, RAM + 0x30000);
}

static void make_narrow(void)
{
    b.root_cnode_bits = 5;
}

static void test_refuses(void)
{
    const char *place = "the user image is not where user programs may be";

    refuses("the user image is not in whole pages", make_odd);
    refuses("the user image is not in whole pages", make_empty);
    refuses(place, make_high);
    refuses(place, make_higher);
    refuses("not enough memory for the root task's objects", make_poor);
    refuses("the root CNode is too small", make_narrow);
}

/* Without a device tree there is no extra bootinfo; a long one comes before
 * the CNode in memory. */
static void test_trees(void)
{
    paddr_t info;

    make_machine();
    b.tree_bytes = 0;
    tap_is_string(boot_start_root_task(&h->kernel, &b), NULL,
                  "it boots without a tree");
    info =
        cap_at(cap_at(h->kernel.current, TCB_CSPACE).base, BOOT_SLOT_BOOTINFO)
            .base;
    tap_is(word(info, 0), 0, "and has no extra bootinfo");
    end_machine();
    make_machine();
    b.tree_bytes = 0x30000;
    tap_is_string(boot_start_root_task(&h->kernel, &b), NULL,
                  "it boots with a large tree");
    tap_is_string(kernel_check(&h->kernel, 1 << 20).broken, NULL,
                  "every invariant holds");
    end_machine();
}

int main(void)
{
    test_boots();
    test_full_list();
    test_refuses();
    test_trees();
    return tap_done();
}
