/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "map.h"

#define COLUMNS_BITS 6u /* 64 cells in a row */
#define ROWS_MAX     48u

/* What is drawn at a larger scale below the map. */
static const struct zoom {
    uint8_t block_bits, row_bits;
    enum map_interest interest;
    const char *title;
} zooms[] = {
    {21, 17, MAP_DENSEST, "the densest"},
    {15, 12, MAP_VARIED, "the most varied"},
};

enum map_text map_text_for(FILE *out)
{
    const char *no_color = getenv("NO_COLOR");

    if (!isatty(fileno(out)) || (no_color && *no_color))
        return MAP_TEXT_ASCII;
    return MAP_TEXT_COLOUR;
}

static const char *block_for(const struct map_cell *cell)
{
    return cell->fill == 0    ? " "
           : cell->fill < 64  ? "░"
           : cell->fill < 128 ? "▒"
           : cell->fill < 255 ? "▓"
                              : "█";
}

/* Upper case where objects fill at least half of the cell. */
static char letter_for(const struct map_cell *cell)
{
    char c = map_styles[cell->shown].letter;

    if (map_class_is_object(cell->shown) && cell->fill < 128)
        return (char)(c - 'A' + 'a');
    return c;
}

static void row_print(const struct map_cell *cells, uint32_t count, FILE *out,
                      enum map_text text)
{
    unsigned shown = MAP_CLASSES, behind = MAP_CLASSES;

    for (uint32_t i = 0; i < count; i++) {
        const struct map_cell *cell = &cells[i];

        if (text == MAP_TEXT_ASCII) {
            putc(letter_for(cell), out);
            continue;
        }
        if (cell->shown != shown || cell->behind != behind)
            fprintf(out, "\033[38;5;%u;48;5;%um", map_styles[cell->shown].ansi,
                    map_styles[cell->behind].ansi);
        shown = cell->shown;
        behind = cell->behind;
        fputs(block_for(cell), out);
    }
    if (text == MAP_TEXT_COLOUR)
        fputs("\033[0m", out);
}

static void view_print(const struct map_view *view, FILE *out,
                       enum map_text text)
{
    uint32_t skipped = 0;

    for (uint32_t row = 0; row < view->rows; row++) {
        if (map_view_row_is_empty(view, row)) {
            skipped++;
            continue;
        }
        if (skipped > 0)
            fprintf(out, "  %12s |  %" PRIu32 " empty rows left out\n", "...",
                    skipped);
        skipped = 0;
        fprintf(out, "  %12" PRIx64 " |",
                view->base + bits_up(row, view->row_bits));
        row_print(view->cells + (size_t)row * view->columns, view->columns, out,
                  text);
        fputs("|\n", out);
    }
}

static void scale_print(const struct map_view *view, FILE *out)
{
    fprintf(out, "  one row is %s, one cell %s\n",
            cli_bytes(bits_size(view->row_bits)),
            cli_bytes(bits_size(view->cell_bits)));
}

static void legend_print(const struct map *map, FILE *out, enum map_text text)
{
    for (unsigned c = 0; c < MAP_CLASSES; c++) {
        const struct map_style *style = &map_styles[c];

        if (map->total[c].spans == 0)
            continue;
        if (text == MAP_TEXT_ASCII)
            fprintf(out, "  %c  ", style->letter);
        else
            fprintf(out, "  \033[48;5;%um  \033[0m ", style->ansi);
        fprintf(out, "%-34s", style->name);
        if (map_class_is_object(c))
            fprintf(out, "%10s", cli_grouped(map->total[c].spans));
        else
            fprintf(out, "%10s", "");
        fprintf(out, "%12s\n", cli_bytes(map->total[c].bytes));
    }
    fputs(text == MAP_TEXT_ASCII
              ? "  upper case: objects fill at least half of the cell\n"
              : "  shade: how much of the cell is objects: "
                "░ < 1/4  ▒ < 1/2  ▓ more  █ all\n",
          out);
}

static bool zoom_print(const struct map *map, const struct zoom *zoom,
                       FILE *out, enum map_text text)
{
    paddr_t base = 0;
    uint64_t objects =
        map_find_block(map, zoom->block_bits, zoom->interest, &base);
    struct map_view view;

    if (objects < 2)
        return true;
    if (!map_view_make(&view, map, base, bits_size(zoom->block_bits),
                       zoom->row_bits, zoom->row_bits - COLUMNS_BITS))
        return false;
    fprintf(out, "\n  %s %s: %s objects\n", zoom->title,
            cli_bytes(bits_size(zoom->block_bits)), cli_grouped(objects));
    view_print(&view, out, text);
    scale_print(&view, out);
    map_view_free(&view);
    return true;
}

bool map_print(const struct map *map, const char *title, FILE *out,
               enum map_text text)
{
    unsigned row_bits = map_row_bits(map, ROWS_MAX);
    struct map_view view;

    fprintf(out, "%s\n", title);
    if (map->span_count == 0) {
        fputs("  no memory has a capability\n", out);
        return true;
    }
    if (row_bits < COLUMNS_BITS)
        row_bits = COLUMNS_BITS;
    if (!map_view_make(&view, map, map->low, map->high - map->low, row_bits,
                       row_bits - COLUMNS_BITS))
        return false;
    view_print(&view, out, text);
    scale_print(&view, out);
    legend_print(map, out, text);
    map_view_free(&view);
    for (size_t i = 0; i < sizeof zooms / sizeof zooms[0]; i++)
        if (row_bits > zooms[i].row_bits &&
            !zoom_print(map, &zooms[i], out, text))
            return false;
    return true;
}
