/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

#define PAGE_MASK (((uint64_t)1 << UT_PAGE_BITS) - 1)

/* A request in pages, and the place that was found for it. */
struct shape {
    uint64_t pages;
    uint64_t lo, hi; /* page numbers, inclusive */
    unsigned order;  /* of the free block that is searched */
    unsigned cls;
    bool device;
    bool high;    /* from the highest address down */
    bool limited; /* to lo, hi; else the highest that there is */
    const struct ut_pmm_region *region;
    uint64_t rp;
};

static inline ut_err_t shape(const struct ut_req *req, struct shape *s,
                             struct ut_fault *fault)
{
    uint64_t max = req->max ? req->max : UINT64_MAX;
    unsigned align = req->align_bits;

    s->order = req->size_bits - UT_PAGE_BITS;
    s->pages = (uint64_t)1 << (s->order & 63);
    if (req->count != 1 || s->order >= UT_PMM_ORDERS) {
        s->pages = ut_pmm_pages_(req->count, req->size_bits);
        s->order =
            s->pages < 2 ? 0 : 64u - (unsigned)__builtin_clzll(s->pages - 1);
    }
    if (!s->pages || align > 63 || req->cls >= UT_CLASSES || max < req->min) {
        ut_pmm_fail_(fault, UT_EINVAL, req->size_bits, 63, 0, 0);
        return UT_EINVAL;
    }
    if (align > s->order + UT_PAGE_BITS)
        s->order = align - UT_PAGE_BITS;
    s->cls = req->cls;
    s->device = req->flags & UT_DEVICE;
    s->limited = req->min || max != UINT64_MAX || req->flags & UT_LOW;
    s->high = req->flags & UT_HIGH || !s->limited;
    s->lo = 0;
    s->hi = UINT64_MAX >> UT_PAGE_BITS;
    if (!s->limited)
        return UT_OK;
    s->lo = (req->min >> UT_PAGE_BITS) + ((req->min & PAGE_MASK) != 0);
    s->hi = max >> UT_PAGE_BITS;
    if ((max & PAGE_MASK) != PAGE_MASK && s->hi-- == 0)
        s->lo = 1, s->hi = 0;
    return UT_OK;
}

/* A range: of aligned blocks, from page lo of region a to before page end of
 * region b. */
struct window {
    const struct ut_pmm_region *a, *b;
    uint64_t lo, end;
};

/* False: no region meets the range. */
static bool set_window(const struct ut_pmm *p, const struct shape *s,
                       struct window *w)
{
    uint32_t a = ut_pmm_region_from_(p, s->lo, s->device);
    uint32_t b = ut_pmm_region_from_(p, s->hi, s->device);
    uint32_t stop = s->device ? p->regions : p->regions_ram;
    uint64_t mask = ((uint64_t)1 << s->order) - 1;

    /* b: behind the last that does not begin behind the range. */
    if (b < stop && p->region[b].base <= s->hi)
        b++;
    if (s->lo > s->hi || a >= b)
        return false;
    w->a = &p->region[a];
    w->b = &p->region[b - 1];
    w->lo = s->lo > w->a->base ? (s->lo - w->a->base + mask) & ~mask : 0;
    if (w->lo > region_pages(w->a))
        w->lo = region_pages(w->a);
    w->end = region_pages(w->b);
    if (s->hi - w->b->base < w->end)
        w->end = s->hi - w->b->base + 1;
    w->end &= ~mask;
    return true;
}

/* The place in node i of a level that one of these free runs has; with a range
 * the first or last in it, if the run is a larger unit. */
static inline void set_place(const struct ut_pmm *p, struct shape *s,
                             unsigned l, uint32_t i, uint64_t runs)
{
    const struct ut_pmm_region *r = &p->region[head_at(p, l, i)->region];
    unsigned unit = s->high ? 63u ^ (unsigned)__builtin_clzll(runs)
                            : (unsigned)__builtin_ctzll(runs);

    s->region = r;
    s->rp = ((uint64_t)(i - r->first[l]) << NODE_BITS | unit)
            << (NODE_BITS * l);
    if (s->high && s->order < NODE_BITS * l)
        s->rp += ((uint64_t)1 << (NODE_BITS * l)) - ((uint64_t)1 << s->order);
}

/* A place in a node of this level and set that has a run of this order. */
static bool look_range(const struct ut_pmm *p, struct shape *s,
                       const struct window *w, unsigned l, unsigned set,
                       unsigned order)
{
    unsigned shift = NODE_BITS * l;
    uint64_t size = (uint64_t)1 << s->order, x;
    /* In units of the level. */
    uint64_t lo = ((uint64_t)w->a->first[l] << NODE_BITS) + (w->lo >> shift);
    uint64_t hi = (uint64_t)w->b->first[l] << NODE_BITS;
    uint32_t from, to, i;

    if (l <= w->b->order / NODE_BITS)
        hi += (w->end + (((uint64_t)1 << shift) - 1)) >> shift;
    if (lo >= hi--)
        return false;
    from = (uint32_t)((s->high ? hi : lo) >> NODE_BITS);
    to = (uint32_t)((s->high ? lo : hi) >> NODE_BITS);
    /* Only the nodes at lo and hi may disappoint. */
    for (;; from = s->high ? i - 1 : i + 1) {
        i = ut_pmm_index_find_(p, l, set, order, from, to, s->high);
        if (i == UINT32_MAX)
            return false;
        x = ut_pmm_runs_(map_at(p, l, i)->used, order);
        if (i == lo >> NODE_BITS)
            x &= ~(uint64_t)0 << lo % NODE_UNITS;
        if (i == hi >> NODE_BITS)
            x &= ~(uint64_t)0 >> (63 - hi % NODE_UNITS);
        if (x)
            break;
        if (i == to)
            return false;
    }
    set_place(p, s, l, i, x);
    if (s->high && s->region == w->b && s->rp > w->end - size)
        s->rp = w->end - size;
    if (!s->high && s->region == w->a && s->rp < w->lo)
        s->rp = w->lo;
    return true;
}

#define CLASS_ORDERS (((uint64_t)1 << (NODE_BITS * CLASS_LEVELS)) - 1)

/* Levels upwards: in nodes of the class, in larger free units, in another
 * class. */
static bool search(const struct ut_pmm *p, struct shape *s)
{
    uint64_t all = p->orders[s->device ? SET_DEVICE : 0] & ~CLASS_ORDERS, m;
    struct window w;

    if (s->limited && (!set_window(p, s, &w) || (w.a == w.b && w.lo >= w.end)))
        return false;
    for (unsigned n = 0; n < UT_CLASSES; n++) {
        unsigned set = s->device ? SET_DEVICE : s->cls ^ n;

        m = (p->orders[set] & CLASS_ORDERS) | all;
        m = m >> s->order << s->order;
        while (m) {
            unsigned l = (unsigned)__builtin_ctzll(m) / NODE_BITS;
            unsigned shift = NODE_BITS * l;
            unsigned order = s->order > shift ? s->order - shift : 0;
            uint32_t i;

            if (l >= CLASS_LEVELS && !s->device)
                set = 0;
            if (!s->limited) {
                i = ut_pmm_index_last_(p, l, set, order);
                set_place(p, s, l, i,
                          ut_pmm_runs_(map_at(p, l, i)->used, order));
                return true;
            }
            if (look_range(p, s, &w, l, set, order))
                return true;
            m &= ~(uint64_t)0 << (NODE_BITS * (l + 1));
        }
        if (s->device)
            break;
        all = 0;
    }
    return false;
}

static bool is_exact(const struct ut_req *req)
{
    return (req->max ? req->max : UINT64_MAX) - req->min ==
           ((uint64_t)req->count << req->size_bits) - 1;
}

/* The range is one block's: its place, or why not. */
static ut_err_t look_exactly(const struct ut_pmm *p, const struct ut_req *req,
                             struct shape *s, struct ut_fault *fault)
{
    uint32_t i = ut_pmm_region_from_(p, s->lo, s->device);
    uint64_t bytes = (uint64_t)req->count << req->size_bits, pages = 0, taken;
    unsigned align = req->align_bits ? req->align_bits : req->size_bits;

    if (align < UT_PAGE_BITS)
        align = UT_PAGE_BITS;
    if (req->min & (((uint64_t)1 << align) - 1))
        return ut_pmm_fail_(fault, UT_EALIGN, (uint64_t)1 << align, 0, req->min,
                            0);
    s->region = &p->region[i];
    if (i < (s->device ? p->regions : p->regions_ram) &&
        s->region->base <= s->lo) {
        s->rp = s->lo - s->region->base;
        pages = region_pages(s->region) - s->rp;
    }
    if (pages < s->pages)
        return ut_pmm_fail_(fault, UT_ERANGE, bytes, pages << UT_PAGE_BITS,
                            (s->lo + pages) << UT_PAGE_BITS, 0);
    taken = ut_pmm_taken_(p, s->region, s->rp, s->pages);
    if (taken != s->rp + s->pages)
        return ut_pmm_busy_(p, s->region, taken, false, bytes, fault);
    return UT_OK;
}

/* Why nothing was found; the largest block that there is costs more steps, so
 * only for those who ask. */
static ut_err_t explain(const struct ut_pmm *p, struct shape *s, uint64_t bytes,
                        struct ut_fault *fault)
{
    uint64_t pages_free = p->pages_free[s->device];
    struct window w;

    if (!set_window(p, s, &w))
        return ut_pmm_fail_(fault, UT_ERANGE, bytes, 0, s->lo << UT_PAGE_BITS,
                            0);
    if (pages_free < s->pages)
        return ut_pmm_fail_(fault, UT_ENOMEM, bytes, pages_free << UT_PAGE_BITS,
                            0, 0);
    while (fault && s->order > 0) {
        s->order--;
        if (search(p, s))
            return ut_pmm_fail_(fault, UT_EFRAG, bytes,
                                (uint64_t)1 << (s->order + UT_PAGE_BITS),
                                (s->region->base + s->rp) << UT_PAGE_BITS, 0);
    }
    return ut_pmm_fail_(fault, UT_EFRAG, bytes, 0, 0, 0);
}

/* take: or only say where it would be. */
static ut_err_t alloc(struct ut_pmm *p, const struct ut_req *req,
                      ut_owner_t owner, bool take, struct ut_blk *blk,
                      struct ut_fault *fault)
{
    struct shape s;
    ut_err_t err = shape(req, &s, fault);

    if (err)
        return err;
    if (s.limited && is_exact(req)) {
        err = look_exactly(p, req, &s, fault);
        if (err)
            return err;
    } else if (!search(p, &s)) {
        return explain(p, &s, (uint64_t)req->count << req->size_bits, fault);
    }
    if (take)
        ut_pmm_take_(p, s.region, s.rp, s.pages, owner, s.cls);
    blk->paddr = (s.region->base + s.rp) << UT_PAGE_BITS;
    blk->count = req->count;
    blk->size_bits = req->size_bits;
    return UT_OK;
}

ut_err_t ut_pmm_find(const struct ut_pmm *p, const struct ut_req *req,
                     ut_owner_t owner, struct ut_blk *blk,
                     struct ut_fault *fault)
{
    /* Nothing is written when nothing is taken. */
    return alloc((struct ut_pmm *)(uintptr_t)p, req, owner, false, blk, fault);
}

ut_err_t ut_pmm_alloc(struct ut_pmm *p, const struct ut_req *req,
                      ut_owner_t owner, struct ut_blk *blk,
                      struct ut_fault *fault)
{
    return alloc(p, req, owner, true, blk, fault);
}

ut_err_t ut_pmm_alloc_at(struct ut_pmm *p, const struct ut_blk *blk,
                         ut_owner_t owner, uint16_t cls, struct ut_fault *fault)
{
    uint64_t page = blk->paddr >> UT_PAGE_BITS;
    const struct ut_pmm_region *r = ut_pmm_region_(p, page);
    struct ut_req req = {.size_bits = blk->size_bits,
                         .flags = r && r->device ? UT_DEVICE : 0,
                         .count = blk->count,
                         .min = blk->paddr,
                         .max = blk->paddr - 1 +
                                ((uint64_t)blk->count << blk->size_bits % 64),
                         .cls = cls};
    struct ut_blk same;

    if (req.max < req.min)
        return ut_pmm_fail_(fault, UT_ERANGE, blk->count, 0, blk->paddr, 0);
    return ut_pmm_alloc(p, &req, owner, &same, fault);
}
