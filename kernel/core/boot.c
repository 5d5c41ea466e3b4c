/* SPDX-License-Identifier: BSD-2-Clause */
/* The initial thread and its world (sel4-abi.md 6.2 - 6.7). */
#include "boot.h"
#include "arch.h"
#include "arch_pte.h"
#include "syscall.h"
#include "vspace.h"

#define PAGE_BYTES (UINT64_C(1) << ARCH_PAGE_BITS)
#define TREE_CHUNK 6u /* id of the extra bootinfo chunk */
#define NO_BLOCK   UINT64_MAX

struct slot_region {
    uint64_t start;
    uint64_t end; /* exclusive */
};

struct untyped_description {
    uint64_t base;
    uint8_t bits;
    uint8_t is_device;
    uint8_t padding[6];
};

/* The bootinfo frame as user level reads it (6.5). */
struct bootinfo {
    uint64_t extra_bytes;
    uint64_t node;
    uint64_t node_count;
    uint64_t io_levels;
    uint64_t buffer;
    struct slot_region empty;
    struct slot_region shared_frames;
    struct slot_region image_frames;
    struct slot_region image_tables;
    struct slot_region io_spaces;
    struct slot_region extra_frames;
    uint64_t cnode_bits;
    uint64_t domain;
    struct slot_region untyped;
    struct untyped_description list[];
};
_Static_assert(sizeof(struct bootinfo) == BOOT_INFO_BYTES(0),
               "the bootinfo is ABI");

struct extra_chunk {
    uint64_t id;
    uint64_t bytes; /* this header included */
};

/* What is known so far of the initial thread. */
struct root_task {
    struct kernel *k;
    struct boot *b;
    const char *problem; /* NULL so far */
    paddr_t cnode;
    paddr_t root_table;
    paddr_t asid_pool;
    paddr_t buffer;
    paddr_t info;
    paddr_t extra;
    paddr_t tcb;
    uint64_t extra_bytes; /* used */
    uint64_t extra_pages; /* with a capability each */
    uint64_t buffer_address;
    uint64_t info_address;
    uint64_t extra_address;
    uint64_t end_address; /* of all that is to have tables */
    uint64_t next_slot;
    uint64_t slots;
};

static void *memory_at(const struct root_task *t, paddr_t address)
{
    return (uint8_t *)kernel_slots(t->k) + address;
}

static struct bootinfo *info_of(const struct root_task *t)
{
    return memory_at(t, t->info);
}

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
    while (bits_size(bits) < pages * PAGE_BYTES)
        bits++;
    base = take_block(t, bits);
    if (!t->problem)
        ranges_add(&t->b->ram, base + pages * PAGE_BYTES,
                   base + bits_size(bits));
    return base;
}

static uint64_t pages_of(uint64_t bytes)
{
    return bytes / PAGE_BYTES + (bytes % PAGE_BYTES != 0);
}

/* Where everything is in the thread's address space (6.3). */
static void plan_addresses(struct root_task *t)
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
        start + bytes + (2 + extra_span) * PAGE_BYTES >= ARCH_USER_TOP) {
        t->problem = "the user image is not where user programs may be";
        return;
    }
    t->buffer_address = start + bytes;
    t->info_address = t->buffer_address + PAGE_BYTES;
    t->extra_address = t->info_address + PAGE_BYTES;
    t->end_address =
        t->extra_address + (t->extra_pages ? extra_span : 0) * PAGE_BYTES;
}

static uint8_t cnode_bytes_bits(const struct root_task *t)
{
    return (uint8_t)(t->b->root_cnode_bits + SLOT_BITS);
}

static void create_objects(struct root_task *t)
{
    uint8_t cnode_bits = cnode_bytes_bits(t);
    uint8_t tcb_bits = t->k->params.objects[OBJECT_TCB].bits;

    /* The larger first, so that nothing is lost to alignment. */
    if (t->extra_pages * PAGE_BYTES > bits_size(cnode_bits))
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

static void put_cap(struct root_task *t, uint64_t slot, struct cap cap)
{
    if (t->problem)
        return;
    kernel_insert_boot_cap(t->k, slot_at(t->cnode) + slot, &cap);
}

/* The next dynamic slot, or a problem. */
static uint64_t take_slot(struct root_task *t)
{
    if (t->next_slot == t->slots) {
        t->problem = "the root CNode is too small";
        return 0;
    }
    return t->next_slot++;
}

static struct cap mapped_cap(uint8_t type, paddr_t base, uint64_t address,
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

static void create_fixed_caps(struct root_task *t)
{
    struct cap cnode = {
        .type = CAP_CNODE,
        .base = t->cnode,
        .bits = cnode_bytes_bits(t),
        .word = WORD_BITS - t->b->root_cnode_bits,
    };
    struct cap tcb = {
        .type = CAP_TCB,
        .base = t->tcb,
        .bits = t->k->params.objects[OBJECT_TCB].bits,
    };
    struct cap pool = {
        .type = CAP_ASID_POOL,
        .base = t->asid_pool,
        .bits = ASID_POOL_BITS,
    };

    put_cap(t, BOOT_SLOT_TCB, tcb);
    put_cap(t, BOOT_SLOT_CNODE, cnode);
    put_cap(t, BOOT_SLOT_VSPACE,
            mapped_cap(CAP_PAGE_TABLE, t->root_table, 0, 0));
    put_cap(t, BOOT_SLOT_IRQ_CONTROL, (struct cap){.type = CAP_IRQ_CONTROL});
    put_cap(t, BOOT_SLOT_ASID_CONTROL, (struct cap){.type = CAP_ASID_CONTROL});
    put_cap(t, BOOT_SLOT_ASID_POOL, pool);
    put_cap(
        t, BOOT_SLOT_BOOTINFO,
        mapped_cap(CAP_FRAME, t->info, t->info_address, CAP_READ | CAP_WRITE));
    put_cap(t, BOOT_SLOT_BUFFER,
            mapped_cap(CAP_FRAME, t->buffer, t->buffer_address,
                       CAP_READ | CAP_WRITE));
    put_cap(t, BOOT_SLOT_DOMAIN, (struct cap){.type = CAP_DOMAIN});
}

/* One level of tables below the root, over everything that is mapped: each
 * covers 2^span_bits bytes. */
static void create_tables_of(struct root_task *t, unsigned span_bits)
{
    uint64_t first = t->b->image_start - t->b->image_offset;

    first = bits_up(bits_down(first, span_bits), span_bits);
    for (uint64_t at = first; at < t->end_address && !t->problem;
         at += bits_size(span_bits)) {
        uint64_t slot = take_slot(t);
        paddr_t table = take_block(t, ARCH_PAGE_BITS);
        struct vspace_place place = vspace_walk(t->k, t->root_table, at);

        if (t->problem)
            return;
        *place.entry = pte_table(table);
        put_cap(t, slot, mapped_cap(CAP_PAGE_TABLE, table, at, 0));
    }
}

static void create_address_space(struct root_task *t)
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
    info_of(t)->image_tables = (struct slot_region){first_slot, t->next_slot};
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
        uint64_t offset = i * PAGE_BYTES;
        uint64_t slot = take_slot(t);

        map_page(t, base + offset, address + offset);
        put_cap(t, slot,
                mapped_cap(CAP_FRAME, base + offset, address + offset,
                           CAP_READ | CAP_WRITE));
    }
    if (pages == 0)
        return (struct slot_region){0, 0};
    return (struct slot_region){first_slot, t->next_slot};
}

static void fill_extra(struct root_task *t)
{
    struct extra_chunk *chunk;
    const uint8_t *from = memory_at(t, t->b->tree);
    uint8_t *to;

    if (t->extra_bytes == 0)
        return;
    chunk = memory_at(t, t->extra);
    chunk->id = TREE_CHUNK;
    chunk->bytes = t->extra_bytes;
    to = (uint8_t *)(chunk + 1);
    for (uint64_t i = 0; i < t->b->tree_bytes; i++)
        to[i] = from[i];
}

static void map_everything(struct root_task *t)
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
    info_of(t)->extra_frames = extra;
    info_of(t)->image_frames = image;
}

/* One untyped: false once the list or the CNode is full. */
static bool create_untyped(struct root_task *t, paddr_t base, uint8_t bits,
                           bool device)
{
    struct bootinfo *info = info_of(t);
    uint64_t count = t->next_slot - info->untyped.start;
    struct cap cap = {
        .type = CAP_UNTYPED,
        .base = base,
        .bits = bits,
        .rights = device ? CAP_DEVICE : 0,
        .word = bits_size(bits), /* dirty: cleared before its first use */
    };

    if (count == t->b->untyped_slots_max || t->next_slot == t->slots)
        return false;
    info->list[count] = (struct untyped_description){
        .base = base,
        .bits = bits,
        .is_device = device,
    };
    put_cap(t, take_slot(t), cap);
    return true;
}

/* Cuts the ranges into the largest aligned blocks, ascending. */
static void create_untypeds_of(struct root_task *t, const struct ranges *ranges,
                               bool device)
{
    uint8_t bits_min = t->k->params.untyped_bits_min;
    uint8_t bits_max = t->k->params.untyped_bits_max;

    for (uint32_t i = 0; i < ranges->count; i++) {
        /* Odd bytes at the start are nobody's. */
        paddr_t at =
            bits_up(bits_down(ranges->range[i].start + bits_size(bits_min) - 1,
                              bits_min),
                    bits_min);
        uint8_t bits;

        while ((bits = range_block_bits(at, ranges->range[i].end, bits_min,
                                        bits_max)) != 0) {
            if (!create_untyped(t, at, bits, device))
                return;
            at += bits_size(bits);
        }
    }
}

static void create_untypeds(struct root_task *t)
{
    if (t->problem)
        return;
    info_of(t)->untyped.start = t->next_slot;
    create_untypeds_of(t, &t->b->device, true);
    create_untypeds_of(t, &t->b->reuse, false);
    create_untypeds_of(t, &t->b->ram, false);
    info_of(t)->untyped.end = t->next_slot;
}

static void finish_bootinfo(struct root_task *t)
{
    struct bootinfo *info;

    if (t->problem)
        return;
    info = info_of(t);
    info->extra_bytes = t->extra_bytes;
    info->node_count = 1;
    info->buffer = t->buffer_address;
    info->empty = (struct slot_region){t->next_slot, t->slots};
    info->cnode_bits = t->b->root_cnode_bits;
}

/* The TCB's own capabilities are copies (6.4). */
static void copy_to_tcb(struct root_task *t, enum tcb_slot n, uint64_t slot)
{
    struct slot *slots = kernel_slots(t->k);
    slotno_t source = slot_at(t->cnode) + slot;
    slotno_t dest = thread_slot(t->tcb, n);
    struct cap cap = cap_read(slots, source);

    if (cap.type == CAP_FRAME)
        cap = frame_derive(cap);
    cap_write(slots, dest, &cap);
    regions_insert_after(&t->k->regions, source, dest);
    slot_set_flags(slots, dest, 0);
}

static void start_thread(struct root_task *t)
{
    static const char name[] = "rootserver";
    struct thread *thread;

    if (t->problem)
        return;
    copy_to_tcb(t, TCB_CSPACE, BOOT_SLOT_CNODE);
    copy_to_tcb(t, TCB_VSPACE, BOOT_SLOT_VSPACE);
    copy_to_tcb(t, TCB_BUFFER, BOOT_SLOT_BUFFER);
    thread = thread_at(t->k, t->tcb);
    thread->buffer = t->buffer_address;
    thread->context.reg[REG_CAP] = t->info_address;
    thread->context.reg[REG_NEXT_IP] = t->b->image_entry;
    thread->context.reg[REG_FAULT_IP] = t->b->image_entry;
    for (unsigned i = 0; i < sizeof name; i++)
        thread->name[i] = name[i];
    kernel_start_thread(t->k, t->tcb);
    sched_finish(t->k);
}

const char *boot_start_root_task(struct kernel *k, struct boot *b)
{
    struct root_task t = {
        .k = k,
        .b = b,
        .next_slot = BOOT_SLOT_FIRST_FREE,
        .slots = bits_size(b->root_cnode_bits),
    };

    KERNEL_ASSERT(BOOT_INFO_BYTES(b->untyped_slots_max) <= PAGE_BYTES);
    plan_addresses(&t);
    create_objects(&t);
    create_fixed_caps(&t);
    create_address_space(&t);
    map_everything(&t);
    create_untypeds(&t);
    finish_bootinfo(&t);
    start_thread(&t);
    return t.problem;
}
