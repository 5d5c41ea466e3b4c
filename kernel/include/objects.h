/* SPDX-License-Identifier: BSD-2-Clause */
/* What each kind of object wants of creation, derivation and deletion, by the
 * file that holds it.  What else it does is elsewhere: ipc.h, thread.h,
 * vspace.h, and invocations.h for what it answers when it is invoked.
 *
 *   create     memory is zero; fill in the capability beyond type and region
 *   derive     what Copy and Mint get (sel4-abi.md 5.5): CAP_NULL, or an error
 *   mask       fewer rights (4.5, "mask")
 *   update     badge or guard (4.5, "updateData")
 *   finalise   the capability in slot i goes; `final': it is the last one
 *
 * Each is constant work unless it says otherwise.
 */
#ifndef FALLOW_OBJECTS_H
#define FALLOW_OBJECTS_H
#include "error.h"
#include "kernel.h"

/* object.c: by type.  object_bits: log2 bytes of an object of this type;
 * user_bits matters for untypeds and CNodes only; type < object_types,
 * user_bits < 64. */
unsigned object_bits(const struct kernel *k, uint64_t type, uint64_t user_bits);
bool object_is_frame(const struct kernel *k, uint64_t type);

/* The capability that a new object's slot gets. */
struct cap object_cap(const struct kernel *k, uint64_t type, paddr_t base,
                      uint8_t bits, bool device);

/* derive (5.5): *out is what the slot's capability becomes in a copy, type
 * CAP_NULL if it cannot have one.  RevokeFirst: an untyped with children;
 * IllegalOperation: a page table that is not mapped.  Untyped: W + 1 visits. */
enum error object_derive(struct kernel *k, slotno_t i, const struct cap *cap,
                         struct cap *out, struct reply *err);

/* Takes the capability in slot i out of service. */
enum finalised {
    FINALISED_EMPTY,     /* nothing is left of it: the slot can be emptied */
    FINALISED_ZOMBIE,    /* it is a zombie now, its slots are to be deleted */
    FINALISED_PREEMPTED, /* an interrupt came: it is still there, call again */
};
enum finalised object_finalise(struct kernel *k, slotno_t i, bool final);

/* A slot in use that goes before the capability in slot i can: that of the
 * notification, where i holds the last capability to an interrupt; else
 * SLOT_NIL. */
slotno_t object_inner_slot(const struct kernel *k, slotno_t i);

/* cnode.c (its operations: cnode.h) */
struct cap cnode_update(struct cap cap, uint64_t data);

/* A capability derived from that in slot `source' goes into the empty slot
 * `to', as Copy, Mint and the transfer of capabilities have it.  O(1). */
void cnode_insert_copy(struct kernel *k, slotno_t source, slotno_t to,
                       const struct cap *cap);

/* endpoint.c, notification.c (messages: ipc.h).  The two finalise and
 * CancelBadgedSends have a preemption point after each thread that waits:
 * false when an interrupt stopped them.  A capability being finalised loses
 * its rights first, so that nobody waits there again. */
struct cap endpoint_mask(struct cap cap, uint64_t rights);
struct cap endpoint_update(struct cap cap, uint64_t data, bool preserve);
bool endpoint_finalise(struct kernel *k, slotno_t i);
bool endpoint_cancel_badged_sends(struct kernel *k, const struct cap *cap);
struct cap notification_mask(struct cap cap, uint64_t rights);
bool notification_finalise(struct kernel *k, slotno_t i);

/* reply.c.  A thread that has been started has a master reply capability in
 * slot TCB_REPLY; the one reply capability that is out is its list's next. */
struct cap reply_mask(struct cap cap, uint64_t rights);
void reply_setup_master(struct kernel *k, paddr_t tcb, uint8_t tcb_bits);
void reply_delete(struct kernel *k, paddr_t tcb);

/* tcb.c: slots at the start of the object. */
enum tcb_slot {
    TCB_CSPACE = 0,
    TCB_VSPACE = 1,
    TCB_REPLY = 2,
    TCB_CALLER = 3,
    TCB_BUFFER = 4,
    TCB_SLOT_COUNT = 5,
};
void tcb_finalise(struct kernel *k, const struct cap *cap);

/* New threads, all zero, back to back from `first' on, belong to the domain
 * that is running (3.3).  Constant cost if that is 0. */
void tcb_init(struct kernel *k, paddr_t first, uint64_t count);

/* frame.c, page_table.c, asid.c */
struct cap frame_mask(struct cap cap, uint64_t rights);
struct cap frame_derive(struct cap cap);
void frame_finalise(struct kernel *k, slotno_t i);
enum error page_table_derive(const struct cap *cap, struct cap *out,
                             struct reply *err);
void page_table_finalise(struct kernel *k, slotno_t i);
void asid_pool_finalise(struct kernel *k, const struct cap *cap);

/* irq.c: the slot of interrupt irq holds its notification. */
slotno_t irq_slot(const struct kernel *k, uint64_t irq);
void irq_handler_finalise(struct kernel *k, const struct cap *cap);

/* domain.c has nothing of this. */
#endif
