/* SPDX-License-Identifier: BSD-2-Clause */
#include "boot_tree.h"
#include "plic.h"

#define DEPTH_MAX    8 /* nodes below that have nothing for us */
#define S_MODE_CAUSE 9u
#define NO_PHANDLE   0u
#define CELLS_MAX    2u

/* How many cells the `reg' of a node's children have. */
struct cells {
    uint64_t address;
    uint64_t size;
};

struct walk {
    const struct devtree *tree;
    struct boot_tree *out;
    uint64_t hart;
    const char *problem;
    struct cells cells[DEPTH_MAX + 1]; /* [d]: for nodes of depth d */
    bool in_reserved;
    bool in_boot_hart;
    uint32_t hart_phandle; /* of its interrupt controller */
    uint32_t plic_node;
};

static bool name_begins(const struct walk *w, uint32_t node, const char *with)
{
    const char *name = devtree_name(w->tree, node);

    while (*with != '\0' && *name == *with) {
        name++;
        with++;
    }
    return *with == '\0' && (*name == '\0' || *name == '@');
}

static uint64_t read_cells(const uint8_t *value, uint64_t at, uint64_t count)
{
    uint64_t number = 0;

    for (uint64_t i = 0; i < count; i++)
        number = number << 32 | devtree_cell(value, (uint32_t)(at + i));
    return number;
}

/* Entry i of the node's `reg'.  False: no such entry, or not in a form that
 * we understand. */
static bool read_reg(const struct walk *w, uint32_t node, int depth, uint32_t i,
                     struct range *range)
{
    struct cells cells = w->cells[depth];
    uint64_t stride = cells.address + cells.size;
    uint64_t size;
    uint32_t bytes;
    const uint8_t *value = devtree_property(w->tree, node, "reg", &bytes);

    if (!value || cells.address < 1 || cells.address > CELLS_MAX ||
        cells.size < 1 || cells.size > CELLS_MAX ||
        (i + 1) * stride * 4 > bytes)
        return false;
    range->start = read_cells(value, i * stride, cells.address);
    size = read_cells(value, i * stride + cells.address, cells.size);
    if (size > UINT64_MAX - range->start)
        size = UINT64_MAX - range->start;
    range->end = range->start + size;
    return true;
}

static void add_regs(struct walk *w, uint32_t node, int depth,
                     struct ranges *to)
{
    struct range range;

    for (uint32_t i = 0; read_reg(w, node, depth, i, &range); i++)
        if (!ranges_add(to, range.start, range.end))
            w->problem = "the device tree has too many memory ranges";
}

static void visit_cpu(struct walk *w, uint32_t node)
{
    uint64_t hart = devtree_number(w->tree, node, "reg", UINT64_MAX);

    w->in_boot_hart = devtree_has_string(w->tree, node, "device_type", "cpu") &&
                      hart == w->hart;
}

static void visit_top(struct walk *w, uint32_t node, int depth)
{
    w->in_reserved = name_begins(w, node, "reserved-memory");
    if (devtree_has_string(w->tree, node, "device_type", "memory"))
        add_regs(w, node, depth, &w->out->memory);
    if (name_begins(w, node, "cpus"))
        w->out->ticks_a_second =
            devtree_number(w->tree, node, "timebase-frequency", 0);
}

static void visit(struct walk *w, uint32_t node, int depth)
{
    const struct devtree *tree = w->tree;
    uint32_t ignored;

    w->cells[depth + 1] = (struct cells){
        .address = devtree_number(tree, node, "#address-cells", 2),
        .size = devtree_number(tree, node, "#size-cells", 1),
    };
    if (depth == 1)
        visit_top(w, node, depth);
    if (depth == 2) {
        visit_cpu(w, node);
        if (w->in_reserved)
            add_regs(w, node, depth, &w->out->reserved);
    }
    if (depth == 3 && w->in_boot_hart &&
        devtree_property(tree, node, "interrupt-controller", &ignored))
        w->hart_phandle =
            (uint32_t)devtree_number(tree, node, "phandle", NO_PHANDLE);
    if (devtree_has_string(tree, node, "compatible", "riscv,plic0") ||
        devtree_has_string(tree, node, "compatible", "sifive,plic-1.0.0")) {
        w->plic_node = node;
        read_reg(w, node, depth, 0, &w->out->plic);
    }
    if (devtree_has_string(tree, node, "compatible", "riscv,clint0") ||
        devtree_has_string(tree, node, "compatible", "sifive,clint0"))
        read_reg(w, node, depth, 0, &w->out->clint);
    if (devtree_has_string(tree, node, "compatible", "sifive,test0"))
        read_reg(w, node, depth, 0, &w->out->test);
}

/* The controller's contexts are numbered in the order in which it lists
 * whom it interrupts, by (phandle, cause). */
static bool find_context(const struct walk *w, uint32_t *context)
{
    uint32_t bytes;
    const uint8_t *value =
        devtree_property(w->tree, w->plic_node, "interrupts-extended", &bytes);

    if (!value)
        return false;
    for (uint32_t i = 0; i < bytes / 8; i++)
        if (devtree_cell(value, 2 * i) == w->hart_phandle &&
            devtree_cell(value, 2 * i + 1) == S_MODE_CAUSE) {
            *context = i;
            return true;
        }
    return false;
}

static void add_reserved_block(struct walk *w)
{
    uint64_t address;
    uint64_t bytes;

    for (uint32_t i = 0; devtree_reserved(w->tree, i, &address, &bytes); i++)
        if (bytes > UINT64_MAX - address ||
            !ranges_add(&w->out->reserved, address, address + bytes))
            w->problem = "the device tree reserves memory strangely";
}

static const char *missing(const struct walk *w)
{
    if (w->problem)
        return w->problem;
    if (w->out->memory.count == 0)
        return "the device tree has no memory";
    if (w->out->ticks_a_second == 0)
        return "the device tree has no timebase-frequency";
    if (w->plic_node == DEVTREE_NIL || w->out->plic.start >= w->out->plic.end)
        return "the device tree has no PLIC";
    if (w->out->plic_sources == 0 || w->out->plic_sources > PLIC_SOURCES_MAX)
        return "the PLIC has no number of sources";
    if (w->hart_phandle == NO_PHANDLE)
        return "the device tree does not have the boot hart";
    if (!find_context(w, &w->out->plic_context))
        return "the PLIC does not interrupt the boot hart's S mode";
    if (w->out->plic.end - w->out->plic.start <
        plic_bytes(w->out->plic_context))
        return "the PLIC ends before the boot hart's registers";
    return NULL;
}

const char *boot_tree_read(const struct devtree *tree, uint64_t hart,
                           struct boot_tree *out)
{
    struct walk w = {
        .tree = tree,
        .out = out,
        .hart = hart,
        .hart_phandle = NO_PHANDLE,
        .plic_node = DEVTREE_NIL,
    };
    int depth;

    *out = (struct boot_tree){0};
    for (uint32_t node = devtree_next(tree, DEVTREE_NIL, &depth);
         node != DEVTREE_NIL; node = devtree_next(tree, node, &depth))
        if (depth < DEPTH_MAX)
            visit(&w, node, depth);
    add_reserved_block(&w);
    if (w.plic_node != DEVTREE_NIL)
        out->plic_sources =
            (uint32_t)devtree_number(tree, w.plic_node, "riscv,ndev", 0);
    return missing(&w);
}
