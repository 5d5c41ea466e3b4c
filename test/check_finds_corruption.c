/* SPDX-License-Identifier: BSD-2-Clause */
/* kernel_check() finds each kind of corruption, and says what is broken: one
 * link, field or byte at a time is spoiled by hand in a sound state. */
#include "fixture.h"

#include <string.h>
#include <unistd.h>

/* Root slots of the state that is spoiled. */
enum {
    NESTED = FIX_FREE, /* untyped of 2^12 at 0x5000, itself of FIX_UT */
    EP,                /* an endpoint of it, with copies and a badge */
    EP_COPY,
    EP_COPY2,
    CNODE, /* of 8 slots, a copy of the TCB in slot 3 */
    TCB,
    PAGE,
    TABLE,
    COPIED, /* an untyped with a copy */
    COPY,
    HANDLER,
    HANDLER_COPY,
    ZOMBIE,
    EMBRYO,
    SPARE, /* and those behind it: empty */
};

#define ALARM_SECONDS 60u

static struct fixture f;
static struct slot *slots;

static void build(void)
{
    fixture_small(&f);
    slots = kernel_slots(f.k);
    fixture_dirty(&f, 0x8000, 0x4000);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 12, SPARE, 1);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 12, NESTED, 1);
    cnode_delete(&f, SPARE);
    retype(&f, NESTED, OBJECT_ENDPOINT, 0, EP, 1);
    cnode_copy(&f, EP_COPY, EP, 15);
    cnode_mint(&f, EP_COPY2, EP, 15, 7);
    retype(&f, NESTED, OBJECT_CNODE, 3, CNODE, 1);
    retype(&f, NESTED, OBJECT_TCB, 0, TCB, 1);
    cnode_copy_at(&f, inside(CNODE, 3, 3), (struct place){FIX_ROOT, TCB, 64},
                  15);
    retype(&f, NESTED, TYPE_PAGE, 0, PAGE, 1);
    retype(&f, NESTED, TYPE_TABLE, 0, TABLE, 1);
    retype(&f, NESTED, OBJECT_UNTYPED, 6, COPIED, 1);
    cnode_copy(&f, COPY, COPIED, 15);
    fixture_derive(&f, fixture_slot(&f, FIX_IRQ_CONTROL),
                   fixture_slot(&f, HANDLER),
                   &(struct cap){.type = CAP_IRQ_HANDLER, .word = 2});
    cnode_copy(&f, HANDLER_COPY, HANDLER, 15);
    retype(&f, NESTED, OBJECT_CNODE, 2, ZOMBIE, 1);
    cnode_copy_at(&f, inside(ZOMBIE, 2, 0), (struct place){FIX_ROOT, EP, 64},
                  15);
    cnode_copy_at(&f, inside(ZOMBIE, 2, 3), (struct place){FIX_ROOT, EP, 64},
                  15);
    f.once = true;
    fixture_preempt_in(&f, 1);
    cnode_delete(&f, ZOMBIE);
    fixture_preempt_in(&f, 1);
    if (f.k->params.generation3)
        retype_at(&f, FIX_UT2, TYPE_PAGE, 0, EMBRYO, 1, 0x1000);
    f.once = false;
    fixture_preempt_in(&f, 0);
    if (f.broken > 0)
        tap_ok(false, "the state is sound before it is spoiled");
}

static slotno_t at(uint64_t cptr)
{
    return fixture_slot(&f, cptr);
}

static uint8_t *byte_at(paddr_t address)
{
    return hosted_memory(f.k, address);
}

/* Each spoils one thing. */
static void list_next_skips(void)
{
    slotno_t second = slot_next(slots, at(EP));

    slot_set_next(slots, second, slot_next(slots, slot_next(slots, second)));
}

static void list_previous_wrong(void)
{
    slotno_t second = slot_next(slots, at(EP));

    slot_set_previous(slots, slot_next(slots, second), at(EP));
}

static void list_cut(void)
{
    slot_set_next(slots, slot_next(slots, at(EP)), SLOT_NIL);
}

static void list_cycle(void)
{
    slotno_t second = slot_next(slots, at(EP));

    slot_set_next(slots, slot_next(slots, second), second);
}

static void plain_list_cut(void)
{
    slot_set_next(slots, at(FIX_IRQ_CONTROL), SLOT_NIL);
}

static void plain_list_previous(void)
{
    slot_set_previous(slots, at(HANDLER_COPY), at(FIX_IRQ_CONTROL));
}

static void plain_list_strangers(void)
{
    slot_set_type(slots, at(HANDLER_COPY), CAP_DOMAIN);
}

static void list_strangers(void)
{
    slot_set_type(slots, at(EP_COPY), CAP_NOTIFICATION);
}

static void list_other_region(void)
{
    struct cap cap = fixture_cap(&f, EP_COPY);

    slot_set_region(slots, at(EP_COPY), cap.base + 16, 4);
}

static void member_empty(void)
{
    slot_set_type(slots, at(EP_COPY), CAP_NULL);
}

static void representative_empty(void)
{
    slot_set_type(slots, at(PAGE), CAP_NULL);
}

static void in_two_places(void)
{
    slot_copy(slots, at(SPARE), at(EP_COPY));
}

static void node_in_two_places(void)
{
    slot_copy(slots, at(SPARE), at(PAGE));
}

static void outside_any_cnode(void)
{
    slotno_t nowhere = slot_at(fixture_cap(&f, PAGE).base);

    slot_copy_cap(slots, nowhere, at(EP_COPY));
    regions_insert_after(&f.k->regions, at(EP), nowhere);
}

static void tree_child_cut(void)
{
    slotno_t parent = slot_parent(slots, at(PAGE));

    if (slot_left(slots, parent) == at(PAGE))
        slot_set_left(slots, parent, SLOT_NIL);
    else
        slot_set_right(slots, parent, SLOT_NIL);
}

static void tree_children_swapped(void)
{
    slotno_t i = f.k->regions.root, left = slot_left(slots, i);

    slot_set_left(slots, i, slot_right(slots, i));
    slot_set_right(slots, i, left);
}

/* The leftmost leaf's left link names the root again. */
static void tree_cycle(void)
{
    slotno_t i = f.k->regions.root;

    while (slot_left(slots, i) != SLOT_NIL)
        i = slot_left(slots, i);
    slot_set_left(slots, i, f.k->regions.root);
}

static void tree_depth(void)
{
    slot_set_depth(slots, at(PAGE), (uint8_t)(slot_depth(slots, at(PAGE)) + 1));
}

static void tree_parent(void)
{
    slot_set_parent(slots, at(PAGE), at(PAGE));
}

static void tree_misaligned(void)
{
    struct cap cap = fixture_cap(&f, PAGE);

    slot_set_region(slots, at(PAGE), cap.base + 16, cap.bits);
}

static void tree_outside_window(void)
{
    struct cap cap = fixture_cap(&f, PAGE);

    slot_set_region(slots, at(PAGE), cap.base + 0x10000, cap.bits);
}

static void tree_same_region(void)
{
    struct cap cap = fixture_cap(&f, TABLE);

    slot_set_region(slots, at(PAGE), cap.base, cap.bits);
}

/* A child of the root grows beyond it: [0x8000, 0x10000) instead of half. */
static void heap_order(void)
{
    slotno_t i = at(FIX_UT2);

    if (f.k->regions.root == i)
        slot_set_region(slots, i, 0x8000, 13); /* the root shrinks */
    else
        slot_set_region(slots, i, 0x8000, 15);
}

static void object_around_others(void)
{
    slot_set_type(slots, at(NESTED), CAP_FRAME);
}

static void watermark_beyond(void)
{
    slot_set_word(slots, at(FIX_UT), 0x4001);
}

static void watermark_low(void)
{
    slot_set_word(slots, at(FIX_UT), 0x1ff0);
}

static void closed_not_full(void)
{
    slot_set_word(slots, at(COPIED), 0);
}

static void dirty_first_byte(void)
{
    *byte_at(0x4000 + fixture_watermark(&f, FIX_UT)) = 1;
}

static void dirty_last_byte(void)
{
    *byte_at(0x7fff) = 0x80;
}

static void empty_not_zero(void)
{
    *byte_at(slot_address(at(SPARE)) + 9) = 1;
}

static void empty_in_tcb(void)
{
    *byte_at(slot_address(fixture_inner(&f, TCB, TCB_CALLER)) + 30) = 1;
}

static void guard_too_wide(void)
{
    slot_set_word(slots, at(CNODE), 62);
}

static void guard_too_large(void)
{
    slot_set_word(slots, at(CNODE), 3 | 8 << 6);
}

static void zombie_left_too_many(void)
{
    slot_set_word(slots, at(ZOMBIE), 5);
}

static void zombie_left_too_few(void)
{
    slot_set_word(slots, at(ZOMBIE), 0);
}

static void tcb_size(void)
{
    f.k->params.objects[OBJECT_TCB].bits = 9;
}

static void endpoint_size(void)
{
    f.k->params.objects[OBJECT_ENDPOINT].bits = 5;
}

static void notification_type(void)
{
    slot_set_type(slots, at(PAGE), CAP_NOTIFICATION);
}

static void frame_size(void)
{
    slot_set_type(slots, at(COPIED), CAP_FRAME);
    slot_set_type(slots, at(COPY), CAP_FRAME);
}

static void table_size(void)
{
    f.k->params.objects[TYPE_TABLE].bits = 9;
}

static void unknown_type(void)
{
    slot_set_type(slots, at(PAGE), 99);
}

static void unknown_flag(void)
{
    slot_set_flags(slots, at(PAGE), 4);
}

static void untyped_not_revocable(void)
{
    slot_set_flags(slots, at(NESTED), 0);
}

static void handler_number(void)
{
    slot_set_word(slots, at(HANDLER), 4);
    slot_set_word(slots, at(HANDLER_COPY), 4);
}

static void embryo_beyond(void)
{
    slot_set_word(slots, at(EMBRYO), 257);
}

static void embryo_type(void)
{
    slot_set_rights(slots, at(EMBRYO), TYPE_COUNT);
}

static void embryo_dirty(void)
{
    slot_set_word(slots, at(EMBRYO), 0);
    *byte_at(0x9000 + 255) = 1;
}

static const struct {
    void (*spoil)(void);
    const char *class; /* what comes before the colon */
    const char *name;
    bool new_calls; /* needs an embryo */
} cases[] = {
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
    {object_around_others, "laminarity", "a frame around objects", false},
    {watermark_beyond, "watermark", "a watermark beyond the end", false},
    {watermark_low, "W1", "a watermark below a child's end", false},
    {closed_not_full, "watermark", "a copied untyped is not full", false},
    {dirty_first_byte, "W2", "the first byte that should be clean", false},
    {dirty_last_byte, "W2", "the last byte that should be clean", false},
    {empty_not_zero, "slot", "an empty slot that is not zero", false},
    {empty_in_tcb, "slot", "one in a TCB", false},
    {guard_too_wide, "CNode", "guard and radix beyond 64 bits", false},
    {guard_too_large, "CNode", "a guard beyond its size", false},
    {zombie_left_too_many, "zombie", "more slots than it had", false},
    {zombie_left_too_few, "zombie", "a full slot beyond those left", false},
    {tcb_size, "TCB", "TCBs of another size", false},
    {endpoint_size, "endpoint", "endpoints of another size", false},
    {notification_type, "notification", "a notification of 256 bytes", false},
    {frame_size, "frame", "a frame of 64 bytes", false},
    {table_size, "page table", "page tables of another size", false},
    {unknown_type, "tree", "a type that does not exist", false},
    {unknown_flag, "flags", "a flag that does not exist", false},
    {untyped_not_revocable, "flags", "an untyped that is not revocable", false},
    {handler_number, "interrupt", "a handler of no interrupt", false},
    {embryo_beyond, "embryo", "an embryo's watermark beyond its end", true},
    {embryo_type, "embryo", "an embryo of no type", true},
    {embryo_dirty, "embryo", "a byte of an embryo that should be clean", true},
};

static bool is_class(const char *text, const char *class)
{
    size_t n = strlen(class);

    return text && strncmp(text, class, n) == 0 && text[n] == ':';
}

static void one(unsigned i)
{
    struct check_result r;

    build();
    cases[i].spoil();
    r = kernel_check(f.k, 1 << 20);
    if (!tap_ok(is_class(r.broken, cases[i].class), "%s: found as %s",
                cases[i].name, cases[i].class))
        tap_diag("  kernel_check says: %s",
                 r.broken ? r.broken : "nothing is broken");
    hosted_destroy(f.hosted);
}

int main(void)
{
    struct check_result r;

    alarm(ALARM_SECONDS); /* a check that does not end fails the test */
    build();
    r = kernel_check(f.k, 1 << 20);
    tap_ok(r.broken == NULL, "the state is sound");
    tap_ok(r.capabilities > 20 && r.regions > 10 && r.slots > 64,
           "%lu capabilities to %lu regions in %lu slots",
           (unsigned long)r.capabilities, (unsigned long)r.regions,
           (unsigned long)r.slots);
    hosted_destroy(f.hosted);
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!cases[i].new_calls || hosted_params_riscv64().generation3)
            one(i);
    return tap_done();
}
