/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the replay share.
 *
 *   replay.c          groups lines into calls; boot; steps
 *   replay_boot.c     the machine and its first capabilities, from the B lines
 *   replay_call.c     messages to the core, and chains of preempted lines
 *   replay_retype.c   R lines
 *   replay_cnode.c    C lines
 *   replay_apply.c    I lines, and effects outside of calls
 *   replay_effect.c   an effect that is verified and applied
 *   replay_compare.c  effects, capabilities and fields, recorded and computed
 *   replay_state.c    slots and their names; objects and capabilities alive
 *
 * One call at a time is in struct replay: its head line, the recorded effects
 * and the effects that the core told its observer of.  Those of a preempted
 * call are kept until the line that ends it.
 */
#ifndef FALLOW_REPLAY_INT_H
#define FALLOW_REPLAY_INT_H
#include "replay.h"
#include "trace_read.h"

/* The recorded kernel clears 2^8 bytes between two preemption points, and so
 * can have stopped there. */
#define RECORDED_CHUNK_BITS 8u

/* A frame that has been mapped at an address which the run does not tell:
 * ASID 0xffff in its word; and that address in struct trace_cap. */
#define ASID_KNOWN      UINT64_C(1)
#define ASID_UNKNOWN    UINT64_C(0xffff)
#define ADDRESS_UNKNOWN UINT64_MAX

struct effect {
    uint64_t line;
    enum trace_kind kind;
    struct trace_effect e;
};

struct effects {
    struct effect *item;
    size_t count, capacity;
};

/* A call that an interrupt stopped, over several lines. */
struct chain {
    bool open;
    struct trace_line first;
    uint64_t lines;
    uint64_t recorded_ndel, recorded_nfin;
    uint64_t computed_ndel, computed_nfin;
};

struct boot_region {
    paddr_t base;
    uint8_t bits;
    uint8_t type; /* enum cap_type */
};

struct replay {
    struct replay_options options;
    struct trace_reader *reader;
    struct hosted_kernel *hosted;
    struct kernel *kernel; /* &hosted->kernel */
    struct replay_stats stats;
    enum replay_result result; /* REPLAY_REACHED while there is more */

    /* The next line, read but not yet looked at. */
    struct trace_line next;
    bool have_next;

    struct trace_line head;  /* the call's own line */
    struct effects recorded; /* of the call, or of its chain so far */
    struct effects computed;
    size_t recorded_before; /* of them: those of earlier lines of the chain */
    struct chain chain;
    bool recording;         /* the observer keeps what it is told */
    uint64_t tables_mapped; /* by ASIDPoolAssign, not known which */

    struct boot_region *boot; /* sorted by base */
    size_t boot_count, boot_capacity;

    struct replay_difference *differences;
    unsigned difference_count;
    struct replay_explanation *explanations;
    unsigned explanation_count;
    double next_progress;
    char error[320];
};

/* replay_state.c */

/* Is there memory for a slot at this address? */
bool replay_is_slot(const struct replay *r, uint64_t address);

/* What the slot holds, as the run writes it; an address of no slot: null. */
struct trace_cap replay_cap(const struct replay *r, uint64_t address);
struct trace_cap replay_cap_of(const struct kernel *k, slotno_t i);
struct trace_cap replay_cap_from(const struct cap *cap);

/* The capability of this type to the smallest region around the slot's
 * address, or SLOT_NIL: who holds the slot. */
slotno_t replay_holder(const struct replay *r, uint64_t address,
                       enum cap_type type);

/* An index and a depth that name the slot in a message to the CNode
 * capability in slot `root'. */
struct slot_name {
    slotno_t root;
    uint64_t index;
    uint64_t depth;
};

/* False: the slot is in no CNode that has a capability. */
bool replay_name_slot(const struct replay *r, uint64_t address,
                      struct slot_name *name);

static inline unsigned replay_tcb_bits(const struct replay *r)
{
    return r->kernel->params.objects[OBJECT_TCB].bits;
}

/* Alive: called for what appears without an event of the core. */
void replay_note_boot(struct replay *r, slotno_t i);
void replay_note_inserted(struct replay *r, slotno_t i, bool pool);
hosted_observer replay_observe;

bool replay_is_boot_object(const struct replay *r, const struct cap *cap);

/* replay_compare.c */

void replay_differ(struct replay *r, uint64_t line, const char *what,
                   const char *recorded, const char *computed);
void replay_differ_number(struct replay *r, uint64_t line, const char *what,
                          enum trace_format format, uint64_t recorded,
                          uint64_t computed);

/* Each: true if they agree; else the difference is noted. */
bool replay_expect_number(struct replay *r, const char *what,
                          enum trace_format format, uint64_t recorded,
                          uint64_t computed);
/* In the slot, before an operation.  A frame's address, where it is not
 * known, is learnt. */
bool replay_expect_cap(struct replay *r, uint64_t line, const char *what,
                       uint64_t slot, const struct trace_cap *recorded);
bool replay_caps_agree(const struct trace_cap *recorded,
                       const struct trace_cap *computed);
/* Before a Revoke: what the line's effects say that slots hold is there. */
void replay_expect_held(struct replay *r);
/* Everything that has been recorded and computed since replay_begin_effects,
 * in order, or of a Revoke as sets. */
void replay_compare_effects(struct replay *r, bool in_order);
/* One effect each. */
bool replay_effects_agree(const struct effect *recorded,
                          const struct effect *computed);
size_t replay_print_effect(const struct effect *e, char text[TRACE_TEXT_MAX]);

void effects_add(struct effects *list, const struct effect *e);

/* replay_boot.c: from the lines read so far, all before the first call. */
bool replay_boot(struct replay *r, const struct trace_line *lines,
                 size_t count);

/* replay_call.c, replay_retype.c, replay_cnode.c */
void replay_retype(struct replay *r, const struct trace_line *next);
void replay_cnode(struct replay *r, const struct trace_line *next);
/* The core's answer to a message: a status as the run writes it. */
uint64_t replay_invoke(struct replay *r, const struct invocation *inv);
/* Before and after a call that may be one of a chain; leave is true if what
 * the whole of it did can be compared. */
void replay_enter_chain(struct replay *r, bool preempted);
bool replay_leave_chain(struct replay *r, uint64_t recorded_status,
                        uint64_t status);
bool replay_same_call(const struct trace_line *a, const struct trace_line *b);

/* replay_effect.c */

/* Who does it decides where it may: */
enum replay_place {
    PLACE_BOOT,   /* anywhere */
    PLACE_IPC,    /* caller slots, and CNodes for what is not a reply */
    PLACE_THREAD, /* the slots of the invoked TCB */
    PLACE_REPLY,  /* the reply capability of the invoked TCB goes */
    PLACE_CNODE,  /* a new capability in a CNode */
    PLACE_NONE,
};

struct replay_applier {
    enum replay_place place;
    uint64_t tcb;   /* PLACE_THREAD, PLACE_REPLY: its base */
    unsigned slots; /* PLACE_THREAD: bit n: slot n of it */
};

/* Stops at the first that does not fit: the others would be its
 * consequences. */
void replay_apply_effects(struct replay *r, const struct replay_applier *by,
                          const struct effect *e, size_t left);
static inline void replay_count_applied(struct replay *r, uint64_t *which)
{
    r->stats.applied++;
    ++*which;
}

/* Master reply capabilities that this call empties and that were never seen
 * to appear. */
void replay_apply_masters(struct replay *r);
/* A page table whose copy succeeded must have been mapped. */
void replay_apply_table(struct replay *r, uint64_t slot);

/* replay_apply.c */
void replay_apply_boot(struct replay *r); /* a stray line while booting */
void replay_apply_invocation(struct replay *r);
void replay_apply_stray(struct replay *r);
#endif
