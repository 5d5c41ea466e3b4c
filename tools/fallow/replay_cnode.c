/* SPDX-License-Identifier: BSD-2-Clause */
/* C lines. */
#include "replay_int.h"

#include "objects.h"

#include <stdio.h>

/* Which fields an operation has; the others are 0. */
struct shape {
    bool source; /* src_slot; captype .. extra are the source's */
    bool pivot;
    bool arg1, arg2;
    uint32_t words; /* message registers */
};

static struct shape shape_of(uint64_t op)
{
    switch (op) {
    case LABEL_CNODE_COPY:
        return (struct shape){.source = true, .arg1 = true, .words = 5};
    case LABEL_CNODE_MINT:
        return (struct shape){
            .source = true, .arg1 = true, .arg2 = true, .words = 6};
    case LABEL_CNODE_MOVE:
        return (struct shape){.source = true, .words = 4};
    case LABEL_CNODE_MUTATE:
        return (struct shape){.source = true, .arg1 = true, .words = 5};
    case LABEL_CNODE_ROTATE:
        return (struct shape){.source = true,
                              .pivot = true,
                              .arg1 = true,
                              .arg2 = true,
                              .words = 8};
    default:
        return (struct shape){.words = 2};
    }
}

/* A destination in use is refused before the source is looked for: then the
 * run shows the destination's capability, and no source and arguments. */
static bool is_without_source(const struct trace_cnode *c)
{
    return c->status == ERROR_DELETE_FIRST && c->src_slot == 0 &&
           c->op != LABEL_CNODE_ROTATE;
}

static void expect_unused(struct replay *r, const struct trace_cnode *c,
                          const struct shape *shape)
{
    if (!shape->source)
        replay_expect_number(r, "src_slot", TRACE_HEX, c->src_slot, 0);
    if (!shape->pivot)
        replay_expect_number(r, "pivot_slot", TRACE_HEX, c->pivot_slot, 0);
    if (!shape->arg1)
        replay_expect_number(r, "arg1", TRACE_HEX, c->arg1, 0);
    if (!shape->arg2)
        replay_expect_number(r, "arg2", TRACE_HEX, c->arg2, 0);
}

static bool name_slot(struct replay *r, const char *what, uint64_t slot,
                      struct slot_name *name)
{
    if (replay_name_slot(r, slot, name))
        return true;
    replay_differ_number(r, r->head.number, what, TRACE_HEX, slot, 0);
    return false;
}

/* The caller slot of the thread that saves its caller: the run shows it in
 * the `m' line only. */
static bool find_caller(struct replay *r, slotno_t *caller)
{
    const struct effect *e = r->recorded.item + r->recorded_before;
    uint64_t tcb_slot;
    slotno_t tcb;

    *caller = SLOT_NIL;
    if (r->recorded.count == r->recorded_before || e->kind != TRACE_MOVED)
        return true;
    tcb = replay_holder(r, e->e.slot, CAP_TCB);
    if (tcb == SLOT_NIL) {
        replay_differ_number(r, e->line, "src_slot: in no TCB", TRACE_HEX,
                             e->e.slot, 0);
        return false;
    }
    tcb_slot = slot_at(e->e.slot - slot_base(r->kernel->regions.slots, tcb));
    *caller = slot_at(e->e.slot);
    return replay_expect_number(r, "src_slot: caller slot of the TCB",
                                TRACE_DECIMAL, tcb_slot, TCB_CALLER);
}

/* The message: who is asked, and with which words and capabilities. */
static bool compose(struct replay *r, const struct trace_cnode *c,
                    const struct shape *shape, uint64_t mr[8],
                    struct invocation *inv)
{
    struct slot_name dest, source, pivot;

    if (!name_slot(r, "dest_slot: in no CNode", c->dest_slot, &dest))
        return false;
    *inv = (struct invocation){
        .slot = dest.root,
        .label = c->op,
        .length = shape->words,
        .mr = mr,
        .caller = SLOT_NIL,
    };
    mr[0] = dest.index;
    mr[1] = dest.depth;
    if (c->op == LABEL_CNODE_SAVE_CALLER)
        return find_caller(r, &inv->caller);
    if (!shape->source)
        return true;
    source = dest;
    if (!is_without_source(c) &&
        !name_slot(r, "src_slot: in no CNode", c->src_slot, &source))
        return false;
    if (!shape->pivot) {
        mr[2] = source.index;
        mr[3] = source.depth;
        mr[4] = c->arg1;
        mr[5] = c->arg2;
        inv->cap_count = 1;
        inv->cap[0] = source.root;
        return true;
    }
    if (!name_slot(r, "pivot_slot: in no CNode", c->pivot_slot, &pivot))
        return false;
    mr[2] = c->arg2;
    mr[3] = pivot.index;
    mr[4] = pivot.depth;
    mr[5] = c->arg1;
    mr[6] = source.index;
    mr[7] = source.depth;
    inv->cap_count = 2;
    inv->cap[0] = pivot.root;
    inv->cap[1] = source.root;
    return true;
}

/* ---- Preempted lines ----------------------------------------------------- */

/* Slots that are left of what a Delete takes apart, in the slot itself. */
static uint64_t slots_left(const struct replay *r, uint64_t slot)
{
    struct cap cap;

    if (!replay_is_slot(r, slot))
        return 0;
    cap = cap_read(r->kernel->regions.slots, slot_at(slot));
    switch (cap.type) {
    case CAP_CNODE:
        return bits_size(cap_cnode_radix(&cap));
    case CAP_TCB:
        return TCB_SLOT_COUNT;
    case CAP_ZOMBIE:
        return cap.word;
    default:
        return 0;
    }
}

/* As far as the next line's zombie.  A zombie sent home is a preemption
 * point without a slot less, so this may take more calls than one. */
static uint64_t delete_in_part(struct replay *r, const struct invocation *inv,
                               const struct trace_line *next)
{
    uint64_t slot = r->head.u.cnode.dest_slot;
    uint64_t left = slots_left(r, slot), target = left, status;

    if (next && next->u.cnode.cap.type == CAP_ZOMBIE &&
        next->u.cnode.cap.extra < left)
        target = next->u.cnode.cap.extra;
    do {
        r->hosted->machine.preempt_in = left > target ? left - target : 1;
        status = replay_invoke(r, inv);
        left = slots_left(r, slot);
    } while (status == TRACE_PREEMPTED && left > target);
    return status;
}

/* Until as many slots are empty as the real kernel had emptied. */
static uint64_t revoke_in_part(struct replay *r, const struct invocation *inv)
{
    uint64_t goal = r->kernel->slots_emptied + r->head.u.cnode.ndel, status;

    do {
        uint64_t emptied = r->kernel->slots_emptied;

        r->hosted->machine.preempt_in = emptied < goal ? goal - emptied : 1;
        status = replay_invoke(r, inv);
    } while (status == TRACE_PREEMPTED && r->kernel->slots_emptied < goal);
    return status;
}

/* Counts of this line, or of a Revoke's whole chain. */
static void compare_counts(struct replay *r, const struct trace_cnode *c,
                           uint64_t ndel, uint64_t nfin)
{
    struct chain *chain = &r->chain;

    if (c->op != LABEL_CNODE_REVOKE || chain->lines == 1) {
        replay_expect_number(r, "ndel", TRACE_DECIMAL, c->ndel, ndel);
        replay_expect_number(r, "nfin", TRACE_DECIMAL, c->nfin, nfin);
        return;
    }
    replay_expect_number(r, "ndel, the sum over the preempted call",
                         TRACE_DECIMAL, chain->recorded_ndel,
                         chain->computed_ndel);
    replay_expect_number(r, "nfin, the sum over the preempted call",
                         TRACE_DECIMAL, chain->recorded_nfin,
                         chain->computed_nfin);
}

static void make_call(struct replay *r, const struct invocation *inv,
                      const struct trace_line *next)
{
    const struct trace_cnode *c = &r->head.u.cnode;
    uint64_t ndel = r->kernel->slots_emptied;
    uint64_t nfin = r->kernel->finality_tests, status;
    bool revoke = c->op == LABEL_CNODE_REVOKE;

    if (c->status != TRACE_PREEMPTED)
        status = replay_invoke(r, inv);
    else if (revoke)
        status = revoke_in_part(r, inv);
    else
        status = delete_in_part(r, inv, next);
    ndel = r->kernel->slots_emptied - ndel;
    nfin = r->kernel->finality_tests - nfin;
    r->chain.recorded_ndel += c->ndel;
    r->chain.recorded_nfin += c->nfin;
    r->chain.computed_ndel += ndel;
    r->chain.computed_nfin += nfin;
    if (replay_leave_chain(r, c->status, status)) {
        compare_counts(r, c, ndel, nfin);
        replay_compare_effects(r, !revoke);
    } else if (r->chain.open && !revoke && next) {
        compare_counts(r, c, ndel, nfin);
    }
}

/* ---- The line ------------------------------------------------------------ */

/* A number that is no CNode operation, on some CNode: which one, the run does
 * not say. */
static void call_by_number(struct replay *r, const struct trace_cnode *c)
{
    const struct slot *slots = r->kernel->regions.slots;
    uint64_t label = c->op - TRACE_LABEL_NUMBER;
    struct trace_cap null = {.type = CAP_NULL};
    struct invocation inv = {.label = label, .caller = SLOT_NIL};
    slotno_t i = regions_walk(&r->kernel->regions, SLOT_NIL);

    replay_expect_number(r, "dest_slot", TRACE_HEX, c->dest_slot, 0);
    expect_unused(r, c, &(struct shape){0});
    if (!trace_cap_equal(&c->cap, &null))
        replay_differ(r, r->head.number, "captype paddr bits dev extra",
                      "a capability", "no slot is named");
    while (i != SLOT_NIL && slot_type(slots, i) != CAP_CNODE)
        i = regions_walk(&r->kernel->regions, i);
    if (i == SLOT_NIL ||
        (label >= LABEL_CNODE_REVOKE && label <= LABEL_CNODE_SAVE_CALLER)) {
        replay_differ(r, r->head.number, "op", "no CNode operation",
                      i == SLOT_NIL ? "there is no CNode"
                                    : "the label of one that has a name");
        return;
    }
    inv.slot = i;
    make_call(r, &inv, NULL);
}

/* Everything that can be seen before the call. */
static void expect_before(struct replay *r, const struct trace_cnode *c,
                          const struct shape *shape)
{
    bool source = shape->source && !is_without_source(c);

    if (shape->source && !source)
        expect_unused(r, c, &(struct shape){.source = true});
    else
        expect_unused(r, c, shape);
    replay_expect_cap(r, r->head.number, "captype paddr bits dev extra",
                      source ? c->src_slot : c->dest_slot, &c->cap);
    if (shape->pivot)
        replay_expect_cap(r, r->head.number,
                          "pivot: captype paddr bits dev extra", c->pivot_slot,
                          &c->pivot);
}

/* A Delete that was stopped has not come to the slot itself. */
static void expect_unfinished(struct replay *r, const struct trace_cnode *c)
{
    for (size_t i = r->recorded_before; i < r->recorded.count; i++)
        if (r->recorded.item[i].kind == TRACE_EMPTIED &&
            r->recorded.item[i].e.slot == c->dest_slot)
            replay_differ(r, r->recorded.item[i].line, "effect",
                          "the slot is empty", "a preempted Delete goes on");
}

void replay_cnode(struct replay *r, const struct trace_line *next)
{
    const struct trace_cnode *c = &r->head.u.cnode;
    bool preempted = c->status == TRACE_PREEMPTED;
    struct shape shape = shape_of(c->op);
    struct invocation inv;
    uint64_t mr[8] = {0};

    replay_enter_chain(r, preempted);
    if (c->op >= TRACE_LABEL_NUMBER) {
        call_by_number(r, c);
        return;
    }
    expect_before(r, c, &shape);
    replay_apply_masters(r);
    if (c->op == LABEL_CNODE_DELETE && preempted)
        expect_unfinished(r, c);
    if (c->op == LABEL_CNODE_REVOKE && r->chain.lines == 1)
        replay_expect_held(r);
    if ((c->op == LABEL_CNODE_COPY || c->op == LABEL_CNODE_MINT) &&
        c->status == ERROR_NONE)
        replay_apply_table(r, c->src_slot);
    if (!compose(r, c, &shape, mr, &inv)) {
        r->chain.open = false;
        return;
    }
    make_call(r, &inv, next && replay_same_call(&r->head, next) ? next : NULL);
}
