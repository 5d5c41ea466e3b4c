/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"
#include "delete.h"
#include "objects.h"

slotno_t irq_slot(const struct kernel *k, uint64_t irq)
{
    KERNEL_ASSERT(irq < k->params.irq_count);
    return k->params.irq_slots + irq;
}

/* A machine may have been made without interrupt slots (tests, replay): then
 * handlers are capabilities and nothing more. */
void irq_handler_finalise(struct kernel *k, const struct cap *cap)
{
    slotno_t i;

    if (cap->word >= k->params.irq_count)
        return;
    i = irq_slot(k, cap->word);
    if (!slot_is_empty(kernel_slots(k), i))
        delete_simple(k, i);
    arch_irq_mask(k, cap->word);
}
