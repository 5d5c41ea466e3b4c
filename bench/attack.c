/* SPDX-License-Identifier: BSD-2-Clause */
/* `make bench-attack': what one adversary with 10^6 capabilities can do to the
 * calls of another (attack_ops.c says how it tries), with the region index and
 * with the linked list beside it.
 *
 *   bench_attack TREE_PROGRAM LIST_PROGRAM [N]
 *
 * A call consists of index operations: RetypeAt asks whether anything is there
 * and links what is new; a step of Revoke finds a child and unlinks it.  Fails
 * (1) when one operation on one block visits more than W + 1 nodes of the
 * index, Next more than 2(W + 1), or one on a run of 64 more than 4(W + 1). */
#include "attack.h"
#include "exact.h"

#include <inttypes.h>
#include <string.h>

#define RESULTS_MAX 200u

struct results {
    struct exact_result result[RESULTS_MAX];
    unsigned count;
};

static bool read_results(struct results *all, const char *program,
                         const char *structure, const char *n)
{
    struct exact_reader reader;
    struct exact_result result;

    fprintf(stderr, "%s: counting, about half a minute\n", structure);
    if (!exact_run(&reader, program, structure, n))
        return false;
    while (exact_read(&reader, &result)) {
        if (all->count == RESULTS_MAX)
            return false;
        all->result[all->count++] = result;
    }
    return true;
}

static uint64_t limit_of_many(const char *call)
{
    return (strcmp(call, "next") == 0 ? 2 : 4) * (ATTACK_WINDOW_BITS + 1);
}

/* One line; true if a limit was passed. */
static bool print_call(const struct exact_result *tree,
                       const struct exact_result *list)
{
    const char *call = strchr(tree->name, '/') + 1;
    uint64_t one_max = ATTACK_WINDOW_BITS + 1, many_max = limit_of_many(call);
    bool failed = tree->b > one_max || tree->c > many_max;
    uint64_t most = tree->c > 0 ? tree->c : tree->b;

    printf("  %-22s %7" PRIu64 " %7" PRIu64 " <= %3" PRIu64 " %9" PRIu64
           " %10" PRIu64 " %12" PRIu64 "%s\n",
           call, tree->a, most, tree->c > 0 ? many_max : one_max,
           tree->instructions / attack_calls(0), list->a,
           list->instructions / attack_calls(1), failed ? "  TOO MANY" : "");
    return failed;
}

static unsigned print_results(const struct results *tree,
                              const struct results *list)
{
    const char *attack = "";
    unsigned failed = 0;

    printf("%24s %33s %23s\n", "", "----------- region index -----------",
           "--------- list --------");
    printf("  %-22s %7s %14s %9s %10s %12s\n", "", "visits", "one operation",
           "instr.", "visits", "instr.");
    for (unsigned i = 0; i < tree->count; i++) {
        const char *name = tree->result[i].name;
        size_t length = (size_t)(strchr(name, '/') - name) + 1;

        if (strncmp(attack, name, length) != 0)
            printf("%.*s\n", (int)length - 1, name);
        attack = name;
        failed += print_call(&tree->result[i], &list->result[i]);
    }
    return failed;
}

int main(int argc, char **argv)
{
    static struct results tree, list;
    unsigned failed;

    if (argc < 3) {
        fprintf(stderr, "usage: %s TREE LIST [N]\n", argv[0]);
        return 2;
    }
    if (!read_results(&tree, argv[1], "index", argv[3]) ||
        !read_results(&list, argv[2], "list", argv[3]))
        return 2;
    if (tree.count == 0 || tree.count != list.count) {
        fprintf(stderr, "index and list did not make the same calls\n");
        return 2;
    }
    printf("calls of a victim beside an adversary with %s capabilities;\n"
           "the most visits of a call and of one index operation in it, and "
           "instructions a call\n\n",
           argv[3] ? argv[3] : "10^6");
    failed = print_results(&tree, &list);
    printf("\n%u calls, %u above their limit\n", tree.count, failed);
    return failed != 0;
}
