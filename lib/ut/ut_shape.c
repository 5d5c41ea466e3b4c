/* SPDX-License-Identifier: BSD-2-Clause */
/* Layer 2 keeps a block's owner in the tag of its first page and does not
 * look at the others.  What the block is made of goes into the second, so
 * that two pages are not given back as one object of their size. */
#include "ut_int.h"
#include "ut_pmm_map.h"

/* Not the number of any account. */
#define SHAPE 0xfe00u

static uint16_t *second_tag(const struct ut *ut, const struct ut_blk *blk)
{
    uint64_t page = blk->paddr >> UT_PAGE_BITS;
    const struct ut_pmm_region *r = ut_pmm_region_(ut->pmm, page);

    if (ut_blk_bytes(blk) <= UT_PAGE_BYTES || !r ||
        page - r->base + 1 >= region_pages(r))
        return NULL;
    return tag_at(ut->pmm, r->tags + (page - r->base) + 1);
}

void ut_shape_set_(struct ut *ut, const struct ut_blk *blk)
{
    uint16_t *tag = second_tag(ut, blk);

    if (tag)
        *tag = (uint16_t)(SHAPE | blk->size_bits);
}

bool ut_shape_is_(const struct ut *ut, const struct ut_blk *blk)
{
    const uint16_t *tag = second_tag(ut, blk);

    return !tag || *tag == (SHAPE | blk->size_bits);
}

uint8_t ut_shape_get_(const struct ut *ut, uint64_t paddr, uint64_t bytes)
{
    struct ut_blk blk = {paddr, (uint32_t)(bytes >> UT_PAGE_BITS),
                         UT_PAGE_BITS};
    const uint16_t *tag = second_tag(ut, &blk);

    unsigned bits = tag ? *tag ^ SHAPE : 0;

    return bits >= UT_PAGE_BITS && bits < 64 && bytes % ut_bytes(bits) == 0
               ? (uint8_t)bits
               : UT_PAGE_BITS;
}
