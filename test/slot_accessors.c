/* SPDX-License-Identifier: BSD-2-Clause */
/* A slot's fields: what a setter wrote its getter reads, at the ends of every
 * range; and a setter changes no other field. */
#include "seed.h"
#include "slot.h"

#include <string.h>

/* Every field that can be read, by number. */
enum field {
    BASE,
    BITS,
    TYPE,
    RIGHTS,
    WORD,
    LEFT,
    RIGHT,
    NEXT,
    DEPTH,
    FLAGS,
    SOURCE_BITS,
    FIELDS,
};

static const char *const names[FIELDS] = {
    "base",  "bits", "type",  "rights", "word",        "left",
    "right", "next", "depth", "flags",  "source bits",
};

static struct slot slots[3]; /* the one in the middle is used */

#define SLOT 1u

static uint64_t get(enum field field)
{
    switch (field) {
    case BASE:
        return slot_base(slots, SLOT);
    case BITS:
        return slot_bits(slots, SLOT);
    case TYPE:
        return slot_type(slots, SLOT);
    case RIGHTS:
        return slot_rights(slots, SLOT);
    case WORD:
        return slot_word(slots, SLOT);
    case LEFT:
        return slot_left(slots, SLOT);
    case RIGHT:
        return slot_right(slots, SLOT);
    case NEXT:
        return slot_next(slots, SLOT);
    case DEPTH:
        return slot_depth(slots, SLOT);
    case FLAGS:
        return slot_flags(slots, SLOT);
    default:
        return slot_source_bits(slots, SLOT);
    }
}

static void set(enum field field, uint64_t v)
{
    switch (field) {
    case BASE:
        slot_set_region(slots, SLOT, v, slot_bits(slots, SLOT));
        break;
    case BITS:
        slot_set_region(slots, SLOT, slot_base(slots, SLOT), (uint8_t)v);
        break;
    case TYPE:
        slot_set_type(slots, SLOT, (uint8_t)v);
        break;
    case RIGHTS:
        slot_set_rights(slots, SLOT, (uint8_t)v);
        break;
    case WORD:
        slot_set_word(slots, SLOT, v);
        break;
    case LEFT:
        slot_set_left(slots, SLOT, v);
        break;
    case RIGHT:
        slot_set_right(slots, SLOT, v);
        break;
    case NEXT:
        slot_set_next(slots, SLOT, v);
        break;
    case DEPTH:
        slot_set_depth(slots, SLOT, (uint8_t)v);
        break;
    case FLAGS:
        slot_set_flags(slots, SLOT, (uint8_t)v);
        break;
    default:
        slot_set_source_bits(slots, SLOT, (uint8_t)v);
    }
}

/* The largest value of each field. */
static uint64_t largest(enum field field)
{
    switch (field) {
    case BASE:
        return (UINT64_C(1) << WINDOW_BITS_MAX) - SLOT_BASE_UNIT;
    case BITS:
    case SOURCE_BITS:
        return WINDOW_BITS_MAX;
    case TYPE:
    case RIGHTS:
        return 255;
    case WORD:
        return UINT64_MAX;
    case LEFT:
    case RIGHT:
    case NEXT:
        return SLOT_NIL;
    case DEPTH:
        return SLOT_LISTED;
    default:
        return SLOT_REVOCABLE | SLOT_FIRST_BADGED;
    }
}

static uint64_t any(struct seed *s, enum field field)
{
    uint64_t v = seed_next(s) >> seed_below(s, 64);

    if (largest(field) != UINT64_MAX)
        v %= largest(field) + 1;
    return field == BASE ? v / SLOT_BASE_UNIT * SLOT_BASE_UNIT : v;
}

/* Every field holds something; one is set to v; all are as they should be. */
static bool changes_one(struct seed *s, enum field field, uint64_t v)
{
    uint64_t want[FIELDS];

    for (unsigned i = 0; i < FIELDS; i++) {
        want[i] = any(s, (enum field)i);
        set((enum field)i, want[i]);
    }
    want[field] = v;
    set(field, v);
    for (unsigned i = 0; i < FIELDS; i++)
        if (get((enum field)i) != want[i])
            return false;
    return true;
}

static void every_field(struct seed *s)
{
    for (unsigned i = 0; i < FIELDS; i++) {
        enum field field = (enum field)i;
        bool holds =
            changes_one(s, field, 0) && changes_one(s, field, largest(field));

        for (unsigned n = 0; n < 2000; n++)
            holds &= changes_one(s, field, any(s, field));
        tap_ok(holds, "%s: reads as written, no other field changes", names[i]);
    }
}

static void neighbours(void)
{
    static const struct slot zero;

    tap_ok(memcmp(&slots[0], &zero, sizeof zero) == 0 &&
               memcmp(&slots[2], &zero, sizeof zero) == 0,
           "the slots beside it are untouched");
    slot_clear(slots, SLOT);
    tap_ok(memcmp(&slots[SLOT], &zero, sizeof zero) == 0,
           "a cleared slot is 32 zero bytes");
    tap_ok(slot_is_empty(slots, SLOT), "and empty");
    slot_set_type(slots, SLOT, 2);
    tap_ok(!slot_is_empty(slots, SLOT), "with a type it is not");
    slot_set_depth(slots, SLOT, SLOT_LISTED);
    tap_ok(!slot_is_representative(slots, SLOT), "listed: in no tree");
    slot_set_depth(slots, SLOT, WINDOW_BITS_MAX);
    tap_ok(slot_is_representative(slots, SLOT), "at a depth: in the tree");
}

static void whole_slots(struct seed *s)
{
    struct slot a, b;

    for (unsigned i = 0; i < FIELDS; i++)
        set((enum field)i, any(s, (enum field)i));
    a = slots[1];
    slots[2] = (struct slot){.left = 7, .right = 8, .next = 9, .depth = 3};
    slot_copy_cap(slots, 2, 1);
    tap_ok(slot_base(slots, 2) == slot_base(slots, 1) &&
               slot_bits(slots, 2) == slot_bits(slots, 1) &&
               slot_type(slots, 2) == slot_type(slots, 1) &&
               slot_rights(slots, 2) == slot_rights(slots, 1) &&
               slot_word(slots, 2) == slot_word(slots, 1),
           "copy_cap copies the capability");
    tap_ok(slot_left(slots, 2) == 7 && slot_right(slots, 2) == 8 &&
               slot_next(slots, 2) == 9 && slot_depth(slots, 2) == 3,
           "and leaves the node");
    b = slots[2];
    slot_swap(slots, 1, 2);
    tap_ok(memcmp(&slots[1], &b, sizeof b) == 0 &&
               memcmp(&slots[2], &a, sizeof a) == 0,
           "swap exchanges all of both");
    slot_copy(slots, 0, 2);
    tap_ok(memcmp(&slots[0], &a, sizeof a) == 0, "copy copies all");
}

/* The parent link stands where the list leaves room. */
static void parents(void)
{
    struct slot s[4] = {{0}};

    slot_set_left(s, 0, 11);
    slot_set_right(s, 0, 12);
    slot_set_alone(s, 0, 13);
    tap_is(slot_parent(s, 0), 13, "alone: parent");
    tap_is(slot_next(s, 0), SLOT_NIL, "alone: no next");
    tap_ok(slot_is_alone(s, 0), "alone");
    slot_set_parent(s, 0, SLOT_NIL);
    tap_is(slot_parent(s, 0), SLOT_NIL, "alone: the root");
    slot_set_next(s, 0, 2);
    slot_set_previous(s, 2, 0);
    slot_set_next(s, 2, 3);
    slot_set_parent(s, 0, 14);
    tap_is(slot_parent(s, 0), 14, "one of several: parent");
    tap_is(slot_next(s, 0), 2, "one of several: next");
    tap_is(slot_next(s, 2), 3, "the second's next");
    tap_is(slot_previous(s, 2), 0, "the second's previous");
    tap_ok(!slot_is_alone(s, 0), "not alone");
    tap_ok(slot_left(s, 0) == 11 && slot_right(s, 0) == 12,
           "children are as they were");
    slot_rename(s, 0, 11, 2);
    tap_ok(slot_left(s, 0) == 2 && slot_next(s, 0) == 11 &&
               slot_right(s, 0) == 12,
           "rename exchanges two names in all links");
}

int main(void)
{
    struct seed s = seed_start(5);

    every_field(&s);
    neighbours();
    whole_slots(&s);
    parents();
    tap_is(slot_at(0x12340), 0x12340 / 32, "the slot at an address");
    tap_is(slot_address(slot_at(0x12340)), 0x12340, "and back");
    return tap_done();
}
