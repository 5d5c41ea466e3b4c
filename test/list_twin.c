/* SPDX-License-Identifier: BSD-2-Clause */
/* The region index and its twin, one plain linked list, agree: the same
 * random changes to both, and after each the same questions.
 *
 * Where an answer is free to choose (which of several regions in the way,
 * which of several children), both answers must be right; where it is not,
 * they must be equal. */
#include "twins.h"

#include <string.h>

#define STEPS      60000u
#define CHECK_STEP 8u /* steps from one full check to the next */

/* What revoking i's children one by one would begin with. */
static bool is_child(const struct twins *w, slotno_t child, slotno_t i)
{
    const struct slot *slots = twins_slots(w);

    if (child == slot_next(slots, i))
        return cap_is_parent(slots, i, child);
    return twins_is_untyped(w, i) &&
           twins_is_outermost(w, child, i, slot_base(slots, i),
                              slot_bits(slots, i));
}

static void ask_slot(struct twins *w)
{
    struct regions *tree = &w->side[0].regions, *list = &w->side[1].regions;
    slotno_t i = twins_any_slot(w, true), a, b;

    if (i == SLOT_NIL)
        return;
    a = twins_index.child(tree, i);
    b = twins_list.child(list, i);
    twins_compare_found(w, "child", a, b, a != SLOT_NIL && is_child(w, a, i),
                        b != SLOT_NIL && is_child(w, b, i));
    twins_compare(w, "follower", twins_index.follower(tree, i),
                  twins_list.follower(list, i));
    twins_compare(w, "is final", twins_index.is_final(tree, i),
                  twins_list.is_final(list, i));
    if (twins_is_memory(w, i))
        twins_compare(w, "kind", twins_index.kind(tree, i),
                      twins_list.kind(list, i));
}

static void ask_untyped(struct twins *w)
{
    struct regions *tree = &w->side[0].regions, *list = &w->side[1].regions;
    const struct slot *slots = twins_slots(w);
    slotno_t u = twins_any_untyped(w), a, b, below;
    paddr_t base;
    uint64_t count;
    uint8_t bits;

    if (u == SLOT_NIL)
        return;
    bits = twins_any_bits(w, slot_bits(slots, u));
    base = twins_any_block(w, slot_base(slots, u), slot_bits(slots, u), bits);
    a = twins_index.find_place(tree, u, base, bits, &below);
    twins_compare(w, "find and find place", a,
                  twins_index.find(tree, u, base, bits));
    b = twins_list.find(list, u, base, bits);
    twins_compare_found(w, "find", a, b,
                        twins_in_the_way(w, a, u, base, bits_size(bits)),
                        twins_in_the_way(w, b, u, base, bits_size(bits)));
    twins_compare(w, "next", twins_index.next(tree, u, base),
                  twins_list.next(list, u, base));
    count = bits_down(
        slot_base(slots, u) + bits_size(slot_bits(slots, u)) - base, bits);
    count = 1 + seed_below(&w->seed, count > 9 ? 9 : count);
    a = twins_index.find_run(tree, u, base, bits, count);
    b = twins_list.find_run(list, u, base, bits, count);
    twins_compare_found(w, "find run", a, b,
                        twins_in_the_way(w, a, u, base, bits_up(count, bits)),
                        twins_in_the_way(w, b, u, base, bits_up(count, bits)));
    if (bits == slot_bits(slots, u))
        return;
    a = twins_index.first_inside(tree, u, base, bits);
    b = twins_list.first_inside(list, u, base, bits);
    twins_compare_found(
        w, "first inside", a, b,
        a != SLOT_NIL && twins_is_outermost(w, a, u, base, bits),
        b != SLOT_NIL && twins_is_outermost(w, b, u, base, bits));
}

static void ask_around(struct twins *w)
{
    struct regions *tree = &w->side[0].regions, *list = &w->side[1].regions;
    const struct slot *slots = twins_slots(w);
    uint8_t bits = twins_any_bits(w, w->window_bits);
    paddr_t base = twins_any_block(w, 0, w->window_bits, bits);
    slotno_t u = twins_any_untyped(w), i = twins_any_slot(w, true);

    twins_compare(w, "enclosing", twins_index.enclosing(tree, base, bits),
                  twins_list.enclosing(list, base, bits));
    if (u == SLOT_NIL || i == SLOT_NIL || !twins_is_memory(w, i) ||
        twins_is_untyped(w, i))
        return;
    if (!slot_is_representative(slots, i) &&
        !twins_is_untyped(w, slot_previous(slots, i)))
        return; /* not its object's first capability */
    twins_compare(w, "is innermost", twins_index.is_innermost(tree, u, i),
                  twins_list.is_innermost(list, u, i));
}

/* The whole: the same capabilities, each region's in the same order. */
static void compare_all(struct twins *w)
{
    bool seen[2][TWINS_SLOTS] = {{false}};
    slotno_t at = SLOT_NIL;

    for (unsigned s = 0; s < 2; s++) {
        struct twins_side *side = &w->side[s];
        const char *broken = side->twin->check(&side->regions, &at);

        if (broken) {
            tap_diag("%s: %s", side->name, broken);
            twins_complain(w, "broken", at, at);
        }
        for (slotno_t i = side->twin->walk(&side->regions, SLOT_NIL);
             i != SLOT_NIL; i = side->twin->walk(&side->regions, i))
            seen[s][i] = true;
    }
    twins_compare(w, "representatives", 0,
                  (uint64_t)memcmp(seen[0], seen[1], TWINS_SLOTS));
    for (slotno_t i = 0; i < TWINS_SLOTS; i++) {
        twins_compare(w, "in use", slot_type(w->side[0].slots, i),
                      slot_type(w->side[1].slots, i));
        if (!slot_is_empty(w->side[0].slots, i))
            twins_compare(w, "list order",
                          twins_index.follower(&w->side[0].regions, i),
                          twins_list.follower(&w->side[1].regions, i));
    }
}

static void step(struct twins *w)
{
    w->step++;
    twins_change(w);
    ask_slot(w);
    ask_untyped(w);
    ask_around(w);
    if (w->step % CHECK_STEP == 0)
        compare_all(w);
}

static void compare_window(struct seed *seed, uint8_t window_bits)
{
    struct twins w = {
        .side = {{.name = "index", .twin = &twins_index},
                 {.name = "list", .twin = &twins_list}},
        .window_bits = window_bits,
        .seed = {seed_next(seed)},
    };

    for (unsigned s = 0; s < 2; s++)
        w.side[s].twin->init(&w.side[s].regions, w.side[s].slots, window_bits);
    while (w.step < STEPS && w.disagreed == 0)
        step(&w);
    tap_ok(w.disagreed == 0 && w.step == STEPS,
           "window of 2^%u: %lu steps, %lu answers agree",
           (unsigned)window_bits, (unsigned long)w.step,
           (unsigned long)w.answers);
    tap_ok(w.hits > STEPS / 4, "window of 2^%u: %lu answers found something",
           (unsigned)window_bits, (unsigned long)w.hits);
}

int main(void)
{
    struct seed seed = seed_start(1);

    compare_window(&seed, 6);
    compare_window(&seed, 8);
    compare_window(&seed, 10);
    compare_window(&seed, 13);
    compare_window(&seed, 39);
    compare_window(&seed, WINDOW_BITS_MAX);
    return tap_done();
}
