/* SPDX-License-Identifier: BSD-2-Clause */
/* Every question about one state, and its answer by brute force. */
#include "exhaustive.h"

static slotno_t slot_or_nil(unsigned region)
{
    return region == EXHAUSTIVE_NONE ? SLOT_NIL : exhaustive_slot(region);
}

/* The smallest of the state's regions in `s', or EXHAUSTIVE_NONE. */
static unsigned smallest(const struct exhaustive *x, struct set s)
{
    unsigned best = EXHAUSTIVE_NONE;

    for (unsigned n = 0; n < x->count; n++)
        if (set_has(s, x->order[n]) &&
            (best == EXHAUSTIVE_NONE || x->order[n] > best))
            best = x->order[n];
    return best; /* numbers go by size; around one region, no two are alike */
}

/* Is slot `got' one of the regions in s? */
static bool is_of(const struct exhaustive *x, struct set s, slotno_t got)
{
    return got >= 1 && got <= x->region_count && set_has(s, (unsigned)got - 1);
}

/* One of s, or SLOT_NIL if and only if s is empty. */
static bool expect_any(struct exhaustive *x, enum operation op, slotno_t got,
                       struct set s)
{
    got = exhaustive_answer(x, op, got);
    if (set_is_empty(s))
        return got == SLOT_NIL ||
               exhaustive_fail(x, op, "an answer where there is none");
    return is_of(x, s, got) || exhaustive_fail(x, op, "a wrong answer");
}

static bool expect(struct exhaustive *x, enum operation op, slotno_t got,
                   slotno_t want)
{
    return exhaustive_answer(x, op, got) == want ||
           exhaustive_fail(x, op, "a wrong answer");
}

/* Those of s that no other of s is around. */
static struct set outermost(const struct exhaustive *x, struct set s)
{
    struct set out = {0};

    for (unsigned n = 0; n < x->count; n++)
        if (set_has(s, x->order[n]) &&
            set_is_empty(set_both(s, x->around[x->order[n]])))
            out = set_with(out, x->order[n]);
    return out;
}

/* Collisions with every block of region u. */
static bool ask_blocks(struct exhaustive *x, unsigned u)
{
    struct set children = set_both(x->set, x->inside[u]);

    for (unsigned b = u; b < x->region_count; b++) {
        paddr_t base = x->base[b];
        uint8_t bits = x->bits[b];
        struct set met = set_both(children, x->meets[b]), within;
        slotno_t got, below = SLOT_NIL;

        if (b != u && !set_has(x->inside[u], b))
            continue;
        exhaustive_begin(x);
        got = regions_find(&x->regions, exhaustive_slot(u), base, bits);
        if (!exhaustive_end(x, OP_FIND, 1) || !expect_any(x, OP_FIND, got, met))
            return false;
        exhaustive_begin(x);
        got = regions_find_place(&x->regions, exhaustive_slot(u), base, bits,
                                 &below);
        if (!exhaustive_end(x, OP_FIND_PLACE, 1) ||
            !expect_any(x, OP_FIND_PLACE, got, met))
            return false;
        within = set_both(children, x->inside[b]);
        if (set_has(children, b))
            within = set_with(within, b);
        exhaustive_begin(x);
        got = regions_first_inside(&x->regions, exhaustive_slot(u), base, bits);
        if (!exhaustive_end(x, OP_FIRST_INSIDE, 1) ||
            !expect_any(x, OP_FIRST_INSIDE, got, outermost(x, within)))
            return false;
        if (regions_first_inside_below(&x->regions, exhaustive_slot(u), base,
                                       bits) != got)
            return exhaustive_fail(x, OP_FIRST_INSIDE, "below: another answer");
    }
    return true;
}

/* Collisions with every run of blocks of size 2^size units in region u. */
static bool ask_runs_of(struct exhaustive *x, unsigned u, unsigned size)
{
    struct set children = set_both(x->set, x->inside[u]);
    unsigned shift = x->size[u] - size;
    unsigned first = ((u + 1) << shift) - 1, blocks = 1u << shift;

    for (unsigned a = first; a < first + blocks; a++) {
        struct set met = set_both(children, x->meets[a]);

        for (unsigned last = a + 1; last < first + blocks; last++) {
            slotno_t got;
            struct set more = set_both(children, x->meets[last]);

            met.low |= more.low;
            met.high |= more.high;
            exhaustive_begin(x);
            got = regions_find_run(&x->regions, exhaustive_slot(u), x->base[a],
                                   x->bits[a], last - a + 1);
            if (!exhaustive_end(x, OP_FIND_RUN, 4) ||
                !expect_any(x, OP_FIND_RUN, got, met))
                return false;
        }
    }
    return true;
}

/* The lowest outermost region in u that ends above `from'. */
static slotno_t next_by_force(const struct exhaustive *x, struct set out,
                              paddr_t from)
{
    unsigned best = EXHAUSTIVE_NONE;

    for (unsigned n = 0; n < x->count; n++) {
        unsigned region = x->order[n];
        paddr_t base = x->base[region];
        paddr_t bytes = UINT64_C(1) << x->bits[region];

        if (set_has(out, region) && base + bytes > from &&
            (best == EXHAUSTIVE_NONE || base < x->base[best]))
            best = region;
    }
    return slot_or_nil(best);
}

/* Next from the first and the last byte of every unit of u. */
static bool ask_next(struct exhaustive *x, unsigned u)
{
    struct set out = outermost(x, set_both(x->set, x->inside[u]));
    paddr_t base = x->base[u];
    paddr_t end = base + (UINT64_C(1) << x->bits[u]);

    for (paddr_t from = base; from < end; from += from % 16 == 0 ? 15 : 1) {
        slotno_t got;

        exhaustive_begin(x);
        got = regions_next(&x->regions, exhaustive_slot(u), from);
        if (!exhaustive_end(x, OP_NEXT, 2) ||
            !expect(x, OP_NEXT, got, next_by_force(x, out, from)))
            return false;
    }
    return true;
}

/* What is asked of one region of the state. */
static bool ask_region(struct exhaustive *x, unsigned u)
{
    slotno_t i = exhaustive_slot(u), got, outer;
    struct set children = set_both(x->set, x->inside[u]);
    struct regions *r = &x->regions;

    exhaustive_begin(x);
    got = regions_child(r, i);
    if (!exhaustive_end(x, OP_CHILD, 1) ||
        !expect_any(x, OP_CHILD, got, outermost(x, children)))
        return false;
    if (regions_child_below(r, i, i) != got)
        return exhaustive_fail(x, OP_CHILD, "below: another answer");
    outer = slot_or_nil(smallest(x, set_both(x->set, x->around[u])));
    exhaustive_begin(x);
    got = index_outer(r, i);
    if (!exhaustive_end(x, OP_OUTER, 1) || !expect(x, OP_OUTER, got, outer))
        return false;
    for (unsigned n = 0; n < x->count; n++) {
        slotno_t other = exhaustive_slot(x->order[n]);
        bool is;

        exhaustive_begin(x);
        is = regions_is_innermost(r, other, i);
        if (!exhaustive_end(x, OP_INNERMOST, 1) ||
            !expect(x, OP_INNERMOST, is, other == outer))
            return false;
        if (!expect(x, OP_NODE, regions_node(r, i, other), i))
            return false;
    }
    return expect(x, OP_NODE, regions_node(r, i, SLOT_NIL), i) &&
           expect(x, OP_NODE, index_node_of(r, i), i) &&
           expect(x, OP_LIST, regions_follower(r, i), SLOT_NIL) &&
           expect(x, OP_LIST, regions_is_final(r, i), true) &&
           expect(x, OP_LIST, regions_kind(r, i), REGION_UNTYPED);
}

/* What is asked from the root, of every region that there could be. */
static bool ask_from_root(struct exhaustive *x)
{
    for (unsigned b = 0; b < x->region_count; b++) {
        paddr_t base = x->base[b];
        uint8_t bits = x->bits[b];
        struct set around = set_both(x->set, x->around[b]);
        bool here = set_has(x->set, b);
        slotno_t got;

        exhaustive_begin(x);
        got = regions_enclosing(&x->regions, base, bits);
        if (!exhaustive_end(x, OP_ENCLOSING, 1) ||
            !expect(x, OP_ENCLOSING, got,
                    here ? exhaustive_slot(b)
                         : slot_or_nil(smallest(x, around))))
            return false;
        exhaustive_begin(x);
        got = index_locate(&x->regions, base, bits);
        if (!exhaustive_end(x, OP_LOCATE, 1) ||
            !expect(x, OP_LOCATE, got, here ? exhaustive_slot(b) : SLOT_NIL))
            return false;
    }
    return true;
}

/* The walk meets the nodes in pre-order, as the key names them. */
static bool ask_walk(struct exhaustive *x)
{
    slotno_t i = SLOT_NIL, at = SLOT_NIL;
    const char *broken = regions_check(&x->regions, &at);

    x->done[OP_CHECK]++;
    if (broken)
        return exhaustive_fail(x, OP_CHECK, broken);
    for (unsigned n = 0; n <= x->count; n++) {
        i = regions_walk(&x->regions, i);
        if (!expect(x, OP_WALK, i,
                    n < x->count ? exhaustive_slot(x->order[n]) : SLOT_NIL))
            return false;
    }
    return true;
}

bool exhaustive_ask(struct exhaustive *x)
{
    for (unsigned n = 0; n < x->count; n++) {
        unsigned u = x->order[n];

        if (!ask_blocks(x, u) || !ask_next(x, u) || !ask_region(x, u))
            return false;
        for (unsigned size = x->size[u]; size-- > 0;)
            if (!ask_runs_of(x, u, size))
                return false;
    }
    return ask_from_root(x) && ask_walk(x);
}
