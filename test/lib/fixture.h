/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine to test on, and the calls of a root task that runs on it.
 *
 *   root CNode: slot   0  empty                 16  FIX_UT          2^24
 *                      1  FIX_TCB               17  FIX_UT2         2^24
 *                      2  FIX_ROOT, itself      18  FIX_DEVICE      2^24
 *                      3  FIX_VSPACE            19  FIX_HUGE        2^31
 *                      4  FIX_IRQ_CONTROL       20  FIX_TINY        2^6
 *                      5  FIX_ASID_CONTROL      21  FIX_DEVICE_HUGE 2^38
 *                      6  FIX_ASID_POOL         24  FIX_FREE ...: empty
 *                     11  FIX_DOMAIN
 *
 * The full machine is RV64 Sv39 with 4 GiB from 2^31 (touched lazily), 4096
 * root slots and 97 interrupts.  The small one is a window of 64 KiB with
 * chunks of 64 bytes, fan-out 8, 64 root slots, untypeds 16 to 18 of 2^14
 * bytes, and nothing in slots 3, 5, 6 and 19 to 21; its object types have the
 * same numbers, pages of 2^8, 2^10 and 2^12 bytes, TCBs of 2^8.
 *
 * A test names capabilities by slot of the root CNode, makes calls, and looks
 * at the reply that is left in the fixture.  After every kernel entry the
 * whole kernel state is checked; fixture_done() claims that it was valid each
 * time.  The functions of the second half look into the kernel and so exist
 * on the hosted machine only.
 */
#ifndef FALLOW_FIXTURE_H
#define FALLOW_FIXTURE_H
#include "check.h"
#include "hosted.h"
#include "invoke.h"
#include "objects.h"
#include "tap.h"

enum fixture_slot {
    FIX_EMPTY = 0,
    FIX_TCB = 1,
    FIX_ROOT = 2,
    FIX_VSPACE = 3,
    FIX_IRQ_CONTROL = 4,
    FIX_ASID_CONTROL = 5,
    FIX_ASID_POOL = 6,
    FIX_DOMAIN = 11,
    FIX_UT = 16,
    FIX_UT2 = 17,
    FIX_DEVICE = 18,
    FIX_HUGE = 19,
    FIX_TINY = 20,
    FIX_DEVICE_HUGE = 21,
    FIX_FREE = 24,
};

/* Machine-dependent object types, the same numbers on both machines. */
enum fixture_type {
    TYPE_GIGA = 5,
    TYPE_PAGE = 6,
    TYPE_MEGA = 7,
    TYPE_TABLE = 8,
    TYPE_COUNT = 9,
};

#define FIX_WORD_BITS 64u

struct fixture {
    struct hosted_kernel *hosted;
    struct kernel *k;
    paddr_t root_base;    /* of the root CNode's slots */
    unsigned root_radix;  /* log2 of their number */
    bool once;            /* a call is one kernel entry: see `outcome' */
    bool unchecked;       /* no kernel_check() after each entry */
    uint64_t check_bytes; /* memory read by each check */
    slotno_t caller;      /* the calling thread's caller slot, or SLOT_NIL */
    struct reply reply;   /* of the last call */
    enum outcome outcome; /* of the last kernel entry */
    uint64_t preemptions; /* of the last call */
    uint64_t states;      /* checked */
    uint64_t broken;      /* found broken */
};

/* The two machines.  Each stops the program if the host refuses. */
void fixture_rv64(struct fixture *f);
void fixture_small(struct fixture *f);

/* Any other machine: window, chunk, fan-out and types as in params, RAM from
 * 0, a root CNode of 2^radix slots at 0 or root_base, nothing else. */
void fixture_custom(struct fixture *f, const struct kernel_params *params,
                    uint64_t ram_bytes, unsigned radix);
void fixture_custom_at(struct fixture *f, const struct kernel_params *params,
                       uint64_t ram_bytes, paddr_t root_base, unsigned radix);

/* Parameters of the two, to be changed and handed to fixture_custom(). */
struct kernel_params fixture_params_small(void);

/* For tests of the new calls: on a kernel that was built without them, claims
 * that it refuses them, and ends the program. */
void fixture_needs_generation3(struct fixture *f);

/* Claims that every state was valid, and frees the machine. */
void fixture_done(struct fixture *f);

/* One message to the capability in root slot `cptr'.  caps are root slots.
 * Repeated while it is preempted, unless f->once.  Returns the label. */
uint64_t call(struct fixture *f, uint64_t cptr, uint64_t label, uint32_t length,
              const uint64_t *mr, uint32_t cap_count, const uint64_t *caps);

/* The invocations as libsel4 names and orders their arguments; root slots
 * with depth 64 unless said otherwise.  Each returns the label. */
struct retype_arguments {
    uint64_t type, size_bits, root, index, depth, offset, count;
};
uint64_t retype_into(struct fixture *f, uint64_t untyped,
                     const struct retype_arguments *a);
uint64_t retype(struct fixture *f, uint64_t untyped, uint64_t type,
                uint64_t size_bits, uint64_t slot, uint64_t count);
uint64_t retype_at(struct fixture *f, uint64_t untyped, uint64_t type,
                   uint64_t size_bits, uint64_t slot, uint64_t count,
                   uint64_t offset_bytes);
uint64_t retype_at_into(struct fixture *f, uint64_t untyped,
                        const struct retype_arguments *a,
                        uint64_t offset_bytes);
uint64_t retype_whole(struct fixture *f, uint64_t untyped, uint64_t type,
                      uint64_t size_bits, uint64_t slot);
uint64_t describe(struct fixture *f, uint64_t untyped);
uint64_t next_region(struct fixture *f, uint64_t untyped,
                     uint64_t offset_bytes);
uint64_t revoke_at(struct fixture *f, uint64_t untyped, uint64_t offset_bytes,
                   uint64_t size_bits);

uint64_t cnode_revoke(struct fixture *f, uint64_t slot);
uint64_t cnode_delete(struct fixture *f, uint64_t slot);
uint64_t cnode_copy(struct fixture *f, uint64_t to, uint64_t from,
                    uint64_t rights);
uint64_t cnode_mint(struct fixture *f, uint64_t to, uint64_t from,
                    uint64_t rights, uint64_t data);
uint64_t cnode_move(struct fixture *f, uint64_t to, uint64_t from);
uint64_t cnode_mutate(struct fixture *f, uint64_t to, uint64_t from,
                      uint64_t data);
uint64_t cnode_rotate(struct fixture *f, uint64_t to, uint64_t to_data,
                      uint64_t pivot, uint64_t pivot_data, uint64_t from);
uint64_t cnode_save_caller(struct fixture *f, uint64_t slot);
uint64_t cnode_cancel_badged_sends(struct fixture *f, uint64_t slot);

/* Both places of a Copy or Move named in full: root, index, depth. */
struct place {
    uint64_t root, index, depth;
};
uint64_t cnode_copy_at(struct fixture *f, struct place to, struct place from,
                       uint64_t rights);
uint64_t cnode_move_at(struct fixture *f, struct place to, struct place from);
uint64_t cnode_delete_at(struct fixture *f, struct place at);
uint64_t cnode_revoke_at(struct fixture *f, struct place at);

/* Slot `index' of the CNode of 2^radix slots in root slot `cnode', whose
 * guard is empty, as Retype leaves it. */
struct place inside(uint64_t cnode, unsigned radix, uint64_t index);

/* Claims the last reply: label, then exactly the words given. */
#define ok_reply(f, name, ...)                                                 \
    fixture_ok_reply(                                                          \
        f, name, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t),   \
        (const uint64_t[]){__VA_ARGS__})
bool fixture_ok_reply(struct fixture *f, const char *name, size_t count,
                      const uint64_t *label_and_words);

/* Claims an untyped's watermark: as Describe shows it, where there is one. */
bool ok_watermark(struct fixture *f, uint64_t untyped, uint64_t want,
                  const char *name);

/* Is the root slot empty?  By the call that allocators use: Move onto
 * itself. */
bool is_empty(struct fixture *f, uint64_t slot);

/* ---- Hosted only from here on: what the kernel's state says. ---- */

slotno_t fixture_slot(const struct fixture *f, uint64_t cptr);
struct cap fixture_cap(const struct fixture *f, uint64_t cptr);
uint8_t fixture_type(const struct fixture *f, uint64_t cptr);
uint8_t fixture_flags(const struct fixture *f, uint64_t cptr);
uint64_t fixture_watermark(const struct fixture *f, uint64_t cptr);

/* Slot i of the object that the capability in root slot cptr names. */
slotno_t fixture_inner(const struct fixture *f, uint64_t cptr, uint64_t i);

/* Claims what the root slots from `first' on hold, a letter each: . nothing,
 * u untyped, m embryo, e endpoint, n notification, c CNode, t TCB, f frame,
 * p page table, a ASID pool, z zombie, r reply, i interrupt handler, I
 * interrupt control, A ASID control, d domain. */
bool ok_slots(struct fixture *f, uint64_t first, const char *want,
              const char *name);

/* Puts a capability into an empty slot as derived from that in `source', as
 * the calls do that are not there yet: interrupt handlers, reply
 * capabilities, installed notifications. */
void fixture_derive(struct fixture *f, slotno_t source, slotno_t to,
                    const struct cap *cap);

/* Writes 0xa5 over memory, as the owner of a frame would. */
void fixture_dirty(struct fixture *f, paddr_t base, uint64_t bytes);
bool fixture_is_zero(struct fixture *f, paddr_t base, uint64_t bytes);

/* The n-th question for a pending interrupt from now on gets a yes. */
void fixture_preempt_in(struct fixture *f, uint64_t n);

/* Checks the state now, as every call does. */
void fixture_check(struct fixture *f, const char *after);
#endif
