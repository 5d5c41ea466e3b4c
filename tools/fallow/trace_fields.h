/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of a recorded line and what they stand for: tables behind
 * trace.h, for its reader and writer only. */
#ifndef FALLOW_TRACE_FIELDS_H
#define FALLOW_TRACE_FIELDS_H
#include "trace.h"

struct trace_word {
    const char *text; /* NULL ends a list */
    uint64_t value;
};

/* The words of a field that is not a number; frequent ones first. */
const struct trace_word *trace_words(enum trace_format format);
#endif
