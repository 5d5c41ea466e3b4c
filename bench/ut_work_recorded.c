/* SPDX-License-Identifier: BSD-2-Clause */
/* The recorded runs.  seL4: each object of its test suite that is neither an
 * untyped nor device memory (tools/fallow/strategies.h), on its RAM.  Linux:
 * each block of its page allocator, in a heap of 262 144 pages whose base is a
 * multiple of 4 MiB; its CLASS is the request's class. */
#include "ut_work.h"

#include "strategies.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LINUX_EVENTS_MAX 4000000u
#define LINUX_IDS_MAX    2000000u
#define LINUX_ORDER_MAX  10u
#define ALLOCATE         0x80000000u

static struct {
    struct stream sel4;
    uint32_t *events; /* of Linux: a number, ALLOCATE or not */
    uint8_t *order, *cls;
    uint32_t event_count, ids;
    uint64_t pages, pages_peak;
} recorded;

static bool sel4_read(const char *path)
{
    struct replay_options options = {
        .check_never = true,
        .on_object = stream_add,
        .context = &recorded.sel4,
    };
    struct replay *r;
    bool done;
    int error;

    stream_init(&recorded.sel4);
    error = replay_open(&r, path, &options);
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(error));
        return false;
    }
    done = replay_step(r, UINT64_MAX) != REPLAY_FAILED && !recorded.sel4.failed;
    if (!done)
        fprintf(stderr, "%s: cannot be replayed\n", path);
    replay_close(r);
    return done;
}

static bool linux_line(const char *line)
{
    uint32_t id;
    unsigned order;
    char c;

    if (recorded.event_count == LINUX_EVENTS_MAX)
        return false;
    if (sscanf(line, "a %" SCNu32 " %u %c", &id, &order, &c) == 3) {
        if (id >= LINUX_IDS_MAX || order > LINUX_ORDER_MAX)
            return false;
        recorded.order[id] = (uint8_t)order;
        recorded.cls[id] = c == 'u'   ? UT_CLASS_MOVABLE
                           : c == 'k' ? UT_CLASS_PINNED
                                      : UT_CLASS_SHORT;
        recorded.events[recorded.event_count++] = id | ALLOCATE;
        recorded.ids = id + 1;
        recorded.pages += UINT64_C(1) << order;
        if (recorded.pages > recorded.pages_peak)
            recorded.pages_peak = recorded.pages;
        return true;
    }
    if (sscanf(line, "f %" SCNu32, &id) != 1 || id >= recorded.ids)
        return false;
    recorded.events[recorded.event_count++] = id;
    recorded.pages -= UINT64_C(1) << recorded.order[id];
    return true;
}

bool work_recorded_read(const char *sel4_path, FILE *linux_lines)
{
    char line[80];

    recorded.events = calloc(LINUX_EVENTS_MAX, sizeof *recorded.events);
    recorded.order = calloc(LINUX_IDS_MAX, 1);
    recorded.cls = calloc(LINUX_IDS_MAX, 1);
    if (!recorded.events || !recorded.order || !recorded.cls) {
        perror("bench-ut");
        return false;
    }
    while (fgets(line, sizeof line, linux_lines))
        if (!linux_line(line)) {
            fprintf(stderr, "line %" PRIu32 ": %s", recorded.event_count + 1,
                    line);
            return false;
        }
    return recorded.ids > 0 && sel4_read(sel4_path);
}

static void sel4_run(struct drive *d, const struct workload *w)
{
    const struct stream *s = &recorded.sel4;

    (void)w;
    for (size_t i = 0; i < s->event_count && d->figures.broken[0] == '\0';
         i++) {
        const struct stream_object *o = &s->objects[s->events[i].object];
        struct drive_request r = {
            .type = o->type,
            .size_bits = o->size_bits,
            .cls = UT_CLASS_PINNED,
            .count = 1,
        };

        if (o->type >= DRIVE_GIGA && o->type <= DRIVE_MEGA)
            r.cls = UT_CLASS_MOVABLE;
        if (s->events[i].allocate)
            drive_alloc(d, s->events[i].object, &r);
        else
            drive_free(d, s->events[i].object);
    }
}

static void linux_run(struct drive *d, const struct workload *w)
{
    (void)w;
    for (uint32_t i = 0;
         i < recorded.event_count && d->figures.broken[0] == '\0'; i++) {
        uint32_t id = recorded.events[i] & ~ALLOCATE;
        struct drive_request r =
            drive_order(recorded.order[id], recorded.cls[id]);

        if (recorded.events[i] & ALLOCATE)
            drive_alloc(d, id, &r);
        else
            drive_free(d, id);
    }
}

void work_recorded_fill(struct workload *sel4, struct workload *linux_pages)
{
    const struct stream *s = &recorded.sel4;
    uint64_t bytes = 0;

    *sel4 = (struct workload){
        .name = "sel4",
        .what = "the recorded run of seL4's test suite",
        .ids = (uint32_t)s->object_count,
        .run = sel4_run,
    };
    for (size_t i = 0; i < s->region_count && i < DRIVE_REGIONS_MAX; i++) {
        sel4->machine.regions[i] = (struct ut_region){
            .base = s->regions[i].base,
            .size_bits = s->regions[i].size_bits,
        };
        bytes += UINT64_C(1) << s->regions[i].size_bits;
        sel4->machine.region_count++;
    }
    sel4->utilisation = (unsigned)((s->bytes_peak * 100 + bytes / 2) / bytes);
    *linux_pages = (struct workload){
        .name = "linux",
        .what = "the recorded page allocations of a Linux",
        .machine = {{{.base = UINT64_C(1) << 32, .size_bits = 30}}, 1},
        .ids = recorded.ids,
        .utilisation = (unsigned)(recorded.pages_peak * 100 >> 18),
        .run = linux_run,
    };
}

void work_recorded_free(void)
{
    stream_free(&recorded.sel4);
    free(recorded.events);
    free(recorded.order);
    free(recorded.cls);
}
