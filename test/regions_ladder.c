/* SPDX-License-Identifier: BSD-2-Clause */
/* The deepest trees that the address width allows, and the walks in them:
 * never more visits than regions.h promises (retype.md C.3, worst case).
 *
 *   nested:    [0, 2^39) > [0, 2^38) > ... > [0, 2^4)
 *   disjoint:  sizes halving towards one address from both sides
 *
 *   2^37        2^36   ..16 16 | 16 16..   2^36        2^37
 *   [----------][-----][--][-] | [-][--][-----][----------]
 *                             2^38
 */
#include "regions_model.h"

#define W        39u
#define BITS_MIN 4u
#define MIDDLE   (UINT64_C(1) << (W - 1u))

static struct model model;

static void put(slotno_t i, uint8_t type, paddr_t base, uint8_t bits)
{
    struct cap cap = {.type = type, .base = base, .bits = bits};

    model_insert(&model, i, &cap);
}

static uint8_t depth_of(slotno_t i)
{
    return slot_depth(model.slots, i);
}

/* Slot number = size in bits, so that slot 39 is the whole window. */
static void nested(bool smallest_first)
{
    unsigned deepest = 0;

    model_init(&model, W);
    for (unsigned k = BITS_MIN; k <= W; k++) {
        unsigned bits = smallest_first ? k : W + BITS_MIN - k;

        put(bits, CAP_UNTYPED, 0, (uint8_t)bits);
    }
    model_compare(&model);
    for (unsigned bits = BITS_MIN; bits <= W; bits++)
        if (depth_of(bits) > deepest)
            deepest = depth_of(bits);
    tap_is(deepest, W - BITS_MIN, "nested untypeds: depth of the tree");
    for (unsigned bits = BITS_MIN; bits <= W; bits++) {
        model_enclosing(&model, 0, (uint8_t)bits);
        model_find(&model, W, 0, (uint8_t)bits);
        model_find(&model, bits, 0, BITS_MIN);
        model_next(&model, bits, 0);
        model_child(&model, bits);
    }
    tap_is(model.visits_max[BOUND_WALK], W + 1 - BITS_MIN,
           "every node on the way is counted");
    for (unsigned bits = W; bits >= BITS_MIN; bits--) {
        model_remove(&model, bits); /* everything is pulled up */
        model_compare(&model);
    }
    model_report(&model, smallest_first ? "nested, smallest first"
                                        : "nested, largest first");
}

/* Both ladders down to blocks of 2^lowest on each side of the middle.
 * Slot numbers: 2 x size, and one more to the right of the middle. */
static void ladders(uint8_t lowest, uint8_t size)
{
    model_init(&model, W);
    put(0, CAP_UNTYPED, 0, W);
    for (uint8_t bits = lowest; bits < W - 1; bits++) {
        put(2u * bits, CAP_FRAME, MIDDLE - 2 * bits_size(bits),
            size ? size : bits);
        put(2u * bits + 1, CAP_FRAME, MIDDLE + bits_size(bits),
            size ? size : bits);
    }
    model_compare(&model);
}

static void search_between_ladders(void)
{
    ladders(BITS_MIN, 0);
    model_find(&model, 0, MIDDLE - 16, BITS_MIN);
    model_find(&model, 0, MIDDLE, BITS_MIN);
    model_find_run(&model, 0, MIDDLE - 16, BITS_MIN, 2);
    model_find_run(&model, 0, MIDDLE - 32, BITS_MIN, 2);
    model_find_run(&model, 0, MIDDLE - 32, BITS_MIN, 4);
    for (uint8_t bits = BITS_MIN; bits < W; bits++) {
        model_next(&model, 0, MIDDLE - bits_size(bits));
        model_next(&model, 0, MIDDLE + (bits_size(bits) - 1));
        model_first_inside(&model, 0, MIDDLE - bits_size(bits), bits);
        model_first_inside(&model, 0, MIDDLE, bits);
    }
    model_next(&model, 0, 2 * MIDDLE - 1);
    tap_is(model.visits_max[BOUND_RUN], 2 * (W - 1 - BITS_MIN),
           "a run visits all of both ladders, and each visit is counted");
    tap_is(model.visits_max[BOUND_WALKS], 2 * (W - 1 - BITS_MIN),
           "so does Next");
    model_report(&model, "searches between two ladders");
}

/* A run of pages joins where every node on its way is smaller, or larger. */
static void insert_between_ladders(uint8_t size, const char *name)
{
    struct cap page = {.type = CAP_FRAME, .base = MIDDLE - 0x20000, .bits = 12};

    ladders(17, size);
    model_find_run(&model, 0, page.base, 12, 64);
    model_insert_run(&model, 0, 100, 64, &page);
    model_compare(&model);
    for (slotno_t i = 100; i < 164; i++)
        model_remove(&model, i);
    model_compare(&model);
    for (slotno_t i = 100; i < 164; i++) {
        page.base = MIDDLE - 0x20000 + (i - 100) * 0x1000;
        model_insert(&model, i, &page);
    }
    model_compare(&model);
    model_report(&model, name);
}

int main(void)
{
    nested(true);
    nested(false);
    search_between_ladders();
    insert_between_ladders(0, "pages between ladders of halving sizes");
    insert_between_ladders(BITS_MIN, "pages push ladders of endpoints down");
    return tap_done();
}
