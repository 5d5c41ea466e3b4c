/* SPDX-License-Identifier: BSD-2-Clause */
/* The two designs of the discussion of 2016 (apps/strategies) on a bench
 * machine.  They know neither ranges nor runs nor classes:
 *
 *   range    a block that lies elsewhere is given back: not served
 *   run      halving: one untyped of the next power of two; slab: not served
 *   block    slab: above 4 KiB as single pages wherever they are, if those
 *            will do, else not served
 */
#include "ut_drive.h"

#include <stdlib.h>

#define NONE UINT32_MAX

static int older_retype(void *context, uint64_t untyped_slot, uint64_t type,
                        unsigned size_bits, uint64_t first_slot, unsigned count)
{
    struct drive *d = context;
    struct ut_retype call = {
        .untyped = untyped_slot,
        .dest = {DRIVE_ROOT_CPTR, 0, (uint32_t)first_slot, DRIVE_TOP_RADIX},
        .count = count,
        .type = (uint8_t)type,
        .arg_bits = (uint8_t)size_bits,
    };

    return (int)d->ops.retype(d, &call);
}

static int older_delete(void *context, uint64_t slot)
{
    struct drive *d = context;
    struct ut_slot at = {DRIVE_ROOT_CPTR, slot, 64};

    return (int)d->ops.remove(d, &at);
}

static int older_revoke(void *context, uint64_t slot)
{
    struct drive *d = context;
    struct ut_slot at = {DRIVE_ROOT_CPTR, slot, 64};

    return (int)d->ops.revoke(d, &at);
}

static bool pages_make(struct drive *d)
{
    uint64_t pages = d->chunks << (UT_CHUNK_BITS - UT_PAGE_BITS);

    d->pages = calloc(pages, sizeof *d->pages);
    d->next_page = calloc(pages, sizeof *d->next_page);
    return d->pages && d->next_page;
}

bool drive_older_open(struct drive *d)
{
    struct strategy_config *c = &d->older_config;
    uint64_t wanted;

    d->older = d->kind == DRIVE_HALVING ? &strategy_halving : &strategy_slab;
    for (uint32_t i = 0; i < d->machine.region_count; i++)
        d->older_regions[i] = (struct strategy_region){
            .base = d->machine.regions[i].base,
            .slot = d->machine.regions[i].root,
            .size_bits = d->machine.regions[i].size_bits,
        };
    *c = (struct strategy_config){
        .regions = d->older_regions,
        .region_count = d->machine.region_count,
        .blocks_max = DRIVE_CLIENT,
        .fanout = d->ops.fanout,
        .first_slot = DRIVE_FIRST_OLDER,
    };
    d->older_ops = (struct strategy_ops){
        .context = d,
        .retype = older_retype,
        .delete = older_delete,
        .revoke = older_revoke,
    };
    wanted = d->older->slots_wanted(c);
    c->slot_count = (uint32_t)(wanted < DRIVE_OLDER ? wanted : DRIVE_OLDER);
    d->older_memory = calloc(1, d->older->memory_bytes(c));
    if (!d->older_memory || !pages_make(d))
        return false;
    if (d->older->start(d->older_memory, &d->older_ops, c) != STRATEGY_DONE)
        drive_broken(d, "the strategy could not start; own slots", wanted);
    return true;
}

/* One object, into a slot of the client's. */
static bool one_alloc(struct drive *d, uint8_t type, uint8_t size_bits,
                      uint64_t max, struct strategy_block *block)
{
    const struct ut_kind *kind = &d->ops.kinds[type];
    struct strategy_request request = {
        .type = type,
        .size_bits = size_bits,
    };
    enum strategy_result result;
    uint32_t slot;

    if (kind->flags & UT_KIND_VARIABLE)
        request.user_bits = (uint8_t)(size_bits - kind->bits);
    if (ut_slots_take(&d->slots, 1, &slot, NULL)) {
        drive_broken(d, "the client has no slots left", 1);
        return false;
    }
    request.slot = ut_slots_cptr(&d->slots, slot);
    result = d->older->allocate(d->older_memory, &request, block);
    if (result == STRATEGY_DONE && max != 0 &&
        block->base + ((UINT64_C(1) << size_bits) - 1) > max) {
        if (d->older->free(d->older_memory, block) != STRATEGY_DONE)
            drive_broken(d, "a block was not taken back", block->base);
        result = STRATEGY_NO_MEMORY;
    }
    if (result == STRATEGY_NO_BOOKS || result == STRATEGY_REFUSED)
        drive_broken(d, "a request failed for another reason", result);
    if (result != STRATEGY_DONE)
        ut_slots_give(&d->slots, slot, 1);
    return result == STRATEGY_DONE;
}

static uint32_t slot_index(const struct drive *d,
                           const struct strategy_block *block)
{
    return (uint32_t)(block->slot - d->slots.window.cptr);
}

static void chain_free(struct drive *d, uint32_t page)
{
    for (; page != NONE; page = d->next_page[page]) {
        uint32_t slot = slot_index(d, &d->pages[page]);

        if (d->older->free(d->older_memory, &d->pages[page]) != STRATEGY_DONE)
            drive_broken(d, "a page was not taken back", page);
        ut_slots_give(&d->slots, slot, 1);
    }
}

/* 2^order pages, all or none. */
static bool chain_alloc(struct drive *d, const struct drive_request *r,
                        struct drive_block *b)
{
    uint32_t count = UINT32_C(1) << (r->size_bits - UT_PAGE_BITS);
    uint32_t head = NONE;

    for (uint32_t i = 0; i < count; i++) {
        struct strategy_block block;

        if (!one_alloc(d, DRIVE_PAGE, UT_PAGE_BITS, r->max, &block)) {
            chain_free(d, head);
            return false;
        }
        d->pages[block.name] = block;
        d->next_page[block.name] = head;
        head = block.name;
    }
    *b = (struct drive_block){
        .count = count,
        .name = head,
        .size_bits = UT_PAGE_BITS,
        .is_pages = true,
    };
    return true;
}

bool drive_older_alloc(struct drive *d, const struct drive_request *r,
                       struct drive_block *b)
{
    uint8_t type = r->type, bits = r->size_bits;
    struct strategy_block block;

    if (d->kind == DRIVE_SLAB && (bits > UT_PAGE_BITS || r->count > 1))
        return r->pages_will_do && r->count == 1 && chain_alloc(d, r, b);
    if (r->count > 1) {
        while (UINT64_C(1) << bits < (uint64_t)r->count << r->size_bits)
            bits++;
        type = UT_TYPE_UNTYPED;
    }
    if (!one_alloc(d, type, bits, r->max, &block))
        return false;
    *b = (struct drive_block){
        .paddr = block.base,
        .slot = slot_index(d, &block),
        .count = 1,
        .name = block.name,
        .size_bits = bits,
    };
    return true;
}

void drive_older_free(struct drive *d, const struct drive_block *b)
{
    struct strategy_block block = {
        .base = b->paddr,
        .slot = d->slots.window.cptr + b->slot,
        .name = b->name,
        .size_bits = b->size_bits,
    };

    if (b->is_pages)
        chain_free(d, b->name);
    else if (d->older->free(d->older_memory, &block) != STRATEGY_DONE)
        drive_broken(d, "a block was not taken back", b->paddr);
}

/* The slots that it ever used, in a CNode whose size is a power of two, and
 * its books for so many. */
void drive_older_close(struct drive *d)
{
    struct strategy_config used = d->older_config;
    uint64_t slots = d->older->slots_used(d->older_memory), cnode = 1;

    while (cnode < slots)
        cnode *= 2;
    used.slot_count = (uint32_t)slots;
    d->figures.metadata_bytes =
        cnode * SLOT_BYTES + d->older->memory_bytes(&used);
    free(d->older_memory);
    free(d->pages);
    free(d->next_page);
}
