/* SPDX-License-Identifier: BSD-2-Clause */
/* Where kernel, device tree and user image go in physical memory: one behind
 * the other from the kernel's own address on (sel4-abi.md 6.1).
 *
 *   +--------+------+------------+-------+           +--------------+
 *   | kernel | tree | user image | phdrs |    ...    | loader       |
 *   +--------+------+------------+-------+           +--------------+
 *   p_paddr  page   page         page
 */
#ifndef FALLOW_PLAN_H
#define FALLOW_PLAN_H
#include "elf.h"
#include "ranges.h"

#define PLAN_PAGE_BYTES UINT64_C(4096)
#define PLAN_MEGA       (UINT64_C(1) << 21)
#define PLAN_GIGA       (UINT64_C(1) << 30)
#define PLAN_ENTRIES    512u /* of a page table */

struct plan {
    struct range kernel;
    struct range tree;
    struct range user;
    uint64_t headers; /* the page of the user's program headers */
};

/* NULL, or why it cannot be done: addresses that no table of 2 MiB leaves can
 * map, a kernel that does not fit a gigabyte of its own, no memory there, the
 * loader in the way.  memory: what may be written to; loader: ourselves. */
const char *plan_make(struct plan *plan, const struct elf *kernel,
                      const struct elf *user, uint32_t tree_bytes,
                      const struct ranges *memory, struct range loader);
#endif
