/* SPDX-License-Identifier: BSD-2-Clause */
/* What the library's own files share.
 *
 *   fixed books, given by the donor
 *   +-----------+---------+---------+----------+-------+-------+-------+-----+
 *   | struct ut | extents | regions | accounts | slabs | slots | the   | pmm |
 *   |  and root | of the  |         | by tag   | by 64 |       | stra- |     |
 *   |  account  | root's  |         |          | pages |       | tegy's|     |
 *   +-----------+---------+---------+----------+-------+-------+-------+-----+
 *
 *   metadata page of an account, 64 extents of 64 bytes
 *   | struct ut_acct or ut_page | slab | dataspace | free | slab | free ...
 *
 * Invariants: an extent is used or in its account's list; a page of extents
 * is charged to who caused it; a slab's header lies in its account's pages.
 */
#ifndef UT_INT_H
#define UT_INT_H
#include "ut_base.h"
#include "ut.h"
#include "ut_pmm.h"

#define UT_EXTENT_BYTES  64u
#define UT_PAGE_BYTES    (UINT64_C(1) << UT_PAGE_BITS)
#define UT_CHUNK_BYTES   (UINT64_C(1) << UT_CHUNK_BITS)
#define UT_SLAB_BITS_MIN 4u
#define UT_SLAB_SIZES    (UT_PAGE_BITS - UT_SLAB_BITS_MIN)
#define UT_LEVELS        (UT_CHUNK_BITS - UT_PAGE_BITS) /* in a chunk */

/* Broken invariants stop the program: there is nobody to tell. */
#define UT_ASSERT(x) ((x) ? (void)0 : __builtin_trap())

struct ut_extent {
    struct ut_extent *next;
    uint8_t rest[UT_EXTENT_BYTES - sizeof(struct ut_extent *)];
};
_Static_assert(sizeof(struct ut_extent) == UT_EXTENT_BYTES, "extent");

/* A page (incremental: two) of equal objects. */
struct ut_slab {
    uint64_t place; /* address, and in its low 12 bits the objects' bits */
    uint64_t used[4];
    struct ut_slab *next, **link; /* of the account, same size; NULL: full */
    struct ut_slab *chain;        /* in the same group of 64 pages */
};
_Static_assert(sizeof(struct ut_slab) <= UT_EXTENT_BYTES, "slab header");

static inline uint64_t ut_slab_base(const struct ut_slab *s)
{
    return s->place & ~(UT_PAGE_BYTES - 1);
}
static inline uint8_t ut_slab_bits(const struct ut_slab *s)
{
    return (uint8_t)(s->place & (UT_PAGE_BYTES - 1));
}

/* The first extent of a page of extents that is no account's record. */
struct ut_page {
    struct ut_page *next;
    struct ut_hold hold;
};

struct ut_acct {
    struct ut *ut;
    ut_owner_t owner;
    bool is_dying;
    uint32_t children;
    struct ut_acct *parent, *child;
    struct ut_acct *next, **link; /* siblings, and what points here */
    struct ut_quota limit, used, lent;
    struct ut_extent *extents; /* free ones */
    struct ut_page *pages;     /* of extents, beside the record's own */
    uint64_t swept;            /* destroy has come so far */
    struct ut_hold hold;       /* of the record's page; the root's: none */
    struct ut_slab *slabs[UT_PAGE_BITS]; /* by size_bits, with room */
    uint32_t chunks[2][UT_LEVELS]; /* incremental: lists, RAM and device; the
                                    * first one's number + 1 */
};

/* Objects in a slab: so many, from that offset on. */
struct ut_slab_shape {
    uint16_t count; /* 1 .. 256 */
    uint16_t first;
};

struct ut_reg {
    struct ut_region r;
    uint32_t group; /* its first in ut->slabs */
    uint32_t chunk; /* incremental: its first chunk */
    uint32_t full;  /* of these, among whole ones only */
    uint32_t upper; /* its first slot in the upper CNode */
    uint32_t slots; /* device: of its small nodes, 1024 a chunk; 0: none */
};

struct ut {
    const struct ut_ops *ops;
    const struct ut_strategy *strategy;
    void *own; /* the strategy's */
    struct ut_pmm *pmm;
    struct ut_reg *regions;
    struct ut_acct **accounts; /* by tag */
    struct ut_slab **slabs;    /* by 64 pages */
    uint32_t region_count;
    uint32_t account_count; /* entries of accounts[] */
    struct ut_stats counts; /* those that are kept as they change */
    uint64_t calls;         /* made; the lock may be open meanwhile */
    struct ut_slots slots;
    struct ut_slab_shape shapes[UT_PAGE_BITS]; /* of slabs, by size_bits */
    struct ut_acct root;
    struct ut_extent extents[]; /* a page of the root's */
};

struct ut_strategy {
    const char *name;
    uint8_t features;  /* of enum ut_feature: all must be there */
    bool is_serial;    /* the lock is held during its kernel calls */
    bool keeps_slabs;  /* empty ones stay; each object has an untyped */
    uint8_t slab_bits; /* log2 of a slab's bytes */

    /* Bytes of its own books. */
    size_t (*bytes)(const struct ut_config *config);
    /* Pages that a run of so many takes up there: at least as many. */
    uint32_t (*run_pages)(uint64_t paddr, uint32_t pages);
    /* After all else has been set up; `own' is zeroed, ut->shapes is left to
     * it. */
    ut_err_t (*start)(struct ut *ut, const struct ut_config *config,
                      struct ut_fault *fault);
    /* Adds what it costs beyond the memory itself; req is a whole block's or
     * a slab object's. */
    void (*price)(const struct ut *ut, const struct ut_req *req,
                  struct ut_price *price);

    /* Pages for the account, tagged and ready for objects to be made of
     * them; *entered as in struct ut_lease, charged.  Undone by drop(). */
    ut_err_t (*take)(struct ut_acct *acct, const struct ut_req *req,
                     struct ut_blk *blk, uint32_t *entered,
                     struct ut_fault *fault);
    /* Would take() find a place?  No kernel call. */
    ut_err_t (*would)(const struct ut_acct *acct, const struct ut_req *req,
                      struct ut_fault *fault);
    /* Pages that hold no object (any more) are free again. */
    void (*drop)(struct ut_acct *acct, const struct ut_blk *blk,
                 uint32_t entered);
    /* Objects of one type fill the block, into the slots of dest; below a
     * page's size: an object of a slab. */
    ut_err_t (*make)(struct ut *ut, const struct ut_blk *blk, uint8_t type,
                     const struct ut_dest *dest, struct ut_fault *fault);
    /* All capabilities to the block die.  Refused at the first of its aligned
     * pieces: none has died; later: asked twice. */
    ut_err_t (*unmake)(struct ut *ut, const struct ut_blk *blk,
                       struct ut_fault *fault);
    /* UT_ELIVE: there is a capability to it.  NULL: Next says so. */
    ut_err_t (*probe)(struct ut *ut, const struct ut_blk *blk,
                      struct ut_fault *fault);
    /* Pages become a slab, until they are unmade. */
    ut_err_t (*slab_make)(struct ut *ut, const struct ut_blk *blk,
                          uint8_t size_bits, struct ut_fault *fault);

    /* Everything in [base, base + 2^size_bits) dies: a chunk or a small
     * region, in which nobody but the account has anything. */
    ut_err_t (*clear)(struct ut_acct *acct, uint64_t base, uint8_t size_bits,
                      struct ut_fault *fault);
    /* May the account's block there become another's; the bookkeeping. */
    ut_err_t (*pass)(struct ut_acct *from, struct ut_acct *to,
                     const struct ut_blk *blk, struct ut_fault *fault);
    /* The account has no block any more; what it still has goes, or passes
     * to who has blocks there.  UT_EAGAIN as elsewhere. */
    ut_err_t (*leave)(struct ut_acct *acct, uint32_t *budget,
                      struct ut_fault *fault);
    /* Gives back its empty slabs: ut_slab_trim_, where they are kept. */
    ut_err_t (*slabs_trim)(struct ut_acct *acct, uint32_t *budget,
                           struct ut_fault *fault);

    ut_err_t (*prepare)(struct ut *ut, uint32_t *budget);
    ut_err_t (*trim)(struct ut *ut, uint32_t *budget);
    const char *(*check)(const struct ut *ut);
};

/* ---- Arithmetic ---- */

static inline uint64_t ut_bytes(unsigned bits)
{
    return UINT64_C(1) << bits;
}
static inline uint64_t ut_round_up(uint64_t x, unsigned bits)
{
    return (x + (ut_bytes(bits) - 1)) & ~(ut_bytes(bits) - 1);
}
static inline uint64_t ut_bit_lowest(uint64_t x)
{
    return x & -x;
}
static inline unsigned ut_log2_up(uint64_t x)
{
    return x < 2 ? 0 : ut_log2_down(x - 1) + 1;
}
static inline uint64_t ut_blk_bytes(const struct ut_blk *b)
{
    return (uint64_t)b->count << b->size_bits;
}

/* The aligned powers of two that [at, at + left) consists of, the fewest:
 * takes the next one off the front; log2 of its bytes. */
static inline unsigned ut_piece(uint64_t at, uint64_t left)
{
    uint64_t aligned = ut_bit_lowest(at);

    return ut_log2_down(aligned - 1 < left ? aligned : left);
}

/* Goes through what lies in [base, base + bytes): the next area, which may
 * reach beyond both ends, from offset *at on; *at is then behind it. */
static inline bool ut_area_next_(const struct ut *ut, uint64_t base,
                                 uint64_t bytes, uint64_t *at,
                                 struct ut_pmm_area *area)
{
    uint64_t end;

    if (*at >= bytes || !ut_pmm_next(ut->pmm, base + *at, area) ||
        (area->base > base && area->base - base >= bytes))
        return false;
    end = area->base + area->bytes - base;
    *at = end < bytes ? end : bytes;
    return true;
}

/* ---- ut_fault.c ---- */

ut_err_t ut_fail_kernel_(struct ut_fault *fault, uint32_t error,
                         uint64_t address);

/* ---- ut_init.c ---- */

/* The region that holds this address, or NULL.  log2 regions. */
struct ut_reg *ut_region_(const struct ut *ut, uint64_t paddr);
void ut_lock_(const struct ut *ut);
void ut_unlock_(const struct ut *ut);
/* Around kernel calls on a block: opens the lock for whole pages, where the
 * strategy allows it. */
void ut_calls_begin_(const struct ut *ut, const struct ut_blk *blk);
void ut_calls_end_(const struct ut *ut, const struct ut_blk *blk);
void ut_event_(const struct ut *ut, enum ut_event event, uint64_t paddr,
               uint8_t size_bits);

/* ---- ut_alloc.c ---- */

/* Fills in what the request leaves open, and looks at what is wrong with it
 * in itself. */
ut_err_t ut_req_check_(const struct ut *ut, const struct ut_req *req,
                       struct ut_req *full, struct ut_fault *fault);
/* The call's size argument for an object of that many bytes. */
uint8_t ut_arg_bits_(const struct ut *ut, uint8_t type, uint8_t size_bits);

/* Pages and what they cost, for the account; and given back. */
ut_err_t ut_pages_take_(struct ut_acct *acct, struct ut_part part,
                        const struct ut_req *req, struct ut_blk *blk,
                        uint32_t *entered, struct ut_fault *fault);
void ut_pages_drop_(struct ut_acct *acct, struct ut_part part,
                    const struct ut_blk *blk, uint32_t entered);
/* The block as layer 2 has it: one, or a run of pages. */
struct ut_blk ut_held_(const struct ut *ut, const struct ut_blk *blk);
/* What the account pays for a block itself, wherever it is. */
struct ut_part ut_own_part_(const struct ut *ut, const struct ut_blk *blk);
/* Charges what the account pays for a block itself; and gives it back. */
ut_err_t ut_blk_charge_(struct ut_acct *acct, const struct ut_blk *blk,
                        struct ut_fault *fault);
void ut_blk_credit_(struct ut_acct *acct, const struct ut_blk *blk);
/* Can the account have such a block, of size_bits or more? */
ut_err_t ut_blk_check_(const struct ut_acct *acct, const struct ut_blk *blk,
                       uint8_t size_bits, struct ut_fault *fault);

/* ---- ut_shape.c: tags of a block's other pages: its objects ---- */

void ut_shape_set_(struct ut *ut, const struct ut_blk *blk);
/* The objects in a block that takes up so many bytes there. */
struct ut_blk ut_shape_get_(const struct ut *ut, uint64_t paddr,
                            uint64_t bytes);
/* The account's block, exactly this one, is nobody's to give back until it is
 * released.  UT_EINVAL: it is of other objects; the fault has size or count as
 * given, and as is. */
ut_err_t ut_blk_claim_(const struct ut_acct *acct, const struct ut_blk *blk,
                       struct ut_fault *fault);
void ut_blk_release_(const struct ut *ut, const struct ut_blk *blk,
                     ut_owner_t owner);

/* ---- ut_account.c ---- */

ut_err_t ut_charge_(struct ut_acct *acct, struct ut_part part,
                    struct ut_fault *fault);
void ut_credit_(struct ut_acct *acct, struct ut_part part);
/* A zeroed record, of what is not in the tree of accounts yet. */
void ut_acct_make_(struct ut *ut, struct ut_acct *acct, ut_owner_t owner,
                   const struct ut_quota *limit);
/* Is it one that can still be used? */
bool ut_acct_alive_(const struct ut_acct *acct);

/* ---- ut_meta.c: pages for the library's own books ---- */

/* Reserves a page and a slot; charged to the account.  Once it is made it is
 * no longer to be undone: `entered' is 0. */
ut_err_t ut_hold_take_(struct ut_acct *acct, struct ut_hold *hold,
                       struct ut_fault *fault);
void ut_hold_drop_(struct ut_acct *acct, const struct ut_hold *hold);
/* The frame is made and mapped; or again not. */
ut_err_t ut_hold_make_(struct ut_acct *acct, struct ut_hold *hold,
                       void **address, struct ut_fault *fault);
ut_err_t ut_hold_unmake_(struct ut *ut, const struct ut_hold *hold,
                         void *address, struct ut_fault *fault);
/* A made page becomes extents of the account's, from extent `first' on. */
void ut_extents_add_(struct ut_acct *acct, void *page, uint32_t first);
void *ut_extent_get_(struct ut_acct *acct); /* there must be one */
void ut_extent_put_(struct ut_acct *acct, void *extent);
/* The page is made, and becomes one of the account's. */
ut_err_t ut_page_add_(struct ut_acct *acct, struct ut_hold *hold,
                      struct ut_fault *fault);
/* Makes sure of so many free extents; *added: pages that came for it. */
ut_err_t ut_extents_need_(struct ut_acct *acct, uint32_t count, uint32_t *added,
                          struct ut_fault *fault);
/* Takes back the pages that came last, as far as they are free. */
void ut_extents_undo_(struct ut_acct *acct, uint32_t added);
/* Gives back pages of extents that hold nothing; all of them if `all'. */
ut_err_t ut_pages_trim_(struct ut_acct *acct, bool all, uint32_t *budget,
                        struct ut_fault *fault);

/* ---- ut_slab.c ---- */

/* What a slab for objects of that size costs the account. */
struct ut_part ut_slab_part_(const struct ut *ut, uint8_t size_bits);
/* An object is promised: of a slab that is there, or pages for a new one. */
ut_err_t ut_slab_lease_(struct ut_lease *lease, struct ut_fault *fault);
/* The slab that the lease is for is there, in the books, from now on. */
ut_err_t ut_slab_open_(struct ut_lease *lease, struct ut_fault *fault);
void ut_slab_cancel_(struct ut_lease *lease);
/* Is it an object of the account's, in use? */
ut_err_t ut_slab_check_(const struct ut_acct *acct, const struct ut_blk *blk,
                        struct ut_fault *fault);
/* That object is free again.  Its slab, if it is empty and is not kept, goes;
 * `entered' as drop() has it. */
void ut_slab_give_(struct ut_acct *acct, uint64_t paddr, bool keeps_slab,
                   uint32_t entered);
ut_err_t ut_slab_trim_(struct ut_acct *acct, uint32_t *budget,
                       struct ut_fault *fault);
/* ---- ut_slab_index.c: slabs by address ---- */

/* The list of slabs in the same 64 pages; NULL: not managed. */
struct ut_slab **ut_slab_group_(const struct ut *ut, uint64_t paddr);
/* What points to the slab that this page belongs to; NULL: there is none.  At
 * most 64 steps. */
struct ut_slab **ut_slab_find_(const struct ut *ut, uint64_t paddr);
/* If there is one it no longer is. */
void ut_slab_forget_(struct ut *ut, uint64_t paddr);

/* ---- ut_calls.c: kernel calls, counted ---- */

const struct ut_ops *ut_call_(struct ut *ut);

static inline uint32_t ut_retype_(struct ut *ut, const struct ut_retype *call)
{
    const struct ut_ops *ops = ut_call_(ut);

    return ops->retype(ops->context, call);
}
static inline uint32_t ut_retype_at_(struct ut *ut,
                                     const struct ut_retype *call)
{
    const struct ut_ops *ops = ut_call_(ut);

    return ops->retype_at(ops->context, call);
}
static inline uint32_t ut_revoke_(struct ut *ut, const struct ut_slot *slot)
{
    const struct ut_ops *ops = ut_call_(ut);

    return ops->revoke(ops->context, slot);
}
static inline uint32_t ut_revoke_at_(struct ut *ut,
                                     const struct ut_region *region,
                                     uint64_t offset_bytes, uint8_t size_bits)
{
    const struct ut_ops *ops = ut_call_(ut);

    return ops->revoke_at(ops->context, region->root, offset_bytes, size_bits);
}
static inline uint32_t ut_move_(struct ut *ut, const struct ut_slot *to,
                                const struct ut_slot *from)
{
    const struct ut_ops *ops = ut_call_(ut);

    return ops->move(ops->context, to, from);
}
#endif
