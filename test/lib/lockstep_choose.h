/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files that generate operations share: choices, and what there is to
 * choose from in a state. */
#ifndef FALLOW_LOCKSTEP_CHOOSE_H
#define FALLOW_LOCKSTEP_CHOOSE_H
#include "lockstep_ops.h"

struct chooser {
    struct lockstep_generator *g;
    const struct lockstep *ls;
    const struct spec *s;
    struct lockstep_op *op;
};

struct address {
    uint32_t root; /* slot of the CNode's capability */
    uint64_t index, depth;
};

/* 0 .. bound - 1; true once in n times. */
uint64_t choose_below_(struct chooser *c, uint64_t bound);
bool choose_one_in_(struct chooser *c, uint64_t n);

/* A capability of this type, SPEC_EMPTY: of any; NULL: there is none. */
const struct spec_cap *choose_cap_(struct chooser *c, uint8_t type);

/* The CNode through which a slot can be addressed, or NULL. */
const struct spec_cap *choose_cnode_of_(const struct spec *s, uint32_t slot);

/* A free slot of some CNode, after a few tries; else any slot of it. */
uint32_t choose_free_slot_(struct chooser *c);

/* How to name a slot: through a CNode that holds it, and sometimes through
 * one that holds that CNode's capability. */
struct address choose_address_(struct chooser *c, uint32_t slot);

void choose_words_(struct lockstep_op *op, uint32_t count,
                   const uint64_t *words);

/* lockstep_retype.c: one of the three Retypes; an offset that suits objects
 * of 2^bits bytes. */
void choose_retype_(struct chooser *c, uint64_t label);
uint64_t choose_offset_(struct chooser *c, const struct spec_cap *u,
                        uint64_t bits);
#endif
