/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

ut_err_t ut_pmm_fail_(struct ut_fault *fault, ut_err_t err, uint64_t wanted,
                      uint64_t available, uint64_t address, ut_owner_t owner)
{
    if (fault) {
        fault->wanted = wanted;
        fault->available = available;
        fault->address = address;
        fault->kernel_error = 0;
        fault->owner = owner;
        fault->err = (uint8_t)err;
    }
    return err;
}

uint64_t ut_pmm_pages_(uint64_t count, unsigned size_bits)
{
    uint64_t bytes = count << size_bits;

    if (count == 0 || size_bits < 4 || size_bits > 63 ||
        bytes >> size_bits != count)
        return 0;
    return ((bytes - 1) >> UT_PAGE_BITS) + 1;
}

#define PAGE_MASK (((uint64_t)1 << UT_PAGE_BITS) - 1)

/* log2, rounded up. */
static unsigned order_above(uint64_t n)
{
    return n < 2 ? 0 : 64u - (unsigned)__builtin_clzll(n - 1);
}

ut_err_t ut_pmm_shape_(const struct ut_pmm *p, const struct ut_req *req,
                       ut_owner_t owner, struct ut_pmm_shape *s,
                       struct ut_fault *fault)
{
    uint64_t max = req->max ? req->max : UINT64_MAX;
    unsigned align = req->align_bits;

    s->pages = ut_pmm_pages_(req->count, req->size_bits);
    if (!s->pages || align > 63 || req->cls >= UT_CLASSES || max < req->min)
        return ut_pmm_fail_(fault, UT_EINVAL, req->size_bits, 63, 0, 0);
    if (p->pools && (owner == UT_OWNER_NONE || owner >= p->pool_count))
        return ut_pmm_fail_(fault, UT_EINVAL, owner, p->pool_count, 0, 0);
    s->order = (uint8_t)order_above(s->pages);
    if (align > s->order + UT_PAGE_BITS)
        s->order = (uint8_t)(align - UT_PAGE_BITS);
    s->device = req->flags & UT_DEVICE;
    s->limited = req->min || max != UINT64_MAX;
    s->high = req->flags & UT_HIGH || (!s->limited && !(req->flags & UT_LOW));
    s->lo = req->min >> UT_PAGE_BITS;
    if (req->min & PAGE_MASK)
        s->lo++;
    s->hi = max >> UT_PAGE_BITS;
    if ((max & PAGE_MASK) != PAGE_MASK && s->hi-- == 0)
        s->lo = 1, s->hi = 0;
    s->use.owner = owner;
    s->use.cls = (uint8_t)req->cls;
    return UT_OK;
}

/* One piece of a block: as many units as fit of the largest level whose unit
 * fits there. */
static unsigned piece(const struct ut_pmm_region *r, uint64_t rp,
                      uint64_t pages, unsigned *units)
{
    unsigned l = 0, room;
    uint64_t n;

    while (l < r->top && pages >> (NODE_BITS * (l + 1)) &&
           unit_of(l, rp) == 0 &&
           (rp & (((uint64_t)1 << (NODE_BITS * (l + 1))) - 1)) == 0)
        l++;
    n = pages >> (NODE_BITS * l);
    room = NODE_UNITS - unit_of(l, rp);
    *units = n < room ? (unsigned)n : room;
    return l;
}

static bool units_are_free(const struct ut_pmm_node *n, unsigned unit,
                           unsigned count, unsigned *taken)
{
    for (unsigned end = unit + count; unit < end;) {
        unsigned w = unit / 64;
        unsigned last = (w + 1) * 64 < end ? 63 : (end - 1) % 64;
        uint64_t x = n->used[w] & bits_between(unit % 64, last);

        if (x) {
            *taken = w * 64 + (unsigned)__builtin_ctzll(x);
            return false;
        }
        unit = (w + 1) * 64;
    }
    return true;
}

bool ut_pmm_is_free_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                     uint64_t rp, uint64_t pages, ut_owner_t owner,
                     uint64_t *taken)
{
    while (pages) {
        unsigned units, unit, l = piece(r, rp, pages, &units), m = l;
        const struct ut_pmm_node *n;

        while (!((n = node_at(p, m, node_of(r, m, rp)))->flags & NODE_SPLIT))
            m++;
        unit = unit_of(m, rp);
        *taken = rp;
        if (!units_are_free(n, unit, m == l ? units : 1, &unit)) {
            if (m == l)
                *taken = page_of(r, l, node_of(r, l, rp), unit);
            return false;
        }
        if (m == 0 && n->owner && n->owner != owner)
            return false;
        rp += (uint64_t)units << (NODE_BITS * l);
        pages -= (uint64_t)units << (NODE_BITS * l);
    }
    return true;
}

void ut_pmm_mark_(struct ut_pmm *p, const struct ut_pmm_region *r, uint64_t rp,
                  uint64_t pages, const struct ut_pmm_use *use)
{
    bool start = true;

    p->pages_free[r->device] -= pages;
    if (p->flags & UT_PMM_TAGS)
        *tag_at(p, r->tags + rp) = use->owner;
    while (pages) {
        unsigned units, l = piece(r, rp, pages, &units);

        ut_pmm_take_(p, r, l, rp, units, start, use);
        start = false;
        rp += (uint64_t)units << (NODE_BITS * l);
        pages -= (uint64_t)units << (NODE_BITS * l);
    }
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
    if (i < (s->device ? p->regions : p->regions_ram) && (*r)->base <= s->lo) {
        *rp = s->lo - (*r)->base;
        pages = region_pages(*r) - *rp;
    }
    if (pages < s->pages)
        return ut_pmm_fail_(fault, UT_ERANGE, bytes, pages << UT_PAGE_BITS,
                            (s->lo + pages) << UT_PAGE_BITS, 0);
    if (ut_pmm_is_free_(p, *r, *rp, s->pages, s->use.owner, &taken))
        return UT_OK;
    return ut_pmm_fail_(fault, UT_EBUSY, bytes, 0,
                        ((*r)->base + taken) << UT_PAGE_BITS,
                        ut_pmm_owner_(p, *r, taken));
}

/* Why nothing was found; the largest block that there is costs more steps, so
 * only for those who ask. */
static ut_err_t explain(const struct ut_pmm *p, struct ut_pmm_shape s,
                        uint64_t bytes, struct ut_fault *fault)
{
    uint64_t free_bytes = p->pages_free[s.device] << UT_PAGE_BITS;
    const struct ut_pmm_region *r;
    unsigned low = 0, high = s.order;
    uint64_t rp, at = 0;
    uint32_t i = ut_pmm_region_from_(p, s.lo, s.device);

    if (s.lo > s.hi || i >= (s.device ? p->regions : p->regions_ram) ||
        p->region[i].base > s.hi)
        return ut_pmm_fail_(fault, UT_ERANGE, bytes, 0, s.lo << UT_PAGE_BITS,
                            0);
    if (p->pages_free[s.device] < s.pages)
        return ut_pmm_fail_(fault, UT_ENOMEM, bytes, free_bytes, 0, 0);
    while (fault && low < high) { /* blocks below 2^low pages are there */
        s.order = (uint8_t)((low + high) / 2);
        if (ut_pmm_search_(p, &s, &r, &rp)) {
            low = s.order + 1u;
            at = (r->base + rp) << UT_PAGE_BITS;
        } else
            high = s.order;
    }
    return ut_pmm_fail_(fault, UT_EFRAG, bytes,
                        low ? (uint64_t)1 << (low - 1 + UT_PAGE_BITS) : 0, at,
                        0);
}

static ut_err_t look(const struct ut_pmm *p, const struct ut_req *req,
                     ut_owner_t owner, struct ut_pmm_shape *s,
                     const struct ut_pmm_region **r, uint64_t *rp,
                     struct ut_fault *fault)
{
    ut_err_t err = ut_pmm_shape_(p, req, owner, s, fault);
    uint64_t bytes = (uint64_t)req->count << req->size_bits;
    unsigned align = req->align_bits ? req->align_bits : req->size_bits;

    if (err)
        return err;
    if (s->limited &&
        (req->max ? req->max : UINT64_MAX) - req->min == bytes - 1) {
        if (align < UT_PAGE_BITS)
            align = UT_PAGE_BITS;
        if (req->min & (((uint64_t)1 << align) - 1))
            return ut_pmm_fail_(fault, UT_EALIGN, (uint64_t)1 << align, 0,
                                req->min, 0);
        return look_exactly(p, s, bytes, r, rp, fault);
    }
    if (s->lo > s->hi || p->pages_free[s->device] < s->pages ||
        !ut_pmm_search_(p, s, r, rp))
        return explain(p, *s, bytes, fault);
    return UT_OK;
}

ut_err_t ut_pmm_find(const struct ut_pmm *p, const struct ut_req *req,
                     ut_owner_t owner, struct ut_blk *blk,
                     struct ut_fault *fault)
{
    const struct ut_pmm_region *r;
    struct ut_pmm_shape s;
    uint64_t rp;
    ut_err_t err = look(p, req, owner, &s, &r, &rp, fault);

    if (err)
        return err;
    blk->paddr = (r->base + rp) << UT_PAGE_BITS;
    blk->count = req->count;
    blk->size_bits = req->size_bits;
    return UT_OK;
}

ut_err_t ut_pmm_alloc_any_(struct ut_pmm *p, const struct ut_req *req,
                           ut_owner_t owner, struct ut_blk *blk,
                           struct ut_fault *fault)
{
    const struct ut_pmm_region *r;
    struct ut_pmm_shape s;
    uint64_t rp;
    ut_err_t err = look(p, req, owner, &s, &r, &rp, fault);

    if (err)
        return err;
    ut_pmm_mark_(p, r, rp, s.pages, &s.use);
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
        return ut_pmm_fail_(fault, UT_ERANGE, blk->count, 0, blk->paddr, 0);
    if (r && r->device)
        req.flags = UT_DEVICE;
    return ut_pmm_alloc(p, &req, owner, &same, fault);
}
