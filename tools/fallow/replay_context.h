/* SPDX-License-Identifier: BSD-2-Clause */
/* Recorded lines with those around them, for whoever wants to see why. */
#ifndef FALLOW_REPLAY_CONTEXT_H
#define FALLOW_REPLAY_CONTEXT_H
#include <stdio.h>

#include "trace.h"

#define CONTEXT_BEFORE 3u
#define CONTEXT_AFTER  3u

struct context {
    uint64_t line;
    uint64_t call; /* the line that begins the call it belongs to */
    char text[CONTEXT_BEFORE + 1 + CONTEXT_AFTER][TRACE_TEXT_MAX];
};

/* Fills in the contexts, of which only `line' is given, in one pass over the
 * file.  False if it cannot be read so far.  Lines that are not there stay
 * empty. */
bool context_read(const char *file, struct context *contexts, size_t count);

/* Prints one, the line itself marked. */
void context_print(const struct context *c, FILE *out);
#endif
