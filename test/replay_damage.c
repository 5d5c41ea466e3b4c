/* SPDX-License-Identifier: BSD-2-Clause */
/* What is not well-formed gives one error with the number of its line:
 * lines of every kind of nonsense, and xz streams that are cut or damaged at
 * any byte. */
#include "run_file.h"
#include "small_run.h"
#include "tap.h"

#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each is put into line 5, and what the error has to say. */
static const struct {
    const char *line;
    const char *error;
} bad_lines[] = {
    {"", "no such kind of line"},
    {" ", "no such kind of line"},
    {"X 1 2 3", "no such kind of line"},
    {"b 80010160 domain 0 0 0 0", "no such kind of line"},
    {"BB 80010160 domain 0 0 0 0", "no such kind of line"},
    {"# comment", "no such kind of line"},
    {"+ B 80010160 domain 0 0 0 0", "no such kind of line"},
    {"+ R 0", "no such kind of line"},
    {"+", "no such kind of line"},
    {"B", "the line is cut"},
    {"B ", "field 1 (slot)"},
    {"B 80010160", "the line is cut: 1 of 6 fields"},
    {"B 80010160 ", "field 2 (captype)"},
    {"B 80010160 domain 0 0 0", "the line is cut: 5 of 6 fields"},
    {"B 80010160 domain 0 0 0 ", "field 6 (extra)"},
    {"B 80010160 domain 0 0 0 0 ", "more than its 6 fields"},
    {"B 80010160 domain 0 0 0 0 0", "more than its 6 fields"},
    {"B  80010160 domain 0 0 0 0", "field 1 (slot)"},
    {" B 80010160 domain 0 0 0 0", "no such kind of line"},
    {"B\t80010160 domain 0 0 0 0", "no such kind of line"},
    {"B 80010160 domain 0 0 0 0\r", "field 6 (extra)"},
    {"B 0x80010160 domain 0 0 0 0", "field 1 (slot)"},
    {"B 8001016g domain 0 0 0 0", "field 1 (slot)"},
    {"B 8001016A domain 0 0 0 0", "field 1 (slot)"},
    {"B -1 domain 0 0 0 0", "field 1 (slot)"},
    {"B 10000000000000000 domain 0 0 0 0", "field 1 (slot)"},
    {"B 80010160 domains 0 0 0 0", "field 2 (captype)"},
    {"B 80010160 dom 0 0 0 0", "field 2 (captype)"},
    {"B 80010160 Domain 0 0 0 0", "field 2 (captype)"},
    {"B 80010160 domain 0 c 0 0", "field 4 (bits)"},
    {"B 80010160 domain 0 256 0 0", "field 4 (bits)"},
    {"B 80010160 domain 0 0 2 0", "field 5 (dev)"},
    {"T", "the line is cut"},
    {"T ", "field 1 (name)"},
    {"T  A", "field 1 (name)"},
    {"T A ", "field 1 (name)"},
    {"T A\x01", "field 1 (name)"},
    {"R 1 2 0 4 page", "the line is cut: 5 of 13 fields"},
    {"R 0 12 0 0 pages c 1 0 12 1 20 40 ok", "field 5 (newtype)"},
    {"R 0 12 0 0 page c 1 0 12 1 20 40 OK", "field 13 (status)"},
    {"R 0 12 0 0 page c 1 0 12 1 20 40 e0", "field 13 (status)"},
    {"R 0 12 0 0 page c 1 0 12 1 20 40 e11", "field 13 (status)"},
    {"C Deleted 20 0 0 null 0 0 0 0 0 0 0 0 ok", "field 1 (op)"},
    {"C label 0 0 0 null 0 0 0 0 0 0 0 0 e3", "field 1 (op)"},
    {"C labelx 0 0 0 null 0 0 0 0 0 0 0 0 e3", "field 1 (op)"},
    {"C Delete 20 0 0 null 0 0 0 0 0 0 a 0 ok", "field 12 (ndel)"},
    {"C Delete 20 0 0 null 0 0 0 0 0 0 -1 0 ok", "field 12 (ndel)"},
    {"C Delete 20 0 0 null 0 0 0 0 0 0 0 0 ok null 0 0 0 0",
     "more than its 14 fields"},
    {"C Rotate 20 40 60 null 0 0 0 0 0 0 0 0 e6",
     "the line is cut: 14 of 19 fields"},
    {"I Nothing 20 null 0 0 0 0 e3", "field 1 (label)"},
    {"n 20 40 untyped 0 12 0", "the line is cut: 6 of 7 fields"},
    {"s 20 40 null 0 0 0 0", "the line is cut: 7 of 12 fields"},
};

static void replace_line(const char *bad, const char *error)
{
    static char text[1024];
    struct run_outcome found;
    const char *end = small_run;
    int code;

    for (unsigned i = 1; i < 5; i++)
        end = strchr(end, '\n') + 1;
    snprintf(text, sizeof text, "%.*s%s\n", (int)(end - small_run), small_run,
             bad);
    code = run_replay(run_file(text, strlen(text)), 0, &found);
    if (!tap_ok(code == 2 && strncmp(found.error, "line 5: ", 8) == 0 &&
                    strstr(found.error, error),
                "\"%s\": %s", bad, error))
        tap_diag("  exit %d, \"%s\"", code, found.error);
}

static uint8_t *pack(const char *text, size_t length, size_t *packed)
{
    size_t size = lzma_stream_buffer_bound(length);
    uint8_t *to = malloc(size);

    *packed = 0;
    if (!to || lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL,
                                       (const uint8_t *)text, length, to,
                                       packed, size) != LZMA_OK)
        abort();
    return to;
}

static void damage_xz(void)
{
    size_t size;
    uint8_t *xz = pack(small_run, strlen(small_run), &size);
    unsigned wrong = 0;
    struct run_outcome found;

    tap_is((uint64_t)run_replay(run_file(xz, size), 0, NULL), 0,
           "packed, the run is the same");
    for (size_t end = 0; end < size; end++)
        wrong += run_replay(run_file(xz, end), 0, &found) != 2 ||
                 strncmp(found.error, "line ", 5) != 0;
    tap_is(wrong, 0, "cut after any of its %lu bytes, it is an error", size);
    wrong = 0;
    for (size_t at = 0; at < size; at++) {
        xz[at] ^= (uint8_t)(1u << at % 8);
        wrong += run_replay(run_file(xz, size), 0, &found) != 2 ||
                 strncmp(found.error, "line ", 5) != 0;
        xz[at] ^= (uint8_t)(1u << at % 8);
    }
    tap_is(wrong, 0, "with a bit changed in any of them, too");
    free(xz);
}

/* Two streams one after the other are one file, as for xz itself. */
static void join_xz(void)
{
    size_t half = (size_t)(strstr(small_run, "\nT SECOND") - small_run) + 1;
    size_t size[2];
    uint8_t *xz[2] = {
        pack(small_run, half, &size[0]),
        pack(small_run + half, strlen(small_run) - half, &size[1])};
    uint8_t *both = malloc(size[0] + size[1] + 8);
    struct run_outcome found;

    memcpy(both, xz[0], size[0]);
    memcpy(both + size[0], xz[1], size[1]);
    tap_is((uint64_t)run_replay(run_file(both, size[0] + size[1]), 0, NULL), 0,
           "two streams in one file are one run");
    memcpy(both + size[0] + size[1], "garbage", 8);
    tap_is(
        (uint64_t)run_replay(run_file(both, size[0] + size[1] + 8), 0, &found),
        2, "something else after them is an error");
    free(xz[0]);
    free(xz[1]);
    free(both);
}

static void other_files(void)
{
    static char long_line[70000];
    struct run_outcome found;

    tap_is((uint64_t)run_replay(run_file("", 0), 0, &found), 2,
           "an empty file is no run");
    tap_is_string(found.error, "line 1: the file is empty", "and says so");
    memset(long_line, 'B', sizeof long_line);
    tap_is(
        (uint64_t)run_replay(run_file(long_line, sizeof long_line), 0, &found),
        2, "a line without end is no line");
    memset(long_line, 0, sizeof long_line);
    tap_is(
        (uint64_t)run_replay(run_file(long_line, sizeof long_line), 0, &found),
        2, "nor are zeros");
}

int main(void)
{
    for (size_t i = 0; i < sizeof bad_lines / sizeof bad_lines[0]; i++)
        replace_line(bad_lines[i].line, bad_lines[i].error);
    damage_xz();
    join_xz();
    other_files();
    return tap_done();
}
