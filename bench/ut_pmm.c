/* SPDX-License-Identifier: BSD-2-Clause */
/* `make bench-ut-pmm': instructions of the physical map at 64 GiB.
 *
 *   ut_pmm PROGRAM TSV_FILE CONSOLE_FILE
 *
 * Prints, for each state of memory and each operation, the most that one call
 * took, on the host and on riscv64 (bench/riscv64_pmm, whose output is in
 * CONSOLE_FILE), writes that and the mean to TSV_FILE, and fails (1) when any
 * call on the host took more than the limit, or was not measured.
 * ut_pmm_work.c says what the states and operations are, exact.h how it is
 * counted. */
#include "exact.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 400u
#define LIMIT    300u

struct row {
    char state[24], op[40];
    uint64_t samples, sum, max;
};

struct table {
    struct row row[ROWS_MAX];
    unsigned count;
};

static struct row *find_row(struct table *t, const char *state, const char *op)
{
    for (unsigned i = 0; i < t->count; i++)
        if (strcmp(t->row[i].op, op) == 0 &&
            strcmp(t->row[i].state, state) == 0)
            return &t->row[i];
    return NULL;
}

static bool add(struct table *t, const struct exact_result *result)
{
    const char *slash = strchr(result->name, '/');
    char state[24] = "";
    struct row *row;

    if (!slash || (size_t)(slash - result->name) >= sizeof state ||
        strlen(slash) > sizeof row->op)
        return false;
    memcpy(state, result->name, (size_t)(slash - result->name));
    row = find_row(t, state, slash + 1);
    if (!row) {
        if (t->count == ROWS_MAX)
            return false;
        row = &t->row[t->count++];
        memcpy(row->state, state, sizeof state);
        memcpy(row->op, slash + 1, strlen(slash));
    }
    row->samples++;
    row->sum += result->instructions;
    if (result->instructions > row->max)
        row->max = result->instructions;
    return true;
}

/* Takes off what calling costs, which is the same for every call. */
static bool subtract_calls(struct table *t)
{
    for (unsigned i = 0; i < t->count; i++) {
        struct row *row = &t->row[i];
        const struct row *call = find_row(t, "call", row->op);

        if (strcmp(row->state, "call") == 0)
            continue;
        if (!call || call->max * call->samples != call->sum)
            return false;
        row->max -= call->max;
        row->sum -= call->max * row->samples;
    }
    return true;
}

static void print_state(struct table *t, const char *state)
{
    printf("%-12s", state);
    for (unsigned i = 0; i < t->count; i++) {
        const struct row *row;

        if (strcmp(t->row[i].state, "call") != 0)
            continue;
        row = find_row(t, state, t->row[i].op);
        if (row)
            printf(" %4" PRIu64, row->max);
        else
            printf("    -");
    }
    printf("\n");
}

/* Columns: the operations, each followed by its free. */
static void print_table(struct table *t, const char *machine)
{
    const char *state = "call";
    unsigned column = 0;

    printf("%s: most instructions of one call at 64 GiB\n", machine);
    for (unsigned i = 0; i < t->count; i++)
        if (strcmp(t->row[i].state, "call") == 0)
            printf("%4u %s\n", ++column, t->row[i].op);
    printf("%-12s", "state");
    for (unsigned i = 1; i <= column; i++)
        printf(" %4u", i);
    printf("\n");
    for (unsigned i = 0; i < t->count; i++)
        if (strcmp(t->row[i].state, "call") != 0 &&
            strcmp(t->row[i].state, state) != 0) {
            state = t->row[i].state;
            print_state(t, state);
        }
}

static void write_rows(FILE *file, const struct table *t, const char *machine)
{
    for (unsigned i = 0; i < t->count; i++) {
        const struct row *row = &t->row[i];

        if (strcmp(row->state, "call") != 0)
            fprintf(file, "%s\t%s\t%s\t%" PRIu64 "\t%.1f\t%" PRIu64 "\n",
                    machine, row->state, row->op, row->samples,
                    (double)row->sum / (double)row->samples, row->max);
    }
}

static bool write_tsv(const struct table *host, const struct table *riscv64,
                      const char *path)
{
    FILE *file = fopen(path, "w");

    if (!file) {
        perror(path);
        return false;
    }
    fprintf(file, "machine\tstate\top\tsamples\tmean\tmax\n");
    write_rows(file, host, "host");
    write_rows(file, riscv64, "riscv64");
    return fclose(file) == 0;
}

static bool measure_host(struct table *t, const char *program)
{
    struct exact_reader reader;
    struct exact_result result;

    if (!exact_run(&reader, program, NULL, NULL))
        return false;
    while (exact_read(&reader, &result))
        if (!add(t, &result)) {
            fprintf(stderr, "%s: not a result\n", result.name);
            return false;
        }
    return subtract_calls(t);
}

/* What the root task has printed, up to its end. */
static bool read_console(struct table *t, const char *path)
{
    FILE *file = fopen(path, "r");
    char line[256];
    bool ended = false;

    if (!file) {
        perror(path);
        return false;
    }
    while (fgets(line, sizeof line, file)) {
        struct exact_result result = {0};

        if (sscanf(line, "pmm\t%63s\t%" SCNu64, result.name,
                   &result.instructions) == 2)
            add(t, &result);
        ended |= strcmp(line, "end\n") == 0;
    }
    fclose(file);
    return ended && t->count && subtract_calls(t);
}

/* The number of limits that are passed. */
static unsigned judge(const struct table *t)
{
    const struct row *worst = NULL;
    unsigned failed = 0;

    for (unsigned i = 0; i < t->count; i++) {
        const struct row *row = &t->row[i];

        if (strcmp(row->state, "call") == 0)
            continue;
        if (!worst || row->max > worst->max)
            worst = row;
        if (row->max > LIMIT) {
            printf("%s/%s: %" PRIu64 " instructions  TOO MANY\n", row->state,
                   row->op, row->max);
            failed++;
        }
    }
    if (!worst)
        return 1;
    printf("worst: %s/%s, %" PRIu64 " instructions; limit %u\n", worst->state,
           worst->op, worst->max, LIMIT);
    return failed;
}

int main(int argc, char **argv)
{
    static struct table host, riscv64;

    if (argc < 4) {
        fprintf(stderr, "usage: %s PROGRAM TSV CONSOLE\n", argv[0]);
        return 2;
    }
    if (!measure_host(&host, argv[1])) {
        fprintf(stderr, "%s: cannot be measured\n", argv[1]);
        return 2;
    }
    if (!read_console(&riscv64, argv[3])) {
        fprintf(stderr, "%s: no complete run\n", argv[3]);
        return 2;
    }
    print_table(&host, "host");
    print_table(&riscv64, "riscv64");
    if (!write_tsv(&host, &riscv64, argv[2]))
        return 2;
    printf("written to %s\n", argv[2]);
    return judge(&host) != 0;
}
