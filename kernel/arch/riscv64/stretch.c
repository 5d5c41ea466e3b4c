/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry and exit are recorded by trap_entry.S. */
#include "stretch.h"
#include "arch_context.h"
#include "csr.h"

#if RECORD_STRETCH
struct stretch stretch;

_Static_assert(offsetof(struct stretch, start) == STRETCH_START &&
                   offsetof(struct stretch, longest) == STRETCH_LONGEST &&
                   offsetof(struct stretch, entries) == STRETCH_ENTRIES,
               "assembly knows the recorder");

void stretch_begin(void)
{
    stretch.start = csr_read(instret);
}

void stretch_look(void)
{
    uint64_t now = csr_read(instret);

    if (now - stretch.start > stretch.longest)
        stretch.longest = now - stretch.start;
    stretch.looks++;
    stretch_begin();
}

void stretch_report(struct arch_context *context)
{
    context->reg[REG_CAP] = stretch.longest;
    context->reg[REG_INFO] = stretch.entries;
    context->reg[REG_MR0] = stretch.looks;
    stretch = (struct stretch){.start = csr_read(instret)};
}
#endif
