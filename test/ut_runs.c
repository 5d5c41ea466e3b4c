/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs: objects back to back that are not one aligned power of two.  What they
 * cost is what was said before; they are given back as they were given, or not
 * at all; and where they have to lie at an exact place, they do. */
#include "seed.h"
#include "tap.h"
#include "ut_bed.h"

#define PAGE   UINT64_C(4096)
#define LIVE   24u
#define ROUNDS 3000u

static struct bed bed;
static struct ut_acct *a, *b;
static struct ut_fault fault;

struct run {
    struct ut_blk blk;
    struct ut_quota charged;
    uint32_t slot;
    bool live;
};

static struct run runs[LIVE];
static uint64_t refuse_in; /* the n-th call of an allocation fails; 0: none */

static bool is_incremental(void)
{
    return ut_strategy_name(bed.ut)[0] == 'i';
}

static struct ut_quota used(const struct ut_acct *acct)
{
    struct ut_usage u;

    ut_acct_usage(acct, &u);
    return u.used;
}

static uint32_t worth(uint32_t count)
{
    return (count + bed.ops.fanout - 1) / bed.ops.fanout;
}

static void look(bool right, const char *when, const char *what)
{
    if (!right)
        bed_fault(&bed, when, what);
}

/* Within its price; 9 calls are the most on stock, with offset it is one. */
static ut_err_t run_alloc(struct run *run, const struct ut_req *r)
{
    struct ut_quota before = used(a), after;
    struct ut_price price;
    struct ut_dest dest;
    uint64_t calls;
    bool exact = r->max != 0;
    ut_err_t err;

    run->slot = bed_slots(&bed, r->count, &dest);
    look(!ut_price(bed.ut, r, &price, NULL), "price", "there is none");
    bed.refuse_in = refuse_in;
    calls = bed.calls;
    err = ut_alloc(a, r, &dest, &run->blk, &fault);
    calls = bed.calls - calls;
    bed.refuse_in = 0;
    after = used(a);
    if (err) {
        look(calls == 0 || refuse_in, "alloc", "a refused run has made calls");
        look(after.bytes <= before.bytes, "alloc", "a refused run has a price");
        for (uint32_t i = 0; i < r->count; i++)
            look(bed_slot_is_empty(&bed, run->slot + i), "alloc", "half-way");
        bed_slot_give(&bed, run->slot, r->count);
        return err;
    }
    look(calls <= price.calls, "alloc", "more calls than the price");
    look(calls <= (is_incremental() && !exact ? 8 : 0) + worth(r->count) ||
             (is_incremental() && exact),
         "alloc", "more calls than for a single object");
    look((int64_t)(after.bytes - before.bytes) <=
             (int64_t)(price.own.bytes + price.entry.bytes),
         "alloc", "more bytes than the price");
    look(price.own.caps == r->count, "price", "a capability each");
    look(run->blk.count == r->count, "alloc", "another count");
    look(!exact || run->blk.paddr == r->min, "alloc", "another place");
    for (uint32_t i = 0; i < r->count; i++)
        look(!bed_slot_is_empty(&bed, run->slot + i), "alloc", "none there");
    run->charged = (struct ut_quota){price.own.bytes, price.own.caps};
    run->live = true;
    return UT_OK;
}

/* Neither one more nor one less; the right count is said. */
static void wrong_free(const struct run *run, int by)
{
    struct ut_blk wrong = run->blk;
    ut_err_t err;

    wrong.count += (uint32_t)by;
    err = ut_free(a, &wrong, &fault);
    look(err == UT_EINVAL, "free", "another count was accepted");
    look(wrong.count == 0 || fault.available == run->blk.count ||
             fault.available >= (uint64_t)run->blk.count << run->blk.size_bits,
         "free", "how many there are is not said");
    if (wrong.count > 0 && b)
        look(ut_transfer(a, b, &wrong, NULL, NULL) == UT_EINVAL, "transfer",
             "another count was accepted");
}

/* The fewest aligned blocks that make it up. */
static uint64_t pieces(const struct ut_blk *blk)
{
    uint64_t at = blk->paddr, left = (uint64_t)blk->count << blk->size_bits;
    uint64_t count = 0;

    while (left > 0) {
        unsigned bits = (unsigned)__builtin_ctzll(at);

        while (left >> bits == 0)
            bits--;
        at += UINT64_C(1) << bits;
        left -= UINT64_C(1) << bits;
        count++;
    }
    return count;
}

static void run_free(struct run *run)
{
    struct ut_quota before = used(a), after;
    uint64_t calls;

    wrong_free(run, -1);
    wrong_free(run, 1);
    calls = bed.calls;
    look(!ut_free(a, &run->blk, &fault), "free", "it was refused");
    calls = bed.calls - calls;
    after = used(a);
    look(calls <= pieces(&run->blk), "free", "more calls than aligned blocks");
    look(before.bytes - after.bytes >= run->charged.bytes, "free",
         "not all that it cost");
    look(ut_free(a, &run->blk, NULL) == UT_EBUSY, "free", "twice");
    for (uint32_t i = 0; i < run->blk.count; i++)
        look(bed_slot_is_empty(&bed, run->slot + i), "free", "still there");
    bed_slot_give(&bed, run->slot, run->blk.count);
    run->live = false;
}

/* Every length there is up to two chunks, each alone. */
static void test_lengths(void)
{
    struct ut_req r = {.type = bed.ops.frame_type};
    struct ut_req large = {.type = UT_TYPE_UNTYPED, .size_bits = 14};
    uint64_t asked = 0, paid = 0;
    uint32_t refused = 0;

    for (r.count = 2; r.count <= 1024; r.count += r.count < 130 ? 1 : 37) {
        refused += run_alloc(&runs[0], &r) != UT_OK;
        if (!runs[0].live)
            continue;
        asked += r.count * PAGE;
        paid += runs[0].charged.bytes;
        look(r.count > 64 || runs[0].charged.bytes < 2 * r.count * PAGE,
             "price", "more than the next power of two");
        look(r.count <= 128 || runs[0].charged.bytes * 4 <= r.count * PAGE * 6,
             "price", "a long run costs half as much again");
        run_free(&runs[0]);
    }
    for (large.count = 2; large.count < 40; large.count++) {
        refused += run_alloc(&runs[0], &large) != UT_OK;
        if (runs[0].live)
            run_free(&runs[0]);
    }
    tap_is(refused, 0, "runs of all lengths up to 1024 pages");
    tap_diag("  %lu bytes paid for %lu asked", (unsigned long)paid,
             (unsigned long)asked);
    tap_ok(is_incremental() ? paid > asked : paid == asked,
           "  with offset for what was asked alone");
    tap_ok(bed_check(&bed, "lengths"), "all is well");
}

/* After the kernel has refused it. */
static ut_err_t again(struct run *run, const struct ut_req *r)
{
    refuse_in = 0;
    bed_check(&bed, "refused");
    return run_alloc(run, r);
}

/* At the page that is asked for, aligned or not; a power of two as well. */
static void test_places(void)
{
    struct seed seed = seed_start(31);
    uint64_t base = bed.base + (UINT64_C(1) << 22);
    uint32_t served = 0;

    for (unsigned i = 0; i < 400; i++) {
        struct ut_req r = {.type = bed.ops.frame_type};
        bool crosses;
        ut_err_t err;

        r.count = 2 + (uint32_t)seed_below(&seed, i % 4 ? 63 : 300);
        r.min = base + seed_below(&seed, 700) * PAGE;
        r.max = r.min + r.count * PAGE - 1;
        refuse_in = seed_below(&seed, 4) == 0 ? 1 + seed_below(&seed, 9) : 0;
        err = run_alloc(&runs[0], &r);
        if (err == UT_EKERNEL && refuse_in)
            err = again(&runs[0], &r);
        crosses = r.min >> 21 != (r.min + r.count * PAGE - 1) >> 21;
        look(err == (is_incremental() && crosses ? UT_EFRAG : UT_OK), "exact",
             "a free place was refused");
        served += !err;
        if (!err)
            run_free(&runs[0]);
    }
    tap_ok(served >= (is_incremental() ? 300 : 400),
           "%u of 400 runs at exact places", served);
    tap_ok(bed_check(&bed, "places"), "all is well");
    refuse_in = 0;
}

/* Above a chunk a run at an exact place begins with one on stock. */
static void test_large_places(void)
{
    struct ut_req r = {.type = bed.ops.frame_type, .count = 600};

    r.min = bed.base + (UINT64_C(3) << 21);
    r.max = r.min + r.count * PAGE - 1;
    tap_is(run_alloc(&runs[0], &r), UT_OK, "600 pages at an odd chunk");
    run_free(&runs[0]);
    r.min += PAGE;
    r.max += PAGE;
    tap_is(run_alloc(&runs[0], &r), is_incremental() ? UT_EFRAG : UT_OK,
           "and a page further");
    if (runs[0].live)
        run_free(&runs[0]);
    tap_ok(bed_check(&bed, "places"), "all is well");
}

/* Many at a time, between single pages. */
static void test_mixed(void)
{
    struct seed seed = seed_start(32);
    uint32_t served = 0, refused = 0;

    for (unsigned i = 0; i < ROUNDS && bed.faults == 0; i++) {
        struct run *run = &runs[seed_below(&seed, LIVE)];
        struct ut_req r = {.type = bed.ops.frame_type};

        r.count = 1 + (uint32_t)seed_below(&seed, i % 8 ? 63 : 200);
        if (i % 3 == 0)
            r = (struct ut_req){.type = UT_TYPE_UNTYPED,
                                .size_bits =
                                    (uint8_t)(12 + seed_below(&seed, 4)),
                                .count = 1 + (uint32_t)seed_below(&seed, 9)};
        refuse_in = seed_below(&seed, 6) == 0 ? 1 + seed_below(&seed, 7) : 0;
        if (run->live)
            run_free(run);
        else if (run_alloc(run, &r))
            refused++;
        else
            served++;
        bed_check(&bed, "mixed");
    }
    tap_ok(served > ROUNDS / 3, "%u runs among others, %u refused", served,
           refused);
    refuse_in = 0;
    for (unsigned i = 0; i < LIVE; i++)
        if (runs[i].live)
            run_free(&runs[i]);
    tap_ok(bed_check(&bed, "mixed"), "all is well");
}

struct seen {
    struct ut_blk want;
    bool found;
};

static bool span_look(void *context, const struct ut_span *span)
{
    struct seen *s = context;

    if (span->blk.paddr == s->want.paddr) {
        s->found = span->blk.count == s->want.count &&
                   span->blk.size_bits == s->want.size_bits &&
                   span->bytes >= s->want.count * PAGE;
        return false;
    }
    return true;
}

/* What it is made of is said to who looks, moves with it, dies with it. */
static void test_owners(void)
{
    static const uint32_t counts[] = {3, 33, 100, 600};
    struct ut_quota q = {UINT64_C(8) << 20, 6000};
    struct ut_quota before;

    if (ut_acct_create(bed.root, &q, &b, NULL))
        bed_fault(&bed, "owners", "no account");
    before = used(a);
    for (unsigned i = 0; i < 4; i++) {
        struct ut_req r = {.type = bed.ops.frame_type, .count = counts[i]};
        struct seen seen = {.found = false};

        tap_is(run_alloc(&runs[i], &r), UT_OK, "a run of %u", counts[i]);
        seen.want = runs[i].blk;
        ut_walk(bed.ut, span_look, &seen);
        tap_ok(seen.found, "  is what ut_walk says");
        wrong_free(&runs[i], 1);
        wrong_free(&runs[i], -1);
        tap_is(ut_transfer(a, b, &runs[i].blk, NULL, NULL), UT_OK,
               "  changes hands");
        tap_ok(bed_check(&bed, "owners"), "  and all is well");
    }
    tap_ok(used(a).bytes <= before.bytes, "the first pays no more");
    while (ut_acct_destroy(b, 3, NULL) == UT_EAGAIN)
        bed_check(&bed, "destroy");
    b = NULL;
    for (unsigned i = 0; i < 4; i++) {
        tap_ok(bed_slot_is_empty(&bed, runs[i].slot) &&
                   bed_slot_is_empty(&bed, runs[i].slot + counts[i] - 1),
               "the run of %u is dead", counts[i]);
        bed_slot_give(&bed, runs[i].slot, counts[i]);
        runs[i].live = false;
    }
    tap_ok(bed_check(&bed, "owners"), "all is well");
}

/* Lengths that are the numbers of other accounts, which die: what is not
 * theirs stays. */
static void test_numbers(void)
{
    struct ut_quota q = {UINT64_C(1) << 20, 2000};
    struct ut_acct *others[24];
    unsigned lived = 0;

    for (unsigned i = 0; i < 24; i++)
        if (ut_acct_create(bed.root, &q, &others[i], NULL))
            bed_fault(&bed, "numbers", "no account");
    for (unsigned i = 0; i < LIVE; i++) {
        struct ut_req r = {.type = bed.ops.frame_type, .count = 3 + i};

        if (run_alloc(&runs[i], &r))
            bed_fault(&bed, "numbers", "no run");
    }
    for (unsigned i = 0; i < LIVE; i += 2)
        run_free(&runs[i]);
    for (unsigned i = 0; i < 24; i++)
        while (ut_acct_destroy(others[i], 5, NULL) == UT_EAGAIN)
            ;
    for (unsigned i = 1; i < LIVE; i += 2) {
        lived += !bed_slot_is_empty(&bed, runs[i].slot);
        run_free(&runs[i]);
    }
    tap_is(lived, LIVE / 2, "the runs of an account that lives");
    tap_ok(bed_check(&bed, "numbers"), "all is well");
}

static void tests(const struct ut_strategy *strategy)
{
    struct ut_quota q = {UINT64_C(20) << 20, 14000};

    (void)strategy;
    b = NULL;
    if (ut_acct_create(bed.root, &q, &a, NULL))
        bed_fault(&bed, "start", "no account");
    test_lengths();
    test_places();
    test_large_places();
    test_mixed();
    test_numbers();
    test_owners();
}

int main(void)
{
    bed_each(&bed, tests);
    return tap_done();
}
