/* SPDX-License-Identifier: BSD-2-Clause */
/* w0 and w1.  Lifetimes: whenever something has to go, every live block is as
 * likely as any other, whatever its size and age; so they are geometric, with
 * as many frees as there are live blocks as their mean. */
#include "ut_work.h"

#include <stdlib.h>

#define OPERATIONS 400000u

const uint16_t noise_w0[NOISE_ORDERS] = {1000};
const uint16_t noise_w1[NOISE_ORDERS] = {780, 80, 50, 30, 20, 12, 10, 8, 6, 4};

static unsigned order_draw(struct noise *n)
{
    uint64_t at = seed_below(&n->seed, 1000);
    unsigned order = 0;

    while (at >= n->shares[order])
        at -= n->shares[order++];
    return order;
}

bool noise_start(struct noise *n, struct drive *d, uint64_t seed,
                 const uint16_t *shares, uint32_t ids)
{
    *n = (struct noise){.d = d, .seed = {seed}, .shares = shares};
    n->live = calloc(ids, sizeof *n->live);
    n->unused = calloc(ids, sizeof *n->unused);
    n->order = calloc(ids, sizeof *n->order);
    if (!n->live || !n->unused || !n->order) {
        drive_broken(d, "the host has no memory", ids);
        noise_end(n);
        return false;
    }
    while (n->unused_count < ids) {
        n->unused[n->unused_count] = ids - 1 - n->unused_count;
        n->unused_count++;
    }
    n->wanted = order_draw(n);
    return true;
}

static void noise_take(struct noise *n, unsigned order)
{
    static const uint8_t classes[] = {UT_CLASS_MOVABLE, UT_CLASS_MOVABLE,
                                      UT_CLASS_MOVABLE, UT_CLASS_PINNED};
    struct drive_request r =
        drive_order(order, classes[seed_below(&n->seed, 4)]);
    uint32_t id;

    if (n->unused_count == 0) {
        drive_broken(n->d, "the workload is out of numbers", order);
        return;
    }
    id = n->unused[--n->unused_count];
    n->order[id] = (uint8_t)order;
    n->live[n->live_count++] = id;
    n->live_pages += UINT64_C(1) << order;
    drive_alloc(n->d, id, &r);
}

static void noise_give(struct noise *n)
{
    uint32_t i = (uint32_t)seed_below(&n->seed, n->live_count);
    uint32_t id = n->live[i];

    n->live[i] = n->live[--n->live_count];
    n->unused[n->unused_count++] = id;
    n->live_pages -= UINT64_C(1) << n->order[id];
    drive_free(n->d, id);
}

void noise_step(struct noise *n)
{
    uint64_t pages = UINT64_C(1) << n->wanted;

    if (n->live_pages + pages <= n->target_pages || n->live_count == 0) {
        noise_take(n, n->wanted);
        n->wanted = order_draw(n);
    } else {
        noise_give(n);
    }
}

void noise_end(struct noise *n)
{
    free(n->live);
    free(n->unused);
    free(n->order);
}

void work_random(struct drive *d, const struct workload *w)
{
    const uint16_t *shares = w->limits & WORK_W0 ? noise_w0 : noise_w1;
    struct noise n;

    if (!noise_start(&n, d, w->seed, shares, w->ids))
        return;
    n.target_pages =
        (d->figures.managed_bytes >> UT_PAGE_BITS) * w->utilisation / 100;
    for (uint32_t i = 0; i < OPERATIONS && d->figures.broken[0] == '\0'; i++)
        noise_step(&n);
    noise_end(&n);
}
