/* SPDX-License-Identifier: BSD-2-Clause */
/* Retype in all its generations, with arguments that mostly fit. */
#include "lockstep_choose.h"
#include "objects.h"

static uint64_t size_bits_for(struct chooser *c, uint64_t type,
                              const struct spec_cap *u)
{
    if (type == OBJECT_CNODE)
        return 1 + choose_below_(c, choose_one_in_(c, 8) ? 7 : 3);
    if (type != OBJECT_UNTYPED)
        return choose_one_in_(c, 16) ? choose_below_(c, 66) : 0;
    if (choose_one_in_(c, 4))
        return u->bits; /* as large as its parent */
    return c->ls->machine.untyped_bits_min + choose_below_(c, 16) % u->bits;
}

/* log2 of the object's bytes; may be more than any untyped has. */
static uint64_t object_size(struct chooser *c, uint64_t type,
                            uint64_t size_bits)
{
    uint64_t bits = c->ls->machine.objects[type].bits;

    if (type == OBJECT_UNTYPED || type == OBJECT_CNODE)
        bits += size_bits;
    return bits;
}

/* Somewhere in the untyped: at a multiple of the object's size, often near
 * the watermark or beside something that is there. */
uint64_t choose_offset_(struct chooser *c, const struct spec_cap *u,
                        uint64_t bits)
{
    const struct spec_cap *other = choose_cap_(c, SPEC_EMPTY);
    uint64_t size = UINT64_C(1) << (bits < 63 ? bits : 63), offset;

    switch (choose_below_(c, 8)) {
    case 0:
        offset = u->value;
        break;
    case 1:
        offset = u->value - size;
        break;
    case 2:
        offset = other->base - u->base;
        break;
    case 3:
        offset = other->base - u->base + (UINT64_C(1) << other->bits);
        break;
    case 4:
        return choose_below_(c, 4)
               << choose_below_(c, 64); /* aligned or not, in or out */
    default:
        offset = choose_below_(c, UINT64_C(1) << u->bits);
        break;
    }
    return offset / size * size;
}

/* A run of blocks that begins and ends beside something. */
static void run_around(struct chooser *c, const struct spec_cap *u,
                       uint64_t bits)
{
    const struct spec_cap *other = choose_cap_(c, SPEC_EMPTY);
    uint64_t beside = 1 + choose_below_(c, 3), at = other->base - u->base;

    if (bits > u->bits || other->bits > u->bits)
        return;
    at = at >> bits << bits;
    c->op->mr[5] =
        2 * beside +
        (other->bits > bits ? UINT64_C(1) << (other->bits - bits) : 1);
    c->op->mr[6] = at - (beside << bits);
}

/* Free slots in a row from this one on, in its CNode. */
static uint64_t free_run(struct chooser *c, const struct spec_cap *cnode,
                         uint64_t from, uint64_t most)
{
    uint64_t n = 0;

    while (n < most && from + n < spec_slot_count(cnode) &&
           spec_find(c->s, spec_first_slot(cnode) + (uint32_t)(from + n)) ==
               SPEC_NO_CAP)
        n++;
    return n;
}

static uint64_t count_for(struct chooser *c, uint64_t free)
{
    uint64_t fanout = c->ls->machine.fanout;

    if (free == 0 || choose_one_in_(c, 24))
        return choose_below_(c, fanout + 2);
    if (free > fanout)
        free = fanout;
    switch (choose_below_(c, 8)) {
    case 0:
        return free;
    case 1:
        return 1 + choose_below_(c, free);
    case 2:
    case 3:
        return 1 + choose_below_(c, free < 6 ? free : 6);
    default:
        return 1;
    }
}

/* The place of an embryo, to resume or to run into. */
static const struct spec_cap *any_embryo(struct chooser *c)
{
    return choose_one_in_(c, 4) ? choose_cap_(c, SPEC_EMBRYO) : NULL;
}

void choose_retype_(struct chooser *c, uint64_t label)
{
    const struct spec_cap *u = choose_cap_(c, SPEC_UNTYPED), *cnode, *embryo;
    struct lockstep_op *op = c->op;
    uint64_t type = choose_below_(c, c->ls->machine.object_types);
    uint64_t size_bits, depth = 0, index = 0, from;
    uint32_t slot = choose_free_slot_(c);

    if (!u)
        return;
    if (label == LABEL_UNTYPED_RETYPE_AT && choose_one_in_(c, 3))
        type = 5; /* the largest frame: most to clear */
    if ((u->flags & SPEC_DEVICE) && !choose_one_in_(c, 4))
        type = choose_below_(c, 2) ? OBJECT_UNTYPED : 5 + choose_below_(c, 3);
    size_bits = size_bits_for(c, type, u);
    embryo = any_embryo(c);
    if (embryo) {
        type = embryo->target;
        if (type == OBJECT_CNODE)
            size_bits = embryo->bits - SLOT_BITS;
        slot = embryo->slot - (choose_one_in_(c, 3) ? 1 : 0);
    }
    cnode = choose_cnode_of_(c->s, slot);
    if (!cnode)
        return;
    op->slot = u->slot;
    op->label = label;
    op->cap_count = 1;
    op->cap[0] = cnode->slot;
    if (choose_one_in_(c, 2)) { /* the CNode by its own address */
        struct address a = choose_address_(c, cnode->slot);

        op->cap[0] = a.root;
        index = a.index;
        depth = a.depth;
    }
    from = slot - spec_first_slot(cnode);
    choose_words_(
        op, 7,
        (uint64_t[]){type, size_bits, index, depth, from,
                     count_for(c, free_run(c, cnode, from, 256)),
                     choose_offset_(c, u, object_size(c, type, size_bits))});
    if (label == LABEL_UNTYPED_RETYPE_AT && choose_one_in_(c, 6))
        run_around(c, u, object_size(c, type, size_bits));
    if (label == LABEL_UNTYPED_RETYPE)
        op->length = 6;
    if (label == LABEL_UNTYPED_RETYPE_WHOLE) {
        op->length = 5;
        if (type == OBJECT_UNTYPED && u->bits >= 4 && !choose_one_in_(c, 4))
            op->mr[1] = u->bits - choose_below_(c, 4);
    }
}
