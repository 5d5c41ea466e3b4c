/* SPDX-License-Identifier: BSD-2-Clause */
/* Effects that the core does not compute are verified against the state (the
 * source is there, the destination is empty, the capability is what it would
 * become), and then done with the core's own functions. */
#include "replay_int.h"

#include "delete.h"
#include "objects.h"
#include "untyped.h"

#include <stdio.h>

static bool refuse(struct replay *r, const struct effect *e, const char *why)
{
    char text[TRACE_TEXT_MAX];

    replay_print_effect(e, text);
    replay_differ(r, e->line, "effect", text, why);
    return false;
}

/* ---- Where --------------------------------------------------------------- */

/* The slot of a TCB that is for capabilities of this type. */
static unsigned tcb_slot_of(const struct trace_cap *cap)
{
    switch (cap->type) {
    case CAP_CNODE:
        return TCB_CSPACE;
    case CAP_PAGE_TABLE:
        return TCB_VSPACE;
    case CAP_REPLY:
        return cap->extra ? TCB_REPLY : TCB_CALLER;
    case CAP_FRAME:
        return TCB_BUFFER;
    default:
        return TCB_SLOT_COUNT;
    }
}

static bool may_be_put(const struct replay *r, const struct replay_applier *by,
                       uint64_t slot, const struct trace_cap *cap)
{
    slotno_t tcb = replay_holder(r, slot, CAP_TCB);
    paddr_t base;

    if (tcb == SLOT_NIL)
        return replay_holder(r, slot, CAP_CNODE) != SLOT_NIL &&
               (by->place == PLACE_BOOT || by->place == PLACE_CNODE ||
                (by->place == PLACE_IPC && cap->type != CAP_REPLY));
    base = slot_base(r->kernel->regions.slots, tcb);
    if (slot_at(slot - base) != tcb_slot_of(cap))
        return false;
    return by->place == PLACE_BOOT ||
           (by->place == PLACE_THREAD && base == by->tcb &&
            bits_bit(by->slots, tcb_slot_of(cap))) ||
           (by->place == PLACE_IPC && cap->type == CAP_REPLY);
}

static bool may_be_emptied(const struct replay *r,
                           const struct replay_applier *by, uint64_t slot,
                           const struct trace_cap *cap)
{
    slotno_t tcb;

    switch (by->place) {
    case PLACE_IPC:
        return cap->type == CAP_REPLY && cap->extra == 0;
    case PLACE_REPLY:
        return cap->type == CAP_REPLY && cap->extra == 0 &&
               by->tcb + bits_size(replay_tcb_bits(r) - 1) == cap->paddr;
    case PLACE_THREAD:
        tcb = replay_holder(r, slot, CAP_TCB);
        return tcb != SLOT_NIL &&
               slot_base(r->kernel->regions.slots, tcb) == by->tcb &&
               bits_bit(by->slots, (unsigned)slot_at(slot - by->tcb));
    default:
        return false;
    }
}

/* ---- Effects ------------------------------------------------------------- */

/* Writes the capability and puts it into the derivation after its source. */
static void insert(struct replay *r, slotno_t source, slotno_t dest,
                   const struct cap *cap)
{
    struct kernel *k = r->kernel;
    uint8_t flags = 0;

    if (cap_is_revocable(kernel_slots(k), source, cap))
        flags = SLOT_REVOCABLE + SLOT_FIRST_BADGED;
    cap_write(kernel_slots(k), dest, cap);
    regions_insert_after(&k->regions, source, dest);
    slot_set_flags(kernel_slots(k), dest, flags);
    replay_note_inserted(r, dest,
                         cap->type == CAP_ASID_POOL &&
                             slot_type(kernel_slots(k), source) == CAP_UNTYPED);
}

/* A master reply capability that was never seen to appear: README of the
 * recorded runs.  False: there can be none in that slot. */
static bool need_master(struct replay *r, uint64_t slot,
                        const struct trace_cap *cap)
{
    const struct slot *slots = r->kernel->regions.slots;
    slotno_t tcb = replay_holder(r, slot, CAP_TCB);

    if (tcb == SLOT_NIL || slot_at(slot - slot_base(slots, tcb)) != TCB_REPLY ||
        cap->paddr != slot_base(slots, tcb) + bits_size(replay_tcb_bits(r) - 1))
        return false;
    if (!slot_is_empty(slots, slot_at(slot)))
        return true;
    reply_setup_master(r->kernel, slot_base(slots, tcb),
                       (uint8_t)replay_tcb_bits(r));
    replay_note_inserted(r, slot_at(slot), false);
    replay_count_applied(r, &r->stats.applied_masters);
    return true;
}

void replay_apply_masters(struct replay *r)
{
    for (size_t i = r->recorded_before; i < r->recorded.count; i++) {
        const struct effect *e = &r->recorded.item[i];

        if (e->kind == TRACE_EMPTIED && e->e.cap.type == CAP_REPLY &&
            e->e.cap.extra != 0)
            (void)need_master(r, e->e.slot, &e->e.cap); /* else it differs */
    }
}

/* Some page table became an address space by ASIDPoolAssign, and so is
 * mapped; the run shows which when a copy of it is made. */
void replay_apply_table(struct replay *r, uint64_t slot)
{
    struct slot *slots = kernel_slots(r->kernel);
    slotno_t i = slot_at(slot);

    if (r->tables_mapped == 0 || !replay_is_slot(r, slot) ||
        slot_type(slots, i) != CAP_PAGE_TABLE ||
        (slot_rights(slots, i) & CAP_MAPPED))
        return;
    r->tables_mapped--;
    slot_set_rights(slots, i, slot_rights(slots, i) | CAP_MAPPED);
    replay_count_applied(r, &r->stats.applied_tables);
}

/* What the source's capability becomes.  NULL, or why it cannot. */
static const char *derive_reply(struct replay *r, const struct effect *e,
                                struct cap *cap)
{
    const struct slot *slots = r->kernel->regions.slots;
    slotno_t source = slot_at(e->e.slot);

    if (!need_master(r, e->e.slot, &e->e.cap))
        return "the source is not this thread's master reply slot";
    if (slot_next(slots, source) != SLOT_NIL)
        return "this thread's reply capability is out already";
    *cap = cap_read(slots, source);
    cap->rights = CAP_GRANT;
    return NULL;
}

static const char *derive_pool(struct replay *r, const struct effect *e,
                               struct cap *cap)
{
    struct slot *slots = kernel_slots(r->kernel);
    slotno_t source = slot_at(e->e.slot);

    if (slot_bits(slots, source) != 12 ||
        (slot_rights(slots, source) & CAP_DEVICE))
        return "the source is no untyped of 2^12 bytes of RAM";
    if (untyped_has_children(r->kernel, source))
        return "the untyped has children";
    *cap = (struct cap){
        .type = CAP_ASID_POOL,
        .base = slot_base(slots, source),
        .bits = slot_bits(slots, source),
    };
    return NULL;
}

/* The untyped is used up, and the pool's memory is clean. */
static void use_untyped(struct replay *r, slotno_t untyped)
{
    struct slot *slots = kernel_slots(r->kernel);
    uint64_t bytes = bits_size(slot_bits(slots, untyped));

    if (slot_word(slots, untyped) != 0)
        arch_clear(r->kernel, slot_base(slots, untyped),
                   slot_word(slots, untyped));
    slot_set_word(slots, untyped, bytes);
}

/* A thread's CSpace root may be given another guard on its way; the run shows
 * its size. */
static void set_guard(const struct trace_cap *recorded, struct cap *cap)
{
    struct cap changed = cap_update_data(*cap, recorded->extra / 256u, true);

    if (recorded->extra != replay_cap_from(cap).extra &&
        changed.type == CAP_CNODE)
        *cap = changed;
}

static const char *derive(struct replay *r, const struct replay_applier *by,
                          const struct effect *e, struct cap *cap)
{
    struct slot *slots = kernel_slots(r->kernel);
    slotno_t source = slot_at(e->e.slot);
    struct reply ignored;
    uint8_t type;

    if (!replay_is_slot(r, e->e.slot))
        return "the source is no slot";
    if (e->e.cap.type == CAP_REPLY)
        return derive_reply(r, e, cap);
    type = slot_type(slots, source);
    if (e->e.cap.type == CAP_ASID_POOL && type == CAP_UNTYPED &&
        by->place == PLACE_CNODE)
        return derive_pool(r, e, cap);
    if (e->e.cap.type == CAP_IRQ_HANDLER && type == CAP_IRQ_CONTROL &&
        by->place == PLACE_CNODE) {
        *cap = (struct cap){.type = CAP_IRQ_HANDLER, .word = e->e.cap.extra};
        return NULL;
    }
    if (by->place == PLACE_CNODE)
        return "this call makes nothing of that";
    replay_apply_table(r, e->e.slot);
    *cap = cap_read(slots, source);
    if (cap->type == CAP_NULL ||
        object_derive(r->kernel, source, cap, cap, &ignored) != ERROR_NONE ||
        cap->type == CAP_NULL)
        return "the source is empty or cannot be copied";
    if (cap->type == CAP_CNODE && by->place == PLACE_THREAD)
        set_guard(&e->e.cap, cap);
    return NULL;
}

static bool apply_derived(struct replay *r, const struct replay_applier *by,
                          const struct effect *e)
{
    struct slot *slots = kernel_slots(r->kernel);
    slotno_t source = slot_at(e->e.slot), dest = slot_at(e->e.other_slot);
    struct trace_cap computed;
    const char *problem;
    struct cap cap;

    if (!may_be_put(r, by, e->e.other_slot, &e->e.cap))
        return refuse(r, e, "the destination is no slot for this");
    if (!slot_is_empty(slots, dest))
        return refuse(r, e, "the destination is in use");
    problem = derive(r, by, e, &cap);
    if (problem)
        return refuse(r, e, problem);
    computed = replay_cap_from(&cap);
    if (!trace_cap_equal(&e->e.cap, &computed)) {
        char text[128];

        trace_print_cap(&computed, text);
        return refuse(r, e, text);
    }
    insert(r, source, dest, &cap);
    if (slot_type(slots, source) == CAP_UNTYPED) {
        if (cap.type == CAP_ASID_POOL)
            use_untyped(r, source);
        else
            slot_set_word(slots, source, bits_size(slot_bits(slots, source)));
    }
    replay_count_applied(r, &r->stats.applied_effects);
    return true;
}

/* Outside of invocations a reply capability is emptied without a look at
 * whether it is the last. */
static bool is_left_out(const struct effect *e)
{
    return e->kind == TRACE_FINAL && e->e.cap.type == CAP_REPLY;
}

/* A slot's deletion, which may be several lines: done by the core, and its
 * effects are those.  Returns how many lines they are; 0: refused. */
static size_t apply_deletion(struct replay *r, const struct replay_applier *by,
                             const struct effect *e, size_t count_left)
{
    size_t used = 0;

    if (!may_be_emptied(r, by, e->e.slot, &e->e.cap)) {
        refuse(r, e, "nothing that is emptied here");
        return 0;
    }
    if (!replay_expect_cap(r, e->line, "captype paddr bits dev extra",
                           e->e.slot, &e->e.cap) ||
        e->e.cap.type == CAP_NULL)
        return 0;
    r->computed.count = 0;
    r->recording = true;
    (void)delete_slot(r->kernel, slot_at(e->e.slot)); /* nobody interrupts */
    r->recording = false;
    for (size_t i = 0; i < r->computed.count; i++) {
        const struct effect *c = &r->computed.item[i];

        if (used < count_left && replay_effects_agree(&e[used], c)) {
            used++;
            replay_count_applied(r, &r->stats.applied_effects);
        } else if (!is_left_out(c)) {
            char text[TRACE_TEXT_MAX];

            replay_print_effect(c, text);
            refuse(r, used < count_left ? &e[used] : e, text);
            return 0;
        }
    }
    return used;
}

/* A capability to where it may be put, from where it is. */
static bool apply_moved(struct replay *r, const struct replay_applier *by,
                        const struct effect *e)
{
    const struct slot *slots = r->kernel->regions.slots;

    if (by->place != PLACE_IPC)
        return refuse(r, e, "nothing moves here");
    if (replay_holder(r, e->e.other_slot, CAP_CNODE) == SLOT_NIL ||
        !slot_is_empty(slots, slot_at(e->e.other_slot)))
        return refuse(r, e, "the destination is in use, or in no CNode");
    if (e->e.cap.type == CAP_NULL ||
        !replay_expect_cap(r, e->line, "captype paddr bits dev extra",
                           e->e.slot, &e->e.cap))
        return false;
    regions_move(&r->kernel->regions, slot_at(e->e.slot),
                 slot_at(e->e.other_slot));
    replay_count_applied(r, &r->stats.applied_effects);
    return true;
}

static bool apply_swapped(struct replay *r, const struct replay_applier *by,
                          const struct effect *e)
{
    if (by->place != PLACE_IPC)
        return refuse(r, e, "nothing moves here");
    if (e->e.slot == e->e.other_slot || e->e.cap.type == CAP_NULL ||
        e->e.other_cap.type == CAP_NULL)
        return refuse(r, e, "two slots in use swap");
    if (!replay_expect_cap(r, e->line, "captype paddr bits dev extra",
                           e->e.slot, &e->e.cap) ||
        !replay_expect_cap(r, e->line, "captype paddr bits dev extra",
                           e->e.other_slot, &e->e.other_cap))
        return false;
    regions_swap(&r->kernel->regions, slot_at(e->e.slot),
                 slot_at(e->e.other_slot));
    replay_count_applied(r, &r->stats.applied_effects);
    return true;
}

/* Stops at the first that does not fit: the others would be its
 * consequences. */
void replay_apply_effects(struct replay *r, const struct replay_applier *by,
                          const struct effect *e, size_t left)
{
    while (left > 0) {
        size_t used = 1;
        bool good;

        switch (e->kind) {
        case TRACE_DERIVED:
            good = apply_derived(r, by, e);
            break;
        case TRACE_MOVED:
            good = apply_moved(r, by, e);
            break;
        case TRACE_SWAPPED:
            good = apply_swapped(r, by, e);
            break;
        case TRACE_EMPTIED:
        case TRACE_FINAL:
            used = apply_deletion(r, by, e, left);
            good = used > 0;
            break;
        default:
            good = refuse(r, e, "only Retype creates objects");
            break;
        }
        if (!good)
            return;
        e += used;
        left -= used;
    }
}
