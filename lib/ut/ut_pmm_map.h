/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside layer 2: how the map lies in memory, and what its files share.
 *
 *   +--------+---------+--------+--------+-----+--------+--------+-----+------+
 *   | ut_pmm | regions | nodes, | nodes, | ... | index, | index, | ... | tags |
 *   |        | RAM 1st | lev. 0 | lev. 1 |     | lev. 0 | lev. 1 |     |      |
 *   +--------+---------+--------+--------+-----+--------+--------+-----+------+
 *
 * A node is named by its level and its number there; the nodes of a region
 * follow each other, so that those of RAM, in the order of addresses, come
 * before those of devices.  A page is named by its region and its number in it
 * (`rp'): regions are aligned to their size, so alignment is the same in both.
 *
 * In a node of a level above 0 a split unit is marked used and start: so used
 * without start is always the rest of a block that began before it.  Units
 * behind the end of a region, in its topmost node, look like one block.
 */
#ifndef UT_PMM_MAP_H
#define UT_PMM_MAP_H
#include "ut_pmm.h"

#define LEVELS     6u /* 512^6 pages are more than 2^52 */
#define NODE_BITS  9u /* 512 units a node */
#define NODE_UNITS 512u
#define NODE_WORDS 8u
#define ORDERS     9u /* of runs inside a node: 0..8 */
#define DEPTHS     6u /* 64^6 nodes */

/* Sets of nodes that are searched apart.  In level 0: the classes, and: */
#define SET_DEVICE UT_CLASSES        /* chunks of devices, of whatever class */
#define SET_HELD   (UT_CLASSES + 1u) /* held and wholly free */
#define SETS       (UT_CLASSES + 2u)
/* In the levels above: 0 is RAM, 1 devices. */

struct ut_pmm_node {
    uint64_t used[NODE_WORDS];
    uint64_t start[NODE_WORDS];
    uint32_t runs; /* 4 bits a word: 1 + order of its longest free run; 0 */
    uint32_t region;
    uint32_t next, prev; /* 1 + number in the pool's list, 0 is none */
    uint32_t data;
    uint16_t free;  /* units */
    uint16_t units; /* that are managed */
    ut_owner_t owner;
    uint8_t set;
    uint8_t mode;
    int8_t largest; /* order of the longest free run; -1: none */
    int8_t indexed; /* in its set's bitmap of this order; -1: in none */
    uint8_t listed; /* 1 + order of the pool's list that it is in; 0 */
    uint8_t flags;
};

enum {
    NODE_SPLIT = 1,
    NODE_HELD = 2, /* in SET_HELD */
};

struct ut_pmm_region {
    uint64_t base;          /* page number */
    uint64_t tags;          /* number of the first page's tag */
    uint32_t first[LEVELS]; /* number of its first node in each level */
    uint32_t number;        /* in the caller's list */
    uint8_t order;          /* 2^order pages */
    uint8_t top;            /* topmost level; first[] of levels above: where
                             * its nodes would be */
    uint8_t device;
};

struct ut_pmm_level {
    uint64_t nodes, index; /* offsets from the map's start, bytes */
    uint32_t count;
    uint32_t count_ram;
    uint32_t words;           /* of one bitmap, all depths */
    uint16_t orders[SETS];    /* bit k: the bitmap of order k is not empty */
    uint32_t depth;           /* 64-way steps */
    uint32_t offset[DEPTHS];  /* of a depth's first word */
    uint32_t present[DEPTHS]; /* its words */
};

struct ut_pmm {
    uint32_t magic;
    uint16_t levels;
    uint16_t flags; /* enum ut_pmm_flag */
    uint32_t regions;
    uint32_t regions_ram;
    uint64_t bytes, tags; /* of all; offset of the tags */
    uint64_t pages[2], pages_free[2];
    uint32_t pool_count;
    struct ut_pmm_pool *pools;
    struct ut_pmm_level level[LEVELS];
    struct ut_pmm_region region[];
};

#define UT_PMM_MAGIC 0x75747032u

static inline struct ut_pmm_node *node_at(const struct ut_pmm *p, unsigned l,
                                          uint32_t i)
{
    return (struct ut_pmm_node *)((uintptr_t)p + p->level[l].nodes) + i;
}

static inline uint16_t *tag_at(const struct ut_pmm *p, uint64_t tag)
{
    return (uint16_t *)((uintptr_t)p + p->tags) + tag;
}

static inline uint64_t region_pages(const struct ut_pmm_region *r)
{
    return (uint64_t)1 << r->order;
}

/* Nodes that the region has in level l. */
static inline uint32_t region_nodes(const struct ut_pmm_region *r, unsigned l)
{
    unsigned bits = NODE_BITS * (l + 1);

    if (l > r->top)
        return 0;
    return r->order <= bits ? 1 : (uint32_t)1 << (r->order - bits);
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

/* The first page of a node's unit; unit 512 is what follows the node. */
static inline uint64_t page_of(const struct ut_pmm_region *r, unsigned l,
                               uint32_t i, unsigned unit)
{
    return (((uint64_t)(i - r->first[l]) << NODE_BITS) + unit)
           << (NODE_BITS * l);
}

/* Bits lo..hi, hi at most 63. */
static inline uint64_t bits_between(unsigned lo, unsigned hi)
{
    return ~(uint64_t)0 << lo & ~(uint64_t)0 >> (63 - hi);
}

/* What a chunk is taken for. */
struct ut_pmm_use {
    ut_owner_t owner;
    uint8_t cls;
};

/* A request in pages. */
struct ut_pmm_shape {
    uint64_t pages;
    uint64_t lo, hi; /* page numbers, inclusive */
    struct ut_pmm_use use;
    uint8_t order; /* of the free block that is searched */
    bool device;
    bool high;    /* from the highest address down */
    bool limited; /* lo, hi are not everything */
};

/* ---- ut_pmm_index.c ---- */

/* Words of one set: [depth, word][order]. */
uint64_t *ut_pmm_words_(const struct ut_pmm *p, unsigned l, unsigned set);
/* The node joins or leaves the set's bitmap of this order. */
void ut_pmm_index_join_(struct ut_pmm *p, unsigned l, unsigned set,
                        uint32_t node, unsigned order);
void ut_pmm_index_leave_(struct ut_pmm *p, unsigned l, unsigned set,
                         uint32_t node, unsigned order);
/* Of the nodes of the lowest order that is at least this one and has any: the
 * first, or the last (high); UINT32_MAX: none. */
uint32_t ut_pmm_index_any_(const struct ut_pmm *p, unsigned l, unsigned set,
                           unsigned order, bool high);
/* The first, or last, node in first..last of whatever order from this one on;
 * UINT32_MAX: none. */
uint32_t ut_pmm_index_find_(const struct ut_pmm *p, unsigned l, unsigned set,
                            unsigned order, uint32_t first, uint32_t last,
                            bool high);

/* ---- ut_pmm_node.c ---- */

/* Units bit..bit+n-1 of a node, all free (used): become used (free), and what
 * follows from it in the nodes above, lists and index.  n may be 0. */
void ut_pmm_take_(struct ut_pmm *p, const struct ut_pmm_region *r, unsigned l,
                  uint64_t rp, unsigned n, bool start,
                  const struct ut_pmm_use *use);
void ut_pmm_give_(struct ut_pmm *p, const struct ut_pmm_region *r, unsigned l,
                  uint64_t rp, unsigned n);
/* A free run of 2^order units that lies in lo..hi; -1: none. */
int ut_pmm_node_find_(const struct ut_pmm_node *n, unsigned order, unsigned lo,
                      unsigned hi, bool high);
/* runs and largest, from the maps. */
unsigned ut_pmm_word_run_(uint64_t used);
int ut_pmm_largest_(uint32_t runs);

/* ---- ut_pmm_search.c ---- */

/* The free block that the shape asks for; false: none. */
bool ut_pmm_search_(const struct ut_pmm *p, const struct ut_pmm_shape *s,
                    const struct ut_pmm_region **r, uint64_t *rp);

/* ---- ut_pmm_area.c ---- */

/* The region that the page is in, or NULL. */
const struct ut_pmm_region *ut_pmm_region_(const struct ut_pmm *p,
                                           uint64_t page);
/* The same of one kind only: the first that does not end before the page; may
 * be one behind the last. */
uint32_t ut_pmm_region_from_(const struct ut_pmm *p, uint64_t page,
                             bool device);
/* The lowest level whose node around the page is split. */
unsigned ut_pmm_level_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                       uint64_t rp);

enum ut_pmm_state { PAGE_FREE, PAGE_START, PAGE_REST };

/* State of a page, and where what is like it ends inside its node. */
enum ut_pmm_state ut_pmm_extent_(const struct ut_pmm *p,
                                 const struct ut_pmm_region *r, uint64_t rp,
                                 unsigned *level, uint64_t *end);
/* Where it ends as a whole: the block, or the free memory. */
uint64_t ut_pmm_follow_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                        uint64_t end, bool is_free);
/* Where the block, or the free memory, begins that the page is in. */
uint64_t ut_pmm_begin_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                       uint64_t rp);

/* Whose block the page is in, or, of a free one, whose chunk. */
ut_owner_t ut_pmm_owner_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                         uint64_t rp);

/* ---- ut_pmm_free.c ---- */

/* ut_pmm_free(), of whatever. */
ut_err_t ut_pmm_free_any_(struct ut_pmm *p, const struct ut_blk *blk,
                          ut_owner_t owner, struct ut_fault *fault);

/* ---- ut_pmm_alloc.c ---- */

/* ut_pmm_alloc(), of whatever. */
ut_err_t ut_pmm_alloc_any_(struct ut_pmm *p, const struct ut_req *req,
                           ut_owner_t owner, struct ut_blk *blk,
                           struct ut_fault *fault);

ut_err_t ut_pmm_fail_(struct ut_fault *fault, ut_err_t err, uint64_t wanted,
                      uint64_t available, uint64_t address, ut_owner_t owner);
/* A request, checked, in pages. */
ut_err_t ut_pmm_shape_(const struct ut_pmm *p, const struct ut_req *req,
                       ut_owner_t owner, struct ut_pmm_shape *s,
                       struct ut_fault *fault);
/* Bytes in pages; 0: none, or too many. */
uint64_t ut_pmm_pages_(uint64_t count, unsigned size_bits);
/* Else *taken is the first of these pages that is not to be had. */
bool ut_pmm_is_free_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                     uint64_t rp, uint64_t pages, ut_owner_t owner,
                     uint64_t *taken);
void ut_pmm_mark_(struct ut_pmm *p, const struct ut_pmm_region *r, uint64_t rp,
                  uint64_t pages, const struct ut_pmm_use *use);
#endif
