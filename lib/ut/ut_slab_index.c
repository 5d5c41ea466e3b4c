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

struct ut_slab *ut_slab_find_(const struct ut *ut, uint64_t paddr)
{
    struct ut_slab **g = ut_slab_group_(ut, paddr);

    for (struct ut_slab *s = g ? *g : NULL; s; s = s->chain)
        if (paddr - ut_slab_base(s) < ut_bytes(ut->strategy->slab_bits))
            return s;
    return NULL;
}

void ut_slab_forget_(struct ut_acct *acct, uint64_t base, uint64_t bytes)
{
    struct ut *ut = acct->ut;

    for (uint64_t at = base; at - base < bytes;
         at = (at | (ut_bytes(GROUP_BITS) - 1)) + 1) {
        struct ut_slab **link = ut_slab_group_(ut, at);

        while (link && *link)
            if (ut_slab_base(*link) - base < bytes) {
                ut->counts.slab_bytes -= ut_bytes(ut->strategy->slab_bits);
                ut->counts.slab_header_bytes -= UT_EXTENT_BYTES;
                *link = (*link)->chain;
            } else {
                link = &(*link)->chain;
            }
        if (((at | (ut_bytes(GROUP_BITS) - 1)) + 1) == 0)
            return;
    }
}
