/* SPDX-License-Identifier: BSD-2-Clause */
#include "plic.h"
#include "arch.h"

#define WORD_ENABLE    (0x2000u / 4)
#define WORD_CONTEXT   (0x200000u / 4)
#define ENABLE_WORDS   (0x80u / 4)
#define CONTEXT_WORDS  (0x1000u / 4)
#define SOURCES_A_WORD 32u

static volatile uint32_t *plic;
static volatile uint32_t *enable;    /* of our context */
static volatile uint32_t *threshold; /* and its claim register */
static uint32_t last_source;

void plic_init(volatile uint32_t *registers, uint32_t context, uint32_t last)
{
    plic = registers;
    enable = plic + WORD_ENABLE + (size_t)ENABLE_WORDS * context;
    threshold = plic + WORD_CONTEXT + (size_t)CONTEXT_WORDS * context;
    last_source = last;
    for (uint32_t i = 0; i <= last / SOURCES_A_WORD; i++)
        enable[i] = 0;
    for (uint32_t i = 1; i <= last; i++)
        plic[i] = 1;
    threshold[0] = 0;
}

void plic_mask(uint32_t source)
{
    KERNEL_ASSERT(source > 0 && source <= last_source);
    enable[source / SOURCES_A_WORD] &= ~(1u << source % SOURCES_A_WORD);
}

void plic_unmask(uint32_t source)
{
    KERNEL_ASSERT(source > 0 && source <= last_source);
    enable[source / SOURCES_A_WORD] |= 1u << source % SOURCES_A_WORD;
}

uint32_t plic_claim(void)
{
    return threshold[1];
}

void plic_complete(uint32_t source)
{
    threshold[1] = source;
}
