/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

uint64_t ut_pmm_pages_(uint64_t count, unsigned size_bits)
{
    uint64_t bytes = count << size_bits;

    if (count == 0 || size_bits < 4 || size_bits > 63 ||
        bytes >> size_bits != count)
        return 0;
    return ((bytes - 1) >> UT_PAGE_BITS) + 1;
}

/* log2, rounded up. */
static unsigned order_above(uint64_t n)
{
    return n < 2 ? 0 : bit_high(n - 1) + 1;
}

/* The pages between min and max. */
static void limit(const struct ut_req *req, struct ut_pmm_shape *s)
{
    uint64_t max = req->max ? req->max : UINT64_MAX;

    s->lo = req->min >> UT_PAGE_BITS;
    if (req->min & PAGE_MASK)
        s->lo++;
    s->hi = max >> UT_PAGE_BITS;
    if ((max & PAGE_MASK) != PAGE_MASK && s->hi-- == 0)
        s->lo = 1, s->hi = 0;
    s->limited = true;
    s->high = req->flags & UT_HIGH;
}

static inline ut_err_t shape_of(const struct ut_req *req,
                                struct ut_pmm_shape *s, struct ut_fault *fault)
{
    unsigned align = req->align_bits;

    s->pages = ut_pmm_pages_(req->count, req->size_bits);
    if (!s->pages || align > 63 || req->cls >= UT_CLASSES ||
        (req->max && req->max < req->min))
        return ut_fail_(fault, UT_EINVAL, req->size_bits, 63, 0, 0);
    s->order = (uint8_t)order_above(s->pages);
    if (align > s->order + UT_PAGE_BITS)
        s->order = (uint8_t)(align - UT_PAGE_BITS);
    s->cls = (uint8_t)req->cls;
    s->device = req->flags & UT_DEVICE;
    s->lo = 0;
    s->hi = UINT64_MAX;
    s->limited = false;
    s->high = !(req->flags & UT_LOW) || req->flags & UT_HIGH;
    if (req->min || (req->max && req->max != UINT64_MAX))
        limit(req, s);
    return UT_OK;
}

bool ut_pmm_is_free_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                     uint64_t rp, uint64_t pages, uint64_t *taken)
{
    uint64_t stop = rp + pages;

    while (rp < stop) {
        *taken = rp;
        if (ut_pmm_extent_(p, r, rp, &rp) != PAGE_FREE)
            return false;
    }
    return true;
}

/* The range is one block's: its region and page, or why not. */
static ut_err_t look_exactly(const struct ut_pmm *p,
                             const struct ut_pmm_shape *s, uint64_t bytes,
                             const struct ut_pmm_region **r, uint64_t *rp,
                             struct ut_fault *fault)
{
    uint32_t i = ut_pmm_region_from_(p, s->lo, s->device);
    uint64_t pages = 0, taken = 0;

    *r = &p->region[i];
    if (i < p->kind[s->device].end && (*r)->base <= s->lo) {
        *rp = s->lo - (*r)->base;
        pages = region_pages(*r) - *rp;
    }
    if (pages < s->pages)
        return ut_fail_(fault, UT_ERANGE, bytes, pages << UT_PAGE_BITS,
                        (s->lo + pages) << UT_PAGE_BITS, 0);
    if (ut_pmm_is_free_(p, *r, *rp, s->pages, &taken))
        return UT_OK;
    return ut_fail_(fault, UT_EBUSY, bytes, 0,
                    ((*r)->base + taken) << UT_PAGE_BITS,
                    ut_pmm_owner_(p, *r, taken));
}

/* Why nothing was found; the largest block that there is costs more steps, so
 * only for those who ask. */
static ut_err_t explain(const struct ut_pmm *p, struct ut_pmm_shape s,
                        uint64_t bytes, struct ut_fault *fault)
{
    uint64_t free_bytes = p->kind[s.device].pages_free << UT_PAGE_BITS;
    const struct ut_pmm_region *r;
    uint64_t rp, at = 0, largest = 0;
    uint32_t i = ut_pmm_region_from_(p, s.lo, s.device);

    if (s.lo > s.hi || i >= p->kind[s.device].end || p->region[i].base > s.hi)
        return ut_fail_(fault, UT_ERANGE, bytes, 0, s.lo << UT_PAGE_BITS, 0);
    if (p->kind[s.device].pages_free < s.pages)
        return ut_fail_(fault, UT_ENOMEM, bytes, free_bytes, 0, 0);
    while (fault && !largest && s.order-- > 0)
        if (ut_pmm_search_(p, &s, &r, &rp)) {
            largest = (uint64_t)1 << (s.order + UT_PAGE_BITS);
            at = (r->base + rp) << UT_PAGE_BITS;
        }
    return ut_fail_(fault, UT_EFRAG, bytes, largest, at, 0);
}

/* Exactly there: any page, unless an alignment is asked for. */
static ut_err_t look_there(const struct ut_pmm *p, const struct ut_req *req,
                           const struct ut_pmm_shape *s,
                           const struct ut_pmm_region **r, uint64_t *rp,
                           struct ut_fault *fault)
{
    unsigned align = req->align_bits ? req->align_bits : req->size_bits;

    if (align < UT_PAGE_BITS)
        align = UT_PAGE_BITS;
    if (req->min & (((uint64_t)1 << align) - 1))
        return ut_fail_(fault, UT_EALIGN, (uint64_t)1 << align, 0, req->min, 0);
    return look_exactly(p, s, (uint64_t)req->count << req->size_bits, r, rp,
                        fault);
}

static inline ut_err_t look(const struct ut_pmm *p, const struct ut_req *req,
                            struct ut_pmm_shape *s,
                            const struct ut_pmm_region **r, uint64_t *rp,
                            struct ut_fault *fault)
{
    ut_err_t err = shape_of(req, s, fault);
    uint64_t bytes = (uint64_t)req->count << req->size_bits;

    if (err)
        return err;
    if (s->limited &&
        (req->max ? req->max : UINT64_MAX) - req->min == bytes - 1)
        return look_there(p, req, s, r, rp, fault);
    if (s->lo <= s->hi && p->kind[s->device].pages_free >= s->pages &&
        ut_pmm_search_(p, s, r, rp))
        return UT_OK;
    return explain(p, *s, bytes, fault);
}

ut_err_t ut_pmm_find(const struct ut_pmm *p, const struct ut_req *req,
                     struct ut_blk *blk, struct ut_fault *fault)
{
    const struct ut_pmm_region *r;
    struct ut_pmm_shape s;
    uint64_t rp;
    ut_err_t err = look(p, req, &s, &r, &rp, fault);

    if (err)
        return err;
    blk->paddr = (r->base + rp) << UT_PAGE_BITS;
    blk->count = req->count;
    blk->size_bits = req->size_bits;
    return UT_OK;
}

UT_PMM_HOT ut_err_t ut_pmm_alloc(struct ut_pmm *p, const struct ut_req *req,
                                 ut_owner_t owner, struct ut_blk *blk,
                                 struct ut_fault *fault)
{
    const struct ut_pmm_region *r;
    struct ut_pmm_shape s;
    uint64_t rp;
    ut_err_t err = look(p, req, &s, &r, &rp, fault);

    if (err)
        return err;
    tag_set(p, r, rp, owner);
    ut_pmm_take_(p, r, rp, s.pages, s.cls);
    blk->paddr = (r->base + rp) << UT_PAGE_BITS;
    blk->count = req->count;
    blk->size_bits = req->size_bits;
    return UT_OK;
}

ut_err_t ut_pmm_alloc_at(struct ut_pmm *p, const struct ut_blk *blk,
                         ut_owner_t owner, uint16_t cls, struct ut_fault *fault)
{
    struct ut_req req = {.size_bits = blk->size_bits,
                         .count = blk->count,
                         .min = blk->paddr,
                         .max = blk->paddr - 1 +
                                ((uint64_t)blk->count << blk->size_bits % 64),
                         .cls = cls};
    const struct ut_pmm_region *r =
        ut_pmm_region_(p, blk->paddr >> UT_PAGE_BITS);
    struct ut_blk same;

    if (req.max < req.min)
        return ut_fail_(fault, UT_ERANGE, blk->count, 0, blk->paddr, 0);
    if (r && r->device)
        req.flags = UT_DEVICE;
    return ut_pmm_alloc(p, &req, owner, &same, fault);
}
