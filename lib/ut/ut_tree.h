/* SPDX-License-Identifier: BSD-2-Clause */
/* The incremental strategy: a tree of untypeds, for kernels that can only
 * retype at a watermark.
 *
 *   level  R  27  24  21    18    15    12    log2 of bytes; 8 children each
 *          o---o---o---o-----o-----o-----o    or, where a size in between is
 *                      chunk                  wanted, 2 or 4 (13: 4 x 2^13)
 *
 *   CSpace:  store.index --> index CNode, 16 slots a chunk: 0 its leaf CNode,
 *                              2..15 its untypeds of levels 20..18
 *              '--> leaf CNode of a chunk, 1024 slots: 16..1023 its untypeds
 *                              of levels 17..12
 *            store.index+1 --> upper CNode: untypeds of levels 21 and above,
 *                              all of regions smaller than a chunk, and those
 *                              of levels 17..12 of devices up to 2^24 bytes,
 *                              of which no CNode can be made
 *
 * A node is an untyped, or could be one: of level l at address a.  Its slot
 * follows from region, level and index alone, as in a heap: in a chunk node h
 * has the children 2h and 2h + 1, and 1 is the chunk.  Below every slot there
 * are 8 bits of address left, for the CNodes of slabs.
 *
 * Invariants:
 *  - an untyped is only split when it has no children, completely, into equal
 *    children in address order; so the kernel's watermark is never needed.
 *    The exception: the untyped of level 18 that a leaf CNode was made of has
 *    it in front, and then untypeds of the level that was wanted, at most 15.
 *    Where that is the first thing made in a chunk the chunk's own untyped has
 *    leaf and rest in front, and the other 7 nodes of level 18 are cut when
 *    one of them is wanted (others_wait);
 *  - a split does not reach across a level of the radix (12, 15, 18 ...);
 *  - hence a block can be had if and only if the smallest node around it that
 *    exists is wholly free;
 *  - a chunk that is split belongs to one account; a leaf CNode is charged to
 *    that account until the chunk is revoked;
 *  - a chunk whose last block is given back stays as it is, for the account;
 *    its pages are free to whoever wants a whole chunk, who revokes it first.
 *
 * Above a chunk, sizes between the levels are made of nodes that are not
 * split or split in that size already: a node that is reset is cleared as a
 * whole by the kernel, and no call shall clear more than the largest of
 * 2 MiB, the object, and the object that was there before.
 */
#ifndef UT_TREE_H
#define UT_TREE_H
#include "ut_int.h"

#define UT_NODE_LEVEL   18u /* smaller nodes need a leaf CNode */
#define UT_LEAF_RADIX   10u
#define UT_LEAF_BITS    15u /* its bytes */
#define UT_DEVICE_BITS  24u /* larger devices have no nodes below level 18 */
#define UT_SPARE_BITS   8u  /* of address, below each slot */
#define UT_ENTERED_LEAF 0x80000000u /* in `entered': by a leaf of its own */
#define UT_TOP_BITS     27u /* larger RAM nodes are split at the start */

enum ut_leaf {
    UT_LEAF_NONE = 0,
    UT_LEAF_RESERVED, /* pages and charge */
    UT_LEAF_MADE,     /* the CNode is there */
    UT_LEAF_READY,    /* so is what is left of its node */
};

/* A whole chunk, or a region that is smaller. */
struct ut_tree_chunk {
    uint64_t exists[16];      /* by heap number: there is an untyped */
    uint64_t free[16];        /* all its pages are free */
    uint32_t next[UT_LEVELS]; /* lists of the owner's, by level: chunks with */
    uint32_t prev[UT_LEVELS]; /* a node that is both; number + 1, 0: none */
    uint32_t region;          /* number */
    uint32_t used_pages;      /* in blocks; the leaf's do not count */
    uint32_t small_pages;     /* of them, in pieces below level 18 */
    uint16_t listed;          /* bit l: in the list of level 12 + l */
    ut_owner_t owner;         /* UT_OWNER_NONE: whole, or a small region */
    uint8_t leaf;             /* enum ut_leaf */
    uint8_t host;             /* 0..7: the node of level 18 it is in */
    bool leaf_is_taken;       /* in layer 2; not while the chunk is empty */
    bool others_wait;         /* 7 nodes of level 18: cut when one is wanted */
};

struct ut_tree {
    struct ut_tree_chunk *chunks;
    uint64_t *upper; /* by slot of the upper CNode: there is an untyped */
    struct ut_store store;
    uint32_t chunk_count;
    uint32_t full_count; /* of them, whole ones */
    uint32_t upper_count;
    uint32_t common[2][UT_LEVELS]; /* small regions: nobody's */
    uint8_t index_radix, upper_radix;
    uint8_t top_splits; /* from the largest region's untyped down to chunks */
};

struct ut_node {
    const struct ut_reg *region;
    uint64_t index; /* (address - region's) >> level */
    uint8_t level;
};

static inline struct ut_tree *ut_tree_(const struct ut *ut)
{
    return ut->own;
}

/* ---- ut_tree_node.c: names, and which exist ---- */

struct ut_node ut_node_at_(const struct ut *ut, uint64_t paddr, unsigned level);
uint64_t ut_node_base_(const struct ut_node *n);
/* The chunk's, or the small region's, number; level at most theirs. */
uint32_t ut_node_chunk_(const struct ut_node *n);
bool ut_node_is_low_(const struct ut_node *n); /* kept in the chunk's maps */
unsigned ut_node_heap_(const struct ut_node *n);
bool ut_node_exists_(const struct ut *ut, const struct ut_node *n);
void ut_node_set_(struct ut *ut, const struct ut_node *n, bool exists);
/* The smallest one that exists, of that level or above; false: none. */
bool ut_node_around_(const struct ut *ut, uint64_t paddr, unsigned level,
                     struct ut_node *n);
bool ut_node_is_split_(const struct ut *ut, const struct ut_node *n);
/* All pages are free, as far as the chunk's map knows; low nodes only. */
bool ut_node_is_free_(const struct ut *ut, const struct ut_node *n);
uint64_t ut_node_cptr_(const struct ut *ut, const struct ut_node *n);
struct ut_slot ut_node_slot_(const struct ut *ut, const struct ut_node *n);
struct ut_dest ut_node_dest_(const struct ut *ut, const struct ut_node *n);
/* The radix' next level below. */
unsigned ut_level_below_(unsigned level);

/* ---- ut_tree_chunk.c: records and lists ---- */

unsigned ut_chunk_bits_(const struct ut *ut, uint32_t chunk);
uint64_t ut_chunk_base_(const struct ut *ut, uint32_t chunk);
bool ut_chunk_is_small_(const struct ut *ut, uint32_t chunk);
/* Do its small nodes need a leaf CNode? */
bool ut_chunk_has_leaf_(const struct ut *ut, uint32_t chunk);
/* Pages of a node become free or used. */
void ut_chunk_mark_(struct ut *ut, uint32_t chunk, unsigned heap, bool free);
/* Brings the lists up to date. */
void ut_chunk_list_(struct ut *ut, uint32_t chunk);
/* It joins, or leaves, an account. */
void ut_chunk_own_(struct ut *ut, uint32_t chunk, ut_owner_t owner);
/* Everything in it was revoked. */
void ut_chunk_reset_(struct ut *ut, uint32_t chunk);
/* The leaf's pages, in layer 2: taken while there are blocks. */
void ut_chunk_leaf_(struct ut *ut, uint32_t chunk);
struct ut_part ut_entry_part_(void);

/* ---- ut_tree_make.c: kernel calls on nodes ---- */

/* Cuts it towards a level; its children then exist. */
ut_err_t ut_node_split_(struct ut *ut, const struct ut_node *n, unsigned level,
                        struct ut_fault *fault);
/* Revokes it: nothing below exists any more. */
ut_err_t ut_node_merge_(struct ut *ut, const struct ut_node *n,
                        struct ut_fault *fault);
/* Makes it exist, without children: all of it must be free. */
ut_err_t ut_node_ensure_(struct ut *ut, uint64_t paddr, unsigned level,
                         struct ut_fault *fault);
/* The chunk gets a leaf CNode, charged to its owner, in a node of level 18
 * that does not hold [paddr, paddr + bytes) unless the range lies behind the
 * leaf.  First the books, while the range is not marked as used, then the
 * calls; exit undoes both, when nothing below level 18 is in use. */
ut_err_t ut_chunk_reserve_(struct ut *ut, uint32_t chunk, uint64_t paddr,
                           uint64_t bytes, struct ut_fault *fault);
ut_err_t ut_chunk_enter_(struct ut *ut, uint32_t chunk, uint64_t paddr,
                         unsigned level, struct ut_fault *fault);
ut_err_t ut_chunk_exit_(struct ut *ut, uint32_t chunk);

/* ---- ut_tree_find.c ---- */

struct ut_want {
    uint64_t bytes;
    uint64_t min, max;
    uint8_t level; /* of a node that holds it */
    uint8_t align;
    bool device;
    bool needs_leaf; /* some of it is below level 18 */
};

/* A place in a chunk of the account's, or in a small region. */
bool ut_tree_find_(const struct ut_acct *acct, const struct ut_want *want,
                   uint64_t *paddr);
/* The same for an exact place, which need not be in a free node's front. */
bool ut_tree_fits_(const struct ut_acct *acct, const struct ut_want *want,
                   uint64_t paddr);
/* Where in the node it would lie; false: not in the range. */
bool ut_want_place_(const struct ut_want *want, uint64_t base, unsigned level,
                    uint64_t *paddr);
/* May the chunk get a leaf CNode beside the range? */
bool ut_chunk_host_(const struct ut *ut, uint32_t chunk, uint64_t paddr,
                    uint64_t bytes, unsigned *host);

/* ---- ut_tree_fresh.c ---- */

/* A place in a free chunk, and that chunk's first byte. */
bool ut_tree_fresh_(const struct ut_acct *acct, const struct ut_want *want,
                    uint64_t *base, uint64_t *paddr);
ut_err_t ut_tree_no_place_(const struct ut_acct *acct,
                           const struct ut_want *want, struct ut_fault *fault);

/* ---- ut_tree_pieces.c: aligned powers of two that make up a block ---- */

/* The smallest of them, log2 of its bytes; at most a chunk's. */
unsigned ut_pieces_smallest_(uint64_t at, uint64_t bytes);
/* Those in split chunks become used, or free. */
void ut_pieces_mark_(struct ut *ut, const struct ut_blk *held, bool free);
/* Each of level `lowest' or above becomes an untyped without children, once
 * more if it is one. */
ut_err_t ut_pieces_ensure_(struct ut *ut, const struct ut_blk *held,
                           unsigned lowest, struct ut_fault *fault);

/* ---- ut_tree_take.c ---- */

ut_err_t ut_tree_take_(struct ut_acct *acct, const struct ut_req *req,
                       struct ut_blk *blk, uint32_t *entered,
                       struct ut_fault *fault);
ut_err_t ut_tree_would_(const struct ut_acct *acct, const struct ut_req *req,
                        struct ut_fault *fault);
void ut_tree_drop_(struct ut_acct *acct, const struct ut_blk *blk,
                   uint32_t entered);

/* ---- ut_tree_start.c ---- */

size_t ut_tree_bytes_(const struct ut_config *config);
ut_err_t ut_tree_start_(struct ut *ut, const struct ut_config *config,
                        struct ut_fault *fault);

/* ---- ut_tree_slab.c ---- */

void ut_tree_shapes_(struct ut_slab_shape *shapes);
ut_err_t ut_tree_slab_make_(struct ut *ut, const struct ut_blk *blk,
                            uint8_t size_bits, struct ut_fault *fault);
/* Of the object's own untyped. */
struct ut_slot ut_tree_object_slot_(const struct ut *ut,
                                    const struct ut_blk *blk);
ut_err_t ut_tree_object_make_(struct ut *ut, const struct ut_blk *blk,
                              uint8_t type, const struct ut_dest *dest,
                              struct ut_fault *fault);
ut_err_t ut_tree_object_unmake_(struct ut *ut, const struct ut_blk *blk,
                                struct ut_fault *fault);

/* ---- ut_tree_live.c ---- */

ut_err_t ut_tree_probe_(struct ut *ut, const struct ut_blk *blk,
                        struct ut_fault *fault);

/* ---- ut_tree_account.c ---- */

ut_err_t ut_tree_pass_(struct ut_acct *from, struct ut_acct *to,
                       const struct ut_blk *blk, struct ut_fault *fault);
ut_err_t ut_tree_leave_(struct ut_acct *acct, uint32_t *budget,
                        struct ut_fault *fault);
ut_err_t ut_tree_clear_(struct ut_acct *acct, uint64_t base, uint8_t size_bits,
                        struct ut_fault *fault);
ut_err_t ut_tree_prepare_(struct ut *ut, uint32_t *budget);
ut_err_t ut_tree_trim_(struct ut *ut, uint32_t *budget);
const char *ut_tree_check_(const struct ut *ut);
#endif
