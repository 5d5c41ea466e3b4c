/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside layer 2: how the map lies in memory, and what its files share.
 *
 *   +--------+---------+--------+---------------------+-----+------+
 *   | ut_pmm | regions | nodes, | RAM: nodes, index   | ... | tags |
 *   |        | RAM 1st | lev. 0 | of levels 1, 2, ... |     |      |
 *   +--------+---------+--------+---------------------+-----+------+
 *
 * RAM and devices are two kinds of memory, with numbers of their own.  In each
 * the chunks are numbered in the order of addresses, so that a region's first
 * number is a multiple of its length (aligned in the numbers is aligned in
 * memory), and that at least one number between two regions is nobody's, and
 * for ever used (no run of free chunks leaves its region).  A region below a
 * chunk has one number.  Level l has a node for 512^l of these numbers, and
 * its units are 512^(l - 1) of them.  Nodes of level 0, which are the larger
 * part of the map, exist for the regions' chunks only.
 *
 * A page is named by its region and its number in it (`rp').
 */
#ifndef UT_PMM_MAP_H
#define UT_PMM_MAP_H
#include "ut_base.h"
#include "ut_pmm.h"

#define LEVELS     6u /* 512^6 pages are more than 2^52 */
#define PAGE_MASK  (((uint64_t)1 << UT_PAGE_BITS) - 1)
#define NODE_BITS  9u /* 512 units a node */
#define NODE_UNITS 512u
#define NODE_WORDS 8u
#define ORDERS     9u /* of runs inside a node: 0..8 */
#define DEPTHS     6u /* 64^6 members of an index */

/* Calls cost more than what most functions do.  Not where size is asked for. */
#ifdef __OPTIMIZE_SIZE__
#define UT_PMM_HOT
#else
#define UT_PMM_HOT __attribute__((flatten))
#endif

/* Each byte 1; a node that is free as a whole. */
#define EACH      UINT64_C(0x0101010101010101)
#define FREE_RUNS (EACH * 0x7f)

struct ut_pmm_node {
    uint64_t used[NODE_WORDS];
    uint64_t start[NODE_WORDS]; /* levels 0 and 1 */
    uint64_t runs;   /* a byte a word, bit k: 2^k units, aligned, are free */
    uint16_t orders; /* bit k: 2^k units, aligned, are free; k is 0..8 */
    uint8_t cls;     /* level 0, while split */
    uint8_t unused[5];
};

struct ut_pmm_region {
    uint64_t base, last; /* page numbers */
    uint64_t tags;       /* number of the first page's tag */
    uint32_t chunk;      /* number of its first chunk */
    uint32_t node;       /* that one's node of level 0 */
    uint32_t number;     /* in the caller's list */
    uint8_t order;       /* 2^order pages */
    uint8_t device;
};

/* Bitmaps over nodes, and over the words of these bitmaps, and so on, until
 * there is one word: [depth, word][bitmap].  A node is in the bitmaps of its
 * shelf: 0..3, 4..7 or 8, from the lowest up to the order of its longest free
 * run.  So each order is looked for in three bitmaps at most, one a shelf, and
 * in the lowest shelf first: large runs are left alone. */
struct ut_pmm_index {
    uint64_t words;        /* offset from the map's start, bytes */
    uint32_t from[DEPTHS]; /* a depth's first word */
    uint16_t bitmaps;
    uint16_t depths;
};

/* Of level 0: for each order and class one, of chunks that are split, and one
 * of chunks that are free, of which depth 0 is the used maps of level 1, turned
 * over. */
#define FREE_CHUNKS   (UT_CLASSES * ORDERS)
#define CHUNK_BITMAPS (FREE_CHUNKS + 1u)

struct ut_pmm_level {
    struct ut_pmm_index index; /* of its nodes; at level 0, of chunks */
    uint64_t nodes;            /* offset from the map's start, bytes */
    uint32_t count;
};

struct ut_pmm_kind {
    uint64_t pages, pages_free;
    uint32_t first, end; /* its regions */
    uint32_t levels;     /* the topmost has one node */
    struct ut_pmm_level level[LEVELS];
};

struct ut_pmm {
    uint32_t magic;
    uint32_t flags; /* enum ut_pmm_flag */
    uint32_t regions;
    uint64_t chunks, pages; /* of all regions */
    uint64_t bytes, tags;   /* of all; offset of the tags */
    struct ut_pmm_kind kind[2];
    struct ut_pmm_region region[];
};

#define UT_PMM_MAGIC 0x75747033u

/* A node of level 0 has the number that its region counts; above, that of its
 * kind. */
static inline struct ut_pmm_node *
node_at(const struct ut_pmm *p, const struct ut_pmm_level *l, uint32_t i)
{
    return (struct ut_pmm_node *)((uintptr_t)p + l->nodes) + i;
}

static inline uint64_t *words_at(const struct ut_pmm *p,
                                 const struct ut_pmm_index *x, unsigned depth,
                                 uint32_t word)
{
    return (uint64_t *)((uintptr_t)p + x->words) +
           (uint64_t)(x->from[depth] + word) * x->bitmaps;
}

static inline uint16_t *tag_at(const struct ut_pmm *p, uint64_t tag)
{
    return (uint16_t *)((uintptr_t)p + p->tags) + tag;
}

static inline uint64_t region_pages(const struct ut_pmm_region *r)
{
    return (uint64_t)1 << r->order;
}

static inline uint32_t chunk_of(const struct ut_pmm_region *r, uint64_t rp)
{
    return r->chunk + (uint32_t)(rp >> NODE_BITS);
}

/* Whose block begins there, where such is kept. */
static inline void tag_set(const struct ut_pmm *p,
                           const struct ut_pmm_region *r, uint64_t rp,
                           ut_owner_t owner)
{
    if (p->flags & UT_PMM_TAGS)
        *tag_at(p, r->tags + rp) = owner;
}

/* The chunk's own node, and the one that it is a unit of. */
static inline struct ut_pmm_node *
chunk_at(const struct ut_pmm *p, const struct ut_pmm_region *r, uint64_t rp)
{
    return node_at(p, &p->kind[0].level[0],
                   r->node + (uint32_t)(rp >> NODE_BITS));
}

static inline struct ut_pmm_node *
above_at(const struct ut_pmm *p, const struct ut_pmm_region *r, uint64_t rp)
{
    return node_at(p, &p->kind[r->device].level[1],
                   chunk_of(r, rp) >> NODE_BITS);
}

static inline bool node_is_free(const struct ut_pmm_node *n)
{
    return n->runs == FREE_RUNS;
}

static inline bool bit_of(const uint64_t *map, unsigned bit)
{
    return map[bit / 64] >> bit % 64 & 1;
}

/* Bits lo..hi, hi at most 63. */
static inline uint64_t bits_between(unsigned lo, unsigned hi)
{
    return ~(uint64_t)0 << lo & ~(uint64_t)0 >> (63 - hi);
}

/* The highest, the lowest set bit. */
static inline unsigned bit_high(uint64_t x)
{
#ifdef __OPTIMIZE_SIZE__
    return ut_log2_down(x);
#else
    return 63u - (unsigned)__builtin_clzll(x);
#endif
}

static inline unsigned bit_low(uint64_t x)
{
#ifdef __OPTIMIZE_SIZE__
    return ut_log2_down(x & -x);
#else
    return (unsigned)__builtin_ctzll(x);
#endif
}

static inline unsigned bit_pick(uint64_t x, bool high)
{
    return high ? bit_high(x) : bit_low(x);
}

/* The bitmap that a node with these orders is in: a bit; 0: none. */
static inline unsigned bitmap_of(unsigned orders)
{
    return (orders + 1) >> 1;
}

/* A request in pages. */
struct ut_pmm_shape {
    uint64_t pages;
    uint64_t lo, hi; /* page numbers, inclusive */
    uint8_t order;   /* of the free block that is searched */
    uint8_t cls;
    bool device;
    bool high;    /* from the highest address down */
    bool limited; /* lo, hi are not everything */
};

/* ---- ut_pmm_node.c ---- */

/* Bit k: the word has an aligned run of 2^k free units. */
unsigned ut_pmm_word_orders_(uint64_t used);
unsigned ut_pmm_node_orders_(uint64_t runs);
/* Pages rp.., all of them free (used), become a block (free), and what follows
 * from it in levels and index. */
void ut_pmm_take_(struct ut_pmm *p, const struct ut_pmm_region *r, uint64_t rp,
                  uint64_t pages, unsigned cls);
void ut_pmm_give_(struct ut_pmm *p, const struct ut_pmm_region *r, uint64_t rp,
                  uint64_t pages);
/* Chunks `chunk'.. of the kind, the same. */
void ut_pmm_set_chunks_(struct ut_pmm *p, struct ut_pmm_kind *kind,
                        uint32_t chunk, uint64_t count, bool start, bool used);

/* ---- ut_pmm_search.c ---- */

/* The free block that the shape asks for; false: none. */
bool ut_pmm_search_(const struct ut_pmm *p, const struct ut_pmm_shape *s,
                    const struct ut_pmm_region **r, uint64_t *rp);

/* ---- ut_pmm_area.c ---- */

/* The region that the page is in, or NULL. */
const struct ut_pmm_region *ut_pmm_region_(const struct ut_pmm *p,
                                           uint64_t page);
/* The first region of the kind that does not end before the page; may be one
 * behind the last. */
uint32_t ut_pmm_region_from_(const struct ut_pmm *p, uint64_t page,
                             bool device);

enum ut_pmm_state { PAGE_FREE, PAGE_START, PAGE_REST };

/* State of a page, and where what is like it ends inside its node. */
enum ut_pmm_state ut_pmm_extent_(const struct ut_pmm *p,
                                 const struct ut_pmm_region *r, uint64_t rp,
                                 uint64_t *end);
/* Where it ends as a whole: the block, or the free memory. */
uint64_t ut_pmm_follow_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                        uint64_t end, bool is_free);
/* Where the block, or the free memory, begins that the page is in. */
uint64_t ut_pmm_begin_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                       uint64_t rp);
/* Whose block the page is in; UT_OWNER_NONE: it is free, or without tags. */
ut_owner_t ut_pmm_owner_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                         uint64_t rp);

/* ---- ut_pmm_alloc.c ---- */

/* Bytes in pages; 0: none, or too many. */
uint64_t ut_pmm_pages_(uint64_t count, unsigned size_bits);
/* Else *taken is the first of these pages that is not to be had. */
bool ut_pmm_is_free_(const struct ut_pmm *p, const struct ut_pmm_region *r,
                     uint64_t rp, uint64_t pages, uint64_t *taken);
#endif
