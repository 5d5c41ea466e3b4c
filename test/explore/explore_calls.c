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

static bool is_boot_untyped(const struct explore *e, const struct spec_cap *cap)
{
    return cap->type == SPEC_UNTYPED &&
           cap->bits == e->config.unit_bits + EXPLORE_UNIT_BITS;
}

static bool is_copy(const struct spec *s, uint32_t i)
{
    return i > 0 && spec_same_list(&s->caps[i - 1], &s->caps[i]) &&
           s->caps[i - 1].type == s->caps[i].type;
}

/* What there is in the state, each kind once. */
static void count_state(struct explore *e)
{
    const struct spec *s = e->ls.spec;
    bool embryo = false, cnode = false, copy = false, device = false;

    for (uint32_t i = 0; i < s->count; i++) {
        const struct spec_cap *cap = &s->caps[i];

        embryo |= cap->type == SPEC_EMBRYO &&
                  cap->value > UINT64_C(1) << e->ls.machine.chunk_bits;
        cnode |= is_cnode(cap) && cap->slot != EXPLORE_ROOT;
        copy |= is_copy(s, i);
        device |= (cap->flags & SPEC_DEVICE) && !is_boot_untyped(e, cap);
    }
    e->embryos += embryo;
    e->objects += cnode;
    e->copies += copy;
    e->devices += device;
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
    if (e->config.garbage)
        explore_fill(e);
    e->reached(e);
}

/* After a preempted call: made again until it ends, does it lead where it
 * leads at once? */
static bool repeat(struct explore *e, const struct invocation *inv,
                   uint64_t at_once)
{
    enum outcome outcome = OUTCOME_PREEMPTED;
    bool changed;
    uint64_t hash;

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
    if (!explore_hash(e, &hash))
        return false;
    if (hash == at_once) {
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
    uint64_t asked, at_once = 0;

    explore_restore(e, &e->base);
    if (!step(e, inv, 0, &outcome, &changed))
        return false;
    if (!changed)
        return true;
    asked = e->ls.preempt_asked;
    if (asked != 0 && !explore_hash(e, &at_once))
        return false;
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

/* Mint gives an endpoint badge 1; Mutate changes nothing but the place. */
static bool on_two(struct explore *e, uint64_t label, uint32_t to,
                   uint32_t from)
{
    static const uint32_t length[] = {[LABEL_CNODE_COPY] = 5,
                                      [LABEL_CNODE_MINT] = 6,
                                      [LABEL_CNODE_MOVE] = 4,
                                      [LABEL_CNODE_MUTATE] = 5};
    struct explore_place p, q;
    uint64_t fifth = label == LABEL_CNODE_MUTATE ? 0 : CAP_RIGHTS_ALL;

    if (!explore_place_(e, to, &p) || !explore_place_(e, from, &q))
        return true;
    return explore_call_(
        e, p.root, label, length[label],
        (uint64_t[]){p.index, p.depth, q.index, q.depth, fifth, 1}, 1, &q.root);
}

/* Rotate: `from' goes to pivot, pivot to `to', which may be `from': a swap. */
static bool rotate(struct explore *e, uint32_t to, uint32_t pivot,
                   uint32_t from)
{
    struct explore_place p, q, r;

    if (!explore_place_(e, to, &p) || !explore_place_(e, pivot, &q) ||
        !explore_place_(e, from, &r))
        return true;
    return explore_call_(e, p.root, LABEL_CNODE_ROTATE, 8,
                         (uint64_t[]){p.index, p.depth, 0, q.index, q.depth, 0,
                                      r.index, r.depth},
                         2, (uint32_t[]){q.root, r.root});
}

static bool calls_to_free(struct explore *e, uint32_t to, uint32_t from)
{
    return on_two(e, LABEL_CNODE_COPY, to, from) &&
           on_two(e, LABEL_CNODE_MINT, to, from) &&
           on_two(e, LABEL_CNODE_MOVE, to, from) &&
           on_two(e, LABEL_CNODE_MUTATE, to, from);
}

/* Every pair is swapped once; and turned with the first free slot. */
static bool rotations(struct explore *e, const struct explore_names *n,
                      uint32_t i)
{
    uint32_t from = n->used[i];

    for (uint32_t k = 0; k < n->used_count; k++) {
        if (k == i)
            continue;
        if (k < i && !rotate(e, from, n->used[k], from))
            return false;
        if (n->free_count != 0 && !rotate(e, n->free[0], n->used[k], from))
            return false;
    }
    return true;
}

static bool cnode_calls(struct explore *e, const struct explore_names *n)
{
    for (uint32_t i = 0; i < n->used_count; i++) {
        uint32_t slot = n->used[i];

        if (!on_slot(e, LABEL_CNODE_DELETE, slot) ||
            !on_slot(e, LABEL_CNODE_REVOKE, slot) ||
            !on_slot(e, LABEL_CNODE_CANCEL_BADGED_SENDS, slot))
            return false;
        for (uint32_t k = 0; k < n->free_count; k++)
            if (!calls_to_free(e, n->free[k], slot))
                return false;
        if (!rotations(e, n, i))
            return false;
    }
    for (uint32_t k = 0; k < n->free_count; k++)
        if (!on_slot(e, LABEL_CNODE_SAVE_CALLER, n->free[k]))
            return false;
    return true;
}

/* ---- The owner of a frame writes ---- */

static bool writes(struct explore *e)
{
    const struct spec *s = &e->base.spec;

    if (e->config.garbage)
        return true; /* done as soon as there is one */
    for (uint32_t i = 0; i < s->count; i++) {
        const struct spec_cap *cap = &s->caps[i];

        if (cap->type != SPEC_FRAME || !(cap->rights & SPEC_WRITE) ||
            (cap->flags & SPEC_DEVICE) ||
            (i > 0 && spec_same_list(&s->caps[i - 1], cap) &&
             s->caps[i - 1].type == SPEC_FRAME))
            continue;
        explore_restore(e, &e->base);
        lockstep_write(&e->ls, cap->base, UINT64_C(1) << cap->bits);
        e->writes += cap->bits == EXPLORE_UNIT_BITS;
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
