/* SPDX-License-Identifier: BSD-2-Clause */
/* The main job on the machine: all its memory, given to three allocators in
 * turn, each of which serves the same recorded allocations.
 *
 *   main.c     one strategy after the other
 *   space.c    takes all untypeds; one flat CSpace, memory for books
 *   play.c     plays the stream, looks at every frame that is returned
 *   report.c   table and map
 *
 * The CSpace, whose root is a CNode that space.c makes:
 *
 *   0                       4096          first_own
 *   +-----------------------+-------------+----------------+
 *   | as boot left them,    | the client's| the strategy's |
 *   | regions of RAM too    | objects     |                |
 *   +-----------------------+-------------+----------------+
 */
#ifndef FALLOW_RECORDED_H
#define FALLOW_RECORDED_H
#include "rt.h"
#include "strategies/strategy.h"
#include "stream.h"

extern const struct stream_header embedded_stream;

#define STRATEGIES   3u
#define REGIONS_MAX  230u
#define MAP_COLUMNS  64u
#define MAP_ROWS     24u
#define FIRST_REGION 4096u

struct space {
    struct strategy_region regions[REGIONS_MAX]; /* the strategies' memory */
    uint32_t region_count;
    uint64_t region_bytes;
    uint64_t end;          /* of the last region */
    unsigned cell_bits;    /* log2 of the memory that a cell of the map shows */
    uint64_t own_bytes;    /* of the untyped that we keep: CSpace and books */
    uint64_t first_object; /* slots */
    uint64_t first_own;
    uint64_t own_count;
    void *books; /* for a strategy, and then for the client */
    uint64_t books_bytes;
};

/* Takes everything.  Ends the program if it cannot. */
void space_make(struct space *space, const struct strategy *const *strategies);

/* What a frame shows through a window of ours; type and size as in the stream.
 * Maps it; NULL with a message if the kernel refuses. */
uint64_t *space_show(seL4_CPtr frame, unsigned size_bits);
bool space_hide(seL4_CPtr frame);

struct outcome {
    const struct strategy *strategy;
    bool ran;
    const char *broken; /* NULL, or what went wrong */
    uint64_t where;
    uint64_t requests, served;
    uint64_t too_large, no_memory, no_books;
    uint64_t calls, calls_start;
    uint64_t slots_own;
    uint64_t frames_checked, bytes_checked, bytes_dirty;
    uint64_t bytes_alive, fullest_bytes;
    int largest_fullest_bits, largest_end_bits;
    uint64_t microseconds;
    char map[MAP_ROWS][MAP_COLUMNS + 1]; /* at the fullest */
};

/* Lets the strategy serve the stream, takes everything back, and looks whether
 * that is so. */
void play(struct space *space, const struct strategy *strategy,
          struct outcome *outcome);

void report_print(const struct space *space, const struct outcome *outcomes);

/* Does this kernel have RetypeAt and RevokeAt? */
bool space_has_retype_at(const struct space *space);
#endif
