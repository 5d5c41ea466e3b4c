/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that the whole kernel agrees on. */
#ifndef FALLOW_TYPES_H
#define FALLOW_TYPES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t paddr_t;  /* physical address, in bytes */
typedef uint64_t slotno_t; /* physical address of a slot / 32, or SLOT_NIL */

/* A function apart: those that lead to it need not save registers for it. */
#define APART __attribute__((noinline))

#define WORD_BITS       64u
#define WINDOW_BITS_MAX 44u /* a slot's base has 40 bits of 16 bytes */

#endif
