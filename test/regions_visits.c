/* SPDX-License-Identifier: BSD-2-Clause */
/* Every bound that tests and benchmarks state is in visits: here the counter
 * itself is held to what it should be, in trees whose paths are known.
 *
 *   nested:  [0, 2^39) > [0, 2^38) > ... > [0, 2^4)       36 nodes in a line
 *   ladder:  2^37, 2^36, ... side by side towards 2^38    one node a level
 */
#include "regions_model.h"

#define W        39u
#define BITS_MIN 4u
#define MIDDLE   (UINT64_C(1) << (W - 1u))

static struct model model;
static uint64_t before;

static void put(slotno_t i, uint8_t type, paddr_t base, uint8_t bits)
{
    struct cap cap = {.type = type, .base = base, .bits = bits};

    model_insert(&model, i, &cap);
}

/* Slot number = size in bits. */
static void nested(void)
{
    model_init(&model, W);
    for (uint8_t bits = W; bits >= BITS_MIN; bits--)
        put(bits, CAP_UNTYPED, 0, bits);
}

/* The window's untyped in slot 0; a frame of 2^bits in slot 2 * bits ends at
 * 2^38 - 2^bits, and one in the next slot begins at 2^38 + 2^bits. */
static void ladder(uint8_t lowest, bool both)
{
    model_init(&model, W);
    put(0, CAP_UNTYPED, 0, W);
    for (uint8_t bits = lowest; bits < W - 1; bits++) {
        put(2u * bits, CAP_FRAME, MIDDLE - 2 * bits_size(bits), bits);
        if (both)
            put(2u * bits + 1, CAP_FRAME, MIDDLE + bits_size(bits), bits);
    }
}

static void begin(void)
{
    before = model.regions.visits;
}

static void ok_visits(uint64_t want, const char *name)
{
    tap_is(model.regions.visits - before, want, "%s: visits", name);
}

static void in_a_line(void)
{
    struct cap copy;
    struct regions *r = &model.regions;

    nested();
    begin();
    regions_enclosing(r, 0, BITS_MIN);
    ok_visits(36, "enclosing, the innermost");
    begin();
    regions_enclosing(r, MIDDLE, BITS_MIN);
    ok_visits(1, "enclosing, the other half");
    begin();
    regions_find(r, W, 0, BITS_MIN);
    ok_visits(1, "find, in the way at once");
    begin();
    regions_find(r, 20, 0, 20);
    ok_visits(1, "find, the whole of an untyped that fills its block");
    begin();
    regions_child(r, 20);
    ok_visits(1, "child");
    begin();
    regions_first_inside(r, W, 0, BITS_MIN);
    ok_visits(35, "first inside the innermost block");
    begin();
    regions_is_innermost(r, 5, BITS_MIN);
    ok_visits(1, "innermost, its parent");
    copy = model.caps[10].cap;
    model_insert_after(&model, 10, 100, &copy, SLOT_REVOCABLE);
    model_insert_after(&model, 100, 101, &copy, SLOT_REVOCABLE);
    begin();
    regions_find(r, 101, 0, BITS_MIN);
    ok_visits(30 + 1, "find through the third of a list, from the root");
    begin();
    regions_find(r, 100, 0, BITS_MIN);
    ok_visits(1, "find through the second");
    begin();
    model_remove(&model, 101);
    model_remove(&model, 100);
    ok_visits(0, "remove from a list");
    begin();
    model_move(&model, 10, 100);
    model_swap(&model, 100, 30);
    ok_visits(0, "move and swap");
    begin();
    model_remove(&model, W);
    ok_visits(35, "remove of the root: all come up");
    begin();
    model_remove(&model, BITS_MIN);
    ok_visits(0, "remove of the leaf");
    model_compare(&model);
    model_report(&model, "in a line");
}

static void side_by_side(void)
{
    struct regions *r = &model.regions;
    struct cap run = {.type = CAP_FRAME, .base = MIDDLE - 64, .bits = 4};

    ladder(6, false);
    begin();
    regions_find(r, 0, MIDDLE - 16, BITS_MIN);
    ok_visits(32, "find, nothing in the way");
    begin();
    regions_find_run(r, 0, MIDDLE - 64, BITS_MIN, 2);
    ok_visits(32, "find run, nothing in the way");
    begin();
    regions_find_run(r, 0, MIDDLE - 96, BITS_MIN, 3);
    ok_visits(32, "find run, the last rung in the way");
    begin();
    regions_next(r, 0, MIDDLE - 1);
    ok_visits(32, "next, nothing above");
    begin();
    model_insert_run(&model, 0, 100, 4, &run);
    tap_ok(model.regions.visits - before >= 32 + 4 &&
               model.regions.visits - before <= 32 + 2 * 4,
           "a run of four: the path once, and little more: %lu visits",
           (unsigned long)(model.regions.visits - before));
    for (slotno_t i = 100; i < 104; i++)
        model_remove(&model, i);
    begin();
    put(90, CAP_ENDPOINT, MIDDLE - 16, 4);
    ok_visits(33, "insert at the end of the path, from the root");
    begin();
    regions_is_innermost(r, 0, 90);
    ok_visits(33, "innermost, past all rungs up to the root");
    model_compare(&model);
    ladder(4, true);
    begin();
    regions_find_run(r, 0, MIDDLE - 16, BITS_MIN, 2);
    ok_visits(68, "find run between two ladders");
    begin();
    regions_next(r, 0, MIDDLE - 1);
    ok_visits(34 + 34, "next, down one ladder and the other");
    model_report(&model, "side by side");
}

int main(void)
{
    in_a_line();
    side_by_side();
    return tap_done();
}
