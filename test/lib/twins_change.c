/* SPDX-License-Identifier: BSD-2-Clause */
/* Random changes, as a kernel makes them: only what its rules allow. */
#include "twins.h"

static void write_cap(struct twins *w, slotno_t i, const struct cap *cap)
{
    uint8_t flags = (uint8_t)seed_below(&w->seed, 4);

    if (cap->type == CAP_UNTYPED)
        flags |= SLOT_REVOCABLE;
    for (unsigned s = 0; s < 2; s++) {
        cap_write(w->side[s].slots, i, cap);
        slot_set_flags(w->side[s].slots, i, flags);
    }
}

static const uint8_t memory_types[] = {
    CAP_UNTYPED,  CAP_UNTYPED,      CAP_UNTYPED,    CAP_UNTYPED,  CAP_UNTYPED,
    CAP_ENDPOINT, CAP_NOTIFICATION, CAP_FRAME,      CAP_CNODE,    CAP_TCB,
    CAP_EMBRYO,   CAP_ZOMBIE,       CAP_PAGE_TABLE, CAP_ASID_POOL};

static uint8_t any_memory_type(struct twins *w)
{
    return memory_types[seed_below(&w->seed, sizeof memory_types)];
}

/* A new region anywhere: inside open untypeds only, and around others only if
 * it is an untyped. */
static void insert_somewhere(struct twins *w)
{
    const struct slot *slots = twins_slots(w);
    slotno_t i = twins_any_slot(w, false);
    struct cap cap = {.type = any_memory_type(w),
                      .bits = twins_any_bits(w, w->window_bits)};

    if (i == SLOT_NIL)
        return;
    cap.base = twins_any_block(w, 0, w->window_bits, cap.bits);
    for (slotno_t x = 0; x < TWINS_SLOTS; x++) {
        if (!twins_is_memory(w, x) ||
            !index_meets(slots, x, cap.base, cap.bits))
            continue;
        if (slot_bits(slots, x) == cap.bits)
            return;
        if (slot_bits(slots, x) < cap.bits && cap.type != CAP_UNTYPED)
            return;
        if (slot_bits(slots, x) > cap.bits &&
            (!twins_is_untyped(w, x) ||
             (slot_next(slots, x) != SLOT_NIL &&
              !twins_is_untyped(w, slot_next(slots, x)))))
            return;
    }
    write_cap(w, i, &cap);
    for (unsigned s = 0; s < 2; s++)
        w->side[s].twin->insert(&w->side[s].regions, i);
}

static void insert_plain(struct twins *w)
{
    static const uint8_t types[] = {CAP_IRQ_CONTROL, CAP_ASID_CONTROL,
                                    CAP_DOMAIN, CAP_REPLY, CAP_IRQ_HANDLER};
    slotno_t i = twins_any_slot(w, false);
    struct cap cap = {.type = types[seed_below(&w->seed, sizeof types)]};

    if (i == SLOT_NIL)
        return;
    write_cap(w, i, &cap);
    for (unsigned s = 0; s < 2; s++)
        w->side[s].twin->insert(&w->side[s].regions, i);
}

/* Asks whether anything is in the way of slot i, and links it right there. */
static void link_where_asked(struct twins *w, slotno_t u, slotno_t i)
{
    paddr_t base = slot_base(twins_slots(w), i);
    uint8_t bits = slot_bits(twins_slots(w), i);

    for (unsigned s = 0; s < 2; s++) {
        struct twins_side *side = &w->side[s];
        slotno_t below = SLOT_NIL;
        slotno_t met =
            side->twin->find_place(&side->regions, u, base, bits, &below);

        twins_compare(w, "nothing in the way", met, SLOT_NIL);
        side->twin->insert_below(&side->regions, u, below, i);
    }
}

/* Retype: a run of new objects where nothing is in the way. */
static void insert_run(struct twins *w)
{
    const struct slot *slots = twins_slots(w);
    slotno_t u = twins_any_untyped(w), first;
    struct cap cap = {.type = any_memory_type(w)};
    uint64_t count;

    if (u == SLOT_NIL || !twins_is_open(w, u))
        return;
    cap.bits = twins_any_bits(w, slot_bits(slots, u));
    cap.base =
        twins_any_block(w, slot_base(slots, u), slot_bits(slots, u), cap.bits);
    count = 1 + seed_below(&w->seed, 6);
    if (count > bits_down(slot_base(slots, u) + bits_size(slot_bits(slots, u)) -
                              cap.base,
                          cap.bits))
        return;
    for (slotno_t i = 0; i < TWINS_SLOTS; i++)
        if (twins_in_the_way(w, i, u, cap.base, bits_up(count, cap.bits)))
            return;
    first = twins_empty_row(w, count);
    if (first == SLOT_NIL)
        return;
    for (uint64_t i = 0; i < count; i++) {
        write_cap(w, first + i, &cap);
        cap.base += bits_size(cap.bits);
    }
    if (count == 1 && seed_below(&w->seed, 2) == 0) {
        link_where_asked(w, u, first);
        return;
    }
    for (unsigned s = 0; s < 2; s++)
        w->side[s].twin->insert_run(&w->side[s].regions, u, first, count);
}

static void insert_copy(struct twins *w)
{
    const struct slot *slots = twins_slots(w);
    slotno_t source = twins_any_slot(w, true), i = twins_any_slot(w, false);
    struct cap cap;

    if (source == SLOT_NIL || i == SLOT_NIL)
        return;
    cap = cap_read(slots, source);
    if (cap.type == CAP_EMBRYO || cap.type == CAP_ZOMBIE)
        return;
    if (cap.type == CAP_UNTYPED &&
        (!twins_is_open(w, source) || twins_has_inside(w, source)))
        return;
    if (cap.type == CAP_ENDPOINT || cap.type == CAP_NOTIFICATION)
        cap.word = seed_below(&w->seed, 3);
    write_cap(w, i, &cap);
    for (unsigned s = 0; s < 2; s++)
        w->side[s].twin->insert_after(&w->side[s].regions, source, i);
}

static void remove_any(struct twins *w)
{
    slotno_t i = twins_any_slot(w, true);

    if (i == SLOT_NIL)
        return;
    for (unsigned s = 0; s < 2; s++) {
        w->side[s].twin->remove(&w->side[s].regions, i);
        slot_clear(w->side[s].slots, i);
    }
}

static void move_or_swap(struct twins *w)
{
    bool swap = seed_below(&w->seed, 2) == 0;
    slotno_t a = twins_any_slot(w, true), b = twins_any_slot(w, swap);

    if (a == SLOT_NIL || b == SLOT_NIL || a == b)
        return;
    for (unsigned s = 0; s < 2; s++) {
        if (swap)
            w->side[s].twin->swap(&w->side[s].regions, a, b);
        else
            w->side[s].twin->move(&w->side[s].regions, a, b);
    }
}

/* Revoke: child by child.  The children may come in another order, but no
 * fewer of them. */
static void revoke(struct twins *w)
{
    slotno_t i = twins_any_slot(w, true);
    uint64_t removed[2] = {0, 0};

    if (i == SLOT_NIL)
        return;
    for (unsigned s = 0; s < 2; s++) {
        struct twins_side *side = &w->side[s];
        slotno_t child;

        while (removed[s] < TWINS_SLOTS &&
               (child = side->twin->child(&side->regions, i)) != SLOT_NIL) {
            side->twin->remove(&side->regions, child);
            slot_clear(side->slots, child);
            removed[s]++;
        }
    }
    twins_compare(w, "capabilities revoked", removed[0], removed[1]);
}

void twins_change(struct twins *w)
{
    static void (*const changes[])(struct twins *) = {
        insert_somewhere, insert_somewhere, insert_plain, insert_run,
        insert_run,       insert_run,       insert_copy,  insert_copy,
        remove_any,       remove_any,       move_or_swap, move_or_swap};
    uint64_t count = sizeof changes / sizeof changes[0];

    if (seed_below(&w->seed, 100) == 0)
        revoke(w);
    else
        changes[seed_below(&w->seed, count)](w);
}
