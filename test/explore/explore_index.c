/* SPDX-License-Identifier: BSD-2-Clause */
/* The index against brute force: every block of every untyped. */
#include "explore.h"

/* The block, or region, [base, base + 2^bits). */
struct block {
    uint64_t base;
    unsigned bits;
};

static bool contains(const struct block *a, const struct block *b)
{
    return a->bits >= b->bits && a->base >> a->bits == b->base >> a->bits;
}

static struct block region_of(const struct spec_cap *cap)
{
    return (struct block){cap->base, cap->bits};
}

/* Is caps[i] the first capability of a region strictly inside u? */
static bool is_inside(const struct spec *s, uint32_t i, const struct block *u)
{
    struct block region = region_of(&s->caps[i]);

    return spec_is_memory(s->caps[i].type) && region.bits < u->bits &&
           contains(u, &region) &&
           (i == 0 || !spec_same_list(&s->caps[i - 1], &s->caps[i]));
}

/* Is caps[i]'s region an outermost one of those strictly inside u that lie in
 * the block? */
static bool is_outermost(const struct spec *s, uint32_t i,
                         const struct block *u, const struct block *b)
{
    struct block region = region_of(&s->caps[i]);

    if (!is_inside(s, i, u) || !contains(b, &region))
        return false;
    for (uint32_t k = 0; k < s->count; k++) {
        struct block other = region_of(&s->caps[k]);

        if (is_inside(s, k, u) && other.bits > region.bits &&
            contains(b, &other) && contains(&other, &region))
            return false;
    }
    return true;
}

/* Which capability, by its place in the sequence; SPEC_NO_CAP: none. */
static size_t named(const struct spec *s, slotno_t i)
{
    return i == SLOT_NIL ? SPEC_NO_CAP : spec_find(s, (uint32_t)i);
}

/* Does anything strictly inside u meet the block, and is what was found such a
 * region? */
static bool right_find(const struct spec *s, slotno_t got,
                       const struct block *u, const struct block *b)
{
    size_t found = named(s, got);
    bool any = false;

    for (uint32_t i = 0; i < s->count; i++) {
        struct block region = region_of(&s->caps[i]);
        bool meets = is_inside(s, i, u) &&
                     (contains(&region, b) || contains(b, &region));

        if (meets && i == found)
            return true;
        any |= meets;
    }
    return got == SLOT_NIL && !any;
}

static bool right_first_inside(const struct spec *s, slotno_t got,
                               const struct block *u, const struct block *b)
{
    if (got != SLOT_NIL)
        return named(s, got) != SPEC_NO_CAP &&
               is_outermost(s, (uint32_t)named(s, got), u, b);
    for (uint32_t i = 0; i < s->count; i++)
        if (is_outermost(s, i, u, b))
            return false;
    return true;
}

static bool right_next(const struct spec *s, slotno_t got,
                       const struct block *u, uint64_t from)
{
    size_t best = SPEC_NO_CAP;

    for (uint32_t i = 0; i < s->count; i++)
        if (is_outermost(s, i, u, u) &&
            s->caps[i].base + (UINT64_C(1) << s->caps[i].bits) > from &&
            (best == SPEC_NO_CAP || s->caps[i].base < s->caps[best].base))
            best = i;
    return named(s, got) == best;
}

static bool right_enclosing(const struct spec *s, slotno_t got,
                            const struct block *b)
{
    size_t best = SPEC_NO_CAP;

    for (uint32_t i = 0; i < s->count; i++) {
        struct block region = region_of(&s->caps[i]);

        if (spec_is_memory(s->caps[i].type) && contains(&region, b) &&
            (best == SPEC_NO_CAP || region.bits < s->caps[best].bits))
            best = i;
    }
    return named(s, got) == best;
}

static bool ask(struct explore *e, slotno_t slot, const struct block *u,
                const struct block *b)
{
    struct regions *r = &e->ls.k->regions;
    const struct spec *s = e->ls.spec;
    uint8_t bits = (uint8_t)b->bits;

    e->questions += 4;
    if (!right_find(s, regions_find(r, slot, b->base, bits), u, b))
        return lockstep_differ_(&e->ls, "find: wrong for 0x%lx, 2^%u", b->base,
                                b->bits);
    if (!right_first_inside(s, regions_first_inside(r, slot, b->base, bits), u,
                            b))
        return lockstep_differ_(&e->ls, "first inside: wrong for 0x%lx, 2^%u",
                                b->base, b->bits);
    if (!right_next(s, regions_next(r, slot, b->base), u, b->base))
        return lockstep_differ_(&e->ls, "next: wrong from 0x%lx", b->base);
    if (!right_enclosing(s, regions_enclosing(r, b->base, bits), b))
        return lockstep_differ_(&e->ls, "enclosing: wrong for 0x%lx, 2^%u",
                                b->base, b->bits);
    return true;
}

bool explore_ask_index(struct explore *e)
{
    const struct spec *s = e->ls.spec;

    for (uint32_t i = 0; i < s->count; i++) {
        struct block u = region_of(&s->caps[i]);

        if (s->caps[i].type != SPEC_UNTYPED)
            continue;
        for (unsigned bits = EXPLORE_UNIT_BITS; bits <= u.bits; bits++)
            for (uint64_t at = 0; at < UINT64_C(1) << u.bits;
                 at += UINT64_C(1) << bits) {
                struct block b = {u.base + at, bits};

                if (!ask(e, s->caps[i].slot, &u, &b))
                    return false;
            }
    }
    return true;
}
