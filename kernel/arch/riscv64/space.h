/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own half of every address space (layout.h), and the switch
 * between address spaces.
 *
 *   kernel_root  [0 .. 255]   empty: the space of threads that have none
 *                [256 .. 508] 1 GiB leaves: RAM
 *                [509]        2 MiB leaves: devices
 *                [510]        image_table --> image_pages: 4 KiB, W^X
 *
 * The upper half is copied into each root table when that becomes an address
 * space, and does not change after boot.
 */
#ifndef FALLOW_SPACE_H
#define FALLOW_SPACE_H
#include "layout.h"

/* Builds the kernel's tables and switches to them.  [start, end) is in the
 * direct map then; all that the loader had mapped is gone. */
void space_init(paddr_t start, paddr_t end);

/* Adds [start, end) to the direct map; end <= DIRECT_BYTES. */
void space_map_direct(paddr_t start, paddr_t end);

/* Maps the 2 MiB blocks around [start, start + bytes) as a device: the
 * address of `start', or NULL if there is no room. */
volatile uint32_t *space_map_device(paddr_t start, uint64_t bytes);

/* Takes the pages that only boot needs out of the image's mapping. */
void space_forget_boot(void);
#endif
