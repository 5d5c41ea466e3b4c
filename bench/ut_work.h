/* SPDX-License-Identifier: BSD-2-Clause */
/* The workloads of `make bench-ut': each is the same requests in the same
 * order for every strategy.  What a strategy refuses is not freed later; else
 * nothing depends on its answers.
 *
 *   ut_work_random.c    w0, w1: 400 000 operations at a level of use
 *   ut_work_recorded.c  sel4, linux: what real systems did (traces/)
 *   ut_work_shapes.c    borders, comb, pinned, rings, runs, processes
 *   ut_work_curve.c     large blocks against utilisation, and the drawing
 */
#ifndef BENCH_UT_WORK_H
#define BENCH_UT_WORK_H
#include "seed.h"
#include "ut_drive.h"

#include <stdio.h>

/* What is required of a workload beyond what holds for all. */
enum work_limit {
    WORK_W0 = 1,
    WORK_W1 = 2,
};

struct workload {
    const char *name;
    const char *what;
    struct drive_machine machine;
    uint32_t ids;         /* highest number of a request, plus one */
    unsigned utilisation; /* percent of the machine, at the peak */
    unsigned limits;      /* of enum work_limit */
    uint64_t seed;
    void (*run)(struct drive *d, const struct workload *w);
};

/* ---- ut_work_random.c: blocks of 2^order pages, at a level of use ---- */

#define NOISE_ORDERS 10u

struct noise {
    struct drive *d;
    struct seed seed;
    const uint16_t *shares; /* of the orders, in 1000 */
    uint64_t target_pages, live_pages;
    uint32_t *live, *unused; /* numbers 0 .. ids - 1 */
    uint8_t *order;          /* by number */
    uint32_t live_count, unused_count;
    unsigned wanted; /* order of the next block */
};

extern const uint16_t noise_w0[NOISE_ORDERS], noise_w1[NOISE_ORDERS];

bool noise_start(struct noise *n, struct drive *d, uint64_t seed,
                 const uint16_t *shares, uint32_t ids);
/* A block of a random order is taken; as long as it would exceed the target, a
 * random one is given back instead. */
void noise_step(struct noise *n);
void noise_end(struct noise *n);

void work_random(struct drive *d, const struct workload *w);

/* ---- ut_work_recorded.c ---- */

/* Reads a recorded run of seL4; and lines of the Linux one from `linux'.
 * False: said on stderr. */
bool work_recorded_read(const char *sel4_path, FILE *linux_lines);
void work_recorded_fill(struct workload *sel4, struct workload *linux_pages);
void work_recorded_free(void);

/* ---- ut_work_shapes.c ---- */

void work_borders(struct drive *d, const struct workload *w);
void work_comb(struct drive *d, const struct workload *w);
void work_pinned(struct drive *d, const struct workload *w);
void work_rings(struct drive *d, const struct workload *w);
void work_runs(struct drive *d, const struct workload *w);
void work_processes(struct drive *d, const struct workload *w);

/* ---- ut_work_curve.c ---- */

void work_curve(struct drive *d, const struct workload *w);
/* After work_curve has run for each strategy. */
bool work_curve_write(const char *tsv_path, const char *svg_path);
#endif
