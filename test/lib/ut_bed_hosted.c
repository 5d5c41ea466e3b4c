/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "check.h"
#include "fixture.h"
#include "invoke.h"
#include "ut/ops/ut_hosted.h"
#include "ut_bed.h"

#define TOP_RADIX    4u
#define INNER_RADIX  14u
#define STORE_INDEX  4u
#define ROOT_CPTR    2u
#define FIRST_REGION 16u
#define FIRST_OWN    2048u
#define FIRST_CLIENT 4096u
#define CHECK_BYTES  (UINT64_C(1) << 16)

struct bed_machine {
    struct hosted_kernel *h;
    struct ut_hosted hosted;
    paddr_t top, inner; /* the two CNodes' memory, behind all regions */
    uint64_t others;    /* capabilities that are neither's */
};

static const struct ut_region usual[] = {
    {.base = 0x1800000, .size_bits = 22, .flags = UT_REGION_DEVICE},
    {.base = 0x3f00000, .size_bits = 20},
    {.base = 0x4000000, .size_bits = 25},
    {.base = 0x6000000, .size_bits = 14},
    {.base = 0x8000000, .size_bits = 23},
};

const struct bed_memory bed_usual = {usual, sizeof usual / sizeof usual[0]};

bool bed_is_stock;

bool bed_can(const struct ut_strategy *strategy)
{
    return strategy != &ut_strategy_offset ||
           (hosted_params_riscv64().generation3 && !bed_is_stock);
}

/* The inner CNode's guard is such that its slots' numbers are addresses. */
static void cspace_make(struct bed_machine *m)
{
    struct kernel *k = &m->h->kernel;
    struct cap inner = {
        .type = CAP_CNODE,
        .base = m->inner,
        .bits = INNER_RADIX + SLOT_BITS,
        .word = 64 - TOP_RADIX - INNER_RADIX,
    };
    struct cap top = {
        .type = CAP_CNODE,
        .base = m->top,
        .bits = TOP_RADIX + SLOT_BITS,
    };

    kernel_insert_boot_cap(k, slot_at(m->top), &inner);
    kernel_insert_boot_cap(k, slot_at(m->inner) + ROOT_CPTR, &top);
}

static struct bed_machine *machine_make(const struct bed_memory *memory)
{
    struct kernel_params params = hosted_params_riscv64();
    struct bed_machine *m = calloc(1, sizeof *m);
    uint64_t low = UINT64_MAX, high = 0;

    if (!m)
        abort();
    if (bed_is_stock)
        params.generation3 = false;
    for (uint32_t i = 0; i < memory->count; i++) {
        const struct ut_region *r = &memory->regions[i];
        uint64_t end = r->base + (UINT64_C(1) << r->size_bits);

        if (r->flags & UT_REGION_DEVICE)
            continue;
        low = r->base < low ? r->base : low;
        high = end > high ? end : high;
    }
    low &= ~UINT64_C(4095);
    m->inner = bits_up(bits_down(high + bits_size(INNER_RADIX + SLOT_BITS) - 1,
                                 INNER_RADIX + SLOT_BITS),
                       INNER_RADIX + SLOT_BITS);
    m->top = m->inner + bits_size(INNER_RADIX + SLOT_BITS);
    m->h = hosted_create(&params, low, m->top + 4096 - low);
    if (!m->h)
        abort();
    cspace_make(m);
    return m;
}

static void config_make(struct bed *bed, const struct bed_memory *memory)
{
    struct ut_config *c = &bed->config;
    struct bed_machine *m = bed->machine;

    for (uint32_t i = 0; i < memory->count; i++) {
        bed->regions[i] = memory->regions[i];
        bed->regions[i].root = FIRST_REGION + i;
        hosted_boot_untyped(&m->h->kernel, slot_at(m->inner) + FIRST_REGION + i,
                            bed->regions[i].base, bed->regions[i].size_bits,
                            bed->regions[i].flags & UT_REGION_DEVICE);
    }
    c->ops = &bed->ops;
    c->regions = bed->regions;
    c->region_count = memory->count;
    c->accounts_max = 40;
    c->slots = (struct ut_window){
        .first = {.root = ROOT_CPTR,
                  .index = 0,
                  .offset = FIRST_OWN,
                  .depth = TOP_RADIX},
        .cptr = FIRST_OWN,
        .count = BED_OWN_SLOTS,
        .radix = 64 - TOP_RADIX,
    };
    c->store = (struct ut_store){ROOT_CPTR, STORE_INDEX, TOP_RADIX};
}

static void client_make(struct bed *bed)
{
    struct ut_window window = bed->config.slots;

    window.first.offset = FIRST_CLIENT;
    window.cptr = FIRST_CLIENT;
    window.count = BED_SLOTS;
    bed->slot_bits = calloc(1, ut_slots_bytes(BED_SLOTS));
    if (!bed->slot_bits)
        abort();
    ut_slots_init(&bed->slots, &window, bed->slot_bits);
}

static void machine_start(struct bed *bed, const struct bed_memory *memory)
{
    *bed = (struct bed){.calls = 0};
    bed->machine = machine_make(memory);
    ut_hosted_ops(&bed->machine->hosted, bed->machine->h,
                  slot_at(bed->machine->inner) + ROOT_CPTR, &bed->real);
    bed_wrap(bed);
    config_make(bed, memory);
    client_make(bed);
    bed->machine->others =
        kernel_check(&bed->machine->h->kernel, 0).capabilities - memory->count;
    bed->base = bed_base(bed);
}

static void strategies_set(struct bed *bed, const struct ut_strategy *strategy)
{
    static const struct ut_strategy *both[] = {&ut_strategy_offset,
                                               &ut_strategy_incremental};
    static const struct ut_strategy *one[2];

    one[0] = strategy;
    bed->config.strategies = strategy ? one : both;
    bed->config.strategy_count = strategy ? 1 : 2;
}

void bed_open(struct bed *bed, const struct ut_strategy *strategy,
              const struct bed_memory *memory)
{
    struct ut_config *c = &bed->config;
    struct ut_fault fault;

    machine_start(bed, memory ? memory : &bed_usual);
    strategies_set(bed, strategy);
    c->bytes = ut_memory_bytes(c);
    c->memory = aligned_alloc(16, c->bytes);
    if (!c->memory || ut_init(c, &bed->ut, &fault))
        abort();
    bed->root = ut_root(bed->ut);
    bed->calls = 0;
    bed_cleared_reset(bed);
}

void bed_restart(struct bed *bed, const struct ut_strategy *strategy)
{
    bed_close(bed);
    machine_start(bed, &bed_usual);
    strategies_set(bed, strategy);
}

/* Memory that is the machine's own is not to be freed. */
void bed_close(struct bed *bed)
{
    if (bed->config.books_bytes == 0)
        free(bed->config.memory);
    hosted_destroy(bed->machine->h);
    free(bed->machine);
    free(bed->slot_bits);
}

bool bed_check(struct bed *bed, const char *when)
{
    struct check_result result =
        kernel_check(&bed->machine->h->kernel, CHECK_BYTES);

    if (result.broken)
        bed_fault(bed, when, result.broken);
    return bed_books_check(bed, when,
                           result.capabilities - bed->machine->others) &&
           !result.broken;
}

static slotno_t slot_of(const struct bed *bed, uint32_t slot)
{
    return slot_at(bed->machine->inner) + bed_slot_cptr(bed, slot);
}

bool bed_slot_is_empty(struct bed *bed, uint32_t slot)
{
    return slot_is_empty(kernel_slots(&bed->machine->h->kernel),
                         slot_of(bed, slot));
}

uint32_t bed_copy(struct bed *bed, uint32_t to, uint32_t from)
{
    struct ut_slot a = bed_slot_path(bed, to), b = bed_slot_path(bed, from);
    uint64_t mr[] = {a.index, a.depth, b.index, b.depth, CAP_RIGHTS_ALL};
    slotno_t root = slot_at(bed->machine->inner) + ROOT_CPTR;
    struct invocation inv = {
        .slot = root,
        .label = LABEL_CNODE_COPY,
        .length = 5,
        .mr = mr,
        .cap_count = 1,
        .cap = {root},
        .caller = SLOT_NIL,
    };
    struct reply reply;

    while (invoke(&bed->machine->h->kernel, &inv, &reply) == OUTCOME_PREEMPTED)
        ;
    return (uint32_t)reply.label;
}

uint8_t *bed_memory_of(struct bed *bed, uint32_t slot)
{
    struct kernel *k = &bed->machine->h->kernel;
    slotno_t i = slot_of(bed, slot);

    if (slot_is_empty(kernel_slots(k), i) ||
        slot_type(kernel_slots(k), i) != CAP_FRAME ||
        !hosted_is_ram(k, slot_base(kernel_slots(k), i), 4096))
        return NULL;
    return hosted_memory(k, slot_base(kernel_slots(k), i));
}

uint64_t bed_capabilities(struct bed *bed)
{
    return kernel_check(&bed->machine->h->kernel, 0).capabilities -
           bed->machine->others;
}

uint64_t bed_cleared_max(struct bed *bed)
{
    return bed->machine->hosted.cleared_max_bytes;
}

void bed_cleared_reset(struct bed *bed)
{
    bed->machine->hosted.cleared_max_bytes = 0;
}
