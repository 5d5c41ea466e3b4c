/* SPDX-License-Identifier: BSD-2-Clause */
#include "objects.h"

struct cap notification_mask(struct cap cap, uint64_t rights)
{
    cap.rights &= (uint8_t)(rights % 4u);
    return cap;
}

/* Nobody can wait yet, and no thread be bound: both come with the threads. */
void notification_finalise(struct kernel *k, const struct cap *cap)
{
    (void)k;
    (void)cap;
}
