/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls (sel4-abi.md 1): from the user's registers to an invocation or
 * a message, and back. */
#include "syscall.h"
#include "arch.h"
#include "cspace.h"
#include "debug.h"
#include "fastpath.h"
#include "fault.h"
#include "invocations.h"
#include "ipc.h"
#include "lookup.h"

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

/* Returns how many words the caller gets. */
static uint32_t answer_words(struct kernel *k, const struct invocation *inv,
                             const struct reply *reply)
{
    struct thread *t = thread_at(k, k->current);
    uint32_t length = reply->length;
    uint64_t *buffer;

    for (uint32_t n = 0; n < IPC_REGISTERS && n < length; n++)
        t->context.reg[REG_MR0 + n] = reply->mr[n];
    if (length <= IPC_REGISTERS)
        return length;
    buffer = thread_buffer(k, k->current, true);
    if (!buffer)
        return IPC_REGISTERS;
    for (uint32_t n = IPC_REGISTERS; n < length; n++)
        buffer[BUFFER_MESSAGE + n] = result_word(k, inv, reply, n);
    return length;
}

/* What a Call gets from the kernel.  An empty success leaves the message
 * registers alone. */
static void answer(struct kernel *k, const struct invocation *inv,
                   const struct reply *reply)
{
    struct thread *t = thread_at(k, k->current);
    uint32_t length = reply->length;

    if (length != 0)
        length = answer_words(k, inv, reply);
    t->context.reg[REG_CAP] = 0;
    t->context.reg[REG_INFO] = ipc_info(reply->label, 0, 0, length);
}

static void answer_empty(struct kernel *k)
{
    struct thread *t = thread_at(k, k->current);

    t->context.reg[REG_CAP] = 0;
    t->context.reg[REG_INFO] = 0;
}

/* ---- Invocation -----------------------------------------------------------*/

struct request {
    bool blocking; /* a wrong capability pointer is a fault, not nothing */
    bool call;     /* an answer is wanted */
};

/* Says why a capability pointer leads nowhere. */
static void nowhere(struct kernel *k, uint64_t cptr, bool receiving)
{
    struct reply err;
    slotno_t ignored;
    enum error error = cspace_lookup(k, thread_slot(k->current, TCB_CSPACE),
                                     cptr, &ignored, &err);

    KERNEL_ASSERT(error != ERROR_NONE);
    fault_capability(k, cptr, receiving, &err);
}

/* The slots of the extra capabilities; false: one is nowhere, and the thread
 * has faulted or there is nothing to be done. */
static bool find_caps(struct kernel *k, struct request request,
                      const uint64_t *buffer, struct invocation *inv)
{
    for (uint32_t n = 0; n < inv->cap_count; n++) {
        uint64_t cptr = buffer[BUFFER_CAPS + n];

        if (lookup_cptr(k, k->current, cptr, &inv->cap[n]))
            continue;
        if (request.blocking)
            nowhere(k, cptr, false);
        return false;
    }
    return true;
}

/* Extra capabilities and length of the message that the current thread sends;
 * *buffer: its IPC buffer, where the message needs one.  False: as above. */
static bool open_message(struct kernel *k, struct request request,
                         const uint64_t **buffer, struct invocation *inv)
{
    uint64_t info = thread_at(k, k->current)->context.reg[REG_INFO];

    *buffer = NULL;
    inv->length = ipc_length(info);
    inv->cap_count = ipc_extra_caps(info);
    if (inv->length <= IPC_REGISTERS && inv->cap_count == 0)
        return true;
    *buffer = thread_buffer(k, k->current, false);
    if (*buffer)
        return find_caps(k, request, *buffer, inv);
    if (inv->length > IPC_REGISTERS)
        inv->length = IPC_REGISTERS;
    inv->cap_count = 0;
    return true;
}

/* Performs an invocation of a kernel object.  While it is being performed the
 * thread is to make its call again, which is so if it is preempted, and if it
 * has suspended itself. */
static void perform(struct kernel *k, struct request request, slotno_t i)
{
    struct thread *t = thread_at(k, k->current);
    struct invocation inv;
    uint64_t words[WORDS_MAX];
    const uint64_t *buffer;
    struct reply reply;

    if (!open_message(k, request, &buffer, &inv))
        return;
    for (uint32_t n = 0; n < IPC_REGISTERS; n++)
        words[n] = t->context.reg[REG_MR0 + n];
    for (uint32_t n = IPC_REGISTERS; n < inv.length && n < WORDS_MAX; n++)
        words[n] = buffer[BUFFER_MESSAGE + n];
    inv.slot = i;
    inv.label =
        label_translate(&k->params, ipc_label(t->context.reg[REG_INFO]));
    inv.mr = words;
    inv.caller = thread_slot(k->current, TCB_CALLER);
    t->state = THREAD_RESTART;
    if (invoke(k, &inv, &reply) == OUTCOME_PREEMPTED ||
        t->state != THREAD_RESTART)
        return;
    t->state = THREAD_RUNNING;
    if (request.call)
        answer(k, &inv, &reply);
}

/* Do the extra capabilities lead somewhere?  False: as above. */
static bool check_caps(struct kernel *k, struct request request)
{
    struct invocation ignored;
    const uint64_t *buffer;

    return open_message(k, request, &buffer, &ignored);
}

static void send_to_endpoint(struct kernel *k, struct request request,
                             slotno_t i)
{
    const struct slot *slots = kernel_slots(k);

    endpoint_send(k, k->current,
                  &(struct endpoint_request){
                      .endpoint = slot_base(slots, i),
                      .badge = slot_word(slots, i),
                      .rights = slot_rights(slots, i),
                      .blocking = request.blocking,
                      .call = request.call,
                  });
}

/* A message to an endpoint, notification or reply capability, whose extra
 * capabilities must lead somewhere even if nobody is to get them.  Not inline,
 * so that an invocation need not save registers for it. */
__attribute__((noinline)) static void
send_message(struct kernel *k, struct request request, slotno_t i)
{
    const struct slot *slots = kernel_slots(k);
    uint64_t info = thread_at(k, k->current)->context.reg[REG_INFO];

    if (ipc_extra_caps(info) != 0 && !check_caps(k, request))
        return;
    switch (slot_type(slots, i)) {
    case CAP_ENDPOINT:
        send_to_endpoint(k, request, i);
        return;
    case CAP_NOTIFICATION:
        notification_signal(k, slot_base(slots, i), slot_word(slots, i));
        break;
    default:
        reply_send(k, k->current, i);
        break;
    }
    if (request.call)
        answer_empty(k);
}

/* Can a message be sent to what the slot holds, or is it a kernel object? */
static bool takes_messages(const struct slot *slots, slotno_t i)
{
    switch (slot_type(slots, i)) {
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
        return slot_rights(slots, i) & CAP_WRITE;
    case CAP_REPLY:
        return !(slot_rights(slots, i) & CAP_MASTER);
    default:
        return false;
    }
}

/* A message to what slot i holds. */
static void send_to(struct kernel *k, struct request request, slotno_t i)
{
    if (takes_messages(kernel_slots(k), i))
        send_message(k, request, i);
    else
        perform(k, request, i);
}

static void send(struct kernel *k, bool blocking)
{
    uint64_t cptr = thread_at(k, k->current)->context.reg[REG_CAP];
    slotno_t i;

    if (lookup_cptr(k, k->current, cptr, &i))
        send_to(k, (struct request){.blocking = blocking}, i);
    else if (blocking)
        nowhere(k, cptr, false);
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

static void receive(struct kernel *k, bool blocking)
{
    const struct slot *slots = kernel_slots(k);
    uint64_t cptr = thread_at(k, k->current)->context.reg[REG_CAP];
    slotno_t caller = thread_slot(k->current, TCB_CALLER), i;

    if (!lookup_cptr(k, k->current, cptr, &i)) {
        nowhere(k, cptr, true);
        return;
    }
    if (slot_type(slots, i) == CAP_ENDPOINT &&
        (slot_rights(slots, i) & CAP_READ)) {
        if (!slot_is_empty(slots, caller))
            reply_use_up(k, caller);
        endpoint_receive(k, slot_base(slots, i),
                         slot_rights(slots, i) & CAP_GRANT, blocking);
    } else if (can_wait_for(k, i)) {
        notification_receive(k, slot_base(slots, i), blocking);
    } else {
        not_receivable(k, cptr);
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
    case SYSCALL_REPLY_RECV:
        reply_to_caller(k);
        receive(k, true);
        break;
    case SYSCALL_SEND:
        send(k, true);
        break;
    case SYSCALL_NB_SEND:
        send(k, false);
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
    sched_leave(k);
}

static void call(struct kernel *k, bool fast)
{
    uint64_t cptr = thread_at(k, k->current)->context.reg[REG_CAP];
    slotno_t i;

    if (!lookup_cptr(k, k->current, cptr, &i))
        nowhere(k, cptr, false);
    else if (fast && slot_type(kernel_slots(k), i) == CAP_ENDPOINT &&
             fastpath_call(k, i))
        return;
    else
        send_to(k, (struct request){.blocking = true, .call = true}, i);
    sched_leave(k);
}

void kernel_syscall_slow(struct kernel *k, uint64_t number)
{
    if (number == (uint64_t)SYSCALL_CALL)
        call(k, false);
    else
        make(k, number);
}

void kernel_syscall(struct kernel *k, uint64_t number)
{
    KERNEL_ASSERT(k->current != 0);
    if (number == (uint64_t)SYSCALL_CALL)
        call(k, true);
    else if (number != (uint64_t)SYSCALL_REPLY_RECV || !fastpath_reply_recv(k))
        make(k, number);
}
