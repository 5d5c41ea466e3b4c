/* SPDX-License-Identifier: BSD-2-Clause */
/* The invariants of retype.md B.1, each as it is written there. */
#include "private.h"

static bool disjoint(const struct spec_cap *a, const struct spec_cap *b)
{
    return a->base + spec_size(a) <= b->base ||
           b->base + spec_size(b) <= a->base;
}

static bool equal(const struct spec_cap *a, const struct spec_cap *b)
{
    return a->base == b->base && a->bits == b->bits;
}

/* L, and that whatever lies in an untyped, or names the same memory later,
 * follows it without a gap. */
static const char *check_pair(const struct spec *s, size_t i, size_t j)
{
    const struct spec_cap *a = &s->caps[i], *b = &s->caps[j];

    if (!spec_is_memory(a->type) || !spec_is_memory(b->type) || disjoint(a, b))
        return NULL;
    if (equal(a, b)) {
        if (a->type != SPEC_UNTYPED && a->type != b->type)
            return "two objects of different types overlap";
        return NULL;
    }
    if (spec_contains(b, a))
        return "what encloses a region comes after it";
    if (!spec_contains(a, b))
        return "two regions overlap and are not nested";
    if (a->type != SPEC_UNTYPED)
        return "something lies inside an object";
    return NULL;
}

/* Nothing that is not in caps[i]'s region comes between it and caps[j]. */
static const char *check_gap(const struct spec *s, size_t i, size_t j)
{
    if (j > i + 1 && spec_contains(&s->caps[i], &s->caps[j]) &&
        !spec_contains(&s->caps[i], &s->caps[j - 1]))
        return "descendants are scattered";
    return NULL;
}

/* W1 and W2, of an open untyped. */
static const char *check_untyped(const struct spec *s, size_t u)
{
    const struct spec_cap *cap = &s->caps[u];

    if (cap->value > spec_size(cap))
        return "the watermark lies outside the untyped";
    for (size_t i = 0; i < s->count; i++) {
        const struct spec_cap *child = &s->caps[i];

        if (i == u || !spec_contains(cap, child))
            continue;
        if (equal(cap, child)) {
            if (i > u)
                return NULL; /* not open */
            continue;
        }
        if (child->base + spec_size(child) > cap->base + cap->value)
            return "W1: a child above the watermark";
    }
    if (cap->flags & SPEC_DEVICE)
        return NULL;
    for (uint64_t at = cap->value; at < spec_size(cap); at += SPEC_UNIT_BYTES)
        if (spec_is_dirty(s, cap->base + at))
            return "W2: dirty memory above the watermark";
    return NULL;
}

/* What is cleared of an embryo is clean. */
static const char *check_embryo(const struct spec *s,
                                const struct spec_cap *cap)
{
    if (cap->value > spec_size(cap))
        return "the watermark lies outside the embryo";
    if (cap->source_bits < cap->bits)
        return "an embryo made from less than it is";
    for (uint64_t at = cap->value; at < spec_size(cap); at += SPEC_UNIT_BYTES)
        if (spec_is_dirty(s, cap->base + at))
            return "dirty memory above an embryo's watermark";
    return NULL;
}

static bool is_interrupt_slot(const struct spec *s, uint32_t slot)
{
    return slot >= s->machine->irq_slots &&
           slot - s->machine->irq_slots < s->machine->irq_count;
}

/* The slot exists, and no other capability is in it. */
static const char *check_slot(const struct spec *s, size_t i)
{
    uint32_t slot = s->caps[i].slot;
    bool exists = is_interrupt_slot(s, slot);

    for (size_t j = 0; j < s->count; j++) {
        if (j != i && s->caps[j].slot == slot)
            return "two capabilities in one slot";
        exists = exists || (slot >= spec_first_slot(&s->caps[j]) &&
                            slot - spec_first_slot(&s->caps[j]) <
                                spec_slot_count(&s->caps[j]));
    }
    return exists ? NULL : "a capability in a slot of no object";
}

static const char *check_cap(const struct spec *s, size_t i)
{
    const char *broken = check_slot(s, i);

    if (!broken && s->caps[i].type == SPEC_UNTYPED)
        broken = check_untyped(s, i);
    if (!broken && s->caps[i].type == SPEC_EMBRYO)
        broken = check_embryo(s, &s->caps[i]);
    return broken;
}

const char *spec_check(const struct spec *s)
{
    const char *broken = NULL;

    for (size_t i = 0; i < s->count && !broken; i++) {
        broken = check_cap(s, i);
        for (size_t j = i + 1; j < s->count && !broken; j++) {
            broken = check_pair(s, i, j);
            if (!broken)
                broken = check_gap(s, i, j);
        }
    }
    return broken;
}
