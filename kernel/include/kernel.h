/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's whole state: one struct, and the memory of its window.
 *
 *   physical window, 2^window_bits bytes
 *   +-----------+------------------------+-----------------+--------------+
 *   | device    | RAM: slots of CNodes   | kernel's own    | device       |
 *   |           | and TCBs, objects,     | slots (boot     |              |
 *   |           | frames, untyped memory | CNode, IRQs)    |              |
 *   +-----------+------------------------+-----------------+--------------+
 *   0           `- backed: regions.slots[address / 32] -'
 *
 * There are no globals, so that a process can hold a thousand kernels; on
 * the machine there is one.  A kernel is made by its architecture (arch.h),
 * which fills in params and calls kernel_init; then boot inserts the first
 * capabilities (kernel_insert_boot_cap).
 */
#ifndef FALLOW_KERNEL_H
#define FALLOW_KERNEL_H
#include "regions.h"

/* Object types, as Retype names them: the first five are the same on every
 * machine, the others (frames, tables) are a table in kernel_params. */
enum object_type {
    OBJECT_UNTYPED = 0,
    OBJECT_TCB = 1,
    OBJECT_ENDPOINT = 2,
    OBJECT_NOTIFICATION = 3,
    OBJECT_CNODE = 4,
    OBJECT_TYPES_MAX = 16,
};

struct object_kind {
    uint8_t cap_type; /* enum cap_type of the object's capability */
    uint8_t bits;     /* log2 of its bytes; CNode: of a slot; untyped: 0 */
};

/* The machine: fixed at boot.  Tests and the explorer choose small ones. */
struct kernel_params {
    uint8_t window_bits;      /* W: 5 .. WINDOW_BITS_MAX */
    uint8_t chunk_bits;       /* CH: log2 of bytes cleared at a time, 4 .. 14 */
    uint8_t untyped_bits_min; /* 4 */
    uint8_t untyped_bits_max; /* 38 on RV64 Sv39; also for any object */
    uint16_t fanout;          /* objects per Retype: 256 */
    uint16_t scan_slots;      /* empties that deletion passes in a step */
    uint8_t object_types;     /* entries of objects[] */
    bool generation3;         /* false: no new label (GEN3=0) */
    struct object_kind objects[OBJECT_TYPES_MAX];
    uint32_t work_limit; /* units between two looks at interrupts */
    slotno_t irq_slots;  /* first of irq_count slots for handlers */
    uint32_t irq_count;  /* interrupts 0 .. irq_count - 1; 0: none */

    /* From here on: of a machine that runs threads (kernel.tables). */
    uint32_t irq_timer;        /* the kernel's own interrupt; 0: none */
    uint32_t label_count;      /* entries of labels[] */
    const uint8_t *labels;     /* wire label to enum label; NULL: the same */
    uint16_t domain_count;     /* 1 .. 256 */
    uint16_t schedule_length;  /* entries of the domain schedule, >= 2 */
    uint16_t time_slice_ticks; /* >= 1 */
    uint16_t asid_pool_count;  /* 1 .. 128 */
    uint8_t thread_flags;      /* that SetFlags may set: 1 with an FPU */
    bool irq_triggers;         /* IRQControl GetTrigger is accepted */
    bool debug_print;          /* system calls -9, -10 exist */
    bool debug_calls;          /* system calls -11 to -14 exist */
};

struct tables; /* sched.h */

/* Work done, counted where it is done. */
struct work {
    uint64_t visits; /* index nodes */
    uint64_t slots;  /* slots emptied, filled or scanned */
    uint64_t bytes;  /* memory cleared */
};

struct kernel {
    struct regions regions;
    struct kernel_params params;
    struct work total;        /* since boot; visits are regions.visits */
    struct work last_point;   /* total at the last preemption point or entry */
    struct work worst_visits; /* the stretch with the most visits, and so on: */
    struct work worst_slots;  /* kept by machines that keep records (arch.h) */
    struct work worst_bytes;
    uint64_t slots_emptied;  /* capabilities deleted since boot */
    uint64_t finality_tests; /* last capabilities met in deletion since boot */
    struct machine *machine; /* the architecture's own, see its header */

    /* Threads.  Without tables there are none: memory is all that this
     * machine has, and other invocations answer IllegalOperation. */
    struct tables *tables;
    paddr_t current;      /* the running thread; 0: idle */
    paddr_t candidate;    /* sched.h */
    uint8_t sched_action; /* enum sched_action */
    bool space_changed;   /* the current address space is to be set anew */
    paddr_t space_root;   /* the machine's; 0: the kernel's own */
    uint64_t space_word;  /* of a capability to it */
};

/* slots: base of the window (slot number 0).  params is copied.  The rest of
 * *k is reset. */
void kernel_init(struct kernel *k, struct slot *slots,
                 const struct kernel_params *params);

/* Puts a capability into the empty slot i as an original of its own (both
 * derivation flags set), as boot and the makers of initial capabilities do.
 * Its region must be new to the index, or its type not memory. */
void kernel_insert_boot_cap(struct kernel *k, slotno_t i,
                            const struct cap *cap);

/* Preemption (sel4-abi.md 5.7).  Long operations report work as they go and
 * ask at each point where they could stop; true means stop now: an interrupt
 * is pending, and the caller returns with every invariant holding, to be
 * called again with the same arguments. */
void kernel_work_slots(struct kernel *k, uint64_t slot_count);
void kernel_work_bytes(struct kernel *k, uint64_t byte_count);
bool kernel_preempt_point(struct kernel *k);

/* Begin and end of a kernel entry: a stretch of work starts anew, and the
 * last one is measured. */
void kernel_enter(struct kernel *k);
void kernel_leave(struct kernel *k);

/* Short for the two things everybody needs. */
static inline struct slot *kernel_slots(struct kernel *k)
{
    return k->regions.slots;
}
#endif
