/* SPDX-License-Identifier: BSD-2-Clause */
/* The library against a naive twin: an array of pages and who has them.
 * Random allocations, frees, transfers and leases of four accounts, each
 * kernel call refused now and then; after every step what the twin says, all
 * invariants, and that what is charged covers what is in use. */
#include <string.h>

#include "seed.h"
#include "tap.h"
#include "ut_bed.h"

#define ACCOUNTS 4u
#define BLOCKS   160u
#define STEPS    5000u

struct twin_block {
    struct ut_blk blk;
    uint32_t slot, slots;
    uint8_t owner; /* index of the account */
    uint8_t type;
    bool used;
};

static struct bed bed;
static struct ut_acct *accounts[ACCOUNTS];
static ut_owner_t tags[ACCOUNTS];
static struct twin_block blocks[BLOCKS];
static uint64_t successes, refusals[UT_ERR_COUNT];

static uint64_t bytes_of(const struct ut_blk *b)
{
    return (uint64_t)b->count << b->size_bits;
}

static void start(const struct ut_strategy *strategy)
{
    struct ut_quota quota = {UINT64_C(4) << 20, 5000};

    memset(blocks, 0, sizeof blocks);
    bed_open(&bed, strategy, NULL);
    accounts[0] = bed.root;
    for (unsigned i = 1; i < ACCOUNTS; i++) {
        struct ut_acct *parent = i == 3 ? accounts[1] : bed.root;

        if (i == 3)
            quota = (struct ut_quota){UINT64_C(1) << 20, 2500};
        if (ut_acct_create(parent, &quota, &accounts[i], NULL))
            bed_fault(&bed, "start", "no account");
    }
    for (unsigned i = 0; i < ACCOUNTS; i++) {
        struct ut_usage usage;

        ut_acct_usage(accounts[i], &usage);
        tags[i] = usage.owner;
    }
    if (strcmp(ut_strategy_name(bed.ut),
               strategy == &ut_strategy_offset ? "offset" : "incremental"))
        bed_fault(&bed, "start", "another strategy");
}

static void request_make(struct ut_req *r, struct seed *seed)
{
    static const uint8_t objects[] = {UT_TYPE_TCB, UT_TYPE_ENDPOINT,
                                      UT_TYPE_NOTIFICATION};
    uint64_t kind = seed_below(seed, 10);

    *r = (struct ut_req){.count = 1, .cls = (uint16_t)seed_below(seed, 3)};
    if (kind < 3) {
        r->type = objects[kind];
    } else if (kind < 6) {
        r->type = bed.ops.frame_type;
        r->count = kind == 5 ? 1 + (uint32_t)seed_below(seed, 9) : 1;
    } else if (kind == 6) {
        r->type = UT_TYPE_CNODE;
        r->size_bits = (uint8_t)(6 + seed_below(seed, 10));
    } else if (kind == 7 && seed_below(seed, 8) == 0) {
        r->type = bed.ops.huge_type;
    } else {
        r->type = UT_TYPE_UNTYPED;
        r->size_bits = (uint8_t)(4 + seed_below(seed, 17));
    }
    if (seed_below(seed, 6) == 0)
        r->max = bed.base + ((8 + seed_below(seed, 16)) << 20) - 1;
    if (seed_below(seed, 8) == 0 &&
        (r->size_bits >= 12 || r->type == bed.ops.frame_type))
        r->align_bits = (uint8_t)(12 + seed_below(seed, 8));
    if (seed_below(seed, 12) == 0 && r->size_bits >= 12) {
        r->min = bed.base + (seed_below(seed, 0x2000) << 12);
        r->min &= ~((UINT64_C(1) << r->size_bits) - 1);
        r->max = r->min + (UINT64_C(1) << r->size_bits) - 1;
    }
}

static bool overlaps(const struct ut_blk *a, const struct ut_blk *b)
{
    return a->paddr < b->paddr + bytes_of(b) &&
           b->paddr < a->paddr + bytes_of(a);
}

static bool is_zero(const uint8_t *bytes, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* Is it what was asked for, where nobody else has anything, and clean? */
static void block_look(const struct twin_block *b, const struct ut_req *r)
{
    uint64_t max = r->max ? r->max : UINT64_MAX;
    uint8_t *memory;

    if (b->blk.paddr < r->min || b->blk.paddr + (bytes_of(&b->blk) - 1) > max)
        bed_fault(&bed, "alloc", "the block is outside of the range");
    if (r->align_bits && b->blk.size_bits >= 12 && r->min == 0 &&
        b->blk.paddr % (UINT64_C(1) << r->align_bits) != 0)
        bed_fault(&bed, "alloc", "the block is not aligned");
    if (b->blk.paddr % (UINT64_C(1) << b->blk.size_bits) != 0)
        bed_fault(&bed, "alloc", "the block is not aligned to its size");
    for (unsigned i = 0; i < BLOCKS; i++)
        if (blocks[i].used && &blocks[i] != b &&
            overlaps(&blocks[i].blk, &b->blk))
            bed_fault(&bed, "alloc", "two blocks overlap");
    for (uint32_t i = 0; i < b->slots; i++) {
        if (bed_slot_is_empty(&bed, b->slot + i))
            bed_fault(&bed, "alloc", "an object is missing");
        memory = bed_memory_of(&bed, b->slot + i);
        if (memory && !is_zero(memory, UINT64_C(1) << b->blk.size_bits))
            bed_fault(&bed, "alloc", "the memory is not zero");
        if (memory)
            memset(memory, 0xa5, 64);
    }
}

static void step_alloc(struct twin_block *b, struct seed *seed)
{
    unsigned owner = (unsigned)seed_below(seed, ACCOUNTS);
    struct ut_fault fault = {.err = 0};
    struct ut_price price;
    struct ut_usage before, after;
    struct ut_dest dest;
    struct ut_req r;
    ut_err_t err;

    request_make(&r, seed);
    b->slots = r.count;
    b->slot = bed_slots(&bed, r.count, &dest);
    ut_acct_usage(accounts[owner], &before);
    if (ut_price(bed.ut, &r, &price, NULL))
        bed_fault(&bed, "price", "no price for a request that is right");
    bed.refuse_in = seed_below(seed, 4) == 0 ? 1 + seed_below(seed, 8) : 0;
    err = ut_alloc(accounts[owner], &r, &dest, &b->blk, &fault);
    bed.refuse_in = 0;
    ut_acct_usage(accounts[owner], &after);
    refusals[err]++;
    if (err) {
        if (fault.err != err)
            bed_fault(&bed, "alloc", "the fault is not the error");
        if (after.used.bytes != before.used.bytes ||
            after.used.caps != before.used.caps)
            bed_fault(&bed, "alloc", "a failed request was charged");
        for (uint32_t i = 0; i < b->slots; i++)
            if (!bed_slot_is_empty(&bed, b->slot + i))
                bed_fault(&bed, "alloc", "a failed request left an object");
        bed_slot_give(&bed, b->slot, b->slots);
        return;
    }
    successes++;
    /* It may be less than nothing: an empty chunk of its own was used. */
    if ((int64_t)(after.used.bytes - before.used.bytes) >
            (int64_t)(price.own.bytes + price.entry.bytes) ||
        (int64_t)after.used.caps - before.used.caps >
            (int64_t)price.own.caps + price.entry.caps)
        bed_fault(&bed, "alloc", "more was charged than the price");
    b->used = true;
    b->owner = (uint8_t)owner;
    b->type = r.type;
    block_look(b, &r);
}

static void step_free(struct twin_block *b, struct seed *seed)
{
    struct ut_fault fault;
    unsigned wrong = (b->owner + 1) % ACCOUNTS;
    struct ut_dest dest;
    uint32_t copy = bed_slot(&bed, &dest);
    ut_err_t err;

    if (ut_free(accounts[wrong], &b->blk, &fault) == UT_OK)
        bed_fault(&bed, "free", "another account freed it");
    bed.refuse_in = seed_below(seed, 4) == 0 ? 1 : 0;
    if (b->type != UT_TYPE_UNTYPED)
        bed_copy(&bed, copy, b->slot);
    err = ut_free(accounts[b->owner], &b->blk, &fault);
    if (bed.refuse_in == 0 && err == UT_EKERNEL)
        err = ut_free(accounts[b->owner], &b->blk, &fault);
    bed.refuse_in = 0;
    if (err)
        bed_fault(&bed, "free", "it was refused");
    for (uint32_t i = 0; i < b->slots; i++)
        if (!bed_slot_is_empty(&bed, b->slot + i))
            bed_fault(&bed, "free", "an object is still there");
    if (!bed_slot_is_empty(&bed, copy))
        bed_fault(&bed, "free", "a forgotten copy is still there");
    if (ut_free(accounts[b->owner], &b->blk, &fault) == UT_OK)
        bed_fault(&bed, "free", "it was freed twice");
    bed_slot_give(&bed, copy, 1);
    bed_slot_give(&bed, b->slot, b->slots);
    b->used = false;
}

static void step_transfer(struct twin_block *b, struct seed *seed)
{
    unsigned to = (unsigned)seed_below(seed, ACCOUNTS);
    ut_err_t err =
        ut_transfer(accounts[b->owner], accounts[to], &b->blk, NULL, NULL);

    if (!err)
        b->owner = (uint8_t)to;
    else if (b->blk.size_bits >= 12 && err != UT_EQUOTA && err != UT_ECAPQUOTA)
        bed_fault(&bed, "transfer", "it was refused");
}

static void step_lease(struct seed *seed)
{
    struct ut_lease lease;
    struct ut_req r;

    request_make(&r, seed);
    if (ut_lease(accounts[1], &r, &lease, NULL))
        return;
    if (ut_cancel(&lease) || ut_cancel(&lease) != UT_ELEASE)
        bed_fault(&bed, "lease", "it cannot be cancelled, once");
}

/* Every allocated page is some block's, slab's or the library's own. */
static bool span_look(void *context, const struct ut_span *span)
{
    bool *wrong = context, found = span->is_slab;

    if (span->owner >= UT_OWNER_LEAF)
        return true;
    for (unsigned i = 0; i < BLOCKS && !found; i++) {
        if (!blocks[i].used || blocks[i].blk.paddr != span->blk.paddr)
            continue;
        found = tags[blocks[i].owner] == span->owner &&
                bytes_of(&blocks[i].blk) <= bytes_of(&span->blk);
    }
    *wrong = *wrong || !found;
    return true;
}

/* With offset no capability is there that is not a root, a frame of the
 * library's or a client's object; the hosted machine can count them. */
static void capabilities_count(void)
{
    uint64_t have = bed_capabilities(&bed), objects = 0;
    struct ut_stats stats;

    if (have == 0 || strcmp(ut_strategy_name(bed.ut), "offset"))
        return;
    for (unsigned i = 0; i < BLOCKS; i++)
        objects += blocks[i].used ? blocks[i].slots : 0;
    ut_stats(bed.ut, &stats);
    if (have != bed.config.region_count + stats.meta_bytes / 4096 + objects)
        bed_fault(&bed, "step", "a capability too many, or too few");
}

static void step(struct seed *seed)
{
    struct twin_block *b = &blocks[seed_below(seed, BLOCKS)];
    bool wrong = false;
    uint64_t kind = seed_below(seed, 40);

    if (kind == 0)
        ut_trim(bed.ut, 1 + (uint32_t)seed_below(seed, 8));
    else if (kind == 1)
        ut_prepare(bed.ut, 1);
    else if (kind < 4)
        step_lease(seed);
    else if (b->used && kind < 9)
        step_transfer(b, seed);
    else if (b->used)
        step_free(b, seed);
    else
        step_alloc(b, seed);
    for (unsigned i = 0; i < BLOCKS; i++)
        if (blocks[i].used && bed_slot_is_empty(&bed, blocks[i].slot))
            bed_fault(&bed, "step", "somebody's object has died");
    bed_check(&bed, "step");
    if (kind % 8 == 0)
        capabilities_count();
    ut_walk(bed.ut, span_look, &wrong);
    if (wrong)
        bed_fault(&bed, "step", "the twin has other blocks");
}

/* When all is freed and given back nothing is charged but the records, and
 * the largest block is as large as at the start. */
static void drain(const struct ut_stats *first, struct seed *seed)
{
    struct ut_stats last;
    struct ut_usage usage;

    for (unsigned i = 0; i < BLOCKS; i++)
        if (blocks[i].used)
            step_free(&blocks[i], seed);
    while (ut_trim(bed.ut, 100) == UT_EAGAIN)
        ;
    for (unsigned i = ACCOUNTS; i-- > 1;)
        while (ut_acct_destroy(accounts[i], 10, NULL) == UT_EAGAIN)
            ;
    bed_check(&bed, "drain");
    while (ut_trim(bed.ut, 100) == UT_EAGAIN)
        ;
    ut_stats(bed.ut, &last);
    ut_acct_usage(bed.root, &usage);
    tap_is(usage.used.bytes, 0, "all bytes came back");
    tap_is(usage.used.caps, 0, "all capabilities came back");
    tap_is(usage.lent.bytes, 0, "all quota came back");
    tap_is(last.free_bytes, first->free_bytes, "all memory is free");
    tap_is(last.largest_bits, first->largest_bits, "and in one piece");
}

int main(void)
{
    const struct ut_strategy *strategies[] = {&ut_strategy_offset,
                                              &ut_strategy_incremental};
    struct seed seed = seed_start(6);

    for (unsigned s = 0; s < 2; s++) {
        struct ut_stats first;

        if (!bed_can(strategies[s])) {
            tap_skip("the kernel has no RetypeAt");
            continue;
        }
        successes = 0;
        memset(refusals, 0, sizeof refusals);
        start(strategies[s]);
        ut_stats(bed.ut, &first);
        first.free_bytes += first.meta_bytes;
        for (unsigned i = 0; i < STEPS && bed.faults == 0; i++)
            step(&seed);
        tap_is(bed.faults, 0, "%s agrees with the twin",
               ut_strategy_name(bed.ut));
        tap_ok(successes > STEPS / 4, "%lu blocks were given",
               (unsigned long)successes);
        tap_ok(refusals[UT_EKERNEL] > 10 && refusals[UT_EQUOTA] > 10,
               "%lu were refused by the kernel, %lu by the quota",
               (unsigned long)refusals[UT_EKERNEL],
               (unsigned long)refusals[UT_EQUOTA]);
        if (bed.faults == 0)
            drain(&first, &seed);
        bed_close(&bed);
    }
    return tap_done();
}
