/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a block below a chunk's size can be had. */
#include "ut_tree.h"

#define TRIES 8u /* nodes of a chunk looked at for one without children */

bool ut_want_place_(const struct ut_want *want, uint64_t base, unsigned level,
                    uint64_t *paddr)
{
    uint64_t mask = ut_bytes(want->align) - 1;
    uint64_t last = base + (ut_bytes(level) - 1);
    uint64_t from = base > want->min ? base : want->min;
    uint64_t at = (from + mask) & ~mask;

    if (at < from || at > last || last - at < want->bytes - 1 ||
        at + (want->bytes - 1) > want->max)
        return false;
    *paddr = at;
    return true;
}

bool ut_chunk_host_(const struct ut *ut, uint32_t chunk, uint64_t paddr,
                    uint64_t bytes, unsigned *host)
{
    uint64_t base = ut_chunk_base_(ut, chunk);
    uint64_t offset = paddr - base;
    unsigned first = (unsigned)(offset >> UT_NODE_LEVEL);
    unsigned last = (unsigned)((offset + bytes - 1) >> UT_NODE_LEVEL);

    for (unsigned h = 0; h < 8; h++) {
        struct ut_node n, around;
        /* The seven places beside the leaf are of level 15, not more. */
        bool beside =
            first == h && last == h && bytes <= ut_bytes(UT_LEAF_BITS) &&
            offset % ut_bytes(UT_NODE_LEVEL) >= ut_bytes(UT_LEAF_BITS);

        n = ut_node_at_(ut, base + ((uint64_t)h << UT_NODE_LEVEL),
                        UT_NODE_LEVEL);
        if (!ut_node_is_free_(ut, &n) || (h >= first && h <= last && !beside))
            continue;
        if (ut_node_around_(ut, ut_node_base_(&n), UT_NODE_LEVEL, &around) &&
            (!ut_node_is_low_(&around) || ut_node_is_free_(ut, &around))) {
            *host = h;
            return true;
        }
    }
    return false;
}

/* May a block of that kind lie there, as far as the leaf is concerned? */
static bool leaf_is_possible(const struct ut *ut, uint32_t chunk,
                             const struct ut_want *want, uint64_t paddr)
{
    unsigned host;

    return !want->needs_leaf || !ut_chunk_has_leaf_(ut, chunk) ||
           ut_tree_(ut)->chunks[chunk].leaf == UT_LEAF_READY ||
           (!want->device &&
            (ut_tree_(ut)->chunks[chunk].leaf != UT_LEAF_NONE ||
             ut_chunk_host_(ut, chunk, paddr, want->bytes, &host)));
}

/* In front of the node or, if the leaf has to be there, behind it. */
static bool place_in_node(const struct ut *ut, uint32_t chunk,
                          const struct ut_node *n, const struct ut_want *want,
                          uint64_t *place)
{
    uint64_t base = ut_node_base_(n);
    struct ut_want behind = *want;

    if (!ut_want_place_(want, base, n->level, place))
        return false;
    if (leaf_is_possible(ut, chunk, want, *place))
        return true;
    if (want->min < base + ut_bytes(UT_LEAF_BITS))
        behind.min = base + ut_bytes(UT_LEAF_BITS);
    return ut_want_place_(&behind, base, n->level, place) &&
           leaf_is_possible(ut, chunk, want, *place);
}

/* A node of that level in the chunk: one without children, if it is soon
 * found. */
static bool find_node(const struct ut *ut, uint32_t chunk, unsigned level,
                      const struct ut_want *want, uint64_t *paddr)
{
    const struct ut_tree_chunk *c = &ut_tree_(ut)->chunks[chunk];
    unsigned first = 1u << (ut_chunk_bits_(ut, chunk) - level), tries = 0;
    uint64_t base = ut_chunk_base_(ut, chunk), place;
    bool found = false;

    for (unsigned w = first / 64; w < (2 * first + 63) / 64; w++) {
        uint64_t word = c->exists[w] & c->free[w];

        if (first < 64)
            word &= ((UINT64_C(1) << first) - 1) << first;
        for (; word != 0; word &= word - 1) {
            unsigned i = w * 64 + (unsigned)__builtin_ctzll(word) - first;
            struct ut_node n =
                ut_node_at_(ut, base + ((uint64_t)i << level), level);

            if (!place_in_node(ut, chunk, &n, want, &place))
                continue;
            if (!found)
                *paddr = place;
            found = true;
            if (!ut_node_is_split_(ut, &n)) {
                *paddr = place;
                return true;
            }
            if (++tries == TRIES)
                return true;
        }
    }
    return found;
}

static bool find_in_list(const struct ut *ut, uint32_t link, unsigned level,
                         const struct ut_want *want, uint64_t *paddr)
{
    while (link != 0) {
        uint32_t chunk = link - 1;

        if (find_node(ut, chunk, level, want, paddr))
            return true;
        link = ut_tree_(ut)->chunks[chunk].next[level - UT_PAGE_BITS];
    }
    return false;
}

bool ut_tree_find_(const struct ut_acct *acct, const struct ut_want *want,
                   uint64_t *paddr)
{
    const struct ut_tree *t = ut_tree_(acct->ut);

    for (unsigned level = want->level; level < UT_CHUNK_BITS; level++) {
        unsigned i = level - UT_PAGE_BITS;

        if (find_in_list(acct->ut, acct->chunks[want->device][i], level, want,
                         paddr) ||
            find_in_list(acct->ut, t->common[want->device][i], level, want,
                         paddr))
            return true;
    }
    return false;
}

/* Each piece must lie in a node that is wholly free, all in one chunk: the
 * account's, or a small region. */
bool ut_tree_fits_(const struct ut_acct *acct, const struct ut_want *want,
                   uint64_t paddr)
{
    struct ut *ut = acct->ut;
    struct ut_node n = ut_node_at_(ut, paddr, UT_PAGE_BITS);
    uint32_t chunk = ut_node_chunk_(&n);
    uint64_t at = paddr, left = want->bytes;

    if ((!ut_chunk_is_small_(ut, chunk) &&
         ut_tree_(ut)->chunks[chunk].owner != acct->owner) ||
        (paddr ^ (paddr + (want->bytes - 1))) >> UT_CHUNK_BITS != 0 ||
        !leaf_is_possible(ut, chunk, want, paddr))
        return false;
    while (left > 0) {
        unsigned bits = ut_piece(at - n.region->r.base, left);
        struct ut_node around;

        /* Not the whole chunk: that would have to be empty, and then it is
         * layer 2 that has it. */
        if (bits >= UT_CHUNK_BITS || !ut_node_around_(ut, at, bits, &around) ||
            !ut_node_is_low_(&around) || !ut_node_is_free_(ut, &around))
            return false;
        at += ut_bytes(bits);
        left -= ut_bytes(bits);
    }
    return true;
}
