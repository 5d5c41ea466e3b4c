/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls (sel4-abi.md 1): which there are, and those that receive. */
#include "syscall.h"
#include "arch.h"
#include "cspace.h"
#include "debug.h"
#include "fastpath.h"
#include "fault.h"
#include "ipc.h"
#include "lookup.h"
#include "syscall_parts.h"

/* Says why a capability pointer leads nowhere. */
void syscall_nowhere(struct kernel *k, uint64_t cptr, bool receiving)
{
    struct reply err;
    slotno_t ignored;
    enum error error = cspace_lookup(k, thread_slot(k->current, TCB_CSPACE),
                                     cptr, &ignored, &err);

    KERNEL_ASSERT(error != ERROR_NONE);
    fault_capability(k, cptr, receiving, &err);
}

/* ---- Receiving ------------------------------------------------------------*/

/* A capability that nothing can be received from counts as missing. */
static void not_receivable(struct kernel *k, uint64_t cptr)
{
    struct reply err;

    error_missing(&err, false, 0);
    fault_capability(k, cptr, true, &err);
}

static bool can_wait_for(const struct kernel *k, slotno_t i)
{
    const struct slot *slots = k->regions.slots;
    paddr_t bound;

    if (slot_type(slots, i) != CAP_NOTIFICATION ||
        !(slot_rights(slots, i) & CAP_READ))
        return false;
    bound = notification_bound(k, slot_base(slots, i));
    return bound == 0 || bound == k->current;
}

APART static void receive_nowhere(struct kernel *k)
{
    syscall_nowhere(k, thread_at(k, k->current)->context.reg[REG_CAP], true);
    sched_leave(k);
}

APART static void receive_message(struct kernel *k, slotno_t i, bool blocking)
{
    const struct slot *slots = kernel_slots(k);
    slotno_t caller = thread_slot(k->current, TCB_CALLER);

    if (!slot_is_empty(slots, caller))
        reply_use_up(k, caller);
    endpoint_receive(k, slot_base(slots, i), slot_rights(slots, i) & CAP_GRANT,
                     blocking);
    sched_leave(k);
}

APART static void receive_signal(struct kernel *k, slotno_t i, bool blocking)
{
    if (can_wait_for(k, i))
        notification_receive(k, slot_base(kernel_slots(k), i), blocking);
    else
        not_receivable(k, thread_at(k, k->current)->context.reg[REG_CAP]);
    sched_leave(k);
}

APART static void receive(struct kernel *k, bool blocking)
{
    const struct slot *slots = kernel_slots(k);
    uint64_t cptr = thread_at(k, k->current)->context.reg[REG_CAP];
    slotno_t i;

    if (!lookup_cptr(k, k->current, cptr, &i))
        receive_nowhere(k);
    else if (slot_type(slots, i) == CAP_ENDPOINT &&
             (slot_rights(slots, i) & CAP_READ))
        receive_message(k, i, blocking);
    else
        receive_signal(k, i, blocking);
}

static void reply_to_caller(struct kernel *k)
{
    slotno_t caller = thread_slot(k->current, TCB_CALLER);

    if (!slot_is_empty(kernel_slots(k), caller))
        reply_send(k, k->current, caller);
}

APART static void reply(struct kernel *k)
{
    reply_to_caller(k);
    sched_leave(k);
}

APART static void reply_and_receive_slow(struct kernel *k)
{
    reply_to_caller(k);
    receive(k, true);
}

APART static void reply_and_receive(struct kernel *k)
{
    if (!fastpath_reply_recv(k))
        reply_and_receive_slow(k);
}

APART static void yield(struct kernel *k)
{
    sched_yield_current(k);
}

/* ---- The way in -----------------------------------------------------------*/

APART static void other(struct kernel *k, uint64_t number)
{
    if (!debug_syscall(k, number))
        fault_raise(k, FAULT_UNKNOWN_SYSCALL, 1, &number);
    sched_leave(k);
}

void kernel_syscall(struct kernel *k, uint64_t number)
{
    KERNEL_ASSERT(k->current != 0);
    if (number == (uint64_t)SYSCALL_CALL) {
        syscall_call(k);
        return;
    }
    if (number == (uint64_t)SYSCALL_REPLY_RECV) {
        reply_and_receive(k);
        return;
    }
    switch ((int64_t)number) {
    case SYSCALL_SEND:
        syscall_send(k, true);
        break;
    case SYSCALL_NB_SEND:
        syscall_send(k, false);
        break;
    case SYSCALL_RECV:
        receive(k, true);
        break;
    case SYSCALL_REPLY:
        reply(k);
        break;
    case SYSCALL_YIELD:
        yield(k);
        break;
    case SYSCALL_NB_RECV:
        receive(k, false);
        break;
    default:
        other(k, number);
        break;
    }
}

void kernel_syscall_slow(struct kernel *k, uint64_t number)
{
    if (number == (uint64_t)SYSCALL_CALL)
        syscall_call_slow(k);
    else if (number == (uint64_t)SYSCALL_REPLY_RECV)
        reply_and_receive_slow(k);
    else
        kernel_syscall(k, number);
}
