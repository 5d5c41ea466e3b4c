/* SPDX-License-Identifier: BSD-2-Clause */
/* Layer 2 keeps a block's owner in the tag of its first page and does not
 * look at the others.  What the block is made of goes into the second, so
 * that two pages are not given back as one object of their size; and where it
 * takes up more than it is made of, its count into the next two. */
#include "ut_int.h"
#include "ut_pmm_map.h"

/* With what is in its low nine bits no account's number: layer 2 searches for
 * those. */
#define SHAPE      0xfe00u
#define VALUE_BITS 8u
#define VALUE      0xffu
#define COUNTED    0x100u

static uint16_t *second_tag(const struct ut *ut, uint64_t paddr, uint64_t bytes)
{
    uint64_t page = paddr >> UT_PAGE_BITS;
    const struct ut_pmm_region *r = ut_pmm_region_(ut->pmm, page);

    if (bytes <= UT_PAGE_BYTES || !r || page - r->base + 1 >= region_pages(r))
        return NULL;
    return tag_at(ut->pmm, r->tags + (page - r->base) + 1);
}

/* Objects that the block has room for; as many: it has no count. */
static uint32_t room_of(const struct ut *ut, const struct ut_blk *blk)
{
    struct ut_blk held = ut_held_(ut, blk);

    return (uint32_t)(ut_blk_bytes(&held) >> blk->size_bits);
}

static uint16_t shape_of(const struct ut_blk *blk, uint32_t room)
{
    unsigned counted = room > blk->count ? COUNTED : 0;

    return (uint16_t)(SHAPE | counted | blk->size_bits);
}

/* Low digits first, as many as the room needs: there are more pages. */
static uint32_t count_of(const uint16_t *tag, uint32_t room)
{
    uint32_t count = 0;

    for (unsigned shift = 0; room > 0; room >>= VALUE_BITS) {
        count |= (*++tag & VALUE) << shift;
        shift += VALUE_BITS;
    }
    return count;
}

void ut_shape_set_(struct ut *ut, const struct ut_blk *blk)
{
    uint16_t *tag = second_tag(ut, blk->paddr, ut_blk_bytes(blk));
    uint32_t count = blk->count, room = room_of(ut, blk);

    if (!tag)
        return;
    *tag = shape_of(blk, room);
    if (room == count)
        return;
    for (; room > 0; room >>= VALUE_BITS) {
        *++tag = (uint16_t)(SHAPE | (count & VALUE));
        count >>= VALUE_BITS;
    }
}

bool ut_shape_is_(const struct ut *ut, const struct ut_blk *blk)
{
    const uint16_t *tag = second_tag(ut, blk->paddr, ut_blk_bytes(blk));
    uint32_t room = room_of(ut, blk);

    return !tag || (*tag == shape_of(blk, room) &&
                    (room == blk->count || count_of(tag, room) == blk->count));
}

struct ut_blk ut_shape_get_(const struct ut *ut, uint64_t paddr, uint64_t bytes)
{
    const uint16_t *tag = second_tag(ut, paddr, bytes);
    unsigned shape = tag ? *tag ^ SHAPE : 0, bits = shape & ~COUNTED;
    struct ut_blk blk = {paddr, (uint32_t)(bytes >> UT_PAGE_BITS),
                         UT_PAGE_BITS};

    if (bits < UT_PAGE_BITS || bits > 63 || bytes % ut_bytes(bits) != 0)
        return blk;
    blk.size_bits = (uint8_t)bits;
    blk.count = (uint32_t)(bytes >> bits);
    if (shape & COUNTED)
        blk.count = count_of(tag, blk.count);
    return blk;
}

ut_err_t ut_shape_fail_(const struct ut *ut, const struct ut_blk *blk,
                        uint64_t bytes, ut_owner_t owner,
                        struct ut_fault *fault)
{
    struct ut_blk is = ut_shape_get_(ut, blk->paddr, bytes);

    if (is.size_bits == blk->size_bits)
        return ut_fail_(fault, UT_EINVAL, blk->count, is.count, blk->paddr,
                        owner);
    return ut_fail_(fault, UT_EINVAL, blk->size_bits, is.size_bits, blk->paddr,
                    owner);
}
