/* SPDX-License-Identifier: BSD-2-Clause */
/* lib/ut on a bench machine, with one of its two strategies. */
#include "ut_drive.h"

#include <stdlib.h>

#define ACCOUNTS (DRIVE_PROCESSES + 1)

bool drive_library_open(struct drive *d)
{
    const struct ut_strategy *strategy = d->kind == DRIVE_OFFSET
                                             ? &ut_strategy_offset
                                             : &ut_strategy_incremental;
    struct ut_config *c = &d->config;
    struct ut_fault fault;

    *c = (struct ut_config){
        .ops = &d->ops,
        .regions = d->machine.regions,
        .region_count = d->machine.region_count,
        .strategies = &strategy,
        .strategy_count = 1,
        .accounts_max = ACCOUNTS,
        .slots =
            {
                .first = {DRIVE_ROOT_CPTR, 0, DRIVE_FIRST_OWN, DRIVE_TOP_RADIX},
                .cptr = DRIVE_FIRST_OWN,
                .count = DRIVE_OWN,
                .radix = 64 - DRIVE_TOP_RADIX,
            },
        .store = {DRIVE_ROOT_CPTR, 4, DRIVE_TOP_RADIX},
    };
    c->bytes = ut_memory_bytes(c);
    c->memory = aligned_alloc(16, c->bytes);
    if (!c->memory)
        return false;
    if (ut_init(c, &d->ut, &fault))
        drive_broken(d, "the library did not start", fault.err);
    else
        d->accounts[0] = ut_root(d->ut);
    drive_library_look(d);
    return d->ut != NULL;
}

bool drive_library_alloc(struct drive *d, const struct drive_request *r,
                         struct drive_block *b)
{
    struct ut_req req = {
        .size_bits = r->size_bits,
        .type = r->type,
        .count = r->count,
        .max = r->max,
        .cls = r->cls,
    };
    struct ut_dest dest;
    struct ut_blk blk;
    ut_err_t err;

    if (ut_slots_take(&d->slots, r->count, &b->slot, NULL)) {
        drive_broken(d, "the client has no slots left", r->count);
        return false;
    }
    dest = ut_slots_dest(&d->slots, b->slot);
    err = ut_alloc(d->accounts[r->process], &req, &dest, &blk, NULL);
    if (err) {
        ut_slots_give(&d->slots, b->slot, r->count);
        /* The root's quota is the machine. */
        if (err != UT_ENOMEM && err != UT_EFRAG && err != UT_EQUOTA)
            drive_broken(d, "a request failed for another reason", err);
        return false;
    }
    b->paddr = blk.paddr;
    b->count = blk.count;
    b->size_bits = blk.size_bits;
    b->process = r->process;
    if (r->max != 0 &&
        blk.paddr + ((uint64_t)blk.count << blk.size_bits) - 1 > r->max)
        drive_broken(d, "a block is not in its range", blk.paddr);
    return true;
}

void drive_library_free(struct drive *d, const struct drive_block *b)
{
    struct ut_blk blk = {b->paddr, b->count, b->size_bits};
    ut_err_t err = ut_free(d->accounts[b->process], &blk, NULL);

    if (err)
        drive_broken(d, "a block was not taken back", err);
}

/* Beside the objects: fixed books and store, metadata pages, leaf CNodes. */
void drive_library_look(struct drive *d)
{
    struct drive_figures *f = &d->figures;
    struct ut_stats s;
    uint64_t bytes;

    if (!d->ut)
        return;
    ut_stats(d->ut, &s);
    bytes = s.fixed_bytes + s.meta_bytes + s.entry_bytes;
    if (bytes > f->metadata_bytes)
        f->metadata_bytes = bytes;
    f->map_bytes = s.map_bytes;
    if (s.slab_bytes > f->slab_bytes) {
        f->slab_bytes = s.slab_bytes;
        f->slab_header_bytes = s.slab_header_bytes;
    }
}

void drive_library_close(struct drive *d)
{
    const char *broken = d->ut ? ut_check(d->ut) : NULL;

    if (broken)
        drive_broken(d, broken, 0);
    free(d->config.memory);
}
