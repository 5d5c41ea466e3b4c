/* SPDX-License-Identifier: BSD-2-Clause */
#include "objects.h"

struct cap endpoint_mask(struct cap cap, uint64_t rights)
{
    cap.rights &= (uint8_t)(rights % 16u);
    return cap;
}

/* A badge is given once, to a capability that has none. */
struct cap endpoint_update(struct cap cap, uint64_t data, bool preserve)
{
    if (preserve || cap.word != 0)
        return (struct cap){.type = CAP_NULL};
    cap.word = data;
    return cap;
}

/* Nobody can wait yet: the queue comes with the threads. */
void endpoint_finalise(struct kernel *k, const struct cap *cap)
{
    (void)k;
    (void)cap;
}

void endpoint_cancel_badged_sends(struct kernel *k, const struct cap *cap)
{
    (void)k;
    (void)cap;
}
