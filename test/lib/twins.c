/* SPDX-License-Identifier: BSD-2-Clause */
#include "twins.h"

#define TWIN                                                                   \
    {                                                                          \
        .init = regions_init, .find = regions_find,                            \
        .find_place = regions_find_place, .find_run = regions_find_run,        \
        .enclosing = regions_enclosing, .is_innermost = regions_is_innermost,  \
        .insert = regions_insert, .insert_run = regions_insert_run,            \
        .insert_below = regions_insert_below,                                  \
        .insert_after = regions_insert_after, .remove = regions_remove,        \
        .move = regions_move, .swap = regions_swap, .child = regions_child,    \
        .follower = regions_follower, .is_final = regions_is_final,            \
        .first_inside = regions_first_inside, .next = regions_next,            \
        .kind = regions_kind, .walk = regions_walk, .check = regions_check,    \
    }

const struct twin twins_index = TWIN;

#include "list_names.h"
#include "region_list.c"
#include "region_list_check.c"

const struct twin twins_list = TWIN;

void twins_complain(struct twins *w, const char *what, uint64_t a, uint64_t b)
{
    if (w->disagreed++ < 10)
        tap_diag("step %lu: %s: index 0x%lx, list 0x%lx",
                 (unsigned long)w->step, what, (unsigned long)a,
                 (unsigned long)b);
}

void twins_compare(struct twins *w, const char *what, uint64_t a, uint64_t b)
{
    w->answers++;
    if (a != b)
        twins_complain(w, what, a, b);
}

void twins_compare_found(struct twins *w, const char *what, slotno_t a,
                         slotno_t b, bool a_right, bool b_right)
{
    w->answers++;
    if (a != SLOT_NIL)
        w->hits++;
    if ((a == SLOT_NIL) != (b == SLOT_NIL) || (a != SLOT_NIL && !a_right) ||
        (b != SLOT_NIL && !b_right))
        twins_complain(w, what, a, b);
}

const struct slot *twins_slots(const struct twins *w)
{
    return w->side[0].slots;
}

bool twins_is_memory(const struct twins *w, slotno_t i)
{
    return cap_type_is_memory(slot_type(twins_slots(w), i));
}

bool twins_is_untyped(const struct twins *w, slotno_t i)
{
    return slot_type(twins_slots(w), i) == CAP_UNTYPED;
}

bool twins_inside(const struct twins *w, slotno_t i, paddr_t base, uint8_t bits)
{
    return twins_is_memory(w, i) && slot_bits(twins_slots(w), i) < bits &&
           index_inside(twins_slots(w), i, base, bits);
}

bool twins_is_outermost(const struct twins *w, slotno_t i, slotno_t u,
                        paddr_t base, uint8_t bits)
{
    const struct slot *slots = twins_slots(w);

    if (!twins_inside(w, i, slot_base(slots, u), slot_bits(slots, u)) ||
        !index_inside(slots, i, base, bits))
        return false;
    for (slotno_t x = 0; x < TWINS_SLOTS; x++)
        if (twins_is_memory(w, x) && index_inside(slots, x, base, bits) &&
            slot_bits(slots, x) < slot_bits(slots, u) &&
            twins_inside(w, i, slot_base(slots, x), slot_bits(slots, x)))
            return false;
    return true;
}

bool twins_in_the_way(const struct twins *w, slotno_t i, slotno_t u,
                      paddr_t base, uint64_t bytes)
{
    const struct slot *slots = twins_slots(w);

    return i != SLOT_NIL &&
           twins_inside(w, i, slot_base(slots, u), slot_bits(slots, u)) &&
           slot_base(slots, i) < base + bytes &&
           slot_base(slots, i) + bits_size(slot_bits(slots, i)) > base;
}

bool twins_is_open(const struct twins *w, slotno_t u)
{
    return slot_next(twins_slots(w), u) == SLOT_NIL;
}

bool twins_has_inside(const struct twins *w, slotno_t u)
{
    const struct slot *slots = twins_slots(w);

    for (slotno_t i = 0; i < TWINS_SLOTS; i++)
        if (twins_inside(w, i, slot_base(slots, u), slot_bits(slots, u)))
            return true;
    return false;
}

slotno_t twins_any_slot(struct twins *w, bool used)
{
    for (unsigned i = 0; i < 16; i++) {
        slotno_t x = seed_below(&w->seed, TWINS_SLOTS);

        if (slot_is_empty(twins_slots(w), x) != used)
            return x;
    }
    return SLOT_NIL;
}

slotno_t twins_any_untyped(struct twins *w)
{
    for (unsigned i = 0; i < 16; i++) {
        slotno_t x = seed_below(&w->seed, TWINS_SLOTS);

        if (twins_is_untyped(w, x))
            return x;
    }
    return SLOT_NIL;
}

slotno_t twins_empty_row(struct twins *w, uint64_t count)
{
    slotno_t first = seed_below(&w->seed, TWINS_SLOTS - count + 1);

    for (slotno_t i = first; i < first + count; i++)
        if (!slot_is_empty(twins_slots(w), i))
            return SLOT_NIL;
    return first;
}

uint8_t twins_any_bits(struct twins *w, uint8_t max)
{
    return (uint8_t)(4 + seed_below(&w->seed, max - 3u));
}

paddr_t twins_any_block(struct twins *w, paddr_t base, uint8_t around,
                        uint8_t bits)
{
    slotno_t near = twins_any_slot(w, true);
    paddr_t a = seed_next(&w->seed);

    if (near != SLOT_NIL && seed_below(&w->seed, 2) == 0)
        a = slot_base(twins_slots(w), near) ^
            bits_up(seed_below(&w->seed, 4), bits);
    return base + bits_up(bits_down(a & (bits_size(around) - 1), bits), bits);
}
