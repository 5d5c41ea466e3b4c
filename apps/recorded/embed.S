/* SPDX-License-Identifier: BSD-2-Clause */
/* The recorded allocations (stream.h). */

    .section .rodata
    .balign 8
    .globl embedded_stream
embedded_stream:
    .incbin STREAM
