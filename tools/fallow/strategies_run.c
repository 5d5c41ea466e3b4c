/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "check.h"
#include "strategies_bed.h"

#define CHECK_BYTES_MAX (UINT64_C(1) << 20)

static void broken(struct strategies_outcome *outcome, const char *what,
                   uint64_t where)
{
    if (outcome->broken[0] == '\0')
        snprintf(outcome->broken, sizeof outcome->broken, "%s (0x%" PRIx64 ")",
                 what, where);
}

/* Is the object there, where the strategy says, alone and new? */
static void block_check(struct strategies_bed *bed,
                        const struct strategy_block *block,
                        const struct stream_object *object)
{
    const struct kernel_params *params = &bed->stream->params;
    struct slot *slots = kernel_slots(&bed->h->kernel);
    slotno_t i = strategies_bed_slot(bed, block->slot);

    if (slot_base(slots, i) != block->base ||
        slot_bits(slots, i) != block->size_bits ||
        block->size_bits != object->size_bits ||
        slot_type(slots, i) != params->objects[object->type].cap_type)
        broken(bed->outcome, "an object is not what was asked for",
               block->base);
}

static void peak_update(struct strategies_bed *bed)
{
    struct strategies_outcome *o = bed->outcome;

    if (bed->alive <= o->capabilities_peak)
        return;
    o->capabilities_peak = bed->alive;
    o->intermediate_peak = bed->alive - bed->objects_alive;
}

static void allocate(struct strategies_bed *bed, uint32_t number)
{
    const struct stream_object *object = &bed->stream->objects[number];
    struct strategies_outcome *o = bed->outcome;
    struct strategy_request request = {
        .type = object->type,
        .user_bits = object->user_bits,
        .size_bits = object->size_bits,
        .slot = bed->slots_free[bed->slots_free_count - 1],
    };
    struct strategy_block *block = &bed->blocks[number];
    uint64_t used;

    o->requests++;
    switch (o->strategy->allocate(bed->memory, &request, block)) {
    case STRATEGY_DONE:
        break;
    case STRATEGY_NO_MEMORY:
        o->no_memory++;
        return;
    case STRATEGY_TOO_LARGE:
        o->too_large++;
        return;
    case STRATEGY_NO_BOOKS:
        o->no_books++;
        return;
    default:
        broken(bed->outcome, "the kernel refused to make an object of request",
               number);
        return;
    }
    o->served++;
    bed->slots_free_count--;
    bed->objects_alive++;
    bed->bytes_alive += bits_size(object->size_bits);
    used = request.slot - bed->objects_slot + 1;
    o->slots_objects = used > o->slots_objects ? used : o->slots_objects;
    block_check(bed, block, object);
    peak_update(bed);
}

static void release(struct strategies_bed *bed, uint32_t number)
{
    struct strategy_block *block = &bed->blocks[number];
    struct slot *slots = kernel_slots(&bed->h->kernel);

    if (block->size_bits == 0) /* it was not served */
        return;
    if (bed->outcome->strategy->free(bed->memory, block) != STRATEGY_DONE)
        broken(bed->outcome, "the kernel refused to free", block->base);
    if (!slot_is_empty(slots, strategies_bed_slot(bed, block->slot)))
        broken(bed->outcome, "a freed object is still there", block->base);
    bed->slots_free[bed->slots_free_count++] = block->slot;
    bed->objects_alive--;
    bed->bytes_alive -= bits_size(block->size_bits);
    block->size_bits = 0;
}

/* Takes everything back, as the owner of the boot untypeds can, and looks at
 * what is left. */
static void reclaim(struct strategies_bed *bed)
{
    struct kernel *k = &bed->h->kernel;
    struct check_result result = kernel_check(k, CHECK_BYTES_MAX);
    uint64_t boot = bed->stream->region_count + 1;

    if (result.broken)
        broken(bed->outcome, result.broken, slot_address(result.slot));
    if (result.capabilities != boot + bed->alive)
        broken(bed->outcome, "capabilities were miscounted",
               result.capabilities);
    for (size_t i = 0; i < bed->stream->region_count; i++)
        if (strategies_bed_revoke(bed, bed->regions[i].slot) != 0)
            broken(bed->outcome, "the kernel refused to revoke",
                   bed->regions[i].base);
    result = kernel_check(k, CHECK_BYTES_MAX);
    if (result.broken)
        broken(bed->outcome, result.broken, slot_address(result.slot));
    if (result.capabilities != boot || bed->alive != 0)
        broken(bed->outcome, "capabilities are left", result.capabilities);
}

static bool events_run(struct strategies_bed *bed)
{
    const struct stream *s = bed->stream;
    struct strategies_outcome *o = bed->outcome;

    for (size_t i = 0; i < s->event_count && o->broken[0] == '\0'; i++) {
        if (s->events[i].allocate)
            allocate(bed, s->events[i].object);
        else
            release(bed, s->events[i].object);
        if (i + 1 != s->fullest)
            continue;
        o->largest_fullest_bits = o->strategy->largest_free_bits(bed->memory);
        o->served_fullest_bytes = bed->bytes_alive;
        if (!map_read(&o->fullest, &bed->h->kernel))
            return false;
        /* Without the environment's CNode. */
        map_crop(&o->fullest, 0, bed->ram_end);
    }
    return true;
}

static double seconds_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool bed_run(struct strategies_bed *bed)
{
    struct strategies_outcome *o = bed->outcome;
    const struct strategy *strategy = o->strategy;

    if (strategy->start(bed->memory, &bed->ops, &bed->config) != STRATEGY_DONE)
        broken(bed->outcome, "the strategy could not start; own slots",
               bed->config.slot_count);
    o->calls_start = o->calls;
    peak_update(bed);
    if (!events_run(bed))
        return false;
    o->largest_end_bits = strategy->largest_free_bits(bed->memory);
    o->slots_own = strategy->slots_used(bed->memory);
    o->cnode_bytes =
        SLOT_BYTES *
        (bits_size(strategies_bits_for(o->slots_objects)) +
         (o->slots_own == 0 ? 0
                            : bits_size(strategies_bits_for(o->slots_own))));
    o->bytes_cleared = bed->h->machine.cleared_bytes;
    if (o->broken[0] == '\0') {
        uint64_t calls = o->calls;

        reclaim(bed);
        o->calls = calls;
    }
    return true;
}

bool strategies_run(const struct strategy *strategy,
                    const struct stream *stream,
                    struct strategies_outcome *outcome)
{
    double start = seconds_now();
    struct strategies_bed bed;
    bool done;
    int saved;

    *outcome = (struct strategies_outcome){.strategy = strategy};
    if (stream->region_count == 0 || stream->object_count == 0) {
        broken(outcome, "there is no memory or no request", 0);
        return true;
    }
    done = strategies_bed_make(&bed, outcome, stream) && bed_run(&bed);
    saved = errno;
    strategies_bed_free(&bed);
    outcome->seconds = seconds_now() - start;
    errno = saved;
    return done;
}

void strategies_outcome_free(struct strategies_outcome *outcome)
{
    map_free(&outcome->fullest);
}
