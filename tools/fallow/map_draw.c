/* SPDX-License-Identifier: BSD-2-Clause */
#include "map_draw.h"

#include <inttypes.h>

#include "cli.h"

#define TIP_MAX      200u
#define LABEL_HEIGHT (10 * SVG_PX)

svg_length map_draw_x(const struct map_drawing *d, uint32_t column)
{
    return d->box.x + column * d->cell;
}

/* Leaves a hairline after what is wide enough for it, so that neighbours of
 * one colour can be told apart. */
static svg_length run_width(const struct map_drawing *d, uint32_t columns)
{
    svg_length width = columns * d->cell;

    return width >= 4 * SVG_PX ? width - SVG_PX / 2 : width;
}

static void tip_for_span(char *tip, const struct map_span *s)
{
    int n = snprintf(tip, TIP_MAX, "%s, 0x%" PRIx64 " to 0x%" PRIx64 ", %s",
                     map_styles[s->map_class].name, s->start, s->end - 1,
                     cli_bytes(s->end - s->start));

    if (s->map_class == MAP_NONE)
        return;
    if (!map_class_is_object(s->map_class))
        n += snprintf(tip + n, TIP_MAX - (unsigned)n,
                      ", of the untyped at 0x%" PRIx64 " of 2^%u bytes",
                      s->base, s->bits);
    snprintf(tip + n, TIP_MAX - (unsigned)n, ", %" PRIu32 " capabilit%s",
             s->capabilities, s->capabilities == 1 ? "y" : "ies");
}

/* What is no object: as far as it is of one kind, and of one untyped, unless
 * that is smaller than a cell. */
static const struct map_span *behind_span(const struct map_drawing *d, size_t i)
{
    paddr_t start = d->view.base + bits_up(i, d->view.cell_bits);
    const struct map_span *s = map_at(d->map, start);

    return s && s->map_class == d->view.cells[i].behind &&
                   s->end - start >= bits_size(d->view.cell_bits)
               ? s
               : NULL;
}

static void behind_draw(const struct map_drawing *d, uint32_t row)
{
    uint32_t columns = d->view.columns, from = 0;
    size_t first = (size_t)row * columns;

    while (from < columns) {
        const struct map_cell *cell = &d->view.cells[first + from];
        const struct map_span *span = behind_span(d, first + from);
        char tip[TIP_MAX] = "";
        uint32_t to = from + 1;

        while (to < columns &&
               d->view.cells[first + to].behind == cell->behind &&
               behind_span(d, first + to) == span)
            to++;
        if (cell->behind != MAP_NONE) {
            struct svg_box box = {map_draw_x(d, from), d->box.y + row * d->row,
                                  run_width(d, to - from), d->row - SVG_PX};

            if (span)
                tip_for_span(tip, span);
            svg_rect(d->out, box, map_styles[cell->behind].colour,
                     span ? tip : NULL);
            if (!span)
                svg_hatch(d->out, box);
        }
        from = to;
    }
}

static void tip_for_cell(char *tip, const struct map_drawing *d, size_t i)
{
    const struct map_cell *cell = &d->view.cells[i];
    paddr_t start = d->view.base + bits_up(i, d->view.cell_bits);
    const struct map_span *s = map_at(d->map, start);

    if (cell->span != MAP_MANY) {
        tip_for_span(tip, &d->map->spans[cell->span]);
        return;
    }
    /* One object, and not at the start of the cell? */
    while (s && !map_class_is_object(s->map_class))
        s++;
    if (s && cell->objects == 1)
        tip_for_span(tip, s);
    else
        snprintf(tip, TIP_MAX,
                 "0x%" PRIx64 ": %" PRIu32
                 " objects, mostly or only %s, fill %u %% of %s",
                 start, cell->objects, map_styles[cell->shown].name,
                 cell->fill * 100u / 255u,
                 cli_bytes(bits_size(d->view.cell_bits)));
}

/* Objects: as a bar from below, as high as they fill the cell. */
static void objects_draw(const struct map_drawing *d, uint32_t row)
{
    uint32_t columns = d->view.columns, from = 0;
    size_t first = (size_t)row * columns;
    svg_length room = d->row - SVG_PX;

    while (from < columns) {
        const struct map_cell *cell = &d->view.cells[first + from];
        uint32_t to = from + 1;
        char tip[TIP_MAX];
        svg_length height;

        while (to < columns && cell->span != MAP_MANY &&
               d->view.cells[first + to].span == cell->span)
            to++;
        if (cell->fill > 0) {
            height = (room * cell->fill / 255 + SVG_PX - 1) / SVG_PX * SVG_PX;
            height = height < 2 * SVG_PX ? 2 * SVG_PX : height;
            tip_for_cell(tip, d, first + from);
            svg_rect(d->out,
                     (struct svg_box){map_draw_x(d, from),
                                      d->box.y + row * d->row + room - height,
                                      run_width(d, to - from), height},
                     map_styles[cell->shown].colour, tip);
        }
        from = to;
    }
}

static void rows_draw(const struct map_drawing *d)
{
    unsigned every = d->view.rows > 32 ? 4 : d->row < LABEL_HEIGHT ? 2 : 1;

    svg_rect(d->out, d->box, map_styles[MAP_NONE].colour, NULL);
    for (uint32_t row = 0; row < d->view.rows; row++) {
        svg_length y = d->box.y + row * d->row;

        if (row % every == 0) {
            char label[32];

            snprintf(label, sizeof label, "%" PRIx64,
                     d->view.base + bits_up(row, d->view.row_bits));
            svg_text(d->out, d->box.x - 5 * SVG_PX, y + 7 * SVG_PX, 9,
                     SVG_RIGHT, label);
        }
        behind_draw(d, row);
        objects_draw(d, row);
    }
}

/* Quarters of the row along the top, and the scale below. */
static void scale_draw(const struct map_drawing *d)
{
    char text[96];

    for (unsigned quarter = 0; quarter < 4; quarter++) {
        svg_length x = d->box.x + d->box.width * quarter / 4;

        svg_rect(
            d->out,
            (struct svg_box){x, d->box.y - 4 * SVG_PX, SVG_PX / 2, 4 * SVG_PX},
            "#777777", NULL);
        snprintf(
            text, sizeof text, "+%s",
            cli_bytes(bits_down(bits_size(d->view.row_bits), 2) * quarter));
        svg_text(d->out, x + 2 * SVG_PX, d->box.y - 2 * SVG_PX, 8, SVG_LEFT,
                 quarter ? text : "+0");
    }
    snprintf(text, sizeof text, "one row is %s, %g px are %s",
             cli_bytes(bits_size(d->view.row_bits)), (double)d->cell / SVG_PX,
             cli_bytes(bits_size(d->view.cell_bits)));
    svg_text(d->out, d->box.x, d->box.y + d->box.height + 11 * SVG_PX, 9,
             SVG_LEFT, text);
}

void map_draw(const struct map_drawing *d)
{
    rows_draw(d);
    scale_draw(d);
}
