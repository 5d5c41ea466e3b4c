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

/* Of a block that is there. */
static uint16_t *second_tag(const struct ut *ut, uint64_t paddr, uint64_t bytes)
{
    uint64_t page = (paddr >> UT_PAGE_BITS) + 1;
    const struct ut_pmm_region *r;

    if (bytes <= UT_PAGE_BYTES)
        return NULL;
    r = ut_pmm_region_(ut->pmm, page);
    return tag_at(ut->pmm, r->tags + page - r->base);
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

void ut_blk_release_(const struct ut *ut, const struct ut_blk *blk,
                     ut_owner_t owner)
{
    struct ut_blk held = ut_held_(ut, blk);

    UT_ASSERT(!ut_pmm_set_owner(ut->pmm, &held, UT_OWNER_BUSY, owner, NULL));
}

ut_err_t ut_blk_claim_(const struct ut_acct *acct, const struct ut_blk *blk,
                       struct ut_fault *fault)
{
    const struct ut *ut = acct->ut;
    struct ut_blk held = ut_held_(ut, blk), is;
    struct ut_slab **slab = ut_slab_find_(ut, blk->paddr);
    ut_err_t err =
        ut_pmm_set_owner(ut->pmm, &held, acct->owner, UT_OWNER_BUSY, fault);

    if (err)
        return err;
    is = ut_shape_get_(ut, blk->paddr, ut_blk_bytes(&held));
    if (slab)
        is.size_bits = ut_slab_bits(*slab);
    if (is.size_bits != blk->size_bits)
        err = ut_fail_(fault, UT_EINVAL, blk->size_bits, is.size_bits,
                       blk->paddr, acct->owner);
    else if (is.count != blk->count)
        err = ut_fail_(fault, UT_EINVAL, blk->count, is.count, blk->paddr,
                       acct->owner);
    if (err)
        ut_blk_release_(ut, blk, acct->owner);
    return err;
}
