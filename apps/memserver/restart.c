/* SPDX-License-Identifier: BSD-2-Clause */
/* How a new life learns what there is: each block from the kernel, whose it
 * is from the ledger.  Two passes, since the records of accounts need memory
 * that nobody has: all blocks become the root's, then their accounts are
 * made, then they become those accounts'. */
#include "memserver.h"

volatile uint8_t *memserver_owner(struct memserver *s, uint64_t paddr)
{
    volatile uint8_t *owner = s->ledger->owner;
    const struct ut_region *r = s->config.regions;

    for (; (paddr - r->base) >> r->size_bits != 0; r++)
        owner += 1ul << (r->size_bits - UT_PAGE_BITS);
    return owner + ((paddr - r->base) >> UT_PAGE_BITS);
}

/* The account of the block that begins there, if it is open; else 0. */
static unsigned account_of(struct memserver *s, uint64_t paddr)
{
    unsigned account = *memserver_owner(s, paddr);

    return account <= MEMSERVER_ACCOUNTS && s->ledger->accounts[account].is_open
               ? account
               : 0;
}

/* Nothing of the kernel's begins in [base, end). */
static void forget(struct memserver *s, uint64_t base, uint64_t end)
{
    for (; base < end; base += 1ul << UT_PAGE_BITS) {
        s->found.lost += *memserver_owner(s, base) != 0;
        *memserver_owner(s, base) = 0;
    }
}

/* What no account has was never answered, and goes; in the second pass it is
 * a record of this life. */
static ut_err_t meet(struct memserver *s, const struct ut_region *region,
                     const struct ut_blk *blk, bool first)
{
    unsigned a = account_of(s, blk->paddr);

    if (a && !first)
        return ut_transfer(ut_root(s->ut), s->accounts[a], blk, NULL,
                           &s->fault);
    if (!first)
        return UT_OK;
    if (a) {
        s->found.kept++;
        return ut_adopt(ut_root(s->ut), blk, &s->fault);
    }
    *memserver_owner(s, blk->paddr) = 0;
    s->found.undone++;
    s->found.calls++;
    s->fault.kernel_error =
        s->ops.revoke_at(s->ops.context, region->root,
                         blk->paddr - region->base, blk->size_bits);
    return s->fault.kernel_error ? UT_EKERNEL : UT_OK;
}

/* Every child of the region, by rising address. */
static ut_err_t visit(struct memserver *s, const struct ut_region *region,
                      bool first)
{
    uint64_t at = 0, size = 1ul << region->size_bits;
    struct ut_blk blk = {.count = 1};
    struct ut_next next;
    ut_err_t err = UT_OK;

    for (; !err && at < size; at = next.end_bytes) {
        s->found.calls++;
        s->fault.kernel_error =
            s->ops.next(s->ops.context, region->root, at, &next);
        if (s->fault.kernel_error)
            return UT_EKERNEL;
        if (next.kind == UT_NEXT_NONE)
            next.start_bytes = next.end_bytes = size;
        if (first)
            forget(s, region->base + at, region->base + next.start_bytes);
        blk.paddr = region->base + next.start_bytes;
        blk.size_bits =
            (uint8_t)__builtin_ctzl(next.end_bytes - next.start_bytes);
        if (next.kind == UT_NEXT_TRANSITION) /* half of it is gone */
            *memserver_owner(s, blk.paddr) = 0;
        if (next.kind != UT_NEXT_NONE)
            err = meet(s, region, &blk, first);
    }
    return err;
}

ut_err_t memserver_restart(struct memserver *s)
{
    const struct ut_region *regions = s->config.regions;
    ut_err_t err = UT_OK;

    for (uint32_t i = 0; i < s->config.region_count && !err; i++)
        err = visit(s, &regions[i], true);
    for (unsigned a = 1; a <= MEMSERVER_ACCOUNTS && !err; a++) {
        const struct memserver_account *entry = &s->ledger->accounts[a];
        struct ut_quota quota = {entry->bytes, entry->caps};

        if (entry->is_open)
            err = ut_acct_create(ut_root(s->ut), &quota, &s->accounts[a],
                                 &s->fault);
    }
    for (uint32_t i = 0; i < s->config.region_count && !err; i++)
        err = visit(s, &regions[i], false);
    return err;
}
