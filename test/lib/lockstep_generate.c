/* SPDX-License-Identifier: BSD-2-Clause */
/* What to do next: mostly what a program would, with arguments that fit the
 * state; now and then something that is wrong in one place. */
#include "lockstep_ops.h"
#include "objects.h"

#include <string.h>

struct chooser {
    struct lockstep_generator *g;
    const struct lockstep *ls;
    const struct spec *s;
    struct lockstep_op *op;
};

static uint64_t below(struct chooser *c, uint64_t bound)
{
    return c->g->choices.below(c->g->choices.context, bound);
}

static bool one_in(struct chooser *c, uint64_t n)
{
    return below(c, n) == 0;
}

/* A capability of this type, SPEC_EMPTY: of any; NULL: there is none. */
static const struct spec_cap *any_cap(struct chooser *c, uint8_t type)
{
    size_t count = 0, nth;

    for (size_t i = 0; i < c->s->count; i++)
        count += type == SPEC_EMPTY || c->s->caps[i].type == type;
    if (count == 0)
        return NULL;
    nth = below(c, count);
    for (size_t i = 0;; i++)
        if (type == SPEC_EMPTY || c->s->caps[i].type == type)
            if (nth-- == 0)
                return &c->s->caps[i];
}

/* A CNode that has a capability, the root more often than others. */
static const struct spec_cap *any_cnode(struct chooser *c)
{
    size_t root = spec_find(c->s, MACHINE_ROOT);

    if (!one_in(c, 3) && root != SPEC_NO_CAP &&
        c->s->caps[root].type == SPEC_CNODE)
        return &c->s->caps[root];
    return any_cap(c, SPEC_CNODE);
}

/* The CNode through which a slot can be addressed. */
static const struct spec_cap *cnode_of(const struct spec *s, uint32_t slot)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->caps[i].type == SPEC_CNODE &&
            slot >= spec_first_slot(&s->caps[i]) &&
            slot - spec_first_slot(&s->caps[i]) < spec_slot_count(&s->caps[i]))
            return &s->caps[i];
    return NULL;
}

/* A free slot of some CNode, after a few tries; else any slot of it. */
static uint32_t free_slot(struct chooser *c)
{
    const struct spec_cap *cnode = any_cnode(c);
    uint32_t first, count, slot = 0;

    if (!cnode)
        return 0;
    first = spec_first_slot(cnode);
    count = spec_slot_count(cnode);
    for (unsigned tries = 0; tries < 8; tries++) {
        slot = first + (uint32_t)below(c, count);
        if (spec_find(c->s, slot) == SPEC_NO_CAP)
            return slot;
    }
    for (uint32_t i = 0; i < count; i++)
        if (spec_find(c->s, first + i) == SPEC_NO_CAP)
            return first + i;
    return slot;
}

struct address {
    uint32_t root; /* slot of the CNode's capability */
    uint64_t index, depth;
};

/* How to name a slot: through a CNode that holds it, and sometimes through
 * one that holds that CNode's capability. */
static struct address address_of(struct chooser *c, uint32_t slot)
{
    const struct spec_cap *cnode = cnode_of(c->s, slot), *outer;
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
    outer = cnode_of(c->s, cnode->slot);
    if (outer && outer != cnode && one_in(c, 2)) {
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

static void set_words(struct lockstep_op *op, uint32_t count,
                      const uint64_t *words)
{
    op->length = count;
    memcpy(op->mr, words, count * sizeof *words);
}

/* ---- Retype ---- */

static uint64_t size_bits_for(struct chooser *c, uint64_t type,
                              const struct spec_cap *u)
{
    if (type == OBJECT_CNODE)
        return 1 + below(c, one_in(c, 8) ? 7 : 3);
    if (type != OBJECT_UNTYPED)
        return one_in(c, 16) ? below(c, 66) : 0;
    if (one_in(c, 4))
        return u->bits; /* as large as its parent */
    return c->ls->machine.untyped_bits_min + below(c, 16) % u->bits;
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
static uint64_t offset_for(struct chooser *c, const struct spec_cap *u,
                           uint64_t bits)
{
    const struct spec_cap *other = any_cap(c, SPEC_EMPTY);
    uint64_t size = UINT64_C(1) << (bits < 63 ? bits : 63), offset;

    switch (below(c, 8)) {
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
        return below(c, 4) << below(c, 64); /* aligned or not, in or out */
    default:
        offset = below(c, UINT64_C(1) << u->bits);
        break;
    }
    return offset / size * size;
}

/* A run of blocks that begins and ends beside something. */
static void run_around(struct chooser *c, const struct spec_cap *u,
                       uint64_t bits)
{
    const struct spec_cap *other = any_cap(c, SPEC_EMPTY);
    uint64_t beside = 1 + below(c, 3), at = other->base - u->base;

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

    if (free == 0 || one_in(c, 24))
        return below(c, fanout + 2);
    if (free > fanout)
        free = fanout;
    switch (below(c, 8)) {
    case 0:
        return free;
    case 1:
        return 1 + below(c, free);
    case 2:
    case 3:
        return 1 + below(c, free < 6 ? free : 6);
    default:
        return 1;
    }
}

/* The place of an embryo, to resume or to run into. */
static const struct spec_cap *any_embryo(struct chooser *c)
{
    return one_in(c, 4) ? any_cap(c, SPEC_EMBRYO) : NULL;
}

static void retype(struct chooser *c, uint64_t label)
{
    const struct spec_cap *u = any_cap(c, SPEC_UNTYPED), *cnode, *embryo;
    struct lockstep_op *op = c->op;
    uint64_t type = below(c, c->ls->machine.object_types);
    uint64_t size_bits, depth = 0, index = 0, from;
    uint32_t slot = free_slot(c);

    if (!u)
        return;
    if (label == LABEL_UNTYPED_RETYPE_AT && one_in(c, 3))
        type = 5; /* the largest frame: most to clear */
    if ((u->flags & SPEC_DEVICE) && !one_in(c, 4))
        type = below(c, 2) ? OBJECT_UNTYPED : 5 + below(c, 3);
    size_bits = size_bits_for(c, type, u);
    embryo = any_embryo(c);
    if (embryo) {
        type = embryo->target;
        if (type == OBJECT_CNODE)
            size_bits = embryo->bits - SLOT_BITS;
        slot = embryo->slot - (one_in(c, 3) ? 1 : 0);
    }
    cnode = cnode_of(c->s, slot);
    if (!cnode)
        return;
    op->slot = u->slot;
    op->label = label;
    op->cap_count = 1;
    op->cap[0] = cnode->slot;
    if (one_in(c, 2)) { /* the CNode by its own address */
        struct address a = address_of(c, cnode->slot);

        op->cap[0] = a.root;
        index = a.index;
        depth = a.depth;
    }
    from = slot - spec_first_slot(cnode);
    set_words(op, 7,
              (uint64_t[]){type, size_bits, index, depth, from,
                           count_for(c, free_run(c, cnode, from, 256)),
                           offset_for(c, u, object_size(c, type, size_bits))});
    if (label == LABEL_UNTYPED_RETYPE_AT && one_in(c, 6))
        run_around(c, u, object_size(c, type, size_bits));
    if (label == LABEL_UNTYPED_RETYPE)
        op->length = 6;
    if (label == LABEL_UNTYPED_RETYPE_WHOLE) {
        op->length = 5;
        if (type == OBJECT_UNTYPED && u->bits >= 4 && !one_in(c, 4))
            op->mr[1] = u->bits - below(c, 4);
    }
}

/* ---- Other calls on untypeds ---- */

static void query(struct chooser *c, uint64_t label)
{
    const struct spec_cap *u = any_cap(c, SPEC_UNTYPED);
    uint64_t bits;

    if (!u)
        return;
    bits = one_in(c, 3) ? u->bits : 4 + below(c, u->bits);
    c->op->slot = u->slot;
    c->op->label = label;
    if (label == LABEL_UNTYPED_NEXT)
        set_words(c->op, 1, (uint64_t[]){offset_for(c, u, 0)});
    if (label == LABEL_UNTYPED_REVOKE_AT)
        set_words(c->op, 2, (uint64_t[]){offset_for(c, u, bits), bits});
}

/* ---- Calls on CNodes ---- */

/* Rarely the root CNode's own capability, which ends the run, or a boot
 * untyped, after which there is less to do. */
static uint32_t used_slot(struct chooser *c)
{
    const struct spec_cap *cap = any_cap(c, SPEC_EMPTY);

    if (!cap)
        return 0;
    if (cap->slot == MACHINE_ROOT && !one_in(c, 100))
        return MACHINE_ROOT + 1;
    if (cap->type == SPEC_UNTYPED && cap->slot >= MACHINE_UNTYPED &&
        cap->slot < MACHINE_UNTYPED + MACHINE_UNTYPEDS && !one_in(c, 20))
        return free_slot(c) + 1;
    return cap->slot;
}

static void one_slot(struct chooser *c, uint64_t label, uint32_t slot)
{
    struct address a = address_of(c, slot);

    c->op->slot = a.root;
    c->op->label = label;
    set_words(c->op, 2, (uint64_t[]){a.index, a.depth});
}

static void revoke(struct chooser *c)
{
    static const uint8_t types[] = {SPEC_UNTYPED, SPEC_ENDPOINT,
                                    SPEC_NOTIFICATION, SPEC_EMPTY};
    const struct spec_cap *cap = any_cap(c, types[below(c, 4)]);

    one_slot(c, LABEL_CNODE_REVOKE, cap ? cap->slot : used_slot(c));
}

/* Where a capability goes; that to a CNode often into a CNode, which may be
 * its own, and there into slot 0, where zombies go. */
static uint32_t slot_for(struct chooser *c, uint32_t from)
{
    size_t i = spec_find(c->s, from);
    const struct spec_cap *cap, *holder;

    if (i == SPEC_NO_CAP || one_in(c, 2))
        return free_slot(c);
    cap = &c->s->caps[i];
    if (cap->type != SPEC_CNODE)
        return free_slot(c);
    holder = one_in(c, 3) ? cap : any_cap(c, SPEC_CNODE);
    return spec_first_slot(holder) +
           (one_in(c, 2) ? 0 : (uint32_t)below(c, spec_slot_count(holder)));
}

static void two_slots(struct chooser *c, uint64_t label)
{
    static const uint64_t rights[] = {15, 15, 15, 7, 3, 2, 1, 0, ~0ul};
    static const uint64_t data[] = {0, 1, 1, 1, 0x41, 0x3d, 0x1c2, 60, ~0ul};
    uint32_t from = one_in(c, 20) ? free_slot(c) : used_slot(c);
    struct address source = address_of(c, from);
    struct address dest =
        address_of(c, one_in(c, 20) ? used_slot(c) : slot_for(c, from));
    uint64_t word = rights[below(c, 9)];

    c->op->slot = dest.root;
    c->op->label = label;
    c->op->cap_count = 1;
    c->op->cap[0] = source.root;
    if (label == LABEL_CNODE_MUTATE)
        word = data[below(c, 9)];
    set_words(c->op, 6,
              (uint64_t[]){dest.index, dest.depth, source.index, source.depth,
                           word, data[below(c, 9)]});
    c->op->length = label == LABEL_CNODE_MINT   ? 6
                    : label == LABEL_CNODE_MOVE ? 4
                                                : 5;
}

static void rotate(struct chooser *c)
{
    uint32_t from = used_slot(c), over = used_slot(c);
    struct address source = address_of(c, from);
    struct address pivot = address_of(c, over);
    struct address dest = address_of(c, one_in(c, 2) ? from : free_slot(c));

    c->op->slot = dest.root;
    c->op->label = LABEL_CNODE_ROTATE;
    c->op->cap_count = 2;
    c->op->cap[0] = pivot.root;
    c->op->cap[1] = source.root;
    set_words(c->op, 8,
              (uint64_t[]){dest.index, dest.depth, below(c, 3), pivot.index,
                           pivot.depth, below(c, 3), source.index,
                           source.depth});
}

static void save_caller(struct chooser *c)
{
    const struct spec_cap *tcb = any_cap(c, SPEC_TCB);
    const struct spec_cap *reply = any_cap(c, SPEC_REPLY);

    one_slot(c, LABEL_CNODE_SAVE_CALLER, free_slot(c));
    if (tcb)
        c->op->caller = spec_first_slot(tcb) + TCB_CALLER;
    if (reply && !(reply->flags & SPEC_MASTER))
        c->op->caller = reply->slot;
}

/* ---- What happens outside calls ---- */

static void outside(struct chooser *c)
{
    const struct spec_cap *cap = NULL, *tcb = any_cap(c, SPEC_TCB);
    uint32_t irq_count = c->ls->machine.irq_count;

    c->op->kind = (uint8_t)(OP_WRITE + below(c, OP_KINDS - OP_WRITE));
    c->op->cap[0] = free_slot(c);
    switch (c->op->kind) {
    case OP_WRITE:
        cap = any_cap(c, SPEC_FRAME);
        break;
    case OP_START:
        cap = tcb;
        break;
    case OP_REPLY:
        cap = tcb;
        tcb = any_cap(c, SPEC_TCB);
        if (tcb && !one_in(c, 3))
            c->op->cap[0] = spec_first_slot(tcb) + TCB_CALLER;
        break;
    case OP_BIND:
        cap = any_cap(c, one_in(c, 2) ? SPEC_CNODE : SPEC_EMPTY);
        if (tcb)
            c->op->cap[0] = spec_first_slot(tcb) + (uint32_t)below(c, 2) * 4;
        if (irq_count != 0 && one_in(c, 3)) {
            cap = any_cap(c, SPEC_NOTIFICATION);
            c->op->cap[0] =
                c->ls->machine.irq_slots + (uint32_t)below(c, irq_count);
        }
        break;
    default:
        cap = any_cap(c, SPEC_IRQ_CONTROL);
        c->op->mr[0] = below(c, irq_count + 1);
        break;
    }
    c->op->slot = cap ? cap->slot : 0;
}

/* ---- Mistakes ---- */

static void spoil(struct chooser *c)
{
    static const uint64_t odd[] = {
        0,      1,         2,   63,       64,        65,
        255,    256,       257, ~0ul,     1ul << 63, (1ul << 63) - 1,
        1 << 4, 1ul << 32, 5,   ~0ul << 4};
    struct lockstep_op *op = c->op;

    switch (below(c, 5)) {
    case 0:
        op->length = (uint32_t)below(c, op->length + 1);
        break;
    case 1:
        if (op->cap_count > 0)
            op->cap_count = (uint8_t)below(c, op->cap_count);
        break;
    case 2: { /* another capability */
        const struct spec_cap *cap = any_cap(c, SPEC_EMPTY);
        uint32_t slot = one_in(c, 3) || !cap ? free_slot(c) : cap->slot;

        if (op->cap_count == 0 || one_in(c, 3))
            op->slot = slot;
        else
            op->cap[below(c, op->cap_count)] = slot;
        break;
    }
    case 3:
        op->label =
            one_in(c, 2) ? below(c, 41) : LABEL_UNTYPED_RETYPE_AT + below(c, 7);
        break;
    default:
        if (op->length > 0) {
            uint64_t *word = &op->mr[below(c, op->length)];

            *word = one_in(c, 3) ? *word + 1 - 2 * below(c, 2)
                                 : odd[below(c, sizeof odd / sizeof odd[0])];
        }
        break;
    }
}

/* The call that was stopped is made again: as it was, or by another caller
 * with something else in it. */
static void again(struct chooser *c)
{
    struct lockstep_op *op = c->op;
    const struct spec_cap *u;

    *op = c->g->pending;
    op->preempt_in = (uint16_t)(one_in(c, 2) ? 1 + below(c, 2) : 0);
    if (one_in(c, 2))
        return;
    switch (below(c, 6)) {
    case 0:
        op->mr[5] = 1 + below(c, 4); /* another count */
        break;
    case 1:
        op->mr[4] += 1 - 2 * below(c, 2); /* another window */
        break;
    case 2:
        op->mr[0] = below(c, c->ls->machine.object_types);
        break;
    case 3:
        op->mr[6] = below(c, 64) << below(c, 12);
        break;
    case 4: /* another generation: all take the same words */
        if (op->label == LABEL_UNTYPED_RETYPE_AT) {
            op->label = one_in(c, 2) ? LABEL_UNTYPED_RETYPE
                                     : LABEL_UNTYPED_RETYPE_WHOLE;
        }
        break;
    default:
        u = any_cap(c, SPEC_UNTYPED);
        if (u)
            op->slot = u->slot;
        break;
    }
}

static void call(struct chooser *c)
{
    uint64_t n = below(c, 100);

    if (c->s->count > c->g->caps_max)
        n = 45 + below(c, 25); /* make room */
    if (n < 15)
        retype(c, LABEL_UNTYPED_RETYPE);
    else if (n < 34)
        retype(c, LABEL_UNTYPED_RETYPE_AT);
    else if (n < 39)
        retype(c, LABEL_UNTYPED_RETYPE_WHOLE);
    else if (n < 41)
        query(c, LABEL_UNTYPED_DESCRIBE);
    else if (n < 45)
        query(c, LABEL_UNTYPED_NEXT);
    else if (n < 49)
        query(c, LABEL_UNTYPED_REVOKE_AT);
    else if (n < 54)
        revoke(c);
    else if (n < 70)
        one_slot(c, LABEL_CNODE_DELETE, used_slot(c));
    else if (n < 80)
        two_slots(c, LABEL_CNODE_COPY);
    else if (n < 86)
        two_slots(c, LABEL_CNODE_MINT);
    else if (n < 91)
        two_slots(c, LABEL_CNODE_MOVE);
    else if (n < 94)
        two_slots(c, LABEL_CNODE_MUTATE);
    else if (n < 97)
        rotate(c);
    else if (n < 99)
        save_caller(c);
    else
        one_slot(c, LABEL_CNODE_CANCEL_BADGED_SENDS, used_slot(c));
}

void lockstep_op_generate(struct lockstep_generator *g,
                          const struct lockstep *ls, struct lockstep_op *op)
{
    struct chooser c = {g, ls, ls->spec, op};

    memset(op, 0, sizeof *op);
    op->caller = SPEC_NO_SLOT;
    if (g->is_pending && !one_in(&c, 3)) {
        again(&c);
        return;
    }
    if (one_in(&c, 20)) {
        outside(&c);
        return;
    }
    call(&c);
    if (one_in(&c, 12))
        spoil(&c);
    if (one_in(&c, 2))
        op->preempt_in = (uint16_t)(1 + below(&c, one_in(&c, 4) ? 40 : 3));
}
