/* SPDX-License-Identifier: BSD-2-Clause */
#include "deepest.h"
#include "exact.h"
#include "regions.h"

#include <stdlib.h>

/* Slots: of the untyped that is everything, of the block at 0, and of the
 * region of 2^k bytes at 2^k. */
enum { ALL = 1, LOWEST = 2, SPARE = 3, RUNGS = 4 };

struct ladder {
    struct regions regions;
    struct slot slots[64];
    uint8_t w;
};

static void write_cap(struct ladder *l, slotno_t i, uint8_t type, paddr_t base,
                      uint8_t bits)
{
    struct cap cap = {.type = type, .base = base, .bits = bits};

    cap_write(l->slots, i, &cap);
    slot_set_flags(l->slots, i, SLOT_REVOCABLE + SLOT_FIRST_BADGED);
}

static void build(struct ladder *l, uint8_t window_bits)
{
    *l = (struct ladder){.w = window_bits};
    regions_init(&l->regions, l->slots, window_bits);
    write_cap(l, ALL, CAP_UNTYPED, 0, window_bits);
    regions_insert(&l->regions, ALL);
    for (uint8_t k = 4; k < window_bits; k++) {
        write_cap(l, RUNGS + k, CAP_UNTYPED, bits_size(k), k);
        regions_insert_run(&l->regions, ALL, RUNGS + k, 1);
    }
    write_cap(l, LOWEST, CAP_ENDPOINT, 0, 4);
}

/* Each operation once, counted; the next restores what it changed. */
static void find(struct ladder *l)
{
    regions_find(&l->regions, ALL, 0, 4);
}

static void insert(struct ladder *l)
{
    regions_insert_run(&l->regions, ALL, LOWEST, 1);
}

static void find_hit(struct ladder *l)
{
    regions_find(&l->regions, ALL, 0, 4);
}

static void find_run(struct ladder *l)
{
    regions_find_run(&l->regions, ALL, 0, 4, 2);
}

static void enclosing(struct ladder *l)
{
    regions_enclosing(&l->regions, 0, 4);
}

static void innermost(struct ladder *l)
{
    regions_is_innermost(&l->regions, ALL, LOWEST);
}

static void first_inside(struct ladder *l)
{
    regions_first_inside(&l->regions, ALL, 0, 4);
}

static void next(struct ladder *l)
{
    regions_next(&l->regions, ALL, 0);
}

static void move(struct ladder *l)
{
    regions_move(&l->regions, LOWEST, SPARE);
}

static void move_back(struct ladder *l)
{
    regions_move(&l->regions, SPARE, LOWEST);
}

static void child(struct ladder *l)
{
    regions_child(&l->regions, ALL);
}

static void remove_lowest(struct ladder *l)
{
    regions_remove(&l->regions, LOWEST);
}

/* Every rung below is pulled up, and pushed down again. */
static void remove_largest(struct ladder *l)
{
    regions_remove(&l->regions, RUNGS + l->w - 2u);
}

static void insert_largest(struct ladder *l)
{
    regions_insert_run(&l->regions, ALL, RUNGS + l->w - 2u, 1);
}

static const struct {
    const char *name;
    void (*run)(struct ladder *l);
    unsigned limit; /* in units of W + 1 */
} steps[] = {
    {"find", find, 1},
    {"insert", insert, 1},
    {"find-hit", find_hit, 1},
    {"find-run", find_run, 4},
    {"enclosing", enclosing, 1},
    {"is-innermost", innermost, 1},
    {"first-inside", first_inside, 1},
    {"next", next, 2},
    {"move", move, 1},
    {"move", move_back, 1},
    {"child", child, 1},
    {"remove", remove_lowest, 1},
    {"remove-pull-up", remove_largest, 1},
    {"insert-push-down", insert_largest, 1},
};

void deepest_measure(uint8_t window_bits)
{
    static struct ladder l;

    build(&l, window_bits);
    exact_start();
    for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        uint64_t visits = l.regions.visits;
        char name[64];

        exact_begin();
        steps[i].run(&l);
        exact_end();
        snprintf(name, sizeof name, "deepest/%s", steps[i].name);
        exact_result(name, window_bits, l.regions.visits - visits,
                     steps[i].limit * (window_bits + 1u));
    }
    exact_stop();
}
