/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways into the kernel, for a machine that runs threads.
 *
 *   trap entry: saves the user's registers in the context of kernel.current
 *      |
 *      +-- system call ------> kernel_syscall
 *      +-- page fault -------> kernel_vm_fault
 *      +-- other exception --> kernel_user_exception
 *      +-- interrupt --------> kernel_interrupt, kernel_timer_tick
 *      |
 *   trap exit: loads the registers of kernel.current, which may be another
 *   thread by now, and continues at its NextIP; kernel.current == 0: waits for
 *   an interrupt with the kernel's own address space
 *
 * At entry FaultIP is the program counter of the trap; NextIP too, but after
 * a system call's trap instruction, where it is the address behind it.  Each
 * function here is one whole kernel entry: it ends with the choice of the
 * thread that runs (sched_finish).
 *
 * A system call that is stopped by an interrupt leaves its thread in state to
 * make it again: NextIP = FaultIP.  The architecture then takes the
 * interrupt, at once or by returning to the user with it pending.
 *
 * Longest stretch without preemption point: retype.md D, and a message of 120
 * words with three capabilities (at most 8 lookups of 64 CNodes each).
 */
#ifndef FALLOW_SYSCALL_H
#define FALLOW_SYSCALL_H
#include "sched.h"

/* System call numbers (sel4-abi.md 1.1). */
enum syscall {
    SYSCALL_CALL = -1,
    SYSCALL_REPLY_RECV = -2,
    SYSCALL_SEND = -3,
    SYSCALL_NB_SEND = -4,
    SYSCALL_RECV = -5,
    SYSCALL_REPLY = -6,
    SYSCALL_YIELD = -7,
    SYSCALL_NB_RECV = -8,
    SYSCALL_DEBUG_PUT_CHAR = -9,
    SYSCALL_DEBUG_DUMP_SCHEDULER = -10,
    SYSCALL_DEBUG_HALT = -11,
    SYSCALL_DEBUG_CAP_IDENTIFY = -12,
    SYSCALL_DEBUG_SNAPSHOT = -13,
    SYSCALL_DEBUG_NAME_THREAD = -14,
};

/* The current thread makes system call `number'.  kernel.current != 0. */
void kernel_syscall(struct kernel *k, uint64_t number);

/* The same without the fast paths (fastpath.h), for tests. */
void kernel_syscall_slow(struct kernel *k, uint64_t number);

/* It has touched memory that it may not: fsr is 1 (fetch), 5 (load) or 7
 * (store) on RV64; fetch: the address is that of an instruction. */
void kernel_vm_fault(struct kernel *k, uint64_t address, uint64_t fsr,
                     bool fetch);

/* It has caused any other exception. */
void kernel_user_exception(struct kernel *k, uint64_t number, uint64_t code);

/* Interrupt irq < params.irq_count, not the timer's, has been claimed from
 * the controller. */
void kernel_interrupt(struct kernel *k, uint64_t irq);

/* A tick of the timer. */
void kernel_timer_tick(struct kernel *k);

/* Boot: the thread, whose slots and registers are filled in, is the first to
 * run.  It gets priority and MCP 255.  Call sched_finish after it. */
void kernel_start_thread(struct kernel *k, paddr_t tcb);
#endif
