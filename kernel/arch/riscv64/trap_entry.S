/* SPDX-License-Identifier: BSD-2-Clause */
/* Into the kernel and out again.
 *
 *   sscratch   in user mode: the context of the running thread
 *   sp, gp     the kernel's are set at each entry: nothing is kept on its
 *              stack between entries
 */
#include "context_offsets.h"
#include "csr.h"

#define KERNEL_STACK_BYTES 8192

    .macro other_registers instruction, base
    \instruction x1, CONTEXT_X(1)(\base)
    \instruction x2, CONTEXT_X(2)(\base)
    \instruction x3, CONTEXT_X(3)(\base)
    \instruction x4, CONTEXT_X(4)(\base)
    .irp n, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, \
        24, 25, 26, 27, 28, 29, 30, 31
    \instruction x\n, CONTEXT_X(\n)(\base)
    .endr
    .endm

    .section .text.trap, "ax"
    .balign 4
    .globl trap_entry
trap_entry:
    csrrw t0, sscratch, t0
    sd a0, CONTEXT_X(10)(t0)
    other_registers sd, t0
    csrr t1, sscratch
    sd t1, CONTEXT_X(5)(t0)
    csrr t2, sepc
    sd t2, CONTEXT_FAULT_IP(t0)
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la sp, kernel_stack_top

    csrr a0, scause
    csrr t1, sstatus
    andi t1, t1, SSTATUS_SPP
    bnez t1, from_kernel
    li t1, CAUSE_USER_ECALL
    bne a0, t1, not_syscall

    addi t2, t2, 4
    sd t2, CONTEXT_NEXT_IP(t0)
    mv a0, a7
    call trap_syscall
    j trap_exit

not_syscall:
    sd t2, CONTEXT_NEXT_IP(t0)
    csrr a1, stval
    call trap_other

    /* a0: context of the thread to run. */
    .globl trap_exit
trap_exit:
    ld t1, CONTEXT_NEXT_IP(a0)
    csrw sepc, t1
    csrw sscratch, a0
    ld t0, CONTEXT_X(5)(a0)
    other_registers ld, a0
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
