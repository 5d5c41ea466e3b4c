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
 * untyped.h.  At most 64 CNodes of lookup, fanout slots, 5(W + 1) visits. */
enum error untyped_decode_retype(struct kernel *k, const struct invocation *inv,
                                 struct retype *t, struct reply *err);
enum error untyped_decode_retype_whole(struct kernel *k,
                                       const struct invocation *inv,
                                       struct retype *t, struct reply *err);
enum error untyped_decode_retype_at(struct kernel *k,
                                    const struct invocation *inv,
                                    struct retype *t, struct reply *err);

/* Is slot i an embryo of t's type and size, made from the region of t's
 * untyped, which is the last one before it in its list, or the innermost around
 * it (R8)?  No visit where it is another region's; else W + 1. */
bool untyped_is_matching_embryo(struct kernel *k, const struct retype *t,
                                slotno_t i);

/* Performs it; cannot fail.  False: an interrupt came after some chunk; every
 * invariant holds, and the same call goes on. */
bool untyped_commit_retype(struct kernel *k, const struct retype *t);
#endif
