/* SPDX-License-Identifier: BSD-2-Clause */
/* Into the kernel and out again.
 *
 *   sscratch   the context of the thread that trapped, in user mode and until
 *              the way out
 *   sp         the kernel's is set at each entry: nothing is kept on its
 *              stack between entries
 *   gp         the thread's, always: the kernel does not use it
 *
 * Compiled code keeps gp and s0 to s11, so that a system call need not: they
 * are still the thread's when it returns, and are saved only when another
 * thread is to run.  Until then its context lacks them.  Nobody looks for them
 * there but CopyRegisters of the thread itself, and the dump of one that dies:
 * those come by the whole way.  A thread that has deleted itself has them
 * saved in what was its TCB: memory of which nothing is asked before it is
 * cleared.
 */
#include "context_offsets.h"
#include "csr.h"
#include "stretch.h"

#define KERNEL_STACK_BYTES 8192
#define LABEL_SHIFT        12 /* of the message info, in a1 */
#define COPY_REGISTERS     4  /* its label, in every release */

    /* What compiled code may change, and tp, but not x5 and x10. */
    .macro caller_saved instruction, base
    \instruction x1, CONTEXT_X(1)(\base)
    \instruction x2, CONTEXT_X(2)(\base)
    \instruction x4, CONTEXT_X(4)(\base)
    .irp n, 6, 7, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31
    \instruction x\n, CONTEXT_X(\n)(\base)
    .endr
    .endm

    .macro callee_saved instruction, base
    .irp n, 3, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27
    \instruction x\n, CONTEXT_X(\n)(\base)
    .endr
    .endm

    /* The recorder of stretch.h: a0 is when the entry began; t1 to t3 are
     * free. */
#if RECORD_STRETCH
    .macro stretch_now
    csrr a0, instret
    .endm

    .macro stretch_enter
    la t1, stretch
    sd a0, STRETCH_START(t1)
    ld t2, STRETCH_ENTRIES(t1)
    addi t2, t2, 1
    sd t2, STRETCH_ENTRIES(t1)
    .endm

    .macro stretch_leave
    la t1, stretch
    ld t2, STRETCH_START(t1)
    csrr t3, instret
    sub t2, t3, t2
    ld t3, STRETCH_LONGEST(t1)
    bleu t2, t3, 1f
    sd t2, STRETCH_LONGEST(t1)
1:
    .endm
#else
    .macro stretch_now
    .endm
    .macro stretch_enter
    .endm
    .macro stretch_leave
    .endm
#endif

    .section .text.trap, "ax"
    .balign 4
    .globl trap_entry
trap_entry:
    csrrw t0, sscratch, t0
    sd a0, CONTEXT_X(10)(t0)
    stretch_now
    caller_saved sd, t0
    csrrw t1, sscratch, t0
    sd t1, CONTEXT_X(5)(t0)
    stretch_enter
    csrr t2, sepc
    sd t2, CONTEXT_FAULT_IP(t0)
    csrr a0, scause
    li t1, CAUSE_USER_ECALL
    bne a0, t1, not_syscall

    addi t2, t2, 4
    sd t2, CONTEXT_NEXT_IP(t0)
#if DEBUG_BUILD
    j whole_syscall
#endif
    srli t1, a1, LABEL_SHIFT
    addi t1, t1, -COPY_REGISTERS
    beqz t1, whole_syscall
    la sp, kernel_stack_top
    mv a0, a7
    call trap_syscall
    csrr t0, sscratch
    bne a0, t0, another_thread
    stretch_leave
    ld t1, CONTEXT_NEXT_IP(a0)
    csrw sepc, t1
    ld t0, CONTEXT_X(5)(a0)
    caller_saved ld, a0
    ld a0, CONTEXT_X(10)(a0)
    sret

whole_syscall:
    callee_saved sd, t0
    la sp, kernel_stack_top
    mv a0, a7
    call trap_syscall
    j trap_exit

not_syscall:
    sd t2, CONTEXT_NEXT_IP(t0)
    callee_saved sd, t0
    la sp, kernel_stack_top
    csrr t1, sstatus
    andi t1, t1, SSTATUS_SPP
    bnez t1, from_kernel
    csrr a1, stval
    call trap_other
    j trap_exit

another_thread:
    callee_saved sd, t0

    /* a0: context of the thread to run. */
    .globl trap_exit
trap_exit:
    stretch_leave
    ld t1, CONTEXT_NEXT_IP(a0)
    csrw sepc, t1
    csrw sscratch, a0
    ld t0, CONTEXT_X(5)(a0)
    callee_saved ld, a0
    caller_saved ld, a0
    ld a0, CONTEXT_X(10)(a0)
    sret

from_kernel:
    csrr a1, sepc
    csrr a2, stval
    tail trap_in_kernel

    /* Empty whenever a thread runs. */
    .bss
    .balign 16
    .skip KERNEL_STACK_BYTES
    .globl kernel_stack_top
kernel_stack_top:
