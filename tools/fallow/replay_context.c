/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "replay_context.h"
#include "trace_read.h"

/* Where this line stands in the context, or -1. */
static int place_of(const struct context *c, uint64_t line)
{
    if (line + CONTEXT_BEFORE < c->line || line > c->line + CONTEXT_AFTER)
        return -1;
    return (int)(line + CONTEXT_BEFORE - c->line);
}

bool context_read(const char *file, struct context *contexts, size_t count)
{
    struct trace_reader *reader;
    struct trace_line line;
    uint64_t last = 0, call = 0;

    for (size_t i = 0; i < count; i++) {
        contexts[i].call = 0;
        for (unsigned n = 0; n < CONTEXT_BEFORE + 1 + CONTEXT_AFTER; n++)
            contexts[i].text[n][0] = '\0';
        if (contexts[i].line > last)
            last = contexts[i].line;
    }
    if (trace_open(&reader, file) != 0)
        return false;
    while (trace_next(reader, &line) == 1) {
        if (!line.within)
            call = line.number;
        for (size_t i = 0; i < count; i++) {
            int place = place_of(&contexts[i], line.number);

            if (place >= 0)
                trace_print(&line, contexts[i].text[place]);
            if (line.number == contexts[i].line)
                contexts[i].call = call;
        }
        if (line.number >= last + CONTEXT_AFTER)
            break;
    }
    trace_close(reader);
    return true;
}

void context_print(const struct context *c, FILE *out)
{
    for (unsigned n = 0; n < CONTEXT_BEFORE + 1 + CONTEXT_AFTER; n++)
        if (c->text[n][0] != '\0')
            fprintf(out, "  %c %9" PRIu64 "  %s\n",
                    n == CONTEXT_BEFORE ? '>' : ' ',
                    c->line + n - CONTEXT_BEFORE, c->text[n]);
}
