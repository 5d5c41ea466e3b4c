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

/* A function apart: those that lead to it need not save registers for it.  Each
 * ends with the choice of who runs, so that all of them are reached by jumps.
 */
#define APART __attribute__((noinline)) static

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

/* Fills in an invocation of slot i; false: as above. */
static bool prepare(struct kernel *k, struct request request, slotno_t i,
                    struct invocation *inv, uint64_t words[WORDS_MAX])
{
    const struct thread *t = thread_at(k, k->current);
    const uint64_t *buffer;

    if (!open_message(k, request, &buffer, inv))
        return false;
    for (uint32_t n = 0; n < IPC_REGISTERS; n++)
        words[n] = t->context.reg[REG_MR0 + n];
    for (uint32_t n = IPC_REGISTERS; n < inv->length && n < WORDS_MAX; n++)
        words[n] = buffer[BUFFER_MESSAGE + n];
    inv->slot = i;
    inv->label =
        label_translate(&k->params, ipc_label(t->context.reg[REG_INFO]));
    inv->mr = words;
    inv->caller = thread_slot(k->current, TCB_CALLER);
    return true;
}

/* Invokes a kernel object.  While that is being done the thread is to make its
 * call again, which is so if it is preempted, and if it has suspended itself.
 */
APART void invoke_object(struct kernel *k, struct request request, slotno_t i)
{
    struct thread *t = thread_at(k, k->current);
    struct invocation inv;
    uint64_t words[WORDS_MAX];
    struct reply reply;

    if (prepare(k, request, i, &inv, words)) {
        t->state = THREAD_RESTART;
        if (invoke(k, &inv, &reply) == OUTCOME_DONE &&
            t->state == THREAD_RESTART) {
            t->state = THREAD_RUNNING;
            if (request.call)
                answer(k, &inv, &reply);
        }
    }
    sched_leave(k);
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

/* A message to an endpoint, notification or reply capability. */
static void deliver(struct kernel *k, struct request request, slotno_t i)
{
    const struct slot *slots = kernel_slots(k);

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

/* Its extra capabilities must lead somewhere even if nobody gets them. */
APART void send_message(struct kernel *k, struct request request, slotno_t i)
{
    uint64_t info = thread_at(k, k->current)->context.reg[REG_INFO];

    if (ipc_extra_caps(info) == 0 || check_caps(k, request))
        deliver(k, request, i);
    sched_leave(k);
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
        invoke_object(k, request, i);
}

APART void send_nowhere(struct kernel *k, struct request request)
{
    if (request.blocking)
        nowhere(k, thread_at(k, k->current)->context.reg[REG_CAP], false);
    sched_leave(k);
}

APART void send(struct kernel *k, struct request request)
{
    uint64_t cptr = thread_at(k, k->current)->context.reg[REG_CAP];
    slotno_t i;

    if (lookup_cptr(k, k->current, cptr, &i))
        send_to(k, request, i);
    else
        send_nowhere(k, request);
}

APART void call_endpoint(struct kernel *k, slotno_t i)
{
    if (!fastpath_call(k, i))
        send_to(k, (struct request){true, true}, i);
}

APART void call(struct kernel *k)
{
    uint64_t cptr = thread_at(k, k->current)->context.reg[REG_CAP];
    slotno_t i;

    if (!lookup_cptr(k, k->current, cptr, &i))
        send_nowhere(k, (struct request){true, true});
    else if (slot_type(kernel_slots(k), i) == CAP_ENDPOINT)
        call_endpoint(k, i);
    else
        send_to(k, (struct request){true, true}, i);
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

APART void receive_nowhere(struct kernel *k)
{
    nowhere(k, thread_at(k, k->current)->context.reg[REG_CAP], true);
    sched_leave(k);
}

APART void receive_message(struct kernel *k, slotno_t i, bool blocking)
{
    const struct slot *slots = kernel_slots(k);
    slotno_t caller = thread_slot(k->current, TCB_CALLER);

    if (!slot_is_empty(slots, caller))
        reply_use_up(k, caller);
    endpoint_receive(k, slot_base(slots, i), slot_rights(slots, i) & CAP_GRANT,
                     blocking);
    sched_leave(k);
}

APART void receive_signal(struct kernel *k, slotno_t i, bool blocking)
{
    if (can_wait_for(k, i))
        notification_receive(k, slot_base(kernel_slots(k), i), blocking);
    else
        not_receivable(k, thread_at(k, k->current)->context.reg[REG_CAP]);
    sched_leave(k);
}

APART void receive(struct kernel *k, bool blocking)
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

APART void reply(struct kernel *k)
{
    reply_to_caller(k);
    sched_leave(k);
}

APART void reply_and_receive_slow(struct kernel *k)
{
    reply_to_caller(k);
    receive(k, true);
}

APART void reply_and_receive(struct kernel *k)
{
    if (!fastpath_reply_recv(k))
        reply_and_receive_slow(k);
}

APART void yield(struct kernel *k)
{
    sched_yield_current(k);
}

/* ---- The way in -----------------------------------------------------------*/

APART void other(struct kernel *k, uint64_t number)
{
    if (!debug_syscall(k, number))
        fault_raise(k, FAULT_UNKNOWN_SYSCALL, 1, &number);
    sched_leave(k);
}

void kernel_syscall(struct kernel *k, uint64_t number)
{
    KERNEL_ASSERT(k->current != 0);
    if (number == (uint64_t)SYSCALL_CALL) {
        call(k);
        return;
    }
    if (number == (uint64_t)SYSCALL_REPLY_RECV) {
        reply_and_receive(k);
        return;
    }
    switch ((int64_t)number) {
    case SYSCALL_SEND:
        send(k, (struct request){.blocking = true});
        break;
    case SYSCALL_NB_SEND:
        send(k, (struct request){.blocking = false});
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
        send(k, (struct request){true, true});
    else if (number == (uint64_t)SYSCALL_REPLY_RECV)
        reply_and_receive_slow(k);
    else
        kernel_syscall(k, number);
}
