/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"
#include "objects.h"

enum error page_table_derive(const struct cap *cap, struct cap *out,
                             struct reply *err)
{
    if (!(cap->rights & CAP_MAPPED))
        return error_plain(err, ERROR_ILLEGAL_OPERATION);
    *out = *cap;
    return ERROR_NONE;
}

/* Called for the last capability only; the table's contents are left. */
void page_table_finalise(struct kernel *k, slotno_t i)
{
    if (slot_rights(kernel_slots(k), i) & CAP_MAPPED)
        arch_unmap(k, i);
}
