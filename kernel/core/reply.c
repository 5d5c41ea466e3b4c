/* SPDX-License-Identifier: BSD-2-Clause */
/* Reply capabilities: one plain list per thread, the master first. */
#include "arch.h"
#include "fault.h"
#include "ipc.h"
#include "objects.h"
#include "sched.h"

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
        reply_use_up(k, reply);
}

void reply_insert(struct kernel *k, paddr_t caller, paddr_t server, bool grant)
{
    struct slot *slots = kernel_slots(k);
    slotno_t master = thread_slot(caller, TCB_REPLY);
    slotno_t to = thread_slot(server, TCB_CALLER);

    KERNEL_ASSERT(slot_type(slots, master) == CAP_REPLY &&
                  slot_is_empty(slots, to));
    slot_copy_cap(slots, to, master);
    slot_set_rights(slots, to, grant ? CAP_GRANT : 0);
    regions_insert_after(&k->regions, master, to);
    arch_event(k, ARCH_EVENT_DERIVED, master, to);
}

void reply_use_up(struct kernel *k, slotno_t i)
{
    arch_event(k, ARCH_EVENT_EMPTIED, i, SLOT_NIL);
    regions_remove(&k->regions, i);
    slot_clear(kernel_slots(k), i);
    k->slots_emptied++;
}

/* The caller goes on, or stays Inactive if that was the answer to a fault. */
static void wake(struct kernel *k, paddr_t caller, enum thread_state state)
{
    thread_set_state(k, caller, state);
    if (state != THREAD_INACTIVE)
        sched_wake(k, caller);
}

void reply_send(struct kernel *k, paddr_t replier, slotno_t i)
{
    const struct slot *slots = kernel_slots(k);
    paddr_t caller = slot_base(slots, i);
    struct thread *t = thread_at(k, caller);
    bool grant = slot_rights(slots, i) & CAP_GRANT, goes_on;

    KERNEL_ASSERT(t->state == THREAD_BLOCKED_ON_REPLY);
    if (t->fault.type == FAULT_NONE) {
        ipc_transfer(k, replier, caller, 0, 0, grant);
        reply_use_up(k, i);
        wake(k, caller, THREAD_RUNNING);
        return;
    }
    reply_use_up(k, i);
    goes_on = fault_answer(k, replier, caller);
    t->fault.type = FAULT_NONE;
    wake(k, caller, goes_on ? THREAD_RESTART : THREAD_INACTIVE);
}
