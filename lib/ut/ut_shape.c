/* SPDX-License-Identifier: BSD-2-Clause */
/* Layer 2 keeps a block's owner in the tag of its first page and does not
 * look at the others.  What the block is made of goes into the second, so
 * that two pages are not given back as one object of their size; and where it
 * takes up more than it is made of, which is four pages or more, its count
 * into the next two. */
#include "ut_int.h"
#include "ut_pmm_map.h"

/* Not the number of any account, nor what a page has that nobody has had. */
#define SHAPE   0xfe00u
#define COUNTED 0x100u

static uint16_t *second_tag(const struct ut *ut, uint64_t paddr, uint64_t bytes)
{
    uint64_t page = paddr >> UT_PAGE_BITS;
    const struct ut_pmm_region *r = ut_pmm_region_(ut->pmm, page);

    if (bytes <= UT_PAGE_BYTES || !r || page - r->base + 1 >= region_pages(r))
        return NULL;
    return tag_at(ut->pmm, r->tags + (page - r->base) + 1);
}

void ut_shape_set_(struct ut *ut, const struct ut_blk *blk)
{
    struct ut_blk held = ut_held_(ut, blk);
    uint64_t bytes = ut_blk_bytes(&held);
    uint16_t *tag = second_tag(ut, blk->paddr, bytes);

    if (!tag)
        return;
    tag[0] = (uint16_t)(SHAPE | blk->size_bits);
    if (bytes >> blk->size_bits != blk->count) {
        tag[0] |= COUNTED;
        tag[1] = (uint16_t)blk->count;
        tag[2] = (uint16_t)(blk->count >> 16);
    }
}

struct ut_blk ut_shape_get_(const struct ut *ut, uint64_t paddr, uint64_t bytes)
{
    const uint16_t *tag = second_tag(ut, paddr, bytes);
    unsigned shape = tag ? *tag ^ SHAPE : 0, bits = shape & ~COUNTED;
    struct ut_blk blk = {paddr, 0, UT_PAGE_BITS};

    if (bits > UT_PAGE_BITS && bits < 64 && bytes % ut_bytes(bits) == 0)
        blk.size_bits = (uint8_t)bits;
    blk.count = (uint32_t)(bytes >> blk.size_bits);
    if (shape & COUNTED)
        blk.count = tag[1] | (uint32_t)tag[2] << 16;
    return blk;
}

ut_err_t ut_shape_check_(const struct ut *ut, const struct ut_blk *blk,
                         ut_owner_t owner, struct ut_fault *fault)
{
    struct ut_blk held = ut_held_(ut, blk);
    struct ut_blk is = ut_shape_get_(ut, blk->paddr, ut_blk_bytes(&held));

    if (is.size_bits != blk->size_bits)
        return ut_fail_(fault, UT_EINVAL, blk->size_bits, is.size_bits,
                        blk->paddr, owner);
    if (is.count != blk->count)
        return ut_fail_(fault, UT_EINVAL, blk->count, is.count, blk->paddr,
                        owner);
    return UT_OK;
}
