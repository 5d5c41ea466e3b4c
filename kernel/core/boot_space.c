/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory for the initial thread's objects, and its address space (sel4-abi.md
 * 6.3). */
#include "arch.h"
#include "boot_task.h"

#define TREE_CHUNK 6u /* id of the extra bootinfo chunk */

struct extra_chunk {
    uint64_t id;
    uint64_t bytes; /* this header included */
};

/* A zeroed block from the top of free memory; 0 and a problem if there is
 * none. */
static paddr_t take_block(struct root_task *t, uint8_t bits)
{
    uint64_t bytes = bits_size(bits);
    paddr_t base;

    if (t->problem)
        return 0;
    if (!ranges_find_top(&t->b->ram, bits, &base) ||
        !ranges_remove(&t->b->ram, base, base + bytes)) {
        t->problem = "not enough memory for the root task's objects";
        return 0;
    }
    arch_clear(t->k, base, bytes);
    return base;
}

/* So many pages in a row, with nothing lost to their alignment. */
static paddr_t take_pages(struct root_task *t, uint64_t pages)
{
    uint8_t bits = ARCH_PAGE_BITS;
    paddr_t base;

    if (pages == 0)
        return 0;
    while (bits_size(bits) < pages * BOOT_PAGE_BYTES)
        bits++;
    base = take_block(t, bits);
    if (!t->problem)
        ranges_add(&t->b->ram, base + pages * BOOT_PAGE_BYTES,
                   base + bits_size(bits));
    return base;
}

static uint64_t pages_of(uint64_t bytes)
{
    return bytes / BOOT_PAGE_BYTES + (bytes % BOOT_PAGE_BYTES != 0);
}

/* Where everything is in the thread's address space (6.3). */
void boot_plan_addresses_(struct root_task *t)
{
    const struct boot *b = t->b;
    uint64_t start = b->image_start - b->image_offset;
    uint64_t bytes = b->image_end - b->image_start;
    uint64_t extra_span = 1;

    if (b->tree_bytes > 0)
        t->extra_bytes = sizeof(struct extra_chunk) + b->tree_bytes;
    t->extra_pages = pages_of(t->extra_bytes);
    while (extra_span < t->extra_pages)
        extra_span *= 2;
    if (b->image_start >= b->image_end ||
        !bits_aligned(b->image_start | b->image_end | start, ARCH_PAGE_BITS)) {
        t->problem = "the user image is not in whole pages";
        return;
    }
    if (start >= ARCH_USER_TOP || bytes >= ARCH_USER_TOP ||
        t->extra_bytes >= ARCH_USER_TOP ||
        start + bytes + (2 + extra_span) * BOOT_PAGE_BYTES >= ARCH_USER_TOP) {
        t->problem = "the user image is not where user programs may be";
        return;
    }
    t->buffer_address = start + bytes;
    t->info_address = t->buffer_address + BOOT_PAGE_BYTES;
    t->extra_address = t->info_address + BOOT_PAGE_BYTES;
    t->end_address =
        t->extra_address + (t->extra_pages ? extra_span : 0) * BOOT_PAGE_BYTES;
}

uint8_t boot_cnode_bits_(const struct root_task *t)
{
    return (uint8_t)(t->b->root_cnode_bits + SLOT_BITS);
}

void boot_create_objects_(struct root_task *t)
{
    uint8_t cnode_bits = boot_cnode_bits_(t);
    uint8_t tcb_bits = t->k->params.objects[OBJECT_TCB].bits;

    /* The larger first, so that nothing is lost to alignment. */
    if (t->extra_pages * BOOT_PAGE_BYTES > bits_size(cnode_bits))
        t->extra = take_pages(t, t->extra_pages);
    t->cnode = take_block(t, cnode_bits);
    if (t->extra == 0)
        t->extra = take_pages(t, t->extra_pages);
    t->root_table = take_block(t, ARCH_PAGE_BITS);
    t->asid_pool = take_block(t, ASID_POOL_BITS);
    t->buffer = take_block(t, ARCH_PAGE_BITS);
    t->info = take_block(t, ARCH_PAGE_BITS);
    t->tcb = take_block(t, tcb_bits);
}

struct cap boot_mapped_cap_(uint8_t type, paddr_t base, uint64_t address,
                            uint8_t rights)
{
    return (struct cap){
        .type = type,
        .base = base,
        .bits = ARCH_PAGE_BITS,
        .rights = (uint8_t)(rights | CAP_MAPPED),
        .word = vspace_word(BOOT_ASID, address),
    };
}

/* One level of tables below the root, over everything that is mapped: each
 * covers 2^span_bits bytes. */
static void create_tables_of(struct root_task *t, unsigned span_bits)
{
    uint64_t first = t->b->image_start - t->b->image_offset;

    first = bits_up(bits_down(first, span_bits), span_bits);
    for (uint64_t at = first; at < t->end_address && !t->problem;
         at += bits_size(span_bits)) {
        uint64_t slot = boot_take_slot_(t);
        paddr_t table = take_block(t, ARCH_PAGE_BITS);
        struct vspace_place place = vspace_walk(t->k, t->root_table, at);

        if (t->problem)
            return;
        *place.entry = pte_table(table);
        boot_put_cap_(t, slot, boot_mapped_cap_(CAP_PAGE_TABLE, table, at, 0));
    }
}

void boot_create_tables_(struct root_task *t)
{
    uint64_t first_slot = t->next_slot;
    unsigned top_bits =
        ARCH_PAGE_BITS + ARCH_TABLE_INDEX_BITS * (ARCH_TABLE_LEVELS - 1);

    if (t->problem)
        return;
    arch_space_init_root(t->k, t->root_table);
    for (unsigned span = top_bits; span > ARCH_PAGE_BITS;
         span -= ARCH_TABLE_INDEX_BITS)
        create_tables_of(t, span);
    if (t->problem)
        return;
    boot_info_(t)->image_tables =
        (struct slot_region){first_slot, t->next_slot};
    asid_register_pool(t->k, 0, t->asid_pool);
    asid_set_root(t->k, BOOT_ASID, t->root_table);
}

/* User level reads, writes and executes its first pages (6.2). */
static void map_page(struct root_task *t, paddr_t page, uint64_t address)
{
    if (!t->problem)
        *vspace_walk(t->k, t->root_table, address).entry =
            pte_leaf(page, CAP_READ | CAP_WRITE, 0);
}

/* Pages with a capability each, in consecutive slots. */
static struct slot_region map_pages(struct root_task *t, paddr_t base,
                                    uint64_t pages, uint64_t address)
{
    uint64_t first_slot = t->next_slot;

    for (uint64_t i = 0; i < pages && !t->problem; i++) {
        uint64_t offset = i * BOOT_PAGE_BYTES;
        uint64_t slot = boot_take_slot_(t);

        map_page(t, base + offset, address + offset);
        boot_put_cap_(t, slot,
                      boot_mapped_cap_(CAP_FRAME, base + offset,
                                       address + offset, CAP_READ | CAP_WRITE));
    }
    if (pages == 0)
        return (struct slot_region){0, 0};
    return (struct slot_region){first_slot, t->next_slot};
}

static void fill_extra(struct root_task *t)
{
    struct extra_chunk *chunk;
    const uint8_t *from = boot_memory_(t, t->b->tree);
    uint8_t *to;

    if (t->extra_bytes == 0)
        return;
    chunk = boot_memory_(t, t->extra);
    chunk->id = TREE_CHUNK;
    chunk->bytes = t->extra_bytes;
    to = (uint8_t *)(chunk + 1);
    for (uint64_t i = 0; i < t->b->tree_bytes; i++)
        to[i] = from[i];
}

void boot_map_everything_(struct root_task *t)
{
    const struct boot *b = t->b;
    struct slot_region extra;
    struct slot_region image;

    if (t->problem)
        return;
    extra = map_pages(t, t->extra, t->extra_pages, t->extra_address);
    image =
        map_pages(t, b->image_start, pages_of(b->image_end - b->image_start),
                  b->image_start - b->image_offset);
    map_page(t, t->buffer, t->buffer_address);
    map_page(t, t->info, t->info_address);
    if (t->problem)
        return;
    fill_extra(t);
    boot_info_(t)->extra_frames = extra;
    boot_info_(t)->image_frames = image;
}
