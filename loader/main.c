/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts kernel, device tree and root task where they belong and enters the
 * kernel (sel4-abi.md 6.1, the elfloader's way):
 *
 *   +--------+------+---------------+-------+         +----------------+
 *   | kernel | tree | user image    | its   |   ...   | loader with    |
 *   |        |      |               | phdrs |         | the archive    |
 *   +--------+------+---------------+-------+         +----------------+
 *   p_paddr  page   page            page              loader_start
 *
 * Everything is checked before the first byte is written.
 */
#include "boot_tree.h"
#include "cpio.h"
#include "devtree.h"
#include "ending.h"
#include "plan.h"
#include "sbi.h"

#define LEAF      UINT64_C(0xcf) /* valid, R W X, accessed, dirty */
#define SATP_SV39 (UINT64_C(8) << 60)

extern char loader_start[];
extern char loader_end[];
extern const uint8_t archive_start[];
extern const uint8_t archive_end[];
extern const uint8_t loader_flavour; /* enum plan_flavour */

_Noreturn void loader_main(uint64_t hart, uint64_t tree);
_Noreturn void loader_enter(const uint64_t registers[6], uint64_t satp,
                            uint64_t entry);
void _start(void);

struct load {
    struct elf kernel;
    struct elf user;
    const uint8_t *tree;
    uint64_t tree_bytes; /* at first: at most so many */
    struct ranges memory;
    struct plan plan;
};

static struct boot_tree machine;       /* large for the stack */
static volatile uint32_t *test_device; /* NULL: the firmware names none */

static void say(const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            sbi_put_char('\r');
        sbi_put_char((uint8_t)*text);
    }
}

static _Noreturn void refuse(const char *who, const char *what)
{
    say("fallow loader: ");
    say(who);
    say(" ");
    say(what);
    say("\n");
    if (test_device)
        *test_device = ENDING_FAILED;
    sbi_shutdown();
}

static void open_program(struct elf *elf, const struct cpio_file *file)
{
    const char *problem = elf_open(elf, file->data, file->bytes);

    if (problem)
        refuse(file->name, problem);
}

static void next_file(uint64_t *offset, struct cpio_file *file)
{
    uint64_t bytes = (uint64_t)(archive_end - archive_start);

    switch (cpio_next(archive_start, bytes, offset, file)) {
    case CPIO_FILE:
        return;
    case CPIO_END:
        refuse("the archive", "has no kernel.elf, or no program after it");
    default:
        refuse("the archive", "is damaged");
    }
}

static void open_archive(struct load *l, const uint8_t *firmware_tree)
{
    struct cpio_file file;
    uint64_t offset = 0;
    uint64_t tree_bytes = UINT64_MAX;

    l->tree = firmware_tree;
    next_file(&offset, &file);
    if (!cpio_is_named(&file, "kernel.elf"))
        refuse("the archive", "does not begin with kernel.elf");
    open_program(&l->kernel, &file);
    next_file(&offset, &file);
    if (cpio_is_named(&file, "kernel.dtb")) {
        l->tree = file.data;
        tree_bytes = file.bytes;
        next_file(&offset, &file);
    }
    open_program(&l->user, &file);
    l->tree_bytes = tree_bytes;
}

/* By the firmware's tree, whatever the archive brings. */
static void find_test_device(const uint8_t *firmware_tree)
{
    struct devtree tree;

    if (!firmware_tree || !devtree_open(&tree, firmware_tree, UINT64_MAX))
        return;
    boot_tree_read(&tree, FIRST_HART_ID, &machine);
    if (machine.test.start < machine.test.end)
        test_device = (volatile uint32_t *)machine.test.start;
}

/* What of the machine we may write to. */
static void read_tree(struct load *l)
{
    struct devtree tree;
    const char *problem;

    if (!l->tree || !devtree_open(&tree, l->tree, l->tree_bytes))
        refuse("the device tree", "is missing or damaged");
    problem = boot_tree_read(&tree, FIRST_HART_ID, &machine);
    if (problem)
        refuse("cannot start:", problem);
    l->memory = machine.memory;
    if (!ranges_remove_all(&l->memory, &machine.reserved))
        refuse("the device tree", "has too many memory ranges");
    l->tree_bytes = devtree_packed_bytes(&tree);
}

static void make_plan(struct load *l)
{
    struct range loader = {(uint64_t)loader_start, (uint64_t)loader_end};
    const char *problem =
        plan_make(&l->plan, loader_flavour, &l->kernel, &l->user,
                  (uint32_t)l->tree_bytes, &l->memory, loader);

    if (problem)
        refuse("cannot start:", problem);
}

static void place_headers(const struct load *l)
{
    uint8_t *page = (uint8_t *)l->plan.headers;

    if (!page)
        return;
    __builtin_memset(page, 0, PLAN_PAGE_BYTES);
    __builtin_memcpy(page, &l->user.header_count, 4);
    page[4] = ELF_HEADER_BYTES;
    __builtin_memcpy(page + 8, l->user.file + l->user.headers_offset,
                     (uint64_t)l->user.header_count * ELF_HEADER_BYTES);
}

/* The tree first: the firmware may have put it where the others go. */
static void place(const struct load *l)
{
    __builtin_memmove((void *)l->plan.tree.start, l->tree, l->tree_bytes);
    devtree_set_bytes((uint8_t *)l->plan.tree.start, (uint32_t)l->tree_bytes);
    elf_place(&l->kernel, (void *)l->plan.kernel.start);
    elf_place(&l->user, (void *)l->plan.user.start);
    place_headers(l);
}

/* 2 MiB leaves from both addresses rounded down to the end of the gigabyte
 * at `from'. */
static void map(uint64_t *root, uint64_t *table, uint64_t from, uint64_t to)
{
    root[from / PLAN_GIGA % PLAN_ENTRIES] =
        (uint64_t)table / PLAN_PAGE_BYTES << 10 | 1;
    for (uint64_t i = from / PLAN_MEGA % PLAN_ENTRIES,
                  at = to / PLAN_MEGA * PLAN_MEGA;
         i < PLAN_ENTRIES; i++, at += PLAN_MEGA)
        table[i] = at / PLAN_PAGE_BYTES << 10 | LEAF;
}

static uint64_t build_tables(const struct load *l)
{
    static uint64_t tables[3][PLAN_ENTRIES]
        __attribute__((aligned(PLAN_PAGE_BYTES)));

    map(tables[0], tables[1], (uint64_t)loader_start, (uint64_t)loader_start);
    map(tables[0], tables[2], l->kernel.start, l->plan.kernel.start);
    return SATP_SV39 + (uint64_t)tables[0] / PLAN_PAGE_BYTES;
}

void loader_main(uint64_t hart, uint64_t tree)
{
    static struct load l;

    if (hart != FIRST_HART_ID) {
        if (sbi_start_hart(FIRST_HART_ID, (uint64_t)_start, tree) != 0)
            refuse("cannot start:", "the kernel's hart is not there");
        sbi_stop_hart();
    }
    find_test_device((const uint8_t *)tree);
    open_archive(&l, (const uint8_t *)tree);
    read_tree(&l);
    make_plan(&l);
    place(&l);
    loader_enter(
        (uint64_t[6]){
            l.plan.user.start,
            l.plan.user.end,
            l.plan.user.start - l.user.start,
            l.user.entry,
            l.plan.tree.start,
            l.tree_bytes,
        },
        build_tables(&l), l.kernel.entry);
}
