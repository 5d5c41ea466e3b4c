/* SPDX-License-Identifier: BSD-2-Clause */
/* The measured half of `make bench-index': every operation on populations of
 * 10^2 to 10^6 capabilities.  Built twice, with the region index and with the
 * linked list; it sees regions.h only.  bench/index.c runs both and reports.
 *
 * Each operation is done OPERATIONS times, each time on something random, and
 * undone, so that the population stays what it was; only the operation itself
 * is counted.  The same is done once more with functions that return at once
 * (the operation then follows, uncounted): what that costs is the calling.
 *
 * Results: the name is "op" or "op-empty"; the numbers are n,
 * operations (bulk: objects), most visits of one call.
 */
#include "deepest.h"
#include "exact.h"
#include "population.h"

#include <stdlib.h>
#include <string.h>

#define OPERATIONS  5000u
#define RUN_OBJECTS 64u

/* The measured functions, and those that only return. */
struct calls {
    slotno_t (*find)(struct regions *, slotno_t, paddr_t, uint8_t);
    void (*insert_run)(struct regions *, slotno_t, slotno_t, uint64_t);
    void (*insert_after)(struct regions *, slotno_t, slotno_t);
    void (*remove)(struct regions *, slotno_t);
    void (*move)(struct regions *, slotno_t, slotno_t);
    slotno_t (*child)(struct regions *, slotno_t);
    bool (*is_final)(const struct regions *, slotno_t);
};

static slotno_t no_find(struct regions *r, slotno_t u, paddr_t base,
                        uint8_t bits)
{
    (void)r, (void)u, (void)base, (void)bits;
    return 0;
}

static void no_insert_run(struct regions *r, slotno_t u, slotno_t first,
                          uint64_t count)
{
    (void)r, (void)u, (void)first, (void)count;
}

static void no_insert_after(struct regions *r, slotno_t source, slotno_t i)
{
    (void)r, (void)source, (void)i;
}

static void no_remove(struct regions *r, slotno_t i)
{
    (void)r, (void)i;
}

static void no_move(struct regions *r, slotno_t from, slotno_t to)
{
    (void)r, (void)from, (void)to;
}

static slotno_t no_child(struct regions *r, slotno_t i)
{
    (void)r, (void)i;
    return 0;
}

static bool no_is_final(const struct regions *r, slotno_t i)
{
    (void)r, (void)i;
    return false;
}

/* [0]: the structure's, [1]: empty ones.  Volatile, so that the compiler
 * calls them all in the same way. */
static const volatile struct calls all_calls[2] = {
    {regions_find, regions_insert_run, regions_insert_after, regions_remove,
     regions_move, regions_child, regions_is_final},
    {no_find, no_insert_run, no_insert_after, no_remove, no_move, no_child,
     no_is_final},
};

struct bench {
    struct population p;
    bool empty;      /* call the empty functions */
    uint64_t units;  /* operations, or objects of runs */
    uint64_t visits; /* before the call */
    uint64_t visits_max;
    uint64_t wrong; /* answers that were not as known */
};

/* Around each counted call: visits are compared outside of it. */
static void before(struct bench *b)
{
    b->visits = b->p.regions.visits;
}

static void after(struct bench *b, uint64_t units)
{
    uint64_t visits = b->p.regions.visits - b->visits;

    if (visits > b->visits_max)
        b->visits_max = visits;
    b->units += units;
}

#define COUNTED(b, units, call)                                                \
    do {                                                                       \
        before(b);                                                             \
        exact_begin();                                                         \
        call;                                                                  \
        exact_end();                                                           \
        after(b, units);                                                       \
    } while (0)

static void op_find(struct bench *b, const volatile struct calls *c)
{
    bool hit = b->units % 2 == 0;
    paddr_t base;
    slotno_t u = population_frame(&b->p, hit, &base), found;

    COUNTED(b, 1, found = c->find(&b->p.regions, u, base, FRAME_BITS));
    if (!b->empty && hit != (found != SLOT_NIL))
        b->wrong++;
}

static void op_insert(struct bench *b, const volatile struct calls *c)
{
    slotno_t i = population_object(&b->p, true), u = b->p.parent[i];

    regions_remove(&b->p.regions, i);
    COUNTED(b, 1, c->insert_run(&b->p.regions, u, i, 1));
    if (b->empty)
        regions_insert_run(&b->p.regions, u, i, 1);
}

static void op_remove(struct bench *b, const volatile struct calls *c)
{
    slotno_t i = population_object(&b->p, true), u = b->p.parent[i];

    COUNTED(b, 1, c->remove(&b->p.regions, i));
    if (b->empty)
        regions_remove(&b->p.regions, i);
    regions_insert_run(&b->p.regions, u, i, 1);
}

static void op_copy(struct bench *b, const volatile struct calls *c)
{
    slotno_t source = population_object(&b->p, false), i = b->p.spare;

    slot_copy_cap(b->p.slots, i, source);
    COUNTED(b, 1, c->insert_after(&b->p.regions, source, i));
    if (b->empty)
        return;
    regions_remove(&b->p.regions, i);
}

static void op_delete_copy(struct bench *b, const volatile struct calls *c)
{
    slotno_t source = population_object(&b->p, false), i = b->p.spare;

    slot_copy_cap(b->p.slots, i, source);
    regions_insert_after(&b->p.regions, source, i);
    COUNTED(b, 1, c->remove(&b->p.regions, i));
    if (b->empty)
        regions_remove(&b->p.regions, i);
}

static void op_final(struct bench *b, const volatile struct calls *c)
{
    slotno_t i = population_capability(&b->p);
    bool final;

    COUNTED(b, 1, final = c->is_final(&b->p.regions, i));
    if (!b->empty &&
        final != (b->p.parent[i] != SLOT_NIL && b->p.copies[i] == 0))
        b->wrong++;
}

static void op_move(struct bench *b, const volatile struct calls *c)
{
    slotno_t from = population_capability(&b->p), to = b->p.spare;

    COUNTED(b, 1, c->move(&b->p.regions, from, to));
    if (b->empty)
        return;
    regions_move(&b->p.regions, to, from);
}

static void op_child(struct bench *b, const volatile struct calls *c)
{
    slotno_t u = population_untyped(&b->p), child;

    COUNTED(b, 1, child = c->child(&b->p.regions, u));
    if (!b->empty && child != SLOT_NIL && b->p.parent[child] != u)
        b->wrong++;
}

/* A run of frames in the empty untyped, at each of its 8 places in turn. */
static void op_bulk(struct bench *b, const volatile struct calls *c)
{
    slotno_t u = b->p.empty, first = b->p.spare;
    uint64_t place = b->units % bits_size(CLIENT_BITS - FRAME_BITS);
    struct cap cap = {.type = CAP_FRAME, .bits = FRAME_BITS};

    for (uint64_t i = 0; i < RUN_OBJECTS; i++) {
        cap.base = slot_base(b->p.slots, u) + bits_up(place + i, FRAME_BITS);
        cap_write(b->p.slots, first + i, &cap);
    }
    COUNTED(b, RUN_OBJECTS,
            c->insert_run(&b->p.regions, u, first, RUN_OBJECTS));
    if (b->empty)
        return;
    for (uint64_t i = 0; i < RUN_OBJECTS; i++)
        regions_remove(&b->p.regions, first + i);
}

static const struct {
    const char *name;
    void (*run)(struct bench *b, const volatile struct calls *c);
} operations[] = {
    {"find", op_find},
    {"insert", op_insert},
    {"remove", op_remove},
    {"copy", op_copy},
    {"delete-copy", op_delete_copy},
    {"final", op_final},
    {"move", op_move},
    {"child", op_child},
    {"bulk", op_bulk},
};

static void measure(struct bench *b, unsigned operation, bool empty)
{
    char name[64];

    b->p.seed.state = operation + 1;
    b->empty = empty;
    b->units = b->visits_max = 0;
    for (unsigned i = 0; i < OPERATIONS; i++)
        operations[operation].run(b, &all_calls[empty]);
    snprintf(name, sizeof name, "%s%s", operations[operation].name,
             empty ? "-empty" : "");
    exact_result(name, b->p.n, b->units, b->visits_max);
}

static void measure_population(uint64_t n)
{
    struct bench b = {.wrong = 0};
    const char *broken;
    slotno_t at;

    exact_stop();
    population_create(&b.p, n, 1);
    exact_start();
    for (unsigned i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        measure(&b, i, false);
        measure(&b, i, true);
    }
    exact_stop();
    broken = n <= 10000 ? regions_check(&b.p.regions, &at) : NULL;
    if (b.wrong != 0 || broken) {
        fprintf(stderr, "n = %lu: %lu wrong answers; %s\n", (unsigned long)n,
                (unsigned long)b.wrong, broken ? broken : "invariants hold");
        exit(1);
    }
    population_destroy(&b.p);
}

int main(int argc, char **argv)
{
    uint64_t n_max = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;

    for (uint64_t n = 100; n <= n_max; n *= 10)
        measure_population(n);
    deepest_measure(POPULATION_WINDOW_BITS);
    deepest_measure(WINDOW_BITS_MAX);
    return 0;
}
