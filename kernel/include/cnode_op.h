/* SPDX-License-Identifier: BSD-2-Clause */
/* What the decoding of a CNode operation hands to its commit. */
#ifndef FALLOW_CNODE_OP_H
#define FALLOW_CNODE_OP_H
#include "invoke.h"

struct cnode_op {
    uint64_t label; /* one of LABEL_CNODE_* */
    slotno_t dest;
    slotno_t source;      /* Copy to Rotate; SaveCaller: the caller slot */
    slotno_t pivot;       /* Rotate */
    struct cap cap;       /* what dest gets; Rotate: what pivot gets; else
                           * what dest holds */
    struct cap pivot_cap; /* Rotate: what dest gets */
};

/* Checks a CNode operation and changes nothing: the errors of cnode.h. */
enum error cnode_decode(struct kernel *k, const struct invocation *inv,
                        struct cnode_op *op, struct reply *err);
#endif
