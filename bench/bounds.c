/* SPDX-License-Identifier: BSD-2-Clause */
/* bounds ATTACK_PROGRAM: prints the table (bounds.h).  Fails (1) above a
 * bound.
 *
 * Row 20, the index, is measured thrice: on the deepest tree (deepest.h), by
 * the victim of each of nine attacks with 10^6 capabilities (attack_build.c),
 * and, elsewhere, in every state of a small window (`make
 * index-exhaustive'). */
#include "bounds.h"
#include "deepest.h"
#include "exact.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static unsigned rows, above;

void bounds_row(const char *row, const char *what, uint64_t counted,
                uint64_t bound, const char *steps)
{
    bool bad = counted > bound || (counted == 0 && bound != 0);

    rows++;
    above += bad;
    printf("%-4s %-58s %6" PRIu64 " <= %6" PRIu64 "  %s%s\n", row, what,
           counted, bound, steps, bad ? "  FAILED" : "");
}

void bounds_must(struct fixture *f, const char *what)
{
    if (f->reply.label == ERROR_NONE)
        return;
    fprintf(stderr, "bounds: %s: error %u\n", what, f->reply.label);
    exit(2);
}

void bounds_begin(struct fixture *f)
{
    f->k->worst_visits = (struct work){0};
    f->k->worst_slots = (struct work){0};
    f->k->worst_bytes = (struct work){0};
}

uint64_t bounds_visits(const struct fixture *f)
{
    return f->k->worst_visits.visits;
}

uint64_t bounds_slots(const struct fixture *f)
{
    return f->k->worst_slots.slots;
}

uint64_t bounds_bytes(const struct fixture *f)
{
    return f->k->worst_bytes.bytes;
}

/* ---- Row 20 ---------------------------------------------------------------*/

/* deepest.c counts instructions as well, elsewhere (exact.h): here it reports
 * to these. */
void exact_start(void)
{
}

void exact_stop(void)
{
}

void exact_result(const char *name, uint64_t a, uint64_t b, uint64_t c)
{
    char what[64];

    if (strcmp(name, "deepest/remove") == 0)
        return; /* of a leaf: remove-pull-up is the long one */
    snprintf(what, sizeof what, "%s, W = %" PRIu64, name, a);
    bounds_row("20", what, b, strstr(name, "/move") ? 0 : c, "visits");
}

/* The most of each kind of call, over all attacks. */
static struct {
    char call[64];
    uint64_t one, many;
} most[32];

static void note(const char *call, uint64_t one, uint64_t many)
{
    unsigned i = 0;

    while (most[i].call[0] != '\0' && strcmp(most[i].call, call) != 0)
        i++;
    if (i + 1 == sizeof most / sizeof most[0])
        exit(2);
    snprintf(most[i].call, sizeof most[i].call, "%s", call);
    if (one > most[i].one)
        most[i].one = one;
    if (many > most[i].many)
        most[i].many = many;
}

static void print_attacks(void)
{
    char what[96];

    for (unsigned i = 0; most[i].call[0] != '\0'; i++) {
        uint64_t walks = strcmp(most[i].call, "next") == 0 ? 2 : 4;

        snprintf(what, sizeof what, "attacked, 10^6: %.63s", most[i].call);
        if (most[i].one != 0)
            bounds_row("20", what, most[i].one, BOUNDS_W + 1,
                       "visits of one operation");
        if (most[i].many != 0)
            bounds_row("20", what, most[i].many, walks * (BOUNDS_W + 1),
                       walks == 2 ? "visits of Next" : "visits of a run");
    }
}

/* Runs the measured half of bench-attack, as it is, and reads its lines. */
static void run_attacks(const char *program)
{
    char command[512], name[64];
    uint64_t visits, one, many;
    FILE *lines;

    snprintf(command, sizeof command, "%s tree 1000000", program);
    lines = popen(command, "r");
    while (lines && fscanf(lines, "%63s %" SCNu64 " %" SCNu64 " %" SCNu64 "\n",
                           name, &visits, &one, &many) == 4)
        if (strchr(name, '/'))
            note(strchr(name, '/') + 1, one, many);
    if (!lines || pclose(lines) != 0 || most[0].call[0] == '\0') {
        fprintf(stderr, "bounds: no result from %s\n", program);
        exit(2);
    }
    print_attacks();
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s ATTACK_PROGRAM\n", argv[0]);
        return 2;
    }
    printf("%-4s %-58s %6s    %6s\n", "row", "what was done", "steps", "bound");
    bounds_memory();
    bounds_objects();
    deepest_measure(BOUNDS_W);
    deepest_measure(WINDOW_BITS_MAX);
    run_attacks(argv[1]);
    printf("%u rows, %u above the bound\n", rows, above);
    return above != 0;
}
