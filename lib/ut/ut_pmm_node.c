/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

/* Some lane of 2^n bits is zero: `each' has the lowest bit of every lane. */
static inline bool has_zero(uint64_t x, uint64_t each, unsigned bits)
{
    return ((x - each) & ~x & each << (bits - 1)) != 0;
}

/* A free run is a lane of zeros; the one in the middle is asked for first. */
unsigned ut_pmm_word_orders_(uint64_t used)
{
    if (!has_zero(used, EACH, 8)) {
        if (has_zero(used, EACH * 0x11, 4))
            return 7;
        if (~(used | used >> 1) & EACH * 0x55)
            return 3;
        return ~used != 0;
    }
    if ((uint32_t)used && used >> 32)
        return has_zero(used, UINT64_C(0x0001000100010001), 16) ? 0x1f : 0xf;
    return used ? 0x3f : 0x7f;
}

unsigned ut_pmm_node_orders_(uint64_t runs)
{
    uint64_t all = runs | runs >> 32, two;

    all |= all >> 16;
    all = (all | all >> 8) & 0x7f;
    if (all < 0x7f)
        return (unsigned)all;
    two = runs & runs >> 8 & UINT64_C(0x0040004000400040);
    if (two)
        all |= two & two >> 16 & UINT64_C(0x0000004000000040) ? 0x180 : 0x80;
    return (unsigned)all;
}

static void set_orders(struct ut_pmm_node *n, unsigned w, unsigned orders)
{
    unsigned was = n->runs >> w * 8 & 0xff;

    n->runs ^= (uint64_t)(was ^ orders) << w * 8;
}

/* Turns units over, all of which are the other way. */
static void turn(struct ut_pmm_node *n, unsigned bit, unsigned count,
                 bool start, bool used)
{
    uint64_t runs = n->runs, begin = (uint64_t)start << bit % 64;
    unsigned w = bit / 64;

    bit %= 64;
    for (; bit + count > 63; w++) {
        uint64_t mask = ~(uint64_t)0 << bit;

        n->used[w] ^= mask;
        n->start[w] = (n->start[w] & ~mask) | begin;
        set_orders(n, w,
                   bit    ? ut_pmm_word_orders_(n->used[w])
                   : used ? 0
                          : 0x7f);
        count -= 64 - bit;
        bit = 0;
        begin = 0;
    }
    if (count) {
        uint64_t mask = (((uint64_t)1 << count) - 1) << bit;

        n->used[w] ^= mask;
        n->start[w] = (n->start[w] & ~mask) | begin;
        set_orders(n, w, ut_pmm_word_orders_(n->used[w]));
    }
    if (runs != n->runs)
        n->orders = (uint16_t)ut_pmm_node_orders_(n->runs);
}

/* The member joins a bitmap or leaves it: a summary's bit follows when its word
 * was empty, or becomes it. */
static void toggle(const struct ut_pmm *p, const struct ut_pmm_index *x,
                   unsigned depth, uint32_t member, unsigned bitmap)
{
    for (; depth < x->depths; depth++) {
        uint64_t *word = words_at(p, x, depth, member / 64) + bitmap;
        uint64_t was = *word;

        *word = was ^ (uint64_t)1 << member % 64;
        if (was && *word)
            break;
        member /= 64;
    }
}

/* From the bitmap of one order to that of another; orders: see bitmap_of(). */
static void move(const struct ut_pmm *p, const struct ut_pmm_index *x,
                 uint32_t member, unsigned step, unsigned set, unsigned orders)
{
    for (; orders; orders &= orders - 1)
        toggle(p, x, 0, member, bit_low(orders) * step + set);
}

/* Words of a node's map have got their first free chunk, or lost their last:
 * one bit each, at depth 1. */
static void toggle_free(const struct ut_pmm *p, const struct ut_pmm_index *x,
                        uint32_t node, uint64_t changed)
{
    uint64_t *word, was;

    changed = (changed & EACH) * UINT64_C(0x0102040810204080) >> 56;
    if (!changed || x->depths < 2)
        return;
    word = words_at(p, x, 1, node / 8) + FREE_CHUNKS;
    was = *word;
    *word = was ^ changed << node % 8 * 8;
    if (!was || !*word)
        toggle(p, x, 2, node / 8, FREE_CHUNKS);
}

/* Units of one node, and in the nodes above, what they are part of: a unit is
 * used if its node is not free as a whole. */
static void units_turn(struct ut_pmm *p, struct ut_pmm_kind *kind,
                       uint32_t unit, unsigned count, bool start, bool used)
{
    for (unsigned l = 1; l <= kind->levels; l++) {
        struct ut_pmm_level *level = &kind->level[l];
        uint32_t i = unit >> NODE_BITS;
        struct ut_pmm_node *n = node_at(p, level, i);
        uint64_t runs = n->runs;
        unsigned was = bitmap_of(n->orders);

        turn(n, unit % NODE_UNITS, count, start, used);
        move(p, &level->index, i, 1, 0, was ^ bitmap_of(n->orders));
        if (l == 1)
            toggle_free(p, &kind->level[0].index, i, runs ^ n->runs);
        if ((runs == FREE_RUNS) == node_is_free(n))
            break;
        unit = i;
        count = 1;
        start = false;
    }
}

void ut_pmm_set_chunks_(struct ut_pmm *p, struct ut_pmm_kind *kind,
                        uint32_t chunk, uint64_t count, bool start, bool used)
{
    while (count) {
        unsigned room = NODE_UNITS - chunk % NODE_UNITS;
        unsigned part = count < room ? (unsigned)count : room;

        units_turn(p, kind, chunk, part, start, used);
        start = false;
        chunk += part;
        count -= part;
    }
}

/* Pages of one chunk. */
static void pages_turn(struct ut_pmm *p, const struct ut_pmm_region *r,
                       uint64_t rp, unsigned count, bool start, bool used,
                       unsigned cls)
{
    struct ut_pmm_kind *kind = &p->kind[r->device];
    struct ut_pmm_node *n = chunk_at(p, r, rp);
    uint32_t chunk = chunk_of(r, rp);
    unsigned was = 0, is = 0;

    if (node_is_free(n)) {
        n->cls = (uint8_t)cls;
        units_turn(p, kind, chunk, 1, true, true);
    } else
        was = bitmap_of(n->orders);
    turn(n, (unsigned)rp % NODE_UNITS, count, start, used);
    if (node_is_free(n))
        units_turn(p, kind, chunk, 1, false, false);
    else
        is = bitmap_of(n->orders);
    move(p, &kind->level[0].index, chunk, UT_CLASSES, n->cls, was ^ is);
}

/* Chunk by chunk at the ends, what is between at once. */
static void pages_change(struct ut_pmm *p, const struct ut_pmm_region *r,
                         uint64_t rp, uint64_t pages, bool used, unsigned cls)
{
    bool start = used;

    if (used)
        p->kind[r->device].pages_free -= pages;
    else
        p->kind[r->device].pages_free += pages;
    while (pages) {
        uint64_t part = NODE_UNITS - rp % NODE_UNITS;

        if (part > pages)
            part = pages;
        if (part < NODE_UNITS)
            pages_turn(p, r, rp, (unsigned)part, start, used, cls);
        else {
            part = pages & ~(uint64_t)(NODE_UNITS - 1);
            ut_pmm_set_chunks_(p, &p->kind[r->device], chunk_of(r, rp),
                               part >> NODE_BITS, start, used);
        }
        start = false;
        rp += part;
        pages -= part;
    }
}

UT_PMM_HOT void ut_pmm_take_(struct ut_pmm *p, const struct ut_pmm_region *r,
                             uint64_t rp, uint64_t pages, unsigned cls)
{
    pages_change(p, r, rp, pages, true, cls);
}

UT_PMM_HOT void ut_pmm_give_(struct ut_pmm *p, const struct ut_pmm_region *r,
                             uint64_t rp, uint64_t pages)
{
    pages_change(p, r, rp, pages, false, 0);
}
