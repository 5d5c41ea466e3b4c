/* SPDX-License-Identifier: BSD-2-Clause */
/* Region lists, and what they and the index do together. */
#include "arch.h"
#include "index.h"

void regions_init(struct regions *r, struct slot *slots, uint8_t window_bits)
{
    *r = (struct regions){
        .slots = slots,
        .root = SLOT_NIL,
        .window_bits = window_bits,
    };
}

slotno_t regions_find_run(struct regions *r, slotno_t u, paddr_t base,
                          uint8_t bits, uint64_t count)
{
    if (count == 1)
        return regions_find(r, u, base, bits);
    return index_find_run(r, index_node_of(r, u), base, bits, count);
}

slotno_t regions_enclosing(struct regions *r, paddr_t base, uint8_t bits)
{
    return index_enclosing(r, base, bits);
}

bool regions_is_innermost(struct regions *r, slotno_t u, slotno_t i)
{
    const struct slot *slots = r->slots;
    slotno_t parent;

    if (!slot_is_representative(slots, i))
        return slot_previous(slots, i) == u;
    if (slot_next(slots, u) != SLOT_NIL)
        return false;
    parent = index_outer(r, i);
    return parent != SLOT_NIL &&
           slot_bits(slots, parent) == slot_bits(slots, u) &&
           slot_base(slots, parent) == slot_base(slots, u);
}

/* A plain list begins with slot i. */
static void insert_plain(struct regions *r, slotno_t i)
{
    //@ ghost if (carried == SLOT_NIL) lemma_kept();
    /*@ assert \forall integer j; live(j) && field_alone[j] == 0 ==>
      @   listed(field_next[j]) && field_next[j] != i; */
    slot_set_next(r->slots, i, SLOT_NIL);
    slot_set_previous(r->slots, i, SLOT_NIL);
    slot_set_right(r->slots, i, SLOT_NIL);
    slot_set_depth(r->slots, i, SLOT_LISTED);
    //@ ghost in_list[i] = 1;
    //@ ghost node_of[i] = SLOT_NIL;
}

void regions_insert(struct regions *r, slotno_t i)
{
    if (cap_type_is_memory(slot_type(r->slots, i)))
        index_insert(r, SLOT_NIL, i);
    else
        insert_plain(r, i);
}

void regions_insert_below(struct regions *r, slotno_t u, slotno_t below,
                          slotno_t i)
{
    if (slot_bits(r->slots, i) == slot_bits(r->slots, u))
        regions_insert_after(r, u, i);
    else
        index_insert(r, below, i);
}

/* The second of a list keeps the node's parent link, in `right'; what the
 * other listed slots have there means nothing, and may be carried along. */
void regions_insert_after(struct regions *r, slotno_t source, slotno_t i)
{
    struct slot *slots = r->slots;
    slotno_t next = slot_next(slots, source), parent = SLOT_NIL;

    //@ ghost lemma_rank(source, i);
    if (slot_is_representative(slots, source))
        parent = slot_parent(slots, source);
    slot_set_previous(slots, i, source);
    slot_set_right(slots, i, parent);
    slot_set_next(slots, i, next);
    slot_set_depth(slots, i, SLOT_LISTED);
    slot_set_next(slots, source, i);
    if (next != SLOT_NIL)
        slot_set_previous(slots, next, i);
    //@ ghost in_list[i] = 1;
    //@ ghost node_of[i] = node_of[source];
    /*@ assert joined: next_field(source) == i && next_field(i) == next &&
      @   field_left[i] == source &&
      @   (next != SLOT_NIL ==> field_left[next] == i); */
    /*@ assert still: \forall integer j; member(j) && j != i ==>
      @   \at(member(j), Pre) &&
      @   (j != source ==> next_field(j) == \at(next_field(j), Pre)) &&
      @   (j != next ==> field_left[j] == \at(field_left[j], Pre)); */
    //@ ghost if (carried == SLOT_NIL) lemma_kept();
}

void regions_insert_run(struct regions *r, slotno_t u, slotno_t first,
                        uint64_t count)
{
    struct slot *slots = r->slots;

    if (slot_bits(slots, first) == slot_bits(slots, u)) {
        regions_insert_after(r, u, first);
        return;
    }
    if (count == 1)
        index_insert(r, index_node_of(r, u), first);
    else
        index_insert_run(r, index_node_of(r, u), first, count);
}

/* After the first of a list now comes `next', or nothing: the node's parent
 * link moves with that. */
static void set_second(struct regions *r, slotno_t first, slotno_t next,
                       slotno_t parent)
{
    struct slot *slots = r->slots;

    if (next == SLOT_NIL) {
        slot_set_alone(slots, first, parent);
        return;
    }
    slot_set_next(slots, first, next);
    slot_set_previous(slots, next, first);
    slot_set_right(slots, next, parent);
}

/* Takes a listed slot out of its list. */
static void unlist(struct regions *r, slotno_t i)
{
    struct slot *slots = r->slots;
    slotno_t previous = slot_previous(slots, i), next = slot_next(slots, i);

    //@ ghost if (carried == SLOT_NIL) lemma_kept();
    //@ assert previous != SLOT_NIL ==> member(previous);
    //@ ghost in_list[i] = 0;
    if (previous != SLOT_NIL && slot_is_representative(slots, previous)) {
        set_second(r, previous, next, slot_right(slots, i));
        return;
    }
    if (previous != SLOT_NIL)
        slot_set_next(slots, previous, next);
    if (next != SLOT_NIL)
        slot_set_previous(slots, next, previous);
}

/* Place, children and depth of node i, below `parent', are second's now. */
static void take_node(struct regions *r, slotno_t parent, slotno_t i,
                      slotno_t second)
{
    struct slot *slots = r->slots;

    index_set_link(r, parent, index_side(slots, i), second);
    slot_set_left(slots, second, slot_left(slots, i));
    slot_set_right(slots, second, slot_right(slots, i));
    slot_set_depth(slots, second, slot_depth(slots, i));
}

/* The second of i's list takes over its node. */
static void promote(struct regions *r, slotno_t i, slotno_t second)
{
    struct slot *slots = r->slots;
    slotno_t parent;

    //@ ghost uint64_t third = field_next[second];
    /*@ assert third != SLOT_NIL ==>
      @   listed(third) && field_left[third] == second; */
    //@ ghost lemma_kept();
    parent = slot_parent(slots, i);
    take_node(r, parent, i, second);
    set_second(r, second, slot_next(slots, second), parent);
    //@ assert parent_field(second) == parent && parents_of_others(i);
    //@ ghost tree_promote(second, i, parent, r->root);
    //@ ghost lists_promote(second, i);
    //@ assert parents_but(second);
    index_adopt_children(slots, second);
    /*@ assert still: \forall integer j; member(j) ==> \at(member(j), Pre) &&
      @   next_field(j) == \at(next_field(j), Pre); */
}

void regions_remove(struct regions *r, slotno_t i)
{
    struct slot *slots = r->slots;

    if (!slot_is_representative(slots, i))
        unlist(r, i);
    else if (slot_is_alone(slots, i))
        index_remove(r, i);
    else
        promote(r, i, slot_next(slots, i));
}

/* The slot that keeps the parent link of node x. */
static slotno_t keeper(const struct slot *slots, slotno_t x)
{
    return slot_is_alone(slots, x) ? x : slot_next(slots, x);
}

/* Two slots whose contents are about to change places, or (other == from) one
 * whose contents are about to move. */
struct exchange {
    slotno_t from, to, other;
    unsigned side; /* of from's node, if it has one */
};

/* Is slot i one of the two?  Links kept in these are renamed after the
 * exchange; and where a link between the two has been redirected already, the
 * one names itself. */
static bool takes_part(const struct exchange *e, slotno_t i)
{
    return i == e->from || i == e->other;
}

static void redirect_child(struct slot *slots, const struct exchange *e,
                           slotno_t x)
{
    if (x != SLOT_NIL && !takes_part(e, keeper(slots, x)))
        slot_set_parent(slots, x, e->to);
}

/* Every link to slot `from', except those kept in the two themselves, now
 * names slot `to'. */
static void redirect(struct regions *r, const struct exchange *e)
{
    struct slot *slots = r->slots;
    slotno_t next = slot_next(slots, e->from), holder;

    if (slot_is_representative(slots, e->from)) {
        holder = slot_parent(slots, e->from);
        if (!takes_part(e, holder))
            index_set_link(r, holder, e->side, e->to);
        redirect_child(slots, e, slot_left(slots, e->from));
        redirect_child(slots, e, slot_right(slots, e->from));
    } else {
        holder = slot_previous(slots, e->from);
        if (holder != SLOT_NIL && !takes_part(e, holder))
            slot_set_next(slots, holder, e->to);
    }
    if (next != SLOT_NIL && !takes_part(e, next))
        slot_set_previous(slots, next, e->to);
}

static unsigned side_if_any(const struct slot *slots, slotno_t i)
{
    return slot_is_representative(slots, i) ? index_side(slots, i) : 0;
}

void regions_move(struct regions *r, slotno_t from, slotno_t to)
{
    struct exchange e = {from, to, from, side_if_any(r->slots, from)};

    redirect(r, &e);
    slot_copy(r->slots, to, from);
    slot_clear(r->slots, from);
}

/* Both sides are found before anything changes: the two may hang below one
 * node. */
void regions_swap(struct regions *r, slotno_t a, slotno_t b)
{
    struct exchange ab = {a, b, b, side_if_any(r->slots, a)};
    struct exchange ba = {b, a, a, side_if_any(r->slots, b)};

    redirect(r, &ab);
    redirect(r, &ba);
    slot_swap(r->slots, a, b);
    slot_rename(r->slots, a, a, b);
    slot_rename(r->slots, b, a, b);
}

slotno_t regions_node(struct regions *r, slotno_t i, slotno_t known)
{
    const struct slot *slots = r->slots;

    if (known != SLOT_NIL && !slot_is_empty(slots, known) &&
        slot_is_representative(slots, known) &&
        slot_bits(slots, known) == slot_bits(slots, i) &&
        slot_base(slots, known) == slot_base(slots, i))
        return known;
    return index_node_of(r, i);
}

slotno_t regions_child_below(struct regions *r, slotno_t i, slotno_t node)
{
    const struct slot *slots = r->slots;
    slotno_t next = slot_next(slots, i);

    if (next != SLOT_NIL && cap_is_parent(slots, i, next))
        return next;
    if (slot_type(slots, i) != CAP_UNTYPED)
        return SLOT_NIL;
    return index_first_inside(r, node, slot_base(slots, i),
                              slot_bits(slots, i));
}

slotno_t regions_child(struct regions *r, slotno_t i)
{
    const struct slot *slots = r->slots;
    slotno_t node = i;

    if (slot_type(slots, i) == CAP_UNTYPED && slot_next(slots, i) == SLOT_NIL)
        node = index_node_of(r, i);
    return regions_child_below(r, i, node);
}

slotno_t regions_first_inside_below(struct regions *r, slotno_t node,
                                    paddr_t base, uint8_t bits)
{
    return index_first_inside(r, node, base, bits);
}

slotno_t regions_first_inside(struct regions *r, slotno_t u, paddr_t base,
                              uint8_t bits)
{
    return index_first_inside(r, index_node_of(r, u), base, bits);
}

slotno_t regions_follower(const struct regions *r, slotno_t i)
{
    return slot_next(r->slots, i);
}

bool regions_is_final(const struct regions *r, slotno_t i)
{
    const struct slot *slots = r->slots;
    slotno_t next = slot_next(slots, i), previous;

    if (next != SLOT_NIL && cap_same_object(slots, i, next))
        return false;
    if (slot_is_representative(slots, i))
        return true;
    previous = slot_previous(slots, i);
    return previous == SLOT_NIL || !cap_same_object(slots, previous, i);
}

slotno_t regions_next(struct regions *r, slotno_t u, paddr_t from)
{
    return index_next(r, index_node_of(r, u), from);
}

enum region_kind regions_kind(const struct regions *r, slotno_t i)
{
    if (i == SLOT_NIL)
        return REGION_NONE;
    switch (slot_type(r->slots, i)) {
    case CAP_UNTYPED:
        return REGION_UNTYPED;
    case CAP_EMBRYO:
    case CAP_ZOMBIE:
        return REGION_IN_TRANSITION;
    default:
        return REGION_OBJECT;
    }
}
