/* SPDX-License-Identifier: BSD-2-Clause */
#include "region_list.h"

/* The first of i's group. */
static slotno_t representative(struct regions *r, slotno_t i)
{
    slotno_t p = slot_previous(r->slots, i);

    while (p != SLOT_NIL && list_same_region(r->slots, p, i)) {
        r->visits++;
        i = p;
        p = slot_previous(r->slots, i);
    }
    return i;
}

/* The last of i's group. */
static slotno_t last_of_group(struct regions *r, slotno_t i)
{
    slotno_t n = slot_next(r->slots, i);

    while (n != SLOT_NIL && list_same_region(r->slots, n, i)) {
        r->visits++;
        i = n;
        n = slot_next(r->slots, i);
    }
    return i;
}

/* Where to begin to look at what lies inside untyped u: after its group. */
static slotno_t first_descendant(struct regions *r, slotno_t u)
{
    return slot_next(r->slots, last_of_group(r, u));
}

/* Links i between p and n, either of which may be SLOT_NIL. */
static void link_between(struct regions *r, slotno_t p, slotno_t i, slotno_t n)
{
    slot_set_previous(r->slots, i, p);
    slot_set_next(r->slots, i, n);
    slot_set_right(r->slots, i, SLOT_NIL);
    slot_set_depth(r->slots, i, SLOT_LISTED);
    if (p != SLOT_NIL)
        slot_set_next(r->slots, p, i);
    if (n != SLOT_NIL)
        slot_set_previous(r->slots, n, i);
}

/* Slot i is the first of all; SLOT_NIL: there is none. */
static void set_root(struct regions *r, slotno_t i)
{
    r->root = i;
    if (i != SLOT_NIL)
        slot_set_depth(r->slots, i, 0);
}

static void unlink_from(struct regions *r, slotno_t i)
{
    slotno_t p = slot_previous(r->slots, i), n = slot_next(r->slots, i);

    if (p != SLOT_NIL)
        slot_set_next(r->slots, p, n);
    else if (r->root == i)
        set_root(r, n);
    if (n != SLOT_NIL)
        slot_set_previous(r->slots, n, p);
}

/* Directly after p, or first of all where p is SLOT_NIL. */
static void link_after(struct regions *r, slotno_t p, slotno_t i)
{
    if (p != SLOT_NIL) {
        link_between(r, p, i, slot_next(r->slots, p));
        return;
    }
    if (r->root != SLOT_NIL)
        slot_set_depth(r->slots, r->root, SLOT_LISTED);
    link_between(r, SLOT_NIL, i, r->root);
    set_root(r, i);
}

/* The last member, i itself apart, whose region contains [a, a + 2^b):
 * directly after it goes what is new there. */
static slotno_t last_around(struct regions *r, slotno_t i, paddr_t a, uint8_t b)
{
    slotno_t found = SLOT_NIL;

    for (slotno_t x = r->root; x != SLOT_NIL; x = slot_next(r->slots, x)) {
        r->visits++;
        if (x != i && slot_bits(r->slots, x) >= b &&
            index_meets(r->slots, x, a, b))
            found = x;
    }
    return found;
}

void regions_init(struct regions *r, struct slot *slots, uint8_t window_bits)
{
    *r = (struct regions){
        .slots = slots,
        .root = SLOT_NIL,
        .window_bits = window_bits,
    };
}

slotno_t regions_find(struct regions *r, slotno_t u, paddr_t base, uint8_t bits)
{
    const struct slot *slots = r->slots;
    slotno_t x = first_descendant(r, u);

    while (x != SLOT_NIL && list_inside(slots, x, u)) {
        r->visits++;
        if (index_meets(slots, x, base, bits))
            return x;
        x = slot_next(slots, x);
    }
    return SLOT_NIL;
}

/* In a list the place of anything new is found by its untyped alone. */
slotno_t regions_find_place(struct regions *r, slotno_t u, paddr_t base,
                            uint8_t bits, slotno_t *below)
{
    *below = u;
    return regions_find(r, u, base, bits);
}

slotno_t regions_find_run(struct regions *r, slotno_t u, paddr_t base,
                          uint8_t bits, uint64_t count)
{
    const struct slot *slots = r->slots;
    paddr_t end = base + bits_up(count, bits);
    slotno_t x = first_descendant(r, u);

    while (x != SLOT_NIL && list_inside(slots, x, u)) {
        r->visits++;
        if (slot_base(slots, x) < end &&
            slot_base(slots, x) + bits_size(slot_bits(slots, x)) > base)
            return x;
        x = slot_next(slots, x);
    }
    return SLOT_NIL;
}

slotno_t regions_enclosing(struct regions *r, paddr_t base, uint8_t bits)
{
    slotno_t x = last_around(r, SLOT_NIL, base, bits);

    return x == SLOT_NIL ? x : representative(r, x);
}

bool regions_is_innermost(struct regions *r, slotno_t u, slotno_t i)
{
    const struct slot *slots = r->slots;
    slotno_t x = slot_previous(slots, i);

    if (x != SLOT_NIL && list_same_region(slots, x, i))
        return x == u;
    while (x != SLOT_NIL && !list_inside_strictly(slots, i, x)) {
        r->visits++;
        x = slot_previous(slots, x);
    }
    return x == u;
}

/* What lies inside i, which has just been linked, follows it.  Outer regions
 * come first, so that the order among those that move stays as it is. */
static void gather(struct regions *r, slotno_t i)
{
    slotno_t last = i, x = slot_next(r->slots, i);

    while (x != SLOT_NIL) {
        slotno_t next = slot_next(r->slots, x);

        r->visits++;
        if (list_inside_strictly(r->slots, x, i)) {
            unlink_from(r, x);
            link_after(r, last, x);
            last = x;
        }
        x = next;
    }
}

void regions_insert(struct regions *r, slotno_t i)
{
    if (!cap_type_is_memory(slot_type(r->slots, i))) {
        link_between(r, SLOT_NIL, i, SLOT_NIL);
        return;
    }
    link_after(
        r, last_around(r, i, slot_base(r->slots, i), slot_bits(r->slots, i)),
        i);
    gather(r, i);
}

/* The first is linked last, so that the run lies in the list as it does in
 * memory. */
void regions_insert_run(struct regions *r, slotno_t u, slotno_t first,
                        uint64_t count)
{
    slotno_t p = u;

    if (!list_same_region(r->slots, first, u))
        p = last_of_group(r, u);
    for (slotno_t i = first + count; i > first; i--) {
        r->visits++;
        link_after(r, p, i - 1);
    }
}

void regions_insert_below(struct regions *r, slotno_t u, slotno_t below,
                          slotno_t i)
{
    (void)below;
    regions_insert_run(r, u, i, 1);
}

void regions_insert_after(struct regions *r, slotno_t source, slotno_t i)
{
    link_after(r, source, i);
}

void regions_remove(struct regions *r, slotno_t i)
{
    unlink_from(r, i);
}

void regions_move(struct regions *r, slotno_t from, slotno_t to)
{
    slotno_t p = slot_previous(r->slots, from), n = slot_next(r->slots, from);

    slot_copy(r->slots, to, from);
    link_between(r, p, to, n);
    if (r->root == from)
        set_root(r, to);
    slot_clear(r->slots, from);
}

/* Where both are neighbours, each side's link to the other is one to where
 * the other was. */
static void link_swapped(struct regions *r, slotno_t i, slotno_t p, slotno_t n,
                         slotno_t other)
{
    link_between(r, p == i ? other : p, i, n == i ? other : n);
}

void regions_swap(struct regions *r, slotno_t a, slotno_t b)
{
    struct slot *slots = r->slots;
    slotno_t a_previous = slot_previous(slots, a), a_next = slot_next(slots, a);
    slotno_t b_previous = slot_previous(slots, b), b_next = slot_next(slots, b);
    struct slot old_a = slots[a];

    slots[a] = slots[b];
    slots[b] = old_a;
    link_swapped(r, a, b_previous, b_next, b);
    link_swapped(r, b, a_previous, a_next, a);
    if (r->root == a)
        set_root(r, b);
    else if (r->root == b)
        set_root(r, a);
}

slotno_t regions_child(struct regions *r, slotno_t i)
{
    const struct slot *slots = r->slots;
    slotno_t n = slot_next(slots, i);

    r->visits++;
    if (n == SLOT_NIL)
        return SLOT_NIL;
    if (!cap_type_is_memory(slot_type(slots, i)) ||
        list_same_region(slots, n, i)) {
        if (cap_is_parent(slots, i, n))
            return n;
        n = first_descendant(r, i);
    }
    if (slot_type(slots, i) == CAP_UNTYPED && n != SLOT_NIL &&
        list_inside_strictly(slots, n, i))
        return n;
    return SLOT_NIL;
}

slotno_t regions_follower(const struct regions *r, slotno_t i)
{
    slotno_t n = slot_next(r->slots, i);

    if (n != SLOT_NIL && cap_type_is_memory(slot_type(r->slots, i)) &&
        !list_same_region(r->slots, n, i))
        return SLOT_NIL;
    return n;
}

bool regions_is_final(const struct regions *r, slotno_t i)
{
    const struct slot *slots = r->slots;
    slotno_t p = slot_previous(slots, i), n = slot_next(slots, i);

    if (p != SLOT_NIL && list_same_region(slots, p, i) &&
        cap_same_object(slots, p, i))
        return false;
    return n == SLOT_NIL || !list_same_region(slots, n, i) ||
           !cap_same_object(slots, i, n);
}

/* The first met is an outermost one: what contains it comes before it. */
slotno_t regions_first_inside(struct regions *r, slotno_t u, paddr_t base,
                              uint8_t bits)
{
    const struct slot *slots = r->slots;
    slotno_t x = first_descendant(r, u);

    while (x != SLOT_NIL && list_inside(slots, x, u)) {
        r->visits++;
        if (index_inside(slots, x, base, bits))
            return x;
        x = slot_next(slots, x);
    }
    return SLOT_NIL;
}

/* A list has no nodes. */
slotno_t regions_node(struct regions *r, slotno_t i, slotno_t known)
{
    (void)r;
    (void)known;
    return i;
}

slotno_t regions_child_below(struct regions *r, slotno_t i, slotno_t node)
{
    (void)node;
    return regions_child(r, i);
}

slotno_t regions_first_inside_below(struct regions *r, slotno_t node,
                                    paddr_t base, uint8_t bits)
{
    return regions_first_inside(r, node, base, bits);
}

/* In a list all are as cheap, and so nothing is ever above. */
slotno_t regions_cheapest(struct regions *r, slotno_t i, paddr_t base,
                          uint8_t bits)
{
    (void)r;
    (void)base;
    (void)bits;
    return i;
}

slotno_t regions_above(const struct regions *r, slotno_t i)
{
    return slot_previous(r->slots, i);
}

/* Outermost children are those that do not lie in the one met before. */
slotno_t regions_next(struct regions *r, slotno_t u, paddr_t from)
{
    const struct slot *slots = r->slots;
    slotno_t best = SLOT_NIL, outer = SLOT_NIL, x = first_descendant(r, u);

    for (; x != SLOT_NIL && list_inside(slots, x, u); x = slot_next(slots, x)) {
        r->visits++;
        if (outer != SLOT_NIL && list_inside(slots, x, outer))
            continue;
        outer = x;
        if (slot_base(slots, x) + (bits_size(slot_bits(slots, x)) - 1) < from)
            continue;
        if (best == SLOT_NIL || slot_base(slots, x) < slot_base(slots, best))
            best = x;
    }
    return best;
}

enum region_kind regions_kind(const struct regions *r, slotno_t i)
{
    uint8_t type = i == SLOT_NIL ? CAP_NULL : slot_type(r->slots, i);

    if (type == CAP_NULL)
        return REGION_NONE;
    if (type == CAP_UNTYPED)
        return REGION_UNTYPED;
    return type == CAP_EMBRYO || type == CAP_ZOMBIE ? REGION_IN_TRANSITION
                                                    : REGION_OBJECT;
}

slotno_t regions_walk(const struct regions *r, slotno_t i)
{
    slotno_t x = i == SLOT_NIL ? r->root : slot_next(r->slots, i);

    while (i != SLOT_NIL && x != SLOT_NIL && list_same_region(r->slots, x, i))
        x = slot_next(r->slots, x);
    return x;
}
