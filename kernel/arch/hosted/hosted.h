/* SPDX-License-Identifier: BSD-2-Clause */
/* The hosted machine: arch.h on an arena in a Linux process.
 *
 *   2^window_bits bytes of address space, reserved and not accessible
 *   +----------------+--------------------------+----------------------+
 *   |                | RAM: touched lazily      |                      |
 *   +----------------+--------------------------+----------------------+
 *   window           window + ram_base          + ram_bytes
 *
 * It is not a model of the kernel: it is the kernel, with as many machines
 * per process as the host has address space for.  Not thread-safe; different
 * machines may be used by different threads.
 */
#ifndef FALLOW_HOSTED_H
#define FALLOW_HOSTED_H
#include "arch.h"

/* Called for each arch_event. */
typedef void hosted_observer(void *context, struct kernel *k,
                             enum arch_event event, slotno_t a, slotno_t b);

#define HOSTED_CONSOLE_BYTES 1024u /* what comes after that is dropped */

struct machine {
    uint8_t *window; /* physical address 0 */
    uint64_t window_bytes;
    paddr_t ram_base;
    uint64_t ram_bytes;
    uint64_t preempt_in;    /* answer yes at the n-th question; 0: never */
    uint64_t preempt_asked; /* questions so far */
    bool preempt_always;    /* answer yes to every question */
    bool clear_nothing;     /* arch_clear counts but does not clear */
    uint64_t cleared_bytes;
    uint64_t unmapped;         /* arch_unmap calls */
    hosted_observer *observer; /* NULL: none */
    void *observer_context;

    /* Of a machine with threads: what the core has asked of it last, and how
     * often. */
    void *tables;       /* of hosted_add_threads */
    paddr_t running;    /* arch_thread_switched */
    paddr_t space_root; /* arch_space_set */
    uint64_t space_asid;
    uint64_t space_sets;
    paddr_t last_root;     /* arch_space_init_root */
    uint64_t page_flushes; /* arch_tlb_flush_page, and so on */
    uint64_t asid_flushes;
    uint64_t all_flushes;
    uint64_t irq_acks;
    uint64_t irq_edges;   /* arch_irq_set_trigger */
    uint64_t irq_enabled; /* a bit for each of the first 64 interrupts */
    uint64_t forgotten;   /* arch_thread_forget */
    uint64_t died;        /* arch_thread_died */
    uint64_t halted;
    uint32_t console_length;
    char console[HOSTED_CONSOLE_BYTES]; /* what the kernel has printed */
};

struct hosted_kernel {
    struct kernel kernel;
    struct machine machine;
};

/* The RV64 Sv39 machine with seL4's defaults: W = 39, chunk 2^12, fan-out
 * 256, the nine object types of sel4-abi.md 3.1, TCBs of 2^11 bytes, no
 * interrupt slots, work_limit 0: every preemption point asks.  Threads, if
 * there are to be any: one domain, time slices of 5 ticks, an FPU, all debug
 * system calls. */
struct kernel_params hosted_params_riscv64(void);

/* A kernel with RAM [ram_base, ram_base + ram_bytes), all zero, at most 64
 * GiB below SLOT_ADDRESS_MAX, both multiples of 4096 or the whole window
 * smaller than that.  NULL with errno set if the host refuses.  No capability
 * exists yet. */
struct hosted_kernel *hosted_create(const struct kernel_params *params,
                                    paddr_t ram_base, uint64_t ram_bytes);
void hosted_destroy(struct hosted_kernel *h);

/* Lets the kernel run threads: gives it the tables that its params ask for.
 * False: the host has no memory. */
bool hosted_add_threads(struct hosted_kernel *h);

/* Host pointer to physical memory; address must lie in RAM. */
void *hosted_memory(struct kernel *k, paddr_t address);
bool hosted_is_ram(const struct kernel *k, paddr_t address, uint64_t bytes);

/* Convenience for tests and tools: fills a root CNode at `base' (aligned, in
 * RAM) with 2^radix slots; its own capability goes to slot 2 with guard 0 of
 * 64 - radix bits, so that depth-64 addresses are slot numbers; returns slot
 * 2 of it.  Slot i of it is slot_at(base) + i. */
slotno_t hosted_root_cnode(struct kernel *k, paddr_t base, unsigned radix);

/* Inserts an untyped into empty slot i as boot does: full watermark. */
void hosted_boot_untyped(struct kernel *k, slotno_t i, paddr_t base,
                         uint8_t bits, bool device);
#endif
