/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages between threads: endpoints, notifications, replies.
 *
 *   sender                         receiver
 *   badge, rights of its           rights of its endpoint
 *   endpoint capability            capability
 *        \                            /
 *         '--->  ipc_transfer  <-----'
 *   MR0-3: register to register    caps_or_badges, receive slot
 *   MR4-:  buffer to buffer
 *
 * An endpoint or notification is a queue of threads, first come first
 * served, linked through the threads: queue_next, queue_previous.
 *
 *   endpoint, 16 bytes:       head, tail, cursor, state
 *   notification, 32 bytes:   badge, head, tail, bound thread, state
 *
 * Zeroed memory is an idle one.  The cursor belongs to CancelBadgedSends that
 * was interrupted: everything before it in the queue has been looked at.
 * Everything here is O(1) but for the message itself (120 words and three
 * capabilities at most) and where it says otherwise.
 */
#ifndef FALLOW_IPC_H
#define FALLOW_IPC_H
#include "thread.h"

/* Words of the IPC buffer (sel4-abi.md 2.3), counted from its start. */
enum buffer_word {
    BUFFER_MESSAGE = 1, /* MR0, which is never there itself */
    BUFFER_CAPS = 122,
    BUFFER_RECEIVE_CNODE = 125,
    BUFFER_RECEIVE_INDEX = 126,
    BUFFER_RECEIVE_DEPTH = 127,
};

#define IPC_REGISTERS   4u /* message registers in the processor's own */
#define IPC_BUFFER_BITS 10u

/* The message info word (2.1). */
static inline uint32_t ipc_length(uint64_t info)
{
    uint32_t length = (uint32_t)(info % 128u);

    return length > 120u ? 120u : length;
}

static inline uint32_t ipc_extra_caps(uint64_t info)
{
    return (uint32_t)(info / 128u % 4u);
}

static inline uint64_t ipc_label(uint64_t info)
{
    return info / 4096u;
}

static inline uint64_t ipc_info(uint64_t label, uint64_t caps_unwrapped,
                                uint64_t extra_caps, uint64_t length)
{
    return label * 4096u + caps_unwrapped * 512u + extra_caps * 128u + length;
}

/* Word n of a thread's message: from its registers or its buffer, which is
 * not NULL if n >= IPC_REGISTERS. */
static inline uint64_t ipc_word(const struct thread *t, const uint64_t *buffer,
                                uint32_t n)
{
    return n < IPC_REGISTERS ? t->context.reg[REG_MR0 + n]
                             : buffer[BUFFER_MESSAGE + n];
}

static inline void ipc_set_word(struct thread *t, uint64_t *buffer, uint32_t n,
                                uint64_t word)
{
    if (n < IPC_REGISTERS)
        t->context.reg[REG_MR0 + n] = word;
    else
        buffer[BUFFER_MESSAGE + n] = word;
}

/* Copies a message of length <= 120 words and no capabilities, but for its
 * info; returns how many words it is, if not all have a place. */
uint32_t ipc_copy_words(struct kernel *k, paddr_t sender, paddr_t receiver,
                        uint32_t length);

/* The sender's message, or its fault, becomes the receiver's (2.4).
 * endpoint: what it goes through, 0: a reply.  badge: what the receiver sees.
 * grant: capabilities may come along. */
void ipc_transfer(struct kernel *k, paddr_t sender, paddr_t receiver,
                  paddr_t endpoint, uint64_t badge, bool grant);

/* The thread, which is current, sends through an endpoint capability of this
 * badge and these rights, which include Write.  blocking: it waits if nobody
 * receives, else nothing happens then.  call: it wants a reply. */
struct endpoint_request {
    paddr_t endpoint;
    uint64_t badge;
    uint8_t rights;
    bool blocking;
    bool call;
};
void endpoint_send(struct kernel *k, paddr_t tcb,
                   const struct endpoint_request *request);

/* The current thread receives through a capability that has Read; what its
 * bound notification has for it comes first.  grant: the capability has Grant,
 * too.  The thread's caller slot is empty.  Not blocking and nothing there:
 * badge register 0. */
void endpoint_receive(struct kernel *k, paddr_t endpoint, bool grant,
                      bool blocking);

/* A thread blocked on an endpoint or notification leaves its queue. */
void endpoint_remove(struct kernel *k, paddr_t tcb);
void notification_remove(struct kernel *k, paddr_t tcb);

/* The first thread in the queue of an endpoint, or 0, and the state of all in
 * it; the same of a notification. */
paddr_t endpoint_first(const struct kernel *k, paddr_t endpoint,
                       enum thread_state *state);
paddr_t notification_first(const struct kernel *k, paddr_t notification);

/* A signal: badge is ORed in, or goes to a thread that waits (2.4). */
void notification_signal(struct kernel *k, paddr_t notification,
                         uint64_t badge);

/* The current thread waits for a notification, or polls it. */
void notification_receive(struct kernel *k, paddr_t notification,
                          bool blocking);

/* Takes what the notification has, if it is active: true and the badge. */
bool notification_take(struct kernel *k, paddr_t notification, uint64_t *badge);

/* May a thread be bound to it: does nobody wait, is nobody bound?  And the
 * binding, from both sides; unbinding one that is not bound does nothing. */
bool notification_is_bindable(const struct kernel *k, paddr_t notification);
paddr_t notification_bound(const struct kernel *k, paddr_t notification);
void notification_bind(struct kernel *k, paddr_t notification, paddr_t tcb);
void notification_unbind(struct kernel *k, paddr_t notification);

/* A reply capability to thread `caller', which waits for it, goes into the
 * caller slot of `server', which is empty. */
void reply_insert(struct kernel *k, paddr_t caller, paddr_t server, bool grant);

/* The reply capability in slot i, not a master, goes: as by delete_slot, but
 * for what a reply capability has not. */
void reply_use_up(struct kernel *k, slotno_t i);

/* The message of thread `replier' answers the thread of the reply capability
 * in slot i, which is used up. */
void reply_send(struct kernel *k, paddr_t replier, slotno_t i);
#endif
