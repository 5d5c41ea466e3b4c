/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine larger than the hosted one, managed on stock calls, and what each
 * operation on it costs.
 *
 *   test --large_...--> lib/ut --ops--> stock_kernel.h
 *              |                   '- what a call cleared, and might
 *              '- calls of each operation, at most; the price that it had
 *
 *   regions  | home, 2^28: books and store | the large one, at its own size |
 *
 * Everything goes to faults that is not as it should be: a refusal by the
 * kernel, an object that is not there, or still there.
 */
#ifndef FALLOW_UT_BED_LARGE_H
#define FALLOW_UT_BED_LARGE_H
#include "stock_kernel.h"
#include "ut/ut.h"

#define LARGE_HOME_BITS 28u /* the books and the store */
#define LARGE_LIVE      4000u
#define LARGE_ACCOUNTS  4u
#define LARGE_CHUNKS    (1u << 18)

enum large_operation {
    LARGE_SMALL, /* of a slab */
    LARGE_SINGLE,
    LARGE_RUN,
    LARGE_LEASE, /* and cancelled */
    LARGE_FREE,
    LARGE_TRANSFER,
    LARGE_CREATE,
    LARGE_DESTROY, /* per step of the budget, like the two that follow */
    LARGE_PREPARE,
    LARGE_TRIM,
    LARGE_OPERATIONS
};

struct large_block {
    struct ut_blk blk;
    uint32_t slot;
    uint8_t account;
    bool live;
};

struct large {
    struct stock_kernel k;
    struct ut_ops stock, ops;
    struct ut_region regions[2];
    struct ut_config config;
    struct ut *ut;
    struct ut_acct *accounts[LARGE_ACCOUNTS];
    struct large_block blocks[LARGE_LIVE];
    struct ut_slots slots; /* the client's */
    uint8_t *filled;       /* by chunk: what was last there, log2 of bytes */
    uint64_t most[LARGE_OPERATIONS];
    uint64_t done[LARGE_OPERATIONS];
    uint64_t asked;          /* bytes, by this operation */
    uint64_t beyond, priced; /* cleared beyond; calls beyond the price */
    unsigned faults;
};

extern struct large large;

/* The second region has 2^size_bits bytes. */
void large_open(uint8_t size_bits);
void large_close(void);
void large_fault(const char *what);

/* NULL: not served.  size_bits may be 0 for types of one size. */
struct large_block *large_alloc(unsigned account, const struct ut_req *r);
void large_release(struct large_block *b);
/* A lease that is cancelled. */
void large_lease(unsigned account, const struct ut_req *r);
/* With the capability in another slot.  Single objects of a page or more. */
void large_transfer(struct large_block *b, unsigned to);

/* Account 0 is the donor. */
void large_create(unsigned account);
/* By steps of so much; budget 1: they are counted. */
void large_destroy(unsigned account, uint32_t budget);
void large_trim(void);
void large_prepare(unsigned steps);
#endif
