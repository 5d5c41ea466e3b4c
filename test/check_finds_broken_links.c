/* SPDX-License-Identifier: BSD-2-Clause */
/* kernel_check() finds each kind of broken link in the tree and the lists, and
 * says what is broken: one link at a time is spoiled in a sound state. */
#include "spoiled.h"

/* Each spoils one thing. */
static void list_next_skips(void)
{
    slotno_t second = slot_next(spoiled_slots, spoiled_at(EP));

    slot_set_next(spoiled_slots, second,
                  slot_next(spoiled_slots, slot_next(spoiled_slots, second)));
}

static void list_previous_wrong(void)
{
    slotno_t second = slot_next(spoiled_slots, spoiled_at(EP));

    slot_set_previous(spoiled_slots, slot_next(spoiled_slots, second),
                      spoiled_at(EP));
}

static void list_cut(void)
{
    slot_set_next(spoiled_slots, slot_next(spoiled_slots, spoiled_at(EP)),
                  SLOT_NIL);
}

static void list_cycle(void)
{
    slotno_t second = slot_next(spoiled_slots, spoiled_at(EP));

    slot_set_next(spoiled_slots, slot_next(spoiled_slots, second), second);
}

static void plain_list_cut(void)
{
    slot_set_next(spoiled_slots, spoiled_at(FIX_IRQ_CONTROL), SLOT_NIL);
}

static void plain_list_previous(void)
{
    slot_set_previous(spoiled_slots, spoiled_at(HANDLER_COPY),
                      spoiled_at(FIX_IRQ_CONTROL));
}

static void plain_list_strangers(void)
{
    slot_set_type(spoiled_slots, spoiled_at(HANDLER_COPY), CAP_DOMAIN);
}

static void list_strangers(void)
{
    slot_set_type(spoiled_slots, spoiled_at(EP_COPY), CAP_NOTIFICATION);
}

static void list_other_region(void)
{
    struct cap cap = fixture_cap(&spoiled_fixture, EP_COPY);

    slot_set_region(spoiled_slots, spoiled_at(EP_COPY), cap.base + 16, 4);
}

static void member_empty(void)
{
    slot_set_type(spoiled_slots, spoiled_at(EP_COPY), CAP_NULL);
}

static void representative_empty(void)
{
    slot_set_type(spoiled_slots, spoiled_at(PAGE), CAP_NULL);
}

static void in_two_places(void)
{
    slot_copy(spoiled_slots, spoiled_at(SPARE), spoiled_at(EP_COPY));
}

static void node_in_two_places(void)
{
    slot_copy(spoiled_slots, spoiled_at(SPARE), spoiled_at(PAGE));
}

static void outside_any_cnode(void)
{
    slotno_t nowhere = slot_at(fixture_cap(&spoiled_fixture, PAGE).base);

    slot_copy_cap(spoiled_slots, nowhere, spoiled_at(EP_COPY));
    regions_insert_after(&spoiled_fixture.k->regions, spoiled_at(EP), nowhere);
}

static void tree_child_cut(void)
{
    slotno_t parent = slot_parent(spoiled_slots, spoiled_at(PAGE));

    if (slot_left(spoiled_slots, parent) == spoiled_at(PAGE))
        slot_set_left(spoiled_slots, parent, SLOT_NIL);
    else
        slot_set_right(spoiled_slots, parent, SLOT_NIL);
}

static void tree_children_swapped(void)
{
    slotno_t i = spoiled_fixture.k->regions.root,
             left = slot_left(spoiled_slots, i);

    slot_set_left(spoiled_slots, i, slot_right(spoiled_slots, i));
    slot_set_right(spoiled_slots, i, left);
}

/* The leftmost leaf's left link names the root again. */
static void tree_cycle(void)
{
    slotno_t i = spoiled_fixture.k->regions.root;

    while (slot_left(spoiled_slots, i) != SLOT_NIL)
        i = slot_left(spoiled_slots, i);
    slot_set_left(spoiled_slots, i, spoiled_fixture.k->regions.root);
}

static void tree_depth(void)
{
    slot_set_depth(spoiled_slots, spoiled_at(PAGE),
                   (uint8_t)(slot_depth(spoiled_slots, spoiled_at(PAGE)) + 1));
}

static void tree_parent(void)
{
    slot_set_parent(spoiled_slots, spoiled_at(PAGE), spoiled_at(PAGE));
}

static void tree_misaligned(void)
{
    struct cap cap = fixture_cap(&spoiled_fixture, PAGE);

    slot_set_region(spoiled_slots, spoiled_at(PAGE), cap.base + 16, cap.bits);
}

static void tree_outside_window(void)
{
    struct cap cap = fixture_cap(&spoiled_fixture, PAGE);

    slot_set_region(spoiled_slots, spoiled_at(PAGE), cap.base + 0x10000,
                    cap.bits);
}

static void tree_same_region(void)
{
    struct cap cap = fixture_cap(&spoiled_fixture, TABLE);

    slot_set_region(spoiled_slots, spoiled_at(PAGE), cap.base, cap.bits);
}

/* A child of the root grows beyond it: [0x8000, 0x10000) instead of half. */
static void heap_order(void)
{
    slotno_t i = spoiled_at(FIX_UT2);

    if (spoiled_fixture.k->regions.root == i)
        slot_set_region(spoiled_slots, i, 0x8000, 13); /* the root shrinks */
    else
        slot_set_region(spoiled_slots, i, 0x8000, 15);
}

static const struct spoiled cases[] = {
    {list_next_skips, "list", "a next link skips one", false},
    {list_previous_wrong, "list", "a previous link names another", false},
    {list_cut, "list", "a list is cut", false},
    {list_cycle, "list", "a list is a ring", false},
    {plain_list_cut, "list", "a plain list is cut", false},
    {plain_list_previous, "list", "a plain list's previous link", false},
    {plain_list_strangers, "list", "a domain among handlers", false},
    {list_strangers, "list", "two types of object in a list", false},
    {list_other_region, "list", "two regions in a list", false},
    {member_empty, "list", "a list's member is empty", false},
    {representative_empty, "tree", "a node's slot is empty", false},
    {in_two_places, "list", "a slot is there twice", false},
    {node_in_two_places, "tree", "a node is there twice", false},
    {outside_any_cnode, "slots", "a capability outside any CNode", false},
    {tree_child_cut, "tree", "a node is lost", false},
    {tree_children_swapped, "tree", "left and right are swapped", false},
    {tree_cycle, "tree", "a leaf has the root below it", false},
    {tree_depth, "tree", "a depth is off by one", false},
    {tree_parent, "tree", "a parent link names another", false},
    {tree_misaligned, "tree", "a region is not aligned", false},
    {tree_outside_window, "tree", "a region is outside the window", false},
    {tree_same_region, "tree", "two nodes have one region", false},
    {heap_order, "heap", "a node is larger than its parent", false},
};

int main(void)
{
    return spoiled_check(cases, sizeof cases / sizeof *cases);
}
