/* SPDX-License-Identifier: BSD-2-Clause */
/* Two states, one kernel's and one specification's: are they the same? */
#include "check.h"
#include "lockstep.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool lockstep_differ_(struct lockstep *ls, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (ls->why[0] == '\0')
        vsnprintf(ls->why, sizeof ls->why, format, args);
    va_end(args);
    return false;
}

void lockstep_fill_(struct lockstep *ls, paddr_t base, uint64_t bytes)
{
    memcpy(ls->hosted->machine.window + base, ls->pattern + base, bytes);
}

static const struct {
    uint8_t spec, kernel;
} types[] = {
    {SPEC_UNTYPED, CAP_UNTYPED},
    {SPEC_ENDPOINT, CAP_ENDPOINT},
    {SPEC_NOTIFICATION, CAP_NOTIFICATION},
    {SPEC_CNODE, CAP_CNODE},
    {SPEC_TCB, CAP_TCB},
    {SPEC_FRAME, CAP_FRAME},
    {SPEC_PAGE_TABLE, CAP_PAGE_TABLE},
    {SPEC_ASID_POOL, CAP_ASID_POOL},
    {SPEC_ZOMBIE, CAP_ZOMBIE},
    {SPEC_EMBRYO, CAP_EMBRYO},
    {SPEC_REPLY, CAP_REPLY},
    {SPEC_IRQ_HANDLER, CAP_IRQ_HANDLER},
    {SPEC_IRQ_CONTROL, CAP_IRQ_CONTROL},
    {SPEC_DOMAIN, CAP_DOMAIN},
    {SPEC_ASID_CONTROL, CAP_ASID_CONTROL},
};

static const struct {
    uint8_t spec, kernel;
} flags[] = {
    {SPEC_DEVICE, CAP_DEVICE},
    {SPEC_MAPPED, CAP_MAPPED},
    {SPEC_MASTER, CAP_MASTER},
    {SPEC_THREAD, CAP_THREAD},
};

struct spec_cap lockstep_spec_cap_(const struct lockstep *ls,
                                   const struct cap *cap, slotno_t slot)
{
    struct spec_cap c = {
        .base = cap->base,
        .bits = cap->bits,
        .value = cap->word,
        .rights = cap->rights & CAP_RIGHTS_ALL,
        .slot = (uint32_t)slot,
    };

    (void)ls;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (types[i].kernel == cap->type)
            c.type = types[i].spec;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (cap->rights & flags[i].kernel)
            c.flags |= flags[i].spec;
    if (cap->type == CAP_CNODE) {
        c.guard_bits = (uint8_t)(cap->word % 64);
        c.value = cap->word / 64;
    }
    return c;
}

/* The kernel's word for a capability of the specification. */
static struct cap kernel_cap(const struct spec_cap *c)
{
    struct cap cap = {
        .base = c->base,
        .bits = c->bits,
        .word = c->value,
        .rights = c->rights,
    };

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (types[i].spec == c->type)
            cap.type = types[i].kernel;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (c->flags & flags[i].spec)
            cap.rights |= flags[i].kernel;
    if (c->type == SPEC_CNODE)
        cap.word = c->value * 64 + c->guard_bits;
    if (c->type == SPEC_EMBRYO)
        cap.rights = c->target;
    return cap;
}

static uint8_t kernel_flags(const struct spec_cap *c)
{
    return (uint8_t)((c->flags & SPEC_REVOCABLE ? SLOT_REVOCABLE : 0) +
                     (c->flags & SPEC_FIRST_BADGED ? SLOT_FIRST_BADGED : 0));
}

static bool same_cap(struct lockstep *ls, const struct spec_cap *c,
                     bool explain)
{
    const struct slot *slots = kernel_slots(ls->k);
    struct cap got = cap_read(slots, c->slot), want = kernel_cap(c);
    uint8_t got_flags = slot_flags(slots, c->slot);

    if (got.type == want.type && got.base == want.base &&
        got.bits == want.bits && got.word == want.word &&
        got.rights == want.rights && got_flags == kernel_flags(c) &&
        slot_source_bits(slots, c->slot) == c->source_bits)
        return true;
    if (explain)
        lockstep_differ_(ls,
                         "slot 0x%x: kernel type %u base 0x%lx bits %u rights "
                         "0x%x word 0x%lx flags %u source %u; specification "
                         "type %u base 0x%lx bits %u rights 0x%x word 0x%lx "
                         "flags %u source %u",
                         c->slot, got.type, got.base, got.bits, got.rights,
                         got.word, got_flags, slot_source_bits(slots, c->slot),
                         want.type, want.base, want.bits, want.rights,
                         want.word, kernel_flags(c), c->source_bits);
    return false;
}

/* Links between caps[i] and its neighbours in the sequence. */
static bool same_links(struct lockstep *ls, const struct spec *s, size_t i,
                       bool explain)
{
    const struct slot *slots = kernel_slots(ls->k);
    const struct spec_cap *c = &s->caps[i];
    slotno_t next = SLOT_NIL, previous = SLOT_NIL;
    bool heads = true;

    if (i > 0 && spec_same_list(&s->caps[i - 1], c)) {
        heads = false;
        previous = s->caps[i - 1].slot;
    }
    if (i + 1 < s->count && spec_same_list(c, &s->caps[i + 1]))
        next = s->caps[i + 1].slot;
    if (slot_next(slots, c->slot) != next)
        return explain &&
               lockstep_differ_(ls, "slot 0x%x: next is 0x%lx, must be 0x%lx",
                                c->slot, slot_next(slots, c->slot), next);
    if (heads && spec_is_memory(c->type))
        return slot_is_representative(slots, c->slot) ||
               (explain &&
                lockstep_differ_(ls,
                                 "slot 0x%x: first of its region's list, "
                                 "but carries no node",
                                 c->slot));
    if (slot_is_representative(slots, c->slot) ||
        slot_previous(slots, c->slot) != previous)
        return explain &&
               lockstep_differ_(ls, "slot 0x%x: previous must be 0x%lx",
                                c->slot, previous);
    return true;
}

bool lockstep_same_caps_(struct lockstep *ls, const struct spec *s,
                         bool explain)
{
    for (size_t i = 0; i < s->count; i++)
        if (!same_cap(ls, &s->caps[i], explain) ||
            !same_links(ls, s, i, explain))
            return false;
    return true;
}

static bool bit(const uint64_t *map, uint64_t n)
{
    return map[n / 64] >> n % 64 & 1;
}

static void set_bit(uint64_t *map, uint64_t n)
{
    map[n / 64] |= UINT64_C(1) << n % 64;
}

/* Every slot of every object that exists, and no other capability than those
 * of the specification.  Marks what has been looked at as not for same_ram. */
static bool no_more_caps(struct lockstep *ls)
{
    static const uint8_t zero[SLOT_BYTES];
    const struct spec *s = ls->spec;
    uint64_t units = ls->machine.ram_bytes / SPEC_UNIT_BYTES;
    uint64_t full = 0;

    memset(ls->skip, 0, (units + 63) / 64 * sizeof ls->skip[0]);
    for (size_t i = 0; i < s->count; i++)
        set_bit(ls->skip, UINT64_C(2) * s->caps[i].slot); /* its first unit */
    for (size_t i = 0; i < s->count; i++) {
        uint32_t first = spec_first_slot(&s->caps[i]);
        uint32_t count = spec_slot_count(&s->caps[i]);

        if (count == 0 || bit(ls->skip, UINT64_C(2) * first + 1))
            continue; /* no slots, or a copy: marked already */
        for (uint32_t slot = first; slot < first + count; slot++) {
            if (bit(ls->skip, UINT64_C(2) * slot))
                full++;
            else if (memcmp(&kernel_slots(ls->k)[slot], zero, sizeof zero))
                return lockstep_differ_(ls, "slot 0x%x must be empty", slot);
            set_bit(ls->skip, UINT64_C(2) * slot);
            set_bit(ls->skip, UINT64_C(2) * slot + 1);
        }
    }
    for (uint32_t i = 0; i < ls->machine.irq_count; i++) {
        uint64_t unit = UINT64_C(2) * (ls->machine.irq_slots + i);

        full += bit(ls->skip, unit);
        set_bit(ls->skip, unit);
        set_bit(ls->skip, unit + 1);
    }
    if (full != s->count)
        return lockstep_differ_(
            ls, "%u capabilities, %lu of them in slots of objects that exist",
            s->count, full);
    return true;
}

/* Units [first, first + count), all dirty or all clean. */
static bool same_units(struct lockstep *ls, uint64_t first, uint64_t count,
                       bool dirty)
{
    static const uint8_t zero[64 * SPEC_UNIT_BYTES];
    uint64_t base = first * SPEC_UNIT_BYTES;

    if (memcmp(ls->hosted->machine.window + base,
               dirty ? ls->pattern + base : zero, count * SPEC_UNIT_BYTES) == 0)
        return true;
    if (!dirty)
        return lockstep_differ_(ls, "memory at 0x%lx must read zero", base);
    return lockstep_differ_(
        ls, "memory at 0x%lx must be left alone by the call", base);
}

/* Zero or the pattern, as the specification has it; in 64 units at once,
 * where they are alike. */
static bool same_ram(struct lockstep *ls)
{
    uint64_t units = ls->machine.ram_bytes / SPEC_UNIT_BYTES;

    for (uint64_t first = 0; first < units; first += 64) {
        uint64_t dirty = ls->spec->dirty[first / 64];
        uint64_t skip = ls->skip[first / 64];
        uint64_t count = units - first < 64 ? units - first : 64;

        if (skip == 0 && count == 64 && (dirty == 0 || ~dirty == 0)) {
            if (!same_units(ls, first, count, dirty != 0))
                return false;
            continue;
        }
        for (uint64_t n = 0; n < count; n++)
            if (!(skip >> n & 1) &&
                !same_units(ls, first + n, 1, dirty >> n & 1))
                return false;
    }
    return true;
}

bool lockstep_compare(struct lockstep *ls)
{
    struct check_result check;
    const char *broken;

    if (!lockstep_same_caps_(ls, ls->spec, true) || !no_more_caps(ls) ||
        !same_ram(ls))
        return false;
    if (ls->spec->emptied != ls->k->slots_emptied)
        return lockstep_differ_(ls, "%lu capabilities deleted, must be %lu",
                                ls->k->slots_emptied, ls->spec->emptied);
    if (ls->spec->finals != ls->k->finality_tests)
        return lockstep_differ_(ls, "%lu last capabilities met, must be %lu",
                                ls->k->finality_tests, ls->spec->finals);
    if (ls->spec->unmapped != ls->hosted->machine.unmapped)
        return lockstep_differ_(ls, "%lu mappings removed, must be %lu",
                                ls->hosted->machine.unmapped,
                                ls->spec->unmapped);
    if (ls->k->worst_bytes.bytes > UINT64_C(1) << ls->machine.chunk_bits)
        return lockstep_differ_(
            ls, "%lu bytes cleared between two preemption points",
            ls->k->worst_bytes.bytes);
    if (!ls->full_check)
        return true;
    broken = spec_check(ls->spec);
    if (broken)
        return lockstep_differ_(ls, "specification: %s", broken);
    check = kernel_check(ls->k, UINT64_MAX);
    if (check.broken)
        return lockstep_differ_(ls, "kernel_check: %s (slot 0x%lx)",
                                check.broken, check.slot);
    return true;
}
