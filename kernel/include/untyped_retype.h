/* SPDX-License-Identifier: BSD-2-Clause */
/* What the decoding of a retype, of any generation, hands to its commit.
 *
 *   decode --> struct retype --> reset? --> dirty <= chunk? --> create
 *                  |                              | no
 *                  | resume                       v
 *                  '------------------------> embryos: planted at once,
 *                                             cleaned chunk by chunk
 */
#ifndef FALLOW_UNTYPED_RETYPE_H
#define FALLOW_UNTYPED_RETYPE_H
#include "invoke.h"

struct retype {
    slotno_t untyped;
    slotno_t first;  /* first destination slot; the others follow */
    uint64_t count;  /* objects, 1 .. fanout */
    uint64_t offset; /* of the first object, bytes into the untyped */
    slotno_t below;  /* where a single object hangs (regions.h), or SLOT_NIL
                       * if nobody has looked */
    uint8_t type;    /* object type number */
    uint8_t bits;    /* log2 of an object's bytes */
    bool reset;      /* the untyped has no children: clear it first */
    bool resume;     /* the window holds embryos of a call like this (R8) */
};

/* Checks a Retype, RetypeWhole or RetypeAt and changes nothing: the errors of
 * untyped.h.  At most 64 CNodes of lookup, fanout slots, 5(W + 1) visits; in a
 * window of embryos of other untypeds inside this one 2(W + 1) each time that
 * the untyped is another than that of the embryo before. */
enum error untyped_decode_retype(struct kernel *k, const struct invocation *inv,
                                 struct retype *t, struct reply *err);
enum error untyped_decode_retype_whole(struct kernel *k,
                                       const struct invocation *inv,
                                       struct retype *t, struct reply *err);
enum error untyped_decode_retype_at(struct kernel *k,
                                    const struct invocation *inv,
                                    struct retype *t, struct reply *err);

/* Is slot i an embryo of t's type and size, whose innermost untyped is t's
 * (R8)?  *foreign, SLOT_NIL at first, is kept for whoever asks about the next
 * slot, while nothing changes: a region inside t's untyped, within which none
 * is.  2(W + 1) visits; in the same foreign region as before none. */
bool untyped_is_matching_embryo(struct kernel *k, const struct retype *t,
                                slotno_t i, slotno_t *foreign);

/* Performs it; cannot fail.  False: an interrupt came after some chunk; every
 * invariant holds, and the same call goes on. */
bool untyped_commit_retype(struct kernel *k, const struct retype *t);
#endif
