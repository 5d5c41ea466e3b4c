/* SPDX-License-Identifier: BSD-2-Clause */
/* Usage: index_exhaustive [W REGIONS]...
 *
 * Explores the region index alone: windows of 2^W units with up to so many
 * regions, each to the end, two processes at a time.  Without arguments: W = 4
 * and 5 with 5 regions, W = 6 with 4.  Before that it damages trees and
 * answers of a small window in every way it knows, and must notice each.  The
 * exit status is 1 at the first violation, which is printed. */
#include "exhaustive.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SPOILED_W   3u
#define SPOILED_MAX 3u
#define SPOIL_AFTER 100u /* answers or changes */
#define WINDOWS_MAX 8u
#define PROCESSES   2u

struct window {
    unsigned w, set_max;
};

static double cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static uint64_t sum(const struct exhaustive *x, enum operation from,
                    enum operation to)
{
    uint64_t all = 0;

    for (unsigned op = from; op <= (unsigned)to; op++)
        all += x->done[op];
    return all;
}

/* The most visits of one operation among these. */
static uint64_t most(const struct exhaustive *x, enum operation from,
                     enum operation to)
{
    uint64_t max = 0;

    for (unsigned op = from; op <= (unsigned)to; op++)
        if (x->visits_max[op] > max)
            max = x->visits_max[op];
    return max;
}

static void report(const struct exhaustive *x, bool good, double seconds)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    printf("W = %u, up to %u regions: %lu sets, %lu states, %lu transitions "
           "(%lu insertions, %lu of runs, %lu removals, %lu moves and swaps), "
           "%lu questions, %s; %.0f s of CPU time, %.1f GB at most\n",
           x->w, x->set_max, x->sets, x->states, sum(x, OP_INSERT, OP_SWAP),
           x->done[OP_INSERT] + x->done[OP_INSERT_BELOW],
           x->done[OP_INSERT_RUN], x->done[OP_REMOVE],
           x->done[OP_MOVE] + x->done[OP_SWAP], sum(x, OP_FIND, OP_CHECK),
           good ? "complete" : "FAILED", seconds,
           (double)usage.ru_maxrss / 1e6);
    printf("W = %u: most visits: one block or region %lu of %u, Next %lu of "
           "%u, a run %lu of %u, its insertion %lu\n",
           x->w,
           most(x, OP_FIND, OP_FIND_PLACE) > most(x, OP_ENCLOSING, OP_CHECK)
               ? most(x, OP_FIND, OP_FIND_PLACE)
               : most(x, OP_ENCLOSING, OP_CHECK),
           x->w + 1, x->visits_max[OP_NEXT], 2 * (x->w + 1),
           x->visits_max[OP_FIND_RUN], 4 * (x->w + 1),
           x->visits_max[OP_INSERT_RUN]);
    fflush(stdout);
}

/* How many sets of at most set_max regions there are: sum of n over k. */
static uint64_t all_sets(const struct exhaustive *x)
{
    uint64_t all = 1, of_size = 1;

    for (unsigned k = 1; k <= x->set_max && k <= x->region_count; k++) {
        of_size = of_size * (x->region_count - k + 1) / k;
        all += of_size;
    }
    return all;
}

static bool explore(const struct window *window)
{
    static struct exhaustive x;
    double before = cpu_seconds();
    bool good;

    exhaustive_init(&x, window->w, window->set_max);
    good = exhaustive_search(&x, true);
    if (good && x.sets != all_sets(&x)) {
        printf("W = %u: there are %lu sets\n", x.w, all_sets(&x));
        good = false;
    }
    report(&x, good, cpu_seconds() - before);
    return good;
}

/* Does a search notice what is done to it? */
static bool notices(enum operation op, enum damage damage)
{
    static struct exhaustive x;

    exhaustive_init(&x, SPOILED_W, SPOILED_MAX);
    x.spoiled_operation = op;
    x.damage = damage;
    x.spoil_in = SPOIL_AFTER;
    return !exhaustive_search(&x, false) && x.spoil_in == 0;
}

static bool self_test(void)
{
    static struct exhaustive x;
    unsigned noticed = 0, done = 0;

    exhaustive_init(&x, SPOILED_W, SPOILED_MAX);
    if (!exhaustive_search(&x, true))
        return false;
    for (unsigned damage = DAMAGE_NONE + 1; damage < DAMAGES; damage++) {
        done++;
        noticed += notices(OP_INSERT, (enum damage)damage);
    }
    for (unsigned op = OP_FIND; op < OP_CHECK; op++) {
        done++;
        noticed += notices((enum operation)op, DAMAGE_NONE);
    }
    printf("self-test: %u of %u damaged trees and wrong answers noticed\n",
           noticed, done);
    fflush(stdout);
    return noticed == done;
}

/* The n-th process takes every window that is as large as the others before
 * it together: the last alone, since windows are given by size. */
static bool explore_part(const struct window *windows, unsigned count,
                         unsigned process)
{
    bool good = true;

    for (unsigned n = 0; good && n < count; n++)
        if ((n + 1 == count) == (process == 1))
            good = explore(&windows[n]);
    return good;
}

static bool explore_all(const struct window *windows, unsigned count)
{
    bool good = true;

    for (unsigned process = 0; process < PROCESSES; process++) {
        pid_t pid = fork();

        if (pid < 0)
            return false;
        if (pid == 0)
            exit(explore_part(windows, count, process) ? 0 : 1);
    }
    for (unsigned process = 0; process < PROCESSES; process++) {
        int status;

        good = wait(&status) > 0 && WIFEXITED(status) &&
               WEXITSTATUS(status) == 0 && good;
    }
    return good;
}

/* A number from 1 to max, or 0. */
static unsigned number(const char *text, unsigned max)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    return *text >= '0' && *text <= '9' && *end == 0 && value <= max
               ? (unsigned)value
               : 0;
}

int main(int argc, char **argv)
{
    static const struct window standard[] = {{4, 5}, {5, 5}, {6, 4}};
    struct window windows[WINDOWS_MAX];
    unsigned count = 3;

    for (unsigned n = 0; n < count; n++)
        windows[n] = standard[n];
    if (argc > 1)
        count = (unsigned)(argc - 1) / 2;
    for (unsigned n = 0; argc > 1 && n < count && n < WINDOWS_MAX; n++) {
        windows[n].w = number(argv[1 + 2 * n], EXHAUSTIVE_W_MAX);
        windows[n].set_max = number(argv[2 + 2 * n], EXHAUSTIVE_SET_MAX - 1);
        if (windows[n].w == 0 || windows[n].set_max == 0)
            count = 0;
    }
    if (count == 0 || count > WINDOWS_MAX || argc % 2 == 0) {
        fprintf(stderr, "usage: index_exhaustive [W REGIONS]...\n"
                        "W: 1 .. 6; REGIONS: 1 .. 5; by size\n");
        return 2;
    }
    return self_test() && explore_all(windows, count) ? 0 : 1;
}
