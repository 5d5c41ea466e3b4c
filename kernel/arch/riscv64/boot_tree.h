/* SPDX-License-Identifier: BSD-2-Clause */
/* What the device tree says of the machine (sel4-abi.md 6.7).
 *
 *   /memory                 RAM
 *   /reserved-memory        what of it is the firmware's
 *   /cpus, its children     time base; the boot hart's interrupt controller
 *   a PLIC, a CLINT,        by `compatible', anywhere
 *   a test device
 *
 * Addresses are taken as the nodes give them: boards whose buses translate
 * (a `ranges' that is not empty) above one of these are not supported.
 */
#ifndef FALLOW_BOOT_TREE_H
#define FALLOW_BOOT_TREE_H
#include "devtree.h"
#include "ranges.h"

struct boot_tree {
    struct ranges memory;
    struct ranges reserved;
    struct range plic;
    struct range clint;    /* empty: none */
    struct range test;     /* the device that ends QEMU; empty: none */
    uint32_t plic_context; /* S mode of the boot hart */
    uint32_t plic_sources; /* 1 .. plic_sources */
    uint64_t ticks_a_second;
};

/* NULL, or what is missing or cannot be used, for people. */
const char *boot_tree_read(const struct devtree *tree, uint64_t hart,
                           struct boot_tree *out);
#endif
