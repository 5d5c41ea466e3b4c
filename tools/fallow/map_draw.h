/* SPDX-License-Identifier: BSD-2-Clause */
/* One view of a map (map.h) drawn into an SVG file: a row of memory is a row
 * of the picture.
 *
 *            +0        +8 MiB     ...
 *   80000000 |=========|===|##|...........|   what is no object fills the
 *            |      ##############  # #   |   row; objects stand on it as bars
 *            one row is 32 MiB                as high as they fill their cell
 *
 * Untyped memory in untypeds smaller than a cell is hatched.
 */
#ifndef FALLOW_MAP_DRAW_H
#define FALLOW_MAP_DRAW_H
#include "map.h"
#include "svg.h"

struct map_drawing {
    FILE *out;
    const struct map *map;
    struct map_view view;
    struct svg_box box;   /* of the rows alone */
    svg_length cell, row; /* width and height of a cell */
};

/* Left edge of a column of cells. */
svg_length map_draw_x(const struct map_drawing *d, uint32_t column);

/* Rows with their addresses to the left, quarters of a row above, the scale
 * below: 90, 12 and 14 pixels beyond the box. */
void map_draw(const struct map_drawing *d);
#endif
