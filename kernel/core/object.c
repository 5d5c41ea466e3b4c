/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects by type: sizes, first capabilities, and which file looks after
 * derivation and deletion. */
#include "arch.h"
#include "objects.h"
#include "untyped.h"

unsigned object_bits(const struct kernel *k, uint64_t type, uint64_t user_bits)
{
    const struct object_kind *kind = &k->params.objects[type];

    if (kind->cap_type == CAP_UNTYPED)
        return (unsigned)user_bits;
    if (kind->cap_type == CAP_CNODE)
        return (unsigned)user_bits + kind->bits;
    return kind->bits;
}

bool object_is_frame(const struct kernel *k, uint64_t type)
{
    return k->params.objects[type].cap_type == CAP_FRAME;
}

struct cap object_cap(const struct kernel *k, uint64_t type, paddr_t base,
                      uint8_t bits, bool device)
{
    struct cap cap = {
        .base = base,
        .bits = bits,
        .type = k->params.objects[type].cap_type,
    };

    switch (cap.type) {
    case CAP_UNTYPED:
        cap.rights = device ? CAP_DEVICE : 0;
        break;
    case CAP_FRAME:
        cap.rights = CAP_READ | CAP_WRITE | (device ? CAP_DEVICE : 0);
        break;
    case CAP_ENDPOINT:
        cap.rights = CAP_RIGHTS_ALL;
        break;
    case CAP_NOTIFICATION:
        cap.rights = CAP_READ | CAP_WRITE;
        break;
    default:
        break;
    }
    return cap;
}

enum error object_derive(struct kernel *k, slotno_t i, const struct cap *cap,
                         struct cap *out, struct reply *err)
{
    *out = *cap;
    switch (cap->type) {
    case CAP_UNTYPED:
        if (untyped_has_children(k, i))
            return error_plain(err, ERROR_REVOKE_FIRST);
        return ERROR_NONE;
    case CAP_ZOMBIE:
    case CAP_EMBRYO:
    case CAP_IRQ_CONTROL:
    case CAP_REPLY:
        *out = (struct cap){.type = CAP_NULL};
        return ERROR_NONE;
    case CAP_PAGE_TABLE:
        return page_table_derive(cap, out, err);
    case CAP_FRAME:
        *out = frame_derive(*cap);
        return ERROR_NONE;
    default:
        return ERROR_NONE;
    }
}

/* The last capability to something with slots becomes a zombie in place: the
 * region and its node stay. */
static void become_zombie(struct slot *slots, slotno_t i, uint64_t slot_count,
                          uint8_t rights)
{
    slot_set_type(slots, i, CAP_ZOMBIE);
    slot_set_rights(slots, i, rights);
    slot_set_word(slots, i, slot_count);
}

/* False: preempted. */
static bool finalise_last(struct kernel *k, slotno_t i, const struct cap *cap)
{
    switch (cap->type) {
    case CAP_ENDPOINT:
        return endpoint_finalise(k, i);
    case CAP_NOTIFICATION:
        return notification_finalise(k, i);
    case CAP_PAGE_TABLE:
        page_table_finalise(k, i);
        return true;
    case CAP_ASID_POOL:
        asid_pool_finalise(k, cap);
        return true;
    case CAP_IRQ_HANDLER:
        irq_handler_finalise(k, cap);
        return true;
    default:
        return true;
    }
}

slotno_t object_inner_slot(const struct kernel *k, slotno_t i)
{
    const struct slot *slots = k->regions.slots;
    slotno_t inner;

    if (slot_type(slots, i) != CAP_IRQ_HANDLER ||
        slot_word(slots, i) >= k->params.irq_count ||
        !regions_is_final(&k->regions, i))
        return SLOT_NIL;
    inner = irq_slot(k, slot_word(slots, i));
    return slot_is_empty(slots, inner) ? SLOT_NIL : inner;
}

enum finalised object_finalise(struct kernel *k, slotno_t i, bool final)
{
    struct slot *slots = kernel_slots(k);
    struct cap cap = cap_read(slots, i);

    if (cap.type == CAP_FRAME)
        frame_finalise(k, i);
    if (!final)
        return FINALISED_EMPTY;
    if (cap.type == CAP_CNODE) {
        become_zombie(slots, i, bits_size(cap_cnode_radix(&cap)), 0);
        return FINALISED_ZOMBIE;
    }
    if (cap.type == CAP_TCB) {
        tcb_finalise(k, &cap);
        become_zombie(slots, i, TCB_SLOT_COUNT, CAP_THREAD);
        return FINALISED_ZOMBIE;
    }
    return finalise_last(k, i, &cap) ? FINALISED_EMPTY : FINALISED_PREEMPTED;
}
