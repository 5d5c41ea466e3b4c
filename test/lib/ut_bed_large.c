/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_bed_large.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

struct large large;

void large_fault(const char *what)
{
    tap_diag("%s", what);
    large.faults++;
}

/* ---- Clearing ------------------------------------------------------------
 */

static uint32_t chunk_of(uint64_t paddr)
{
    return (uint32_t)((paddr - large.regions[0].base) >> UT_CHUNK_BITS);
}

/* What was last where an untyped begins; not before that is kept. */
static uint64_t filled_bytes(uint64_t base)
{
    if (!large.filled || base < large.regions[0].base)
        return 0;
    return UINT64_C(1) << large.filled[chunk_of(base)];
}

static uint32_t retype(void *context, const struct ut_retype *call)
{
    uint64_t base = stock_base(&large.k, call->untyped);
    uint64_t allowed = UINT64_C(1) << UT_CHUNK_BITS;
    uint64_t filled = filled_bytes(base);
    uint32_t error;

    (void)context;
    large.k.cleared_max = 0;
    error = large.stock.retype(&large.k, call);
    allowed = filled > allowed ? filled : allowed;
    allowed = large.asked > allowed ? large.asked : allowed;
    if (large.k.cleared_max > allowed &&
        large.k.cleared_max - allowed > large.beyond)
        large.beyond = large.k.cleared_max - allowed;
    return error;
}

/* A block, or what was leased for one: its untypeds, aligned powers of two,
 * have been there from now on. */
static void filled_mark(uint64_t at, uint64_t left)
{
    while (left > 0) {
        unsigned bits = (unsigned)__builtin_ctzll(at);

        while (left >> bits == 0)
            bits--;
        for (uint32_t i = chunk_of(at);
             i <= chunk_of(at + ((UINT64_C(1) << bits) - 1)); i++)
            large.filled[i] = bits > UT_CHUNK_BITS ? (uint8_t)bits : 0;
        at += UINT64_C(1) << bits;
        left -= UINT64_C(1) << bits;
    }
}

/* ---- Operations ----------------------------------------------------------
 */

static void count(enum large_operation op, uint64_t since, uint64_t worth)
{
    uint64_t calls = large.k.calls - since, more = worth > 1 ? worth - 1 : 0;

    large.done[op]++;
    if (calls > more && calls - more > large.most[op])
        large.most[op] = calls - more;
}

static enum large_operation kind_of(const struct ut_req *r)
{
    return r->count > 1                  ? LARGE_RUN
           : r->size_bits < UT_PAGE_BITS ? LARGE_SMALL
                                         : LARGE_SINGLE;
}

static struct large_block *unused_block(void)
{
    static uint32_t next;

    for (uint32_t i = 0; i < LARGE_LIVE; i++) {
        next = (next + 1) % LARGE_LIVE;
        if (!large.blocks[next].live)
            return &large.blocks[next];
    }
    return NULL;
}

struct large_block *large_alloc(unsigned account, const struct ut_req *r)
{
    struct large_block *b = unused_block();
    uint64_t since = large.k.calls;
    struct ut_price price;
    struct ut_fault fault;
    struct ut_dest dest;
    ut_err_t err;

    if (!b || ut_slots_take(&large.slots, r->count, &b->slot, NULL))
        return NULL;
    if (ut_price(large.ut, r, &price, NULL))
        large_fault("no price");
    dest = ut_slots_dest(&large.slots, b->slot);
    large.asked = price.own.bytes;
    err = ut_alloc(large.accounts[account], r, &dest, &b->blk, &fault);
    if (err) {
        if (err == UT_EKERNEL || err == UT_ESLOT)
            large_fault("the kernel refused");
        if (fault.err != err || fault.available >= fault.wanted)
            large_fault("what is said to be there would suffice");
        ut_slots_give(&large.slots, b->slot, r->count);
        return NULL;
    }
    count(kind_of(r), since, (r->count + STOCK_FANOUT - 1) / STOCK_FANOUT);
    if (large.k.calls - since > price.calls &&
        large.k.calls - since - price.calls > large.priced)
        large.priced = large.k.calls - since - price.calls;
    if (b->blk.size_bits >= UT_PAGE_BITS)
        filled_mark(b->blk.paddr, price.own.bytes);
    for (uint32_t i = 0; i < r->count; i++)
        if (!stock_has(&large.k, b->slot + i))
            large_fault("an object is not there");
    b->account = (uint8_t)account;
    b->live = true;
    return b;
}

static void block_gone(struct large_block *b)
{
    for (uint32_t i = 0; i < b->blk.count; i++)
        if (stock_has(&large.k, b->slot + i))
            large_fault("an object is still there");
    ut_slots_give(&large.slots, b->slot, b->blk.count);
    b->live = false;
}

static uint64_t pieces(const struct ut_blk *blk)
{
    uint64_t at = blk->paddr, left = (uint64_t)blk->count << blk->size_bits;
    uint64_t n = 0;

    for (; left > 0; n++) {
        unsigned bits = (unsigned)__builtin_ctzll(at);

        while (left >> bits == 0)
            bits--;
        at += UINT64_C(1) << bits;
        left -= UINT64_C(1) << bits;
    }
    return n;
}

void large_release(struct large_block *b)
{
    uint64_t since = large.k.calls;

    large.asked = 0;
    if (ut_free(large.accounts[b->account], &b->blk, NULL))
        large_fault("a block cannot be freed");
    count(LARGE_FREE, since, pieces(&b->blk));
    block_gone(b);
}

void large_lease(unsigned account, const struct ut_req *r)
{
    uint64_t since = large.k.calls;
    struct ut_price price;
    struct ut_lease l;

    if (ut_price(large.ut, r, &price, NULL))
        large_fault("no price");
    large.asked = price.own.bytes;
    if (ut_lease(large.accounts[account], r, &l, NULL))
        return;
    if (r->size_bits >= UT_PAGE_BITS)
        filled_mark(l.blk.paddr, price.own.bytes);
    if (ut_cancel(&l))
        large_fault("a lease cannot be cancelled");
    count(LARGE_LEASE, since, 1);
}

void large_transfer(struct large_block *b, unsigned to)
{
    uint64_t since = large.k.calls;
    struct ut_slot slot = ut_slots_slot(&large.slots, b->slot), other;
    struct ut_handover h = {slot, slot, false};
    uint32_t place;

    if (b->account == to || b->blk.count > 1 ||
        b->blk.size_bits < UT_PAGE_BITS ||
        ut_slots_take(&large.slots, 1, &place, NULL))
        return;
    other = ut_slots_slot(&large.slots, place);
    h.to = other;
    if (ut_transfer(large.accounts[b->account], large.accounts[to], &b->blk, &h,
                    NULL)) {
        ut_slots_give(&large.slots, place, 1);
        return;
    }
    count(LARGE_TRANSFER, since, 1);
    ut_slots_give(&large.slots, b->slot, 1);
    b->slot = place;
    b->account = (uint8_t)to;
}

void large_create(unsigned account)
{
    struct ut_usage u;
    struct ut_quota q;
    uint64_t since = large.k.calls;

    ut_acct_usage(large.accounts[0], &u);
    q.bytes = (u.limit.bytes - u.used.bytes - u.lent.bytes) / 4;
    q.caps = (u.limit.caps - u.used.caps - u.lent.caps) / 4;
    large.asked = UINT64_C(1) << UT_PAGE_BITS;
    if (ut_acct_create(large.accounts[0], &q, &large.accounts[account], NULL)) {
        large_fault("no account");
        abort();
    }
    count(LARGE_CREATE, since, 1);
}

void large_destroy(unsigned account, uint32_t budget)
{
    ut_err_t err;

    do {
        uint64_t since = large.k.calls;

        large.asked = 0;
        err = ut_acct_destroy(large.accounts[account], budget, NULL);
        if (budget == 1)
            count(LARGE_DESTROY, since, 1);
    } while (err == UT_EAGAIN);
    if (err)
        large_fault("an account cannot be destroyed");
    large.accounts[account] = NULL;
    for (unsigned i = 0; i < LARGE_LIVE; i++)
        if (large.blocks[i].live && large.blocks[i].account == account)
            block_gone(&large.blocks[i]);
}

void large_trim(void)
{
    ut_err_t err;

    do {
        uint64_t since = large.k.calls;

        large.asked = 0;
        err = ut_trim(large.ut, 1);
        count(LARGE_TRIM, since, 1);
    } while (err == UT_EAGAIN);
}

void large_prepare(unsigned steps)
{
    ut_err_t err = UT_EAGAIN;

    for (; err == UT_EAGAIN && steps > 0; steps--) {
        uint64_t since = large.k.calls;

        large.asked = 0;
        err = ut_prepare(large.ut, 1);
        count(LARGE_PREPARE, since, 1);
    }
}

/* ---- The machine ---------------------------------------------------------
 */

void large_open(uint8_t size_bits)
{
    const struct ut_strategy *strategy = &ut_strategy_incremental;
    struct ut_window window = {
        .first = {.root = STOCK_CLIENT}, .count = 1u << 20, .radix = 64};

    memset(&large, 0, sizeof large);
    stock_open(&large.k, 1u << 20);
    stock_ops(&large.k, &large.stock);
    large.ops = large.stock;
    large.ops.retype = retype;
    large.regions[1] = (struct ut_region){.base = UINT64_C(1) << size_bits,
                                          .size_bits = size_bits};
    large.regions[0] = (struct ut_region){
        .base = (UINT64_C(1) << size_bits) - (UINT64_C(1) << LARGE_HOME_BITS),
        .size_bits = LARGE_HOME_BITS};
    for (uint32_t i = 0; i < 2; i++) {
        large.regions[i].root = STOCK_REGION + i;
        stock_region(&large.k, i, large.regions[i].base,
                     large.regions[i].size_bits);
    }
    large.config = (struct ut_config){
        .ops = &large.ops,
        .regions = large.regions,
        .region_count = 2,
        .strategies = &strategy,
        .strategy_count = 1,
        .accounts_max = LARGE_ACCOUNTS,
        .slots = {.first = {.root = STOCK_ROOT, .offset = STOCK_OWN},
                  .cptr = STOCK_OWN,
                  .count = 8192,
                  .radix = 64},
        .store = {STOCK_ROOT, 4, 4},
    };
    large.config.bytes = ut_memory_bytes(&large.config);
    large.config.memory =
        aligned_alloc(4096, (large.config.bytes + 4095) & ~4095ul);
    large.slots.bits = calloc(1, ut_slots_bytes(window.count));
    if (!large.config.memory || !large.slots.bits)
        abort();
    ut_slots_init(&large.slots, &window, large.slots.bits);
    if (ut_init(&large.config, &large.ut, NULL))
        large_fault("the library does not start");
    large.filled = calloc(1, LARGE_CHUNKS);
    if (!large.filled)
        abort();
    large.accounts[0] = ut_root(large.ut);
}

void large_close(void)
{
    const char *broken = ut_check(large.ut);

    if (broken)
        large_fault(broken);
    for (unsigned i = 1; i < LARGE_ACCOUNTS; i++)
        if (large.accounts[i])
            large_destroy(i, UINT32_MAX);
    /* With the donor's objects go its pages of books. */
    for (unsigned i = 0; i < LARGE_LIVE; i++)
        if (large.blocks[i].live)
            large_release(&large.blocks[i]);
    large_trim();
    free(large.filled);
    free(large.config.memory);
    free(large.slots.bits);
    stock_close(&large.k);
}
