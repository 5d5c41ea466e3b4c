/* SPDX-License-Identifier: BSD-2-Clause */
/* What one operation costs at worst on stock calls, on machines as large as
 * the promise: at most 9 kernel calls with regions up to 2^33 bytes, 11 up to
 * 2^38; and a call clears no more than 2 MiB, the object, or what the object
 * left that was there before.  Each operation right after the largest block
 * that there can be has been given back, for accounts with nothing and with
 * full books; then all of them in turns. */
#include "seed.h"
#include "ut_bed_large.h"

static const char *const names[LARGE_OPERATIONS] = {
    "an object below a page",
    "an object of a page or more",
    "a run",
    "a lease, cancelled",
    "a free",
    "a transfer",
    "a new account",
    "a step of destroying one",
    "a step of preparing",
    "a step of trimming",
};

/* ---- Each operation at its worst -----------------------------------------
 */

static struct large_block *whole_alloc(void)
{
    struct ut_req r = {.type = UT_TYPE_UNTYPED,
                       .size_bits = large.regions[1].size_bits,
                       .count = 1};
    struct large_block *b;

    large_trim();
    b = large_alloc(0, &r);
    if (!b)
        large_fault("the largest block cannot be had");
    return b;
}

/* The account takes what is left, the largest blocks first. */
static void rest_fill(unsigned account, unsigned bits)
{
    struct ut_req r = {.type = UT_TYPE_UNTYPED, .count = 1};

    for (; bits >= UT_PAGE_BITS; bits--) {
        r.size_bits = (uint8_t)bits;
        while (large_alloc(account, &r))
            ;
    }
}

static void blocks_release(unsigned account)
{
    for (unsigned i = 0; i < LARGE_LIVE; i++)
        if (large.blocks[i].live && large.blocks[i].account == account)
            large_release(&large.blocks[i]);
}

/* It may have all but what the donor needs for records and entries. */
static void quota_move(unsigned account)
{
    struct ut_usage u;
    struct ut_quota q;

    ut_acct_usage(large.accounts[0], &u);
    q.bytes = u.limit.bytes - u.used.bytes - u.lent.bytes - (1u << 20);
    q.caps = u.limit.caps - u.used.caps - u.lent.caps - 8192;
    if (ut_acct_move(large.accounts[0], large.accounts[account], &q, NULL))
        large_fault("no quota");
}

/* All memory but the large region is taken, and that was one block, given
 * back: what comes next has to cut it down from its full size.  The account
 * has so many slabs, and its chunk is full. */
static void worst_begin(unsigned account, unsigned slabs)
{
    struct ut_req r = {.type = UT_TYPE_TCB, .size_bits = 11, .count = 1};
    struct large_block *whole = whole_alloc();
    uint64_t before, after;
    struct ut_stats stats;

    large_create(account);
    while (slabs > 0) {
        ut_stats(large.ut, &stats);
        before = stats.slab_bytes;
        if (!large_alloc(account, &r))
            large_fault("no slab");
        ut_stats(large.ut, &stats);
        after = stats.slab_bytes;
        slabs -= after > before;
    }
    rest_fill(0, LARGE_HOME_BITS);
    rest_fill(account, UT_CHUNK_BITS - 1);
    if (whole)
        large_release(whole);
    quota_move(account);
}

static void worst_end(unsigned account)
{
    large_destroy(account, UINT32_MAX);
    blocks_release(0);
}

static void worst_request(const struct ut_req *r, unsigned slabs)
{
    struct ut_req full = *r;
    struct large_block *b;

    if (full.size_bits == 0)
        full.size_bits = stock_kinds[full.type].bits;
    worst_begin(1, slabs);
    b = large_alloc(1, &full);
    if (!b)
        large_fault("it cannot be had");
    else
        large_release(b);
    worst_end(1);
    if (slabs > 0)
        return;
    worst_begin(1, 0);
    large_lease(1, &full);
    worst_end(1);
}

static void worst_requests(void)
{
    uint32_t most = 1u << (large.regions[1].size_bits - UT_CHUNK_BITS);
    struct ut_req r;

    for (unsigned slabs = 0; slabs < 66; slabs = slabs ? slabs + 1 : 54)
        for (unsigned type = UT_TYPE_TCB; type <= UT_TYPE_NOTIFICATION;
             type++) {
            r = (struct ut_req){.type = (uint8_t)type, .count = 1};
            worst_request(&r, slabs);
        }
    r = (struct ut_req){.type = UT_TYPE_UNTYPED, .count = 1};
    for (unsigned bits = 4; bits < large.regions[1].size_bits; bits++) {
        r.size_bits = (uint8_t)bits;
        worst_request(&r, 0);
    }
    r = (struct ut_req){.type = STOCK_PAGE, .size_bits = 12};
    for (r.count = 2; r.count <= 4096;
         r.count += r.count < 72 ? 1 : r.count / 7)
        worst_request(&r, 0);
    r = (struct ut_req){.type = STOCK_MEGA, .size_bits = 21};
    for (r.count = 2; r.count <= most;
         r.count += r.count < 40 ? 1 : r.count / 5)
        worst_request(&r, 0);
}

/* The record of a new account, which its parent's chunks have no page for. */
static void worst_account(void)
{
    worst_begin(1, 0);
    large_create(2);
    large_destroy(2, 1);
    worst_end(1);
}

static void worst_transfer(void)
{
    struct ut_req r = {.type = STOCK_PAGE, .size_bits = 12, .count = 1};
    struct large_block *b;

    worst_begin(1, 0);
    b = large_alloc(1, &r);
    if (b)
        large_transfer(b, 0);
    worst_end(1);
}

/* ---- In turns ------------------------------------------------------------
 */

static void request_draw(struct ut_req *r, struct seed *seed)
{
    uint64_t kind = seed_below(seed, 12);

    *r = (struct ut_req){.type = UT_TYPE_UNTYPED, .count = 1};
    if (kind < 3)
        r->type = (uint8_t)(UT_TYPE_TCB + kind);
    else if (kind < 6)
        r->size_bits = 12;
    else if (kind < 9)
        r->size_bits = (uint8_t)(4 + seed_below(seed, 20));
    else if (kind < 10)
        r->size_bits =
            (uint8_t)(20 + seed_below(seed, large.regions[1].size_bits - 20u));
    else
        r->size_bits = (uint8_t)(12 + seed_below(seed, 12));
    if (kind >= 10)
        r->count = 2 + (uint32_t)seed_below(seed, kind == 10 ? 62 : 1500);
    if (r->size_bits == 0)
        r->size_bits = stock_kinds[r->type].bits;
    r->cls = (uint16_t)seed_below(seed, UT_CLASSES);
    if (seed_below(seed, 8) == 0)
        r->flags = seed_below(seed, 2) ? UT_HIGH : UT_LOW;
    if (seed_below(seed, 8) == 0)
        r->max = large.regions[1].base +
                 ((1 + seed_below(seed, 300)) << UT_CHUNK_BITS) - 1;
}

/* With what ut_trim takes the next request has to begin again: the second
 * object of each account brings the room in its books back. */
static void trim_and_go_on(void)
{
    struct ut_req r = {.type = UT_TYPE_ENDPOINT, .size_bits = 4, .count = 1};

    large_trim();
    for (unsigned i = 0; i < LARGE_ACCOUNTS; i++)
        for (unsigned n = 0; large.accounts[i] && n < 2; n++)
            large_alloc(i, &r);
}

static void turn(struct seed *seed, unsigned fill)
{
    struct large_block *b = &large.blocks[seed_below(seed, LARGE_LIVE)];
    unsigned account = (unsigned)seed_below(seed, LARGE_ACCOUNTS);
    uint64_t kind = seed_below(seed, 1000);
    struct ut_req r;

    request_draw(&r, seed);
    if (!large.accounts[account])
        large_create(account);
    else if (kind < 2 && account != 0)
        large_destroy(account, 1);
    else if (kind < 5)
        trim_and_go_on();
    else if (kind < 10)
        large_prepare(1 + (unsigned)seed_below(seed, 50));
    else if (kind < 40)
        large_lease(account, &r);
    else if (kind < 80 && b->live)
        large_transfer(b, account);
    else if (kind < fill)
        large_alloc(account, &r);
    else if (b->live)
        large_release(b);
}

/* By turns more is taken and more is given back. */
static void turns(struct seed *seed, unsigned steps)
{
    for (unsigned i = 0; i < steps && large.faults == 0; i++)
        turn(seed, i / 4000 % 2 ? 300 : 800);
}

/* ---- The claims ----------------------------------------------------------
 */

static void claims(uint64_t bound)
{
    for (unsigned op = 0; op < LARGE_OPERATIONS; op++) {
        tap_ok(large.done[op] > 0 && large.most[op] <= bound,
               "%s: at most %lu calls, of %lu", names[op],
               (unsigned long)large.most[op], (unsigned long)large.done[op]);
        large.most[op] = large.done[op] = 0;
    }
    tap_is(large.priced, 0, "never more calls than the price");
    tap_is(large.beyond, 0, "nothing cleared beyond what may be");
    tap_is(large.faults, 0, "nothing was wrong in between");
}

int main(void)
{
    static const struct {
        uint8_t size_bits;
        uint8_t bound;
        unsigned steps;
    } sizes[] = {{30, 9, 40000}, {33, 9, 40000}, {38, 11, 16000}};
    struct seed seed = seed_start(38);

    for (unsigned i = 0; i < 3; i++) {
        tap_diag("a region of 2^%u bytes", sizes[i].size_bits);
        large_open(sizes[i].size_bits);
        worst_requests();
        worst_account();
        worst_transfer();
        large_prepare(4);
        claims(sizes[i].bound);
        tap_diag("and in turns");
        turns(&seed, sizes[i].steps);
        claims(sizes[i].bound);
        large_close();
    }
    return tap_done();
}
