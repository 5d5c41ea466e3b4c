/* SPDX-License-Identifier: BSD-2-Clause */
#include "strategies_bed.h"

#include <stdlib.h>

#include "invoke.h"

#define FIRST_SLOT 16u /* below: those of the environment itself */
#define PAGE_BITS  12u

slotno_t strategies_bed_slot(const struct strategies_bed *bed, uint64_t slot)
{
    return slot_at(bed->cnode) + slot;
}

/* One kernel call, repeated while it is interrupted. */
static int bed_invoke(struct strategies_bed *bed, const struct invocation *inv)
{
    struct kernel *k = &bed->h->kernel;
    uint64_t emptied = k->slots_emptied;
    struct reply reply;

    bed->outcome->calls++;
    while (invoke(k, inv, &reply) == OUTCOME_PREEMPTED)
        ;
    bed->alive -= k->slots_emptied - emptied;
    return (int)reply.label;
}

static int retype_call(struct strategies_bed *bed, uint64_t label,
                       uint64_t untyped_slot, const uint64_t *mr,
                       uint32_t length)
{
    struct invocation inv = {
        .slot = strategies_bed_slot(bed, untyped_slot),
        .label = label,
        .length = length,
        .mr = mr,
        .cap_count = 1,
        .cap = {bed->root},
        .caller = SLOT_NIL,
    };
    int error = bed_invoke(bed, &inv);

    if (error == 0)
        bed->alive += mr[5];
    return error;
}

static int bed_retype(void *context, uint64_t untyped_slot, uint64_t type,
                      unsigned size_bits, uint64_t first_slot, unsigned count)
{
    uint64_t mr[] = {type, size_bits, 0, 0, first_slot, count};

    return retype_call(context, LABEL_UNTYPED_RETYPE, untyped_slot, mr, 6);
}

static int bed_retype_at(void *context, uint64_t untyped_slot, uint64_t type,
                         unsigned size_bits, uint64_t slot,
                         uint64_t offset_bytes)
{
    uint64_t mr[] = {type, size_bits, 0, 0, slot, 1, offset_bytes};

    return retype_call(context, LABEL_UNTYPED_RETYPE_AT, untyped_slot, mr, 7);
}

static int bed_cnode_call(struct strategies_bed *bed, uint64_t label,
                          uint64_t slot)
{
    uint64_t mr[] = {slot, WORD_BITS};
    struct invocation inv = {
        .slot = bed->root,
        .label = label,
        .length = 2,
        .mr = mr,
        .caller = SLOT_NIL,
    };

    return bed_invoke(bed, &inv);
}

static int bed_delete(void *context, uint64_t slot)
{
    return bed_cnode_call(context, LABEL_CNODE_DELETE, slot);
}

int strategies_bed_revoke(void *context, uint64_t slot)
{
    return bed_cnode_call(context, LABEL_CNODE_REVOKE, slot);
}

static int bed_revoke_at(void *context, uint64_t untyped_slot,
                         uint64_t offset_bytes, unsigned size_bits)
{
    struct strategies_bed *bed = context;
    uint64_t mr[] = {offset_bytes, size_bits};
    struct invocation inv = {
        .slot = strategies_bed_slot(bed, untyped_slot),
        .label = LABEL_UNTYPED_REVOKE_AT,
        .length = 2,
        .mr = mr,
        .caller = SLOT_NIL,
    };

    return bed_invoke(bed, &inv);
}

/* Decides which slot is whose, and makes the machine. */
static bool machine_make(struct strategies_bed *bed)
{
    const struct stream *s = bed->stream;
    const struct strategy_region *last = &s->regions[s->region_count - 1];
    paddr_t low = bits_up(bits_down(s->regions[0].base, PAGE_BITS), PAGE_BITS);
    paddr_t high = last->base + bits_size(last->size_bits);
    unsigned cnode_bits;
    uint64_t own;

    bed->config = (struct strategy_config){
        .regions = bed->regions,
        .region_count = (uint32_t)s->region_count,
        .blocks_max = (uint32_t)s->alive_peak,
        .fanout = s->params.fanout,
    };
    for (size_t i = 0; i < s->region_count; i++) {
        bed->regions[i] = s->regions[i];
        bed->regions[i].slot = FIRST_SLOT + i;
    }
    bed->ram_end = high;
    own = bed->outcome->strategy->slots_wanted(&bed->config);
    bed->objects_slot = FIRST_SLOT + s->region_count;
    bed->config.first_slot = bed->objects_slot + s->alive_peak;
    bed->config.slot_count = (uint32_t)own;
    cnode_bits = strategies_bits_for(bed->config.first_slot + own) + SLOT_BITS;
    cnode_bits = cnode_bits < PAGE_BITS ? PAGE_BITS : cnode_bits;
    bed->radix = cnode_bits - SLOT_BITS;
    bed->cnode = bits_up(
        bits_down(high + bits_size(cnode_bits) - 1, cnode_bits), cnode_bits);
    bed->h = hosted_create(&s->params, low,
                           bed->cnode + bits_size(cnode_bits) - low);
    if (!bed->h)
        return false;
    bed->root = hosted_root_cnode(&bed->h->kernel, bed->cnode, bed->radix);
    for (size_t i = 0; i < s->region_count; i++)
        hosted_boot_untyped(&bed->h->kernel,
                            strategies_bed_slot(bed, FIRST_SLOT + i),
                            s->regions[i].base, s->regions[i].size_bits, false);
    return true;
}

bool strategies_bed_make(struct strategies_bed *bed,
                         struct strategies_outcome *outcome,
                         const struct stream *stream)
{
    const struct stream *s = stream;

    *bed = (struct strategies_bed){.outcome = outcome, .stream = stream};
    bed->regions = calloc(s->region_count, sizeof *bed->regions);
    bed->blocks = calloc(s->object_count, sizeof *bed->blocks);
    bed->slots_free = calloc(s->alive_peak, sizeof *bed->slots_free);
    if (!bed->regions || !bed->blocks || !bed->slots_free || !machine_make(bed))
        return false;
    while (bed->slots_free_count < s->alive_peak) {
        bed->slots_free[bed->slots_free_count] =
            bed->objects_slot + s->alive_peak - 1 - bed->slots_free_count;
        bed->slots_free_count++;
    }
    bed->ops = (struct strategy_ops){
        .context = bed,
        .retype = bed_retype,
        .retype_at = bed_retype_at,
        .delete = bed_delete,
        .revoke = strategies_bed_revoke,
        .revoke_at = bed_revoke_at,
    };
    bed->memory = calloc(1, bed->outcome->strategy->memory_bytes(&bed->config));
    return bed->memory != NULL;
}

void strategies_bed_free(struct strategies_bed *bed)
{
    hosted_destroy(bed->h);
    free(bed->regions);
    free(bed->blocks);
    free(bed->slots_free);
    free(bed->memory);
}
