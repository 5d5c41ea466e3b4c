/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a block below a chunk's size can be had, if not in the account's own
 * chunks: in one that is free; and if not there, why. */
#include "ut_tree.h"

/* A free chunk that meets the range, whole or, the second time, inside it. */
static bool fresh_find(const struct ut_acct *acct, const struct ut_want *want,
                       uint64_t *base, uint64_t *paddr)
{
    static const uint8_t fronts[] = {UT_LEAF_BITS, UT_NODE_LEVEL, 0};
    uint64_t mask = UT_CHUNK_BYTES - 1;
    struct ut_req req = {
        .size_bits = UT_CHUNK_BITS,
        .align_bits = want->align,
        .flags = want->device ? UT_DEVICE : 0,
        .count = 1,
        .min = want->min & ~mask,
        .max = want->max | mask,
    };
    struct ut_blk blk;

    for (unsigned i = 0; i < 2; i++) {
        if (req.min <= req.max &&
            !ut_pmm_find(acct->ut->pmm, &req, &blk, NULL)) {
            struct ut_want behind = *want;

            *base = blk.paddr;
            /* Not where the leaf would best be, if that is possible. */
            for (unsigned f = want->needs_leaf ? 0 : 2; f < 3; f++) {
                uint64_t front = fronts[f] ? ut_bytes(fronts[f]) : 0;

                if (want->level > UT_LEAF_BITS && f == 0)
                    continue;
                behind.min = want->min > blk.paddr + front ? want->min
                                                           : blk.paddr + front;
                if (ut_want_place_(&behind, blk.paddr, UT_CHUNK_BITS, paddr))
                    return true;
            }
        }
        req.min = (want->min + mask) & ~mask;
        req.max =
            want->max == UINT64_MAX ? want->max : ((want->max + 1) & ~mask) - 1;
        if (req.min < want->min || req.max > want->max)
            return false;
    }
    return false;
}

/* The same; small pieces of devices are only made where they have slots. */
bool ut_tree_fresh_(const struct ut_acct *acct, const struct ut_want *want,
                    uint64_t *base, uint64_t *paddr)
{
    const struct ut *ut = acct->ut;

    if (!want->device || !want->needs_leaf)
        return fresh_find(acct, want, base, paddr);
    for (uint32_t i = 0; i < ut->region_count; i++) {
        const struct ut_region *r = &ut->regions[i].r;
        uint64_t last = r->base + (ut_bytes(r->size_bits) - 1);
        struct ut_want here = *want;

        if (ut->regions[i].slots == 0 || last < want->min ||
            r->base > want->max)
            continue;
        here.min = r->base > want->min ? r->base : want->min;
        here.max = last < want->max ? last : want->max;
        if (fresh_find(acct, &here, base, paddr))
            return true;
    }
    return false;
}

/* Layer 2 knows what is short; where that is nothing, or a place alone, what
 * the account could have is in the lists of its chunks. */
ut_err_t ut_tree_no_place_(const struct ut_acct *acct,
                           const struct ut_want *want, struct ut_fault *fault)
{
    const struct ut_tree *t = ut_tree_(acct->ut);
    /* A run has 2^31 pages at most, what is larger is a power of two. */
    uint8_t unit = want->level > 43 ? want->level : UT_PAGE_BITS;
    struct ut_req req = {
        .size_bits = unit,
        .count = (uint32_t)(want->bytes >> unit),
        .min = want->min,
        .max = want->max,
        .flags = want->device ? UT_DEVICE : 0,
    };
    unsigned level = want->level < UT_CHUNK_BITS ? want->level : UT_CHUNK_BITS;
    uint64_t largest = 0;
    struct ut_blk blk;
    ut_err_t err = ut_pmm_find(acct->ut->pmm, &req, &blk, fault);

    if (err && err != UT_EFRAG)
        return err;
    while (largest == 0 && level-- > UT_PAGE_BITS)
        if (acct->chunks[want->device][level - UT_PAGE_BITS] ||
            t->common[want->device][level - UT_PAGE_BITS])
            largest = ut_bytes(level);
    return ut_fail_(fault, UT_EFRAG, want->bytes, largest, 0, UT_OWNER_NONE);
}
