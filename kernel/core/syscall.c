/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls (sel4-abi.md 1): from the user's registers to an invocation or
 * a message, and back. */
#include "arch.h"
#include "cspace.h"
#include "debug.h"
#include "delete.h"
#include "fault.h"
#include "invocations.h"
#include "ipc.h"
#include "syscall.h"

/* Words of a message that an invocation can need: WriteRegisters has most. */
#define WORDS_MAX (2u + ARCH_USER_REGISTERS)

/* ---- Answers --------------------------------------------------------------*/

static uint64_t result_word(const struct kernel *k,
                            const struct invocation *inv,
                            const struct reply *reply, uint32_t n)
{
    if (n < REPLY_WORDS_MAX)
        return reply->mr[n];
    return tcb_reply_word(k, slot_base(k->regions.slots, inv->slot), n);
}

/* What a Call gets from the kernel.  An empty success leaves the message
 * registers alone. */
static void answer(struct kernel *k, const struct invocation *inv,
                   const struct reply *reply)
{
    struct thread *t = thread_at(k, k->current);
    uint32_t length = reply->length;
    uint64_t *buffer = NULL;

    if (length > IPC_REGISTERS) {
        buffer = thread_buffer(k, k->current, true);
        if (!buffer)
            length = IPC_REGISTERS;
    }
    for (uint32_t n = 0; n < length; n++)
        ipc_set_word(t, buffer, n, result_word(k, inv, reply, n));
    t->context.reg[REG_CAP] = 0;
    t->context.reg[REG_INFO] = ipc_info(reply->label, 0, 0, length);
}

static const struct reply empty_success = {.label = ERROR_NONE};

/* ---- Invocation -----------------------------------------------------------*/

struct request {
    bool blocking; /* a wrong capability pointer is a fault, not nothing */
    bool call;     /* an answer is wanted */
};

/* The slots of the extra capabilities; false: one is nowhere, and the thread
 * has faulted or there is nothing to be done. */
static bool find_caps(struct kernel *k, const struct request *request,
                      const uint64_t *buffer, struct invocation *inv)
{
    struct reply err;

    for (uint32_t n = 0; n < inv->cap_count; n++) {
        uint64_t cptr = buffer[BUFFER_CAPS + n];

        if (cspace_lookup(k, thread_slot(k->current, TCB_CSPACE), cptr,
                          &inv->cap[n], &err) == ERROR_NONE)
            continue;
        if (request->blocking)
            fault_capability(k, cptr, false, &err);
        return false;
    }
    return true;
}

/* Performs an invocation of a kernel object.  While it is being performed the
 * thread is to make its call again, which is so if it is preempted, and if it
 * has suspended itself. */
static void perform(struct kernel *k, const struct request *request,
                    const uint64_t *buffer, struct invocation *inv)
{
    struct thread *t = thread_at(k, k->current);
    uint64_t words[WORDS_MAX];
    struct reply reply;

    if (!buffer && inv->length > IPC_REGISTERS)
        inv->length = IPC_REGISTERS;
    for (uint32_t n = 0; n < inv->length && n < WORDS_MAX; n++)
        words[n] = ipc_word(t, buffer, n);
    inv->mr = words;
    inv->caller = thread_slot(k->current, TCB_CALLER);
    t->state = THREAD_RESTART;
    if (invoke(k, inv, &reply) == OUTCOME_PREEMPTED ||
        t->state != THREAD_RESTART)
        return;
    t->state = THREAD_RUNNING;
    if (request->call)
        answer(k, inv, &reply);
}

/* A message to whatever capability is in inv->slot. */
static void dispatch(struct kernel *k, const struct request *request,
                     const uint64_t *buffer, struct invocation *inv)
{
    struct cap cap = cap_read(kernel_slots(k), inv->slot);

    if (cap.type == CAP_ENDPOINT && (cap.rights & CAP_WRITE)) {
        endpoint_send(k, k->current, &cap, request->blocking, request->call);
        return;
    }
    if (cap.type == CAP_NOTIFICATION && (cap.rights & CAP_WRITE))
        notification_signal(k, cap.base, cap.word);
    else if (cap.type == CAP_REPLY && !(cap.rights & CAP_MASTER))
        reply_send(k, k->current, inv->slot);
    else {
        perform(k, request, buffer, inv);
        return;
    }
    if (request->call)
        answer(k, inv, &empty_success);
}

static void send(struct kernel *k, bool blocking, bool call)
{
    const struct thread *t = thread_at(k, k->current);
    struct request request = {blocking, call};
    uint64_t cptr = t->context.reg[REG_CAP], info = t->context.reg[REG_INFO];
    const uint64_t *buffer;
    struct invocation inv = {
        .label = label_translate(&k->params, ipc_label(info)),
        .length = ipc_length(info),
        .cap_count = ipc_extra_caps(info),
    };
    struct reply err;

    if (cspace_lookup(k, thread_slot(k->current, TCB_CSPACE), cptr, &inv.slot,
                      &err) != ERROR_NONE) {
        if (blocking)
            fault_capability(k, cptr, false, &err);
        return;
    }
    buffer = thread_buffer(k, k->current, false);
    if (!buffer)
        inv.cap_count = 0;
    if (find_caps(k, &request, buffer, &inv))
        dispatch(k, &request, buffer, &inv);
}

/* ---- Receiving ------------------------------------------------------------*/

/* A capability that nothing can be received from counts as missing. */
static void receive_nowhere(struct kernel *k, uint64_t cptr)
{
    struct reply err;

    error_missing(&err, false, 0);
    fault_capability(k, cptr, true, &err);
}

static bool can_wait_for(const struct kernel *k, const struct cap *cap)
{
    paddr_t bound;

    if (cap->type != CAP_NOTIFICATION || !(cap->rights & CAP_READ))
        return false;
    bound = notification_bound(k, cap->base);
    return bound == 0 || bound == k->current;
}

static void receive(struct kernel *k, bool blocking)
{
    uint64_t cptr = thread_at(k, k->current)->context.reg[REG_CAP];
    slotno_t caller = thread_slot(k->current, TCB_CALLER), i;
    struct reply err;
    struct cap cap;

    if (cspace_lookup(k, thread_slot(k->current, TCB_CSPACE), cptr, &i, &err) !=
        ERROR_NONE) {
        fault_capability(k, cptr, true, &err);
        return;
    }
    cap = cap_read(kernel_slots(k), i);
    if (cap.type == CAP_ENDPOINT && (cap.rights & CAP_READ)) {
        if (!slot_is_empty(kernel_slots(k), caller))
            delete_simple(k, caller);
        endpoint_receive(k, &cap, blocking);
    } else if (can_wait_for(k, &cap)) {
        notification_receive(k, cap.base, blocking);
    } else {
        receive_nowhere(k, cptr);
    }
}

static void reply_to_caller(struct kernel *k)
{
    slotno_t caller = thread_slot(k->current, TCB_CALLER);

    if (!slot_is_empty(kernel_slots(k), caller))
        reply_send(k, k->current, caller);
}

/* ---- The ways in ----------------------------------------------------------*/

static void unknown_syscall(struct kernel *k, uint64_t number)
{
    fault_raise(k, FAULT_UNKNOWN_SYSCALL, 1, &number);
}

static void make(struct kernel *k, uint64_t number)
{
    switch ((int64_t)number) {
    case SYSCALL_CALL:
        send(k, true, true);
        break;
    case SYSCALL_REPLY_RECV:
        reply_to_caller(k);
        receive(k, true);
        break;
    case SYSCALL_SEND:
        send(k, true, false);
        break;
    case SYSCALL_NB_SEND:
        send(k, false, false);
        break;
    case SYSCALL_RECV:
        receive(k, true);
        break;
    case SYSCALL_REPLY:
        reply_to_caller(k);
        break;
    case SYSCALL_YIELD:
        sched_yield_current(k);
        break;
    case SYSCALL_NB_RECV:
        receive(k, false);
        break;
    default:
        if (!debug_syscall(k, number))
            unknown_syscall(k, number);
        break;
    }
}

void kernel_syscall(struct kernel *k, uint64_t number)
{
    KERNEL_ASSERT(k->current != 0);
    make(k, number);
    sched_finish(k);
}

void kernel_vm_fault(struct kernel *k, uint64_t address, uint64_t fsr,
                     bool fetch)
{
    uint64_t tail[] = {address, fetch, fsr};

    fault_raise(k, FAULT_VM, 3, tail);
    sched_finish(k);
}

void kernel_user_exception(struct kernel *k, uint64_t number, uint64_t code)
{
    uint64_t tail[] = {number, code};

    fault_raise(k, FAULT_USER_EXCEPTION, 2, tail);
    sched_finish(k);
}

void kernel_interrupt(struct kernel *k, uint64_t irq)
{
    irq_deliver(k, irq);
    sched_finish(k);
}

void kernel_timer_tick(struct kernel *k)
{
    sched_tick(k);
    sched_finish(k);
}

void kernel_start_thread(struct kernel *k, paddr_t tcb)
{
    struct thread *t = thread_at(k, tcb);

    t->priority = THREAD_PRIORITIES - 1u;
    t->mcp = THREAD_PRIORITIES - 1u;
    thread_resume(k, tcb);
}
