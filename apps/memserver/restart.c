/* SPDX-License-Identifier: BSD-2-Clause */
/* How a new life learns what there is: each block from the kernel, whose it
 * is from the ledger.  The records of accounts need memory that nobody has: so
 * all blocks become the root's, then their accounts are made, then they become
 * those accounts'. */
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

struct reading {
    struct memserver *s;
    uint64_t met; /* so far, in this region */
};

/* What no account has was never answered, and goes. */
static bool keep(void *context, const struct ut_blk *blk)
{
    struct reading *reading = context;
    struct memserver *s = reading->s;
    unsigned a = account_of(s, blk->paddr);

    forget(s, reading->met, blk->paddr);
    reading->met = blk->paddr + (1ul << blk->size_bits);
    if (a) {
        s->found.kept++;
    } else {
        *memserver_owner(s, blk->paddr) = 0;
        s->found.undone++;
    }
    return a != 0;
}

static struct ut_acct *whose(void *context, const struct ut_blk *blk)
{
    struct memserver *s = context;

    return s->accounts[account_of(s, blk->paddr)];
}

static ut_err_t accounts_make(struct memserver *s)
{
    ut_err_t err = UT_OK;

    for (unsigned a = 1; a <= MEMSERVER_ACCOUNTS && !err; a++) {
        const struct memserver_account *entry = &s->ledger->accounts[a];
        struct ut_quota quota = {entry->bytes, entry->caps};

        if (entry->is_open)
            err = ut_acct_create(ut_root(s->ut), &quota, &s->accounts[a],
                                 &s->fault);
    }
    return err;
}

ut_err_t memserver_restart(struct memserver *s)
{
    const struct ut_region *r = s->config.regions;
    struct ut_acct *root = ut_root(s->ut);
    struct ut_stats stats;
    ut_err_t err = UT_OK;

    for (uint32_t i = 0; i < s->config.region_count && !err; i++) {
        struct reading reading = {s, r[i].base};

        err = ut_adopt_region(root, i, keep, &reading, &s->fault);
        if (!err)
            forget(s, reading.met, r[i].base + (1ul << r[i].size_bits));
    }
    ut_stats(s->ut, &stats);
    s->found.calls = stats.calls;
    if (!err)
        err = accounts_make(s);
    return err ? err : ut_transfer_each(root, whose, s, &s->fault);
}
