/* SPDX-License-Identifier: BSD-2-Clause */
/* Deletion and revocation (sel4-abi.md 5.6, retype.md R10), taken apart into
 * steps: after each the call may stop. */
#include "private.h"

bool spec_step_(struct spec *s, const struct spec_run *run)
{
    return !run->stop || !run->stop(run->context, s);
}

/* An object that the kernel wrote to is gone. */
static void forget_object(struct spec *s, const struct spec_cap *cap)
{
    switch (cap->type) {
    case SPEC_ENDPOINT:
    case SPEC_NOTIFICATION:
    case SPEC_PAGE_TABLE:
    case SPEC_ASID_POOL:
    case SPEC_ZOMBIE:
        spec_set_dirty_(s, cap->base, spec_size(cap), true);
        break;
    default:
        break;
    }
}

/* Takes a capability that does not become a zombie out of its slot. */
static void empty(struct spec *s, uint32_t slot)
{
    size_t i = spec_find(s, slot);
    struct spec_cap cap = s->caps[i];
    bool final = spec_is_final_(s, i);

    if ((cap.flags & SPEC_MAPPED) && (cap.type == SPEC_FRAME || final))
        s->unmapped++;
    spec_remove_(s, i);
    if (!final)
        return;
    s->finals += cap.type != SPEC_ZOMBIE;
    forget_object(s, &cap);
    if (cap.type == SPEC_IRQ_HANDLER && cap.value < s->machine->irq_count) {
        uint32_t notification = s->machine->irq_slots + (uint32_t)cap.value;

        if (spec_find(s, notification) != SPEC_NO_CAP)
            empty(s, notification);
    }
}

/* Who waits for this thread's reply waits no longer. */
static void delete_reply(struct spec *s, uint64_t tcb)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->caps[i].type == SPEC_REPLY && s->caps[i].base == tcb &&
            !(s->caps[i].flags & SPEC_MASTER)) {
            empty(s, s->caps[i].slot);
            return;
        }
}

/* The last capability to something with slots becomes a zombie. */
static bool becomes_zombie(struct spec *s, uint32_t slot)
{
    size_t i = spec_find(s, slot);
    struct spec_cap *cap = &s->caps[i];

    if ((cap->type != SPEC_CNODE && cap->type != SPEC_TCB) ||
        !spec_is_final_(s, i))
        return false;
    s->finals++;
    if (cap->type == SPEC_TCB) {
        delete_reply(s, cap->base);
        cap = &s->caps[spec_find(s, slot)];
        cap->flags |= SPEC_THREAD;
    }
    cap->value = spec_slot_count(cap);
    cap->type = SPEC_ZOMBIE;
    cap->rights = 0;
    cap->guard_bits = 0;
    return true;
}

static bool zombie_is_done(const struct spec_cap *zombie)
{
    return zombie->value == 0 ||
           (zombie->value == 1 && zombie->slot == spec_first_slot(zombie));
}

/* Deletes what is in a slot of a zombie.  What would become a zombie itself
 * changes places with slot 0 of its own object, and what lay there is deleted
 * instead; a zombie in slot 0 of its own object is left. */
static bool delete_within(struct spec *s, const struct spec_run *run,
                          uint32_t slot)
{
    while (spec_find(s, slot) != SPEC_NO_CAP) {
        struct spec_cap cap;

        if (becomes_zombie(s, slot) && !spec_step_(s, run))
            return false;
        cap = spec_cap_in_(s, slot);
        if (cap.type != SPEC_ZOMBIE || zombie_is_done(&cap)) {
            empty(s, slot);
            return spec_step_(s, run);
        }
        if (slot == spec_first_slot(&cap))
            return true;
        spec_swap_slots_(s, slot, spec_first_slot(&cap));
        s->swaps++;
        if (!spec_step_(s, run))
            return false;
    }
    return true;
}

/* One slot of the zombie in `slot' goes. */
static bool reduce(struct spec *s, const struct spec_run *run, uint32_t slot)
{
    struct spec_cap zombie = spec_cap_in_(s, slot), now;
    uint32_t last = spec_first_slot(&zombie) + (uint32_t)zombie.value - 1;

    if (!delete_within(s, run, last))
        return false;
    now = spec_cap_in_(s, slot);
    if (now.type != SPEC_ZOMBIE || now.base != zombie.base ||
        now.value != zombie.value)
        return true; /* another capability has come here, or none */
    s->caps[spec_find(s, slot)].value--;
    return spec_step_(s, run);
}

bool spec_delete_(struct spec *s, const struct spec_run *run, uint32_t slot)
{
    while (spec_find(s, slot) != SPEC_NO_CAP) {
        struct spec_cap cap;

        if (becomes_zombie(s, slot) && !spec_step_(s, run))
            return false;
        cap = spec_cap_in_(s, slot);
        if (cap.type != SPEC_ZOMBIE || zombie_is_done(&cap)) {
            empty(s, slot);
            return spec_step_(s, run);
        }
        if (!reduce(s, run, slot))
            return false;
    }
    return true;
}

/* Is there an untyped among caps[from .. to) that encloses caps[to], and that
 * lies in [base, base + size)? */
static bool enclosed(const struct spec *s, size_t from, size_t to,
                     uint64_t base, uint64_t size)
{
    for (size_t i = from; i < to; i++) {
        const struct spec_cap *u = &s->caps[i];

        if (u->type == SPEC_UNTYPED && spec_contains(u, &s->caps[to]) &&
            u->base >= base && u->base + spec_size(u) <= base + size)
            return true;
    }
    return false;
}

/* The capabilities after caps[i], an untyped, in [base, base + size) that may
 * go next: those that nothing which must go first encloses. */
static size_t outermost(const struct spec *s, size_t i, uint64_t base,
                        uint64_t size, uint16_t *candidates)
{
    size_t count = 0;

    for (size_t j = i + 1; j < s->count; j++) {
        const struct spec_cap *cap = &s->caps[j];

        if (!spec_is_parent_(&s->caps[i], cap))
            break;
        if (cap->base >= base && cap->base + spec_size(cap) <= base + size &&
            !enclosed(s, i + 1, j, base, size))
            candidates[count++] = (uint16_t)j;
    }
    return count;
}

/* Deletes one of them; *done: there was none. */
static bool delete_one(struct spec *s, const struct spec_run *run,
                       const uint16_t *candidates, size_t count, bool *done)
{
    size_t chosen = 0;

    *done = count == 0;
    if (*done)
        return true;
    if (run->choose)
        chosen = run->choose(run->context, s, candidates, count);
    SPEC_ASSERT(chosen < count);
    return spec_delete_(s, run, s->caps[candidates[chosen]].slot);
}

bool spec_revoke_(struct spec *s, const struct spec_run *run, uint32_t slot)
{
    static uint16_t candidates[SPEC_CAPS_MAX];
    bool done = false;

    while (!done) {
        size_t i = spec_find(s, slot), count;

        if (i == SPEC_NO_CAP)
            return true; /* it lay in an object made from itself */
        if (s->caps[i].type == SPEC_UNTYPED) {
            count = outermost(s, i, s->caps[i].base, spec_size(&s->caps[i]),
                              candidates);
        } else {
            count = spec_has_children(s, i);
            candidates[0] = (uint16_t)(i + 1);
        }
        if (!delete_one(s, run, candidates, count, &done))
            return false;
    }
    return true;
}

bool spec_revoke_at_(struct spec *s, const struct spec_run *run, uint32_t slot,
                     uint64_t base, unsigned bits)
{
    static uint16_t candidates[SPEC_CAPS_MAX];
    const struct spec_cap before = spec_cap_in_(s, slot);
    bool done = false;

    while (!done) {
        size_t i = spec_find(s, slot);

        if (i == SPEC_NO_CAP || s->caps[i].type != SPEC_UNTYPED ||
            s->caps[i].base != before.base || s->caps[i].bits != before.bits)
            return true;
        if (!delete_one(s, run, candidates,
                        outermost(s, i, base, UINT64_C(1) << bits, candidates),
                        &done))
            return false;
    }
    return true;
}
