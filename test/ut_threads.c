/* SPDX-License-Identifier: BSD-2-Clause */
/* The lock hooks, with threads: two clients with an account each, and a third
 * that looks, trims, and makes and ends accounts meanwhile.  The kernel has one
 * lock of its own, as kernels have; the library's is inside of ours. */
#include <pthread.h>
#include <stdlib.h>

#include "seed.h"
#include "tap.h"
#include "ut_bed.h"

#define CLIENTS 2u
#define BLOCKS  96u
#define STEPS   20000u
#define SLOTS   9u /* of a block, at most */

static pthread_mutex_t library_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t kernel_lock = PTHREAD_MUTEX_INITIALIZER;
static struct bed bed;
static uint64_t entered; /* the library, with its lock held */
static bool is_entered;

struct client {
    struct ut_acct *acct;
    struct seed seed;
    uint32_t first; /* of its slots */
    uint64_t served, failed, wrong;
    struct ut_blk blocks[BLOCKS]; /* count 0: none */
};

static struct client clients[CLIENTS];

/* ---- Locks --------------------------------------------------------------- */

static void lock(void *context)
{
    (void)context;
    if (pthread_mutex_lock(&library_lock) || is_entered)
        abort();
    is_entered = true;
    entered++;
}

static void unlock(void *context)
{
    (void)context;
    is_entered = false;
    if (pthread_mutex_unlock(&library_lock))
        abort();
}

static void big_lock(void)
{
    if (pthread_mutex_lock(&kernel_lock))
        abort();
}

static uint32_t big_unlock(uint32_t error)
{
    if (pthread_mutex_unlock(&kernel_lock))
        abort();
    return error;
}

static uint32_t retype(void *context, const struct ut_retype *call)
{
    big_lock();
    return big_unlock(bed.real.retype(context, call));
}

static uint32_t retype_at(void *context, const struct ut_retype *call)
{
    big_lock();
    return big_unlock(bed.real.retype_at(context, call));
}

static uint32_t revoke(void *context, const struct ut_slot *slot)
{
    big_lock();
    return big_unlock(bed.real.revoke(context, slot));
}

static uint32_t revoke_at(void *context, uint64_t untyped,
                          uint64_t offset_bytes, uint8_t size_bits)
{
    big_lock();
    return big_unlock(
        bed.real.revoke_at(context, untyped, offset_bytes, size_bits));
}

static uint32_t map_meta(void *context, uint64_t frame, uint8_t size_bits,
                         void **address)
{
    big_lock();
    return big_unlock(bed.real.map_meta(context, frame, size_bits, address));
}

static void unmap_meta(void *context, uint64_t frame, void *address)
{
    big_lock();
    bed.real.unmap_meta(context, frame, address);
    big_unlock(0);
}

static bool is_there(uint32_t slot)
{
    bool empty;

    big_lock();
    empty = bed_slot_is_empty(&bed, slot);
    big_unlock(0);
    return !empty;
}

/* ---- Threads ------------------------------------------------------------- */

static void step_alloc(struct client *c, unsigned i)
{
    uint32_t slot = c->first + i * SLOTS;
    struct ut_dest dest = ut_slots_dest(&bed.slots, slot);
    struct ut_req r = {.type = UT_TYPE_UNTYPED, .count = 1};
    struct ut_fault fault;
    struct ut_lease lease;

    if (seed_below(&c->seed, 3) == 0)
        r.type = UT_TYPE_ENDPOINT;
    else
        r.size_bits = (uint8_t)(4 + seed_below(&c->seed, 12));
    if (seed_below(&c->seed, 5) == 0)
        r = (struct ut_req){.type = bed.ops.frame_type,
                            .count = 1 + (uint32_t)seed_below(&c->seed, SLOTS)};
    if (seed_below(&c->seed, 6) == 0) {
        if (!ut_lease(c->acct, &r, &lease, &fault))
            c->wrong += ut_cancel(&lease) != UT_OK;
        return;
    }
    if (ut_alloc(c->acct, &r, &dest, &c->blocks[i], &fault)) {
        c->blocks[i].count = 0;
        c->failed++;
        c->wrong += fault.err == UT_EKERNEL || fault.err == UT_EINVAL;
        return;
    }
    c->served++;
    c->wrong += !is_there(slot + r.count - 1);
}

static void step_free(struct client *c, unsigned i)
{
    uint32_t slot = c->first + i * SLOTS;

    c->wrong += !is_there(slot);
    c->wrong += ut_free(c->acct, &c->blocks[i], NULL) != UT_OK;
    c->wrong += is_there(slot);
    c->blocks[i].count = 0;
}

static void *client_run(void *context)
{
    struct client *c = context;

    for (unsigned n = 0; n < STEPS; n++) {
        unsigned i = (unsigned)seed_below(&c->seed, BLOCKS);

        if (c->blocks[i].count != 0)
            step_free(c, i);
        else
            step_alloc(c, i);
    }
    return NULL;
}

static bool span_count(void *context, const struct ut_span *span)
{
    uint64_t *bytes = context;

    *bytes += span->bytes;
    return true;
}

static volatile bool has_ended;
static uint64_t looks, looks_wrong;

/* What is seen between two operations is whole. */
static void *looker_run(void *context)
{
    struct ut_quota q = {UINT64_C(1) << 20, 2000};

    (void)context;
    while (!__atomic_load_n(&has_ended, __ATOMIC_ACQUIRE)) {
        struct ut_acct *third;
        struct ut_stats stats;
        uint64_t bytes = 0;

        ut_stats(bed.ut, &stats);
        ut_walk(bed.ut, span_count, &bytes);
        looks_wrong += ut_check(bed.ut) != NULL || bytes == 0;
        looks_wrong +=
            stats.used_bytes + stats.free_bytes != stats.managed_bytes;
        (void)ut_trim(bed.ut, 2);
        if (!ut_acct_create(bed.root, &q, &third, NULL))
            while (ut_acct_destroy(third, 3, NULL) == UT_EAGAIN)
                ;
        looks++;
    }
    return NULL;
}

/* ---- The machine --------------------------------------------------------- */

static void start(const struct ut_strategy *strategy)
{
    struct ut_config *c = &bed.config;
    struct ut_quota q = {UINT64_C(12) << 20, 8000};

    bed_open(&bed, NULL, NULL);
    bed_restart(&bed, strategy);
    bed.ops = bed.real;
    bed.ops.retype = retype;
    bed.ops.retype_at = retype_at;
    bed.ops.revoke = revoke;
    bed.ops.revoke_at = revoke_at;
    bed.ops.map_meta = map_meta;
    bed.ops.unmap_meta = unmap_meta;
    bed.ops.lock = lock;
    bed.ops.unlock = unlock;
    c->bytes = ut_memory_bytes(c);
    c->memory = aligned_alloc(16, c->bytes);
    if (!c->memory || ut_init(c, &bed.ut, NULL))
        abort();
    bed.root = ut_root(bed.ut);
    for (unsigned i = 0; i < CLIENTS; i++) {
        struct ut_dest dest;

        clients[i] = (struct client){.seed = {.state = i + 1}};
        clients[i].first = bed_slots(&bed, BLOCKS * SLOTS, &dest);
        if (ut_acct_create(bed.root, &q, &clients[i].acct, NULL))
            abort();
    }
}

static void tests(const struct ut_strategy *strategy)
{
    pthread_t threads[CLIENTS + 1];
    struct ut_usage usage;
    uint64_t live = 0;

    start(strategy);
    entered = looks = looks_wrong = 0;
    has_ended = false;
    for (unsigned i = 0; i < CLIENTS; i++)
        if (pthread_create(&threads[i], NULL, client_run, &clients[i]))
            abort();
    if (pthread_create(&threads[CLIENTS], NULL, looker_run, NULL))
        abort();
    for (unsigned i = 0; i < CLIENTS; i++)
        pthread_join(threads[i], NULL);
    __atomic_store_n(&has_ended, true, __ATOMIC_RELEASE);
    pthread_join(threads[CLIENTS], NULL);
    tap_diag("%s: the lock was taken %lu times, %lu looks",
             ut_strategy_name(bed.ut), (unsigned long)entered,
             (unsigned long)looks);
    for (unsigned i = 0; i < CLIENTS; i++) {
        struct client *c = &clients[i];

        tap_ok(c->served > STEPS / 4, "client %u: %lu served, %lu refused", i,
               (unsigned long)c->served, (unsigned long)c->failed);
        tap_is(c->wrong, 0, "  nothing was wrong");
        for (unsigned n = 0; n < BLOCKS; n++) {
            live += c->blocks[n].count != 0;
            if (c->blocks[n].count != 0)
                step_free(c, n);
        }
        tap_is(c->wrong, 0, "  nor when it gave all back");
        while (ut_acct_destroy(c->acct, 100, NULL) == UT_EAGAIN)
            ;
    }
    tap_ok(live > 0 && looks > 0, "%lu blocks lived", (unsigned long)live);
    tap_is(looks_wrong, 0, "what was seen in between was right");
    ut_acct_usage(bed.root, &usage);
    tap_is(usage.lent.bytes, 0, "all quota came back");
    tap_ok(bed_check(&bed, "end"), "all is well");
    bed_close(&bed);
}

int main(void)
{
    if (bed_can(&ut_strategy_offset))
        tests(&ut_strategy_offset);
    else
        tap_skip("the kernel has no RetypeAt");
    tests(&ut_strategy_incremental);
    return tap_done();
}
