/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"

/* What is known of the cell that the spans are passing through. */
struct tally {
    uint64_t bytes[MAP_CLASSES];
    uint32_t objects;
    uint32_t span; /* of the last object seen in it */
};

/* For each class that is there, the cell of which it fills most. */
struct best {
    uint64_t bytes[MAP_CLASSES];
    size_t cell[MAP_CLASSES];
};

static unsigned most_of(const uint64_t *bytes, unsigned from, unsigned to)
{
    unsigned best = from;

    for (unsigned c = from; c < to; c++)
        if (bytes[c] > bytes[best])
            best = c;
    return best;
}

static void cell_finish(struct map_cell *cell, const struct tally *t,
                        unsigned cell_bits)
{
    uint64_t bytes = 0;

    for (unsigned c = MAP_FRAME; c < MAP_CLASSES; c++)
        bytes += t->bytes[c];
    cell->objects = t->objects;
    cell->behind = (uint8_t)most_of(t->bytes, MAP_NONE, MAP_FRAME);
    cell->shown = cell->behind;
    cell->span = MAP_MANY;
    if (bytes == 0)
        return;
    cell->shown = (uint8_t)most_of(t->bytes, MAP_FRAME, MAP_CLASSES);
    /* Never 0 for the smallest object, never 255 for less than all. */
    cell->fill = (uint8_t)(1 + bits_down(bytes * 254, cell_bits));
    if (bytes == bits_size(cell_bits) && t->objects == 1)
        cell->span = t->span;
}

/* Adds the part of a span that lies in [start, start + 2^cell_bits). */
static void cell_add(struct tally *t, const struct map_span *s, uint32_t number,
                     paddr_t start, unsigned cell_bits)
{
    paddr_t end = start + bits_size(cell_bits);
    paddr_t from = s->start > start ? s->start : start;
    paddr_t to = s->end < end ? s->end : end;

    t->bytes[s->map_class] += to - from;
    if (map_class_is_object(s->map_class)) {
        t->objects++;
        t->span = number;
    }
}

static void best_update(struct best *best, const struct tally *t, size_t cell)
{
    for (unsigned c = 0; c < MAP_CLASSES; c++)
        if (t->bytes[c] > best->bytes[c]) {
            best->bytes[c] = t->bytes[c];
            best->cell[c] = cell;
        }
}

/* No class that is in the view may be lost in it. */
static void show_each_class(struct map_view *view, const struct best *best)
{
    bool seen[MAP_CLASSES] = {false};
    size_t count = (size_t)view->rows * view->columns;

    for (size_t i = 0; i < count; i++)
        seen[view->cells[i].shown] = true;
    for (unsigned c = MAP_FRAME; c < MAP_CLASSES; c++)
        if (!seen[c] && best->bytes[c] > 0)
            view->cells[best->cell[c]].shown = (uint8_t)c;
}

static void view_fill(struct map_view *view, const struct map *map)
{
    size_t count = (size_t)view->rows * view->columns;
    struct best best = {0};
    uint32_t s = 0;

    for (size_t i = 0; i < count; i++) {
        paddr_t start = view->base + bits_up(i, view->cell_bits);
        paddr_t end = start + bits_size(view->cell_bits);
        struct tally t = {0};
        uint64_t known = 0;

        while (s < map->span_count && map->spans[s].end <= start)
            s++;
        for (uint32_t j = s; j < map->span_count && map->spans[j].start < end;
             j++)
            cell_add(&t, &map->spans[j], j, start, view->cell_bits);
        for (unsigned c = 0; c < MAP_CLASSES; c++)
            known += t.bytes[c];
        t.bytes[MAP_NONE] += end - start - known;
        cell_finish(&view->cells[i], &t, view->cell_bits);
        best_update(&best, &t, i);
    }
    show_each_class(view, &best);
}

bool map_view_make(struct map_view *view, const struct map *map, paddr_t base,
                   uint64_t bytes, unsigned row_bits, unsigned cell_bits)
{
    paddr_t first = bits_down(base, row_bits);
    paddr_t last = bits_down(base + bytes - 1, row_bits);

    *view = (struct map_view){
        .base = bits_up(first, row_bits),
        .rows = (uint32_t)(last - first + 1),
        .columns = (uint32_t)bits_size(row_bits - cell_bits),
        .row_bits = (uint8_t)row_bits,
        .cell_bits = (uint8_t)cell_bits,
    };
    view->cells =
        calloc((size_t)view->rows * view->columns, sizeof *view->cells);
    if (!view->cells) {
        errno = ENOMEM;
        return false;
    }
    view_fill(view, map);
    return true;
}

void map_view_free(struct map_view *view)
{
    free(view->cells);
    *view = (struct map_view){0};
}

bool map_view_row_is_empty(const struct map_view *view, uint32_t row)
{
    const struct map_cell *cells = view->cells + (size_t)row * view->columns;

    for (uint32_t i = 0; i < view->columns; i++)
        if (cells[i].shown != MAP_NONE)
            return false;
    return true;
}

unsigned map_row_bits(const struct map *map, unsigned rows_max)
{
    unsigned bits = SLOT_BITS - 1;

    while (map->high > map->low &&
           bits_down(map->high - 1, bits) - bits_down(map->low, bits) >=
               rows_max)
        bits++;
    return bits;
}
