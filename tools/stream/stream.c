/* SPDX-License-Identifier: BSD-2-Clause */
/* stream TRACE FILE: writes the allocations of a recorded run as
 * apps/recorded reads them. */
#include "recorded/stream.h"

#include <stdio.h>
#include <string.h>

#include "strategies.h"

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "stream: %s: %s\n", what, why);
    return 1;
}

/* Replays the run, whose objects go into *stream. */
static int read_trace(struct stream *stream, const char *path)
{
    struct replay_options options = {
        .clear_nothing = true,
        .check_never = true,
        .on_object = stream_add,
        .context = stream,
    };
    struct replay *r;
    int error = replay_open(&r, path, &options);
    int status = 0;

    if (error != 0)
        return fail(path, strerror(error));
    if (replay_step(r, UINT64_MAX) == REPLAY_FAILED)
        status = fail(path, replay_error(r));
    replay_close(r);
    if (status == 0 && stream->failed)
        status = fail(path, strerror(stream->failed));
    return status;
}

static bool is_frame(const struct stream *s, uint8_t type)
{
    return s->params.objects[type].cap_type == CAP_FRAME;
}

static int write_stream(const struct stream *s, const char *path)
{
    struct stream_header header = {
        .magic = STREAM_MAGIC,
        .object_count = (uint32_t)s->object_count,
        .event_count = (uint32_t)s->event_count,
        .alive_peak = (uint32_t)s->alive_peak,
        .fullest = (uint32_t)s->fullest,
        .bytes_peak = s->bytes_peak,
    };
    FILE *out = fopen(path, "wb");
    bool failed;

    if (!out)
        return fail(path, "cannot be written");
    for (size_t i = 0; i < s->object_count; i++)
        header.frame_count += is_frame(s, s->objects[i].type);
    fwrite(&header, sizeof header, 1, out);
    for (size_t i = 0; i < s->object_count; i++) {
        struct stream_entry entry = {
            .type = s->objects[i].type,
            .user_bits = s->objects[i].user_bits,
            .size_bits = s->objects[i].size_bits,
            .is_frame = is_frame(s, s->objects[i].type),
        };

        fwrite(&entry, sizeof entry, 1, out);
    }
    for (size_t i = 0; i < s->event_count; i++) {
        uint32_t event = s->events[i].object * 2 + s->events[i].allocate;

        fwrite(&event, sizeof event, 1, out);
    }
    failed = ferror(out);
    if (fclose(out) != 0 || failed)
        return fail(path, "cannot be written");
    return 0;
}

int main(int argc, char **argv)
{
    struct stream stream;
    int status;

    if (argc != 3)
        return fail("usage", "stream TRACE FILE");
    stream_init(&stream);
    status = read_trace(&stream, argv[1]);
    if (status == 0)
        status = write_stream(&stream, argv[2]);
    stream_free(&stream);
    return status;
}
