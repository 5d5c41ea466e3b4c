/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace_fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool parse_hex(const char *text, size_t length, uint64_t *value)
{
    uint64_t v = 0;

    if (length == 0 || length > 16)
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];

        if (c >= '0' && c <= '9')
            v = v << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            v = v << 4 | (uint64_t)(c - 'a' + 10);
        else
            return false;
    }
    *value = v;
    return true;
}

static bool parse_decimal(const char *text, size_t length, uint64_t max,
                          uint64_t *value)
{
    uint64_t v = 0;

    if (length == 0 || length > 18) /* 10^18 fits: no overflow below */
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        v = 10 * v + (uint64_t)(text[i] - '0');
    }
    *value = v;
    return v <= max;
}

static bool parse_name(const struct trace_word *list, const char *text,
                       size_t length, uint64_t *value)
{
    for (; list->text; list++)
        if (strncmp(list->text, text, length) == 0 &&
            list->text[length] == '\0') {
            *value = list->value;
            return length > 0;
        }
    return false;
}

/* `labelN': an invocation known by its number only. */
static bool parse_label_number(const char *text, size_t length, uint64_t *value)
{
    const size_t word = strlen("label");

    if (length <= word || strncmp(text, "label", word) != 0 ||
        !parse_decimal(text + word, length - word, TRACE_LABEL_NUMBER - 1,
                       value))
        return false;
    *value += TRACE_LABEL_NUMBER;
    return true;
}

static bool parse_value(enum trace_format format, const char *text,
                        size_t length, uint64_t *value)
{
    switch (format) {
    case TRACE_HEX:
        return parse_hex(text, length, value);
    case TRACE_DECIMAL:
        return parse_decimal(text, length, UINT64_MAX, value);
    case TRACE_SIZE_BITS:
        return parse_decimal(text, length, 255, value);
    case TRACE_FLAG:
        return parse_decimal(text, length, 1, value);
    case TRACE_OP:
    case TRACE_LABEL:
        return parse_name(trace_words(format), text, length, value) ||
               parse_label_number(text, length, value);
    default:
        return parse_name(trace_words(format), text, length, value);
    }
}

/* Printable and not blank at either end: a name that can be shown. */
static bool parse_test_name(const char *text, size_t length, char *name)
{
    if (length == 0 || length > TRACE_NAME_MAX || text[0] == ' ' ||
        text[length - 1] == ' ')
        return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] < ' ' || text[i] > '~')
            return false;
    memcpy(name, text, length);
    name[length] = '\0';
    return true;
}

/* How many fields this line has to have: known once its operation is. */
static unsigned field_count(const struct trace_line *line)
{
    unsigned required, count;

    (void)trace_fields(line->kind, &required, &count);
    if (line->kind == TRACE_CNODE && line->u.cnode.op != LABEL_CNODE_ROTATE)
        return required;
    return count;
}

static bool parse_fields(const char *text, size_t length,
                         struct trace_line *line, char *error,
                         size_t error_size)
{
    unsigned required, count;
    const struct trace_field *f = trace_fields(line->kind, &required, &count);

    for (unsigned i = 0; i < count; i++, f++) {
        const char *space = memchr(text, ' ', length);
        size_t size = space ? (size_t)(space - text) : length;
        void *to = (char *)line + f->offset;
        bool good;

        if (f->format == TRACE_NAME)
            good = parse_test_name(text, size = length, to);
        else
            good = parse_value(f->format, text, size, to);
        if (!good) {
            snprintf(error, error_size,
                     "field %u (%s) does not parse: \"%.*s\"", i + 1, f->name,
                     size > 32 ? 32 : (int)size, text);
            return false;
        }
        if (i == 0)
            count = field_count(line);
        text += size;
        length -= size;
        if (i + 1 < count && length == 0) {
            snprintf(error, error_size, "the line is cut: %u of %u fields",
                     i + 1, count);
            return false;
        }
        if (i + 1 < count) {
            text++;
            length--;
        }
    }
    if (length > 0)
        snprintf(error, error_size, "more than its %u fields", count);
    return length == 0;
}

static bool parse_kind(const char *text, size_t length, struct trace_line *line)
{
    unsigned kind = line->within ? TRACE_CREATED : TRACE_BOOT;

    if (length == 0 || (length > 1 && text[1] != ' '))
        return false;
    for (; kind < TRACE_KINDS; kind++)
        if (text[0] == trace_letter((enum trace_kind)kind)) {
            line->kind = (enum trace_kind)kind;
            return true;
        }
    return false;
}

bool trace_parse(const char *text, size_t length, struct trace_line *line,
                 char *error, size_t error_size)
{
    line->within = length >= 2 && text[0] == '+' && text[1] == ' ';
    if (line->within) {
        text += 2;
        length -= 2;
    }
    if (!parse_kind(text, length, line)) {
        snprintf(error, error_size, "no such kind of line: \"%.*s\"",
                 length > 16 ? 16 : (int)length, text);
        return false;
    }
    if (length < 2) {
        snprintf(error, error_size, "the line is cut: no fields");
        return false;
    }
    memset(&line->u, 0, sizeof line->u);
    return parse_fields(text + 2, length - 2, line, error, error_size);
}

size_t trace_print_value(enum trace_format format, uint64_t value,
                         char text[64])
{
    switch (format) {
    case TRACE_HEX:
        return (size_t)snprintf(text, 64, "%" PRIx64, value);
    case TRACE_DECIMAL:
    case TRACE_SIZE_BITS:
    case TRACE_FLAG:
        return (size_t)snprintf(text, 64, "%" PRIu64, value);
    default:
        break;
    }
    for (const struct trace_word *n = trace_words(format); n->text; n++)
        if (n->value == value)
            return (size_t)snprintf(text, 64, "%s", n->text);
    if (value >= TRACE_LABEL_NUMBER)
        return (size_t)snprintf(text, 64, "label%" PRIu64,
                                value - TRACE_LABEL_NUMBER);
    return (size_t)snprintf(text, 64, "?%" PRIu64, value);
}

size_t trace_print_cap(const struct trace_cap *cap, char text[128])
{
    char type[64];

    trace_print_value(TRACE_CAPTYPE, cap->type, type);
    return (size_t)snprintf(text, 128,
                            "%s %" PRIx64 " %" PRIu64 " %" PRIu64 " %" PRIx64,
                            type, cap->paddr, cap->bits, cap->dev, cap->extra);
}

size_t trace_print(const struct trace_line *line, char text[TRACE_TEXT_MAX])
{
    unsigned required, count;
    const struct trace_field *f = trace_fields(line->kind, &required, &count);
    size_t at =
        (size_t)snprintf(text, TRACE_TEXT_MAX, "%s%c", line->within ? "+ " : "",
                         trace_letter(line->kind));

    if (line->kind == TRACE_TEST)
        return at + (size_t)snprintf(text + at, TRACE_TEXT_MAX - at, " %s",
                                     line->u.name);
    count = field_count(line);
    for (unsigned i = 0; i < count; i++, f++) {
        text[at++] = ' ';
        at += trace_print_value(f->format, trace_value(line, f), text + at);
    }
    return at;
}
