/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the loader jumps to, with its own tables still in use: nothing but
 * the kernel's image is mapped for sure, and no register but a0 to a5 means
 * anything (sel4-abi.md 6.1). */
#include "csr.h"

    .section .text.entry, "ax"
    .globl entry
entry:
    csrw sie, zero
    csrci sstatus, SSTATUS_SIE
    li t0, SSTATUS_FS | SSTATUS_SUM | SSTATUS_MXR | SSTATUS_SPP
    csrc sstatus, t0
    csrw sscratch, zero
    la sp, kernel_stack_top
    la t0, boot_trap
    csrw stvec, t0
    li s0, 0
    li ra, 0
    tail boot

    /* Boot makes no traps. */
    .balign 4
boot_trap:
    csrr a0, scause
    csrr a1, sepc
    csrr a2, stval
    la sp, kernel_stack_top
    tail trap_in_kernel
