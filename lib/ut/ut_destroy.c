/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of an account: everything that is tagged with it dies, in the
 * order of addresses, a chunk in one call where nobody else has anything in
 * it; then its pages of extents; its record is the last to go. */
#include "ut_int.h"

static struct ut_blk area_block(const struct ut_pmm_area *area)
{
    unsigned bits = ut_log2_down(ut_bit_lowest(area->bytes));

    return (struct ut_blk){area->base, (uint32_t)(area->bytes >> bits),
                           (uint8_t)bits};
}

/* The chunk around an address, or the whole of a region that is smaller. */
static struct ut_blk chunk_around(const struct ut *ut, uint64_t paddr)
{
    uint8_t bits = ut_region_(ut, paddr)->r.size_bits;

    if (bits > UT_CHUNK_BITS)
        bits = UT_CHUNK_BITS;
    return (struct ut_blk){paddr & ~(ut_bytes(bits) - 1), 1, bits};
}

/* Goes through the blocks that meet the chunk.  False: somebody else has one.
 * When all of them are dead their pages become free. */
static bool chunk_walk(struct ut_acct *a, const struct ut_blk *chunk,
                       bool are_dead)
{
    uint64_t bytes = ut_bytes(chunk->size_bits), at = 0;
    struct ut_pmm_area area;

    while (ut_area_next_(a->ut, chunk->paddr, bytes, &at, &area)) {
        if (!area.used)
            continue;
        if ((area.owner != a->owner && area.owner != UT_OWNER_LEAF) ||
            area.base < chunk->paddr ||
            area.bytes > bytes - (area.base - chunk->paddr))
            return false;
        if (are_dead) {
            struct ut_blk blk = {
                .paddr = area.base,
                .count = (uint32_t)(area.bytes >> UT_PAGE_BITS),
                .size_bits = UT_PAGE_BITS,
            };

            ut_slab_forget_(a->ut, blk.paddr);
            ut_pmm_free(a->ut->pmm, &blk, UT_OWNER_NONE, NULL);
        }
    }
    return true;
}

/* One block of the account, or the chunk that it is a part of. */
static ut_err_t area_end(struct ut_acct *a, const struct ut_pmm_area *area,
                         struct ut_fault *fault)
{
    struct ut *ut = a->ut;
    struct ut_blk blk = area_block(area), chunk = chunk_around(ut, area->base);
    ut_err_t err;

    if (area->bytes < ut_bytes(chunk.size_bits) &&
        chunk_walk(a, &chunk, false)) {
        err = ut->strategy->clear(a, chunk.paddr, chunk.size_bits, fault);
        if (!err)
            chunk_walk(a, &chunk, true);
        return err;
    }
    err = ut->strategy->unmake(ut, &blk, fault);
    if (err)
        return err;
    ut_slab_forget_(ut, blk.paddr);
    ut->strategy->drop(a, &blk, 0);
    return UT_OK;
}

#define SWEPT UINT64_MAX /* no block begins there */

/* UT_OK: the account has nothing any more.  Areas of others and free ones cost
 * a step where they end in another chunk. */
static ut_err_t sweep(struct ut_acct *a, uint32_t *budget,
                      struct ut_fault *fault)
{
    while (a->swept != SWEPT) {
        struct ut_pmm_area area;
        uint64_t end = SWEPT;
        bool is_own = false;

        if (*budget == 0)
            return UT_EAGAIN;
        if (ut_pmm_next(a->ut->pmm, a->swept, &area)) {
            ut_err_t err = UT_OK;

            is_own = area.used && area.owner == a->owner;
            if (is_own)
                err = area_end(a, &area, fault);
            if (err)
                return err;
            /* A block may end where addresses do. */
            if (area.base + area.bytes != 0)
                end = area.base + area.bytes;
        }
        *budget -= is_own || (a->swept ^ end) >> UT_CHUNK_BITS != 0;
        a->swept = end;
    }
    return ut_pages_trim_(a, true, budget, fault);
}

static ut_err_t record_end(struct ut_acct *a, struct ut_fault *fault)
{
    struct ut *ut = a->ut;
    struct ut_acct old = *a;
    ut_err_t err = ut_hold_unmake_(ut, &old.hold, a, fault);

    if (err)
        return err;
    *old.link = old.next;
    if (old.next)
        old.next->link = old.link;
    old.parent->children--;
    old.parent->lent.bytes -= old.limit.bytes;
    old.parent->lent.caps -= old.limit.caps;
    ut->accounts[old.owner] = NULL;
    ut->counts.accounts--;
    ut_hold_drop_(old.parent, &old.hold);
    return UT_OK;
}

static ut_err_t destroy_locked(struct ut_acct *acct, uint32_t budget,
                               struct ut_fault *fault)
{
    for (;;) {
        struct ut_acct *a = acct;
        ut_err_t err;

        while (a->child)
            a = a->child;
        a->is_dying = true;
        err = sweep(a, &budget, fault);
        if (!err)
            err = a->ut->strategy->leave(a, &budget, fault);
        if (!err && budget == 0)
            err = UT_EAGAIN;
        if (err)
            return err;
        budget--;
        err = record_end(a, fault);
        if (err || a == acct)
            return err;
    }
}

ut_err_t ut_acct_destroy(struct ut_acct *acct, uint32_t budget,
                         struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    ut_err_t err;

    ut_lock_(ut);
    if (acct == &ut->root) {
        err = ut_fail_(fault, UT_EINVAL, 0, 0, 0, acct->owner);
    } else {
        acct->is_dying = true;
        err = destroy_locked(acct, budget, fault);
    }
    ut_unlock_(ut);
    return err;
}
