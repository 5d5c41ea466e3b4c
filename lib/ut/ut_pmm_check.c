/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_map.h"

static bool is_split(const struct ut_pmm *p, unsigned l, uint64_t i)
{
    return map_at(p, l, (uint32_t)i)->used != 0;
}

/* What a used unit of a split node is: a split unit, a block, the rest of one,
 * or what is behind a region. */
static const char *check_units(const struct ut_pmm *p,
                               const struct ut_pmm_region *r, unsigned l,
                               uint32_t i)
{
    const struct ut_pmm_map *map = map_at(p, l, i);
    uint64_t node = (uint64_t)(i - r->first[l]) << NODE_BITS;

    for (unsigned unit = 0; unit < NODE_UNITS; unit++) {
        uint64_t rp = (node | unit) << (NODE_BITS * l);
        bool used = map->used >> unit & 1, start = map->start >> unit & 1;
        struct ut_pmm_span before;

        if (rp >= region_pages(r)) {
            if (!used || !start)
                return "what is behind a region is not closed";
        } else if (l > 0 &&
                   is_split(p, l - 1, r->first[l - 1] + (node | unit))) {
            if (!used || !start)
                return "a split unit is not marked used and start";
        } else if (used && !start) {
            if (rp)
                ut_pmm_span_(p, r, rp - 1, &before);
            if (!rp || !before.used)
                return "a block goes on where none was before";
        }
    }
    return NULL;
}

/* A node is in the bitmap of its set and order, and in no other. */
static const char *check_index(const struct ut_pmm *p, unsigned l, uint32_t i)
{
    const struct ut_pmm_head *head = head_at(p, l, i);

    for (unsigned set = 0; set < p->sets; set++)
        for (unsigned k = 0; k < ORDERS; k++) {
            uint64_t word = words_at(p, l, set)[i / 64 * ORDERS + k];

            if ((word >> i % 64 & 1) !=
                (set == head->set && (int)k == head->order))
                return "the index disagrees with a node";
        }
    return NULL;
}

static const char *check_node(const struct ut_pmm *p,
                              const struct ut_pmm_region *r, unsigned l,
                              uint32_t i)
{
    const struct ut_pmm_map *map = map_at(p, l, i);
    const struct ut_pmm_head *head = head_at(p, l, i);
    unsigned sets = l < CLASS_LEVELS ? UT_CLASSES : 1;

    if (p->region + head->region != r)
        return "a node is not its region's";
    if (r->device ? head->set != SET_DEVICE : head->set >= sets)
        return "a node's set is not one of its level";
    if (map->start & ~map->used)
        return "a block begins in a unit that is free";
    if (head->order != (map->used ? ut_pmm_largest_(map->used) : -1))
        return "a node's longest free run is not what it says";
    if (map->used && l < r->order / NODE_BITS &&
        !is_split(p, l + 1, r->first[l + 1] + (i - r->first[l]) / NODE_UNITS))
        return "a split node is in one that is not";
    if (!map->used && l == r->order / NODE_BITS)
        return "a topmost node is not split";
    return map->used ? check_units(p, r, l, i) : NULL;
}

/* Above the lowest depth, a bit says whether the word below has any. */
static const char *check_sums(const struct ut_pmm *p, unsigned l, unsigned set)
{
    const struct ut_pmm_level *level = &p->level[l];
    const uint64_t *words = words_at(p, l, set);

    for (unsigned k = 0; k < ORDERS; k++) {
        uint64_t any = 0;

        for (unsigned d = 1; d < level->depth; d++)
            for (uint32_t w = 0;
                 w < (level->offset[d] - level->offset[d - 1]) / ORDERS; w++) {
                uint64_t below = words[level->offset[d - 1] + w * ORDERS + k];
                uint64_t here = words[level->offset[d] + w / 64 * ORDERS + k];

                if ((here >> w % 64 & 1) != (below != 0))
                    return "an index word is not summed up above it";
            }
        for (unsigned w = 1; w <= level->top; w++)
            any |= words[level->words - w * ORDERS + k];
        if ((any != 0) != (p->orders[set] >> (NODE_BITS * l + k) & 1))
            return "a bitmap is empty, or is not, other than is said";
    }
    return NULL;
}

const char *ut_pmm_check(const struct ut_pmm *p)
{
    uint64_t pages_free[2] = {0, 0};
    const char *wrong = p->magic == UT_PMM_MAGIC ? NULL : "not a map";

    for (unsigned l = 0; !wrong && l < p->levels; l++) {
        for (uint32_t i = 0; !wrong && i < p->level[l].count; i++) {
            const struct ut_pmm_region *r =
                &p->region[head_at(p, l, i)->region];
            uint64_t used = map_at(p, l, i)->used;

            wrong = check_node(p, r, l, i);
            if (!wrong)
                wrong = check_index(p, l, i);
            if (used)
                pages_free[r->device] += (uint64_t)__builtin_popcountll(~used)
                                         << (NODE_BITS * l);
        }
        for (unsigned set = 0; !wrong && set < p->sets; set++)
            wrong = check_sums(p, l, set);
    }
    if (!wrong && (pages_free[0] != p->pages_free[0] ||
                   pages_free[1] != p->pages_free[1]))
        wrong = "the sum of what is free is wrong";
    return wrong;
}
