/* SPDX-License-Identifier: BSD-2-Clause */
/* Patterns that allocators fail on. */
#include "ut_work.h"

#define PAGES_PER_CHUNK 512u
#define ROUNDS          16u

static bool take(struct drive *d, uint32_t id, unsigned order, uint8_t cls)
{
    struct drive_request r = drive_order(order, cls);

    r.pages_will_do = order == 0;
    return drive_alloc(d, id, &r);
}

static void ping_pong(struct drive *d, uint32_t id, unsigned order)
{
    for (uint32_t i = 0; i < ROUNDS; i++) {
        take(d, id, order, UT_CLASS_MOVABLE);
        drive_free(d, id);
    }
}

/* Up by blocks of an order to where the next larger unit is full, and at each
 * step one more block is taken and given back, again and again.  Where
 * exactly a unit is full depends on what a strategy puts into it: the last 24
 * blocks before and the first 8 behind it are tried. */
static void border(struct drive *d, uint32_t id, unsigned order)
{
    uint32_t last = PAGES_PER_CHUNK + 8, first = PAGES_PER_CHUNK - 24;

    for (uint32_t i = 0; i < last; i++) {
        take(d, id + i, order, UT_CLASS_MOVABLE);
        if (i >= first)
            ping_pong(d, id + last, order);
    }
    for (uint32_t i = last; i-- > 0;) {
        drive_free(d, id + i);
        if (i >= first)
            ping_pong(d, id + last, order);
    }
}

/* Ping-pong from the empty machine, at chunk borders, at those of GiB; then a
 * GiB and a page by turns. */
void work_borders(struct drive *d, const struct workload *w)
{
    (void)w;
    ping_pong(d, 0, 0);
    border(d, 0, 0);
    ping_pong(d, 0, 9);
    border(d, 0, 9);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        take(d, 0, 18, UT_CLASS_HUGE);
        drive_free(d, 0);
        take(d, 0, 0, UT_CLASS_MOVABLE);
        drive_free(d, 0);
    }
}

/* All pages up to 90 %; every other one goes; blocks of two pages are asked
 * for in vain, single ones fill the gaps; all goes, and blocks of 2 MiB fill
 * it again. */
void work_comb(struct drive *d, const struct workload *w)
{
    uint32_t pages = (uint32_t)(d->figures.managed_bytes >> UT_PAGE_BITS);
    uint32_t used = pages * w->utilisation / 100;
    uint32_t chunks = used / PAGES_PER_CHUNK;

    for (uint32_t i = 0; i < used; i++)
        take(d, i, 0, UT_CLASS_MOVABLE);
    for (uint32_t i = 0; i < used; i += 2)
        drive_free(d, i);
    for (uint32_t i = 0; i < pages / 8; i++)
        take(d, pages + i, 1, UT_CLASS_MOVABLE);
    for (uint32_t i = 0; i < pages / 8; i++)
        drive_free(d, pages + i);
    for (uint32_t i = 0; i < used; i += 2)
        take(d, i, 0, UT_CLASS_MOVABLE);
    for (uint32_t i = 0; i < used; i++)
        drive_free(d, i);
    for (uint32_t i = 0; i < chunks; i++)
        take(d, i, 9, UT_CLASS_HUGE);
    for (uint32_t i = 0; i < chunks; i++)
        drive_free(d, i);
}

/* Among 64 user pages one kernel object, which stays when they go: how many
 * blocks of 2 MiB are there then? */
void work_pinned(struct drive *d, const struct workload *w)
{
    uint32_t pages = (uint32_t)(d->figures.managed_bytes >> UT_PAGE_BITS);
    uint32_t used = pages * w->utilisation / 100;
    struct drive_request table = {
        .type = DRIVE_TABLE,
        .size_bits = UT_PAGE_BITS,
        .cls = UT_CLASS_PINNED,
        .count = 1,
    };

    for (uint32_t i = 0; i < used; i++)
        if (i % 64 == 0)
            drive_alloc(d, i, &table);
        else
            take(d, i, 0, UT_CLASS_MOVABLE);
    for (uint32_t i = 0; i < used; i++)
        if (i % 64 != 0)
            drive_free(d, i);
    for (uint32_t i = 0; i < pages / PAGES_PER_CHUNK; i++)
        take(d, used + i, 9, UT_CLASS_HUGE);
    for (uint32_t i = 0; i < pages / PAGES_PER_CHUNK; i++)
        drive_free(d, used + i);
    for (uint32_t i = 0; i < used; i += 64)
        drive_free(d, i);
}

/* ---- Rings and runs --------------------------------------------------------
 */

#define BELOW ((UINT64_C(1) << 32) - 1) /* what a device can address */
#define RINGS 64u
#define TURNS 50000u

/* 64 B to 64 KiB. */
static struct drive_request ring_draw(struct seed *seed)
{
    struct drive_request r = {
        .type = UT_TYPE_UNTYPED,
        .size_bits = (uint8_t)(6 + seed_below(seed, 11)),
        .cls = UT_CLASS_PINNED,
        .count = 1,
        .max = BELOW,
    };

    return r;
}

/* A run of 3 to 63 pages, anywhere. */
static struct drive_request run_draw(struct seed *seed)
{
    struct drive_request r = {
        .type = DRIVE_PAGE,
        .size_bits = UT_PAGE_BITS,
        .cls = UT_CLASS_PINNED,
        .count = (uint32_t)(3 + seed_below(seed, 61)),
    };

    return r;
}

/* Pages that may lie anywhere load the machine; among them, what is drawn
 * comes and goes. */
static void among_pages(struct drive *d, const struct workload *w,
                        struct drive_request (*draw)(struct seed *))
{
    uint64_t pages = d->figures.managed_bytes >> UT_PAGE_BITS;
    bool is_live[RINGS] = {false};
    uint32_t first = w->ids - RINGS;
    struct noise n;

    if (!noise_start(&n, d, w->seed, noise_w0, first))
        return;
    n.target_pages = pages * w->utilisation / 100;
    while (n.live_pages < n.target_pages && d->figures.broken[0] == '\0')
        noise_step(&n);
    for (uint32_t i = 0; i < TURNS && d->figures.broken[0] == '\0'; i++) {
        uint32_t ring = (uint32_t)seed_below(&n.seed, RINGS);
        struct drive_request r = draw(&n.seed);

        noise_step(&n);
        if (is_live[ring])
            drive_free(d, first + ring);
        else
            drive_alloc(d, first + ring, &r);
        is_live[ring] = !is_live[ring];
    }
    noise_end(&n);
}

/* Half of the machine is below 4 GiB. */
void work_rings(struct drive *d, const struct workload *w)
{
    among_pages(d, w, ring_draw);
}

void work_runs(struct drive *d, const struct workload *w)
{
    among_pages(d, w, run_draw);
}

/* ---- Processes ------------------------------------------------------------
 */

#define LIVE_PROCESSES 24u
#define STARTS         240u
#define NUMBERS        2048u /* of requests, for each */

static void request(struct drive *d, uint32_t *id, uint8_t process,
                    uint8_t type, uint8_t size_bits)
{
    struct drive_request r = {
        .type = type,
        .size_bits = size_bits,
        .cls = type == DRIVE_PAGE || type == DRIVE_MEGA ? UT_CLASS_MOVABLE
                                                        : UT_CLASS_PINNED,
        .process = process,
        .count = 1,
    };

    drive_alloc(d, (*id)++, &r);
}

/* A CSpace of 512 slots, page tables, threads with what they wait for, and
 * 256 to 1279 pages; every fourth has a large page too. */
static void process_start(struct drive *d, uint8_t p, struct seed *seed)
{
    static const struct ut_quota quota = {UINT64_C(10) << 20, 12288};
    uint32_t id = p * NUMBERS;
    uint32_t pages = 256 + (uint32_t)seed_below(seed, 1024);
    uint32_t threads = 1 + (uint32_t)seed_below(seed, 8);
    bool large = seed_below(seed, 4) == 0;

    drive_process_start(d, p, &quota);
    request(d, &id, p, UT_TYPE_CNODE, 14);
    for (uint32_t i = 0; i < 4; i++)
        request(d, &id, p, DRIVE_TABLE, UT_PAGE_BITS);
    for (uint32_t i = 0; i < threads; i++) {
        request(d, &id, p, UT_TYPE_TCB, 11);
        request(d, &id, p, UT_TYPE_ENDPOINT, 4);
        request(d, &id, p, UT_TYPE_NOTIFICATION, 5);
    }
    for (uint32_t i = 0; i < pages; i++)
        request(d, &id, p, DRIVE_PAGE, UT_PAGE_BITS);
    if (large)
        request(d, &id, p, DRIVE_MEGA, UT_CHUNK_BITS);
}

static void process_end(struct drive *d, uint8_t p)
{
    drive_process_end(d, p, p * NUMBERS, (p + 1) * NUMBERS - 1);
}

/* As many processes as 24; one of them ends, a new one starts. */
void work_processes(struct drive *d, const struct workload *w)
{
    bool is_live[LIVE_PROCESSES] = {false};
    struct seed seed = {w->seed};

    for (uint32_t i = 0; i < STARTS && d->figures.broken[0] == '\0'; i++) {
        uint8_t p = (uint8_t)seed_below(&seed, LIVE_PROCESSES);

        if (is_live[p])
            process_end(d, (uint8_t)(p + 1));
        process_start(d, (uint8_t)(p + 1), &seed);
        is_live[p] = true;
    }
    for (uint8_t p = 0; p < LIVE_PROCESSES && d->figures.broken[0] == '\0'; p++)
        if (is_live[p])
            process_end(d, (uint8_t)(p + 1));
}
