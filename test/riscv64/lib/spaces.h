/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces to map things into, and those that cannot be used.
 *
 *   space --> middle --> low --> pages        at SPACES_AT
 *         --> giant                           at SPACES_GIANT, 1 GiB
 *         --> middle2 --> large               at SPACES_LARGE, 2 MiB
 *         --> middle2 (one table only)        at SPACES_ONE_TABLE
 *         (no table)                          at SPACES_NO_TABLE
 */
#ifndef FALLOW_SPACES_H
#define FALLOW_SPACES_H
#include "errors.h"
#include "task.h"

#define SPACES_AT        0x100000000ul
#define SPACES_GIANT     0x140000000ul
#define SPACES_LARGE     0x180000000ul
#define SPACES_ONE_TABLE 0x180200000ul
#define SPACES_NO_TABLE  0x1c0000000ul

#define SPACES_GIANT_BASE 0x40000000ul /* device memory of this address */

struct spaces {
    seL4_CPtr space;
    seL4_CPtr middle, low; /* its tables */
    seL4_CPtr giant, large;
    seL4_CPtr unassigned; /* has lost its ASID with the pool */
};

void spaces_make(struct spaces *s);

/* A new address space, of this pool. */
seL4_CPtr spaces_new(seL4_CPtr pool);

/* Maps a table; stops the test if that fails. */
void spaces_map_table(seL4_CPtr table, seL4_CPtr space, seL4_Word address);

/* Maps a frame, with all rights; the tables must be there. */
void spaces_map_page(seL4_CPtr frame, seL4_CPtr space, seL4_Word address);

/* A new ASID pool. */
seL4_CPtr spaces_pool(void);
#endif
