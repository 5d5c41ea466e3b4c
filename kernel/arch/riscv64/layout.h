/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's half of every address space: Sv39's upper 256 GiB.
 *
 *   0xffffffc0_00000000  physical memory from 0, RAM only, in 1 GiB leaves
 *   0xffffffff_40000000  the kernel's devices, in 2 MiB leaves
 *   0xffffffff_80200000  the kernel's image, in pages
 *
 * Each is a range of slots of the root table: 256-508, 509, 510.  They are
 * the same in all address spaces and never change after boot.  A slot number
 * of the core is a physical address / 32, so that its window begins where the
 * direct map does; the index never touches memory that is not RAM.
 */
#ifndef FALLOW_LAYOUT_H
#define FALLOW_LAYOUT_H

#define DIRECT_BASE  0xffffffc000000000
#define DIRECT_BYTES 0x3f40000000
#define DEVICE_BASE  0xffffffff40000000
#define IMAGE_OFFSET 0xffffffff00000000 /* virtual - physical */

#define PAGE_BITS  12
#define PAGE_BYTES 4096

/* Physical address space that user level can have (sel4-abi.md 6.7). */
#define PHYSICAL_BITS  39
#define PHYSICAL_BYTES 0x8000000000

#ifndef __ASSEMBLER__
#include "types.h"

static inline void *direct(paddr_t address)
{
    return (void *)(DIRECT_BASE + address);
}

/* The physical address of something in the kernel's image. */
static inline paddr_t image_address(const volatile void *p)
{
    return (paddr_t)p - IMAGE_OFFSET;
}

/* The linker script's: only their addresses mean anything. */
extern char image_start[];
extern char rodata_start[];
extern char data_start[];
extern char boot_start[];
extern char image_end[];
#endif
#endif
