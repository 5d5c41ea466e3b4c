/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace_read.h"

#include <errno.h>
#include <inttypes.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define PACKED_BYTES 65536u
#define TEXT_BYTES   262144u
#define ERROR_BYTES  320u

struct trace_reader {
    FILE *file;
    bool packed, packed_end; /* the decoder has seen its stream's end */
    bool file_end;
    lzma_stream decoder;
    uint8_t input[PACKED_BYTES];
    char text[TEXT_BYTES]; /* decoded, from `at' to `end' not yet handed out */
    size_t at, end;
    uint64_t number; /* of the line handed out last */
    uint64_t bytes_read, bytes_total;
    double seconds_unpacking;
    const char *problem; /* with what follows the text that is there */
    char error[ERROR_BYTES];
};

static const uint8_t xz_magic[] = {0xfd, '7', 'z', 'X', 'Z', 0x00};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int fail(struct trace_reader *r, uint64_t line, const char *what)
{
    snprintf(r->error, sizeof r->error, "line %" PRIu64 ": %s", line, what);
    return -1;
}

/* Reads from the file into `to'; false on a read error. */
static bool read_file(struct trace_reader *r, void *to, size_t size,
                      size_t *got)
{
    *got = fread(to, 1, size, r->file);
    r->bytes_read += *got;
    if (*got < size) {
        if (ferror(r->file))
            return false;
        r->file_end = true;
    }
    return true;
}

/* The first bytes decide whether there is anything to unpack. */
static int begin(struct trace_reader *r)
{
    size_t got;

    if (!read_file(r, r->input, sizeof r->input, &got))
        return errno ? errno : EIO;
    r->packed = got >= sizeof xz_magic &&
                memcmp(r->input, xz_magic, sizeof xz_magic) == 0;
    if (!r->packed) {
        memcpy(r->text, r->input, got);
        r->end = got;
        return 0;
    }
    r->decoder = (lzma_stream)LZMA_STREAM_INIT;
    if (lzma_stream_decoder(&r->decoder, UINT64_MAX, LZMA_CONCATENATED) !=
        LZMA_OK)
        return ENOMEM;
    r->decoder.next_in = r->input;
    r->decoder.avail_in = got;
    return 0;
}

int trace_open(struct trace_reader **reader, const char *file)
{
    struct trace_reader *r = calloc(1, sizeof *r);
    struct stat status;
    int error;

    if (!r)
        return ENOMEM;
    errno = 0;
    r->file = strcmp(file, "-") == 0 ? stdin : fopen(file, "rb");
    if (!r->file) {
        error = errno;
        free(r);
        return error;
    }
    if (fstat(fileno(r->file), &status) == 0 && S_ISREG(status.st_mode))
        r->bytes_total = (uint64_t)status.st_size;
    error = begin(r);
    if (error) {
        trace_close(r);
        return error;
    }
    *reader = r;
    return 0;
}

void trace_close(struct trace_reader *r)
{
    if (!r)
        return;
    if (r->packed)
        lzma_end(&r->decoder);
    if (r->file != stdin)
        fclose(r->file);
    free(r);
}

static const char *decoder_problem(lzma_ret code)
{
    switch (code) {
    case LZMA_FORMAT_ERROR:
    case LZMA_DATA_ERROR:
        return "the xz stream is damaged";
    case LZMA_BUF_ERROR:
        return "the xz stream is cut";
    case LZMA_OPTIONS_ERROR:
        return "the xz stream asks for something this liblzma cannot do";
    case LZMA_MEM_ERROR:
        return "no memory to unpack the xz stream";
    default:
        return "the xz stream cannot be unpacked";
    }
}

/* Unpacks more text behind r->end.  NULL, or what is wrong. */
static const char *unpack(struct trace_reader *r)
{
    lzma_ret code = LZMA_OK;

    r->decoder.next_out = (uint8_t *)r->text + r->end;
    r->decoder.avail_out = TEXT_BYTES - r->end;
    while (code == LZMA_OK && r->decoder.avail_out > 0) {
        if (r->decoder.avail_in == 0 && !r->file_end) {
            r->decoder.next_in = r->input;
            if (!read_file(r, r->input, sizeof r->input, &r->decoder.avail_in))
                return "the file cannot be read";
        }
        code = lzma_code(&r->decoder, r->file_end ? LZMA_FINISH : LZMA_RUN);
    }
    r->end = TEXT_BYTES - r->decoder.avail_out;
    r->packed_end = code == LZMA_STREAM_END;
    return code == LZMA_OK || r->packed_end ? NULL : decoder_problem(code);
}

/* Gets more text; *more is false at the end of the file.  What was unpacked
 * before the damage is handed out first, so that its line is the right one. */
static const char *refill(struct trace_reader *r, bool *more)
{
    size_t before, got;

    memmove(r->text, r->text + r->at, r->end - r->at);
    r->end -= r->at;
    r->at = 0;
    before = r->end;
    if (r->problem)
        return r->problem;
    if (r->packed && !r->packed_end) {
        double start = now();

        r->problem = unpack(r);
        r->seconds_unpacking += now() - start;
        if (r->problem && r->end == before)
            return r->problem;
    } else if (!r->packed && !r->file_end) {
        if (!read_file(r, r->text + r->end, TEXT_BYTES - r->end, &got))
            return "the file cannot be read";
        r->end += got;
    }
    *more = r->end > before;
    return NULL;
}

/* A damaged stream decodes to nonsense before its checksum is reached: after
 * a line that does not parse, read on to say the cause and not the effect. */
static const char *damage(struct trace_reader *r)
{
    const char *problem = NULL;
    bool more = r->packed;

    while (more && !problem) {
        r->at = r->end;
        problem = refill(r, &more);
    }
    return problem;
}

int trace_next(struct trace_reader *r, struct trace_line *line)
{
    char what[ERROR_BYTES / 2];
    const char *newline, *problem;
    bool more = true;

    while (!(newline = memchr(r->text + r->at, '\n', r->end - r->at))) {
        if (r->end - r->at > TRACE_TEXT_MAX) {
            problem = damage(r);
            return fail(r, r->number + 1, problem ? problem : "too long");
        }
        problem = refill(r, &more);
        if (problem)
            return fail(r, r->number + 1, problem);
        if (!more && r->end > r->at)
            return fail(r, r->number + 1, "the line is cut: no newline");
        if (!more && r->number == 0)
            return fail(r, 1, "the file is empty");
        if (!more)
            return 0;
    }
    line->number = ++r->number;
    if (!trace_parse(r->text + r->at, (size_t)(newline - r->text) - r->at, line,
                     what, sizeof what)) {
        problem = damage(r);
        return fail(r, line->number, problem ? problem : what);
    }
    r->at = (size_t)(newline - r->text) + 1;
    return 1;
}

const char *trace_error(const struct trace_reader *r)
{
    return r->error;
}

uint64_t trace_bytes_read(const struct trace_reader *r)
{
    return r->bytes_read;
}

uint64_t trace_bytes_total(const struct trace_reader *r)
{
    return r->bytes_total;
}

double trace_seconds_unpacking(const struct trace_reader *r)
{
    return r->seconds_unpacking;
}
