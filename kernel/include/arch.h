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
 * still in the slot, before it is emptied.  The core has cleared the entry
 * and flushed the translation by then, where the machine has threads. */
void arch_unmap(struct kernel *k, slotno_t i);

/* Interrupts, 1 .. params.irq_count - 1: no longer delivered; delivered from
 * now on; may come again after the last one (Ack); is an edge or a level. */
void arch_irq_mask(struct kernel *k, uint64_t irq);
void arch_irq_unmask(struct kernel *k, uint64_t irq);
void arch_irq_ack(struct kernel *k, uint64_t irq);
void arch_irq_set_trigger(struct kernel *k, uint64_t irq, bool edge);

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

/* A stretch of work without a look at interrupts has ended.  An architecture
 * that keeps no records does nothing here. */
void arch_stretch(struct kernel *k, const struct work *stretch);

/* Beside this file each architecture has two headers of types and constants:
 *
 * arch_context.h
 *   struct arch_context     a thread's user registers; its member
 *                             uint64_t reg[]
 *                           is indexed by the names below, and whatever else
 *                           the machine keeps (FPU).  All zero is the context
 *                           of a fresh thread: user mode, interrupts on.
 *   REG_CAP                 capability pointer in, badge out
 *   REG_INFO                message info in and out
 *   REG_MR0                 MR0; MR1 to MR3 follow it in reg[]
 *   REG_FAULT_IP            where the trap was
 *   REG_NEXT_IP             where the thread continues
 *   REG_SP, REG_TLS         stack pointer, thread-local storage
 *   ARCH_USER_REGISTERS, ARCH_FRAME_REGISTERS
 *                           how many registers Read, Write and CopyRegisters
 *                           know, and how many of them are frame registers
 *   ARCH_SYSCALL_REGISTERS, ARCH_EXCEPTION_REGISTERS
 *                           how many open the message of the two faults
 *
 * arch_pte.h
 *   ARCH_USER_TOP           first address that is not the user's
 *   ARCH_TABLE_LEVELS       of a page table: 3 on Sv39
 *   ARCH_TABLE_INDEX_BITS   log2 of a table's entries
 *   ARCH_PAGE_BITS          of the smallest page
 *   pte_is_valid, pte_is_table, pte_address, pte_table, pte_leaf
 *                           as in sv39.h
 */

/* Indices of reg[] in the order of sel4-abi.md 7.5, and those that open the
 * messages of UnknownSyscall and UserException (7.3). */
extern const uint8_t arch_user_registers[];
extern const uint8_t arch_syscall_registers[];
extern const uint8_t arch_exception_registers[];

/* The thread that runs from now on; 0: idle.  Called when kernel.current has
 * changed, at the end of a kernel entry: FPU ownership. */
void arch_thread_switched(struct kernel *k, paddr_t tcb);

/* The flags of a thread have changed (SetFlags), perhaps the current one's. */
void arch_thread_flags_changed(struct kernel *k, paddr_t tcb);

/* The thread is going to be deleted: nothing of it may stay in the processor
 * (FPU). */
void arch_thread_forget(struct kernel *k, paddr_t tcb);

/* A thread faults and has no handler; it is Inactive by now.  For people: a
 * debug build prints something. */
void arch_thread_died(struct kernel *k, paddr_t tcb);

/* The address space that the user runs in from now on: root table and ASID;
 * root 0: the kernel's own mappings and nothing else. */
void arch_space_set(struct kernel *k, paddr_t root, uint64_t asid);

/* A zeroed table becomes the root of an address space: the kernel's own
 * mappings, if they are to be in it. */
void arch_space_init_root(struct kernel *k, paddr_t root);

/* Entries have changed.  Translations of one page (address: any in it), of a
 * whole ASID, or of a range of ASIDs may not be used any more. */
void arch_tlb_flush_page(struct kernel *k, uint64_t asid, uint64_t address);
void arch_tlb_flush_asid(struct kernel *k, uint64_t asid);
void arch_tlb_flush_all(struct kernel *k);

/* The kernel's console, and the end of the machine (DebugHalt): on the hosted
 * machine the latter returns. */
void arch_putchar(struct kernel *k, uint8_t c);
void arch_halt(struct kernel *k);

/* A broken invariant: say what and where, and stop for good. */
_Noreturn void arch_panic(const char *what, const char *file, int line);

#define KERNEL_ASSERT(condition)                                               \
    ((condition) ? (void)0 : arch_panic(#condition, __FILE__, __LINE__))
#endif
