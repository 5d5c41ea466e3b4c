/* SPDX-License-Identifier: BSD-2-Clause */
/* The record of a dataspace, in extents of its account's metadata.
 *
 *   ut_ds | first piece | more --> | 3 pieces | next --> | 3 pieces | 0
 *                                   the last ones         2nd to 4th
 *
 * Invariant: `count' pieces are there; every extent but the first of the chain
 * is full.
 */
#ifndef UT_DS_INT_H
#define UT_DS_INT_H
#include "ut_ds.h"
#include "ut_int.h"

/* Frames back to back in consecutive slots. */
struct ut_piece {
    uint64_t place; /* address, and in its low 12 bits a frame's size_bits */
    uint32_t count;
    uint32_t slot;
};

#define MORE_PIECES 3u

struct ut_more {
    struct ut_more *next;
    struct ut_piece pieces[MORE_PIECES];
};

struct ut_ds {
    struct ut_acct *acct;
    struct ut_slots *slots;
    struct ut_more *more; /* the extent with the last pieces first */
    uint64_t bytes;
    struct ut_piece first;
    uint32_t count; /* pieces */
    bool is_attached;
};
_Static_assert(sizeof(struct ut_ds) <= UT_EXTENT_BYTES &&
                   sizeof(struct ut_more) <= UT_EXTENT_BYTES,
               "records of dataspaces");

/* Piece i, counted from the last one: O(pieces). */
struct ut_piece *ut_ds_piece_(struct ut_ds *ds, uint32_t i);
struct ut_blk ut_piece_block_(const struct ut_piece *p);
#endif
