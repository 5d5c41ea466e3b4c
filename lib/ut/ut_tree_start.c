/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_tree.h"

#define SLOT_BITS 5u /* log2 of a slot's bytes: part of the ABI */

struct counts {
    uint32_t chunks, full, upper;
};

static size_t round8(size_t bytes)
{
    return (bytes + 7) & ~(size_t)7;
}

/* Of device memory no leaf CNode can be made. */
static bool has_slots(const struct ut_region *r)
{
    return r->flags & UT_REGION_DEVICE && r->size_bits >= UT_CHUNK_BITS &&
           r->size_bits <= UT_DEVICE_BITS;
}

/* What one region adds, in front of it. */
static void count_region(const struct ut_region *r, struct counts *c)
{
    if (r->size_bits >= UT_CHUNK_BITS) {
        uint32_t chunks = (uint32_t)1 << (r->size_bits - UT_CHUNK_BITS);

        c->chunks += chunks;
        c->full += chunks;
        c->upper += 2 * chunks;
        if (has_slots(r))
            c->upper += chunks << UT_LEAF_RADIX;
    } else {
        c->chunks++;
        if (r->size_bits >= UT_PAGE_BITS)
            c->upper += (uint32_t)2 << (r->size_bits - UT_PAGE_BITS);
    }
}

static struct counts count_all(const struct ut_config *config)
{
    struct counts c = {0, 0, 0};

    for (uint32_t i = 0; i < config->region_count; i++)
        count_region(&config->regions[i], &c);
    return c;
}

size_t ut_tree_bytes_(const struct ut_config *config)
{
    struct counts c = count_all(config);

    return round8(sizeof(struct ut_tree)) +
           c.chunks * sizeof(struct ut_tree_chunk) +
           ((size_t)c.upper + 63) / 64 * 8;
}

/* Down to a chunk, when a block as large as the region was given back. */
static unsigned splits_of(const struct ut_region *r)
{
    unsigned count = 0;

    if (r->flags & UT_REGION_DEVICE)
        return 0;
    for (unsigned l = r->size_bits; l > UT_CHUNK_BITS; l = ut_level_below_(l))
        count++;
    return count;
}

static void chunks_make(struct ut *ut)
{
    struct ut_tree *t = ut_tree_(ut);
    struct counts c = {0, 0, 0};

    for (uint32_t i = 0; i < ut->region_count; i++) {
        struct ut_reg *r = &ut->regions[i];

        r->chunk = c.chunks;
        r->full = c.full;
        r->upper = c.upper;
        if (has_slots(&r->r))
            r->slots =
                c.upper + (UINT32_C(2) << (r->r.size_bits - UT_CHUNK_BITS));
        count_region(&r->r, &c);
        if (splits_of(&r->r) > t->top_splits)
            t->top_splits = (uint8_t)splits_of(&r->r);
        for (uint32_t j = r->chunk; j < c.chunks; j++) {
            struct ut_tree_chunk *chunk = &t->chunks[j];

            chunk->region = i;
            for (unsigned w = 0; w < 16; w++)
                chunk->free[w] = UINT64_MAX;
        }
    }
}

static unsigned radix_for(uint32_t slots)
{
    unsigned radix = ut_log2_up(slots);

    /* Whole pages. */
    return radix < UT_PAGE_BITS - SLOT_BITS ? UT_PAGE_BITS - SLOT_BITS : radix;
}

/* Where the store's two CNodes go in a region of which the first `used'
 * bytes are taken; the end of both, or 0: there is no room. */
static uint64_t store_end(const struct ut_tree *t, const struct ut_region *r,
                          uint64_t used)
{
    uint64_t end = used;

    if (t->full_count > 0)
        end = ut_round_up(end, t->index_radix + SLOT_BITS) +
              ut_bytes(t->index_radix + SLOT_BITS);
    end = ut_round_up(end, t->upper_radix + SLOT_BITS) +
          ut_bytes(t->upper_radix + SLOT_BITS);
    return r->flags & UT_REGION_DEVICE || end > ut_bytes(r->size_bits) ? 0
                                                                       : end;
}

/* A CNode at the region's watermark, into a slot of the store, its guard such
 * that `below' bits of address are left for what is in it. */
static ut_err_t cnode_make(struct ut *ut, const struct ut_reg *r,
                           unsigned radix, unsigned which, unsigned below,
                           struct ut_fault *fault)
{
    const struct ut_store *s = &ut_tree_(ut)->store;
    struct ut_slot to = {s->root, s->index + which, s->depth}, from;
    struct ut_retype call = {
        .untyped = r->r.root,
        .count = 1,
        .type = UT_TYPE_CNODE,
        .arg_bits = (uint8_t)radix,
    };
    uint32_t slot, error;
    ut_err_t err = ut_slots_take(&ut->slots, 1, &slot, fault);

    if (err)
        return err;
    call.dest = ut_slots_dest(&ut->slots, slot);
    from = ut_slots_slot(&ut->slots, slot);
    error = ut_retype_(ut, &call);
    if (error == 0)
        error = ut->ops->move_guarded(ut->ops->context, &to, &from,
                                      (uint8_t)(64 - s->depth - radix - below));
    ut_slots_give(&ut->slots, slot, 1);
    return ut_fail_kernel_(fault, error, r->r.base);
}

static ut_err_t store_make(struct ut *ut, const struct ut_reg *r,
                           struct ut_fault *fault)
{
    const struct ut_tree *t = ut_tree_(ut);
    ut_err_t err = UT_OK;

    if (t->full_count > 0)
        err = cnode_make(ut, r, t->index_radix, 0,
                         UT_LEAF_RADIX + UT_SPARE_BITS, fault);
    if (!err)
        err = cnode_make(ut, r, t->upper_radix, 1, UT_SPARE_BITS, fault);
    return err;
}

/* What is behind the part of a region that the books and the store have
 * taken, to the next chunk, becomes nodes of its own. */
static ut_err_t rest_make(struct ut *ut, struct ut_reg *r, uint64_t used,
                          struct ut_fault *fault)
{
    uint64_t at = ut_round_up(used, UT_CHUNK_BITS);
    uint64_t size = ut_bytes(r->r.size_bits);

    while (at < size) {
        unsigned bits = ut_piece(at, size - at);
        struct ut_node n = ut_node_at_(ut, r->r.base + at, bits);
        struct ut_retype call = {
            .untyped = r->r.root,
            .dest = ut_node_dest_(ut, &n),
            .count = 1,
            .type = UT_TYPE_UNTYPED,
            .arg_bits = (uint8_t)bits,
        };
        uint32_t error = ut_retype_(ut, &call);

        if (error != 0)
            return ut_fail_kernel_(fault, error, r->r.base + at);
        ut_node_set_(ut, &n, true);
        ut->counts.untyped_caps++;
        at += ut_bytes(bits);
    }
    return UT_OK;
}

static ut_err_t rest_reserve(struct ut *ut, const struct ut_reg *r,
                             uint64_t from, uint64_t used,
                             struct ut_fault *fault)
{
    uint64_t end = ut_round_up(used, UT_CHUNK_BITS);

    if (end > ut_bytes(r->r.size_bits))
        end = ut_bytes(r->r.size_bits);
    ut->counts.fixed_bytes += end - from;
    if (end == from)
        return UT_OK;
    return ut_pmm_reserve_range(ut->pmm, r->r.base + from,
                                r->r.base + (end - 1), UT_OWNER_BOOKS, fault);
}

/* What boot left dirty is cleared now, by the first split of each untyped;
 * and large ones are cut so far that no request needs many calls later. */
static ut_err_t tops_split(struct ut *ut, const struct ut_reg *r,
                           struct ut_fault *fault)
{
    unsigned bits = r->r.size_bits;
    struct ut_node root = {r, 0, (uint8_t)bits};
    ut_err_t err = UT_OK;

    if (r->r.flags & UT_REGION_DEVICE)
        return UT_OK;
    for (unsigned level = bits; level > UT_TOP_BITS; level--) {
        struct ut_node n = {r, 0, (uint8_t)level};

        for (; !err && n.index < ut_bytes(bits - level); n.index++)
            if (ut_node_exists_(ut, &n))
                err = ut_node_split_(ut, &n, UT_TOP_BITS, fault);
    }
    if (bits > UT_CHUNK_BITS && bits <= UT_TOP_BITS &&
        ut_node_exists_(ut, &root))
        err = ut_node_split_(ut, &root, bits - 1, fault);
    return err;
}

static ut_err_t region_start(struct ut *ut, struct ut_reg *r, uint64_t books,
                             uint64_t used, struct ut_fault *fault)
{
    struct ut_node root = {r, 0, r->r.size_bits};
    ut_err_t err;

    if (r->r.size_bits < UT_PAGE_BITS)
        return UT_OK;
    if (used > 0) {
        err = rest_reserve(ut, r, books, used, fault);
        if (!err)
            err = rest_make(ut, r, used, fault);
    } else {
        ut_node_set_(ut, &root, true);
        if (ut_node_is_low_(&root))
            ut_chunk_list_(ut, r->chunk);
        err = UT_OK;
    }
    return err ? err : tops_split(ut, r, fault);
}

ut_err_t ut_tree_start_(struct ut *ut, const struct ut_config *config,
                        struct ut_fault *fault)
{
    struct ut_tree *t = ut_tree_(ut);
    struct counts c = count_all(config);
    struct ut_reg *home = NULL, *books = NULL;
    uint64_t books_used = 0, home_used = 0;
    ut_err_t err;

    t->chunks = (void *)((uint8_t *)t + round8(sizeof(struct ut_tree)));
    t->upper = (void *)(t->chunks + c.chunks);
    t->store = config->store;
    t->chunk_count = c.chunks;
    t->full_count = c.full;
    t->upper_count = c.upper;
    t->index_radix = (uint8_t)radix_for(c.full > 0 ? c.full * 16 : 1);
    t->upper_radix = (uint8_t)radix_for(c.upper);
    if (t->store.depth < 1 || t->store.depth > 30 ||
        t->store.depth + t->index_radix + UT_LEAF_RADIX + UT_SPARE_BITS > 64u)
        return ut_fail_(fault, UT_EINVAL, t->store.depth, 30, 0, UT_OWNER_NONE);
    chunks_make(ut);
    ut_tree_shapes_(ut->shapes);
    if (config->books_bytes > 0) {
        books = ut_region_(ut, config->books_base);
        books_used = config->books_base - books->r.base + config->books_bytes;
    }
    /* The smallest that has room, of equal ones the highest: low memory is
     * left to those who cannot use other. */
    for (uint32_t i = 0; i < ut->region_count; i++) {
        struct ut_reg *r = &ut->regions[i];
        uint64_t end = store_end(t, &r->r, r == books ? books_used : 0);

        if (end != 0 &&
            (!home || (r->r.size_bits <= home->r.size_bits && home != books) ||
             r == books)) {
            home = r;
            home_used = end;
        }
    }
    if (!home)
        return ut_fail_(fault, UT_ENOMEM,
                        ut_bytes(t->index_radix + SLOT_BITS) +
                            ut_bytes(t->upper_radix + SLOT_BITS),
                        0, 0, UT_OWNER_NONE);
    err = store_make(ut, home, fault);
    for (uint32_t i = 0; !err && i < ut->region_count; i++) {
        struct ut_reg *r = &ut->regions[i];
        uint64_t taken = r == books ? books_used : 0;

        err = region_start(ut, r, taken, r == home ? home_used : taken, fault);
    }
    ut->counts.fixed_caps += 2 + c.full * 16 + c.upper;
    return err;
}
