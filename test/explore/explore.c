/* SPDX-License-Identifier: BSD-2-Clause */
/* Usage: explore [STATES] [HASH-SEED]
 *
 * Explores the machines below, two processes at a time, until STATES distinct
 * states (10 000 000) are known in all.  The smallest is explored to the end,
 * twice, with different hash seeds and in different orders: the counts must be
 * the same, or the canonical form does not say all that matters.  Two more go
 * to the end, too, if STATES leaves room for them.  The others share what is
 * left.  The exit status is 1 where kernel and specification disagree, or an
 * invariant does not hold, or fewer states were reached. */
#include "explore.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATES_STANDARD 10000000u
#define SMALLEST_MAX    1000000u /* more than it has */
#define SECOND_FROM     4000000u /* of STATES, for it to be included */
#define SECOND_MAX      2000000u /* more than it has */
#define THIRD_FROM      8000000u
#define THIRD_MAX       6000000u
#define WORKERS         2u

enum which {
    SMALLEST,
    SMALLEST_AGAIN,
    SECOND,
    THIRD,
    DEVICE,
    MIDDLE,
    THREADS,
    LARGE
};
#define MACHINES 8u
#define SHARING  4u /* DEVICE .. LARGE */

static const struct explore_config machines[MACHINES] = {
    [SMALLEST] = {.name = "4 units",
                  .unit_bits = 2,
                  .radix = 3,
                  .root_slots = 3,
                  .cnodes = true,
                  .count_max = 2,
                  .preemptions = 3},
    [SMALLEST_AGAIN] = {.name = "4 units again",
                        .unit_bits = 2,
                        .radix = 3,
                        .root_slots = 3,
                        .cnodes = true,
                        .count_max = 2,
                        .in_order = true,
                        .preemptions = 3},
    [SECOND] = {.name = "4 units, 4 slots",
                .unit_bits = 2,
                .radix = 3,
                .root_slots = 4,
                .cnodes = true,
                .count_max = 2,
                .preemptions = 3},
    [THIRD] = {.name = "8 units, no CNodes",
               .unit_bits = 3,
               .radix = 3,
               .root_slots = 3,
               .count_max = 2,
               .preemptions = 3},
    [DEVICE] = {.name = "8 units and device",
                .unit_bits = 3,
                .radix = 3,
                .root_slots = 4,
                .device = true,
                .cnodes = true,
                .count_max = 2,
                .preemptions = 3},
    [MIDDLE] = {.name = "16 units",
                .unit_bits = 4,
                .radix = 3,
                .root_slots = 5,
                .cnodes = true,
                .count_max = 3,
                .preemptions = 3},
    [THREADS] = {.name = "32 units",
                 .unit_bits = 5,
                 .radix = 3,
                 .root_slots = 5,
                 .cnodes = true,
                 .tcbs = true,
                 .count_max = 2,
                 .preemptions = 3},
    [LARGE] = {.name = "64 units",
               .unit_bits = 6,
               .radix = 4,
               .root_slots = 8,
               .cnodes = true,
               .count_max = 4,
               .preemptions = 2},
};

/* Which machines a worker explores, in order; each is about half the work. */
static const enum which work[WORKERS][MACHINES] = {
    {SMALLEST, THIRD, LARGE, MACHINES},
    {SMALLEST_AGAIN, SECOND, DEVICE, MIDDLE, THREADS, MACHINES},
};

static void explore(enum which machine, uint64_t limit, uint64_t seed,
                    struct explore_result *results)
{
    if (limit > 0)
        results[machine] = explore_search(&machines[machine], limit, seed);
}

static void explore_complete(uint64_t states, uint64_t seed, unsigned worker,
                             struct explore_result *results)
{
    for (const enum which *m = work[worker]; *m != MACHINES; m++) {
        if (*m == SMALLEST)
            explore(*m, SMALLEST_MAX, seed, results);
        if (*m == SMALLEST_AGAIN)
            explore(*m, SMALLEST_MAX, ~seed, results);
        if (*m == SECOND && states >= SECOND_FROM)
            explore(*m, SECOND_MAX, seed, results);
        if (*m == THIRD && states >= THIRD_FROM)
            explore(*m, THIRD_MAX, seed, results);
    }
}

/* Runs part of the work in each of WORKERS processes. */
static bool in_parallel(uint64_t share, uint64_t states, uint64_t seed,
                        struct explore_result *results)
{
    bool good = true;

    fflush(stdout);
    for (unsigned worker = 0; worker < WORKERS; worker++) {
        pid_t pid = fork();

        if (pid < 0)
            return false;
        if (pid != 0)
            continue;
        if (share == 0)
            explore_complete(states, seed, worker, results);
        for (const enum which *m = work[worker]; *m != MACHINES; m++)
            if (*m >= DEVICE)
                explore(*m, share, seed, results);
        exit(0);
    }
    for (unsigned worker = 0; worker < WORKERS; worker++) {
        int status;

        good = good && wait(&status) > 0 && WIFEXITED(status) &&
               WEXITSTATUS(status) == 0;
    }
    return good;
}

static bool sum_up(const struct explore_result *results, uint64_t states)
{
    uint64_t known = 0, transitions = 0;
    bool good = true;

    for (unsigned i = 0; i < MACHINES; i++) {
        if (results[i].states == 0)
            continue;
        if (i != SMALLEST_AGAIN) {
            known += results[i].states;
            transitions += results[i].transitions;
        }
        good = good && results[i].good;
    }
    if (!results[SMALLEST].complete ||
        results[SMALLEST].states != results[SMALLEST_AGAIN].states) {
        printf("the smallest machine: not complete, or other counts in another "
               "order and with another hash seed\n");
        good = false;
    }
    printf("%lu distinct states, %lu transitions, %s\n", known, transitions,
           good ? "no violation" : "FAILED");
    return good && known >= states;
}

/* Argument n, or `standard' where there is none: digits only.  False: it is
 * something else, or too large. */
static bool number(int argc, char **argv, int n, uint64_t standard,
                   uint64_t *value)
{
    char *end;

    *value = standard;
    if (n >= argc)
        return true;
    errno = 0;
    *value = strtoull(argv[n], &end, 0);
    return argv[n][0] >= '0' && argv[n][0] <= '9' && *end == 0 && errno == 0;
}

int main(int argc, char **argv)
{
    uint64_t states, seed, rest;
    bool sane = number(argc, argv, 1, STATES_STANDARD, &states) &&
                number(argc, argv, 2, 1, &seed);
    struct explore_result *results =
        mmap(NULL, MACHINES * sizeof *results, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    bool good;

    if (!sane || results == MAP_FAILED || argc > 3 || states == 0) {
        fprintf(stderr, "usage: explore [STATES] [HASH-SEED]\n");
        return 2;
    }
    good = in_parallel(0, states, seed, results);
    rest = results[SMALLEST].states + results[SECOND].states +
           results[THIRD].states;
    rest = states > rest ? states - rest : 0;
    good = good && in_parallel(rest / SHARING + 1, states, seed, results);
    return sum_up(results, states) && good ? 0 : 1;
}
