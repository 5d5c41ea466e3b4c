/* SPDX-License-Identifier: BSD-2-Clause */
#include "devtree.h"

#include <stddef.h>

#define MAGIC            0xd00dfeedu
#define HEADER_BYTES     40u
#define TOTAL_BYTES_MAX  (UINT32_C(1) << 28) /* no sum below wraps */
#define VERSION          17u
#define VERSION_READABLE 16u /* the oldest layout that we can read */

enum token {
    TOKEN_BEGIN_NODE = 1,
    TOKEN_END_NODE = 2,
    TOKEN_PROPERTY = 3,
    TOKEN_NOP = 4,
    TOKEN_END = 9,
};

/* Cells of the header, by their place. */
enum header {
    HEADER_MAGIC,
    HEADER_TOTAL,
    HEADER_STRUCTURE,
    HEADER_STRINGS,
    HEADER_RESERVED,
    HEADER_VERSION,
    HEADER_COMPATIBLE,
    HEADER_HART,
    HEADER_STRINGS_BYTES,
    HEADER_STRUCTURE_BYTES,
};

uint32_t devtree_cell(const uint8_t *value, uint32_t i)
{
    const uint8_t *at = value + (size_t)i * 4;

    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
           (uint32_t)at[2] << 8 | at[3];
}

static bool is_inside(uint32_t offset, uint32_t bytes, uint32_t limit)
{
    return offset <= limit && bytes <= limit - offset;
}

bool devtree_open(struct devtree *tree, const void *blob, uint64_t bytes)
{
    const uint8_t *header = blob;
    struct devtree t;

    if (bytes < HEADER_BYTES || devtree_cell(header, HEADER_MAGIC) != MAGIC)
        return false;
    if (devtree_cell(header, HEADER_VERSION) < VERSION ||
        devtree_cell(header, HEADER_COMPATIBLE) > VERSION ||
        devtree_cell(header, HEADER_COMPATIBLE) < VERSION_READABLE)
        return false;
    t = (struct devtree){
        .blob = blob,
        .total_bytes = devtree_cell(header, HEADER_TOTAL),
        .reserved_offset = devtree_cell(header, HEADER_RESERVED),
        .structure_offset = devtree_cell(header, HEADER_STRUCTURE),
        .structure_bytes = devtree_cell(header, HEADER_STRUCTURE_BYTES),
        .strings_offset = devtree_cell(header, HEADER_STRINGS),
        .strings_bytes = devtree_cell(header, HEADER_STRINGS_BYTES),
    };
    if (t.total_bytes < HEADER_BYTES || t.total_bytes > bytes ||
        t.total_bytes > TOTAL_BYTES_MAX || t.structure_offset % 4 != 0 ||
        !is_inside(t.structure_offset, t.structure_bytes, t.total_bytes) ||
        !is_inside(t.strings_offset, t.strings_bytes, t.total_bytes))
        return false;
    *tree = t;
    return true;
}

uint32_t devtree_packed_bytes(const struct devtree *tree)
{
    uint64_t address;
    uint64_t bytes;
    uint32_t entries = 0;
    uint32_t end = tree->structure_offset + tree->structure_bytes;

    if (tree->strings_offset + tree->strings_bytes > end)
        end = tree->strings_offset + tree->strings_bytes;
    while (devtree_reserved(tree, entries, &address, &bytes))
        entries++;
    /* An entry of zeros ends that block. */
    if (tree->reserved_offset <= tree->total_bytes &&
        tree->reserved_offset + 16 * (entries + 1) > end)
        end = tree->reserved_offset + 16 * (entries + 1);
    return end < tree->total_bytes ? end : tree->total_bytes;
}

void devtree_set_bytes(void *blob, uint32_t bytes)
{
    uint8_t *at = (uint8_t *)blob + (size_t)HEADER_TOTAL * 4;

    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(bytes >> (24 - 8 * i));
}

/* One token of the structure block, and what belongs to it. */
struct item {
    uint32_t token;
    uint32_t next; /* offset of the token after it */
    const char *name;
    const uint8_t *value;
    uint32_t bytes;
};

/* Length of the 0-terminated string at text, or `limit' if it does not end
 * within that many bytes. */
static uint32_t string_bytes(const uint8_t *text, uint32_t limit)
{
    uint32_t n = 0;

    while (n < limit && text[n] != 0)
        n++;
    return n;
}

static bool read_node_name(const struct devtree *tree, uint32_t at,
                           struct item *item)
{
    const uint8_t *name = tree->blob + tree->structure_offset + at;
    uint32_t limit = tree->structure_bytes - at;
    uint32_t length = string_bytes(name, limit);

    if (length == limit)
        return false;
    item->name = (const char *)name;
    item->next = (at + length + 1 + 3) / 4 * 4;
    return true;
}

static bool read_property(const struct devtree *tree, uint32_t at,
                          struct item *item)
{
    const uint8_t *structure = tree->blob + tree->structure_offset;
    uint32_t name;

    if (!is_inside(at, 8, tree->structure_bytes))
        return false;
    item->bytes = devtree_cell(structure + at, 0);
    name = devtree_cell(structure + at, 1);
    if (!is_inside(at + 8, item->bytes, tree->structure_bytes) ||
        name >= tree->strings_bytes)
        return false;
    item->name = (const char *)tree->blob + tree->strings_offset + name;
    if (string_bytes((const uint8_t *)item->name, tree->strings_bytes - name) ==
        tree->strings_bytes - name)
        return false;
    item->value = structure + at + 8;
    item->next = (at + 8 + item->bytes + 3) / 4 * 4;
    return true;
}

/* The token at offset `at'.  False: not a token, or it reaches beyond the
 * block. */
static bool read_item(const struct devtree *tree, uint32_t at,
                      struct item *item)
{
    *item = (struct item){0};
    if (!is_inside(at, 4, tree->structure_bytes))
        return false;
    item->token = devtree_cell(tree->blob + tree->structure_offset + at, 0);
    item->next = at + 4;
    switch (item->token) {
    case TOKEN_BEGIN_NODE:
        return read_node_name(tree, at + 4, item);
    case TOKEN_PROPERTY:
        return read_property(tree, at + 4, item);
    case TOKEN_END_NODE:
    case TOKEN_NOP:
        return true;
    default:
        return false;
    }
}

uint32_t devtree_next(const struct devtree *tree, uint32_t node, int *depth)
{
    uint32_t at = 0;
    struct item item;

    if (node != DEVTREE_NIL) {
        if (!read_item(tree, node, &item))
            return DEVTREE_NIL;
        at = item.next;
    } else {
        *depth = -1;
    }
    while (read_item(tree, at, &item)) {
        if (item.token == TOKEN_BEGIN_NODE) {
            (*depth)++;
            return at;
        }
        if (item.token == TOKEN_END_NODE && --*depth < 0)
            return DEVTREE_NIL;
        at = item.next;
    }
    return DEVTREE_NIL;
}

const char *devtree_name(const struct devtree *tree, uint32_t node)
{
    struct item item;

    if (!read_item(tree, node, &item) || item.token != TOKEN_BEGIN_NODE)
        return "";
    return item.name;
}

static bool is_same_text(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

const uint8_t *devtree_property(const struct devtree *tree, uint32_t node,
                                const char *name, uint32_t *bytes)
{
    struct item item;

    if (!read_item(tree, node, &item) || item.token != TOKEN_BEGIN_NODE)
        return NULL;
    /* A node's properties come before its children. */
    while (read_item(tree, item.next, &item)) {
        if (item.token != TOKEN_PROPERTY && item.token != TOKEN_NOP)
            return NULL;
        if (item.token == TOKEN_PROPERTY && is_same_text(item.name, name)) {
            *bytes = item.bytes;
            return item.value;
        }
    }
    return NULL;
}

bool devtree_has_string(const struct devtree *tree, uint32_t node,
                        const char *name, const char *text)
{
    uint32_t bytes;
    const uint8_t *value = devtree_property(tree, node, name, &bytes);

    if (!value)
        return false;
    while (bytes > 0) {
        uint32_t length = string_bytes(value, bytes);

        if (length == bytes)
            return false;
        if (is_same_text((const char *)value, text))
            return true;
        value += length + 1;
        bytes -= length + 1;
    }
    return false;
}

uint64_t devtree_number(const struct devtree *tree, uint32_t node,
                        const char *name, uint64_t fallback)
{
    uint32_t bytes;
    const uint8_t *value = devtree_property(tree, node, name, &bytes);

    if (value && bytes == 4)
        return devtree_cell(value, 0);
    if (value && bytes == 8)
        return (uint64_t)devtree_cell(value, 0) << 32 | devtree_cell(value, 1);
    return fallback;
}

bool devtree_reserved(const struct devtree *tree, uint32_t i, uint64_t *address,
                      uint64_t *bytes)
{
    const uint8_t *entry;

    if (tree->reserved_offset > tree->total_bytes ||
        i >= (tree->total_bytes - tree->reserved_offset) / 16)
        return false;
    entry = tree->blob + tree->reserved_offset + (size_t)i * 16;
    *address = (uint64_t)devtree_cell(entry, 0) << 32 | devtree_cell(entry, 1);
    *bytes = (uint64_t)devtree_cell(entry, 2) << 32 | devtree_cell(entry, 3);
    return *bytes != 0;
}
