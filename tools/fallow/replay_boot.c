/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine at boot: how much memory it has, and who holds what.
 *
 * RAM is the span of everything that is not device memory, in whole pages.
 * The capabilities' slots lie in it where they were recorded. */
#include "replay_int.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAM_BYTES_MAX (UINT64_C(64) << 30)
#define PAGE_BYTES    UINT64_C(4096)

struct span {
    paddr_t start, end;
};

/* A region that can be: aligned, in the window, of a size there is. */
static bool is_region(const struct kernel_params *p,
                      const struct trace_cap *cap)
{
    return cap->bits >= p->untyped_bits_min && cap->bits < p->window_bits &&
           bits_aligned(cap->paddr, (unsigned)cap->bits) &&
           cap->paddr < bits_size(p->window_bits);
}

/* Grows RAM by the capability's region, if it can. */
static bool extend(struct span *ram, const struct trace_cap *cap)
{
    struct span s = *ram;
    paddr_t end = cap->paddr + bits_size((unsigned)cap->bits);

    if (s.start == s.end)
        s = (struct span){cap->paddr, end};
    if (cap->paddr < s.start)
        s.start = cap->paddr;
    if (end > s.end)
        s.end = end;
    s.start -= s.start % PAGE_BYTES;
    s.end += (PAGE_BYTES - s.end % PAGE_BYTES) % PAGE_BYTES;
    if (s.end - s.start > RAM_BYTES_MAX || s.end > SLOT_ADDRESS_MAX)
        return false;
    *ram = s;
    return true;
}

static struct span find_ram(const struct kernel_params *p,
                            const struct trace_line *lines, size_t count)
{
    struct span ram = {0, 0};

    for (size_t i = 0; i < count; i++) {
        const struct trace_cap *cap = &lines[i].u.effect.cap;

        if (lines[i].kind == TRACE_BOOT && cap->dev == 0 &&
            cap_type_is_memory((uint8_t)cap->type) && is_region(p, cap))
            (void)extend(&ram, cap); /* who does not fit is refused below */
    }
    if (ram.start == ram.end)
        ram.end = ram.start + PAGE_BYTES;
    return ram;
}

/* ---- Capabilities -------------------------------------------------------- */

static bool is_size_of(const struct kernel_params *p, uint8_t type,
                       uint64_t bits)
{
    if (type == CAP_ASID_POOL)
        return bits == 12;
    for (unsigned i = OBJECT_TCB; i < p->object_types; i++)
        if (p->objects[i].cap_type == type && p->objects[i].bits == bits)
            return true;
    return false;
}

static bool read_cnode(const struct trace_cap *from, struct cap *cap)
{
    uint64_t radix = from->extra % 256u, guard_size = from->extra / 256u;

    cap->word = guard_size; /* the guard itself is not recorded: 0 */
    return radix >= 1 && radix + SLOT_BITS == from->bits &&
           radix + guard_size <= WORD_BITS && guard_size < WORD_BITS;
}

static bool read_frame(const struct trace_cap *from, struct cap *cap)
{
    cap->rights = CAP_READ | CAP_WRITE | (from->dev ? CAP_DEVICE : 0);
    if (from->extra == 0)
        return true;
    cap->rights |= CAP_MAPPED;
    cap->word = bits_up(ASID_KNOWN, CAP_MAPPED_ADDRESS_BITS) + from->extra;
    return bits_aligned(from->extra, (unsigned)from->bits) &&
           bits_down(from->extra, CAP_MAPPED_ADDRESS_BITS) == 0;
}

static bool read_memory(const struct kernel_params *p,
                        const struct trace_cap *from, struct cap *cap)
{
    if (cap->type == CAP_UNTYPED) {
        cap->rights = from->dev ? CAP_DEVICE : 0;
        cap->word = from->extra;
        return from->extra <= bits_size(cap->bits);
    }
    if (cap->type == CAP_CNODE)
        return from->dev == 0 && read_cnode(from, cap);
    if (!is_size_of(p, cap->type, cap->bits))
        return false;
    if (cap->type == CAP_FRAME)
        return read_frame(from, cap);
    if (cap->type == CAP_PAGE_TABLE) /* in use at boot already */
        cap->rights = CAP_MAPPED;
    if (cap->type == CAP_ENDPOINT || cap->type == CAP_NOTIFICATION) {
        cap->rights =
            cap->type == CAP_ENDPOINT ? CAP_RIGHTS_ALL : CAP_READ | CAP_WRITE;
        cap->word = from->extra;
        return from->dev == 0;
    }
    return from->dev == 0 && from->extra == 0;
}

/* NULL, or why there cannot be such a capability at boot. */
static const char *read_cap(const struct kernel_params *p,
                            const struct trace_cap *from, struct cap *cap)
{
    *cap = (struct cap){.type = (uint8_t)from->type};
    switch (from->type) {
    case CAP_NULL:
    case CAP_ZOMBIE:
    case CAP_REPLY:
        return "no capability of this type at boot";
    case CAP_ASID_CONTROL:
    case CAP_IRQ_CONTROL:
    case CAP_IRQ_HANDLER:
    case CAP_DOMAIN:
        cap->word = from->extra;
        if (from->paddr != 0 || from->bits != 0 || from->dev != 0 ||
            (from->extra != 0 && from->type != CAP_IRQ_HANDLER))
            return "this type names no memory";
        return NULL;
    default:
        break;
    }
    if (!is_region(p, from))
        return "no region: size, alignment or window";
    cap->base = from->paddr;
    cap->bits = (uint8_t)from->bits;
    return read_memory(p, from, cap) ? NULL : "size, dev or extra of its type";
}

/* The regions at boot are disjoint, for nothing has been made of an untyped;
 * so they are kept sorted, and two neighbours are all there is to look at.
 * False: the capability's memory has another one already. */
static bool add_region(struct replay *r, const struct cap *cap)
{
    paddr_t end = cap->base + bits_size(cap->bits);
    size_t i = r->boot_count;

    while (i > 0 && r->boot[i - 1].base >= cap->base)
        i--;
    if (i > 0 &&
        r->boot[i - 1].base + bits_size(r->boot[i - 1].bits) > cap->base)
        return false;
    if (i < r->boot_count && r->boot[i].base < end)
        return false;
    memmove(&r->boot[i + 1], &r->boot[i],
            (r->boot_count - i) * sizeof r->boot[0]);
    r->boot[i] = (struct boot_region){cap->base, cap->bits, cap->type};
    r->boot_count++;
    return true;
}

/* False: refused. */
static bool boot_cap(struct replay *r, const struct trace_line *line)
{
    const struct trace_effect *e = &line->u.effect;
    const char *problem;
    struct cap cap;

    r->head = *line;
    problem = read_cap(&r->kernel->params, &e->cap, &cap);
    if (!problem && cap_type_is_memory(cap.type) && e->cap.dev == 0 &&
        !hosted_is_ram(r->kernel, cap.base, bits_size(cap.bits)))
        problem = "beyond 64 GiB of RAM, or above 128 GiB";
    if (!problem && !replay_is_slot(r, e->slot))
        problem = "no slot there";
    if (!problem && !slot_is_empty(kernel_slots(r->kernel), slot_at(e->slot)))
        problem = "the slot is in use";
    if (!problem && cap_type_is_memory(cap.type) && !add_region(r, &cap))
        problem = "memory that another capability names";
    if (problem) {
        replay_differ(r, line->number, "B", "a capability at boot", problem);
        return false;
    }
    kernel_insert_boot_cap(r->kernel, slot_at(e->slot), &cap);
    return true;
}

/* Now that all are there: does a CNode hold each of them?  Those that are not
 * held go again, until all that are left are. */
static void drop_stray(struct replay *r, const struct trace_line *lines,
                       size_t count, bool *is_there)
{
    bool dropped;

    do {
        dropped = false;
        for (size_t i = 0; i < count; i++) {
            uint64_t slot = lines[i].u.effect.slot;

            if (!is_there[i] || replay_holder(r, slot, CAP_CNODE) != SLOT_NIL)
                continue;
            r->head = lines[i];
            replay_differ(r, lines[i].number, "slot", "in a CNode",
                          "in no CNode");
            regions_remove(&r->kernel->regions, slot_at(slot));
            slot_clear(kernel_slots(r->kernel), slot_at(slot));
            is_there[i] = false;
            dropped = true;
        }
    } while (dropped);
}

static void insert_all(struct replay *r, const struct trace_line *lines,
                       size_t count, bool *is_there)
{
    for (size_t i = 0; i < count; i++)
        if (lines[i].kind == TRACE_BOOT) {
            r->stats.boot_caps++;
            is_there[i] = boot_cap(r, &lines[i]);
        }
    drop_stray(r, lines, count, is_there);
    for (size_t i = 0; i < count; i++)
        if (is_there[i]) {
            r->head = lines[i];
            replay_note_boot(r, slot_at(lines[i].u.effect.slot));
        }
}

/* The root thread's slots are filled before its own capability appears: a run
 * that ends in between has nobody yet to hold them. */
static bool is_held(const struct replay *r, const struct trace_effect *e)
{
    if (e->other_slot % SLOT_BYTES != 0)
        return true; /* no slot: that is to be told */
    return regions_enclosing(&r->kernel->regions, e->other_slot, SLOT_BITS) !=
           SLOT_NIL;
}

static bool make_machine(struct replay *r, const struct trace_line *lines,
                         size_t count)
{
    struct kernel_params params = hosted_params_riscv64();
    struct span ram = find_ram(&params, lines, count);

    r->hosted = hosted_create(&params, ram.start, ram.end - ram.start);
    r->boot = calloc(count + 1, sizeof *r->boot);
    if (!r->hosted || !r->boot) {
        snprintf(r->error, sizeof r->error,
                 "no machine with %" PRIu64 " bytes of RAM: %s",
                 ram.end - ram.start, strerror(errno));
        return false;
    }
    r->kernel = &r->hosted->kernel;
    r->hosted->machine.clear_nothing = r->options.clear_nothing;
    r->hosted->machine.observer = replay_observe;
    r->hosted->machine.observer_context = r;
    return true;
}

bool replay_boot(struct replay *r, const struct trace_line *lines, size_t count)
{
    bool *is_there = calloc(count + 1, sizeof *is_there);

    if (!is_there || !make_machine(r, lines, count)) {
        free(is_there);
        return false;
    }
    insert_all(r, lines, count, is_there);
    free(is_there);
    for (size_t i = 0; i < count; i++) {
        r->head = lines[i];
        if (trace_is_effect(lines[i].kind) &&
            (r->have_next || is_held(r, &lines[i].u.effect)))
            replay_apply_boot(r);
        r->stats.tests += lines[i].kind == TRACE_TEST;
    }
    return true;
}
