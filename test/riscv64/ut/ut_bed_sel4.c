/* SPDX-License-Identifier: BSD-2-Clause */
/* The bed on the booted kernel: in this root task, on parts of the largest
 * untyped, which follow each other: 2^25, 2^23, 2^20, 2^14 bytes. */
#include <stdlib.h>

#include "rt.h"
#include "tap.h"
#include "ut/ops/ut_sel4.h"
#include "ut_bed.h"

#define OWN_SLOTS    512u
#define CLIENT_SLOTS 3072u
#define TABLE_SLOTS  32u
#define BOOKS_AT     UINT64_C(0x1000000000)
#define OWN_BITS     17u /* of the untyped for the backend itself */
#define LIGHT        16u /* whole checks: one step in so many */
#define ROOT         seL4_CapInitThreadCNode

struct bed_machine {
    struct ut_sel4 sel4;
    struct ut_store store;
    seL4_CPtr memory; /* the untyped that all regions are parts of */
    uint64_t base;
    seL4_CPtr slot; /* the next empty one */
    uint64_t checks;
};

static struct bed_machine machine;

const struct bed_memory bed_usual = {NULL, 0};

static void stop(const char *what)
{
    tap_ok(false, "%s", what);
    exit(1);
}

static void memory_find(struct bed_machine *m)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    unsigned bits = 0;

    for (seL4_CPtr i = info->untyped.start; i < info->untyped.end; i++) {
        const seL4_UntypedDesc *u = &info->untypedList[i - info->untyped.start];

        if (!u->isDevice && u->sizeBits > bits) {
            m->memory = i;
            m->base = u->paddr;
            bits = u->sizeBits;
        }
    }
}

/* At the memory's watermark, which so stays a multiple of everything that is
 * cut later: the largest pieces come first. */
static seL4_CPtr cut(struct bed_machine *m, unsigned bits)
{
    seL4_CPtr slot = m->slot++;

    if (seL4_Untyped_Retype(m->memory, seL4_UntypedObject, bits, ROOT, 0, 0,
                            slot, 1) != seL4_NoError)
        stop("an untyped for the test");
    return slot;
}

static void regions_make(struct bed *bed)
{
    static const uint8_t sizes[] = {25, 23, 20, 14};
    struct bed_machine *m = bed->machine;
    uint64_t base = m->base;

    if (bed->config.region_count > 0)
        return;
    for (unsigned i = 0; i < sizeof sizes; i++) {
        bed->regions[i] = (struct ut_region){
            .base = base,
            .root = cut(m, sizes[i]),
            .size_bits = sizes[i],
        };
        base += UINT64_C(1) << sizes[i];
    }
}

/* Once: what the backend needs, and the new CSpace. */
static void machine_make(struct bed *bed)
{
    struct bed_machine *m = bed->machine;
    struct ut_sel4 *u = &m->sel4;
    const seL4_BootInfo *info = seL4_GetBootInfo();

    m->slot = info->empty.start;
    memory_find(m);
    regions_make(bed);
    u->root = ROOT;
    u->vspace = seL4_CapInitThreadVSpace;
    u->untyped = cut(m, OWN_BITS);
    u->top = m->slot++;
    u->tables = m->slot;
    u->table_count = TABLE_SLOTS;
    m->slot += TABLE_SLOTS;
    u->radix = (uint8_t)info->initThreadCNodeSizeBits;
    u->books = BOOKS_AT;
    if (ut_sel4_room(u, seL4_CapInitThreadTCB, &m->store) != seL4_NoError)
        stop("a CSpace with room");
}

static struct ut_window window(struct bed_machine *m, uint32_t count)
{
    struct ut_window w = {
        .first = {.root = ROOT, .offset = (uint32_t)m->slot},
        .cptr = m->slot,
        .count = count,
        .radix = seL4_WordBits,
    };

    m->slot += count;
    return w;
}

bool bed_can(const struct ut_strategy *strategy)
{
    static struct ut_sel4 any;
    struct ut_ops ops;

    if (strategy != &ut_strategy_offset)
        return true;
    memory_find(&machine);
    ut_sel4_ops(&any, &ops);
    return (ut_source_features(&ops, machine.memory) & UT_FEATURE_RETYPE_AT) !=
           0;
}

void bed_open(struct bed *bed, const struct ut_strategy *strategy,
              const struct bed_memory *memory)
{
    static struct ut_region regions[BED_REGIONS_MAX];
    static struct ut_window own, client;
    const struct ut_strategy *both[] = {&ut_strategy_offset,
                                        &ut_strategy_incremental};
    struct ut_config *c = &bed->config;
    struct ut_books books;
    struct ut_fault fault;

    (void)memory;
    *bed = (struct bed){.machine = &machine};
    if (machine.slot == 0) {
        machine_make(bed);
        own = window(&machine, OWN_SLOTS);
        client = window(&machine, CLIENT_SLOTS);
        for (unsigned i = 0; i < 4; i++)
            regions[i] = bed->regions[i];
    }
    for (unsigned i = 0; i < 4; i++)
        bed->regions[i] = regions[i];
    ut_sel4_ops(&machine.sel4, &bed->real);
    bed_wrap(bed);
    c->ops = &bed->ops;
    c->regions = bed->regions;
    c->region_count = 4;
    c->accounts_max = 40;
    c->slots = own;
    c->store = machine.store;
    c->strategies = strategy ? &strategy : both;
    c->strategy_count = strategy ? 1 : 2;
    bed->slot_bits = calloc(1, ut_slots_bytes(CLIENT_SLOTS));
    ut_slots_init(&bed->slots, &client, bed->slot_bits);
    /* Bare metal: the books lie in frames of the memory itself. */
    machine.sel4.spare_count = 0;
    if (ut_source_books(c, &books, &fault) || ut_init(c, &bed->ut, &fault))
        stop("the library starts");
    bed->root = ut_root(bed->ut);
    bed->base = bed_base(bed);
    bed->calls = 0;
}

/* All that was made of the regions goes; the next library begins anew. */
void bed_close(struct bed *bed)
{
    for (uint32_t i = 0; i < bed->config.region_count; i++)
        if (seL4_CNode_Revoke(ROOT, bed->regions[i].root, seL4_WordBits) !=
            seL4_NoError)
            stop("the regions are free again");
    free(bed->slot_bits);
}

bool bed_check(struct bed *bed, const char *when)
{
    return machine.checks++ % LIGHT != 0 || bed_books_check(bed, when, 0);
}

/* A copy can be made of what is there; untypeds with children and unmapped
 * tables answer other errors than an empty slot does. */
bool bed_slot_is_empty(struct bed *bed, uint32_t slot)
{
    struct ut_slot at = bed_slot_path(bed, slot);
    seL4_Error error =
        seL4_CNode_Copy(ROOT, machine.slot, seL4_WordBits, at.root, at.index,
                        at.depth, seL4_AllRights);

    if (error == seL4_NoError)
        seL4_CNode_Delete(ROOT, machine.slot, seL4_WordBits);
    return error == seL4_FailedLookup;
}

uint32_t bed_copy(struct bed *bed, uint32_t to, uint32_t from)
{
    struct ut_slot a = bed_slot_path(bed, to), b = bed_slot_path(bed, from);

    return (uint32_t)seL4_CNode_Copy(a.root, a.index, a.depth, b.root, b.index,
                                     b.depth, seL4_AllRights);
}

uint8_t *bed_memory_of(struct bed *bed, uint32_t slot)
{
    (void)bed;
    (void)slot;
    return NULL;
}

uint64_t bed_capabilities(struct bed *bed)
{
    (void)bed;
    return 0;
}

uint64_t bed_cleared_max(struct bed *bed)
{
    (void)bed;
    return 0;
}

void bed_cleared_reset(struct bed *bed)
{
    (void)bed;
}
