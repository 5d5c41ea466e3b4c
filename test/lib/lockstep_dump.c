/* SPDX-License-Identifier: BSD-2-Clause */
#include "lockstep.h"

#include <stdio.h>

static void dump_cap(const struct spec_cap *c)
{
    static const char *const names[] = {
        "empty",       "untyped",     "endpoint",     "notification",
        "cnode",       "tcb",         "frame",        "page table",
        "ASID pool",   "zombie",      "embryo",       "reply",
        "IRQ handler", "IRQ control", "ASID control", "domain",
    };

    fprintf(stderr,
            "  slot 0x%x: %s [0x%lx, 2^%u) value 0x%lx rights %u flags %u "
            "guard %u target %u; slots 0x%x..\n",
            c->slot, names[c->type], c->base, c->bits, c->value, c->rights,
            c->flags, c->guard_bits, c->target, spec_first_slot(c));
}

static void dump_kernel_slot(const struct lockstep *ls, slotno_t i)
{
    const struct slot *slots = kernel_slots(ls->k);
    struct cap cap = cap_read(slots, i);
    struct spec_cap c = lockstep_spec_cap_(ls, &cap, i);

    if (cap.type != CAP_NULL)
        dump_cap(&c);
}

void lockstep_dump(const struct lockstep *ls)
{
    fprintf(stderr, "before, in derivation order:\n");
    for (size_t i = 0; i < ls->before->count; i++)
        dump_cap(&ls->before->caps[i]);
    fprintf(stderr, "the specification after it:\n");
    for (size_t i = 0; i < ls->spec->count; i++)
        dump_cap(&ls->spec->caps[i]);
    fprintf(stderr, "the kernel after it, where something was before:\n");
    for (size_t i = 0; i < ls->before->count; i++)
        dump_kernel_slot(ls, ls->before->caps[i].slot);
    fprintf(stderr, "the kernel's events:");
    for (size_t i = 0; i < ls->event_count; i++)
        fprintf(stderr, " %s 0x%x",
                ls->events[i].event == ARCH_EVENT_FINAL     ? "final"
                : ls->events[i].event == ARCH_EVENT_EMPTIED ? "emptied"
                                                            : "swapped",
                ls->events[i].slot);
    fprintf(stderr, "\n");
}
