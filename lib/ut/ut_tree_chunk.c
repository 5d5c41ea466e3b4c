/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_tree.h"

static const struct ut_reg *region_of(const struct ut *ut, uint32_t chunk)
{
    return &ut->regions[ut_tree_(ut)->chunks[chunk].region];
}

unsigned ut_chunk_bits_(const struct ut *ut, uint32_t chunk)
{
    unsigned bits = region_of(ut, chunk)->r.size_bits;

    return bits < UT_CHUNK_BITS ? bits : UT_CHUNK_BITS;
}

bool ut_chunk_is_small_(const struct ut *ut, uint32_t chunk)
{
    return region_of(ut, chunk)->r.size_bits < UT_CHUNK_BITS;
}

bool ut_chunk_has_leaf_(const struct ut *ut, uint32_t chunk)
{
    return !ut_chunk_is_small_(ut, chunk) && region_of(ut, chunk)->slots == 0;
}

uint64_t ut_chunk_base_(const struct ut *ut, uint32_t chunk)
{
    const struct ut_reg *r = region_of(ut, chunk);

    return r->r.base + ((uint64_t)(chunk - r->chunk) << UT_CHUNK_BITS);
}

struct ut_part ut_entry_part_(void)
{
    return (struct ut_part){
        .bytes = ut_bytes(UT_LEAF_BITS),
        .caps = 1u << UT_LEAF_RADIX,
    };
}

/* Bits first .. first + count - 1; count is a power of two, and first a
 * multiple of it. */
static void bits_set(uint64_t *map, unsigned first, unsigned count, bool set)
{
    uint64_t mask = count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;

    for (unsigned i = 0; i < count; i += 64) {
        unsigned bit = first + i;

        map[bit / 64] &= ~(mask << bit % 64);
        map[bit / 64] |= set ? mask << bit % 64 : 0;
    }
}

static bool bit_get(const uint64_t *map, unsigned bit)
{
    return map[bit / 64] >> bit % 64 & 1;
}

void ut_chunk_mark_(struct ut *ut, uint32_t chunk, unsigned heap, bool free)
{
    struct ut_tree_chunk *c = &ut_tree_(ut)->chunks[chunk];
    unsigned pages = ut_chunk_bits_(ut, chunk) - UT_PAGE_BITS;

    for (unsigned first = heap, count = 1; first < 2u << pages;
         first *= 2, count *= 2)
        bits_set(c->free, first, count, free);
    for (unsigned h = heap / 2; h > 0; h /= 2)
        bits_set(c->free, h, 1,
                 bit_get(c->free, 2 * h) && bit_get(c->free, 2 * h + 1));
}

/* Is there a node at that depth that exists and is free? */
static bool has_node(const struct ut_tree_chunk *c, unsigned depth)
{
    unsigned first = 1u << depth;

    if (depth < 6)
        return c->exists[0] & c->free[0] &
               ((UINT64_C(1) << first) - 1) << first;
    for (unsigned w = first / 64; w < first / 32; w++)
        if (c->exists[w] & c->free[w])
            return true;
    return false;
}

static uint32_t *list_head(struct ut *ut, const struct ut_tree_chunk *c,
                           unsigned level)
{
    unsigned device = ut->regions[c->region].r.flags & UT_REGION_DEVICE;

    if (c->owner == UT_OWNER_NONE)
        return &ut_tree_(ut)->common[device][level];
    return &ut->accounts[c->owner]->chunks[device][level];
}

static void list_remove(struct ut *ut, uint32_t chunk, unsigned level)
{
    struct ut_tree_chunk *chunks = ut_tree_(ut)->chunks, *c = &chunks[chunk];

    if (c->prev[level] == 0)
        *list_head(ut, c, level) = c->next[level];
    else
        chunks[c->prev[level] - 1].next[level] = c->next[level];
    if (c->next[level] != 0)
        chunks[c->next[level] - 1].prev[level] = c->prev[level];
    c->listed &= (uint16_t) ~(1u << level);
}

static void list_add(struct ut *ut, uint32_t chunk, unsigned level)
{
    struct ut_tree_chunk *chunks = ut_tree_(ut)->chunks, *c = &chunks[chunk];
    uint32_t *head = list_head(ut, c, level);

    c->next[level] = *head;
    c->prev[level] = 0;
    if (*head != 0)
        chunks[*head - 1].prev[level] = chunk + 1;
    *head = chunk + 1;
    c->listed |= (uint16_t)(1u << level);
}

void ut_chunk_list_(struct ut *ut, uint32_t chunk)
{
    struct ut_tree_chunk *c = &ut_tree_(ut)->chunks[chunk];
    unsigned top = ut_chunk_bits_(ut, chunk);
    bool anybody = c->owner != UT_OWNER_NONE || ut_chunk_is_small_(ut, chunk);

    for (unsigned level = 0; level < UT_LEVELS; level++) {
        bool is = c->listed >> level & 1;
        bool shall = anybody && level + UT_PAGE_BITS <= top &&
                     has_node(c, top - UT_PAGE_BITS - level);

        if (is && !shall)
            list_remove(ut, chunk, level);
        else if (shall && !is)
            list_add(ut, chunk, level);
    }
}

static void list_leave(struct ut *ut, uint32_t chunk)
{
    for (unsigned level = 0; level < UT_LEVELS; level++)
        if (ut_tree_(ut)->chunks[chunk].listed >> level & 1)
            list_remove(ut, chunk, level);
}

void ut_chunk_own_(struct ut *ut, uint32_t chunk, ut_owner_t owner)
{
    list_leave(ut, chunk);
    ut_tree_(ut)->chunks[chunk].owner = owner;
    ut_chunk_list_(ut, chunk);
}

void ut_chunk_reset_(struct ut *ut, uint32_t chunk)
{
    struct ut_tree_chunk *c = &ut_tree_(ut)->chunks[chunk];

    list_leave(ut, chunk);
    if (c->leaf != UT_LEAF_NONE) {
        ut_credit_(ut->accounts[c->owner], ut_entry_part_());
        ut->counts.entry_bytes -= ut_bytes(UT_LEAF_BITS);
    }
    ut->counts.untyped_caps += c->others_wait ? 7 : 0;
    for (unsigned i = 0; i < 16; i++) {
        ut->counts.untyped_caps -= (unsigned)__builtin_popcountll(c->exists[i]);
        c->exists[i] = 0;
        c->free[i] = UINT64_MAX;
    }
    c->leaf = UT_LEAF_NONE;
    c->leaf_is_taken = false;
    c->others_wait = false;
    c->used_pages = 0;
    c->small_pages = 0;
    c->owner = UT_OWNER_NONE;
}

void ut_chunk_leaf_(struct ut *ut, uint32_t chunk)
{
    struct ut_tree_chunk *c = &ut_tree_(ut)->chunks[chunk];
    bool shall = c->leaf != UT_LEAF_NONE && c->used_pages > 0;
    struct ut_blk blk = {
        .paddr =
            ut_chunk_base_(ut, chunk) + ((uint64_t)c->host << UT_NODE_LEVEL),
        .count = 1,
        .size_bits = UT_LEAF_BITS,
    };

    if (shall == c->leaf_is_taken)
        return;
    c->leaf_is_taken = shall;
    if (shall)
        UT_ASSERT(!ut_pmm_alloc_at(ut->pmm, &blk, UT_OWNER_LEAF,
                                   UT_CLASS_PINNED, NULL));
    else
        UT_ASSERT(!ut_pmm_free(ut->pmm, &blk, UT_OWNER_LEAF, NULL));
}
