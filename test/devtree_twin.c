/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's device tree reader beside libfdt: trees that libfdt calls
 * valid read the same, node by node and property by property; of all others,
 * whatever is in them, nothing is read beyond the blob. */
#include "../kernel/arch/riscv64/devtree.c"

#include "seed.h"
#include "tap.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#define BLOB_BYTES 4096

/* A stream of decisions: random bytes, or what a fuzzer found. */
struct choices {
    const uint8_t *byte;
    size_t count;
};

static uint8_t choose(struct choices *c)
{
    if (c->count == 0)
        return 0;
    c->count--;
    return *c->byte++;
}

/* Names that boot looks for, and some that it does not. */
static const char *const names[] = {
    "reg",        "compatible",  "device_type", "#address-cells",
    "phandle",    "memory@1000", "cpus",        "interrupt-controller",
    "a,very-odd", "ranges",      "status",      "",
};

static const char *choose_name(struct choices *c)
{
    return names[choose(c) % (sizeof names / sizeof names[0])];
}

static void write_property(struct choices *c, void *blob)
{
    uint8_t value[40];
    unsigned bytes = choose(c) % sizeof value;
    const char *name = choose_name(c);

    for (unsigned i = 0; i < bytes; i++)
        value[i] = choose(c);
    if (*name)
        fdt_property(blob, name, value, (int)bytes);
}

/* A tree of libfdt's own making. */
static int write_tree(struct choices *c, void *blob)
{
    unsigned depth = 1;

    fdt_create(blob, BLOB_BYTES);
    for (unsigned i = choose(c) % 4; i > 0; i--)
        fdt_add_reservemap_entry(blob, choose(c) * 4096u, choose(c) + 1u);
    fdt_finish_reservemap(blob);
    fdt_begin_node(blob, "");
    for (unsigned i = choose(c); i > 0 && depth > 0; i--) {
        unsigned what = choose(c) % 4;

        if (what < 2)
            write_property(c, blob);
        else if (what == 2 && fdt_begin_node(blob, choose_name(c)) == 0)
            depth++;
        else if (depth > 1 && fdt_end_node(blob) == 0)
            depth--;
    }
    while (depth-- > 0)
        fdt_end_node(blob);
    return fdt_finish(blob);
}

static const char *compare_property(const struct devtree *tree,
                                    const void *blob, uint32_t node,
                                    int their_node, const char *name)
{
    uint32_t bytes = 0;
    int their_bytes = 0;
    const uint8_t *value = devtree_property(tree, node, name, &bytes);
    const void *theirs = fdt_getprop(blob, their_node, name, &their_bytes);

    if (value != theirs)
        return "the value of a property";
    if (value && (int)bytes != their_bytes)
        return "the length of a property";
    if (value && bytes == 4 &&
        devtree_number(tree, node, name, 0) !=
            fdt32_to_cpu(*(const fdt32_t *)theirs))
        return "a number";
    /* libfdt looks for the last string's end one byte behind the value. */
    if (theirs && their_bytes > 0 &&
        ((const uint8_t *)theirs)[their_bytes - 1] == 0 &&
        devtree_has_string(tree, node, name, "cpu") !=
            fdt_stringlist_contains(theirs, their_bytes, "cpu"))
        return "a list of strings";
    return NULL;
}

static const char *compare_nodes(const struct devtree *tree, const void *blob)
{
    int depth;
    int their_depth = -1;
    uint32_t node = devtree_next(tree, DEVTREE_NIL, &depth);
    int theirs = fdt_next_node(blob, -1, &their_depth);

    while (node != DEVTREE_NIL && theirs >= 0 && their_depth >= 0) {
        const char *name = fdt_get_name(blob, theirs, NULL);

        if ((int)node != theirs || depth != their_depth)
            return "the place of a node";
        if (strcmp(devtree_name(tree, node), name) != 0)
            return "the name of a node";
        for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
            const char *problem =
                compare_property(tree, blob, node, theirs, names[i]);

            if (problem)
                return problem;
        }
        node = devtree_next(tree, node, &depth);
        theirs = fdt_next_node(blob, theirs, &their_depth);
    }
    if (node != DEVTREE_NIL || (theirs >= 0 && their_depth >= 0))
        return "the number of nodes";
    return NULL;
}

static const char *compare_reserved(const struct devtree *tree,
                                    const void *blob)
{
    uint64_t address;
    uint64_t bytes;
    uint64_t their_address;
    uint64_t their_bytes;
    int count = fdt_num_mem_rsv(blob);

    for (int i = 0; i < count; i++)
        if (fdt_get_mem_rsv(blob, i, &their_address, &their_bytes) != 0 ||
            !devtree_reserved(tree, (uint32_t)i, &address, &bytes) ||
            address != their_address || bytes != their_bytes)
            return "a reserved range";
    if (devtree_reserved(tree, (uint32_t)count, &address, &bytes))
        return "the number of reserved ranges";
    return NULL;
}

/* Everything that boot does with a tree, for its reads. */
static void read_everything(const struct devtree *tree)
{
    int depth;
    uint32_t bytes;
    uint64_t number;

    for (uint32_t node = devtree_next(tree, DEVTREE_NIL, &depth);
         node != DEVTREE_NIL; node = devtree_next(tree, node, &depth)) {
        devtree_name(tree, node);
        for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
            devtree_property(tree, node, names[i], &bytes);
            devtree_has_string(tree, node, names[i], "cpu");
        }
    }
    for (uint32_t i = 0; devtree_reserved(tree, i, &number, &number); i++)
        continue;
    devtree_packed_bytes(tree);
}

/* What differs for this blob, or NULL; *valid: libfdt accepts it. */
static const char *compare(const uint8_t *blob, size_t bytes, bool *valid)
{
    struct devtree tree;
    const char *problem;

    *valid = bytes >= HEADER_BYTES && fdt_check_full(blob, bytes) == 0 &&
             fdt_version(blob) >= 17 && fdt_last_comp_version(blob) >= 16;
    if (!devtree_open(&tree, blob, bytes))
        return *valid ? "a valid tree is refused" : NULL;
    read_everything(&tree);
    if (!*valid)
        return NULL;
    problem = compare_nodes(&tree, blob);
    return problem ? problem : compare_reserved(&tree, blob);
}

/* A tree by these choices, then damaged by the rest of them; in a heap block
 * of its size, so that a sanitizer sees reads beyond it. */
static const char *compare_choices(const uint8_t *byte, size_t count,
                                   bool *valid)
{
    struct choices c = {byte, count};
    uint32_t *blob = calloc(1, BLOB_BYTES);
    const char *problem = NULL;

    *valid = false;
    if (write_tree(&c, blob) == 0) {
        size_t bytes = fdt_totalsize(blob);
        uint8_t *copy = malloc(bytes);

        memcpy(copy, blob, bytes);
        for (unsigned i = choose(&c) % 8; i > 0; i--) {
            unsigned at = choose(&c) * 256u + choose(&c);

            copy[at % bytes] = choose(&c);
        }
        problem = compare(copy, bytes, valid);
        free(copy);
    }
    free(blob);
    return problem;
}

/* The board's own tree without its padding reads the same. */
static void test_packed(void)
{
    static uint32_t blob[BLOB_BYTES / 4];
    uint8_t choices[64];
    struct choices c = {choices, sizeof choices};
    struct devtree tree;
    uint32_t packed;
    bool valid;

    for (unsigned i = 0; i < sizeof choices; i++)
        choices[i] = (uint8_t)(i * 37 + 1);
    tap_is((uint64_t)write_tree(&c, blob), 0, "a tree is made");
    packed = fdt_totalsize(blob);
    fdt_set_totalsize(blob, BLOB_BYTES);
    tap_ok(devtree_open(&tree, blob, BLOB_BYTES), "padded, it can be read");
    tap_is(devtree_packed_bytes(&tree), packed, "its size without padding");
    devtree_set_bytes(blob, packed);
    tap_is_string(compare((uint8_t *)blob, packed, &valid), NULL,
                  "without it, it reads as before");
    tap_ok(valid, "and is valid");
}

int main(void)
{
    struct seed seed = seed_start(0xfd7);
    const char *problem = NULL;
    unsigned valid_count = 0;
    unsigned count = 0;

    test_packed();
    while (count < 10000 && !problem) {
        uint8_t choices[600];
        bool valid;

        for (unsigned i = 0; i < sizeof choices; i++)
            choices[i] = (uint8_t)seed_next(&seed);
        choices[0] %= 8;
        problem = compare_choices(choices, sizeof choices, &valid);
        valid_count += valid;
        count++;
    }
    tap_is_string(problem, NULL, "random trees read as libfdt reads them");
    tap_diag("%u of %u were valid", valid_count, count);
    tap_ok(valid_count > 1000 && valid_count < count,
           "some of them valid, some not");
    return tap_done();
}
