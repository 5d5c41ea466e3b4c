/* SPDX-License-Identifier: BSD-2-Clause */
/* What the portable core asks of an architecture: the whole contract.
 *
 *   kernel/core  --->  arch.h  <---  kernel/arch/hosted, kernel/arch/riscv64
 *
 * Every architecture fulfils each of these, in files of the same names.
 */
#ifndef FALLOW_ARCH_H
#define FALLOW_ARCH_H
#include "kernel.h"

/* Zeroes [base, base + bytes) of RAM.  The range lies in backed memory,
 * bytes > 0.  Cost: that of clearing; the core asks for at most one chunk
 * (params.chunk_bits) or one object of at most that size between two
 * preemption points. */
void arch_clear(struct kernel *k, paddr_t base, uint64_t bytes);

/* Does [base, base + bytes) of RAM read zero?  For kernel_check only. */
bool arch_is_zero(struct kernel *k, paddr_t base, uint64_t bytes);

/* Is an interrupt waiting?  Asked at preemption points only. */
bool arch_preempt_pending(struct kernel *k);

/* A frame or table capability loses its mapping: called with the capability
 * still in the slot, before it is emptied. */
void arch_unmap(struct kernel *k, slotno_t i);

/* The interrupt loses its handler: mask it. */
void arch_irq_mask(struct kernel *k, uint64_t irq);

/* What happens to slots, told after the fact (before it, for EMPTIED and
 * FINAL, while the capability can still be read).  An architecture that
 * keeps no log does nothing here. */
enum arch_event {
    ARCH_EVENT_CREATED, /* a: the untyped's slot, b: the new object's slot */
    ARCH_EVENT_DERIVED, /* a: source, b: the new slot */
    ARCH_EVENT_MOVED,   /* a: from (empty by now), b: to */
    ARCH_EVENT_SWAPPED, /* a, b: told before the swap */
    ARCH_EVENT_EMPTIED, /* a */
    ARCH_EVENT_FINAL,   /* a: the last capability to its object goes */
};
void arch_event(struct kernel *k, enum arch_event event, slotno_t a,
                slotno_t b);

/* A broken invariant: say what and where, and stop for good. */
_Noreturn void arch_panic(const char *what, const char *file, int line);

#define KERNEL_ASSERT(condition)                                               \
    ((condition) ? (void)0 : arch_panic(#condition, __FILE__, __LINE__))
#endif
