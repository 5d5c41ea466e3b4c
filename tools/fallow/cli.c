/* SPDX-License-Identifier: BSD-2-Clause */
/* What all commands share: complaints, and numbers in and out. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static void complain(const char *command, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void complain(const char *command, const char *format, va_list arguments)
{
    fflush(stdout);
    fprintf(stderr, "fallow: %s: ", command);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

int cli_error(const char *command, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(command, format, arguments);
    va_end(arguments);
    return CLI_UNUSABLE;
}

int cli_usage(const char *command, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(command, format, arguments);
    va_end(arguments);
    fprintf(stderr, "Try `fallow help %s'.\n", command);
    return CLI_UNUSABLE;
}

static bool parse(const char *text, int base, uint64_t *value)
{
    const char *digits = base == 16 ? "0123456789abcdefABCDEF" : "0123456789";
    char *end;

    if (*text == '\0' || text[strspn(text, digits)] != '\0')
        return false;
    if (base == 16 && strspn(text, "0") + 16 < strlen(text))
        return false;
    if (base == 10 && strspn(text, "0") + 19 < strlen(text))
        return false; /* 10^19 and more: nobody has so much of anything */
    *value = strtoull(text, &end, base);
    return *end == '\0';
}

static bool has_prefix(const char *text)
{
    return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

bool cli_parse_number(const char *text, uint64_t *value)
{
    return has_prefix(text) ? parse(text + 2, 16, value)
                            : parse(text, 10, value);
}

bool cli_parse_hex(const char *text, uint64_t *value)
{
    return parse(has_prefix(text) ? text + 2 : text, 16, value);
}

/* The next of a few buffers. */
static char *buffer(void)
{
    static char buffers[8][32];
    static unsigned next;

    return buffers[next++ % 8];
}

const char *cli_grouped(uint64_t value)
{
    char digits[24], *to = buffer(), *at = to;
    int count = snprintf(digits, sizeof digits, "%" PRIu64, value);

    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            *at++ = ' ';
        *at++ = digits[i];
    }
    *at = '\0';
    return to;
}

const char *cli_bytes(uint64_t bytes)
{
    static const char *const units[] = {"B",   "KiB", "MiB", "GiB",
                                        "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    char *to = buffer();
    unsigned unit = 0;

    while (value >= 1024 && unit + 1 < sizeof units / sizeof units[0]) {
        value /= 1024;
        unit++;
    }
    snprintf(to, 32, "%.*f %s", unit == 0 || value >= 100 ? 0 : 1, value,
             units[unit]);
    return to;
}
