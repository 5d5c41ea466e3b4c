/* SPDX-License-Identifier: BSD-2-Clause */
/* From the loader's jump to the first thread (sel4-abi.md 6.1, 6.7).  This
 * file and its like are user level's memory once they have run. */
#include "boot.h"
#include "boot_tree.h"
#include "console.h"
#include "ending.h"
#include "layout.h"
#include "machine.h"
#include "plic.h"
#include "space.h"
#include "trap.h"

/* Superpages of user level may not lie half in what the firmware guards, so
 * that its memory goes in whole blocks, as devices do. */
#define BLOCK_BYTES (UINT64_C(1) << 21)

/* Where slots can be (slot.h), rounded down to a gigabyte.  Memory above that
 * is left to user level as if it were a device's. */
#define RAM_TOP (SLOT_ADDRESS_MAX >> 30 << 30)

_Static_assert(ROOT_CNODE_SIZE_BITS >= 4 && ROOT_CNODE_SIZE_BITS <= 32,
               "ROOT_CNODE_SIZE_BITS: 4 .. 32");
_Static_assert(MAX_NUM_BOOTINFO_UNTYPED_CAPS >= 1 &&
                   MAX_NUM_BOOTINFO_UNTYPED_CAPS <= 245,
               "MAX_NUM_BOOTINFO_UNTYPED_CAPS: 1 .. 245");
_Static_assert(TIMER_TICK_MS >= 1, "TIMER_TICK_MS: 1 or more");

struct handover {
    struct range image;
    struct range tree;
};

/* Entered from boot_entry.S with the six registers that mean something. */
_Noreturn void boot(paddr_t user_start, paddr_t user_end, uint64_t user_offset,
                    uint64_t user_entry, paddr_t tree, uint64_t tree_bytes);

static struct range blocks_around(struct range r)
{
    if (r.start >= r.end)
        return (struct range){0, 0};
    return (struct range){
        r.start / BLOCK_BYTES * BLOCK_BYTES,
        (r.end - 1) / BLOCK_BYTES * BLOCK_BYTES + BLOCK_BYTES,
    };
}

static struct range kernel_range(void)
{
    return (struct range){image_address(image_start), image_address(image_end)};
}

static void must(bool works)
{
    if (!works)
        console_refuse("memory is in too many pieces", RANGES_MAX);
}

static void remove_range(struct ranges *from, struct range r)
{
    must(ranges_remove(from, r.start, r.end));
}

static bool do_overlap(struct range a, struct range b)
{
    return a.start < b.end && b.start < a.end;
}

/* The tree as handed over, mapped: before this nothing but our image is. */
static struct devtree open_tree(paddr_t address, uint64_t bytes)
{
    struct devtree tree;

    if (address == 0 || bytes == 0)
        console_refuse("the loader gave no device tree", address);
    if (address >= DIRECT_BYTES || bytes > DIRECT_BYTES - address)
        console_refuse("the device tree is beyond reach", address);
    space_init(address, address + bytes);
    if (!devtree_open(&tree, direct(address), bytes))
        console_refuse("this is not a device tree", address);
    return tree;
}

/* RAM: what the tree calls memory, but for what it reserves. */
static struct ranges ram_of(const struct boot_tree *machine)
{
    struct ranges ram = machine->memory;

    remove_range(&ram, (struct range){RAM_TOP, UINT64_MAX});
    for (uint32_t i = 0; i < machine->reserved.count; i++)
        remove_range(&ram, blocks_around(machine->reserved.range[i]));
    return ram;
}

/* What the kernel, the tree and the image lie on is nobody else's, whatever
 * the tree says of it. */
static void remove_handover(struct ranges *from, const struct handover *h)
{
    remove_range(from, kernel_range());
    remove_range(from, h->tree);
    remove_range(from, h->image);
}

static void check_handover(const struct handover *h, const struct ranges *ram)
{
    if (!ranges_contain(ram, h->image.start, h->image.end))
        console_refuse("the user image is not in memory", h->image.start);
    if (do_overlap(h->image, kernel_range()))
        console_refuse("the user image overlaps the kernel", h->image.start);
    if (do_overlap(h->image, h->tree))
        console_refuse("the user image overlaps the device tree",
                       h->image.start);
    if (do_overlap(h->tree, kernel_range()))
        console_refuse("the device tree overlaps the kernel", h->tree.start);
}

/* Who gets what. */
static void plan(struct boot *b, const struct boot_tree *machine,
                 const struct handover *h)
{
    b->ram = ram_of(machine);
    check_handover(h, &b->ram);
    b->device = ranges_of(0, PHYSICAL_BYTES);
    must(ranges_remove_all(&b->device, &b->ram));
    remove_range(&b->device, blocks_around(machine->clint));
    remove_range(&b->device, blocks_around(machine->plic));
    remove_handover(&b->device, h);
    for (uint32_t i = 0; i < b->ram.count; i++)
        space_map_direct(b->ram.range[i].start, b->ram.range[i].end);
    remove_handover(&b->ram, h);
    b->reuse = ranges_of(image_address(boot_start), image_address(image_end));
}

static void init_devices(const struct boot_tree *machine)
{
    struct range plic = machine->plic;
    uint64_t tick = machine->ticks_a_second * TIMER_TICK_MS / 1000;
    volatile uint32_t *registers =
        space_map_device(plic.start, plic.end - plic.start);

    if (!registers)
        console_refuse("the PLIC is too large", plic.end - plic.start);
    plic_init(registers, machine->plic_context, machine->plic_sources);
    machine_init(machine->plic_sources);
    if (tick == 0)
        console_refuse("the time base is too slow", machine->ticks_a_second);
    trap_init(tick);
}

void boot(paddr_t user_start, paddr_t user_end, uint64_t user_offset,
          uint64_t user_entry, paddr_t tree_start, uint64_t tree_bytes)
{
    static struct boot_tree machine; /* large for the stack */
    static struct boot b;
    struct devtree tree = open_tree(tree_start, tree_bytes);
    struct handover h = {
        .image = {user_start, user_end},
        .tree = {tree_start, tree_start + tree.total_bytes},
    };
    const char *problem = boot_tree_read(&tree, FIRST_HART_ID, &machine);

    ending_init(machine.test);
    if (problem)
        console_refuse(problem, tree_start);
    plan(&b, &machine, &h);
    b.image_start = user_start;
    b.image_end = user_end;
    b.image_offset = user_offset;
    b.image_entry = user_entry;
    b.tree = tree_start;
    b.tree_bytes = tree.total_bytes;
    b.root_cnode_bits = ROOT_CNODE_SIZE_BITS;
    b.untyped_slots_max = MAX_NUM_BOOTINFO_UNTYPED_CAPS;
    init_devices(&machine);
    problem = boot_start_root_task(&machine_kernel, &b);
    if (problem)
        console_refuse(problem, user_start);
    trap_first_exit();
}
