/* SPDX-License-Identifier: BSD-2-Clause */
#include "population.h"

#include <stdio.h>
#include <stdlib.h>

#define UNIT_BITS 4u
#define TRIES     100000u

struct object {
    paddr_t base;
    slotno_t parent;
    uint8_t bits;
    uint8_t type; /* CAP_NULL: a copy of something, chosen when it comes */
};

static void *allocate(uint64_t count, uint64_t bytes)
{
    void *memory = calloc(count, bytes);

    if (!memory) {
        fprintf(stderr, "population: no memory for %lu x %lu bytes\n",
                (unsigned long)count, (unsigned long)bytes);
        exit(2);
    }
    return memory;
}

/* Bit of a map for the address. */
static uint64_t unit_of(paddr_t base)
{
    return bits_down(base - POPULATION_ARENA_BASE, UNIT_BITS);
}

static bool is_taken(const uint64_t *map, paddr_t base, uint8_t bits)
{
    uint64_t unit = unit_of(base), count = bits_size(bits - UNIT_BITS);

    if (count < 64)
        return (map[unit / 64] >> (unit % 64) & (bits_size(count) - 1)) != 0;
    for (uint64_t i = unit / 64; i < (unit + count) / 64; i++)
        if (map[i] != 0)
            return true;
    return false;
}

static void take(uint64_t *map, paddr_t base, uint8_t bits)
{
    uint64_t unit = unit_of(base), count = bits_size(bits - UNIT_BITS);

    if (count < 64) {
        map[unit / 64] |= (bits_size(count) - 1) << (unit % 64);
        return;
    }
    for (uint64_t i = unit / 64; i < (unit + count) / 64; i++)
        map[i] = UINT64_MAX;
}

static slotno_t any_client(struct population *p)
{
    return p->clients + seed_below(&p->seed, p->client_count);
}

static slotno_t any_nested(struct population *p)
{
    return p->nested + seed_below(&p->seed, p->nested_count);
}

/* A random aligned block of 2^bits in the region of untyped u. */
static paddr_t any_block(struct population *p, slotno_t u, uint8_t bits)
{
    uint64_t count = bits_size(slot_bits(p->slots, u) - bits);

    return slot_base(p->slots, u) + bits_up(seed_below(&p->seed, count), bits);
}

/* A random free place for an object in a random untyped. */
static void place_object(struct population *p, struct object *o, bool nested)
{
    uint64_t *map = nested ? p->inner : p->outer;

    for (unsigned i = 0; i < TRIES; i++) {
        o->parent = nested ? any_nested(p) : any_client(p);
        o->base = any_block(p, o->parent, o->bits);
        if (!is_taken(map, o->base, o->bits)) {
            take(map, o->base, o->bits);
            return;
        }
    }
    fprintf(stderr, "population: no place for 2^%u bytes\n", (unsigned)o->bits);
    exit(2);
}

static void write_cap(struct population *p, slotno_t i, uint8_t type,
                      paddr_t base, uint8_t bits)
{
    struct cap cap = {.type = type, .base = base, .bits = bits};

    if (type == CAP_UNTYPED)
        cap.word = bits_size(bits);
    cap_write(p->slots, i, &cap);
    slot_set_flags(p->slots, i, SLOT_REVOCABLE + SLOT_FIRST_BADGED);
}

static uint64_t percent(const struct population *p, unsigned share)
{
    return p->n * share / 100;
}

/* Everything but the untypeds, without places: the counts of the header; what
 * rounding leaves over is frames. */
static void choose_kinds(struct population *p, struct object *objects)
{
    const struct object kinds[] = {
        {.bits = 4, .type = CAP_ENDPOINT},
        {.bits = 5, .type = CAP_NOTIFICATION},
        {.bits = 12, .type = CAP_PAGE_TABLE},
        {.bits = 11, .type = CAP_TCB},
        {.bits = SLOT_BITS, .type = CAP_CNODE},
        {.bits = 0, .type = CAP_NULL},
    };
    const unsigned shares[] = {14, 10, 6, 5, 3, 20};
    uint64_t at = 0;

    for (unsigned k = 0; k < sizeof shares / sizeof shares[0]; k++)
        for (uint64_t i = 0; i < percent(p, shares[k]); i++) {
            objects[at] = kinds[k];
            if (kinds[k].type == CAP_CNODE)
                objects[at].bits += (uint8_t)(4 + seed_below(&p->seed, 5));
            at++;
        }
    while (at < p->object_count)
        objects[at++] = (struct object){.bits = FRAME_BITS, .type = CAP_FRAME};
}

/* Largest first, so that each finds a place. */
static void place_objects(struct population *p, struct object *objects)
{
    for (uint8_t bits = NESTED_BITS - 1; bits >= UNIT_BITS; bits--)
        for (uint64_t i = 0; i < p->object_count; i++)
            if (objects[i].bits == bits)
                place_object(p, &objects[i],
                             objects[i].type == CAP_ENDPOINT ||
                                 objects[i].type == CAP_NOTIFICATION);
}

/* In random order; an object comes first, for the first copy to be of. */
static void shuffle(struct population *p, struct object *objects)
{
    for (uint64_t i = p->object_count - 1; i > 0; i--) {
        uint64_t other = seed_below(&p->seed, i + 1);
        struct object o = objects[i];

        objects[i] = objects[other];
        objects[other] = o;
    }
    for (uint64_t i = 0; objects[0].type == CAP_NULL; i++) {
        struct object o = objects[i];

        objects[i] = objects[0];
        objects[0] = o;
    }
}

/* Inserts the object or copy that slot i is for. */
static void insert(struct population *p, slotno_t i, const struct object *o)
{
    slotno_t source;

    if (o->type != CAP_NULL) {
        p->parent[i] = o->parent;
        write_cap(p, i, o->type, o->base, o->bits);
        regions_insert_run(&p->regions, o->parent, i, 1);
        return;
    }
    do
        source = p->objects + seed_below(&p->seed, i - p->objects);
    while (p->parent[source] == SLOT_NIL);
    p->parent[i] = SLOT_NIL;
    p->copies[source]++;
    slot_copy_cap(p->slots, i, source);
    regions_insert_after(&p->regions, source, i);
}

static void insert_objects(struct population *p)
{
    struct object *objects = allocate(p->object_count, sizeof *objects);

    choose_kinds(p, objects);
    place_objects(p, objects);
    shuffle(p, objects);
    for (uint64_t i = 0; i < p->object_count; i++)
        insert(p, p->objects + i, &objects[i]);
    free(objects);
}

static void insert_untypeds(struct population *p)
{
    for (uint64_t i = 0; i <= p->client_count; i++) {
        write_cap(p, p->clients + i, CAP_UNTYPED,
                  POPULATION_ARENA_BASE + bits_up(i, CLIENT_BITS), CLIENT_BITS);
        regions_insert(&p->regions, p->clients + i);
    }
    for (uint64_t i = 0; i < p->nested_count; i++) {
        struct object o = {.bits = NESTED_BITS, .type = CAP_UNTYPED};

        place_object(p, &o, false);
        insert(p, p->nested + i, &o);
    }
}

void population_create(struct population *p, uint64_t n, uint64_t seed)
{
    uint64_t slots, map_words;
    uint8_t bits = 0;

    while (bits_size(bits) < n)
        bits++;
    *p = (struct population){.n = n, .seed = {seed}};
    p->arena_bits =
        bits + 12u < CLIENT_BITS ? CLIENT_BITS : (uint8_t)(bits + 12);
    p->clients = 1;
    p->client_count = bits_size(p->arena_bits - CLIENT_BITS);
    p->empty = p->clients + p->client_count;
    p->nested = p->empty + 1;
    p->nested_count = percent(p, 2);
    p->objects = p->nested + p->nested_count;
    p->object_count = n - p->nested_count;
    p->spare = p->objects + p->object_count;
    slots = p->spare + SPARE_SLOTS;
    map_words = bits_size(p->arena_bits - UNIT_BITS) / 64;
    p->slots = allocate(slots, sizeof *p->slots);
    p->parent = allocate(slots, sizeof *p->parent);
    p->copies = allocate(slots, sizeof *p->copies);
    p->outer = allocate(map_words, sizeof *p->outer);
    p->inner = allocate(map_words, sizeof *p->inner);
    regions_init(&p->regions, p->slots, POPULATION_WINDOW_BITS);
    insert_untypeds(p);
    insert_objects(p);
}

void population_destroy(struct population *p)
{
    free(p->slots);
    free(p->parent);
    free(p->copies);
    free(p->outer);
    free(p->inner);
}

slotno_t population_frame(struct population *p, bool taken, paddr_t *base)
{
    slotno_t u;

    do {
        u = any_client(p);
        *base = any_block(p, u, FRAME_BITS);
    } while (is_taken(p->outer, *base, FRAME_BITS) != taken);
    return u;
}

slotno_t population_capability(struct population *p)
{
    return p->objects + seed_below(&p->seed, p->object_count);
}

slotno_t population_object(struct population *p, bool alone)
{
    slotno_t i;

    do
        i = population_capability(p);
    while (p->parent[i] == SLOT_NIL || (alone && p->copies[i] != 0));
    return i;
}

slotno_t population_untyped(struct population *p)
{
    uint64_t i = seed_below(&p->seed, p->client_count + p->nested_count);

    return i < p->client_count ? p->clients + i
                               : p->nested + (i - p->client_count);
}
