/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots, their names, and what is alive. */
#include "replay_int.h"

#include <stdlib.h>

bool replay_is_slot(const struct replay *r, uint64_t address)
{
    return address % SLOT_BYTES == 0 && address < SLOT_ADDRESS_MAX &&
           hosted_is_ram(r->kernel, address, SLOT_BYTES);
}

/* A reply capability is recorded with the middle of its TCB. */
static paddr_t reply_paddr(const struct cap *cap)
{
    return cap->base + bits_size(cap->bits - 1u);
}

static uint64_t frame_address(const struct cap *cap)
{
    if (!(cap->rights & CAP_MAPPED))
        return 0;
    if (bits_down(cap->word, CAP_MAPPED_ADDRESS_BITS) == ASID_UNKNOWN)
        return ADDRESS_UNKNOWN;
    return cap->word % bits_size(CAP_MAPPED_ADDRESS_BITS);
}

static uint64_t extra_of(const struct cap *cap)
{
    switch (cap->type) {
    case CAP_CNODE:
        return cap_cnode_radix(cap) + bits_up(cap_cnode_guard_size(cap), 8);
    case CAP_FRAME:
        return frame_address(cap);
    case CAP_UNTYPED:
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
    case CAP_ZOMBIE:
    case CAP_IRQ_HANDLER:
        return cap->word;
    default:
        return 0;
    }
}

struct trace_cap replay_cap_from(const struct cap *cap)
{
    if (cap->type == CAP_REPLY)
        return (struct trace_cap){
            .type = CAP_REPLY,
            .paddr = reply_paddr(cap),
            .extra = (cap->rights & CAP_MASTER) != 0,
        };
    if (!cap_type_is_memory(cap->type))
        return (struct trace_cap){
            .type = cap->type,
            .extra = extra_of(cap),
        };
    return (struct trace_cap){
        .type = cap->type,
        .paddr = cap->base,
        .bits = cap->bits,
        .dev = (cap->type == CAP_UNTYPED || cap->type == CAP_FRAME) &&
               (cap->rights & CAP_DEVICE) != 0,
        .extra = extra_of(cap),
    };
}

struct trace_cap replay_cap_of(const struct kernel *k, slotno_t i)
{
    struct cap cap = cap_read(k->regions.slots, i);

    return replay_cap_from(&cap);
}

struct trace_cap replay_cap(const struct replay *r, uint64_t address)
{
    if (!replay_is_slot(r, address))
        return (struct trace_cap){.type = CAP_NULL};
    return replay_cap_of(r->kernel, slot_at(address));
}

slotno_t replay_holder(const struct replay *r, uint64_t address,
                       enum cap_type type)
{
    const struct slot *slots = r->kernel->regions.slots;
    slotno_t i;

    if (!replay_is_slot(r, address))
        return SLOT_NIL;
    i = regions_enclosing(&r->kernel->regions, address, SLOT_BITS);
    while (i != SLOT_NIL && slot_type(slots, i) != type)
        i = regions_follower(&r->kernel->regions, i);
    return i;
}

bool replay_name_slot(const struct replay *r, uint64_t address,
                      struct slot_name *name)
{
    struct cap cap;
    unsigned radix;

    name->root = replay_holder(r, address, CAP_CNODE);
    if (name->root == SLOT_NIL)
        return false;
    cap = cap_read(r->kernel->regions.slots, name->root);
    radix = cap_cnode_radix(&cap);
    name->depth = cap_cnode_guard_size(&cap) + radix;
    name->index = slot_at(address - cap.base);
    if (radix < WORD_BITS) /* else there is no room for a guard */
        name->index += bits_up(cap_cnode_guard(&cap), radix);
    return true;
}

/* ---- What is alive ------------------------------------------------------- */

static int compare_bases(const void *a, const void *b)
{
    const struct boot_region *x = a, *y = b;

    return (x->base > y->base) - (x->base < y->base);
}

bool replay_is_boot_object(const struct replay *r, const struct cap *cap)
{
    struct boot_region key = {.base = cap->base};
    const struct boot_region *found = NULL;

    if (r->boot_count > 0)
        found =
            bsearch(&key, r->boot, r->boot_count, sizeof key, compare_bases);
    return found && found->bits == cap->bits && found->type == cap->type;
}

static void count_capability(struct replay *r)
{
    struct replay_stats *s = &r->stats;

    if (++s->capabilities > s->capabilities_peak) {
        s->capabilities_peak = s->capabilities;
        s->capabilities_peak_line = r->head.number;
    }
}

static void count_object(struct replay *r, uint8_t bits, bool device)
{
    struct replay_stats *s = &r->stats;

    if (++s->objects > s->objects_peak) {
        s->objects_peak = s->objects;
        s->objects_peak_line = r->head.number;
    }
    if (device)
        return;
    s->object_bytes += bits_size(bits);
    if (s->object_bytes > s->object_bytes_peak) {
        s->object_bytes_peak = s->object_bytes;
        s->fullest_line = r->head.number;
    }
}

static void tell(struct replay *r, slotno_t i, bool created,
                 enum replay_origin origin)
{
    struct cap cap = cap_read(r->kernel->regions.slots, i);
    struct replay_object object = {
        .created = created,
        .origin = origin,
        .line = r->head.number,
        .base = cap.base,
        .size_bits = cap.bits,
        .cap_type = cap.type,
        .device = (cap.type == CAP_UNTYPED || cap.type == CAP_FRAME) &&
                  (cap.rights & CAP_DEVICE) != 0,
    };

    if (!cap_type_is_memory(cap.type))
        return;
    if (cap.type == CAP_UNTYPED) {
        r->stats.untypeds += created ? 1 : UINT64_MAX;
        if (r->stats.untypeds > r->stats.untypeds_peak)
            r->stats.untypeds_peak = r->stats.untypeds;
    } else if (created) {
        count_object(r, cap.bits, object.device);
    } else {
        r->stats.objects--;
        if (!object.device)
            r->stats.object_bytes -= bits_size(cap.bits);
    }
    if (r->options.on_object)
        r->options.on_object(r->options.context, &object);
}

static enum replay_origin origin_of(const struct replay *r, slotno_t i)
{
    struct cap cap = cap_read(r->kernel->regions.slots, i);

    if (replay_is_boot_object(r, &cap))
        return REPLAY_ORIGIN_BOOT;
    if (cap.type == CAP_ASID_POOL)
        return REPLAY_ORIGIN_POOL;
    return REPLAY_ORIGIN_RETYPE;
}

void replay_note_boot(struct replay *r, slotno_t i)
{
    const struct slot *slots = r->kernel->regions.slots;

    count_capability(r);
    if (cap_type_is_memory(slot_type(slots, i)))
        tell(r, i, true, REPLAY_ORIGIN_BOOT);
}

void replay_note_inserted(struct replay *r, slotno_t i, bool pool)
{
    const struct slot *slots = r->kernel->regions.slots;

    count_capability(r);
    if (pool)
        tell(r, i, true, REPLAY_ORIGIN_POOL);
    else if (slot_type(slots, i) == CAP_UNTYPED)
        r->stats.untypeds++;
}

static const enum trace_kind kind_of_event[] = {
    [ARCH_EVENT_CREATED] = TRACE_CREATED, [ARCH_EVENT_DERIVED] = TRACE_DERIVED,
    [ARCH_EVENT_MOVED] = TRACE_MOVED,     [ARCH_EVENT_SWAPPED] = TRACE_SWAPPED,
    [ARCH_EVENT_EMPTIED] = TRACE_EMPTIED, [ARCH_EVENT_FINAL] = TRACE_FINAL,
};

static void record(struct replay *r, enum arch_event event, slotno_t a,
                   slotno_t b)
{
    struct effect e = {.line = r->head.number, .kind = kind_of_event[event]};

    e.e.slot = slot_address(a);
    if (b != SLOT_NIL)
        e.e.other_slot = slot_address(b);
    switch (e.kind) {
    case TRACE_CREATED:
    case TRACE_DERIVED:
    case TRACE_MOVED:
        e.e.cap = replay_cap_of(r->kernel, b);
        break;
    case TRACE_SWAPPED:
        e.e.cap = replay_cap_of(r->kernel, a);
        e.e.other_cap = replay_cap_of(r->kernel, b);
        break;
    default:
        e.e.cap = replay_cap_of(r->kernel, a);
        break;
    }
    effects_add(&r->computed, &e);
}

void replay_observe(void *context, struct kernel *k, enum arch_event event,
                    slotno_t a, slotno_t b)
{
    struct replay *r = context;

    (void)k;
    if (r->recording)
        record(r, event, a, b);
    switch (event) {
    case ARCH_EVENT_CREATED:
        count_capability(r);
        tell(r, b, true, REPLAY_ORIGIN_RETYPE);
        break;
    case ARCH_EVENT_DERIVED:
        replay_note_inserted(r, b, false);
        break;
    case ARCH_EVENT_EMPTIED:
        r->stats.capabilities--;
        break;
    case ARCH_EVENT_FINAL:
        tell(r, a, false, origin_of(r, a));
        break;
    default:
        break;
    }
}
