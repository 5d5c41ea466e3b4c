/* SPDX-License-Identifier: BSD-2-Clause */
/* Reply capabilities: one plain list per thread, the master first. */
#include "arch.h"
#include "delete.h"
#include "objects.h"

struct cap reply_mask(struct cap cap, uint64_t rights)
{
    if (!(rights & CAP_GRANT))
        cap.rights &= (uint8_t)~CAP_GRANT;
    return cap;
}

void reply_setup_master(struct kernel *k, paddr_t tcb, uint8_t tcb_bits)
{
    struct slot *slots = kernel_slots(k);
    slotno_t i = slot_at(tcb) + TCB_REPLY;
    struct cap cap = {
        .type = CAP_REPLY,
        .base = tcb,
        .bits = tcb_bits,
        .rights = CAP_MASTER + CAP_GRANT,
    };

    if (slot_is_empty(slots, i))
        kernel_insert_boot_cap(k, i, &cap);
}

void reply_delete(struct kernel *k, paddr_t tcb)
{
    struct slot *slots = kernel_slots(k);
    slotno_t master = slot_at(tcb) + TCB_REPLY, reply;

    if (slot_is_empty(slots, master))
        return;
    reply = regions_follower(&k->regions, master);
    if (reply != SLOT_NIL)
        delete_simple(k, reply);
}
