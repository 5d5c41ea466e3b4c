/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that are made again after a preemption. */
#include "lockstep.h"

#include <string.h>

/* Does the slot hold what it held then? */
static bool still_there(const struct spec *then, const struct spec *now,
                        uint32_t slot)
{
    size_t i = spec_find(then, slot), j = spec_find(now, slot);

    return i != SPEC_NO_CAP && j != SPEC_NO_CAP &&
           now->caps[j].type == then->caps[i].type &&
           now->caps[j].base == then->caps[i].base;
}

bool lockstep_can_repeat(const struct lockstep *ls, const struct spec *then,
                         const struct invocation *inv)
{
    bool can = still_there(then, ls->spec, (uint32_t)inv->slot);

    for (uint32_t i = 0; i < inv->cap_count; i++)
        can = can && still_there(then, ls->spec, (uint32_t)inv->cap[i]);
    return can;
}

static bool holds(const struct spec_cap *object, const struct spec_cap *cap)
{
    return cap->slot >= spec_first_slot(object) &&
           cap->slot - spec_first_slot(object) < spec_slot_count(object);
}

/* From capability a to every capability of the object that it lies in, and so
 * on: is there a way back? */
static bool leads_back(const struct spec *s, size_t start, bool *seen,
                       uint16_t *queue, uint32_t root)
{
    size_t head = 0, tail = 0;

    for (size_t i = 0; i < s->count; i++)
        seen[i] = false;
    queue[tail++] = (uint16_t)start;
    while (head < tail) {
        const struct spec_cap *cap = &s->caps[queue[head++]];

        for (size_t i = 0; i < s->count; i++) {
            if (seen[i] || s->caps[i].slot == root || !holds(&s->caps[i], cap))
                continue;
            if (i == start)
                return true;
            seen[i] = true;
            queue[tail++] = (uint16_t)i;
        }
    }
    return false;
}

bool lockstep_is_circular(const struct spec *s, uint32_t root)
{
    static bool seen[SPEC_CAPS_MAX];
    static uint16_t queue[SPEC_CAPS_MAX + 1];

    for (size_t i = 0; i < s->count; i++)
        if (s->caps[i].slot != root && spec_slot_count(&s->caps[i]) != 0 &&
            leads_back(s, i, seen, queue, root))
            return true;
    return false;
}

static bool same_cap(const struct spec_cap *a, const struct spec_cap *b)
{
    return a->base == b->base && a->value == b->value && a->slot == b->slot &&
           a->type == b->type && a->bits == b->bits && a->rights == b->rights &&
           a->flags == b->flags && a->guard_bits == b->guard_bits &&
           a->target == b->target;
}

bool lockstep_same_end(const struct spec *a, const struct spec *b)
{
    if (a->count != b->count ||
        memcmp(a->dirty, b->dirty, a->machine->ram_bytes / 128) != 0)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        size_t j = spec_find(b, a->caps[i].slot);

        if (j == SPEC_NO_CAP || !same_cap(&a->caps[i], &b->caps[j]))
            return false;
    }
    return true;
}
