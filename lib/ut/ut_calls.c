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
static void count(struct ut *ut)
{
    __atomic_fetch_add(&ut->counts.calls, 1, __ATOMIC_RELAXED);
}

uint32_t ut_retype_(struct ut *ut, const struct ut_retype *call)
{
    count(ut);
    return ut->ops->retype(ut->ops->context, call);
}

uint32_t ut_retype_at_(struct ut *ut, const struct ut_retype *call)
{
    count(ut);
    return ut->ops->retype_at(ut->ops->context, call);
}

uint32_t ut_revoke_(struct ut *ut, const struct ut_slot *slot)
{
    count(ut);
    return ut->ops->revoke(ut->ops->context, slot);
}

uint32_t ut_revoke_at_(struct ut *ut, const struct ut_reg *region,
                       uint64_t paddr, uint8_t size_bits)
{
    count(ut);
    return ut->ops->revoke_at(ut->ops->context, region->r.root,
                              paddr - region->r.base, size_bits);
}

uint32_t ut_move_(struct ut *ut, const struct ut_slot *to,
                  const struct ut_slot *from)
{
    count(ut);
    return ut->ops->move(ut->ops->context, to, from);
}
