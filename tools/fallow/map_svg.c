/* SPDX-License-Identifier: BSD-2-Clause */
/* The map as a picture:
 *
 *   title
 *   panel            panel           ...
 *   note             note
 *   +-----------+    +-----------+
 *   | rows      |    |           |  A   <- where the enlarged parts lie
 *   +-----------+    +-----------+
 *   A: +--------+    A: +--------+
 *   B: +--------+    B: +--------+
 *   legend           legend: colour, name, number, bytes
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "map_draw.h"

#define ROWS_MAX     128u
#define COLUMNS_BITS 9u /* of a panel that is alone; else half as many */
#define CELL_BITS    4u /* no cell is smaller than the smallest object */
#define MARGIN       (24 * SVG_PX)
#define GUTTER       (90 * SVG_PX) /* addresses, left of a view */
#define AFTER        (30 * SVG_PX) /* letters, right of it */
#define LINE         (16 * SVG_PX)
#define HEAD         (110 * SVG_PX) /* above the first row of the panels */
#define PART_HEAD    (56 * SVG_PX)  /* above the first row of a part */

/* Views of a panel: the whole, then the enlarged parts. */
enum { WHOLE, PART_A, PART_B, VIEWS };

static const struct {
    uint8_t block_bits, row_bits; /* of the parts */
    uint8_t cell_shift;           /* cells are 2^so much wider than WHOLE's */
    uint8_t row_px;
    enum map_interest interest;
    const char *letter, *title;
} shapes[VIEWS] = {
    [WHOLE] = {0, 0, 0, 8, MAP_DENSEST, "", ""},
    [PART_A] = {21, 17, 1, 12, MAP_DENSEST, "A", "the densest"},
    [PART_B] = {15, 12, 1, 14, MAP_VARIED, "B", "the most varied"},
};

#define CELL (2 * SVG_PX) /* width of a cell of the whole */

struct panel {
    const struct map_panel *what;
    struct map_drawing drawings[VIEWS]; /* without cells: not drawn */
    uint64_t objects[VIEWS];            /* in the enlarged parts */
};

/* Where the enlarged part lies in the whole. */
static void part_mark(const struct panel *p, unsigned v)
{
    const struct map_drawing *whole = &p->drawings[WHOLE];
    const struct map_drawing *part = &p->drawings[v];
    /* The part may begin before the first row of the whole. */
    paddr_t from =
        part->view.base > whole->view.base ? part->view.base : whole->view.base;
    uint64_t bytes = part->view.base + bits_size(shapes[v].block_bits) - from;
    uint64_t cell = bits_down(from - whole->view.base, whole->view.cell_bits);
    svg_length y =
        whole->box.y + (svg_length)(cell / whole->view.columns) * whole->row;
    svg_length x = map_draw_x(whole, (uint32_t)(cell % whole->view.columns));
    svg_length width =
        (svg_length)bits_down(bytes, whole->view.cell_bits) * whole->cell;
    svg_length height = whole->row;

    if (width < 4 * SVG_PX)
        width = 4 * SVG_PX;
    if (width > whole->box.width) { /* it is some rows */
        height *= width / whole->box.width;
        width = whole->box.width;
    }
    svg_frame(whole->out,
              (struct svg_box){x - SVG_PX / 2, y - SVG_PX / 2,
                               width + SVG_PX / 2, height},
              "#000000");
    svg_text(whole->out,
             whole->box.x + whole->box.width + (v == PART_A ? 3 : 14) * SVG_PX,
             y + 7 * SVG_PX, 10, SVG_LEFT, shapes[v].letter);
}

static void part_title(const struct panel *p, unsigned v)
{
    const struct map_drawing *d = &p->drawings[v];
    char text[128];

    snprintf(text, sizeof text, "%s: %s %s, at 0x%" PRIx64 ", %s objects",
             shapes[v].letter, shapes[v].title,
             cli_bytes(bits_size(shapes[v].block_bits)), d->view.base,
             cli_grouped(p->objects[v]));
    svg_text(d->out, d->box.x, d->box.y - 14 * SVG_PX, 11, SVG_LEFT, text);
}

static void legend_draw(FILE *out, const struct map *map, svg_length x,
                        svg_length y)
{
    for (unsigned c = 0; c < MAP_CLASSES; c++) {
        const struct map_total *t = &map->total[c];

        if (t->spans == 0)
            continue;
        svg_rect(out,
                 (struct svg_box){x, y - 10 * SVG_PX, 18 * SVG_PX, 11 * SVG_PX},
                 map_styles[c].colour, NULL);
        svg_text(out, x + 24 * SVG_PX, y, 11, SVG_LEFT, map_styles[c].name);
        if (map_class_is_object(c))
            svg_text(out, x + 310 * SVG_PX, y, 11, SVG_RIGHT,
                     cli_grouped(t->spans));
        svg_text(out, x + 400 * SVG_PX, y, 11, SVG_RIGHT, cli_bytes(t->bytes));
        y += LINE;
    }
    svg_text(out, x, y + 4 * SVG_PX, 10, SVG_LEFT,
             "Bars: how much of a cell is objects.  Hatched: in untypeds "
             "smaller than a cell.");
}

static void panel_draw(const struct panel *p, svg_length title_y,
                       svg_length legend_y)
{
    const struct map_drawing *whole = &p->drawings[WHOLE];

    svg_text(whole->out, whole->box.x, title_y, 13, SVG_LEFT, p->what->title);
    svg_text(whole->out, whole->box.x, title_y + LINE, 10, SVG_LEFT,
             p->what->note);
    for (unsigned v = 0; v < VIEWS; v++) {
        const struct map_drawing *d = &p->drawings[v];

        if (!d->view.cells)
            continue;
        map_draw(d);
        if (v != WHOLE) {
            part_title(p, v);
            part_mark(p, v);
        }
    }
    legend_draw(whole->out, whole->map, whole->box.x, legend_y);
}

static void panel_close(struct panel *p)
{
    for (unsigned v = 0; v < VIEWS; v++)
        map_view_free(&p->drawings[v].view);
}

/* Prepares view v of a panel below *y, and moves *y below it. */
static bool view_place(struct panel *p, unsigned v, paddr_t base,
                       uint64_t bytes, unsigned row_bits, unsigned columns_bits,
                       svg_length x, svg_length *y)
{
    struct map_drawing *d = &p->drawings[v];
    unsigned cell_bits = row_bits < CELL_BITS + columns_bits
                             ? CELL_BITS
                             : row_bits - columns_bits;

    if (!map_view_make(&d->view, d->map, base, bytes, row_bits, cell_bits))
        return false;
    d->cell = CELL * (svg_length)bits_size(shapes[v].cell_shift);
    d->row = shapes[v].row_px * SVG_PX;
    d->box = (struct svg_box){x, *y, d->view.columns * d->cell,
                              d->view.rows * d->row};
    *y += d->box.height;
    return true;
}

/* What all panels share. */
struct layout {
    paddr_t low, high;
    unsigned row_bits, columns_bits;
    unsigned legend_lines; /* of the longest */
    svg_length panel_width, width, bottom;
};

static bool panel_place(struct panel *p, const struct layout *l, FILE *out,
                        svg_length x, svg_length *bottom)
{
    svg_length y = HEAD;

    for (unsigned v = 0; v < VIEWS; v++) {
        p->drawings[v].out = out;
        p->drawings[v].map = p->what->map;
    }
    if (!view_place(p, WHOLE, l->low, l->high - l->low, l->row_bits,
                    l->columns_bits, x, &y))
        return false;
    for (unsigned v = PART_A; v < VIEWS; v++) {
        paddr_t base = 0;

        p->objects[v] = map_find_block(p->what->map, shapes[v].block_bits,
                                       shapes[v].interest, &base);
        if (p->objects[v] < 2 || l->row_bits <= shapes[v].row_bits)
            continue;
        y += PART_HEAD;
        if (!view_place(p, v, base, bits_size(shapes[v].block_bits),
                        shapes[v].row_bits,
                        l->columns_bits - shapes[v].cell_shift, x, &y))
            return false;
    }
    *bottom = y > *bottom ? y : *bottom;
    return true;
}

static unsigned legend_lines(const struct map *map)
{
    unsigned lines = 1;

    for (unsigned c = 0; c < MAP_CLASSES; c++)
        lines += map->total[c].spans > 0;
    return lines;
}

static struct layout layout_make(const struct map_panel *panels, size_t count)
{
    struct layout l = {.low = UINT64_MAX};
    struct map all = {0};

    for (size_t i = 0; i < count; i++) {
        const struct map *m = panels[i].map;

        if (legend_lines(m) > l.legend_lines)
            l.legend_lines = legend_lines(m);
        if (m->span_count == 0)
            continue;
        l.low = m->low < l.low ? m->low : l.low;
        l.high = m->high > l.high ? m->high : l.high;
    }
    if (l.high == 0)
        l.low = 0, l.high = 1;
    all.low = l.low;
    all.high = l.high;
    l.row_bits = map_row_bits(&all, ROWS_MAX);
    l.columns_bits = count > 1 ? COLUMNS_BITS - 1 : COLUMNS_BITS;
    if (l.row_bits < CELL_BITS + l.columns_bits)
        l.row_bits = CELL_BITS + l.columns_bits;
    l.panel_width =
        GUTTER + (svg_length)bits_size(l.columns_bits) * CELL + AFTER;
    l.width = 2 * MARGIN + (svg_length)count * l.panel_width;
    return l;
}

bool map_svg_write(FILE *out, const char *title, const struct map_panel *panels,
                   size_t panel_count)
{
    struct layout l = layout_make(panels, panel_count);
    struct panel *p = calloc(panel_count, sizeof *p);
    bool done = p != NULL;

    for (size_t i = 0; done && i < panel_count; i++) {
        p[i].what = &panels[i];
        done = panel_place(&p[i], &l, out,
                           MARGIN + (svg_length)i * l.panel_width + GUTTER,
                           &l.bottom);
    }
    if (done) {
        svg_begin(out, l.width, l.bottom + (l.legend_lines + 3) * LINE + MARGIN,
                  title);
        svg_text(out, MARGIN, MARGIN + LINE, 18, SVG_LEFT, title);
        for (size_t i = 0; i < panel_count; i++)
            panel_draw(&p[i], HEAD - 2 * LINE - 14 * SVG_PX,
                       l.bottom + 3 * LINE);
        svg_end(out);
        done = !ferror(out);
    }
    for (size_t i = 0; p && i < panel_count; i++)
        panel_close(&p[i]);
    free(p);
    return done;
}
