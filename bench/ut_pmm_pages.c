/* SPDX-License-Identifier: BSD-2-Clause */
/* `make bench-ut-pages': how well memory resists fragmentation, on the page
 * allocations of a real Linux (traces/README.md), read from standard input.
 *
 *   ut_pmm_pages TSV_FILE
 *
 * A heap of 262 144 pages whose base is a multiple of 4 MiB.  A request that
 * fails is counted and its free skipped; at the end blocks of 2 MiB are taken
 * until 90 % of the heap is in use.  The physical map, with CLASS as class,
 * beside the buddies of ut_pmm_twins.h.  Fails (1) if the map does not get 1.4
 * times the blocks of the plain one and as many as the one with classes, or
 * does not refuse fewer requests of order 9 than the plain one. */
#include "ut/ut_pmm.h"
#include "ut_pmm_twins.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDS_MAX 2000000u
#define BASE    (UINT64_C(1) << 32)
#define TARGET  (BUDDY_PAGES * 9 / 10)

enum { MAP, PLAIN, GROUPED, ALLOCATORS };

static const char *const names[ALLOCATORS] = {"ut_pmm", "buddy",
                                              "buddy-classes"};

struct heap {
    struct ut_pmm *pmm;
    struct buddy *buddy[ALLOCATORS];
    uint32_t *page[ALLOCATORS]; /* of an ID; BUDDY_NONE: refused, or freed */
    uint8_t *order;
    uint64_t failed[ALLOCATORS][BUDDY_ORDERS];
    uint32_t in_use[ALLOCATORS];
    uint64_t lines;
};

static uint32_t take(struct heap *h, int a, unsigned order, unsigned cls)
{
    static const uint8_t classes[] = {UT_CLASS_MOVABLE, UT_CLASS_PINNED,
                                      UT_CLASS_SHORT};
    struct ut_req req = {
        .size_bits = (uint8_t)(12 + order), .count = 1, .cls = classes[cls]};
    struct ut_blk blk;
    uint32_t page;

    if (a != MAP)
        page = buddy_alloc(h->buddy[a], order, cls);
    else if (ut_pmm_alloc(h->pmm, &req, UT_OWNER_ROOT, &blk, NULL))
        page = BUDDY_NONE;
    else
        page = (uint32_t)((blk.paddr - BASE) >> 12);
    if (page != BUDDY_NONE)
        h->in_use[a] += 1u << order;
    return page;
}

static bool give(struct heap *h, int a, uint32_t page, unsigned order)
{
    struct ut_blk blk = {BASE + ((uint64_t)page << 12), 1,
                         (uint8_t)(12 + order)};

    h->in_use[a] -= 1u << order;
    if (a == MAP)
        return ut_pmm_free(h->pmm, &blk, UT_OWNER_ROOT, NULL) == UT_OK;
    buddy_free(h->buddy[a], page, order);
    return true;
}

static bool replay_line(struct heap *h, const char *line)
{
    uint32_t id;
    unsigned order, cls;
    char c;

    if (sscanf(line, "a %" SCNu32 " %u %c", &id, &order, &c) == 3) {
        cls = c == 'u' ? 0 : c == 'k' ? 1 : 2;
        if (id >= IDS_MAX || order >= BUDDY_ORDERS)
            return false;
        h->order[id] = (uint8_t)order;
        for (int a = 0; a < ALLOCATORS; a++) {
            h->page[a][id] = take(h, a, order, cls);
            h->failed[a][order] += h->page[a][id] == BUDDY_NONE;
        }
    } else if (sscanf(line, "f %" SCNu32, &id) == 1 && id < IDS_MAX) {
        for (int a = 0; a < ALLOCATORS; a++)
            if (h->page[a][id] != BUDDY_NONE &&
                !give(h, a, h->page[a][id], h->order[id]))
                return false;
    } else
        return false;
    h->lines++;
    return true;
}

static bool start(struct heap *h)
{
    static const struct ut_region region = {BASE, 0, 30, 0};
    size_t bytes = ut_pmm_size(&region, 1, UT_PMM_TAGS);
    void *memory = malloc(bytes);

    h->order = malloc(IDS_MAX);
    for (int a = 0; a < ALLOCATORS; a++) {
        h->page[a] = malloc(IDS_MAX * sizeof *h->page[a]);
        h->buddy[a] = malloc(sizeof *h->buddy[a]);
        if (!h->page[a] || !h->buddy[a])
            return false;
        buddy_init(h->buddy[a], a == GROUPED ? BUDDY_CLASSES : 1);
    }
    return memory && h->order &&
           ut_pmm_init(memory, bytes, &region, 1, UT_PMM_TAGS, &h->pmm, NULL) ==
               UT_OK;
}

/* Blocks of 2 MiB as long as no more than 90 % is in use. */
static uint32_t fill(struct heap *h, int a)
{
    uint32_t blocks = 0;

    while (h->in_use[a] + 512 <= TARGET && take(h, a, 9, 0) != BUDDY_NONE)
        blocks++;
    return blocks;
}

static bool report(struct heap *h, const char *path)
{
    FILE *file = fopen(path, "w");
    uint32_t blocks[ALLOCATORS], live = h->in_use[MAP];

    if (!file) {
        perror(path);
        return false;
    }
    printf("%" PRIu64 " lines, %u pages in use at the end\n", h->lines, live);
    printf("%-14s %12s %14s %13s %13s\n", "allocator", "2-MiB-blocks", "wanted",
           "order-9-fails", "order-10-fails");
    fprintf(file, "allocator\tblocks\twanted\tfailed_order9\tfailed_all\n");
    for (int a = 0; a < ALLOCATORS; a++) {
        uint32_t wanted = (TARGET - h->in_use[a]) / 512;
        uint64_t all = 0;

        blocks[a] = fill(h, a);
        for (unsigned k = 0; k < BUDDY_ORDERS; k++)
            all += h->failed[a][k];
        printf("%-14s %12u %14u %13" PRIu64 " %13" PRIu64 "\n", names[a],
               blocks[a], wanted, h->failed[a][9], h->failed[a][10]);
        fprintf(file, "%s\t%u\t%u\t%" PRIu64 "\t%" PRIu64 "\n", names[a],
                blocks[a], wanted, h->failed[a][9], all);
    }
    printf("ut_pmm: %.2f times the plain buddy's blocks, at least 1.40\n",
           (double)blocks[MAP] / blocks[PLAIN]);
    return fclose(file) == 0 && blocks[PLAIN] > 0 &&
           blocks[MAP] * 10 >= blocks[PLAIN] * 14 &&
           blocks[MAP] >= blocks[GROUPED] &&
           h->failed[MAP][9] < h->failed[PLAIN][9] && !ut_pmm_check(h->pmm);
}

int main(int argc, char **argv)
{
    static struct heap heap;
    char line[80];

    if (argc < 2 || !start(&heap)) {
        fprintf(stderr, "usage: %s TSV <TRACE\n", argv[0]);
        return 2;
    }
    while (fgets(line, sizeof line, stdin))
        if (!replay_line(&heap, line)) {
            fprintf(stderr, "line %" PRIu64 ": %s", heap.lines, line);
            return 2;
        }
    return !report(&heap, argv[1]);
}
