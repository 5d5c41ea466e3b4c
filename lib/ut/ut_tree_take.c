/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages for a block: found, marked, and their untypeds made. */
#include "ut_tree.h"

#define TRIES 16u /* places for a block above a chunk's size */

/* A chunk that layer 2 knows as wholly free becomes the account's. */
static ut_err_t chunk_claim(struct ut_acct *acct, uint64_t base,
                            uint32_t *entered, struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    struct ut_node n = ut_node_at_(ut, base, UT_PAGE_BITS);
    uint32_t chunk = ut_node_chunk_(&n);
    ut_err_t err = ut_node_ensure_(ut, base, UT_CHUNK_BITS, fault);

    if (err)
        return err;
    if (ut_tree_(ut)->chunks[chunk].owner != UT_OWNER_NONE)
        ut_chunk_reset_(ut, chunk);
    ut_chunk_own_(ut, chunk, acct->owner);
    *entered = chunk + 1;
    return UT_OK;
}

static ut_err_t place_low(struct ut_acct *acct, const struct ut_want *want,
                          bool exact, uint64_t *paddr, uint32_t *entered,
                          struct ut_fault *fault)
{
    bool fits = want->level < UT_CHUNK_BITS;
    uint64_t base;

    if (fits && exact)
        fits = ut_tree_fits_(acct, want, want->min);
    else if (fits)
        fits = ut_tree_find_(acct, want, paddr);
    if (fits) {
        *paddr = exact ? want->min : *paddr;
        return UT_OK;
    }
    if (!ut_tree_fresh_(acct, want, &base, paddr))
        return ut_tree_no_place_(acct, want, fault);
    return chunk_claim(acct, base, entered, fault);
}

/* What a request has done to a chunk beside its own block is undone when the
 * request fails. */
static void entry_undo(struct ut_acct *acct, uint32_t entered)
{
    struct ut *ut = acct->ut;
    uint32_t chunk = (entered & ~UT_ENTERED_LEAF) - 1;
    struct ut_tree_chunk *c = &ut_tree_(ut)->chunks[chunk];

    if (entered == 0 || c->owner != acct->owner)
        return;
    if (c->used_pages == 0) {
        struct ut_node n =
            ut_node_at_(ut, ut_chunk_base_(ut, chunk), UT_CHUNK_BITS);

        ut_node_merge_(ut, &n, NULL);
    } else if (entered & UT_ENTERED_LEAF && c->small_pages == 0) {
        ut_chunk_exit_(ut, chunk);
    }
}

/* Below a chunk's size, or in one. */
static ut_err_t take_low(struct ut_acct *acct, const struct ut_req *req,
                         const struct ut_want *want, struct ut_blk *blk,
                         bool exact, uint32_t *entered, struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    bool enters = false;
    struct ut_blk held;
    struct ut_node n;
    uint32_t chunk;
    ut_err_t err = place_low(acct, want, exact, &blk->paddr, entered, fault);

    if (err)
        return err;
    held = ut_held_(ut, blk);
    n = ut_node_at_(ut, blk->paddr, UT_PAGE_BITS);
    chunk = ut_node_chunk_(&n);
    if (want->needs_leaf && ut_chunk_has_leaf_(ut, chunk)) {
        enters = ut_tree_(ut)->chunks[chunk].leaf != UT_LEAF_READY;
        if (ut_tree_(ut)->chunks[chunk].leaf == UT_LEAF_NONE)
            err = ut_chunk_reserve_(ut, chunk, blk->paddr, want->bytes, fault);
    }
    if (err) {
        entry_undo(acct, *entered);
        return err;
    }
    UT_ASSERT(!ut_pmm_alloc_at(ut->pmm, &held, acct->owner, req->cls, NULL));
    ut_pieces_mark_(ut, &held, false);
    if (enters)
        *entered = (chunk + 1) | UT_ENTERED_LEAF;
    /* First those that may revoke what the leaf is to be made of. */
    err = ut_pieces_ensure_(ut, &held, UT_NODE_LEVEL, fault);
    if (!err && enters)
        err = ut_chunk_enter_(ut, chunk, blk->paddr, want->level, fault);
    if (!err)
        err = ut_pieces_ensure_(ut, &held, UT_PAGE_BITS, fault);
    if (err)
        ut_tree_drop_(acct, blk, *entered);
    return err;
}

/* Can each whole chunk of the block be had?  Not where a node above it was
 * split in smaller pieces, for no call shall clear so much. */
static bool high_fits(const struct ut *ut, const struct ut_blk *held,
                      uint64_t *obstacle)
{
    uint64_t at = held->paddr, left = ut_blk_bytes(held);

    while (left > 0) {
        const struct ut_reg *r = ut_region_(ut, at);
        unsigned bits = ut_piece(at - r->r.base, left);
        unsigned level = bits < UT_CHUNK_BITS ? UT_CHUNK_BITS : bits;
        struct ut_node n;

        if (!ut_node_around_(ut, at, level, &n) ||
            (n.level > level && ut_node_is_split_(ut, &n))) {
            *obstacle = at & ~(ut_bytes(level) - 1);
            return false;
        }
        at += ut_bytes(bits);
        left -= ut_bytes(bits);
    }
    return true;
}

/* The last pieces of a run may lie inside a chunk: that is claimed. */
static ut_err_t edge_claim(struct ut_acct *acct, const struct ut_blk *held,
                           uint32_t *entered, struct ut_fault *fault)
{
    uint64_t end = held->paddr + ut_blk_bytes(held);

    return end % UT_CHUNK_BYTES == 0
               ? UT_OK
               : chunk_claim(acct, end & ~(UT_CHUNK_BYTES - 1), entered, fault);
}

/* The request as layer 2 gets it: with what the block takes up beside. */
static struct ut_req held_request(const struct ut_req *req,
                                  const struct ut_want *want,
                                  const struct ut_blk *held)
{
    struct ut_req asked = *req;

    asked.count = held->count;
    asked.size_bits = held->size_bits;
    asked.max = want->max;
    return asked;
}

/* Whole chunks, and what a run has behind them. */
static ut_err_t take_high(struct ut_acct *acct, const struct ut_req *req,
                          const struct ut_want *want, struct ut_blk *blk,
                          bool exact, uint32_t *entered, struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    struct ut_blk held = ut_held_(ut, blk);
    struct ut_req asked = held_request(req, want, &held);
    uint64_t obstacle = 0;
    ut_err_t err = UT_EFRAG;

    for (unsigned i = 0; err && i < TRIES; i++) {
        err = ut_pmm_alloc(ut->pmm, &asked, acct->owner, &held, fault);
        if (err)
            return err;
        if (high_fits(ut, &held, &obstacle))
            break;
        UT_ASSERT(!ut_pmm_free(ut->pmm, &held, acct->owner, NULL));
        err = ut_tree_no_place_(acct, want, fault);
        if (exact || obstacle <= req->min || obstacle == 0)
            return err;
        asked.max = obstacle - 1;
    }
    if (err)
        return err;
    if (held.paddr % UT_CHUNK_BYTES != 0) {
        UT_ASSERT(!ut_pmm_free(ut->pmm, &held, acct->owner, NULL));
        return ut_fail_(fault, UT_EFRAG, ut_blk_bytes(&held), 0, held.paddr,
                        UT_OWNER_NONE);
    }
    blk->paddr = held.paddr;
    /* First what is whole chunks: it may still revoke what is around them. */
    err = ut_pieces_ensure_(ut, &held, UT_CHUNK_BITS, fault);
    if (!err)
        err = edge_claim(acct, &held, entered, fault);
    if (err) {
        UT_ASSERT(!ut_pmm_free(ut->pmm, &held, acct->owner, NULL));
        return err;
    }
    ut_pieces_mark_(ut, &held, false);
    err = ut_pieces_ensure_(ut, &held, UT_PAGE_BITS, fault);
    if (err)
        ut_tree_drop_(acct, blk, *entered);
    return err;
}

/* The request as this strategy sees it. */
static ut_err_t want_make(const struct ut_acct *acct, const struct ut_req *req,
                          struct ut_want *want, bool *exact,
                          struct ut_fault *fault)
{
    uint64_t asked = (uint64_t)req->count << req->size_bits;
    struct ut_blk held, blk = {0, req->count, req->size_bits};

    *exact = req->max - req->min == asked - 1;
    blk.paddr = *exact ? req->min : 0;
    held = ut_held_(acct->ut, &blk);
    *want = (struct ut_want){
        .bytes = ut_blk_bytes(&held),
        .min = req->min,
        .max = req->max,
        .device = (req->flags & UT_DEVICE) != 0,
    };
    want->level = (uint8_t)ut_log2_up(want->bytes);
    want->align = want->level > req->align_bits ? want->level : req->align_bits;
    want->needs_leaf =
        ut_pieces_smallest_(*exact ? req->min : 0, want->bytes) < UT_NODE_LEVEL;
    /* What a run is rounded up by is not covered by objects. */
    want->max += want->bytes - asked;
    if (want->max < req->max)
        want->max = UINT64_MAX;
    if (!*exact)
        return UT_OK;
    if ((req->min ^ (req->min + (want->bytes - 1))) >> UT_CHUNK_BITS == 0)
        want->align = req->size_bits;
    /* Why it cannot be had is layer 2's to say. */
    return ut_pmm_find(acct->ut->pmm, req, &blk, fault);
}

static bool is_low(const struct ut_want *want)
{
    return want->bytes < UT_CHUNK_BYTES;
}

ut_err_t ut_tree_take_(struct ut_acct *acct, const struct ut_req *req,
                       struct ut_blk *blk, uint32_t *entered,
                       struct ut_fault *fault)
{
    struct ut_want want;
    bool exact;
    ut_err_t err = want_make(acct, req, &want, &exact, fault);

    *blk = (struct ut_blk){exact ? req->min : 0, req->count, req->size_bits};
    *entered = 0;
    if (err)
        return err;
    if (is_low(&want))
        return take_low(acct, req, &want, blk, exact, entered, fault);
    return take_high(acct, req, &want, blk, exact, entered, fault);
}

ut_err_t ut_tree_would_(const struct ut_acct *acct, const struct ut_req *req,
                        struct ut_fault *fault)
{
    const struct ut *ut = acct->ut;
    struct ut_blk blk = {0, req->count, req->size_bits};
    struct ut_req asked;
    struct ut_want want;
    uint64_t base, paddr;
    bool exact;
    ut_err_t err = want_make(acct, req, &want, &exact, fault);

    if (err)
        return err;
    if (!is_low(&want)) {
        blk.paddr = exact ? req->min : 0;
        blk = ut_held_(ut, &blk);
        asked = held_request(req, &want, &blk);
        return ut_pmm_find(ut->pmm, &asked, &blk, fault);
    }
    if (want.level < UT_CHUNK_BITS &&
        (exact ? ut_tree_fits_(acct, &want, want.min)
               : ut_tree_find_(acct, &want, &paddr)))
        return UT_OK;
    if (ut_tree_fresh_(acct, &want, &base, &paddr))
        return UT_OK;
    return ut_tree_no_place_(acct, &want, fault);
}

void ut_tree_drop_(struct ut_acct *acct, const struct ut_blk *blk,
                   uint32_t entered)
{
    struct ut *ut = acct->ut;
    struct ut_blk held = ut_held_(ut, blk);
    struct ut_node n = ut_node_at_(ut, blk->paddr, UT_PAGE_BITS);
    struct ut_tree_chunk *c = &ut_tree_(ut)->chunks[ut_node_chunk_(&n)];
    bool in_chunk = ut_blk_bytes(&held) < UT_CHUNK_BYTES;

    UT_ASSERT(!ut_pmm_free(ut->pmm, &held, acct->owner, NULL));
    ut_pieces_mark_(ut, &held, true);
    /* A guest in another account's chunk has paid for the entry as well. */
    if (in_chunk && c->owner != acct->owner && c->owner != UT_OWNER_NONE)
        ut_credit_(acct, ut_entry_part_());
    entry_undo(acct, entered);
}
