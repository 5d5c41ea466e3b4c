/* SPDX-License-Identifier: BSD-2-Clause */
#include "lockstep_choose.h"

#include <string.h>

uint64_t choose_below_(struct chooser *c, uint64_t bound)
{
    return c->g->choices.below(c->g->choices.context, bound);
}

bool choose_one_in_(struct chooser *c, uint64_t n)
{
    return choose_below_(c, n) == 0;
}

/* A capability of this type, SPEC_EMPTY: of any; NULL: there is none. */
const struct spec_cap *choose_cap_(struct chooser *c, uint8_t type)
{
    size_t count = 0, nth;

    for (size_t i = 0; i < c->s->count; i++)
        count += type == SPEC_EMPTY || c->s->caps[i].type == type;
    if (count == 0)
        return NULL;
    nth = choose_below_(c, count);
    for (size_t i = 0;; i++)
        if (type == SPEC_EMPTY || c->s->caps[i].type == type)
            if (nth-- == 0)
                return &c->s->caps[i];
}

/* A CNode that has a capability, the root more often than others. */
static const struct spec_cap *any_cnode(struct chooser *c)
{
    size_t root = spec_find(c->s, MACHINE_ROOT);

    if (!choose_one_in_(c, 3) && root != SPEC_NO_CAP &&
        c->s->caps[root].type == SPEC_CNODE)
        return &c->s->caps[root];
    return choose_cap_(c, SPEC_CNODE);
}

/* The CNode through which a slot can be addressed. */
const struct spec_cap *choose_cnode_of_(const struct spec *s, uint32_t slot)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->caps[i].type == SPEC_CNODE &&
            slot >= spec_first_slot(&s->caps[i]) &&
            slot - spec_first_slot(&s->caps[i]) < spec_slot_count(&s->caps[i]))
            return &s->caps[i];
    return NULL;
}

/* A free slot of some CNode, after a few tries; else any slot of it. */
uint32_t choose_free_slot_(struct chooser *c)
{
    const struct spec_cap *cnode = any_cnode(c);
    uint32_t first, count, slot = 0;

    if (!cnode)
        return 0;
    first = spec_first_slot(cnode);
    count = spec_slot_count(cnode);
    for (unsigned tries = 0; tries < 8; tries++) {
        slot = first + (uint32_t)choose_below_(c, count);
        if (spec_find(c->s, slot) == SPEC_NO_CAP)
            return slot;
    }
    for (uint32_t i = 0; i < count; i++)
        if (spec_find(c->s, first + i) == SPEC_NO_CAP)
            return first + i;
    return slot;
}

/* How to name a slot: through a CNode that holds it, and sometimes through
 * one that holds that CNode's capability. */
struct address choose_address_(struct chooser *c, uint32_t slot)
{
    const struct spec_cap *cnode = choose_cnode_of_(c->s, slot), *outer;
    struct address a = {MACHINE_ROOT, slot, WORD_BITS};
    uint64_t radix;

    if (!cnode)
        return a;
    radix = cnode->bits - SLOT_BITS;
    a.root = cnode->slot;
    a.depth = cnode->guard_bits + radix;
    a.index = slot - spec_first_slot(cnode);
    if (radix < WORD_BITS)
        a.index |= cnode->value << radix;
    outer = choose_cnode_of_(c->s, cnode->slot);
    if (outer && outer != cnode && choose_one_in_(c, 2)) {
        uint64_t outer_radix = outer->bits - SLOT_BITS;
        uint64_t outer_depth = outer->guard_bits + outer_radix;

        if (a.depth + outer_depth <= WORD_BITS) {
            uint64_t high = cnode->slot - spec_first_slot(outer);

            high |= outer->value << outer_radix;
            a.index |= high << a.depth;
            a.depth += outer_depth;
            a.root = outer->slot;
        }
    }
    return a;
}

void choose_words_(struct lockstep_op *op, uint32_t count,
                   const uint64_t *words)
{
    op->length = count;
    memcpy(op->mr, words, count * sizeof *words);
}
