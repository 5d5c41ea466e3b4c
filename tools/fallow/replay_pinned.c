/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "arch.h"
#include "replay_pinned.h"

struct region {
    paddr_t base, end;
    uint64_t watermark;      /* of an untyped that is open; else 0 */
    uint64_t children_bytes; /* its outermost children */
    uint64_t objects_bytes;  /* all objects in it */
    uint8_t bits;
    bool is_object;
    bool is_outermost;
};

/* Outer regions before those in them. */
static int compare(const void *a, const void *b)
{
    const struct region *x = a, *y = b;

    if (x->base != y->base)
        return x->base < y->base ? -1 : 1;
    return (x->bits < y->bits) - (x->bits > y->bits);
}

/* False: device memory. */
static bool read_region(const struct slot *slots, slotno_t i, struct region *to)
{
    uint8_t type = slot_type(slots, i);
    slotno_t last = i;

    if ((type == CAP_UNTYPED || type == CAP_FRAME) &&
        (slot_rights(slots, i) & CAP_DEVICE))
        return false;
    while (slot_next(slots, last) != SLOT_NIL)
        last = slot_next(slots, last);
    *to = (struct region){
        .base = slot_base(slots, i),
        .bits = slot_bits(slots, i),
        .is_object = slot_type(slots, last) != CAP_UNTYPED,
    };
    to->end = to->base + bits_size(to->bits);
    if (!to->is_object)
        to->watermark = slot_word(slots, last);
    return true;
}

static struct region *read_all(struct kernel *k, size_t *count)
{
    size_t capacity = 1024;
    struct region *all = malloc(capacity * sizeof *all);

    *count = 0;
    for (slotno_t i = regions_walk(&k->regions, SLOT_NIL); all && i != SLOT_NIL;
         i = regions_walk(&k->regions, i)) {
        if (*count == capacity) {
            struct region *more = realloc(all, 2 * capacity * sizeof *all);

            if (!more) {
                free(all);
                return NULL;
            }
            all = more;
            capacity *= 2;
        }
        *count += read_region(k->regions.slots, i, &all[*count]);
    }
    if (all)
        qsort(all, *count, sizeof *all, compare);
    return all;
}

/* The regions around the one at hand, outermost first: each is smaller than
 * the one before. */
struct stack {
    struct region *at[WINDOW_BITS_MAX + 1];
    unsigned depth;
};

static void enter(struct stack *s, struct region *region)
{
    uint64_t bytes = bits_size(region->bits);

    while (s->depth > 0 && s->at[s->depth - 1]->end <= region->base)
        s->depth--;
    region->is_outermost = s->depth == 0;
    if (s->depth > 0)
        s->at[s->depth - 1]->children_bytes += bytes;
    if (region->is_object)
        for (unsigned d = 0; d < s->depth; d++)
            s->at[d]->objects_bytes += bytes;
    KERNEL_ASSERT(s->depth <= WINDOW_BITS_MAX);
    s->at[s->depth++] = region;
}

static uint64_t stuck_bytes(const struct region *u)
{
    return u->children_bytes == 0 ? 0 : u->watermark - u->children_bytes;
}

static void add_up(const struct region *u, struct replay_pinned *to)
{
    uint64_t bytes = stuck_bytes(u);

    if (u->is_outermost) {
        to->outermost_bytes += bits_size(u->bits);
        to->held_by_bytes += u->objects_bytes;
        if (u->objects_bytes > 0)
            to->held_bytes += bits_size(u->bits) - u->objects_bytes;
    }
    to->stuck_bytes += bytes;
    to->stuck_untypeds += bytes > 0;
    if (bytes > to->stuck_most_bytes) {
        to->stuck_base = u->base;
        to->stuck_bits = u->bits;
        to->stuck_most_bytes = bytes;
        to->stuck_by_bytes = u->objects_bytes;
    }
}

bool replay_pinned(struct kernel *k, struct replay_pinned *pinned)
{
    struct stack around = {.depth = 0};
    struct region *all;
    size_t count;

    memset(pinned, 0, sizeof *pinned);
    all = read_all(k, &count);
    if (!all)
        return false;
    for (size_t i = 0; i < count; i++)
        enter(&around, &all[i]);
    for (size_t i = 0; i < count; i++)
        if (!all[i].is_object)
            add_up(&all[i], pinned);
    free(all);
    return true;
}
