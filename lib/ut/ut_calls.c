/* SPDX-License-Identifier: BSD-2-Clause */
/* Every kernel call of the library after it has started goes through here. */
#include "ut_int.h"

void ut_event_(const struct ut *ut, enum ut_event event, uint64_t paddr,
               uint8_t size_bits)
{
    if (ut->ops->event)
        ut->ops->event(ut->ops->context, event, paddr, size_bits);
}

/* The lock may be open here. */
const struct ut_ops *ut_call_(struct ut *ut)
{
    __atomic_fetch_add(&ut->calls, 1, __ATOMIC_RELAXED);
    return ut->ops;
}
