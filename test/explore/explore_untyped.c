/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls on every untyped: all generations of Retype at every place, RevokeAt
 * of every block, Describe and Next. */
#include "explore_calls.h"
#include "objects.h"

/* The window begins at `slot'. */
static bool retype(struct explore *e, uint32_t u, uint64_t label, uint64_t type,
                   uint64_t size_bits, uint32_t slot, uint64_t count,
                   uint64_t offset)
{
    static const struct explore_place root = {EXPLORE_ROOT, 0, 0};
    struct explore_place p = root;
    uint32_t length = label == LABEL_UNTYPED_RETYPE      ? 6
                      : label == LABEL_UNTYPED_RETYPE_AT ? 7
                                                         : 5;

    if (slot >= 1u << e->config.radix && !explore_place_(e, slot, &p))
        return true;
    return explore_call_(e, u, label, length,
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
    /* Just beyond the end, and not aligned. */
    if (!retype(e, u->slot, LABEL_UNTYPED_RETYPE_AT, type, size_bits, slot, 1,
                UINT64_C(1) << u->bits) ||
        !retype(e, u->slot, LABEL_UNTYPED_RETYPE_AT, type, size_bits, slot, 1,
                UINT64_C(1) << (bits - 1)))
        return false;
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
    case OBJECT_ENDPOINT:
        return e->config.sizes->endpoint_bits != 0;
    case EXPLORE_FRAMES:
    case EXPLORE_FRAMES + 1:
    case EXPLORE_FRAMES + 2:
        return e->config.sizes->frame_bits[type - EXPLORE_FRAMES] != 0;
    case OBJECT_NOTIFICATION: /* as an endpoint, but for its size */
    case EXPLORE_FRAMES + 3:  /* a page table: as a frame that cannot be
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

    for (uint64_t bits = EXPLORE_UNIT_BITS; bits <= u->bits; bits++)
        for (uint64_t at = 0; at < UINT64_C(1) << u->bits;
             at += UINT64_C(1) << bits) {
            bool met = bits == u->bits;

            for (uint32_t i = 0; i < s->count && !met; i++)
                met = s->caps[i].bits < u->bits &&
                      region_meets(&s->caps[i], u->base + at,
                                   UINT64_C(1) << bits);
            if (met && !explore_call_(e, u->slot, LABEL_UNTYPED_REVOKE_AT, 2,
                                      (uint64_t[]){at, bits}, 0, NULL))
                return false;
        }
    return true;
}

/* Calls that change nothing. */
static bool ask(struct explore *e, const struct spec_cap *u)
{
    const struct spec *s = &e->base.spec;

    if (!explore_call_(e, u->slot, LABEL_UNTYPED_DESCRIBE, 0, NULL, 0, NULL) ||
        !explore_call_(e, u->slot, LABEL_UNTYPED_NEXT, 1, (uint64_t[]){0}, 0,
                       NULL))
        return false;
    for (uint32_t i = 0; i < s->count; i++) {
        uint64_t start = s->caps[i].base - u->base;

        if (region_meets(&s->caps[i], u->base, UINT64_C(1) << u->bits) &&
            !explore_call_(
                e, u->slot, LABEL_UNTYPED_NEXT, 1,
                (uint64_t[]){start + (UINT64_C(1) << s->caps[i].bits)}, 0,
                NULL))
            return false;
    }
    return true;
}

bool explore_untyped_calls_(struct explore *e, const struct explore_names *n)
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
