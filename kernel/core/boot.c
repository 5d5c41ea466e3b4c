/* SPDX-License-Identifier: BSD-2-Clause */
/* The initial thread and its world (sel4-abi.md 6.2, 6.4 - 6.7). */
#include "arch.h"
#include "boot_task.h"
#include "syscall.h"

/* The next dynamic slot, or a problem. */
uint64_t boot_take_slot_(struct root_task *t)
{
    if (t->next_slot == t->slots) {
        t->problem = "the root CNode is too small";
        return 0;
    }
    return t->next_slot++;
}

void boot_put_cap_(struct root_task *t, uint64_t slot, struct cap cap)
{
    if (t->problem)
        return;
    kernel_insert_boot_cap(t->k, slot_at(t->cnode) + slot, &cap);
}

static void create_fixed_caps(struct root_task *t)
{
    struct cap cnode = {
        .type = CAP_CNODE,
        .base = t->cnode,
        .bits = boot_cnode_bits_(t),
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

    boot_put_cap_(t, BOOT_SLOT_TCB, tcb);
    boot_put_cap_(t, BOOT_SLOT_CNODE, cnode);
    boot_put_cap_(t, BOOT_SLOT_VSPACE,
                  boot_mapped_cap_(CAP_PAGE_TABLE, t->root_table, 0, 0));
    boot_put_cap_(t, BOOT_SLOT_IRQ_CONTROL,
                  (struct cap){.type = CAP_IRQ_CONTROL});
    boot_put_cap_(t, BOOT_SLOT_ASID_CONTROL,
                  (struct cap){.type = CAP_ASID_CONTROL});
    boot_put_cap_(t, BOOT_SLOT_ASID_POOL, pool);
    boot_put_cap_(t, BOOT_SLOT_BOOTINFO,
                  boot_mapped_cap_(CAP_FRAME, t->info, t->info_address,
                                   CAP_READ | CAP_WRITE));
    boot_put_cap_(t, BOOT_SLOT_BUFFER,
                  boot_mapped_cap_(CAP_FRAME, t->buffer, t->buffer_address,
                                   CAP_READ | CAP_WRITE));
    boot_put_cap_(t, BOOT_SLOT_DOMAIN, (struct cap){.type = CAP_DOMAIN});
}

/* One untyped: false once the list or the CNode is full. */
static bool create_untyped(struct root_task *t, paddr_t base, uint8_t bits,
                           bool device)
{
    struct bootinfo *info = boot_info_(t);
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
    boot_put_cap_(t, boot_take_slot_(t), cap);
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
    boot_info_(t)->untyped.start = t->next_slot;
    create_untypeds_of(t, &t->b->device, true);
    create_untypeds_of(t, &t->b->reuse, false);
    create_untypeds_of(t, &t->b->ram, false);
    boot_info_(t)->untyped.end = t->next_slot;
}

static void finish_bootinfo(struct root_task *t)
{
    struct bootinfo *info;

    if (t->problem)
        return;
    info = boot_info_(t);
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

    KERNEL_ASSERT(BOOT_INFO_BYTES(b->untyped_slots_max) <= BOOT_PAGE_BYTES);
    boot_plan_addresses_(&t);
    boot_create_objects_(&t);
    create_fixed_caps(&t);
    boot_create_tables_(&t);
    boot_map_everything_(&t);
    create_untypeds(&t);
    finish_bootinfo(&t);
    start_thread(&t);
    return t.problem;
}
