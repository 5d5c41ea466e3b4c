/* SPDX-License-Identifier: BSD-2-Clause */
#include "context_offsets.h"

#if HAVE_FPU
    .option arch, +d

    .macro all_registers instruction
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, \
        19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    \instruction f\n, CONTEXT_F(\n)(a0)
    .endr
    .endm

    .text
    .globl fpu_save
fpu_save:
    all_registers fsd
    frcsr t0
    sw t0, CONTEXT_FCSR(a0)
    ret

    .globl fpu_load
fpu_load:
    all_registers fld
    lw t0, CONTEXT_FCSR(a0)
    fscsr t0
    ret

    .globl fpu_zero
fpu_zero:
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, \
        19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    fmv.d.x f\n, zero
    .endr
    fscsr zero
    ret
#endif
