/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the lines of a recorded run from a file.
 *
 *   file or standard input --> xz decoder, or nothing --> lines --> trace.h
 *
 * Whether a file is compressed is seen from its first six bytes.  A stream
 * that is cut or damaged is an error wherever it ends, also after its last
 * line; so is a last line without a newline, and a file without any line.
 */
#ifndef FALLOW_TRACE_READ_H
#define FALLOW_TRACE_READ_H
#include "trace.h"

struct trace_reader;

/* "-" is standard input.  0, or an errno value. */
int trace_open(struct trace_reader **reader, const char *file);
void trace_close(struct trace_reader *reader);

/* 1: *line is the next one; 0: the file has ended; -1: unreadable or not
 * well-formed, and trace_error says why in one sentence with the number of the
 * line. */
int trace_next(struct trace_reader *reader, struct trace_line *line);
const char *trace_error(const struct trace_reader *reader);

/* Of the file as it lies on disk: bytes read, and its size (0: not known). */
uint64_t trace_bytes_read(const struct trace_reader *reader);
uint64_t trace_bytes_total(const struct trace_reader *reader);

/* Seconds of processor time spent in decompression so far. */
double trace_seconds_unpacking(const struct trace_reader *reader);
#endif
