/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's state: its beginning, its first capabilities, and the account
 * of its work. */
#include "arch.h"

void kernel_init(struct kernel *k, struct slot *slots,
                 const struct kernel_params *params)
{
    KERNEL_ASSERT(params->window_bits >= SLOT_BITS &&
                  params->window_bits <= WINDOW_BITS_MAX);
    KERNEL_ASSERT(params->object_types > OBJECT_CNODE &&
                  params->object_types <= OBJECT_TYPES_MAX);
    KERNEL_ASSERT(params->untyped_bits_min >= 4);
    *k = (struct kernel){.params = *params};
    regions_init(&k->regions, slots, params->window_bits);
}

void kernel_insert_boot_cap(struct kernel *k, slotno_t i, const struct cap *cap)
{
    struct slot *slots = kernel_slots(k);

    KERNEL_ASSERT(slot_is_empty(slots, i));
    cap_write(slots, i, cap);
    regions_insert(&k->regions, i);
    slot_set_flags(slots, i, SLOT_REVOCABLE + SLOT_FIRST_BADGED);
}

void kernel_work_slots(struct kernel *k, uint64_t slot_count)
{
    k->total.slots += slot_count;
}

void kernel_work_bytes(struct kernel *k, uint64_t byte_count)
{
    k->total.bytes += byte_count;
}

static struct work work_since(const struct work *then, const struct work *now)
{
    return (struct work){
        .visits = now->visits - then->visits,
        .slots = now->slots - then->slots,
        .bytes = now->bytes - then->bytes,
    };
}

/* Ends a stretch of work. */
static struct work close_stretch(struct kernel *k)
{
    struct work stretch;

    k->total.visits = k->regions.visits;
    stretch = work_since(&k->last_point, &k->total);
    arch_stretch(k, &stretch);
    return stretch;
}

void kernel_enter(struct kernel *k)
{
    k->total.visits = k->regions.visits;
    k->last_point = k->total;
}

void kernel_leave(struct kernel *k)
{
    close_stretch(k);
}

/* Weights.  A unit is a cache line that is cleared; a visit reads one and
 * decides; a slot that is emptied takes a capability out of its derivation and
 * its object out of service.  A unit is about 11 instructions, as measured on
 * the machine (bench/). */
#define WORK_PER_VISIT      2u
#define WORK_PER_SLOT       20u
#define WORK_BYTES_PER_UNIT 64u

bool kernel_preempt_point(struct kernel *k)
{
    struct work stretch = close_stretch(k);
    uint64_t units = stretch.visits * WORK_PER_VISIT +
                     stretch.slots * WORK_PER_SLOT +
                     stretch.bytes / WORK_BYTES_PER_UNIT;

    if (units < k->params.work_limit)
        return false;
    k->last_point = k->total;
    return arch_preempt_pending(k);
}
