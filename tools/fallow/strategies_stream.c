/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <search.h>
#include <stdlib.h>

#include "strategies.h"

#define NO_TYPE UINT8_MAX

/* An object that is alive, by its address. */
struct live {
    paddr_t base;
    uint32_t object;
};

static int live_compare(const void *a, const void *b)
{
    const struct live *x = a, *y = b;

    return (x->base > y->base) - (x->base < y->base);
}

void stream_init(struct stream *stream)
{
    *stream = (struct stream){.params = hosted_params_riscv64()};
}

void stream_free(struct stream *stream)
{
    while (stream->live) {
        struct live *live = *(struct live **)stream->live;

        tdelete(live, &stream->live, live_compare);
        free(live);
    }
    free(stream->objects);
    free(stream->events);
    free(stream->regions);
    *stream = (struct stream){0};
}

/* Room for one more of `size' bytes: it doubles at each power of two. */
static bool grow(struct stream *s, void **list, size_t count, size_t size)
{
    void *more;

    if (count != 0 && (count < 256 || (count & (count - 1)) != 0))
        return true;
    more = realloc(*list, (count < 128 ? 256 : 2 * count) * size);
    if (!more) {
        s->failed = ENOMEM;
        return false;
    }
    *list = more;
    return true;
}

/* The object's type in Retype, which a capability's does not tell alone. */
static struct stream_object type_find(const struct kernel_params *params,
                                      uint8_t cap_type, uint8_t size_bits)
{
    struct stream_object object = {.type = NO_TYPE, .size_bits = size_bits};

    if (cap_type == CAP_ASID_POOL) {
        object.type = OBJECT_UNTYPED;
        object.user_bits = size_bits;
        return object;
    }
    for (uint8_t t = 0; t < params->object_types; t++) {
        const struct object_kind *kind = &params->objects[t];

        if (kind->cap_type != cap_type ||
            (cap_type != CAP_CNODE && kind->bits != size_bits))
            continue;
        object.type = t;
        if (cap_type == CAP_CNODE)
            object.user_bits = (uint8_t)(size_bits - kind->bits);
    }
    return object;
}

static bool event_add(struct stream *s, uint32_t object, bool allocate)
{
    if (!grow(s, (void **)&s->events, s->event_count, sizeof *s->events))
        return false;
    s->events[s->event_count++] = (struct stream_event){object, allocate};
    return true;
}

static void region_add(struct stream *s, const struct replay_object *o)
{
    size_t i = s->region_count;

    if (!grow(s, (void **)&s->regions, i, sizeof *s->regions))
        return;
    for (; i > 0 && s->regions[i - 1].base > o->base; i--)
        s->regions[i] = s->regions[i - 1];
    s->regions[i] = (struct strategy_region){
        .base = o->base,
        .size_bits = o->size_bits,
    };
    s->region_count++;
}

/* The next object's number goes into the tree.  False: one lies there already,
 * which the replay reports, or there is no memory. */
static bool live_add(struct stream *s, paddr_t base)
{
    struct live *live = malloc(sizeof *live);
    struct live **found;

    if (live) {
        *live = (struct live){base, (uint32_t)s->object_count};
        found = tsearch(live, &s->live, live_compare);
        if (found && *found == live)
            return true;
        free(live);
        if (found)
            return false;
    }
    s->failed = ENOMEM;
    return false;
}

static void object_created(struct stream *s, const struct replay_object *o)
{
    struct stream_object object =
        type_find(&s->params, o->cap_type, o->size_bits);

    if (object.type == NO_TYPE) {
        s->failed = EINVAL;
        return;
    }
    if (!live_add(s, o->base) ||
        !grow(s, (void **)&s->objects, s->object_count, sizeof *s->objects) ||
        !event_add(s, (uint32_t)s->object_count, true))
        return;
    s->objects[s->object_count++] = object;
    s->pools += o->cap_type == CAP_ASID_POOL;
    s->bytes += bits_size(object.size_bits);
    s->alive++;
    if (s->alive > s->alive_peak)
        s->alive_peak = s->alive;
    if (s->bytes > s->bytes_peak) {
        s->bytes_peak = s->bytes;
        s->fullest = s->event_count;
    }
}

static void object_destroyed(struct stream *s, const struct replay_object *o)
{
    struct live key = {.base = o->base};
    struct live **found = tfind(&key, &s->live, live_compare);
    struct live *live;

    if (!found) /* it was there before the first request */
        return;
    live = *found;
    tdelete(live, &s->live, live_compare);
    s->bytes -= bits_size(s->objects[live->object].size_bits);
    s->alive--;
    event_add(s, live->object, false);
    free(live);
}

void stream_add(void *stream, const struct replay_object *object)
{
    struct stream *s = stream;

    if (s->failed || object->device)
        return;
    if (object->cap_type == CAP_UNTYPED) {
        if (object->created && object->origin == REPLAY_ORIGIN_BOOT)
            region_add(s, object);
    } else if (object->origin != REPLAY_ORIGIN_BOOT) {
        if (object->created)
            object_created(s, object);
        else
            object_destroyed(s, object);
    }
}
