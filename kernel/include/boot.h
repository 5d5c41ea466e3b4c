/* SPDX-License-Identifier: BSD-2-Clause */
/* Boot: from what the loader and the machine's description say to the first
 * thread, about to run, that holds everything (sel4-abi.md 6).
 *
 *   physical memory                          virtual memory of the thread
 *   +--------+------+------+-----------+     +-------+--------+------+-------+
 *   | kernel | tree | user | free  |own|     | image | IPC    | boot | extra |
 *   |        |      | image|  RAM  |   |     |       | buffer | info | info  |
 *   +--------+------+------+-----------+     +-------+--------+------+-------+
 *                           `-------'`- the thread's own objects: root CNode,
 *                           untypeds    tables, TCB, ... from the top of RAM
 *
 * The architecture finds out what there is (struct boot) and sets up the
 * kernel; what is done with it is the same everywhere, and here.
 */
#ifndef FALLOW_BOOT_H
#define FALLOW_BOOT_H
#include "kernel.h"
#include "ranges.h"

/* The initial CSpace (6.2). */
enum boot_slot {
    BOOT_SLOT_TCB = 1,
    BOOT_SLOT_CNODE = 2,
    BOOT_SLOT_VSPACE = 3,
    BOOT_SLOT_IRQ_CONTROL = 4,
    BOOT_SLOT_ASID_CONTROL = 5,
    BOOT_SLOT_ASID_POOL = 6,
    BOOT_SLOT_BOOTINFO = 9,
    BOOT_SLOT_BUFFER = 10,
    BOOT_SLOT_DOMAIN = 11,
    BOOT_SLOT_FIRST_FREE = 16,
};

#define BOOT_ASID 1u /* of the initial thread */

struct boot {
    struct ranges ram;    /* free: neither the kernel, the tree nor the image */
    struct ranges reuse;  /* RAM that only boot itself has used */
    struct ranges device; /* all else that user level may have */

    /* The user image: pages, loaded and zero-filled. */
    paddr_t image_start;
    paddr_t image_end;
    uint64_t image_offset; /* physical - virtual, modulo 2^64 */
    uint64_t image_entry;  /* virtual */

    paddr_t tree;        /* the device tree, for the extra bootinfo */
    uint64_t tree_bytes; /* 0: none */

    uint8_t root_cnode_bits;    /* log2 of its slots */
    uint16_t untyped_slots_max; /* entries of the bootinfo's list: 230 */
};

/* Bytes of the bootinfo frame that a list of `untyped_slots_max' takes; at
 * most a page for a kernel that can be built. */
#define BOOT_INFO_BYTES(untyped_slots_max) (168u + 16u * (untyped_slots_max))

/* Creates the initial thread's objects, CSpace, address space and bootinfo,
 * and the untypeds of everything else, and makes the thread the one that is
 * to run.  *b is used up.  The kernel has tables (sched_init) and no
 * capability yet.  NULL, or what does not work, for people: no room for the
 * objects, an image that is not where it may be.
 * Cost: not bounded; nobody waits for anything yet. */
const char *boot_start_root_task(struct kernel *k, struct boot *b);
#endif
