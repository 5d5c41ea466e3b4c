/* SPDX-License-Identifier: BSD-2-Clause */
/* The three allocators against a plain list of what is in use: random
 * requests on a small machine, the whole kernel state checked after each,
 * and every kernel call refused once at every place where it is made. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"
#include "seed.h"
#include "strategies_bed.h"

#define BLOCKS 24u /* in use at once, at most */
#define STEPS  8000u

/* A bed whose kernel calls can be made to fail. */
struct test {
    struct strategies_bed bed;
    struct strategies_outcome outcome;
    struct strategy_ops real;
    struct stream stream;
    struct strategy_block blocks[BLOCKS];
    bool used[BLOCKS];
    uint64_t refuse_in; /* the n-th call from now on fails; 0: none */
    uint64_t refused;
    uint64_t faults; /* what went wrong, over all steps */
};

static struct test test;

static void fault(const char *what, uint64_t where)
{
    tap_diag("%s: %s, 0x%lx", test.outcome.strategy->name, what,
             (unsigned long)where);
    test.faults++;
}

static bool refuse(void)
{
    if (test.refuse_in == 0 || --test.refuse_in != 0)
        return false;
    test.refused++;
    return true;
}

static int refusing_retype(void *context, uint64_t untyped, uint64_t type,
                           unsigned size_bits, uint64_t slot, unsigned count)
{
    return refuse() ? 10
                    : test.real.retype(context, untyped, type, size_bits, slot,
                                       count);
}

static int refusing_retype_at(void *context, uint64_t untyped, uint64_t type,
                              unsigned size_bits, uint64_t slot,
                              uint64_t offset)
{
    return refuse() ? 10
                    : test.real.retype_at(context, untyped, type, size_bits,
                                          slot, offset);
}

/* Regions of unequal sizes, with a hole between the second and the third. */
static void test_start(const struct strategy *strategy)
{
    static struct strategy_region regions[] = {
        {.base = 0x10000, .size_bits = 14},
        {.base = 0x14000, .size_bits = 12},
        {.base = 0x18000, .size_bits = 15},
        {.base = 0x20000, .size_bits = 6},
    };

    memset(&test, 0, sizeof test);
    test.stream.params = fixture_params_small();
    test.stream.params.window_bits = 24;
    test.stream.regions = regions;
    test.stream.region_count = sizeof regions / sizeof regions[0];
    test.stream.object_count = BLOCKS;
    test.stream.alive_peak = BLOCKS;
    test.outcome.strategy = strategy;
    if (!strategies_bed_make(&test.bed, &test.outcome, &test.stream))
        abort();
    test.real = test.bed.ops;
    if (strategy->start(test.bed.memory, &test.bed.ops, &test.bed.config) !=
        STRATEGY_DONE)
        fault("does not start", 0);
    test.bed.ops.retype = refusing_retype;
    test.bed.ops.retype_at = refusing_retype_at;
}

static struct strategy_request request_make(unsigned i, struct seed *seed)
{
    static const struct {
        uint8_t type, bits;
    } kinds[] = {
        {OBJECT_ENDPOINT, 4}, {OBJECT_NOTIFICATION, 5}, {OBJECT_TCB, 8},
        {TYPE_PAGE, 8},       {TYPE_PAGE, 8},           {TYPE_MEGA, 10},
        {TYPE_GIGA, 12},      {TYPE_TABLE, 8},
    };
    struct strategy_request r = {.slot = test.bed.slots_free[i]};
    uint64_t kind = seed_below(seed, 10);

    if (kind == 8) {
        r.type = OBJECT_CNODE;
        r.user_bits = (uint8_t)(1 + seed_below(seed, 8));
        r.size_bits = r.user_bits + SLOT_BITS;
    } else if (kind == 9) {
        r.type = OBJECT_UNTYPED;
        r.user_bits = r.size_bits = (uint8_t)(4 + seed_below(seed, 12));
    } else {
        r.type = kinds[kind].type;
        r.size_bits = kinds[kind].bits;
    }
    return r;
}

/* Is the block where nothing else is, in a region, made and cleared? */
static void block_check(unsigned i, const struct strategy_request *r)
{
    const struct strategy_block *b = &test.blocks[i];
    struct kernel *k = &test.bed.h->kernel;
    const struct slot *slots = kernel_slots(k);
    slotno_t at = strategies_bed_slot(&test.bed, r->slot);
    const uint8_t *bytes = hosted_memory(k, b->base);
    uint64_t size = bits_size(r->size_bits);
    bool inside = false;

    if (b->size_bits != r->size_bits || b->slot != r->slot ||
        slot_base(slots, at) != b->base || slot_bits(slots, at) != b->size_bits)
        fault("block is not what was asked for", b->base);
    for (unsigned j = 0; j < BLOCKS; j++)
        if (j != i && test.used[j] &&
            b->base <
                test.blocks[j].base + bits_size(test.blocks[j].size_bits) &&
            test.blocks[j].base < b->base + size)
            fault("blocks overlap", b->base);
    for (size_t n = 0; n < test.stream.region_count; n++) {
        const struct strategy_region *region = &test.stream.regions[n];

        inside = inside || (b->base >= region->base &&
                            b->base + size <=
                                region->base + bits_size(region->size_bits));
    }
    if (!inside)
        fault("block is outside of the memory", b->base);
    for (uint64_t n = 0; r->type != OBJECT_UNTYPED && n < size; n++)
        if (bytes[n] != 0) {
            fault("block is not clear", b->base + n);
            break;
        }
}

static bool is_free(paddr_t from, uint64_t size)
{
    for (unsigned i = 0; i < BLOCKS; i++) {
        const struct strategy_block *b = &test.blocks[i];

        if (test.used[i] && b->base < from + size &&
            from < b->base + bits_size(b->size_bits))
            return false;
    }
    return true;
}

/* The largest aligned block of a region in which no block in use lies: none
 * of the three may lose any of it, but the slab never has more than pages. */
static int largest_free(void)
{
    bool pages = test.outcome.strategy == &strategy_slab;

    for (int bits = pages ? 12 : 15; bits >= (pages ? 12 : 4); bits--)
        for (size_t n = 0; n < test.stream.region_count; n++) {
            const struct strategy_region *r = &test.stream.regions[n];
            uint64_t size = bits_size((unsigned)bits);

            for (uint64_t at = 0; at + size <= bits_size(r->size_bits);
                 at += size)
                if (is_free(r->base + at, size))
                    return bits;
        }
    return -1;
}

/* As the owner of a frame would: what is freed is never clean. */
static void block_soil(const struct strategy_block *b, uint64_t type)
{
    if (type == TYPE_PAGE || type == TYPE_MEGA || type == TYPE_GIGA)
        memset(hosted_memory(&test.bed.h->kernel, b->base), 0xa5,
               bits_size(b->size_bits));
}

/* Nothing is left behind by a call that failed. */
static void step_allocate(unsigned i, struct seed *seed)
{
    const struct strategy *s = test.outcome.strategy;
    struct strategy_request r = request_make(i, seed);
    int largest = s->largest_free_bits(test.bed.memory);
    uint64_t alive = test.bed.alive;
    enum strategy_result result;

    if (seed_below(seed, 3) == 0)
        test.refuse_in = 1 + seed_below(seed, 4);
    result = s->allocate(test.bed.memory, &r, &test.blocks[i]);
    if (result == STRATEGY_DONE) {
        test.used[i] = true;
        block_check(i, &r);
        block_soil(&test.blocks[i], r.type);
        if (r.size_bits > largest)
            fault("gave more than it said it could", r.size_bits);
    } else {
        if (test.bed.alive != alive ||
            s->largest_free_bits(test.bed.memory) != largest)
            fault("a failed request left something behind", test.bed.alive);
        if (result == STRATEGY_NO_BOOKS)
            fault("has no slots left", r.size_bits);
        if (result == STRATEGY_REFUSED && test.refuse_in != 0)
            fault("was refused by the kernel itself", r.size_bits);
        if (result == STRATEGY_NO_MEMORY && r.size_bits <= largest)
            fault("did not give what it said it could", r.size_bits);
    }
    test.refuse_in = 0;
}

static void step(struct seed *seed)
{
    unsigned i = (unsigned)seed_below(seed, BLOCKS);
    struct check_result result;

    if (!test.used[i]) {
        step_allocate(i, seed);
    } else {
        if (test.outcome.strategy->free(test.bed.memory, &test.blocks[i]) !=
            STRATEGY_DONE)
            fault("cannot free", test.blocks[i].base);
        test.used[i] = false;
        if (!slot_is_empty(kernel_slots(&test.bed.h->kernel),
                           strategies_bed_slot(&test.bed, test.blocks[i].slot)))
            fault("a freed object is still there", test.blocks[i].base);
    }
    if (test.outcome.strategy->largest_free_bits(test.bed.memory) !=
        largest_free())
        fault("is wrong about its largest free block", 0);
    result = kernel_check(&test.bed.h->kernel, UINT64_C(1) << 20);
    if (result.broken)
        fault(result.broken, slot_address(result.slot));
    if (result.capabilities != test.bed.alive + test.stream.region_count + 1)
        fault("capabilities were miscounted", result.capabilities);
}

/* Once all is freed, memory is as it was: the largest region is whole, and
 * no more capabilities are there than after the start. */
static void drain(uint64_t alive_start, int largest_start)
{
    const struct strategy *s = test.outcome.strategy;

    for (unsigned i = 0; i < BLOCKS; i++)
        if (test.used[i] &&
            s->free(test.bed.memory, &test.blocks[i]) != STRATEGY_DONE)
            fault("cannot free", test.blocks[i].base);
    if (test.bed.alive != alive_start)
        fault("capabilities are left", test.bed.alive);
    if (s->largest_free_bits(test.bed.memory) != largest_start)
        fault("memory did not come together again", 0);
}

int main(void)
{
    struct seed seed = seed_start(4);

    for (size_t n = 0; n < STRATEGIES_COUNT; n++) {
        const struct strategy *s = strategies_all[n];
        uint64_t alive;
        int largest;

        if (s->needs_retype_at && !fixture_params_small().generation3) {
            tap_skip("%s needs RetypeAt", s->name);
            continue;
        }
        test_start(s);
        alive = test.bed.alive;
        largest = s->largest_free_bits(test.bed.memory);
        for (unsigned i = 0; i < STEPS && test.faults == 0; i++)
            step(&seed);
        if (test.faults == 0)
            drain(alive, largest);
        tap_is(test.faults, 0, "%s keeps its promises", s->name);
        tap_ok(test.refused > 100, "%s was refused %lu times", s->name,
               (unsigned long)test.refused);
        tap_ok(s->slots_used(test.bed.memory) <= test.bed.config.slot_count,
               "%s used no more slots than it asked for", s->name);
        strategies_bed_free(&test.bed);
    }
    return tap_done();
}
