/* SPDX-License-Identifier: BSD-2-Clause */
#include "measure.h"
#include "rt.h"

#include <stdio.h>
#include <stdlib.h>

/* More than a turn of the waiting loop, less than an interrupt. */
#define INTERRUPTED 60u

/* Below this a tick is too rare to reach the median. */
#define LONG 100u

static seL4_Word overhead;

void must(int good, const char *what)
{
    if (good)
        return;
    printf("bench: failed: %s\n", what);
    exit(1);
}

void await_quiet(seL4_Word n)
{
    seL4_Word last, now = counter();

    if (n < LONG)
        return;
    do {
        last = now;
        now = counter();
    } while (now - last < INTERRUPTED);
}

static int compare(const void *a, const void *b)
{
    seL4_Word x = *(const seL4_Word *)a, y = *(const seL4_Word *)b;

    return (x > y) - (x < y);
}

static seL4_Word median(seL4_Word cost[RUNS])
{
    qsort(cost, RUNS, sizeof cost[0], compare);
    return cost[RUNS / 2];
}

void report(const char *name, seL4_Word n, seL4_Word cost[RUNS])
{
    seL4_Word middle = median(cost);

    printf("row\t%s\t%lu\t%lu\t%lu\t%lu\n", name, n, middle - overhead,
           cost[0] - overhead, cost[RUNS - 1] - overhead);
}

static void measure_overhead(void)
{
    seL4_Word cost[RUNS];

    for (unsigned run = 0; run < RUNS; run++) {
        seL4_Word start = counter();

        cost[run] = counter() - start;
    }
    overhead = median(cost);
}

int main(void)
{
    measure_overhead();
    space_begin();
    rows_messages();
    rows_objects();
    rows_slots();
    rows_revoke();
    rows_threads();
    rows_offsets();
    printf("end\n");
    return 0;
}
