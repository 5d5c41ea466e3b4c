/* SPDX-License-Identifier: BSD-2-Clause */
/* Every call that makes sense on a small machine, and every write to a
 * frame. */
#include "explore_calls.h"

#include <string.h>

#define REPEATS_MAX 1000u /* of a preempted call, before it must have ended */

static bool is_cnode(const struct spec_cap *cap)
{
    return cap->type == SPEC_CNODE;
}

/* How to name a slot: of the root, or through the first capability to the
 * CNode that it lies in; false where there is none. */
bool explore_place_(const struct explore *e, uint32_t slot,
                    struct explore_place *p)
{
    const struct spec *s = &e->base.spec;

    if (slot < 1u << e->config.radix) {
        *p = (struct explore_place){EXPLORE_ROOT, slot, WORD_BITS};
        return true;
    }
    for (uint32_t i = 0; i < s->count; i++) {
        const struct spec_cap *cap = &s->caps[i];

        if (!is_cnode(cap) || slot < spec_first_slot(cap) ||
            slot - spec_first_slot(cap) >= spec_slot_count(cap))
            continue;
        *p = (struct explore_place){cap->slot, slot - spec_first_slot(cap),
                                    cap->bits - SLOT_BITS};
        return true;
    }
    return false;
}

static bool is_used(const struct explore *e, uint32_t slot)
{
    return spec_find(&e->base.spec, slot) != SPEC_NO_CAP;
}

/* A free slot, and how many of those below `end' follow it. */
static void name_free(const struct explore *e, struct explore_names *n,
                      uint32_t slot, uint32_t end)
{
    uint32_t run = 0;

    while (slot + run < end && !is_used(e, slot + run))
        run++;
    n->free[n->free_count] = slot;
    n->run[n->free_count++] = run;
}

/* Slots of CNodes other than the root, each once. */
static void name_cnode(const struct explore *e, struct explore_names *n,
                       uint32_t i)
{
    const struct spec *s = &e->base.spec;
    const struct spec_cap *cap = &s->caps[i];

    if (!is_cnode(cap) || cap->slot == EXPLORE_ROOT ||
        (i > 0 && is_cnode(&s->caps[i - 1]) &&
         s->caps[i - 1].base == cap->base))
        return;
    for (uint32_t k = 0; k < spec_slot_count(cap); k++)
        if (!is_used(e, spec_first_slot(cap) + k))
            name_free(e, n, spec_first_slot(cap) + k,
                      spec_first_slot(cap) + spec_slot_count(cap));
}

static void name_all(const struct explore *e, struct explore_names *n)
{
    const struct spec *s = &e->base.spec;
    uint32_t end = EXPLORE_FIRST + e->config.root_slots;
    struct explore_place p;

    memset(n, 0, sizeof *n);
    for (uint32_t i = EXPLORE_FIRST; i < end && n->free_count == 0; i++)
        if (!is_used(e, i))
            name_free(e, n, i, end);
    for (uint32_t i = 0; i < s->count; i++) {
        name_cnode(e, n, i);
        if (s->caps[i].slot != EXPLORE_ROOT &&
            explore_place_(e, s->caps[i].slot, &p))
            n->used[n->used_count++] = s->caps[i].slot;
    }
}

/* ---- One call ---- */

static void count_state(struct explore *e)
{
    const struct spec *s = e->ls.spec;

    for (uint32_t i = 0; i < s->count; i++)
        if (s->caps[i].type == SPEC_EMBRYO &&
            s->caps[i].value > UINT64_C(1) << e->ls.machine.chunk_bits) {
            e->embryos++;
            return;
        }
}

/* Once; reports where it led. */
static bool step(struct explore *e, const struct invocation *inv,
                 uint64_t preempt_in, enum outcome *outcome, bool *changed)
{
    struct reply reply;

    e->calls++;
    if (!lockstep_call(&e->ls, inv, preempt_in, &reply, outcome))
        return false;
    *changed = *outcome == OUTCOME_PREEMPTED || reply.label == ERROR_NONE;
    e->preempted += *outcome == OUTCOME_PREEMPTED;
    e->refused += !*changed;
    return true;
}

static void arrive(struct explore *e)
{
    e->transitions++;
    count_state(e);
    e->reached(e);
}

/* After a preempted call: made again until it ends, does it lead where it
 * leads at once? */
static bool repeat(struct explore *e, const struct invocation *inv,
                   uint64_t at_once)
{
    enum outcome outcome = OUTCOME_PREEMPTED;
    bool changed;

    for (unsigned n = 0; outcome == OUTCOME_PREEMPTED; n++) {
        if (!lockstep_can_repeat(&e->ls, &e->base.spec, inv)) {
            e->lost++;
            return true;
        }
        if (n == REPEATS_MAX)
            return lockstep_differ_(&e->ls, "a preempted call does not end");
        if (!step(e, inv, n % 2 ? 0 : 1, &outcome, &changed))
            return false;
    }
    if (explore_hash(e) == at_once) {
        e->resumed++;
        return true;
    }
    e->resumed_elsewhere++;
    return lockstep_is_circular(&e->base.spec, EXPLORE_ROOT) ||
           lockstep_differ_(&e->ls, "a preempted call, made again, leads "
                                    "elsewhere");
}

/* The call at once, and stopped at each of the first preemption points. */
static bool call(struct explore *e, const struct invocation *inv)
{
    enum outcome outcome;
    bool changed;
    uint64_t asked, at_once;

    explore_restore(e, &e->base);
    if (!step(e, inv, 0, &outcome, &changed))
        return false;
    if (!changed)
        return true;
    asked = e->ls.preempt_asked;
    at_once = asked ? explore_hash(e) : 0;
    arrive(e);
    for (uint64_t n = 1; n <= asked && n <= e->config.preemptions; n++) {
        struct explore_moment stopped;

        explore_restore(e, &e->base);
        if (!step(e, inv, n, &outcome, &changed))
            return false;
        if (outcome != OUTCOME_PREEMPTED)
            return lockstep_differ_(&e->ls, "not preempted when it should");
        explore_save(e, &stopped);
        arrive(e);
        explore_restore(e, &stopped);
        if (!repeat(e, inv, at_once))
            return false;
    }
    return true;
}

bool explore_call_(struct explore *e, uint32_t slot, uint64_t label,
                   uint32_t length, const uint64_t *mr, uint32_t cap_count,
                   const uint32_t *caps)
{
    struct invocation inv = {
        .slot = slot,
        .label = label,
        .length = length,
        .mr = mr,
        .cap_count = cap_count,
        .caller = SLOT_NIL,
    };

    for (uint32_t i = 0; i < cap_count; i++)
        inv.cap[i] = caps[i];
    return call(e, &inv);
}

/* ---- CNode calls ---- */

static bool on_slot(struct explore *e, uint64_t label, uint32_t slot)
{
    struct explore_place p;

    if (!explore_place_(e, slot, &p))
        return true;
    return explore_call_(e, p.root, label, 2, (uint64_t[]){p.index, p.depth}, 0,
                         NULL);
}

static bool on_two(struct explore *e, uint64_t label, uint32_t to,
                   uint32_t from)
{
    static const uint32_t length[] = {
        [LABEL_CNODE_COPY] = 5, [LABEL_CNODE_MINT] = 6, [LABEL_CNODE_MOVE] = 4};
    struct explore_place p, q;

    if (!explore_place_(e, to, &p) || !explore_place_(e, from, &q))
        return true;
    return explore_call_(
        e, p.root, label, length[label],
        (uint64_t[]){p.index, p.depth, q.index, q.depth, CAP_RIGHTS_ALL, 1}, 1,
        &q.root);
}

/* Swaps two slots by Rotate. */
static bool swap(struct explore *e, uint32_t a, uint32_t b)
{
    struct explore_place p, q;

    if (!explore_place_(e, a, &p) || !explore_place_(e, b, &q))
        return true;
    return explore_call_(e, p.root, LABEL_CNODE_ROTATE, 8,
                         (uint64_t[]){p.index, p.depth, 0, q.index, q.depth, 0,
                                      p.index, p.depth},
                         2, (uint32_t[]){q.root, p.root});
}

static bool cnode_calls(struct explore *e, const struct explore_names *n)
{
    uint32_t root_end = 1u << e->config.radix;

    for (uint32_t i = 0; i < n->used_count; i++) {
        uint32_t from = n->used[i];

        if (!on_slot(e, LABEL_CNODE_DELETE, from) ||
            !on_slot(e, LABEL_CNODE_REVOKE, from))
            return false;
        for (uint32_t k = 0; k < n->free_count; k++) {
            uint32_t to = n->free[k];

            if (!on_two(e, LABEL_CNODE_COPY, to, from) ||
                !on_two(e, LABEL_CNODE_MINT, to, from))
                return false;
            if ((from >= root_end || to >= root_end) &&
                !on_two(e, LABEL_CNODE_MOVE, to, from))
                return false;
        }
        for (uint32_t k = 0; k < n->used_count; k++)
            if (from >= root_end && n->used[k] != from &&
                !swap(e, from, n->used[k]))
                return false;
    }
    return true;
}

/* ---- The owner of a frame writes ---- */

static bool writes(struct explore *e)
{
    const struct spec *s = &e->base.spec;

    for (uint32_t i = 0; i < s->count; i++) {
        const struct spec_cap *cap = &s->caps[i];

        if (cap->type != SPEC_FRAME || !(cap->rights & SPEC_WRITE) ||
            (cap->flags & SPEC_DEVICE) ||
            (i > 0 && spec_same_list(&s->caps[i - 1], cap) &&
             s->caps[i - 1].type == SPEC_FRAME))
            continue;
        explore_restore(e, &e->base);
        lockstep_write(&e->ls, cap->base, UINT64_C(1) << cap->bits);
        e->writes++;
        if (!lockstep_compare(&e->ls))
            return false;
        arrive(e);
    }
    return true;
}

bool explore_expand(struct explore *e)
{
    struct explore_names names;

    e->ls.full_check = false; /* `reached' checks each new state */
    name_all(e, &names);
    return writes(e) && cnode_calls(e, &names) &&
           explore_untyped_calls_(e, &names);
}
