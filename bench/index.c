/* SPDX-License-Identifier: BSD-2-Clause */
/* `make bench-index': instructions of each operation of the region index, and
 * of the linked list beside it, for 10^2 to 10^6 capabilities.
 *
 *   bench_index TREE_PROGRAM LIST_PROGRAM TSV_FILE [N_MAX]
 *
 * Prints a table, writes it to TSV_FILE, and fails (1) when the index takes
 * more than the limits below, or was not measured where they apply.
 * population.h says what is in the index, index_ops.c what each operation does,
 * exact.h how it is counted. */
#include "exact.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 100u
#define OPS      9u

static const struct {
    const char *name;
    double limit; /* instructions at 10^6; 0: none */
} ops[OPS] = {
    {"find", 240}, {"insert", 320},    {"remove", 340},
    {"copy", 56},  {"delete-copy", 0}, {"final", 28},
    {"move", 0},   {"child", 0},       {"bulk", 40},
};

#define GROWTH_MAX 1.10 /* of find and insert, from 10^4 to 10^6 */

struct row {
    const char *structure;
    char op[64];
    uint64_t n;
    uint64_t visits_max;
    double instructions;
};

struct table {
    struct row row[ROWS_MAX];
    unsigned count;
    struct exact_result deepest[ROWS_MAX]; /* of the index only */
    unsigned deepest_count;
};

/* The results come in pairs: an operation, and its calling alone. */
static bool read_structure(struct table *t, const char *structure,
                           const char *program, const char *n_max)
{
    struct exact_reader reader;
    struct exact_result real, empty;

    fprintf(stderr, "%s: counting, about half a minute\n", structure);
    if (!exact_run(&reader, program, n_max, NULL))
        return false;
    while (exact_read(&reader, &real)) {
        struct row *row = &t->row[t->count];

        if (t->count == ROWS_MAX || t->deepest_count == ROWS_MAX)
            return false;
        if (strncmp(real.name, "deepest/", 8) == 0) {
            if (strcmp(structure, "region-index") == 0)
                t->deepest[t->deepest_count++] = real;
            continue;
        }
        if (!exact_read(&reader, &empty))
            return false;
        t->count++;
        *row = (struct row){
            .structure = structure, .n = real.a, .visits_max = real.c};
        memcpy(row->op, real.name, sizeof row->op);
        row->instructions =
            ((double)real.instructions - (double)empty.instructions) /
            (double)real.b;
    }
    return true;
}

static const struct row *find_row(const struct table *t, const char *structure,
                                  const char *op, uint64_t n)
{
    for (unsigned i = 0; i < t->count; i++)
        if (t->row[i].n == n && strcmp(t->row[i].op, op) == 0 &&
            strcmp(t->row[i].structure, structure) == 0)
            return &t->row[i];
    return NULL;
}

static void print_structure(const struct table *t, const char *structure)
{
    printf("\n%-12s n", structure);
    for (unsigned o = 0; o < OPS; o++)
        printf(" %11s", ops[o].name);
    printf("\n");
    for (uint64_t n = 100; find_row(t, structure, "find", n); n *= 10) {
        printf("%14" PRIu64, n);
        for (unsigned o = 0; o < OPS; o++)
            printf(" %11.1f",
                   find_row(t, structure, ops[o].name, n)->instructions);
        printf("\n%14s", "visits");
        for (unsigned o = 0; o < OPS; o++)
            printf(" %11" PRIu64,
                   find_row(t, structure, ops[o].name, n)->visits_max);
        printf("\n");
    }
}

/* The deepest trees: one line an operation; the number of limits passed. */
static unsigned print_deepest(const struct table *t)
{
    unsigned failed = 0;

    printf("\ndeepest tree       W  visits  limit  instructions (with the "
           "call)\n");
    for (unsigned i = 0; i < t->deepest_count; i++) {
        const struct exact_result *d = &t->deepest[i];

        printf("%-17s %2" PRIu64 " %7" PRIu64 " %6" PRIu64 " %13" PRIu64
               "  %s\n",
               d->name + 8, d->a, d->b, d->c, d->instructions,
               d->b > d->c ? "TOO MANY" : "ok");
        if (d->b > d->c)
            failed++;
    }
    return failed + (t->deepest_count == 0);
}

static bool write_tsv(const struct table *t, const char *path)
{
    FILE *file = fopen(path, "w");

    if (!file) {
        perror(path);
        return false;
    }
    fprintf(file, "structure\top\tn\tinstructions\tvisits_max\n");
    for (unsigned i = 0; i < t->count; i++)
        fprintf(file, "%s\t%s\t%" PRIu64 "\t%.2f\t%" PRIu64 "\n",
                t->row[i].structure, t->row[i].op, t->row[i].n,
                t->row[i].instructions, t->row[i].visits_max);
    return fclose(file) == 0;
}

/* One line a limit; the number of those that are passed. */
static unsigned judge(const struct table *t)
{
    unsigned failed = 0;

    for (unsigned o = 0; o < OPS; o++) {
        const struct row *big =
            find_row(t, "region-index", ops[o].name, 1000000);
        const struct row *small =
            find_row(t, "region-index", ops[o].name, 10000);

        if (ops[o].limit == 0)
            continue;
        if (!big || !small) {
            printf("%-12s not judged: nothing measured at 10^6\n", ops[o].name);
            failed++;
            continue;
        }
        if (big->instructions > ops[o].limit)
            failed++;
        printf("%-12s at 10^6: %6.1f, limit %3.0f  %s\n", ops[o].name,
               big->instructions, ops[o].limit,
               big->instructions > ops[o].limit ? "TOO MANY" : "ok");
        if (o > 1)
            continue;
        if (big->instructions > GROWTH_MAX * small->instructions)
            failed++;
        printf("%-12s from 10^4: %+5.1f %%, limit +%.0f %%  %s\n", ops[o].name,
               100 * (big->instructions / small->instructions - 1),
               100 * (GROWTH_MAX - 1),
               big->instructions > GROWTH_MAX * small->instructions ? "TOO MANY"
                                                                    : "ok");
    }
    return failed;
}

int main(int argc, char **argv)
{
    static struct table t;
    unsigned failed;

    if (argc < 4) {
        fprintf(stderr, "usage: %s TREE LIST TSV [N_MAX]\n", argv[0]);
        return 2;
    }
    if (!read_structure(&t, "region-index", argv[1], argv[4]) ||
        !read_structure(&t, "list", argv[2], argv[4]))
        return 2;
    printf("instructions an operation (bulk: an object of a run of 64), "
           "and the most visits of one call\n");
    print_structure(&t, "region-index");
    print_structure(&t, "list");
    printf("\n");
    failed = judge(&t) + print_deepest(&t);
    if (!write_tsv(&t, argv[3]))
        return 2;
    printf("written to %s\n", argv[3]);
    return failed != 0;
}
