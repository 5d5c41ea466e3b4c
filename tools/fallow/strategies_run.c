/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "invoke.h"
#include "strategies.h"

#define FIRST_SLOT      16u /* below: those of the environment itself */
#define CHECK_BYTES_MAX (UINT64_C(1) << 20)

/* A machine with one root CNode outside of the managed RAM:
 *   | 2: itself | 16.. regions | objects | the strategy's own | */
struct bed {
    struct hosted_kernel *h;
    struct strategies_outcome *outcome;
    const struct stream *stream;
    struct strategy_region *regions;
    struct strategy_config config;
    struct strategy_ops ops;
    void *memory;                  /* the strategy's books */
    struct strategy_block *blocks; /* by object; size_bits 0: not served */
    uint64_t *slots_free;          /* of the client's */
    uint64_t slots_free_count;
    paddr_t ram_end;
    paddr_t cnode;
    unsigned radix;
    slotno_t root;          /* slot of the root CNode's capability */
    uint64_t objects_slot;  /* first of the client's */
    uint64_t alive;         /* capabilities made and not yet deleted */
    uint64_t objects_alive; /* of them: the client's */
    uint64_t bytes_alive;   /* in the client's blocks */
};

static void broken(struct bed *bed, const char *what, uint64_t where)
{
    if (bed->outcome->broken[0] == '\0')
        snprintf(bed->outcome->broken, sizeof bed->outcome->broken,
                 "%s (0x%" PRIx64 ")", what, where);
}

static slotno_t bed_slot(const struct bed *bed, uint64_t slot)
{
    return slot_at(bed->cnode) + slot;
}

/* One kernel call, repeated while it is interrupted. */
static int bed_invoke(struct bed *bed, const struct invocation *inv)
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

static int bed_make(struct bed *bed, uint64_t label, uint64_t untyped_slot,
                    const uint64_t *mr, uint32_t length)
{
    struct invocation inv = {
        .slot = bed_slot(bed, untyped_slot),
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

    return bed_make(context, LABEL_UNTYPED_RETYPE, untyped_slot, mr, 6);
}

static int bed_retype_at(void *context, uint64_t untyped_slot, uint64_t type,
                         unsigned size_bits, uint64_t slot,
                         uint64_t offset_bytes)
{
    uint64_t mr[] = {type, size_bits, 0, 0, slot, 1, offset_bytes};

    return bed_make(context, LABEL_UNTYPED_RETYPE_AT, untyped_slot, mr, 7);
}

static int bed_cnode_call(struct bed *bed, uint64_t label, uint64_t slot)
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

static int bed_revoke(void *context, uint64_t slot)
{
    return bed_cnode_call(context, LABEL_CNODE_REVOKE, slot);
}

static int bed_revoke_at(void *context, uint64_t untyped_slot,
                         uint64_t offset_bytes, unsigned size_bits)
{
    struct bed *bed = context;
    uint64_t mr[] = {offset_bytes, size_bits};
    struct invocation inv = {
        .slot = bed_slot(bed, untyped_slot),
        .label = LABEL_UNTYPED_REVOKE_AT,
        .length = 2,
        .mr = mr,
        .caller = SLOT_NIL,
    };

    return bed_invoke(bed, &inv);
}

static unsigned bits_for(uint64_t count)
{
    return count < 2 ? 0 : bits_top(count - 1) + 1;
}

/* Decides which slot is whose, and makes the machine. */
static bool machine_make(struct bed *bed)
{
    const struct stream *s = bed->stream;
    const struct strategy_region *last = &s->regions[s->region_count - 1];
    paddr_t low = s->regions[0].base / 4096 * 4096;
    paddr_t high = last->base + bits_size(last->size_bits);
    uint64_t own, cnode_bits;

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
    bed->radix = bits_for(bed->config.first_slot + own);
    cnode_bits = bed->radix + SLOT_BITS;
    if (cnode_bits < 12)
        bed->radix = 12 - SLOT_BITS, cnode_bits = 12;
    bed->cnode = (high + bits_size(cnode_bits) - 1) / bits_size(cnode_bits) *
                 bits_size(cnode_bits);
    bed->h = hosted_create(&s->params, low,
                           bed->cnode + bits_size(cnode_bits) - low);
    if (!bed->h)
        return false;
    bed->root = hosted_root_cnode(&bed->h->kernel, bed->cnode, bed->radix);
    for (size_t i = 0; i < s->region_count; i++)
        hosted_boot_untyped(&bed->h->kernel, bed_slot(bed, FIRST_SLOT + i),
                            s->regions[i].base, s->regions[i].size_bits, false);
    return true;
}

static bool bed_make_all(struct bed *bed)
{
    const struct stream *s = bed->stream;

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
        .revoke = bed_revoke,
        .revoke_at = bed_revoke_at,
    };
    bed->memory = calloc(1, bed->outcome->strategy->memory_bytes(&bed->config));
    return bed->memory != NULL;
}

static void bed_free(struct bed *bed)
{
    hosted_destroy(bed->h);
    free(bed->regions);
    free(bed->blocks);
    free(bed->slots_free);
    free(bed->memory);
}

/* Is the object there, where the strategy says, alone and new? */
static void block_check(struct bed *bed, const struct strategy_block *block,
                        const struct stream_object *object)
{
    const struct kernel_params *params = &bed->stream->params;
    struct slot *slots = kernel_slots(&bed->h->kernel);
    slotno_t i = bed_slot(bed, block->slot);

    if (slot_base(slots, i) != block->base ||
        slot_bits(slots, i) != block->size_bits ||
        block->size_bits != object->size_bits ||
        slot_type(slots, i) != params->objects[object->type].cap_type)
        broken(bed, "an object is not what was asked for", block->base);
}

static void peak_update(struct bed *bed)
{
    struct strategies_outcome *o = bed->outcome;

    if (bed->alive <= o->capabilities_peak)
        return;
    o->capabilities_peak = bed->alive;
    o->intermediate_peak = bed->alive - bed->objects_alive;
}

static void allocate(struct bed *bed, uint32_t number)
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
        broken(bed, "the kernel refused to make an object of request", number);
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

static void release(struct bed *bed, uint32_t number)
{
    struct strategy_block *block = &bed->blocks[number];
    struct slot *slots = kernel_slots(&bed->h->kernel);

    if (block->size_bits == 0) /* it was not served */
        return;
    if (bed->outcome->strategy->free(bed->memory, block) != STRATEGY_DONE)
        broken(bed, "the kernel refused to free", block->base);
    if (!slot_is_empty(slots, bed_slot(bed, block->slot)))
        broken(bed, "a freed object is still there", block->base);
    bed->slots_free[bed->slots_free_count++] = block->slot;
    bed->objects_alive--;
    bed->bytes_alive -= bits_size(block->size_bits);
    block->size_bits = 0;
}

/* Takes everything back, as the owner of the boot untypeds can, and looks at
 * what is left. */
static void reclaim(struct bed *bed)
{
    struct kernel *k = &bed->h->kernel;
    struct check_result result = kernel_check(k, CHECK_BYTES_MAX);
    uint64_t boot = bed->stream->region_count + 1;

    if (result.broken)
        broken(bed, result.broken, slot_address(result.slot));
    if (result.capabilities != boot + bed->alive)
        broken(bed, "capabilities were miscounted", result.capabilities);
    for (size_t i = 0; i < bed->stream->region_count; i++)
        if (bed_revoke(bed, bed->regions[i].slot) != 0)
            broken(bed, "the kernel refused to revoke", bed->regions[i].base);
    result = kernel_check(k, CHECK_BYTES_MAX);
    if (result.broken)
        broken(bed, result.broken, slot_address(result.slot));
    if (result.capabilities != boot || bed->alive != 0)
        broken(bed, "capabilities are left", result.capabilities);
}

static bool events_run(struct bed *bed)
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

static bool bed_run(struct bed *bed)
{
    struct strategies_outcome *o = bed->outcome;
    const struct strategy *strategy = o->strategy;

    if (strategy->start(bed->memory, &bed->ops, &bed->config) != STRATEGY_DONE)
        broken(bed, "the strategy could not start; own slots",
               bed->config.slot_count);
    o->calls_start = o->calls;
    peak_update(bed);
    if (!events_run(bed))
        return false;
    o->largest_end_bits = strategy->largest_free_bits(bed->memory);
    o->slots_own = strategy->slots_used(bed->memory);
    o->cnode_bytes =
        SLOT_BYTES *
        (bits_size(bits_for(o->slots_objects)) +
         (o->slots_own == 0 ? 0 : bits_size(bits_for(o->slots_own))));
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
    struct bed bed = {.outcome = outcome, .stream = stream};
    bool done;
    int saved;

    *outcome = (struct strategies_outcome){.strategy = strategy};
    if (stream->region_count == 0 || stream->object_count == 0) {
        broken(&bed, "there is no memory or no request", 0);
        return true;
    }
    done = bed_make_all(&bed) && bed_run(&bed);
    saved = errno;
    bed_free(&bed);
    outcome->seconds = seconds_now() - start;
    errno = saved;
    return done;
}

void strategies_outcome_free(struct strategies_outcome *outcome)
{
    map_free(&outcome->fullest);
}
