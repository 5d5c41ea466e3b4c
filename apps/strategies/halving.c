/* SPDX-License-Identifier: BSD-2-Clause */
/* Halving: the buddy allocator as it is built on seL4.
 *
 *         [ 2^14 ]            node: an untyped; its slot goes by its number
 *         /      \
 *     [ 2^13 ]  [ 2^13 ]      pools[13] -> the right half
 *      /    \
 *  [2^12]  [2^12]             pools[12] -> the right one
 *     |
 *   frame                     made from the left one, which is in use
 *
 * A kernel that chooses the place itself can reuse a block only if the block
 * is an untyped of its own, so each cut costs two calls and two capabilities
 * that stay, and two free halves are merged by deleting both.
 *
 * Deleting two halves is two calls.  If the kernel refuses the second, the
 * first half is gone and cannot be made again while the other is there: it is
 * in no pool, and the next time that the other is free they are merged.
 *
 * Invariant: of two halves at least one is in use, or one is cut, or the
 * kernel refused to delete them the last time they were free.
 */
#include "strategy.h"

#define NONE           UINT32_MAX
#define POOL_COUNT     64u
#define BLOCK_BITS_MIN 4u /* of the smallest untyped */

enum node_state {
    NODE_UNUSED, /* names no untyped */
    NODE_FREE,   /* in its pool */
    NODE_USED,   /* a client's */
    NODE_CUT,    /* has two halves */
    NODE_GONE,   /* its untyped was deleted, its buddy's not yet */
};

struct node {
    uint64_t base;
    uint32_t parent;
    uint32_t buddy;
    uint32_t next; /* in the pool, or of unused nodes */
    uint32_t previous;
    uint8_t size_bits;
    uint8_t state;
};

/* Nodes are numbered: the regions first, then one for each own slot. */
struct halving {
    const struct strategy_ops *ops;
    const struct strategy_config *config;
    uint32_t pools[POOL_COUNT];
    uint32_t unused;     /* given back; the lowest numbers are used first */
    uint32_t node_count; /* ever used */
    struct node nodes[];
};

static uint64_t slot_of(const struct halving *h, uint32_t n)
{
    const struct strategy_config *c = h->config;

    return n < c->region_count ? c->regions[n].slot
                               : c->first_slot + (n - c->region_count);
}

static uint32_t nodes_max(const struct strategy_config *c)
{
    return c->region_count + c->slot_count;
}

static void pool_push(struct halving *h, uint32_t n)
{
    uint32_t *head = &h->pools[h->nodes[n].size_bits];

    h->nodes[n].state = NODE_FREE;
    h->nodes[n].previous = NONE;
    h->nodes[n].next = *head;
    if (*head != NONE)
        h->nodes[*head].previous = n;
    *head = n;
}

static void pool_take(struct halving *h, uint32_t n)
{
    struct node *node = &h->nodes[n];

    if (node->previous != NONE)
        h->nodes[node->previous].next = node->next;
    else
        h->pools[node->size_bits] = node->next;
    if (node->next != NONE)
        h->nodes[node->next].previous = node->previous;
}

static uint32_t node_new(struct halving *h)
{
    uint32_t n = h->unused;

    if (n != NONE)
        h->unused = h->nodes[n].next;
    else if (h->node_count < nodes_max(h->config))
        n = h->node_count++;
    return n;
}

static void node_give_back(struct halving *h, uint32_t n)
{
    h->nodes[n].state = NODE_UNUSED;
    h->nodes[n].next = h->unused;
    h->unused = n;
}

static int half_make(struct halving *h, uint32_t parent, uint32_t n,
                     uint32_t buddy, uint64_t base)
{
    unsigned size_bits = h->nodes[parent].size_bits - 1u;

    h->nodes[n] = (struct node){
        .base = base,
        .parent = parent,
        .buddy = buddy,
        .size_bits = (uint8_t)size_bits,
    };
    return h->ops->retype(h->ops->context, slot_of(h, parent), STRATEGY_UNTYPED,
                          size_bits, slot_of(h, n), 1);
}

/* Cuts the free node n, which becomes its left half; the right one goes to
 * its pool.  Where something is missing or refused, all is as before; if the
 * kernel refuses that as well, n is the left half, and to be merged. */
static enum strategy_result node_cut(struct halving *h, uint32_t *n)
{
    uint32_t left = node_new(h), right = node_new(h), parent = *n;
    uint64_t half = UINT64_C(1) << (h->nodes[parent].size_bits - 1u);
    uint64_t base = h->nodes[parent].base;
    enum strategy_result result = STRATEGY_DONE;

    if (right == NONE) {
        if (left != NONE)
            node_give_back(h, left);
        return STRATEGY_NO_BOOKS;
    }
    if (half_make(h, parent, left, right, base) != 0) {
        node_give_back(h, right);
        node_give_back(h, left);
        return STRATEGY_REFUSED;
    }
    if (half_make(h, parent, right, left, base + half) != 0) {
        if (h->ops->delete (h->ops->context, slot_of(h, left)) == 0) {
            node_give_back(h, right);
            node_give_back(h, left);
            return STRATEGY_REFUSED;
        }
        result = STRATEGY_REFUSED;
    }
    pool_take(h, parent);
    h->nodes[parent].state = NODE_CUT;
    if (result == STRATEGY_DONE)
        pool_push(h, right);
    else
        h->nodes[right].state = NODE_GONE;
    pool_push(h, left);
    *n = left;
    return result;
}

/* A half of a pair that is to be merged: its untyped goes. */
static bool half_delete(struct halving *h, uint32_t n)
{
    if (h->nodes[n].state == NODE_GONE)
        return true;
    if (h->ops->delete (h->ops->context, slot_of(h, n)) != 0)
        return false;
    pool_take(h, n);
    h->nodes[n].state = NODE_GONE;
    return true;
}

static bool is_mergeable(const struct halving *h, uint32_t n)
{
    return h->nodes[n].state == NODE_FREE || h->nodes[n].state == NODE_GONE;
}

/* Two free halves become one again, as far up as that goes and the kernel
 * lets us; what is not merged now is when one of the two is free again. */
static void node_merge(struct halving *h, uint32_t n)
{
    while (n >= h->config->region_count && is_mergeable(h, h->nodes[n].buddy)) {
        uint32_t buddy = h->nodes[n].buddy, parent = h->nodes[n].parent;

        if (!half_delete(h, n) || !half_delete(h, buddy))
            return;
        node_give_back(h, n);
        node_give_back(h, buddy);
        pool_push(h, parent);
        n = parent;
    }
}

static uint64_t halving_slots_wanted(const struct strategy_config *config)
{
    unsigned bits_max = BLOCK_BITS_MIN;
    uint64_t wanted;

    for (uint32_t i = 0; i < config->region_count; i++)
        if (config->regions[i].size_bits > bits_max)
            bits_max = config->regions[i].size_bits;
    /* A block in use may have two halves on each level above it. */
    wanted = UINT64_C(2) * (bits_max - BLOCK_BITS_MIN) * config->blocks_max;
    return wanted < UINT32_MAX / 2 ? wanted : UINT32_MAX / 2;
}

static size_t halving_memory_bytes(const struct strategy_config *config)
{
    return sizeof(struct halving) + nodes_max(config) * sizeof(struct node);
}

static enum strategy_result halving_start(void *memory,
                                          const struct strategy_ops *ops,
                                          const struct strategy_config *config)
{
    struct halving *h = memory;

    h->ops = ops;
    h->config = config;
    h->unused = NONE;
    h->node_count = config->region_count;
    for (unsigned i = 0; i < POOL_COUNT; i++)
        h->pools[i] = NONE;
    for (uint32_t n = config->region_count; n-- > 0;) {
        h->nodes[n] = (struct node){
            .base = config->regions[n].base,
            .parent = NONE,
            .buddy = NONE,
            .size_bits = config->regions[n].size_bits,
        };
        pool_push(h, n);
    }
    return STRATEGY_DONE;
}

static enum strategy_result
halving_allocate(void *memory, const struct strategy_request *request,
                 struct strategy_block *block)
{
    struct halving *h = memory;
    enum strategy_result result = STRATEGY_DONE;
    unsigned bits = request->size_bits;
    uint32_t n;

    while (bits < POOL_COUNT && h->pools[bits] == NONE)
        bits++;
    if (bits == POOL_COUNT)
        return STRATEGY_NO_MEMORY;
    n = h->pools[bits];
    while (result == STRATEGY_DONE &&
           h->nodes[n].size_bits > request->size_bits)
        result = node_cut(h, &n);
    if (result == STRATEGY_DONE &&
        h->ops->retype(h->ops->context, slot_of(h, n), request->type,
                       request->user_bits, request->slot, 1) != 0)
        result = STRATEGY_REFUSED;
    if (result != STRATEGY_DONE) {
        node_merge(h, n);
        return result;
    }
    pool_take(h, n);
    h->nodes[n].state = NODE_USED;
    *block = (struct strategy_block){
        .base = h->nodes[n].base,
        .size_bits = h->nodes[n].size_bits,
        .slot = request->slot,
        .name = n,
    };
    return STRATEGY_DONE;
}

static enum strategy_result halving_free(void *memory,
                                         const struct strategy_block *block)
{
    struct halving *h = memory;

    if (h->ops->delete (h->ops->context, block->slot) != 0)
        return STRATEGY_REFUSED;
    pool_push(h, block->name);
    node_merge(h, block->name);
    return STRATEGY_DONE;
}

static int halving_largest_free_bits(const void *memory)
{
    const struct halving *h = memory;
    int bits = (int)POOL_COUNT - 1;

    while (bits >= 0 && h->pools[bits] == NONE)
        bits--;
    return bits;
}

static uint64_t halving_slots_used(const void *memory)
{
    const struct halving *h = memory;

    return h->node_count - h->config->region_count;
}

const struct strategy strategy_halving = {
    .name = "halving",
    .summary = "untypeds cut in halves, merged when both are free",
    .slots_wanted = halving_slots_wanted,
    .memory_bytes = halving_memory_bytes,
    .start = halving_start,
    .allocate = halving_allocate,
    .free = halving_free,
    .largest_free_bits = halving_largest_free_bits,
    .slots_used = halving_slots_used,
};
