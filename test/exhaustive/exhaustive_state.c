/* SPDX-License-Identifier: BSD-2-Clause */
/* Regions by number, sets of them, and trees by their keys. */
#include "exhaustive.h"

#include <string.h>

static void place(struct exhaustive *x, unsigned region)
{
    unsigned depth = 0;
    paddr_t number;

    while ((region + 1) >> (depth + 1) != 0)
        depth++;
    number = region + 1 - (1u << depth);
    x->size[region] = (uint8_t)(x->w - depth);
    x->bits[region] = (uint8_t)(x->size[region] + EXHAUSTIVE_UNIT);
    x->base[region] = number << x->bits[region];
}

static bool contains(const struct exhaustive *x, unsigned a, unsigned b)
{
    return x->bits[b] <= x->bits[a] &&
           x->base[a] >> x->bits[a] == x->base[b] >> x->bits[a];
}

void exhaustive_init(struct exhaustive *x, unsigned w, unsigned set_max)
{
    memset(x, 0, sizeof *x);
    x->w = w;
    x->set_max = set_max;
    x->region_count = (2u << w) - 1;
    for (unsigned a = 0; a < x->region_count; a++)
        place(x, a);
    for (unsigned a = 0; a < x->region_count; a++)
        for (unsigned b = 0; b < x->region_count; b++) {
            if (contains(x, a, b) || contains(x, b, a))
                x->meets[a] = set_with(x->meets[a], b);
            if (a != b && contains(x, a, b))
                x->inside[a] = set_with(x->inside[a], b);
            if (a != b && contains(x, b, a))
                x->around[a] = set_with(x->around[a], b);
        }
    regions_init(&x->regions, x->slots, (uint8_t)(w + EXHAUSTIVE_UNIT));
}

/* Hangs region n where the way down its bits ends: since parents come first
 * in pre-order, that is its place. */
static void hang(struct exhaustive *x, unsigned n)
{
    struct slot *slots = x->slots;
    slotno_t i = exhaustive_slot(n), parent = SLOT_NIL, at = x->regions.root;
    paddr_t base = x->base[n];
    unsigned level = x->w + EXHAUSTIVE_UNIT, side = 0;
    struct cap cap = {.type = CAP_UNTYPED, .base = base, .bits = x->bits[n]};

    while (at != SLOT_NIL) {
        parent = at;
        level--;
        side = base >> level & 1;
        at = side ? slot_right(slots, at) : slot_left(slots, at);
    }
    cap_write(slots, i, &cap);
    slot_set_flags(slots, i, SLOT_REVOCABLE + SLOT_FIRST_BADGED);
    slot_set_left(slots, i, SLOT_NIL);
    slot_set_right(slots, i, SLOT_NIL);
    slot_set_alone(slots, i, parent);
    slot_set_depth(slots, i, (uint8_t)(x->w + EXHAUSTIVE_UNIT - level));
    if (parent == SLOT_NIL)
        x->regions.root = i;
    else if (side)
        slot_set_right(slots, parent, i);
    else
        slot_set_left(slots, parent, i);
}

void exhaustive_load(struct exhaustive *x, uint64_t key)
{
    for (unsigned n = 0; n < x->count; n++)
        slot_clear(x->slots, exhaustive_slot(x->order[n]));
    x->regions.root = SLOT_NIL;
    x->set = (struct set){0};
    x->count = 0;
    x->key = key;
    for (; key != 0; key >>= EXHAUSTIVE_KEY_BITS) {
        unsigned region = (unsigned)(key & EXHAUSTIVE_REGIONS) - 1;

        x->order[x->count++] = region;
        x->set = set_with(x->set, region);
        hang(x, region);
    }
    for (unsigned n = 0; n < x->count; n++)
        x->saved[n] = x->slots[exhaustive_slot(x->order[n])];
    x->saved_root = x->regions.root;
}

void exhaustive_restore(struct exhaustive *x, slotno_t first, uint64_t count)
{
    for (uint64_t n = 0; n < count; n++)
        slot_clear(x->slots, first + n);
    for (unsigned n = 0; n < x->count; n++)
        x->slots[exhaustive_slot(x->order[n])] = x->saved[n];
    x->regions.root = x->saved_root;
}

bool exhaustive_fail(struct exhaustive *x, enum operation op, const char *why)
{
    if (!x->why) {
        x->why = why;
        x->at = op;
    }
    return false;
}

/* A node that the walk is still to visit. */
struct pending {
    slotno_t node, parent;
    paddr_t block;
    uint8_t level, parent_bits;
};

/* What is wrong with one node, or NULL. */
static const char *check_node(const struct exhaustive *x,
                              const struct pending *p)
{
    const struct slot *slots = x->slots;
    slotno_t i = p->node;
    uint8_t bits;
    paddr_t base;

    if (i >= EXHAUSTIVE_SLOTS)
        return "shape: a link leads out of the slots";
    bits = slot_bits(slots, i);
    base = slot_base(slots, i);
    if (slot_type(slots, i) == CAP_NULL)
        return "shape: a node's slot is empty";
    if (bits < EXHAUSTIVE_UNIT || bits > p->level)
        return "block path: a region is larger than its node's block";
    if (base >> bits << bits != base || base >> p->level != p->block)
        return "block path: a region lies outside its node's block";
    if (bits > p->parent_bits)
        return "heap order: a region is larger than its parent's";
    if (slot_depth(slots, i) != x->w + EXHAUSTIVE_UNIT - p->level)
        return "depth: it is not the node's";
    if (!slot_is_alone(slots, i) || slot_next(slots, i) != SLOT_NIL)
        return "list: the region's is not of one";
    if (slot_parent(slots, i) != p->parent)
        return "parent link: it does not name the parent";
    return NULL;
}

static unsigned region_of(const struct exhaustive *x, slotno_t i)
{
    uint8_t bits = slot_bits(x->slots, i);

    return (unsigned)((slot_base(x->slots, i) >> bits) +
                      (1u << (x->w + EXHAUSTIVE_UNIT - bits)) - 1);
}

/* Pre-order, with a stack; more nodes than there can be end it. */
bool exhaustive_key(struct exhaustive *x, uint64_t *key, struct set *set)
{
    struct pending stack[2 * EXHAUSTIVE_SET_MAX + 4], p;
    unsigned used = 0, count = 0;
    uint8_t window_bits = x->regions.window_bits;

    *key = 0;
    *set = (struct set){0};
    if (x->regions.root != SLOT_NIL)
        stack[used++] = (struct pending){x->regions.root, SLOT_NIL, 0,
                                         window_bits, window_bits};
    while (used > 0) {
        const char *why;
        unsigned region;

        p = stack[--used];
        why =
            count > EXHAUSTIVE_SET_MAX ? "shape: a circle" : check_node(x, &p);
        if (why)
            return exhaustive_fail(x, OP_CHECK, why);
        region = region_of(x, p.node);
        if (set_has(*set, region))
            return exhaustive_fail(x, OP_CHECK, "a region is there twice");
        *set = set_with(*set, region);
        *key |= (uint64_t)(region + 1) << (EXHAUSTIVE_KEY_BITS * count++);
        p.parent = p.node;
        p.parent_bits = slot_bits(x->slots, p.node);
        p.level--;
        for (unsigned side = 2; side-- > 0;) {
            slotno_t child = index_child(x->slots, p.parent, side);

            if (child != SLOT_NIL)
                stack[used++] =
                    (struct pending){child, p.parent, (p.block << 1) + side,
                                     p.level, p.parent_bits};
        }
    }
    return true;
}
