/* SPDX-License-Identifier: BSD-2-Clause */
#include "objects.h"

/* The thread stops waiting for a reply.  Its five slots go with the zombie
 * that its capability becomes. */
void tcb_finalise(struct kernel *k, const struct cap *cap)
{
    reply_delete(k, cap->base);
}
