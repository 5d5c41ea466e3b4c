/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_tree.h"

ut_err_t ut_node_split_(struct ut *ut, const struct ut_node *n, unsigned level,
                        struct ut_fault *fault)
{
    unsigned below = ut_level_below_(n->level), error;
    struct ut_node child = *n;
    struct ut_retype call;

    child.level = (uint8_t)(level > below ? level : below);
    child.index = n->index << (n->level - child.level);
    call = (struct ut_retype){
        .untyped = ut_node_cptr_(ut, n),
        .dest = ut_node_dest_(ut, &child),
        .count = 1u << (n->level - child.level),
        .type = UT_TYPE_UNTYPED,
        .arg_bits = child.level,
    };
    error = ut_retype_(ut, &call);
    if (error != 0)
        return ut_fail_kernel_(fault, error, ut_node_base_(n));
    for (uint32_t i = 0; i < call.count; i++, child.index++)
        ut_node_set_(ut, &child, true);
    child.index--;
    if (ut_node_is_low_(&child))
        ut_chunk_list_(ut, ut_node_chunk_(&child));
    ut->counts.untyped_caps += call.count;
    ut_event_(ut, UT_EVENT_SPLIT, ut_node_base_(n), n->level);
    return UT_OK;
}

/* Of a chunk, or a part of it. */
static void forget_low(struct ut *ut, const struct ut_node *n)
{
    struct ut_tree_chunk *c = &ut_tree_(ut)->chunks[ut_node_chunk_(n)];
    unsigned first = ut_node_heap_(n) * 2;

    for (unsigned count = 2; first < 1024; first *= 2, count *= 2)
        for (unsigned h = first; h < first + count; h++) {
            uint64_t bit = UINT64_C(1) << h % 64;

            ut->counts.untyped_caps -= (c->exists[h / 64] & bit) != 0;
            c->exists[h / 64] &= ~bit;
        }
    ut_chunk_list_(ut, ut_node_chunk_(n));
}

/* Of a chunk and above: all chunks in it are whole again. */
static void forget_high(struct ut *ut, const struct ut_node *n)
{
    struct ut_node child = *n;
    uint32_t chunk =
        n->region->chunk + (uint32_t)(n->index << (n->level - UT_CHUNK_BITS));

    for (uint64_t i = 0; i < ut_bytes(n->level - UT_CHUNK_BITS); i++)
        ut_chunk_reset_(ut, chunk + (uint32_t)i);
    while (child.level > UT_CHUNK_BITS) {
        uint64_t count = ut_bytes(n->level - --child.level);

        child.index = n->index << (n->level - child.level);
        for (uint64_t i = 0; i < count; i++, child.index++) {
            ut->counts.untyped_caps -= ut_node_exists_(ut, &child);
            ut_node_set_(ut, &child, false);
        }
    }
}

ut_err_t ut_node_merge_(struct ut *ut, const struct ut_node *n,
                        struct ut_fault *fault)
{
    struct ut_slot slot = ut_node_slot_(ut, n);
    uint32_t error = ut_revoke_(ut, &slot);

    if (error != 0)
        return ut_fail_kernel_(fault, error, ut_node_base_(n));
    if (ut_node_is_low_(n))
        forget_low(ut, n);
    else
        forget_high(ut, n);
    ut_event_(ut, UT_EVENT_MERGE, ut_node_base_(n), n->level);
    return UT_OK;
}

static struct ut_node host_of(const struct ut *ut, uint32_t chunk,
                              unsigned level)
{
    uint64_t host = ut_tree_(ut)->chunks[chunk].host;

    return ut_node_at_(ut, ut_chunk_base_(ut, chunk) + (host << UT_NODE_LEVEL),
                       level);
}

/* What the leaf and the rest of its node are made of: the node; of a chunk
 * that was not cut yet, its own untyped. */
static struct ut_node leaf_source(const struct ut *ut, uint32_t chunk)
{
    struct ut_node host = host_of(ut, chunk, UT_NODE_LEVEL);

    return ut_node_exists_(ut, &host) ? host
                                      : host_of(ut, chunk, UT_CHUNK_BITS);
}

static ut_err_t leaf_make(struct ut *ut, uint32_t chunk, struct ut_fault *fault)
{
    struct ut_node source = leaf_source(ut, chunk);
    struct ut_node slot = host_of(ut, chunk, UT_NODE_LEVEL);
    struct ut_retype call;
    uint32_t error;

    /* Slot 0 of the chunk's 16 in the index CNode: that of no node. */
    call = (struct ut_retype){
        .untyped = ut_node_cptr_(ut, &source),
        .dest = ut_node_dest_(ut, &slot),
        .count = 1,
        .type = UT_TYPE_CNODE,
        .arg_bits = UT_LEAF_RADIX,
    };
    call.dest.offset &= ~15u;
    error = ut_retype_(ut, &call);
    return ut_fail_kernel_(fault, error, ut_node_base_(&slot));
}

/* Consecutive nodes of one level, the first of them given, of an untyped. */
static ut_err_t nodes_make(struct ut *ut, const struct ut_node *source,
                           struct ut_node child, uint32_t count,
                           struct ut_fault *fault)
{
    struct ut_retype call = {
        .untyped = ut_node_cptr_(ut, source),
        .dest = ut_node_dest_(ut, &child),
        .count = count,
        .type = UT_TYPE_UNTYPED,
        .arg_bits = child.level,
    };
    uint32_t error = ut_retype_(ut, &call);

    if (error != 0)
        return ut_fail_kernel_(fault, error, ut_node_base_(&child));
    for (uint32_t i = 0; i < count; i++, child.index++)
        ut_node_set_(ut, &child, true);
    ut->counts.untyped_caps += count;
    return UT_OK;
}

/* What is left of the leaf's node, in the size that is wanted. */
static ut_err_t rest_make(struct ut *ut, uint32_t chunk, unsigned level,
                          struct ut_fault *fault)
{
    struct ut_tree_chunk *c = &ut_tree_(ut)->chunks[chunk];
    struct ut_node source = leaf_source(ut, chunk);
    struct ut_node child = host_of(ut, chunk, level);
    uint32_t step = 1u << (UT_LEAF_BITS - level);
    ut_err_t err;

    child.index += step;
    err = nodes_make(ut, &source, child, 7 * step, fault);
    if (!err) {
        c->leaf = UT_LEAF_READY;
        ut_chunk_list_(ut, chunk);
    }
    return err;
}

/* The other seven nodes of level 18 wait to be cut; only their capabilities
 * are not there yet. */
static void others_wait(struct ut *ut, uint32_t chunk)
{
    struct ut_node n = host_of(ut, chunk, UT_NODE_LEVEL);

    for (unsigned i = 1; i < 8; i++) {
        n.index++;
        ut_node_set_(ut, &n, true);
    }
    ut_tree_(ut)->chunks[chunk].others_wait = true;
}

static ut_err_t others_make(struct ut *ut, uint32_t chunk,
                            struct ut_fault *fault)
{
    struct ut_tree_chunk *c = &ut_tree_(ut)->chunks[chunk];
    struct ut_node n = host_of(ut, chunk, UT_NODE_LEVEL);
    struct ut_node whole = host_of(ut, chunk, UT_CHUNK_BITS);
    ut_err_t err = UT_OK;

    if (!c->others_wait)
        return UT_OK;
    /* The kernel's watermark goes up alone: they come behind. */
    if (c->leaf != UT_LEAF_READY)
        err = rest_make(ut, chunk, UT_LEAF_BITS, fault);
    n.index++;
    if (!err)
        err = nodes_make(ut, &whole, n, 7, fault);
    if (!err)
        c->others_wait = false;
    return err;
}

ut_err_t ut_node_ensure_(struct ut *ut, uint64_t paddr, unsigned level,
                         struct ut_fault *fault)
{
    struct ut_node n;
    ut_err_t err = UT_OK;

    UT_ASSERT(ut_node_around_(ut, paddr, level, &n));
    if (n.level == UT_NODE_LEVEL)
        err = others_make(ut, ut_node_chunk_(&n), fault);
    if (!err && ut_node_is_split_(ut, &n))
        err = ut_node_merge_(ut, &n, fault);
    while (!err && n.level > level) {
        err = ut_node_split_(ut, &n, level, fault);
        if (!err)
            UT_ASSERT(ut_node_around_(ut, paddr, level, &n));
    }
    return err;
}

ut_err_t ut_chunk_reserve_(struct ut *ut, uint32_t chunk, uint64_t paddr,
                           uint64_t bytes, struct ut_fault *fault)
{
    struct ut_tree_chunk *c = &ut_tree_(ut)->chunks[chunk];
    struct ut_node leaf;
    unsigned host;
    ut_err_t err = ut_charge_(ut->accounts[c->owner], ut_entry_part_(), fault);

    if (err)
        return err;
    UT_ASSERT(ut_chunk_host_(ut, chunk, paddr, bytes, &host));
    c->host = (uint8_t)host;
    c->leaf = UT_LEAF_RESERVED;
    ut->counts.entry_bytes += ut_bytes(UT_LEAF_BITS);
    leaf = host_of(ut, chunk, UT_LEAF_BITS);
    ut_chunk_mark_(ut, chunk, ut_node_heap_(&leaf), false);
    ut_chunk_leaf_(ut, chunk);
    ut_chunk_list_(ut, chunk);
    return UT_OK;
}

/* The host is ensured while the leaf's pages are marked as used already; it
 * was wholly free, and ensure does not look. */
ut_err_t ut_chunk_enter_(struct ut *ut, uint32_t chunk, uint64_t paddr,
                         unsigned level, struct ut_fault *fault)
{
    struct ut_tree_chunk *c = &ut_tree_(ut)->chunks[chunk];
    struct ut_node host = host_of(ut, chunk, UT_NODE_LEVEL);
    struct ut_node whole = host_of(ut, chunk, UT_CHUNK_BITS);
    bool is_new = c->host == 0 && !ut_node_is_split_(ut, &whole);
    bool is_beside = (paddr ^ ut_node_base_(&host)) >> UT_NODE_LEVEL == 0;
    ut_err_t err = UT_OK;

    if (c->leaf == UT_LEAF_RESERVED) {
        if (!is_new)
            err =
                ut_node_ensure_(ut, ut_node_base_(&host), UT_NODE_LEVEL, fault);
        if (!err)
            err = leaf_make(ut, chunk, fault);
        if (err)
            return err;
        c->leaf = UT_LEAF_MADE;
        if (is_new)
            others_wait(ut, chunk);
    }
    if (c->leaf != UT_LEAF_READY)
        err = rest_make(
            ut, chunk, is_beside && level < UT_LEAF_BITS ? level : UT_LEAF_BITS,
            fault);
    return err;
}

/* With the leaf CNode all untypeds that had their slots in it are gone. */
ut_err_t ut_chunk_exit_(struct ut *ut, uint32_t chunk)
{
    struct ut_tree_chunk *c = &ut_tree_(ut)->chunks[chunk];
    struct ut_node host = host_of(ut, chunk, UT_NODE_LEVEL);
    struct ut_node leaf = host_of(ut, chunk, UT_LEAF_BITS);
    struct ut_blk blk = {ut_node_base_(&leaf), 1, UT_LEAF_BITS};
    ut_err_t err = UT_OK;

    /* Made of the chunk's untyped, it stays until that is revoked. */
    if (c->leaf != UT_LEAF_RESERVED && !ut_node_exists_(ut, &host))
        return UT_OK;
    if (c->leaf != UT_LEAF_RESERVED)
        err = ut_node_merge_(ut, &host, NULL);
    if (err)
        return err;
    for (unsigned h = 16; h < 1024; h++) {
        uint64_t bit = UINT64_C(1) << h % 64;

        ut->counts.untyped_caps -= (c->exists[h / 64] & bit) != 0;
        c->exists[h / 64] &= ~bit;
    }
    if (c->leaf_is_taken)
        UT_ASSERT(!ut_pmm_free(ut->pmm, &blk, UT_OWNER_LEAF, NULL));
    c->leaf = UT_LEAF_NONE;
    c->leaf_is_taken = false;
    ut->counts.entry_bytes -= ut_bytes(UT_LEAF_BITS);
    ut_credit_(ut->accounts[c->owner], ut_entry_part_());
    ut_chunk_mark_(ut, chunk, ut_node_heap_(&leaf), true);
    ut_chunk_list_(ut, chunk);
    return UT_OK;
}
