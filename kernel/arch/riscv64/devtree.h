/* SPDX-License-Identifier: BSD-2-Clause */
/* A reader for flattened device trees: the format of the Devicetree
 * Specification 0.4, chapter 5, version 17.
 *
 *   blob  +--------+-------------+------------------+---------+
 *         | header | reserved    | structure: nodes | strings |
 *         |        | memory      | and properties   |         |
 *         +--------+-------------+------------------+---------+
 *
 * A node is the offset of its begin-node token in the structure block.  The
 * blob is not trusted: every read is inside it, every loop moves forward in
 * it, and what does not parse reads as absent.  No state, nothing copied.
 */
#ifndef FALLOW_DEVTREE_H
#define FALLOW_DEVTREE_H
#include <stdbool.h>
#include <stdint.h>

struct devtree {
    const uint8_t *blob;
    uint32_t total_bytes;
    uint32_t reserved_offset;
    uint32_t structure_offset;
    uint32_t structure_bytes;
    uint32_t strings_offset;
    uint32_t strings_bytes;
};

#define DEVTREE_NIL UINT32_MAX /* no node */

/* Is there a device tree in the `bytes' bytes at blob?  Fills in *tree. */
bool devtree_open(struct devtree *tree, const void *blob, uint64_t bytes);

/* Bytes up to the end of the last of its blocks: what is behind that is
 * padding. */
uint32_t devtree_packed_bytes(const struct devtree *tree);

/* Writes the header's total size: for a copy without the padding. */
void devtree_set_bytes(void *blob, uint32_t bytes);

/* Every node in the order of the blob, parents first: the root for node
 * DEVTREE_NIL, DEVTREE_NIL after the last.  *depth is kept up to date: 0 for
 * the root.  Cost: the bytes between the two. */
uint32_t devtree_next(const struct devtree *tree, uint32_t node, int *depth);

/* The node's name with its unit address, 0-terminated, "" for the root. */
const char *devtree_name(const struct devtree *tree, uint32_t node);

/* A property's value and its length in bytes, or NULL. */
const uint8_t *devtree_property(const struct devtree *tree, uint32_t node,
                                const char *name, uint32_t *bytes);

/* Does the property's list of strings contain `text'? */
bool devtree_has_string(const struct devtree *tree, uint32_t node,
                        const char *name, const char *text);

/* The property as one number of one or two cells; fallback without it. */
uint64_t devtree_number(const struct devtree *tree, uint32_t node,
                        const char *name, uint64_t fallback);

/* Cell i of a value, big-endian; the caller has checked the length. */
uint32_t devtree_cell(const uint8_t *value, uint32_t i);

/* Entry i of the reserved-memory block.  False: there is none. */
bool devtree_reserved(const struct devtree *tree, uint32_t i, uint64_t *address,
                      uint64_t *bytes);
#endif
