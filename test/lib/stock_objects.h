/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside of the stock kernel: objects, the tree of what was made of what, and
 * the table of slots.
 *
 *   table, by hash of a slot --> number --> objects[number]
 *                                            parent, first child, siblings
 *
 * Invariant: an object is in the table, at its slot, and in its parent's list;
 * or it is unused and in the list of those.
 */
#ifndef FALLOW_STOCK_OBJECTS_H
#define FALLOW_STOCK_OBJECTS_H
#include "stock_kernel.h"

struct stock_object {
    uint64_t root, address; /* of its slot */
    uint64_t base;
    uint64_t watermark; /* bytes */
    uint32_t parent, child, next, previous;
    uint8_t depth; /* of its slot */
    uint8_t type, bits;
    uint8_t radix, guard; /* of a CNode */
};

/* The object's number in that slot, or a place for it: 0. */
uint32_t *stock_entry(const struct stock_kernel *k, uint64_t root,
                      uint64_t address, uint8_t depth);
void stock_entry_remove(struct stock_kernel *k, uint32_t *entry);

/* Into its slot, which is empty, and its parent's list. */
uint32_t stock_object_make(struct stock_kernel *k,
                           const struct stock_object *like);
/* All that was made of it dies, but not itself. */
void stock_children_end(struct stock_kernel *k, uint32_t top);
/* Without children.  With a CNode goes what is in its slots. */
void stock_object_end(struct stock_kernel *k, uint32_t i);
#endif
