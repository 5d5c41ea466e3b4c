/* SPDX-License-Identifier: BSD-2-Clause */
/* lib/ut: untyped memory, allocated.  Layers 3 and 4: objects and accounts.
 *
 *   client --ut_alloc, ut_free--> account --> strategy --ut_ops--> kernel
 *             request, block       quota      offset | incremental
 *                                    |          |
 *                                    '- tags ---'- ut_pmm: which page is whose
 *
 * An account is who pays.  Accounts form a tree; the root is the donor of the
 * regions.  A parent lends quota to its children and pays for their records.
 *
 * Invariants, after every call:
 *  - a page is free or belongs to one account (its tag says to which);
 *  - limit = used + lent + left for bytes and for capabilities of every
 *    account; lent is the sum of the children's limits;
 *  - the sum of all accounts' used, and the fixed books (ut_stats), is at
 *    least what is really in use, in bytes and in capabilities;
 *  - a call that fails has changed nothing that a client can observe.
 *
 * Contents: RAM is zero when an object's capability first appears, whatever
 * UT_DIRTY says; device memory is never touched; an untyped's contents are
 * cleared by the kernel when something is made of it (struct ut_price.zero).
 *
 * Not reentrant, but for ops->lock and unlock, which are then called around
 * everything that looks at the books.  With the offset strategy the lock is
 * not held while whole pages are retyped or revoked; with the incremental one
 * it is.
 *
 * Every function may be given a `fault' (ut_types.h) or NULL; in it stands
 * which resource was short and by how much.
 */
#ifndef UT_H
#define UT_H
#include "ut_ops.h"
#include "ut_slots.h"
#include "ut_types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ut;      /* the whole library's state: at the start of its memory */
struct ut_acct; /* one account: at the start of its first metadata page */
struct ut_strategy;

/* What there is to choose from: put those into the configuration that are to
 * be linked; ut_init takes the first whose calls the kernel has. */
extern const struct ut_strategy ut_strategy_offset;      /* RetypeAt */
extern const struct ut_strategy ut_strategy_incremental; /* any kernel */

/* Where the incremental strategy keeps its untypeds: two consecutive empty
 * slots, found by the `depth' low bits of index and of index + 1 from the
 * CSpace's root, and everything below them in the address space. */
struct ut_store {
    uint64_t root; /* cptr of the root CNode of the caller's own CSpace */
    uint64_t index;
    uint8_t depth; /* 1 .. 30 */
};

struct ut_config {
    const struct ut_ops *ops;        /* must outlive the library */
    const struct ut_region *regions; /* by rising address, disjoint; copied */
    uint32_t region_count;
    const struct ut_strategy *const *strategies;
    uint32_t strategy_count;
    uint16_t accounts_max;  /* beside the root; 0 .. 64000 */
    struct ut_window slots; /* the library's own: frames of its books, and
                              * with the incremental strategy of the store */
    struct ut_store store;  /* incremental only */
    void *memory;           /* for the fixed books, aligned to 16 */
    size_t bytes;           /* ut_memory_bytes() */
    uint32_t slots_used;    /* of `slots': in use already, from the first */
    uint64_t books_base;    /* [books_base, + books_bytes) is theirs: as */
    uint64_t books_bytes;   /* ut_source_books() has set it; else 0 */
};

/* Bytes of the fixed books: a function of regions, strategies, accounts_max
 * and slots alone.  The donor pays for them. */
size_t ut_memory_bytes(const struct ut_config *config);

/* Begins to manage the regions; nothing has been made of their untypeds, but
 * for the books.  *out is config->memory.  UT_EINVAL: memory, regions or
 * strategies are wrong (fault.wanted: bytes needed); UT_EKERNEL: no strategy
 * works here, or the store could not be made. */
ut_err_t ut_init(const struct ut_config *config, struct ut **out,
                 struct ut_fault *fault);

struct ut_acct *ut_root(struct ut *ut);
const char *ut_strategy_name(const struct ut *ut); /* "offset" ... */

/* [min, max] is not to be given to anybody, as if the root had it: memory
 * that is in use already.  UT_EBUSY: some of it is taken. */
ut_err_t ut_reserve(struct ut *ut, uint64_t min, uint64_t max,
                    struct ut_fault *fault);

/* ---- Allocation ---------------------------------------------------------- */

/* What a request costs: an upper bound, known before acting. */
struct ut_part {
    uint64_t bytes;
    uint32_t caps;
};

struct ut_price {
    struct ut_part own;   /* of request and strategy alone */
    struct ut_part entry; /* incremental: a chunk's entry into small-page
                           * mode; charged if it occurs, until it leaves */
    uint32_t calls;       /* kernel calls, at most */
    uint64_t clear_bytes; /* cleared by the kernel in one call, at most; what
                           * boot left dirty is not counted, nor, incremental,
                           * what a larger object has left there */
    bool zero;            /* the memory will read zero */
};

/* The tariff.  UT_EINVAL: no such type or size.  No kernel call, O(1). */
ut_err_t ut_price(const struct ut *ut, const struct ut_req *req,
                  struct ut_price *price, struct ut_fault *fault);

struct ut_slab;

/* A page that the library takes for its own books. */
struct ut_hold {
    struct ut_blk blk; /* count 0: none */
    uint32_t slot;     /* of the library's own: its frame's capability */
    uint32_t entered;  /* as in struct ut_lease */
};

/* A block that is promised: place, quota and what the library needs for its
 * own books.  Offset: no kernel call yet; incremental: the untyped is there,
 * the object is not. */
struct ut_lease {
    struct ut_acct *acct;
    struct ut_req req;    /* as asked, size_bits filled in */
    struct ut_blk blk;    /* what commit will hand out */
    struct ut_slab *slab; /* that blk is an object of; NULL: a new one */
    struct ut_blk opened; /* count not 0: for a new slab */
    void *header;         /* and its header, unless meta is to have it */
    struct ut_hold meta;  /* for a new slab's header */
    uint32_t entered;     /* chunk that entered small-page mode, plus one */
    bool is_open;
};

/* `count' objects of one type, back to back, into the slots of dest on.
 * An object smaller than a page comes from a slab of the account's, a page of
 * equal objects, and then count must be 1.
 *
 *   UT_EINVAL     type, size_bits, count, alignment or flags are wrong
 *   UT_EALIGN     min names an exact place, but not an aligned one
 *   UT_ENOMEM     fewer bytes are free, of that kind
 *   UT_EFRAG      enough bytes, but no block of that shape
 *   UT_ERANGE     [min, max] is not managed, or not of that kind
 *   UT_EBUSY      the exact place is taken; by fault.owner
 *   UT_EQUOTA, UT_ECAPQUOTA   the account has not that much left
 *   UT_ESLOT      a slot of dest is in use, or the library has none left
 *   UT_EKERNEL    the kernel refused; nothing has changed
 *
 * Offset: one kernel call for up to `fanout' objects.  Incremental: at most 9
 * in regions up to 8 GiB, 11 up to 2^38, and one more for each `fanout' objects
 * behind the first; three more for a slab that finds the account's books full,
 * as ut_trim and dataspaces may leave them.  There a run takes up, and costs,
 * more than it asks for: up to 64 pages the next power of two, above 5, 6 or 7
 * eighths of it.  At an exact place that is a multiple of that power what it
 * takes up must be free; at another one it is made of pieces, up to 4 calls
 * each (ut_price says how many), and is refused with UT_EFRAG where it crosses
 * the border of a chunk without beginning at one. */
ut_err_t ut_alloc(struct ut_acct *acct, const struct ut_req *req,
                  const struct ut_dest *dest, struct ut_blk *blk,
                  struct ut_fault *fault);

/* The same in two steps.  A lease is committed or cancelled, once: else
 * UT_ELEASE.  When commit fails the lease is still open. */
ut_err_t ut_lease(struct ut_acct *acct, const struct ut_req *req,
                  struct ut_lease *lease, struct ut_fault *fault);
ut_err_t ut_commit(struct ut_lease *lease, const struct ut_dest *dest,
                   struct ut_blk *blk, struct ut_fault *fault);
ut_err_t ut_cancel(struct ut_lease *lease);

/* Gives back a block, as it was given: all capabilities to it die, wherever
 * they are.  UT_EINVAL: no such block (given back before, another size or
 * count: fault.available is what it has); UT_ERANGE: the address is not
 * managed; UT_EBUSY: another's; UT_EKERNEL: nothing has changed, unless the
 * kernel refuses twice in the middle of a run that is not one aligned power of
 * two: then the block stays the account's, but some of its objects are dead:
 * call again.  One kernel call for each of the fewest aligned blocks that make
 * it up. */
ut_err_t ut_free(struct ut_acct *acct, const struct ut_blk *blk,
                 struct ut_fault *fault);

/* The same for a block whose capabilities the caller has deleted himself: what
 * somebody else still has a copy of is not taken away from him.  UT_ELIVE:
 * there is a capability to the block, or to some of a run; nothing has died.
 * UT_EINVAL: and where the kernel has no call Next.  Else as ut_free.  With
 * offset one call of Next more; incremental: a Retype and a Revoke more for
 * each aligned block that makes it up, of which the first may clear it. */
ut_err_t ut_free_deleted(struct ut_acct *acct, const struct ut_blk *blk,
                         struct ut_fault *fault);

/* How the capabilities of a block change hands. */
struct ut_handover {
    struct ut_slot from; /* the first object's capability is here */
    struct ut_slot to;   /* and goes there; the same: it stays */
    bool keep_copies;    /* of it, that the old owner made */
};

/* A block becomes another account's: charge, tag and the
 * library's capability move, contents stay.  handover NULL: only the books.
 * Copies die unless they are kept.  UT_EINVAL as ut_free, slab objects, and
 * more than one object with a handover; UT_EQUOTA, UT_ECAPQUOTA of `to';
 * UT_EKERNEL: nothing has changed.
 * Incremental: the new owner pays the entry as well while the chunk is the
 * old one's, which then lives on. */
ut_err_t ut_transfer(struct ut_acct *from, struct ut_acct *to,
                     const struct ut_blk *blk,
                     const struct ut_handover *handover,
                     struct ut_fault *fault);

/* Takes over what exists already, made by an earlier life of the caller: the
 * block is charged and tagged as if allocated; no kernel call.  Offset only
 * (else UT_EINVAL).  Errors as ut_alloc's for an exact place. */
ut_err_t ut_adopt(struct ut_acct *acct, const struct ut_blk *blk,
                  struct ut_fault *fault);

/* False: it is to die.  May call the library. */
typedef bool ut_keep_fn(void *context, const struct ut_blk *blk);

/* The same for everything that lies in a region, by rising address; keep NULL:
 * all of it.  What the library knows already is left alone, what the kernel has
 * half ended dies.  Before anything is allocated there.  UT_EINVAL: no such
 * region, no call Next, or an object below a page that was to be kept, which no
 * slab is known of; UT_EKERNEL; UT_EQUOTA, UT_ECAPQUOTA: the account has not
 * enough left.  What was met before an error has been taken over, and is left
 * alone when it is called again.  A kernel call for each object, one more, and
 * one for each that dies. */
ut_err_t ut_adopt_region(struct ut_acct *acct, uint32_t region,
                         ut_keep_fn *keep, void *context,
                         struct ut_fault *fault);

/* NULL: it stays.  May call the library, but not free other blocks. */
typedef struct ut_acct *ut_whose_fn(void *context, const struct ut_blk *blk);

/* Every block of an account's, by rising address, becomes another's, as by
 * ut_transfer without a handover; slabs stay.  No kernel call.  Ends with the
 * first error, and can then be called again.  O(blocks). */
ut_err_t ut_transfer_each(struct ut_acct *from, ut_whose_fn *whose,
                          void *context, struct ut_fault *fault);

/* ---- Accounts ------------------------------------------------------------ */

struct ut_quota {
    uint64_t bytes;
    uint32_t caps;
};

struct ut_usage {
    struct ut_quota limit, used, lent;
    ut_owner_t owner; /* its tag */
    uint32_t children;
};

/* A child with that quota, lent by the parent, who pays for its record: a
 * page and a capability.  UT_EQUOTA, UT_ECAPQUOTA: the parent has not that
 * much left; UT_EINVAL: accounts_max are there; else as ut_alloc. */
ut_err_t ut_acct_create(struct ut_acct *parent, const struct ut_quota *quota,
                        struct ut_acct **child, struct ut_fault *fault);

/* Quota that is left goes from a parent to its child, back, or between two
 * children of one parent; else UT_EINVAL.  UT_EQUOTA, UT_ECAPQUOTA: `from'
 * has not that much left. */
ut_err_t ut_acct_move(struct ut_acct *from, struct ut_acct *to,
                      const struct ut_quota *quota, struct ut_fault *fault);

void ut_acct_usage(const struct ut_acct *acct, struct ut_usage *usage);
struct ut_acct *ut_acct_find(struct ut *ut, ut_owner_t owner); /* or NULL */

/* Ends an account and all below it: every capability to its memory dies.  At
 * most `budget' steps: a step is a kernel call or the look at a chunk.
 * UT_EAGAIN until it is done; from the first call on the account can be given
 * to nothing else (UT_EINVAL).  Others see memory come back, no more.  The
 * root: UT_EINVAL.  UT_EKERNEL: call again. */
ut_err_t ut_acct_destroy(struct ut_acct *acct, uint32_t budget,
                         struct ut_fault *fault);

/* ---- Background ---------------------------------------------------------- */

/* Does beforehand what allocations would do: splits down to chunks, clearing
 * what boot left dirty.  At most `budget' kernel calls; UT_EAGAIN: there is
 * more.  Offset: nothing to do. */
ut_err_t ut_prepare(struct ut *ut, uint32_t budget);

/* Gives back what is kept for the next request: empty slabs, chunks that are
 * empty but still in small-page mode.  As ut_prepare. */
ut_err_t ut_trim(struct ut *ut, uint32_t budget);

/* ---- Looking ------------------------------------------------------------- */

struct ut_stats {
    uint64_t managed_bytes; /* RAM */
    uint64_t free_bytes;
    uint64_t used_bytes;  /* by accounts, the root included */
    uint64_t fixed_bytes; /* the fixed books and the store */
    uint64_t fixed_caps;  /* roots, frames of the books, the upper store */
    uint64_t map_bytes;   /* of the fixed books: maps and tags */
    uint64_t meta_bytes;  /* metadata pages of accounts */
    uint64_t slab_bytes;  /* pages that are slabs */
    uint64_t slab_header_bytes;
    uint64_t entry_bytes;  /* leaf CNodes */
    uint64_t untyped_caps; /* of the library's own, that exist now */
    uint64_t calls;        /* kernel calls since ut_init */
    uint32_t accounts;
    uint8_t largest_bits; /* of the largest free block; 0: none */
};
/* A search of layer 2 for each size that the free memory could have: at most
 * 52; else constant. */
void ut_stats(const struct ut *ut, struct ut_stats *stats);

/* A step of the memory map: what is allocated, free or not managed. */
struct ut_span {
    struct ut_blk blk;
    uint64_t bytes;   /* that it takes up: the block's, or more for a run */
    ut_owner_t owner; /* UT_OWNER_NONE: free */
    bool is_slab;
};
/* Returns false to end the walk; must not call the library. */
typedef bool ut_walk_fn(void *context, const struct ut_span *span);

/* All allocated blocks by rising address; slabs as pages. */
void ut_walk(const struct ut *ut, ut_walk_fn *each, void *context);

/* Why a request would fail now, and what could be done instead. */
struct ut_why {
    ut_err_t err; /* UT_OK: it would not */
    struct ut_fault fault;
    struct ut_blk nearest;   /* the largest block of that kind that would fit in
                            * the range; count 0: none */
    uint64_t blocking;       /* the first byte in the way: at the exact place,
                            * or in the aligned block with the fewest in use */
    ut_owner_t below, above; /* who holds the pages beside `nearest' */
    ut_owner_t holder;       /* who holds `blocking' */
};
void ut_explain(const struct ut_acct *acct, const struct ut_req *req,
                struct ut_why *why);

/* All invariants of the library.  NULL, or what is broken, in words. */
const char *ut_check(const struct ut *ut);

/* Names and one sentence for each error, with the remedy. */
const char *ut_strerror(ut_err_t err);

#ifdef __cplusplus
}
#endif
#endif
