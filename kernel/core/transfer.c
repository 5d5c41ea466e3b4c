/* SPDX-License-Identifier: BSD-2-Clause */
/* How a message gets from one thread to another (sel4-abi.md 2.4). */
#include "arch.h"
#include "cspace.h"
#include "fault.h"
#include "invoke.h"
#include "ipc.h"

/* The slot into which the receiver wants a capability, or SLOT_NIL. */
static slotno_t receive_slot(const struct kernel *k, paddr_t receiver,
                             const uint64_t *buffer)
{
    slotno_t i;
    struct reply ignored;
    struct cap root;

    if (cspace_lookup(k, thread_slot(receiver, TCB_CSPACE),
                      buffer[BUFFER_RECEIVE_CNODE], &i, &ignored))
        return SLOT_NIL;
    root = cap_read(k->regions.slots, i);
    if (cspace_lookup_slot(k, &root, buffer[BUFFER_RECEIVE_INDEX],
                           buffer[BUFFER_RECEIVE_DEPTH], false, &i, &ignored))
        return SLOT_NIL;
    return slot_is_empty(k->regions.slots, i) ? i : SLOT_NIL;
}

/* A copy of the capability goes into the receive slot, if it can be had. */
static bool pass(struct kernel *k, slotno_t from, slotno_t to)
{
    struct cap cap = cap_read(kernel_slots(k), from), derived;
    struct reply ignored;

    if (to == SLOT_NIL ||
        object_derive(k, from, &cap, &derived, &ignored) != ERROR_NONE ||
        derived.type == CAP_NULL)
        return false;
    cnode_insert_copy(k, from, to, &derived);
    return true;
}

struct transfer {
    paddr_t sender;
    paddr_t receiver;
    paddr_t endpoint;
    uint64_t *from; /* the sender's buffer */
    uint64_t *to;   /* the receiver's */
};

/* The slots of the extra capabilities; false if any cannot be found. */
static bool find_caps(const struct kernel *k, const struct transfer *t,
                      uint32_t count, slotno_t *found)
{
    struct reply ignored;

    for (uint32_t n = 0; n < count; n++)
        if (cspace_lookup(k, thread_slot(t->sender, TCB_CSPACE),
                          t->from[BUFFER_CAPS + n], &found[n], &ignored))
            return false;
    return true;
}

/* Sets *unwrapped; returns how many capabilities arrived. */
static uint32_t transfer_caps(struct kernel *k, const struct transfer *t,
                              uint32_t count, uint32_t *unwrapped)
{
    const struct slot *slots = kernel_slots(k);
    slotno_t found[INVOKE_CAPS_MAX], to;

    if (!find_caps(k, t, count, found))
        return 0;
    to = receive_slot(k, t->receiver, t->to);
    for (uint32_t n = 0; n < count; n++) {
        if (t->endpoint && slot_type(slots, found[n]) == CAP_ENDPOINT &&
            slot_base(slots, found[n]) == t->endpoint) {
            t->to[BUFFER_CAPS + n] = slot_word(slots, found[n]);
            *unwrapped |= 1u << n;
        } else {
            if (!pass(k, found[n], to))
                return n;
            to = SLOT_NIL;
        }
    }
    return count;
}

/* Words of the message; returns how many. */
static uint32_t transfer_words(struct kernel *k, const struct transfer *t,
                               uint32_t length)
{
    const struct thread *s = thread_at(k, t->sender);
    struct thread *r = thread_at(k, t->receiver);
    uint32_t in_registers = length < IPC_REGISTERS ? length : IPC_REGISTERS;
    const uint64_t *from, *end;
    uint64_t *to;

    for (uint32_t n = 0; n < in_registers; n++)
        r->context.reg[REG_MR0 + n] = s->context.reg[REG_MR0 + n];
    if (length <= IPC_REGISTERS || !t->from || !t->to)
        return in_registers;
    from = &t->from[BUFFER_MESSAGE + IPC_REGISTERS];
    end = &t->from[BUFFER_MESSAGE + length];
    to = &t->to[BUFFER_MESSAGE + IPC_REGISTERS];
    while (from != end)
        *to++ = *from++;
    return length;
}

uint32_t ipc_copy_words(struct kernel *k, paddr_t sender, paddr_t receiver,
                        uint32_t length)
{
    struct transfer t = {
        .sender = sender,
        .receiver = receiver,
        .from = thread_buffer(k, sender, false),
        .to = thread_buffer(k, receiver, true),
    };

    return transfer_words(k, &t, length);
}

static void transfer_message(struct kernel *k, struct transfer *t, bool grant)
{
    uint64_t info = thread_at(k, t->sender)->context.reg[REG_INFO];
    uint32_t length = ipc_length(info), unwrapped = 0;
    uint32_t caps = grant ? ipc_extra_caps(info) : 0;

    if (length > IPC_REGISTERS || caps != 0) {
        t->from = thread_buffer(k, t->sender, false);
        t->to = thread_buffer(k, t->receiver, true);
    }
    length = transfer_words(k, t, length);
    caps = t->from && t->to ? transfer_caps(k, t, caps, &unwrapped) : 0;
    thread_at(k, t->receiver)->context.reg[REG_INFO] =
        ipc_info(ipc_label(info), unwrapped, caps, length);
}

static void transfer_fault(struct kernel *k, const struct transfer *t)
{
    const struct thread *s = thread_at(k, t->sender);
    struct thread *r = thread_at(k, t->receiver);
    uint64_t *buffer = thread_buffer(k, t->receiver, true);
    uint32_t length = fault_length(s);

    if (!buffer && length > IPC_REGISTERS)
        length = IPC_REGISTERS;
    for (uint32_t n = 0; n < length; n++)
        ipc_set_word(r, buffer, n, fault_word(s, n));
    r->context.reg[REG_INFO] = ipc_info(s->fault.type, 0, 0, length);
}

void ipc_transfer(struct kernel *k, paddr_t sender, paddr_t receiver,
                  paddr_t endpoint, uint64_t badge, bool grant)
{
    struct transfer t = {
        .sender = sender,
        .receiver = receiver,
        .endpoint = endpoint,
    };

    if (thread_at(k, sender)->fault.type == FAULT_NONE)
        transfer_message(k, &t, grant);
    else
        transfer_fault(k, &t);
    thread_at(k, receiver)->context.reg[REG_CAP] = badge;
}
