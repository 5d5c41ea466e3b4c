/* SPDX-License-Identifier: BSD-2-Clause */
/* The platform-level interrupt controller, as one hart's S mode sees it.
 *
 *   offset 0         priority of source i at 4 i
 *   0x2000           enable bits of context c at 0x80 c
 *   0x200000         threshold of context c at 0x1000 c, claim 4 beyond it
 *
 * Sources are 1 .. last.  A source is completed as soon as it is claimed, so
 * that a level that stays up interrupts again at once, whether or not anybody
 * has acknowledged it (sel4-abi.md 4.7).
 */
#ifndef FALLOW_PLIC_H
#define FALLOW_PLIC_H
#include "types.h"

#define PLIC_SOURCES_MAX 1023u

/* Bytes from its start to the end of that context's registers. */
static inline uint64_t plic_bytes(uint32_t context)
{
    return 0x200000 + 0x1000 * ((uint64_t)context + 1);
}

/* registers: where they are mapped; context: S mode of this hart; last: the
 * highest source.  Masks all, gives all of them priority 1, threshold 0. */
void plic_init(volatile uint32_t *registers, uint32_t context, uint32_t last);

void plic_mask(uint32_t source);
void plic_unmask(uint32_t source);

/* The pending source of highest priority, now claimed; 0: none. */
uint32_t plic_claim(void);
void plic_complete(uint32_t source);
#endif
