/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

static void describe(const struct ut_pmm *p, uint32_t i,
                     struct ut_pmm_chunk *chunk)
{
    const struct ut_pmm_node *n = node_at(p, 0, i);
    const struct ut_pmm_region *r = &p->region[n->region];
    uint64_t rp = page_of(r, 0, i, 0), end;
    unsigned level;

    chunk->base = (r->base + rp) << UT_PAGE_BITS;
    chunk->pages = n->units;
    chunk->free_pages = n->free;
    chunk->data = n->data;
    chunk->region = r->number;
    chunk->owner = n->owner;
    chunk->mode = n->mode;
    chunk->cls = n->set < UT_CLASSES ? n->set : 0;
    chunk->order = n->largest;
    chunk->is_split = n->flags & NODE_SPLIT;
    chunk->is_free = n->free == n->units;
    chunk->is_device = r->device;
    if (!chunk->is_split &&
        ut_pmm_extent_(p, r, rp, &level, &end) != PAGE_FREE) {
        chunk->free_pages = 0;
        chunk->order = -1;
        chunk->is_free = false;
    }
}

bool ut_pmm_chunk_get(const struct ut_pmm *p, uint64_t paddr,
                      struct ut_pmm_chunk *chunk)
{
    uint64_t page = paddr >> UT_PAGE_BITS;
    const struct ut_pmm_region *r = ut_pmm_region_(p, page);

    if (!r)
        return false;
    describe(p, node_of(r, 0, page - r->base), chunk);
    return true;
}

ut_err_t ut_pmm_chunk_set(struct ut_pmm *p, uint64_t paddr, uint8_t mode,
                          uint32_t data, ut_owner_t owner)
{
    uint64_t page = paddr >> UT_PAGE_BITS, rp;
    const struct ut_pmm_region *r = ut_pmm_region_(p, page);
    struct ut_pmm_chunk chunk;
    struct ut_pmm_node *n;
    struct ut_pmm_use use;

    if (!r)
        return UT_ERANGE;
    rp = (page - r->base) & ~(uint64_t)(NODE_UNITS - 1);
    n = node_at(p, 0, node_of(r, 0, rp));
    describe(p, node_of(r, 0, rp), &chunk);
    if (!chunk.is_split && !chunk.is_free)
        return mode ? UT_EBUSY : UT_OK;
    if (p->pools && (owner == UT_OWNER_NONE || owner >= p->pool_count))
        owner = UT_OWNER_NONE;
    n->data = mode ? data : 0;
    n->mode = mode;
    use.owner = owner;
    use.cls = n->set;
    /* Taking, or giving back, nothing does what follows from the mode. */
    if (mode)
        ut_pmm_take_(p, r, 0, rp, 0, false, &use);
    else if (chunk.is_split)
        ut_pmm_give_(p, r, 0, rp, 0);
    return UT_OK;
}

bool ut_pmm_chunk_next_held(const struct ut_pmm *p, uint64_t from,
                            struct ut_pmm_chunk *chunk)
{
    bool found = false;

    for (unsigned device = 0; device < 2; device++) {
        uint32_t i = ut_pmm_region_from_(p, from >> UT_PAGE_BITS, device);
        const struct ut_pmm_region *r = &p->region[i];
        uint32_t stop = p->level[0].count_ram, first;
        struct ut_pmm_chunk other;

        if (device)
            stop = p->level[0].count;
        if (i == (device ? p->regions : p->regions_ram))
            continue;
        first = r->first[0];
        if (from >> UT_PAGE_BITS > r->base)
            first = node_of(
                r, 0, (from >> UT_PAGE_BITS) - r->base + (NODE_UNITS - 1));
        if (first >= stop)
            continue;
        i = ut_pmm_index_find_(p, 0, SET_HELD, 0, first, stop - 1, false);
        if (i == UINT32_MAX)
            continue;
        describe(p, i, &other);
        if (!found || other.base < chunk->base)
            *chunk = other;
        found = true;
    }
    return found;
}

/* All of an aligned block is free, or held and empty. */
static bool is_free_or_held(const struct ut_pmm *p,
                            const struct ut_pmm_region *r, uint64_t rp,
                            uint64_t pages)
{
    for (uint64_t stop = rp + pages; rp < stop;) {
        const struct ut_pmm_node *n = node_at(p, 0, node_of(r, 0, rp));
        unsigned level;
        uint64_t end;

        if (n->flags & NODE_HELD) {
            rp += n->units;
            continue;
        }
        if (ut_pmm_extent_(p, r, rp, &level, &end) != PAGE_FREE)
            return false;
        rp = end;
    }
    return true;
}

ut_err_t ut_pmm_find_held(const struct ut_pmm *p, const struct ut_req *req,
                          struct ut_blk *blk)
{
    struct ut_pmm_shape s;
    struct ut_pmm_chunk chunk;
    uint64_t from = 0;
    ut_err_t err = ut_pmm_shape_(p, req, UT_OWNER_ROOT, &s, NULL);

    while (!err && ut_pmm_chunk_next_held(p, from, &chunk)) {
        const struct ut_pmm_region *r =
            ut_pmm_region_(p, chunk.base >> UT_PAGE_BITS);
        uint64_t size = (uint64_t)1 << s.order, rp;

        rp = ((chunk.base >> UT_PAGE_BITS) - r->base) & ~(size - 1);
        from = chunk.base + ((uint64_t)chunk.pages << UT_PAGE_BITS);
        if (s.order <= r->order && r->device == s.device &&
            r->base + rp >= s.lo && r->base + rp + (s.pages - 1) <= s.hi) {
            if (is_free_or_held(p, r, rp, size)) {
                *blk = (struct ut_blk){(r->base + rp) << UT_PAGE_BITS,
                                       req->count, req->size_bits};
                return UT_OK;
            }
            from = (r->base + rp + size) << UT_PAGE_BITS;
        }
        if (from == 0)
            break;
    }
    return err ? err : UT_EFRAG;
}

void ut_pmm_set_pools(struct ut_pmm *p, struct ut_pmm_pool *pools,
                      uint32_t count)
{
    p->pools = pools;
    p->pool_count = count;
}
