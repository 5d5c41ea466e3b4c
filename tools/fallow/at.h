/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions about one address, answered by the kernel's own index.
 *
 *        ... untyped 2^25
 *              | Next, Next, Next ------------> | free |  first aligned block
 *              untyped 2^21                                with nothing in it
 *                 CNode <- address: what lies there
 */
#ifndef FALLOW_AT_H
#define FALLOW_AT_H
#include <stdio.h>

#include "kernel.h"

/* An address names at least so much memory: that of the smallest object. */
#define AT_UNIT_BITS 4u

/* A free block, and the untyped that would make an object there. */
struct at_block {
    paddr_t base;
    slotno_t untyped;
};

/* The lowest aligned block of 2^bits bytes at or above `from' that an open
 * untyped holds and nothing lies in; of device memory, or of RAM.  False if
 * there is none.  From region to region by regions_next, in each untyped that
 * could have a lower one. */
bool at_next_free(struct kernel *k, paddr_t from, uint8_t bits, bool device,
                  struct at_block *block);

/* Prints what lies at an address of the window, which untypeds are around it,
 * and, where bits is not NULL, the next free block of 2^*bits bytes, bits
 * from AT_UNIT_BITS to the window's.  An exit code: CLI_DIFFERENT if there is
 * no such block. */
int at_print(struct kernel *k, paddr_t address, const uint8_t *bits, FILE *out);
#endif
