/* SPDX-License-Identifier: BSD-2-Clause */
/* `make bench-ut': every workload on every strategy, side by side, and what
 * the library has to reach.
 *
 *   [SEED=0x...] ut_strategies SEL4_TRACE FOLDER [WORKLOAD] <LINUX_LINES
 *
 * Writes FOLDER/ut.tsv, ut_curve.tsv and ut_curve.svg.  Fails (1) when a limit
 * is exceeded or something went wrong. */
#include "ut_work.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)

static struct report {
    FILE *tsv;
    const char *only; /* this workload; NULL: all */
    unsigned limits, missed;
} report;

static double per(uint64_t calls, uint64_t worth)
{
    return worth == 0 ? 0 : (double)calls / (double)worth;
}

/* ---- What must be reached -------------------------------------------------
 */

static void limit(const struct workload *w, const struct drive *d, bool met,
                  const char *what, double value, double most)
{
    report.limits++;
    if (met)
        return;
    report.missed++;
    printf("MISSED: %s at %u %%, %s: %s is %.4g, at most %.4g\n", w->name,
           w->utilisation, drive_name(d->kind), what, value, most);
}

/* Two decimals: 1.004 is 1.00. */
static void at_most(const struct workload *w, const struct drive *d,
                    const char *what, double value, double most)
{
    limit(w, d, value < most + 0.005, what, value, most);
}

static void offset_limits(const struct workload *w, const struct drive *d)
{
    const struct drive_figures *f = &d->figures;

    at_most(w, d, "calls an allocation", per(f->alloc_calls, f->alloc_worth),
            1);
    at_most(w, d, "calls a free", per(f->free_calls, f->free_worth), 1);
    if (f->managed_bytes >= 64 * MIB)
        limit(w, d, f->map_bytes * 10000 <= f->managed_bytes * 6,
              "maps and tags, % of the memory",
              100.0 * (double)f->map_bytes / (double)f->managed_bytes, 0.06);
    if (f->slab_bytes > 0)
        limit(w, d, f->slab_header_bytes * 1000 <= f->slab_bytes * 16,
              "slab headers, % of slab pages",
              100.0 * (double)f->slab_header_bytes / (double)f->slab_bytes,
              1.6);
    limit(w, d, f->beyond_bytes == 0, "bytes cleared beyond the object",
          (double)f->beyond_bytes, 0);
}

static void incremental_limits(const struct workload *w, const struct drive *d)
{
    const struct drive_figures *f = &d->figures;
    double alloc = per(f->alloc_calls, f->alloc_worth);
    double free = per(f->free_calls, f->free_worth);

    if (w->limits & WORK_W0) {
        at_most(w, d, "calls an allocation", alloc, 1.05);
        at_most(w, d, "calls a free", free, 1.05);
    }
    if (w->limits & WORK_W1) {
        at_most(w, d, "calls an allocation", alloc, 1.35);
        at_most(w, d, "calls a free", free, 1.30);
    }
    limit(w, d, f->calls_max <= 9, "calls in one operation",
          (double)f->calls_max, 9);
    limit(w, d, f->beyond_bytes == 0,
          "bytes cleared beyond object, 2 MiB, last object",
          (double)f->beyond_bytes, 0);
}

/* ---- Rows ----------------------------------------------------------------
 */

static void bytes_text(uint64_t bytes, char *text, size_t size)
{
    static const char units[] = "KMG";
    double value = (double)bytes / 1024;
    unsigned unit = 0;

    while (value >= 1024 && unit < 2) {
        value /= 1024;
        unit++;
    }
    snprintf(text, size, "%.1f%c", value, units[unit]);
}

static void row_print(const struct workload *w, const struct drive *d)
{
    const struct drive_figures *f = &d->figures;
    char metadata[16], cleared[16];

    bytes_text(f->metadata_bytes, metadata, sizeof metadata);
    bytes_text(f->cleared_max_bytes, cleared, sizeof cleared);
    printf("%-10s %-12s %4u %8" PRIu64 " %8" PRIu64 " %7" PRIu64
           " %6.2f %6.2f %5" PRIu64 " %8" PRIu64 " %8s %8s\n",
           w->name, drive_name(d->kind), w->utilisation, f->allocs, f->frees,
           f->refused, per(f->alloc_calls, f->alloc_worth),
           per(f->free_calls, f->free_worth), f->calls_max, f->caps_peak,
           metadata, cleared);
    fprintf(report.tsv,
            "%s\t%s\t%u\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
            "\t%.4f\t%.4f\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
            "\n",
            w->name, drive_name(d->kind), w->utilisation, f->allocs, f->frees,
            f->refused, per(f->alloc_calls, f->alloc_worth),
            per(f->free_calls, f->free_worth), f->calls_max, f->caps_peak,
            f->metadata_bytes, f->cleared_max_bytes);
}

static void row_run(const struct workload *w, enum drive_kind kind)
{
    static struct drive d;

    if (!drive_open(&d, kind, &w->machine, w->ids)) {
        perror(w->name);
        exit(2);
    }
    w->run(&d, w);
    drive_close(&d);
    row_print(w, &d);
    limit(w, &d, d.figures.broken[0] == '\0', d.figures.broken, 1, 0);
    if (kind == DRIVE_OFFSET) {
        offset_limits(w, &d);
        printf("%-10s maps and tags %.4f %% of the memory", "",
               100.0 * (double)d.figures.map_bytes /
                   (double)d.figures.managed_bytes);
        if (d.figures.slab_bytes > 0)
            printf(", slab headers %.4f %% of slab pages",
                   100.0 * (double)d.figures.slab_header_bytes /
                       (double)d.figures.slab_bytes);
        printf("\n");
    } else if (kind == DRIVE_INCREMENTAL) {
        incremental_limits(w, &d);
    }
    fflush(stdout);
}

static void work_run(const struct workload *w)
{
    if (report.only && strcmp(report.only, w->name) != 0)
        return;
    printf("%s: %s\n", w->name, w->what);
    for (unsigned k = 0; k < DRIVE_KINDS; k++)
        row_run(w, k);
}

/* ---- The workloads --------------------------------------------------------
 */

#define POOL                                                                   \
    {                                                                          \
        {{.base = UINT64_C(1) << 32, .size_bits = 28}}, 1                      \
    }
#define LARGE                                                                  \
    {                                                                          \
        {{.base = UINT64_C(1) << 33, .size_bits = 33}}, 1                      \
    }
#define AROUND                                                                 \
    {                                                                          \
        {{.base = UINT64_C(7) << 29, .size_bits = 29},                         \
         {.base = UINT64_C(8) << 29, .size_bits = 29}},                        \
            2                                                                  \
    }

static const struct workload own[] = {
    {"w0", "only 4 KiB", POOL, 200000, 50, WORK_W0, 0, work_random},
    {"w0", "only 4 KiB", POOL, 200000, 95, WORK_W0, 0, work_random},
    {"w1", "orders 0..9", POOL, 200000, 50, WORK_W1, 0, work_random},
    {"w1", "orders 0..9", POOL, 200000, 95, WORK_W1, 0, work_random},
    {"borders", "one block more or less, at 2 MiB and at 1 GiB", LARGE, 1024,
     12, 0, 0, work_borders},
    {"comb", "every other page", POOL, 80000, 90, 0, 0, work_comb},
    {"pinned", "a kernel object among 64 pages", POOL, 80000, 90, 0, 0,
     work_pinned},
    {"processes", "24 at a time, each destroyed as a whole", POOL, 25 * 2048,
     30, 0, 0, work_processes},
    {"rings", "64 B .. 64 KiB below 4 GiB, half of the machine", AROUND, 300000,
     90, 0, 0, work_rings},
    {"runs", "3 .. 63 pages in a row", POOL, 80000, 90, 0, 0, work_runs},
    {"large", "2 MiB and 1 GiB among w1's blocks, see the curve", LARGE, 600000,
     95, 0, 0, work_curve},
};

static bool all_run(const char *folder, uint64_t seed)
{
    struct workload recorded[2];
    char curve_tsv[256], curve_svg[256];

    work_recorded_fill(&recorded[0], &recorded[1]);
    work_run(&recorded[0]);
    work_run(&recorded[1]);
    for (unsigned i = 0; i < sizeof own / sizeof own[0]; i++) {
        struct workload w = own[i];

        w.seed = seed + i;
        work_run(&w);
    }
    snprintf(curve_tsv, sizeof curve_tsv, "%s/ut_curve.tsv", folder);
    snprintf(curve_svg, sizeof curve_svg, "%s/ut_curve.svg", folder);
    return work_curve_write(curve_tsv, curve_svg);
}

int main(int argc, char **argv)
{
    struct seed seed = seed_start(6);
    char path[256];
    bool done;

    if (argc != 3 && argc != 4) {
        fprintf(stderr, "usage: %s SEL4_TRACE FOLDER [WORKLOAD] <LINUX_LINES\n",
                argv[0]);
        return 2;
    }
    report.only = argv[3];
    snprintf(path, sizeof path, "%s/ut.tsv", argv[2]);
    report.tsv = fopen(path, "w");
    if (!report.tsv) {
        perror(path);
        return 2;
    }
    if (!work_recorded_read(argv[1], stdin))
        return 2;
    fprintf(report.tsv,
            "workload\tstrategy\tutilisation\tallocs\tfrees\trefused\t"
            "calls_per_alloc\tcalls_per_free\tcalls_max\tcaps_peak\t"
            "metadata_bytes\tcleared_max_bytes\n");
    printf("%-10s %-12s %4s %8s %8s %7s %6s %6s %5s %8s %8s %8s\n", "workload",
           "strategy", "use%", "allocs", "frees", "refused", "/alloc", "/free",
           "max", "caps", "metadata", "cleared");
    done = all_run(argv[2], seed.state);
    work_recorded_free();
    done = fclose(report.tsv) == 0 && done;
    printf("%u limits met, %u missed\n", report.limits - report.missed,
           report.missed);
    return !done || report.missed > 0;
}
