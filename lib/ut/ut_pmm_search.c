/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

/* In one level: the nodes that lie wholly in the range, first..stop-1, and
 * what the range has of the nodes before and behind them. */
struct edge {
    uint32_t node;
    uint16_t lo, hi; /* units; lo > hi: there is no such edge */
};

struct search {
    const struct ut_pmm *p;
    const struct ut_pmm_shape *s;
    const struct ut_pmm_region *region_lo, *region_hi; /* of the range's ends */
    unsigned level, order; /* now searched: 2^order units of the level */
    uint32_t first, stop;
    struct edge edge[2]; /* low, high */
    uint32_t node;       /* what was found */
    unsigned unit;
};

/* The range, both ends rounded to blocks of the order that is searched. */
static void cut_window(struct search *q)
{
    const struct ut_pmm_region *a = q->region_lo, *b = q->region_hi;
    unsigned shift = NODE_BITS * q->level + q->order, lo_unit = 0;
    unsigned hi_unit = NODE_UNITS - 1;
    uint64_t lo = 0, end = region_pages(b);

    if (q->s->lo > a->base)
        lo = (((q->s->lo - a->base - 1) >> shift) + 1) << shift;
    if (q->s->hi - b->base < end)
        end = q->s->hi - b->base + 1;
    end = end >> shift << shift;
    q->first = a->first[q->level];
    q->stop = b->first[q->level];
    if (q->level <= a->top) {
        q->first = node_of(a, q->level, lo);
        lo_unit = unit_of(q->level, lo);
    }
    if (end && q->level <= b->top) {
        q->stop = node_of(b, q->level, end - 1) + 1;
        if (end < region_pages(b))
            hi_unit = unit_of(q->level, end - 1);
    }
    q->edge[0].lo = q->edge[1].lo = 1;
    q->edge[0].hi = q->edge[1].hi = 0;
    if (q->first + 1 == q->stop && (lo_unit || hi_unit != NODE_UNITS - 1)) {
        q->edge[0] =
            (struct edge){q->first++, (uint16_t)lo_unit, (uint16_t)hi_unit};
        return;
    }
    if (q->first < q->stop && lo_unit)
        q->edge[0] =
            (struct edge){q->first++, (uint16_t)lo_unit, NODE_UNITS - 1};
    if (q->first < q->stop && hi_unit != NODE_UNITS - 1)
        q->edge[1] = (struct edge){--q->stop, 0, (uint16_t)hi_unit};
}

static void set_window(struct search *q, unsigned level, unsigned order)
{
    q->level = level;
    q->order = order;
    if (q->s->limited)
        cut_window(q);
}

static bool found(struct search *q, uint32_t node, int unit)
{
    q->node = node;
    q->unit = (unsigned)unit;
    return unit >= 0;
}

/* A run in this node, which is split, between two of its units. */
static bool look_node(struct search *q, uint32_t i, unsigned lo, unsigned hi)
{
    return found(q, i,
                 ut_pmm_node_find_(node_at(q->p, q->level, i), q->order, lo, hi,
                                   q->s->high));
}

static bool look_edge_split(struct search *q, const struct edge *e,
                            unsigned set)
{
    const struct ut_pmm_node *n = node_at(q->p, q->level, e->node);

    return e->lo <= e->hi && n->indexed >= (int)q->order && n->set == set &&
           look_node(q, e->node, e->lo, e->hi);
}

/* An edge that is free as a whole: above it, a unit around it is. */
static bool look_edge_whole(struct search *q, const struct edge *e)
{
    const struct ut_pmm_node *n = node_at(q->p, q->level, e->node);
    const struct ut_pmm_region *r = &q->p->region[n->region];
    unsigned level, unit;
    uint64_t rp;

    if (e->lo > e->hi || n->flags & NODE_SPLIT)
        return false;
    rp = page_of(r, q->level, e->node, 0);
    level = ut_pmm_level_(q->p, r, rp);
    unit = unit_of(level, rp);
    n = node_at(q->p, level, node_of(r, level, rp));
    if (n->used[unit / 64] >> unit % 64 & 1)
        return false;
    return found(q, e->node, q->s->high ? e->hi + 1 - (1 << q->order) : e->lo);
}

static bool look_index(struct search *q, unsigned set)
{
    uint32_t i = UINT32_MAX;

    if (q->first < q->stop)
        i = ut_pmm_index_find_(q->p, q->level, set, q->order, q->first,
                               q->stop - 1, q->s->high);
    return i != UINT32_MAX && look_node(q, i, 0, NODE_UNITS - 1);
}

/* What is split already, nodes of one set only. */
static bool look_set(struct search *q, unsigned set)
{
    bool high = q->s->high;
    uint32_t i;

    if (!q->s->limited) {
        i = ut_pmm_index_any_(q->p, q->level, set, q->order, high);
        return i != UINT32_MAX && look_node(q, i, 0, NODE_UNITS - 1);
    }
    if (look_edge_split(q, &q->edge[high], set))
        return true;
    if (look_index(q, set))
        return true;
    return look_edge_split(q, &q->edge[!high], set);
}

/* Larger and larger free units, to be split. */
static bool look_up(struct search *q, unsigned level, unsigned order)
{
    bool high = q->s->high, limited = q->s->limited;

    if (limited && look_edge_whole(q, &q->edge[high]))
        return true;
    for (unsigned l = level + 1; l < q->p->levels; l++) {
        set_window(q, l, 0);
        if (look_set(q, q->s->device) ||
            (limited && look_edge_whole(q, &q->edge[high])))
            return true;
    }
    for (unsigned l = level; limited && l < q->p->levels; l++) {
        set_window(q, l, l == level ? order : 0);
        if (look_edge_whole(q, &q->edge[!high]))
            return true;
    }
    return false;
}

/* Nodes that lie wholly in a range: of the set, or larger free units; chunks
 * of other classes. */
static bool look_inside(struct search *q, unsigned level, unsigned order,
                        unsigned set)
{
    if (!q->s->limited)
        return false;
    for (unsigned l = level; l < q->p->levels; l++) {
        set_window(q, l, l == level ? order : 0);
        if (look_index(q, set))
            return true;
        set = q->s->device;
    }
    if (level > 0 || q->s->device)
        return false;
    set_window(q, 0, order);
    for (set = 0; set < UT_CLASSES; set++)
        if (look_index(q, set))
            return true;
    return false;
}

/* Chunks that are nobody's: with pools, regions below a chunk's size. */
static bool look_all_classes(struct search *q, unsigned order)
{
    if (q->s->device && !q->p->pools)
        return false;
    set_window(q, 0, order);
    if (q->s->device)
        return look_set(q, SET_DEVICE);
    for (unsigned c = 0; c < UT_CLASSES; c++)
        if (look_set(q, c))
            return true;
    return false;
}

/* The owner's own chunks: the least that suffices. */
static bool look_pool(struct search *q)
{
    const struct ut_pmm_pool *pool = &q->p->pools[q->s->use.owner];

    for (unsigned place = q->order + 1; place < 11; place++)
        for (uint32_t i = pool->first[place]; i;) {
            const struct ut_pmm_node *n = node_at(q->p, 0, i - 1);
            const struct ut_pmm_region *r = &q->p->region[n->region];
            uint64_t base = r->base + page_of(r, 0, i - 1, 0);
            uint64_t mask = ((uint64_t)1 << q->order) - 1, lo = 0;
            uint64_t hi = NODE_UNITS - 1;

            if (q->s->lo > base)
                lo = (q->s->lo - base + mask) & ~mask;
            if (q->s->hi - base < hi)
                hi = ((q->s->hi - base + 1) & ~mask) - 1;
            if (r->device == q->s->device && q->s->hi >= base &&
                lo < NODE_UNITS && hi < NODE_UNITS && lo <= hi &&
                look_node(q, i - 1, (unsigned)lo, (unsigned)hi))
                return true;
            i = n->next;
        }
    return false;
}

bool ut_pmm_search_(const struct ut_pmm *p, const struct ut_pmm_shape *s,
                    const struct ut_pmm_region **r, uint64_t *rp)
{
    unsigned level = s->order / NODE_BITS, order = s->order % NODE_BITS;
    struct search q = {.p = p, .s = s};
    bool pools = p->pools && level == 0, is_found;
    unsigned set =
        s->device ? (level ? 1 : SET_DEVICE) : (level ? 0 : s->use.cls);

    if (level >= p->levels)
        return false;
    if (s->limited) {
        uint32_t lo = ut_pmm_region_from_(p, s->lo, s->device);
        uint32_t hi = ut_pmm_region_from_(p, s->hi, s->device);
        uint32_t end = s->device ? p->regions : p->regions_ram;

        /* hi: the last that does not begin behind the range. */
        if (hi == end || p->region[hi].base > s->hi) {
            if (hi-- == (s->device ? p->regions_ram : 0))
                return false;
        }
        if (lo > hi)
            return false;
        q.region_lo = &p->region[lo];
        q.region_hi = &p->region[hi];
    }
    set_window(&q, level, order);
    is_found = pools ? look_pool(&q) : look_inside(&q, level, order, set);
    if (!is_found && !pools) {
        set_window(&q, level, order);
        is_found = look_set(&q, set);
    }
    if (!is_found)
        is_found = look_up(&q, level, order);
    if (!is_found && level == 0)
        is_found = look_all_classes(&q, order);
    if (!is_found)
        return false;
    *r = &p->region[node_at(p, q.level, q.node)->region];
    *rp = page_of(*r, q.level, q.node, q.unit);
    if (s->high)
        *rp += ((uint64_t)1 << (NODE_BITS * q.level + q.order)) -
               ((uint64_t)1 << s->order);
    return true;
}
