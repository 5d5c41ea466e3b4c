/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities as values, and how two of them are related. */
#include "bits.h"
#include "cap.h"
#include "objects.h"

struct cap cap_read(const struct slot *slots, slotno_t i)
{
    return (struct cap){
        .base = slot_base(slots, i),
        .word = slot_word(slots, i),
        .bits = slot_bits(slots, i),
        .type = slot_type(slots, i),
        .rights = slot_rights(slots, i),
    };
}

void cap_write(struct slot *slots, slotno_t i, const struct cap *cap)
{
    slot_set_region(slots, i, cap->base, cap->bits);
    slot_set_type(slots, i, cap->type);
    slot_set_rights(slots, i, cap->rights);
    slot_set_word(slots, i, cap->word);
}

unsigned cap_cnode_radix(const struct cap *cap)
{
    return cap->bits - SLOT_BITS;
}

unsigned cap_cnode_guard_size(const struct cap *cap)
{
    return (unsigned)(cap->word % 64u);
}

uint64_t cap_cnode_guard(const struct cap *cap)
{
    return cap->word / 64u;
}

/* Endpoints and notifications: an unbadged capability is the parent of all
 * others, a badged one of the copies made from it. */
static bool badge_is_parent(const struct slot *slots, slotno_t a, slotno_t b)
{
    uint64_t badge = slot_word(slots, a);

    if (badge == 0)
        return true;
    return badge == slot_word(slots, b) &&
           !(slot_flags(slots, b) & SLOT_FIRST_BADGED);
}

/* Members of one list name one region (or TCB, or belong to one family), so
 * of "same region" only the types are left to be compared. */
bool cap_is_parent(const struct slot *slots, slotno_t a, slotno_t b)
{
    uint8_t type_a = slot_type(slots, a), type_b = slot_type(slots, b);

    if (!(slot_flags(slots, a) & SLOT_REVOCABLE))
        return false;
    switch (type_a) {
    case CAP_UNTYPED:
        return true;
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
        return type_b == type_a && badge_is_parent(slots, a, b);
    case CAP_IRQ_CONTROL:
        return true;
    case CAP_IRQ_HANDLER:
        return type_b == type_a && slot_word(slots, a) == slot_word(slots, b);
    case CAP_ZOMBIE:
    case CAP_EMBRYO:
        return false;
    default:
        return type_b == type_a;
    }
}

bool cap_same_object(const struct slot *slots, slotno_t a, slotno_t b)
{
    uint8_t type = slot_type(slots, a);

    if (type != slot_type(slots, b) || type == CAP_UNTYPED ||
        type == CAP_IRQ_CONTROL)
        return false;
    if (type == CAP_IRQ_HANDLER)
        return slot_word(slots, a) == slot_word(slots, b);
    return true;
}

struct cap cap_mask(struct cap cap, uint64_t rights)
{
    switch (cap.type) {
    case CAP_ENDPOINT:
        return endpoint_mask(cap, rights);
    case CAP_NOTIFICATION:
        return notification_mask(cap, rights);
    case CAP_REPLY:
        return reply_mask(cap, rights);
    case CAP_FRAME:
        return frame_mask(cap, rights);
    default:
        return cap;
    }
}

struct cap cap_update_data(struct cap cap, uint64_t data, bool preserve)
{
    switch (cap.type) {
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
        return endpoint_update(cap, data, preserve);
    case CAP_CNODE:
        return cnode_update(cap, data);
    default:
        return cap;
    }
}

bool cap_is_revocable(const struct slot *slots, slotno_t source,
                      const struct cap *derived)
{
    switch (derived->type) {
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
        return derived->word != slot_word(slots, source);
    case CAP_UNTYPED:
        return true;
    case CAP_IRQ_HANDLER:
        return slot_type(slots, source) == CAP_IRQ_CONTROL;
    default:
        return false;
    }
}
