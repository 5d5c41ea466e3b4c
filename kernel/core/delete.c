/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"
#include "delete.h"
#include "objects.h"

/* The slot's capability leaves the derivation, and the slot is empty. */
static void empty_slot(struct kernel *k, slotno_t i)
{
    struct slot *slots = kernel_slots(k);
    slotno_t next = regions_follower(&k->regions, i);

    arch_event(k, ARCH_EVENT_EMPTIED, i, SLOT_NIL);
    if (next != SLOT_NIL)
        slot_set_flags(slots, next,
                       slot_flags(slots, next) |
                           (slot_flags(slots, i) & SLOT_FIRST_BADGED));
    regions_remove(&k->regions, i);
    slot_clear(slots, i);
    k->slots_emptied++;
}

static bool is_zombie(const struct slot *slots, slotno_t i)
{
    return slot_type(slots, i) == CAP_ZOMBIE;
}

/* Takes one capability out of service: after that its slot is empty or holds
 * a zombie.  False: an interrupt came before. */
static bool retire_one(struct kernel *k, slotno_t i)
{
    enum finalised finalised;
    bool final;

    if (is_zombie(kernel_slots(k), i))
        return true;
    final = regions_is_final(&k->regions, i);
    kernel_work_slots(k, 1);
    if (final) {
        k->finality_tests++;
        arch_event(k, ARCH_EVENT_FINAL, i, SLOT_NIL);
    }
    finalised = object_finalise(k, i, final);
    if (finalised == FINALISED_EMPTY)
        empty_slot(k, i);
    return finalised != FINALISED_PREEMPTED;
}

/* The same for whatever slot i holds.  The last capability to an interrupt
 * takes the notification along that the interrupt signals. */
static bool retire(struct kernel *k, slotno_t i)
{
    slotno_t inner = object_inner_slot(k, i);

    if (inner != SLOT_NIL && !retire_one(k, inner))
        return false;
    return retire_one(k, i);
}

/* Slot 0 of the object that the zombie in slot i stands for. */
static slotno_t home_of(const struct slot *slots, slotno_t i)
{
    return slot_at(slot_base(slots, i));
}

/* No slot left, or only the one in which the zombie itself lies. */
static bool zombie_is_spent(const struct slot *slots, slotno_t i)
{
    uint64_t slots_left = slot_word(slots, i);

    return slots_left == 0 || (slots_left == 1 && home_of(slots, i) == i);
}

/* The zombie in slot i goes to its home; what was there comes here. */
static void send_home(struct kernel *k, slotno_t i, slotno_t home)
{
    arch_event(k, ARCH_EVENT_SWAPPED, i, home);
    kernel_work_slots(k, 2);
    if (slot_is_empty(kernel_slots(k), home))
        regions_move(&k->regions, i, home);
    else
        regions_swap(&k->regions, i, home);
}

/* Empties the last slot of a zombie, or leaves there a zombie at home.  False
 * when interrupted.  Each turn of the loop sends another object's zombie home,
 * where it stays. */
static bool delete_hidden(struct kernel *k, slotno_t i)
{
    struct slot *slots = kernel_slots(k);

    while (!slot_is_empty(slots, i)) {
        slotno_t home;

        if (!retire(k, i))
            return false;
        if (slot_is_empty(slots, i))
            return true;
        if (zombie_is_spent(slots, i)) {
            empty_slot(k, i);
            return true;
        }
        home = home_of(slots, i);
        if (home == i)
            return true;
        send_home(k, i, home);
        if (kernel_preempt_point(k))
            return false;
    }
    return true;
}

#define PASSED_PER_SLOT 16u /* as much work as emptying one */

/* Of a zombie's slots, how many are left when empty ones at the end have been
 * passed: as many as there are, up to params.scan_slots, but for the first. */
static uint64_t skip_empty(struct kernel *k, slotno_t home, uint64_t slots_left)
{
    const struct slot *slots = kernel_slots(k);
    uint64_t n = slots_left;

    while (n > 1 && slots_left - n < k->params.scan_slots &&
           slot_is_empty(slots, home + n - 1))
        n--;
    kernel_work_slots(k, (slots_left - n) / PASSED_PER_SLOT);
    return n;
}

/* One slot less.  The zombie may have lain in its own last slot: then it has
 * gone home, and slot i holds something else or nothing. */
static bool reduce_zombie(struct kernel *k, slotno_t i)
{
    struct slot *slots = kernel_slots(k);
    uint64_t slots_left = slot_word(slots, i);
    slotno_t home = home_of(slots, i);
    uint64_t rest = skip_empty(k, home, slots_left);

    if (rest != slots_left) {
        slot_set_word(slots, i, rest);
        return true;
    }
    kernel_work_slots(k, 1);
    if (!delete_hidden(k, home + slots_left - 1))
        return false;
    if (is_zombie(slots, i) && home_of(slots, i) == home)
        slot_set_word(slots, i, slots_left - 1);
    return true;
}

bool delete_slot(struct kernel *k, slotno_t i)
{
    struct slot *slots = kernel_slots(k);

    while (!slot_is_empty(slots, i)) {
        if (!retire(k, i))
            return false;
        if (slot_is_empty(slots, i))
            return true;
        if (zombie_is_spent(slots, i)) {
            empty_slot(k, i);
            return true;
        }
        if (!reduce_zombie(k, i))
            return false;
        if (kernel_preempt_point(k))
            return false;
    }
    return true;
}

/* Can the deletion of what slot i holds empty other slots? */
static bool has_slots(const struct slot *slots, slotno_t i)
{
    uint8_t type = slot_type(slots, i);

    return type == CAP_CNODE || type == CAP_TCB || type == CAP_ZOMBIE;
}

/* Where the search for what goes next can begin, once `child' has gone, which
 * was found below `top'; SLOT_NIL: from above again. */
static slotno_t next_start(struct kernel *k, slotno_t top, slotno_t child)
{
    if (child == top || has_slots(kernel_slots(k), child))
        return SLOT_NIL;
    return regions_above(&k->regions, child);
}

/* The node below which slot i's descendants are, if they can be in the index;
 * `known': what it was before. */
static slotno_t node_if_any(struct kernel *k, slotno_t i, slotno_t known)
{
    if (slot_type(kernel_slots(k), i) != CAP_UNTYPED)
        return SLOT_NIL;
    return regions_node(&k->regions, i, known);
}

/* A descendant's deletion may empty slot i itself: it can lie in a CNode
 * that is being deleted. */
bool delete_descendants(struct kernel *k, slotno_t i)
{
    struct slot *slots = kernel_slots(k);
    slotno_t top = SLOT_NIL, start = SLOT_NIL, node = SLOT_NIL, child;

    while (!slot_is_empty(slots, i)) {
        if (start == SLOT_NIL) {
            node = node_if_any(k, i, node);
            start = top = regions_child_below(&k->regions, i, node);
        }
        if (start == SLOT_NIL)
            return true;
        child = regions_cheapest(&k->regions, start, slot_base(slots, i),
                                 slot_bits(slots, i));
        start = next_start(k, top, child);
        if (!delete_slot(k, child) || kernel_preempt_point(k))
            return false;
    }
    return true;
}

/* Is the capability in slot i the only one inside a block of this size that
 * it lies in? */
static bool is_alone_inside(struct kernel *k, slotno_t i, uint8_t bits)
{
    const struct slot *slots = kernel_slots(k);

    return slot_bits(slots, i) == bits && slot_type(slots, i) != CAP_UNTYPED &&
           !has_slots(slots, i) && regions_follower(&k->regions, i) == SLOT_NIL;
}

bool delete_inside(struct kernel *k, slotno_t u, paddr_t base, uint8_t bits,
                   slotno_t first)
{
    struct slot *slots = kernel_slots(k);
    slotno_t top = first, start = first, node = SLOT_NIL, child;

    if (first != SLOT_NIL && is_alone_inside(k, first, bits))
        return delete_slot(k, first);
    while (start != SLOT_NIL) {
        child = regions_cheapest(&k->regions, start, base, bits);
        start = next_start(k, top, child);
        if (!delete_slot(k, child) || kernel_preempt_point(k))
            return false;
        if (slot_type(slots, u) != CAP_UNTYPED)
            return true;
        if (start == SLOT_NIL) {
            node = regions_node(&k->regions, u, node);
            start = top =
                regions_first_inside_below(&k->regions, node, base, bits);
        }
    }
    return true;
}
