/* SPDX-License-Identifier: BSD-2-Clause */
/* Call, Send and NBSend: from the user's registers to an invocation or a
 * message, and back. */
#include "syscall_parts.h"
#include "arch.h"
#include "fastpath.h"
#include "invocations.h"
#include "ipc.h"
#include "lookup.h"
#include "sched.h"

/* Words of a message that an invocation can need: WriteRegisters has most. */
#define WORDS_MAX (2u + ARCH_USER_REGISTERS)

/* ---- Answers --------------------------------------------------------------*/

/* Returns how many words the caller gets. */
static uint32_t answer_words(struct kernel *k, struct thread *t,
                             const struct invocation *inv,
                             const struct reply *reply)
{
    uint32_t length = reply->length;
    uint64_t *buffer;

    for (uint32_t n = 0; n < IPC_REGISTERS && n < length; n++)
        t->context.reg[REG_MR0 + n] = reply->mr[n];
    if (length <= IPC_REGISTERS)
        return length;
    buffer = thread_buffer(k, k->current, true);
    if (!buffer)
        return IPC_REGISTERS;
    for (uint32_t n = IPC_REGISTERS; n < length && n < REPLY_WORDS_MAX; n++)
        buffer[BUFFER_MESSAGE + n] = reply->mr[n];
    for (uint32_t n = REPLY_WORDS_MAX; n < length; n++)
        buffer[BUFFER_MESSAGE + n] =
            tcb_reply_word(k, slot_base(k->regions.slots, inv->slot), n);
    return length;
}

/* What a Call of the current thread t gets from the kernel.  An empty success
 * leaves the message registers alone. */
static void answer(struct kernel *k, struct thread *t,
                   const struct invocation *inv, const struct reply *reply)
{
    uint32_t length = reply->length;

    if (length != 0)
        length = answer_words(k, t, inv, reply);
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

/* What is sent, and how: a sum of these. */
enum {
    REQUEST_BLOCKING = 1, /* a wrong capability pointer is a fault */
    REQUEST_CALL = 2,     /* an answer is wanted */
};

/* The slots of the extra capabilities; false: one is nowhere, and the thread
 * has faulted or there is nothing to be done. */
static bool find_caps(struct kernel *k, unsigned request,
                      const uint64_t *buffer, struct invocation *inv)
{
    for (uint32_t n = 0; n < inv->cap_count; n++) {
        uint64_t cptr = buffer[BUFFER_CAPS + n];

        if (lookup_cptr(k, k->current, cptr, &inv->cap[n]))
            continue;
        if (request & REQUEST_BLOCKING)
            syscall_nowhere(k, cptr, false);
        return false;
    }
    return true;
}

/* Extra capabilities and length of the message that the current thread sends;
 * *buffer: its IPC buffer, where the message needs one.  False: as above. */
static bool open_message(struct kernel *k, unsigned request,
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

/* A message of more words than there are registers, as one. */
static void copy_words(uint64_t words[WORDS_MAX], const struct thread *t,
                       const uint64_t *buffer, uint32_t length)
{
    for (uint32_t n = 0; n < IPC_REGISTERS; n++)
        words[n] = t->context.reg[REG_MR0 + n];
    for (uint32_t n = IPC_REGISTERS; n < length && n < WORDS_MAX; n++)
        words[n] = buffer[BUFFER_MESSAGE + n];
}

/* Fills in an invocation of slot i; false: as above.  Where the message fits
 * them, its words are the caller's registers themselves: they stay as they
 * are until there is an answer. */
static bool prepare(struct kernel *k, unsigned request, slotno_t i,
                    struct invocation *inv, uint64_t words[WORDS_MAX])
{
    const struct thread *t = thread_at(k, k->current);
    const uint64_t *buffer;

    if (!open_message(k, request, &buffer, inv))
        return false;
    inv->mr = &t->context.reg[REG_MR0];
    if (inv->length > IPC_REGISTERS) {
        copy_words(words, t, buffer, inv->length);
        inv->mr = words;
    }
    inv->slot = i;
    inv->label =
        label_translate(&k->params, ipc_label(t->context.reg[REG_INFO]));
    inv->caller = thread_slot(k->current, TCB_CALLER);
    return true;
}

/* Invokes a kernel object.  While that is being done the thread is to make its
 * call again, which is so if it is preempted, and if it has suspended itself.
 */
APART static void invoke_object(struct kernel *k, unsigned request, slotno_t i)
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
            if (request & REQUEST_CALL)
                answer(k, t, &inv, &reply);
        }
    }
    sched_leave(k);
}

/* Do the extra capabilities lead somewhere?  False: as above. */
static bool check_caps(struct kernel *k, unsigned request)
{
    struct invocation ignored;
    const uint64_t *buffer;

    return open_message(k, request, &buffer, &ignored);
}

static void send_to_endpoint(struct kernel *k, unsigned request, slotno_t i)
{
    const struct slot *slots = kernel_slots(k);

    endpoint_send(k, k->current,
                  &(struct endpoint_request){
                      .endpoint = slot_base(slots, i),
                      .badge = slot_word(slots, i),
                      .rights = slot_rights(slots, i),
                      .blocking = (request & REQUEST_BLOCKING) != 0,
                      .call = (request & REQUEST_CALL) != 0,
                  });
}

/* A message to an endpoint, notification or reply capability. */
static void deliver(struct kernel *k, unsigned request, slotno_t i)
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
    if (request & REQUEST_CALL)
        answer_empty(k);
}

/* Its extra capabilities must lead somewhere even if nobody gets them. */
APART static void send_message(struct kernel *k, unsigned request, slotno_t i)
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
static void send_to(struct kernel *k, unsigned request, slotno_t i)
{
    if (takes_messages(kernel_slots(k), i))
        send_message(k, request, i);
    else
        invoke_object(k, request, i);
}

APART static void send_nowhere(struct kernel *k, unsigned request)
{
    if (request & REQUEST_BLOCKING)
        syscall_nowhere(k, thread_at(k, k->current)->context.reg[REG_CAP],
                        false);
    sched_leave(k);
}

static void send(struct kernel *k, unsigned request)
{
    uint64_t cptr = thread_at(k, k->current)->context.reg[REG_CAP];
    slotno_t i;

    if (lookup_cptr(k, k->current, cptr, &i))
        send_to(k, request, i);
    else
        send_nowhere(k, request);
}

APART static void call_endpoint(struct kernel *k, slotno_t i)
{
    if (!fastpath_call(k, i))
        send_to(k, REQUEST_BLOCKING + REQUEST_CALL, i);
}

void syscall_send(struct kernel *k, bool blocking)
{
    send(k, blocking ? REQUEST_BLOCKING : 0);
}

void syscall_call_slow(struct kernel *k)
{
    send(k, REQUEST_BLOCKING + REQUEST_CALL);
}

void syscall_call(struct kernel *k)
{
    uint64_t cptr = thread_at(k, k->current)->context.reg[REG_CAP];
    slotno_t i;

    if (!lookup_cptr(k, k->current, cptr, &i))
        send_nowhere(k, REQUEST_BLOCKING + REQUEST_CALL);
    else if (slot_type(kernel_slots(k), i) == CAP_ENDPOINT)
        call_endpoint(k, i);
    else
        send_to(k, REQUEST_BLOCKING + REQUEST_CALL, i);
}
