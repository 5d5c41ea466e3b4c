/* SPDX-License-Identifier: BSD-2-Clause */
/* What to do next: mostly what a program would, with arguments that fit the
 * state; now and then something that is wrong in one place. */
#include "lockstep_choose.h"
#include "objects.h"

#include <string.h>

/* ---- Other calls on untypeds ---- */

static void query(struct chooser *c, uint64_t label)
{
    const struct spec_cap *u = choose_cap_(c, SPEC_UNTYPED);
    uint64_t bits;

    if (!u)
        return;
    bits = choose_one_in_(c, 3) ? u->bits : 4 + choose_below_(c, u->bits);
    c->op->slot = u->slot;
    c->op->label = label;
    if (label == LABEL_UNTYPED_NEXT)
        choose_words_(c->op, 1, (uint64_t[]){choose_offset_(c, u, 0)});
    if (label == LABEL_UNTYPED_REVOKE_AT)
        choose_words_(c->op, 2, (uint64_t[]){choose_offset_(c, u, bits), bits});
}

/* ---- Calls on CNodes ---- */

/* Rarely the root CNode's own capability, which ends the run, or a boot
 * untyped, after which there is less to do. */
static uint32_t used_slot(struct chooser *c)
{
    const struct spec_cap *cap = choose_cap_(c, SPEC_EMPTY);

    if (!cap)
        return 0;
    if (cap->slot == MACHINE_ROOT && !choose_one_in_(c, 100))
        return MACHINE_ROOT + 1;
    if (cap->type == SPEC_UNTYPED && cap->slot >= MACHINE_UNTYPED &&
        cap->slot < MACHINE_UNTYPED + MACHINE_UNTYPEDS &&
        !choose_one_in_(c, 20))
        return choose_free_slot_(c) + 1;
    return cap->slot;
}

static void one_slot(struct chooser *c, uint64_t label, uint32_t slot)
{
    struct address a = choose_address_(c, slot);

    c->op->slot = a.root;
    c->op->label = label;
    choose_words_(c->op, 2, (uint64_t[]){a.index, a.depth});
}

static void revoke(struct chooser *c)
{
    static const uint8_t types[] = {SPEC_UNTYPED, SPEC_ENDPOINT,
                                    SPEC_NOTIFICATION, SPEC_EMPTY};
    const struct spec_cap *cap = choose_cap_(c, types[choose_below_(c, 4)]);

    one_slot(c, LABEL_CNODE_REVOKE, cap ? cap->slot : used_slot(c));
}

/* Where a capability goes; that to a CNode often into a CNode, which may be
 * its own, and there into slot 0, where zombies go. */
static uint32_t slot_for(struct chooser *c, uint32_t from)
{
    size_t i = spec_find(c->s, from);
    const struct spec_cap *cap, *holder;

    if (i == SPEC_NO_CAP || choose_one_in_(c, 2))
        return choose_free_slot_(c);
    cap = &c->s->caps[i];
    if (cap->type != SPEC_CNODE)
        return choose_free_slot_(c);
    holder = choose_one_in_(c, 3) ? cap : choose_cap_(c, SPEC_CNODE);
    return spec_first_slot(holder) +
           (choose_one_in_(c, 2)
                ? 0
                : (uint32_t)choose_below_(c, spec_slot_count(holder)));
}

static void two_slots(struct chooser *c, uint64_t label)
{
    static const uint64_t rights[] = {15, 15, 15, 7, 3, 2, 1, 0, ~0ul};
    static const uint64_t data[] = {0, 1, 1, 1, 0x41, 0x3d, 0x1c2, 60, ~0ul};
    uint32_t from = choose_one_in_(c, 20) ? choose_free_slot_(c) : used_slot(c);
    struct address source = choose_address_(c, from);
    struct address dest = choose_address_(
        c, choose_one_in_(c, 20) ? used_slot(c) : slot_for(c, from));
    uint64_t word = rights[choose_below_(c, 9)];

    c->op->slot = dest.root;
    c->op->label = label;
    c->op->cap_count = 1;
    c->op->cap[0] = source.root;
    if (label == LABEL_CNODE_MUTATE)
        word = data[choose_below_(c, 9)];
    choose_words_(c->op, 6,
                  (uint64_t[]){dest.index, dest.depth, source.index,
                               source.depth, word, data[choose_below_(c, 9)]});
    c->op->length = label == LABEL_CNODE_MINT   ? 6
                    : label == LABEL_CNODE_MOVE ? 4
                                                : 5;
}

static void rotate(struct chooser *c)
{
    uint32_t from = used_slot(c), over = used_slot(c);
    struct address source = choose_address_(c, from);
    struct address pivot = choose_address_(c, over);
    struct address dest =
        choose_address_(c, choose_one_in_(c, 2) ? from : choose_free_slot_(c));

    c->op->slot = dest.root;
    c->op->label = LABEL_CNODE_ROTATE;
    c->op->cap_count = 2;
    c->op->cap[0] = pivot.root;
    c->op->cap[1] = source.root;
    choose_words_(c->op, 8,
                  (uint64_t[]){dest.index, dest.depth, choose_below_(c, 3),
                               pivot.index, pivot.depth, choose_below_(c, 3),
                               source.index, source.depth});
}

static void save_caller(struct chooser *c)
{
    const struct spec_cap *tcb = choose_cap_(c, SPEC_TCB);
    const struct spec_cap *reply = choose_cap_(c, SPEC_REPLY);

    one_slot(c, LABEL_CNODE_SAVE_CALLER, choose_free_slot_(c));
    if (tcb)
        c->op->caller = spec_first_slot(tcb) + TCB_CALLER;
    if (reply && !(reply->flags & SPEC_MASTER))
        c->op->caller = reply->slot;
}

/* ---- What happens outside calls ---- */

static void outside(struct chooser *c)
{
    const struct spec_cap *cap = NULL, *tcb = choose_cap_(c, SPEC_TCB);
    uint32_t irq_count = c->ls->machine.irq_count;

    c->op->kind = (uint8_t)(OP_WRITE + choose_below_(c, OP_KINDS - OP_WRITE));
    c->op->cap[0] = choose_free_slot_(c);
    switch (c->op->kind) {
    case OP_WRITE:
        cap = choose_cap_(c, SPEC_FRAME);
        break;
    case OP_START:
        cap = tcb;
        break;
    case OP_REPLY:
        cap = tcb;
        tcb = choose_cap_(c, SPEC_TCB);
        if (tcb && !choose_one_in_(c, 3))
            c->op->cap[0] = spec_first_slot(tcb) + TCB_CALLER;
        break;
    case OP_BIND:
        cap = choose_cap_(c, choose_one_in_(c, 2) ? SPEC_CNODE : SPEC_EMPTY);
        if (tcb)
            c->op->cap[0] =
                spec_first_slot(tcb) + (uint32_t)choose_below_(c, 2) * 4;
        if (irq_count != 0 && choose_one_in_(c, 3)) {
            cap = choose_cap_(c, SPEC_NOTIFICATION);
            c->op->cap[0] = c->ls->machine.irq_slots +
                            (uint32_t)choose_below_(c, irq_count);
        }
        break;
    default:
        cap = choose_cap_(c, SPEC_IRQ_CONTROL);
        c->op->mr[0] = choose_below_(c, irq_count + 1);
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

    switch (choose_below_(c, 5)) {
    case 0:
        op->length = (uint32_t)choose_below_(c, op->length + 1);
        break;
    case 1:
        if (op->cap_count > 0)
            op->cap_count = (uint8_t)choose_below_(c, op->cap_count);
        break;
    case 2: { /* another capability */
        const struct spec_cap *cap = choose_cap_(c, SPEC_EMPTY);
        uint32_t slot =
            choose_one_in_(c, 3) || !cap ? choose_free_slot_(c) : cap->slot;

        if (op->cap_count == 0 || choose_one_in_(c, 3))
            op->slot = slot;
        else
            op->cap[choose_below_(c, op->cap_count)] = slot;
        break;
    }
    case 3:
        op->label = choose_one_in_(c, 2)
                        ? choose_below_(c, 41)
                        : LABEL_UNTYPED_RETYPE_AT + choose_below_(c, 7);
        break;
    default:
        if (op->length > 0) {
            uint64_t *word = &op->mr[choose_below_(c, op->length)];

            *word = choose_one_in_(c, 3)
                        ? *word + 1 - 2 * choose_below_(c, 2)
                        : odd[choose_below_(c, sizeof odd / sizeof odd[0])];
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
    op->preempt_in =
        (uint16_t)(choose_one_in_(c, 2) ? 1 + choose_below_(c, 2) : 0);
    if (choose_one_in_(c, 2))
        return;
    switch (choose_below_(c, 6)) {
    case 0:
        op->mr[5] = 1 + choose_below_(c, 4); /* another count */
        break;
    case 1:
        op->mr[4] += 1 - 2 * choose_below_(c, 2); /* another window */
        break;
    case 2:
        op->mr[0] = choose_below_(c, c->ls->machine.object_types);
        break;
    case 3:
        op->mr[6] = choose_below_(c, 64) << choose_below_(c, 12);
        break;
    case 4: /* another generation: all take the same words */
        if (op->label == LABEL_UNTYPED_RETYPE_AT) {
            op->label = choose_one_in_(c, 2) ? LABEL_UNTYPED_RETYPE
                                             : LABEL_UNTYPED_RETYPE_WHOLE;
        }
        break;
    default:
        u = choose_cap_(c, SPEC_UNTYPED);
        if (u)
            op->slot = u->slot;
        break;
    }
}

static void call(struct chooser *c)
{
    uint64_t n = choose_below_(c, 100);

    if (c->s->count > c->g->caps_max)
        n = 45 + choose_below_(c, 25); /* make room */
    if (n < 15)
        choose_retype_(c, LABEL_UNTYPED_RETYPE);
    else if (n < 34)
        choose_retype_(c, LABEL_UNTYPED_RETYPE_AT);
    else if (n < 39)
        choose_retype_(c, LABEL_UNTYPED_RETYPE_WHOLE);
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
    if (g->is_pending && !choose_one_in_(&c, 3)) {
        again(&c);
        return;
    }
    if (choose_one_in_(&c, 20)) {
        outside(&c);
        return;
    }
    call(&c);
    if (choose_one_in_(&c, 12))
        spoil(&c);
    if (choose_one_in_(&c, 2))
        op->preempt_in =
            (uint16_t)(1 + choose_below_(&c, choose_one_in_(&c, 4) ? 40 : 3));
}
