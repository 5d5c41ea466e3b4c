/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_tree.h"

/* CNode operations name slots by so many bits of an address. */
#define LEAF_DEPTH  (64u - UT_SPARE_BITS)
#define INDEX_DEPTH (LEAF_DEPTH - UT_LEAF_RADIX)

struct ut_node ut_node_at_(const struct ut *ut, uint64_t paddr, unsigned level)
{
    const struct ut_reg *r = ut_region_(ut, paddr);

    return (struct ut_node){
        .region = r,
        .index = (paddr - r->r.base) >> level,
        .level = (uint8_t)level,
    };
}

uint64_t ut_node_base_(const struct ut_node *n)
{
    return n->region->r.base + (n->index << n->level);
}

static unsigned top_bits(const struct ut_reg *r)
{
    return r->r.size_bits < UT_CHUNK_BITS ? r->r.size_bits : UT_CHUNK_BITS;
}

uint32_t ut_node_chunk_(const struct ut_node *n)
{
    return n->region->chunk +
           (uint32_t)(n->index >> (top_bits(n->region) - n->level));
}

bool ut_node_is_low_(const struct ut_node *n)
{
    return n->level < UT_CHUNK_BITS;
}

unsigned ut_node_heap_(const struct ut_node *n)
{
    unsigned depth = top_bits(n->region) - n->level;

    return 1u << depth | (unsigned)(n->index & ((1u << depth) - 1));
}

/* Slot in the upper CNode. */
static uint32_t upper_slot(const struct ut_node *n)
{
    unsigned depth = n->region->r.size_bits - n->level;

    if (n->region->slots != 0 && ut_node_is_low_(n))
        return n->region->slots + ut_node_heap_(n) +
               ((ut_node_chunk_(n) - n->region->chunk) << UT_LEAF_RADIX);
    return n->region->upper + (UINT32_C(1) << depth) + (uint32_t)n->index;
}

static uint64_t *word_of(const struct ut *ut, const struct ut_node *n,
                         unsigned *bit)
{
    struct ut_tree *t = ut_tree_(ut);
    uint32_t slot;

    if (ut_node_is_low_(n)) {
        *bit = ut_node_heap_(n) % 64;
        return &t->chunks[ut_node_chunk_(n)].exists[ut_node_heap_(n) / 64];
    }
    slot = upper_slot(n);
    *bit = slot % 64;
    return &t->upper[slot / 64];
}

bool ut_node_exists_(const struct ut *ut, const struct ut_node *n)
{
    unsigned bit;
    const uint64_t *word = word_of(ut, n, &bit);

    return *word >> bit & 1;
}

void ut_node_set_(struct ut *ut, const struct ut_node *n, bool exists)
{
    unsigned bit;
    uint64_t *word = word_of(ut, n, &bit);

    *word &= ~(UINT64_C(1) << bit);
    *word |= (uint64_t)exists << bit;
}

bool ut_node_around_(const struct ut *ut, uint64_t paddr, unsigned level,
                     struct ut_node *n)
{
    for (*n = ut_node_at_(ut, paddr, level); n->level <= n->region->r.size_bits;
         n->level++, n->index >>= 1)
        if (ut_node_exists_(ut, n))
            return true;
    return false;
}

unsigned ut_level_below_(unsigned level)
{
    return UT_PAGE_BITS + (level - UT_PAGE_BITS - 1) / 3 * 3;
}

/* Children of whatever size end where it ends, and so does one of them. */
bool ut_node_is_split_(const struct ut *ut, const struct ut_node *n)
{
    struct ut_node child = *n;

    while (child.level > UT_PAGE_BITS) {
        child.level--;
        child.index = child.index * 2 + 1;
        if (ut_node_exists_(ut, &child))
            return true;
    }
    return false;
}

bool ut_node_is_free_(const struct ut *ut, const struct ut_node *n)
{
    unsigned heap = ut_node_heap_(n);

    return ut_tree_(ut)->chunks[ut_node_chunk_(n)].free[heap / 64] >>
               heap % 64 &
           1;
}

/* Where addresses of the index CNode (0) or the upper one (1) begin. */
static uint64_t store_base(const struct ut_tree *t, unsigned which)
{
    return (t->store.index + which) << (64 - t->store.depth);
}

/* Slot of the index CNode, 16 a chunk. */
static uint64_t index_slot(const struct ut_node *n)
{
    uint32_t full = n->region->full + (ut_node_chunk_(n) - n->region->chunk);

    return (uint64_t)full * 16;
}

static bool is_upper(const struct ut_node *n)
{
    return n->level >= UT_CHUNK_BITS ||
           n->region->r.size_bits < UT_CHUNK_BITS ||
           (n->level < UT_NODE_LEVEL && n->region->slots != 0);
}

uint64_t ut_node_cptr_(const struct ut *ut, const struct ut_node *n)
{
    const struct ut_tree *t = ut_tree_(ut);
    unsigned heap;

    if (n->level == n->region->r.size_bits)
        return n->region->r.root;
    if (is_upper(n))
        return store_base(t, 1) | (uint64_t)upper_slot(n) << UT_SPARE_BITS;
    heap = ut_node_heap_(n);
    if (n->level >= UT_NODE_LEVEL)
        return store_base(t, 0) | (index_slot(n) + heap)
                                      << (UT_LEAF_RADIX + UT_SPARE_BITS);
    return store_base(t, 0) | index_slot(n) << (UT_LEAF_RADIX + UT_SPARE_BITS) |
           (uint64_t)heap << UT_SPARE_BITS;
}

struct ut_slot ut_node_slot_(const struct ut *ut, const struct ut_node *n)
{
    struct ut_slot slot = {
        .root = ut_tree_(ut)->store.root,
        .index = ut_node_cptr_(ut, n),
        .depth = 64,
    };

    if (n->level == n->region->r.size_bits)
        return slot;
    slot.depth =
        !is_upper(n) && n->level >= UT_NODE_LEVEL ? INDEX_DEPTH : LEAF_DEPTH;
    slot.index >>= 64 - slot.depth;
    return slot;
}

struct ut_dest ut_node_dest_(const struct ut *ut, const struct ut_node *n)
{
    const struct ut_tree *t = ut_tree_(ut);
    struct ut_dest dest = {
        .root = t->store.root,
        .index = t->store.index,
        .depth = t->store.depth,
    };

    if (is_upper(n)) {
        dest.index++;
        dest.offset = upper_slot(n);
    } else if (n->level >= UT_NODE_LEVEL) {
        dest.offset = (uint32_t)index_slot(n) + ut_node_heap_(n);
    } else {
        dest.index = store_base(t, 0) >> (64 - INDEX_DEPTH) | index_slot(n);
        dest.depth = INDEX_DEPTH;
        dest.offset = ut_node_heap_(n);
    }
    return dest;
}
