/* SPDX-License-Identifier: BSD-2-Clause */
/* All states, from the empty tree on. */
#include "exhaustive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM (UINT64_C(1) << 16)

static uint64_t spread(uint64_t key)
{
    key *= UINT64_C(0x9e3779b97f4a7c15);
    return key ^ key >> 32;
}

/* The empty tree's key is 0, as is an empty entry of the table. */
static bool is_known(struct exhaustive *x, uint64_t key)
{
    uint64_t i = spread(key) & x->table_mask;

    while (x->table[i] != 0) {
        if (x->table[i] == key + 1)
            return true;
        i = (i + 1) & x->table_mask;
    }
    x->table[i] = key + 1;
    return false;
}

/* Twice the room, or the first. */
static bool grow(struct exhaustive *x)
{
    uint64_t room = x->list_room ? 2 * x->list_room : FIRST_ROOM;
    uint64_t *list = realloc(x->list, room * sizeof *list);
    uint64_t *table = calloc(2 * room, sizeof *table);

    if (list)
        x->list = list;
    if (!list || !table) {
        free(table);
        return exhaustive_fail(x, OP_CHECK, "the host gives no memory");
    }
    free(x->table);
    x->table = table;
    x->table_mask = 2 * room - 1;
    x->list_room = room;
    for (uint64_t n = 0; n < x->states; n++)
        (void)is_known(x, list[n]);
    return true;
}

static bool add(struct exhaustive *x, uint64_t key)
{
    if (x->states == x->list_room && !grow(x))
        return false;
    if (!is_known(x, key))
        x->list[x->states++] = key;
    return true;
}

static unsigned length(uint64_t key)
{
    unsigned n = 0;

    for (; key != 0; key >>= EXHAUSTIVE_KEY_BITS)
        n++;
    return n;
}

/* States with one region too many are looked at, and not gone on from. */
bool exhaustive_reach(struct exhaustive *x, enum operation op, struct set want)
{
    uint64_t key;
    struct set set;

    exhaustive_damage(x);
    if (!exhaustive_key(x, &key, &set)) {
        x->at = op;
        return false;
    }
    if (set.low != want.low || set.high != want.high)
        return exhaustive_fail(x, op, "the set of regions is another");
    return length(key) > x->set_max || add(x, key);
}

/* Of all trees with one set, exactly one has at each node, among the regions
 * of equal size that could be there, the lowest: the first in number. */
static bool is_first_of_set(const struct exhaustive *x)
{
    for (unsigned n = 0; n < x->count; n++)
        for (unsigned k = n + 1; k < x->count; k++) {
            slotno_t i = exhaustive_slot(x->order[n]);
            slotno_t j = exhaustive_slot(x->order[k]);
            uint8_t level =
                (uint8_t)(x->regions.window_bits - slot_depth(x->slots, i));

            if (slot_bits(x->slots, i) == slot_bits(x->slots, j) &&
                slot_base(x->slots, i) >> level ==
                    slot_base(x->slots, j) >> level &&
                x->order[k] < x->order[n])
                return false;
        }
    return true;
}

static void print_state(const struct exhaustive *x)
{
    static const char *const names[OPERATIONS] = {
        "insert",      "insert below", "insert a run", "remove",
        "move",        "swap",         "find",         "find place",
        "find a run",  "first inside", "child",        "next",
        "enclosing",   "locate",       "outer",        "innermost",
        "node",        "walk",         "list",         "revoke",
        "well-formed",
    };

    printf("W = %u: VIOLATION at %s: %s\n  state:", x->w, names[x->at], x->why);
    for (unsigned n = 0; n < x->count; n++) {
        const struct slot *saved = &x->saved[n];

        printf(" [%lu, 2^%u) at depth %u", x->base[x->order[n]] / 16,
               x->size[x->order[n]], saved->depth);
    }
    printf(" (units of 16 bytes, in pre-order)\n  after the operation, slot: "
           "base bits left right parent depth\n");
    for (slotno_t i = 0; i < EXHAUSTIVE_SLOTS; i++)
        if (!slot_is_empty(x->slots, i))
            printf("  %3lu: 0x%03lx %2u %10ld %10ld %10ld %2u\n", i,
                   slot_base(x->slots, i), slot_bits(x->slots, i),
                   (long)(int32_t)slot_left(x->slots, i),
                   (long)(int32_t)slot_right(x->slots, i),
                   (long)(int32_t)x->slots[i].next, slot_depth(x->slots, i));
}

bool exhaustive_search(struct exhaustive *x, bool loud)
{
    bool good = add(x, 0);

    for (uint64_t n = 0; good && n < x->states; n++) {
        exhaustive_load(x, x->list[n]);
        x->sets += is_first_of_set(x);
        good =
            exhaustive_ask(x) && exhaustive_revoke(x) && exhaustive_change(x);
    }
    if (!good && loud)
        print_state(x);
    free(x->table);
    free(x->list);
    x->table = x->list = NULL;
    return good;
}
