/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory map: what every byte of a machine's memory is, read from the
 * kernel's own region index.
 *
 *   regions (nested)                     spans (in address order, disjoint)
 *
 *   |-- untyped 2^21 ----------------|
 *   |-- untyped 2^13 --|    |              | | |  |  |  |     |       |
 *   |frame|            | TCB|        |  => F d d  d  T  d  clean   none
 *                           ^ watermark
 *
 * A map is a copy: it lives on when the kernel has gone on or is gone.  It
 * works on any struct kernel, for it asks nothing but regions_walk and the
 * fields of slots.  Device memory is left out.
 *
 * Invariant: spans are sorted, do not overlap, and cover [low, high) without
 * a hole; a span that is an object is all of it.
 */
#ifndef FALLOW_MAP_H
#define FALLOW_MAP_H
#include <stdio.h>

#include "arch.h"

enum map_class {
    MAP_NONE,  /* no capability names it: the kernel's own, or no memory */
    MAP_CLEAN, /* untyped, above the watermark: reads zero */
    MAP_DIRTY, /* untyped, below the watermark, with nothing in it */
    MAP_FRAME, /* objects, from here on */
    MAP_FRAME_LARGE,
    MAP_FRAME_HUGE,
    MAP_PAGE_TABLE,
    MAP_ASID_POOL,
    MAP_CNODE,
    MAP_TCB,
    MAP_ENDPOINT,
    MAP_NOTIFICATION,
    MAP_TRANSITION, /* embryo or zombie */
    MAP_CLASSES,
};

/* From here on a frame is large, or huge. */
#define MAP_LARGE_BITS 16u
#define MAP_HUGE_BITS  26u

struct map_span {
    paddr_t start, end;
    paddr_t base; /* the region it belongs to; MAP_NONE: its own start */
    uint8_t bits; /* MAP_NONE: 0 */
    uint8_t map_class;
    uint32_t capabilities; /* to that region */
};

struct map_total {
    uint64_t spans, bytes;
};

struct map {
    struct map_span *spans;
    size_t span_count;
    paddr_t low, high; /* what is drawn: all memory with a capability to it,
                        * device memory apart; both 0 if there is none */
    uint64_t untypeds; /* distinct untyped regions */
    uint64_t objects;  /* spans that are objects, and their bytes */
    uint64_t object_bytes;
    struct map_total total[MAP_CLASSES];
};

static inline bool map_class_is_object(unsigned map_class)
{
    return map_class >= MAP_FRAME;
}

/* How a class is shown. */
struct map_style {
    const char *name;
    const char *colour; /* of SVG: #rrggbb */
    uint8_t ansi;       /* colour number of 256 */
    char letter;        /* where there is no colour */
};
extern const struct map_style map_styles[MAP_CLASSES];

/* Reads the state of k, which stays as it is (its count of visits apart).
 * False with errno ENOMEM.  O(capabilities x W + regions x log regions). */
bool map_read(struct map *map, struct kernel *k);
void map_free(struct map *map);

/* Keeps what lies in [low, high) only; no object lies across these.
 * O(spans). */
void map_crop(struct map *map, paddr_t low, paddr_t high);

/* NULL, or which invariant does not hold.  O(spans). */
const char *map_check(const struct map *map);

/* The span that contains address, or NULL.  O(log spans). */
const struct map_span *map_at(const struct map *map, paddr_t address);

/* Cells: a rectangle of memory cut into squares of 2^cell_bits bytes, in rows
 * of 2^row_bits.  Each cell shows one class: of the objects in it the one with
 * most bytes, else whatever else is most of it.  A class that would be seen
 * nowhere is shown in the one cell of which it fills most. */
struct map_cell {
    uint32_t objects; /* that lie in it, wholly or in part */
    uint8_t shown;    /* enum map_class */
    uint8_t behind;   /* MAP_NONE, MAP_CLEAN or MAP_DIRTY: most of what
                       * is no object; MAP_NONE also where all is */
    uint8_t fill;     /* 0 .. 255: how much of it is objects; 0: none
                       * at all */
    uint32_t span;    /* of the object that it lies wholly in, or
                       * MAP_MANY */
};
#define MAP_MANY UINT32_MAX

struct map_view {
    struct map_cell *cells; /* rows x columns */
    paddr_t base;           /* a multiple of 2^row_bits */
    uint32_t rows, columns;
    uint8_t row_bits, cell_bits;
};

/* base and bytes > 0 are widened to whole rows; cell_bits <= row_bits.  False
 * with errno ENOMEM. */
bool map_view_make(struct map_view *view, const struct map *map, paddr_t base,
                   uint64_t bytes, unsigned row_bits, unsigned cell_bits);
void map_view_free(struct map_view *view);

/* Row `row' has nothing in it but MAP_NONE. */
bool map_view_row_is_empty(const struct map_view *view, uint32_t row);

/* The smallest row_bits with which all of the map is at most rows_max. */
unsigned map_row_bits(const struct map *map, unsigned rows_max);

/* The aligned block of 2^bits bytes that is worth a closer look, among equals
 * the lowest.  Returns the number of objects in it; 0: there is none.  Objects
 * as large as the block do not count.  O(spans). */
enum map_interest {
    MAP_DENSEST, /* most objects */
    MAP_VARIED,  /* most classes of objects, then most objects */
};
uint64_t map_find_block(const struct map *map, unsigned bits,
                        enum map_interest interest, paddr_t *base);

/* How a map goes to a terminal. */
enum map_text {
    MAP_TEXT_ASCII,  /* letters */
    MAP_TEXT_COLOUR, /* Unicode blocks in ANSI colours */
};

/* Colour where `out' is a terminal and the environment has no NO_COLOR. */
enum map_text map_text_for(FILE *out);

/* Draws the map and its legend, then the densest parts at a larger scale.
 * False with errno ENOMEM. */
bool map_print(const struct map *map, const char *title, FILE *out,
               enum map_text text);

/* One SVG file with the maps side by side at the same scale, each with its
 * densest and its most varied part enlarged, and with its legend.  The same
 * maps give the same bytes.  False with errno set. */
struct map_panel {
    const struct map *map;
    const char *title;
    const char *note; /* a second line, or "" */
};
bool map_svg_write(FILE *out, const char *title, const struct map_panel *panels,
                   size_t panel_count);

/* Reads k's map and draws it: to `out' unless that is NULL, and to the file
 * svg_path unless that is NULL.  The exit code of a command (cli.h). */
int map_draw_kernel(const char *command, struct kernel *k, const char *title,
                    FILE *out, enum map_text text, const char *svg_path);
#endif
