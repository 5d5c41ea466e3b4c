/* SPDX-License-Identifier: BSD-2-Clause */
/* Which slab an address is in: slabs of 64 pages are in one list. */
#include "ut_int.h"

#define GROUP_BITS (UT_PAGE_BITS + 6)

struct ut_slab **ut_slab_group_(const struct ut *ut, uint64_t paddr)
{
    const struct ut_reg *r = ut_region_(ut, paddr);

    return r ? &ut->slabs[r->group + ((paddr - r->r.base) >> GROUP_BITS)]
             : NULL;
}

struct ut_slab **ut_slab_find_(const struct ut *ut, uint64_t paddr)
{
    struct ut_slab **link = ut_slab_group_(ut, paddr);

    for (; link && *link; link = &(*link)->chain)
        if ((paddr - ut_slab_base(*link)) >> ut->strategy->slab_bits == 0)
            return link;
    return NULL;
}

void ut_slab_forget_(struct ut *ut, uint64_t paddr)
{
    struct ut_slab **link = ut_slab_find_(ut, paddr);

    if (!link)
        return;
    *link = (*link)->chain;
    ut->counts.slab_bytes -= ut_bytes(ut->strategy->slab_bits);
}
