/* SPDX-License-Identifier: BSD-2-Clause */
/* A few SVG elements, written as they are asked for.
 *
 *   svg_begin  svg_rect | svg_hatch | svg_frame | svg_line | svg_text ...
 *   svg_end
 *
 * Lengths are in hundredths of a pixel, so that the same calls give the same
 * bytes on every host and in every locale.  Text is escaped here.  Errors of
 * writing stay in the FILE, for the caller to ask once at the end.
 */
#ifndef FALLOW_SVG_H
#define FALLOW_SVG_H
#include <stdint.h>
#include <stdio.h>

typedef int64_t svg_length; /* 1/100 pixel */
#define SVG_PX INT64_C(100)

struct svg_box {
    svg_length x, y, width, height;
};

enum svg_anchor {
    SVG_LEFT,
    SVG_MIDDLE,
    SVG_RIGHT,
};

/* The file's head; title is what a viewer shows as its name. */
void svg_begin(FILE *out, svg_length width, svg_length height,
               const char *title);
void svg_end(FILE *out);

/* A filled rectangle; colour as #rrggbb; tip: what a viewer shows when it is
 * pointed at, or NULL. */
void svg_rect(FILE *out, struct svg_box box, const char *colour,
              const char *tip);

/* Thin grey lines over a rectangle, aslant. */
void svg_hatch(FILE *out, struct svg_box box);

/* Only its outline, one pixel wide. */
void svg_frame(FILE *out, struct svg_box box, const char *colour);

/* Straight lines from each point to the next, two pixels wide. */
struct svg_point {
    svg_length x, y;
};
void svg_line(FILE *out, const struct svg_point *points, unsigned count,
              const char *colour);

/* One line of text, y: its baseline; size_px: height of the letters. */
void svg_text(FILE *out, svg_length x, svg_length y, unsigned size_px,
              enum svg_anchor anchor, const char *text);
#endif
