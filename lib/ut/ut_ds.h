/* SPDX-License-Identifier: BSD-2-Clause */
/* Layer 5: dataspaces.  Memory for somebody to map, in frames.
 *
 *   dataspace, bytes rounded up to pages
 *   | 2 MiB frame | 2 MiB frame | 4 KiB x n, back to back | 4 KiB x m |
 *   '- piece 0 ---'- piece 1 ---'- piece 2 ---------------'- piece 3 -'
 *
 * A piece is one block of the account's, its frames in consecutive slots.
 * The record lies in the account's metadata and is charged with it.
 */
#ifndef UT_DS_H
#define UT_DS_H
#include "ut.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ut_ds;

struct ut_ds_req {
    uint64_t bytes;     /* 1 .. */
    uint64_t min, max;  /* as in struct ut_req */
    uint8_t align_bits; /* with UT_CONTIG: of the first byte */
    uint8_t flags;      /* UT_CONTIG: one piece; UT_PREFER_HUGE; UT_DEVICE */
    uint16_t cls;
};

/* Frames for `bytes' into slots of `slots', which must outlive the dataspace.
 * Errors as ut_alloc's; UT_ESLOT: slots are used up.  Then nothing has
 * changed.  A kernel call for each `fanout' frames of a piece. */
ut_err_t ut_ds_alloc(struct ut_acct *acct, const struct ut_ds_req *req,
                     struct ut_slots *slots, struct ut_ds **ds,
                     struct ut_fault *fault);

/* Maps all of it, from `address' on.  Page tables must be there.  UT_EINVAL:
 * attached already, or ops->map is NULL; UT_EALIGN: the address; UT_EKERNEL:
 * what was mapped is not any more.  A call a frame. */
ut_err_t ut_ds_attach(struct ut_ds *ds, uint64_t vspace, uint64_t address,
                      uint64_t rights, struct ut_fault *fault);
ut_err_t ut_ds_detach(struct ut_ds *ds, struct ut_fault *fault);

/* Frames, slots and record are free; mappings go with the frames.  When it
 * fails with UT_EKERNEL the rest is still a dataspace: call again. */
ut_err_t ut_ds_free(struct ut_ds *ds, struct ut_fault *fault);

/* It becomes another account's, as it is.  Mappings and copies of its
 * capabilities stay (keep_copies), or copies die: then it must not be attached
 * (UT_EINVAL).  UT_EQUOTA, UT_ECAPQUOTA of `to', UT_EKERNEL:
 * nothing has changed. */
ut_err_t ut_ds_transfer(struct ut_ds **ds, struct ut_acct *to, bool keep_copies,
                        struct ut_fault *fault);

uint64_t ut_ds_bytes(const struct ut_ds *ds);
/* The frame that holds byte `offset': its cptr, address and size_bits. */
ut_err_t ut_ds_frame(const struct ut_ds *ds, uint64_t offset_bytes,
                     uint64_t *cptr, struct ut_blk *frame);

#ifdef __cplusplus
}
#endif
#endif
