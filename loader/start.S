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
 * then the switch and the jump.  What the kernel must not rely on gets odd
 * values where the flavour is the one that promises less. */
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
    li a6, FIRST_HART_ID
    li a7, 0
#if FLAVOUR == 1
    li t1, -8
    .irp r, ra, sp, gp, tp, t0, s0, s1, a6, a7, s2, s3, s4, s5, s6, s7, s8, \
        s9, s10, s11, t3, t4, t5, t6
    mv \r, t1
    .endr
    csrw stvec, t1
    csrw sscratch, t1
    li t1, 0xc6000 /* MXR, SUM, floating point dirty */
    csrs sstatus, t1
#endif
    jr t2

    .section .rodata
    .globl loader_flavour
loader_flavour:
    .byte FLAVOUR

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
