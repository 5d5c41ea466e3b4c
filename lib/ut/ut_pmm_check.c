/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

static bool bit_of(const uint64_t *map, unsigned bit)
{
    return map[bit / 64] >> bit % 64 & 1;
}

/* A node that is not looked at is empty. */
static const char *check_unsplit(const struct ut_pmm_node *n)
{
    for (unsigned w = 0; w < NODE_WORDS; w++)
        if (n->used[w] | n->start[w])
            return "a node that is not split has something in it";
    if (n->units != NODE_UNITS || n->free != NODE_UNITS)
        return "a node that is not split has not all units free";
    if (n->mode || n->owner || n->listed || n->flags || n->indexed != -1)
        return "a node that is not split has a mode, an owner or a place";
    return NULL;
}

static const char *check_head(const struct ut_pmm_node *n, unsigned l)
{
    unsigned free = 0;
    uint32_t runs = 0;
    int want;

    for (unsigned w = 0; w < NODE_WORDS; w++) {
        free += 64 - (unsigned)__builtin_popcountll(n->used[w]);
        runs |= ut_pmm_word_run_(n->used[w]) << w * 4;
        if (n->start[w] & ~n->used[w])
            return "a block begins in a unit that is free";
    }
    want = ut_pmm_largest_(runs);
    if (free != n->free || runs != n->runs || want != n->largest)
        return "a head disagrees with its map";
    if (want > 8)
        want = 8;
    if (n->indexed != (n->owner ? -1 : want))
        return "a node is not indexed by its longest free run";
    if (l > 0 && (n->owner || n->mode || n->flags & NODE_HELD))
        return "a node above the chunks has what only chunks have";
    if (n->set > (l ? 1 : SET_DEVICE))
        return "a node's set is out of range";
    return NULL;
}

/* What a used unit without a start continues. */
static const char *check_units(const struct ut_pmm *p,
                               const struct ut_pmm_region *r, unsigned l,
                               uint32_t i)
{
    const struct ut_pmm_node *n = node_at(p, l, i);

    for (unsigned unit = 0; unit < n->units; unit++) {
        uint64_t rp = page_of(r, l, i, unit), end;
        unsigned level;
        bool split = false, used = bit_of(n->used, unit);
        bool start = bit_of(n->start, unit);

        if (l > 0)
            split =
                node_at(p, l - 1, node_of(r, l - 1, rp))->flags & NODE_SPLIT;
        if (split && !(used && start))
            return "a split unit is not marked used and start";
        if (used && !start &&
            (rp == 0 ||
             ut_pmm_extent_(p, r, rp - 1, &level, &end) == PAGE_FREE))
            return "a block goes on where none was before";
    }
    for (unsigned unit = n->units; unit < NODE_UNITS; unit++)
        if (!bit_of(n->used, unit) ||
            bit_of(n->start, unit) != (unit == n->units))
            return "what is behind a region is not closed";
    return NULL;
}

/* A node is in the bitmap of its set and order, and in no other. */
static const char *check_index(const struct ut_pmm *p, unsigned l, uint32_t i)
{
    const struct ut_pmm_node *n = node_at(p, l, i);

    for (unsigned set = 0; set < (l ? 2 : SETS); set++)
        for (unsigned k = 0; k < ORDERS; k++) {
            uint64_t word = ut_pmm_words_(p, l, set)[i / 64 * ORDERS + k];
            bool want = set == n->set && (int)k == n->indexed;

            if (l == 0 && set == SET_HELD)
                want = k == 0 && n->flags & NODE_HELD;
            if ((word >> i % 64 & 1) != want)
                return "the index disagrees with a node";
        }
    return NULL;
}

static const char *check_chunk(const struct ut_pmm *p,
                               const struct ut_pmm_node *n)
{
    bool is_free = n->free == n->units;
    unsigned place = 0;

    if (is_free && !n->mode && n->owner)
        return "a free chunk has an owner";
    if (((n->flags & NODE_HELD) != 0) != (is_free && n->mode))
        return "a chunk with a mode is not held when it is free";
    if (n->owner && (!p->pools || n->owner >= p->pool_count))
        return "a private chunk's owner has no pool";
    if (n->owner)
        place = is_free ? 11 : (unsigned)(n->largest + 2);
    if (n->listed != place)
        return "a chunk is in the wrong list of its pool";
    return NULL;
}

static const char *check_node(const struct ut_pmm *p,
                              const struct ut_pmm_region *r, unsigned l,
                              uint32_t i)
{
    const struct ut_pmm_node *n = node_at(p, l, i), *above;
    const char *wrong;

    if (p->region + n->region != r)
        return "a node is not its region's";
    wrong = check_index(p, l, i);
    if (wrong)
        return wrong;
    if (l == 0 && (wrong = check_chunk(p, n)))
        return wrong;
    if (!(n->flags & NODE_SPLIT))
        return l == r->top ? "a topmost node is not split" : check_unsplit(n);
    wrong = check_head(n, l);
    if (wrong)
        return wrong;
    if (l < r->top) {
        if (n->free == NODE_UNITS && !n->mode)
            return "a node is split without need";
        above = node_at(p, l + 1, node_of(r, l + 1, page_of(r, l, i, 0)));
        if (!(above->flags & NODE_SPLIT))
            return "a split node is in one that is not";
    }
    return check_units(p, r, l, i);
}

/* Above the lowest depth, a bit says whether the word below has any. */
static const char *check_sums(const struct ut_pmm *p, unsigned l, unsigned set)
{
    const struct ut_pmm_level *level = &p->level[l];
    const uint64_t *words = ut_pmm_words_(p, l, set);

    for (unsigned k = 0; k < ORDERS; k++) {
        for (unsigned d = 1; d < level->depth; d++)
            for (uint32_t w = 0; w < level->present[d - 1]; w++) {
                uint64_t below = words[(level->offset[d - 1] + w) * ORDERS + k];
                uint64_t here = words[(level->offset[d] + w / 64) * ORDERS + k];

                if ((here >> w % 64 & 1) != (below != 0))
                    return "an index word is not summed up above it";
            }
        if ((words[(level->words - 1) * ORDERS + k] != 0) !=
            (level->orders[set] >> k & 1))
            return "a bitmap is empty, or is not, other than is said";
    }
    return NULL;
}

/* Every list: linked both ways, of its owner, and as long as it says. */
static const char *check_pools(const struct ut_pmm *p)
{
    uint32_t listed = 0, counted = 0;

    for (uint32_t i = 0; i < p->level[0].count; i++)
        listed += node_at(p, 0, i)->listed != 0;
    for (uint32_t o = 0; p->pools && o < p->pool_count; o++) {
        uint32_t chunks = 0;

        for (unsigned place = 0; place < 11; place++)
            for (uint32_t i = p->pools[o].first[place], before = 0; i;) {
                const struct ut_pmm_node *n = node_at(p, 0, i - 1);

                if (n->owner != o || n->prev != before ||
                    n->listed != place + 1 || ++chunks > p->level[0].count)
                    return "a list of a pool is broken";
                before = i;
                i = n->next;
            }
        if (chunks != p->pools[o].chunks)
            return "a pool counts its chunks wrongly";
        counted += chunks;
    }
    return counted == listed ? NULL : "a private chunk is in no list";
}

const char *ut_pmm_check(const struct ut_pmm *p)
{
    uint64_t pages_free[2] = {0, 0};

    if (p->magic != UT_PMM_MAGIC)
        return "not a map";
    for (uint32_t number = 0; number < p->regions; number++) {
        const struct ut_pmm_region *r = &p->region[number];

        for (unsigned l = 0; l <= r->top; l++)
            for (uint32_t i = 0; i < region_nodes(r, l); i++) {
                const struct ut_pmm_node *n = node_at(p, l, r->first[l] + i);
                const char *wrong = check_node(p, r, l, r->first[l] + i);

                if (wrong)
                    return wrong;
                if (n->flags & NODE_SPLIT)
                    pages_free[r->device] += (uint64_t)n->free
                                             << (NODE_BITS * l);
            }
    }
    if (pages_free[0] != p->pages_free[0] || pages_free[1] != p->pages_free[1])
        return "the sum of what is free is wrong";
    for (unsigned l = 0; l < p->levels; l++)
        for (unsigned set = 0; set < (l ? 2 : SETS); set++) {
            const char *wrong = check_sums(p, l, set);

            if (wrong)
                return wrong;
        }
    return check_pools(p);
}
