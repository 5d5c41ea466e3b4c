/* SPDX-License-Identifier: BSD-2-Clause */
/* The sequence of capabilities, and which memory may hold something. */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void spec_panic_(const char *what, const char *file, int line)
{
    fprintf(stderr, "specification: %s (%s:%d)\n", what, file, line);
    abort();
}

static uint64_t units(const struct spec *s)
{
    return s->machine->ram_bytes / SPEC_UNIT_BYTES;
}

void spec_init(struct spec *s, const struct spec_machine *machine)
{
    memset(s, 0, sizeof *s);
    s->machine = machine;
    SPEC_ASSERT(units(s) <= SPEC_UNITS_MAX);
    SPEC_ASSERT(machine->fanout <= SPEC_FANOUT_MAX);
    spec_set_dirty_(s, machine->ram_base, machine->ram_bytes, true);
}

void spec_copy(struct spec *to, const struct spec *from)
{
    size_t words = (size_t)(units(from) + 63) / 64;

    memcpy(to, from, offsetof(struct spec, dirty));
    memcpy(to->dirty, from->dirty, words * sizeof to->dirty[0]);
    memcpy(to->caps, from->caps, from->count * sizeof to->caps[0]);
}

size_t spec_find(const struct spec *s, uint32_t slot)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->caps[i].slot == slot)
            return i;
    return SPEC_NO_CAP;
}

static void insert_at(struct spec *s, size_t i, const struct spec_cap *cap)
{
    SPEC_ASSERT(s->count < SPEC_CAPS_MAX);
    SPEC_ASSERT(cap->type != SPEC_EMPTY);
    SPEC_ASSERT(spec_find(s, cap->slot) == SPEC_NO_CAP);
    memmove(&s->caps[i + 1], &s->caps[i], (s->count - i) * sizeof *cap);
    s->caps[i] = *cap;
    s->count++;
}

void spec_insert_after_(struct spec *s, size_t i, const struct spec_cap *cap)
{
    insert_at(s, i + 1, cap);
}

/* The one after it inherits "first badged" (5.3). */
void spec_remove_(struct spec *s, size_t i)
{
    uint8_t first_badged = s->caps[i].flags & SPEC_FIRST_BADGED;

    s->count--;
    memmove(&s->caps[i], &s->caps[i + 1], (s->count - i) * sizeof s->caps[0]);
    if (i < s->count)
        s->caps[i].flags |= first_badged;
    s->emptied++;
}

/* The capabilities keep their places in the sequence. */
void spec_swap_slots_(struct spec *s, uint32_t a, uint32_t b)
{
    size_t i = spec_find(s, a), j = spec_find(s, b);

    if (i != SPEC_NO_CAP)
        s->caps[i].slot = b;
    if (j != SPEC_NO_CAP)
        s->caps[j].slot = a;
}

void spec_insert_original(struct spec *s, const struct spec_cap *cap)
{
    struct spec_cap original = *cap;

    original.flags |= SPEC_REVOCABLE | SPEC_FIRST_BADGED;
    if (!spec_is_memory(cap->type))
        original.family = s->families++;
    insert_at(s, s->count, &original);
}

void spec_insert_derived(struct spec *s, uint32_t source,
                         const struct spec_cap *cap)
{
    size_t i = spec_find(s, source);
    struct spec_cap derived = *cap;

    SPEC_ASSERT(i != SPEC_NO_CAP);
    derived.family = s->caps[i].family;
    derived.flags &= (uint8_t) ~(SPEC_REVOCABLE | SPEC_FIRST_BADGED);
    if (spec_is_revocable_(&s->caps[i], &derived))
        derived.flags |= SPEC_REVOCABLE | SPEC_FIRST_BADGED;
    insert_at(s, i + 1, &derived);
}

static uint64_t unit_of(const struct spec *s, uint64_t address)
{
    SPEC_ASSERT(address >= s->machine->ram_base);
    SPEC_ASSERT(address - s->machine->ram_base < s->machine->ram_bytes);
    return (address - s->machine->ram_base) / SPEC_UNIT_BYTES;
}

void spec_set_dirty_(struct spec *s, uint64_t base, uint64_t bytes, bool dirty)
{
    for (uint64_t at = base; at < base + bytes; at += SPEC_UNIT_BYTES) {
        uint64_t unit = unit_of(s, at), bit = UINT64_C(1) << unit % 64;

        if (dirty)
            s->dirty[unit / 64] |= bit;
        else
            s->dirty[unit / 64] &= ~bit;
    }
}

void spec_write(struct spec *s, uint64_t base, uint64_t bytes)
{
    spec_set_dirty_(s, base, bytes, true);
}

bool spec_is_dirty(const struct spec *s, uint64_t address)
{
    uint64_t unit = unit_of(s, address);

    return s->dirty[unit / 64] >> unit % 64 & 1;
}

bool spec_is_memory(uint8_t type)
{
    return type >= SPEC_UNTYPED && type <= SPEC_EMBRYO;
}

bool spec_contains(const struct spec_cap *a, const struct spec_cap *b)
{
    return spec_is_memory(a->type) && spec_is_memory(b->type) &&
           a->base <= b->base &&
           b->base + spec_size(b) <= a->base + spec_size(a);
}

bool spec_same_list(const struct spec_cap *a, const struct spec_cap *b)
{
    if (spec_is_memory(a->type) != spec_is_memory(b->type))
        return false;
    if (!spec_is_memory(a->type))
        return a->family == b->family;
    return a->base == b->base && a->bits == b->bits;
}

uint32_t spec_slot_count(const struct spec_cap *cap)
{
    if (cap->type == SPEC_TCB)
        return SPEC_TCB_SLOTS;
    if (cap->type == SPEC_ZOMBIE && (cap->flags & SPEC_THREAD))
        return SPEC_TCB_SLOTS;
    if (cap->type == SPEC_CNODE || cap->type == SPEC_ZOMBIE)
        return (uint32_t)(spec_size(cap) / SPEC_SLOT_BYTES);
    return 0;
}

uint32_t spec_first_slot(const struct spec_cap *cap)
{
    return (uint32_t)(cap->base / SPEC_SLOT_BYTES);
}
