/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory map against a brute-force look at every slot of the machine:
 * random calls on the small machine, and after each the class of every 16
 * bytes, the totals, and the next free block of every size. */
#include <string.h>

#include "at.h"
#include "fixture.h"
#include "map.h"
#include "seed.h"

#define UNITS (0x10000u / 16u)
#define OPS   3000u

/* What the small machine's memory is, 16 bytes each. */
struct unit {
    uint8_t bits; /* of the smallest region there; 0: none */
    uint8_t map_class;
    bool device;
    slotno_t untyped; /* that could be asked for it: nothing is in the way */
};

static uint8_t class_of(uint8_t type)
{
    switch (type) {
    case CAP_FRAME:
        return MAP_FRAME; /* all are small */
    case CAP_PAGE_TABLE:
        return MAP_PAGE_TABLE;
    case CAP_CNODE:
        return MAP_CNODE;
    case CAP_TCB:
        return MAP_TCB;
    case CAP_ENDPOINT:
        return MAP_ENDPOINT;
    case CAP_NOTIFICATION:
        return MAP_NOTIFICATION;
    case CAP_ZOMBIE:
    case CAP_EMBRYO:
        return MAP_TRANSITION;
    default:
        return MAP_NONE;
    }
}

/* Puts the capability in slot i over what is known of its memory. */
static void unit_put(struct unit *units, struct kernel *k, slotno_t i)
{
    const struct slot *slots = kernel_slots(k);
    uint8_t type = slot_type(slots, i), bits = slot_bits(slots, i);
    paddr_t base = slot_base(slots, i);

    for (uint64_t n = 0; n < bits_size(bits) / 16; n++) {
        struct unit *u = &units[base / 16 + n];
        bool clean = 16 * n >= slot_word(slots, i);

        if (u->bits != 0 && u->bits < bits)
            continue;
        if (u->bits == bits && type == CAP_UNTYPED) {
            /* Of equal untypeds the one that an object is made of, or that
             * was copied, is full; the other one is open. */
            if (u->map_class >= MAP_FRAME || slot_next(slots, i) != SLOT_NIL)
                continue;
        }
        u->bits = bits;
        u->untyped = SLOT_NIL;
        u->device = (type == CAP_UNTYPED || type == CAP_FRAME) &&
                    slot_rights(slots, i) & CAP_DEVICE;
        u->map_class = class_of(type);
        if (type == CAP_UNTYPED) {
            u->map_class = clean ? MAP_CLEAN : MAP_DIRTY;
            u->untyped = i;
        }
    }
}

/* Every slot of the root CNode and of every CNode that a test makes. */
static void units_read(struct unit *units, struct fixture *f)
{
    memset(units, 0, UNITS * sizeof *units);
    for (unsigned i = 0; i < UNITS; i++)
        units[i].untyped = SLOT_NIL;
    for (uint64_t s = 0; s < 64; s++)
        if (cap_type_is_memory(fixture_type(f, s)))
            unit_put(units, f->k, fixture_slot(f, s));
}

static bool spans_agree(const struct map *map, const struct unit *units)
{
    uint64_t bytes[MAP_CLASSES] = {0};

    for (unsigned i = 0; i < UNITS; i++) {
        const struct map_span *s = map_at(map, 16 * i);
        uint8_t got = s ? s->map_class : MAP_NONE;
        uint8_t want = units[i].device ? MAP_NONE : units[i].map_class;

        if (got != want) {
            tap_diag("0x%x: class %u, want %u", 16 * i, got, want);
            return false;
        }
        bytes[want] += 16;
    }
    for (unsigned c = MAP_CLEAN; c < MAP_CLASSES; c++)
        if (bytes[c] != map->total[c].bytes) {
            tap_diag("class %u: %lu bytes, want %lu", c,
                     (unsigned long)map->total[c].bytes,
                     (unsigned long)bytes[c]);
            return false;
        }
    return true;
}

/* The lowest block of 2^bits at or above `from' of one untyped, by looking at
 * each 16 bytes of it. */
static bool next_free(const struct unit *units, paddr_t from, unsigned bits,
                      bool device, struct at_block *block)
{
    uint64_t size = bits_size(bits);

    for (paddr_t base = (from + size - 1) / size * size; base + size <= 0x10000;
         base += size) {
        slotno_t u = units[base / 16].untyped;
        bool same = u != SLOT_NIL && units[base / 16].device == device;

        for (paddr_t a = base; same && a < base + size; a += 16)
            same = units[a / 16].untyped == u;
        if (!same)
            continue;
        *block = (struct at_block){base, u};
        return true;
    }
    return false;
}

static bool next_agrees(struct fixture *f, const struct unit *units,
                        paddr_t from, unsigned bits, bool device)
{
    struct at_block got, want;
    bool found = at_next_free(f->k, from, (uint8_t)bits, device, &got);

    if (found != next_free(units, from, bits, device, &want)) {
        tap_diag("2^%u from 0x%lx: found %d", bits, (unsigned long)from, found);
        return false;
    }
    if (found && (got.base != want.base || got.untyped != want.untyped)) {
        tap_diag("2^%u from 0x%lx: 0x%lx, want 0x%lx", bits,
                 (unsigned long)from, (unsigned long)got.base,
                 (unsigned long)want.base);
        return false;
    }
    return true;
}

/* One call that may well be refused. */
static void random_call(struct fixture *f, struct seed *seed)
{
    static const uint8_t types[] = {
        OBJECT_UNTYPED,  OBJECT_UNTYPED,      OBJECT_TCB,
        OBJECT_ENDPOINT, OBJECT_NOTIFICATION, OBJECT_CNODE,
        TYPE_PAGE,       TYPE_MEGA,           TYPE_TABLE,
    };
    uint64_t slot = FIX_FREE + seed_below(seed, 40);
    uint64_t untyped = seed_below(seed, 3) ? FIX_UT + seed_below(seed, 3)
                                           : FIX_FREE + seed_below(seed, 40);
    uint64_t type = types[seed_below(seed, sizeof types)];
    uint64_t bits = type == OBJECT_CNODE ? 1 + seed_below(seed, 3)
                                         : 4 + seed_below(seed, 9);

    switch (seed_below(seed, 9)) {
    case 0:
    case 1:
        cnode_delete(f, slot);
        break;
    case 2:
        if (seed_below(seed, 8) == 0)
            cnode_revoke(f, untyped);
        break;
    case 3:
        cnode_copy(f, slot, FIX_FREE + seed_below(seed, 40), 15);
        break;
    case 4:
        /* An embryo: the call is stopped while it clears. */
        f->once = true;
        fixture_preempt_in(f, 1 + seed_below(seed, 3));
        retype_at(f, untyped, type, bits, slot, 1,
                  16 * seed_below(seed, 1024) / 64 * 64);
        fixture_preempt_in(f, 0);
        f->once = false;
        break;
    case 5:
    case 6:
        retype_at(f, untyped, type, bits, slot, 1 + seed_below(seed, 2),
                  16 * seed_below(seed, 1024) / 16 * 16);
        break;
    default:
        retype(f, untyped, type, bits, slot, 1 + seed_below(seed, 3));
    }
}

int main(void)
{
    static struct unit units[UNITS];
    struct seed seed = seed_start(20261);
    uint64_t objects = 0, transitions = 0, broken = 0, spans = 0, next = 0;
    struct fixture f;

    fixture_small(&f);
    for (unsigned op = 0; op < OPS; op++) {
        struct map map;

        random_call(&f, &seed);
        units_read(units, &f);
        if (!map_read(&map, f.k))
            break;
        broken += map_check(&map) != NULL;
        spans += !spans_agree(&map, units);
        for (unsigned bits = 4; bits <= 15; bits++)
            next += !next_agrees(&f, units, seed_below(&seed, 0x10000), bits,
                                 seed_below(&seed, 4) == 0);
        objects += map.objects;
        transitions += map.total[MAP_TRANSITION].spans;
        map_free(&map);
    }
    tap_is(broken, 0, "the map's own invariant holds");
    tap_is(spans, 0, "every 16 bytes have the class of what lies there");
    tap_is(next, 0, "the next free block is the one that a search finds");
    tap_ok(objects > OPS, "there were objects to see: %lu",
           (unsigned long)objects);
    tap_ok(transitions > 0 || !f.k->params.generation3,
           "and objects in transition: %lu", (unsigned long)transitions);
    fixture_done(&f);
    return tap_done();
}
