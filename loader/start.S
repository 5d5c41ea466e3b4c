/* SPDX-License-Identifier: BSD-2-Clause */
/* Entered by the firmware in S mode, without translation: a0 is the hart, a1
 * the device tree.  Nothing is said of any other register. */

    .section .text.start, "ax"
    .globl _start
_start:
    csrw sie, zero
    csrw satp, zero
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la t0, bss_start
    la t1, bss_end
1:  bgeu t0, t1, 2f
    sd zero, 0(t0)
    addi t0, t0, 8
    j 1b
2:  la sp, stack_top
    tail loader_main

/* loader_enter(registers, satp, entry): a0 to a5 from registers[0] .. [5],
 * then the switch and the jump.  The kernel finds the rest undefined. */
    .globl loader_enter
loader_enter:
    mv t0, a0
    mv t2, a2
    csrw satp, a1
    sfence.vma
    fence.i
    ld a0, 0(t0)
    ld a1, 8(t0)
    ld a2, 16(t0)
    ld a3, 24(t0)
    ld a4, 32(t0)
    ld a5, 40(t0)
    li a6, 0
    li a7, 0
    jr t2

    .bss
    .balign 16
    .skip 16384
stack_top:

    .section .archive, "a"
    .balign 8
    .globl archive_start
    .globl archive_end
archive_start:
    .incbin ARCHIVE
archive_end:
