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
#include "elf.h"
#include "sbi.h"

#define PAGE_BYTES    UINT64_C(4096)
#define MEGA          (UINT64_C(1) << 21)
#define GIGA          (UINT64_C(1) << 30)
#define TABLE_ENTRIES 512u
#define LEAF          UINT64_C(0xcf) /* valid, R W X, accessed, dirty */
#define SATP_SV39     (UINT64_C(8) << 60)

extern char loader_start[];
extern char loader_end[];
extern const uint8_t archive_start[];
extern const uint8_t archive_end[];

_Noreturn void loader_main(uint64_t hart, uint64_t tree);
_Noreturn void loader_enter(const uint64_t registers[6], uint64_t satp,
                            uint64_t entry);
void _start(void);

struct load {
    struct elf kernel;
    struct elf user;
    const uint8_t *tree;
    uint64_t tree_bytes; /* at first: at most so many */
    struct range kernel_at;
    struct range tree_at;
    struct range user_at; /* without the page of program headers */
    struct ranges memory;
};

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
    sbi_shutdown();
}

static uint64_t page_up(uint64_t address)
{
    return (address + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

static void open_program(struct elf *elf, const struct cpio_file *file)
{
    const char *problem = elf_open(elf, file->data, file->bytes);

    if (problem)
        refuse(file->name, problem);
    if (elf->start % PAGE_BYTES != 0)
        refuse(file->name, "does not begin at a page");
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

/* What of the machine we may write to. */
static void read_tree(struct load *l)
{
    static struct boot_tree machine;
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

static void plan(struct load *l)
{
    uint64_t kernel_bytes = page_up(l->kernel.end - l->kernel.start);
    uint64_t user_bytes = page_up(l->user.end - l->user.start);
    uint64_t kernel_slot = l->kernel.start / GIGA % TABLE_ENTRIES;

    if (l->kernel.physical % PAGE_BYTES != 0 ||
        l->kernel.start % MEGA != l->kernel.physical % MEGA)
        refuse("kernel.elf", "has addresses that no table can map");
    if (kernel_bytes > GIGA ||
        (l->kernel.end - 1) / GIGA % TABLE_ENTRIES != kernel_slot ||
        (uint64_t)loader_start / GIGA == kernel_slot)
        refuse("kernel.elf", "does not fit a gigabyte of its own");
    l->kernel_at.start = l->kernel.physical;
    l->kernel_at.end = l->kernel.physical + kernel_bytes;
    l->tree_at.start = l->kernel_at.end;
    l->tree_at.end = l->tree_at.start + l->tree_bytes;
    l->user_at.start = page_up(l->tree_at.end);
    l->user_at.end = l->user_at.start + user_bytes;
    if (user_bytes > UINT64_MAX / 2 ||
        !ranges_contain(&l->memory, l->kernel_at.start,
                        l->user_at.end + PAGE_BYTES))
        refuse("kernel and program", "do not fit this machine's memory");
    if (l->kernel_at.start < (uint64_t)loader_end &&
        l->user_at.end + PAGE_BYTES > (uint64_t)loader_start)
        refuse("kernel and program", "would overlap the loader");
}

/* The tree first: the firmware may have put it where the others go. */
static void place(const struct load *l)
{
    uint8_t *headers = (uint8_t *)l->user_at.end;
    uint32_t bytes = l->user.header_count * ELF_HEADER_BYTES;

    __builtin_memmove((void *)l->tree_at.start, l->tree, l->tree_bytes);
    devtree_set_bytes((uint8_t *)l->tree_at.start, l->tree_bytes);
    elf_place(&l->kernel, (void *)l->kernel_at.start);
    elf_place(&l->user, (void *)l->user_at.start);
    __builtin_memset(headers, 0, PAGE_BYTES);
    __builtin_memcpy(headers, &l->user.header_count, 4);
    headers[4] = ELF_HEADER_BYTES;
    __builtin_memcpy(headers + 8, l->user.file + l->user.headers_offset, bytes);
}

/* 2 MiB leaves from both addresses rounded down to the end of the gigabyte
 * at `from'. */
static void map(uint64_t *root, uint64_t *table, uint64_t from, uint64_t to)
{
    root[from / GIGA % TABLE_ENTRIES] = (uint64_t)table / PAGE_BYTES << 10 | 1;
    for (uint64_t i = from / MEGA % TABLE_ENTRIES, at = to / MEGA * MEGA;
         i < TABLE_ENTRIES; i++, at += MEGA)
        table[i] = at / PAGE_BYTES << 10 | LEAF;
}

static uint64_t build_tables(const struct load *l)
{
    static uint64_t tables[3][TABLE_ENTRIES]
        __attribute__((aligned(PAGE_BYTES)));

    map(tables[0], tables[1], (uint64_t)loader_start, (uint64_t)loader_start);
    map(tables[0], tables[2], l->kernel.start, l->kernel_at.start);
    return SATP_SV39 + (uint64_t)tables[0] / PAGE_BYTES;
}

void loader_main(uint64_t hart, uint64_t tree)
{
    static struct load l;

    if (hart != FIRST_HART_ID) {
        sbi_start_hart(FIRST_HART_ID, (uint64_t)_start, tree);
        sbi_stop_hart();
    }
    open_archive(&l, (const uint8_t *)tree);
    read_tree(&l);
    plan(&l);
    place(&l);
    loader_enter(
        (uint64_t[6]){
            l.user_at.start,
            l.user_at.end,
            l.user_at.start - l.user.start,
            l.user.entry,
            l.tree_at.start,
            l.tree_bytes,
        },
        build_tables(&l), l.kernel.entry);
}
