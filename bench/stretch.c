/* SPDX-License-Identifier: BSD-2-Clause */
/* `make bench-stretch': the longest stretches between two preemption points of
 * a recorded run, in units of work (index nodes visited, slots, bytes cleared)
 * and in instructions.
 *
 *   bench_stretch STRETCH_PROGRAM TRACE
 *
 * stretch_ops.c says how one of each kind of stretch is found and counted. */
#include "exact.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KINDS_MAX 32768u
#define SHOWN     10u

struct kind {
    char name[64];
    uint64_t count, line, visits, slots, bytes;
    uint64_t instructions;
};

static struct kind kinds[KINDS_MAX];
static uint64_t kind_count;

/* Runs the survey, not under valgrind. */
static bool run_survey(const char *program, const char *survey,
                       const char *trace)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        execl(program, program, "survey", survey, trace, (char *)NULL);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool read_survey(const char *path)
{
    FILE *file = fopen(path, "r");
    struct kind k = {.instructions = 0};

    if (!file)
        return false;
    while (kind_count < KINDS_MAX &&
           fscanf(file,
                  "%63s %*u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
                  " %" SCNu64 " %*u %*u %*u\n",
                  k.name, &k.count, &k.line, &k.visits, &k.slots,
                  &k.bytes) == 6)
        kinds[kind_count++] = k;
    fclose(file);
    return kind_count > 0;
}

static bool count(const char *program, const char *survey, const char *trace)
{
    struct exact_reader reader;
    struct exact_result result;
    uint64_t counted = 0;

    if (!exact_run(&reader, program, survey, trace))
        return false;
    while (exact_read(&reader, &result)) {
        if (result.a >= kind_count ||
            strcmp(kinds[result.a].name, result.name) != 0)
            return false;
        kinds[result.a].instructions = result.instructions;
        counted++;
    }
    return counted == kind_count;
}

static int by_instructions(const void *a, const void *b)
{
    uint64_t x = ((const struct kind *)a)->instructions;
    uint64_t y = ((const struct kind *)b)->instructions;

    return x > y ? -1 : x < y;
}

static void print_kind(const struct kind *k)
{
    printf("%12" PRIu64 " %7" PRIu64 " %6" PRIu64 " %8" PRIu64 " %10" PRIu64
           " %10" PRIu64 "  %s\n",
           k->instructions, k->visits, k->slots, k->bytes, k->count, k->line,
           k->name);
}

static void print_heading(void)
{
    printf("%12s %7s %6s %8s %10s %10s  %s\n", "instructions", "visits",
           "slots", "bytes", "such", "first line", "call");
}

/* The kind with the most of one unit. */
static void print_most(size_t offset)
{
    const struct kind *most = &kinds[0];

    for (uint64_t i = 1; i < kind_count; i++) {
        uint64_t a = *(const uint64_t *)((const char *)&kinds[i] + offset);
        uint64_t b = *(const uint64_t *)((const char *)most + offset);

        if (a > b)
            most = &kinds[i];
    }
    print_kind(most);
}

static void print_longest(bool without_clearing)
{
    unsigned shown = 0;

    print_heading();
    for (uint64_t i = 0; i < kind_count && shown < SHOWN; i++)
        if (!without_clearing || kinds[i].bytes == 0) {
            print_kind(&kinds[i]);
            shown++;
        }
}

int main(int argc, char **argv)
{
    char survey[256];
    uint64_t stretches = 0;

    if (argc != 3) {
        fprintf(stderr, "usage: %s PROGRAM TRACE\n", argv[0]);
        return 2;
    }
    snprintf(survey, sizeof survey, "%s.survey", argv[1]);
    fprintf(stderr, "playing the run twice, the second time counting: about a "
                    "minute\n");
    if (!run_survey(argv[1], survey, argv[2]) || !read_survey(survey) ||
        !count(argv[1], survey, argv[2])) {
        fprintf(stderr, "no result from %s\n", argv[1]);
        return 2;
    }
    for (uint64_t i = 0; i < kind_count; i++)
        stretches += kinds[i].count;
    qsort(kinds, kind_count, sizeof kinds[0], by_instructions);
    printf("%s:\n%" PRIu64 " stretches between two preemption points, of "
           "%" PRIu64 " kinds\n\nmost visits, most slots, most bytes\n",
           argv[2], stretches, kind_count);
    print_heading();
    print_most(offsetof(struct kind, visits));
    print_most(offsetof(struct kind, slots));
    print_most(offsetof(struct kind, bytes));
    printf("\nmost instructions\n");
    print_longest(false);
    printf("\nmost instructions of those that clear nothing\n");
    print_longest(true);
    return 0;
}
