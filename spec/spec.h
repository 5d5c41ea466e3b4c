/* SPDX-License-Identifier: BSD-2-Clause */
/* The executable specification: what the kernel's memory calls do, said as
 * plainly as possible.  It shares no code with the kernel.
 *
 *   caps[]   one sequence of all capabilities, in derivation order: whatever
 *            was derived from a capability follows it directly
 *
 *     | root CNode | untyped 2^8 | its copy | frame | frame's copy | ...
 *                    `-----------------------------------------' lie in it
 *
 *   dirty    the 16-byte units of memory that may hold something else than
 *            zero
 *
 * There is nothing else: no tree, no lists, no slots.  A CNode or TCB object
 * is the set of slots that lie in its memory, a slot is a number (its address
 * divided by 32), each capability says in which slot it is, and a slot that
 * no capability names is empty.  An object exists while a capability names
 * it.  Everything is found by looking at all capabilities, one by one.
 *
 * The state is flat: memcpy of the struct is a snapshot.  No allocation, no
 * input or output; a broken invariant stops the program.
 *
 * What the documents leave open is decided here:
 *  - A new object reads zero.  When its last capability goes, all of its
 *    memory may hold anything; of frames, only what was written.
 *  - Copy of an untyped: the source becomes full, the copy inherits the
 *    watermark.
 *  - A reset or an embryo is cleared from its watermark down to the next
 *    multiple of the chunk size, offset from its own base, and so on to 0.
 *    Objects of a planted run whose memory is clean are embryos with nothing
 *    left to clear.
 *  - Restart of a call that has planted embryos (retype.md R8): decided where
 *    the window's slots are looked at.  R0 still holds of the call's own
 *    arguments: an offset that is not aligned or lies outside is refused.
 *    Only an untyped of the region that the embryo was made from goes on with
 *    it; where all of these are gone, nobody can.  RetypeWhole looks for
 *    embryos before it looks for children, since an embryo is one.
 *  - Next where nothing follows: 0, 0, kind 0.
 *  - Copy, Mint, Move, Mutate and Rotate of an embryo: IllegalOperation, as of
 *    any capability that cannot be derived.
 *  - A zombie whose slot changed hands while its last slot was deleted (two
 *    objects that hold each other) does not count down.
 *
 * Preempted calls.  The specification does not know when an interrupt comes,
 * nor which of two unrelated descendants a Revoke deletes first.  It takes
 * each call apart into its smallest steps and asks after each whether to stop
 * there, and it asks which of the permitted capabilities goes next.  Whoever
 * judges a kernel answers with what the kernel did (test/lib/lockstep.h): a
 * state that no sequence of steps leads to is not permitted.
 */
#ifndef FALLOW_SPEC_H
#define FALLOW_SPEC_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPEC_CAPS_MAX    4096u
#define SPEC_UNIT_BYTES  16u
#define SPEC_UNITS_MAX   65536u /* 1 MiB of RAM */
#define SPEC_TYPES_MAX   16u
#define SPEC_FANOUT_MAX  256u
#define SPEC_REPLY_WORDS 6u
#define SPEC_NO_SLOT     UINT32_MAX
#define SPEC_NO_CAP      SIZE_MAX

enum spec_type {
    SPEC_EMPTY = 0,
    SPEC_UNTYPED,
    SPEC_ENDPOINT,
    SPEC_NOTIFICATION,
    SPEC_CNODE,
    SPEC_TCB,
    SPEC_FRAME,
    SPEC_PAGE_TABLE,
    SPEC_ASID_POOL,
    SPEC_ZOMBIE, /* a CNode or TCB that is being deleted */
    SPEC_EMBRYO, /* memory on its way to becoming an object */
    SPEC_REPLY,
    SPEC_IRQ_HANDLER,
    SPEC_IRQ_CONTROL,
    SPEC_ASID_CONTROL,
    SPEC_DOMAIN,
};

/* Rights, as in the ABI. */
#define SPEC_WRITE       1u
#define SPEC_READ        2u
#define SPEC_GRANT       4u
#define SPEC_GRANT_REPLY 8u
#define SPEC_ALL_RIGHTS  15u

/* Flags. */
#define SPEC_REVOCABLE    1u
#define SPEC_FIRST_BADGED 2u
#define SPEC_DEVICE       4u  /* untyped, frame */
#define SPEC_MAPPED       8u  /* frame, page table */
#define SPEC_MASTER       16u /* reply */
#define SPEC_THREAD       32u /* zombie of a TCB */

struct spec_cap {
    uint64_t base;   /* bytes; of memory, and of a reply its TCB */
    uint64_t value;  /* see below */
    uint32_t slot;   /* where it is */
    uint16_t family; /* not of memory: which original it descends from */
    uint8_t type;    /* enum spec_type */
    uint8_t bits;    /* log2 of the region's bytes */
    uint8_t rights;  /* endpoint, notification, frame, reply */
    uint8_t flags;
    uint8_t guard_bits;  /* CNode */
    uint8_t target;      /* embryo: the object type it will become */
    uint8_t source_bits; /* embryo: log2 of the bytes it is made from */
};
/* value: of an untyped or embryo the watermark in bytes; endpoint and
 * notification: badge; CNode: guard; zombie: slots left; IRQ handler: its
 * number; frame, page table, ASID pool: carried along. */

struct spec_object {
    uint8_t type; /* enum spec_type */
    uint8_t bits; /* log2 bytes; of a CNode: of one slot; untyped: 0 */
};

/* A machine, fixed at boot. */
struct spec_machine {
    uint64_t ram_base, ram_bytes; /* multiples of SPEC_UNIT_BYTES * 64 */
    uint8_t chunk_bits;
    uint8_t untyped_bits_min, untyped_bits_max;
    uint8_t object_types;
    uint16_t fanout;
    bool generation3;
    struct spec_object objects[SPEC_TYPES_MAX];
    uint32_t irq_slots; /* slot of interrupt 0's notification */
    uint32_t irq_count;
};

struct spec {
    const struct spec_machine *machine;
    uint32_t count;    /* capabilities */
    uint16_t families; /* originals that are not memory, so far */
    uint64_t emptied;  /* capabilities deleted */
    uint64_t finals;   /* of these and zombies, the last of their objects */
    uint64_t swaps;    /* zombies sent to their own slot 0 */
    uint64_t unmapped; /* mappings that went with their capabilities */
    uint64_t dirty[SPEC_UNITS_MAX / 64]; /* bit set: may be non-zero */
    struct spec_cap caps[SPEC_CAPS_MAX];
};

/* A message to the capability in `slot'. */
struct spec_call {
    uint32_t slot;
    uint64_t label;
    uint32_t length; /* words in mr */
    const uint64_t *mr;
    uint32_t cap_count; /* 0 .. 3 */
    uint32_t cap[3];    /* slots */
    uint32_t caller;    /* the calling thread's caller slot, SPEC_NO_SLOT */
};

struct spec_reply {
    uint32_t label, length;
    uint64_t mr[SPEC_REPLY_WORDS];
};

enum spec_outcome { SPEC_DONE, SPEC_STOPPED };

/* How the open questions of a call are answered.  A null pointer: never stop;
 * delete the first. */
struct spec_run {
    /* Asked after each step: does the call stop here? */
    bool (*stop)(void *context, const struct spec *s);
    /* Which of candidates[0 .. count), indices into caps, count > 0, does a
     * Revoke delete next?  Returns an index into candidates. */
    size_t (*choose)(void *context, const struct spec *s,
                     const uint16_t *candidates, size_t count);
    void *context;
};

/* No capability; all RAM dirty.  *machine must outlive *s. */
void spec_init(struct spec *s, const struct spec_machine *machine);

/* Copies what is in use. */
void spec_copy(struct spec *to, const struct spec *from);

/* Puts *cap into the empty slot cap->slot: as an original, with both
 * derivation flags, last in the sequence; or directly after the one in slot
 * `source', as derived from it. */
void spec_insert_original(struct spec *s, const struct spec_cap *cap);
void spec_insert_derived(struct spec *s, uint32_t source,
                         const struct spec_cap *cap);

/* The owner of a frame has written into [base, base + bytes). */
void spec_write(struct spec *s, uint64_t base, uint64_t bytes);
bool spec_is_dirty(const struct spec *s, uint64_t address);

/* Performs a call.  SPEC_STOPPED: run->stop said so; *reply is not set. */
enum spec_outcome spec_invoke(struct spec *s, const struct spec_call *call,
                              struct spec_reply *reply,
                              const struct spec_run *run);

/* Looking at it. */
size_t spec_find(const struct spec *s, uint32_t slot); /* or SPEC_NO_CAP */
bool spec_is_memory(uint8_t type);
bool spec_contains(const struct spec_cap *a, const struct spec_cap *b);
bool spec_has_children(const struct spec *s, size_t i);

/* Are caps[i] and caps[i + 1] neighbours in what the kernel keeps as one
 * list: the same region, or the same family? */
bool spec_same_list(const struct spec_cap *a, const struct spec_cap *b);

/* Number of slots in the object that a capability names, and the first. */
uint32_t spec_slot_count(const struct spec_cap *cap);
uint32_t spec_first_slot(const struct spec_cap *cap);

/* Every invariant of retype.md B.1, and that the sequence is one: NULL, or
 * what is broken.  O(capabilities squared + memory). */
const char *spec_check(const struct spec *s);
#endif
