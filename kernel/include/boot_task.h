/* SPDX-License-Identifier: BSD-2-Clause */
/* What boot knows so far of the initial thread; for boot*.c only.
 *
 *   boot_space.c   memory for its objects, its tables, what is mapped
 *   boot.c         its capabilities, bootinfo, and the thread itself
 *
 * `problem' is NULL until something does not work; from then on nothing is
 * done any more, so that only boot_start_root_task need look.
 */
#ifndef FALLOW_BOOT_TASK_H
#define FALLOW_BOOT_TASK_H
#include "arch_pte.h"
#include "boot.h"
#include "vspace.h"

#define BOOT_PAGE_BYTES (UINT64_C(1) << ARCH_PAGE_BITS)

struct slot_region {
    uint64_t start;
    uint64_t end; /* exclusive */
};

struct untyped_description {
    uint64_t base;
    uint8_t bits;
    uint8_t is_device;
    uint8_t padding[6];
};

/* The bootinfo frame as user level reads it (6.5). */
struct bootinfo {
    uint64_t extra_bytes;
    uint64_t node;
    uint64_t node_count;
    uint64_t io_levels;
    uint64_t buffer;
    struct slot_region empty;
    struct slot_region shared_frames;
    struct slot_region image_frames;
    struct slot_region image_tables;
    struct slot_region io_spaces;
    struct slot_region extra_frames;
    uint64_t cnode_bits;
    uint64_t domain;
    struct slot_region untyped;
    struct untyped_description list[];
};
_Static_assert(sizeof(struct bootinfo) == BOOT_INFO_BYTES(0),
               "the bootinfo is ABI");

/* What is known so far of the initial thread. */
struct root_task {
    struct kernel *k;
    struct boot *b;
    const char *problem; /* NULL so far */
    paddr_t cnode;
    paddr_t root_table;
    paddr_t asid_pool;
    paddr_t buffer;
    paddr_t info;
    paddr_t extra;
    paddr_t tcb;
    uint64_t extra_bytes; /* used */
    uint64_t extra_pages; /* with a capability each */
    uint64_t buffer_address;
    uint64_t info_address;
    uint64_t extra_address;
    uint64_t end_address; /* of all that is to have tables */
    uint64_t next_slot;
    uint64_t slots;
};

static inline void *boot_memory_(const struct root_task *t, paddr_t address)
{
    return (uint8_t *)kernel_slots(t->k) + address;
}

static inline struct bootinfo *boot_info_(const struct root_task *t)
{
    return boot_memory_(t, t->info);
}

/* boot.c: the next dynamic slot, or a problem; a capability in a slot. */
uint64_t boot_take_slot_(struct root_task *t);
void boot_put_cap_(struct root_task *t, uint64_t slot, struct cap cap);

/* boot_space.c, in the order in which boot.c calls them.  boot_mapped_cap_:
 * a page or table that is mapped at an address of the initial thread. */
void boot_plan_addresses_(struct root_task *t);
void boot_create_objects_(struct root_task *t);
void boot_create_tables_(struct root_task *t);
void boot_map_everything_(struct root_task *t);
struct cap boot_mapped_cap_(uint8_t type, paddr_t base, uint64_t address,
                            uint8_t rights);
uint8_t boot_cnode_bits_(const struct root_task *t);
#endif
