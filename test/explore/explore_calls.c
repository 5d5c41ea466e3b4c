/* SPDX-License-Identifier: BSD-2-Clause */
/* Every call that makes sense on a small machine, and every write to a frame. */
#include "explore.h"
#include "objects.h"

#include <string.h>

#define SLOTS_MAX   96u
#define REPEATS_MAX 1000u /* of a preempted call, before it must have ended */

/* What can be named in a state, by slot. */
struct names {
    uint32_t used[SLOTS_MAX];
    uint32_t used_count;
    uint32_t free[SLOTS_MAX]; /* the root's first, all of other CNodes */
    uint32_t run[SLOTS_MAX];  /* free slots in a row from there on */
    uint32_t free_count;
};

struct place {
    uint32_t root; /* slot of a CNode capability */
    uint64_t index, depth;
};

static bool is_cnode(const struct spec_cap *cap)
{
    return cap->type == SPEC_CNODE;
}

/* How to name a slot: of the root, or through the first capability to the
 * CNode that it lies in; false where there is none. */
static bool place_of(const struct explore *e, uint32_t slot, struct place *p)
{
    const struct spec *s = &e->base.spec;

    if (slot < 1u << e->config.radix) {
        *p = (struct place){EXPLORE_ROOT, slot, WORD_BITS};
        return true;
    }
    for (uint32_t i = 0; i < s->count; i++) {
        const struct spec_cap *cap = &s->caps[i];

        if (!is_cnode(cap) || slot < spec_first_slot(cap) ||
            slot - spec_first_slot(cap) >= spec_slot_count(cap))
            continue;
        *p = (struct place){cap->slot, slot - spec_first_slot(cap),
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
static void name_free(const struct explore *e, struct names *n, uint32_t slot,
                      uint32_t end)
{
    uint32_t run = 0;

    while (slot + run < end && !is_used(e, slot + run))
        run++;
    n->free[n->free_count] = slot;
    n->run[n->free_count++] = run;
}

/* Slots of CNodes other than the root, each once. */
static void name_cnode(const struct explore *e, struct names *n, uint32_t i)
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

static void name_all(const struct explore *e, struct names *n)
{
    const struct spec *s = &e->base.spec;
    uint32_t end = EXPLORE_FIRST + e->config.root_slots;
    struct place p;

    memset(n, 0, sizeof *n);
    for (uint32_t i = EXPLORE_FIRST; i < end && n->free_count == 0; i++)
        if (!is_used(e, i))
            name_free(e, n, i, end);
    for (uint32_t i = 0; i < s->count; i++) {
        name_cnode(e, n, i);
        if (s->caps[i].slot != EXPLORE_ROOT && place_of(e, s->caps[i].slot, &p))
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

static bool call_words(struct explore *e, uint32_t slot, uint64_t label,
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
    struct place p;

    if (!place_of(e, slot, &p))
        return true;
    return call_words(e, p.root, label, 2, (uint64_t[]){p.index, p.depth}, 0,
                      NULL);
}

static bool on_two(struct explore *e, uint64_t label, uint32_t to,
                   uint32_t from)
{
    static const uint32_t length[] = {
        [LABEL_CNODE_COPY] = 5, [LABEL_CNODE_MINT] = 6, [LABEL_CNODE_MOVE] = 4};
    struct place p, q;

    if (!place_of(e, to, &p) || !place_of(e, from, &q))
        return true;
    return call_words(
        e, p.root, label, length[label],
        (uint64_t[]){p.index, p.depth, q.index, q.depth, CAP_RIGHTS_ALL, 1}, 1,
        &q.root);
}

/* Swaps two slots by Rotate. */
static bool swap(struct explore *e, uint32_t a, uint32_t b)
{
    struct place p, q;

    if (!place_of(e, a, &p) || !place_of(e, b, &q))
        return true;
    return call_words(e, p.root, LABEL_CNODE_ROTATE, 8,
                      (uint64_t[]){p.index, p.depth, 0, q.index, q.depth, 0,
                                   p.index, p.depth},
                      2, (uint32_t[]){q.root, p.root});
}

static bool cnode_calls(struct explore *e, const struct names *n)
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

/* ---- Untyped calls ---- */

/* The window begins at `slot'. */
static bool retype(struct explore *e, uint32_t u, uint64_t label, uint64_t type,
                   uint64_t size_bits, uint32_t slot, uint64_t count,
                   uint64_t offset)
{
    static const struct place root = {EXPLORE_ROOT, 0, 0};
    struct place p = root;
    uint32_t length = label == LABEL_UNTYPED_RETYPE      ? 6
                      : label == LABEL_UNTYPED_RETYPE_AT ? 7
                                                         : 5;

    if (slot >= 1u << e->config.radix && !place_of(e, slot, &p))
        return true;
    return call_words(e, u, label, length,
                      (uint64_t[]){type, size_bits, 0, 0,
                                   p.depth ? p.index : slot, count, offset},
                      1, &p.root);
}

/* All three generations, every place and number, from untyped u. */
static bool retype_all(struct explore *e, const struct spec_cap *u,
                       uint64_t type, uint64_t size_bits, uint32_t slot,
                       uint64_t run)
{
    uint64_t bits = object_bits(e->ls.k, type, size_bits);
    uint64_t most = run < e->config.count_max ? run : e->config.count_max;

    if (bits > u->bits)
        return true;
    for (uint64_t count = 1; count <= most; count++) {
        if (!retype(e, u->slot, LABEL_UNTYPED_RETYPE, type, size_bits, slot,
                    count, 0))
            return false;
        for (uint64_t at = 0; at < UINT64_C(1) << u->bits;
             at += UINT64_C(1) << bits)
            if (!retype(e, u->slot, LABEL_UNTYPED_RETYPE_AT, type, size_bits,
                        slot, count, at))
                return false;
    }
    if (UINT64_C(1) << (u->bits - bits) > run)
        return true; /* more than the slots that calls may use */
    return retype(e, u->slot, LABEL_UNTYPED_RETYPE_WHOLE, type, size_bits, slot,
                  1, 0);
}

static bool type_is_used(const struct explore *e, uint64_t type)
{
    switch (type) {
    case OBJECT_TCB:
        return e->config.tcbs;
    case OBJECT_CNODE:
        return e->config.cnodes;
    case OBJECT_NOTIFICATION: /* as an endpoint, but for its size */
    case 8:                   /* a page table: as a frame that cannot be
                                 written */
        return false;
    default:
        return true;
    }
}

static bool retype_into(struct explore *e, const struct spec_cap *u,
                        uint32_t slot, uint64_t run)
{
    for (uint64_t type = 0; type < e->ls.machine.object_types; type++) {
        uint64_t low = 1, high = 1;

        if (!type_is_used(e, type))
            continue;
        if (type == OBJECT_UNTYPED) {
            low = e->ls.machine.untyped_bits_min;
            high = u->bits;
        }
        for (uint64_t bits = low; bits <= high; bits++)
            if (!retype_all(e, u, type, bits, slot, run))
                return false;
    }
    return true;
}

/* Slots from this one on that calls may use, at most 2. */
static uint64_t run_from(const struct explore *e, uint32_t slot)
{
    uint32_t end = EXPLORE_FIRST + e->config.root_slots;

    return slot >= 1u << e->config.radix || slot + 2 <= end ? 2 : 1;
}

/* Calls whose window begins at, or just before, an embryo. */
static bool resume_all(struct explore *e, const struct spec_cap *u)
{
    const struct spec *s = &e->base.spec;

    for (uint32_t i = 0; i < s->count; i++) {
        const struct spec_cap *embryo = &s->caps[i];
        uint64_t size_bits = 1;

        if (embryo->type != SPEC_EMBRYO)
            continue;
        if (embryo->target == OBJECT_CNODE)
            size_bits = embryo->bits - SLOT_BITS;
        if (!retype_all(e, u, embryo->target, size_bits, embryo->slot,
                        run_from(e, embryo->slot)) ||
            !retype_all(e, u, embryo->target, size_bits, embryo->slot - 1,
                        run_from(e, embryo->slot - 1)))
            return false;
    }
    return true;
}

static bool region_meets(const struct spec_cap *cap, uint64_t base,
                         uint64_t bytes)
{
    return spec_is_memory(cap->type) && cap->base < base + bytes &&
           base < cap->base + (UINT64_C(1) << cap->bits);
}

/* Every block that something lies in; and the whole. */
static bool revoke_at_all(struct explore *e, const struct spec_cap *u)
{
    const struct spec *s = &e->base.spec;

    for (uint64_t bits = SPEC_UNIT_BYTES == 16 ? 4 : 0; bits <= u->bits; bits++)
        for (uint64_t at = 0; at < UINT64_C(1) << u->bits;
             at += UINT64_C(1) << bits) {
            bool met = bits == u->bits;

            for (uint32_t i = 0; i < s->count && !met; i++)
                met = s->caps[i].bits < u->bits &&
                      region_meets(&s->caps[i], u->base + at,
                                   UINT64_C(1) << bits);
            if (met && !call_words(e, u->slot, LABEL_UNTYPED_REVOKE_AT, 2,
                                   (uint64_t[]){at, bits}, 0, NULL))
                return false;
        }
    return true;
}

/* Calls that change nothing. */
static bool ask(struct explore *e, const struct spec_cap *u)
{
    const struct spec *s = &e->base.spec;

    if (!call_words(e, u->slot, LABEL_UNTYPED_DESCRIBE, 0, NULL, 0, NULL) ||
        !call_words(e, u->slot, LABEL_UNTYPED_NEXT, 1, (uint64_t[]){0}, 0,
                    NULL))
        return false;
    for (uint32_t i = 0; i < s->count; i++) {
        uint64_t start = s->caps[i].base - u->base;

        if (region_meets(&s->caps[i], u->base, UINT64_C(1) << u->bits) &&
            !call_words(e, u->slot, LABEL_UNTYPED_NEXT, 1,
                        (uint64_t[]){start + (UINT64_C(1) << s->caps[i].bits)},
                        0, NULL))
            return false;
    }
    return true;
}

static bool untyped_calls(struct explore *e, const struct names *n)
{
    const struct spec *s = &e->base.spec;

    for (uint32_t i = 0; i < s->count; i++) {
        const struct spec_cap *u = &s->caps[i];

        if (u->type != SPEC_UNTYPED)
            continue;
        for (uint32_t k = 0; k < n->free_count; k++)
            if (!retype_into(e, u, n->free[k], n->run[k]))
                return false;
        if (!resume_all(e, u) || !revoke_at_all(e, u) || !ask(e, u))
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
    struct names names;

    e->ls.full_check = false; /* `reached' checks each new state */
    name_all(e, &names);
    return writes(e) && cnode_calls(e, &names) && untyped_calls(e, &names);
}
