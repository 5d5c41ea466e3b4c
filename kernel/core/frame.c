/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"
#include "objects.h"

/* Read and write stays so only with both rights; without read nothing is
 * left but the kernel's own view (sel4-abi.md 4.5). */
struct cap frame_mask(struct cap cap, uint64_t rights)
{
    if (!(rights & CAP_READ))
        cap.rights &= (uint8_t) ~(CAP_READ | CAP_WRITE);
    else if (!(rights & CAP_WRITE))
        cap.rights &= (uint8_t)~CAP_WRITE;
    return cap;
}

/* Each capability carries its own mapping: a copy has none. */
struct cap frame_derive(struct cap cap)
{
    cap.rights &= (uint8_t)~CAP_MAPPED;
    cap.word = 0;
    return cap;
}

void frame_finalise(struct kernel *k, slotno_t i)
{
    if (slot_rights(kernel_slots(k), i) & CAP_MAPPED)
        arch_unmap(k, i);
}
