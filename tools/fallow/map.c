/* SPDX-License-Identifier: BSD-2-Clause */
#include "map.h"

#include <errno.h>
#include <stdlib.h>

const struct map_style map_styles[MAP_CLASSES] = {
    [MAP_NONE] = {"no capability (the kernel's own)", "#f1f1f1", 254, ' '},
    [MAP_CLEAN] = {"untyped, clean", "#cfe8cf", 151, '.'},
    [MAP_DIRTY] = {"untyped, to be cleared", "#d9cfb4", 180, ':'},
    [MAP_FRAME] = {"frame 4 KiB", "#5aa7e8", 75, 'F'},
    [MAP_FRAME_LARGE] = {"frame 2 MiB", "#2c62b8", 26, 'M'},
    [MAP_FRAME_HUGE] = {"frame 1 GiB", "#1b2f6b", 18, 'G'},
    [MAP_PAGE_TABLE] = {"page table", "#8e44ad", 97, 'P'},
    [MAP_ASID_POOL] = {"ASID pool", "#d48fe0", 176, 'A'},
    [MAP_CNODE] = {"CNode", "#e8851c", 208, 'C'},
    [MAP_TCB] = {"TCB", "#c2281d", 160, 'T'},
    [MAP_ENDPOINT] = {"endpoint", "#f2cf1f", 220, 'E'},
    [MAP_NOTIFICATION] = {"notification", "#0f9d80", 36, 'N'},
    [MAP_TRANSITION] = {"embryo or zombie", "#111111", 232, 'Z'},
};

/* A region while the map is being read. */
struct region {
    paddr_t base;
    uint64_t watermark; /* untyped: bytes */
    uint32_t capabilities;
    uint8_t bits;
    uint8_t map_class; /* MAP_CLEAN: an untyped */
};

static enum map_class class_of(uint8_t cap_type, uint8_t bits)
{
    switch (cap_type) {
    case CAP_UNTYPED:
        return MAP_CLEAN;
    case CAP_FRAME:
        return bits >= MAP_HUGE_BITS    ? MAP_FRAME_HUGE
               : bits >= MAP_LARGE_BITS ? MAP_FRAME_LARGE
                                        : MAP_FRAME;
    case CAP_PAGE_TABLE:
        return MAP_PAGE_TABLE;
    case CAP_ASID_POOL:
        return MAP_ASID_POOL;
    case CAP_CNODE:
        return MAP_CNODE;
    case CAP_TCB:
        return MAP_TCB;
    case CAP_ENDPOINT:
        return MAP_ENDPOINT;
    case CAP_NOTIFICATION:
        return MAP_NOTIFICATION;
    default: /* embryo, zombie */
        return MAP_TRANSITION;
    }
}

/* The region of representative i, as its list tells: the object if there is
 * one, else the last untyped, which is the open one.  False: device memory. */
static bool region_read(struct region *region, const struct slot *slots,
                        slotno_t i)
{
    slotno_t last = i;
    uint32_t count = 1;

    for (slotno_t j = slot_next(slots, i); j != SLOT_NIL;
         j = slot_next(slots, j)) {
        count++;
        last = j;
    }
    *region = (struct region){
        .base = slot_base(slots, last),
        .bits = slot_bits(slots, last),
        .watermark = slot_word(slots, last),
        .capabilities = count,
        .map_class =
            (uint8_t)class_of(slot_type(slots, last), slot_bits(slots, last)),
    };
    return !((slot_type(slots, last) == CAP_UNTYPED ||
              slot_type(slots, last) == CAP_FRAME) &&
             slot_rights(slots, last) & CAP_DEVICE);
}

/* By address, and what encloses before what is enclosed. */
static int region_compare(const void *a, const void *b)
{
    const struct region *x = a, *y = b;

    if (x->base != y->base)
        return x->base < y->base ? -1 : 1;
    return (x->bits < y->bits) - (x->bits > y->bits);
}

static struct region *regions_collect(struct kernel *k, size_t *count)
{
    size_t room = 1024;
    struct region *list = malloc(room * sizeof *list);

    *count = 0;
    for (slotno_t i = regions_walk(&k->regions, SLOT_NIL);
         list && i != SLOT_NIL; i = regions_walk(&k->regions, i)) {
        if (*count == room) {
            struct region *more = realloc(list, 2 * room * sizeof *list);

            if (!more)
                free(list);
            list = more;
            room *= 2;
        }
        if (list && region_read(&list[*count], kernel_slots(k), i))
            ++*count;
    }
    if (list)
        qsort(list, *count, sizeof *list, region_compare);
    return list;
}

static void span_add(struct map *map, const struct map_span *span)
{
    unsigned c = span->map_class;

    if (span->start >= span->end)
        return;
    map->spans[map->span_count++] = *span;
    map->total[c].spans++;
    map->total[c].bytes += span->end - span->start;
    if (map_class_is_object(c)) {
        map->objects++;
        map->object_bytes += span->end - span->start;
    }
}

/* [from, to) has nothing in it but its region r, which is an untyped, or, if
 * r is NULL, no region at all. */
static void gap_add(struct map *map, const struct region *r, paddr_t from,
                    paddr_t to)
{
    struct map_span span = {.start = from, .end = to, .base = from};
    paddr_t mark;

    if (!r) {
        span_add(map, &span);
        return;
    }
    mark = r->base + r->watermark;
    mark = mark < from ? from : mark > to ? to : mark;
    span.base = r->base;
    span.bits = r->bits;
    span.capabilities = r->capabilities;
    span.map_class = MAP_DIRTY;
    span.end = mark;
    span_add(map, &span);
    span.map_class = MAP_CLEAN;
    span.start = mark;
    span.end = to;
    span_add(map, &span);
}

/* Goes through the regions by address with the untypeds around the place on
 * a stack, and tells what lies between. */
static void map_flatten(struct map *map, const struct region *list,
                        size_t count)
{
    const struct region *around[WORD_BITS] = {
        NULL}; /* each larger than the next */
    unsigned depth = 0;
    paddr_t at = map->low;

    for (size_t i = 0; i <= count; i++) {
        paddr_t to = i < count ? list[i].base : map->high;

        while (depth > 0) {
            const struct region *top = around[depth - 1];
            paddr_t end = top->base + bits_size(top->bits);

            if (end > to)
                break;
            gap_add(map, top, at, end);
            at = end;
            depth--;
        }
        gap_add(map, depth > 0 ? around[depth - 1] : NULL, at, to);
        at = to;
        if (i < count && list[i].map_class == MAP_CLEAN) {
            KERNEL_ASSERT(depth < WORD_BITS);
            around[depth++] = &list[i];
            map->untypeds++;
        } else if (i < count) {
            struct map_span object = {
                .start = at,
                .end = at + bits_size(list[i].bits),
                .base = list[i].base,
                .bits = list[i].bits,
                .map_class = list[i].map_class,
                .capabilities = list[i].capabilities,
            };

            span_add(map, &object);
            at = object.end;
        }
    }
}

bool map_read(struct map *map, struct kernel *k)
{
    size_t count;
    struct region *list = regions_collect(k, &count);

    *map = (struct map){0};
    if (!list) {
        errno = ENOMEM;
        return false;
    }
    /* An object: one span and a gap before it; an untyped: two spans after
     * its last child; each gap at most two; one at the end. */
    map->spans = malloc((4 * count + 2) * sizeof *map->spans);
    if (!map->spans) {
        free(list);
        errno = ENOMEM;
        return false;
    }
    if (count > 0) {
        map->low = list[0].base;
        for (size_t i = 0; i < count; i++) {
            paddr_t end = list[i].base + bits_size(list[i].bits);

            map->high = end > map->high ? end : map->high;
        }
        map_flatten(map, list, count);
    }
    free(list);
    return true;
}

void map_free(struct map *map)
{
    free(map->spans);
    *map = (struct map){0};
}

void map_crop(struct map *map, paddr_t low, paddr_t high)
{
    struct map old = *map;

    map->span_count = 0;
    map->objects = 0;
    map->object_bytes = 0;
    for (unsigned c = 0; c < MAP_CLASSES; c++)
        map->total[c] = (struct map_total){0};
    for (size_t i = 0; i < old.span_count; i++) {
        struct map_span span = old.spans[i];

        KERNEL_ASSERT(!map_class_is_object(span.map_class) || span.end <= low ||
                      span.start >= high ||
                      (span.start >= low && span.end <= high));
        span.start = span.start < low ? low : span.start;
        span.end = span.end > high ? high : span.end;
        span_add(map, &span); /* nothing, where that is empty */
    }
    map->low = map->span_count > 0 ? map->spans[0].start : 0;
    map->high = map->span_count > 0 ? map->spans[map->span_count - 1].end : 0;
}

const char *map_check(const struct map *map)
{
    paddr_t at = map->low;

    for (size_t i = 0; i < map->span_count; i++) {
        const struct map_span *s = &map->spans[i];

        if (s->start != at || s->end <= s->start)
            return "spans follow each other without a hole";
        if (s->map_class >= MAP_CLASSES)
            return "spans have a class";
        if (map_class_is_object(s->map_class) &&
            (s->start != s->base || s->end != s->base + bits_size(s->bits)))
            return "a span that is an object is all of it";
        if (s->map_class != MAP_NONE && !map_class_is_object(s->map_class) &&
            (s->start < s->base || s->end > s->base + bits_size(s->bits)))
            return "untyped spans lie in their untyped";
        at = s->end;
    }
    return at == map->high ? NULL : "spans end where the map does";
}

const struct map_span *map_at(const struct map *map, paddr_t address)
{
    size_t low = 0, high = map->span_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (map->spans[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == map->span_count || address < map->spans[low].start)
        return NULL;
    return &map->spans[low];
}

uint64_t map_find_block(const struct map *map, unsigned bits,
                        enum map_interest interest, paddr_t *base)
{
    uint64_t best = 0, best_classes = 0;
    uint64_t count = 0, classes = 0;
    uint32_t seen = 0;
    paddr_t block = 0;

    for (size_t i = 0; i < map->span_count; i++) {
        const struct map_span *s = &map->spans[i];
        bool better;

        if (!map_class_is_object(s->map_class) || s->bits >= bits)
            continue;
        if (bits_down(s->start, bits) != block) {
            block = bits_down(s->start, bits);
            count = classes = seen = 0;
        }
        count++;
        classes += bits_bit(seen, s->map_class) == 0;
        seen |= (uint32_t)bits_size(s->map_class);
        better = count > best;
        if (interest == MAP_VARIED && classes != best_classes)
            better = classes > best_classes;
        if (better) {
            best = count;
            best_classes = classes;
            *base = bits_up(block, bits);
        }
    }
    return best;
}
