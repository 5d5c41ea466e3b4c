/* SPDX-License-Identifier: BSD-2-Clause */
/* Where kernel, device tree and user image go in physical memory
 * (sel4-abi.md 6.1): one behind the other from the kernel's own address on, as
 * the elfloader does it,
 *
 *   +--------+------+------------+-------+           +--------------+
 *   | kernel | tree | user image | phdrs |    ...    | loader       |
 *   +--------+------+------------+-------+           +--------------+
 *   p_paddr  page   page         page
 *
 * (behind the loader, if it is too large for the place before it), or the
 * latter two at the end of memory, as rust-sel4's does,
 *
 *   +--------+        +--------------+       +------+------------+
 *   | kernel |  ...   | loader       |  ...  | tree | user image |
 *   +--------+        +--------------+       +------+------------+
 *   p_paddr                                  page   page         end
 *
 * A kernel must be able to live with either.
 */
#ifndef FALLOW_PLAN_H
#define FALLOW_PLAN_H
#include "elf.h"
#include "ranges.h"

#define PLAN_PAGE_BYTES UINT64_C(4096)
#define PLAN_MEGA       (UINT64_C(1) << 21)
#define PLAN_GIGA       (UINT64_C(1) << 30)
#define PLAN_ENTRIES    512u /* of a page table */

enum plan_flavour {
    PLAN_LOW = 0,
    PLAN_HIGH = 1,
};

struct plan {
    struct range kernel;
    struct range tree;
    struct range user;
    uint64_t headers; /* page of the user's program headers; high: 0, none */
};

/* NULL, or why it cannot be done: addresses that no table of 2 MiB leaves can
 * map, a kernel that does not fit a gigabyte of its own, no memory there, the
 * loader in the way.  memory: what may be written to; loader: ourselves. */
const char *plan_make(struct plan *plan, enum plan_flavour flavour,
                      const struct elf *kernel, const struct elf *user,
                      uint32_t tree_bytes, const struct ranges *memory,
                      struct range loader);
#endif
