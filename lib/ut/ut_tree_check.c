/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_tree.h"

static bool get(const uint64_t *map, unsigned bit)
{
    return map[bit / 64] >> bit % 64 & 1;
}

/* Nothing is cut of nodes of level 18 that are not there yet. */
static bool others_are_whole(const struct ut_tree_chunk *c)
{
    unsigned first = 1u << (UT_CHUNK_BITS - UT_NODE_LEVEL);

    for (unsigned count = first * 2; count < 1024; count *= 2)
        for (unsigned h = count + count / first; h < 2 * count; h++)
            if (get(c->exists, h))
                return false;
    return c->leaf == UT_LEAF_MADE || c->leaf == UT_LEAF_READY;
}

/* Pages that the chunk's map has as used. */
static uint32_t pages_used(const struct ut_tree_chunk *c, unsigned pages_bits)
{
    uint32_t count = 0;

    for (unsigned h = 1u << pages_bits; h < 2u << pages_bits; h++)
        count += !get(c->free, h);
    return count;
}

static const char *maps_check(const struct ut *ut, uint32_t chunk)
{
    const struct ut_tree_chunk *c = &ut_tree_(ut)->chunks[chunk];
    unsigned bits = ut_chunk_bits_(ut, chunk) - UT_PAGE_BITS;
    uint32_t leaf =
        c->leaf == UT_LEAF_NONE ? 0 : 1u << (UT_LEAF_BITS - UT_PAGE_BITS);

    for (unsigned h = 1; h < 1u << bits; h++)
        if (get(c->free, h) != (get(c->free, 2 * h) && get(c->free, 2 * h + 1)))
            return "a node is free and its halves are not";
    if (pages_used(c, bits) != c->used_pages + leaf)
        return "pages in use are miscounted";
    if (c->leaf_is_taken != (c->leaf != UT_LEAF_NONE && c->used_pages > 0))
        return "a leaf's pages are not as its chunk is";
    if (c->others_wait && !others_are_whole(c))
        return "a node is cut before it is there";
    if (c->owner == UT_OWNER_NONE &&
        (c->leaf != UT_LEAF_NONE || (bits == UT_LEVELS && c->used_pages > 0)))
        return "nobody's chunk is in use";
    return NULL;
}

/* What layer 2 says of each page. */
static const char *pages_check(const struct ut *ut, uint32_t chunk)
{
    const struct ut_tree_chunk *c = &ut_tree_(ut)->chunks[chunk];
    unsigned bits = ut_chunk_bits_(ut, chunk) - UT_PAGE_BITS;
    uint64_t base = ut_chunk_base_(ut, chunk), at = 0;
    uint64_t bytes = ut_bytes(bits + UT_PAGE_BITS), page = 0;
    struct ut_pmm_area area;

    if (c->owner == UT_OWNER_NONE || c->used_pages == 0)
        return NULL;
    while (ut_area_next_(ut, base, bytes, &at, &area)) {
        for (; page < at; page += UT_PAGE_BYTES)
            if (get(c->free, (1u << bits) + (unsigned)(page >> UT_PAGE_BITS)) ==
                area.used)
                return "maps of the two layers differ";
    }
    return NULL;
}

static const char *lists_check(const struct ut *ut, uint32_t chunk)
{
    const struct ut_tree *t = ut_tree_(ut);
    const struct ut_tree_chunk *c = &t->chunks[chunk];

    for (unsigned l = 0; l < UT_LEVELS; l++) {
        if (!(c->listed >> l & 1))
            continue;
        if (c->next[l] == 0)
            continue;
        if (t->chunks[c->next[l] - 1].prev[l] != chunk + 1)
            return "a list of chunks is torn";
        if (t->chunks[c->next[l] - 1].owner != c->owner)
            return "a list has two owners";
    }
    return NULL;
}

const char *ut_tree_check_(const struct ut *ut)
{
    const struct ut_tree *t = ut_tree_(ut);
    const char *broken = NULL;

    for (uint32_t i = 0; !broken && i < t->chunk_count; i++) {
        if (ut_chunk_bits_(ut, i) < UT_PAGE_BITS)
            continue;
        broken = maps_check(ut, i);
        if (!broken)
            broken = pages_check(ut, i);
        if (!broken)
            broken = lists_check(ut, i);
    }
    return broken;
}
