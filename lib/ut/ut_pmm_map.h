/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside layer 2: how the map lies in memory, and what its files share.
 *
 *   +--------+---------+--------+-------+--------+--------+-----+------+
 *   | ut_pmm | regions | nodes, | index | nodes, | index  | ... | tags |
 *   |        | RAM 1st | lev. 0 |       | lev. 1 |        |     |      |
 *   +--------+---------+--------+-------+--------+--------+-----+------+
 *
 * A node is named by its level and its number there; the nodes of a region
 * follow each other, so that those of RAM, in the order of addresses, come
 * before those of devices.  A page is named by its region and its number in it
 * (`rp'): regions are aligned to their size, so alignment is the same in both.
 *
 * A split unit is marked used and start: so used without start is always the
 * rest of a block that began before it.  So are the units behind the end of a
 * region, in its topmost node: which is therefore never empty, and always
 * split.
 */
#ifndef UT_PMM_MAP_H
#define UT_PMM_MAP_H
#include "ut_pmm.h"

#define LEVELS     9u /* 64^9 pages are more than 2^52 */
#define NODE_BITS  6u /* 64 units a node */
#define NODE_UNITS 64u
#define ORDERS     6u /* of runs inside a node: 0..5 */
#define DEPTHS     5u /* 64^5 nodes */
#define TOP_WORDS  2u /* at most, of the topmost depth */

/* Sets of nodes that are searched apart: the classes, which levels below
 * CLASS_LEVELS have, above them all RAM is set 0; and devices. */
#define CLASS_LEVELS 2u
#define SET_DEVICE   UT_CLASSES
#define SETS         (UT_CLASSES + 1u)

struct ut_pmm_map {
    uint64_t used, start;
};

struct ut_pmm_head {
    uint16_t region;
    uint8_t set;
    int8_t order; /* of the longest free run, of a split node; -1: none */
};

struct ut_pmm_region {
    uint64_t base;          /* page number */
    uint64_t tags;          /* number of the first page's tag */
    uint32_t first[LEVELS]; /* number of its first node in each level, or, in
                             * levels that it does not have, of the next's */
    uint32_t number;        /* in the caller's list */
    uint8_t order;          /* 2^order pages */
    uint8_t device;
};

struct ut_pmm_level {
    uint64_t maps, heads, index; /* offsets from the map's start, bytes */
    uint32_t count;
    uint32_t words;          /* of one set, all depths and orders */
    uint16_t depth;          /* 64-way steps */
    uint16_t top;            /* words of the topmost */
    uint32_t offset[DEPTHS]; /* of a depth's first word in the set */
};

struct ut_pmm {
    uint32_t magic;
    uint8_t levels;
    uint8_t sets;   /* without devices one less */
    uint16_t flags; /* enum ut_pmm_flag */
    uint32_t regions;
    uint32_t regions_ram;
    uint64_t bytes, tags; /* of all; offset of the tags */
    uint64_t pages[2], pages_free[2];
    /* Bit k: in level k / 6 some node of the set has a run of order k % 6 as
     * its longest, that is, 2^k pages. */
    uint64_t orders[SETS];
    struct ut_pmm_level level[LEVELS];
    struct ut_pmm_region region[];
};

#define UT_PMM_MAGIC 0x75747033u

static inline struct ut_pmm_map *map_at(const struct ut_pmm *p, unsigned l,
                                        uint32_t i)
{
    return (struct ut_pmm_map *)((uintptr_t)p + p->level[l].maps) + i;
}

static inline struct ut_pmm_head *head_at(const struct ut_pmm *p, unsigned l,
                                          uint32_t i)
{
    return (struct ut_pmm_head *)((uintptr_t)p + p->level[l].heads) + i;
}

/* Words of one set: [depth, word][order]. */
static inline uint64_t *words_at(const struct ut_pmm *p, unsigned l,
                                 unsigned set)
{
    return (uint64_t *)((uintptr_t)p + p->level[l].index) +
           (uint64_t)set * p->level[l].words;
}

static inline uint16_t *tag_at(const struct ut_pmm *p, uint64_t tag)
{
    return (uint16_t *)((uintptr_t)p + p->tags) + tag;
}

static inline uint64_t region_pages(const struct ut_pmm_region *r)
{
    return (uint64_t)1 << r->order;
}

static inline uint32_t node_of(const struct ut_pmm_region *r, unsigned l,
                               uint64_t rp)
{
    return r->first[l] + (uint32_t)(rp >> (NODE_BITS * l + NODE_BITS));
}

static inline unsigned unit_of(unsigned l, uint64_t rp)
{
    return (unsigned)(rp >> (NODE_BITS * l)) % NODE_UNITS;
}

/* Bits lo..hi, hi at most 63. */
static inline uint64_t bits_between(unsigned lo, unsigned hi)
{
    return ~(uint64_t)0 << lo & ~(uint64_t)0 >> (63 - hi);
}

/* The lowest level whose node around the page is split. */
static inline unsigned split_level(const struct ut_pmm *p,
                                   const struct ut_pmm_region *r, uint64_t rp)
{
    unsigned l = 0;

    while (!map_at(p, l, node_of(r, l, rp))->used)
        l++;
    return l;
}

/* ---- ut_pmm_index.c ---- */

/* The node's longest free run has this order now, or (-1) it has none or is
 * not split. */
void ut_pmm_index_set_(struct ut_pmm *p, unsigned l, uint32_t i, int order);
/* The first node in from..to, or, going down (high), from to..from, whose
 * longest run has at least this order; UINT32_MAX: none. */
uint32_t ut_pmm_index_find_(const struct ut_pmm *p, unsigned l, unsigned set,
                            unsigned order, uint32_t from, uint32_t to,
                            bool high);
/* The last node of all; there is one. */
uint32_t ut_pmm_index_last_(const struct ut_pmm *p, unsigned l, unsigned set,
                            unsigned order);

/* ---- ut_pmm_node.c ---- */

/* Order of the longest aligned run of zeros, 6 for none but zeros; -1. */
int ut_pmm_largest_(uint64_t used);
/* Bit i: 2^order zeros begin at bit i, a multiple of it. */
uint64_t ut_pmm_runs_(uint64_t used, unsigned order);
/* Pages that are all free become a block, or the rest of one (!start); a
 * block's become free; and what follows from it in the levels above and the
 * index. */
void ut_pmm_take_(struct ut_pmm *p, const struct ut_pmm_region *r, uint64_t rp,
                  uint64_t pages, ut_owner_t owner, unsigned cls);
void ut_pmm_give_(struct ut_pmm *p, const struct ut_pmm_region *r, uint64_t rp,
                  uint64_t pages);
/* The first of these pages that is not free; rp + pages: all are. */
uint64_t ut_pmm_taken_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                       uint64_t rp, uint64_t pages);

/* ---- ut_pmm_span.c ---- */

/* What a node shows of the block, or of the free memory, around a page. */
struct ut_pmm_span {
    uint64_t begin, end;
    bool used;
    bool start; /* the block begins there */
};

/* The region that the page is in, or NULL. */
const struct ut_pmm_region *ut_pmm_region_(const struct ut_pmm *p,
                                           uint64_t page);
/* The same of one kind only: the first that does not end before the page; may
 * be one behind the last. */
uint32_t ut_pmm_region_from_(const struct ut_pmm *p, uint64_t page,
                             bool device);
void ut_pmm_span_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                  uint64_t rp, struct ut_pmm_span *span);
/* Stretches it to the end of the whole, and to its begin. */
void ut_pmm_span_end_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                      struct ut_pmm_span *span);
void ut_pmm_span_begin_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                        struct ut_pmm_span *span);

/* EBUSY at this page: UT_OWNER_NONE if it is free; else whose block it is in,
 * and (whole) where that begins. */
ut_err_t ut_pmm_busy_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                      uint64_t rp, bool whole, uint64_t bytes,
                      struct ut_fault *fault);
ut_err_t ut_pmm_fail_(struct ut_fault *fault, ut_err_t err, uint64_t wanted,
                      uint64_t available, uint64_t address, ut_owner_t owner);
/* Bytes in pages; 0: none, or too many. */
uint64_t ut_pmm_pages_(uint64_t count, unsigned size_bits);
#endif
