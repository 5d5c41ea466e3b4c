/* SPDX-License-Identifier: BSD-2-Clause */
/* Layer 2: the map of physical memory.  It knows which pages are free and
 * whose the others are; it makes no kernel call and asks for no memory.
 *
 *   level 1   node: a bit for each of 512 chunks (1 GiB)
 *             |1 0 1 0 0 0 ... |   1: the chunk is not free as a whole
 *              |   |
 *   level 0   node: a bit for each of 512 pages (2 MiB), empty unless the
 *             |1 1 0 0 1 0 ... |   chunk is split
 *
 *   node      used map    1: allocated, split, or not managed
 *             start map   1: a block begins here, or the chunk is split
 *             sums        which aligned runs are free: of each word, of all
 *   index     per level and order, of level 0 per class too: bitmap of the
 *             nodes whose longest free run has that order; 64-way, in the
 *             order of addresses
 *   tags      optional: owner of each block, 16 bits a page
 *
 * Levels 2, 3 ... are the used map of level 1 again, over 512 of its nodes,
 * and so on: what is free in pieces of 1 GiB, 512 GiB ...  Everything lies in
 * one piece of memory without pointers, so it can be moved, written out and
 * read back as it is.
 *
 * Invariant (ut_pmm_check): a chunk is split if and only if its map is not
 * empty, and then level 1 has it used and start; above level 1 a unit is used
 * if and only if its node is not free as a whole; a block is a start and all
 * that is used behind it without one; sums and index agree with the maps; a
 * block does not cross the border of a region.
 *
 * Placement.  A block below a chunk's size comes from a split chunk of its
 * class: of those with the least order that suffices, the one with the highest
 * address; else a free chunk joins the class, out of the GiB with the least
 * order that suffices; else a chunk of another class helps out.  With min or
 * max it is the lowest address instead, of whatever class and order, so that
 * memory that few can use is left to them.  UT_HIGH and UT_LOW decide
 * otherwise.
 *
 * Costs: "constant" means a bounded number of word operations in each level,
 * and there are ceil(log512 pages) levels; `R' is the number of regions, of
 * which log2 R steps find one.  bench/ut_pmm.c counts the instructions.
 *
 * Not for two threads at once: the caller locks.
 */
#ifndef UT_PMM_H
#define UT_PMM_H
#include "ut_types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define UT_PMM_ORDERS 52u /* a block has 2^order pages */

struct ut_pmm; /* lies at the start of the memory given to ut_pmm_init() */

enum ut_pmm_flag {
    UT_PMM_TAGS = 1, /* keep the owner of each block: 2 bytes a page */
};

/* A block, or memory that is free. */
struct ut_pmm_area {
    uint64_t base;   /* first byte */
    uint64_t bytes;  /* of the block, or of the free memory around; base + bytes
                       * is 0 where it ends at 2^64 */
    uint32_t region; /* number in the list given to ut_pmm_init() */
    ut_owner_t owner; /* UT_OWNER_NONE: free, or without tags */
    bool used;
    bool device;
};

struct ut_pmm_stats {
    uint64_t bytes[2];      /* managed: RAM, device */
    uint64_t bytes_free[2]; /* of these */
    uint64_t bytes_meta;    /* maps, index and tags: what ut_pmm_size() said */
    uint64_t bytes_tags;    /* of these */
    uint64_t chunks;
    uint64_t chunks_split;
    uint64_t free_blocks[UT_PMM_ORDERS]; /* largest aligned free blocks, RAM */
};

/* ---- Making ---------------------------------------------------------------
 */

/* Bytes of memory for these regions; depends on them and flags (enum
 * ut_pmm_flag) alone.  0: the list is wrong.  Cost: R * R. */
size_t ut_pmm_size(const struct ut_region *regions, uint32_t count,
                   unsigned flags);

/* Makes a map of `count' regions, all of it free, in `memory' (a multiple of
 * 8), which the map owns from now on; *pmm is its start.  A region below a page
 * is left out.  UT_EINVAL: memory too small (fault: bytes wanted, available),
 * no region, size_bits outside 4..63.  UT_EALIGN: memory or a base (fault:
 * which).  UT_EBUSY: two regions overlap (fault: where).
 * Cost: bytes of memory, and R * R. */
ut_err_t ut_pmm_init(void *memory, size_t bytes,
                     const struct ut_region *regions, uint32_t count,
                     unsigned flags, struct ut_pmm **pmm,
                     struct ut_fault *fault);

/* ---- Blocks ---------------------------------------------------------------
 *
 * fault may be NULL.  A call that fails has changed nothing.
 */

/* Takes req->count << req->size_bits bytes, rounded up to pages, in one piece
 * for `owner'.  `count' greater than 1 is a run: it begins at a multiple of the
 * power of two at or above its length, what lies behind it stays free.  An
 * alignment above the size counts as size while searching.  min, max at will,
 * max == min + bytes - 1: exactly there, any page.  blk: {address, count,
 * size_bits} as asked.
 * UT_EINVAL: size, count or class out of range.  UT_EALIGN:
 * exact address and alignment contradict.  UT_ERANGE: nothing of that kind
 * (UT_DEVICE or not) in min..max, for an exact address: not all of it.
 * UT_EBUSY: exact address taken.  UT_ENOMEM: fewer bytes free.  UT_EFRAG: no
 * free block of that shape in that range.
 * Cost: constant + log R; above a GiB: and the GiBs of the block; an exact
 * address: and the nodes that the block touches. */
ut_err_t ut_pmm_alloc(struct ut_pmm *pmm, const struct ut_req *req,
                      ut_owner_t owner, struct ut_blk *blk,
                      struct ut_fault *fault);

/* Where ut_pmm_alloc() would put it now; the same errors and cost. */
ut_err_t ut_pmm_find(const struct ut_pmm *pmm, const struct ut_req *req,
                     struct ut_blk *blk, struct ut_fault *fault);

/* ut_pmm_alloc() of exactly this block, RAM or device, class as given. */
ut_err_t ut_pmm_alloc_at(struct ut_pmm *pmm, const struct ut_blk *blk,
                         ut_owner_t owner, uint16_t cls,
                         struct ut_fault *fault);

/* Gives a block back.  owner UT_OWNER_NONE: whoever's; else it must be the
 * block's, if there are tags.
 * UT_EALIGN: no page.  UT_ERANGE: not managed.  UT_EBUSY: no block begins there
 * (fault.owner UT_OWNER_NONE: it is free; else whose block it lies in, with
 * fault.address where that begins), or not the owner's.  UT_EINVAL: another
 * size (fault.available: the right one).
 * Cost: constant + log R; a run: and the nodes that it touches. */
ut_err_t ut_pmm_free(struct ut_pmm *pmm, const struct ut_blk *blk,
                     ut_owner_t owner, struct ut_fault *fault);

/* Checks as ut_pmm_free() does, and gives the block to another owner; it stays
 * in the chunk it is in. */
ut_err_t ut_pmm_set_owner(struct ut_pmm *pmm, const struct ut_blk *blk,
                          ut_owner_t owner, ut_owner_t new_owner,
                          struct ut_fault *fault);

/* Takes all managed pages that lie in first..last (bytes, inclusive), one block
 * a region, RAM and device.  UT_EBUSY: one of them is taken (fault: which).
 * UT_EINVAL: last < first.  UT_ERANGE: none is managed.
 * Cost: R and the nodes in the range. */
ut_err_t ut_pmm_reserve_range(struct ut_pmm *pmm, uint64_t first, uint64_t last,
                              ut_owner_t owner, struct ut_fault *fault);

/* ---- Looking --------------------------------------------------------------
 */

/* The block, or the free memory, that contains this byte; its neighbours are
 * at base - 1 and base + bytes.  False: not managed.
 * Cost: the nodes that it touches. */
bool ut_pmm_lookup(const struct ut_pmm *pmm, uint64_t paddr,
                   struct ut_pmm_area *area);

/* Walk: the first block or free memory that ends behind byte `from', in the
 * order of addresses.  Go on at base + bytes, until that is 0 or the answer is
 * false.  Cost: R, and the nodes that the area touches. */
bool ut_pmm_next(const struct ut_pmm *pmm, uint64_t from,
                 struct ut_pmm_area *area);

/* The first block of this owner at or behind byte *from, looking through
 * `budget' chunks at most.  UT_OK: *area, and *from is behind it.  UT_EAGAIN:
 * budget used up, go on at *from.  UT_ERANGE: no more, or no tags. */
ut_err_t ut_pmm_next_owned(const struct ut_pmm *pmm, uint64_t *from,
                           ut_owner_t owner, uint32_t budget,
                           struct ut_pmm_area *area);

/* Cost: chunks. */
void ut_pmm_stats(const struct ut_pmm *pmm, struct ut_pmm_stats *stats);

/* NULL, or what is wrong with the map.  Cost: pages. */
const char *ut_pmm_check(const struct ut_pmm *pmm);

#ifdef __cplusplus
}
#endif
#endif
