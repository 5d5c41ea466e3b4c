/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

/* Free runs of a node, as aligned blocks. */
static void count_free(uint64_t used, unsigned level,
                       struct ut_pmm_stats *stats)
{
    for (int order = ut_pmm_largest_(used); order >= 0; order--) {
        uint64_t runs = ut_pmm_runs_(used, (unsigned)order);

        stats->free_blocks[NODE_BITS * level + (unsigned)order] +=
            (unsigned)__builtin_popcountll(runs);
        /* Each run stands for all of its units. */
        for (unsigned k = 0; k < (unsigned)order; k++)
            runs |= runs << (1u << k);
        used |= runs;
    }
}

void ut_pmm_stats(const struct ut_pmm *p, struct ut_pmm_stats *stats)
{
    *stats = (struct ut_pmm_stats){.bytes_meta = p->bytes,
                                   .bytes_tags = p->bytes - p->tags};
    for (unsigned d = 0; d < 2; d++) {
        stats->bytes[d] = p->pages[d] << UT_PAGE_BITS;
        stats->bytes_free[d] = p->pages_free[d] << UT_PAGE_BITS;
    }
    for (unsigned l = 0; l < p->levels; l++)
        for (uint32_t i = 0; i < p->level[l].count; i++)
            if (map_at(p, l, i)->used && head_at(p, l, i)->set != SET_DEVICE)
                count_free(map_at(p, l, i)->used, l, stats);
}
