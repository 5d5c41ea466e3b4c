/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel gives a0 = bootinfo and no stack (sel4-abi.md 6.4). */

    .section .text.start, "ax"
    .globl _sel4_start
_sel4_start:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la sp, rt_stack_top
    la tp, rt_tls_start
    li s0, 0
    li ra, 0
    tail rt_start

    .section .stack, "aw", @nobits
    .balign 16
    .skip RT_STACK_BYTES
    .globl rt_stack_top
rt_stack_top:
