/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_work.h"

#define GIB     (UINT64_C(1) << 30)
#define MIB     (UINT64_C(1) << 20)
#define PAGE    UINT64_C(4096)
#define SAMPLES 12u
#define BATCH   4u /* blocks taken before the first is freed */
#define OWNER   7u

/* 64 GiB of RAM as machines have it, and devices below it. */
static const struct ut_region regions[] = {
    {2 * GIB, 0, 31, 0},
    {4 * GIB, 0, 32, 0},
    {8 * GIB, 0, 33, 0},
    {16 * GIB, 0, 34, 0},
    {32 * GIB, 0, 35, 0},
    {64 * GIB, 0, 31, 0},
    {256 * MIB, 0, 28, UT_REGION_DEVICE},
    {0x9000, 0, 12, UT_REGION_DEVICE},
};

#define REGIONS    (sizeof regions / sizeof regions[0])
#define RAM        (2 * GIB)
#define RAM_END    (66 * GIB)
#define LAST_CHUNK (RAM_END - 2 * MIB)

struct work {
    const struct ut_pmm_hooks *hooks;
    struct ut_pmm *pmm;
    const char *state;
    const char *wrong;
    uint64_t random;
};

/* The measured functions, and those that only return. */
typedef ut_err_t alloc_fn(struct ut_pmm *, const struct ut_req *, ut_owner_t,
                          struct ut_blk *, struct ut_fault *);
typedef ut_err_t free_fn(struct ut_pmm *, const struct ut_blk *, ut_owner_t,
                         struct ut_fault *);

static ut_err_t no_alloc(struct ut_pmm *pmm, const struct ut_req *req,
                         ut_owner_t owner, struct ut_blk *blk,
                         struct ut_fault *fault)
{
    (void)pmm, (void)req, (void)owner, (void)blk, (void)fault;
    return UT_OK;
}

static ut_err_t no_free(struct ut_pmm *pmm, const struct ut_blk *blk,
                        ut_owner_t owner, struct ut_fault *fault)
{
    (void)pmm, (void)blk, (void)owner, (void)fault;
    return UT_OK;
}

static alloc_fn *const volatile allocs[2] = {ut_pmm_alloc, no_alloc};
static free_fn *const volatile frees[2] = {ut_pmm_free, no_free};

static uint64_t random_below(struct work *w, uint64_t bound)
{
    w->random =
        w->random * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (w->random >> 16) % bound;
}

static void fail(struct work *w, const char *what)
{
    if (!w->wrong)
        w->wrong = what;
}

/* ---- The states ---- */

/* Takes everything in first..last (bytes) in blocks of this size. */
static void fill(struct work *w, uint64_t first, uint64_t last,
                 unsigned size_bits, uint64_t step)
{
    for (uint64_t at = first; at <= last; at += step) {
        struct ut_blk blk = {at, 1, (uint8_t)size_bits};

        if (ut_pmm_alloc_at(w->pmm, &blk, OWNER, UT_CLASS_MOVABLE, NULL))
            fail(w, "a state cannot be made");
    }
}

static void make_empty(struct work *w)
{
    (void)w;
}

/* Every other page is free: nothing above a page is left. */
static void make_comb(struct work *w)
{
    fill(w, RAM, RAM_END - 1, 12, 2 * PAGE);
}

/* Every other chunk is free. */
static void make_chunks(struct work *w)
{
    fill(w, RAM, RAM_END - 1, 21, 4 * MIB);
}

/* All taken but the lowest GiB, free as a whole: a page splits it and, freed,
 * makes it whole again, and is the only one in each level of the index. */
static void make_last_gib(struct work *w)
{
    fill(w, RAM + GIB, RAM_END - 1, 30, GIB);
}

/* All taken but one page in the lowest chunk and one in the highest. */
static void make_last_pages(struct work *w)
{
    fill(w, RAM + 2 * MIB, LAST_CHUNK - 1, 21, 2 * MIB);
    fill(w, RAM + PAGE, RAM + 2 * MIB - 1, 12, PAGE);
    fill(w, LAST_CHUNK, LAST_CHUNK + 2 * MIB - 2 * PAGE, 12, PAGE);
}

/* Another class has the last free pages. */
static void make_other_class(struct work *w)
{
    fill(w, RAM + 2 * MIB, RAM_END - 1, 21, 2 * MIB);
    for (unsigned i = 0; i < 128; i++) {
        struct ut_blk blk = {RAM + i * 4 * PAGE, 1, 12};

        if (ut_pmm_alloc_at(w->pmm, &blk, OWNER, UT_CLASS_HUGE, NULL))
            fail(w, "a state cannot be made");
    }
}

/* Blocks of all orders, a third of them freed again. */
static void make_random(struct work *w)
{
    static struct ut_blk kept[65536];

    for (unsigned i = 0; i < 200000; i++) {
        unsigned n = (unsigned)random_below(w, 65536);
        struct ut_req req = {.count = 1};

        if (kept[n].count) {
            if (ut_pmm_free(w->pmm, &kept[n], OWNER, NULL))
                fail(w, "a random block cannot be freed");
            kept[n].count = 0;
            continue;
        }
        req.size_bits =
            (uint8_t)(12 + random_below(w, 1 + random_below(w, 13)));
        req.cls = (uint16_t)random_below(w, UT_CLASSES);
        if (ut_pmm_alloc(w->pmm, &req, OWNER, &kept[n], NULL))
            kept[n].count = 0;
    }
    for (unsigned n = 0; n < 65536; n++)
        kept[n].count = 0;
}

static const struct {
    const char *name;
    void (*make)(struct work *);
} states[] = {
    {"empty", make_empty},           {"comb", make_comb},
    {"chunks", make_chunks},         {"last-gib", make_last_gib},
    {"last-pages", make_last_pages}, {"other-class", make_other_class},
    {"random", make_random},
};

/* ---- The operations ---- */

#define ODD 0x1234000 /* so that ranges end inside chunks */

static const struct {
    const char *name, *free_name;
    struct ut_req req;
} ops[] = {
    {"page", "page-free", {.size_bits = 12, .count = 1, .cls = 2}},
    {"page-64K", "page-64K-free", {.size_bits = 16, .count = 1, .cls = 2}},
    {"page-1M", "page-1M-free", {.size_bits = 20, .count = 1, .cls = 2}},
    {"chunk", "chunk-free", {.size_bits = 21, .count = 1, .cls = 3}},
    {"gib", "gib-free", {.size_bits = 30, .count = 1, .cls = 3}},
    {"run-5", "run-5-free", {.size_bits = 12, .count = 5, .cls = 2}},
    {"range",
     "range-free",
     {.size_bits = 12, .count = 1, .min = RAM + ODD, .max = 8 * GIB - ODD}},
    {"range-all",
     "range-all-free",
     {.size_bits = 12, .count = 1, .min = PAGE, .cls = 2}},
    {"range-64K",
     "range-64K-free",
     {.size_bits = 16, .count = 1, .min = RAM, .max = 4 * GIB - 1, .cls = 2}},
    {"range-chunk",
     "range-chunk-free",
     {.size_bits = 21, .count = 1, .min = RAM + ODD, .max = 8 * GIB, .cls = 3}},
    {"range-high",
     "range-high-free",
     {.size_bits = 12,
      .flags = UT_HIGH,
      .count = 1,
      .min = RAM + ODD,
      .max = 64 * GIB - ODD,
      .cls = 2}},
};

static void measure(struct work *w, unsigned op, bool empty)
{
    struct ut_blk blk[BATCH], none;
    alloc_fn *alloc = allocs[empty];
    free_fn *release = frees[empty];
    unsigned n;

    for (n = 0; n < BATCH; n++) {
        ut_err_t err;

        /* Refused, or not: the measured call must do it, and nothing else. */
        if (ut_pmm_find(w->pmm, &ops[op].req, &none, NULL))
            break;
        w->hooks->begin();
        err = alloc(w->pmm, &ops[op].req, OWNER, &blk[n], NULL);
        w->hooks->end();
        w->hooks->sample(empty ? "call" : w->state, ops[op].name);
        if (empty)
            err = ut_pmm_alloc(w->pmm, &ops[op].req, OWNER, &blk[n], NULL);
        if (err)
            fail(w, "a block that was found is refused");
    }
    for (unsigned i = 0; i < n; i++) {
        ut_err_t err;

        w->hooks->begin();
        err = release(w->pmm, &blk[i], OWNER, NULL);
        w->hooks->end();
        w->hooks->sample(empty ? "call" : w->state, ops[op].free_name);
        if (empty)
            err = ut_pmm_free(w->pmm, &blk[i], OWNER, NULL);
        if (err)
            fail(w, "a block cannot be freed");
    }
}

size_t ut_pmm_work_bytes(void)
{
    return ut_pmm_size(regions, REGIONS, UT_PMM_TAGS);
}

const char *ut_pmm_work(void *memory, size_t bytes,
                        const struct ut_pmm_hooks *hooks)
{
    struct work w = {.hooks = hooks, .random = 1};

    for (unsigned s = 0; s < sizeof states / sizeof states[0]; s++) {
        const char *wrong;

        w.state = states[s].name;
        if (ut_pmm_init(memory, bytes, regions, REGIONS, UT_PMM_TAGS, &w.pmm,
                        NULL))
            return "no map";
        states[s].make(&w);
        hooks->count(true);
        for (unsigned op = 0; op < sizeof ops / sizeof ops[0]; op++) {
            if (s == 0)
                measure(&w, op, true);
            for (unsigned i = 0; i < SAMPLES / BATCH; i++)
                measure(&w, op, false);
        }
        hooks->count(false);
        wrong = ut_pmm_check(w.pmm);
        if (wrong)
            fail(&w, wrong);
    }
    return w.wrong;
}
