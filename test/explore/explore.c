/* SPDX-License-Identifier: BSD-2-Clause */
/* Usage: explore [STATES] [HASH-SEED]
 *
 * Explores the machines below, two processes at a time, until STATES distinct
 * states (10 000 000) are known in all.  Those that are small enough for STATES
 * to go to their end; two of them twice, with different hash seeds and in
 * different orders: the counts must be the same, or the canonical form does not
 * say all that matters.  The others, the larger ones, share what is left, at
 * least a fiftieth of STATES each and 20 000.  The exit status is 1 where
 * kernel and specification disagree, or an invariant does not hold, or fewer
 * states were reached, or something never happened that should. */
#include "explore.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATES_STANDARD 10000000u
#define LARGE_PART      50u    /* of STATES, at least, for each that is cut, */
#define LARGE_LEAST     20000u /* and so many, to meet what it is there for */
#define WORKERS         2u

enum which {
    SMALLEST,
    SMALLEST_AGAIN,
    DEVICE,
    FOUR,
    EIGHT,
    SIXTEEN,
    SIXTEEN_AGAIN,
    NESTED,
    LARGE_DEVICE, /* from here on: cut */
    LARGE_MIXED,
    LARGE_THREADS,
    LARGE,
    MACHINES,
};
#define LARGE_MACHINES (MACHINES - LARGE_DEVICE)

/* Everything as small as it can be; and fewer sizes, further apart. */
static const struct explore_sizes fine = {4, 4, 4, {4, 5, 6}};
static const struct explore_sizes middle = {4, 5, 0, {4, 6, 0}};
static const struct explore_sizes coarse = {6, 7, 0, {4, 7, 0}};
static const struct explore_sizes coarsest = {6, 8, 0, {4, 7, 0}};

static const struct entry {
    struct explore_config config;
    uint64_t from; /* STATES at which it is explored at all */
    uint64_t most; /* more states than it has; 0: not known, cut */
} machines[MACHINES] = {
    [SMALLEST] = {.config = {.name = "4 units",
                             .sizes = &fine,
                             .unit_bits = 2,
                             .radix = 3,
                             .root_slots = 3,
                             .cnodes = true,
                             .count_max = 2,
                             .preemptions = 3},
                  .most = 100000},
    [SMALLEST_AGAIN] = {.config = {.name = "4 units again",
                                   .sizes = &fine,
                                   .unit_bits = 2,
                                   .radix = 3,
                                   .root_slots = 3,
                                   .cnodes = true,
                                   .count_max = 2,
                                   .in_order = true,
                                   .preemptions = 3},
                        .most = 100000},
    [DEVICE] = {.config = {.name = "4 units and device",
                           .sizes = &middle,
                           .unit_bits = 2,
                           .radix = 3,
                           .root_slots = 4,
                           .device = true,
                           .garbage = true,
                           .count_max = 2,
                           .preemptions = 3},
                .most = 1000000},
    [FOUR] = {.config = {.name = "4 units, 4 slots",
                         .sizes = &fine,
                         .unit_bits = 2,
                         .radix = 3,
                         .root_slots = 4,
                         .cnodes = true,
                         .count_max = 2,
                         .preemptions = 3},
              .from = 4000000,
              .most = 3000000},
    [EIGHT] = {.config = {.name = "8 units, no CNodes",
                          .sizes = &fine,
                          .unit_bits = 3,
                          .radix = 3,
                          .root_slots = 3,
                          .count_max = 2,
                          .preemptions = 3},
               .from = 10000000,
               .most = 12000000},
    [SIXTEEN] = {.config = {.name = "16 units, 5 slots",
                            .sizes = &coarsest,
                            .unit_bits = 4,
                            .radix = 3,
                            .root_slots = 5,
                            .garbage = true,
                            .count_max = 2,
                            .preemptions = 3},
                 .from = 10000000,
                 .most = 8000000},
    [SIXTEEN_AGAIN] = {.config = {.name = "16 units, 5 slots again",
                                  .sizes = &coarsest,
                                  .unit_bits = 4,
                                  .radix = 3,
                                  .root_slots = 5,
                                  .garbage = true,
                                  .count_max = 2,
                                  .in_order = true,
                                  .preemptions = 3},
                       .from = 10000000,
                       .most = 8000000},
    [NESTED] = {.config = {.name = "16 units, nested",
                           .sizes = &coarse,
                           .unit_bits = 4,
                           .radix = 3,
                           .root_slots = 5,
                           .garbage = true,
                           .others_max = 4,
                           .count_max = 2,
                           .preemptions = 3},
                .from = 10000000,
                .most = 8000000},
    [LARGE_DEVICE] = {.config = {.name = "8 units and device",
                                 .sizes = &fine,
                                 .unit_bits = 3,
                                 .radix = 3,
                                 .root_slots = 4,
                                 .device = true,
                                 .cnodes = true,
                                 .count_max = 2,
                                 .preemptions = 3}},
    [LARGE_MIXED] = {.config = {.name = "16 units, all sizes",
                                .sizes = &fine,
                                .unit_bits = 4,
                                .radix = 3,
                                .root_slots = 5,
                                .cnodes = true,
                                .count_max = 3,
                                .preemptions = 3}},
    [LARGE_THREADS] = {.config = {.name = "32 units",
                                  .sizes = &fine,
                                  .unit_bits = 5,
                                  .radix = 3,
                                  .root_slots = 5,
                                  .cnodes = true,
                                  .tcbs = true,
                                  .count_max = 2,
                                  .preemptions = 3}},
    [LARGE] = {.config = {.name = "64 units",
                          .sizes = &fine,
                          .unit_bits = 6,
                          .radix = 4,
                          .root_slots = 8,
                          .cnodes = true,
                          .count_max = 4,
                          .preemptions = 2}},
};

/* Which machines a worker explores, in order; each is about half the work. */
static const enum which work[WORKERS][MACHINES] = {
    {SMALLEST, NESTED, EIGHT, LARGE_DEVICE, LARGE_MIXED, MACHINES},
    {SMALLEST_AGAIN, DEVICE, FOUR, SIXTEEN, SIXTEEN_AGAIN, LARGE_THREADS, LARGE,
     MACHINES},
};

/* Runs each worker's part in a process of its own: the machines that end, or
 * (share != 0) those that are cut at so many states. */
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
        for (const enum which *m = work[worker]; *m != MACHINES; m++) {
            const struct entry *entry = &machines[*m];

            if ((entry->most == 0) != (share != 0) || states < entry->from)
                continue;
            results[*m] =
                explore_search(&entry->config, share != 0 ? share : entry->most,
                               entry->config.in_order ? ~seed : seed);
        }
        exit(0);
    }
    for (unsigned worker = 0; worker < WORKERS; worker++) {
        int status;

        good = wait(&status) > 0 && WIFEXITED(status) &&
               WEXITSTATUS(status) == 0 && good;
    }
    return good;
}

/* A machine and its second exploration. */
static bool same_counts(const struct explore_result *a,
                        const struct explore_result *b, const char *name)
{
    if (a->complete && b->complete && a->states == b->states &&
        a->transitions == b->transitions)
        return true;
    printf("%s: not complete, or other counts in another order and with "
           "another hash seed\n",
           name);
    return false;
}

/* All distinct states so far. */
static uint64_t known(const struct explore_result *results)
{
    uint64_t states = 0;

    for (unsigned i = 0; i < MACHINES; i++)
        if (i != SMALLEST_AGAIN && i != SIXTEEN_AGAIN)
            states += results[i].states;
    return states;
}

static bool sum_up(const struct explore_result *results, uint64_t states)
{
    uint64_t complete = 0, transitions = 0;
    bool good = same_counts(&results[SMALLEST], &results[SMALLEST_AGAIN],
                            machines[SMALLEST].config.name);

    if (states >= machines[SIXTEEN].from)
        good = same_counts(&results[SIXTEEN], &results[SIXTEEN_AGAIN],
                           machines[SIXTEEN].config.name) &&
               good;
    for (unsigned i = 0; i < MACHINES; i++) {
        if (states < machines[i].from)
            continue;
        transitions += results[i].transitions;
        if (results[i].complete && i != SMALLEST_AGAIN && i != SIXTEEN_AGAIN)
            complete += results[i].states;
        good = good && results[i].good;
    }
    printf("%lu distinct states, %lu of them of machines explored to the end, "
           "%lu transitions, %s\n",
           known(results), complete, transitions,
           good ? "no violation" : "FAILED");
    return good && known(results) >= states;
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
    rest = known(results) < states ? states - known(results) : 0;
    rest = rest / LARGE_MACHINES + 1;
    if (rest < states / LARGE_PART)
        rest = states / LARGE_PART;
    if (rest < LARGE_LEAST)
        rest = LARGE_LEAST;
    good = in_parallel(rest, states, seed, results) && good;
    return sum_up(results, states) && good ? 0 : 1;
}
